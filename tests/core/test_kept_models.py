"""Kept models: going back, scores, comparison, areas, files; and the report and review of a session."""

from __future__ import annotations

import csv
import json
import math
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import rasterio

from core.errors import ExportError, LearningError
from core.events import Subject
from core.geometry import Rect, TileRef
from core.imagery.reader import TileReader
from core.labels.classes import LabelClass, classes_from_names
from core.labels.strokes import Ink
from core.learning.calibration import Calibration
from core.learning.model import SegmentationModel, read_card
from core.learning.model_files import adopted
from core.learning.settings import TrainingSettings
from core.project.models import KEPT_MODELS, add_round, rounds
from core.project.records import DoubtRecord
from core.project.settings import Setting
from core.report import evaluation
from core.report.areas import MapCount, area_report
from core.report.files import write_report
from core.session import Session
from core.terminal.cli import main
from tests.core.projects import (
    Unwatched,
    add_flat_rounds,
    done,
    make_project,
    opened_with_store,
    paint_rect,
    quiet,
    store_of,
    write_scene,
)
from tests.core.test_pixel_classifier import SIDE, write_stripes

TILES = 9
QUICK = TrainingSettings(max_steps=3, crop_px=64, batch_size=2, threads=1)


@contextmanager
def opened(project: Path) -> Iterator[Session]:
    """Without a window to be polite to, on one core."""
    session = Session.open(project, beside_window=False)
    session.threads = 1
    try:
        yield session
    finally:
        session.close()


def painted_project(folder: Path, tiles: int = TILES, name: str = "{}.tif") -> Path:
    """Scenes of one tile each, all of them painted with the truth in bands."""
    files = [folder / name.format(n) for n in range(tiles)]
    for file in files:
        file.parent.mkdir(parents=True, exist_ok=True)
    truths = [write_stripes(file, 3, seed=n) for n, file in enumerate(files)]
    project = make_project(folder, files, tile_px=SIDE)
    with opened(project) as session:
        for tile_id, truth in zip(session.tiles, truths, strict=True):
            recorder = session.begin_stroke(tile_id, "brush")
            for value in (1, 2):
                for top in (8, 40, 70):
                    rect = Rect(0, top, SIDE, 14)
                    recorder.paint(rect, truth[rect.slices] == value, Ink(value))
            session.finish_stroke(tile_id, recorder)
    return project


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with three models; module-wide, so tests here leave it as they find it."""
    project = painted_project(tmp_path_factory.mktemp("trained") / "field")
    with opened(project) as session:
        for seed in range(3):
            done(session, session.train(TrainingSettings(**{**vars(QUICK), "seed": seed})))
    return project


def test_models_are_listed_with_what_they_learned_from(trained: Path) -> None:
    with opened(trained) as session:
        kept = session.models.kept()
        assert [model.version for model in kept] == [3, 2, 1]
        assert [model.leads for model in kept] == [True, False, False]
        assert all(model.card.training_tiles and model.card.settings.max_steps == 3 for model in kept)
    with store_of(trained) as store:
        assert [known.version for known in rounds(store)] == [1, 2, 3]


@pytest.mark.parametrize("weights", [b"", b"\0", bytes(64), "words"])
def test_a_damaged_model_is_not_listed_and_the_others_are(trained: Path, tmp_path: Path, weights: bytes | str) -> None:
    project = tmp_path / "field.fieldbrush"
    project.write_bytes(trained.read_bytes())
    with closing(sqlite3.connect(project)) as file, file:
        file.execute("UPDATE model SET weights = ? WHERE version = 2", (weights,))
    with opened(project) as session:
        assert [model.version for model in session.models.kept()] == [3, 1]
        assert session.models.next_version() == 4
        with pytest.raises(LearningError, match="is not kept any more"):
            session.models.report(2)


def test_what_was_counted_long_ago_is_counted_anew(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A window that is open for weeks would remember a table for every change of a held-out tile's paint."""
    monkeypatch.setattr(evaluation, "_KEPT_TABLES", 1)
    asked, predict = [], evaluation.predict_tile
    monkeypatch.setattr(evaluation, "predict_tile", lambda *given: asked.append(given) or predict(*given))
    with opened(trained) as session:
        request, evaluator = session.models.request((3,)), evaluation.Evaluator()
        found = evaluator.evaluate(request, Unwatched())
        count = len(found.held_out.tiles)
        assert count > 1
        again = evaluator.evaluate(request, Unwatched())
        assert np.array_equal(again.tables[3], found.tables[3])
        assert len(asked) == 2 * count


def test_a_model_knows_how_much_of_its_judges_was_painted(trained: Path) -> None:
    """Three bands of 14 of 96 rows; a model from elsewhere has no judges here."""
    with opened(trained) as session:
        card = session.models.kept()[0].card
        painted = [sum(session.painted[tile].values()) for tile in card.validation_tiles]
        expected = sum(painted) / (len(painted) * SIDE * SIDE)
        assert session.models.painted_share(card) == pytest.approx(expected)
        assert 0.1 < expected < 0.5
        assert math.isnan(session.models.painted_share(replace(card, validation_tiles=())))
        assert math.isnan(session.models.painted_share(replace(card, scores=None)))


def test_a_round_remembers_what_each_tile_said_of_it(trained: Path) -> None:
    with store_of(trained) as store:
        known = rounds(store)
    with opened(trained) as session:
        for model, made in zip(reversed(session.models.kept()), known, strict=True):
            assert set(made.tables) == set(model.card.validation_tiles)
            assert made.class_values == model.card.class_values
            assert model.card.scores is not None
            assert np.sum(list(made.tables.values()), axis=0).tolist() == [list(row) for row in model.card.scores.table]


def test_only_the_last_rounds_keep_their_tables_and_the_first_projects_had_none(tmp_path: Path) -> None:
    with opened_with_store(painted_project(tmp_path / "field", 8)) as (session, store):
        earlier = {"version": 1, "tiles": 8, "mean_iou": 0.5, "held_out": 6}
        store.set_setting(Setting.ROUNDS, [earlier, {**earlier, "version": 2}, {**earlier, "version": 3}])
        assert session.models.outlook(8) is None
        add_flat_rounds(session)
        found = session.models.outlook(8)
        assert found is not None
        assert found.hardly_helps
        made = rounds(store)
        add_round(store, replace(made[-1], version=9, tiles=44), 3)
        assert [known.version for known in rounds(store)] == [1, 2, 3, 4, 5, 9]
        assert [bool(known.tables) for known in rounds(store)] == [False] * 3 + [True] * 3


def test_a_model_without_a_score_knows_whether_the_next_training_brings_one(tmp_path: Path) -> None:
    with opened(painted_project(tmp_path / "field", 6)) as session:
        *first, fifth, sixth = session.tiles
        for tile_id in (fifth, sixth):
            session.undo(tile_id)
        done(session, session.train(QUICK))
        assert session.forecasts.model.card.scores is None
        assert not session.models.next_can_be_judged(), "four tiles"
        paint_rect(session, fifth, Rect(0, 0, 3, 3), 1)
        assert not session.models.next_can_be_judged(), "a dab is no fifth tile"
        session.undo(fifth)
        session.redo(sixth)
        assert set(session.painted) == {*first, sixth}
        assert session.models.next_can_be_judged()
        done(session, session.train(QUICK))
        assert session.forecasts.model.card.scores is not None
        assert sixth in session.forecasts.model.card.validation_tiles


def test_accepted_paint_promises_no_score(tmp_path: Path) -> None:
    """It judges nothing, however much of it there is: the training holds no tile back for it."""
    with opened(painted_project(tmp_path / "field", 6)) as session:
        *_, fifth, sixth = session.tiles
        for tile_id in (fifth, sixth):
            session.undo(tile_id)
        done(session, session.train(QUICK))
        quiet(session)
        for tile_id in (fifth, sixth):
            assert session.accept_prediction(tile_id)
        assert len(session.painted) == 6
        assert not session.models.next_can_be_judged()
        done(session, session.train(QUICK))
        assert session.forecasts.model.card.scores is None


def test_a_model_that_has_learned_from_all_tiles_is_not_judged_by_them(tmp_path: Path) -> None:
    with opened(painted_project(tmp_path / "field", 6)) as session:
        done(session, session.train(QUICK))
        assert session.models.next_can_be_judged()
        model = session.forecasts.model
        card = replace(model.card, training_tiles=tuple(session.tiles), validation_tiles=(), scores=None)
        session.forecasts.lead_with(replace(model, card=card))
        assert not session.models.next_can_be_judged()


def test_the_report_scores_tiles_the_model_never_saw(trained: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        report = done(session, session.models.report(3))
        held_out = set(session.tiles) - set(session.models.kept()[0].card.training_tiles)
        assert report.scores.tiles == len(held_out)
        assert 0 <= report.scores.mean_iou.value <= 1
        assert report.scores.table.sum() == sum(
            sum(pixels for value, pixels in session.painted[tile].items()) for tile in held_out
        )
        assert [point.version for point in report.curve] == [1, 2, 3]
        assert all(point.same_tiles for point in report.curve)
        assert any("An interval needs five tiles" in str(remark) for remark in report.remarks)
        with pytest.raises(LearningError, match="not kept any more"):
            session.models.report(77)


def test_the_list_and_the_report_have_one_score_until_there_is_more_to_score_on(tmp_path: Path) -> None:
    project = painted_project(tmp_path / "field", 12)
    with opened(project) as session:
        done(session, session.train(QUICK))
        quiet(session)
        (kept,) = session.models.kept()
        report = done(session, session.models.report(1))
        assert kept.card.scores is not None
        assert report.scores.table.tolist() == [list(row) for row in kept.card.scores.table], "to the pixel"
        assert not any("When it was trained" in str(remark) for remark in report.remarks)
        held_out = kept.card.validation_tiles[0]
        session.fill_unlabeled(held_out, 1)
        report = done(session, session.models.report(1))
        then = f"When it was trained, its mean IoU was {kept.card.scores.mean_iou:.2f}; tiles held back then: 2."
        assert then in [str(remark) for remark in report.remarks]


def test_random_checks_are_held_out_first_and_the_report_counts_them(tmp_path: Path) -> None:
    projects = [painted_project(tmp_path / name, 12) for name in ("chosen", "drawn")]
    with opened(projects[0]) as session:
        usual = set(done(session, session.train(QUICK))[0].model.card.validation_tiles)
        assert "chosen for learning" in " ".join(map(str, done(session, session.models.report(1)).remarks))
    with store_of(projects[1]) as store:
        drawn = min({tile.tile_id for tile in store.tiles()} - usual)
        store.add_doubt_record(DoubtRecord(drawn, 0, "audit", 0.3, 0.2))
    with opened(projects[1]) as session:
        result, _ = done(session, session.train(QUICK))
        assert drawn in result.model.card.validation_tiles
        remarks = [str(remark) for remark in done(session, session.models.report(1)).remarks]
        assert "Of these, 1 drawn at random, the others chosen for learning." in remarks


def test_a_class_that_no_held_out_tile_has_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the training and by the report; it had an IoU of 0, or none, without a word."""
    project = painted_project(tmp_path / "field", 6)
    with opened(project) as session:
        session.set_classes([*session.classes, LabelClass(3, "water", "#0000FF")])
        paint_rect(session, next(iter(session.tiles)), Rect(0, 24, SIDE, 14), 3)
    said = "No tile held out has paint of “water”: its scores are not known."
    assert main(["train", str(project), "--steps", "2", "--json"]) == 0
    run = capsys.readouterr()
    found = json.loads(run.out)["iou"]
    assert [found[name] is None for name in ("healthy", "unhealthy", "water")] == [False, False, True]
    assert said in run.err
    with opened(project) as session:
        quiet(session)
        assert said in map(str, done(session, session.models.report(1)).remarks)
        _, card = session.models.exporting(1, tmp_path / "model")()
        assert "water –" in card.read_text(encoding="utf-8")
    assert main(["report", str(project), "--out", str(tmp_path / "out")]) == 0
    out = capsys.readouterr().out
    assert "water: [–, –, –]" in out
    assert "nan" not in out


def test_a_training_too_short_to_find_anything_better_says_nothing_of_labels(tmp_path: Path) -> None:
    """Such rounds would say that labeling more hardly helps; their numbers are taken all the same."""
    project = painted_project(tmp_path / "field", 6)
    with opened(project) as session:
        done(session, session.train(TrainingSettings(**{**vars(QUICK), "max_steps": 12})))
        settings = TrainingSettings(**{**vars(QUICK), "max_steps": 3, "learning_rate": 1.0})
        spoilt = done(session, session.train(settings))
        assert spoilt[0].model.card.same_as == 1
        assert [model.version for model in session.models.kept()] == [2, 1]
    with store_of(project) as store:
        assert [(made.version, made.counts) for made in rounds(store)] == [(1, True), (2, False)]
    with opened(project) as session:
        first, second = session.models.kept()[::-1]
        report = done(session, session.models.report(1))
        assert [point.version for point in report.curve] == [1]
        assert second.card.training_tiles == first.card.training_tiles
        done(session, session.models.use(1))
        session.models.delete(2)
        assert session.models.next_version() == 3


def test_going_back_makes_a_model_lead_and_stays_so(trained: Path) -> None:
    heard = []
    with opened(trained) as session:
        quiet(session)
        session.changes.subscribe(lambda change: heard.append(change.subjects))
        done(session, session.models.use(1))
        quiet(session)
        assert session.forecasts.version == 1
        assert any(Subject.MODEL in subjects for subjects in heard)
        tile = next(iter(session.tiles))
        assert session.forecasts.predictions.model_version(tile) == 1, "the older model predicts anew"
        assert session.models.next_version() == 4, "a number is never given twice"
        with pytest.raises(LearningError, match="in use"):
            session.models.delete(1)
    with opened(trained) as session:
        quiet(session)
        assert session.forecasts.version == 1
        assert session.forecasts.model is not None
        assert session.forecasts.model.card.version == 1
        done(session, session.models.use(3))


def test_two_models_side_by_side(trained: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        found = done(session, session.models.compare(1, 3))
        assert found.versions == (1, 3)
        assert set(found.differing) == set(map(str, range(TILES)))
        assert all(0 <= share <= 1 for share in found.differing.values())
        expected = found.scores.second.mean_iou.value - found.scores.first.mean_iou.value
        assert found.scores.mean_gain.value == pytest.approx(expected)
        same = done(session, session.models.compare(2, 2))
        assert set(same.differing.values()) == {0.0}


def test_what_one_model_gives_a_class_that_is_gone_is_seen_differently(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def predicted(model: SegmentationModel, _: TileReader, ref: TileRef) -> SimpleNamespace:
        classes = np.full((ref.rect.height, ref.rect.width), 1, np.uint8)
        classes[: 60 if model.card.version == 1 else 0] = 77  # of the first model's
        return SimpleNamespace(classes=classes)

    monkeypatch.setattr("core.report.evaluation.predict_tile", predicted)
    with opened(trained) as session:
        quiet(session)
        for pair in ((1, 3), (3, 1)):
            found = done(session, session.models.compare(*pair))
            assert set(found.differing.values()) == {60 / SIDE}


def test_scenes_of_one_name_are_compared_each_and_a_merged_class_is_its_heir(tmp_path: Path) -> None:
    with opened(painted_project(tmp_path / "field", 4, "{}/scene.tif")) as session:
        for _ in range(2):
            done(session, session.train(QUICK))
        first = done(session, session.models.compare(1, 2))
        assert len(first.differing) == 4
        assert sum(first.differing.values()) > 0, "else the rest says nothing"
        session.set_classes([*session.classes, LabelClass(3, "weed", "#009E73")])
        done(session, session.merge_class(2, 1))
        assert set(done(session, session.models.compare(1, 2)).differing.values()) == {0.0}, "there is one class left"


def test_areas_are_hectares_and_add_up(trained: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        areas = done(session, session.maps.areas())
        assert areas.unit == "ha"
        whole = TILES * SIDE * SIDE * 0.25 / 10_000
        assert sum(c.mapped for c in areas.classes) == pytest.approx(whole)
        assert sum(sum(scene.pixels.values()) for scene in areas.scenes) == TILES * SIDE * SIDE
        corrected = [c.corrected.value for c in areas.classes]
        assert any(math.isnan(c) for c in corrected) or sum(corrected) == pytest.approx(whole)
        counted_anew = done(session, session.maps.areas())  # predictions counted in passing, or predicted again
        assert [c.mapped for c in counted_anew.classes] == pytest.approx([c.mapped for c in areas.classes])


def test_without_a_georeference_areas_are_pixels_and_it_is_said(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(1, 250, (3, 64, 64)).astype("uint8")
    with rasterio.open(
        tmp_path / "plain.tif", "w", driver="GTiff", width=64, height=64, count=3, dtype="uint8"
    ) as file:
        file.write(values)
    with opened(make_project(tmp_path, [tmp_path / "plain.tif"])) as session:
        counts = np.zeros(256, np.int64)
        counts[1], counts[2] = 1000, 3096
        (scene,) = session.scenes
        count = MapCount(session.scene_files.open(scene).info)
        count.add(counts, Rect(0, 0, 64, 64))
        found = area_report([count], (1, 2), np.zeros((0, 2, 2), np.int64))
        assert found.unit == "px"
        assert [c.mapped for c in found.classes] == [1000, 3096]
        assert "plain.tif" in str(found.remarks[0])
        assert all(math.isnan(c.corrected.value) for c in found.classes)


def test_a_model_goes_out_and_comes_back(trained: Path, tmp_path: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        files = session.models.exporting(3, tmp_path / "mine")()
        assert [file.name for file in files] == ["mine.safetensors", "mine.md"]
        assert "Learned from" in files[1].read_text(encoding="utf-8")
        taught = set(session.models.kept()[0].card.training_tiles)
        original = SegmentationModel.from_bytes(files[0].read_bytes())
    other = painted_project(tmp_path / "other", 3)  # its scenes are the first three of the same fields
    with opened(other) as session:
        model, _ = done(session, session.models.bring_in(files[0]))
        assert session.forecasts.version == model.card.version == 1
        known = {tile.scene_id - 1 for tile in session.tiles.values() if tile.tile_id in model.card.training_tiles}
        assert known == {tile - 1 for tile in taught if tile <= 3}, "places are recognised by their scenes"
        ours, theirs = model.module.state_dict(), original.module.state_dict()
        assert all(bool((ours[name] == theirs[name]).all()) for name in theirs)
        quiet(session)
        assert session.forecasts.predictions.model_version(1) == 1
    with opened(other) as session:
        quiet(session)
        assert session.forecasts.model is not None
        assert session.forecasts.model.card.training_tiles == model.card.training_tiles
        again = session.models.exporting(1, tmp_path / "again")()[0]
    with opened(painted_project(tmp_path / "third", TILES)) as session:
        model, _ = done(session, session.models.bring_in(again))
        assert len(model.card.training_tiles) == len(taught), "on its way it was where three of its scenes were not"


def test_nothing_that_was_measured_elsewhere_comes_in_with_a_model(trained: Path, tmp_path: Path) -> None:
    elsewhere = Calibration((200,) * 10, (0.9,) * 10, (0.8,) * 10, 0.2, 0.1)
    with opened(trained) as session:
        quiet(session)
        model = session.forecasts.model
        assert model is not None
        measured = replace(model.card, calibration=elsewhere, ended_after=120, temperature=1.5)
        assert measured.scores is not None
        data = SegmentationModel(measured, model.module).to_bytes()
    card, own = adopted(data, 7, {}, ())
    assert card == read_card(own)
    assert (card.version, card.temperature) == (7, 1.5), "without that it would answer otherwise"
    assert card.scores is card.calibration is None
    assert (card.joining_tiles, card.ended_after, card.validation_tiles) == (0, 0, ())


def test_a_model_that_comes_in_while_another_trains_takes_no_number_from_it(trained: Path, tmp_path: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        file, _ = session.models.exporting(3, tmp_path / "mine")()
    other = painted_project(tmp_path / "other", 3)
    with opened(other) as session:
        training = session.train(TrainingSettings(**{**vars(QUICK), "max_steps": 30}))
        brought, _ = done(session, session.models.bring_in(file))
        assert training.result is None, "it was brought in between two steps"
        done(session, training)
        assert [model.version for model in session.models.kept()] == [2, 1]
        assert brought.card.version == 2


def test_the_number_of_a_training_is_free_again_when_it_is_given_up(trained: Path) -> None:
    with opened(trained) as session:
        training = session.train(TrainingSettings(**{**vars(QUICK), "max_steps": 1000}))
        assert session.models.next_version() == 5, "4 is being trained"
        training.cancel()
        quiet(session)
        assert session.models.next_version() == 4


def test_what_is_no_model_is_refused_with_a_sentence(trained: Path, tmp_path: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        (tmp_path / "bad.safetensors").write_bytes(b"this is no model at all")
        for name, words in (("bad.safetensors", "not a model"), ("missing.safetensors", "could not be read")):
            with pytest.raises(LearningError, match=words):
                done(session, session.models.bring_in(tmp_path / name))
        assert session.forecasts.version == 3
        (tmp_path / "file").write_bytes(b"")
        with pytest.raises(ExportError, match="could not be written"):
            session.models.exporting(3, tmp_path / "file" / "below")()


def test_a_model_of_other_classes_or_bands_is_refused(trained: Path, tmp_path: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        file = session.models.exporting(3, tmp_path / "mine")()[0]
    write_scene(tmp_path / "five.tif", bands=5)
    five = make_project(tmp_path, [tmp_path / "five.tif"], name="five")
    with opened(five) as session, pytest.raises(LearningError, match="reads the bands"):
        done(session, session.models.bring_in(file))
    write_scene(tmp_path / "three.tif")
    three = make_project(tmp_path, [tmp_path / "three.tif"], name="three")
    with opened(three) as session:
        session.set_classes([c for c in classes_from_names(["a", "b", "c"]) if c.value != 2])
        with pytest.raises(LearningError, match="does not have: 2 unhealthy"):
            done(session, session.models.bring_in(file))


def test_five_models_are_kept_and_the_rounds_of_all(tmp_path: Path) -> None:
    project = painted_project(tmp_path / "field", 6)
    with opened(project) as session:
        for _ in range(KEPT_MODELS + 1):
            done(session, session.train(TrainingSettings(**{**vars(QUICK), "max_steps": 1})))
        quiet(session)
        assert [model.version for model in session.models.kept()] == [6, 5, 4, 3, 2]
        session.models.delete(5)
        assert [model.version for model in session.models.kept()] == [6, 4, 3, 2]
        report = done(session, session.models.report(6))
        assert [(point.version, point.same_tiles) for point in report.curve][:2] == [(1, False), (2, True)]


def test_the_report_as_files_and_from_the_terminal(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(trained), "--out", str(tmp_path / "out"), "--by", "model", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["model"], said["map by"]) == (3, "model 3")
    names = [Path(path).name for path in said["written"]]
    texts = ["report.html", "report.md", "scores.csv", "confusion.csv", "areas.csv"]
    assert names == ["report.pdf", *texts, "map.gpkg"]
    with open(tmp_path / "out" / "areas.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    per_scene = sum(float(row["mapped"]) for row in rows if row["scene"])
    assert per_scene == pytest.approx(TILES * SIDE * SIDE * 0.25 / 10_000, rel=1e-4)
    assert said["areas"]["unit"] == "ha"
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "An interval needs five tiles" in page
    (tmp_path / "in the way").write_bytes(b"")
    assert main(["report", str(trained), "--out", str(tmp_path / "in the way")]) == 1
    assert "could not be written" in capsys.readouterr().err


def test_command_and_report_say_what_the_model_lacks(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever reads the report was not there when the model was trained."""
    folder = Path(shutil.copytree(trained.parent, tmp_path / "copy"))
    with opened(folder / trained.name) as session:
        quiet(session)
        session.set_classes([*session.classes, LabelClass(3, "weed", "#009E73")])
        session.set_setting("classifier_alone_is_ahead", True)
    better = "the pixel classifier does better than this model"
    out = str(tmp_path / "out")
    assert main(["report", str(folder / trained.name), "--out", out, "--by", "model"]) == 0
    said = capsys.readouterr().err
    assert better in said
    assert "has not learned “weed”: paint that first" in said
    for name in ("report.md", "report.html"):
        written = (tmp_path / "out" / name).read_text(encoding="utf-8")
        assert better in written
        assert "The map never shows “weed”" in written
    with opened(folder / trained.name) as session:
        quiet(session)
        older = done(session, session.models.report(2))
        assert better not in " ".join(map(str, older.remarks)), "it was compared with the one that leads"


def test_names_are_escaped_in_files(trained: Path, tmp_path: Path) -> None:
    with opened(trained) as session:
        quiet(session)
        report = done(session, session.models.report(3))
    odd = replace(report, names={1: "<b>healthy|x", 2: "unhealthy"})
    write_report("a <title>", odd, None, tmp_path)
    assert "<b>" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>healthy\\|x" in (tmp_path / "report.md").read_text(encoding="utf-8")
    assert not (tmp_path / "areas.csv").exists()


def test_where_nothing_can_make_a_map_there_is_no_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "scene.tif")])
    assert main(["report", str(project), "--out", str(tmp_path / "out")]) == 1
    assert (
        "There is no model yet, and fewer than two classes are painted. Paint two classes, or train a model."
        in capsys.readouterr().err
    )


# -- the walk through the findings ------------------------------------------------------------------------------------


def test_review_keep_and_mend(tmp_path: Path) -> None:
    project = painted_project(tmp_path / "field", 6)
    wrong = Rect(20, 40, 30, 14)
    with opened(project) as session:
        first, second = list(session.tiles)[1:3]
        for tile_id in (first, second):
            labels = session.mask(tile_id).labels[wrong.slices].copy()
            paint_rect(session, tile_id, wrong, 2 if (labels == 1).mean() > 0.5 else 1)
        found = done(session, session.review.start())
        assert session.review.findings == found
        assert {finding.tile_id for finding in found[:2]} == {first, second}
        heard = []
        session.changes.subscribe(lambda change: heard.append(change) if Subject.REVIEW in change.subjects else None)
        kept, mended = found[0], found[1]
        session.review.keep(kept)
        assert kept not in (session.review.findings or [])
        session.undo(mended.tile_id)
        assert all(finding is not mended for finding in session.review.findings or [])
        assert len(heard) == 2
    with opened(project) as session:
        again = done(session, session.review.start())
        assert any(finding.tile_id == kept.tile_id and finding.rect == kept.rect for finding in again)
        assert all(
            finding.tile_id != kept.tile_id or finding.rect.intersect(kept.rect).is_empty
            for finding in session.review.findings or []
        )
        session.review.ask_again()
        done(session, session.review.start())
        assert any(finding.tile_id == kept.tile_id for finding in session.review.findings or [])


def test_a_model_that_is_deleted_while_it_is_loaded_does_not_lead(trained: Path, tmp_path: Path) -> None:
    """Its next training would go on from it, and the project open with another one."""
    project = tmp_path / "field.fieldbrush"
    project.write_bytes(trained.read_bytes())
    with opened(project) as session:
        leads = session.forecasts.version
        job = session.models.use(1)
        session.models.delete(1)
        session.wait(job)
        assert "Model 1 is not kept any more." in str(job.error)
        assert session.forecasts.version == leads
        assert [model.leads for model in session.models.kept()] == [True, False]
