"""What a training run reads: an immutable copy of the Masks at one moment."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.geometry import TileRef
from core.labels.classes import UNLABELED
from core.labels.mask import Provenance, decode_plane


@dataclass(frozen=True)
class StoredMask:
    """A Tile's encoded planes as they lie in the project: cheap to copy, decoded where they are needed."""

    ref: TileRef
    labels: bytes
    provenance: bytes


def by_scene(stored: Sequence[StoredMask]) -> dict[str, list[StoredMask]]:
    """The Masks of each Scene, by its path."""
    found: dict[str, list[StoredMask]] = {}
    for mask in stored:
        found.setdefault(mask.ref.scene_path, []).append(mask)
    return found


@dataclass(frozen=True)
class LabeledTile:
    """A Tile with paint. `labels` and `provenance` are (height, width) uint8 of `ref.rect`'s size."""

    ref: TileRef
    labels: NDArray[np.uint8]
    provenance: NDArray[np.uint8]

    def by_hand(self) -> LabeledTile:
        """Without what was accepted from a prediction, which is no judgement of a person's."""
        return replace(self, labels=np.where(self.provenance == Provenance.ACCEPTED, np.uint8(UNLABELED), self.labels))


def shuffled(tile_id: int) -> bytes:
    """Tiles that are sorted by it are as if shuffled, always the same way."""
    return hashlib.blake2b(str(tile_id).encode(), digest_size=8).digest()


@dataclass(frozen=True)
class Snapshot:
    """All painted Tiles of a Project and its trainable class values (1…199), ascending. `drawn`: the ids of the Tiles
    that an audit drew at random; all others were chosen."""

    tiles: tuple[LabeledTile, ...]
    class_values: tuple[int, ...]
    drawn: frozenset[int] = frozenset()


def take_snapshot(
    stored: Sequence[StoredMask], class_values: tuple[int, ...], drawn: frozenset[int] = frozenset()
) -> Snapshot:
    """Decode all Masks; done on the training thread. Raises LabelError when one is damaged."""
    tiles = []
    for mask in stored:
        shape = (mask.ref.rect.height, mask.ref.rect.width)
        tiles.append(LabeledTile(mask.ref, decode_plane(mask.labels, *shape), decode_plane(mask.provenance, *shape)))
    return Snapshot(tuple(tiles), class_values, drawn)
