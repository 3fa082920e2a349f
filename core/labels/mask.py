"""A Tile's Mask: which pixel is which class, and how each pixel came by its label."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.geometry import Rect


class Provenance(IntEnum):
    """How a pixel got its label; stored beside it so that training can weight what the model wrote itself."""

    NONE = 0
    DRAWN = 1
    FILLED = 2
    ACCEPTED = 3
    IMPORTED = 4


@dataclass(frozen=True)
class Mask:
    """`labels` and `provenance`, both (height, width) uint8 arrays that edits change in place."""

    labels: NDArray[np.uint8]
    provenance: NDArray[np.uint8]

    @classmethod
    def empty(cls, height: int, width: int) -> Mask:
        return cls(np.zeros((height, width), np.uint8), np.zeros((height, width), np.uint8))

    @property
    def height(self) -> int:
        return int(self.labels.shape[0])

    @property
    def width(self) -> int:
        return int(self.labels.shape[1])

    @property
    def bounds(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    def copy(self) -> Mask:
        return Mask(self.labels.copy(), self.provenance.copy())

    def pixel_counts(self) -> Mapping[int, int]:
        """Pixels of every label value but 0."""
        counts = np.bincount(self.labels.ravel(), minlength=256)
        return {value: int(counts[value]) for value in range(1, 256) if counts[value]}

    def by_hand_px(self, values: Sequence[int]) -> int:
        """Pixels of these label values that were not accepted from a Prediction."""
        return int((np.isin(self.labels, values) & (self.provenance != Provenance.ACCEPTED)).sum())


def encode_plane(plane: NDArray[np.uint8]) -> bytes:
    """A label or provenance plane as stored bytes."""
    return zlib.compress(np.ascontiguousarray(plane).tobytes(), 1)


def decode_plane(data: bytes, height: int, width: int) -> NDArray[np.uint8]:
    """The reverse of `encode_plane`: a writable (height, width) uint8 array.

    Raises LabelError when the bytes are damaged: a mask that can't be read must never be taken for an empty one.
    """
    try:
        raw = zlib.decompress(data)
    except zlib.error as error:
        raise LabelError(
            "A mask in this project is damaged ({reason}).", "Restore the project from a copy.", reason=error
        ) from error
    if len(raw) != height * width:
        raise LabelError(
            "A mask in this project has {found} pixels instead of {expected}.", "Restore the project from a copy.",
            found=len(raw), expected=height * width,
        )  # fmt: skip
    return np.frombuffer(raw, np.uint8).reshape(height, width).copy()
