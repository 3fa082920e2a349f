"""Written positions: what they mean on scenes of different georeferences, and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from rasterio.crs import CRS
from rasterio.transform import Affine

from core.errors import SceneError
from core.imagery.files import SceneInfo
from core.imagery.georeference import Georeference
from core.imagery.places import Place, find_place
from core.imagery.scene import open_scene
from core.jobs import Unwatched
from tests.core.projects import UTM, make_project, opened, write_scene


def info_of(path: Path) -> SceneInfo:
    scene = open_scene(path)
    scene.close()
    return scene.info


@pytest.fixture
def utm(tmp_path: Path) -> SceneInfo:
    return info_of(write_scene(tmp_path / "utm.tif", 200, 100))  # from 600000, 5300000, half a metre a pixel


@pytest.fixture
def geographic(tmp_path: Path) -> SceneInfo:
    place = {"crs": CRS.from_epsg(4326), "transform": Affine(0.001, 0, 11.0, 0, -0.001, 48.0)}
    return info_of(write_scene(tmp_path / "wgs.tif", 200, 100, **place))


def at(place: Place) -> tuple[str, float, float]:
    return place.notation, round(place.x, 2), round(place.y, 2)


@pytest.mark.parametrize(
    "words",
    ["600050, 5299980", "600050,5299980", "600050 5299980", "600050.0 ; 5299980", "600050,0; 5299980,0",
     "600050,00  5299980,00", " 600050 , 5299980 "],
)  # fmt: skip
def test_map_coordinates_in_many_spellings(utm: SceneInfo, words: str) -> None:
    assert at(find_place(words, [(1, utm)])) == ("map", 100.0, 40.0)


@pytest.mark.parametrize("words", ["pixel 12, 34", "Pixel 12 34", "px: 12;34", "pixel 12,34", "PIXEL 12.0 , 34.0"])
def test_pixels(utm: SceneInfo, words: str) -> None:
    assert at(find_place(words, [(7, utm)])) == ("pixel", 12.0, 34.0)


def test_degrees_come_back_to_the_same_pixel(utm: SceneInfo) -> None:
    longitude, latitude = Georeference(utm).to_degrees(150, 30) or (0, 0)
    minutes = f"{int(latitude)}° {60 * (latitude % 1):.7f}' N, {int(longitude)}° {60 * (longitude % 1):.7f}' E"
    german = f"{latitude:.8f}° N  {longitude:.8f}° O".replace(".", ",")
    for words in (
        f"{latitude:.8f}, {longitude:.8f}", f"{latitude:.8f}° N, {longitude:.8f}° E", minutes, german,
        f"E {longitude:.8f} N {latitude:.8f}", f"{longitude:.8f}E,{latitude:.8f}N",
    ):  # fmt: skip
        assert at(find_place(words, [(1, utm)])) == ("degrees", 150.0, 30.0), words


def test_the_southern_and_western_hemispheres(tmp_path: Path) -> None:
    place = {"crs": CRS.from_epsg(4326), "transform": Affine(0.001, 0, -58.5, 0, -0.001, -34.5)}
    info = info_of(write_scene(tmp_path / "plate.tif", 200, 100, **place))
    typeset = "\N{MINUS SIGN}34.55° \N{MINUS SIGN}58.4°"
    for words in ("34.55 S, 58.4 W", "-34.55, -58.4", typeset, "34° 33' S 58° 24' W"):
        assert at(find_place(words, [(1, info)])) == ("degrees", 100.0, 50.0), words


def test_in_a_crs_of_degrees_both_orders_are_found(geographic: SceneInfo) -> None:
    assert at(find_place("47.95, 11.1", [(1, geographic)])) == ("degrees", 100.0, 50.0)
    assert at(find_place("11.1, 47.95", [(1, geographic)])) == ("map", 100.0, 50.0)


def test_another_scene_that_holds_the_place_is_found(utm: SceneInfo, geographic: SceneInfo) -> None:
    scenes = [(1, utm), (2, geographic)]
    assert find_place("47.95 N 11.1 E", scenes).scene_id == 2
    assert find_place("600050 5299980", reversed(scenes)).scene_id == 1
    with pytest.raises(SceneError, match="lies outside utm"):
        find_place("pixel 210, 5", scenes)  # pixels are those of the scene that is looked at


def test_without_georeference_map_coordinates_are_pixels(tmp_path: Path) -> None:
    info = info_of(write_scene(tmp_path / "photo.tif", 200, 100, transform=Affine.identity()))
    assert at(find_place("120, 40", [(1, info)]))[1:] == (120.0, 40.0)
    with pytest.raises(SceneError, match="on Earth is not known"):
        find_place("48 N, 11 E", [(1, info)])


@pytest.mark.parametrize(
    "words",
    ["", "here", "12", "1,2,3", "pixel", "pixel 3", "12 N, 13 N", "12 E 13 W", "a 48 N 11 E", "48 N", "1 2 3", "1e5 x",
     "48° 11° 12°", "nan, nan", "inf 3"],
)  # fmt: skip
def test_what_is_no_position_is_said_to_be_none(utm: SceneInfo, words: str) -> None:
    with pytest.raises(SceneError, match="is no position") as caught:
        find_place(words, [(1, utm)])
    assert "status bar" in str(caught.value)


def test_impossible_degrees_and_places_outside_say_what_would_be_possible(utm: SceneInfo) -> None:
    with pytest.raises(SceneError, match="no latitude 98"):
        find_place("98° N, 11° E", [(1, utm)])
    with pytest.raises(SceneError, match="from 600000 to 600100, and from 5299950 to 5300000"):
        find_place("5, 700000", [(1, utm)])
    with pytest.raises(SceneError, match="No scene can be read"):
        find_place("5, 7", [])


def test_a_place_in_another_scene_of_a_project_is_found_where_some_are_lost(tmp_path: Path) -> None:
    apart = [UTM["transform"] @ Affine.translation(1000 * number, 0) for number in range(3)]
    scenes = [write_scene(tmp_path / f"{n}.tif", **{**UTM, "transform": there}) for n, there in enumerate(apart)]
    with opened(make_project(tmp_path, scenes)) as session:
        scenes[1].unlink()
        here, lost, there = session.scenes
        x, y = apart[2] @ (30, 40)
        assert session.scene_files.looking_up(f"{x}, {y}", here)(Unwatched()) == Place(there, 30.0, 40.0, "map")
        assert session.scene_files.looking_up("pixel 3, 4", there)(Unwatched()).scene_id == there
        with pytest.raises(SceneError, match="lies outside"):
            session.scene_files.looking_up("{}, {}".format(*(apart[1] @ (30, 40))), lost)(Unwatched())
