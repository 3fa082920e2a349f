"""Overviews inside a GeoTIFF that this program has written."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import Any, NamedTuple

import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError

from core.executors.processes import process_crew
from core.imagery.files import GDAL_ERRORS

_AT_ONCE = 1 << 22  # values: a tenth of a second
_LOOK_S = 0.1  # how long it may go unnoticed that nobody wants them any more


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

    rasterio lets no other thread run while GDAL makes them, and GDAL cannot be stopped: a window would stand still.
    Those of a large file are therefore made in a process of their own, which ends at once where `check` raises. Not on
    the main thread, for which no window waits: a script would be run once more by the process. Raises RasterioError.
    """
    if not factors:
        return
    wanted = _Wanted(str(path), factors, resampling, options or {})
    with rasterio.open(path) as raster:
        is_small = raster.width * raster.height * raster.count <= _AT_ONCE
    is_here = is_small or threading.current_thread() is threading.main_thread()
    failure = _add(None, wanted, check) if is_here else _add_elsewhere(wanted, check)
    if failure:
        raise RasterioError(failure)


def _add_elsewhere(wanted: _Wanted, check: Callable[[], None]) -> str:
    try:
        with process_crew(1, None) as crew:
            under_way = crew.submit(_add, wanted)
            while not wait([under_way], _LOOK_S).done:
                check()
            return str(under_way.result())
    except BrokenProcessPool as error:
        return str(error)


def _add(_shared: None, wanted: _Wanted, _check: Callable[[], None]) -> str:
    """What has gone wrong, in GDAL's words: its errors cannot be sent from one process to another."""
    try:
        with rasterio.Env(**wanted.options), rasterio.open(wanted.path, "r+") as raster:
            raster.build_overviews(list(wanted.factors), wanted.resampling)
    except GDAL_ERRORS as error:
        return str(error) or type(error).__name__
    return ""
