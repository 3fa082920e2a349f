"""What training minimises: cross-entropy and Dice over the pixels that carry a label, and over nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.learning import runtime

if TYPE_CHECKING:
    import torch


def segmentation_loss(
    logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, class_weights: torch.Tensor
) -> torch.Tensor:
    """Weighted cross-entropy plus soft Dice (Milletari et al., V-Net, 2016, section 3), a scalar ≥ 0.

    logits float32 (N, K, H, W); targets int64 (N, H, W), class indexes where weights > 0, anything elsewhere;
    weights float32 (N, H, W), 0 where a pixel is not to be learned from; class_weights float32 (K,).
    A pixel of weight 0 has exactly no influence on the value and the gradient. Dice is taken over the whole batch and
    only over classes that occur in it, so that a partly painted crop is not punished for what it does not show.
    """
    torch = runtime.load_torch()
    functional = torch.nn.functional
    trained = weights > 0
    safe = torch.where(trained, targets, 0)
    log_shares = functional.log_softmax(logits, dim=1)
    surprise = -log_shares.gather(1, safe.unsqueeze(1)).squeeze(1)
    pixel_weights = weights * class_weights[safe]
    cross_entropy = (surprise * pixel_weights).sum() / pixel_weights.sum().clamp_min(1e-6)

    truth = functional.one_hot(safe, logits.shape[1]).movedim(-1, 1) * weights.unsqueeze(1)
    shares = log_shares.exp() * weights.unsqueeze(1)
    axes = (0, 2, 3)
    overlap = (shares * truth.gt(0)).sum(axes)
    total = shares.sum(axes) + truth.sum(axes)
    present = truth.sum(axes) > 0
    dice = 1.0 - (2.0 * overlap + 1.0) / (total + 1.0)
    return cross_entropy + (dice * present).sum() / present.sum().clamp_min(1)  # type: ignore[no-any-return]
