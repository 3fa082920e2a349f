"""The brush against brute force, Strokes and Patches, and undo through a real project; see also `test_any_history`."""

from __future__ import annotations

import math
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.ndimage import label

from core.errors import LabelError
from core.geometry import Rect
from core.labels.classes import IGNORE, LabelClass, checked_classes, classes_from_names
from core.labels.mask import Mask, Provenance, decode_plane, encode_plane
from core.labels.mask_memory import KEPT_MASKS, MaskMemory
from core.labels.strokes import BrushShape, Ink, StrokeRecorder, brush_segment, tapered_segment
from tests.core.projects import dot, make_project, opened, opened_with_store, write_scene

SIDE = 40
Point = tuple[float, float]


def painted(
    start: Point, end: Point, diameter_px: int, side: int = SIDE, shape: BrushShape = "round"
) -> NDArray[np.bool_]:
    mask = Mask.empty(side, side)
    recorder = StrokeRecorder(mask, "brush")
    for rect, pixels in brush_segment(start, end, diameter_px, shape):
        assert pixels.shape == (rect.height, rect.width)
        recorder.paint(rect, pixels, Ink(1))
    return mask.labels == 1


def distances(start: Point, end: Point, diameter_px: int, side: int = SIDE) -> NDArray[np.float64]:
    """Of every pixel's centre from the segment between the snapped points, one pixel after the other."""

    def snapped(v: float) -> float:
        return math.floor(v) + 0.5 if diameter_px % 2 else math.floor(v + 0.5)

    ax, ay, bx, by = (snapped(v) for v in (*start, *end))
    found = np.empty((side, side))
    for row in range(side):
        for column in range(side):
            x, y = column + 0.5, row + 0.5
            length = (bx - ax) ** 2 + (by - ay) ** 2
            t = max(0.0, min(1.0, ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / length)) if length else 0.0
            found[row, column] = math.dist((x, y), (ax + t * (bx - ax), ay + t * (by - ay)))
    return found


coordinate = st.floats(-30, SIDE + 30, allow_nan=False)


@settings(max_examples=60)
@given(st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate), st.integers(1, 45))
def test_the_brush_covers_what_lies_within_its_radius(start: Point, end: Point, diameter_px: int) -> None:
    distance, radius = distances(start, end, diameter_px), diameter_px / 2
    covered = painted(start, end, diameter_px)
    assert covered[distance <= radius - 1e-3].all()
    assert not covered[distance > radius + 2e-3].any()


def overlaps(start: Point, end: Point, diameter_px: int, side: int = SIDE) -> NDArray[np.float64]:
    """Of every pixel's centre the least larger one of its distances in x and in y from the segment between the snapped
    points; the minimum of a convex function by golden section, one pixel after the other."""

    def snapped(v: float) -> float:
        return math.floor(v) + 0.5 if diameter_px % 2 else math.floor(v + 0.5)

    ax, ay, bx, by = (snapped(v) for v in (*start, *end))
    rows, columns = np.mgrid[:side, :side] + 0.5
    low, high = np.zeros((side, side)), np.ones((side, side))

    def reach(t: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.maximum(np.abs(columns - ax - t * (bx - ax)), np.abs(rows - ay - t * (by - ay)))

    for _ in range(60):
        one, other = low + (high - low) * 0.382, low + (high - low) * 0.618
        left = reach(one) < reach(other)
        low, high = np.where(left, low, one), np.where(left, other, high)
    return reach((low + high) / 2)


@settings(max_examples=60)
@given(st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate), st.integers(1, 45))
def test_the_square_brush_covers_what_its_square_passes_over(start: Point, end: Point, diameter_px: int) -> None:
    distance, half = overlaps(start, end, diameter_px), diameter_px / 2
    covered = painted(start, end, diameter_px, shape="square")
    assert covered[distance <= half - 1e-3].all()
    assert not covered[distance > half + 3e-3].any()


@given(st.floats(5, 30), st.floats(5, 30), st.integers(1, 9))
def test_a_click_with_the_square_brush_is_a_square(x: float, y: float, side_px: int) -> None:
    ys, xs = np.nonzero(painted((x, y), (x, y), side_px, shape="square"))
    assert len(ys) == side_px**2
    assert (np.ptp(xs) + 1, np.ptp(ys) + 1) == (side_px, side_px)


@settings(max_examples=60)
@given(
    st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate),
    st.tuples(st.integers(1, 30), st.integers(1, 30)), st.sampled_from(["round", "square"]),
)  # fmt: skip
@example((0.0, 37.400312705256766), (4.0, 0.0), (30, 23), "round")  # its end came out a rounding error beside it
def test_a_tapered_way_has_no_gaps_and_keeps_between_its_diameters(
    start: Point, end: Point, diameters_px: tuple[int, int], shape: BrushShape
) -> None:
    side = 200
    (x0, y0), (x1, y1) = ((x + 60, y + 60) for x, y in (start, end))
    mask = Mask.empty(side, side)
    recorder = StrokeRecorder(mask, "brush")
    for rect, pixels in tapered_segment((x0, y0), (x1, y1), diameters_px, shape):
        recorder.paint(rect, pixels, Ink(1))
    covered = mask.labels == 1
    assert label(covered, np.ones((3, 3)))[1] == 1
    assert not covered[~painted((x0, y0), (x1, y1), max(diameters_px) + 2, side, shape)].any()
    assert covered[painted((x1, y1), (x1, y1), diameters_px[1], side, shape)].all(), "it ends with its last diameter"


@given(st.floats(0, SIDE - 1e-6), st.floats(0, SIDE - 1e-6), st.sampled_from(["round", "square"]))
def test_one_pixel_brush_paints_the_pixel_under_the_cursor(x: float, y: float, shape: BrushShape) -> None:
    assert np.argwhere(painted((x, y), (x, y), 1, shape=shape)).tolist() == [[int(y), int(x)]]


@pytest.mark.parametrize("diameter_px", [2, 4, 8])
def test_even_brushes_move_evenly(diameter_px: int) -> None:
    """At pixel centres, where rounding half to even would stand still and then jump."""
    lefts = [int(np.flatnonzero(painted((x, 20), (x, 20), diameter_px).any(0))[0]) for x in np.arange(10.5, 20.5)]
    assert np.diff(lefts).tolist() == [1] * 9


@settings(max_examples=60)
@given(
    st.tuples(coordinate, coordinate), st.tuples(coordinate, coordinate), st.sampled_from([1, 2, 3, 7]),
    st.sampled_from(["round", "square"]),
)  # fmt: skip
def test_a_line_has_no_gaps(start: Point, end: Point, diameter_px: int, shape: BrushShape) -> None:
    side = 200
    (x0, y0), (x1, y1) = ((x + 60, y + 60) for x, y in (start, end))
    covered = painted((x0, y0), (x1, y1), diameter_px, side, shape)
    assert label(covered, np.ones((3, 3)))[1] == 1
    for x, y in ((x0, y0), (x1, y1)):
        assert covered[int(y), int(x)] or diameter_px == 2  # whose four pixels lie round the nearest corner


def test_events_far_apart_still_make_one_line() -> None:
    mask = Mask.empty(512, 512)
    recorder = StrokeRecorder(mask, "brush")
    way = [(3.0, 3.0), (500.0, 20.0), (40.0, 480.0), (41.0, 480.0), (509.0, 505.0)]
    for start, end in pairwise(way):
        for rect, pixels in brush_segment(start, end, 1):
            recorder.paint(rect, pixels, Ink(2))
    assert label(mask.labels, np.ones((3, 3)))[1] == 1


def test_a_fast_diagonal_costs_its_length_and_not_its_box() -> None:
    pieces = brush_segment((0, 0), (4000, 4000), 16)
    assert sum(rect.area for rect, _ in pieces) < 4000 * 200


def test_painting_is_cut_at_the_edges_of_the_tile() -> None:
    mask = Mask.empty(20, 30)
    recorder = StrokeRecorder(mask, "brush")
    (big,) = brush_segment((0, 0), (0, 0), 11)
    assert recorder.paint(*big, Ink(1)) == Rect(0, 0, 6, 6)
    (outside,) = brush_segment((200, 200), (200, 200), 11)
    assert recorder.paint(*outside, Ink(1)).is_empty
    patch = recorder.finish()
    assert patch is not None
    assert patch.rect == Rect(0, 0, 6, 6)
    assert mask.labels[5, 0] == 1
    assert mask.labels[6:, :].sum() + mask.labels[:, 6:].sum() == 0


def _everything(height: int = 8, width: int = 8) -> tuple[Rect, NDArray[np.bool_]]:
    return Rect(0, 0, width, height), np.ones((height, width), bool)


def test_nodata_is_never_painted() -> None:
    mask = Mask.empty(8, 8)
    paintable = np.zeros((8, 8), bool)
    paintable[:, 3] = True
    recorder = StrokeRecorder(mask, "brush", paintable)
    recorder.paint(*_everything(), Ink(1))
    recorder.paint_labels(np.full((8, 8), 2, np.uint8), Ink(0, Provenance.ACCEPTED))
    recorder.paint(*_everything(), Ink(IGNORE))
    assert np.unique(mask.labels[:, 3]).tolist() == [IGNORE]
    mask.labels[:, 3] = 0
    mask.provenance[:, 3] = 0
    assert not mask.labels.any()
    assert not mask.provenance.any()


def test_protection_looks_at_the_paint_before_the_stroke() -> None:
    mask = Mask.empty(8, 8)
    mask.labels[0], mask.provenance[0] = 1, Provenance.DRAWN
    mask.labels[1], mask.provenance[1] = IGNORE, Provenance.DRAWN
    recorder = StrokeRecorder(mask, "brush")
    recorder.paint(*_everything(), Ink(2, protect_painted=True))
    recorder.paint(*_everything(), Ink(1, protect_painted=True))  # over what this Stroke itself has painted
    assert mask.labels[:, 0].tolist() == [1, IGNORE, 1, 1, 1, 1, 1, 1]


def test_erasing_takes_the_provenance_too() -> None:
    mask = Mask.empty(8, 8)
    mask.labels[:], mask.provenance[:] = 1, Provenance.ACCEPTED
    recorder = StrokeRecorder(mask, "eraser")
    recorder.paint(Rect(2, 2, 2, 2), np.ones((2, 2), bool), Ink(0))
    assert (mask.labels == 0).sum() == 4
    assert (mask.provenance[mask.labels == 0] == 0).all()
    assert (mask.provenance[mask.labels == 1] == Provenance.ACCEPTED).all()


def test_drawing_over_an_accepted_pixel_of_the_same_class_is_a_change() -> None:
    mask = Mask.empty(8, 8)
    mask.labels[:], mask.provenance[:] = 1, Provenance.ACCEPTED
    recorder = StrokeRecorder(mask, "brush")
    recorder.paint(Rect(1, 1, 1, 1), np.ones((1, 1), bool), Ink(1))
    patch = recorder.finish()
    assert patch is not None
    assert patch.rect == Rect(1, 1, 1, 1)
    assert patch.provenance_after.item() == Provenance.DRAWN


def test_a_stroke_that_changed_nothing_is_none() -> None:
    mask = Mask.empty(8, 8)
    recorder = StrokeRecorder(mask, "brush")
    assert recorder.finish() is None
    recorder.paint(*_everything(), Ink(0))
    recorder.paint(Rect(2, 2, 3, 3), np.zeros((3, 3), bool), Ink(1))
    recorder.paint(Rect(2, 2, 3, 3), np.ones((3, 3), bool), Ink(1))
    recorder.paint(Rect(2, 2, 3, 3), np.ones((3, 3), bool), Ink(0))  # back to where it was
    assert recorder.finish() is None


def test_patch_and_cancel_restore_exactly() -> None:
    rng = np.random.default_rng(1)
    mask = Mask(rng.integers(0, 3, (30, 40), np.uint8), rng.integers(0, 4, (30, 40), np.uint8))
    before = mask.copy()
    recorder = StrokeRecorder(mask, "brush")
    for rect, pixels in brush_segment((5, 5), (35, 22), 7):
        recorder.paint(rect, pixels, Ink(IGNORE))
    after, patch = mask.copy(), recorder.finish()
    assert patch is not None
    outside = np.ones((30, 40), bool)
    outside[patch.rect.slices] = False
    assert (mask.labels == before.labels)[outside].all()
    for change, expected in ((patch.revert, before), (patch.apply, after), (patch.revert, before)):
        change(mask)
        assert (mask.labels == expected.labels).all()
        assert (mask.provenance == expected.provenance).all()
    patch.apply(mask)
    assert recorder.cancel().contains(5, 5)  # also after `finish`: the save may have failed
    assert (mask.labels == before.labels).all()
    assert (mask.provenance == before.provenance).all()


def test_planes_survive_storage_and_damage_is_noticed() -> None:
    plane = np.random.default_rng(0).integers(0, 256, (17, 9), np.uint8)
    data = encode_plane(plane[:, ::-1])
    restored = decode_plane(data, 17, 9)
    assert (restored == plane[:, ::-1]).all()
    restored[0] = 0  # writable
    damaged = bytearray(data)
    damaged[len(data) // 2] ^= 0x40
    for bad in (b"", data[:-5], bytes(damaged), encode_plane(plane[1:])):
        with pytest.raises(LabelError, match="mask in this project"):
            decode_plane(bad, 17, 9)


def test_everyone_gets_the_same_arrays_while_someone_holds_one() -> None:
    """The overlay shares a Mask's memory: looking at many other Tiles must not give it another copy."""
    loads: list[int] = []

    def load(tile_id: int) -> Mask:
        loads.append(tile_id)
        return Mask.empty(4, 4)

    memory = MaskMemory(load)
    held = memory.get(0).labels
    held[0, 0] = 7
    for tile_id in range(1, 3 * KEPT_MASKS):
        memory.get(tile_id)
    assert memory.get(0).labels[0, 0] == 7
    assert np.shares_memory(memory.get(0).labels, held)
    assert loads.count(0) == 1
    memory.get(1)
    assert loads.count(1) == 2  # nobody held that one: it was dropped


@pytest.mark.parametrize("classes", [["a"], ["a", "A"], ["a", " "], ["a", "b\n"]])
def test_classes_that_cannot_be_told_apart_are_refused(classes: list[str]) -> None:
    if classes == ["a", "b\n"]:
        assert classes_from_names(classes)[1].name == "b"
        classes = ["a", "b\x07"]
    with pytest.raises(LabelError) as caught:
        classes_from_names(classes)
    assert caught.value.remedy.template


@pytest.mark.parametrize(("value", "colour"), [(0, "#000000"), (200, "#000000"), (255, "#000000"), (1, "red")])
def test_class_values_and_colours_are_checked(value: int, colour: str) -> None:
    with pytest.raises(LabelError):
        LabelClass(value, "x", colour)


def test_two_classes_of_one_value_are_refused() -> None:
    with pytest.raises(LabelError, match="value 1"):
        checked_classes([LabelClass(1, "a", "#000000"), LabelClass(1, "b", "#000000")])


@pytest.mark.parametrize("name", ["ignore", "Ignore", "unlabeled"])
def test_no_class_is_called_what_files_call_the_pixels_without_one(name: str) -> None:
    with pytest.raises(LabelError, match="key 0"):
        classes_from_names(["healthy", name])


# -- through a real project -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four tiles of 64 px, the right-hand ones half nodata."""
    folder = tmp_path_factory.mktemp("template")
    make_project(folder, [write_scene(folder / "scene.tif", 128, 128, empty_columns=32)])
    return folder


def _copy(template: Path, folder: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    return Path(shutil.copytree(template, folder)) / "test.fieldbrush"


def test_a_new_stroke_ends_what_could_be_redone(template: Path, tmp_path: Path) -> None:
    with opened(_copy(template, tmp_path / "copy")) as session:
        first, second = sorted(session.tiles)[:2]
        for x in (5, 20, 35):
            dot(session, first, x, 10)
            dot(session, second, x, 10)
        for tile_id in (first, second):
            assert session.undo(tile_id)
            assert session.undo(tile_id)
        dot(session, first, 50, 50, 2)
        assert not session.redo(first)
        assert [undone for _, _, undone in session.strokes(first)] == [False, False]
        assert session.redo(second)  # another tile's history is its own
        assert session.undo(first)
        assert session.mask(first).pixel_counts() == session.painted[first]
        assert set(session.painted[first]) == {1}


def test_a_stroke_belongs_to_its_tile(template: Path, tmp_path: Path) -> None:
    """On fast next and previous, paint must not end on another tile."""
    with opened(_copy(template, tmp_path / "copy")) as session:
        first, second = sorted(session.tiles)[:2]
        recorder = session.begin_stroke(first, "brush")
        recorder.paint(Rect(0, 0, 4, 4), np.ones((4, 4), bool), Ink(1))
        with pytest.raises(ValueError, match="another tile"):
            session.finish_stroke(second, recorder)
        assert not session.mask(second).labels.any()
        assert session.finish_stroke(first, recorder)


def test_strokes_reach_masks_that_left_the_memory(tmp_path: Path) -> None:
    """With more painted tiles than are kept in memory, the active one stays one and the same."""
    scene = write_scene(tmp_path / "s.tif", 640, 640)
    with opened_with_store(make_project(tmp_path, [scene])) as (session, store):
        assert len(session.tiles) > KEPT_MASKS
        active = min(session.tiles)
        shown = session.mask(active).labels
        for tile_id in session.tiles:
            session.mask(tile_id)
        assert dot(session, active, 10, 10)
        assert shown[10, 10] == 1
        assert dot(session, active, 30, 30)
        assert store.mask(session.tiles[active]).labels[10, 10] == 1


def test_a_removed_class_does_not_come_back_by_undo(template: Path, tmp_path: Path) -> None:
    with opened(_copy(template, tmp_path / "copy")) as session:
        tile_id = min(session.tiles)
        third = LabelClass(3, "weed", "#009E73")
        session.set_classes([*session.classes, third])
        dot(session, tile_id, 20, 20, 3)
        with pytest.raises(LabelError, match="3"):
            session.set_classes(session.classes[:2])
        session.undo(tile_id)
        session.set_classes(session.classes[:2])
        with pytest.raises(LabelError, match="class 3"):
            session.redo(tile_id)
        assert not session.mask(tile_id).labels.any()
        with pytest.raises(LabelError, match="class 3"):
            dot(session, tile_id, 20, 20, 3)
        assert not session.mask(tile_id).labels.any()
        session.set_classes([*session.classes, third])
        assert session.redo(tile_id)
