"""Several last layers on one network: an ensemble that costs next to nothing.

Each head learns from the same Tiles with weights of its own (the Bayesian bootstrap, Rubin 1981), so heads differ where
the labels leave it open (Lee et al. 2015, "Why M Heads are Better than One"). What the network answers is the mean of
the heads' class shares.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.learning import runtime

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_SMALLEST_SHARE = 1e-12


def pooled(logits: torch.Tensor, heads: int) -> torch.Tensor:
    """(…, heads · K, H, W) of all heads as (…, K, H, W) of one: the logarithm of the mean of their class shares.

    Its softmax is that mean, so whatever takes a network's logits takes these, the temperature included: it is fitted
    to the pooled shares, not to each head's (Rahaman and Thiery, NeurIPS 2021).
    """
    if heads == 1:
        return logits
    each = logits.float().reshape(*logits.shape[:-3], heads, -1, *logits.shape[-2:])
    shares = each.softmax(dim=-3).mean(dim=-4)
    return shares.clamp_min(_SMALLEST_SHARE).log()


def pool_in_evaluation(module: torch.nn.Module, heads: int) -> None:
    """Make a U-Net whose last layer has `heads` times the outputs pool them in evaluation mode, in place."""
    if heads > 1:
        module.get_submodule("segmentation_head")[2] = _pooling()(heads)  # type: ignore[operator]


def apart(
    logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, importance: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """What `segmentation_loss` takes, N crops of `heads` heads as N · heads crops of one.

    logits (N, heads · K, H, W); targets and weights (N, H, W); importance (N, heads) multiplies the weights.
    """
    heads = importance.shape[1]
    if heads == 1:
        return logits, targets, weights
    weights = weights[:, None] * importance[:, :, None, None]
    return (
        logits.reshape(len(logits) * heads, -1, *logits.shape[2:]),
        targets.repeat_interleave(heads, dim=0),
        weights.flatten(0, 1),
    )


def tile_weights(tiles: int, heads: int, seed: int) -> NDArray[np.float32]:
    """(tiles, heads): how much each Tile teaches each head; all 1 for a single one.

    The mean over the heads is 1: what they share learns from all Tiles alike.
    """
    weights = np.random.default_rng([seed, heads]).exponential(size=(tiles, heads))
    return np.asarray(weights / weights.mean(axis=1, keepdims=True), np.float32)


@functools.cache
def _pooling() -> Any:
    """The class of the layer; made when torch is there."""
    torch = runtime.load_torch()

    class Pooling(torch.nn.Module):  # type: ignore[misc, name-defined]
        """In training every head's logits as they are, in evaluation mode `pooled`."""

        def __init__(self, heads: int) -> None:
            super().__init__()
            self.heads = heads

        def forward(self, logits: Tensor) -> Tensor:
            return logits if self.training else pooled(logits, self.heads)

    return Pooling
