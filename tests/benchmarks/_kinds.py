"""Made-up imagery of kinds that no data set at hand has: a scene and the true class of each of its pixels.

Every kind is hard in a way of its own: sunlit rows and their shadows in colour alone; warm patches in fields of
different warmth; small fields over ten bands of three resolutions; an edge that fades, over all of 16 bits; one small
patch in ten tiles.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

TILE_PX = 256
POOL, TEST = 10, 12  # tiles that may be labeled and that are held back
_COLUMNS = -(-(POOL + TEST) // 2)
_SHAPE = (2 * TILE_PX, _COLUMNS * TILE_PX)

Floats = NDArray[np.float64]


class Made(NamedTuple):
    """values (B, h, w), truth uint8 (h, w) from 1 on, a role a band."""

    values: Floats
    truth: NDArray[np.uint8]
    roles: tuple[str, ...]
    dtype: str = "uint16"


def write_kind(name: str, folder: Path, seed: int = 0) -> None:
    """The kind's tiles as images and masks of the same names in `folder`; the first POOL of them may be labeled."""
    made = KINDS[name](np.random.default_rng(seed))
    shape = {"driver": "GTiff", "width": TILE_PX, "height": TILE_PX, "crs": "EPSG:32632"}
    for part in ("images", "masks"):
        (folder / part).mkdir()
    for number in range(POOL + TEST):
        place = {"transform": rasterio.Affine(1, 0, 600_000 + 2 * TILE_PX * number, 0, -1, 5_300_000)}
        rows, columns = tile_slices(number)
        values = np.clip(made.values[:, rows, columns], 1, np.iinfo(made.dtype).max).astype(made.dtype)
        path = folder / "images" / f"{number:02}.tif"
        with rasterio.open(path, "w", count=len(values), dtype=made.dtype, nodata=0, **shape, **place) as image:
            image.write(values)
            image.descriptions = made.roles
        with rasterio.open(folder / "masks" / path.name, "w", count=1, dtype="uint8", **shape, **place) as mask:
            mask.write(made.truth[rows, columns] - np.uint8(1), 1)


def tile_slices(number: int) -> tuple[slice, slice]:
    row, column = (place * TILE_PX for place in divmod(number, _COLUMNS))
    return slice(row, row + TILE_PX), slice(column, column + TILE_PX)


def drone(rng: np.random.Generator) -> Made:
    """Colour alone: plants in rows (1), some of them yellow (2), soil (3), the shadows of rows and trees."""
    x = np.arange(_SHAPE[1])
    rows = np.sin(2 * np.pi * (x + 6 * noise(rng, 80)) / 24) + 0.5 * noise(rng, 3) > 0.25
    truth = np.where(rows, np.where(noise(rng, 28) > 1.15, 2, 1), 3).astype(np.uint8)
    values = spectra(truth, [(60, 105, 45), (135, 135, 60), (140, 112, 88)], blur=1.0)
    values += 14 * noise(rng, 1.2) + 6 * rng.normal(size=values.shape)
    shadow = gaussian_filter((np.roll(rows, 4, 1) & ~rows).astype(float), 1)
    trees = gaussian_filter((noise(rng, 45) > 1.6).astype(float), 3)
    values *= (1 - 0.4 * shadow) * (1 - 0.45 * trees) * (1 + 0.12 * noise(rng, 150))
    return Made(values, truth, ("red", "green", "blue"), "uint8")


def thermal(rng: np.random.Generator) -> Made:
    """One band, hundredths of a kelvin: patches that are warmer (2) than their field, fields that differ more."""
    warmer = noise(rng, 14) > 1.1
    values = 29_500 + rng.normal(0, 150, 60)[fields(rng, 60)] + 120 * noise(rng, 200)
    values += 90 * gaussian_filter(warmer.astype(float), 2) + 25 * noise(rng, 1) + 30 * noise(rng, 6)
    return Made(values[None], np.where(warmer, 2, 1).astype(np.uint8), ("thermal",))


def sentinel(rng: np.random.Generator) -> Made:
    """Ten bands, five of them of 20 m and one of 60 m on pixels of 10 m, fields of some 15 px: crop (1), crop under
    stress (2), anything else (3)."""
    count, roles = 1800, ("blue", "green", "red", "rededge", "rededge", "rededge", "nir", "nir", "swir1", "swir2")
    kinds = rng.choice([1, 2, 3], count, p=[0.5, 0.12, 0.38])
    lie = fields(rng, count)
    truth = kinds[lie].astype(np.uint8)
    values = spectra(truth, [
        (300, 600, 350, 900, 2600, 3200, 3600, 3700, 1500, 800),
        (420, 680, 600, 1050, 2000, 2400, 2700, 2800, 1900, 1150),
        (800, 1050, 1400, 1700, 1900, 2000, 2200, 2300, 2900, 2300),
    ], blur=0.7)  # fmt: skip
    values *= (1 + rng.normal(0, 0.16, count)[lie]) * (1 + 0.05 * noise(rng, 40))
    for number, pixels in enumerate((1, 1, 1, 2, 2, 2, 1, 2, 2, 6)):
        values[number] = coarse(values[number], pixels)
    return Made(values + 40 * rng.normal(size=values.shape), truth, roles)


def multispectral(rng: np.random.Generator) -> Made:
    """Five bands over all of 16 bits, three sorts of crop: stress (2) that fades into the healthy (1)."""
    sorts = np.array([(5000, 9000, 6000, 18_000, 38_000), (6500, 11_000, 8500, 20_000, 33_000),
                      (5600, 8000, 7000, 15_000, 30_000)], float)  # fmt: skip
    stress = noise(rng, 20) + 0.5 * noise(rng, 6) > 1.3
    values = sorts[rng.integers(0, 3, 40)][fields(rng, 40)].transpose(2, 0, 1)
    values = values * (1 + 0.10 * noise(rng, 2)) * (1 + 0.05 * noise(rng, 120))
    change = np.array([0.18, 0.10, 0.35, -0.02, -0.2])[:, None, None]
    values = values * (1 + change * gaussian_filter(stress.astype(float), 2.5)) + 400 * rng.normal(size=values.shape)
    truth = np.where(stress, 2, 1).astype(np.uint8)
    return Made(values, truth, ("blue", "green", "red", "rededge", "nir"))


def rare(rng: np.random.Generator) -> Made:
    """Four bands; one patch of 30 px (2) in the ten Tiles that may be labeled, one in every second held back."""
    truth = np.ones(_SHAPE, np.uint8)
    for number in (3, *range(POOL, POOL + TEST, 2)):
        patch = np.zeros((TILE_PX, TILE_PX))
        y, x = rng.integers(20, TILE_PX - 50, 2)
        patch[y : y + 30, x : x + 30] = 1
        truth[tile_slices(number)][gaussian_filter(patch, 3) > 0.5] = 2
    rows = 0.1 * np.sin(np.arange(_SHAPE[0])[:, None] * 2 * np.pi / 12)
    ground = 0.5 + 0.15 * noise(rng, 25) + rows + 0.03 * noise(rng, 1.2)
    there = gaussian_filter((truth == 2).astype(float), 1.5)
    share, at_zero, changed = ((0.04, 0.06, 0.05, 0.5), (0.06, 0.12, 0.10, 0.2), (0.02, 0.015, 0.05, -0.10))
    values = np.stack([a * ground + b + c * there for a, b, c in zip(share, at_zero, changed, strict=True)])
    return Made(10_000 * (values + 0.006 * rng.normal(size=values.shape)), truth, ("blue", "green", "red", "nir"))


KINDS: dict[str, Callable[[np.random.Generator], Made]] = {
    made.__name__: made for made in (drone, thermal, sentinel, multispectral, rare)
}


def noise(rng: np.random.Generator, sigma_px: float) -> Floats:
    """(h, w), smooth, with a standard deviation of 1."""
    smooth = gaussian_filter(rng.normal(size=_SHAPE), sigma_px)
    return np.asarray(smooth / smooth.std())


def fields(rng: np.random.Generator, count: int) -> NDArray[np.intp]:
    """(h, w): in which of `count` fields each pixel lies."""
    y, x = np.mgrid[: _SHAPE[0], : _SHAPE[1]]
    _, nearest = cKDTree(rng.uniform(0, 1, (count, 2)) * _SHAPE).query(np.stack([y.ravel(), x.ravel()], 1))
    return np.asarray(nearest).reshape(_SHAPE)


def spectra(truth: NDArray[np.uint8], of_classes: Sequence[Sequence[float]], blur: float) -> Floats:
    """(B, h, w): every pixel with the values of its class, a little smoothed."""
    values = np.array(of_classes, float)[truth - 1].transpose(2, 0, 1)
    return np.stack([gaussian_filter(band, blur) for band in values])


def coarse(band: Floats, pixels: int) -> Floats:
    """The same in squares of `pixels`, each with its mean."""
    height, width = band.shape
    whole = np.pad(band, ((0, -height % pixels), (0, -width % pixels)), mode="edge")
    means = whole.reshape(whole.shape[0] // pixels, pixels, whole.shape[1] // pixels, pixels).mean((1, 3))
    return np.asarray(means.repeat(pixels, 0).repeat(pixels, 1)[:height, :width])
