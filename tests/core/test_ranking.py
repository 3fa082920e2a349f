"""Ranking a real project by every Strategy, with a model that has really been trained."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from core.demo.scene import write_demo_scene
from core.geometry import Rect
from core.jobs import JobContext
from core.learning.answers import ask_about
from core.learning.settings import TrainingSettings
from core.mask_import.files import MaskFile
from core.mask_import.importer import MaskImporter
from core.project.records import TileRecord, TileStatus
from core.ranking import ask_model, class_shares, ignored_shares
from core.selection.pool import Answers, ModelState, Pool
from core.selection.strategies import OTHER_NAMES, STRATEGIES
from core.session import Session
from core.terminal.working import load_model
from tests.core.imagery_files import write_raster
from tests.core.learning_data import run_job
from tests.core.projects import done, make_project, opened, paint_rect, quiet, write_scene
from tests.core.selection_pools import blobs, pool_of
from tests.core.test_cli import here

LABELED = 6
ASKING = [name for name, strategy in STRATEGIES.items() if strategy.asks_model]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of 36 tiles, six labeled, and a model of a few steps."""
    folder = tmp_path_factory.mktemp("trained")
    write_demo_scene(folder, size_px=384)
    project = make_project(folder, [folder / "farmland.tif"], tile_px=64)
    with opened(project) as session:
        done(session, session.embed())
        (scene,) = session.scenes.values()
        file = MaskFile(scene.scene_id, folder / "farmland_truth.tif")
        importer = MaskImporter(file, scene, session.classes, None)
        for ranked in session.queue():
            if len(session.painted) < LABELED:
                session.import_mask(ranked.tile_id, importer.read(session.tiles[ranked.tile_id].rect))
        result, _ = done(session, session.train(TrainingSettings(max_steps=12, batch_size=2, crop_px=64, threads=1)))
        quiet(session)
        session.leading.lead_with(result.model)  # though the pixel classifier may do better than after twelve steps
    return project


@pytest.fixture
def session(trained: Path, tmp_path: Path) -> Iterator[Session]:
    project = Path(shutil.copytree(trained.parent, tmp_path / "copy")) / trained.name
    with opened(project) as session:
        done(session, session.embed())
        quiet(session)  # a model that has loaded predicts, and ranks by what it says
        assert session.forecasts.model is not None
        yield session


def answers_by_hand(session: Session, pool: Pool) -> Answers:
    assert session.forecasts.model is not None
    asked = {
        place: ask_about(session.forecasts.model, session.reader, session.tile_ref(int(tile_id)))
        for place, tile_id in enumerate(pool.tile_ids)
        if session.tiles[int(tile_id)].status is not TileStatus.DONE
    }
    return Answers.of(len(pool), asked)


def test_every_strategy_ranks_and_those_that_ask_use_the_model(session: Session) -> None:
    pool = session.pool
    assert pool is not None
    labeled = np.array([session.tiles[int(t)].status is TileStatus.DONE for t in pool.tile_ids])
    state = ModelState(np.full(len(pool), np.nan, np.float32), 0.0, answers_by_hand(session, pool))
    open_tiles = set(pool.tile_ids[~labeled].tolist())
    orders = {}
    for name in [*STRATEGIES, *OTHER_NAMES]:
        job = session.rank(name, seed=3, budget_tiles=5)
        assert job is not None
        done(session, job)
        queue = session.queue()
        assert {ranked.tile_id for ranked in queue} == open_tiles, name
        orders[name] = [ranked.tile_id for ranked in queue]
        if STRATEGIES[OTHER_NAMES.get(name, name)].asks_model:
            assert queue[0].regime == "doubt", name
            expected = STRATEGIES[name].query(pool, labeled, state, 5, np.random.default_rng(3))
            assert orders[name] == pool.tile_ids[expected.order].tolist()
    assert orders["maxherding"] == orders["coverage"]
    assert all(orders[name] != orders["coverage"] for name in ASKING)


def test_a_tile_that_cannot_be_read_is_not_asked_about(session: Session) -> None:
    model, pool = session.forecasts.model, session.pool
    assert model is not None
    assert pool is not None
    refs = [session.tile_ref(int(tile_id)) for tile_id in pool.tile_ids[:3]]
    refs[1] = refs[1]._replace(scene_path="/nowhere.tif")
    wanted = np.array([True, True, False])

    def work(context: JobContext) -> Answers:
        return ask_model(model, session.reader, refs, wanted, 1, context)

    job = run_job(work)
    answers = job.result
    assert answers is not None
    assert np.isfinite(answers.entropy).tolist() == [True, False, False]
    assert np.isfinite(answers.gradients).all(axis=1).tolist() == [True, False, False]


@pytest.mark.parametrize("name", ["badge", "maxherding"])
def test_the_command_ranks_by_the_model(trained: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    run = here(capsys, "rank", trained, "--strategy", name, "--json")
    assert run.code == 0, run.err
    rows = json.loads(run.out)["ranked"]
    assert len(rows) == 36 - LABELED
    assert rows[0]["regime"] == ("doubt" if name == "badge" else "coverage")


@pytest.mark.parametrize("ahead", [False, True])
def test_a_campaign_from_outside_earns_trust(
    trained: Path, ahead: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the pixel classifier would score better: in a terminal there is none."""
    folder = Path(shutil.copytree(trained.parent, tmp_path / "copy"))
    project, order = folder / trained.name, tmp_path / "order.csv"
    with opened(project) as session:
        session.set_setting("classifier_is_ahead", ahead)
    assert here(capsys, "rank", project, "--strategy", "margin", "--csv", order, "--json").code == 0
    lines = order.read_text().splitlines()
    assert lines[1].split(",")[7] == "doubt"
    order.write_text("\n".join(lines[:4]))
    for _ in range(2):  # labels that are there already teach nothing about doubt
        run = here(capsys, "import-masks", project, folder, "--tiles", order, "--json")
        assert run.json["labeled"] == LABELED + 3, run.err
        with opened(project) as session:
            records = session.doubt_records.of_models()
        assert [record.regime for record in records] == ["doubt"] * 3
        assert all(0 < record.doubt <= 1 for record in records)


def test_tiles_of_one_value_come_last(tmp_path: Path) -> None:
    """A mosaic's fill that no tag names, all alike, would stand for more tiles than anything else."""
    values = np.random.default_rng(0).integers(1, 200, (3, 64 * 4, 64 * 5), np.uint8)
    values[:, 64:192, 64:] = 7
    write_raster(tmp_path / "a.tif", values)
    with opened(make_project(tmp_path, [tmp_path / "a.tif"])) as session:
        done(session, session.embed())
        quiet(session)
        by_looks = {ranked.tile_id for ranked in session.queue()[-8:]}
        rects = [session.tiles[tile_id].rect for tile_id in by_looks]
        last = {(rect.x // 64, rect.y // 64) for rect in rects}
        assert last == {(column, row) for column in range(1, 5) for row in (1, 2)}
        assert {ranked.regime for ranked in session.queue()[-8:]} == {"rest"}
        assert "single colour" in str(session.queue()[-1].reason)
        done(session, session.rank("random"))
        assert {ranked.tile_id for ranked in session.queue()[-8:]} == by_looks, "chance looks at the tiles, too"


def test_the_noisy_collar_of_a_mosaic_comes_last(tmp_path: Path) -> None:
    """Values of 0 to 4, as compression leaves them, in five sixths of all tiles: no two are near-duplicates."""
    random = np.random.default_rng(0)
    values = random.integers(0, 5, (3, 64 * 6, 64 * 6), np.uint8)
    values[:, 64:128] = random.integers(1, 200, (3, 64, 64 * 6), np.uint8)
    write_raster(tmp_path / "a.tif", values)
    with opened(make_project(tmp_path, [tmp_path / "a.tif"])) as session:
        done(session, session.embed())
        quiet(session)
        rows = [session.tiles[ranked.tile_id].rect.y // 64 for ranked in session.queue()]
        assert rows[:6] == [1] * 6
        assert all("single colour" in str(ranked.reason) for ranked in session.queue()[6:])


def test_a_few_hot_roofs_make_no_field_a_single_colour(tmp_path: Path) -> None:
    """Temperatures: fields differ by tenths of a degree, and houses in some tiles by forty."""
    random = np.random.default_rng(0)
    kelvin = random.normal(296, 0.2, (1, 64 * 4, 64 * 5)).astype(np.float32)
    for x in range(0, 64 * 5, 64):
        kelvin[:, 20:50, x + 10 : x + 50] = random.uniform(310, 335)
    write_raster(tmp_path / "a.tif", kelvin)
    with opened(make_project(tmp_path, [tmp_path / "a.tif"])) as session:
        done(session, session.embed())
        quiet(session)
        assert len(session.queue()) == 20
        assert not any("single colour" in str(ranked.reason) for ranked in session.queue())


@pytest.mark.parametrize("classifier_is_ahead", [False, True])
def test_a_reason_names_who_is_unsure(
    classifier_is_ahead: bool, trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project = Path(shutil.copytree(trained.parent, tmp_path / "copy")) / trained.name
    with opened(project) as session:
        session.set_setting("classifier_alone_is_ahead", classifier_is_ahead)
    named, other = ("pixel classifier", "model") if classifier_is_ahead else ("model", "pixel classifier")
    for strategy in ("auto", "margin", "uherding", "least_confidence", "entropy"):
        ranked = here(capsys, "rank", project, "--strategy", strategy, "--json").json["ranked"]
        reasons = [tile["reason"].lower() for tile in ranked if tile["regime"] == "doubt"]
        assert reasons, strategy
        assert all(f"the {named} " in reason and f"the {other} " not in reason for reason in reasons), reasons


def test_a_model_that_the_pixel_classifier_beats_is_not_asked_how_sure_it_is(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = Path(shutil.copytree(trained.parent, tmp_path / "copy"))
    project, order = folder / trained.name, tmp_path / "order.csv"
    with opened(project) as session:
        session.set_setting("classifier_alone_is_ahead", True)
    for strategy in ("auto", "margin"):
        run = here(capsys, "rank", project, "--strategy", strategy, "--csv", order)
        assert run.code == 0
        assert "has not proven better than the pixel classifier" in run.err
    lines = order.read_text().splitlines()
    assert lines[1].split(",")[7] == "doubt"
    order.write_text("\n".join(lines[:4]))
    assert here(capsys, "import-masks", project, folder, "--tiles", order, "--json").code == 0
    with opened(project) as session:
        assert len(session.doubt_records.of_classifier()) == 3
        assert session.doubt_records.of_models() == []
    assert here(capsys, "rank", project, "--strategy", "badge").err == "", "it asks the model's own gradients"
    run = here(capsys, "predict", project, "--out", tmp_path / "map")
    assert run.code == 0
    assert "The map is made by the pixel classifier" in run.err


def test_a_training_that_had_no_time_says_so(trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project = Path(shutil.copytree(trained.parent, tmp_path / "copy")) / trained.name
    run = here(capsys, "train", project, "--seconds", 1, "--json")
    assert run.code == 0
    assert f"Only {run.json['steps']} training steps fitted into 1 s" in run.err


def test_a_lost_scene_does_not_keep_the_others_from_being_predicted(
    trained: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    scenes = [tmp_path / "lost.tif", tmp_path / "kept.tif"]
    for path in scenes:
        shutil.copy(trained.parent / "farmland.tif", path)
    with opened(trained) as session:
        (tmp_path / "model.safetensors").write_bytes(session.leading.stored()[1])  # type: ignore[index]
    project = make_project(tmp_path, scenes, tile_px=64)
    with opened(project) as session:
        done(session, session.embed())
        done(session, session.models.bring_in(tmp_path / "model.safetensors"))
        quiet(session)
    scenes[0].unlink()
    run = here(capsys, "rank", project, "--strategy", "margin", "--json")
    assert run.code == 0, run.err
    rows = json.loads(run.out)["ranked"]
    assert {row["scene"] for row in rows if row["regime"] == "doubt"} == {str(scenes[1])}
    scenes[1].unlink()
    run = here(capsys, "rank", project, "--strategy", "margin")
    assert run.code == 1
    assert "was not found" in run.err


def test_a_model_that_has_loaded_before_anybody_waits_is_there(trained: Path) -> None:
    with opened(trained) as session:
        while session.compute.active():  # its outcome is in the inbox, and this thread has not looked
            time.sleep(0.01)
        assert session.forecasts.model is None
        load_model(session)
        assert session.forecasts.model is not None


def test_class_shares_by_hand() -> None:
    pool = pool_of(np.eye(4))
    painted = {100: {1: 30, 2: 10, 255: 60}, 101: {2: 5}, 102: {1: 1}, 103: {255: 9}}
    shares = class_shares(pool, np.array([True, True, False, True]), painted, (1, 2))
    assert shares[:2].tolist() == [[0.75, 0.25], [0.0, 1.0]]
    assert np.isnan(shares[2:]).all()


def test_ignored_shares_by_hand() -> None:
    """Of what holds data in a Tile; what was skipped is ignored as a whole."""
    kinds = [(1.0, TileStatus.DONE), (0.5, TileStatus.DONE), (1.0, TileStatus.SKIPPED), (1.0, TileStatus.NEW)]
    tiles = {100 + n: TileRecord(100 + n, 1, n, 0, Rect(0, 0, 10, 10), *kind) for n, kind in enumerate(kinds)}
    painted = {100: {1: 30, 255: 60}, 101: {255: 50}, 103: {255: 9}}
    shares = ignored_shares(pool_of(np.eye(4)), np.array([True, True, True, False]), painted, tiles)
    assert shares[:3] == pytest.approx([0.6, 1.0, 1.0])
    assert np.isnan(shares[3])


def test_what_looks_like_skipped_ground_waits_though_nobody_doubts(tmp_path: Path) -> None:
    """Half of the tiles are a lake that the expert has skipped once. It need not be told of each of them."""
    with opened(make_project(tmp_path, [write_scene(tmp_path / "a.tif", 256, 256)])) as session:
        lake = set(list(session.tiles)[:10])
        session.pool = replace(pool_of(blobs([10, 6], spread=0.3)), tile_ids=np.array(list(session.tiles)))
        first = min(lake)
        scores = {}
        for paint in (True, False):
            if paint:
                paint_rect(session, first, Rect(0, 0, 64, 64), 1)
                session.submit(first)
            else:
                session.skip(first)
            quiet(session)
            scores[paint] = sum(ranked.score for ranked in session.ranking if ranked.tile_id in lake)
        assert scores[False] < 0.8 * scores[True]
