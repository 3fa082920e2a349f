"""The generated demo scene: a farmland that looks and measures like one, the same for the same seed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
import rasterio
from rasterio.enums import ColorInterp
from scipy import ndimage

from core.demo.farmland import build_farmland
from core.demo.parcels import area, divide, extents
from core.demo.scene import CLASS_NAMES, PIXEL_M, DemoScene, write_demo_scene
from core.errors import ExportError, FieldbrushError

HEALTHY, UNHEALTHY, IGNORE = 1, 2, 255


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoScene:
    return write_demo_scene(tmp_path_factory.mktemp("demo"), seed=7, size_px=1024)


def read(demo: DemoScene) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.uint8]]:
    with rasterio.open(demo.scene_path) as scene, rasterio.open(demo.mask_path) as mask:
        return scene.read().astype(np.float32), mask.read(1)


def ndvi(bands: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    return (bands[4] - bands[2]) / np.maximum(bands[4] + bands[2], 1)


def test_scene_is_a_tiled_utm_raster_with_named_bands_and_overviews(demo: DemoScene) -> None:
    with rasterio.open(demo.scene_path) as scene:
        assert (scene.width, scene.height, scene.count) == (1024, 1024, 5)
        assert set(scene.dtypes) == {"uint16"}
        assert scene.nodata == 0
        assert scene.crs.to_epsg() == 32632
        assert scene.res == (PIXEL_M, PIXEL_M)
        assert scene.descriptions == ("blue", "green", "red", "rededge", "nir")
        assert scene.colorinterp == (
            ColorInterp.blue, ColorInterp.green, ColorInterp.red, ColorInterp.rededge, ColorInterp.nir,
        )  # fmt: skip
        assert scene.block_shapes[0] == (512, 512)
        assert scene.overviews(1) == [2, 4, 8, 16]


def test_mask_lies_exactly_on_the_scene_and_names_its_classes(demo: DemoScene) -> None:
    with rasterio.open(demo.scene_path) as scene, rasterio.open(demo.mask_path) as mask:
        assert (mask.width, mask.height, mask.transform, mask.crs) == (
            scene.width, scene.height, scene.transform, scene.crs,
        )  # fmt: skip
        assert mask.dtypes == ("uint8",)
        assert mask.nodata == 0
        assert {int(tag[6:]): name for tag, name in mask.tags().items() if tag.startswith("CLASS_")} == CLASS_NAMES
        assert mask.colormap(1)[UNHEALTHY][:3] == (0xD5, 0x5E, 0x00)
        assert set(np.unique(mask.read(1))) == {0, HEALTHY, UNHEALTHY, IGNORE}


def test_footprint_is_turned_and_shared_by_all_bands_and_the_mask(demo: DemoScene) -> None:
    bands, mask = read(demo)
    outside = mask == 0
    assert ((bands == 0) == outside).all()
    assert 0.05 < outside.mean() < 0.16
    assert outside[0, 0]
    assert outside[-1, -1]
    assert not outside[300:700, 300:700].any()
    first_valid = (~outside).argmax(axis=0)[100:900]
    assert np.ptp(first_valid) > 10  # not parallel to the grid


@pytest.mark.parametrize(("seed", "size_px"), [(7, 1024), (1, 1024), (2, 600), (3, 512), (4, 512)])
def test_class_shares_are_those_of_a_stressed_district(tmp_path: Path, seed: int, size_px: int) -> None:
    _, mask = read(write_demo_scene(tmp_path, seed, size_px))
    healthy, unhealthy = (mask == HEALTHY).sum(), (mask == UNHEALTHY).sum()
    assert 0.08 < unhealthy / (healthy + unhealthy) < 0.15
    assert (healthy + unhealthy) / (mask > 0).sum() > 0.4


def test_stress_shows_in_the_bands_as_agronomists_know_it(demo: DemoScene) -> None:
    bands, mask = read(demo)
    healthy, unhealthy = mask == HEALTHY, mask == UNHEALTHY
    index = ndvi(bands)
    assert index[unhealthy].mean() < index[healthy].mean() - 0.15
    # Within one neighbourhood too, so that the difference is not one between crops.
    near = (
        ndimage.binary_dilation(unhealthy, iterations=25) & healthy & ~ndimage.binary_dilation(unhealthy, iterations=6)
    )
    assert index[unhealthy].mean() < index[near].mean() - 0.1
    assert bands[2][unhealthy].mean() > 1.1 * bands[2][near].mean()  # red up
    assert bands[4][unhealthy].mean() < 0.9 * bands[4][near].mean()  # infrared down


def test_reflectance_is_plausible(demo: DemoScene) -> None:
    bands, mask = read(demo)
    medians = np.median(bands[:, mask == HEALTHY], axis=1) / 10_000
    assert (medians > [0.02, 0.05, 0.02, 0.12, 0.28]).all()
    assert (medians < [0.09, 0.20, 0.16, 0.32, 0.58]).all()
    assert medians[3] > medians[2]
    assert medians[4] > medians[3]


def test_same_seed_same_pixels_whatever_the_thread_count(demo: DemoScene, tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; from core.demo.scene import write_demo_scene as w; w(pathlib.Path(sys.argv[1]), 7, 1024)"
    )
    threads = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "GDAL_NUM_THREADS"), "3")
    root = Path(__file__).resolve().parents[2]
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], env={**os.environ, **threads}, cwd=root, check=True)
    again = DemoScene(tmp_path / "farmland.tif", tmp_path / "farmland_truth.tif")
    for first, second in zip(read(demo), read(again), strict=True):
        np.testing.assert_array_equal(first, second)


def test_another_seed_is_another_landscape(demo: DemoScene, tmp_path: Path) -> None:
    other = write_demo_scene(tmp_path, seed=8, size_px=1024)
    assert (read(demo)[1] != read(other)[1]).mean() > 0.1


def test_progress_rises_from_zero_to_one(tmp_path: Path) -> None:
    heard: list[float] = []
    write_demo_scene(tmp_path, size_px=512, progress=heard.append)
    assert heard[0] == 0.0
    assert heard[-1] == 1.0
    assert heard == sorted(heard)


def test_stopping_midway_leaves_the_earlier_files(tmp_path: Path) -> None:
    before = write_demo_scene(tmp_path, seed=1, size_px=300)
    content = before.scene_path.read_bytes()

    def stop(share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_demo_scene(tmp_path, seed=2, size_px=300, progress=stop)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["farmland.tif", "farmland_truth.tif"]
    assert before.scene_path.read_bytes() == content


def test_too_small_a_scene_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FieldbrushError, match="100 px"):
        write_demo_scene(tmp_path, size_px=100)


def test_a_farm_for_which_the_disk_has_no_room_is_not_begun(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="too little room"):
        write_demo_scene(tmp_path / "demo", size_px=100_000_000, progress=lambda share: None)
    assert not list((tmp_path / "demo").iterdir())


def test_parcels_do_not_overlap_and_have_the_size_of_real_ones() -> None:
    layout = divide(np.random.default_rng(1), 3000.0)
    hectares = np.array([area(parcel) for parcel in layout.parcels]) / 10_000
    assert 1.5 < hectares.mean() < 7
    assert hectares.sum() < (1.16 * 3000) ** 2 / 10_000
    assert min(min(extents(parcel, 0.0)) for parcel in layout.parcels) > 5


def test_a_small_scene_still_has_several_fields_and_crops() -> None:
    farmland = build_farmland(seed=3, size_px=512, pixel_m=PIXEL_M)
    fields = farmland.rasters.table.column("parcel")[farmland.rasters.surface]
    seen, counts = np.unique(fields[fields >= 0], return_counts=True)
    assert (counts > 2000).sum() >= 4
    assert len({farmland.parcel_crops[int(parcel)] for parcel in seen}) >= 3
