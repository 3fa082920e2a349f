"""The real loop on a small generated farm: every step with its real part, and what may never happen on the way."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pytest
import rasterio

from core.background import Background
from core.demo.scene import write_demo_scene
from core.errors import LabelError, LearningError, ProjectError, SceneError, TooEarly
from core.events import Change, Changes, Inbox, Subject
from core.geometry import Rect
from core.imagery.overviews import lacks_overview
from core.jobs import Job, JobContext, JobState, Priority
from core.labels.classes import DEFAULT_CLASSES, LabelClass
from core.labels.mask import Provenance
from core.learning import prediction_cache
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.prediction import TilePrediction
from core.learning.settings import TrainingSettings
from core.mask_import.files import MaskFile
from core.mask_import.importer import MaskImporter
from core.project.models import add_model, model_weights
from core.project.records import Budget, DoubtRecord, TileStatus
from core.project.settings import Setting
from core.selection import auto
from core.session import TILES_PER_ROUND, Session
from core.tasks import run_path_of
from core.text import text
from tests.core.projects import all_masks, done, dot, make_project, opened, paint_rect, quiet, store_of, write_scene

QUICK = TrainingSettings(max_steps=3, batch_size=2, crop_px=64, threads=1)


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 9 tiles with the true mask beside its scene."""
    folder = tmp_path_factory.mktemp("farm")
    write_demo_scene(folder, size_px=384)
    return make_project(folder, [folder / "farmland.tif"], tile_px=128)


@pytest.fixture
def project(farm: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(farm.parent, tmp_path / "farm")) / farm.name


@pytest.fixture
def session(project: Path) -> Iterator[Session]:
    with opened(project) as session:
        yield session


def truth(session: Session) -> MaskImporter:
    (scene,) = session.scenes.values()
    return MaskImporter(
        MaskFile(scene.scene_id, Path(scene.path).with_name("farmland_truth.tif")), scene, session.classes, None
    )


def settle(session: Session, condition: Callable[[], object], timeout_s: float = 180) -> None:
    """Run the main thread's part until `condition` holds."""
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, "nothing more happens"
        session.inbox.run_next(0.05)


def ranked(session: Session, job: Job[object] | None) -> list[int]:
    assert job is not None
    done(session, job)
    return [tile.tile_id for tile in session.queue()]


def embedded(session: Session) -> list[int]:
    done(session, session.embed())
    return ranked(session, session.rank())


def test_the_whole_loop(project: Path) -> None:
    with opened(project) as session:
        heard: list[Change] = []
        session.changes.subscribe(heard.append)
        assert len(session.tiles) == 9
        assert [tile.regime for tile in session.queue()] == ["unranked"] * 9
        assert session.rank() is None  # not without Embeddings

        before = embedded(session)
        assert session.pool is not None
        plain = auto.query(
            session.pool, np.zeros(9, bool), None, session.effort.remaining_tiles(), np.random.default_rng(0)
        )
        assert before == session.pool.tile_ids[plain.order].tolist()

        importer = truth(session)
        for tile_id in before[:3]:
            if session.import_mask(tile_id, importer.read(session.tiles[tile_id].rect)):
                assert session.tiles[tile_id].status is TileStatus.DONE
        assert session.can_train()
        result, data = done(session, session.train(QUICK))
        assert (session.forecasts.version, result.points[-1].step) == (1, 3)
        assert session.leading.stored() == (1, data)
        with pytest.raises(TooEarly, match="no prediction"):
            session.accept_prediction(before[-1])
        settle(session, lambda: len(session.forecasts.predictions) == 9)
        quiet(session)
        assert set(session.forecasts.doubts) == set(session.tiles)
        assert all(0 <= doubt <= 1 for doubt in session.forecasts.doubts.values())
        after = [tile.tile_id for tile in session.queue()]
        assert set(after) == set(before) - set(before[:3])
        assert {tile.regime for tile in session.queue()} & {"doubt", "coverage"}, "ranked anew, with labels"

        saved = all_masks(session)
        (labels, _) = done(session, session.export_labels(project.parent / "out"))
        classes, doubt, _ = done(session, session.export_predictions(project.parent / "out"))
        (scene,) = session.scenes.values()
        with rasterio.open(labels) as out, rasterio.open(scene.path) as image:
            assert (out.crs, out.transform, out.shape) == (image.crs, image.transform, image.shape)
            for tile_id, tile in session.tiles.items():
                assert (out.read(1)[tile.rect.slices] == saved[tile_id][0]).all()
        with rasterio.open(classes) as out, rasterio.open(doubt) as unsure:
            for tile_id, tile in session.tiles.items():
                prediction = session.forecasts.predictions.get(tile_id)
                assert prediction is not None
                exported = out.read(1)[tile.rect.slices]
                # not the same everywhere: the export's windows see more of what lies round a tile than the screen's,
                # and much of what three steps of training have taught hangs on that
                assert (exported == prediction.classes)[prediction.doubt < 128].mean() > 0.9
                assert ((exported == 0) == (prediction.classes == 0)).all()
                assert ((unsure.read(1)[tile.rect.slices] == 255) == (prediction.classes == 0)).all()
        subjects = set().union(*(change.subjects for change in heard))
        assert subjects >= {Subject.MASKS, Subject.RANKING, Subject.MODEL, Subject.PREDICTIONS, Subject.JOBS}
        assert Subject.NOTICE not in subjects

    with opened(project) as session:  # and all of it is there the next time
        assert [tile.tile_id for tile in session.queue()] == after
        settle(session, lambda: len(session.forecasts.predictions) == 9)
        assert session.forecasts.model is not None
        assert session.forecasts.model.card.version == session.forecasts.version == 1
        assert all((mask == saved[t]).all() for t, mask in all_masks(session).items())


def test_wait_returns_after_the_consequences(session: Session) -> None:
    """The job's outcome is applied, and its listeners have heard of it, also when the news is late."""
    done(session, session.embed())
    tell = session.compute._on_change

    def late(job: Job[object]) -> None:
        time.sleep(0.01)
        tell(job)

    session.compute._on_change = late
    for _ in range(5):
        heard: list[Change] = []
        end = session.changes.subscribe(heard.append)
        session.wait(session.rank())  # type: ignore[arg-type]
        end()
        assert any(Subject.RANKING in change.subjects for change in heard)


def test_training_needs_two_classes(session: Session) -> None:
    first, second = sorted(session.tiles)[:2]
    assert not session.can_train()
    dot(session, first, 60, 60, 1, 30)
    assert not session.can_train()
    job = session.train(QUICK)
    session.wait(job)
    assert isinstance(job.error, LearningError)
    assert "unhealthy" in str(job.error)
    dot(session, second, 60, 60, 2, 30)
    assert session.can_train()
    assert session.forecasts.model is None


def test_one_training_at_a_time(session: Session) -> None:
    for number, tile_id in enumerate(sorted(session.tiles)[:4]):
        dot(session, tile_id, 60, 60, 1 + number % 2, 60)
    job = session.train(TrainingSettings(max_steps=100_000, batch_size=1, crop_px=64, threads=1))
    assert session.training_job() is job
    assert not session.can_train()
    with pytest.raises(LearningError, match="already"):
        session.train(QUICK)
    job.cancel()
    session.wait(job)
    assert job.state is JobState.CANCELLED
    assert session.training_job() is None
    assert session.forecasts.version == 0
    assert session.can_train()
    done(session, session.train(QUICK))
    assert session.forecasts.version == 1
    done(session, session.train(QUICK))  # goes on from the first
    assert session.forecasts.version == 2
    assert session.forecasts.model is not None
    assert session.forecasts.model.card.version == 2


def test_a_model_that_cannot_be_saved_is_not_reported_as_trained(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.learning.training.KEEP_EVERY_S", 0.0)
    for number, tile_id in enumerate(sorted(session.tiles)[:2]):
        dot(session, tile_id, 60, 60, 1 + number, 60)
    heard: list[Change] = []
    session.changes.subscribe(heard.append)
    fill_disk(session)
    job = session.train(QUICK)
    session.wait(job)
    assert isinstance(job.error, ProjectError)
    assert job.state is JobState.FAILED
    assert [c.error for c in heard if Subject.NOTICE in c.subjects] == [job.error]
    assert str(job.error).startswith("Model 1 is not saved yet: The disk is full")
    assert session.forecasts.model is not None  # it serves all the same
    assert session.training_job() is None
    assert session.leading.stored() is None
    assert run_path_of(session.path).exists(), "a training that took hours can go on from its end, with more space"
    free_disk(session)
    done(session, session.train(QUICK))
    assert not run_path_of(session.path).exists()


def fill_disk(session: Session) -> None:
    """There is room for a few strokes, not for a model."""
    pages = session._store.query("PRAGMA page_count")[0][0]
    session._store._connection.execute(f"PRAGMA max_page_count={pages + 20}")


def free_disk(session: Session) -> None:
    session._store._connection.execute("PRAGMA max_page_count=1000000")


def train_on_full_disk(session: Session) -> None:
    for number, tile_id in enumerate(sorted(session.tiles)[:2]):
        if tile_id not in session.painted:
            dot(session, tile_id, 60, 60, 1 + number, 60)
    fill_disk(session)
    session.wait(session.train(QUICK))


def test_a_model_that_could_not_be_saved_is_with_the_next_stroke(session: Session) -> None:
    train_on_full_disk(session)
    tile_id = max(session.tiles)
    dot(session, tile_id, 60, 60, 1, 5)  # for which there is room
    session.inbox.run_waiting()
    assert str(session.unsaved.problem()).startswith("Model 1 is not saved yet: The disk is full")
    free_disk(session)
    heard: list[Change] = []
    session.changes.subscribe(heard.append)
    dot(session, tile_id, 20, 20, 1, 5)
    session.inbox.run_waiting()
    assert session.unsaved.problem() is None
    assert [kept.version for kept in session.models.kept() if kept.leads] == [1]
    assert not run_path_of(session.path).exists()
    assert sum(Subject.MODEL in change.subjects for change in heard) == 1


@pytest.mark.parametrize("has_room", [True, False])
def test_a_model_that_could_not_be_saved_is_on_closing_or_its_loss_is_told(project: Path, has_room: bool) -> None:
    session = Session.open(project)
    train_on_full_disk(session)
    if has_room:
        free_disk(session)
    session.close()
    loss = session.unsaved.loss()
    with opened(project) as again:
        assert (again.leading.stored() is not None) == has_room
    assert (loss is None) == has_room
    assert has_room or str(loss).startswith("Model 1 could not be saved and is lost: The disk is full")


def test_a_model_saved_late_takes_no_lead_from_the_one_used_meanwhile(session: Session) -> None:
    for number, tile_id in enumerate(sorted(session.tiles)[:2]):
        dot(session, tile_id, 60, 60, 1 + number, 60)
    done(session, session.train(QUICK))
    train_on_full_disk(session)
    assert session.forecasts.version == 2
    done(session, session.models.use(1))
    assert session.models.next_version() == 3
    free_disk(session)
    dot(session, max(session.tiles), 20, 20, 1, 5)
    session.inbox.run_waiting()
    assert [(kept.version, kept.leads) for kept in session.models.kept()] == [(2, False), (1, True)]
    stored = session.leading.stored()
    assert stored is not None
    assert stored[0] == 1


def test_a_failure_in_the_last_moment_keeps_no_outcome_from_being_saved(project: Path) -> None:
    session = Session.open(project)
    session.inbox.post(lambda: 1 / 0)  # such as a view that could not show something
    saved: list[str] = []
    job = session._run(text("Training"), lambda _: "model", Priority.TRAINING, "train", saved.append)
    assert job.wait(60)
    session.reader.scene(session.scenes[1].path)
    with pytest.raises(ZeroDivisionError):
        session.close()
    assert saved == ["model"]
    assert not session.reader._scenes
    Session.open(project).close()  # and the project is free


def test_a_model_is_kept_though_the_cache_cannot_be_written(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no folder").touch()
    monkeypatch.setattr("core.tasks.cache_folder", lambda: tmp_path / "no folder")
    for number, tile_id in enumerate(sorted(session.tiles)[:2]):
        dot(session, tile_id, 60, 60, 1 + number, 60)
    done(session, session.train(QUICK))
    assert session.leading.stored() is not None
    assert session.forecasts.model is not None


# -- predictions ------------------------------------------------------------------------------------------------------


def predicted(session: Session, tile_id: int, classes: np.ndarray, version: int = 0, doubt: float = 0.5) -> None:
    """As if the model had said so; arrives as every Prediction does."""
    level = np.full(classes.shape, 99, np.uint8)
    session.predicting.deliver(TilePrediction(tile_id, version, classes.astype(np.uint8), level), doubt)
    session.inbox.run_waiting()


def test_stale_predictions_are_dropped(session: Session) -> None:
    tile_id = min(session.tiles)
    predicted(session, tile_id, np.ones((128, 128)), 1)
    assert session.forecasts.predictions.get(tile_id) is None  # there is no model of which it could be
    assert session.forecasts.doubts == {}
    for number, painted in enumerate(sorted(session.tiles)[:2]):
        dot(session, painted, 60, 60, 1 + number, 60)
    done(session, session.train(QUICK))
    done(session, session.train(QUICK))
    quiet(session)
    assert len(session.forecasts.predictions) == 9
    predicted(session, tile_id, np.full((128, 128), 2), 2, 0.25)
    for stale in (CLASSIFIER_VERSION, 1, 3):
        predicted(session, tile_id, np.ones((128, 128)), stale, 0.75)
    prediction = session.forecasts.predictions.get(tile_id)
    assert prediction is not None
    assert (prediction.model_version, prediction.classes.min()) == (2, 2)
    assert session.forecasts.doubts[tile_id] == 0.25


def test_the_windows_thread_packs_no_prediction(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    tile_id, classes = min(session.tiles), np.ones((128, 128), np.uint8)
    for value in (1, 2):
        dot(session, tile_id, 30 * value, 60, value)
    session.predicting.deliver(TilePrediction(tile_id, CLASSIFIER_VERSION, classes, 9 * classes), 0.5)
    monkeypatch.setattr(prediction_cache, "encode_plane", None)  # would fail
    session.inbox.run_waiting()
    kept = session.forecasts.predictions.get(tile_id)
    assert kept is not None
    assert (kept.classes == 1).all()
    assert (kept.doubt == 9).all()


def test_accepting_never_overwrites_paint(session: Session) -> None:
    tile_id = min(session.tiles)
    dot(session, max(session.tiles), 60, 60, 1)
    paint_rect(session, tile_id, Rect(10, 50, 20, 20), 2)
    paint_rect(session, tile_id, Rect(40, 50, 20, 20), 255)
    before = session.mask(tile_id).copy()
    prediction = np.ones((128, 128), np.uint8)
    prediction[:, 100:] = 0  # nodata
    prediction[100:] = 7  # a class that has been removed since
    predicted(session, tile_id, prediction)
    assert session.accept_prediction(tile_id)
    mask = session.mask(tile_id)
    was_painted = before.labels != 0
    assert (mask.labels[was_painted] == before.labels[was_painted]).all()
    assert (mask.provenance[was_painted] == Provenance.DRAWN).all()
    fresh = ~was_painted & (prediction == 1)
    assert (mask.labels[fresh] == 1).all()
    assert (mask.provenance[fresh] == Provenance.ACCEPTED).all()
    assert not mask.labels[:100, 100:].any()
    assert not mask.labels[100:].any()
    assert not session.accept_prediction(tile_id)  # nothing is left to accept
    assert session.undo(tile_id)
    assert (session.mask(tile_id).labels == before.labels).all()


def test_labels_on_nodata_are_not_imported(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "s.tif", empty_columns=20)
    with opened(make_project(tmp_path, [scene])) as session:
        tile_id = max(session.tiles)
        assert session.import_mask(tile_id, np.ones((64, 64), np.uint8))
        assert session.mask(tile_id).labels[:, :44].all()
        assert not session.mask(tile_id).labels[:, 44:].any()
        assert session.painted[tile_id] == {1: 64 * 44}
        session.fill_unlabeled(tile_id, 2)
        assert not session.mask(tile_id).labels[:, 44:].any()


# -- the queue --------------------------------------------------------------------------------------------------------


def test_submit_without_paint_is_refused(session: Session) -> None:
    tile_id = min(session.tiles)
    with pytest.raises(LabelError, match="Nothing is painted"):
        session.submit(tile_id, 30)
    assert session.tiles[tile_id].status is TileStatus.NEW
    assert (session.effort.spent_tiles, session.effort.spent_seconds) == (0, 0)


def test_submit_counts_once_and_reranks(project: Path) -> None:
    with opened(project) as session:
        session.set_auto_train(False)
        order = embedded(session)
        dot(session, order[0], 60, 60)
        assert session.tiles[order[0]].status is TileStatus.IN_PROGRESS
        session.submit(order[0], 30)
        quiet(session)
        session.inbox.run_waiting()
        assert order[0] not in [tile.tile_id for tile in session.queue()]
        assert {tile.regime for tile in session.queue()} != {"unranked"}
        assert any(tile.regime == "coverage" for tile in session.queue())  # not "typical" any more
        session.submit(order[0], 15)
        assert (session.effort.spent_tiles, session.effort.spent_seconds) == (1, 45)
        assert session.effort.remaining_tiles() == 7
    with opened(project) as session:
        assert (session.effort.spent_tiles, session.effort.spent_seconds) == (1, 45)
        assert session.tiles[order[0]].status is TileStatus.DONE
        assert session.tiles[order[0]].seconds == 45


def test_paint_and_status_are_told_apart(session: Session) -> None:
    """Who answers paint need not hear that a Tile was skipped; the first Stroke brings both."""
    tile_id = min(session.tiles)
    heard: list[Change] = []
    session.changes.subscribe(heard.append)

    def told() -> set[Subject]:
        about = set().union(*(change.subjects for change in heard if tile_id in change.tile_ids))
        heard.clear()
        return about

    dot(session, tile_id, 20, 20)
    assert told() == {Subject.MASKS, Subject.STATUS}
    dot(session, tile_id, 60, 60)
    assert told() == {Subject.MASKS}
    session.undo(tile_id)
    assert told() == {Subject.MASKS}
    session.flag(tile_id)
    assert told() == {Subject.STATUS}


def test_skip_and_flag_leave_the_queue(session: Session) -> None:
    order = embedded(session)
    dot(session, order[1], 64, 64)
    session.skip(order[0], 20)
    session.flag(order[1])
    assert [tile.tile_id for tile in session.queue()] == order[2:]
    quiet(session)
    ranked(session, session.rank())
    assert {order[0], order[1]}.isdisjoint(tile.tile_id for tile in session.queue())
    session.flag(order[1])  # back at once, whatever was ranked meanwhile
    assert session.tiles[order[1]].status is TileStatus.IN_PROGRESS
    assert order[1] in [tile.tile_id for tile in session.queue()]
    session.flag(order[2])
    session.flag(order[2])
    assert session.tiles[order[2]].status is TileStatus.NEW
    assert session.mask(order[1]).labels.any()
    assert (session.effort.spent_tiles, session.effort.spent_seconds) == (0, 20)  # looking costs time, too


@pytest.mark.parametrize("aside", ["skip", "flag"])
def test_a_done_tile_that_is_put_aside_and_taken_back_counts_once_also_after_a_restart(
    project: Path, aside: str
) -> None:
    with opened(project) as session:
        tile_id = min(session.tiles)
        dot(session, tile_id, 60, 60)
        session.submit(tile_id, 30)
        getattr(session, aside)(tile_id, 5)
    with opened(project) as session:
        session.submit(tile_id, 10)  # from where it was put aside
        assert (session.effort.spent_tiles, session.effort.spent_seconds) == (1, 45)
        getattr(session, aside)(tile_id)
    with opened(project) as session:
        getattr(session, aside)(tile_id)
        assert session.tiles[tile_id].status is TileStatus.DONE
        assert session.effort.spent_tiles == 1


def test_what_looks_like_a_skipped_tile_is_not_offered_next(session: Session) -> None:
    order = embedded(session)
    assert session.pool is not None
    vectors = session.pool.embeddings.copy()
    first, second = (int(np.flatnonzero(session.pool.tile_ids == tile)[0]) for tile in order[:2])
    vectors[second] = vectors[first]
    session.pool = replace(session.pool, embeddings=vectors)
    session.skip(order[0])
    quiet(session)
    assert session.queue()[-1].tile_id == order[1]
    session.skip(order[0])  # taken back
    quiet(session)
    assert order[0] in [tile.tile_id for tile in session.queue()]


def test_the_budget_in_minutes(session: Session) -> None:
    heard: list[Change] = []
    session.changes.subscribe(heard.append)
    session.set_budget("minutes", 4)
    assert session.effort.remaining_tiles() == 4  # a minute each, before we know better
    for tile_id in sorted(session.tiles)[:3]:
        dot(session, tile_id, 64, 64)
        session.submit(tile_id, 20)
    assert session.effort.spent_seconds == 60
    assert session.effort.remaining_tiles() == int(180 / ((3 * 20 + 2 * 60) / 5))
    assert any(Subject.BUDGET in change.subjects for change in heard)
    with pytest.raises(ProjectError):
        session.set_budget("minutes", 0)
    assert session.effort.budget == Budget("minutes", 4)


def test_training_starts_by_itself_after_a_round(session: Session) -> None:
    session.set_setting(Setting.TRAINING, {"max_steps": 2, "crop_px": 64, "batch_size": 1})
    for number, tile_id in enumerate(sorted(session.tiles)[:TILES_PER_ROUND]):
        assert session.training_job() is None
        dot(session, tile_id, 60, 60, 1 + number % 2, 40)
        session.submit(tile_id)
    job = session.training_job()
    assert job is not None
    done(session, job)
    assert session.forecasts.version == 1


def test_one_tile_that_is_submitted_again_and_again_is_no_round(session: Session) -> None:
    first, second = sorted(session.tiles)[:2]
    dot(session, second, 60, 60, 2, 40)
    for turn in range(TILES_PER_ROUND + 1):
        dot(session, first, 60, 60, 1, 20 + turn)
        session.submit(first)
    assert session.training_job() is None


def test_a_training_that_is_cancelled_while_it_waits_is_not_in_the_way_of_the_next(session: Session) -> None:
    busy = Event()
    for number, tile_id in enumerate(sorted(session.tiles)[:2]):
        dot(session, tile_id, 60, 60, 1 + number, 60)
    held_up = session.compute.submit(text("Measuring areas"), lambda _: busy.wait(60), Priority.VISIBLE)
    try:
        job = session.train(QUICK)
        job.cancel()
        session.inbox.run_waiting()
        assert session.can_train(), "long before the other work is done"
        again = session.train(QUICK)
        assert held_up.state is not JobState.DONE
    finally:
        busy.set()
    done(session, again)
    assert session.forecasts.version == 1


def test_exports_into_two_folders_wait_for_each_other(session: Session, tmp_path: Path) -> None:
    dot(session, min(session.tiles), 60, 60, 1, 60)
    busy = Event()
    session.compute.submit(text("Busy"), lambda _: busy.wait(60), Priority.VISIBLE)
    jobs = [session.export_labels(tmp_path / name) for name in ("a", "b")]
    busy.set()
    for job in jobs:
        assert all(path.is_file() for path in done(session, job))


def test_closing_gives_all_threads_together_so_much_time() -> None:
    """The readers are asked to stop when the other thread is, not when that has ended or its time is up."""
    began, asked, over = Event(), Event(), Event()
    background = Background(Changes(), Inbox(), polite=False)

    def read(context: JobContext) -> None:
        began.set()
        try:
            while True:
                context.check()
                over.wait(0.01)
        finally:
            asked.set()

    background.compute.submit(text("Deaf"), lambda _: over.wait(60), Priority.VISIBLE)
    background.readers.submit(text("Reading"), read)
    assert began.wait(60)
    closing = Thread(target=background.close, args=(60,))
    closing.start()
    try:
        assert asked.wait(60), "a reader goes on while the other thread does not end"
    finally:
        over.set()
        closing.join()


def test_the_queue_of_the_next_sitting_is_the_one_of_the_last(project: Path) -> None:
    """The pixel classifier's doubts are computed after strokes alone; without them it was ranked by likeness again."""
    orders = []
    for _ in range(2):
        with opened(project) as session:
            done(session, session.embed())
            if not session.painted:
                session.forecasts.suggests = True
                for number, tile_id in enumerate(sorted(session.tiles)[:2]):
                    dot(session, tile_id, 60, 60, 1 + number, 60)
                    session.submit(tile_id)
                quiet(session)
                session.rank()
            quiet(session)
            orders.append([(r.tile_id, round(r.score, 3), r.regime, str(r.reason)) for r in session.queue()])
    assert any("unsure" in reason for *_, reason in orders[0]), "else this test says nothing"
    assert orders[1] == orders[0]


def test_doubt_is_judged_by_what_the_expert_painted(session: Session) -> None:
    tile_ids = sorted(session.tiles)[:4]
    for number, tile_id in enumerate(tile_ids[:2]):
        dot(session, tile_id, 60, 60, 1 + number, 60)
    done(session, session.train(QUICK))
    quiet(session)
    assert len(session.forecasts.predictions) == 9
    session.set_auto_train(False)
    for tile_id in tile_ids:
        predicted(session, tile_id, np.ones((128, 128)), 1, 0.25)
    paint_rect(session, tile_ids[2], Rect(10, 60, 10, 10), 1)
    paint_rect(session, tile_ids[2], Rect(20, 60, 10, 30), 2)
    paint_rect(session, tile_ids[2], Rect(40, 60, 10, 30), 255)
    session.accept_prediction(tile_ids[3])
    for tile_id in (*tile_ids, tile_ids[2]):
        session.submit(tile_id)
    # The first two taught the model, the last holds nothing but its own words, the third was judged once.
    assert session.doubt_records.of_models() == [DoubtRecord(tile_ids[2], 1, "", 0.25, 0.75)]


def test_a_doubt_about_a_held_out_tile_is_not_judged(session: Session) -> None:
    """The model was chosen and calibrated by what was painted on it, while it was in progress."""
    tile_ids = sorted(session.tiles)[:3]
    for number, tile_id in enumerate(tile_ids):
        dot(session, tile_id, 60, 60, 1 + number % 2, 60)
    done(session, session.train(QUICK))
    quiet(session)
    session.set_auto_train(False)
    assert session.forecasts.model is not None
    card = replace(session.forecasts.model.card, training_tiles=(tile_ids[0],), validation_tiles=(tile_ids[1],))
    session.forecasts.model = replace(session.forecasts.model, card=card)
    for tile_id in tile_ids:
        predicted(session, tile_id, np.ones((128, 128)), 1, 0.25)
        session.submit(tile_id)
    assert [record.tile_id for record in session.doubt_records.of_models()] == [tile_ids[2]]


def test_a_training_goes_on_from_the_stored_model_though_it_is_still_being_loaded(project: Path) -> None:
    with opened(project) as session:
        for number, tile_id in enumerate(sorted(session.tiles)[:2]):
            dot(session, tile_id, 60, 60, 1 + number, 60)
        done(session, session.train(QUICK))
        quiet(session)
    with opened(project) as session:
        assert session.forecasts.model is None
        result, _ = done(session, session.train(replace(QUICK, max_steps=1, learning_rate=1e-9)))
        quiet(session)
    with store_of(project) as store:
        first = SegmentationModel.from_bytes(model_weights(store, 1))
    before, after = first.module.state_dict(), result.model.module.state_dict()
    assert result.model.card.version == 2
    assert all(bool((before[name] - after[name]).abs().max() < 0.01) for name in before if "weight" in name)


def test_a_job_whose_outcome_cannot_be_applied_is_over(session: Session) -> None:
    """Whoever waits for it, a button or a dialog, must not wait for ever, whatever has gone wrong."""
    heard: list[Change] = []
    session.changes.subscribe(heard.append)

    def fail(_: object) -> None:
        raise ZeroDivisionError

    job = session._run(text("Nothing"), lambda _: None, Priority.RANKING, "nothing", fail)
    with pytest.raises(ZeroDivisionError):
        settle(session, lambda: job.is_settled)
    assert job.is_settled
    assert session.pending("nothing") is None
    assert heard[-1].subjects == {Subject.JOBS}


def test_a_view_that_fails_does_not_end_a_use_case_halfway(session: Session) -> None:
    embedded(session)
    first = session.queue()[0].tile_id
    dot(session, first, 60, 60, 1, 60)
    quiet(session)

    def fail(change: Change) -> None:
        if Subject.BUDGET in change.subjects:
            raise ZeroDivisionError

    session.changes.subscribe(fail)
    session.submit(first)
    with pytest.raises(ZeroDivisionError):  # where errors are reported that nobody has caught
        session.inbox.run_waiting()
    quiet(session)
    assert session.queue()[0].tile_id != first


@pytest.mark.parametrize(
    "stored", [{"time_budget_s": "long"}, {"time_budget_s": -1}, {"later": 1}, [], {"time_budget_s": 90}]
)
def test_damaged_settings_of_trainings_are_left_aside(session: Session, stored: object) -> None:
    session.set_setting(Setting.TRAINING, stored)
    usual = 90 if stored == {"time_budget_s": 90} else 60
    assert session.default_training_settings().time_budget_s == usual


# -- the project as a whole -------------------------------------------------------------------------------------------


def test_closing_in_the_middle_of_everything(project: Path) -> None:
    session = Session.open(project)
    for number, tile_id in enumerate(sorted(session.tiles)[:2]):
        dot(session, tile_id, 60, 60, 1 + number, 60)
    session.embed()
    session.train(TrainingSettings(max_steps=100_000, batch_size=1, crop_px=64, threads=1))
    expected = {t: m.copy() for t, m in all_masks(session).items()}
    session.close()
    with opened(project) as again:
        assert all((mask == expected[t]).all() for t, mask in all_masks(again).items())
        assert again.training_job() is None


def test_a_damaged_model_is_a_notice_and_a_new_one_replaces_it(project: Path) -> None:
    with store_of(project) as store:
        add_model(store, 4, b"rubbish")
    with opened(project) as session:
        for number, tile_id in enumerate(sorted(session.tiles)[:2]):
            dot(session, tile_id, 60, 60, 1 + number, 60)
    with opened(project) as session:
        heard: list[Change] = []
        session.changes.subscribe(heard.append)
        settle(session, lambda: any(Subject.NOTICE in change.subjects for change in heard))
        assert session.forecasts.model is None
        with pytest.raises(LearningError, match="Model 4 is not loaded"):
            session.export_predictions(project.parent / "out", by=4)
        done(session, session.train(QUICK))
        assert session.forecasts.version == 5


def test_settings_of_the_window_are_kept(project: Path) -> None:
    with opened(project) as session:
        session.set_setting("view", {"zoom": 2.5})
        session.set_training_seconds(90)
        session.set_auto_train(False)
        session.set_classes([*DEFAULT_CLASSES, LabelClass(9, "weed", "#009E73")])
    with opened(project) as session:
        assert session.setting("view") == {"zoom": 2.5}
        assert session.default_training_settings().time_budget_s == 90
        assert session.auto_train is False
        assert [c.value for c in session.classes] == [1, 2, 9]


def test_a_big_scene_that_is_another_file_now_does_not_hold_up_the_rest(tmp_path: Path) -> None:
    """The window prepares reduced copies before it looks at the tiles; who goes to such a tile is told why not."""
    big, small, wide = (
        write_scene(tmp_path / f"{name}.tif", width, 64, seed=width)
        for name, width in (("big", 4200), ("small", 64), ("wide", 4250))
    )
    project = make_project(tmp_path, [big, small, wide])
    write_scene(big, 4300, 64)
    with opened(project) as session:
        number = {Path(scene.path).stem: scene_id for scene_id, scene in session.scenes.items()}
        wide_one = session.scene_files.open(number["wide"])
        assert lacks_overview(wide_one)
        session.scene_files.prepare_overviews(session.readers)
        settle(session, lambda: not lacks_overview(wide_one))
        with pytest.raises(SceneError, match="not the file that was labeled"):
            session.scene_files.open(number["big"])
        assert session.scene_files.open(number["small"]).info.size == (64, 64)


@pytest.mark.parametrize("loads_first", [True, False])
def test_a_training_anew_takes_nothing_of_the_model_before(
    project: Path, tmp_path: Path, *, loads_first: bool
) -> None:  # fmt: skip
    """Neither of the one that leads, nor of the stored one that is still being loaded when the training begins."""
    with opened(project) as session:
        importer = truth(session)
        for tile_id in sorted(session.tiles)[:6]:
            session.import_mask(tile_id, importer.read(session.tiles[tile_id].rect))
    without = shutil.copytree(project.parent, tmp_path / "without") / project.name
    settings = replace(QUICK, seed=5)
    with opened(without) as session:
        _, expected = done(session, session.train(settings))
    with opened(project) as session:
        done(session, session.train(QUICK))
    with opened(project) as session:
        if loads_first:
            settle(session, lambda: session.forecasts.model is not None)
        result, _ = done(session, session.train(settings, anew=True))
    weights = SegmentationModel.from_bytes(expected).module.state_dict()
    for name, value in result.model.module.state_dict().items():
        assert (value == weights[name]).all(), name
