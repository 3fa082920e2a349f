"""Which mask is whose: by its name, its folders and its place on the map, and asked for where none of them tells."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.transform import Affine

from core.errors import FieldbrushError, LabelError
from core.mask_import.files import find_mask_files
from core.project.records import SceneRecord
from tests.core.imagery_files import write_raster
from tests.core.projects import UTM, done, dot, make_project, opened, write_scene


def scene_record(path: Path, width: int = 20, height: int = 10, scene_id: int = 1) -> SceneRecord:
    return SceneRecord(scene_id, str(path), "", width, height)


def records(*paths: Path) -> list[SceneRecord]:
    return [scene_record(path, scene_id=number) for number, path in enumerate(paths)]


def touched(folder: Path, *names: str) -> Path:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).touch()
    return folder


def pairs(folder: Path, scenes: list[SceneRecord]) -> dict[str, str]:
    """The masks' paths below `folder` by those of their scenes, both without what the paths have in common."""
    paths = {scene.scene_id: scene.path for scene in scenes}
    return {
        "/".join(Path(paths[file.scene_id]).parts[-2:]): file.path.relative_to(folder).as_posix()
        for file in find_mask_files(folder, scenes)
    }


def at(east: float) -> dict[str, Any]:
    """A place so many pixels further to the east."""
    return UTM | {"transform": UTM["transform"] @ Affine.translation(east, 0)}


def mask(path: Path, **place: Any) -> Path:
    path.parent.mkdir(exist_ok=True)
    return write_raster(path, np.ones((1, 10, 20), np.uint8), **place)


_NOT_ON_WINDOWS = pytest.mark.skipif(sys.platform == "win32", reason="no name has such a sign there")


# -- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("scene", "name"),
    [
        ("x", "x-mask"), ("x", "x_seg"), ("x", "x_gt"), ("x", "x.label"), ("x", "x MASK"), ("x", "mask_x"),
        ("x", "x_ground_truth"), ("image_3", "mask_3"), ("3_image", "3_mask"), ("3_sat", "3_mask"), ("3_RGB", "3_seg"),
        ("img_3", "3"), ("x_mask", "x_mask_mask"), ("x_rgb", "x_rgb_mask"),
        ("x_", "x__labels"), ("x ", "x _labels"), (".x", "mask_.x"),
        pytest.param("x\ny", "x\ny_labels", marks=_NOT_ON_WINDOWS),
        ("H\u00f6he", "Ho\u0308he_labels"), ("Ho\u0308he", "H\u00d6HE_mask"),  # macOS takes letters apart
    ],
)  # fmt: skip
def test_a_word_tells_a_masks_name_from_its_scenes(tmp_path: Path, scene: str, name: str) -> None:
    touched(tmp_path, f"{name}.png", f"{scene}_other.png", "mask.png", f"{scene}mask.png")
    assert [file.path.stem for file in find_mask_files(tmp_path, [scene_record(Path(f"/i/{scene}.jpg"))])] == [name]


def test_the_name_itself_comes_first(tmp_path: Path) -> None:
    touched(tmp_path, "x.tif", "x_mask.tif", "image_y_mask.tif", "y_mask.tif")
    found = find_mask_files(tmp_path, records(Path("/i/x.tif"), Path("/i/image_y.tif")))
    assert [file.path.name for file in found] == ["x.tif", "image_y_mask.tif"]


def test_beside_its_scene_the_bare_name_is_a_previews(tmp_path: Path) -> None:
    touched(tmp_path, "x.png", "x_mask.png", "y.png")
    found = find_mask_files(tmp_path, records(tmp_path / "x.tif", tmp_path / "y_rgb.tif"))
    assert [file.path.name for file in found] == ["x_mask.png"]


@pytest.mark.parametrize(
    ("scenes", "masks"), [(("x",), ("x_mask", "x_labels")), (("image_3", "img_3"), ("mask_3",)), (("x",), ("x", "X"))]
)
def test_of_several_as_good_none_is_guessed(tmp_path: Path, scenes: tuple[str, ...], masks: tuple[str, ...]) -> None:
    touched(tmp_path, *(f"{name}.{end}" for name, end in zip(masks, ("tif", "png"), strict=False)))
    with pytest.raises(LabelError, match="not clear which mask"):
        find_mask_files(tmp_path, records(*(Path(f"/i/{name}.tif") for name in scenes)))


# -- scenes of the same name ------------------------------------------------------------------------------------------


def test_a_mask_without_a_place_is_given_to_none_of_two_scenes(tmp_path: Path) -> None:
    """It went to the first. The sentence says how it should be called, and so it is found."""
    scenes = records(Path("/x/img_01.tif"), Path("/y/img_01.tif"))
    touched(tmp_path, "img_01.tif")
    with pytest.raises(LabelError, match=r"not clear which mask.*img_01_1 – /x/img_01.tif, img_01_2 – /y/img_01.tif"):
        find_mask_files(tmp_path, scenes)
    for number, whose in (("1", "x"), ("2", "y")):
        renamed = (tmp_path / "img_01.tif").rename(tmp_path / f"img_01_{number}.tif")
        assert pairs(tmp_path, scenes) == {f"{whose}/img_01.tif": renamed.name}
        renamed.rename(tmp_path / "img_01.tif")


def test_where_masks_are_numbered_the_first_needs_no_number(tmp_path: Path) -> None:
    """As in exported files."""
    scenes = records(*(Path(f"/{side}/a.tif") for side in "xyz"))
    touched(tmp_path, "a_labels.tif", "a_2_labels.tif")
    assert pairs(tmp_path, scenes) == {"x/a.tif": "a_labels.tif", "y/a.tif": "a_2_labels.tif"}


def test_the_labels_of_one_of_two_are_found_again(tmp_path: Path) -> None:
    place = Affine.identity()  # which is none
    scenes = [write_scene(tmp_path / side / "a.tif", seed=n, transform=place) for n, side in enumerate("xy")]
    with opened(make_project(tmp_path, scenes)) as session:
        dot(session, min(session.tiles), 20, 20)
        done(session, session.export_labels(tmp_path / "out"))
        (found,) = find_mask_files(tmp_path / "out", session.scenes.values())
        assert session.scenes[found.scene_id].path == str(scenes[0])


@pytest.mark.parametrize("reach", [0, 15])
def test_of_several_scenes_the_one_in_its_place(tmp_path: Path, reach: int) -> None:
    """Also where they overlap, and the mask reaches both."""
    scenes = [write_scene(tmp_path / side / "a.tif", 20, 10, **at(n * (20 - reach))) for n, side in enumerate("xy")]
    mask(tmp_path / "m" / "a.tif", **at(20 - reach))
    assert pairs(tmp_path / "m", records(*scenes)) == {"y/a.tif": "a.tif"}
    mask(tmp_path / "m" / "a_mask.tif", **at(0))
    (tmp_path / "m" / "a.tif").rename(tmp_path / "m" / "a-mask.tif")
    assert pairs(tmp_path / "m", records(*scenes)) == {"x/a.tif": "a_mask.tif", "y/a.tif": "a-mask.tif"}


def test_a_part_of_one_of_several_scenes(tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / side / "a.tif", 20, 10, **at(100 * n)) for n, side in enumerate("xy")]
    (tmp_path / "m").mkdir()
    write_raster(tmp_path / "m" / "a.tif", np.ones((1, 4, 4), np.uint8), **at(105))
    assert pairs(tmp_path / "m", records(*scenes)) == {"y/a.tif": "a.tif"}


def test_a_mask_in_no_scenes_place_is_not_guessed(tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / side / "a.tif", 20, 10, **at(100 * n)) for n, side in enumerate("xy")]
    for place in (at(500), {}):
        mask(tmp_path / "m" / "a.tif", **place)
        with pytest.raises(LabelError, match="not clear which mask"):
            find_mask_files(tmp_path / "m", records(*scenes))


# -- folders ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("images", "masks"),
    [
        ("{}/images/0.tif", "{}/masks/0.png"), ("images/{}/0.tif", "masks/{}/0.png"), ("{}/0.tif", "{}_masks/0.png"),
        ("{}_images/0.tif", "{}_labels/0_mask.png"), ("{}/sat/0_sat.tif", "{}/gt/0.png"),
    ],
)  # fmt: skip
def test_splits_of_a_data_set(tmp_path: Path, images: str, masks: str) -> None:
    splits = ("train", "val", "test")
    scenes = records(*(tmp_path / images.format(split) for split in splits))
    touched(tmp_path, *(images.format(split) for split in splits), *(masks.format(split) for split in splits))
    found = find_mask_files(tmp_path, scenes)
    assert [file.path.relative_to(tmp_path).as_posix() for file in found] == [masks.format(split) for split in splits]
    (tmp_path / masks.format("train")).unlink()
    assert [file.scene_id for file in find_mask_files(tmp_path, scenes)] == [1, 2], "no other split's in its place"


def test_in_the_folder_of_one_of_two_scenes(tmp_path: Path) -> None:
    touched(tmp_path, "x/a_mask.tif", "y/a_mask.tif")
    scenes = records(tmp_path / "x" / "a.tif", tmp_path / "y" / "a.tif")
    assert pairs(tmp_path / "y", scenes) == {"y/a.tif": "a_mask.tif"}


def test_masks_are_found_by_name(tmp_path: Path) -> None:
    folder = tmp_path / "masks"
    folder.mkdir()
    names = ["a.tif", "B_Mask.TIF", "c_labels.png", "d_gt.tiff", "f.txt", "e_other.tif"]
    for name in names:
        (folder / name).touch()
    scenes = [scene_record(Path(f"/images/{s}.tif"), scene_id=n) for n, s in enumerate("abcdef")]
    found = find_mask_files(folder, scenes)
    assert [(file.scene_id, file.path.name) for file in found] == list(enumerate(names[:4]))


@pytest.mark.skipif(sys.platform == "win32", reason="paths there are short")
@pytest.mark.parametrize("letter", ["x", "田"])
def test_what_was_exported_of_a_scene_with_a_long_name_is_found_again(tmp_path: Path, letter: str) -> None:
    """A name may have 255 bytes, and the scene's uses them all."""
    name = letter * (251 // len(letter.encode()))
    with opened(make_project(tmp_path, [write_scene(tmp_path / f"{name}.tif")])) as session:
        tile_id = min(session.tiles)
        dot(session, tile_id, 20, 20)
        raster, areas = done(session, session.export_labels(tmp_path / "out"))
        (found,) = find_mask_files(tmp_path / "out", session.scenes.values())
        assert found.path == raster
        assert areas.is_file()
    write_scene(tmp_path / "masks" / f"{name}.tif", bands=1)
    with opened(tmp_path / "test.fieldbrush") as session:
        (found,) = find_mask_files(tmp_path / "masks", session.scenes.values())
        assert found.path.stem == name


def test_a_scene_is_not_its_own_mask(tmp_path: Path) -> None:
    """Exported beside the scenes, the labels are found and the scenes are not taken for them."""
    scene = write_scene(tmp_path / "a.tif", 20, 10)
    with pytest.raises(LabelError, match="no mask"):
        find_mask_files(tmp_path, [scene_record(scene)])
    (tmp_path / "a_labels.tif").touch()
    assert [f.path.name for f in find_mask_files(tmp_path, [scene_record(scene)])] == ["a_labels.tif"]


def test_masks_in_folders_like_those_of_their_scenes(tmp_path: Path) -> None:
    """images/a/x.tif and images/b/x.tif, labeled in masks/a/x.tif and masks/b/x_mask.png."""
    scenes = [write_scene(tmp_path / "images" / side / "x.tif", 20, 10) for side in "abc"]
    for name in ("masks/b/x_mask.png", "masks/a/x.tif", "previews/x.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    records = [scene_record(path, scene_id=n) for n, path in enumerate(scenes)]
    for folder in (tmp_path, tmp_path / "masks"):
        found = find_mask_files(folder, records)
        assert [(f.scene_id, f.path.relative_to(tmp_path / "masks").as_posix()) for f in found] == [
            (0, "a/x.tif"), (1, "b/x_mask.png"),
        ]  # fmt: skip
    (tmp_path / "images" / "a" / "x_mask.tif").touch()
    assert [f.path.parent.name for f in find_mask_files(tmp_path / "images", records)] == ["a"]  # beside its scene


def test_a_mask_further_down_does_not_take_the_place_of_one_in_the_folder(tmp_path: Path) -> None:
    for name in ("x_truth.tif", "maps/x_labels.tif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [f.path.name for f in find_mask_files(tmp_path, [scene_record(Path("/i/x.tif"))])] == ["x_truth.tif"]


@pytest.mark.parametrize("names", [("one/x.tif", "two/x.tif"), ("one/x.tif", "one/x.png")])
def test_masks_of_which_none_fits_better_are_not_guessed(tmp_path: Path, names: tuple[str, str]) -> None:
    for name in names:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    with pytest.raises(LabelError, match="not clear which mask"):
        find_mask_files(tmp_path, [scene_record(Path("/i/x.tif"))])
    (tmp_path / names[1]).unlink()
    with pytest.raises(LabelError, match="not clear which mask"):  # of two scenes that it may belong to
        find_mask_files(tmp_path, [scene_record(Path(f"/{side}/x.tif"), scene_id=n) for n, side in enumerate("ij")])


@pytest.mark.skipif(sys.platform == "win32", reason="names there are shorter than paths may be")
def test_a_path_that_no_system_can_look_up_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(FieldbrushError, match="cannot be read"):
        find_mask_files(tmp_path / ("x" * 300), [scene_record(Path("/x/a.tif"))])


def test_a_link_that_leads_nowhere_is_no_mask(tmp_path: Path) -> None:
    (tmp_path / "a.tif").symlink_to(tmp_path / "gone.tif")
    with pytest.raises(LabelError, match="no mask that bears"):
        find_mask_files(tmp_path, [scene_record(Path("/x/a.tif"))])


def test_no_folder_and_no_mask_are_one_sentence(tmp_path: Path) -> None:
    for folder, sentence in ((tmp_path, "no mask that bears"), (tmp_path / "none", "none cannot be read")):
        with pytest.raises(FieldbrushError, match=sentence):
            find_mask_files(folder, [scene_record(Path("/x/a.tif"))])
