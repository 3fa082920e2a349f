"""A long call of GDAL, which cannot be stopped, in a process, which can."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, TypeVar

from rasterio.errors import RasterioError

from core.executors.processes import process_crew
from core.imagery.files import GDAL_ERRORS

T = TypeVar("T")

_AT_ONCE = 1 << 22  # values: a tenth of a second
_LOOK_S = 0.1  # how long it may go unnoticed that nobody wants it any more


def call_gdal(work: Callable[[T], object], wanted: T, values: int, check: Callable[[], None]) -> None:
    """`work(wanted)`, which goes over so many `values`; both are picklable.

    Of a large file it is done in a process of its own, which ends at once where `check` raises. Not on the main thread,
    for which no window waits: a script would be run once more by the process. Raises RasterioError.
    """
    is_here = values <= _AT_ONCE or threading.current_thread() is threading.main_thread()
    failure = _call(None, (work, wanted), check) if is_here else _call_elsewhere((work, wanted), check)
    if failure:
        raise RasterioError(failure)


def _call_elsewhere(asked: tuple[Callable[[T], object], T], check: Callable[[], None]) -> str:
    try:
        with process_crew(1, None) as crew:
            under_way = crew.submit(_call, asked)
            while not wait([under_way], _LOOK_S).done:
                check()
            return str(under_way.result())
    except BrokenProcessPool as error:
        return str(error)


def _call(_shared: None, asked: tuple[Callable[[Any], object], Any], _check: Callable[[], None]) -> str:
    """What has gone wrong, in GDAL's words: its errors cannot be sent from one process to another."""
    work, wanted = asked
    try:
        work(wanted)
    except GDAL_ERRORS as error:
        return str(error) or type(error).__name__
    return ""
