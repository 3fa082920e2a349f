"""Overviews inside a GeoTIFF that this program has written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import rasterio
from rasterio.enums import Resampling

from core.imagery.gdal_process import call_gdal


class _Wanted(NamedTuple):
    path: str
    factors: Sequence[int]
    resampling: Resampling
    options: Mapping[str, Any]


def add_overviews(
    path: Path, factors: Sequence[int], resampling: Resampling, check: Callable[[], None],
    options: Mapping[str, Any] | None = None,
) -> None:  # fmt: skip
    """Pictures of each band with 1/factor of its width and height, for all `factors`; `options` are GDAL's.

    rasterio lets no other thread run while GDAL makes them: a window would stand still. Those of a large file are
    therefore made in a process of their own, which ends at once where `check` raises. Raises RasterioError.
    """
    if not factors:
        return
    with rasterio.open(path) as raster:
        values = raster.width * raster.height * raster.count
    call_gdal(_add, _Wanted(str(path), factors, resampling, options or {}), values, check)


def _add(wanted: _Wanted) -> None:
    with rasterio.Env(**wanted.options), rasterio.open(wanted.path, "r+") as raster:
        raster.build_overviews(list(wanted.factors), wanted.resampling)
