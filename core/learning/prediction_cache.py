"""The predictions at hand: what the newest model says of each Tile, compressed in memory."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.labels.mask import decode_plane, encode_plane
from core.learning.prediction import TilePrediction

LARGEST_CACHE_BYTES = 80 * 2**20


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

    The least recently used are dropped beyond 80 MiB and made anew when looked at.
    """

    def __init__(self, meaning: NDArray[np.uint8]) -> None:
        """`meaning`: what each predicted value means by now, (256,) uint8."""
        self.meaning = meaning
        self._packed: OrderedDict[int, PackedPrediction] = OrderedDict()
        self._bytes = 0

    def __len__(self) -> int:
        return len(self._packed)

    def __contains__(self, tile_id: int) -> bool:
        return tile_id in self._packed

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
        packed = self._packed.get(tile_id)
        if packed is None:
            return None
        self._packed.move_to_end(tile_id)
        classes, doubt = (decode_plane(plane, *packed.shape) for plane in (packed.classes, packed.doubt))
        return TilePrediction(tile_id, packed.model_version, self.meaning[classes], doubt)

    def drop(self, tile_id: int) -> None:
        packed = self._packed.pop(tile_id, None)
        if packed is not None:
            self._bytes -= packed.nbytes
