"""The map, by whoever leads: it is what the overlay shows, and exports, areas and reports do not know who made it."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from core.errors import LearningError
from core.export.journal import BlockJournal
from core.geometry import Rect
from core.jobs import JobState
from core.labels.strokes import Ink
from core.learning import mappers
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.rival import NOT_AHEAD, Ahead, MapScores
from core.learning.settings import TrainingSettings
from core.project.models import add_model
from core.project.settings import Setting
from core.session import Session
from core.session_parts.leading_model import kept_ahead
from core.terminal.cli import main
from tests.core.learning_data import Field, model_of
from tests.core.projects import UTM, done, make_project, opened, paint_rect, quiet, store_of
from tests.core.test_cli import here
from tests.core.test_export_vectors import features

WIDTH, HEIGHT, TILE = 232, 203, 64
QUICK = TrainingSettings(max_steps=2, crop_px=64, batch_size=2, threads=1)
KNOWN = MapScores(model=0.5, classifier=0.75, tiles=8)


def truth_of() -> NDArray[np.uint8]:
    """(HEIGHT, WIDTH): blobs of 1 and 2 that lie over the borders of tiles."""
    ys, xs = np.mgrid[:HEIGHT, :WIDTH]
    return np.where(np.sin(xs / 17) + np.cos(ys / 19) > 0, 1, 2).astype(np.uint8)


def write_field(path: Path) -> Path:
    """Two textures; without data below an oblique line, so that some tiles have little and are left out."""
    rng = np.random.default_rng(1)
    truth = truth_of()
    ys, xs = np.mgrid[:HEIGHT, :WIDTH]
    values = np.where(truth == 1, 110, 140) + rng.integers(-40, 41, (3, HEIGHT, WIDTH)) * (truth == 2)
    values[:, ys + xs > 370] = 0
    with rasterio.open(
        path, "w", driver="GTiff", width=WIDTH, height=HEIGHT, count=3, dtype="uint8", nodata=0, **UTM
    ) as file:
        file.write(np.clip(values, 0, 255).astype(np.uint8))
    return path


def scribble(session: Session, tile_id: int) -> None:
    """Two stripes of each class that the tile has."""
    rect = session.tiles[tile_id].rect
    truth = truth_of()[rect.slices]
    for value in (1, 2):
        for y, x in np.argwhere(truth == value)[:: max(int((truth == value).sum()) // 2, 1)]:
            place = Rect(int(x), int(y), min(12, rect.width - int(x)), 1)
            if (truth[place.slices] == value).all():
                paint_rect(session, tile_id, place, value)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    return make_project(tmp_path, [write_field(tmp_path / "field.tif")], tile_px=TILE)


@pytest.fixture
def session(project: Path) -> Iterator[Session]:
    """Some tiles have scribbles."""
    with opened(project) as session:
        for tile_id in list(session.tiles)[:8]:
            scribble(session, tile_id)
        yield session


def raster_of(path: Path) -> NDArray[Any]:
    with rasterio.open(path) as file:
        return np.asarray(file.read(1))


def test_the_map_is_what_the_overlay_shows(session: Session, tmp_path: Path) -> None:
    """Stroke by stroke in the window, all at once in the export, tile by tile with what lies round them."""
    session.forecasts.suggests = True
    for tile_id in list(session.tiles)[:3]:
        scribble(session, tile_id)
        paint_rect(session, tile_id, Rect(0, 0, 2, 2), 1)
        quiet(session)
    for tile_id in session.painted:  # coloured before, it is again when it is shown
        session.predicting.visible(tile_id)
        quiet(session)
    classes, doubt, areas = done(session, session.export_predictions(tmp_path / "out"))
    seen, doubted = raster_of(classes), raster_of(doubt)
    with rasterio.open(tmp_path / "field.tif") as scene:
        valid = scene.read(1) != 0
    assert (session.setting("tiles_left_out"), (seen != 0).tolist()) == (1, valid.tolist()), "all that has data"
    for tile_id, tile in session.tiles.items():
        shown = session.forecasts.predictions.get(tile_id)
        assert shown is not None
        assert shown.model_version == CLASSIFIER_VERSION
        assert np.array_equal(seen[tile.rect.slices], shown.classes)
        known = shown.classes != 0
        assert np.array_equal(doubted[tile.rect.slices][known], np.round(shown.doubt[known] / 2.55).astype(np.uint8))
    assert (seen[valid] == truth_of()[valid]).mean() > 0.8
    for path in (classes, doubt):
        with rasterio.open(path) as file:
            assert file.tags()["FIELDBRUSH_SOURCE"] == "pixel classifier"
    assert {area.values["source"] for area in features(areas, "prediction")} == {"pixel classifier"}


def test_no_seam_appears_where_tiles_end(tmp_path: Path) -> None:
    """Votes, before each Tile's own shares of the classes: read without its surroundings, a Tile has others."""
    with opened(make_project(tmp_path, [write_field(tmp_path / "field.tif")], tile_px=TILE)) as session:
        for tile_id in list(session.tiles)[:8]:
            scribble(session, tile_id)
        mapper = session.maps.making()(lambda: None)
        assert isinstance(mapper, mappers.ClassifierMapper)
        whole = session.tile_ref(next(iter(session.tiles)))._replace(tile_id=-1, rect=Rect(0, 0, WIDTH, HEIGHT))
        at_once, _ = mapper.classifier.shares(mapper._features, whole, of_tile=False)
        for tile_id in session.tiles:
            ref = session.tile_ref(tile_id)._replace(tile_id=-1)
            shares, _ = mapper.classifier.shares(mapper._features, ref, of_tile=False)
            assert np.array_equal(shares, at_once[:, *ref.rect.slices])


def test_cancelled_it_leaves_nothing_that_looks_finished_and_goes_on_in_the_next_session(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    append, finished = BlockJournal.append, []

    def cancelled(journal: BlockJournal, planes: Any) -> None:
        append(journal, planes)
        finished.append(planes)
        if len(finished) == 6:
            job.cancel()

    monkeypatch.setattr(BlockJournal, "append", cancelled)
    job = session.export_predictions(out)
    session.wait(job)
    assert job.state is JobState.CANCELLED
    assert [path.name for path in out.iterdir()] == [".field_prediction.partial"]
    monkeypatch.undo()
    whole = done(session, session.export_predictions(tmp_path / "whole"))
    path = session.path
    session.close()
    with opened(path) as again:
        monkeypatch.setattr(BlockJournal, "append", lambda *_: (finished.append(0), append(*_)))
        written = done(again, again.export_predictions(out))
    assert len(finished) == 6 + 12, "of four rows of four tiles the first was complete, and is not made again"
    assert all(np.array_equal(*map(raster_of, pair)) for pair in zip(written[:2], whole[:2], strict=True))
    assert not list(out.glob(".*"))


def test_other_paint_makes_another_map(session: Session, tmp_path: Path) -> None:
    first = session.maps.making()(lambda: None).recipe
    assert session.maps.making()(lambda: None).recipe == first
    scribble(session, list(session.tiles)[9])
    assert session.maps.making()(lambda: None).recipe != first


def test_who_makes_the_map_where_nobody_chooses(session: Session, tmp_path: Path) -> None:
    forecasts, model = session.forecasts, model_of(Field(tmp_path))
    assert session.maps.usual() == CLASSIFIER_VERSION
    (alone,) = session.maps.choices()
    assert math.isnan(alone.mean_iou)
    for suggests in (True, False):
        forecasts.suggests = suggests
        for ahead, version in (
            (NOT_AHEAD, 3),
            (Ahead(with_scribbles=True, alone=True, maps=KNOWN), CLASSIFIER_VERSION),
            (Ahead(with_scribbles=True, alone=False, maps=KNOWN._replace(classifier=0.4)), 3),  # nobody paints on a map
            (Ahead(with_scribbles=True, alone=False), 3),  # nobody knows
        ):
            forecasts.lead_with(model, ahead)
            assert session.maps.usual() == version
            first, second = session.maps.choices()
            assert {first.version, second.version} == {3, CLASSIFIER_VERSION}
            if ahead.maps is not None:
                assert first.mean_iou == max(ahead.maps[:2])
                assert (first.tiles, second.tiles) == (8, 8)
    assert session.maps.making(3)(lambda: None).name == "model 3"
    with pytest.raises(LearningError, match="Model 2 is not in use"):
        session.maps.making(2)
    with opened(make_project(tmp_path, [write_field(tmp_path / "bare.tif")], name="bare")) as bare:
        with pytest.raises(LearningError, match="fewer than two classes are painted"):
            bare.maps.making()
        with pytest.raises(LearningError, match="cannot tell two classes"):
            bare.maps.making(CLASSIFIER_VERSION)(lambda: None)


def test_the_scores_of_both_are_kept_with_each_model(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(project) as session:
        for tile_id in session.tiles:
            scribble(session, tile_id)
        result, _ = done(session, session.train(QUICK))
        assert result.judged.classifier_is_ahead is not None
        maps = result.judged.classifier_is_ahead.maps
        assert maps is not None
        assert maps.classifier > 0.6 > maps.model, "which two steps have taught next to nothing"
        assert maps.tiles > 0
    with opened(project) as session:
        quiet(session)
        assert session.forecasts.classifier_is_ahead.maps == maps
        assert [choice.version for choice in session.maps.choices()] == [CLASSIFIER_VERSION, 1]
        result, _ = done(session, session.train(QUICK))
        quiet(session)
        second = result.judged.classifier_is_ahead.maps
        assert second not in (None, maps)
    for version, known in ((1, maps), (2, second), (1, maps)):
        with opened(project) as session:
            quiet(session)
            done(session, session.models.use(version))
            assert session.forecasts.classifier_is_ahead.maps == known
            assert session.maps.usual() == version, "whoever takes a model wants its map"
    with opened(project) as session:
        quiet(session)
        first, classifier = session.maps.choices()
        assert (first.version, first.mean_iou, classifier.mean_iou) == (1, maps.model, maps.classifier)
    run = here(capsys, "predict", project, "--out", project.parent / "taken", "--json")
    assert run.json["map by"] == "model 1"
    assert "--by classifier takes its map" in run.err


@pytest.mark.parametrize("damage", [math.nan, 10**400, -0.5, "much", None], ids=lambda damage: str(damage)[:4])
def test_scores_that_cannot_be_are_not_known(project: Path, damage: Any) -> None:
    damaged = [{"4": {**KNOWN._asdict(), key: damage}} for key in KNOWN._fields]
    with store_of(project) as store:
        add_model(store, 4, b"rubbish")
        for stored in (*damaged, {"4": damage}, damage, {"3": KNOWN._asdict()}):
            store.set_setting(Setting.MAP_SCORES, stored)
            assert kept_ahead(store).maps is None
        store.set_setting(Setting.MAP_SCORES, {"4": KNOWN._asdict()})
        assert kept_ahead(store).maps == KNOWN


def test_areas_are_those_of_the_map_and_corrected_where_tiles_can_judge(session: Session, tmp_path: Path) -> None:
    for tile_id in session.tiles:
        scribble(session, tile_id)
    areas = done(session, session.maps.areas())
    seen = raster_of(done(session, session.export_predictions(tmp_path / "out"))[0])
    for c in areas.classes:
        mapped = sum(np.count_nonzero(seen[tile.rect.slices] == c.value) for tile in session.tiles.values())
        assert c.mapped == pytest.approx(mapped * 0.25 / 10_000)
        assert c.corrected.tiles > 0
        assert c.corrected.value > 0
    report = done(session, session.maps.scores())
    assert report.version == CLASSIFIER_VERSION
    assert report.scores.mean_iou.value > 0.6
    assert any("has not seen the tiles" in str(remark) for remark in report.remarks)


def test_where_no_tile_can_judge_areas_are_counted_and_it_is_said(project: Path, tmp_path: Path) -> None:
    with opened(project) as session:
        for tile_id in list(session.tiles)[:2]:
            scribble(session, tile_id)
        report = done(session, session.maps.export_report(tmp_path / "out"))
    assert all(math.isnan(c.corrected.value) and c.mapped > 0 for c in report.areas.classes)
    written = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert "## Pixel classifier" in written
    assert "Nobody knows how good it is" in written
    assert "not known well enough to correct the areas" in written
    assert {f.values["source"] for f in features(tmp_path / "out" / "map.gpkg", "map")} == {"pixel classifier"}


def test_the_classifier_is_judged_by_tiles_that_have_not_taught_it(session: Session) -> None:
    """Whoever paints nonsense on the tiles that judge must not be told that it is right."""
    tiles = list(session.tiles)
    for tile_id in tiles:
        scribble(session, tile_id)
    model = model_of(Field(session.path.parent))
    card = replace(model.card, training_tiles=tuple(tiles[:9]))
    session.forecasts.lead_with(replace(model, card=card), Ahead(with_scribbles=True, alone=True))
    before = done(session, session.maps.scores())
    for tile_id in tiles[9:]:
        width, height = session.tiles[tile_id].rect[2:]
        truth = truth_of()[session.tiles[tile_id].rect.slices]
        recorder = session.begin_stroke(tile_id, "brush")
        for value in (1, 2):
            recorder.paint(Rect(0, 0, width, height), truth == value, Ink(3 - value))
        session.finish_stroke(tile_id, recorder)
    after = done(session, session.maps.scores())
    assert before.scores.tiles > 0
    assert before.scores.mean_iou.value > 0.6
    assert after.scores.mean_iou.value < 0.3


def test_where_the_model_has_learned_from_all_paint_tiles_judge_the_classifier_all_the_same(session: Session) -> None:
    model = model_of(Field(session.path.parent))
    card = replace(model.card, training_tiles=tuple(session.painted))
    session.forecasts.lead_with(replace(model, card=card), Ahead(with_scribbles=True, alone=True))
    report = done(session, session.maps.scores())
    assert report.scores.tiles > 0
    assert report.scores.mean_iou.value > 0.6
    assert not any("Nobody knows" in str(remark) for remark in report.remarks)


def test_from_the_terminal(project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(project) as session:
        for tile_id in session.tiles:
            scribble(session, tile_id)
    run = here(capsys, "predict", project, "--out", tmp_path / "without", "--flips", "--json")
    assert run.json["map by"] == "pixel classifier"
    assert "There is no model: the map is made by the pixel classifier" in run.err
    assert "--flips is for a model's map" in run.err
    run = here(capsys, "train", project, "--steps", "2", "--json")
    with opened(project) as session:
        known = session.forecasts.classifier_is_ahead.maps
    assert known is not None
    figures = f"mean IoU {known.classifier:.2f}, the model's {known.model:.2f}; tiles: 3"
    assert f"than this model ({figures}): it makes the maps, unless you say --by model." in run.err
    run = here(capsys, "export", project, "--out", tmp_path / "better", "--predictions", "--json")
    assert run.json["map by"] == "pixel classifier"
    assert any(path.endswith("field_labels.tif") for path in run.json["written"])
    assert "on 3 tiles held out its mean IoU is" in run.err
    assert np.array_equal(*(raster_of(tmp_path / out / "field_prediction.tif") for out in ("without", "better")))
    run = here(capsys, "predict", project, "--out", tmp_path / "worse", "--by", "model", "--json")
    assert run.json["map by"] == "model 1"
    assert f"than this model ({figures}): --by classifier takes its map." in run.err
    assert "unless you say" not in run.err
    with rasterio.open(tmp_path / "worse" / "field_prediction.tif") as file:
        assert file.tags()["FIELDBRUSH_SOURCE"] == "model 1"
    run = here(capsys, "report", project, "--out", tmp_path / "report", "--json")
    assert (run.json["map by"], run.json["model"]) == ("pixel classifier", CLASSIFIER_VERSION)
    assert run.json["mean_iou"][0] > 0.5
    with pytest.raises(SystemExit):
        main(["predict", str(project), "--out", str(tmp_path), "--by", "nobody"])


def test_a_report_scores_the_classifier_alike_whether_it_was_asked_for_or_leads(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Asked for, it needs no Model loaded: what that has learned from is not to judge all the same."""
    with opened(project) as session:
        tiles = list(session.tiles)
        for tile_id in tiles[::2]:
            scribble(session, tile_id)
        done(session, session.train(QUICK))
        for tile_id in tiles[1::2]:
            scribble(session, tile_id)
    usual = here(capsys, "report", project, "--out", tmp_path / "usual", "--json")
    chosen = here(capsys, "report", project, "--out", tmp_path / "chosen", "--by", "classifier", "--json")
    assert usual.json["map by"] == chosen.json["map by"] == "pixel classifier"
    for name in ("confusion.csv", "areas.csv", "scores.csv"):
        assert (tmp_path / "chosen" / name).read_bytes() == (tmp_path / "usual" / name).read_bytes()


def test_where_nothing_was_held_out_the_model_makes_the_map_and_a_terminal_says_so(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The same as in the window, where the classifier colours the scene."""
    with opened(project) as session:
        session.forecasts.suggests = True
        for tile_id in list(session.tiles)[:4]:
            scribble(session, tile_id)
        result, _ = done(session, session.train(QUICK))
        quiet(session)
        assert result.judged.classifier_is_ahead is None
        assert (session.forecasts.classifier_leads, session.maps.usual()) == (True, 1)
    run = here(capsys, "predict", project, "--out", tmp_path / "usual", "--json")
    assert run.json["map by"] == "model 1"
    assert "Nobody has measured whether the pixel classifier" in run.err
    chosen = here(capsys, "predict", project, "--out", tmp_path / "chosen", "--by", "model")
    assert "Nobody has measured" not in chosen.err


def test_a_damaged_model_is_no_reason_not_to_map_with_the_classifier(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(project) as session:
        for tile_id in list(session.tiles)[:4]:
            scribble(session, tile_id)
    with store_of(project) as store:
        add_model(store, 4, b"rubbish")
    assert here(capsys, "predict", project, "--out", tmp_path / "a").code == 1
    for command in ("predict", "report"):
        run = here(capsys, command, project, "--out", tmp_path / command, "--by", "classifier", "--json")
        assert run.json["map by"] == "pixel classifier"
