"""Campaigns from outside without any training: the pixel classifier doubts in the place of a Model."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from core.demo.scene import write_demo_scene
from core.errors import ProjectError, SceneError
from core.geometry import TileRef
from core.imagery.reader import TilePixels
from core.labels.snapshot import StoredMask
from core.learning import pixel_classifier
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.rival import Ahead
from core.learning.settings import TrainingSettings
from core.mask_import.files import MaskFile
from core.mask_import.importer import MaskImporter
from core.project.records import DoubtRecord, TileStatus
from core.selection.strategies import UNHEARD
from core.session import Session
from core.session_parts import classifier_stand_in, predicting
from tests.core.imagery_files import write_raster
from tests.core.projects import (
    UTM,
    bring_embeddings,
    done,
    dot,
    keep_embeddings,
    make_project,
    opened,
    opened_with_store,
    paint_rect,
    quiet,
)
from tests.core.test_cli import here

FIRST = 6


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("farm")
    write_demo_scene(folder, size_px=384)
    return folder


@pytest.fixture(scope="module")
def labeled(farm: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """36 tiles, six labeled, no model."""
    folder = Path(shutil.copytree(farm, tmp_path_factory.mktemp("labeled") / "farm"))
    path = make_project(folder, [folder / "farmland.tif"], tile_px=64)
    with opened(path) as session:
        done(session, session.embed())
        quiet(session)
        (scene,) = session.scenes.values()
        importer = MaskImporter(MaskFile(scene.scene_id, folder / "farmland_truth.tif"), scene, session.classes, None)
        for ranked in session.queue()[:FIRST]:
            session.import_mask(ranked.tile_id, importer.read(session.tiles[ranked.tile_id].rect))
        assert session.can_train()
    keep_embeddings(path)
    return path


@pytest.fixture
def project(labeled: Path, tmp_path: Path) -> Path:
    """A copy, with the embeddings."""
    bring_embeddings(labeled)
    return Path(shutil.copytree(labeled.parent, tmp_path / "copy")) / labeled.name


def rows_of(path: Path) -> list[list[str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def test_a_campaign_without_training_hears_doubt_and_earns_trust(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    orders = [tmp_path / f"{number}.csv" for number in range(3)]
    for order, options in zip(orders, ((), (), ("--jobs", 2)), strict=True):
        run = here(capsys, "rank", project, "--csv", order, *options)
        assert run.code == 0, run.err
        assert "the pixel classifier" in run.err
    header, *rows = rows_of(orders[0])
    assert len(rows) == 36 - FIRST
    doubts = [row for row in rows if row[7] == "doubt"]
    assert len(doubts) > 3
    assert all(row[8].startswith("The pixel classifier is ") and "unsure here (" in row[8] for row in doubts)
    assert orders[0].read_bytes() == orders[1].read_bytes() == orders[2].read_bytes()

    with orders[0].open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *doubts[:3]])
    for _ in range(2):  # labels that are there already teach nothing about doubt
        run = here(capsys, "import-masks", project, project.parent, "--tiles", orders[0], "--json")
        assert run.json["labeled"] == FIRST + 3, run.err
        with opened(project) as session:
            records = session.doubt_records.of_classifier()
            by_place = {tuple(map(str, tile.rect)): tile.tile_id for tile in session.tiles.values()}
            assert sorted(r.tile_id for r in records) == sorted(by_place[tuple(row[2:6])] for row in doubts[:3])
            assert {(r.model_version, r.regime) for r in records} == {(CLASSIFIER_VERSION, "doubt")}
            assert all(0 < r.doubt <= 1 and 0 <= r.error <= 1 for r in records)
    run = here(capsys, "rank", project, "--json")
    assert 0 < run.json["trust"] < 1
    assert run.json["doubts"].startswith("Doubts have been right ")
    assert f"{run.json['doubts']}." in run.err
    assert "trust" not in here(capsys, "rank", project, "--strategy", "coverage", "--json").json, "it does not ask"


def ranked_by(capsys: pytest.CaptureFixture[str], project: Path, strategy: str, *options: object) -> tuple[str, list]:
    """What is said, and for each place the tile, its regime and its score."""
    run = here(capsys, "rank", project, "--strategy", strategy, *options, "--json")
    assert run.code == 0, run.err
    return run.err, [((r["column"], r["row"]), r["regime"], r["score"]) for r in run.json["ranked"]]


def places_of(ranked: list) -> list:
    return [place for place, _, _ in ranked]


def test_strategies_that_go_by_class_shares_have_those_of_the_pixel_classifier(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = {name: ranked_by(capsys, project, name) for name in ("coverage", "margin", "least_confidence", "entropy")}
    assert found["coverage"][0] == ""
    for name in ("margin", "least_confidence", "entropy"):
        said, ranked = found[name]
        assert "the pixel classifier" in said
        assert ranked[0][1] == "doubt"
        assert places_of(ranked) != places_of(found["coverage"][1])
        scores = [score for _, regime, score in ranked if regime == "doubt"]
        assert len(scores) > 3
        assert scores == sorted(scores, reverse=True)
    with opened(project) as session:  # of two classes, least confidence and margin are one measure; entropy is another
        done(session, session.stand_in.ask([ranked.tile_id for ranked in session.queue()]))
        doubts = {tuple(session.tiles[t].rect[:2]): doubt for t, doubt in session.forecasts.doubts.items()}
    for name, is_doubt in (("margin", True), ("least_confidence", True), ("entropy", False)):
        firsts = [(doubts[place], score) for place, regime, score in found[name][1] if regime == "doubt"]
        assert all(abs(doubt - score) < 0.001 for doubt, score in firsts) == is_doubt, name
    assert ranked_by(capsys, project, "entropy", "--jobs", 2) == found["entropy"]


@pytest.mark.parametrize("name", ["badge", "dropquery"])
def test_strategies_that_need_a_network_say_whose_order_it_is(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said, ranked = ranked_by(capsys, project, name)
    assert f"“{name}” asks a trained model, and there is none" in said
    assert "the strategy “coverage”" in said
    assert "fieldbrush train" in said
    assert ranked == ranked_by(capsys, project, "coverage")[1]
    assert {regime for _, regime, _ in ranked} <= {"coverage", "rest"}


def test_before_the_first_label_too_it_is_said_whose_order_it_is(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = make_project(tmp_path, [farm / "farmland.tif"], tile_px=64, name="new")
    orders = {name: ranked_by(capsys, project, name) for name in (*UNHEARD, "coverage", "typiclust", "auto")}
    for name in ("coverage", "typiclust", "auto"):
        assert orders[name][0] == ""
    for name, other in UNHEARD.items():
        assert f"the strategy “{other}”" in orders[name][0]
        assert orders[name][1] == orders[other][1], name


def test_the_doubt_is_that_of_the_tiles_pixels(project: Path) -> None:
    """Nobody painted the noisy tiles, and none of them is like the others: a forest of flat fields must hesitate."""
    flat, noise = np.full((3, 64, 448), 60, np.uint8), np.random.default_rng(0).integers(1, 250, (3, 64, 64))
    flat[:, :, 192:] = 180
    flat[:, :, 384:] = noise
    scene = write_raster(project.parent / "fields.tif", flat, **UTM)
    with opened(make_project(project.parent, [scene], tile_px=64, name="fields")) as session:
        ids = sorted(session.tiles)
        for value, tile_id in ((1, ids[0]), (2, ids[4])):
            paint_rect(session, tile_id, session.mask(tile_id).bounds, value)
        done(session, session.stand_in.ask([ids[1], ids[6]]))
        assert session.forecasts.doubts[ids[1]] < 0.1 < session.forecasts.doubts[ids[6]]
        assert session.forecasts.predictions.get(ids[1]).classes.tolist() == np.ones((64, 64)).tolist()  # type: ignore[union-attr]


def test_nobody_is_asked_without_two_classes_or_open_tiles(
    project: Path, farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(make_project(tmp_path, [farm / "farmland.tif"], tile_px=64, name="one")) as session:
        first, *others = session.tiles
        assert session.stand_in.ask(others) is None
        dot(session, first, 30, 30, 1, 40)
        assert session.stand_in.ask(others) is None
        path = session.path
    run = here(capsys, "rank", path, "--csv", tmp_path / "one.csv")
    assert run.code == 0
    assert "Fewer than two classes are painted" in run.err
    assert {row[7] for row in rows_of(tmp_path / "one.csv")[1:]} <= {"coverage", "typical", "audit", "rest"}
    with opened(project) as session:
        assert session.stand_in.ask([]) is None
        for tile_id, tile in session.tiles.items():
            if tile.status.is_open:
                session.skip(tile_id)
        quiet(session)
    run = here(capsys, "rank", project, "--json")
    assert (run.json, run.err) == ({"ranked": []}, "")


def test_a_scene_that_is_gone_neither_teaches_nor_is_asked(
    farm: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes = []
    for name in ("a", "b"):
        (tmp_path / f"{name}.tif").write_bytes((farm / "farmland.tif").read_bytes())
        scenes.append(tmp_path / f"{name}.tif")
    project = make_project(tmp_path, scenes, tile_px=64)
    with opened(project) as session:
        done(session, session.embed())
        for path in map(str, scenes):
            mine = [t.tile_id for t in session.tiles.values() if session.scenes[t.scene_id].path == path]
            for tile_id, value in zip(mine, (1, 2), strict=False):
                dot(session, tile_id, 30, 30, value, 40)
        quiet(session)
    scenes[1].unlink()
    run = here(capsys, "rank", project, "--csv", tmp_path / "order.csv")
    assert run.code == 0, run.err
    assert "the pixel classifier" in run.err
    assert any(row[7] == "doubt" for row in rows_of(tmp_path / "order.csv")[1:])
    with opened(project) as session:
        done(session, session.stand_in.ask(list(session.tiles)))
        assert {session.scenes[session.tiles[t].scene_id].path for t in session.forecasts.doubts} == {str(scenes[0])}
    scenes[0].unlink()
    assert ranked_by(capsys, project, "entropy")[1], "by what else is known"
    with opened(project) as session:
        done(session, session.stand_in.ask(list(session.tiles)))
        assert not any(session.forecasts.predictions.get(tile_id) for tile_id in session.tiles)


def test_of_many_tiles_the_first_are_asked_and_some_teach(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(classifier_stand_in, "MOST_ASKED", 5)
    monkeypatch.setattr(classifier_stand_in, "MOST_TAUGHT", 4)
    with opened(project) as session:
        asked = [ranked.tile_id for ranked in session.queue()]
        done(session, session.stand_in.ask(asked))
        assert sorted(session.forecasts.doubts) == sorted(asked[:5])


def test_of_many_painted_tiles_a_stroke_has_none_but_its_own_read_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (classifier_stand_in, pixel_classifier):
        monkeypatch.setattr(module, "MOST_TAUGHT", 4)
    monkeypatch.setattr(predicting, "TILES_SUGGESTED", 5)  # those of the queue alone
    with opened(project) as session:
        session.forecasts.suggests = True
        session.predicting.trainer.features._most_bytes = 0  # no more Tiles than memory has room for
        taught = set(session.painted)
        assert len(taught) == FIRST
        tile_id = session.queue()[0].tile_id
        dot(session, tile_id, 20, 20, 1, 20)
        quiet(session)
        looked_at: list[int] = []
        read = session.reader.read

        def told(ref: TileRef, margin_px: int = 0) -> TilePixels:
            looked_at.append(ref.tile_id)
            return read(ref, margin_px)

        monkeypatch.setattr(session.reader, "read", told)
        dot(session, tile_id, 40, 40, 2, 20)
        quiet(session)
        assert looked_at, "the queue's head"
        assert not taught & set(looked_at)
        assert session.forecasts.predictions.model_version(tile_id) == CLASSIFIER_VERSION
        assert tile_id in {mask.ref.tile_id for mask in session.stand_in.taught(tile_id)}


def test_of_many_painted_tiles_a_stroke_has_only_its_own_mask_read_again(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of 400 took the window's thread 20 ms, at every Stroke."""
    with opened(project) as session:
        session.forecasts.suggests = True
        read: list[set[int]] = []
        stored = session._store.stored_masks

        def told(refs: Mapping[int, TileRef]) -> tuple[StoredMask, ...]:
            read.append(set(refs))
            return stored(refs)

        monkeypatch.setattr(session._store, "stored_masks", told)
        before = set(session.painted)
        first, second = (ranked.tile_id for ranked in session.queue()[:2])
        for tile_id in (first, first, second):
            dot(session, tile_id, 30, 30, 1 + len(read) % 2, 20)
            assert session.pending("suggest") is not None
        session.undo(second)
        assert read == [before | {first}, {first}, {second}, set()]
        monkeypatch.undo()
        assert session.stand_in.taught() == session.painted_masks()


def test_a_scene_that_was_moved_is_read_where_it_is_now(project: Path, tmp_path: Path) -> None:
    with opened(project) as session:
        before = session.stand_in.taught()
        (scene,) = session.scenes.values()
        session.scene_files.relink({scene.scene_id: shutil.copy(scene.path, tmp_path / "moved.tif")})
        after = session.stand_in.taught()
        assert after == session.painted_masks() != before


def test_imported_masks_are_answered_as_a_whole(project: Path) -> None:
    with opened(project) as session:
        session.forecasts.suggests = True
        tile_ids = [ranked.tile_id for ranked in session.queue()[:3]]
        for tile_id in tile_ids:
            session.import_mask(tile_id, np.tile(np.repeat(np.array([1, 2], np.uint8), 32), (64, 1)))
        assert session.pending("suggest") is None
        session.predicting.answer_imports()
        quiet(session)
        colourings = session.forecasts.predictions
        assert {colourings.model_version(tile_id) for tile_id in session.tiles} == {CLASSIFIER_VERSION}
        session.predicting.answer_imports()
        assert session.pending("suggest") is None, "they have been answered"


def test_a_stroke_colours_the_queue_then_all_scenes_but_not_what_is_gone(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(predicting, "TILES_PREDICTED_FIRST", 3)
    with opened(project) as session:
        session.forecasts.suggests = True
        first, *_, last = session.queue()
        read, failures = session.reader.read, []

        def told(ref: TileRef, margin_px: int = 0) -> TilePixels:
            if ref.tile_id == last.tile_id:
                failures.append(ref)
                raise SceneError("{path} is gone.", "Bring it back.", path=ref.scene_path)
            return read(ref, margin_px)

        monkeypatch.setattr(session.reader, "read", told)
        dot(session, first.tile_id, 20, 20, 1, 20)
        quiet(session)
        assert failures, "it was tried"
        assert set(session.tiles) - set(session.forecasts.doubts) == {last.tile_id}
        assert all(session.forecasts.predictions.get(t) is not None for t in session.forecasts.doubts)


def test_tiles_decided_before_all_are_coloured_are_ranked_by_the_new_doubts_when_they_are(project: Path) -> None:
    with opened(project) as session:
        done(session, session.embed())
        quiet(session)
        session.forecasts.suggests = True
        first = session.queue()[0].tile_id
        for value, x in ((1, 10), (2, 50)):
            dot(session, first, x, 20, value, 20)
        session.submit(first)  # before anything is coloured
        quiet(session)
        at_rest = session.ranking
        done(session, session.rank())
        assert [(r.tile_id, r.score) for r in at_rest] == [(r.tile_id, r.score) for r in session.ranking]

        at_rest = session.ranking
        dot(session, session.queue()[0].tile_id, 20, 20, 1, 20)
        quiet(session)
        assert session.ranking is at_rest, "the queue moves while somebody paints"


def test_a_tile_that_was_done_before_it_was_put_aside_is_no_second_test(project: Path) -> None:
    with opened(project) as session:
        tile_id = session.queue()[0].tile_id
        done(session, session.stand_in.ask([tile_id]))
        session.import_mask(tile_id, np.ones((64, 64), np.uint8))
        session.flag(tile_id)
        assert session.import_mask(tile_id, np.full((64, 64), 2, np.uint8))
        assert [record.tile_id for record in session.doubt_records.of_classifier()] == [tile_id]


def test_labels_are_imported_with_the_record_of_what_was_doubted_or_not_at_all(project: Path) -> None:
    """A program that is killed in between has lost what the doubt was worth: the Tile is done by then."""
    with opened_with_store(project) as (session, store):
        tile_id, status = session.queue()[0].tile_id, session.tiles[session.queue()[0].tile_id].status
        done(session, session.stand_in.ask([tile_id]))
        with store.transaction() as connection:
            connection.execute(
                "CREATE TRIGGER full BEFORE INSERT ON doubt_record BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
            )
        with pytest.raises(ProjectError, match="disk is full"):
            session.import_mask(tile_id, np.ones((64, 64), np.uint8))
        assert not session.mask(tile_id).labels.any()
        assert (session.tiles[tile_id].status, session.strokes(tile_id)) == (status, [])
        with store.transaction() as connection:
            connection.execute("DROP TRIGGER full")
        assert session.import_mask(tile_id, np.ones((64, 64), np.uint8))
        assert [record.tile_id for record in store.doubt_records()] == [tile_id]


def test_a_tile_with_paint_is_no_test_and_records_are_the_doubters_own(project: Path) -> None:
    with opened_with_store(project) as (session, store):
        begun, fresh, other = (ranked.tile_id for ranked in session.queue()[:3])
        store.add_doubt_record(DoubtRecord(other, 3, "doubt", 0.1, 0.9))
        dot(session, begun, 30, 30, 1, 40)
        done(session, session.stand_in.ask([begun, fresh]))
        for tile_id in (begun, fresh):
            assert session.import_mask(tile_id, np.ones((64, 64), np.uint8))
            assert session.tiles[tile_id].status is TileStatus.DONE
        assert [record.tile_id for record in session.doubt_records.of_classifier()] == [fresh]
        assert [record.tile_id for record in session.doubt_records.of_models()] == [other]
        session.forecasts.version = 1  # a model is there, or being loaded
        assert session.stand_in.ask([fresh]) is None


def test_beside_a_window_the_classifier_is_not_judged(project: Path) -> None:
    """There it has learned from every stroke on the very tile."""
    with opened(project) as session:
        session.forecasts.suggests = True
        tile_id = session.queue()[0].tile_id
        dot(session, tile_id, 30, 30, 1, 40)
        quiet(session)
        assert session.forecasts.predictions.model_version(tile_id) == CLASSIFIER_VERSION
        session.set_auto_train(False)
        session.submit(tile_id)
        assert session.doubt_records.of_classifier() == session.doubt_records.of_models() == []


def test_after_a_training_the_models_own_doubts_count(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(project) as session:
        result, _ = done(session, session.train(TrainingSettings(max_steps=3, batch_size=2, crop_px=64, threads=1)))
        quiet(session)
        session.leading.lead_with(result.model)  # three steps are not worth much
    said = here(capsys, "rank", project).err
    assert said == "fieldbrush: No labels have shown yet whether doubts are right: they are trusted 100 %.\n"


def test_a_session_asked_twice_tells_the_same(project: Path) -> None:
    def doubts(session: Session) -> dict[int, float]:
        done(session, session.stand_in.ask([ranked.tile_id for ranked in session.queue()]))
        return dict(session.forecasts.doubts)

    with opened(project) as session:
        first = doubts(session)
        assert doubts(session) == first
        assert len(first) == 36 - FIRST


def test_a_model_that_takes_the_lead_ends_the_colouring(project: Path) -> None:
    """Nobody keeps it any more, and a thousand tiles hold up the model's own predictions."""
    with opened(project) as session:
        settings = TrainingSettings(max_steps=2, batch_size=2, crop_px=64, threads=1)
        result, _ = done(session, session.train(settings))
        quiet(session)
        session.forecasts.suggests = True
        for has_begun in (True, False):
            session.forecasts.classifier_is_ahead = Ahead(with_scribbles=True, alone=False)
            dot(session, session.queue()[0].tile_id, 20, 20, 1 + has_begun, 20)
            while has_begun and session.pending("suggest rest") is None:
                session.inbox.run_next(0.05)
            under_way = session.pending("suggest rest")
            if under_way is not None:
                under_way.pause()  # or it may have ended
            session.leading.lead_with(result.model)
            assert under_way is None or under_way.cancel_requested
            while session.pending("suggest") is not None:
                session.inbox.run_next(0.05)
            assert has_begun or session.pending("suggest rest") is None, "an answer that comes late begins it no more"
            quiet(session)
