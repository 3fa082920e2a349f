"""What the pixel classifier sees of a Tile: a few dozen numbers at every second pixel, computed once and kept.

They do not change while the Scene does not, and a Scene is never changed: between two strokes nothing is computed anew.
scipy is imported where it is used: no window should wait for it.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect, TileRef
from core.imagery.reader import TilePixels, TileReader

STEP_PX = 2  # features are kept for every second pixel in both directions
_SCALES_PX = (1.5, 4.0)
_MARGIN_PX = 12  # as far as the widest of them sees
_MOST_BANDS = 6  # of more bands, these are spread evenly over the spectrum
_MOST_BYTES = 96 << 20


@dataclass(frozen=True)
class TileFeatures:
    """`rows` float32 (n, F): features of the blocks of 2 × 2 pixels, row by row; `valid` bool (height, width): where
    the Scene has data."""

    rows: NDArray[np.float32]
    valid: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, int]:
        """How many blocks there are, downwards and across."""
        height, width = self.valid.shape
        return -(-height // STEP_PX), -(-width // STEP_PX)

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes + self.valid.nbytes

    def at(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The features (len(places), F) of pixels, given by their places in the Tile's pixels, row by row."""
        ys, xs = np.divmod(places, self.valid.shape[1])
        picked: NDArray[np.float32] = self.rows[ys // STEP_PX * self.shape[1] + xs // STEP_PX]
        return picked


class FeatureMemory:
    """Features of Tiles, kept up to 96 MiB, those longest unused given up first. For one thread at a time."""

    def __init__(self, reader: TileReader, most_bytes: int = _MOST_BYTES) -> None:
        self._reader = reader
        self._most_bytes = most_bytes
        self._kept: OrderedDict[tuple[str, Rect], TileFeatures] = OrderedDict()

    @property
    def nbytes(self) -> int:
        return sum(kept.nbytes for kept in self._kept.values())

    def of(self, ref: TileRef, *, in_passing: bool = False) -> TileFeatures:
        """The Tile's features. Those of a Tile looked at `in_passing` push out no other's. Raises SceneError."""
        key = (ref.scene_path, ref.rect)
        found = self._kept.get(key)
        if found is None:
            found = tile_features(self._reader.read(ref, _MARGIN_PX))
            if in_passing and self.nbytes + found.nbytes > self._most_bytes:
                return found
            self._kept[key] = found
            self._kept.move_to_end(key, last=not in_passing)
        elif not in_passing:
            self._kept.move_to_end(key)
        while len(self._kept) > 1 and self.nbytes > self._most_bytes:
            self._kept.popitem(last=False)
        return found


def tile_features(pixels: TilePixels) -> TileFeatures:
    """The features of a Tile that was read with a margin of 12 px."""
    valid = pixels.valid[_MARGIN_PX:-_MARGIN_PX, _MARGIN_PX:-_MARGIN_PX]
    columns = [_blocks(layer, *valid.shape).ravel() for layer in feature_layers(pixels.values)]
    return TileFeatures(np.stack(columns, axis=1), valid)


def _blocks(layer: NDArray[np.float32], height: int, width: int) -> NDArray[np.float32]:
    """The mean of each block of 2 × 2 pixels, without the margin; a block over the edge takes from the margin."""
    rows, columns = (slice(_MARGIN_PX, _MARGIN_PX + size + size % STEP_PX) for size in (height, width))
    whole = layer[rows, columns]
    total: NDArray[np.float32] = whole[::2, ::2] + whole[1::2, ::2] + whole[::2, 1::2] + whole[1::2, 1::2]
    total *= np.float32(0.25)
    return total


def feature_layers(values: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """One layer (height, width) after the other, of `values` (B, height, width): bands, normalised differences of
    neighbouring bands and of the outermost ones, and for every scale the smoothed bands and the local roughness of the
    mean band."""
    from scipy import ndimage

    if len(values) > _MOST_BANDS:
        values = values[np.linspace(0, len(values) - 1, _MOST_BANDS).round().astype(int)]
    yield from values
    pairs = {(i, i + 1) for i in range(len(values) - 1)} | {(0, len(values) - 1)}
    for first, second in sorted(pair for pair in pairs if pair[0] != pair[1]):
        total = np.abs(values[first]) + np.abs(values[second]) + np.float32(1e-3)
        yield (values[second] - values[first]) / total
    mean = values.mean(axis=0)
    for scale in _SCALES_PX:
        for band in values:
            yield ndimage.gaussian_filter(band, scale, truncate=2.5)
        centre = ndimage.gaussian_filter(mean, scale, truncate=2.5)
        yield ndimage.gaussian_filter(np.abs(mean - centre), scale, truncate=2.5)
