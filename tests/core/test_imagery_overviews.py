"""Reduced copies in the cache: true to the Scene, never in the user's folder, whole or not at all."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import platformdirs
import pytest
import rasterio
from rasterio.enums import Interleaving

from core.events import Change, Subject
from core.geometry import Rect
from core.imagery.interpretation import Band, Interpretation, guess_interpretation
from core.imagery.overviews import build_overview, needs_overview, overview_path
from core.imagery.scene import Scene, open_scene
from core.jobs import Cancelled
from core.session import Session
from core.text import text
from tests.core.imagery_files import write_raster
from tests.core.projects import UTM, Unwatched, make_project, opened, start_python

ROOT = Path(__file__).resolve().parents[2]
SIDE = 4224  # just over what is worth an overview


class Stubborn(Unwatched):
    """A checkpoint that stops the work after a few steps."""

    def __init__(self) -> None:
        self._left = 2

    def check(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Cancelled


@pytest.fixture(scope="module")
def big(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two uint16 bands that rise to the right and downwards, an eighth of nodata on the left."""
    path = tmp_path_factory.mktemp("big") / "big.tif"
    rise = np.linspace(100, 4000, SIDE).astype("uint16")
    values = np.stack([np.tile(rise, (SIDE, 1)), np.tile(rise[:, None], (1, SIDE))])
    values[:, :, : SIDE // 8] = 0
    with rasterio.open(
        path, "w", driver="GTiff", width=SIDE, height=SIDE, count=2, dtype="uint16", nodata=0, tiled=True,
        compress="deflate", zlevel=1, **UTM,
    ) as file:  # fmt: skip
        file.write(values)
    return path


def test_the_picture_from_the_copy_is_that_of_the_scene(big: Path, tmp_path: Path) -> None:
    whole = Rect(0, 0, SIDE, SIDE)
    with open_scene(big) as scene:
        assert needs_overview(scene.info)
        plain = scene.read(whole, 132, 132)
        part = scene.read(Rect(2048, 1024, 2048, 2048), 128, 128)
        scene.use_overview(build_overview(scene, tmp_path / "copy.tif", Unwatched()))
        fast = scene.read(whole, 132, 132)
        fast_part = scene.read(Rect(2048, 1024, 2048, 2048), 128, 128)
        full_size = scene.read(Rect(3000, 3000, 64, 64))
        assert np.array_equal(full_size.values[0, 0], np.linspace(100, 4000, SIDE).astype("uint16")[3000:3064])
    step = 4000 / 132
    for reduced, expected in ((fast, plain), (fast_part, part)):
        assert (reduced.valid != expected.valid).mean() < 0.02
        both = reduced.valid & expected.valid
        difference = np.abs(reduced.values[:, both].astype(float) - expected.values[:, both])
        assert difference.max() < 2 * step


def test_a_small_scene_of_many_bands_needs_a_copy_too(tmp_path: Path) -> None:
    """One band of it costs as much as all of them. The copy does not: a picture of three bands reads three."""
    values = np.random.default_rng(0).integers(1, 9, (300, 1024, 512), dtype=np.int16)
    layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "interleave": "pixel"}
    path = write_raster(tmp_path / "wide.tif", values, nodata=0, **layout)
    with open_scene(path) as scene:
        assert not needs_overview(scene.info)
        assert needs_overview(replace(scene.info, width=1024))
        expected = scene.read(scene.info.rect, 128, 64, (7, 300), smooth=True)
        copy = build_overview(scene, tmp_path / "copy.tif", Unwatched())
        scene.use_overview(copy)
        found = scene.read(scene.info.rect, 128, 64, (7, 300), smooth=True)
        np.testing.assert_array_equal(found.values, expected.values)
    with rasterio.open(copy) as file:
        assert file.interleaving is Interleaving.band


@pytest.mark.parametrize(
    ("dtype", "fill", "nodata"),
    [("int16", -9999, -9999), ("uint8", 255, 255), ("uint16", 65535, 65535), ("float32", np.nan, None),
     ("float32", np.nan, np.nan), ("float64", -3.4028234663852886e38, None), ("float32", -9999, -9999)],
)  # fmt: skip
def test_no_data_stays_no_data_in_the_copy(dtype: str, fill: float, nodata: float | None, tmp_path: Path) -> None:
    values = np.full((2, 64, SIDE), 7, dtype)
    values[:, :, : SIDE // 4] = fill
    path = write_raster(tmp_path / "scene.tif", values, nodata=nodata, tiled=True, compress="deflate", **UTM)
    with open_scene(path) as scene:
        scene.use_overview(build_overview(scene, tmp_path / "copy.tif", Unwatched()))
        reduced = scene.read(scene.info.rect, 64 // 8, SIDE // 8)
    expected = np.arange(SIDE // 8) >= SIDE // 8 // 4
    assert (reduced.valid == expected).all()
    assert (reduced.values[:, reduced.valid] == 7).all()


def test_a_fill_value_that_the_file_does_not_name_is_not_averaged_into_the_copy(tmp_path: Path) -> None:
    values = np.full((2, 64, SIDE), 1500, "int16")
    values[:, :, :1004] = -9999  # half of a block of the copy
    path = write_raster(tmp_path / "scene.tif", values, tiled=True, compress="deflate", **UTM)
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info, scene)
        assert interpretation.nodata == -9999
        scene.use_overview(build_overview(scene, tmp_path / "copy.tif", Unwatched(), interpretation))
        reduced = scene.read(scene.info.rect, 64 // 8, SIDE // 8, interpretation=interpretation)
    assert not reduced.valid[:, :125].any()
    assert reduced.valid[:, 126:].all()
    assert (reduced.values[:, reduced.valid] == 1500).all()


def test_nothing_appears_beside_the_scene(big: Path, tmp_path: Path) -> None:
    before = sorted(big.parent.iterdir())
    with open_scene(big) as scene:
        build_overview(scene, tmp_path / "copy.tif", Unwatched())
    assert sorted(big.parent.iterdir()) == before


def test_a_cancelled_copy_leaves_nothing(big: Path, tmp_path: Path) -> None:
    with open_scene(big) as scene, pytest.raises(Cancelled):
        build_overview(scene, tmp_path / "cache" / "copy.tif", Stubborn())
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_copy_that_is_damaged_or_deleted_is_done_without(big: Path, tmp_path: Path) -> None:
    """What is in the cache may be deleted at any time."""
    whole, copy = Rect(0, 0, SIDE, SIDE), tmp_path / "copy.tif"
    with open_scene(big) as scene:
        plain = scene.read(whole, 132, 132)
        build_overview(scene, copy, Unwatched())
        for length in (0, 10, 3000, copy.stat().st_size - 50):  # as a power cut leaves it
            (tmp_path / "cut.tif").write_bytes(copy.read_bytes()[:length])
            assert not scene.use_overview(tmp_path / "cut.tif")
        assert scene.use_overview(copy)
        scene.release()
        copy.unlink()
        assert np.array_equal(scene.read(whole, 132, 132).values, plain.values)
        assert not scene.has_overview


def test_a_copy_that_is_damaged_in_the_middle_is_not_used_twice(big: Path, tmp_path: Path) -> None:
    whole, copy, side = Rect(0, 0, SIDE, SIDE), tmp_path / "copy.tif", SIDE // 8
    with open_scene(big) as scene:
        plain = scene.read(whole, side, side)
        build_overview(scene, copy, Unwatched())
        content = bytearray(copy.read_bytes())
        middle = slice(2000, len(content) // 2)
        content[middle] = bytes(len(content[middle]))
        copy.write_bytes(content)
        assert scene.use_overview(copy)
        assert np.array_equal(scene.read(whole, side, side).values, plain.values)
        assert not scene.has_overview
        assert not scene.use_overview(copy), "it would be found damaged again and again, and never be made anew"


def test_the_window_makes_a_damaged_copy_anew(big: Path, tmp_path: Path) -> None:
    with opened(make_project(tmp_path, [big], tile_px=1024)) as session:
        (scene_id, record) = next(iter(session.scenes.items()))
        copy = overview_path(record.fingerprint, session.interpretation)
        copy.parent.mkdir(parents=True)
        copy.write_bytes(b"II*")
        session.scene_files.prepare_overviews(session.readers)
        while not session.scene_files.open(scene_id).has_overview:
            session.inbox.run_next(0.05)
        assert copy.stat().st_size > 1000


_FULL = """
import resource, signal, sys
from pathlib import Path
from core.errors import SceneError
from core.imagery.overviews import build_overview
from core.imagery.scene import open_scene
from core.jobs import Unwatched
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), resource.RLIM_INFINITY))
try:
    with open_scene(sys.argv[1]) as scene:
        build_overview(scene, Path(sys.argv[2]), Unwatched())
except SceneError as error:
    print("refused:", error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("share", [0.3, 0.6, 0.7])
def test_a_full_disk_is_one_sentence(tmp_path: Path, share: float) -> None:
    noise = np.random.default_rng(0).integers(1, 250, (1, SIDE, SIDE)).astype("uint8")
    path, copy = write_raster(tmp_path / "noise.tif", noise, tiled=True, **UTM), tmp_path / "copies" / "copy.tif"
    with open_scene(path) as scene:
        limit = int(share * build_overview(scene, copy, Unwatched()).stat().st_size)
    copy.unlink()
    output, errors = start_python(_FULL, path, copy, limit).communicate(timeout=60)
    assert output.startswith("refused: The overview of noise.tif could not be saved"), output + errors
    assert not list(copy.parent.iterdir())


def _whole(session: Session) -> float:
    """The median of the zoomed-out picture, once its reduced copy is there."""
    session.scene_files.prepare_overviews(session.readers)
    scene = session.scene_files.open(next(iter(session.scenes)))
    while not scene.has_overview:
        session.inbox.run_next(0.05)
    return float(np.median(scene.read(scene.info.rect, SIDE // 16, scene.info.width // 16).values))


def test_a_scene_that_was_written_since_is_not_shown_as_it_was(tmp_path: Path) -> None:
    def write(value: int) -> Path:
        return write_raster(tmp_path / "a.tif", np.full((1, SIDE, 256), value, "uint8"), tiled=True, **UTM)

    project = make_project(tmp_path, [write(50)], tile_px=1024)
    with opened(project) as session:
        assert _whole(session) == 50
    write(150)
    with opened(project) as session:
        assert _whole(session) == 150
    write(50)
    with opened(project) as session:
        session.scene_files.open(1)
        assert session.scene_files.open(1).has_overview, "that of the first is still there"


def test_scenes_of_the_same_content_share_a_copy(tmp_path: Path) -> None:
    """Two threads would have written into one file."""
    values = np.random.default_rng(0).integers(1, 250, (1, SIDE, 2048), dtype=np.uint8)
    twins = [write_raster(tmp_path / f"{name}.tif", values, tiled=True, **UTM) for name in "ab"]
    with opened(make_project(tmp_path, twins, tile_px=1024)) as session:
        scenes = [session.scene_files.open(scene_id) for scene_id in session.scenes]
        heard: list[Change] = []
        session.changes.subscribe(heard.append)
        session.scene_files.prepare_overviews(session.readers)
        while not all(scene.has_overview for scene in scenes):
            session.inbox.run_next(0.05)
    assert [change.origin for change in heard if Subject.SCENES in change.subjects] == ["overview"]
    assert not [change.error for change in heard if change.error is not None]


def test_scenes_that_nobody_looks_at_are_not_opened_on_the_windows_thread(
    big: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With hundreds of them, or a slow drive, the window stood still for seconds."""
    by_whom = []

    def seen(path: str | Path, **how: bool) -> Scene:
        by_whom.append(threading.current_thread())
        return open_scene(path, **how)

    project = make_project(tmp_path, [big], tile_px=1024)
    with opened(project) as session:
        monkeypatch.setattr("core.project.scene_files.open_scene", seen)
        session.scene_files.prepare_overviews(session.readers)
        (record,) = session.scenes.values()
        copy = overview_path(record.fingerprint, session.interpretation)
        while not copy.exists():
            session.inbox.run_next(0.05)
        assert by_whom
        assert threading.current_thread() not in by_whom
        assert session.scene_files.open(record.scene_id).has_overview


def test_another_nodata_has_a_copy_of_its_own(tmp_path: Path) -> None:
    """Who has made a project, seen black edges and made it again with the nodata value would see them go on."""
    values = np.full((1, SIDE, 256), 3000, "int16")
    values[0][np.add.outer(np.arange(SIDE), np.arange(256) * 1.37) < 2000] = -9999  # an oblique edge
    path = write_raster(tmp_path / "a.tif", values, tiled=True, **UTM)
    with open_scene(path) as scene:
        unset = guess_interpretation(scene.info)
        assert unset.nodata is None
        named = unset.with_nodata(-9999)
        for interpretation in (named, unset):
            build_overview(scene, overview_path("abc", interpretation), Unwatched(), interpretation)
        assert scene.use_overview(overview_path("abc", named))
        shown = scene.read(scene.info.rect, SIDE // 8, 256 // 8, interpretation=named, smooth=True)
    assert np.unique(shown.values[:, shown.valid]).tolist() == [3000]


@pytest.mark.parametrize("change", [{"own_nodata": True}, {"nodata": 0.0}, {"nodata": float("nan")}])
def test_all_that_says_what_is_no_data_names_the_copy(change: dict[str, object]) -> None:
    bands = (Band(1, "red", "red"), Band(2, "nir", "nir"))
    plain = Interpretation(bands, None, text("as the file says"))
    assert overview_path("abc", replace(plain, **change)) != overview_path("abc", plain)
    as_alpha = replace(plain, bands=(bands[0], Band(2, "alpha", "alpha")))
    assert overview_path("abc", as_alpha) != overview_path("abc", plain)
    renamed = replace(plain, bands=(bands[0], Band(2, "swir", "swir")), source=text("as the user says"))
    assert overview_path("abc", renamed) == overview_path("abc", plain)


def test_the_cache_is_the_users_cache_folder() -> None:
    path = overview_path("abc", Interpretation((), None, text("")))
    assert "fieldbrush" in str(path)
    assert path.name.startswith("abc")


def test_a_copy_that_an_earlier_version_made_wrong_is_made_anew(
    big: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first ones had lost what was no data; their name was the fingerprint alone. The next were the same in every
    project, whatever is no data there."""
    monkeypatch.setattr(platformdirs, "user_cache_dir", lambda *_, **__: str(tmp_path))
    folder = tmp_path / "overviews"
    earlier = [folder / "abc.tif", folder / "abc-2.tif"]
    others = [folder / "abcd.tif", folder / "abcd-2.tif"]
    folder.mkdir()
    for path in earlier + others:
        path.write_bytes(b"II*")
    with open_scene(big) as scene:
        copy = overview_path("abc", guess_interpretation(scene.info))
        assert copy not in earlier
        build_overview(scene, copy, Unwatched())
    assert sorted(folder.iterdir()) == sorted([copy, *others]), "they would lie there for ever"


READ_WITH_A_SMALL_CACHE = """
import sys, psutil
from pathlib import Path
from core.geometry import Rect
from core.imagery import files, sampling, scene, statistics
from core.imagery.grid import cut_grid, valid_shares
from core.imagery.interpretation import guess_interpretation
from core.imagery.statistics import sample_pixels
statistics._SAMPLE_SIDE_PX = 64
files.LARGE_BLOCK_BYTES = scene.LARGE_BLOCK_BYTES = 1 << 20
files._GDAL_OPTIONS["GDAL_CACHEMAX"] = 5 << 20
sampling._PIECE_BYTES = 2 << 20
with scene.open_scene(sys.argv[1], try_reading=False) as opened:
    before = psutil.Process().io_counters().read_chars
    %s
    print((psutil.Process().io_counters().read_chars - before) / Path(sys.argv[1]).stat().st_size)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what a process reads")
@pytest.mark.parametrize(
    ("bands", "shape", "nodata", "read"),
    [
        (13, (64, 4096), 0, "opened.read_valid(Rect(0, 0, 4096, 64), 16, 1024)"),
        (300, (152, 152), -9999, "opened.read_valid(Rect(0, 0, 152, 152), 24, 24)"),
        (300, (152, 152), -9999, "opened.read(Rect(0, 0, 152, 152), 80, 80)"),
        (300, (152, 152), -9999, "valid_shares(opened, cut_grid(152, 152, 32))"),
        (300, (300, 128), -9999, "sample_pixels(opened, guess_interpretation(opened.info))"),
        (300, (152, 152), 0, "opened.read(Rect(0, 0, 152, 152), bands=(1, 2, 3))"),
        (300, (152, 152), -9999, "opened.read(Rect(0, 0, 152, 152), 60, 60, (1, 2, 3), smooth=True)"),
    ],
)
def test_blocks_that_are_more_than_gdal_keeps_are_read_once(
    tmp_path: Path, bands: int, shape: tuple[int, int], nodata: int, read: str
) -> None:
    """Side by side, every row of the picture read all of them anew: making a project of a whole Sentinel-2 scene took
    twenty times as long as decoding it. Of 300 bands, every band did as well where there was no data."""
    path = tmp_path / "wide.tif"
    values = np.random.default_rng(0).integers(0, 3, (bands, *shape), dtype=np.int16)
    values[:, -70:, -70:] = nodata
    layout = {"tiled": True, "blockxsize": 64, "blockysize": 64, "interleave": "pixel"}
    write_raster(path, values, nodata=nodata, **layout)
    command = [sys.executable, "-c", READ_WITH_A_SMALL_CACHE % read, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert 0.9 < float(run.stdout) < 1.1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what a process reads")
def test_of_a_file_of_strips_only_those_that_show_are_read(tmp_path: Path) -> None:
    path = tmp_path / "strips.tif"
    values = np.random.default_rng(0).integers(0, 999, (3, 2000, 500), dtype=np.int16)
    write_raster(path, values, nodata=0, blockysize=1, interleave="pixel")
    read = "opened.read(Rect(0, 0, 500, 2000), 100, 25, bands=(1, 2, 3))"
    command = [sys.executable, "-c", READ_WITH_A_SMALL_CACHE % read, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    assert float(run.stdout) < 0.2, "one row of twenty, and where the rows are"
