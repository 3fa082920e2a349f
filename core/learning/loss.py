"""What training minimises: cross-entropy and Dice over the pixels that carry a label, and over nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.learning import runtime

if TYPE_CHECKING:
    from torch import Tensor


CLASS_WEIGHT_POWER = 0.5  # of how rare a class is


def balanced_weights(pixels: NDArray[np.int64]) -> NDArray[np.float32]:
    """How much a pixel of each class counts, (K,) with mean 1, where so many `pixels` (K,) of it are painted: rare
    classes count more."""
    weights = (pixels.sum() / np.maximum(pixels, 1)) ** CLASS_WEIGHT_POWER
    return np.asarray(weights / weights.mean(), np.float32)


def segmentation_loss(logits: Tensor, targets: Tensor, weights: Tensor, class_weights: Tensor) -> Tensor:
    """Weighted cross-entropy plus soft Dice (Milletari et al., V-Net, 2016, section 3, but with plain sums below where
    they square, and 1 added above and below, so that a class of few pixels has a quiet gradient), a scalar ≥ 0.

    logits float32 (N, K, H, W); targets int64 (N, H, W), class indexes where weights > 0, anything elsewhere;
    weights float32 (N, H, W), 0 where a pixel is not to be learned from; class_weights float32 (K,).
    A pixel of weight 0 has exactly no influence on the value and the gradient. Dice is taken over the whole batch and
    only over classes that occur in it, so that a partly painted crop is not punished for what it does not show.
    """
    torch = runtime.load_torch()
    classes = logits.shape[1]
    safe = torch.where(weights > 0, targets, 0)
    log_shares = torch.nn.functional.log_softmax(logits, dim=1)
    own = log_shares.gather(1, safe.unsqueeze(1)).squeeze(1)  # of each pixel's own class
    pixel_weights = weights * class_weights[safe]
    cross_entropy = -(own * pixel_weights).sum() / pixel_weights.sum().clamp_min(1e-6)

    def by_class(values: Tensor) -> Tensor:
        """The sum (K,) of `values` (N, H, W) over the pixels of each class."""
        return values.new_zeros(classes).index_add(0, safe.flatten(), values.flatten())

    overlap, truth = by_class(own.exp() * weights), by_class(weights)
    total = (log_shares.exp() * weights.unsqueeze(1)).sum((0, 2, 3)) + truth
    present = truth > 0
    dice = 1.0 - (2.0 * overlap + 1.0) / (total + 1.0)
    return cross_entropy + (dice * present).sum() / present.sum().clamp_min(1)  # type: ignore[no-any-return]
