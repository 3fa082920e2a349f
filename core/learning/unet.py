"""The network: an smp U-Net on the shipped encoder, and its forward pass on tiles of any size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from core.learning import runtime
from core.learning.encoder import DEFAULT_ENCODER, load_own, load_pretrained, smp_name, to_input
from core.learning.frozen_norms import freeze_norms
from core.learning.heads import pool_in_evaluation

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.nn import Module

    from core.learning.acceleration import Plan

# Half of smp's default widths at the deep end: a training step took 0.66 of the time (bfloat16, channels-last, one
# processor). What that costs in IoU has not been measured.
DECODER_CHANNELS = (128, 64, 48, 32, 16)
LARGEST_STRIDE = 32


def build_unet(
    roles: Sequence[str],
    class_count: int,
    seed: int = 0,
    encoder: str = DEFAULT_ENCODER,
    pretrained: bool = True,
    own_weights: str = "",
    heads: int = 1,
) -> torch.nn.Module:
    """A U-Net for bands of these roles, on the processor; the decoder starts from `seed`, the encoder from the shipped
    weights or, if given, from those in the file `own_weights` (see `load_own`).

    It maps a (N, len(roles), H, W) tensor made by `to_input`, H and W multiples of 32, to (N, class_count, H, W)
    logits; in training to those of all `heads`, (N, heads · class_count, H, W). Raises LearningError if `pretrained`
    weights are asked for and missing, or own ones do not fit.
    """
    torch, smp = runtime.load_torch(), runtime.load_smp()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module: Module = smp.Unet(
            smp_name(encoder),
            encoder_weights=None,
            in_channels=len(roles),
            classes=class_count * heads,
            decoder_channels=DECODER_CHANNELS,
        )
    if own_weights:
        load_own(module.get_submodule("encoder"), roles, Path(own_weights), encoder)
    elif pretrained:
        load_pretrained(module.get_submodule("encoder"), roles, encoder)
    freeze_norms(module.get_submodule("encoder"))
    pool_in_evaluation(module, heads)
    return module


def logits_of(module: torch.nn.Module, values: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Logits (N, K, H, W) float32 for reader values (N, B, H, W), H and W multiples of 32, the way `plan` says."""
    torch = runtime.load_torch()
    inputs = to_input(values)
    if plan.channels_last:
        inputs = inputs.to(memory_format=torch.channels_last)
    with plan.autocasting(values.device.type):
        logits: Tensor = module(inputs)
    return logits.float()


def without_head(module: torch.nn.Module) -> torch.nn.Module:
    """What of a U-Net comes before its last layer: maps the same inputs to (N, DECODER_CHANNELS[-1], H, W)."""
    torch = runtime.load_torch()
    body: Module = torch.nn.Sequential(module.get_submodule("encoder"), module.get_submodule("decoder"))
    return body


def last_layer(module: torch.nn.Module) -> torch.nn.Conv2d:
    """The 3 × 3 convolution from there to the logits, of a U-Net that is not fused."""
    return module.get_submodule("segmentation_head.0")  # type: ignore[return-value]


def padded(length: int) -> int:
    """The next multiple of the network's largest stride."""
    return -(-length // LARGEST_STRIDE) * LARGEST_STRIDE
