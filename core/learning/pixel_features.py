"""What the pixel classifier sees of a Tile: a few dozen numbers at every second pixel, computed once and kept.

They do not change while the Scene does not, and a Scene is never changed: between two strokes nothing is computed anew.
A Tile is read with 28 px of its surroundings: the widest feature sees 20 px far, and the votes on the features are
smoothed over 8 px more. So a pixel has the same features whichever Tile it lies in, and nothing changes where one ends.
scipy is imported where it is used: no window should wait for it.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect, TileRef
from core.imagery.reader import TilePixels, TileReader
from core.learning.band_plan import BandPlan, band_plan

STEP_PX = 2  # features are kept for every second pixel in both directions
BORDER_PX = 8  # of the surroundings that have features too: as far as votes are smoothed
MARGIN_PX = BORDER_PX + 20  # the roughness at the widest scale sees twice 2.5 · 4 px far
_BORDER = BORDER_PX // STEP_PX
_SCALES_PX = (1.5, 4.0)
_COARSE_PX = 2.0  # of bands that are smoothed once
_MOST_BYTES = 96 << 20


class Unit(NamedTuple):
    """What a band measures where the reader gives 0 (`low`) and how much more where it gives 1 (`span`)."""

    low: float
    span: float

    @property
    def largest(self) -> float:
        return max(abs(self.low), abs(self.low + self.span))


@dataclass(frozen=True)
class TileFeatures:
    """`rows` float32 (n, F): features of the blocks of 2 × 2 pixels of the Tile and of 8 px round it, row by row;
    `has_data` bool (n,): of which blocks the Scene has data; `valid` bool (height, width): where the Tile has."""

    rows: NDArray[np.float32]
    has_data: NDArray[np.bool_]
    valid: NDArray[np.bool_]

    @property
    def shape(self) -> tuple[int, int]:
        """How many blocks there are, downwards and across, those of the surroundings too."""
        height, width = self.valid.shape
        return -(-height // STEP_PX) + 2 * _BORDER, -(-width // STEP_PX) + 2 * _BORDER

    @property
    def nbytes(self) -> int:
        return self.rows.nbytes + self.has_data.nbytes + self.valid.nbytes

    @property
    def inside(self) -> NDArray[np.bool_]:
        """bool (n,): the blocks of the Tile itself that have data."""
        inside = np.zeros(self.shape, bool)
        inside[_BORDER:-_BORDER, _BORDER:-_BORDER] = self.valid[::STEP_PX, ::STEP_PX]
        return inside.ravel()

    def at(self, places: NDArray[np.int64]) -> NDArray[np.float32]:
        """The features (len(places), F) of pixels, given by their places in the Tile's pixels, row by row."""
        ys, xs = np.divmod(places, self.valid.shape[1])
        rows, columns = ys // STEP_PX + _BORDER, xs // STEP_PX + _BORDER
        picked: NDArray[np.float32] = self.rows[rows * self.shape[1] + columns]
        return picked


class FeatureMemory:
    """Features of Tiles, kept up to 96 MiB, those longest unused given up first. For one thread at a time."""

    def __init__(self, reader: TileReader, most_bytes: int = _MOST_BYTES) -> None:
        self._reader = reader
        self._plan = band_plan(reader.roles)
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
            pixels = self._reader.read(ref, MARGIN_PX)
            found = tile_features(pixels, self._plan, units_of(self._reader, ref.scene_path))
            if in_passing and self.nbytes + found.nbytes > self._most_bytes:
                return found
            self._kept[key] = found
            self._kept.move_to_end(key, last=not in_passing)
        elif not in_passing:
            self._kept.move_to_end(key)
        while len(self._kept) > 1 and self.nbytes > self._most_bytes:
            self._kept.popitem(last=False)
        return found


def units_of(reader: TileReader, scene_path: str) -> list[Unit]:
    """Of the Scene's data bands, from its scale and from where its file says that zero is. Raises SceneError."""
    scale, info = reader.scale_of(scene_path), reader.scene(scene_path).info
    units = []
    for band, low, high in zip(reader.interpretation.data_bands, scale.low, scale.high, strict=True):
        step = info.scales[band.index - 1]
        unit = Unit((low - info.zeros[band.index - 1]) * step, (high - low) * step)
        units.append(unit if 0 < unit.largest < math.inf else Unit(low, high - low))
    return units


def tile_features(pixels: TilePixels, plan: BandPlan, units: Sequence[Unit]) -> TileFeatures:
    """The features of a Tile that was read with a margin of MARGIN_PX; `units` has one for each of its bands."""
    valid = pixels.valid[MARGIN_PX:-MARGIN_PX, MARGIN_PX:-MARGIN_PX]
    columns = [layer.ravel() for layer in _layers(pixels.values, plan, units, *valid.shape)]
    has_data = pixels.valid[::STEP_PX, ::STEP_PX][_inner(*valid.shape)]
    return TileFeatures(np.stack(columns, axis=1), has_data.ravel(), valid)


def _inner(height: int, width: int) -> tuple[slice, slice]:
    """Of the blocks of all that was read those that get features, for a Tile of so many pixels."""
    first = (MARGIN_PX - BORDER_PX) // STEP_PX
    down, across = (slice(first, first + -(-size // STEP_PX) + 2 * _BORDER) for size in (height, width))
    return down, across


def _layers(
    values: NDArray[np.float32], plan: BandPlan, units: Sequence[Unit], height: int, width: int
) -> Iterator[NDArray[np.float32]]:
    """One layer of blocks after the other, of `values` (B, height + 56, width + 56).

    All bands (of a group: mean and spread); normalised differences; for every scale the smoothed bands of the few, and
    the local roughness of their mean; the others smoothed once, in blocks, which costs a quarter, and their roughness.
    """
    from scipy import ndimage

    inner = _inner(height, width)
    coarse = []
    for place, bands in enumerate(plan.layers):
        seen = _seen([_blocks(values[band]) for band in bands])
        yield from (layer[inner] for layer in seen)
        if place not in plan.fine:
            coarse += seen
    for one, other in plan.pairs:
        yield _blocks(_difference(_mean(values, plan.layers[one]), _mean(values, plan.layers[other])))[inner]
    for one, other in plan.indices:
        (first,), (second,) = plan.layers[one], plan.layers[other]
        measured = _measured(values[first], values[second], units[first], units[second])
        yield _blocks(_difference(*measured))[inner]
    fine = [_mean(values, plan.layers[place]) for place in plan.fine]
    mean = np.mean(fine, axis=0)
    for scale in _SCALES_PX:
        for band in fine:
            yield _blocks(ndimage.gaussian_filter(band, scale, truncate=2.5))[inner]
        centre = ndimage.gaussian_filter(mean, scale, truncate=2.5)
        yield _blocks(ndimage.gaussian_filter(np.abs(mean - centre), scale, truncate=2.5))[inner]
    sigma = _COARSE_PX / STEP_PX
    evened = [ndimage.gaussian_filter(layer, sigma, truncate=2.5) for layer in coarse]
    yield from (layer[inner] for layer in evened)
    if coarse:
        rough = np.mean([np.abs(layer - even) for layer, even in zip(coarse, evened, strict=True)], axis=0)
        yield ndimage.gaussian_filter(rough, sigma, truncate=2.5)[inner]


def _blocks(layer: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of each block of 2 × 2 pixels; the last row or column of an odd number belongs to none."""
    rows, columns = (size // STEP_PX * STEP_PX for size in layer.shape)
    whole = layer[:rows, :columns]
    total: NDArray[np.float32] = whole[::2, ::2] + whole[1::2, ::2] + whole[::2, 1::2] + whole[1::2, 1::2]
    total *= np.float32(0.25)
    return total


def _seen(bands: list[NDArray[np.float32]]) -> list[NDArray[np.float32]]:
    """A band as it is; of several their mean and how much they differ."""
    return bands if len(bands) == 1 else [np.mean(bands, axis=0), np.std(bands, axis=0)]


def _mean(values: NDArray[np.float32], bands: tuple[int, ...]) -> NDArray[np.float32]:
    mean: NDArray[np.float32] = values[bands[0]] if len(bands) == 1 else values[list(bands)].mean(axis=0)
    return mean


def _difference(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float32]:
    """Normalised: −1…1, also where both are zero or one is negative."""
    total = np.abs(one) + np.abs(other) + np.float32(1e-3)
    result: NDArray[np.float32] = (other - one) / total
    return result


def _measured(
    one: NDArray[np.float32], other: NDArray[np.float32], unit: Unit, other_unit: Unit
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Both in units of the larger of what they hold, so that no file's numbers are too large or too small."""
    largest = max(unit.largest, other_unit.largest)
    return _counted(one, unit, largest), _counted(other, other_unit, largest)


def _counted(band: NDArray[np.float32], unit: Unit, largest: float) -> NDArray[np.float32]:
    counted: NDArray[np.float32] = band * np.float32(unit.span / largest) + np.float32(unit.low / largest)
    return counted
