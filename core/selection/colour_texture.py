"""Colour and texture statistics of a Tile: Embeddings without an encoder, better than those of any random network."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.imagery.reader import TilePixels

Floats = NDArray[np.float32]

MAX_BANDS = 4
PER_BAND = 31
_PERCENTILES = (5, 25, 50, 75, 95)
_BINS, _LOWEST, _HIGHEST = 12, -0.25, 1.25  # of the histogram; what lies outside is counted in the outer bins
_SCALES_PX = (1, 2, 4)  # what is a pixel there
_PREFERRED = ("red", "green", "blue", "nir")


class ColourTexture:
    """31 numbers for each of up to four bands (red, green, blue, NIR where there are such), 124 for four.

    Of the valid pixels: mean and standard deviation, 5 percentiles, a histogram of 12 bins (square roots of the
    shares: the Hellinger metric), and at 1, 1/2 and 1/4 of the resolution the mean absolute change from pixel to pixel
    along rows and along columns, its standard deviation, and the mean absolute second difference.
    """

    def __init__(self, roles: Sequence[str]) -> None:
        self.bands = chosen_bands(roles)
        self.name = "colour-texture-1"
        self.stages = (PER_BAND,) * len(self.bands)

    def __call__(self, tiles: Sequence[TilePixels]) -> Floats:
        rows = [np.concatenate([_band_numbers(tile.values[b], tile.valid) for b in self.bands]) for tile in tiles]
        return np.array(rows, np.float32).reshape(len(tiles), sum(self.stages))


def chosen_bands(roles: Sequence[str]) -> tuple[int, ...]:
    """At most four band positions, ascending: those with the preferred roles first, then others spread evenly."""
    named = [roles.index(role) for role in _PREFERRED if role in roles]
    others = [band for band in range(len(roles)) if band not in named]
    free = min(MAX_BANDS - len(named), len(others))
    spread = [others[int(place)] for place in np.linspace(0, len(others) - 1, free).round()] if free > 0 else []
    return tuple(sorted(named + spread))


def _band_numbers(values: Floats, valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    inside = values[valid]
    if inside.size == 0:
        return np.zeros(PER_BAND)
    bins = np.clip((inside - _LOWEST) * (_BINS / (_HIGHEST - _LOWEST)), 0, _BINS - 1).astype(np.int8)
    shares = np.bincount(bins, minlength=_BINS) / inside.size
    mean, spread = inside.mean(dtype=np.float64), inside.std(dtype=np.float64)
    colour = [mean, spread, *np.percentile(inside, _PERCENTILES), *np.sqrt(shares)]
    texture = [number for scale in _SCALES_PX for number in _texture(*_shrunk(values, valid, scale))]
    return np.array([*colour, *texture])


def _shrunk(values: Floats, valid: NDArray[np.bool_], by: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Means of `by` × `by` pixels, valid where all of them are; an incomplete edge is left out."""
    if by == 1:
        return values, valid
    height, width = values.shape[0] // by, values.shape[1] // by
    shape = (height, by, width, by)
    blocks = values[: height * by, : width * by].reshape(shape)
    whole = valid[: height * by, : width * by].reshape(shape)
    return blocks.mean(axis=(1, 3)), np.asarray(whole.all(axis=(1, 3)), np.bool_)


def _texture(values: Floats, valid: NDArray[np.bool_]) -> list[float]:
    """How much neighbouring pixels differ, where all that take part are valid."""
    along_rows = np.abs(np.diff(values, axis=1))[valid[:, 1:] & valid[:, :-1]]
    along_columns = np.abs(np.diff(values, axis=0))[valid[1:] & valid[:-1]]
    second = np.abs(np.diff(values, 2, axis=1))[valid[:, 2:] & valid[:, 1:-1] & valid[:, :-2]]
    both = np.concatenate([along_rows, along_columns])
    spread = float(both.std(dtype=np.float64)) if both.size else 0.0
    return [_mean(along_rows), _mean(along_columns), spread, _mean(second)]


def _mean(values: Floats) -> float:
    return float(values.mean(dtype=np.float64)) if values.size else 0.0
