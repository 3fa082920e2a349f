"""Bands in files of their own: which belong together, and the one file that they become."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine

from core.errors import ProjectError, SceneError
from core.imagery.band_files import LooseScene, loose_scenes
from core.imagery.interpretation import guess_interpretation
from core.imagery.scene import open_scene
from core.imagery.stacking import stack
from core.jobs import Cancelled, Unwatched
from core.project.examination import examine, find_scene_files, loose_scenes_in
from core.project.loose_bands import LooseBandsError
from core.terminal.cli import main
from tests.core.imagery_files import damage_block, write_raster
from tests.core.projects import start_python

SAFE = "S2B_MSIL2A_20220615T102559_{}_R108_T32UPU_20220615T141804.SAFE/GRANULE/L2A_T32UPU/IMG_DATA"
LANDSAT = "LC08_L2SP_195025_20220512_20220519_02_T1"
EDGE_PX = 3  # columns without data


def grid(pixel_m: float, east: float = 600_000) -> Affine:
    return Affine(pixel_m, 0, east, 0, -pixel_m, 5_400_000)


def band(path: Path, size_px: int, pixel_m: float, *, start: int = 2000, **profile: Any) -> NDArray[np.uint16]:
    """A band of its own, 1,920 m on a side; returns its values."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = (start + np.arange(size_px * size_px).reshape(size_px, size_px) % 977).astype(np.uint16)
    values[:, :EDGE_PX] = 0
    place = {"crs": "EPSG:32632", "transform": grid(pixel_m)}
    write_raster(path, values[None], **place | profile)
    return values


def safe(folder: Path, baseline: str = "N0400") -> Path:
    """What a Sentinel-2 product has, smaller: bands at 10, 20 and 60 m, and what is no band."""
    data = folder / SAFE.format(baseline)
    stem = "T32UPU_20220615T102559"
    for pixel_m, names in ((10, "B02 B03 B04 B08 AOT"), (20, "B02 B04 B05 B8A B11 SCL"), (60, "B01 B02 B09")):
        for number, name in enumerate(names.split()):
            path = data / f"R{pixel_m}m" / f"{stem}_{name}_{pixel_m}m.jp2"
            jp2 = {"driver": "JP2OpenJPEG", "quality": 100, "reversible": "YES"}
            band(path, 1920 // pixel_m, pixel_m, start=1000 * pixel_m // 10 + 100 * number, **jp2)
    return folder


def found_in(folder: Path) -> list[LooseScene]:
    return loose_scenes_in([folder], Unwatched())


def names(scene: LooseScene) -> list[str]:
    return [each.name for each in scene.bands]


def test_a_sentinel2_product_becomes_one_scene(tmp_path: Path) -> None:
    safe(tmp_path)
    with pytest.raises(LooseBandsError) as caught:
        examine([tmp_path], Unwatched())
    (scene,) = caught.value.scenes
    assert names(scene) == ["B01", "B02", "B03", "B04", "B05", "B08", "B8A", "B09", "B11"]
    assert [Path(each.info.path).parent.name for each in scene.bands[:3]] == ["R60m", "R10m", "R10m"]
    (written,) = stack(caught.value.scenes, tmp_path / "out", Unwatched())
    assert written.name == "T32UPU_20220615T102559.tif"
    assert len(examine([written], Unwatched()).scenes) == 1
    with open_scene(written) as opened:
        assert opened.info.size == (192, 192)
        assert opened.info.zeros == pytest.approx([1000.0] * 9), "since baseline 04.00"
        meant = guess_interpretation(opened.info, opened)
        assert meant.nodata == 0
    assert [each.role for each in meant.bands] == [
        "coastal", "blue", "green", "red", "rededge", "nir", "nir", "other", "swir1",
    ]  # fmt: skip


def test_values_are_those_of_the_bands(tmp_path: Path) -> None:
    """Coarser pixels are repeated, at their place; what has no data stays without."""
    safe(tmp_path)
    (written,) = stack(found_in(tmp_path), tmp_path / "out", Unwatched())
    with rasterio.open(written) as raster:
        for index, (name, factor) in enumerate(
            (("B01", 6), ("B02", 1), ("B03", 1), ("B04", 1), ("B05", 2), ("B08", 1), ("B8A", 2)), start=1
        ):
            (source,) = tmp_path.rglob(f"*_{name}_{10 * factor}m.jp2")
            with rasterio.open(source) as own:
                expected = np.kron(own.read(1), np.ones((factor, factor), np.uint16))
            np.testing.assert_array_equal(raster.read(index), expected, err_msg=name)
        assert raster.crs.to_epsg() == 32632
        assert raster.transform == grid(10)


@pytest.mark.parametrize(("baseline", "offset"), [("N0301", 0.0), ("N0400", -0.1), ("N0510", -0.1)])
def test_the_offset_of_sentinel2_is_in_the_products_name(tmp_path: Path, baseline: str, offset: float) -> None:
    (scene,) = found_in(safe(tmp_path, baseline))
    assert {(each.scale, each.offset, each.nodata) for each in scene.bands} == {(1e-4, offset, 0.0)}


def test_landsat_with_thermal_and_panchromatic_bands(tmp_path: Path) -> None:
    for name in ("SR_B2", "SR_B3", "SR_B4", "SR_B5", "ST_B10", "QA_PIXEL"):
        band(tmp_path / f"{LANDSAT}_{name}.TIF", 64, 30)
    values = band(tmp_path / f"{LANDSAT}_SR_B8.TIF", 128, 15)
    (scene,) = found_in(tmp_path)
    assert scene.name == LANDSAT
    assert names(scene) == ["SR_B2", "SR_B3", "SR_B4", "SR_B5", "SR_B8", "ST_B10"]
    assert (scene.bands[0].scale, scene.bands[0].offset) == (2.75e-5, -0.2)
    assert (scene.bands[-1].scale, scene.bands[-1].offset) == (0.00341802, 149.0)
    (written,) = stack([scene], tmp_path / "out", Unwatched())
    with rasterio.open(written) as raster:
        assert (raster.width, raster.height) == (64, 64), "no finer than the colours"
        mean = values.reshape(64, 2, 64, 2)[10:, :, 10:].mean(axis=(1, 3))
        np.testing.assert_allclose(raster.read(5)[10:, 10:], mean, atol=1)
    with open_scene(written) as opened:
        assert guess_interpretation(opened.info, opened).roles[:4] == ("blue", "green", "red", "nir")


def test_maps_of_a_drone_are_ordered_by_wavelength(tmp_path: Path) -> None:
    for name in ("NIR", "Red", "RedEdge", "Green"):
        values = np.full((1, 64, 64), 0.1, np.float32)
        place = {"crs": "EPSG:32632", "transform": grid(0.05)}
        write_raster(tmp_path / f"result_{name}.tif", values, nodata=-10_000, **place)
    (scene,) = found_in(tmp_path)
    assert (scene.name, names(scene)) == ("result", ["Green", "Red", "RedEdge", "NIR"])
    (written,) = stack([scene], tmp_path / "out", Unwatched())
    with open_scene(written) as opened:
        assert (opened.info.dtype, opened.info.nodata) == ("float32", -10_000)
        assert guess_interpretation(opened.info, opened).roles == ("green", "red", "rededge", "nir")


def test_bands_with_other_nodata_and_with_masks_have_one_nodata(tmp_path: Path) -> None:
    for name, nodata in (("green", 0), ("red", 9), ("nir", None)):
        values = np.full((1, 64, 64), 500, np.uint16)
        values[:, :, :8] = 7 if nodata is None else nodata
        write_raster(tmp_path / f"plot_{name}.tif", values, nodata=nodata, crs="EPSG:32632", transform=grid(1))
        if nodata is None:
            with (
                rasterio.Env(GDAL_TIFF_INTERNAL_MASK="YES"),
                rasterio.open(tmp_path / f"plot_{name}.tif", "r+") as file,
            ):
                file.write_mask(values[0] != 7)
    (scene,) = found_in(tmp_path)
    (written,) = stack([scene], tmp_path / "out", Unwatched())
    with rasterio.open(written) as raster:
        assert raster.nodata == 0
        assert (raster.read()[:, :, :8] == 0).all()
        assert (raster.read()[:, :, 8:] == 500).all()


NAN = float("nan")


@pytest.mark.parametrize("pixel_m", [10, 20])
@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (("uint16", None), ("float32", None), "float32"),
        (("uint8", None), ("uint16", None), "uint16"),
        (("uint16", 0), ("float32", NAN), "float32"),
        (("float32", NAN), ("uint16", 0), "float32"),
        (("float32", -9999), ("int32", -1), "float64"),
    ],
)
def test_bands_of_several_types(
    tmp_path: Path, first: tuple[str, float | None], second: tuple[str, float | None], expected: str, pixel_m: int
) -> None:
    """An index in floating point beside counts, on its pixels or on coarser ones: each keeps its values and gaps."""
    own = []
    for name, size_px, (dtype, nodata) in (("Green", 192, first), ("Red", 1920 // pixel_m, second)):
        values = (np.arange(size_px**2).reshape(1, size_px, size_px) % 199 + 1).astype(dtype)
        if nodata is not None:
            values[:, :, :EDGE_PX] = nodata
        place = {"crs": "EPSG:32632", "transform": grid(1920 / size_px), "nodata": nodata}
        write_raster(tmp_path / f"map_{name}.tif", values, **place)
        whole = np.kron(values[0], np.ones((192 // size_px, 192 // size_px)))
        own.append(whole if nodata is None else np.where(np.isclose(whole, nodata, equal_nan=True), NAN, whole))
    (written,) = stack(found_in(tmp_path), tmp_path / "out", Unwatched())
    with rasterio.open(written) as raster:
        assert set(raster.dtypes) == {expected}
        found = raster.read(masked=True).astype(float).filled(NAN)
    np.testing.assert_array_equal(found, own)


def test_scenes_of_the_same_name_lie_side_by_side(tmp_path: Path) -> None:
    for date in ("2022-05-12", "2022-06-15"):
        for name in ("B02", "B03"):
            band(tmp_path / date / f"{name}.tif", 64, 30)
            band(tmp_path / date / f"field_{name}.tif", 64, 30)
    scenes = found_in(tmp_path)
    assert [scene.name for scene in scenes] == ["2022-05-12", "field", "2022-06-15", "2022-06-15_field"]
    written = stack(scenes, tmp_path / "out", Unwatched())
    assert len(examine(written, Unwatched()).scenes) == 4


def test_bands_of_other_ground_are_not_put_together(tmp_path: Path) -> None:
    for name, east in (("blue", 601_000), ("red", 600_000), ("green", 600_000)):
        band(tmp_path / f"plot_{name}.tif", 64, 30, transform=grid(30, east))
    infos = [open_scene(path).info for path in find_scene_files([tmp_path])]
    assert [names(scene) for scene in loose_scenes(infos)] == [["green", "red"]]


def test_a_band_that_cannot_be_read_is_missed(tmp_path: Path) -> None:
    """Without it the scene would be another, and nobody would notice."""
    for name in ("B02", "B03", "B04"):
        band(tmp_path / f"scene_{name}.tif", 64, 30, compress="deflate", tiled=True, blockxsize=64, blockysize=64)
    damage_block(tmp_path / "scene_B03.tif", 0, 0)
    for look in (lambda: examine([tmp_path], Unwatched()), lambda: found_in(tmp_path)):
        with pytest.raises(SceneError, match=r"scene_B03\.tif cannot be read"):
            look()


def test_nothing_to_put_together(tmp_path: Path) -> None:
    write_raster(tmp_path / "scene.tif", np.ones((3, 64, 64), np.uint16), transform=grid(1))
    with pytest.raises(ProjectError, match="no bands of one scene"):
        found_in(tmp_path)


def test_what_is_written_is_written_once_and_never_over_another_file(tmp_path: Path) -> None:
    for name in ("B02", "B03"):
        band(tmp_path / f"scene_{name}.tif", 64, 30)
    scenes, out = found_in(tmp_path), tmp_path / "out"
    (written,) = stack(scenes, out, Unwatched())
    before = written.stat().st_mtime_ns
    assert stack(scenes, out, Unwatched()) == [written]
    assert written.stat().st_mtime_ns == before, "it was there already"
    written.unlink()
    shutil.copy(tmp_path / "scene_B02.tif", written)
    with pytest.raises(SceneError, match="holds something else"):
        stack(scenes, out, Unwatched())
    assert written.read_bytes() == (tmp_path / "scene_B02.tif").read_bytes()


def test_given_up_nothing_is_left(tmp_path: Path) -> None:
    class GivenUp(Unwatched):
        checks = 0

        def check(self) -> None:
            self.checks += 1
            if self.checks > 3:
                raise Cancelled

    scenes = found_in(safe(tmp_path))
    with pytest.raises(Cancelled):
        stack(scenes, tmp_path / "out", GivenUp())
    assert not list((tmp_path / "out").iterdir())


def test_progress_only_rises(tmp_path: Path) -> None:
    class Watched(Unwatched):
        def __init__(self) -> None:
            self.told: list[float] = []

        def report(self, done: float, total: float, detail: Any = None) -> None:
            self.told.append(done / total)

    watched = Watched()
    stack(found_in(safe(tmp_path)), tmp_path / "out", watched)
    assert watched.told == sorted(watched.told)
    assert watched.told[-1] == 1.0
    assert len(set(watched.told)) > 9


def test_in_a_terminal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    safe(tmp_path)
    assert main(["new", str(tmp_path / "farm"), str(tmp_path)]) == 1
    assert "fieldbrush stack" in capsys.readouterr().err
    assert main(["stack", str(tmp_path), "--out", str(tmp_path / "out"), "--json"]) == 0
    (written,) = json.loads(capsys.readouterr().out)["written"]
    assert main(["new", str(tmp_path / "farm"), written]) == 0
    assert "Sentinel-2" in capsys.readouterr().out


_FULL = """
import resource, signal, sys
from core.terminal.cli import main
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
limit = int(sys.argv[1])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.exit(main(["stack", sys.argv[2], "--out", sys.argv[3]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("limit", [2_000, 12_000, 20_000])
def test_a_full_disk_is_told_and_leaves_nothing(tmp_path: Path, limit: int) -> None:
    """GDAL says nothing where the disk gets full while it closes the file."""
    out = tmp_path / "out"
    program = start_python(_FULL, limit, safe(tmp_path / "in"), out)
    _, errors = program.communicate(timeout=300)
    assert program.returncode == 1
    assert "could not be written" in errors
    assert not list(out.iterdir())
    (written,) = stack(found_in(tmp_path / "in"), out, Unwatched())
    assert written.stat().st_size > limit, "the limit was reached"
