"""Overviews in files of the program's own: the same wherever they are made, and given up at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.enums import Resampling
from rasterio.errors import RasterioError

from core.imagery.adding_overviews import add_overviews
from core.jobs import Cancelled
from tests.core.imagery_files import damage_block, write_raster

SIDE = 2048
FACTORS = [2, 4, 8]


def noise(path: Path) -> Path:
    values = np.random.default_rng(0).integers(1, 250, (3, SIDE, SIDE)).astype("uint8")
    return write_raster(path, values, nodata=0, tiled=True, compress="deflate", zlevel=1, interleave="band")


def beside_a_window(*asked: Any) -> None:
    """Add overviews on another thread than the main one, as a window has them made."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(add_overviews, *asked).result()


def test_a_process_of_its_own_makes_the_same(tmp_path: Path) -> None:
    here, elsewhere = noise(tmp_path / "here.tif"), noise(tmp_path / "elsewhere.tif")
    looks: list[int] = []
    options = {"ZLEVEL_OVERVIEW": 9}
    beside_a_window(elsewhere, FACTORS, Resampling.average, lambda: looks.append(len(active_children())), options)
    assert set(looks) == {1}, "the thread that asked was free to look meanwhile"
    assert not active_children()
    add_overviews(here, FACTORS, Resampling.average, lambda: None, options)
    assert elsewhere.read_bytes() == here.read_bytes()
    with rasterio.open(here) as raster:
        assert [raster.overviews(band) for band in (1, 2, 3)] == [FACTORS] * 3


def test_what_one_thread_gives_up_ends_no_work_of_another(tmp_path: Path) -> None:
    """A project that is opened makes overviews while bands are put together in the dialog."""
    begun, given_up = threading.Event(), threading.Event()

    def give_up() -> None:
        if begun.is_set():
            given_up.set()
            raise Cancelled

    def go_on() -> None:
        begun.set()
        given_up.wait(30)

    paths = [noise(tmp_path / f"{name}.tif") for name in "ab"]
    with ThreadPoolExecutor(2) as threads:
        mine, others = (
            threads.submit(add_overviews, path, FACTORS, Resampling.average, check)
            for path, check in zip(paths, (give_up, go_on), strict=True)
        )
        with pytest.raises(Cancelled):
            mine.result()
        others.result()
    with rasterio.open(paths[1]) as raster:
        assert raster.overviews(1) == FACTORS


def test_given_up_it_ends_at_once(tmp_path: Path) -> None:
    def stop() -> None:
        raise Cancelled

    path = noise(tmp_path / "a.tif")
    with pytest.raises(Cancelled):
        beside_a_window(path, FACTORS, Resampling.average, stop)
    assert not active_children()
    size = path.stat().st_size
    time.sleep(0.3)
    assert path.stat().st_size == size, "nobody writes any more"


@pytest.mark.parametrize("add", [add_overviews, beside_a_window])
def test_what_gdal_says_is_raised(tmp_path: Path, add: Callable[..., None]) -> None:
    path = damage_block(noise(tmp_path / "a.tif"), 0, 0)
    with pytest.raises(RasterioError, match="IReadBlock failed"):
        add(path, FACTORS, Resampling.average, lambda: None)


def test_a_process_that_is_killed_is_an_error(tmp_path: Path) -> None:
    def kill() -> None:
        for process in active_children():
            process.kill()

    with pytest.raises(RasterioError, match="process"):
        beside_a_window(noise(tmp_path / "a.tif"), FACTORS, Resampling.average, kill)
