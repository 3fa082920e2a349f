"""Loose bands put together: one GeoTIFF of all bands of a Scene, in a folder that the user has chosen.

Values are copied as they are. Bands with other pixels are brought to the Scene's grid: coarser ones by repeating
pixels, which keeps every value a measured one and never mixes it with nodata; finer ones as means.
"""

from __future__ import annotations

import errno
import os
import shutil
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from core.atomic import replacing
from core.errors import SceneError
from core.geometry import Rect
from core.imagery.adding_overviews import add_overviews
from core.imagery.band_files import BandFile, LooseScene, pixel_area
from core.imagery.files import GDAL_ERRORS, local_file, open_dataset, reading
from core.jobs import Checkpoint, Stage

_MADE_OF = "BAND_FILES"  # the tag that tells our files from the user's
_BLOCK_PX = 512
_STRIP_PX = 1024  # rows of blocks of JPEG 2000 are that high
_SMALLEST_OVERVIEW_PX = 256
_SHARE_OF_BANDS, _SHARE_OF_OVERVIEWS = 0.75, 0.9  # of the time; the rest is the check
_FULL_BYTES = 1 << 16  # a disk with less left has not taken all of it


def stack(scenes: Sequence[LooseScene], folder: Path, context: Checkpoint) -> list[Path]:
    """Write `<name>.tif` for each Scene into `folder` and return the files.

    They have the bands' names and scales, their nodata, and overviews. Each appears under its name only when it is
    complete; one that is there already and was made of the same files is left as it is. Raises SceneError where a band
    cannot be read, a file not written, or one of its name is not of our making.
    """
    written = []
    for number, scene in enumerate(scenes):
        target = folder / f"{scene.name}.tif"
        if not _is_there(target, scene):
            _stack(scene, target, Stage(context, number / len(scenes), (number + 1) / len(scenes)))
        written.append(target)
    return written


def _is_there(target: Path, scene: LooseScene) -> bool:
    """Raises SceneError for a file of that name which we have not made, or of other files."""
    if not os.path.lexists(target):
        return False
    try:
        local = local_file(target)
        with reading(local), open_dataset(local) as raster:
            if raster.tags().get(_MADE_OF) == _made_of(scene):
                return True
    except SceneError:
        pass
    raise SceneError(
        "{path} exists already and holds something else.", "Choose another folder, or move the file away.", path=target
    )


def _stack(scene: LooseScene, target: Path, context: Checkpoint) -> None:
    with _writing(target) as partial:
        sums: dict[tuple[int, Rect], int] = {}
        with rasterio.open(partial, "w", **_profile(scene)) as raster:
            raster.update_tags(**{_MADE_OF: _made_of(scene)})
            raster.descriptions = [band.name for band in scene.bands]
            raster.scales = [band.scale for band in scene.bands]
            raster.offsets = [band.offset for band in scene.bands]
            for number, band in enumerate(scene.bands):
                part = [_SHARE_OF_BANDS * (number + end) / len(scene.bands) for end in (0, 1)]
                for rect, values in _strips(band, scene, Stage(context, *part)):
                    raster.write(values, number + 1, window=Window(*rect))
                    sums[number + 1, rect] = zlib.crc32(values.tobytes())
        factors = [2**level for level in range(1, 12) if max(scene.grid.size) >> level >= _SMALLEST_OVERVIEW_PX]
        # means would mix what nobody has called nodata into the edges
        resampling = Resampling.nearest if _nodata(scene) is None else Resampling.average
        add_overviews(partial, factors, resampling, context.check)
        _refuse_incomplete(partial, sums, Stage(context, _SHARE_OF_OVERVIEWS, 1))


def _strips(band: BandFile, scene: LooseScene, context: Checkpoint) -> Iterator[tuple[Rect, Any]]:
    """The band's values on the Scene's grid, row of blocks by row of blocks: (height, width) each, as the file has
    them."""
    grid = scene.grid
    is_filled = band.info.has_dataset_mask or band.info.nodata not in (None, _nodata(scene))
    local = local_file(band.info.path)
    with reading(local), open_dataset(local) as dataset, _on_grid(dataset, band, scene) as source:
        for top in range(0, grid.height, _STRIP_PX):
            context.check()
            rect = Rect(0, top, grid.width, min(_STRIP_PX, grid.height - top))
            values = source.read(1, window=Window(*rect), masked=is_filled).astype(_dtype(scene), copy=False)
            yield rect, values.filled(_nodata(scene)) if is_filled else values
            context.report(top + rect.height, grid.height)


@contextmanager
def _on_grid(dataset: Any, band: BandFile, scene: LooseScene) -> Iterator[Any]:
    grid = scene.grid
    if (band.info.size, band.info.transform) == (grid.size, grid.transform):
        yield dataset
        return
    is_finer = band.pixel_area < 0.99 * pixel_area(grid)
    with WarpedVRT(
        dataset, crs=CRS.from_wkt(grid.crs_wkt), transform=rasterio.Affine(*grid.transform or ()), width=grid.width,
        height=grid.height, src_nodata=band.nodata, nodata=_nodata(scene), dtype=_dtype(scene).name,
        resampling=Resampling.average if is_finer else Resampling.nearest,
    ) as warped:  # fmt: skip
        yield warped


def _nodata(scene: LooseScene) -> float | None:
    return next((band.nodata for band in scene.bands if band.nodata is not None), None)


def _dtype(scene: LooseScene) -> np.dtype[Any]:
    """What holds the values of all bands."""
    return np.result_type(*(band.info.dtype for band in scene.bands))


def _profile(scene: LooseScene) -> dict[str, Any]:
    grid, dtype = scene.grid, _dtype(scene)
    return {
        "driver": "GTiff",
        "width": grid.width,
        "height": grid.height,
        "count": len(scene.bands),
        "dtype": dtype.name,
        "nodata": _nodata(scene),
        "crs": grid.crs_wkt and CRS.from_wkt(grid.crs_wkt),
        "transform": rasterio.Affine(*grid.transform or ()),
        "photometric": "minisblack",  # three bands need not be red, green and blue
        "interleave": "band",
        "tiled": True,
        "blockxsize": _BLOCK_PX,
        "blockysize": _BLOCK_PX,
        "compress": "deflate",
        "zlevel": 1,
        "predictor": 3 if dtype.kind == "f" else 2,
        "num_threads": "all_cpus",
        "bigtiff": "if_safer",
    }


def _made_of(scene: LooseScene) -> str:
    """Names and sizes of the bands' files."""
    return "; ".join(f"{band.info.name} {os.path.getsize(local_file(band.info.path))}" for band in scene.bands)


def _refuse_incomplete(path: Path, sums: dict[tuple[int, Rect], int], context: Checkpoint) -> None:
    """Raises OSError where a part is missing."""
    _refuse_full_disk(path.parent)
    with rasterio.open(path, driver="GTiff") as raster:
        for done, ((band, rect), crc) in enumerate(sums.items()):
            context.check()
            if zlib.crc32(raster.read(band, window=Window(*rect)).tobytes()) != crc:
                raise OSError(errno.EIO, os.strerror(errno.EIO))
            context.report(done + 1, len(sums))


@contextmanager
def _writing(target: Path) -> Iterator[Path]:
    """The path to write to, as `replacing` gives it. Raises SceneError."""
    try:
        with replacing(target) as partial:
            try:
                yield partial
            except GDAL_ERRORS as error:
                _refuse_full_disk(partial.parent, error)
                raise
    except (*GDAL_ERRORS, OSError) as error:
        raise SceneError(
            "{path} could not be written: {reason}.",
            "Check that the folder exists, that you may write to it, and that the disk is not full.",
            path=target, reason=getattr(error, "strerror", None) or error,
        ) from error  # fmt: skip


def _refuse_full_disk(folder: Path, cause: BaseException | None = None) -> None:
    """GDAL has other words for it, and none at all where it happens while it closes a file. Raises OSError."""
    if shutil.disk_usage(folder).free < _FULL_BYTES:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from cause
