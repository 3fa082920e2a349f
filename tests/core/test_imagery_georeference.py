"""Where a pixel lies, and how large it is on the ground."""

from __future__ import annotations

import math

import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st

from core.imagery.georeference import Georeference
from core.imagery.scene import SceneInfo, open_scene
from tests.data import real_data


def _info(crs: str | None, transform: tuple[float, ...] | None, size: int = 1000) -> SceneInfo:
    wkt = rasterio.crs.CRS.from_string(crs).to_wkt() if crs else None
    return SceneInfo("x.tif", size, size, 1, "uint8", crs_wkt=wkt, transform=transform)  # type: ignore[arg-type]


def test_utm() -> None:
    place = Georeference(_info("EPSG:32632", (10.0, 0.0, 500000.0, 0.0, -10.0, 5400000.0)))
    assert place.to_map(1, 2) == (500010.0, 5399980.0)
    longitude, latitude = place.to_degrees(0, 0) or (0.0, 0.0)
    assert longitude == pytest.approx(9.0)
    assert latitude == pytest.approx(48.7527, abs=1e-3)
    assert place.pixel_size_m() == (10.0, 10.0)
    assert place.hectares(100) == pytest.approx(1.0)
    assert place.crs_name == "WGS 84 / UTM zone 32N (EPSG:32632)"


@given(
    st.floats(-math.pi, math.pi), st.floats(0.01, 100), st.floats(0.01, 100), st.booleans(),
    st.floats(-1e4, 1e4), st.floats(-1e4, 1e4),
)  # fmt: skip
def test_to_pixel_undoes_to_map_however_the_scene_is_turned(
    angle: float, width: float, height: float, south_up: bool, x: float, y: float
) -> None:
    flip = 1.0 if south_up else -1.0
    affine = (
        width * math.cos(angle), -flip * height * math.sin(angle), 400000.0,
        width * math.sin(angle), flip * height * math.cos(angle), 5000000.0,
    )  # fmt: skip
    place = Georeference(_info("EPSG:32632", affine))
    assert place.to_pixel(*place.to_map(x, y)) == pytest.approx((x, y), abs=1e-3)
    assert place.pixel_size_m() == pytest.approx((width, height))
    assert place.hectares(1) == pytest.approx(width * height / 1e4)


def test_degrees_and_mercator_give_the_same_hectares() -> None:
    """A kilometre at 60° north is 0.018° of longitude and two kilometres of web Mercator."""
    metres = 111_412.24 * math.cos(math.radians(60))
    degrees = Georeference(_info("EPSG:4326", (1e-4, 0.0, 10.0, 0.0, -1e-4, 60.05)))
    width, height = degrees.pixel_size_m() or (0.0, 0.0)
    assert width == pytest.approx(metres * 1e-4, rel=0.01)
    assert height == pytest.approx(11.14, rel=0.01)
    mercator = Georeference(_info("EPSG:3857", (10.0, 0.0, 1e6, 0.0, -10.0, 8399738.0 + 5000)))
    assert mercator.pixel_size_m() == pytest.approx((5.0, 5.0), rel=0.01)
    assert mercator.hectares(1e4) == pytest.approx(25.0, rel=0.02)


def test_feet_are_not_metres() -> None:
    place = Georeference(_info("EPSG:2263", (1.0, 0.0, 1_000_000.0, 0.0, -1.0, 200_000.0)))
    assert place.pixel_size_m() == pytest.approx((0.3048, 0.3048), rel=1e-4)


def test_without_any_georeference_the_map_is_the_pixels() -> None:
    place = Georeference(_info(None, None))
    assert place.to_map(3, 4) == (3.0, 4.0)
    assert place.to_pixel(3, 4) == (3.0, 4.0)
    assert (place.is_georeferenced, place.crs_name) == (False, "")
    assert place.to_degrees(1, 1) is place.pixel_size_m() is place.hectares(1) is None


def test_far_off_the_map_there_are_no_degrees() -> None:
    place = Georeference(_info("EPSG:32632", (1e6, 0.0, 0.0, 0.0, -1e6, 0.0)))
    assert place.to_degrees(1e6, 1e6) is None


def test_across_the_date_line_longitudes_wrap() -> None:
    place = Georeference(_info("EPSG:4326", (0.1, 0.0, 175.0, 0.0, -0.1, 10.0), size=100))
    longitude, _ = place.to_degrees(60, 0) or (0.0, 0.0)
    assert longitude == pytest.approx(-179.0)
    assert place.hectares(1) == pytest.approx(11.1**2 * 100, rel=0.03)


@pytest.mark.parametrize("name", ["rt_mars_rgb_jpeg.tif", "rt_nonearth_float32.tif"])
def test_other_planets_have_metres_but_no_degrees(name: str) -> None:
    with open_scene(real_data("odd") / name) as scene:
        place = Georeference(scene.info)
        assert place.to_degrees(10, 10) is None
        assert place.pixel_size_m() is not None
        assert place.crs_name


def test_ground_control_points_give_a_place() -> None:
    with open_scene(real_data("odd") / "der_naip_gcps_4band.tif") as scene:
        place = Georeference(scene.info)
        assert scene.info.transform is None
        assert len(scene.info.gcps) == 4
        assert place.pixel_size_m() == pytest.approx((5.0, 5.0), rel=0.01)
        row, column, x, y, _ = scene.info.gcps[0]
        assert place.to_map(column, row) == pytest.approx((x, y), abs=20)
        assert place.to_degrees(0, 0) is not None
