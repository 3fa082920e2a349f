"""From the project's encoded Masks to the Snapshot that a training run reads; done on the training thread."""

from __future__ import annotations

from collections.abc import Sequence

from core.labels.mask import decode_plane
from core.labels.snapshot import LabeledTile, Snapshot
from core.project.records import StoredMask


def take_snapshot(stored: Sequence[StoredMask], class_values: tuple[int, ...]) -> Snapshot:
    """Decode all Masks. Raises LabelError when one is damaged."""
    tiles = []
    for mask in stored:
        shape = (mask.ref.rect.height, mask.ref.rect.width)
        tiles.append(LabeledTile(mask.ref, decode_plane(mask.labels, *shape), decode_plane(mask.provenance, *shape)))
    return Snapshot(tuple(tiles), class_values)
