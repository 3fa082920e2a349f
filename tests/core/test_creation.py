"""New projects: which files belong together, what is refused and why, and no half project under its name."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from rasterio import Affine
from rasterio.enums import Resampling

from core.errors import FieldbrushError, ProjectError, SceneError
from core.geometry import Rect
from core.imagery.interpretation import Interpretation, guess_interpretation
from core.imagery.scene import open_scene
from core.jobs import Cancelled
from core.labels.classes import DEFAULT_CLASSES, LabelClass
from core.project.creation import ProjectPlan, create_project
from core.project.examination import Examination, IsMaskError, examine, find_scene_files
from core.project.records import Budget, Refusal
from core.project.settings import Setting
from core.project.store import Store
from tests.core.imagery_files import damage_block, write_raster
from tests.core.projects import UTM, Unwatched, make_project, opened, start_python, write_scene
from tests.data import real_data


def plan_for(path: Path, found: Examination, **changes: Any) -> ProjectPlan:
    values = {"interpretation": found.interpretation, "tile_px": 64, "budget": Budget("tiles", 5)} | changes
    return ProjectPlan(path, found, **values)


def look(*paths: Path) -> Examination:
    return examine(list(paths), Unwatched())


# -- looking at files -------------------------------------------------------------------------------------------------


def test_scene_files_are_found_once_and_sorted(tmp_path: Path) -> None:
    for name in ("b/2.TIF", "b/1.tiff", "a.jp2", "a.png", "a.txt", "b/._1.tiff", "b/.hidden.tif"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    found = find_scene_files([tmp_path / "b", tmp_path, tmp_path / "a.png", tmp_path / "b" / "1.tiff"])
    assert [path.relative_to(tmp_path).as_posix() for path in found] == ["a.jp2", "a.png", "b/1.tiff", "b/2.TIF"]


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights")
def test_links_are_followed_and_never_in_circles(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "1.tif").touch()
    chosen = tmp_path / "chosen"
    chosen.mkdir()
    (chosen / "a").symlink_to(tmp_path / "elsewhere")
    (chosen / "b").symlink_to(tmp_path / "elsewhere")
    (chosen / "back").symlink_to(chosen)
    (tmp_path / "2.tif").touch()
    (chosen / "2.tif").symlink_to(tmp_path / "2.tif")
    assert [path.relative_to(chosen).as_posix() for path in find_scene_files([chosen])] == ["2.tif", "a/1.tif"]


@pytest.mark.skipif(sys.platform == "win32", reason="links take rights")
def test_a_file_with_several_names_is_one_scene(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "b" / "x.tif")
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "link.tif").symlink_to(scene)
    (tmp_path / "c").symlink_to(tmp_path / "b")
    around = tmp_path / "a" / ".." / "b" / "x.tif"
    assert find_scene_files([tmp_path, around, tmp_path / "c" / "x.tif"]) == [scene]
    with opened(make_project(tmp_path, [around, scene])) as session:
        assert len(session.scenes) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="names elsewhere are Unicode")
def test_a_name_that_is_no_text_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    write_scene(tmp_path / "good.tif")
    os.link(os.fsencode(tmp_path / "good.tif"), os.fsencode(tmp_path) + b"/\xfcmlaut.tif")
    found = look(tmp_path)
    assert [Path(info.path).name for info in found.scenes] == ["good.tif"]
    assert [str(refusal.error) for refusal in found.refused] == [
        "'\\udcfcmlaut.tif' has a name, or lies in a folder, with broken characters. Rename it."
    ]


def test_images_among_masks_and_other_things(tmp_path: Path) -> None:
    for number in range(3):
        write_scene(tmp_path / "images" / f"{number}.tif", seed=number)
        write_scene(tmp_path / "masks" / f"{number}.tif", bands=1, seed=number)
    write_scene(tmp_path / "images" / "wide.tif", bands=3, dtype="uint16")
    (tmp_path / "images" / "broken.tif").write_bytes(b"II*\0rubbish")
    (tmp_path / "images" / "notes.txt").write_text("x")
    reported: list[tuple[float, float]] = []

    class Told(Unwatched):
        def report(self, done: float, total: float, detail: Any = None) -> None:
            reported.append((done, total))

    found = examine([tmp_path], Told())
    assert [Path(info.path).name for info in found.scenes] == ["0.tif", "1.tif", "2.tif"]
    assert {Path(info.path).parent.name for info in found.scenes} == {"images"}
    refused = {Path(r.path).relative_to(tmp_path).as_posix(): r.error for r in found.refused}
    assert set(refused) == {"images/broken.tif", "images/wide.tif", *(f"masks/{n}.tif" for n in range(3))}
    assert "is taken for the mask of" in str(refused["masks/0.tif"])
    assert "when the project is there" in str(refused["masks/0.tif"])
    assert all(isinstance(error, SceneError) and error.remedy.template for error in refused.values())
    assert reported[-1] == (8, 8)


def test_one_stray_file_with_more_bands_does_not_win(tmp_path: Path) -> None:
    for number in range(3):
        write_scene(tmp_path / f"{number}.tif", bands=3, seed=number)
    write_scene(tmp_path / "stray.tif", bands=5, dtype="uint16")
    found = look(tmp_path)
    assert [Path(info.path).name for info in found.scenes] == ["0.tif", "1.tif", "2.tif"]
    write_scene(tmp_path / "large.tif", 256, 256, bands=5, dtype="uint16")
    assert [Path(info.path).name for info in look(tmp_path).scenes] == ["large.tif", "stray.tif"]


def test_every_scene_has_the_nodata_that_its_file_names(tmp_path: Path) -> None:
    """Scenes from several sources rarely agree; a fill value taken for a measurement spoils the scale of all."""
    rng = np.random.default_rng(0)
    for name, nodata in (("a", -1), ("b", -9999), ("c", None)):
        values = rng.uniform(0.1, 0.6, (4, 64, 128)).astype(np.float32)
        if nodata is not None:
            values[:, :, :64] = nodata
        write_raster(tmp_path / f"{name}.tif", values, nodata=nodata, **UTM)
    found = look(tmp_path)
    with opened(create_project(plan_for(tmp_path / "p.fieldbrush", found), Unwatched())) as session:
        assert [(t.scene_id, t.rect.x) for t in session.tiles.values()] == [(1, 64), (2, 64), (3, 0), (3, 64)]
        assert min(session.reader.statistics.low) > 0
        assert (
            not session.scene_files.open(2).read_valid(Rect(0, 0, 64, 64), interpretation=session.interpretation).any()
        )
    for_all = replace(plan_for(tmp_path / "q.fieldbrush", found), interpretation=found.interpretation.with_nodata(-1))
    with opened(create_project(for_all, Unwatched())) as session:
        assert min(session.reader.statistics.low) == -9999  # what the user says counts, even where it is wrong


@pytest.mark.parametrize("first", ["all of it", "none of it"])
@pytest.mark.parametrize(("dtype", "fill"), [("uint8", 0), ("uint8", 255), ("float32", -9999)])
def test_the_fill_of_a_mosaic_in_pieces_is_found(tmp_path: Path, dtype: str, fill: int, first: str) -> None:
    """Whatever the first piece holds: nothing but fill, or none."""
    rng = np.random.default_rng(0)
    for number in range(8):
        values = rng.uniform(1, 200, (3, 64, 64)).astype(dtype)
        if number == 5:
            values[:, :, :40] = fill
        if number == 0 and first == "all of it":
            values[:] = fill
        write_raster(tmp_path / f"{number}.tif", values, photometric="rgb", **UTM)
    assert look(tmp_path).interpretation.nodata == fill


def test_a_damaged_piece_does_not_keep_the_fill_from_being_found(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(1, 200, (3, 64, 64)).astype(np.uint8)
    filled = values.copy()
    filled[:, :, :40] = 0
    paths = [write_raster(tmp_path / f"{n}.tif", v, **UTM) for n, v in enumerate((values, values, filled))]
    infos = [open_scene(path).info for path in paths]
    paths[1].write_bytes(paths[1].read_bytes()[:2000])
    with open_scene(paths[0]) as scene:
        assert guess_interpretation(infos[0], scene, infos[1:]).nodata == 0


def test_a_few_big_scenes_are_not_all_searched_for_fill(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened_paths: list[str] = []

    def counting(path: Path, **options: Any) -> Any:
        opened_paths.append(str(path))
        return open_scene(path, **options)

    monkeypatch.setattr("core.imagery.fill_values.open_scene", counting)
    noise = np.random.default_rng(0).integers(1, 250, (3, 64, 64)).astype(np.uint8)
    with open_scene(write_raster(tmp_path / "a.tif", noise, **UTM)) as scene:
        small = scene.info
        guess_interpretation(small, scene, [small] * 100)
        assert len(opened_paths) == 16
        big = replace(small, width=10_980, height=10_980)
        guess_interpretation(big, scene, [big] * 100)
        guess_interpretation(small, scene, [big] * 100)  # a clip beside whole scenes
        assert len(opened_paths) == 16


@pytest.mark.parametrize("clear", [range(1), range(2), range(3, 4)])
def test_a_clear_piece_of_a_mosaic_does_not_make_transparency_nir(tmp_path: Path, clear: range) -> None:
    """Pieces in which nothing is opaque, and slivers of a feathered edge, say nothing of the fourth band."""
    rng = np.random.default_rng(0)
    for number in range(6):
        values = rng.integers(1, 200, (4, 64, 64)).astype(np.uint8)
        values[3] = 255
        if number in clear:
            values[:] = 0
        if number == 2:
            values[3] = 0
            values[3, :, 0] = rng.integers(1, 254, 64)
        write_raster(tmp_path / f"{number}.tif", values, photometric="rgb", alpha="yes", **UTM)
    found = look(tmp_path)
    assert found.interpretation.roles == ("red", "green", "blue", "alpha")
    assert len(found.scenes) == 6


@pytest.mark.parametrize(
    ("names", "odd"),
    [
        (("blue", "green", "red", "nir"), ("nir", "red", "green", "blue")),
        (("B02", "B03", "B04", "B08"), ("B08", "B04", "B03", "B02")),
        (("Blue", "Green", "Red", "?"), ("Red", "Green", "Blue", "?")),
    ],
)
def test_bands_in_another_order_are_not_read_as_if_they_were_not(
    tmp_path: Path, names: tuple[str, ...], odd: tuple[str, ...]
) -> None:
    """Also where the odd one comes first. A file that names no bands is taken to be like the others."""
    values = np.random.default_rng(0).integers(1, 999, (4, 64, 64)).astype(np.uint16)
    for name, bands in (("a", odd), ("b", names), ("c", names), ("d", ())):
        write_raster(tmp_path / f"{name}.tif", values, names=bands, **UTM)
    found = look(tmp_path)
    assert [info.name for info in found.scenes] == ["b.tif", "c.tif", "d.tif"]
    assert found.interpretation.roles[:3] == ("blue", "green", "red")
    assert [refusal.path for refusal in found.refused] == [str(tmp_path / "a.tif")]
    assert "the other scenes have blue, green, red" in str(found.refused[0].error)


def test_bands_are_read_as_most_files_name_them(tmp_path: Path) -> None:
    """Whichever comes first: one that names none among many that do, or one that does among many that name none."""
    values = np.random.default_rng(0).integers(1, 99, (4, 64, 64)).astype(np.uint8)
    names = ("nir", "red", "green", "blue")
    for folder, given in (("most", ((), names, names)), ("one", (names, (), ()))):
        (tmp_path / folder).mkdir()
        for number, each in enumerate(given):
            write_raster(tmp_path / folder / f"{number}.tif", values, names=each, **UTM)
    assert look(tmp_path / "most").interpretation.roles == names
    assert look(tmp_path / "one").interpretation.roles == ("red", "green", "blue", "nir")


@pytest.mark.parametrize(
    ("some", "others"),
    [
        (("B1", "B2", "B3", "B4"), ("SR_B2", "SR_B3", "SR_B4", "SR_B5")),  # Landsat 5 and 8: the same colours
        (("blue", "green", "red", "?"), ("Blue band", "Green band", "Red band", "NIR")),
    ],
)
def test_the_same_bands_under_other_names_belong_together(
    tmp_path: Path, some: tuple[str, ...], others: tuple[str, ...]
) -> None:
    values = np.random.default_rng(0).integers(1, 999, (4, 64, 64)).astype(np.uint16)
    write_raster(tmp_path / "LT05_L2SP.tif", values, names=some, **UTM)
    write_raster(tmp_path / "LC08_L2SP.tif", values, names=others, **UTM)
    assert len(look(tmp_path).scenes) == 2


@pytest.mark.parametrize(
    "names",
    [
        ("T32UNU_20220512_B02_10m.tif", "T32UNU_20220512_B03_10m.tif", "T32UNU_20220512_AOT_10m.tif"),
        ("LC08_L2SP_195025_20220512_02_T1_SR_B4.TIF", "LC08_L2SP_195025_20220512_02_T1_SR_B5.TIF"),
        ("farm_transparent_reflectance_red edge.tif", "farm_transparent_reflectance_red.tif"),
    ],
)
def test_bands_in_files_of_their_own_are_not_taken_for_scenes(tmp_path: Path, names: tuple[str, ...]) -> None:
    values = np.random.default_rng(0).integers(1, 999, (1, 64, 64)).astype(np.uint16)
    for name in names:
        write_raster(tmp_path / name, values, **UTM)
    with pytest.raises(ProjectError, match="are bands of one image") as caught:
        look(tmp_path)
    assert names[0] in str(caught.value)
    assert names[1] in str(caught.value)
    assert len(look(tmp_path / names[0]).scenes) == 1, "one band by itself may be all there is"


@pytest.mark.parametrize(
    "names",
    [
        ("IMG_0000_1.tif", "IMG_0000_2.tif", "IMG_0001_1.tif"),
        ("DJI_0011.TIF", "DJI_0012.TIF", "DJI_0013.TIF", "DJI_0014.TIF", "DJI_0015.TIF", "DJI_0021.TIF"),
        ("DJI_20230601101112_0001_MS_G.TIF", "DJI_20230601101112_0001_MS_RE.TIF"),
        ("IMG_160101_120000_0000_GRE.TIF", "IMG_160101_120000_0000_NIR.TIF"),
    ],
)
def test_photographs_of_single_bands_are_not_taken_for_scenes(tmp_path: Path, names: tuple[str, ...]) -> None:
    values = np.random.default_rng(0).integers(1, 999, (1, 64, 64)).astype(np.uint16)
    for name in names:
        write_raster(tmp_path / name, values)
    with pytest.raises(ProjectError, match="not yet a map") as caught:
        look(tmp_path)
    assert names[0] in str(caught.value)
    assert names[1] in str(caught.value)


@pytest.mark.parametrize(
    "names",
    [
        ("DJI_0011.TIF", "DJI_0012.TIF", "DJI_0016.TIF"),
        ("plot_1.tif", "plot_2.tif"),
        ("img_00001.tif", "img_00002.tif"),
    ],
)
def test_other_single_bands_without_a_place_are_scenes(tmp_path: Path, names: tuple[str, ...]) -> None:
    """A thermal camera counts its photographs."""
    for name in names:
        write_raster(tmp_path / name, np.full((1, 64, 64), 300, np.uint16))
    assert len(look(tmp_path).scenes) == len(names)


@pytest.mark.parametrize("bands", [1, 3])
@pytest.mark.parametrize(
    ("image", "mask"),
    [("{}.tif", "{}_mask.tif"), ("images/{}.tif", "masks/{}.tif"), ("a/{}.tif", "Labels/{}_label.TIF")],
)
def test_masks_of_the_images_kind_are_no_scenes(tmp_path: Path, image: str, mask: str, bands: int) -> None:
    for number in range(2):
        for name in (image, mask):
            write_scene(tmp_path / name.format(f"Plot{number}"), bands=bands)
    write_scene(tmp_path / "plot_mask.tif", bands=bands)  # of nothing
    found = look(tmp_path)
    assert {Path(info.path) for info in found.scenes} == {
        tmp_path / "plot_mask.tif", *(tmp_path / image.format(f"Plot{number}") for number in range(2))
    }  # fmt: skip
    assert "Plot0.tif, by its name. Import it as" in str(found.refused[0].error)


@pytest.mark.parametrize(
    ("image", "mask"), [("image_{}.tif", "mask_{}.tif"), ("{}_sat.tif", "{}_mask.tif"), ("{}.tif", "{}-gt.tif")]
)
@pytest.mark.parametrize("bands", [1, 3])
def test_masks_with_other_names_are_no_scenes(tmp_path: Path, image: str, mask: str, bands: int) -> None:
    for number in range(2):
        write_scene(tmp_path / image.format(number))
        write_scene(tmp_path / mask.format(number), bands=bands)
    found = look(tmp_path)
    assert [info.name for info in found.scenes] == [image.format(number) for number in range(2)]
    assert all(isinstance(refusal.error, IsMaskError) for refusal in found.refused)
    assert len(found.refused) == 2


def test_a_word_in_a_folders_name_may_mean_another_thing(tmp_path: Path) -> None:
    for folder in ("trial", "seg_2022", "train", "train_masks"):
        write_scene(tmp_path / folder / "0.tif")
    found = look(tmp_path)
    assert [Path(info.path).parent.name for info in found.scenes] == ["seg_2022", "train", "trial"]


def test_splits_of_a_data_set_are_all_scenes(tmp_path: Path) -> None:
    """The mask of each is that of its own split."""
    for split in ("train", "val"):
        for number in range(2):
            write_scene(tmp_path / split / "images" / f"{number}.tif")
            write_scene(tmp_path / split / "masks" / f"{number}.tif")
    found = look(tmp_path)
    assert len(found.scenes) == 4
    assert {Path(info.path).parent.name for info in found.scenes} == {"images"}
    assert len(found.refused) == 4
    for refusal in found.refused:
        assert f"the mask of {refusal.path.replace('masks', 'images')}, by its name" in str(refusal.error)


def test_single_bands_of_several_places_or_dates_are_scenes(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(1, 999, (1, 64, 64)).astype(np.uint16)
    for number in range(3):
        place = UTM | {"transform": UTM["transform"] @ Affine.translation(64 * number, 0)}
        write_raster(tmp_path / f"row_B{number + 1}.tif", values, **place)  # plots, not bands
        write_raster(tmp_path / f"2022060{number + 1}_NDVI.tif", values, **UTM)
        write_raster(tmp_path / f"2022060{number + 1}_red.tif", values, **UTM)
    assert len(look(tmp_path).scenes) == 9


def test_an_exported_map_is_no_image(tmp_path: Path) -> None:
    """A folder that exports went into may become a project's folder; single-band images are of their kind."""
    for number in range(2):
        write_scene(tmp_path / f"{number}.tif", bands=1, seed=number)
    exported = write_scene(tmp_path / "0_prediction.tif", bands=1, seed=9)
    with rasterio.open(exported, "r+") as file:
        file.update_tags(FIELDBRUSH="labels")
    found = look(tmp_path)
    assert [info.name for info in found.scenes] == ["0.tif", "1.tif"]
    assert "exported, not an image" in str(found.refused[0].error)


@pytest.mark.parametrize(
    "name",
    [
        "3B_udm2.tif",
        "3B_udm2_clip.tif",
        "3B_AnalyticMS_DN_udm.tif",
        "composite_UDM2.TIF",
        "02_T1_QA_PIXEL.TIF",
        "SCL_20m.tif",
    ],
)
def test_what_says_which_pixels_are_usable_is_no_image(tmp_path: Path, name: str) -> None:
    """Planet's has eight bands and comes with images of four."""
    for number in range(2):
        write_scene(tmp_path / f"{number}_3B_AnalyticMS_SR.tif", bands=4, seed=number, dtype="uint16")
        write_scene(tmp_path / f"{number}_{name}", bands=8, seed=number)
    found = look(tmp_path)
    assert [info.name for info in found.scenes] == [f"{number}_3B_AnalyticMS_SR.tif" for number in range(2)]
    assert "usable" in str(found.refused[0].error)


def test_one_bit_a_pixel_is_no_image(tmp_path: Path) -> None:
    path = write_raster(tmp_path / "mask.tif", np.eye(64, dtype=np.uint8)[None], nbits=1, **UTM)
    with pytest.raises(SceneError, match=r"^mask\.tif has one bit a pixel: it is a mask, not an image\. Choose the"):
        look(path)


def test_nothing_that_can_be_used(tmp_path: Path) -> None:
    (tmp_path / "a.tif").write_text("x")
    with pytest.raises(SceneError, match=r"a\.tif"):
        look(tmp_path)  # of a single file its own reason
    (tmp_path / "b.tif").write_text("x")
    with pytest.raises(ProjectError, match="None of the 2 files"):
        look(tmp_path)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ProjectError, match=r"There are no images .* in .*empty"):
        look(tmp_path / "empty")


def test_a_folder_of_photographs_is_taken_where_there_is_nothing_better(tmp_path: Path) -> None:
    """Many data sets are folders of JPEG or PNG; beside GeoTIFFs these are previews."""
    values = np.random.default_rng(0).integers(1, 255, (3, 64, 64), np.uint8)
    for name in ("a.jpg", "b.PNG", "deep/c.jpeg"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        driver = "PNG" if name.endswith("PNG") else "JPEG"
        with rasterio.open(path, "w", driver=driver, count=3, height=64, width=64, dtype="uint8") as file:
            file.write(values)
    (tmp_path / ".hidden.jpg").write_bytes((tmp_path / "a.jpg").read_bytes())
    assert [Path(scene.path).name for scene in look(tmp_path).scenes] == ["a.jpg", "b.PNG", "c.jpeg"]
    write_raster(tmp_path / "a.tif", values, **UTM)
    assert [Path(scene.path).name for scene in look(tmp_path).scenes] == ["a.tif"]


@pytest.mark.parametrize("cut_off", ["the last band", "the overviews"])
def test_a_download_that_broke_off_does_not_stop_the_others(cut_off: str, tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(1, 255, (3, 600, 600), np.uint8)
    for name in ("a.tif", "b.tif"):
        write_raster(tmp_path / name, values, interleave="band", **UTM)
    if cut_off == "the overviews":
        with rasterio.open(tmp_path / "b.tif", "r+") as raster:
            raster.build_overviews([4], Resampling.average)
    with open(tmp_path / "b.tif", "r+b") as file:
        file.truncate(file.seek(0, os.SEEK_END) - 20_000)
    found = look(tmp_path)
    assert [scene.name for scene in found.scenes] == ["a.tif"]
    assert "b.tif cannot be read" in str(found.refused[0].error)


@pytest.mark.parametrize(
    ("before", "since", "refused"),
    [
        (("S2A_MSIL2A_20210612T102021_N0300_R065_T32UNU.tif", "S2A_MSIL2A_20210712T102021_N0300_R065_T32UNU.tif"),
         ("S2B_MSIL2A_20230612T102609_N0509_R108_T32UNU.tif",), "1,000 higher"),
        (("T32UNU_20210612T102021.tif",), ("T32UNU_20220512T102021.tif", "T32UNU_20230512T102021.tif"), "1,000 lower"),
    ],
)  # fmt: skip
def test_sentinel2_with_and_without_its_offset_is_not_mixed(
    tmp_path: Path, before: tuple[str, ...], since: tuple[str, ...], refused: str
) -> None:
    values = np.random.default_rng(0).integers(200, 4000, (4, 64, 64)).astype(np.uint16)
    write_raster(tmp_path / "plot.tif", values + np.uint16(500), **UTM)  # of which nobody can tell
    for name in before:
        write_raster(tmp_path / name, values, **UTM)
    for name in since:
        write_raster(tmp_path / name, values + np.uint16(1000), **UTM)
    found = look(tmp_path)
    kept, left = (before, since) if len(before) > len(since) else (since, before)
    assert [info.name for info in found.scenes] == sorted((*kept, "plot.tif"))
    assert [Path(refusal.path).name for refusal in found.refused] == list(left)
    assert refused in str(found.refused[0].error)
    assert len(look(*(tmp_path / name for name in since)).scenes) == len(since), "alike among themselves"


def test_sentinel2_without_an_offset_is_not_thought_to_have_one(tmp_path: Path) -> None:
    """Harmonised downloads bear the names of later years and have the values of earlier ones; deserts are bright."""
    values = np.random.default_rng(0).integers(200, 4000, (4, 64, 64)).astype(np.uint16)
    for name in ("T32UNU_20210612T102021.tif", "T32UNU_20230612T102021.tif", "plot_2023.tif"):
        write_raster(tmp_path / name, values, **UTM)
    write_raster(tmp_path / "T32UNU_20200612T102021.tif", values + np.uint16(1000), **UTM)
    assert len(look(tmp_path).scenes) == 4


def test_real_scenes_in_two_zones(tmp_path: Path) -> None:
    folder = real_data("naip_trees")
    found = look(folder)
    assert len(found.scenes) == len(list((folder / "images").glob("*.tif")))
    assert {info.band_count for info in found.scenes} == {4}
    assert len({info.crs_wkt for info in found.scenes}) == 2
    assert {Path(r.path).parent.name for r in found.refused} == {"masks"}
    some = look(*[Path(info.path) for info in (*found.scenes[:3], *found.scenes[-3:])])
    project = create_project(plan_for(tmp_path / "p.fieldbrush", some, tile_px=256), Unwatched())
    with opened(project) as session:
        assert len(session.scenes) == 6
        for scene in session.scenes.values():
            with session.scene_files.open(scene.scene_id) as opened_scene:
                assert scene.transform == opened_scene.info.transform


# -- making the file --------------------------------------------------------------------------------------------------


def test_every_valid_pixel_is_in_one_tile(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "s.tif", 200, 150, empty_columns=60)
    with opened(make_project(tmp_path, [scene])) as session:
        covered = np.zeros((150, 200), int)
        for tile in session.tiles.values():
            covered[tile.rect.slices] += 1
        assert (covered[:, :140] == 1).all()
        assert covered[:, 192:].sum() == 0  # tiles without data are not worth a look
        assert covered.max() == 1
        assert session.interpretation.nodata == 0
        assert session.effort.budget == Budget("tiles", 8)
        assert session.classes == DEFAULT_CLASSES


def test_slivers_at_the_edge_are_no_tiles(tmp_path: Path) -> None:
    """A side just over a multiple of the tile's would give tiles of a single row of pixels."""
    with opened(make_project(tmp_path, [write_scene(tmp_path / "s.tif", 129, 140)])) as session:
        sizes = {(tile.rect.width, tile.rect.height) for tile in session.tiles.values()}
        assert sizes == {(64, 64), (64, 12)}, "12 px of 64 are something to paint, one is not"
        assert session.setting(Setting.TILES_LEFT_OUT) == 3


def test_scenes_smaller_than_a_tile_are_tiles(tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / f"{side}.tif", side, side, seed=side) for side in (30, 640)]
    with opened(make_project(tmp_path, scenes, tile_px=640)) as session:
        assert sorted(tile.rect.width for tile in session.tiles.values()) == [30, 640]


def test_what_the_user_corrected_is_kept(tmp_path: Path) -> None:
    found = look(write_scene(tmp_path / "s.tif", bands=4))
    corrected: Interpretation = found.interpretation.with_nodata(None).with_role(1, "nir")
    classes = (LabelClass(5, "maize", "#112233"), LabelClass(2, "rye", "#445566"))
    plan = plan_for(
        tmp_path / "deep" / "p.fieldbrush", found, interpretation=corrected, tile_px=100, classes=classes,
        budget=Budget("minutes", 12.5),
    )  # fmt: skip
    with opened(create_project(plan, Unwatched())) as session:
        assert session.interpretation == corrected
        assert session.reader.roles[0] == "nir"
        assert [c.name for c in session.classes] == ["maize", "rye"]  # their order decides the keys
        assert session.setting("tile_px") == 100
        assert session.effort.budget == Budget("minutes", 12.5)
        assert {tile.rect.width for tile in session.tiles.values()} == {100, 28}


def test_only_nodata_is_no_project(tmp_path: Path) -> None:
    found = look(write_scene(tmp_path / "s.tif", 128, 128, empty_columns=128))
    with pytest.raises(ProjectError, match="nodata almost everywhere"):
        create_project(plan_for(tmp_path / "p.fieldbrush", found), Unwatched())
    assert [path.name for path in tmp_path.iterdir()] == ["s.tif"]


def test_an_existing_project_is_never_replaced(tmp_path: Path) -> None:
    found = look(write_scene(tmp_path / "s.tif"))
    path = tmp_path / "p.fieldbrush"
    path.write_text("precious")
    with pytest.raises(ProjectError, match="exists already"):
        create_project(plan_for(path, found), Unwatched())
    path.unlink()

    class Meanwhile(Unwatched):
        def report(self, done: float, total: float, detail: Any = None) -> None:
            path.write_text("precious")  # another program makes it while this one works

    with pytest.raises(ProjectError, match="exists already"):
        create_project(plan_for(path, found), Meanwhile())
    assert path.read_text() == "precious"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.fieldbrush", "s.tif"]


def test_cancelled_or_failed_nothing_is_left(tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / f"{n}.tif", seed=n) for n in range(3)]
    found = look(*scenes)

    class Cancels(Unwatched):
        left = 2

        def check(self) -> None:
            self.left -= 1
            if self.left < 0:
                raise Cancelled

    with pytest.raises(Cancelled):
        create_project(plan_for(tmp_path / "p.fieldbrush", found), Cancels())
    scenes[2].unlink()
    with pytest.raises(SceneError):
        create_project(plan_for(tmp_path / "p.fieldbrush", found), Unwatched())
    assert sorted(p.name for p in tmp_path.iterdir()) == ["0.tif", "1.tif"]


def test_cutting_one_big_scene_tells_how_far_it_is_and_can_be_cancelled(tmp_path: Path) -> None:
    """All of it is decoded where pixels may be nodata, and again for a sample where hardly any is none."""
    found = look(write_scene(tmp_path / "s.tif", 2048, 2048, empty_columns=2036, compress="deflate", **UTM))
    plan = plan_for(tmp_path / "p.fieldbrush", found)

    class Watch(Unwatched):
        def __init__(self, last: int) -> None:
            self.last, self.shares, self.checks_after_cutting = last, [0.0], 0

        def check(self) -> None:
            self.checks_after_cutting += self.shares[-1] > 0.89
            if len(self.shares) > self.last:
                raise Cancelled

        def report(self, done: float, total: float, detail: object = None) -> None:
            self.shares.append(done / total)

    for last in (3, 6):
        cancelled = Watch(last)
        with pytest.raises(Cancelled):
            create_project(plan, cancelled)
        assert cancelled.shares[-1] < 0.7, "before the next row of tiles"
    patient = Watch(1000)
    create_project(plan, patient)
    assert len(set(patient.shares)) >= 2048 // 64, "a step for each row of tiles"
    assert patient.shares == sorted(patient.shares)
    assert patient.checks_after_cutting >= 6 * 6 + 2, "between the windows, and between strips of the whole"


@pytest.mark.parametrize("nodata", [0, None])
def test_a_damaged_scene_is_left_out_and_the_others_are_not(tmp_path: Path, nodata: int | None) -> None:
    """Nobody sees the damage before all of the file is read: for its nodata, or in a sample for the statistics."""
    values = np.random.default_rng(0).integers(1, 255, (3, 2048, 2048), np.uint8)
    layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate", "interleave": "pixel"}
    for name in ("a.tif", "b.tif", "c.tif"):
        write_raster(tmp_path / name, values, nodata=nodata, **layout, **UTM)
    damage_block(tmp_path / "b.tif", 6, 6)
    found = look(tmp_path)
    assert len(found.scenes) == 3, "else the test is about something else"
    refused: list[Refusal] = []
    project = create_project(plan_for(tmp_path / "p.fieldbrush", found, tile_px=256), Unwatched(), refused.append)
    with opened(project) as session:
        assert [Path(scene.path).name for scene in session.scenes.values()] == ["a.tif", "c.tif"]
        assert len(session.tiles) == 128
    assert [Path(refusal.path).name for refusal in refused] == ["b.tif"]
    assert "b.tif cannot be read: it is damaged" in str(refused[0].error)
    alone = look(tmp_path / "b.tif")
    with pytest.raises(SceneError, match=r"b\.tif cannot be read"):
        create_project(plan_for(tmp_path / "q.fieldbrush", alone, tile_px=256), Unwatched())
    assert not (tmp_path / "q.fieldbrush").exists()


@pytest.mark.parametrize("leftover", [b"", b"rubbish", None])
def test_what_a_killed_program_left_is_no_obstacle(tmp_path: Path, leftover: bytes | None) -> None:
    scene = write_scene(tmp_path / "s.tif")
    partial = tmp_path / "p.fieldbrush.partial"
    if leftover is None:
        Store.create(partial).close()
    else:
        partial.write_bytes(leftover)
    partial.with_name(partial.name + "-wal").write_bytes(b"old")
    with opened(make_project(tmp_path, [scene], name="p")) as session:
        assert len(session.tiles) == 4
    assert sorted(p.name for p in tmp_path.iterdir()) == ["p.fieldbrush", "s.tif"]


def test_a_place_that_cannot_be(tmp_path: Path) -> None:
    found = look(write_scene(tmp_path / "s.tif"))
    for path in (tmp_path / "s.tif" / "p.fieldbrush", tmp_path / ("x" * 300 + ".fieldbrush")):
        with pytest.raises(
            ProjectError, match=r"\.fieldbrush cannot be written"
        ):  # not a file that nobody has asked for
            create_project(plan_for(path, found), Unwatched())
    assert [path.name for path in tmp_path.iterdir()] == ["s.tif"]


@pytest.mark.parametrize("tile_px", [0, 63, 1025, -256])
def test_tile_sizes_that_make_no_sense(tmp_path: Path, tile_px: int) -> None:
    found = look(write_scene(tmp_path / "s.tif"))
    with pytest.raises(ProjectError, match=str(tile_px)):
        plan_for(tmp_path / "p.fieldbrush", found, tile_px=tile_px)
    with pytest.raises(FieldbrushError, match="two classes"):
        plan_for(tmp_path / "p.fieldbrush", found, classes=DEFAULT_CLASSES[:1])


def test_paths_are_relative_where_possible(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when the program was started elsewhere with relative names."""
    write_scene(tmp_path / "images" / "s.tif")
    (tmp_path / "projects").mkdir()
    monkeypatch.chdir(tmp_path / "projects")
    found = look(Path("..", "images", "s.tif"))
    create_project(plan_for(Path("p.fieldbrush"), found), Unwatched())
    monkeypatch.chdir(os.sep)
    with opened(tmp_path / "projects" / "p.fieldbrush") as session:
        (scene,) = session.scenes.values()
        assert Path(scene.path) == tmp_path / "images" / "s.tif"
        assert session._store._query("SELECT path FROM scene") == [("../images/s.tif",)]


_FULL = """
import resource, signal, sys
from pathlib import Path
from core.errors import ProjectError
from core.project.creation import create_project
from core.project.examination import examine
from tests.core.projects import Unwatched
from tests.core.test_creation import plan_for
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
folder = Path(sys.argv[1])
plan = plan_for(folder / "p.fieldbrush", examine([folder], Unwatched()))
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
try:
    create_project(plan, Unwatched())
except ProjectError as error:
    print("refused:", error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_project_that_does_not_fit_is_called_by_its_name(tmp_path: Path) -> None:
    write_scene(tmp_path / "a.tif")
    output, errors = start_python(_FULL, tmp_path).communicate(timeout=300)
    assert output.startswith("refused: "), output + errors
    assert "p.fieldbrush " in output
    assert ".partial" not in output
    assert [path.name for path in tmp_path.iterdir()] == ["a.tif"]
