"""Reduced copies of big Scenes that have no overviews, in the cache folder: never in the user's file.

A Scene without overviews is decoded whole for one look at all of it. Its reduced copy, an eighth of the width and
height with overviews of its own, is made once in the background and found again by the Scene's content and by what
counts as no data there.
"""

from __future__ import annotations

import hashlib
import json
from contextlib import suppress
from pathlib import Path

import numpy as np
import rasterio
from rasterio.enums import Resampling
from rasterio.windows import Window

from core.atomic import replacing
from core.cache import cache_folder
from core.errors import SceneError
from core.geometry import Rect
from core.imagery.adding_overviews import add_overviews
from core.imagery.files import GDAL_ERRORS, SceneInfo
from core.imagery.interpretation import Interpretation
from core.imagery.scene import OVERVIEW_FACTOR, Scene
from core.jobs import Checkpoint

_WORTH_PX = 4096
_WORTH_BYTES = 512 << 20  # of all bands, decoded
_PART_BYTES = 64 << 20
_BLOCK_PX = 256  # of the copy
_STEP_PX = 64  # there; in the Scene 512, so that few of its blocks are cut
_MAKE = "-3"  # of the copy; another where those before are wrong
_EARLIER_MAKES = ("", "-2")  # no data had become 0; what was no data in another Project was averaged into it


def needs_overview(info: SceneInfo) -> bool:
    """Whether looking at the whole Scene would decode so much that a reduced copy pays: one band of a file of many may
    cost as much as all."""
    value_bytes = np.dtype(info.dtype).itemsize
    return not info.overview_factors and may_need_overview(info.size, info.band_count, value_bytes)


def may_need_overview(size: tuple[int, int], band_count: int, value_bytes: int = 8) -> bool:
    """The same as far as it can be said without opening the Scene, of (width, height) pixels."""
    return max(size) > _WORTH_PX or size[0] * size[1] * band_count * value_bytes > _WORTH_BYTES


def lacks_overview(scene: Scene) -> bool:
    """Whether a look at the whole of `scene` decodes all of a big file, for want of overviews and a reduced copy."""
    return needs_overview(scene.info) and not scene.has_overview


def overview_path(fingerprint: str, interpretation: Interpretation) -> Path:
    """Where the reduced copy of the Scene that now has this fingerprint is, or will be; another place where other
    pixels are no data, for they are averaged with nothing."""
    alpha = [band.index for band in interpretation.bands if band.role == "alpha"]
    validity = json.dumps([repr(interpretation.nodata), interpretation.own_nodata, alpha])
    key = hashlib.sha256(validity.encode()).hexdigest()[:8]
    return cache_folder() / "overviews" / f"{fingerprint}-{key}{_MAKE}.tif"


def build_overview(
    scene: Scene, target: Path, context: Checkpoint, interpretation: Interpretation | None = None
) -> Path:
    """Write the reduced copy of `scene`; it appears under its name only when it is complete, in place of what an
    earlier version of the program made.

    `interpretation` says what is no data, so that nothing is averaged with it; without it, the file does. Memory is
    bounded: parts of up to 64 MB are read. Raises SceneError when the Scene cannot be read or the cache not written.
    """
    try:
        # a mask belongs into the file: GDAL before 3.9 would write it beside, where it would be lost
        with rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"), replacing(target, shared=True) as partial:
            with rasterio.open(partial, "w", **_profile(scene.info)) as copy:
                _fill(scene, copy, context, interpretation)
                longest = max(copy.width, copy.height)
            factors = [2**level for level in range(1, 8) if longest >> level >= _BLOCK_PX // 2]
            add_overviews(partial, factors, Resampling.nearest, context.check)
        if target.stem.endswith(_MAKE):
            for make in _EARLIER_MAKES:
                with suppress(OSError):  # not there; on Windows, while another program still reads it
                    target.with_stem(target.stem.split("-")[0] + make).unlink()
    except (*GDAL_ERRORS, OSError) as error:
        raise SceneError(
            "The overview of {name} could not be saved: {reason}.",
            "Free some space in the cache folder; everything else works without it.",
            name=scene.info.name,
            reason=error,
        ) from error
    return target


def _profile(info: SceneInfo) -> dict[str, object]:
    return {
        "driver": "GTiff",
        "width": -(-info.width // OVERVIEW_FACTOR),
        "height": -(-info.height // OVERVIEW_FACTOR),
        "count": info.band_count,
        "dtype": info.dtype,
        "nodata": info.nodata,
        "tiled": True,
        "blockxsize": _BLOCK_PX,
        "blockysize": _BLOCK_PX,
        "interleave": "band",  # else one band of hundreds costs as much as all
        "compress": "deflate",
        "zlevel": 1,
        "bigtiff": "if_safer",
    }


def _fill(
    scene: Scene, copy: rasterio.io.DatasetWriter, context: Checkpoint, interpretation: Interpretation | None
) -> None:
    bands = list(range(1, scene.info.band_count + 1))
    fill = _fill_value(scene, interpretation)
    most = _PART_BYTES // (4 * _BLOCK_PX * len(bands) * np.dtype(scene.info.dtype).itemsize)  # read twice as fine
    across = min(max(most // _STEP_PX, 1) * _STEP_PX, 4 * _BLOCK_PX)
    for top in range(0, copy.height, _BLOCK_PX):
        height = min(_BLOCK_PX, copy.height - top)
        for left in range(0, copy.width, across):
            context.check()
            width = min(across, copy.width - left)
            rect = Rect(left, top, width, height)
            source = Rect(*(side * OVERVIEW_FACTOR for side in rect))
            pixels = scene.read(source, height, width, bands, interpretation=interpretation, smooth=True)
            pixels.values[:, ~pixels.valid] = fill  # averaging leaves 0 there, which may be a measurement
            window = Window(left, top, width, height)
            copy.write(pixels.values, window=window)
            if scene.info.has_dataset_mask:
                copy.write_mask(pixels.valid, window=window)
        context.report(top + height, copy.height)


def _fill_value(scene: Scene, interpretation: Interpretation | None) -> float:
    """What makes a pixel of the copy invalid, where no mask or alpha band does. NaN does so in every interpretation."""
    if scene.info.dtype.startswith("float"):
        return float("nan")
    return scene.nodata(interpretation) or 0.0
