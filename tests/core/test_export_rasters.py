"""Exported rasters lie exactly on their scene, hold exactly the paint, and never look finished when they are not."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.crs import CRS
from rasterio.rpc import RPC
from rasterio.transform import Affine

from core.errors import ExportError, LabelError, SceneError
from core.export.labels import export_labels
from core.export.rasters import label_raster, raster_like
from core.export.writing import refuse_too_little_room, writing
from core.geometry import Rect, TileRef
from core.imagery.scene import open_scene
from core.jobs import Cancelled
from core.labels.classes import DEFAULT_CLASSES, IGNORE, LabelClass, classes_from_names
from core.labels.mask import encode_plane
from core.labels.snapshot import StoredMask
from core.mask_import.files import find_mask_files
from core.mask_import.importer import MaskImporter
from tests.core.projects import UTM, Unwatched, all_masks, make_project, opened, start_python, write_scene
from tests.data import real_data

CLASSES = (*DEFAULT_CLASSES, LabelClass(7, "weeds & <grass> “tall”", "#009E73"))
GCPS = [
    GroundControlPoint(row, column, 600_000 + 0.5 * column + 3 * row, 5_300_000 - 0.5 * row)
    for row, column in ((0, 0), (0, 150), (130, 0), (130, 150))
]
ONE, ROW, COLUMN = ([float(place == term) for term in range(20)] for place in (0, 2, 1))
RPCS = RPC(
    err_bias=None, err_rand=None, height_off=200, height_scale=500, lat_off=48.1, lat_scale=0.01, long_off=11.1,
    long_scale=0.01, line_off=65, line_scale=65, samp_off=75, samp_scale=75, line_num_coeff=ROW, line_den_coeff=ONE,
    samp_num_coeff=COLUMN, samp_den_coeff=ONE,
)  # fmt: skip
PLACES: dict[str, dict[str, Any]] = {
    "utm": UTM,
    "degrees": {"crs": CRS.from_epsg(4326), "transform": Affine(1.25e-5, 0, 11.123456789, 0, -0.9e-5, 48.1)},
    "rotated": {"crs": UTM["crs"], "transform": UTM["transform"] @ Affine.rotation(30)},
    "turned by a right angle": {"crs": UTM["crs"], "transform": Affine(0, 0.5, 600_000, 0.5, 0, 5_300_000)},
    "south-up": {"crs": UTM["crs"], "transform": Affine(0.5, 0, 600_000, 0, 0.5, 5_300_000)},
    "control points": {"gcps": GCPS, "crs": CRS.from_epsg(32632)},
    "rational polynomials": {"rpcs": RPCS},
    "no place": {"crs": None},
    "no CRS": {"transform": Affine(2, 0, 17, 0, -2, 9)},
}


class Written(NamedTuple):
    scene: Path
    labels: NDArray[np.uint8]
    stored: list[StoredMask]


def labeled(scene: Path, seed: int = 0, tile_px: int = 64) -> Written:
    """Noise labels on every second tile of the scene."""
    with open_scene(scene) as opened_scene:
        width, height = opened_scene.info.width, opened_scene.info.height
    whole = np.zeros((height, width), np.uint8)
    rng, stored, bounds = np.random.default_rng(seed), [], Rect(0, 0, width, height)
    for number, (x, y) in enumerate((x, y) for y in range(0, height, tile_px) for x in range(0, width, tile_px)):
        rect = Rect(x, y, tile_px, tile_px).intersect(bounds)
        if number % 2 == 0:
            labels = rng.choice(np.array([0, 1, 2, 7, 255], np.uint8), (rect.height, rect.width))
            whole[rect.slices] = labels
            empty = encode_plane(np.zeros_like(labels))
            stored.append(StoredMask(TileRef(number, str(scene), rect), encode_plane(labels), empty))
    return Written(scene, whole, stored)


def exported(written: Written, folder: Path) -> Path:
    path = folder / f"{written.scene.stem}_labels.tif"
    label_raster(written.stored, path, CLASSES, Unwatched())
    return path


def exported_as_maps_are(written: Written, folder: Path) -> Path:
    """With overviews: GDAL reads what it has just written."""
    target = folder / "map.tif"
    with raster_like(str(written.scene), target, CLASSES, overviews=True) as raster:
        raster.write(written.labels, Rect(0, 0, *written.labels.shape[::-1]))
    return target


def test_a_large_map_that_is_given_up_while_overviews_are_made_ends_at_once_and_leaves_nothing(
    tmp_path: Path,
) -> None:
    """GDAL cannot be stopped: on a very large map that took minutes."""
    scene = write_scene(tmp_path / "field.tif", 4096, 4096, bands=1)
    target, looks = tmp_path / "out" / "map.tif", []
    target.parent.mkdir()

    def give_up() -> None:
        looks.append(len(active_children()))
        raise Cancelled

    def export() -> None:
        with raster_like(str(scene), target, CLASSES, overviews=True, check=give_up) as raster:
            raster.write(np.ones((512, 512), np.uint8), Rect(0, 0, 512, 512))

    with ThreadPoolExecutor(1) as threads, pytest.raises(Cancelled):
        threads.submit(export).result()
    assert looks == [1]
    assert not active_children()
    assert list(target.parent.iterdir()) == []


def test_a_process_of_its_own_makes_the_same_map(tmp_path: Path) -> None:
    written = labeled(write_scene(tmp_path / "field.tif", 2100, 2100, bands=1))
    for name in ("here", "beside"):
        (tmp_path / name).mkdir()
    here = exported_as_maps_are(written, tmp_path / "here")
    with ThreadPoolExecutor(1) as threads:
        beside = threads.submit(exported_as_maps_are, written, tmp_path / "beside").result()
    assert beside.read_bytes() == here.read_bytes()


def same_place(path: Path, scene: Path) -> None:
    with rasterio.open(path) as out, rasterio.open(scene) as image:
        assert (out.width, out.height, out.count) == (image.width, image.height, 1)
        assert out.crs == image.crs
        assert tuple(out.transform) == tuple(image.transform)  # to the last bit
        assert out.rpcs == image.rpcs
        assert out.gcps[1] == image.gcps[1]
        points = [[(p.row, p.col, p.x, p.y) for p in raster.gcps[0]] for raster in (out, image)]
        assert points[0] == points[1]
        assert bool(points[0]) == (bool(image.gcps[0]) and image.transform.is_identity)


@pytest.mark.parametrize("place", PLACES)
def test_labels_lie_exactly_on_their_scene(tmp_path: Path, place: str) -> None:
    written = labeled(write_scene(tmp_path / "field.tif", 150, 130, **PLACES[place]))
    path = exported(written, tmp_path / "out" / "deep")
    assert path.name == "field_labels.tif"
    same_place(path, written.scene)
    with rasterio.open(path) as out:
        assert out.dtypes == ("uint8",)
        assert (out.read(1) == written.labels).all()
        assert out.nodata == 0
        assert ((out.read_masks(1) > 0) == (written.labels != 0)).all()
        colours = out.colormap(1)
        assert [colours[v][:3] for v in (1, 2, 7)] == [(0, 114, 178), (213, 94, 0), (0, 158, 115)]
        tags = out.tags()
        assert {k: v for k, v in tags.items() if k.startswith("CLASS_")} == {
            "CLASS_1": "healthy", "CLASS_2": "unhealthy", "CLASS_7": CLASSES[2].name, "CLASS_255": "ignore",
        }  # fmt: skip
    names = category_names(path)
    assert [names[v] for v in (0, 1, 2, 3, 7, 255)] == [
        "unlabeled", "healthy", "unhealthy", "", CLASSES[2].name, "ignore",
    ]  # fmt: skip
    style = ElementTree.parse(path.with_suffix(".qml"))
    entries = {entry.get("value"): entry.get("label") for entry in style.iter("paletteEntry")}
    assert entries == {"1": "healthy", "2": "unhealthy", "7": CLASSES[2].name, "255": "ignore"}
    assert sorted(p.name for p in path.parent.iterdir()) == [
        "field_labels.qml", "field_labels.tif", "field_labels.tif.aux.xml",
    ]  # fmt: skip


def category_names(path: Path) -> list[str]:
    """By GDAL itself where its tools are there, else from the sidecar that GDAL reads."""
    if shutil.which("gdalinfo"):
        run = subprocess.run(["gdalinfo", "-json", str(path)], capture_output=True, text=True, check=True)
        band = json.loads(run.stdout)["bands"][0]
        assert band["noDataValue"] == 0
        assert band["colorInterpretation"] == "Palette"
        if "categories" in band:
            return [str(name) for name in band["categories"]]
    tree = ElementTree.parse(path.with_name(path.name + ".aux.xml"))
    return [element.text or "" for element in tree.iter("Category")]


@pytest.mark.skipif(shutil.which("gdalinfo") is None, reason="gdalinfo is not installed")
def test_gdal_reads_the_names(tmp_path: Path) -> None:
    path = exported(labeled(write_scene(tmp_path / "field.tif", 150, 130)), tmp_path)
    run = subprocess.run(["gdalinfo", str(path)], capture_output=True, text=True, check=True)
    assert "1: healthy" in run.stdout
    assert "255: ignore" in run.stdout


@pytest.mark.parametrize(
    "name",
    [
        "der_naip_gcps_4band.tif", "gdal_rotated_geomatrix.tif", "rio_rotated_noCRS.tif", "gdal_negative_scaley.tif",
        "gdal_pixel_is_point.tif", "gdal_sidecar_nogeoref.tif", "gdal_user_defined_crs.tif", "rt_mars_rgb_jpeg.tif",
        "rt_3band_uint16_epsg4326.tif", "rt_dateline_uint16.tif", "gdal_non_square_pixels.tif", "der_1x1.tif",
        "tt_10band_int32_nocrs.tif", "rc_colormap.tif",
    ],
)  # fmt: skip
def test_labels_on_odd_scenes(tmp_path: Path, name: str) -> None:
    written = labeled(real_data("odd") / name, tile_px=256)
    path = exported(written, tmp_path)
    same_place(path, written.scene)
    with rasterio.open(path) as out:
        assert (out.read(1) == written.labels).all()
        assert out.nodata == 0


def test_a_gigantic_scene_costs_only_its_paint(tmp_path: Path) -> None:
    scene = real_data("odd") / "rt_world_36000x18000.tif"
    rect = Rect(35_800, 17_900, 200, 100)
    labels = np.full((100, 200), 2, np.uint8)
    stored = [StoredMask(TileRef(1, str(scene), rect), encode_plane(labels), encode_plane(labels))]
    path = tmp_path / "w_labels.tif"
    label_raster(stored, path, CLASSES, Unwatched())
    assert path.stat().st_size < 2_000_000
    same_place(path, scene)
    with rasterio.open(path) as out:
        assert (out.read(1, window=((17_900, 18_000), (35_800, 36_000))) == 2).all()
        assert not out.read(1, window=((17_000, 17_900), (35_000, 36_000))).any()


class Impatient(Unwatched):
    """Cancels at the given checkpoint."""

    def __init__(self, at: int) -> None:
        self._left = at

    def check(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise Cancelled


def test_a_failed_export_leaves_the_last_one_as_it_was(tmp_path: Path) -> None:
    first = labeled(write_scene(tmp_path / "a.tif", 150, 130))
    path = exported(first, tmp_path / "out")
    before = {p.name: p.read_bytes() for p in path.parent.iterdir()}
    second = labeled(first.scene, seed=5)
    second.stored[-1] = StoredMask(second.stored[-1].ref, b"damaged", b"")
    with pytest.raises(LabelError):
        exported(second, tmp_path / "out")
    assert {p.name: p.read_bytes() for p in path.parent.iterdir()} == before


def test_cancelling_keeps_whole_files_only(tmp_path: Path) -> None:
    several = [labeled(write_scene(tmp_path / f"{n}.tif", 150, 130)) for n in range(3)]
    stored = [mask for written in several for mask in written.stored]
    stems = {str(written.scene): written.scene.stem for written in several}
    found: list[set[str]] = []
    for at in itertools.count(step=3):
        folder = tmp_path / str(at)
        folder.mkdir()
        with suppress(Cancelled):
            export_labels(stored, stems, CLASSES, folder, Impatient(at))
            break
        found.append({path.name for path in folder.iterdir()})
    beside = ("tif", "tif.aux.xml", "qml")
    whole = [{f"{n}_labels.{kind}" for n in range(rasters) for kind in beside} for rasters in range(4)]
    for files in found:
        areas = {name for name in files if name.endswith(".gpkg")}
        assert files - areas == whole[len(areas)] or files - areas == whole[len(areas) + 1]
    assert {len(files) for files in found} == {0, 3, 4, 7, 8, 11}, "it was cancelled everywhere"


def test_a_scene_that_goes_after_its_raster_leaves_no_half_behind(tmp_path: Path) -> None:
    written = [labeled(write_scene(tmp_path / f"{name}.tif")) for name in "ab"]
    stored = [mask for one in written for mask in one.stored]
    stems = {str(one.scene): one.scene.stem for one in written}
    left_out: list[str] = []

    class DriveGoes(Unwatched):
        def report(self, done: float, total: float, detail: Any = None) -> None:
            if done / total >= 0.25:  # all of the first raster's tiles
                written[0].scene.unlink(missing_ok=True)

        def leave_out(self, path: str) -> None:
            left_out.append(path)

    found = export_labels(stored, stems, CLASSES, tmp_path / "out", DriveGoes())
    assert not written[0].scene.exists()
    assert [path.name for path in found] == [f"{name}_labels.{kind}" for name in "ab" for kind in ("tif", "gpkg")]
    assert {path for path in (tmp_path / "out").iterdir() if path.suffix in (".tif", ".gpkg")} == set(found)
    assert not left_out, "all of it was known by then"


def test_nothing_to_export_and_no_place_for_it(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="no labels"):
        export_labels([], {}, CLASSES, tmp_path, Unwatched())
    written = labeled(write_scene(tmp_path / "a.tif"))
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="could not be written"):
        exported(written, tmp_path / "file" / "out")
    written.scene.unlink()
    with pytest.raises(SceneError, match="was not found"):
        exported(written, tmp_path / "out")
    assert not list((tmp_path / "out").glob("*"))


_FULL = """
import resource, signal, sys
from importlib import import_module
from contextlib import suppress
from multiprocessing import active_children
from pathlib import Path
from core.errors import ExportError
from tests.core.test_export_rasters import labeled
folder, limit, module, function = Path(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:]
export = getattr(import_module(module), function)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
written = labeled(folder / "a.tif", tile_px=256)
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    export(written, folder / "out")
    print("written")
except ExportError as error:
    print("refused:", error)
"""


def expect_refusal(export: Callable[[Written, Path], object], folder: Path, limit: int, side_px: int = 256) -> None:
    """Run the export in a program of its own that may write no file of more than `limit` bytes, as on a full disk."""
    write_scene(folder / "a.tif", side_px, side_px)
    program = start_python(_FULL, folder, limit, export.__module__, export.__name__)
    output, errors = program.communicate(timeout=300)
    assert output.startswith("refused: "), output + errors
    assert "could not be written" in output
    assert list((folder / "out").iterdir()) == []


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("limit", [300, 9000])
def test_a_full_disk_is_noticed(tmp_path: Path, limit: int) -> None:
    """GDAL writes most when it closes the file, and says nothing then. (The small files beside it need 8 kB.)"""
    expect_refusal(exported, tmp_path, limit)


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("share", [0.3, 0.7, 0.75, 0.8])
def test_a_full_disk_is_noticed_while_overviews_are_made(tmp_path: Path, share: float) -> None:
    """GDAL's errors have no common root: of those that come then rasterio makes others than while it writes."""
    whole = exported_as_maps_are(labeled(write_scene(tmp_path / "a.tif", 1024, 1024), tile_px=256), tmp_path)
    expect_refusal(exported_as_maps_are, tmp_path, int(share * whole.stat().st_size), 1024)


def test_what_lies_beside_a_raster_comes_with_it_or_not_at_all(tmp_path: Path) -> None:
    written = labeled(write_scene(tmp_path / "a.tif"))
    (tmp_path / "out" / ".a_labels.partial.qml").mkdir(parents=True)  # the last that is written cannot be
    with pytest.raises(ExportError, match="could not be written"):
        exported(written, tmp_path / "out")
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".a_labels.partial.qml"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_called_so(tmp_path: Path) -> None:
    with pytest.raises(ExportError) as caught, writing(tmp_path / "a.tif"), open("/dev/full", "wb", 0) as full:
        full.write(b"x")
    assert str(caught.value).startswith("The disk is full: ")
    assert "a.tif" in str(caught.value)
    with pytest.raises(ExportError, match=r"too little room: \d+ MB are needed, \d+ are free"):
        refuse_too_little_room(tmp_path / "not there yet", 10**18)
    refuse_too_little_room(tmp_path / "not there yet", 1)


def test_a_folder_that_is_not_there_is_no_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing may be written, as in /proc, no room is left either."""
    monkeypatch.setattr("core.export.writing._room", lambda _: 0)
    path = tmp_path / "nowhere" / "a.csv"
    with pytest.raises(ExportError, match="No such file"), writing(path), open(path, "wb"):
        pass


# -- through the session ----------------------------------------------------------------------------------------------


def paint_all(session: Any) -> None:
    rng = np.random.default_rng(3)
    for tile_id, tile in session.tiles.items():
        session.import_mask(tile_id, rng.choice(np.array([0, 1, 2, 255], np.uint8), tile.rect[:1:-1]))


@pytest.mark.parametrize("what", ["mask", "text", "link"])
def test_a_file_of_someone_else_is_never_written_over(tmp_path: Path, what: str) -> None:
    """Masks that were imported often bear the very name of the export: the labels of twelve tiles in their place."""
    scene = write_scene(tmp_path / "field.tif")
    theirs = tmp_path / "field_labels.tif"
    if what == "mask":
        write_scene(theirs, bands=1)
    elif what == "text":
        theirs.write_text("notes")
    else:
        theirs.symlink_to(tmp_path / "gone.tif")
    before = theirs.read_bytes() if what != "link" else b""
    with opened(make_project(tmp_path, [scene])) as session:
        paint_all(session)
        for folder, refused in ((tmp_path, True), (tmp_path / "out", False), (tmp_path / "out", False)):
            job = session.export_labels(folder)
            session.wait(job)
            assert (job.result is None) == refused
            assert not refused or "field_labels.tif exists already" in str(job.error)
    assert theirs.is_symlink() if what == "link" else theirs.read_bytes() == before


def test_a_style_that_was_saved_in_qgis_stays(tmp_path: Path) -> None:
    """Under the very name of ours. Ours follows the classes."""
    written = labeled(write_scene(tmp_path / "a.tif"))
    style = exported(written, tmp_path / "out").with_suffix(".qml")
    ours = style.read_text()
    label_raster(written.stored, style.with_suffix(".tif"), CLASSES[:1], Unwatched())
    assert style.read_text() != ours
    theirs = ours.replace('version="3.22"', 'version="3.34.1-Prizren"')
    style.write_text(theirs)
    assert exported(written, tmp_path / "out").is_file()
    assert style.read_text() == theirs


def test_names_beside_a_raster_that_was_moved_away_stay(tmp_path: Path) -> None:
    """That is what the sentence about the raster asks for; statistics that QGIS adds to ours are in nobody's way."""
    written = labeled(write_scene(tmp_path / "a.tif"))
    stems, out = {str(written.scene): "a"}, tmp_path / "out"
    raster = export_labels(written.stored, stems, CLASSES, out, Unwatched())[0]
    with rasterio.open(raster) as file:
        file.stats()
    names = raster.with_name(f"{raster.name}.aux.xml")
    names.write_text(names.read_text().replace("</PAMRasterBand>", "<Metadata/></PAMRasterBand>"))
    raster.unlink()
    export_labels(written.stored, stems, CLASSES, out, Unwatched())
    raster.unlink()
    names.write_text("<PAMDataset/>")
    with pytest.raises(ExportError, match=r"a_labels\.tif\.aux\.xml exists already"):
        export_labels(written.stored, stems, CLASSES, out, Unwatched())
    assert names.read_text() == "<PAMDataset/>"


def test_scenes_of_one_name_keep_their_own_files(tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / side / "field.tif", seed=n) for n, side in enumerate("ab")]
    project = make_project(tmp_path, scenes)
    with opened(project) as session:
        of_scene: Callable[[int], list[int]] = lambda s: [t for t, r in session.tiles.items() if r.scene_id == s]  # noqa: E731
        first, second = session.scenes
        session.import_mask(of_scene(second)[0], np.full((64, 64), 2, np.uint8))
        job = session.export_labels(tmp_path / "out")
        session.wait(job)
        assert [p.name for p in job.result or []] == [
            "field_2_labels.tif",
            "field_2_labels.gpkg",
        ]  # also while the other has no paint
        session.import_mask(of_scene(first)[0], np.full((64, 64), 1, np.uint8))
        job = session.export_labels(tmp_path / "out")
        session.wait(job)
        assert [p.name for p in job.result or []] == [
            f"{stem}_labels.{kind}" for stem in ("field", "field_2") for kind in ("tif", "gpkg")
        ]  # fmt: skip
        found = find_mask_files(tmp_path / "out", session.scenes.values())
        assert [(file.scene_id, file.path.name) for file in found] == [
            (first, "field_labels.tif"), (second, "field_2_labels.tif"),
        ]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_an_export_imported_again_gives_the_same_masks(tmp_path: Path, place: str) -> None:
    scene = write_scene(tmp_path / "field.tif", 150, 130, empty_columns=10, **PLACES[place])
    with opened(make_project(tmp_path, [scene])) as session:
        paint_all(session)
        expected = all_masks(session)
        session.wait(session.export_labels(tmp_path))  # beside the scene
    with opened(make_project(tmp_path, [scene], name="again")) as session:
        (file,) = find_mask_files(tmp_path, session.scenes.values())
        importer = MaskImporter(file, session.scenes[file.scene_id], session.classes, None)
        for tile_id, tile in session.tiles.items():
            session.import_mask(tile_id, importer.read(tile.rect))
        assert all((mask == expected[t]).all() for t, mask in all_masks(session).items())


def test_classes_are_known_by_their_names_in_a_project_that_has_them_in_another_order(tmp_path: Path) -> None:
    """Labels are brought along when a project has to be made anew."""
    scene = write_scene(tmp_path / "field.tif", 150, 130)
    with opened(make_project(tmp_path, [scene])) as session:
        paint_all(session)
        before = all_masks(session)
        session.wait(session.export_labels(tmp_path))
    other_order = classes_from_names(["grass", "unhealthy", "Healthy"])
    with opened(make_project(tmp_path, [scene], name="again", classes=other_order)) as session:
        (file,) = find_mask_files(tmp_path, session.scenes.values())
        importer = MaskImporter(file, session.scenes[file.scene_id], session.classes, None)
        for tile_id, tile in session.tiles.items():
            labels = before[tile_id][0]
            moved = np.where(labels == IGNORE, IGNORE, np.array([0, 3, 2])[labels % IGNORE])
            assert (importer.read(tile.rect) == moved).all()
    one_missing = classes_from_names(["grass", "healthy"])
    with opened(make_project(tmp_path, [scene], name="fewer", classes=one_missing)) as session:
        importer = MaskImporter(file, session.scenes[file.scene_id], session.classes, None)
        with pytest.raises(LabelError, match="value 2, which is none"):  # unhealthy, which is not healthy
            importer.read(next(iter(session.tiles.values())).rect)
