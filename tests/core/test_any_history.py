"""Any history of strokes, undos, classes, statuses and reopenings, against a model of plain arrays and whole copies."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from numpy.typing import NDArray

from core.errors import LabelError, TooEarly
from core.geometry import Rect
from core.labels.classes import IGNORE, UNLABELED, LabelClass, class_keys, classes_from_names
from core.labels.mask import Mask, Provenance
from core.labels.strokes import Ink
from core.labels.tidying import TIDY
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction
from core.project.records import TileStatus
from core.session import Session
from tests.core.projects import all_masks, done, make_project, write_scene

TILES = 6  # of 64 px; the right-hand ones are 22 px wide, half of it nodata, the lower ones 36 px high
GONE = 199  # no class ever has it
NAMES = ("healthy", "unhealthy", "weed", "Weed", "bare soil", "water")
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7")
KEYS = ("", "1", "3", "Shift+K", "Ü")
Planes = NDArray[np.uint8]  # (2, height, width): labels and provenance
Pixels = NDArray[np.bool_]


@dataclass
class PlainTile:
    """Its paint after each step, as whole copies; a step that a merge has made bears the merge's number."""

    valid: Pixels
    steps: list[tuple[Planes, int | None]]
    at: int = 0
    put: TileStatus = TileStatus.NEW  # aside, done, or open
    was_done: bool = False
    predicted: NDArray[np.uint8] | None = None

    @property
    def now(self) -> Planes:
        return self.steps[self.at][0]

    @property
    def status(self) -> TileStatus:
        return TileStatus.IN_PROGRESS if self.put.is_open and self.now[0].any() else self.put

    def change(self, after: Planes, merge: int | None = None) -> bool:
        if (after == self.now).all():
            return False
        del self.steps[self.at + 1 :]
        self.steps.append((after, merge))
        self.at += 1
        return True


@dataclass
class PlainMerge:
    number: int
    removed: LabelClass
    place: int
    into: int


@dataclass
class PlainProject:
    tiles: list[PlainTile]
    classes: list[LabelClass]
    merges: list[PlainMerge] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    highest: int = 4
    merge_count: int = 0

    def knows(self, labels: NDArray[np.uint8]) -> bool:
        return set(np.unique(labels).tolist()) <= {UNLABELED, IGNORE, *(c.value for c in self.classes)}

    def meaning(self, value: int) -> int:
        """What a model that knows older classes means."""
        for merge in self.merges:
            if merge.removed.value == value and value not in [c.value for c in self.classes]:
                return UNLABELED if merge.into == IGNORE else self.meaning(merge.into)
        return value if value in [c.value for c in self.classes] else UNLABELED


def brushed(planes: Planes, covered: Pixels, value: int, origin: int, free: Pixels) -> None:
    """Write into `planes` where `covered` and `free`."""
    chosen = covered & free
    planes[0][chosen] = value
    planes[1][chosen] = origin if value != UNLABELED else Provenance.NONE


areas = st.tuples(  # kind, left, top, width, height, seed
    st.sampled_from(["box", "disc", "noise"]), st.integers(-20, 60), st.integers(-20, 60), st.integers(1, 50),
    st.integers(1, 50), st.integers(0, 99),
)  # fmt: skip
Area = tuple[str, int, int, int, int, int]
tiles, picks, seeds = st.sampled_from([0, 2, 5]), st.integers(0, 9), st.integers(0, 99)  # few tiles: strokes meet
windows = st.none() | areas  # None: the whole tile; else what a value range leaves of it


class Edit(NamedTuple):
    """One stroke: each part is an area and which class paints it."""

    number: int
    parts: Sequence[tuple[Area, int]]
    protect: bool
    window: Area | None
    provenance: Provenance
    end: str


edits = st.builds(
    Edit, tiles, st.lists(st.tuples(areas, picks), min_size=1, max_size=3), st.booleans(), windows,
    st.sampled_from([Provenance.DRAWN, Provenance.FILLED]),
    st.sampled_from(["finish", "finish", "finish", "finish", "cancel", "unknown class"]),
)  # fmt: skip


def area_pixels(area: Area) -> tuple[Rect, Pixels]:
    """As a tool hands it to the recorder: it may reach outside."""
    kind, left, top, width, height, seed = area
    rect = Rect(left, top, width, height)
    if kind == "noise":  # as a fill or a wand
        return rect, np.random.default_rng(seed).random((height, width)) < 0.4
    ys, xs = np.mgrid[:height, :width]
    disc = (2 * xs + 1 - width) ** 2 / width**2 + (2 * ys + 1 - height) ** 2 / height**2 <= 1
    return rect, disc if kind == "disc" else np.ones((height, width), bool)


def on_tile(area: Area, shape: tuple[int, ...]) -> Pixels:
    """The same pixels, one after the other, on a whole tile."""
    rect, pixels = area_pixels(area)
    covered = np.zeros(shape, bool)
    for y, x in zip(*np.nonzero(pixels), strict=True):
        if 0 <= y + rect.y < shape[0] and 0 <= x + rect.x < shape[1]:
            covered[y + rect.y, x + rect.x] = True
    return covered


class AnyHistory(RuleBasedStateMachine):
    """Every step goes to the session and to the model; after each they must say the same."""

    template: Path

    @initialize(edits=st.lists(edits, min_size=3, max_size=8))
    def open_project(self, edits: Sequence[Edit]) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.path = Path(shutil.copytree(self.template, self.folder / "copy")) / "test.fieldbrush"
        self.session = self._opened()
        self.ids = sorted(self.session.tiles)
        assert len(self.ids) == TILES
        plain = []
        for tile_id in self.ids:
            valid = self.session.paintable(tile_id).copy()
            plain.append(PlainTile(valid, [(np.zeros((2, *valid.shape), np.uint8), None)]))
        self.model = PlainProject(plain, list(self.session.classes))
        self._hold()
        self.paint(edits)

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
            shutil.rmtree(self.folder)

    def _opened(self) -> Session:
        session = Session.open(self.path)
        session.set_auto_train(False)
        return session

    def _hold(self) -> None:
        """The arrays that a canvas would hold: strokes, undo and merges change them in place."""
        self.held: dict[int, Mask] = {tile_id: self.session.mask(tile_id) for tile_id in self.ids}

    def _value(self, pick: int, *further: int) -> int:
        """One of the classes' values, or of `further`."""
        values = [*(c.value for c in self.model.classes), *further]
        return values[pick % len(values)]

    def _paintable(self, tile: PlainTile, window: Area | None) -> Pixels:
        return tile.valid if window is None else tile.valid & on_tile(window, tile.valid.shape)

    def _stroke(self, number: int, after: Planes, act: Callable[[], bool]) -> None:
        """A stroke that shall make `after` of the tile, or be refused."""
        tile = self.model.tiles[number]
        if not self.model.knows(after[0]):
            with pytest.raises(LabelError):
                act()
            return
        assert act() == tile.change(after)

    # -- strokes -----------------------------------------------------------------------------------------------

    @rule(edits=st.lists(edits, min_size=1, max_size=4))
    def paint(self, edits: Sequence[Edit]) -> None:
        """Brush, eraser, fill, wand, polygon and what else paints: pixels, and the ink for them."""
        for edit in edits:
            self._paint(edit)

    @rule(edits=st.lists(edits, min_size=1, max_size=4))
    def paint_more(self, edits: Sequence[Edit]) -> None:
        """Every rule is as likely as another, and painting is what experts do most."""
        self.paint(edits)

    def _paint(self, edit: Edit) -> None:
        tile, tile_id = self.model.tiles[edit.number], self.ids[edit.number]
        after, paintable = tile.now.copy(), self._paintable(tile, edit.window)
        free = paintable & (tile.now[0] == UNLABELED) if edit.protect else paintable
        recorder = self.session.begin_stroke(tile_id, "brush", None if edit.window is None else paintable)
        for place, (area, pick) in enumerate(edit.parts):
            is_gone = edit.end == "unknown class" and place == 0
            value = GONE if is_gone else self._value(pick, UNLABELED, IGNORE)
            recorder.paint(*area_pixels(area), Ink(value, edit.provenance, edit.protect))
            brushed(after, on_tile(area, free.shape), value, edit.provenance, free)
        if edit.end == "cancel":
            recorder.cancel()
        else:
            self._stroke(edit.number, after, lambda: self.session.finish_stroke(tile_id, recorder))

    @rule(number=tiles, pick=picks, window=windows)
    def fill_what_is_unlabeled(self, number: int, pick: int, window: Area | None) -> None:
        tile, value = self.model.tiles[number], self._value(pick, IGNORE)
        after, paintable = tile.now.copy(), self._paintable(tile, window)
        brushed(after, tile.now[0] == UNLABELED, value, Provenance.FILLED, paintable)
        self._stroke(number, after, lambda: self.session.fill_unlabeled(self.ids[number], value, paintable))

    @rule(number=tiles, what=st.sampled_from(sorted(TIDY)), protect=st.booleans(), window=windows)
    def tidy(self, number: int, what: str, protect: bool, window: Area | None) -> None:
        tile = self.model.tiles[number]
        after, old = tile.now.copy(), tile.now[0]
        new = TIDY[what](old.copy())
        free = self._paintable(tile, window) & (old != IGNORE) & ((old == UNLABELED) | (not protect))
        for value in np.unique(new):
            brushed(after, (new == value) & (new != old), int(value), Provenance.FILLED, free)
        self._stroke(number, after, lambda: self.session.tidy(
            self.ids[number], what, self._paintable(tile, window), protect_painted=protect))  # fmt: skip

    def _predict(self, number: int, seed: int) -> None:
        """By a model that may know older classes, or newer ones than there are."""
        tile, random = self.model.tiles[number], np.random.default_rng(seed)
        stripes = random.integers(0, self.model.highest + 2, tile.valid.shape[1]).astype(np.uint8)
        tile.predicted = np.where(tile.valid, stripes, UNLABELED).astype(np.uint8)
        self._tell_prediction(number)

    def _tell_prediction(self, number: int) -> None:
        classes = self.model.tiles[number].predicted
        if classes is not None:
            prediction = TilePrediction(self.ids[number], 1, classes, np.zeros_like(classes))
            self.session.forecasts.predictions.keep(PackedPrediction.of(prediction))

    @rule(number=tiles, seed=st.none() | seeds, only=st.none() | picks, window=windows)
    def accept_the_prediction(self, number: int, seed: int | None, only: int | None, window: Area | None) -> None:
        """A new one, or without a `seed` what was predicted before."""
        if seed is not None:
            self._predict(number, seed)
        tile, tile_id = self.model.tiles[number], self.ids[number]
        wanted = () if only is None else (self._value(only),)
        paintable = self._paintable(tile, window)
        if tile.predicted is None:
            with pytest.raises(TooEarly):
                self.session.accept_prediction(tile_id, paintable, wanted)
            return
        after = tile.now.copy()
        meant = np.array([self.model.meaning(int(v)) for v in range(256)], np.uint8)[tile.predicted]
        for value in np.unique(meant[meant != UNLABELED]):
            if not wanted or value in wanted:
                free = paintable & (tile.now[0] == UNLABELED)
                brushed(after, meant == value, int(value), Provenance.ACCEPTED, free)
        self._stroke(number, after, lambda: self.session.accept_prediction(tile_id, paintable, wanted))

    @rule(number=tiles, seed=seeds, unknown=st.integers(0, 4))
    def import_a_mask(self, number: int, seed: int, unknown: int) -> None:
        tile, random = self.model.tiles[number], np.random.default_rng(seed)
        values = [UNLABELED, IGNORE, *(c.value for c in self.model.classes), *[GONE] * (unknown == 0)]
        labels = random.choice(np.array(values, np.uint8), (1, tile.valid.shape[1])).repeat(tile.valid.shape[0], 0)
        after = tile.now.copy()
        own = (tile.now[0] == labels) & (tile.now[1] != Provenance.ACCEPTED)
        free = tile.valid & ~own & (labels != UNLABELED)
        for value in np.unique(labels):
            brushed(after, labels == value, int(value), Provenance.IMPORTED, free)
        changes = (after != tile.now).any()
        self._stroke(number, after, lambda: self.session.import_mask(self.ids[number], labels))
        is_done = changes or (tile.status.is_open and tile.now[0].any() and labels.any())
        if self.model.knows(after[0]) and is_done:
            tile.put = TileStatus.DONE

    # -- undo --------------------------------------------------------------------------------------------------

    @rule(number=tiles, steps=st.integers(-3, 3).filter(bool))
    def undo_or_redo(self, number: int, steps: int) -> None:
        for _ in range(abs(steps)):
            self._undo(number) if steps < 0 else self._redo(number)

    def _undo(self, number: int) -> bool:
        tile = self.model.tiles[number]
        if tile.at == 0:
            assert not self.session.undo(self.ids[number])
            return False
        if tile.steps[tile.at][1] is not None or not self.model.knows(tile.steps[tile.at - 1][0][0]):
            with pytest.raises(LabelError):
                self.session.undo(self.ids[number])
            return False
        assert self.session.undo(self.ids[number])
        tile.at -= 1
        return True

    def _redo(self, number: int) -> bool:
        tile = self.model.tiles[number]
        if tile.at == len(tile.steps) - 1:
            assert not self.session.redo(self.ids[number])
            return False
        if not self.model.knows(tile.steps[tile.at + 1][0][0]):
            with pytest.raises(LabelError):
                self.session.redo(self.ids[number])
            return False
        assert self.session.redo(self.ids[number])
        tile.at += 1
        return True

    @rule(number=tiles)
    def all_the_way_back_and_forward_again(self, number: int) -> None:
        steps = 0
        while self._undo(number):
            steps += 1
        self.agrees()
        for _ in range(steps):
            assert self._redo(number)

    # -- classes -----------------------------------------------------------------------------------------------

    def _set_classes(self, classes: list[LabelClass]) -> None:
        names, keys = [c.name.casefold() for c in classes], [c.key for c in classes if c.key]
        if len(set(names)) < len(names) or len(set(keys)) < len(keys):
            with pytest.raises(LabelError):
                self.session.set_classes(classes)
            return
        self.session.set_classes(classes)
        self.model.classes = classes

    @rule(name=st.sampled_from(NAMES))
    def add_a_class(self, name: str) -> None:
        added = self.session.class_list.new_class(name)
        assert added.value == self.model.highest + 1, "a value is never given to another class"
        before = self.model.classes
        self._set_classes([*before, added])
        self.model.highest += self.model.classes is not before

    @rule(pick=picks, changes=st.fixed_dictionaries({}, optional={
        "name": st.sampled_from(NAMES), "colour": st.sampled_from(COLOURS), "key": st.sampled_from(KEYS),
    }))  # fmt: skip
    def change_a_class(self, pick: int, changes: dict[str, str]) -> None:
        value = self._value(pick)
        self._set_classes([replace(c, **changes) if c.value == value else c for c in self.model.classes])

    @rule(pick=picks, place=picks, hides=st.booleans())
    def move_or_hide_a_class(self, pick: int, place: int, hides: bool) -> None:
        if hides:
            value = self._value(pick, IGNORE)
            self.session.show_class(value, value in self.model.hidden)
            self.model.hidden ^= {value}
            return
        classes = list(self.model.classes)
        moved = classes.pop(pick % len(classes))
        classes.insert(place % (len(classes) + 1), moved)
        self._set_classes(classes)

    @rule(pick=picks, into=picks, undone=st.none() | tiles)
    def merge_or_remove_a_class(self, pick: int, into: int, undone: int | None) -> None:
        """A class of the tile that is `undone`, where there is one, whose last stroke could be redone until then."""
        model, value = self.model, self._value(pick)
        if undone is not None and self._undo(undone):
            tile = model.tiles[undone]
            seen = np.unique([tile.now[0], tile.steps[tile.at + 1][0][0]]).tolist()
            there = set(seen) & {c.value for c in model.classes}
            value = sorted(there)[pick % len(there)] if there else value
        impossible = [(value, value), (value, GONE), (GONE, value), *[(value, UNLABELED)] * (len(model.classes) == 2)]
        for what, where in impossible:
            with pytest.raises(LabelError):
                self.session.merge_class(what, where)
        if len(model.classes) == 2:
            return
        place = [c.value for c in model.classes].index(value)
        removed = model.classes.pop(place)
        target = self._value(into, UNLABELED, IGNORE)
        done(self.session, self.session.merge_class(removed.value, target))
        model.merge_count += 1
        model.merges.append(PlainMerge(model.merge_count, removed, place, target))
        for tile in model.tiles:
            after, chosen = tile.now.copy(), tile.now[0] == removed.value
            after[0][chosen] = target
            after[1][chosen & (target == UNLABELED)] = Provenance.NONE
            tile.change(after, model.merge_count)
        if undone is not None:
            self._redo(undone)

    @rule(pick=picks, into=picks, edit=st.none() | edits)
    def merge_a_class_and_bring_it_back(self, pick: int, into: int, edit: Edit | None) -> None:
        self.merge_or_remove_a_class(pick, into, None if edit is None else edit.number)
        self.bring_the_last_class_back(edit)

    @rule(edit=st.none() | edits)
    def bring_the_last_class_back(self, edit: Edit | None) -> None:
        """With a stroke since on one of its tiles, where there is an `edit`, that was undone."""
        model = self.model
        merge = model.merges[-1] if model.merges else None
        numbers = [n for n, t in enumerate(model.tiles) if merge and merge.number in [step[1] for step in t.steps]]
        touched = [model.tiles[number] for number in numbers]
        if edit is not None and touched:
            edit = edit._replace(number=numbers[edit.number % len(numbers)])
            before = model.tiles[edit.number].at
            self._paint(edit)
            if model.tiles[edit.number].at > before:
                self._undo(edit.number)
        names = [c.name.casefold() for c in model.classes]
        painted_since = any(tile.steps[tile.at][1] != merge.number for tile in touched) if merge else False
        if merge is None or painted_since or merge.removed.name.casefold() in names:
            with pytest.raises(LabelError):
                self.session.bring_class_back()
            return
        self.session.bring_class_back()
        is_taken = merge.removed.key in [c.key for c in model.classes]
        back = replace(merge.removed, key="" if is_taken else merge.removed.key)
        model.classes = [*model.classes[: merge.place], back, *model.classes[merge.place :]]
        model.merges.pop()
        for tile in touched:
            del tile.steps[tile.at :]
            tile.at -= 1

    # -- the rest ----------------------------------------------------------------------------------------------

    @rule(number=tiles)
    def submit(self, number: int) -> None:
        tile = self.model.tiles[number]
        if not tile.now[0].any():
            with pytest.raises(LabelError):
                self.session.submit(self.ids[number])
            return
        self.session.submit(self.ids[number])
        tile.put = TileStatus.DONE

    @rule(number=tiles, aside=st.sampled_from([TileStatus.SKIPPED, TileStatus.FLAGGED]))
    def put_aside_or_back(self, number: int, aside: TileStatus) -> None:
        tile, put = self.model.tiles[number], self.session.skip if aside is TileStatus.SKIPPED else self.session.flag
        put(self.ids[number])
        tile.was_done |= tile.status is TileStatus.DONE
        back = TileStatus.DONE if tile.was_done and tile.now[0].any() else TileStatus.NEW
        tile.put = back if tile.put is aside else aside

    @rule()
    def reopen(self) -> None:
        self.session.close()
        self.session = self._opened()
        self._hold()
        for number in range(TILES):
            self._tell_prediction(number)

    @invariant()
    def agrees(self) -> None:
        """On the screen, in the file, and in what is counted."""
        session, model = self.session, self.model
        saved = all_masks(session)
        for tile_id, tile in zip(self.ids, model.tiles, strict=True):
            shown = self.held[tile_id]
            assert session.mask(tile_id).labels is shown.labels
            for planes in ((shown.labels, shown.provenance), saved[tile_id]):
                assert np.array_equal(np.stack(planes), tile.now)
            values, counts = np.unique(tile.now[0], return_counts=True)
            counted = {int(v): int(n) for v, n in zip(values, counts, strict=True) if v != UNLABELED}
            assert session.painted.get(tile_id, {}) == session._store.painted().get(tile_id, {}) == counted
            assert [undone for _, _, undone in session.strokes(tile_id)] == [
                step > tile.at for step in range(1, len(tile.steps))
            ]
            assert session.tiles[tile_id].status is tile.status
        assert session.stand_in.taught() == session.painted_masks(), "the pixel classifier learns from what is saved"
        assert list(session.classes) == list(session._store.classes()) == model.classes
        assert [m.removed for m in session.class_list.merges] == [m.removed for m in model.merges]
        assert session.class_list.hidden == model.hidden
        keys = class_keys(model.classes)
        assert len(set(keys.values())) == len(keys)
        assert all(keys.get(c.value) == c.key for c in model.classes if c.key)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("template")
    scene = write_scene(folder / "scene.tif", 150, 100, empty_columns=10)
    healthy, *others = classes_from_names(["healthy", "unhealthy", "weed", "water"])
    make_project(folder, [scene], classes=[replace(healthy, key="Shift+K"), *others])
    return folder


def test_any_history_is_restored_exactly(template: Path) -> None:
    machine: Any = type("AnyHistoryHere", (AnyHistory,), {"template": template})
    run_state_machine_as_test(machine, settings=settings(
        max_examples=50, stateful_step_count=30, suppress_health_check=list(HealthCheck)
    ))  # fmt: skip
