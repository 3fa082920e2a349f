"""Scenes: windows anywhere and at any scale, validity, threads, and files that must be refused."""

from __future__ import annotations

import http.server
import os
import threading
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rasterio.enums import ColorInterp
from rasterio.windows import Window

from core.errors import SceneError
from core.geometry import Rect
from core.imagery import handles, sampling
from core.imagery.handles import MOST_SCENES
from core.imagery.interpretation import guess_interpretation
from core.imagery.scene import Scene, open_scene
from tests.core.imagery_files import ramp, write_raster

RGBA = (ColorInterp.red, ColorInterp.green, ColorInterp.blue, ColorInterp.alpha)
DATA = ramp(3, 37, 53)


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory):
    path = write_raster(tmp_path_factory.mktemp("scene") / "ramp.tif", DATA, tiled=True, blockxsize=16, blockysize=16)
    with open_scene(path) as opened:
        yield opened


@settings(max_examples=150, deadline=None)
@given(st.integers(-80, 80), st.integers(-80, 80), st.integers(1, 90), st.integers(1, 90))
def test_a_window_anywhere_holds_the_scene_inside_and_nothing_outside(
    scene: Scene, x: int, y: int, width: int, height: int
) -> None:
    rect = Rect(x, y, width, height)
    pixels = scene.read(rect)
    expected = np.zeros((3, height, width), np.uint16)
    inside = rect.intersect(scene.info.rect)
    if not inside.is_empty:
        rows, columns = inside.moved(-x, -y).slices
        expected[:, rows, columns] = DATA[:, inside.y : inside.bottom, inside.x : inside.right]
    np.testing.assert_array_equal(pixels.values, expected)
    np.testing.assert_array_equal(pixels.valid, expected[0] > 0)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(-60, 60), st.integers(-60, 60), st.integers(1, 90), st.integers(1, 90),
    st.integers(1, 40), st.integers(1, 40), st.booleans(),
)  # fmt: skip
def test_a_resampled_window_shows_pixels_where_they_are(
    scene: Scene, x: int, y: int, width: int, height: int, out_width: int, out_height: int, smooth: bool
) -> None:
    pixels = scene.read(Rect(x, y, width, height), out_height, out_width, bands=(1,), smooth=smooth)
    assert pixels.values.shape == (1, out_height, out_width)
    centres_x = x + (np.arange(out_width) + 0.5) * width / out_width
    centres_y = y + (np.arange(out_height) + 0.5) * height / out_height
    for row, column in zip(*np.nonzero(pixels.valid), strict=True):
        reach_x, reach_y = max(width / out_width, 1.0), max(height / out_height, 1.0)
        near_x = np.abs(np.arange(53) + 0.5 - centres_x[column]) <= reach_x
        near_y = np.abs(np.arange(37) + 0.5 - centres_y[row]) <= reach_y
        near = DATA[0][np.ix_(near_y, near_x)]
        assert near.min() <= pixels.values[0, row, column] <= near.max()
    if not smooth:
        inside = (
            (centres_y >= 0.01)[:, None] & (centres_y < 36.99)[:, None]
            & (centres_x >= 0.01)[None] & (centres_x < 52.99)[None]
        )  # fmt: skip
        assert pixels.valid[inside].all()
        assert not pixels.valid[(centres_y < -0.01) | (centres_y > 37.01)].any()


LAYOUTS = (
    (3, {"tiled": True, "blockxsize": 16, "blockysize": 16, "interleave": "pixel"}),
    (3, {"tiled": True, "blockxsize": 32, "blockysize": 16, "interleave": "band"}),
    (130, {"tiled": True, "blockxsize": 16, "blockysize": 16, "interleave": "pixel"}),
    (2, {"blockysize": 5}),
    (2, {"blockysize": 1, "interleave": "pixel"}),
)


@pytest.fixture(scope="module")
def laid_out(tmp_path_factory: pytest.TempPathFactory):
    folder = tmp_path_factory.mktemp("layouts")
    paths = [write_raster(folder / f"{n}.tif", ramp(b, 61, 83), **kind) for n, (b, kind) in enumerate(LAYOUTS)]
    with ExitStack() as stack:
        yield [(stack.enter_context(open_scene(path)), stack.enter_context(rasterio.open(path))) for path in paths]


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.integers(0, len(LAYOUTS) - 1), st.integers(0, 82), st.integers(0, 60), st.integers(1, 83), st.integers(1, 61),
    st.integers(1, 90), st.integers(1, 90), st.booleans(),
)  # fmt: skip
def test_a_picture_in_pieces_is_the_same_as_gdals_in_one(
    laid_out: list[tuple[Scene, Any]], monkeypatch: pytest.MonkeyPatch,
    layout: int, x: int, y: int, width: int, height: int, out_width: int, out_height: int, all_bands: bool,
) -> None:  # fmt: skip
    monkeypatch.setattr(sampling, "_PIECE_BYTES", 4000)  # a few blocks
    scene, file = laid_out[layout]
    rect = Rect(x, y, width, height).intersect(scene.info.rect)
    bands = range(1, scene.info.band_count + 1) if all_bands else (2,)
    expected = file.read(list(bands), window=Window(*rect), out_shape=(len(bands), out_height, out_width))
    np.testing.assert_array_equal(scene.read(rect, out_height, out_width, bands).values, expected)


def test_enlarging_repeats_pixels_exactly(scene: Scene) -> None:
    pixels = scene.read(Rect(5, 6, 4, 3), 12, 16, bands=(2,))
    np.testing.assert_array_equal(pixels.values[0], DATA[1, 6:9, 5:9].repeat(4, axis=0).repeat(4, axis=1))


def test_smooth_averages_valid_pixels_only(tmp_path: Path) -> None:
    data = np.full((1, 32, 32), 100, np.uint8)
    data[0, ::2] = 0
    with open_scene(write_raster(tmp_path / "x.tif", data, nodata=0)) as scene:
        pixels = scene.read(scene.info.rect, 16, 16, smooth=True)
    assert pixels.valid.all()
    assert (pixels.values == 100).all()


def test_threads_read_the_same_scene_side_by_side(scene: Scene) -> None:
    def read(number: int) -> bool:
        rect = Rect(number % 40, number % 30, 13, 7)
        return bool((scene.read(rect).values == DATA[:, rect.y : rect.bottom, rect.x : rect.right]).all())

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(read, range(200)))


def test_a_closed_scene_says_so_and_release_does_not_close(tmp_path: Path) -> None:
    scene = open_scene(write_raster(tmp_path / "x.tif", ramp(1, 8, 8)))
    scene.release()
    assert scene.read(Rect(0, 0, 8, 8)).valid.all()
    scene.close()
    with pytest.raises(SceneError, match=r"x\.tif is closed"):
        scene.read(Rect(0, 0, 8, 8))


@pytest.mark.skipif(not os.path.isdir("/dev/fd"), reason="no list of open files")
def test_thousands_of_open_scenes_do_not_use_up_the_files_of_the_system(tmp_path: Path) -> None:
    """macOS lets a program have 256. All of them stay open, as far as their users can tell."""
    paths = [write_raster(tmp_path / f"{number}.tif", ramp(1, 8, 8, start=number)) for number in range(60)]
    before = len(os.listdir("/dev/fd"))
    scenes = [open_scene(path) for path in paths]
    for _ in range(2):
        for number, scene in enumerate(scenes):
            assert scene.read(Rect(0, 0, 1, 1)).values == number
        assert MOST_SCENES // 2 < len(os.listdir("/dev/fd")) - before <= MOST_SCENES
    for scene in scenes:
        scene.close()
    assert len(os.listdir("/dev/fd")) <= before


def test_nothing_to_read_is_a_mistake_of_the_caller(scene: Scene) -> None:
    with pytest.raises(ValueError, match="nothing to read"):
        scene.read(Rect(0, 0, 0, 5))


def test_a_large_scene_without_overviews_is_shrunk_in_pieces_that_fit_together(tmp_path: Path) -> None:
    """36 MB of pixels, more than one piece, in which the row can be read off the value."""
    data = np.repeat(np.arange(1, 3001, dtype=np.uint16)[:, None], 3000, axis=1)
    data[1000:1100] = 0
    path = write_raster(tmp_path / "x.tif", np.stack([data, data]), nodata=0, tiled=True, compress="deflate")
    with open_scene(path) as scene:
        pixels = scene.read(scene.info.rect, 300, 30)
    rows = np.arange(300) * 10 + 6
    rows[100:110] = 0
    np.testing.assert_array_equal(pixels.values, np.broadcast_to(rows[None, :, None], (2, 300, 30)))
    np.testing.assert_array_equal(pixels.valid, pixels.values[0] > 0)


# validity


def test_zero_as_nodata_counts_only_where_all_bands_are_zero(tmp_path: Path) -> None:
    data = np.full((3, 4, 4), 7, np.uint8)
    data[0, 0, 0] = 0  # dark in one band: a measurement
    data[:, 1, 1] = 0
    with open_scene(write_raster(tmp_path / "x.tif", data, nodata=0)) as scene:
        for bands in (None, (1,), (2, 3)):
            valid = scene.read(scene.info.rect, bands=bands).valid
            assert valid[0, 0]
            assert not valid[1, 1]
            assert valid.sum() == 15
        np.testing.assert_array_equal(scene.read_valid(scene.info.rect), valid)


def test_an_impossible_nodata_value_counts_in_any_band(tmp_path: Path) -> None:
    data = np.full((2, 4, 4), 7, np.int16)
    data[1, 2, 2] = -9999
    with open_scene(write_raster(tmp_path / "x.tif", data, nodata=-9999)) as scene:
        assert scene.read(scene.info.rect).valid.sum() == 15
        assert scene.read_valid(scene.info.rect).sum() == 15


@pytest.mark.parametrize("fill", [np.nan, np.inf, -np.inf, -3.4028235e38, 3.4e38])
@pytest.mark.parametrize("nodata", [None, -3.4028226550889045e38, np.nan])
def test_no_float_fill_value_passes_for_a_measurement(tmp_path: Path, fill: float, nodata: float | None) -> None:
    data = np.full((2, 4, 4), 0.5, np.float32)
    data[0, 3, 3] = fill
    with open_scene(write_raster(tmp_path / "x.tif", data, nodata=nodata)) as scene:
        assert scene.read(scene.info.rect).valid.sum() == 15
        assert not scene.always_valid()


def test_the_users_nodata_replaces_the_files(tmp_path: Path) -> None:
    data = np.full((3, 4, 4), 9, np.uint8)
    data[:, 0] = 0
    with open_scene(write_raster(tmp_path / "x.tif", data, nodata=0)) as scene:
        guess = guess_interpretation(scene.info, scene)
        assert scene.read(scene.info.rect, interpretation=guess).valid.sum() == 12
        assert scene.read(scene.info.rect, interpretation=guess.with_nodata(None)).valid.all()
        assert scene.read(scene.info.rect, interpretation=guess.with_nodata(9)).valid.sum() == 4
        assert scene.always_valid(guess.with_nodata(None))


def test_a_nodata_value_the_dtype_cannot_hold_is_ignored(tmp_path: Path) -> None:
    with open_scene(write_raster(tmp_path / "x.tif", ramp(1, 4, 4, "uint8"))) as scene:
        guess = guess_interpretation(scene.info)
        for nodata in (-9999.0, 256.0, 0.5, 1e38, float("nan")):
            assert scene.read(scene.info.rect, interpretation=guess.with_nodata(nodata)).valid.all()


@pytest.mark.parametrize(("dtype", "full"), [("uint8", 255), ("uint16", 65535), ("uint16", 255), ("float32", 255)])
def test_true_alpha_decides_validity(tmp_path: Path, dtype: str, full: int) -> None:
    data = ramp(4, 8, 8, dtype)
    data[3] = full
    data[3, :, :3] = 0
    with open_scene(write_raster(tmp_path / "x.tif", data, colours=RGBA)) as scene:
        assert scene.info.alpha_band == 4
        assert scene.info.has_mask
        pixels = scene.read(scene.info.rect)
        assert len(pixels.values) == 3
        assert pixels.valid.sum() == 8 * 5


@pytest.mark.parametrize(("dtype", "full"), [("uint8", 255), ("uint16", 65535)])
def test_transparency_that_nothing_marks_is_no_near_infrared(tmp_path: Path, dtype: str, full: int) -> None:
    data = ramp(4, 64, 64, dtype)
    data[3] = full
    data[3, :, :30] = 0
    rgb = (*RGBA[:3], ColorInterp.undefined)
    with open_scene(write_raster(tmp_path / "x.tif", data, colours=rgb)) as scene:
        assert guess_interpretation(scene.info, scene).roles == ("red", "green", "blue", "alpha")
        assert scene.read(scene.info.rect).valid.sum() == 64 * 34
    for nir in (np.zeros_like(data[3]), np.where(data[3] > 0, full, 7)):  # dark everywhere; saturated, but not only
        data[3] = nir
        with open_scene(write_raster(tmp_path / "x.tif", data, colours=rgb)) as scene:
            assert scene.info.alpha_band is None


def test_feathered_edges_are_transparency(tmp_path: Path) -> None:
    data = ramp(4, 64, 64, "uint8")
    data[3] = np.clip(10 * np.arange(64), 0, 255)  # opaque in the last 38 columns
    with open_scene(write_raster(tmp_path / "x.tif", data, colours=RGBA)) as scene:
        assert scene.info.alpha_band == 4
        assert scene.read(scene.info.rect).valid.sum() == 64 * 63


def test_nir_marked_as_alpha_is_data(tmp_path: Path) -> None:
    data = ramp(4, 16, 16, "uint8", start=0)
    data[3, 0] = 0
    with open_scene(write_raster(tmp_path / "x.tif", data, colours=RGBA)) as scene:
        assert scene.info.alpha_band is None
        pixels = scene.read(scene.info.rect)
        assert len(pixels.values) == 4
        assert pixels.valid.all()
        guess = guess_interpretation(scene.info, scene)
        assert guess.roles == ("red", "green", "blue", "nir")
        assert "transparency" in str(guess.source)
        corrected = guess.with_role(4, "alpha")  # the user knows better
        assert scene.read(scene.info.rect, interpretation=corrected).valid.sum() == (data[3] > 0).sum()


# refused


@pytest.mark.parametrize(
    "path", ["/vsicurl/http://localhost/x.tif", "/vsizip/a.zip/x.tif", "\\vsimem\\x", "s3://b/x.tif", "a/mosaic.VRT"]
)
def test_pointers_to_elsewhere_are_refused(path: str) -> None:
    with pytest.raises(SceneError, match="not an image file on this computer"):
        open_scene(path)


def test_a_vrt_under_another_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "disguised.tif"
    path.write_text('<VRTDataset rasterXSize="1" rasterYSize="1"></VRTDataset>')
    with pytest.raises(SceneError, match="not an image this program can open"):
        open_scene(path)


@pytest.mark.parametrize("name", ["GTIFF_DIR:1:x.tif", "missing.tif", ""])
def test_what_is_not_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    write_raster(tmp_path / "x.tif", ramp(1, 4, 4))
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SceneError):
        open_scene(name)


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "empty.tif").touch()
    with pytest.raises(SceneError, match=r"empty\.tif is not an image"):
        open_scene(tmp_path / "empty.tif")


@pytest.mark.parametrize("dtype", ["complex_int16", "complex64", "complex128"])
def test_complex_numbers_are_refused(tmp_path: Path, dtype: str) -> None:
    path = write_raster(tmp_path / "slc.tif", np.ones((1, 4, 4), np.complex64), dtype=dtype)
    with pytest.raises(SceneError, match="complex numbers"):
        open_scene(path)


def test_a_sidecar_cannot_reach_the_network(tmp_path: Path) -> None:
    """GDAL takes the file of a raster's overviews from an .aux.xml beside it, which may name a URL."""
    asked: list[str] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def _refuse(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        do_GET = do_HEAD = _refuse

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        path = write_raster(tmp_path / "x.tif", ramp(1, 600, 600))
        url = f"/vsicurl/http://127.0.0.1:{server.server_port}/overviews.tif"
        sidecar = tmp_path / "x.tif.aux.xml"
        sidecar.write_text(
            f'<PAMDataset><Metadata domain="OVERVIEWS"><MDI key="OVERVIEW_FILE">{url}</MDI></Metadata></PAMDataset>'
        )
        with open_scene(path) as scene:
            assert scene.read(scene.info.rect, 50, 50).valid.all()
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
    assert asked == []


def test_a_file_cut_short_is_refused_on_opening(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "x.tif", ramp(1, 900, 900), compress="deflate")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(SceneError, match=r"x\.tif"):
        open_scene(path)


def test_damage_found_while_reading_is_one_sentence(tmp_path: Path) -> None:
    layout = {"tiled": True, "blockxsize": 64, "blockysize": 64, "compress": "deflate"}
    path = write_raster(tmp_path / "x.tif", ramp(1, 1024, 1024), **layout)
    with open_scene(path) as scene:
        content = bytearray(path.read_bytes())
        content[2000:-20000] = b"\xff" * (len(content) - 22000)
        path.write_bytes(bytes(content))
        with pytest.raises(SceneError, match=r"x\.tif cannot be read: it is damaged"):
            scene.read(scene.info.rect)


# what a file says about itself


def test_the_georeference_of_the_file_is_kept_exactly(tmp_path: Path) -> None:
    transform = rasterio.Affine(0.1, 0.02, 500000.123456789, 0.03, -0.1, 5400000.987654321)
    path = write_raster(tmp_path / "x.tif", ramp(1, 4, 4), crs="EPSG:32632", transform=transform)
    with open_scene(path) as scene:
        assert scene.info.transform == tuple(transform)[:6]
        assert rasterio.crs.CRS.from_wkt(scene.info.crs_wkt or "").to_epsg() == 32632
        assert scene.info.name == "x.tif"


@pytest.mark.parametrize("driver", ["PNG", "JPEG", "JP2OpenJPEG"])
def test_plain_image_formats_open(tmp_path: Path, driver: str) -> None:
    values = np.full((3, 40, 40), 90, np.uint8)
    with open_scene(write_raster(tmp_path / "picture", values, driver=driver)) as scene:
        assert scene.info.transform is None
        assert guess_interpretation(scene.info, scene).roles == ("red", "green", "blue")
        before = sorted(tmp_path.iterdir())
        assert np.abs(scene.read(scene.info.rect).values.astype(int) - 90).max() <= 2
        scene.read(scene.info.rect, 5, 5, smooth=True)
    assert sorted(tmp_path.iterdir()) == before  # nothing is ever written beside a scene


def test_opening_and_reading_warn_of_nothing(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "x.tif", ramp(2, 8, 8))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", category=rasterio.errors.NotGeoreferencedWarning)
        with open_scene(path) as scene:
            scene.read(scene.info.rect)


def test_idle_files_keep_few_large_blocks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A block of 512 px and 300 bands takes 157 MB, in every handle that has read one."""
    monkeypatch.setattr(handles, "_MOST_BYTES", 3 * 64 * 64 * 2 * 2)
    paths = [write_raster(tmp_path / f"{n}.tif", ramp(3, 64, 64), tiled=True, blockxsize=64, blockysize=64,
                          interleave="pixel") for n in range(5)]  # fmt: skip
    with ExitStack() as stack:
        scenes = [stack.enter_context(open_scene(path)) for path in paths]
        assert [len(scene._idle._handles) for scene in scenes] == [0, 0, 0, 1, 1]
        for scene in scenes:
            np.testing.assert_array_equal(scene.read(scene.info.rect).values, ramp(3, 64, 64))
            assert len(scene._idle._handles) == 1, "the one that was used last"
        monkeypatch.setattr(handles, "_MOST_BYTES", 1)
        scenes[0].read(scenes[0].info.rect)
        assert [len(scene._idle._handles) for scene in scenes] == [1, 0, 0, 0, 0]
