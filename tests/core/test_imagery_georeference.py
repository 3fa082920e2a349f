"""Where a pixel lies, and how large it is on the ground."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from pathlib import Path

import pytest
import rasterio
from hypothesis import given
from hypothesis import strategies as st
from rasterio import Affine

from core.imagery.files import SceneInfo
from core.imagery.georeference import Georeference
from core.imagery.scene import open_scene
from tests.core.imagery_files import ramp, write_raster
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


def zone_hectares(south: float, north: float, degrees_wide: float) -> float:
    """Between two parallels of WGS 84, in closed form (Snyder 1987, equations 3-12 and 3-14)."""
    squared = 0.00669437999014
    e, half_b2 = math.sqrt(squared), 6_378_137.0**2 * (1 - squared) / 2

    def q(latitude: float) -> float:
        sine = math.sin(math.radians(latitude))
        return sine / (1 - squared * sine**2) + math.log((1 + e * sine) / (1 - e * sine)) / (2 * e)

    return half_b2 * math.radians(degrees_wide) * (q(north) - q(south)) / 10_000


def mercator(latitude: float) -> float:
    return 6_378_137.0 * math.log(math.tan(math.radians(45 + latitude / 2)))


@pytest.mark.parametrize("row", [0, 100, 337, 700, 999])
def test_a_pixel_in_the_north_is_smaller_than_one_in_the_south(row: int) -> None:
    """A country's mosaic in degrees or Mercator: taking its centre for all of it is 11 and 23 percent off here."""
    degrees = Georeference(_info("EPSG:4326", (0.005, 0.0, 10.0, 0.0, -0.005, 62.0)))
    north = 62 - row * 0.005
    expected = zone_hectares(north - 0.005, north, 0.005)
    assert degrees.hectares(1, (3, row + 0.5)) == pytest.approx(expected, rel=2e-5)
    turned = Georeference(_info("EPSG:4326", (0.0, 0.005, 10.0, -0.005, 0.0, 62.0)))
    assert turned.hectares(1, (row + 0.5, 3)) == pytest.approx(expected, rel=2e-5)
    step = (mercator(62) - mercator(57)) / 1000
    projected = Georeference(_info("EPSG:3857", (step, 0.0, 1e6, 0.0, -step, mercator(62))))

    def latitude(line: float) -> float:
        return math.degrees(2 * math.atan(math.exp((mercator(62) - line * step) / 6_378_137.0))) - 90

    expected = zone_hectares(latitude(row + 1), latitude(row), math.degrees(step / 6_378_137.0))
    assert projected.hectares(1, (3, row + 0.5)) == pytest.approx(expected, rel=2e-5)


def test_the_earth_is_as_large_as_it_is() -> None:
    """A map that reaches the poles has no pixel beyond them to measure from."""
    info = SceneInfo(
        path="x.tif", width=3600, height=1800, band_count=1, dtype="uint8",
        crs_wkt=rasterio.crs.CRS.from_epsg(4326).to_wkt(), transform=(0.1, 0.0, -180.0, 0.0, -0.1, 90.0),
    )  # fmt: skip
    place = Georeference(info)
    found = sum(place.hectares(3600, (1800, row + 0.5)) or 0.0 for row in range(1800))
    assert found == pytest.approx(51.00656e9, rel=2e-3)


@pytest.mark.parametrize("south", [-40, -9, -1, 0, 5, 20])
def test_mercator_is_never_taken_for_true(south: float) -> None:
    """At the equator by 0.7 percent: ten kilometres of a farm in Kenya."""
    step = (mercator(south + 0.1) - mercator(south)) / 1000
    place = Georeference(_info("EPSG:3857", (step, 0.0, 4e6, 0.0, -step, mercator(south + 0.1))))
    expected = zone_hectares(south, south + 0.1, math.degrees(1000 * step / 6_378_137.0))
    assert place.hectares(1e6) == pytest.approx(expected, rel=4e-3)


@pytest.mark.parametrize(("crs", "x", "y"), [
    ("EPSG:32632", 500_000, 6e6), ("EPSG:32632", 166_000, 1e5), ("EPSG:25832", 700_000, 5.3e6),
    ("EPSG:2154", 7e5, 6.2e6), ("EPSG:27700", 4e5, 3e5), ("EPSG:3035", 4.3e6, 3.2e6), ("EPSG:5070", 0, 2e6),
])  # fmt: skip
def test_the_maps_of_surveyors_are(crs: str, x: float, y: float) -> None:
    place = Georeference(_info(crs, (10.0, 0.0, x, 0.0, -10.0, y)))
    assert place.hectares(100) == place.hectares(100, (0, 0)) == 1.0


def test_where_the_map_is_true_every_pixel_is_alike() -> None:
    place = Georeference(_info("EPSG:32632", (10.0, 0.0, 500000.0, 0.0, -10.0, 5400000.0)))
    assert place.hectares(100, (0, 999)) == place.hectares(100) == 1.0


def test_feet_are_not_metres() -> None:
    place = Georeference(_info("EPSG:2263", (1.0, 0.0, 1_000_000.0, 0.0, -1.0, 200_000.0)))
    assert place.pixel_size_m() == pytest.approx((0.3048, 0.3048), rel=1e-4)


@pytest.mark.parametrize(
    ("unit", "side_m"),
    [('"metre",1', 0.05), ('"US survey foot",0.304800609601219', 0.05 * 0.3048), ('"degree",0.0174532925199433', None)],
)
def test_a_local_grid_has_the_size_of_its_unit(unit: str, side_m: float | None) -> None:
    """Photogrammetry without GNSS, and surveyors' own grids: nobody knows where, but how large."""
    crs = f'LOCAL_CS["Local Coordinates",LOCAL_DATUM["Local Datum",0],UNIT[{unit}]]'
    place = Georeference(_info(crs, (0.05, 0.0, 1000.0, 0.0, -0.05, 2000.0)))
    assert place.to_degrees(1, 1) is None
    assert place.pixel_size_m() == (None if side_m is None else pytest.approx((side_m, side_m), rel=1e-4))
    assert place.hectares(1e6) == (None if side_m is None else pytest.approx(side_m**2 * 100, rel=1e-4))


def test_one_coordinate_system_in_several_words_is_one(tmp_path: Path) -> None:
    ours = rasterio.crs.CRS.from_epsg(32632)
    nameless = re.sub(r',AUTHORITY\["EPSG","\d+"\]', "", ours.to_wkt()).replace("WGS 84 / UTM zone 32N", "mine")
    assert "EPSG" not in nameless
    systems = {"a": ours, "b": nameless, "c": rasterio.crs.CRS.from_epsg(25832)}
    texts = {}
    for name, crs in systems.items():
        path = write_raster(tmp_path / f"{name}.tif", ramp(1, 8, 8), crs=crs, transform=Affine(1, 0, 6e5, 0, -1, 5e6))
        with open_scene(path) as scene:
            texts[name] = scene.info.crs_wkt
    assert texts["a"] == texts["b"] == ours.to_wkt()
    assert texts["c"] != texts["a"], "another datum"


def test_without_any_georeference_the_map_is_the_pixels() -> None:
    place = Georeference(_info(None, None))
    assert place.to_map(3, 4) == (3.0, 4.0)
    assert place.to_pixel(3, 4) == (3.0, 4.0)
    assert (place.is_georeferenced, place.crs_name) == (False, "")
    assert place.to_degrees(1, 1) is place.pixel_size_m() is place.hectares(1) is None


def test_a_system_that_proj_does_not_know_is_as_good_as_none() -> None:
    place = Georeference(replace(_info(None, (2.0, 0.0, 5.0, 0.0, -2.0, 9.0)), crs_wkt='PROJCS["of another time"]'))
    assert place.to_map(1, 1) == (7.0, 7.0)
    assert (place.crs_name, place.to_degrees(1, 1), place.pixel_size_m()) == ("", None, None)


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
