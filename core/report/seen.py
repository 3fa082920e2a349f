"""What Predictions have said of Tiles already, so that areas and field report need not predict them again."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np
from numpy.typing import NDArray

from core.labels.mask import encode_plane
from core.learning.prediction import TilePrediction

PixelCounts = NDArray[np.int64]  # (256,) pixels of each predicted label value
LARGEST_BYTES = 64 * 2**20


class SeenTiles:
    """By Tile the newest Prediction's pixels of each value, and its classes, encoded, for as many Tiles as fit 64 MiB;
    both as their Model made them. For the main thread."""

    def __init__(self) -> None:
        self._counts: dict[int, tuple[int, PixelCounts]] = {}
        self._planes: OrderedDict[int, tuple[int, bytes]] = OrderedDict()
        self._bytes = 0

    def saw(self, prediction: TilePrediction) -> None:
        tile, version = prediction.tile_id, prediction.model_version
        self._counts[tile] = (version, np.bincount(prediction.classes.ravel(), minlength=256))
        self._bytes -= len(self._planes.pop(tile, (0, b""))[1])
        self._planes[tile] = (version, encode_plane(prediction.classes))
        self._bytes += len(self._planes[tile][1])
        while self._bytes > LARGEST_BYTES:
            self._bytes -= len(self._planes.popitem(last=False)[1][1])

    def counts(self, version: int) -> dict[int, PixelCounts]:
        """Of the Tiles that this Model has predicted last."""
        return {tile: counts for tile, (made_by, counts) in self._counts.items() if made_by == version}

    def planes(self, version: int) -> dict[int, bytes]:
        """The same Tiles' classes, see `core.labels.mask.decode_plane`; some may be missing."""
        return {tile: plane for tile, (made_by, plane) in self._planes.items() if made_by == version}
