"""The network that a training starts with: a fresh one, or what an earlier round has learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from core.learning.model import SegmentationModel
from core.learning.settings import TrainingSettings
from core.learning.unet import build_unet

if TYPE_CHECKING:
    import torch


def initial_network(
    roles: Sequence[str],
    class_values: tuple[int, ...],
    settings: TrainingSettings,
    earlier: SegmentationModel | None = None,
) -> torch.nn.Module:
    """A U-Net for bands of these roles, with the weights of `earlier`, a model of the same bands, wherever they mean
    the same: of its last layer those of the Classes it knows. Another encoder than `settings` ask for is not used.

    Raises LearningError as `build_unet` does.
    """
    module = build_unet(
        roles, len(class_values), settings.seed, settings.encoder, own_weights=settings.encoder_weights,
        heads=settings.heads,
    )  # fmt: skip
    if earlier is None or earlier.card.encoder != settings.encoder:
        return module
    state, old = module.state_dict(), earlier.module.state_dict()
    old_values, old_heads = earlier.card.class_values, earlier.card.settings.heads
    from_head = [head % old_heads for head in range(settings.heads)]
    for name, value in state.items():
        if value.shape == old[name].shape and old_values == class_values:
            value.copy_(old[name])
        elif name.startswith("segmentation_head."):
            rows = value.unflatten(0, (settings.heads, len(class_values), -1))
            old_rows = old[name].unflatten(0, (old_heads, len(old_values), -1))
            if rows.shape[3:] != old_rows.shape[3:]:
                continue  # the first models' last layer saw another map
            for number, class_value in enumerate(class_values):
                if class_value in old_values:
                    rows[:, number] = old_rows[from_head, old_values.index(class_value)]
        else:
            value.copy_(old[name])
    return module
