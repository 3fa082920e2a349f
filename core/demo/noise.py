"""Smooth random fields, cheap enough for a scene of 36 million pixels: made coarse, enlarged where they are used."""

from __future__ import annotations

import math
import zlib

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from core.geometry import Rect

Field = npt.NDArray[np.float32]


def generator(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for every use, so that a change in one place leaves the others as they were."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])


def fractal(rng: np.random.Generator, shape: tuple[int, int], wavelength: float, octaves: int) -> Field:
    """Sum of smoothed value noise, float32 `shape`, mean 0 and standard deviation about 1.

    `wavelength` is the size of the largest features in cells of the field; every octave halves size and height.
    """
    total = np.zeros(shape, np.float32)
    power = 0.0
    for octave in range(octaves):
        step = max(wavelength / 2.0 ** (octave + 1), 1.0)
        coarse = 4 if step >= 12 else 1  # wide features need no fine evaluation
        grid_shape = (math.ceil(shape[0] / step) + 4, math.ceil(shape[1] / step) + 4)
        grid = rng.standard_normal(grid_shape, dtype=np.float32)
        # An unfiltered cubic B-spline smooths while it interpolates; it leaves 0.23 of white noise's variance.
        layer = ndimage.affine_transform(
            grid,
            np.array([coarse / step, coarse / step]),
            offset=1.0,
            output_shape=(-(-shape[0] // coarse), -(-shape[1] // coarse)),
            order=3,
            prefilter=False,
        )
        if coarse > 1:
            layer = enlarge(layer, coarse, Rect(0, 0, shape[1], shape[0]))
        total += layer * np.float32(0.5**octave)
        power += 0.23 * 0.25**octave
    return total / np.float32(math.sqrt(power))


def broad(rng: np.random.Generator, shape: tuple[int, int], wavelength: float, octaves: int) -> Field:
    """Like `fractal` at a quarter of the cost, for features of many cells: made at half resolution."""
    half = ((shape[0] + 1) // 2, (shape[1] + 1) // 2)
    return enlarge(fractal(rng, half, wavelength / 2, octaves), 2, Rect(0, 0, shape[1], shape[0]))


def texture(rng: np.random.Generator, size: int, sigmas: tuple[float, ...]) -> Field:
    """A seamless square of fine grain, float32 (size, size), mean 0 and standard deviation 1."""
    total = np.zeros((size, size), np.float32)
    for sigma in sigmas:
        layer = rng.standard_normal((size, size), dtype=np.float32)
        if sigma > 0:
            layer = ndimage.gaussian_filter(layer, sigma, mode="wrap")
        total += layer / layer.std()
    result: Field = (total - total.mean()) / total.std()
    return result


def window(tile: Field, rect: Rect) -> Field:
    """The part of the endlessly repeated square `tile` that lies in `rect`."""
    rows = np.arange(rect.y, rect.bottom) % tile.shape[0]
    columns = np.arange(rect.x, rect.right) % tile.shape[1]
    part: Field = tile[np.ix_(rows, columns)]
    return part


def enlarge(field: npt.NDArray[np.floating | np.uint8], factor: int, rect: Rect) -> Field:
    """The bilinear enlargement of a coarse field by `factor`, float32, only in `rect` (fine pixels)."""
    top, bottom, down = _neighbours(rect.y, rect.height, factor, field.shape[0])
    left, right, across = _neighbours(rect.x, rect.width, factor, field.shape[1])
    first = left[0]
    part = field[:, first : right[-1] + 1]
    if not part[top[0] : bottom[-1] + 1].any():
        return np.zeros((rect.height, rect.width), np.float32)
    upper = part[top].astype(np.float32)
    rows = upper + (part[bottom] - upper) * down[:, None]
    west = np.take(rows, left - first, axis=1)
    east = np.take(rows, right - first, axis=1)
    east -= west
    east *= across
    east += west
    result: Field = east
    return result


def _neighbours(
    start: int, length: int, factor: int, limit: int
) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp], Field]:
    position = np.clip((np.arange(start, start + length) + 0.5) / factor - 0.5, 0, limit - 1)
    lower = np.floor(position).astype(np.intp)
    return lower, np.minimum(lower + 1, limit - 1), (position - lower).astype(np.float32)


def smoothstep(values: npt.NDArray[np.floating], low: float, high: float) -> Field:
    """0 below `low`, 1 above `high`, an S-curve between, float32."""
    share = np.clip((values - low) / (high - low), 0, 1).astype(np.float32)
    result: Field = share * share * (3 - 2 * share)
    return result
