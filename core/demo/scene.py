"""Writes the demo: a multispectral farmland scene and its true mask, both GeoTIFF."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt
import rasterio
from affine import Affine
from rasterio import features
from rasterio.enums import ColorInterp, Resampling
from rasterio.errors import NotGeoreferencedWarning
from rasterio.io import MemoryFile
from rasterio.windows import Window

from core.atomic import replacing
from core.demo import spectra
from core.demo.farmland import Farmland, build_farmland
from core.demo.noise import generator
from core.demo.sensor import SKY_STEP_PX, Sensor, Sky, build_sky
from core.demo.stress import STRESS_STEP_PX, build_stress, coarse_indexes
from core.errors import FieldbrushError
from core.export.writing import refuse_too_little_room, refuse_unwritable, writing
from core.geometry import Rect
from core.imagery.adding_overviews import add_overviews
from core.imagery.files import GDAL_ERRORS

PIXEL_M = 0.5
CRS = "EPSG:32632"
WEST_M, NORTH_M = 704_000.0, 5_365_000.0
MIN_SIZE_PX = 256
CLASS_NAMES: Mapping[int, str] = MappingProxyType({1: "healthy crop", 2: "unhealthy crop", 255: "ignore"})
_COLOURS = {1: (0, 114, 178, 255), 2: (213, 94, 0, 255), 255: (128, 128, 128, 255)}
_BLOCK_PX = 512
_SAID, _TRUTH = "Generated farmland, surface reflectance times 10000", "true classes"  # by the two files of themselves
_BYTES_A_PX = 9  # of scene, mask and overviews
_DRAWN, _RENDERED = 0.2, 0.8  # progress after drawing and after rendering


@dataclass(frozen=True)
class DemoScene:
    """What `write_demo_scene` wrote."""

    scene_path: Path
    mask_path: Path


def write_demo_scene(
    folder: Path, seed: int = 7, size_px: int = 6000, progress: Callable[[float], None] | None = None
) -> DemoScene:
    """Write `farmland.tif` and `farmland_truth.tif` into `folder` (made if absent), replacing earlier ones.

    The scene has five uint16 bands (reflectance times 10 000, nodata 0) of `size_px` x `size_px` pixels of 0.5 m in
    UTM zone 32 N; the mask has 1 healthy crop, 2 unhealthy crop, 255 ignore (clouds, shadows, everything but crop),
    0 outside the footprint. The same `seed` gives the same pixels. `progress` hears shares from 0 to 1 and may raise
    to stop; then no file is left or changed.

    Raises FieldbrushError for a size under 256 px, ExportError where the folder cannot be written or has other files of
    these names.
    """
    if size_px < MIN_SIZE_PX:
        raise FieldbrushError("A demo scene of {size} px is too small for fields.", "Ask for {least} px or more.",
                              size=size_px, least=MIN_SIZE_PX)  # fmt: skip
    tell = progress or (lambda share: None)
    tell(0.0)
    scene = DemoScene(folder / "farmland.tif", folder / "farmland_truth.tif")
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        for path, mark in ((scene.scene_path, _SAID.encode()), (scene.mask_path, _TRUTH.encode())):
            refuse_unwritable(path, mark)
        refuse_too_little_room(folder, _BYTES_A_PX * size_px**2)
        with replacing(scene.scene_path, shared=True) as image, replacing(scene.mask_path, shared=True) as mask:
            _write(image, mask, seed, size_px, tell)
    tell(1.0)
    return scene


def _write(scene_path: Path, mask_path: Path, seed: int, size_px: int, tell: Callable[[float], None]) -> None:
    farmland = build_farmland(seed, size_px, PIXEL_M)
    tell(_DRAWN / 2)
    footprint = _footprint(generator(seed, "footprint"), size_px)
    sky = build_sky(seed, size_px, PIXEL_M)
    stress = build_stress(seed, farmland, _clear(farmland, sky, footprint))
    sensor = Sensor(seed, farmland, stress, sky)
    tell(_DRAWN)
    with ExitStack() as stack:
        bands = stack.enter_context(rasterio.open(scene_path, "w", **_profile(size_px, len(spectra.BANDS), "uint16")))
        truth = stack.enter_context(rasterio.open(mask_path, "w", **_profile(size_px, 1, "uint8")))
        _describe(bands, truth)
        blocks = list(_blocks(size_px))
        for number, rect in enumerate(blocks, start=1):
            inside = footprint[rect.slices]
            place = Window(rect.x, rect.y, rect.width, rect.height)
            if inside.any():
                values, classes = sensor.render(rect)
                bands.write(values * inside, window=place)
                truth.write(classes * inside, 1, window=place)
            tell(_DRAWN + (_RENDERED - _DRAWN) * number / len(blocks))
    _add_overviews(scene_path, size_px, Resampling.average, lambda: tell(_RENDERED))
    tell(0.97)
    _add_overviews(mask_path, size_px, Resampling.nearest, lambda: tell(0.97))


def _profile(size_px: int, count: int, dtype: str) -> dict[str, Any]:
    return {
        "driver": "GTiff", "width": size_px, "height": size_px, "count": count, "dtype": dtype, "nodata": 0,
        "crs": CRS, "transform": Affine(PIXEL_M, 0, WEST_M, 0, -PIXEL_M, NORTH_M), "tiled": True,
        "blockxsize": _BLOCK_PX, "blockysize": _BLOCK_PX, "interleave": "band",
        "predictor": 2, "num_threads": "all_cpus", "BIGTIFF": "IF_SAFER", **_fast_compression(),
    }  # fmt: skip


@lru_cache(maxsize=1)
def _fast_compression() -> Mapping[str, Any]:
    """Zstandard, three times as fast as deflate, where this GDAL was built with it."""
    probe = {"driver": "GTiff", "width": 1, "height": 1, "count": 1, "dtype": "uint8", "compress": "zstd"}
    try:
        with warnings.catch_warnings(), MemoryFile() as memory:
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with memory.open(**probe):
                return {"compress": "zstd", "zstd_level": 1}
    except GDAL_ERRORS:
        return {"compress": "deflate", "zlevel": 1}


def _describe(bands: Any, truth: Any) -> None:
    bands.descriptions = spectra.BANDS
    bands.colorinterp = (
        ColorInterp.blue, ColorInterp.green, ColorInterp.red, ColorInterp.rededge, ColorInterp.nir,
    )  # fmt: skip
    bands.scales = (0.0001,) * len(spectra.BANDS)
    bands.update_tags(DESCRIPTION=_SAID)
    truth.descriptions = (_TRUTH,)
    truth.write_colormap(1, _COLOURS)
    truth.update_tags(**{f"CLASS_{value}": name for value, name in CLASS_NAMES.items()})


def _blocks(size_px: int) -> Iterator[Rect]:
    whole = Rect(0, 0, size_px, size_px)
    for y in range(0, size_px, _BLOCK_PX):
        for x in range(0, size_px, _BLOCK_PX):
            yield Rect(x, y, _BLOCK_PX, _BLOCK_PX).intersect(whole)


def _footprint(rng: np.random.Generator, size_px: int) -> npt.NDArray[np.uint8]:
    """1 where the camera looked: five flight strips, turned against the grid, that begin and end raggedly."""
    turn = np.radians(2.6)
    side = size_px / (np.cos(turn) + np.sin(turn)) * 0.998
    edges = np.linspace(-side / 2, side / 2, 6)
    strips = []
    for left, right in pairwise(edges):
        top, bottom = side / 2 - rng.uniform(0, 0.022, 2) * size_px
        across = np.linspace(left - 1, right + 1, 24)
        ragged = rng.normal(0, size_px * 0.0004, (2, 24)).cumsum(axis=1)
        ends = [np.stack([across, -top + np.abs(ragged[0])], 1), np.stack([across, bottom - np.abs(ragged[1])], 1)]
        strips.append(np.concatenate([ends[0], ends[1][::-1]]))
    spin = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    shapes = []
    for strip in strips:
        ring = strip @ spin.T + size_px / 2
        shapes.append({"type": "Polygon", "coordinates": [[(float(x), float(y)) for x, y in [*ring, ring[0]]]]})
    inside: npt.NDArray[np.uint8] = features.rasterize(
        [(shape, 1) for shape in shapes], out_shape=(size_px, size_px), dtype="uint8", transform=Affine.identity()
    )
    return inside


def _clear(farmland: Farmland, sky: Sky, footprint: npt.NDArray[np.uint8]) -> npt.NDArray[np.bool_]:
    """Where on the stress grid the truth can be seen."""
    side = farmland.rasters.surface.shape[0]
    picks = coarse_indexes(side, STRESS_STEP_PX)
    covered = (sky.cloud > 0.06) | (sky.shadow > 0.10)
    coarse = np.minimum(picks // SKY_STEP_PX, covered.shape[0] - 1)
    on_scene = np.clip(picks - 1, 0, footprint.shape[0] - 1)
    seen = footprint[np.ix_(on_scene, on_scene)] > 0
    result: npt.NDArray[np.bool_] = seen & ~covered[np.ix_(coarse, coarse)]
    return result


def _add_overviews(path: Path, size_px: int, resampling: Resampling, check: Callable[[], None]) -> None:
    factors = [factor for factor in (2, 4, 8, 16, 32) if size_px // factor >= 64]
    options = {"GDAL_NUM_THREADS": "ALL_CPUS", "ZLEVEL_OVERVIEW": 1, "ZSTD_LEVEL_OVERVIEW": 1, "PREDICTOR_OVERVIEW": 2}
    add_overviews(path, factors, resampling, check, options)
