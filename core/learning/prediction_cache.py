"""The Predictions at hand, of a Model or of the pixel classifier in its place, compressed in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.labels.mask import decode_plane, encode_plane
from core.learning.prediction import TilePrediction

LARGEST_CACHE_BYTES = 72 * 2**20
MOST_UNPACKED = 4  # Tiles whose planes are at hand, 8 MiB at most: unpacking takes 6 ms, and every frame looks


@dataclass(frozen=True)
class PackedPrediction:
    """A Prediction as it is kept. Packing takes milliseconds: the thread that predicts does it, not the window's."""

    tile_id: int
    model_version: int
    shape: tuple[int, ...]
    classes: bytes
    doubt: bytes

    @classmethod
    def of(cls, prediction: TilePrediction) -> PackedPrediction:
        planes = encode_plane(prediction.classes), encode_plane(prediction.doubt)
        return cls(prediction.tile_id, prediction.model_version, prediction.classes.shape, *planes)

    @property
    def nbytes(self) -> int:
        return len(self.classes) + len(self.doubt)


class PredictionCache:
    """Predictions by Tile, kept as their Model made them and read with `meaning`.

    The least recently used are dropped beyond 72 MiB and made anew when looked at.
    """

    def __init__(self, meaning: NDArray[np.uint8]) -> None:
        self._meaning = meaning
        self._packed: OrderedDict[int, PackedPrediction] = OrderedDict()
        self._unpacked: OrderedDict[int, TilePrediction] = OrderedDict()  # with their meaning
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, tile_id: object) -> bool:
        return tile_id in self._packed

    def __iter__(self) -> Iterator[int]:
        """The ids of the Tiles."""
        return iter(self._packed)

    @property
    def meaning(self) -> NDArray[np.uint8]:
        """What each predicted value means by now, (256,) uint8."""
        return self._meaning

    @meaning.setter
    def meaning(self, meaning: NDArray[np.uint8]) -> None:
        self._meaning = meaning
        self._unpacked.clear()

    def model_version(self, tile_id: int) -> int | None:
        """Which model made the Tile's prediction; None without one."""
        packed = self._packed.get(tile_id)
        return packed.model_version if packed else None

    def encoded_classes(self, version: int) -> dict[int, bytes]:
        """By Tile the classes that this Model has predicted, as it made them; see `core.labels.mask.decode_plane`."""
        return {tile: packed.classes for tile, packed in self._packed.items() if packed.model_version == version}

    def keep(self, packed: PackedPrediction) -> None:
        self.drop(packed.tile_id)
        self._packed[packed.tile_id] = packed
        self._bytes += packed.nbytes
        while self._bytes > LARGEST_CACHE_BYTES:
            self.drop(next(iter(self._packed)))

    def get(self, tile_id: int) -> TilePrediction | None:
        """The Tile's Prediction, whose planes are shared and read-only; None without one."""
        packed = self._packed.get(tile_id)
        if packed is None:
            return None
        self._packed.move_to_end(tile_id)
        prediction = self._unpacked.pop(tile_id, None) or self._unpack(packed)
        self._unpacked[tile_id] = prediction
        if len(self._unpacked) > MOST_UNPACKED:
            self._unpacked.popitem(last=False)
        return prediction

    def _unpack(self, packed: PackedPrediction) -> TilePrediction:
        classes, doubt = (decode_plane(plane, *packed.shape) for plane in (packed.classes, packed.doubt))
        classes = self._meaning[classes]
        for plane in (classes, doubt):
            plane.flags.writeable = False
        return TilePrediction(packed.tile_id, packed.model_version, classes, doubt)

    def drop(self, tile_id: int) -> None:
        self._unpacked.pop(tile_id, None)
        packed = self._packed.pop(tile_id, None)
        if packed is not None:
            self._bytes -= packed.nbytes
