"""One scale for all Scenes: statistics, and Tiles read with them."""

from __future__ import annotations

import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.cache import cache_folder
from core.errors import SceneError
from core.geometry import Rect, TileRef
from core.imagery import reader as reader_module
from core.imagery import statistics
from core.imagery.interpretation import Band, Interpretation, guess_interpretation
from core.imagery.reader import TileReader
from core.imagery.scene import Scene, open_scene
from core.imagery.statistics import BandStatistics, measure_statistics, sample_pixels, sampled
from core.jobs import Cancelled, Job, Priority, Unwatched, Worker
from core.text import text
from tests.core.imagery_files import damage_block, ramp, write_raster


def _statistics(path: Path) -> BandStatistics:
    with open_scene(path) as scene:
        return measure_statistics([scene], guess_interpretation(scene.info, scene))


def test_percentiles_leave_out_nodata_and_infinities(tmp_path: Path, rng: np.random.Generator) -> None:
    data = rng.uniform(0.2, 0.6, (3, 300, 300)).astype(np.float32)
    data[:, :60] = -3.4028235e38
    data[0, 100, 100:110] = np.inf
    data[1, 120, :50] = np.nan
    found = _statistics(write_raster(tmp_path / "x.tif", data))
    for low, high, mean, std in zip(found.low, found.high, found.mean, found.std, strict=True):
        assert low == pytest.approx(0.204, abs=0.004)
        assert high == pytest.approx(0.596, abs=0.004)
        assert mean == pytest.approx(0.4, abs=0.01)
        assert std == pytest.approx(0.4 / np.sqrt(12), abs=0.01)


@pytest.mark.parametrize("value", [0, 7, 60000])
def test_low_and_high_always_differ(tmp_path: Path, value: int) -> None:
    found = _statistics(write_raster(tmp_path / "x.tif", np.full((2, 20, 20), value, np.uint16)))
    assert all(high > low for low, high in zip(found.low, found.high, strict=True))


def test_scenes_are_pooled(tmp_path: Path) -> None:
    paths = [write_raster(tmp_path / f"{value}.tif", np.full((3, 64, 64), value, np.uint8)) for value in (10, 100, 200)]
    scenes = [open_scene(path) for path in paths]
    guess = guess_interpretation(scenes[0].info)
    assert measure_statistics(scenes, guess).mean == pytest.approx((310 / 3,) * 3)
    for scene in scenes:
        scene.close()


@pytest.mark.parametrize(("count", "taken"), [(0, 0), (1, 1), (32, 32), (33, 17), (3200, 32), (3201, 32)])
def test_of_many_scenes_32_at_most_are_measured_from_all_over(count: int, taken: int) -> None:
    chosen = sampled(range(count))
    assert len(chosen) == taken
    assert len(set(np.diff(chosen))) <= 1
    assert count < 2 or chosen[-1] >= 0.9 * (count - 1)


def test_samples_of_many_scenes_of_many_bands_are_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """32 Scenes of 300 bands would be five gigabytes in float64."""
    path = write_raster(tmp_path / "x.tif", ramp(30, 90, 100, "int16"))
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info)
        whole = sample_pixels(scene, interpretation)
        assert (whole.shape, whole.dtype) == ((30, 9000), np.int16)
        monkeypatch.setattr(statistics, "_MOST_VALUES", 400_000)
        np.testing.assert_array_equal(sample_pixels(scene, interpretation), whole)
        few = sample_pixels(scene, interpretation, scene_count=8)
        np.testing.assert_array_equal(few, whole[:, ::6])
        assert 8 * few.size <= 400_000


def test_a_small_island_in_a_large_empty_scene_is_found(tmp_path: Path) -> None:
    data = np.zeros((1, 2000, 2000), np.uint16)
    data[0, 470:530, 800:860] = 1000
    data[0, 470:530, 860:900] = 2000
    found = _statistics(write_raster(tmp_path / "x.tif", data, nodata=0, compress="deflate"))
    assert (found.low[0], found.high[0]) == (1000, 2000)


def test_nothing_valid_is_said_plainly(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "x.tif", np.zeros((1, 20, 20), np.uint8), nodata=0)
    with pytest.raises(SceneError, match="No pixel of these scenes is valid"):
        _statistics(path)


def test_statistics_survive_json() -> None:
    statistics = BandStatistics((0.1, -5.0), (1e-9, 3.0), (1.0, 2.0), (0.0, 1 / 3))
    assert BandStatistics.from_json(statistics.to_json()) == statistics
    with pytest.raises((KeyError, ValueError)):
        BandStatistics.from_json("{}")


# reader


@pytest.fixture
def reader(tmp_path: Path) -> TileReader:
    data = ramp(2, 60, 80, "uint16", start=1000)
    data[:, :, :8] = 0
    path = write_raster(tmp_path / "x.tif", data, nodata=0)
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info)
    statistics = BandStatistics((1000.0, 2000.0), (5000.0, 12000.0), (0.0, 0.0), (1.0, 1.0))
    return TileReader(interpretation, statistics)


def test_a_tile_is_scaled_clipped_and_zero_where_invalid(reader: TileReader, tmp_path: Path) -> None:
    ref = TileRef(1, str(tmp_path / "x.tif"), Rect(0, 0, 40, 40))
    tile = reader.read(ref, margin_px=4)
    assert tile.values.shape == (2, 48, 48)
    assert tile.values.dtype == np.float32
    assert tile.values.flags.c_contiguous
    assert not tile.valid[:4].any()
    assert not tile.valid[:, :12].any()
    assert (tile.values[:, ~tile.valid] == 0).all()
    raw = ramp(2, 60, 80, "uint16", start=1000)[:, :44, 8:44].astype(np.float64)
    low, high = np.array([1000, 2000])[:, None, None], np.array([5000, 12000])[:, None, None]
    expected = np.clip((raw - low) / (high - low), -0.5, 1.5)
    np.testing.assert_allclose(tile.values[:, 4:, 12:], expected, rtol=1e-6)
    assert reader.band_count == len(reader.roles) == 2


@pytest.mark.parametrize("dtype", ["int32", "int64", "float64"])
def test_large_offsets_keep_their_detail(tmp_path: Path, dtype: str) -> None:
    data = (np.arange(400).reshape(1, 20, 20) + 1_000_000_000).astype(dtype)
    path = write_raster(tmp_path / "x.tif", data)
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info)
    reader = TileReader(interpretation, BandStatistics((1e9,), (1e9 + 400,), (0.0,), (1.0,)))
    values = reader.read(TileRef(1, str(path), Rect(0, 0, 20, 20))).values
    np.testing.assert_allclose(values.ravel(), np.arange(400) / 400, atol=1e-6)


def test_a_pickled_reader_reads_the_same(reader: TileReader, tmp_path: Path) -> None:
    ref = TileRef(1, str(tmp_path / "x.tif"), Rect(10, 10, 20, 20))
    before = reader.read(ref)
    after = pickle.loads(pickle.dumps(reader)).read(ref)
    np.testing.assert_array_equal(before.values, after.values)
    reader.close()
    np.testing.assert_array_equal(reader.read(ref).values, before.values)


def test_many_scenes_do_not_stay_open(reader: TileReader, tmp_path: Path) -> None:
    for number in range(40):
        path = write_raster(tmp_path / f"{number}.tif", ramp(2, 8, 8))
        reader.read(TileRef(number, str(path), Rect(0, 0, 8, 8)))
    assert len(reader._scenes) <= 32


def test_a_file_that_is_slow_to_open_holds_up_no_other(
    reader: TileReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A drive that spins up, a share that is far away."""
    begun, awake = threading.Event(), threading.Event()
    open_at_once = open_scene

    def open_slowly(path: str) -> Scene:
        begun.set()
        awake.wait(30)
        return open_at_once(path)

    near, far = (write_raster(tmp_path / f"{name}.tif", ramp(2, 8, 8)) for name in ("near", "far"))
    refs = [TileRef(number, str(path), Rect(0, 0, 8, 8)) for number, path in enumerate((near, far))]
    reader.read(refs[0])
    monkeypatch.setattr(reader_module, "open_scene", open_slowly)
    with ThreadPoolExecutor(2) as pool:
        waiting = pool.submit(reader.read, refs[1])
        assert begun.wait(10)
        try:
            pool.submit(reader.read, refs[0]).result(timeout=10)
            assert not waiting.done()
        finally:
            awake.set()
        assert waiting.result(timeout=10).valid.any()


def test_of_two_threads_that_open_a_scene_both_get_the_same(reader: TileReader, tmp_path: Path) -> None:
    paths = [str(write_raster(tmp_path / f"{number}.tif", ramp(2, 8, 8))) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        for path in paths:
            assert len(set(pool.map(reader.scene, [path] * 8))) == 1


def test_a_scene_with_too_few_bands_is_said_plainly(reader: TileReader, tmp_path: Path) -> None:
    path = write_raster(tmp_path / "grey.tif", ramp(1, 8, 8))
    with pytest.raises(SceneError, match=r"grey\.tif has 1 bands, but the project needs 2"):
        reader.read(TileRef(1, str(path), Rect(0, 0, 8, 8)))


def test_statistics_of_other_bands_are_refused(reader: TileReader) -> None:
    with pytest.raises(SceneError, match="statistics are of 1 bands"):
        TileReader(reader.interpretation, BandStatistics((0.0,), (1.0,), (0.0,), (1.0,)))


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def test_damage_beside_a_tile_does_not_spoil_the_tile(tmp_path: Path) -> None:
    layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"}
    path = write_raster(tmp_path / "x.tif", ramp(1, 512, 512), **layout)
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info, scene)
        reader = TileReader(interpretation, measure_statistics([scene], interpretation))
    damage_block(path, 1, 1)
    beside, damaged = (TileRef(1, str(path), Rect(x, 128, 128, 128)) for x in (0, 128))
    whole = reader.read(beside, 16)
    assert whole.valid.shape == (160, 160)
    assert whole.valid[16:-16, 16:-16].all()
    assert whole.valid.sum() == 128 * 128
    assert (whole.values[:, 16:-16, 16:-16] == reader.read(beside).values).all()
    for margin_px in (0, 16):
        with pytest.raises(SceneError, match=r"x\.tif cannot be read: it is damaged"):
            reader.read(damaged, margin_px)
    reader.close()


@pytest.mark.parametrize(("factor", "haze"), [(4.5, 0.0), (1.0, 6000.0), (1e-4, 0.0)])
def test_a_large_scene_in_other_light_is_as_clear_as_the_rest(tmp_path: Path, factor: float, haze: float) -> None:
    """On the common scale it, or the other, would fill a small part of what the encoder can tell apart."""
    ground = np.random.default_rng(0).uniform(500, 2500, (3, 1000, 1000))
    paths = [
        write_raster(tmp_path / f"{name}.tif", values.astype(np.float32))
        for name, values in (("a", ground), ("b", ground * factor + haze))
    ]
    with open_scene(paths[0]) as one, open_scene(paths[1]) as other:
        interpretation = guess_interpretation(one.info, one)
        reader = TileReader(interpretation, measure_statistics([one, other], interpretation))
    tiles = [reader.read(TileRef(1, str(path), Rect(300, 300, 256, 256))).values for path in paths[:2]]
    assert all(np.ptp(values) > 0.6 for values in tiles)
    assert np.corrcoef(tiles[0].ravel(), tiles[1].ravel())[0, 1] > 0.99


@pytest.mark.parametrize("side", [1024, 512])
def test_a_read_that_fails_gives_no_scene_a_wrong_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, side: int
) -> None:
    """A drive that stumbles once while the scale is measured, and a Scene that is damaged for good."""
    path = write_raster(
        tmp_path / "x.tif", np.random.default_rng(0).uniform(0.02, 0.5, (1, side, side)).astype(np.float32),
        tiled=True, blockxsize=128, blockysize=128, compress="deflate",
    )  # fmt: skip
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info, scene)
    common = BandStatistics((0.0,), (5000.0,), (0.0,), (0.0,))
    rect, real, fails = Rect(0, 0, 128, 128), Scene.read, [1]

    def stumbling(*given: Any, **named: Any) -> Any:
        if fails and fails.pop():
            raise SceneError("x.tif cannot be read.", "Try again.")
        return real(*given, **named)

    monkeypatch.setattr(Scene, "read", stumbling)
    reader = TileReader(interpretation, common)
    reader.scale_of(str(path))
    right = TileReader(interpretation, common).read(TileRef(1, str(path), rect)).values
    assert np.allclose(reader.read(TileRef(1, str(path), rect)).values, right, atol=0.02)
    damage_block(path, 1, 1)
    reader = TileReader(interpretation, common)
    assert np.allclose(reader.read(TileRef(1, str(path), rect)).values, right, atol=0.02)


def test_a_small_image_has_its_own_scale_only_in_other_units(tmp_path: Path) -> None:
    """Reflectance of 0 to 1 beside reflectance times 10,000; a small image that is much darker may be all water."""
    ground = np.random.default_rng(0).uniform(0.02, 0.5, (3, 128, 128))
    paths = [
        write_raster(tmp_path / f"{name}.tif", (ground * factor).astype(np.float32))
        for name, factor in (("usual", 1e4), ("lake", 5e2), ("other", 1.0))
    ]
    with open_scene(paths[0]) as scene:
        interpretation = guess_interpretation(scene.info, scene)
        reader = TileReader(interpretation, measure_statistics([scene], interpretation))
    rect = Rect(0, 0, 128, 128)
    usual, lake, other = (reader.read(TileRef(1, str(path), rect)).values for path in paths)
    assert np.ptp(lake) < 0.1
    assert np.allclose(other, usual, atol=0.01)


# a scale that is kept

DIM = BandStatistics((0.0,), (60_000.0,), (0.0,), (0.0,))  # beside this, `_large_scene` is in other light


def _large_scene(path: Path, seed: int = 0) -> Path:
    values = np.random.default_rng(seed).integers(1000, 3000 + 2000 * seed, (1, 1056, 1056), np.uint16)
    return write_raster(path, values, tiled=True, blockxsize=128, blockysize=128)


def _new_reader(path: Path) -> TileReader:
    interpretation = Interpretation((Band(1, "1", "other"),), None, text("made by the test"))
    return TileReader(interpretation, DIM)


class _Reads:
    """Counts what is read of any Scene."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.count, real = 0, Scene.read

        def counted(*given: Any, **named: Any) -> Any:
            self.count += 1
            return real(*given, **named)

        monkeypatch.setattr(Scene, "read", counted)


def test_a_later_session_and_a_worker_process_read_nothing_for_a_scale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(_large_scene(tmp_path / "x.tif"))
    first = _new_reader(Path(path)).scale_of(path)
    assert first.high[0] < 3100
    reads = _Reads(monkeypatch)
    later = _new_reader(Path(path))
    assert later.scale_of(path) == pickle.loads(pickle.dumps(later)).scale_of(path) == first
    assert reads.count == 0
    other = BandStatistics((0.0,), (2000.0,), (0.0,), (0.0,))
    assert later.scale_of(path, other) == other  # of which it fills enough
    assert reads.count > 0


def test_a_file_that_was_written_anew_is_measured_anew(tmp_path: Path) -> None:
    """Of the same size and kind, too, and while a reader still has the old one open."""
    path = _large_scene(tmp_path / "x.tif")
    early = _new_reader(path)
    early.scene(str(path))
    os.replace(_large_scene(tmp_path / "new.tif", seed=2), path)
    early.scale_of(str(path))
    assert _new_reader(path).scale_of(str(path)).high[0] > 6000


def test_what_a_stumbling_drive_or_a_stopped_job_has_measured_is_not_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _large_scene(tmp_path / "x.tif")
    real, steps = Scene.read, iter([1])

    def stumbling(*given: Any, **named: Any) -> Any:
        if next(steps, None):
            raise SceneError("x.tif cannot be read.", "Try again.")
        return real(*given, **named)

    class Stopped(Unwatched):
        def check(self) -> None:
            raise Cancelled

    with monkeypatch.context() as patched:
        patched.setattr(Scene, "read", stumbling)
        _new_reader(path).scale_of(str(path))
    with pytest.raises(Cancelled):
        _new_reader(path).scale_of(str(path), context=Stopped())
    reads = _Reads(monkeypatch)
    _new_reader(path).scale_of(str(path))
    assert reads.count == 36


def test_a_kept_scale_that_is_damaged_or_cannot_be_written_is_measured(tmp_path: Path) -> None:
    path = _large_scene(tmp_path / "x.tif")
    first = _new_reader(path).scale_of(str(path))
    (kept,) = (cache_folder() / "scales").glob("*.json")
    kept.write_text("{}")
    assert _new_reader(path).scale_of(str(path)) == first
    kept.unlink()
    kept.parent.rmdir()
    kept.parent.write_text("no folder")
    assert _new_reader(path).scale_of(str(path)) == first


def test_two_readers_share_one_measurement_and_urgent_work_comes_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(_large_scene(tmp_path / "x.tif"))
    reader, begun, go_on = _new_reader(Path(path)), threading.Event(), threading.Event()
    real, reads = Scene.read, []

    def slow(*given: Any, **named: Any) -> Any:
        reads.append(given)
        begun.set()
        assert go_on.wait(60)
        return real(*given, **named)

    monkeypatch.setattr(Scene, "read", slow)
    worker = Worker("reader", threads=2, newest_first=True)
    try:
        asked: list[Job[BandStatistics]] = [
            worker.submit(text("scale"), lambda context: reader.scale_of(path, context=context), Priority.QUEUE)
            for _ in range(2)
        ]
        assert begun.wait(60)
        urgent = worker.submit(text("in view"), lambda _: "seen", Priority.VISIBLE)
        assert urgent.wait(60)
        assert not any(job.state.is_final for job in asked)
        go_on.set()
        assert all(job.wait(60) for job in asked)
        assert asked[0].result == asked[1].result
        assert len(reads) == 36
    finally:
        go_on.set()
        worker.close()
