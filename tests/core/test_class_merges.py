"""Classes are added, renamed, ordered, merged and removed: no label is ever lost silently, and a merge is one step."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest

from core.errors import LabelError, ProjectError
from core.events import Change, Subject
from core.geometry import Rect
from core.jobs import JobState, Priority
from core.labels.classes import (
    CLASS_COLOURS,
    DEFAULT_CLASSES,
    IGNORE,
    IGNORE_COLOUR,
    UNLABELED,
    LabelClass,
    class_keys,
    classes_from_names,
    meaning_table,
    unlearned,
    what_a_model_misses,
)
from core.labels.mask import Provenance
from core.labels.strokes import Ink
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction
from core.learning.review import Finding
from core.project.class_merges import MERGE_TOOL
from core.session import Session
from core.text import text
from tests.core.projects import (
    Unwatched,
    all_masks,
    done,
    dot,
    make_project,
    opened,
    opened_with_store,
    paint_rect,
    write_scene,
)

WEED = LabelClass(3, "weed", "#009E73")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four tiles of 64 px: weed on the first two, healthy on the first three, nothing on the last."""
    folder = tmp_path_factory.mktemp("classes")
    project = make_project(folder, [write_scene(folder / "scene.tif")], classes=(*DEFAULT_CLASSES, WEED))
    with opened(project) as session:
        first, second, third, _ = sorted(session.tiles)
        for tile_id in (first, second, third):
            paint_rect(session, tile_id, Rect(0, 0, 20, 20), 1)
        for tile_id in (first, second):
            paint_rect(session, tile_id, Rect(10, 10, 20, 20), 3)
        recorder = session.begin_stroke(second, "accept prediction")
        recorder.paint(Rect(40, 40, 8, 8), np.ones((8, 8), bool), Ink(3, Provenance.ACCEPTED))
        session.finish_stroke(second, recorder)
    return folder


@pytest.fixture
def project(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "copy")) / "test.fieldbrush"


@pytest.fixture
def session(project: Path) -> Iterator[Session]:
    with opened(project) as session:
        yield session


def merge(session: Session, value: int, into: int) -> None:
    done(session, session.merge_class(value, into))


def agrees(session: Session) -> None:
    """Memory, file and counts say the same of every tile."""
    for tile_id, planes in all_masks(session).items():
        mask = session.mask(tile_id)
        assert (mask.labels == planes[0]).all()
        assert (mask.provenance == planes[1]).all()
        assert session.painted.get(tile_id, {}) == mask.pixel_counts()


@pytest.mark.parametrize("into", [1, UNLABELED, IGNORE])
def test_a_merge_changes_exactly_the_pixels_of_the_class_and_comes_back_as_one_step(project: Path, into: int) -> None:
    with opened(project) as session:
        before = all_masks(session)
        held = session.mask(min(session.tiles)).labels  # as the overlay holds it
        merge(session, 3, into)
        assert [c.value for c in session.classes] == [1, 2]
        for tile_id, (labels, provenance) in all_masks(session).items():
            weed = before[tile_id][0] == 3
            assert (labels[weed] == into).all()
            assert (labels[~weed] == before[tile_id][0][~weed]).all()
            kept = before[tile_id][1] if into != UNLABELED else np.where(weed, 0, before[tile_id][1])
            assert (provenance == kept).all()
        assert (held == all_masks(session)[min(session.tiles)][0]).all(), "what is on the screen is not what is saved"
        agrees(session)
    with opened(project) as session:
        session.bring_class_back()
        assert session.classes == (*DEFAULT_CLASSES, WEED)
        after = all_masks(session)
        assert all((after[tile_id] == before[tile_id]).all() for tile_id in before)
        agrees(session)
        assert MERGE_TOOL not in {tool for tile_id in session.tiles for _, tool, _ in session.strokes(tile_id)}
        with pytest.raises(LabelError, match="No class has been removed"):
            session.bring_class_back()
        session.undo(min(session.tiles))  # the strokes below are whole
        assert session.mask(min(session.tiles)).pixel_counts() == {1: 400}


def test_a_chosen_key_goes_with_its_class_and_comes_back_with_it(project: Path) -> None:
    with opened(project) as session:
        keyed = replace(session.classes[2], key="Shift+K")
        session.set_classes([*session.classes[:2], keyed])
        merge(session, 3, 1)
        assert class_keys(session.classes) == {1: "1", 2: "2"}, "the key is free"
    with opened(project) as session:
        session.bring_class_back()
        assert session.classes[2] == keyed
        merge(session, 3, UNLABELED)
        session.set_classes([session.classes[0], replace(session.classes[1], key="Shift+K")])
        session.bring_class_back()  # which must not fail for a key
        assert session.classes[2] == replace(keyed, key="")
        assert class_keys(session.classes) == {1: "1", 2: "Shift+K", 3: "3"}
    with opened(project) as session:
        assert [c.key for c in session.classes] == ["", "Shift+K", ""]


@pytest.mark.parametrize(
    ("chosen", "taken", "keys"),
    [
        (["", "", ""], [], {1: "1", 2: "2", 3: "3"}),
        (["", "Z", ""], [], {1: "1", 2: "Z", 3: "3"}),  # the others keep theirs
        (["", "", "1"], [], {2: "2", 3: "1"}),
        (["3", "", ""], [], {1: "3", 2: "2"}),
        (["", "Z", ""], ["Z", "B"], {1: "1", 2: "2", 3: "3"}),  # a command has it: the digit helps out
        (["2", "Z", ""], ["Z"], {1: "2", 3: "3"}),
    ],
)
def test_keys_follow_the_order_where_none_is_chosen(chosen: list[str], taken: list[str], keys: dict[int, str]) -> None:
    classes = [replace(c, key=key) for c, key in zip((*DEFAULT_CLASSES, WEED), chosen, strict=True)]
    assert class_keys(classes, taken) == keys


def test_the_tenth_class_has_a_key_when_one_is_chosen() -> None:
    classes = [LabelClass(value, f"class {value}", WEED.colour) for value in range(1, 13)]
    assert class_keys(classes) == {value: str(value) for value in range(1, 10)}
    classes[11] = replace(classes[11], key="Ü")
    assert class_keys(classes)[12] == "Ü"


@pytest.mark.parametrize("key", ["0", "10", "k", "Ctrl+K", "Shift+3", "Space", "+", " ", "Ф", "ß"])
def test_a_class_has_no_other_key_than_a_letter_or_a_digit(key: str) -> None:
    with pytest.raises(LabelError, match="key of a class"):
        replace(WEED, key=key)


def test_two_classes_cannot_have_one_key(session: Session) -> None:
    before = session.classes
    with pytest.raises(LabelError, match="have the key Z"):
        session.set_classes([replace(c, key="Z") for c in before])
    assert session.classes == session._store.classes() == before


def test_a_project_from_before_keys_could_be_chosen_has_digits_by_order(project: Path) -> None:
    with opened(project) as session:
        merge(session, 1, 2)
        before = all_masks(session)
    with closing(sqlite3.connect(project)) as older:  # as the version before has left it
        older.executescript(
            "ALTER TABLE class DROP COLUMN key; ALTER TABLE class_merge DROP COLUMN key; PRAGMA user_version=3;"
        )
    with opened(project) as session:
        assert class_keys(session.classes) == {2: "1", 3: "2"}
        session.set_classes([session.classes[0], replace(session.classes[1], key="Ö")])
        session.bring_class_back()
        assert class_keys(session.classes) == {1: "1", 2: "2", 3: "Ö"}
        session.undo(min(session.tiles))
    with opened(project) as session:
        assert session.classes[2].key == "Ö"
        assert set(all_masks(session)) == set(before)


def test_views_hear_once_which_tiles_changed(session: Session) -> None:
    heard: list[Change] = []
    session.changes.subscribe(heard.append)
    merge(session, 3, 2)
    (change,) = [c for c in heard if Subject.CLASSES in c.subjects]
    assert change.tile_ids == frozenset(sorted(session.tiles)[:2])
    assert Subject.MASKS in change.subjects


def test_a_merge_is_settled_when_its_labels_are_there(session: Session) -> None:
    """Its work ends in the background before the main thread has saved it: whoever looks then must not take it for
    done."""
    job = session.merge_class(3, 1)
    assert job.wait(60)
    assert job.state is JobState.DONE
    assert not job.is_settled
    heard = []
    session.changes.subscribe(lambda change: heard.append((job.is_settled, len(session.classes))))
    session.wait(job)
    assert job.is_settled
    assert {classes for settled, classes in heard if settled} == {2}


def test_undo_does_not_reach_below_a_merge(session: Session) -> None:
    first, third = sorted(session.tiles)[0], sorted(session.tiles)[2]
    merge(session, 3, 1)
    now = session.mask(first).labels.copy()
    with pytest.raises(LabelError, match=r"weed.*Bring it back as a whole"):
        session.undo(first)
    assert (session.mask(first).labels == now).all()
    assert session.undo(third)  # not touched by the merge: its own strokes as ever


def test_paint_on_top_keeps_a_merge_from_coming_back_until_it_is_undone(session: Session) -> None:
    first = min(session.tiles)
    before = all_masks(session)
    merge(session, 3, 1)
    dot(session, first, 50, 50, 2)
    merged = all_masks(session)
    with pytest.raises(LabelError, match="1 of its tiles"):
        session.bring_class_back()
    assert all((planes == merged[tile_id]).all() for tile_id, planes in all_masks(session).items())
    assert [c.value for c in session.classes] == [1, 2]
    session.undo(first)
    session.bring_class_back()
    assert all((planes == before[tile_id]).all() for tile_id, planes in all_masks(session).items())
    assert not session.redo(first), "a stroke made on the merged labels must not come back on others"
    agrees(session)


def test_merges_come_back_newest_first(session: Session) -> None:
    before = all_masks(session)
    grass = session.class_list.new_class("grass")
    session.set_classes([grass, *session.classes])
    merge(session, 3, grass.value)
    merge(session, grass.value, 2)
    meaning = session.class_list.meaning()
    assert meaning[[0, 1, 2, 3, grass.value, 99]].tolist() == [0, 1, 2, 2, 2, 0]
    session.bring_class_back()
    assert [c.name for c in session.classes] == ["grass", "healthy", "unhealthy"]
    session.bring_class_back()
    assert [c.name for c in session.classes] == ["grass", "healthy", "unhealthy", "weed"]
    assert all((planes == before[tile_id]).all() for tile_id, planes in all_masks(session).items())


def test_a_name_that_is_taken_meanwhile_keeps_a_class_from_coming_back(session: Session) -> None:
    merge(session, 3, 1)
    session.set_classes([*session.classes, session.class_list.new_class("Weed")])
    with pytest.raises(LabelError, match="Two classes are called “weed”"):
        session.bring_class_back()
    agrees(session)
    assert len(session.classes) == 3


@pytest.mark.parametrize(("value", "into"), [(3, 3), (3, 7), (9, 1), (1, 3)])
def test_merges_that_make_no_sense_are_one_sentence(session: Session, value: int, into: int) -> None:
    if value == 1:  # the last but one cannot go
        merge(session, 2, UNLABELED)
    before = all_masks(session)
    with pytest.raises(LabelError) as caught:
        session.merge_class(value, into)
    assert "\n" not in str(caught.value)
    assert all((planes == before[tile_id]).all() for tile_id, planes in all_masks(session).items())


def test_paint_while_the_masks_are_rewritten_is_never_overwritten(session: Session) -> None:
    first = min(session.tiles)
    work = session.merge_work(3, 1)
    dot(session, first, 50, 50, 2)
    with pytest.raises(LabelError, match="Merge them again"):
        session.finish_merge(work(Unwatched()))
    assert session.mask(first).labels[50, 50] == 2
    agrees(session)


def test_a_cancelled_merge_changes_nothing(session: Session) -> None:
    before = all_masks(session)
    blocker = threading.Event()
    session.compute.submit(text("Waiting"), lambda context: blocker.wait(60), Priority.VISIBLE)
    job = session.merge_class(3, 1)
    job.cancel()
    blocker.set()
    session.wait(job)
    assert job.state is JobState.CANCELLED
    assert all((planes == before[tile_id]).all() for tile_id, planes in all_masks(session).items())
    assert len(session.classes) == 3


def test_a_merge_that_cannot_be_saved_changes_nothing_on_any_tile(tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "scene.tif", 1024, 512)
    project = make_project(tmp_path, [scene], tile_px=256, classes=(*DEFAULT_CLASSES, WEED))
    with opened_with_store(project) as (session, store):
        rng = np.random.default_rng(0)
        for tile_id in session.tiles:  # noise is large in the file
            recorder = session.begin_stroke(tile_id, "brush")
            recorder.paint_labels(rng.integers(1, 4, (256, 256), np.uint8), Ink(0))
            session.finish_stroke(tile_id, recorder)
        before, held = all_masks(session), {tile_id: session.mask(tile_id) for tile_id in session.tiles}
        connection = store._connection
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count={pages + 40}")  # for some of the tiles, not for all
        heard: list[Change] = []
        session.changes.subscribe(heard.append)
        job = session.merge_class(3, 1)
        session.wait(job)
        assert isinstance(job.error, ProjectError)
        assert str(job.error).startswith("The disk is full")
        assert any(change.error is job.error for change in heard)
        assert len(session.classes) == 3
        assert all((planes == before[tile_id]).all() for tile_id, planes in all_masks(session).items())
        assert all((mask.labels == before[tile_id][0]).all() for tile_id, mask in held.items())
        connection.execute("PRAGMA max_page_count=1000000")
        merge(session, 3, 1)
        agrees(session)


@pytest.mark.parametrize("step", ["merged", "brought back"])
def test_where_a_status_cannot_be_saved_nothing_of_the_merge_is(tmp_path: Path, step: str) -> None:
    """The disk may be full after the last Mask: then the window would show a class that the file has no more."""
    project = make_project(tmp_path, [write_scene(tmp_path / "scene.tif")], classes=(*DEFAULT_CLASSES, WEED))
    with opened_with_store(project) as (session, store):
        for tile_id in session.tiles:
            paint_rect(session, tile_id, Rect(0, 0, 20, 20), 3)
        act: Callable[[], object] = partial(merge, session, 3, UNLABELED)
        if step == "brought back":
            act()
            act = session.bring_class_back
        before, tiles, classes = all_masks(session), dict(session.tiles), session.classes
        store._connection.execute(
            f"CREATE TEMP TRIGGER full BEFORE UPDATE OF status ON tile WHEN NEW.id = {max(session.tiles)}"
            " BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
        )
        with pytest.raises(ProjectError, match="The disk is full"):
            act()
        assert all((planes == before[tile_id]).all() for tile_id, planes in all_masks(session).items())
        assert dict(session.tiles) == {tile.tile_id: tile for tile in store.tiles()} == tiles
        assert session.classes == store.classes() == classes
        agrees(session)
        store._connection.execute("DROP TRIGGER full")
        act()
        assert {tile.status for tile in store.tiles()} == {tile.status for tile in session.tiles.values()}
        assert {tile.status for tile in store.tiles()} != {tile.status for tile in tiles.values()}


def test_a_value_is_never_given_to_another_class(project: Path) -> None:
    with opened(project) as session:
        merge(session, 3, 1)
    with opened(project) as session:
        new = session.class_list.new_class(" grass ")
        assert (new.value, new.name) == (4, "grass")
        assert new.colour not in {c.colour for c in session.classes}
        session.set_classes([*session.classes, new])
        session.set_classes(session.classes[:2])
        assert session.class_list.new_class("water").value == 5
        with pytest.raises(LabelError, match="no name"):
            session.class_list.new_class("  ")
        session.set_classes([*session.classes, LabelClass(199, "last", "#000000")])
        with pytest.raises(LabelError, match="199 classes"):
            session.class_list.new_class("one more")


def test_the_order_of_the_classes_is_kept_and_trained_models_do_not_care(project: Path) -> None:
    with opened(project) as session:
        session.set_classes(session.classes[::-1])
        assert [c.value for c in session.classes] == [3, 2, 1]
    with opened(project) as session:
        assert [c.value for c in session.classes] == [3, 2, 1]
        merge(session, 2, 1)
        session.bring_class_back()
        assert [c.value for c in session.classes] == [3, 2, 1]


def test_hidden_classes_are_kept_and_lose_nothing(project: Path) -> None:
    with opened(project) as session:
        before = all_masks(session)
        session.show_class(3, False)
        session.show_class(IGNORE, False)
        session.show_class(IGNORE, True)
    with opened(project) as session:
        assert session.class_list.hidden == {3}
        assert all((planes == before[tile_id]).all() for tile_id, planes in all_masks(session).items())


def test_projects_of_the_first_version_are_brought_up_to_date(project: Path) -> None:
    """Before a class had a place: ordered by value."""
    connection = sqlite3.connect(project)
    connection.executescript(
        "DROP INDEX patch_of_merge; ALTER TABLE patch DROP COLUMN merge_id;"
        "ALTER TABLE patch DROP COLUMN counts_before;"
        "DROP TABLE class_merge; ALTER TABLE class DROP COLUMN place; ALTER TABLE class DROP COLUMN key;"
        "DROP TABLE note;"
        "DELETE FROM setting WHERE key = 'highest_class_value'; PRAGMA user_version=1"
    )
    connection.close()
    with opened(project) as session:
        assert session.classes == (*DEFAULT_CLASSES, WEED)
        assert session.class_list.new_class("grass").value == 4
        merge(session, 3, 1)
        session.bring_class_back()
        agrees(session)


def test_the_label_review_proposes_no_class_that_is_gone(session: Session) -> None:
    tile = next(tile_id for tile_id, counts in session.painted.items() if {1, 2} & counts.keys())
    value = min({1, 2} & session.painted[tile].keys())
    pixels = session.mask(tile).labels == value
    whole = session.mask(tile).bounds
    other = 3 - value
    found = [Finding(tile, whole, pixels, value, likely, 0.9, 1.0) for likely in (3, other)]
    session.review.findings = list(found)
    merge(session, 3, IGNORE)
    assert session.review.findings == found[1:]
    session.review._reviewed(found)  # of a review that began before the merge
    assert session.review.findings == found[1:]


# -- models that know other classes -----------------------------------------------------------------------------------


def test_predictions_of_a_merged_class_mean_what_it_became(session: Session) -> None:
    last = max(session.tiles)
    classes = np.full((64, 64), 3, np.uint8)
    classes[:32] = 1
    session.forecasts.predictions.keep(PackedPrediction.of(TilePrediction(last, 1, classes, np.zeros_like(classes))))
    merge(session, 3, 2)
    prediction = session.forecasts.predictions.get(last)
    assert prediction is not None
    assert np.unique(prediction.classes).tolist() == [1, 2]
    assert session.accept_prediction(last)
    assert session.mask(last).pixel_counts() == {1: 2048, 2: 2048}
    session.undo(last)
    session.bring_class_back()
    prediction = session.forecasts.predictions.get(last)
    assert prediction is not None
    assert (prediction.classes == classes).all(), "nothing of a prediction is lost by a merge that is taken back"


def test_predictions_of_a_removed_class_are_left_open(session: Session) -> None:
    last = max(session.tiles)
    classes = np.full((64, 64), 3, np.uint8)
    classes[0, 0] = 1
    session.forecasts.predictions.keep(PackedPrediction.of(TilePrediction(last, 1, classes, np.zeros_like(classes))))
    merge(session, 3, IGNORE)
    assert session.accept_prediction(last)
    assert session.mask(last).pixel_counts() == {1: 1}


@pytest.mark.parametrize(("into", "likely"), [(1, None), (2, 2), (UNLABELED, None), (IGNORE, None)])
def test_what_the_review_holds_for_right_goes_with_its_class(session: Session, into: int, likely: int | None) -> None:
    """Weed where healthy is painted: not once weed is gone, or is what is painted."""
    tile_id = min(session.tiles)
    paint_rect(session, tile_id, Rect(40, 0, 10, 10), 2)
    about_weed, other = (
        Finding(tile_id, Rect(x, 0, 8, 8), np.ones((8, 8), bool), painted, likely, 0.9, 57.6)
        for x, painted, likely in ((0, 1, 3), (40, 2, 1))
    )
    session.review.findings = [about_weed, other]
    merge(session, 3, into)
    kept = [replace(about_weed, likely=likely)] if likely is not None else []
    assert [(f.painted, f.likely) for f in session.review.findings] == [(f.painted, f.likely) for f in (*kept, other)]
    assert session.review.findings[-1] is other, "a list that shows it goes on showing it"


def test_what_a_model_misses_is_said_with_what_helps() -> None:
    trained = {1: "healthy", 2: "unhealthy", 3: "weed"}
    water, bare = LabelClass(4, "water", "#56B4E9"), LabelClass(5, "bare", "#F0E442")

    def missed(*classes: LabelClass, merged: Mapping[int, int] | None = None) -> list[str]:
        meaning = meaning_table(classes, merged or {})
        return [str(sentence) for sentence in what_a_model_misses(trained, classes, meaning, {1, 2, 4})]

    assert missed(*DEFAULT_CLASSES, WEED) == []
    assert missed(*DEFAULT_CLASSES, merged={3: 2}) == []
    (gone,) = missed(*DEFAULT_CLASSES, merged={3: 0})
    assert "for “weed”" in gone
    (unpainted, painted, gone) = missed(*DEFAULT_CLASSES, water, bare)
    assert "learned “bare”: paint that first" in unpainted, "training alone would not help"
    assert "learned “water” yet: train again" in painted
    assert "for “weed”" in gone


def test_a_class_that_a_learned_one_went_into_is_on_the_map() -> None:
    water = LabelClass(4, "water", "#56B4E9")
    classes = (*DEFAULT_CLASSES, water)
    assert unlearned((1, 2, 3), classes, meaning_table(classes, {})) == (water,)
    assert unlearned((1, 2, 3), classes, meaning_table(classes, {3: 4})) == ()
    assert unlearned((1, 3), classes, meaning_table(classes, {3: 4})) == (DEFAULT_CLASSES[1],)


# -- colours ----------------------------------------------------------------------------------------------------------

# Machado, Oliveira and Fernandes, IEEE TVCG 15, 1291 (2009), severity 1: linear RGB as the colour-blind see it.
_DEFICIENCIES = {
    "none": np.eye(3),
    "protanopia": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deuteranopia": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritanopia": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def _lab(colour: str, deficiency: object) -> np.ndarray:
    rgb = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.asarray(deficiency) @ linear, 0, 1)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ seen
    f = np.cbrt(xyz / [0.9505, 1.0, 1.089])
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def test_more_classes_than_the_palette_has_look_unlike_each_other() -> None:
    classes = classes_from_names([f"class {number}" for number in range(1, 25)])
    assert tuple(c.colour for c in classes[: len(CLASS_COLOURS)]) == CLASS_COLOURS
    seen = [_lab(colour, _DEFICIENCIES["none"]) for colour in (*(c.colour for c in classes), IGNORE_COLOUR)]
    assert min(float(np.linalg.norm(a - b)) for a, b in combinations(seen, 2)) > 15
    assert len(classes_from_names([f"class {number}" for number in range(1, 200)])) == 199, "then they come again"


@pytest.mark.parametrize("deficiency", _DEFICIENCIES)
def test_the_palette_can_be_told_apart_by_the_colour_blind(deficiency: str) -> None:
    """A difference of 10 in CIELAB is seen at a glance; the first two classes differ far more."""
    seen = [_lab(colour, _DEFICIENCIES[deficiency]) for colour in CLASS_COLOURS]
    distances = {(a, b): float(np.linalg.norm(seen[a] - seen[b])) for a, b in combinations(range(len(seen)), 2)}
    close = {pair: round(d, 1) for pair, d in distances.items() if d < 10}
    assert not close, close
    assert distances[0, 1] > 40
