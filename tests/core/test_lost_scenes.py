"""A Scene whose drive is away: all work goes on with the others, and says once which was left out."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.errors import LearningError, SceneError, scenes_left_out
from core.events import Change, Subject
from core.geometry import Rect
from core.jobs import Job, JobState
from core.learning.settings import TrainingSettings
from core.report.files import summary, write_report
from core.session import Session
from tests.core.imagery_files import damage_block
from tests.core.projects import UTM, done, make_project, opened, paint_rect, quiet, write_scene
from tests.core.test_cli import fieldbrush, one_sentence

QUICK = TrainingSettings(max_steps=2, crop_px=64, batch_size=2, threads=1)


def paint_all(session: Session) -> None:
    for tile_id in session.tiles:
        paint_rect(session, tile_id, Rect(0, 0, 64, 30), 1)
        paint_rect(session, tile_id, Rect(0, 34, 64, 30), 2)


@pytest.fixture(scope="module")
def fields(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three scenes of four painted tiles, and a model that has held some of them out."""
    folder = tmp_path_factory.mktemp("fields")
    project = make_project(folder, [write_scene(folder / f"{name}.tif", seed=ord(name)) for name in "abc"])
    with opened(project) as session:
        paint_all(session)
        done(session, session.train(QUICK))
    return project


@pytest.fixture
def project(fields: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(fields.parent, tmp_path / "fields")) / fields.name


@pytest.fixture
def session(project: Path) -> Iterator[Session]:
    """The drive goes while the project is open, and a Scene with it."""
    with opened(project) as session:
        quiet(session)
        session.reader.close()  # or the system goes on to read what is open
        project.with_name("a.tif").rename(project.with_name("away"))
        yield session


def told_of(session: Session) -> list[str]:
    """What the session says from now on."""
    said: list[str] = []

    def listen(change: Change) -> None:
        if Subject.NOTICE in change.subjects:
            said.append(str(change.error))

    session.changes.subscribe(listen)
    return said


WORK: dict[str, Callable[[Session, Path], Job[Any]]] = {
    "training": lambda session, _: session.train(QUICK),
    "labels": lambda session, out: session.export_labels(out),
    "predictions": lambda session, out: session.export_predictions(out),
    "review": lambda session, _: session.review.start(),
    "areas": lambda session, _: session.maps.areas(),
    "field report": lambda session, out: session.maps.export_report(out),
    "scores": lambda session, _: session.models.report(1),
    "comparison": lambda session, _: session.models.compare(1, 1),
    "scores of the pixel classifier": lambda session, _: session.maps.scores(),
}

SCORES = ("scores", "scores of the pixel classifier")  # tell more than those of the paint that can be read


@pytest.mark.parametrize("what", WORK)
def test_work_goes_on_without_a_lost_scene_and_says_so_once(session: Session, tmp_path: Path, what: str) -> None:
    said = told_of(session)
    job = WORK[what](session, tmp_path / "out")
    done(session, job)
    assert job.state is JobState.DONE
    assert job.left_out == (next(iter(session.scenes.values())).path,)
    assert said == [
        "Scenes that cannot be read were left out: a.tif. Check whether they were moved or their drive is missing."
    ]


@pytest.mark.parametrize("what", [what for what in WORK if what not in SCORES])
def test_where_all_scenes_are_lost_the_sentence_says_what_is_wrong(
    session: Session, project: Path, tmp_path: Path, what: str
) -> None:
    for name in "bc":
        project.with_name(f"{name}.tif").unlink()
    said = told_of(session)
    job = WORK[what](session, tmp_path / "out")
    session.wait(job)
    assert isinstance(job.error, SceneError)
    assert "a.tif was not found" in str(job.error)
    assert said == [str(job.error)], "nothing went on without them"


def test_one_damaged_block_is_not_taken_for_a_lost_scene(tmp_path: Path) -> None:
    """The other tiles of its scene judge, and are compared."""
    layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate"}
    scene = write_scene(tmp_path / "a.tif", 640, 640, **UTM, **layout)  # larger than what is read whole to try it
    with opened(make_project(tmp_path, [scene], tile_px=128)) as session:
        paint_all(session)
        done(session, session.train(QUICK))
        quiet(session)
        held_out = session.leading.model().card.validation_tiles
        blocks = [(session.tiles[t].rect.x // 128, session.tiles[t].rect.y // 128) for t in held_out]
        damage_block(scene, *next(block for block in blocks if set(block) & {1, 3}))  # not of those that are tried
        session.reader.close()
        said = told_of(session)
        scoring, comparing = session.models.report(1), session.models.compare(1, 1)
        report = done(session, scoring)
        assert report.scores.tiles == len(held_out) - 1 > 0
        assert "Tiles that cannot be read do not count: 1." in map(str, report.remarks)
        assert done(session, comparing).differing == {"a": 0.0}
        assert (scoring.left_out, comparing.left_out, said) == ((), (), [])


def test_what_is_still_open_of_a_lost_scene_is_not_taken_for_the_scene(project: Path) -> None:
    """A training takes minutes: its reader would come to the end of what it still has."""
    with opened(project) as session:
        session.reader.read(session.tile_ref(next(iter(session.tiles))))
        project.with_name("a.tif").rename(project.with_name("away"))
        job = session.train(QUICK)
        done(session, job)
        assert job.left_out == (str(project.with_name("a.tif")),)


def test_raster_and_polygons_of_every_other_scene_are_written(session: Session, tmp_path: Path) -> None:
    written = done(session, session.export_labels(tmp_path / "out"))
    assert [path.name for path in written] == [f"{name}_labels.{kind}" for name in "bc" for kind in ("tif", "gpkg")]
    assert not list((tmp_path / "out").glob("a_*")), "no part of what could not be finished"


def test_a_model_learns_of_the_rest_and_its_card_keeps_what_was_held_out(session: Session) -> None:
    """Else those Tiles would be learned from as soon as the drive is back, and judge no round any more."""
    lost = {tile_id for tile_id, tile in session.tiles.items() if session.scenes[tile.scene_id].path.endswith("a.tif")}
    before = session.leading.model().card
    held_out_there = lost.intersection(before.validation_tiles)
    assert held_out_there, "the test needs some"
    result, _ = done(session, session.train(QUICK))
    card = result.model.card
    assert lost.intersection(card.validation_tiles) == held_out_there
    assert set(card.training_tiles) >= set(before.training_tiles), "what the weights know they still know"
    assert not lost.intersection(result.judged.tables), "nothing there could judge"
    assert result.tiles == len(card.training_tiles)
    anew, _ = done(session, session.train(QUICK, anew=True))
    assert not lost.intersection(anew.model.card.training_tiles + anew.model.card.validation_tiles)
    assert anew.tiles == len(anew.model.card.training_tiles) < len(before.training_tiles)


def test_a_training_that_lacks_a_class_then_says_both(session: Session, project: Path) -> None:
    """That too few classes are painted is a riddle to whoever has painted them in the Scene that is away."""
    for tile_id, tile in session.tiles.items():
        if not session.scenes[tile.scene_id].path.endswith("a.tif"):
            session.import_mask(tile_id, np.ones((64, 64), np.uint8))
    said = told_of(session)
    job = session.train(QUICK, anew=True)
    session.wait(job)
    assert isinstance(job.error, LearningError)
    assert "left out: a.tif" in said[0]
    assert said[1] == str(job.error)


def test_the_report_says_what_its_areas_lack(session: Session, tmp_path: Path) -> None:
    found = done(session, session.maps.export_report(tmp_path / "out"))
    assert [scene.name for scene in found.areas.scenes] == ["b.tif", "c.tif"]
    assert "left out: a.tif" in str(found.areas.remarks[0])
    assert "left out: a.tif" in (tmp_path / "out" / "report.html").read_text()
    remarks = summary(found.scores, found.areas)["remarks"]
    assert sum("left out" in remark for remark in remarks) == 1, "of scores and areas together"


def test_a_model_report_says_what_it_lacks(session: Session, tmp_path: Path) -> None:
    report = done(session, session.models.report(1))
    assert "left out: a.tif" in str(report.remarks[0])
    assert "left out: a.tif" in str(done(session, session.maps.scores()).remarks[0])
    assert "left out: a.tif" in str(done(session, session.models.compare(1, 1)).remarks[0])
    write_report("test", report, None, tmp_path / "report")
    assert "left out: a.tif" in (tmp_path / "report" / "report.html").read_text()


@pytest.mark.parametrize("what", SCORES)
def test_without_any_scene_a_report_does_not_say_that_all_tiles_were_learned_from(
    session: Session, project: Path, tmp_path: Path, what: str
) -> None:
    for name in "bc":
        project.with_name(f"{name}.tif").unlink()
    said = told_of(session)
    remarks = [str(remark) for remark in done(session, WORK[what](session, tmp_path)).remarks]
    assert "left out: a.tif, b.tif, c.tif" in remarks[0]
    unknown = "No tile that this model did not learn from can be read" if what == "scores" else "Nobody knows"
    assert remarks[1].startswith(unknown)
    assert not said, "nothing goes on without them"


def test_a_map_is_made_where_only_scenes_without_paint_can_be_read(project: Path) -> None:
    with opened(project) as session:
        for tile_id, tile in session.tiles.items():
            if session.scenes[tile.scene_id].path.endswith("c.tif"):
                while session.undo(tile_id):
                    pass
        quiet(session)
        session.reader.close()
        for name in "ab":
            project.with_name(f"{name}.tif").unlink()
        said = told_of(session)
        found = done(session, session.maps.areas(1))
        assert [scene.name for scene in found.scenes] == ["c.tif"]
        assert len(said) == 1
        assert "left out: a.tif, b.tif" in said[0]


def test_a_terminal_says_it_once_and_lists_the_scenes(project: Path, tmp_path: Path) -> None:
    lost = project.with_name("a.tif")
    with opened(project):
        lost.unlink()  # not before: a project that was copied finds its scenes where they lay
    for command in (("train", project, "--steps", 2), ("export", project, "--out", tmp_path / "out", "--predictions")):
        run = fieldbrush(*command, "--json")
        assert run.code == 0, run
        assert run.json["scenes left out"] == [str(lost)]
        jobs = 2 if "export" in command else 1
        assert run.err.count("left out: a.tif") == jobs, run.err
    assert len(run.json["written"]) == 2 * (2 + 3), "of labels and predictions"
    for name in "bc":
        project.with_name(f"{name}.tif").unlink()
    one_sentence(fieldbrush("export", project, "--out", tmp_path / "none", "--json"), "was not found")


def test_of_many_scenes_some_are_named() -> None:
    sentence = str(scenes_left_out([f"/far/away/{number}.tif" for number in range(300)]))
    assert "0.tif, 1.tif, 2.tif and 297 more" in sentence
