"""One Class taken out of all Masks: its pixels become another Class, unlabeled, or ignored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from core.jobs import Checkpoint
from core.labels.classes import UNLABELED
from core.labels.mask import Mask, Provenance, decode_plane, encode_plane
from core.labels.snapshot import StoredMask


@dataclass(frozen=True)
class MergeRequest:
    """What the background gets: the encoded Masks that hold `value`, as they were at `labels_version`."""

    value: int
    into: int
    stored: Sequence[StoredMask]
    labels_version: int


@dataclass(frozen=True)
class MergedMask:
    """A Tile's Mask before and after, encoded, with the pixels of every label value."""

    before: StoredMask
    counts_before: Mapping[int, int]
    labels: bytes
    provenance: bytes
    counts: Mapping[int, int]

    @property
    def tile_id(self) -> int:
        return self.before.ref.tile_id


Merged = tuple[MergeRequest, Sequence[MergedMask]]


def merge_masks(request: MergeRequest, context: Checkpoint) -> Merged:
    """The request's Masks with `value` replaced. Raises LabelError when one is damaged.

    Pixels keep their Provenance, for nobody has drawn them anew; those that become unlabeled have none.
    """
    merged = []
    for number, stored in enumerate(request.stored):
        context.check()
        merged.append(_merged(stored, request.value, request.into))
        context.report(number + 1, len(request.stored))
    return request, merged


def _merged(stored: StoredMask, value: int, into: int) -> MergedMask:
    height, width = stored.ref.rect.height, stored.ref.rect.width
    mask = Mask(decode_plane(stored.labels, height, width), decode_plane(stored.provenance, height, width))
    counts_before = mask.pixel_counts()
    chosen = mask.labels == value
    mask.labels[chosen] = np.uint8(into)
    provenance = stored.provenance
    if into == UNLABELED:
        mask.provenance[chosen] = Provenance.NONE
        provenance = encode_plane(mask.provenance)
    return MergedMask(stored, counts_before, encode_plane(mask.labels), provenance, mask.pixel_counts())
