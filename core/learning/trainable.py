"""Which Classes have enough paint to learn."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import LearningError
from core.labels.snapshot import Snapshot
from core.learning.dataset import count_labels

FEWEST_PIXELS = 20  # painted pixels of a class, below which it counts as missing


def trainable_classes(snapshot: Snapshot, class_names: Mapping[int, str]) -> tuple[int, ...]:
    """The Classes with enough paint to learn; LearningError, naming the missing ones, if they are fewer than two."""
    counts = count_labels(snapshot.tiles, snapshot.class_values).sum(axis=0)
    painted = tuple(v for v, pixels in zip(snapshot.class_values, counts, strict=True) if pixels >= FEWEST_PIXELS)
    if len(painted) < 2:
        missing = [class_names.get(v, str(v)) for v in snapshot.class_values if v not in painted]
        raise LearningError(
            "There is too little paint to learn from: nothing (or next to nothing) is painted as {missing}.",
            "Paint at least two classes, a stroke or more of each, then train again.",
            missing=", ".join(f"“{name}”" for name in missing),
        )
    return painted
