"""Exported predictions: complete or not there, resumed after any stop, in memory that does not grow with the scene."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from core.errors import ExportError, SceneError
from core.export.journal import BlockJournal, Planes
from core.export.predictions import ExportedScene, export_predictions
from core.export.vectors import export_prediction_areas
from core.geometry import Rect
from core.jobs import Cancelled
from tests.core.imagery_files import damage_block
from tests.core.projects import Unwatched, start_python, write_scene
from tests.core.test_export_rasters import CLASSES, PLACES, Impatient, category_names, same_place
from tests.core.test_export_vectors import burnt, features

SAME = np.arange(256, dtype=np.uint8)
BLOCKS = tuple(Rect(x, y, min(64, 150 - x), min(64, 130 - y)) for y in (0, 64, 128) for x in (0, 64, 128))


class Block(NamedTuple):
    classes: NDArray[np.uint8]
    doubt: NDArray[np.uint8]


class Predictor:
    """Answers from two planes, block by block, and counts; `fail` is called before each block."""

    def __init__(self, seed: int = 0, fail: Callable[[int], None] = lambda number: None) -> None:
        rng = np.random.default_rng(seed)
        self.classes = rng.integers(0, 3, (130, 150), np.uint8)
        self.doubt = rng.integers(0, 256, (130, 150), np.uint8)
        self.fail = fail
        self.asked: list[int] = []

    def __call__(self, path: str, first_row: int, check: Callable[[], None]) -> Iterator[Block]:
        for number in range(3 * first_row, len(BLOCKS)):
            check()
            self.fail(number)
            self.asked.append(number)
            part = BLOCKS[number].slices
            yield Block(self.classes[part], self.doubt[part])


def export(
    folder: Path, predict: Predictor, context: Any = None, key: str = "a", meaning: NDArray[np.uint8] = SAME
) -> list[Path]:
    scene = folder / "s.tif"
    if not scene.exists():
        write_scene(scene, 150, 130)
    scenes = [ExportedScene(str(scene), "s", BLOCKS, key)]
    return export_predictions(scenes, predict, meaning, CLASSES, folder / "out", context or Unwatched())


def test_predictions_and_doubt(tmp_path: Path) -> None:
    predict = Predictor()
    written = export(tmp_path, predict)
    assert [path.name for path in written] == ["s_prediction.tif", "s_doubt.tif", "s_prediction.gpkg"]
    for path in written[:2]:
        same_place(path, tmp_path / "s.tif")
    with rasterio.open(written[0]) as out:
        assert (out.read(1) == predict.classes).all()
        assert out.colormap(1)[2][:3] == (213, 94, 0)
        assert out.tags()["CLASS_2"] == "unhealthy"
        assert out.tags()["FIELDBRUSH_SOURCE"] == "model"
    assert category_names(written[0])[1] == "healthy"
    with rasterio.open(written[1]) as out:
        assert out.nodata == 255
        assert out.tags()["FIELDBRUSH_SOURCE"] == "model"
        values, known = out.read(1), predict.classes != 0
        assert (values[~known] == 255).all()
        assert np.abs(values[known] - predict.doubt[known] / 2.55).max() <= 0.5 + 1e-4
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == [
        "s_doubt.tif", "s_prediction.gpkg", "s_prediction.qml", "s_prediction.tif", "s_prediction.tif.aux.xml",
    ]  # fmt: skip
    areas = features(written[2], "prediction")
    assert (burnt(areas, predict.classes.shape, PLACES["utm"]["transform"]) == predict.classes).all()
    assert {area.values["source"] for area in areas} == {"model"}


def test_a_damaged_scene_does_not_keep_the_others_from_being_mapped(tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / f"{name}.tif", 150, 130) for name in "abc"]
    predict = Predictor()

    def damaged(path: str, first_row: int, check: Callable[[], None]) -> Iterator[Block]:
        for number, block in enumerate(predict(path, first_row, check)):
            if Path(path).stem == "b" and number == 4:
                raise SceneError("b.tif cannot be read.", "Copy it again.")
            yield block

    asked = [ExportedScene(str(scene), scene.stem, BLOCKS, "a") for scene in scenes]
    with pytest.raises(SceneError, match=r"b\.tif"):
        export_predictions(asked, damaged, SAME, CLASSES, tmp_path / "out", Unwatched())
    assert sorted(path.name for path in (tmp_path / "out").glob("*.tif")) == [
        "a_doubt.tif", "a_prediction.tif", "c_doubt.tif", "c_prediction.tif"
    ]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_predictions_lie_exactly_on_their_scene(tmp_path: Path, place: str) -> None:
    write_scene(tmp_path / "s.tif", 150, 130, **PLACES[place])
    for path in export(tmp_path, Predictor())[:2]:
        same_place(path, tmp_path / "s.tif")


def test_big_rasters_are_cloud_optimised(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "s.tif", 1500, 1200)
    blocks = tuple(Rect(x, y, min(512, 1500 - x), min(512, 1200 - y)) for y in (0, 512, 1024) for x in (0, 512, 1024))
    values = np.repeat(np.repeat(np.random.default_rng(0).integers(1, 3, (300, 375), np.uint8), 4, 0), 4, 1)

    def predict(path: str, first_row: int, check: Callable[[], None]) -> Iterator[Block]:
        return (Block(values[b.slices], 100 * values[b.slices]) for b in blocks[3 * first_row :])

    scenes = [ExportedScene(str(scene), "s", blocks, "key")]
    rasters = export_predictions(scenes, predict, SAME, CLASSES, tmp_path, Unwatched())[:2]
    assert len(rasters) == 2
    for path in rasters:
        with rasterio.open(path) as out:
            assert out.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
            assert out.compression.name == "deflate"
            assert out.block_shapes == [(512, 512)]
            assert out.overviews(1) == [2, 4]
            half = out.read(1, out_shape=(600, 750))
            whole = out.read(1)
        assert (half == whole[::2, ::2]).all(), "overviews of areas of one class have that class"
    assert (whole == np.round(values * (100 / 2.55))).all()


def test_what_the_classes_mean_by_now(tmp_path: Path) -> None:
    meaning = SAME.copy()
    meaning[1], meaning[2] = 7, 0
    predict = Predictor()
    classes, doubt, _ = export(tmp_path, predict, meaning=meaning)
    with rasterio.open(classes) as out:
        assert (out.read(1) == 7 * (predict.classes == 1)).all()
    with rasterio.open(doubt) as out:
        assert ((out.read(1) == 255) == (predict.classes != 1)).all()


@pytest.mark.parametrize("failure", [Cancelled(), ExportError("x"), MemoryError(), OSError("gone")])
@pytest.mark.parametrize("at", [0, 1, 5, 8])
def test_a_prediction_that_stops_looks_unfinished_and_goes_on(tmp_path: Path, failure: Exception, at: int) -> None:
    def fail(number: int) -> None:
        if number == at:
            raise failure

    with pytest.raises((type(failure), ExportError)):
        export(tmp_path, Predictor(fail=fail))
    assert [p.name for p in (tmp_path / "out").iterdir()] == [".s_prediction.partial"]
    again = Predictor()
    classes, *_ = export(tmp_path, again)
    assert again.asked == list(range(at // 3 * 3, 9)), "whole rows are not computed twice"
    with rasterio.open(classes) as out:
        assert (out.read(1) == again.classes).all()
    assert not list((tmp_path / "out").glob(".*"))


@pytest.mark.parametrize("checks", range(9, 18))
def test_cancelling_while_it_is_put_together(tmp_path: Path, checks: int) -> None:
    with pytest.raises(Cancelled):
        export(tmp_path, Predictor(), Impatient(checks))
    assert [p.name for p in (tmp_path / "out").iterdir()] == [".s_prediction.partial"]
    again = Predictor(fail=lambda number: pytest.fail("everything was there"))
    assert len(export(tmp_path, again)) == 3


def test_cancelling_while_areas_are_outlined(tmp_path: Path) -> None:
    """The rasters are complete by then; the next export predicts nothing anew."""
    with pytest.raises(Cancelled):
        export(tmp_path, Predictor(), Impatient(19))
    assert sorted(p.name for p in (tmp_path / "out").iterdir() if p.suffix != ".xml") == [
        ".s_prediction.partial", "s_doubt.tif", "s_prediction.qml", "s_prediction.tif",
    ]  # fmt: skip
    assert len(export(tmp_path, Predictor(fail=lambda number: pytest.fail("everything was there")))) == 3


def test_another_model_starts_anew(tmp_path: Path) -> None:
    with pytest.raises(Cancelled):
        export(tmp_path, Predictor(), Impatient(7))
    other = Predictor(seed=1)
    classes, *_ = export(tmp_path, other, key="b")
    assert other.asked == list(range(9))
    with rasterio.open(classes) as out:
        assert (out.read(1) == other.classes).all()


def test_a_journal_keeps_what_is_whole(tmp_path: Path) -> None:
    path, rng = tmp_path / "j", np.random.default_rng(0)
    planes = [Planes(*rng.integers(0, 9, (2, b.height, b.width), np.uint8)) for b in BLOCKS]
    with BlockJournal(path, "key", BLOCKS) as journal:
        for each in planes:
            journal.append(each)
    data = path.read_bytes()
    for cut in [*range(0, len(data), 97), len(data) - 1]:
        path.write_bytes(data[:cut])
        with BlockJournal(path, "key", BLOCKS) as journal:
            for number in range(len(journal)):
                assert (np.stack(journal.read(number)) == np.stack(planes[number])).all()
            for each in planes[len(journal) :]:
                journal.append(each)
        assert path.read_bytes() == data
    for at in rng.integers(20, len(data), 60):
        damaged = bytearray(data)
        damaged[at] ^= 0x55
        path.write_bytes(damaged)
        with BlockJournal(path, "key", BLOCKS) as journal:
            assert len(journal) < 9
            for number in range(len(journal)):
                assert (np.stack(journal.read(number)) == np.stack(planes[number])).all()


_EXPORT = """
import resource, signal, sys, time
from pathlib import Path
from core.learning import acceleration, runtime
from core.learning.acceleration import Phase, Plan
from core.labels.classes import DEFAULT_CLASSES
from core.imagery.scene import open_scene
from core.project.records import SceneRecord
from core.geometry import Rect, TileRef
from core.labels.mask import encode_plane
from core.labels.snapshot import StoredMask
from core.learning.mappers import ModelMapper, taught_mapper
from core.executors.spread import HERE
from core.tasks import predict_scenes
from tests.core.imagery_files import damage_block
from tests.core.projects import Unwatched
from tests.core.test_scene_prediction import a_model, a_reader
from tests.memory import peak_mb
import numpy as np
path, out, limit, waits_after = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[5]
runtime.configure(1)
acceleration.remember(Phase.PREDICT, 1, Plan(channels_last=True))
if limit:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

class Loud(Unwatched):
    predicts = True
    def report(self, done, total, detail=None):
        if self.predicts and done >= 0.9 * total:
            self.predicts = False
            print("predicted", round(peak_mb()), flush=True)
        said = f"done {round(done / total / 0.9, 6)}"  # 1 when all is predicted, and needs only writing
        print(said, flush=True)
        if said == waits_after:
            time.sleep(600)  # until it is killed

paint = np.zeros((256, 256), np.uint8)  # by nothing that could be seen: the classifier has its opinion all the same
paint[50:90, :120], paint[50:90, 136:] = 1, 2
stored = (StoredMask(TileRef(5, str(path), Rect(0, 0, 256, 256)), encode_plane(paint), encode_plane(paint > 0)),)
makings = {
    "model": lambda check: ModelMapper(a_model(), a_reader(), threads=1),
    "classifier": lambda check: taught_mapper(stored, (1, 2), a_reader(), 256, HERE, check),
}
with open_scene(path) as scene:
    record = SceneRecord(1, str(path), "print", scene.info.width, scene.info.height)
try:
    predict_scenes(makings[sys.argv[4]], a_reader(), [record], {str(path): "s"}, out, DEFAULT_CLASSES,
                   np.arange(256, dtype=np.uint8), Loud())
except Exception as error:
    print("refused:", error)
print("peak", round(peak_mb()))
"""


def run_export(scene: Path, out: Path, limit: int = 0, by: str = "model") -> list[str]:
    process = start_python(_EXPORT, scene, out, limit, by, "")
    said, errors = process.communicate(timeout=500)
    assert process.returncode == 0, errors
    return said.splitlines()


@pytest.mark.parametrize(
    ("by", "at", "goes_on"),
    [
        ("model", 5 / 10, 4 / 10),
        ("classifier", 14 / 27, 12 / 27),
    ],  # blocks of 512 and of 256 px, in two or three columns
)
def test_a_killed_export_goes_on_to_the_same_file(tmp_path: Path, by: str, at: float, goes_on: float) -> None:
    """A real kill -9, after another row of blocks has begun."""
    scene = write_scene(tmp_path / "s.tif", 560, 2100)
    waits_after = f"done {round(at, 6)}"
    process = start_python(_EXPORT, scene, tmp_path / "killed", 0, by, waits_after)
    assert process.stdout is not None
    for line in process.stdout:
        if line == f"{waits_after}\n":
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=300)
    assert process.returncode == -signal.SIGKILL
    assert [p.name for p in (tmp_path / "killed").iterdir()] == [".s_prediction.partial"]
    said = run_export(scene, tmp_path / "killed", by=by)
    assert said[0] == f"done {round(goes_on, 6)}", "two of five, or four of nine, rows of blocks were complete"
    assert said[-2] == f"done {1 / 0.9:.6f}", "all of it is done only when the files are written"
    run_export(scene, tmp_path / "whole", by=by)
    assert sorted(p.name for p in (tmp_path / "killed").iterdir()) == sorted(
        p.name for p in (tmp_path / "whole").iterdir()
    )
    for name in ("s_prediction.tif", "s_doubt.tif"):
        with rasterio.open(tmp_path / "killed" / name) as one, rasterio.open(tmp_path / "whole" / name) as two:
            assert (one.read(1) == two.read(1)).all()
            assert len(np.unique(one.read(1))) > 1


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_full_disk_stops_it_with_a_sentence(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "s.tif", 600, 600)
    said = run_export(scene, tmp_path / "out", limit=40_000)
    assert any(line.startswith("refused:") and "disk is not full" in line for line in said)
    assert not list((tmp_path / "out").glob("*.tif"))
    assert run_export(scene, tmp_path / "out")[-1].startswith("peak")
    assert len(list((tmp_path / "out").glob("*.tif"))) == 2


@pytest.mark.skipif(sys.platform == "win32", reason="no resource module")
@pytest.mark.parametrize("by", ["model", "classifier"])
def test_memory_does_not_grow_with_the_scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: str) -> None:
    """2048² against 8192²; most windows are empty, so that this takes seconds."""
    monkeypatch.setenv("GDAL_CACHEMAX", "16")  # MB; only the larger scene would fill the cache of a usual size
    predicted, written = [], []
    for size in (2048, 8192):
        values = np.zeros((3, size, size), np.uint8)
        values[:, :300] = np.random.default_rng(0).integers(1, 120, (3, 300, size), np.uint8)
        values[:, :300] += (np.arange(size) // 128 % 2 * 120).astype(np.uint8)  # plain fields: few outlines
        path = tmp_path / f"{size}.tif"
        with rasterio.open(
            path, "w", driver="GTiff", width=size, height=size, count=3, dtype="uint8", nodata=0, tiled=True,
            crs="EPSG:32632", transform=PLACES["utm"]["transform"],
        ) as file:  # fmt: skip
            file.write(values)
        del values
        said = run_export(path, tmp_path / str(size), by=by)
        predicted.append(next(int(line.split()[1]) for line in said if line.startswith("predicted")))
        written.append(int(said[-1].split()[1]))
    assert predicted[1] < 1.15 * predicted[0] + 30, f"{predicted} MB"
    # GDAL's overviews take 60 MB more at 67 million pixels, and hardly more at 268; a strip of 8192 px to outline 60
    assert written[1] < max(1.15 * written[0] + 30, written[0] + 150), f"{written} MB"


def test_other_files_stay_as_they_are(tmp_path: Path) -> None:
    export(tmp_path, Predictor())
    out = tmp_path / "out"
    (out / ".s_prediction2.partial").write_text("mine")
    before = {p.name: p.read_bytes() for p in out.iterdir()}
    with pytest.raises(Cancelled):
        export(tmp_path, Predictor(seed=3), Impatient(12), key="c")
    assert {name: (out / name).read_bytes() for name in before} == before, "the last export is as it was"


@pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be moved there")
def test_what_is_complete_is_no_failure_where_the_journal_cannot_be_removed(tmp_path: Path) -> None:
    journal = tmp_path / "out" / ".s_prediction.partial"

    def fail(number: int) -> None:
        if number == len(BLOCKS) - 1:
            journal.rename(tmp_path / "elsewhere")
            journal.mkdir()

    written = export(tmp_path, Predictor(fail=fail))
    assert all(path.is_file() for path in written)


def test_areas_of_a_map_that_is_gone_or_damaged(tmp_path: Path) -> None:
    raster, *_ = export(tmp_path, Predictor())
    damage_block(raster, 0, 0)
    with pytest.raises(SceneError, match=r"s_prediction\.tif cannot be read"):
        export_prediction_areas(str(tmp_path / "s.tif"), raster, "model", CLASSES, Unwatched())
    raster.unlink()
    with pytest.raises(SceneError, match=r"s_prediction\.tif is gone"):
        export_prediction_areas(str(tmp_path / "s.tif"), raster, "model", CLASSES, Unwatched())


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(ExportError, match="could not be written"):
        export(tmp_path, Predictor())
