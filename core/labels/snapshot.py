"""What a training run reads: an immutable copy of the Masks at one moment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import TileRef


@dataclass(frozen=True)
class LabeledTile:
    """A Tile with paint. `labels` and `provenance` are (height, width) uint8 of `ref.rect`'s size."""

    ref: TileRef
    labels: NDArray[np.uint8]
    provenance: NDArray[np.uint8]


@dataclass(frozen=True)
class Snapshot:
    """All painted Tiles of a Project and its trainable class values (1…199), ascending."""

    tiles: tuple[LabeledTile, ...]
    class_values: tuple[int, ...]
