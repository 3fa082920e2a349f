"""The field report: a PDF, a page and a map that say the same, from one command; complete or not there."""

from __future__ import annotations

import base64
import csv
import io
import math
import re
import shutil
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.warp import transform

from core.errors import ExportError
from core.export.outlines import Strip
from core.geometry import Rect
from core.imagery.files import SceneInfo
from core.imagery.scene import open_scene
from core.jobs import JobState
from core.labels.classes import LabelClass
from core.learning import mappers
from core.learning.intervals import Estimate, Tables
from core.learning.scoring import scores_of
from core.learning.settings import TrainingSettings
from core.lengths import length_label, nice_length
from core.report.areas import AreaReport, MapCount, area_report
from core.report.content import (
    ReportContent,
    amount,
    area_cells,
    best_known,
    in_plain_words,
    sized,
)
from core.report.files import FieldReport, write_field_report
from core.report.pdf_drawings import Shares
from core.report.scene_map import SceneMap, Shrunk, covered
from core.session import Session
from core.text import text
from tests.core.projects import UTM, done, make_project, paint_rect, quiet, start_python, write_scene
from tests.core.test_export_vectors import burnt, features
from tests.core.test_kept_models import opened

PLACES = {
    "north field": UTM,
    "south & field": {"crs": UTM["crs"], "transform": Affine(0.5, 0, 601_000, 0, -0.5, 5_299_000)},
    "far field": {"crs": CRS.from_epsg(4326), "transform": Affine(1.2e-5, 0, 11.0, 0, -0.8e-5, 48.0)},
}
QUICK = TrainingSettings(max_steps=3, crop_px=64, batch_size=2, threads=1)
FILES = ["report.pdf", "report.html", "report.md", "scores.csv", "confusion.csv", "areas.csv", "map.gpkg"]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three scenes of several tiles in two coordinate systems, some painted, and a model."""
    folder = tmp_path_factory.mktemp("report")
    scenes = [
        write_scene(folder / f"{name}.tif", 150, 130, seed=seed, **place)
        for seed, (name, place) in enumerate(PLACES.items())
    ]
    project = make_project(folder, scenes, name="Żyto & <Weizen>")
    with opened(project) as session:
        for tile_id in list(session.tiles)[::2]:
            width, height = session.tiles[tile_id].rect[2:]
            paint_rect(session, tile_id, Rect(0, 0, width, height // 2), 1)
            paint_rect(session, tile_id, Rect(0, height // 2, width, height - height // 2), 2)
        done(session, session.train(QUICK))
        done(session, session.models.use(1))  # before the pixel classifier, whatever that could do
        quiet(session)
    return project


@pytest.fixture
def session(trained: Path) -> Iterator[Session]:
    with opened(trained) as session:
        quiet(session)
        yield session


@pytest.fixture
def report(session: Session, tmp_path: Path) -> FieldReport:
    found = done(session, session.maps.export_report(tmp_path / "out"))
    assert isinstance(found, FieldReport)
    return found


def rows_of(folder: Path) -> list[dict[str, str]]:
    with open(folder / "areas.csv", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def layers(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as file:
        wanted = "SELECT table_name, srs_id FROM gpkg_contents WHERE data_type = 'features'"
        return dict(file.execute(wanted).fetchall())


def test_the_map_is_what_the_model_sees(session: Session, report: FieldReport, tmp_path: Path) -> None:
    assert [path.name for path in report.files] == FILES
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(FILES)
    package = tmp_path / "out" / "map.gpkg"
    assert layers(package) == {"map": 4326, "map_2": 32632}, "scenes are in the order of their names"
    found = [*features(package, "map"), *features(package, "map_2")]
    assert {f.values["source"] for f in found} == {f"model {session.forecasts.version}"}
    for scene in session.scenes.values():
        name = Path(scene.path).name
        mine = [f for f in found if f.values["scene"] == name]
        seen = np.zeros((scene.height, scene.width), np.uint8)
        for tile_id, tile in session.tiles.items():
            if tile.scene_id == scene.scene_id:
                prediction = session.forecasts.predictions.get(tile_id)
                assert prediction is not None
                seen[tile.rect.slices] = prediction.classes
        assert (burnt(mine, seen.shape, PLACES[Path(name).stem]["transform"]) == seen).all()
        rows = [row for row in rows_of(tmp_path / "out") if row["scene"] == name]
        assert rows
        for row in rows:
            drawn = sum(f.values["area_ha"] for f in mine if f.values["class"] == row["class"])
            assert drawn == pytest.approx(float(row["mapped"]), abs=1e-6)


def test_tiles_that_were_seen_are_not_predicted_again(
    session: Session, report: FieldReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    predict = mappers.predict_tile

    def counting(model: Any, reader: Any, ref: Any) -> Any:
        asked.append(ref.tile_id)
        return predict(model, reader, ref)

    monkeypatch.setattr(mappers, "predict_tile", counting)
    done(session, session.maps.export_report(tmp_path / "again"))
    assert asked == []
    forgotten = list(session.tiles)[3]
    session.forecasts.predictions.drop(forgotten)
    done(session, session.maps.export_report(tmp_path / "once more"))
    assert asked == [forgotten]
    for name in ("areas.csv", "report.md"):
        assert (tmp_path / "once more" / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_the_page_holds_its_pictures(report: FieldReport, tmp_path: Path) -> None:
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "Żyto &amp; &lt;Weizen&gt;" in page
    assert "<Weizen>" not in page
    pictures = re.findall(r'src="data:image/jpeg;base64,([^"]+)"', page)
    assert len(pictures) == len(PLACES)
    assert all(base64.b64decode(picture).startswith(b"\xff\xd8\xff") for picture in pictures)
    assert page.count('<div class="scale"') == len(PLACES)
    assert "http" not in page.replace("http-equiv", ""), "it can be read without a network"


def test_the_pdf_says_it_all(report: FieldReport, tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    document = pypdf.PdfReader(tmp_path / "out" / "report.pdf")
    texts = [page.extract_text() for page in document.pages]
    whole = "\n".join(texts).replace("\xa0", " ")
    assert document.metadata.title == "Żyto & <Weizen>: field report"
    assert whole.startswith("FIELD REPORT\nŻyto & <Weizen>")
    for words in ("The map", "Areas", "How far the map can be trusted", "Remarks", "All scenes"):
        assert words in whole
    for name in PLACES:
        assert f"{name}.tif" in whole
    for c in report.areas.classes:
        assert f"counted on the map: {amount(c.mapped, 'ha')} ha" in whole or "as counted on the map" in whole
    for remark in (*report.scores.remarks, *report.areas.remarks):
        assert re.sub(r"\s+", "", str(remark)) in re.sub(r"\s+", "", whole)
    assert all(f"Page {number} of {len(texts)}" in text for number, text in enumerate(texts, start=1))
    sizes = [image.image.size for page in document.pages for image in page.images]
    assert sizes == [(150, 130)] * len(PLACES)
    assert {(page.mediabox.width, page.mediabox.height) for page in document.pages} == {(595.2756, 841.8898)}


class _Stop(BaseException):
    """A program that ends in the middle."""


@pytest.mark.parametrize("at", ["draw_map", "write_field_report"])
def test_a_report_that_is_cancelled_leaves_the_last_one(
    session: Session, report: FieldReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    before = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    import core.session_parts.maps

    real: Callable[..., Any] = getattr(core.session_parts.maps, at)

    def cancelled(*arguments: Any) -> Any:
        job.cancel()
        return real(*arguments)

    monkeypatch.setattr(core.session_parts.maps, at, cancelled)
    job = session.maps.export_report(tmp_path / "out")
    session.wait(job)
    assert job.state is JobState.CANCELLED
    assert {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()} == before


def test_a_map_that_somebody_edited_stays(session: Session, report: FieldReport, tmp_path: Path) -> None:
    package = tmp_path / "out" / "map.gpkg"
    with closing(sqlite3.connect(package)) as file, file:
        file.execute("UPDATE gpkg_contents SET last_change = '2031-01-01T00:00:00.000Z' WHERE table_name = 'map'")
    before = {path.name: path.read_bytes() for path in package.parent.iterdir()}
    with pytest.raises(ExportError, match="edited since"):
        done(session, session.maps.export_report(package.parent))
    assert {path.name: path.read_bytes() for path in package.parent.iterdir()} == before


@pytest.mark.parametrize("name", [name for name in FILES if name != "map.gpkg"])
def test_files_of_others_stay(name: str, session: Session, report: FieldReport, tmp_path: Path) -> None:
    """They have no unlikely names."""
    out = tmp_path / "out"
    (out / name).write_bytes(b"an agronomist's own")
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    with pytest.raises(ExportError, match=f"{name} exists already and was not written by this program"):
        done(session, session.maps.export_report(out))
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before


def test_a_scene_of_another_size_is_left_out(trained: Path, tmp_path: Path) -> None:
    """Its place was taken by another image while the project was closed."""
    folder = tmp_path / "copy"
    shutil.copytree(trained.parent, folder)
    write_scene(folder / "far field.tif", 400, 300, **PLACES["far field"])
    with opened(folder / trained.name) as session:
        quiet(session)
        for job in (
            session.maps.export_report(tmp_path / "report"),
            session.export_labels(tmp_path / "labels"),
            session.export_predictions(tmp_path / "predictions"),
        ):
            done(session, job)
            assert job.left_out == (str(folder / "far field.tif"),)
    assert [path.parent for path in tmp_path.glob("*/far field*.tif")] == [folder]


def test_no_place_to_write_to(session: Session, tmp_path: Path) -> None:
    (tmp_path / "in the way").touch()
    with pytest.raises(ExportError, match="could not be written"):
        done(session, session.maps.export_report(tmp_path / "in the way"))


_FULL = """
import resource, signal, sys
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
from core.terminal.cli import main
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
sys.exit(main(["report", sys.argv[1], "--out", sys.argv[2]]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
def test_a_full_disk_is_noticed(trained: Path, tmp_path: Path) -> None:
    process = start_python(_FULL, trained, tmp_path / "out")
    _, errors = process.communicate(timeout=200)
    assert process.returncode == 1, errors
    assert "could not be written" in errors
    assert list((tmp_path / "out").iterdir()) == []


# -- its parts --------------------------------------------------------------------------------------------------------


def some_areas(session: Session) -> AreaReport:
    rng = np.random.default_rng(0)
    counts = [MapCount(session.scene_files.open(scene).info) for scene in session.scenes]
    for count in counts:
        pixels = np.zeros(256, np.int64)
        pixels[1:3] = rng.integers(5_000, 9_000, 2)
        count.add(pixels, Rect(0, 0, 64, 64))
    tables = rng.integers(50, 200, (8, 2, 2)) + np.array([[800, 0], [0, 300]])
    return area_report(counts, (1, 2), tables)


def test_the_scenes_corrected_areas_add_up(session: Session) -> None:
    """The correction is linear in what is mapped; an interval holds its estimate."""
    areas = some_areas(session)
    assert [c.value for c in areas.classes] == [1, 2]
    assert len(areas.scenes) == len(session.scenes) > 1
    for c in areas.classes:
        parts = [scene.corrected[c.value] for scene in areas.scenes]
        assert sum(part.value for part in parts) == pytest.approx(c.corrected.value)
        assert c.corrected.value != pytest.approx(c.mapped, rel=0.01)
        assert all(part.has_interval and part.low < part.value < part.high for part in parts)
    for scene in areas.scenes:
        mapped = [scene.mapped(value) for value in scene.pixels]
        assert sum(e.value for e in scene.corrected.values()) == pytest.approx(sum(mapped))


def a_content(session: Session, report: FieldReport, scenes: int) -> ReportContent:
    areas = some_areas(session)
    one = np.full((40, 60, 3), 120, np.uint8)
    maps = [SceneMap(f"{n}.tif", one, (0.5, 0.5), (0.0, -1.0)) for n in range(min(scenes, 24))]
    many = replace(areas, scenes=tuple(replace(areas.scenes[0], name=f"{n}.tif") for n in range(scenes)))
    return ReportContent("p", date(2026, 11, 3), session.classes, report.scores, many, maps)


@pytest.mark.parametrize("scenes", [1, 2, 5, 60])
def test_any_number_of_scenes_is_laid_out(session: Session, report: FieldReport, tmp_path: Path, scenes: int) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    content = a_content(session, report, scenes)
    write_field_report(content, tmp_path / "many", lambda: None)
    texts = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "many" / "report.pdf").pages]
    assert "3 November 2026" in texts[0]
    whole = "\n".join(texts)
    assert all(f"{n}.tif" in whole for n in range(scenes))
    assert ("The first 24 of 60 scenes" in whole) == (scenes == 60)
    if scenes == 60:
        assert sum("Counted on the map" in text for text in texts) >= 3, "the head of the table is on each page"


def test_long_names_leave_the_map_and_its_legend_on_the_first_page(
    session: Session, report: FieldReport, tmp_path: Path
) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    content = a_content(session, report, 1)
    square = SceneMap("0.tif", np.zeros((200, 200, 3), np.uint8), (0.5, 0.5), (0.0, -1.0))
    names = {1: "potato plants without any blight or drought", 2: "potato plants with blight, drought or wet feet"}
    scores = replace(content.scores, names=names)
    project = "A flight over the potatoes north of the road in the morning of 17 June"
    content = replace(content, project=project, maps=(square,), scores=scores)
    write_field_report(content, tmp_path, lambda: None)
    first = " ".join(pypdf.PdfReader(tmp_path / "report.pdf").pages[0].extract_text().split())
    assert "The map" in first
    assert all(first.count(name) == 2 for name in names.values()), "on its card and in the legend"
    endless = replace(scores, names={**names, 1: f"{names[1]} " * 9})
    write_field_report(replace(content, scores=endless), tmp_path, lambda: None)
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "report.pdf").pages]
    assert any("…" in page and names[2] in page for page in pages if "The map" in page), "it is cut to a line"


def test_names_that_the_pdf_has_no_letters_for_are_numbers_there(
    session: Session, report: FieldReport, tmp_path: Path
) -> None:
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    content = a_content(session, report, 3)
    scenes = tuple(
        replace(scene, name=name)
        for scene, name in zip(content.areas.scenes, ("Żyto.tif", "畑 1.tif", "खेत.tif"), strict=True)
    )
    remark = text("Scenes overlap, such as {one} and {other}; no “病気の作物”.", one="畑 1.tif", other="Żyto.tif")
    areas = replace(content.areas, scenes=scenes, remarks=(remark,))
    unjudged = text("No tile held out has paint of {name}: its scores are not known.", name="“病気の作物”")
    scores = replace(content.scores, names={1: "Grün & groß", 2: "病気の作物"}, remarks=(unjudged,))
    write_field_report(replace(content, areas=areas, scores=scores), tmp_path, lambda: None)
    pages = pypdf.PdfReader(tmp_path / "report.pdf").pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    for expected in (
        "Grün & groß",
        "class 2",
        "Żyto.tif",
        "scene 2 and Żyto.tif; no “class 2”",
        "paint of “class 2”: its scores",
        "scene 3",
        "lacks the letters",
    ):
        assert expected in words
    assert "class 1" not in words
    assert not {"\0", "病", "畑", "ख"} & set(words)
    assert "病気の作物" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "lacks the letters" not in (tmp_path / "report.html").read_text(encoding="utf-8")


def test_a_spreadsheet_knows_the_letters_of_a_table(session: Session, report: FieldReport, tmp_path: Path) -> None:
    content = a_content(session, report, 1)
    for name, marked in (("Zuckerrübe", True), ("maize", False)):
        scores = replace(content.scores, names={1: name, 2: "other"})
        write_field_report(replace(content, scores=scores), tmp_path, lambda: None)
        assert (tmp_path / "areas.csv").read_bytes().startswith(b"\xef\xbb\xbf") == marked
        assert {row["class"] for row in rows_of(tmp_path)} == {name, "other"}


def test_captions_have_the_corrected_area_where_it_is_known(session: Session) -> None:
    scene = some_areas(session).scenes[0]
    corrected = scene.corrected[1]
    unknown = replace(scene, corrected={1: Estimate(math.nan)})
    assert best_known(unknown, 1) == f"{scene.mapped(1):.3f} ha, not checked"
    uncorrected = replace(scene, corrected={1: Estimate(math.nan, tiles=8)})
    assert best_known(uncorrected, 1) == f"{scene.mapped(1):.3f} ha"
    rough = replace(scene, corrected={1: Estimate(corrected.value)})
    assert best_known(rough, 1) == f"{corrected.value:.3f} ha"
    assert best_known(scene, 1) == f"{corrected.value:.3f} ha ({corrected.low:.3f} to {corrected.high:.3f})"


def test_a_rare_class_of_centimetre_imagery_has_an_area(session: Session, report: FieldReport, tmp_path: Path) -> None:
    """One rule for all tables: no "0.00 ha" above a "0.0021 ha"."""
    figures = (1234.6, 123.45, 12.345, 0.3456, 0.0234, 0.00208, 0.00004, 0.0, 1e-9)
    assert [amount(area, "ha") for area in figures] == [
        "1,235", "123.5", "12.35", "0.346", "0.023", "0.0021", "0.000040", "0", "0"
    ]  # fmt: skip
    assert amount(0.4, "px") == "0"
    content = a_content(session, report, 1)
    (scene,), (common, rare) = content.areas.scenes, content.areas.classes
    tiny = Estimate(0.00214, 0.0007, 0.0131, 8)
    assert scene.hectares is not None
    scene = replace(scene, hectares={**scene.hectares, 2: 0.00208}, corrected={**scene.corrected, 2: tiny})
    areas = replace(content.areas, scenes=(scene,), classes=(common, replace(rare, mapped=0.00208, corrected=tiny)))
    write_field_report(replace(content, areas=areas), tmp_path, lambda: None)
    row = f"{content.names[2]} | 0.0021 ha | 0.0021 ha | 0.00070 to 0.013 |"
    text = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert f"| {row}" in text
    assert f"| 0.tif | {row}" in text
    assert "0.00 ha" not in text


WEED = LabelClass(3, "weed", "#009E73")


def content_without_weed(session: Session, report: FieldReport, tables: Tables) -> ReportContent:
    """Of a model that has never learned the third class."""
    content = a_content(session, report, 2)
    counts = [MapCount(session.scene_files.open(scene).info) for scene in session.scenes]
    for count in counts:
        count.add(np.bincount([1] * 4000 + [2] * 3000, minlength=256), Rect(0, 0, 64, 64))
    areas = area_report(counts[:2], (1, 2, 3), tables, (WEED,))
    scores = replace(content.scores, names={**content.names, 3: "weed"}, scores=scores_of(tables, (1, 2, 3)))
    return replace(content, classes=(*session.classes, WEED), areas=areas, scores=scores)


def some_tables(weed_px: int) -> Tables:
    """Of eight held-out tiles; weed is taken for the second class."""
    tables = np.random.default_rng(0).integers(50, 200, (8, 3, 3)) + np.diag([800, 300, 0])
    tables[:, :, 2] = 0
    tables[:, 2] = (0, weed_px, 0)
    return tables


def test_a_class_that_was_never_learned_has_no_area(session: Session, report: FieldReport, tmp_path: Path) -> None:
    """Zero hectares, with an interval, would be believed."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    content = content_without_weed(session, report, some_tables(0))
    assert content.areas.total == pytest.approx(sum(c.mapped for c in content.areas.classes[:2]))
    write_field_report(content, tmp_path, lambda: None)
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert markdown.count("weed | not learned | no estimate | – |") == 3, "in all scenes, and in each"
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "weed (not learned)" in page
    assert page.count("weed not learned, no estimate") == 2, "below each picture"
    rows = [row for row in rows_of(tmp_path) if row["class"] == "weed"]
    assert [(row["mapped"], row["corrected"], row["low"]) for row in rows] == [("", "", "")] * 3
    pages = pypdf.PdfReader(tmp_path / "report.pdf").pages
    words = " ".join(" ".join(page.extract_text() for page in pages).split())
    said = (
        "weed (not learned)",
        "not learned: no estimate",
        "“weed” it has not learned",
        "“weed”: there is no estimate",
    )
    for expected in (*said, "not learned no estimate –"):
        assert expected in words
    shares = Shares(content)._parts
    assert len(shares) == 2
    assert sum(share for share, _ in shares) == pytest.approx(1)


def test_held_out_tiles_may_know_of_a_class_that_was_never_learned(session: Session, report: FieldReport) -> None:
    """It was painted after the model had been trained."""
    content = content_without_weed(session, report, some_tables(150))
    weed = content.areas.classes[2]
    assert weed.corrected.has_interval
    assert weed.corrected.low > 0
    remarks = " ".join(map(str, content.areas.remarks))
    assert "only the corrected areas make up for that" in remarks
    assert "no estimate" not in remarks
    counted, corrected, _ = area_cells(weed.mapped, weed.corrected, "ha")
    assert (counted, corrected) == ("not learned", sized(weed.corrected.value, "ha"))
    assert "not learned" not in best_known(content.areas.scenes[0], 3)


def test_an_area_that_no_held_out_tile_checks_is_the_map_s(
    session: Session, report: FieldReport, tmp_path: Path
) -> None:
    """A few pixels wrongly taken for weed on the tiles held out set it to "0 ha"."""
    pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
    content, tables = a_content(session, report, 1), some_tables(0)
    tables[:3, 0, 2] = 4
    count = MapCount(session.scene_files.open(next(iter(session.scenes))).info)
    count.add(np.bincount([1] * 4000 + [2] * 3000 + [3] * 100, minlength=256), Rect(0, 0, 64, 64))
    areas, names = area_report([count], (1, 2, 3), tables), {**content.names, 3: "weed"}
    scores = replace(content.scores, names=names, scores=scores_of(tables, (1, 2, 3)))
    content = replace(content, classes=(*session.classes, WEED), areas=areas, scores=scores)
    weed = areas.classes[2]
    assert weed.best == weed.mapped > 0
    assert not weed.is_checked
    counted = sized(weed.mapped, "ha")
    assert best_known(areas.scenes[0], 3) == f"{counted}, not checked"
    assert list(in_plain_words(content))[2].startswith("How well it tells “weed” nobody knows")
    write_field_report(content, tmp_path, lambda: None)
    markdown = (tmp_path / "report.md").read_text(encoding="utf-8")
    assert f"weed | {counted} | not checked | – |" in markdown
    assert "weed | – | – | – | – |" in markdown
    words = " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(tmp_path / "report.pdf").pages).split())
    assert f"weed {counted} 1 % of the map as counted on the map, not checked" in words


def test_a_class_that_no_held_out_tile_has_is_said_so(session: Session, report: FieldReport) -> None:
    words = list(in_plain_words(a_content(session, report, 1)))
    assert len(words) == (2 if report.scores.scores.tiles else 1)
    none = replace(report.scores, scores=replace(report.scores.scores, tiles=0))
    assert "Nobody knows yet" in next(in_plain_words(replace(a_content(session, report, 1), scores=none)))


def test_a_picture_shows_the_class_at_its_pixels_centre() -> None:
    classes = np.random.default_rng(0).integers(0, 3, (95, 70), np.uint8)
    shrunk = Shrunk(70, 95, 20)
    for top in range(0, 95, 32):
        shrunk.add(Strip(top, classes[top : top + 32]))
    assert shrunk.step == 5
    assert (shrunk.values == classes[2::5, 2::5]).all()
    whole = Shrunk(70, 95, 100)
    whole.add(Strip(0, classes))
    assert (whole.values == classes).all()


def test_colours_cover_the_image_and_no_data_is_white() -> None:
    pixels = np.array([[0xFF000000, 0xFFFFFFFF, 0x00000000]], np.uint32)
    image = covered(pixels, np.array([[1, 2, 1]], np.uint8), {1: "#0000FF", 2: "#FF0000"})
    assert image[0, 2].tolist() == [255, 255, 255]
    assert image[0, 0, 2] > image[0, 0, 0] + 60
    assert image[0, 1, 0] > image[0, 1, 2] + 60


@pytest.mark.parametrize("name", PLACES)
def test_pictures_have_the_land_s_proportions(trained: Path, name: str) -> None:
    with open_scene(trained.with_name(f"{name}.tif")) as scene:
        from core.imagery.georeference import Georeference

        size = Georeference(scene.info).pixel_size_m()
    assert size is not None
    shown = SceneMap(name, np.zeros((130, 150, 3), np.uint8), size, None)
    assert shown.height_over_width == pytest.approx(130 * size[1] / (150 * size[0]))
    assert (abs(size[0] - size[1]) > 1e-3) == (name == "far field"), "degrees are narrower than high"


def test_scales_are_round() -> None:
    assert [nice_length(x) for x in (0.3, 1, 4.9, 5, 99, 199, 3456)] == [0.2, 1, 2, 5, 50, 100, 2000]
    assert nice_length(math.nextafter(1000, 0)) == 1000, "its logarithm is that of 1000"
    assert [nice_length(x) for x in (0, -1, math.nan)] == [0, 0, 0]
    assert [length_label(x) for x in (2000, 500, 0.2, 0.005)] == ["2 km", "500 m", "20 cm", "5 mm"]


@pytest.mark.skipif(shutil.which("gs") is None, reason="Ghostscript is not installed")
def test_another_program_draws_the_pdf(report: FieldReport, tmp_path: Path) -> None:
    """The colours of both classes and of the picture are on the paper."""
    import subprocess

    from PIL import Image

    target = tmp_path / "page.png"
    command = ["gs", "-q", "-dNOPAUSE", "-dBATCH", "-sDEVICE=png16m", "-r40", "-dFirstPage=1", "-dLastPage=1"]
    run = subprocess.run(
        [*command, f"-sOutputFile={target}", str(tmp_path / "out" / "report.pdf")], capture_output=True, text=True
    )
    assert run.returncode == 0
    assert run.stderr == ""
    with Image.open(io.BytesIO(target.read_bytes())) as page:
        colours = {tuple(colour) for colour in np.asarray(page.convert("RGB")).reshape(-1, 3).tolist()}
    assert {(0, 114, 178), (213, 94, 0)} <= colours
    assert len(colours) > 100


def test_land_that_lies_in_two_scenes_is_said_to_count_twice() -> None:
    """Pieces that join do not overlap; pieces without a place, or in another zone, may lie anywhere."""
    utm, other = (CRS.from_epsg(code).to_wkt() for code in (32632, 32633))

    def remarks(second: tuple[float, ...] | None, crs: str = utm) -> str:
        infos = [
            SceneInfo("a.tif", 100, 80, 3, "uint8", crs_wkt=utm, transform=(10.0, 0.0, 6e5, 0.0, -10.0, 5e6)),
            SceneInfo("b.tif", 100, 80, 3, "uint8", crs_wkt=crs, transform=second),  # type: ignore[arg-type]
        ]
        report = area_report([MapCount(info) for info in infos], (1, 2), np.zeros((0, 2, 2), np.int64))
        return " ".join(map(str, report.remarks))

    assert "a.tif and b.tif: land that lies in both counts twice" in remarks((10.0, 0.0, 600_500.0, 0.0, -10.0, 5e6))
    for apart in ((10.0, 0.0, 601_000.0, 0.0, -10.0, 5e6), (10.0, 0.0, 600_990.0, 0.0, -10.0, 5e6), None):
        assert "counts twice" not in remarks(apart)
    assert "counts twice" not in remarks((10.0, 0.0, 600_500.0, 0.0, -10.0, 5e6), other)


@pytest.mark.parametrize(("east_m", "overlap"), [(0, True), (700, True), (1100, False)])
def test_scenes_of_two_zones_overlap_where_they_do(east_m: float, overlap: bool) -> None:
    """At 12° E zone 32 meets zone 33; satellites' tiles reach over."""
    here, there = CRS.from_epsg(32632), CRS.from_epsg(32633)
    (x,), (y,) = transform(here, there, [723_000 + east_m], [5_300_000])
    infos = [
        SceneInfo(
            "a.tif", 100, 100, 3, "uint8", crs_wkt=here.to_wkt(), transform=(10.0, 0, 723_000, 0, -10.0, 5_300_000)
        ),
        SceneInfo("b.tif", 100, 100, 3, "uint8", crs_wkt=there.to_wkt(), transform=(10.0, 0, x, 0, -10.0, y)),
    ]
    report = area_report([MapCount(info) for info in infos], (1, 2), np.zeros((0, 2, 2), np.int64))
    assert ("counts twice" in " ".join(map(str, report.remarks))) == overlap


@pytest.mark.parametrize(("moved_px", "overlap"), [(100, False), (99, False), (90, True), (0, True)])
def test_scenes_that_lie_askew_overlap_only_where_they_do(moved_px: int, overlap: bool) -> None:
    """The boxes round two that join corner to corner share land."""
    utm, place = CRS.from_epsg(32632).to_wkt(), Affine.translation(6e5, 5e6) @ Affine.rotation(30) @ Affine.scale(1, -1)
    ways = {"a.tif": 0, "b.tif": moved_px}
    places = {name: tuple(place @ Affine.translation(px, 0))[:6] for name, px in ways.items()}
    infos = [SceneInfo(name, 100, 80, 3, "uint8", crs_wkt=utm, transform=where) for name, where in places.items()]
    counts = [MapCount(info) for info in infos]
    said = " ".join(map(str, area_report(counts, (1, 2), np.zeros((0, 2, 2), np.int64)).remarks))
    assert ("counts twice" in said) == overlap
