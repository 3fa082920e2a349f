"""Existing masks: the right file for the right scene, values with the right meaning, and nothing guessed silently."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio.transform import Affine
from rasterio.warp import reproject, transform_bounds

from core.errors import FieldbrushError, LabelError
from core.geometry import Rect
from core.imagery.scene import Pixels, Scene
from core.labels.classes import DEFAULT_CLASSES, LabelClass
from core.mask_import.files import MaskFile, find_mask_files
from core.mask_import.importer import MaskImporter
from core.mask_import.values import parse_value_map
from core.project.records import SceneRecord, TileStatus
from tests.core.projects import UTM, make_project, opened, opened_with_store, paint_rect, write_scene
from tests.data import real_data

CLASSES = (*DEFAULT_CLASSES, LabelClass(3, "weed", "#009E73"))
WHOLE = Rect(0, 0, 20, 10)


def scene_record(path: Path, width: int = 20, height: int = 10, scene_id: int = 1) -> SceneRecord:
    return SceneRecord(scene_id, str(path), "", width, height)


def write_mask(path: Path, values: Any, nodata: float | None = None, **place: Any) -> Path:
    values = np.asarray(values)
    values = values[None] if values.ndim == 2 else values
    with rasterio.open(
        path, "w", driver="PNG" if path.suffix == ".png" else "GTiff", width=values.shape[2], height=values.shape[1],
        count=len(values), dtype=values.dtype, nodata=nodata, **place,
    ) as file:  # fmt: skip
        file.write(values)
    return path


@pytest.fixture
def scene(tmp_path: Path) -> SceneRecord:
    return scene_record(write_scene(tmp_path / "field.tif", 20, 10))


def read(scene: SceneRecord, mask: Path, value_map: dict[int, int] | None = None, rect: Rect = WHOLE) -> np.ndarray:
    return MaskImporter(MaskFile(scene.scene_id, mask), scene, CLASSES, value_map).read(rect)


def columns(*values: float, dtype: str = "uint8") -> np.ndarray:
    """A mask whose columns repeat `values`."""
    return np.resize(np.array(values, dtype), (10, 20))


# -- what values mean -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "nodata", "expected"),
    [
        (columns(0, 1, 2, 255), 0, columns(0, 1, 2, 255)),  # a label raster: 0 is unlabeled
        (columns(0, 1, 2, 255), None, columns(1, 2, 3, 255)),  # a training mask: 0 is the first class
        (columns(0, 1, 2, 255), 255, columns(1, 2, 3, 255)),
        (columns(0, 1, 9), 9, columns(1, 2, 255)),  # its own nodata is never a class
        (columns(0, 1, -1, dtype="int16"), -1, columns(1, 2, 255)),
        (columns(0, 1, 1, dtype="int32"), None, columns(1, 2, 2)),
        (columns(0, 1, np.nan, dtype="float32"), np.nan, columns(1, 2, 255)),
        (columns(0, 2, np.nan, dtype="float32"), 0, columns(0, 2, 255)),
    ],
)
def test_what_the_values_are_taken_for(
    tmp_path: Path, scene: SceneRecord, values: np.ndarray, nodata: float | None, expected: np.ndarray
) -> None:
    labels = read(scene, write_mask(tmp_path / "m.tif", values, nodata, **UTM))
    assert labels.dtype == np.uint8
    assert (labels == expected).all()


def test_what_a_masks_own_mask_hides_is_no_class(tmp_path: Path, scene: SceneRecord) -> None:
    path = write_mask(tmp_path / "m.tif", columns(0, 1, 9), **UTM)
    with rasterio.open(path, "r+") as file:
        file.write_mask(columns(255, 255, 0))
    assert (read(scene, path) == columns(1, 2, 255)).all()
    assert (read(scene, path, {0: 1, 1: 2, 9: 3}) == columns(1, 2, 255)).all()


def test_transparency_hides_as_a_mask_does(tmp_path: Path, scene: SceneRecord) -> None:
    """Image editors save grey pictures with transparency."""
    path = write_mask(tmp_path / "m.png", np.stack([columns(0, 1, 9), columns(255, 255, 0)]))
    assert (read(scene, path) == columns(1, 2, 255)).all()


@pytest.mark.parametrize("name", ["m.png", "m.tif"])
def test_three_equal_bands_are_one(tmp_path: Path, scene: SceneRecord, name: str) -> None:
    """Image editors save masks so, with transparency or without."""
    grey, place = [columns(0, 1, 2)] * 3, {} if name == "m.png" else UTM | {"photometric": "RGB"}
    assert (read(scene, write_mask(tmp_path / name, np.stack(grey), **place)) == columns(1, 2, 3)).all()
    for alpha, expected in ((columns(255, 255, 0), columns(1, 2, 255)), (columns(255), columns(1, 2, 3))):
        assert (read(scene, write_mask(tmp_path / name, np.stack([*grey, alpha]), **place)) == expected).all()


def test_the_map_that_is_proposed_is_one_that_works(tmp_path: Path, scene: SceneRecord) -> None:
    for values, expected in ((columns(1, 2, 3), columns(1, 2, 3)), (columns(0, 200), columns(1, 2))):
        mask = write_mask(tmp_path / "m.tif", values, **UTM)
        with pytest.raises(LabelError) as caught:
            read(scene, mask)
        proposed = str(caught.value).split("--map ")[1].rstrip(".")
        assert (read(scene, mask, parse_value_map(proposed)) == expected).all()


def test_a_map_decides(tmp_path: Path, scene: SceneRecord) -> None:
    mask = write_mask(tmp_path / "m.tif", columns(0, 1, 2), 0, **UTM)
    assert (read(scene, mask, {0: 255, 1: 3, 2: 0}) == columns(255, 3, 0)).all()
    with pytest.raises(LabelError, match="value 2"):
        read(scene, mask, {0: 1, 1: 2})
    with pytest.raises(LabelError, match="makes 1 the class 7"):
        read(scene, mask, {0: 1, 1: 7, 2: 2})
    with_nodata = write_mask(tmp_path / "n.tif", columns(0, 1, 99), 99, **UTM)
    assert (read(scene, with_nodata, {0: 1, 1: 2}) == columns(1, 2, 255)).all()  # nodata need not be mapped
    assert (read(scene, with_nodata, {0: 1, 1: 2, 99: 0}) == columns(1, 2, 0)).all()


@pytest.mark.parametrize(
    ("values", "nodata", "culprit"),
    [
        (columns(0, 3), None, "value 3"),  # would be class 4
        (columns(0, 5), 0, "value 5"),
        (columns(0, 256, dtype="uint16"), 0, "value 256"),  # which is 0 in eight bits
        (columns(0, -1, dtype="int16"), 0, "value -1"),
    ],
)
def test_values_that_are_no_class_are_refused(
    tmp_path: Path, scene: SceneRecord, values: np.ndarray, nodata: float | None, culprit: str
) -> None:
    with pytest.raises(LabelError, match=culprit) as caught:
        read(scene, write_mask(tmp_path / "m.tif", values, nodata, **UTM))
    assert "--map" in str(caught.value)


def test_a_value_that_no_map_can_mend_is_not_sent_to_one(tmp_path: Path, scene: SceneRecord) -> None:
    with pytest.raises(LabelError, match=r"value 0.5, which is no whole number") as caught:
        read(scene, write_mask(tmp_path / "m.tif", columns(0, 0.5, 1, dtype="float32"), **UTM))
    assert "--map" not in str(caught.value)


@pytest.mark.parametrize(
    ("values", "proposed"),
    [
        ((0, 1, -1), "--map -1=255,0=1,1=2"),  # a class of its own it never is
        ((10, 20, 30), "--map 10=1,20=2,30=3"),
        ((0, 1, 2, 7), "--map 0=1,1=2,2=3,7=255"),
    ],
)
def test_a_proposed_map_speaks_of_the_values_that_are_there(
    tmp_path: Path, scene: SceneRecord, values: tuple[int, ...], proposed: str
) -> None:
    mask = write_mask(tmp_path / "m.tif", columns(*values, dtype="int16"), **UTM)
    with pytest.raises(LabelError) as caught:
        read(scene, mask)
    assert str(caught.value).endswith(proposed)
    read(scene, mask, parse_value_map(proposed.removeprefix("--map ")))


def test_a_class_that_the_map_leaves_out_is_not_called_no_class(tmp_path: Path, scene: SceneRecord) -> None:
    mask = write_mask(tmp_path / "m.tif", columns(1, 2, 9), **UTM)
    with pytest.raises(LabelError, match=r"m.tif has the value 1, of which --map 0=2,9=1 says nothing") as caught:
        read(scene, mask, {0: 2, 9: 1})
    assert "none of the project's classes" not in str(caught.value)
    assert "The masks hold 1, 2, 9" in str(caught.value)
    assert "the classes 1 (healthy), 2 (unhealthy), 3 (weed)" in str(caught.value)
    proposed = str(caught.value).split("--map ")[2]
    assert (read(scene, mask, parse_value_map(proposed)) == columns(2, 3, 1)).all()


def test_a_map_that_leaves_out_a_value_among_many(tmp_path: Path, scene: SceneRecord) -> None:
    with pytest.raises(LabelError, match=r"value 1, of which --map 0=1 says nothing\. The masks hold 200 values"):
        read(scene, write_mask(tmp_path / "m.tif", columns(*range(200)), **UTM), {0: 1})


def test_where_any_class_may_be_none_is_named(tmp_path: Path, scene: SceneRecord) -> None:
    """As in a simulation, which has no project."""
    mask = MaskFile(1, write_mask(tmp_path / "m.tif", columns(0, 2), **UTM))
    classes = [LabelClass(value, f"class {value}", "#009E73") for value in range(1, 200)]
    with pytest.raises(LabelError) as caught:
        MaskImporter(mask, scene, classes, {0: 1}).read(WHOLE)
    told = str(caught.value).split("m.tif ")[1]
    assert told.startswith("has the value 2, of which --map 0=1 says nothing. The masks hold 0, 2. Say what each means")
    assert told.endswith("for example --map 0=1,2=2")


def test_a_map_that_was_kept_is_told_as_such(tmp_path: Path, scene: SceneRecord) -> None:
    mask = MaskFile(1, write_mask(tmp_path / "m.tif", columns(0, 2), **UTM))
    importer = MaskImporter(mask, scene, CLASSES, {0: 1, 1: 3}, names_count=True)
    with pytest.raises(LabelError, match=r"value 2, of which the --map given before says nothing: 0=1,1=3\."):
        importer.read(WHOLE)


@pytest.mark.parametrize(("names_count", "value_map"), [(False, None), (True, {0: 2, 1: 1})])
def test_of_a_mask_that_names_its_values_no_map_is_told(
    tmp_path: Path, scene: SceneRecord, names_count: bool, value_map: dict[int, int] | None
) -> None:
    """The map that was kept is not what it is read with. Its 2 is the number of a class that it calls otherwise."""
    path = write_mask(tmp_path / "m.tif", columns(1, 2), 0, **UTM)
    with rasterio.open(path, "r+") as file:
        file.update_tags(CLASS_1="unhealthy")
    importer = MaskImporter(MaskFile(1, path), scene, CLASSES, value_map, names_count=names_count)
    with pytest.raises(LabelError, match=r"value 2, which is none of the project's classes") as caught:
        importer.read(WHOLE)
    assert str(caught.value).endswith("for example --map 1=2,2=1")


def test_a_class_for_which_none_is_left_is_not_called_no_class(tmp_path: Path, scene: SceneRecord) -> None:
    """Nor is it said that the values are the classes' numbers, where one of them is not."""
    with pytest.raises(LabelError, match=r"value 3\. Where 0 is the first class, no class is left for it") as caught:
        read(scene, write_mask(tmp_path / "m.tif", columns(0, 3, 9), **UTM))
    assert str(caught.value).endswith("for example --map 0=1,3=2,9=3")


def test_many_values_are_counted_and_not_listed(tmp_path: Path, scene: SceneRecord) -> None:
    with pytest.raises(LabelError, match="The masks hold 200 values"):
        read(scene, write_mask(tmp_path / "m.tif", columns(*range(200)), **UTM))


def test_a_map_of_values() -> None:
    assert parse_value_map("0=1, 1=2,255=255") == {0: 1, 1: 2, 255: 255}
    for wrong in ("", "1", "1=2=3", "a=1", "1=", "1:2"):
        with pytest.raises(LabelError, match="not a value map"):
            parse_value_map(wrong)


def test_a_map_says_of_a_value_one_thing_only() -> None:
    """Or a slip of the hand labels all of it as whatever came last."""
    assert parse_value_map("0=1,0=1") == {0: 1}
    with pytest.raises(LabelError, match="makes 1 two things at once"):
        parse_value_map("0=1,1=1,1=2")


# -- where they lie ---------------------------------------------------------------------------------------------------


def test_tiles_are_read_where_they_lie(tmp_path: Path, scene: SceneRecord) -> None:
    values = np.random.default_rng(0).integers(0, 3, (10, 20), np.uint8)
    mask = write_mask(tmp_path / "m.tif", values, 0, **UTM)
    assert (read(scene, mask, rect=Rect(7, 3, 5, 4)) == values[3:7, 7:12]).all()


def test_a_png_without_a_place_lies_on_its_scene(tmp_path: Path, scene: SceneRecord) -> None:
    assert (read(scene, write_mask(tmp_path / "m.png", columns(0, 1))) == columns(1, 2)).all()


@pytest.mark.parametrize("turned", [0, 30, 90])
def test_a_mask_on_pixels_of_its_own_is_brought_over(tmp_path: Path, turned: float) -> None:
    """Each pixel takes what the mask has at its centre; what the mask does not reach is unlabeled."""
    place = UTM["transform"] @ Affine.rotation(turned)
    scene = scene_record(write_scene(tmp_path / "field.tif", 20, 10, crs=UTM["crs"], transform=place))
    values = np.random.default_rng(0).integers(1, 3, (10, 20), np.uint8)
    for change, expected in {
        Affine.translation(0.003, 0) @ Affine.scale(1 + 1e-5): values,  # rounding in the georeference
        Affine.translation(0.4, -0.4): values,
        Affine.translation(3, -2): np.pad(values[2:, :-3], ((0, 2), (3, 0))),
        Affine.scale(2): values.repeat(2, axis=0).repeat(2, axis=1)[:10, :20],
        Affine.scale(0.2): np.pad(values[2::5, 2::5], ((0, 8), (0, 16))),
    }.items():
        mask = write_mask(tmp_path / "mask.tif", values, 0, crs=UTM["crs"], transform=place @ change)
        assert (read(scene, mask) == expected).all(), change
        assert (read(scene, mask, rect=Rect(7, 3, 5, 4)) == expected[3:7, 7:12]).all(), change


def test_a_mask_of_a_part_or_in_degrees_is_brought_over(tmp_path: Path, scene: SceneRecord) -> None:
    values = np.random.default_rng(0).integers(1, 3, (10, 20), np.uint8)
    moved = UTM["transform"] @ Affine.translation(4, 2)
    part = write_mask(tmp_path / "part.tif", values[2:8, 4:15], None, crs=UTM["crs"], transform=moved)
    assert (read(scene, part, {1: 1, 2: 2}) == np.pad(values[2:8, 4:15], ((2, 2), (4, 5)))).all()
    west, south, east, north = transform_bounds(UTM["crs"], "EPSG:4326", 600_000, 5_299_995, 600_010, 5_300_000)
    transform = Affine((east - west) / 320, 0, west, 0, (south - north) / 160, north)
    degrees = np.zeros((160, 320), np.uint8)
    fine, place = values.repeat(16, axis=0).repeat(16, axis=1), UTM["transform"] @ Affine.scale(1 / 16)
    reproject(fine, degrees, src_transform=place, src_crs=UTM["crs"], dst_transform=transform, dst_crs="EPSG:4326")
    mask = write_mask(tmp_path / "degrees.tif", degrees, 0, crs="EPSG:4326", transform=transform)
    assert (read(scene, mask) == values).all()
    assert MaskImporter(MaskFile(1, mask), scene, CLASSES, None).is_brought_over


def test_a_mask_far_finer_than_its_scene_is_read_in_pieces(
    tmp_path: Path, scene: SceneRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = np.random.default_rng(0).integers(1, 3, (10, 20), np.uint8)
    fine = UTM["transform"] @ Affine.scale(1 / 9)
    mask = write_mask(tmp_path / "m.tif", values.repeat(9, axis=0).repeat(9, axis=1), 0, crs=UTM["crs"], transform=fine)
    monkeypatch.setattr("core.mask_import.grid._MOST_PX", 1000)
    read_windows: list[Rect] = []
    plain = Scene.read

    def watched(self: Scene, rect: Rect, *args: Any, **options: Any) -> Pixels:
        read_windows.append(rect)
        return plain(self, rect, *args, **options)

    monkeypatch.setattr(Scene, "read", watched)
    assert (read(scene, mask) == values).all()
    assert max(window.area for window in read_windows) <= 1000


@pytest.mark.parametrize("change", [Affine.translation(20.5, 0), Affine.translation(0, -11), Affine.scale(1, -1)])
def test_a_mask_in_another_place_is_refused(tmp_path: Path, scene: SceneRecord, change: Affine) -> None:
    other = UTM | {"transform": UTM["transform"] @ change}
    with pytest.raises(LabelError, match="does not lie on its scene"):
        read(scene, write_mask(tmp_path / "other.tif", columns(0, 1), 0, **other))


def test_the_same_numbers_in_another_zone_are_another_place(tmp_path: Path, scene: SceneRecord) -> None:
    """ETRS89 and WGS 84 are one place under two names; so is a mask that does not say."""
    for crs in ("EPSG:25832", None):
        mask = write_mask(tmp_path / "m.tif", columns(0, 1), **UTM | {"crs": crs})
        assert (read(scene, mask) == columns(1, 2)).all()
    for crs in ("EPSG:32633", "EPSG:32732"):
        mask = write_mask(tmp_path / "m.tif", columns(0, 1), **UTM | {"crs": crs})
        with pytest.raises(LabelError, match="does not lie on its scene"):
            read(scene, mask)


def test_a_mask_without_a_position_may_name_a_coordinate_system(tmp_path: Path, scene: SceneRecord) -> None:
    mask = write_mask(tmp_path / "m.tif", columns(0, 1), crs="EPSG:25832")
    assert (read(scene, mask) == columns(1, 2)).all()


def test_one_bit_masks_are_masks(tmp_path: Path, scene: SceneRecord) -> None:
    mask = write_mask(tmp_path / "m.tif", columns(0, 1), **UTM, nbits=1)
    assert (read(scene, mask) == columns(1, 2)).all()


def test_rounding_in_the_georeference_is_forgiven(tmp_path: Path, scene: SceneRecord) -> None:
    place = UTM["transform"] @ Affine.translation(0.003, 0) @ Affine.scale(1 + 1e-5)
    mask = write_mask(tmp_path / "m.tif", columns(0, 1), 0, crs=UTM["crs"], transform=place)
    assert not MaskImporter(MaskFile(1, mask), scene, CLASSES, None).is_brought_over


@pytest.mark.parametrize("shape", [(10, 19), (11, 20), (20, 10)])
def test_a_mask_of_another_size_is_refused(tmp_path: Path, scene: SceneRecord, shape: tuple[int, int]) -> None:
    with pytest.raises(LabelError, match="20 × 10"):
        read(scene, write_mask(tmp_path / "m.png", np.zeros(shape, np.uint8)))


def test_pictures_of_masks_and_other_files_are_refused(tmp_path: Path, scene: SceneRecord) -> None:
    red = np.stack([columns(255, 0), columns(0), columns(0)])
    late = np.zeros((3, 10, 20), np.uint8)
    late[1, 9, 19] = 1
    for colours in (red, late):
        with pytest.raises(LabelError, match="picture"):
            read(scene, write_mask(tmp_path / "rgb.png", colours))
    pointer = tmp_path / "pointer.tif"
    pointer.write_text(f'<VRTDataset rasterXSize="20" rasterYSize="10"><SRS/>{scene.path}</VRTDataset>')
    broken = write_mask(tmp_path / "broken.tif", columns(0, 1), 0, **UTM)
    broken.write_bytes(broken.read_bytes()[:-150])
    for path in (pointer, broken, tmp_path / "none.tif"):
        with pytest.raises(FieldbrushError) as caught:
            read(scene, path)
        assert caught.value.remedy.template
        assert path.name in str(caught.value)


# -- into the project -------------------------------------------------------------------------------------------------


def test_an_imported_tile_is_done_in_the_moment_it_has_its_paint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program that is killed in between leaves no tile that has all its labels and is offered again."""
    project = make_project(tmp_path, [write_scene(tmp_path / "s.tif")])
    with opened_with_store(project) as (session, store):
        first, second = list(session.tiles)[:2]
        monkeypatch.setattr(store, "set_tile_status", None)  # no second step
        assert session.import_mask(first, np.ones((64, 64), np.uint8))
        assert first not in [ranked.tile_id for ranked in session.queue()]
    with opened(project) as session:
        assert session.tiles[first].status is TileStatus.DONE
        paint_rect(session, second, Rect(0, 0, 64, 64), 1)
        assert session.tiles[second].status is TileStatus.IN_PROGRESS
        assert not session.import_mask(second, np.ones((64, 64), np.uint8))
        assert session.tiles[second].status is TileStatus.DONE  # what was to be labeled is


def test_real_masks() -> None:
    folder = real_data("potato_weed")
    image = next(iter(sorted((folder / "images").glob("*.tif"))))
    with rasterio.open(image) as raster:
        record = scene_record(image, raster.width, raster.height)
    (file,) = find_mask_files(folder / "masks", [record])
    rect = Rect(0, 0, record.width, record.height)
    labels = MaskImporter(file, record, CLASSES, None).read(rect)
    with rasterio.open(file.path) as raster:
        assert set(np.unique(labels)) <= {0, 1, 2, 3, 255}
        assert len(np.unique(labels)) == len(np.unique(raster.read(1)))


def test_the_only_mask_on_the_only_scenes_pixels_may_be_called_what_it_likes(tmp_path: Path) -> None:
    """As QGIS saves it, beside an index on the same pixels."""
    scene = scene_record(write_scene(tmp_path / "ortho_2024-06-12.tif", 20, 10))
    masks = tmp_path / "masks"
    masks.mkdir()
    stress = write_mask(masks / "stress.tif", columns(1, 2), **UTM)
    write_mask(masks / "ndvi.tif", columns(0.5, dtype="float32"), **UTM)
    write_mask(masks / "elsewhere.tif", np.ones((30, 30), np.uint8), **UTM)
    assert find_mask_files(masks, [scene]) == [MaskFile(1, stress)]
    write_mask(masks / "weeds.tif", columns(1, 2), **UTM)
    with pytest.raises(LabelError, match="bears a scene's name"):
        find_mask_files(masks, [scene])
    two = [scene, scene_record(write_scene(tmp_path / "other.tif", 20, 10), scene_id=2)]
    (masks / "weeds.tif").unlink()
    with pytest.raises(LabelError, match="bears a scene's name"):
        find_mask_files(masks, two)
