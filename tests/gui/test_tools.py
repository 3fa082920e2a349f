"""Every tool through the mouse: what it leaves in the Mask, as one Stroke that can be undone."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import ModuleType
from typing import Any

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

from core.errors import SceneError
from core.geometry import Rect
from core.labels.mask import Provenance
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction
from core.learning.review import Finding
from core.project.looks import ValueRange
from core.project.records import TileStatus
from gui.canvas import active_tile, tile_colours, value_limit
from gui.canvas.active_tile import ActiveTile
from gui.canvas.edges import edges
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from gui.panels.classes import ToolValue
from tests.core.projects import UTM, make_project
from tests.gui.test_canvas import LEFT, NONE, RIGHT, canvas_of, drag, labels_of, place
from tests.gui.waiting import run_what_is_due, wait_for_picture, wait_for_tile

SIDE = 64


@pytest.fixture
def canvas(window: MainWindow, until: Callable, tmp_path: Path) -> CanvasView:  # type: ignore[type-arg]
    """One tile of 64 px: a bright disc of radius 16 in the middle of dark ground, with a little noise."""
    ys, xs = np.mgrid[:SIDE, :SIDE]
    disc = (xs - 31.5) ** 2 + (ys - 31.5) ** 2 <= 16**2
    noise = np.random.default_rng(0).integers(0, 8, (3, SIDE, SIDE))
    values = (np.where(disc, 200, 60) + noise).astype("uint8")
    scene = tmp_path / "disc.tif"
    with rasterio.open(scene, "w", driver="GTiff", width=SIDE, height=SIDE, count=3, dtype="uint8", **UTM) as file:
        file.write(values)
    window.open_project(make_project(tmp_path, [scene], tile_px=SIDE))
    wait_for_tile(window, until)
    return canvas_of(window)


def disc_of() -> np.ndarray:
    ys, xs = np.mgrid[:SIDE, :SIDE]
    return (xs - 31.5) ** 2 + (ys - 31.5) ** 2 <= 16**2


def strokes(canvas: CanvasView) -> int:
    return len(canvas.session.strokes(canvas.active.tile_id))


def test_fill_paints_exactly_what_looks_alike_and_hangs_together(canvas: CanvasView) -> None:
    canvas.tools.choose("fill")
    drag(canvas, [(0.5, 0.5)])
    assert np.array_equal(labels_of(canvas) == 1, disc_of())
    mask = canvas.session.mask(canvas.active.tile_id)
    assert set(np.unique(mask.provenance)) == {Provenance.NONE, Provenance.FILLED}
    drag(canvas, [(0.5, 0.5)], RIGHT)
    assert not labels_of(canvas).any()


def test_wand_paints_the_superpixels_along_the_way(canvas: CanvasView) -> None:
    canvas.tools.choose("wand")
    canvas.tools.set_diameter("wand", 12)
    drag(canvas, [(0.35, 0.5), (0.65, 0.5)])
    painted = labels_of(canvas) == 1
    assert painted[31, 24:40].all()
    assert (painted & ~disc_of()).sum() < 0.1 * painted.sum(), "superpixels cross the edge of the disc"
    assert strokes(canvas) == 1


@pytest.mark.parametrize("outside", [-0.4 / SIDE, 1 + 0.4 / SIDE])
@pytest.mark.parametrize("across", [True, False])
def test_wand_beside_the_tile_paints_nothing(canvas: CanvasView, outside: float, across: bool) -> None:
    """Half a pixel off is outside, at the upper and left edge, too."""
    canvas.tools.choose("wand")
    canvas.tools.set_diameter("wand", 12)
    way = [(0.1, outside), (0.9, outside)]
    drag(canvas, way if across else [(y, x) for x, y in way])
    assert not labels_of(canvas).any()


def test_snapping_brush_stays_on_the_side_where_it_began(canvas: CanvasView) -> None:
    canvas.tools.choose("snapping brush")
    canvas.tools.set_diameter("snapping brush", 30)
    drag(canvas, [(0.5, 0.5), (0.9, 0.5)])
    painted = labels_of(canvas) == 1
    assert painted.any()
    assert not (painted & ~disc_of()).any()


def test_rectangle_and_line(canvas: CanvasView) -> None:
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.25, 0.25), (0.5, 0.4), (0.75, 0.5)])
    ys, xs = np.nonzero(labels_of(canvas))
    assert (xs.min(), ys.min()) == (16, 16)
    assert abs(xs.max() - 48) <= 1
    assert abs(ys.max() - 32) <= 1
    assert labels_of(canvas)[16 : ys.max() + 1, 16 : xs.max() + 1].all()
    canvas.session.undo(canvas.active.tile_id)
    canvas.tools.choose("line")
    canvas.tools.set_diameter("line", 3)
    drag(canvas, [(0.1, 0.1), (0.2, 0.8), (0.9, 0.1)])
    ys, xs = np.nonzero(labels_of(canvas))
    assert ys.max() <= 9, "a line is straight, whatever the way"
    assert xs.max() - xs.min() > 45


def test_lasso_paints_what_it_encloses(canvas: CanvasView) -> None:
    canvas.tools.choose("lasso")
    drag(canvas, [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)])
    painted = labels_of(canvas)
    assert painted[15:49, 15:49].all()
    assert not painted[:11].any()
    assert not painted[:, 54:].any()


def test_polygon_is_editable_until_enter_closes_it(canvas: CanvasView) -> None:
    canvas.tools.choose("polygon")
    for corner in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.5), (0.5, 0.9)):
        drag(canvas, [corner])
    assert not labels_of(canvas).any()
    drag(canvas, [(0.8, 0.5), (0.8, 0.8)])  # drag a corner
    QTest.keyClick(canvas, Qt.Key.Key_Backspace)
    drag(canvas, [(0.2, 0.8)])
    active = canvas.active.tile_id
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.active.tile_id == active, "Enter closes the polygon and submits nothing"
    painted = labels_of(canvas)
    assert painted[15:49, 15:49].all()
    assert not painted[:, 54:].any()
    assert strokes(canvas) == 1


def test_escape_gives_a_polygon_up(canvas: CanvasView) -> None:
    canvas.tools.choose("polygon")
    for corner in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.5)):
        drag(canvas, [corner])
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert strokes(canvas) == 0


def test_prediction_brush_takes_over_only_here_and_never_over_paint(canvas: CanvasView) -> None:
    session, tile = canvas.session, canvas.active.tile_id
    canvas.tools.set_diameter("brush", 6)
    canvas.choose_class(2)
    drag(canvas, [(0.5, 0.5)])
    by_hand = labels_of(canvas) == 2
    classes = np.where(disc_of(), 2, 1).astype("uint8")
    session.forecasts.predictions.keep(PackedPrediction.of(TilePrediction(tile, 1, classes, np.zeros_like(classes))))
    canvas.tools.choose("prediction brush")
    canvas.tools.set_diameter("prediction brush", 20)
    canvas.choose_class(1)
    drag(canvas, [(0.5, 0.5), (0.75, 0.5)])
    mask = session.mask(tile)
    new = (mask.labels != 0) & ~by_hand
    assert new.any()
    assert (mask.labels[new] == classes[new]).all()
    assert (mask.provenance[new] == Provenance.ACCEPTED).all()
    assert (mask.provenance[by_hand] == Provenance.DRAWN).all()
    assert (mask.labels == 0).sum() > 2000, "the rest of the tile stays unlabeled"


def test_prediction_brush_draws_nothing_itself_where_the_prediction_goes_during_a_stroke(canvas: CanvasView) -> None:
    session, tile = canvas.session, canvas.active.tile_id
    classes = np.full((SIDE, SIDE), 2, np.uint8)
    session.forecasts.predictions.keep(PackedPrediction.of(TilePrediction(tile, 1, classes, np.zeros_like(classes))))
    canvas.tools.choose("prediction brush")
    canvas.tools.set_diameter("prediction brush", 20)
    drag(canvas, [(0.3, 0.5)], release=False)
    session.forecasts.predictions.drop(tile)  # as where others need its place in memory
    QTest.mouseMove(canvas, place(canvas, 0.7, 0.5))
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.7, 0.5))
    assert set(np.unique(labels_of(canvas))) == {0, 2}
    assert Provenance.DRAWN not in session.mask(tile).provenance


def test_a_draft_of_the_chosen_class_alone(canvas: CanvasView, window: MainWindow) -> None:
    session, tile = canvas.session, canvas.active.tile_id
    classes = np.where(disc_of(), 2, 1).astype("uint8")
    session.forecasts.predictions.keep(PackedPrediction.of(TilePrediction(tile, 1, classes, np.zeros_like(classes))))
    canvas.choose_class(2)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert np.array_equal(labels_of(canvas), np.where(disc_of(), 2, 0))
    window.actions_by_name["undo"].trigger()
    assert not labels_of(canvas).any()


def test_prediction_brush_without_a_prediction_says_so(canvas: CanvasView, window: MainWindow) -> None:
    canvas.tools.choose("prediction brush")
    drag(canvas, [(0.5, 0.5), (0.75, 0.5)])
    assert "no prediction" in window.workspace.notices.text
    assert strokes(canvas) == 0


def test_relabel_gives_a_piece_of_the_prediction_or_of_paint_the_current_class(canvas: CanvasView) -> None:
    session, tile = canvas.session, canvas.active.tile_id
    classes = np.where(disc_of(), 2, 1).astype("uint8")
    classes[2:6, 2:6] = 2  # another piece of the same class
    session.forecasts.predictions.keep(PackedPrediction.of(TilePrediction(tile, 1, classes, np.zeros_like(classes))))
    canvas.tools.choose("brush")
    canvas.tools.set_diameter("brush", 6)
    canvas.choose_class(2)
    drag(canvas, [(0.5, 0.5)])
    by_hand = labels_of(canvas) == 2
    canvas.tools.choose("relabel")
    canvas.choose_class(1)
    drag(canvas, [(0.3, 0.5)])
    assert np.array_equal(labels_of(canvas) == 1, disc_of()), "paint and prediction of one class are one piece"
    assert not (labels_of(canvas) == 2).any()
    assert set(np.unique(session.mask(tile).provenance)) == {Provenance.NONE, Provenance.FILLED}
    canvas.choose_class(2)
    drag(canvas, [(0.0625, 0.0625), (0.3, 0.3), (0.5, 0.5)])
    assert (labels_of(canvas)[disc_of()] == 2).all()
    assert (labels_of(canvas) == 2).all(), "the ground between them was passed, too"
    assert strokes(canvas) == 3
    session.undo(tile)
    session.undo(tile)
    assert np.array_equal(labels_of(canvas) == 2, by_hand)


def test_relabel_erases_a_piece_of_paint_with_the_right_button(canvas: CanvasView) -> None:
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.2, 0.2), (0.4, 0.4)])
    drag(canvas, [(0.6, 0.6), (0.8, 0.8)])
    canvas.tools.choose("relabel")
    drag(canvas, [(0.5, 0.5)])
    assert strokes(canvas) == 2, "where nothing has a class there is no piece"
    drag(canvas, [(0.3, 0.3)], RIGHT)
    assert not labels_of(canvas)[:32].any()
    assert labels_of(canvas)[44, 44] == 1


def test_relabel_without_any_class_says_so(canvas: CanvasView, window: MainWindow) -> None:
    canvas.tools.choose("relabel")
    drag(canvas, [(0.5, 0.5)])
    assert "has a class" in window.workspace.notices.text
    assert strokes(canvas) == 0


def test_tidying_is_one_stroke_and_can_be_undone(canvas: CanvasView, window: MainWindow) -> None:
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.2, 0.2), (0.8, 0.8)])
    canvas.tools.choose("brush")
    canvas.tools.set_diameter("brush", 3)
    drag(canvas, [(0.5, 0.5)], RIGHT)
    drag(canvas, [(0.9, 0.1)])
    before = labels_of(canvas).copy()
    window.actions_by_name["fill holes"].trigger()
    assert labels_of(canvas)[32, 32] == 1
    window.actions_by_name["remove specks"].trigger()
    assert not labels_of(canvas)[:10].any()
    window.actions_by_name["undo"].trigger()
    window.actions_by_name["undo"].trigger()
    assert np.array_equal(labels_of(canvas), before)
    window.actions_by_name["smooth"].trigger()
    assert labels_of(canvas)[32, 20] == 1


def ragged(canvas: CanvasView) -> np.ndarray:
    """Paint a field with a hole in its left half and one in its right half; what the Mask is then."""
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.1, 0.1), (0.9, 0.9)])
    canvas.tools.choose("brush")
    canvas.tools.set_diameter("brush", 3)
    for x in (0.3, 0.7):
        drag(canvas, [(x, 0.5)], RIGHT)
    before = labels_of(canvas).copy()
    assert before[32, 19] == before[32, 45] == 0
    return before


def select_left_half(canvas: CanvasView) -> None:
    canvas.tools.choose("select")
    drag(canvas, [(0.02, 0.02), (0.5, 0.02), (0.5, 0.98), (0.02, 0.98)])


def test_tidying_keeps_to_what_is_selected(canvas: CanvasView, window: MainWindow) -> None:
    before, count = ragged(canvas), strokes(canvas)
    select_left_half(canvas)
    assert np.array_equal(labels_of(canvas), before), "selecting paints nothing"
    QTest.keyClick(window, Qt.Key.Key_H, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    after = labels_of(canvas).copy()
    assert after[32, 19] == 1
    assert np.array_equal(after[:, 33:], before[:, 33:]), "the rest stays"
    assert strokes(canvas) == count + 1
    window.workspace.notices.hide()
    window.actions_by_name["fill holes"].trigger()
    assert "in the selected area" in window.workspace.notices.text
    window.actions_by_name["undo"].trigger()
    assert np.array_equal(labels_of(canvas), before)
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    window.actions_by_name["fill holes"].trigger()
    assert labels_of(canvas)[32, 45] == 1, "the whole tile again"


def test_filling_and_accepting_keep_to_what_is_selected(canvas: CanvasView, window: MainWindow) -> None:
    before = ragged(canvas)
    select_left_half(canvas)
    window.actions_by_name["fill unlabeled"].trigger()
    assert labels_of(canvas)[2:62, 3:30].all()
    assert np.array_equal(labels_of(canvas)[:, 33:], before[:, 33:])
    classes = np.full((SIDE, SIDE), 2, np.uint8)
    prediction = TilePrediction(canvas.active.tile_id, 1, classes, np.zeros_like(classes))
    canvas.session.forecasts.predictions.keep(PackedPrediction.of(prediction))
    drag(canvas, [(0.5, 0.02), (0.98, 0.02), (0.98, 0.98), (0.5, 0.98)], RIGHT)
    window.actions_by_name["accept"].trigger()
    assert (labels_of(canvas)[2:5, 34:60] == 2).all()
    assert not (labels_of(canvas)[:, :30] == 2).any()


def test_a_selection_leaves_protected_paint_and_the_value_range_alone(canvas: CanvasView, window: MainWindow) -> None:
    before = ragged(canvas)
    select_left_half(canvas)
    canvas.set_state(protect_painted=True)
    window.actions_by_name["smooth"].trigger()
    assert (labels_of(canvas)[before > 0] == 1).all()
    canvas.active_tile.paintable = lambda: disc_of()  # as a value range does
    canvas.session.undo(canvas.active.tile_id)
    window.actions_by_name["fill holes"].trigger()
    changed = labels_of(canvas) != before
    assert changed.any()
    assert not changed[~disc_of()].any()


def test_a_selection_does_not_outlive_what_shows_it(canvas: CanvasView, window: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    wait_for_picture(canvas, until)
    canvas.tools.choose("select")
    assert "Draw round an area" in window.workspace.notices.text
    bare = canvas.grab().toImage()
    select_left_half(canvas)
    canvas.forget_cursor()
    assert canvas.tool.selected()[32, 10]
    assert not canvas.tool.selected()[32, 40]
    assert canvas.grab().toImage() != bare
    canvas.tools.choose("brush")
    assert not window.workspace.notices.isVisible(), "what was said of the other tool"
    assert canvas.tool.selected() is None
    canvas.tools.choose("select")
    assert canvas.tool.selected() is None
    select_left_half(canvas)
    drag(canvas, [(0.7, 0.7)])
    assert canvas.tool.selected() is None, "a click gives it up"
    select_left_half(canvas)
    canvas.activate_tile(canvas.active.tile_id)
    assert canvas.tool.selected() is None


def test_sizes_and_tolerances_belong_to_their_tools(canvas: CanvasView, window: MainWindow) -> None:
    canvas.tools.choose("fill")
    before = dict(canvas.state.diameters), canvas.state.tolerances["fill"]
    window.actions_by_name["larger"].trigger()
    assert canvas.state.diameters == before[0]
    assert canvas.state.tolerances["fill"] > before[1]
    canvas.tools.choose("lasso")
    window.actions_by_name["larger"].trigger()
    assert canvas.state.diameters == before[0]


@pytest.mark.parametrize("tool", ["brush", "line", "rectangle", "lasso", "wand", "snapping brush"])
def test_the_tool_is_not_switched_in_the_middle_of_a_stroke(canvas: CanvasView, tool: str) -> None:
    canvas.tools.choose(tool)
    drag(canvas, [(0.3, 0.3), (0.7, 0.3), (0.7, 0.7)], release=False)
    canvas.tools.choose("eraser")
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.7, 0.7))
    assert canvas.tool.name == tool
    assert labels_of(canvas).any()
    assert strokes(canvas) == 1


def _draw_polygon(canvas: CanvasView) -> None:
    canvas.tools.choose("polygon")
    for corner in ((0.2, 0.2), (0.8, 0.2), (0.8, 0.8)):
        drag(canvas, [corner])


@pytest.mark.parametrize("key", [Qt.Key.Key_D, Qt.Key.Key_K, Qt.Key.Key_R, Qt.Key.Key_B, Qt.Key.Key_I, Qt.Key.Key_P])
def test_no_key_loses_a_polygon(open_window: MainWindow, key: Qt.Key) -> None:
    canvas = canvas_of(open_window)
    tile_id = canvas.active.tile_id
    _draw_polygon(canvas)
    QTest.keyClick(canvas, key)
    assert canvas.active.tile_id == tile_id
    assert canvas.tool.name == "polygon"
    told = open_window.workspace.notices.text
    assert told.startswith("Close the polygon first") == (key != Qt.Key.Key_P), told
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert labels_of(canvas)[20:30, 38:43].all()


def test_submit_by_the_button_does_not_lose_a_polygon(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.5), (0.2, 0.5)])
    _draw_polygon(canvas)
    submit = next(b for b in open_window.workspace.queue.findChildren(QPushButton) if b.text() == "Submit")
    submit.click()
    assert canvas.tool.keeps_drawing
    assert canvas.session.tiles[canvas.active.tile_id].status is TileStatus.IN_PROGRESS


def test_the_first_ranking_does_not_lose_a_polygon(open_window: MainWindow) -> None:
    canvas, session, flow = canvas_of(open_window), open_window.workspace.session, open_window.workspace.flow
    flow.go_to(session.queue()[-1].tile_id)
    _draw_polygon(canvas)
    flow._awaits_until = math.inf  # as before the tiles have been looked at
    session._ranked(list(session.ranking))
    assert canvas.tool.keeps_drawing
    assert canvas.active.tile_id == session.queue()[-1].tile_id


def test_a_place_on_another_tile_waits_for_the_polygon(open_window: MainWindow) -> None:
    """That of the review, here; shown all the same, it would be outlined where it is not."""
    canvas, review = canvas_of(open_window), open_window.workspace.review
    other = next(tile_id for tile_id in canvas.session.tiles if tile_id != canvas.active.tile_id)
    _draw_polygon(canvas)
    before, value = canvas.viewport, canvas.state.class_value
    review._fix(Finding(other, Rect(0, 0, 4, 4), np.ones((4, 4), bool), value, value + 1, 0.9, 14.4))
    assert canvas.tool.keeps_drawing
    assert (canvas.viewport, canvas.state.class_value) == (before, value)
    assert review.outline.tile_id is None


def test_undo_takes_the_last_corner_of_a_polygon_back(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    undo = open_window.actions_by_name["undo"]
    drag(canvas, [(0.1, 0.1), (0.2, 0.1)])
    _draw_polygon(canvas)
    drag(canvas, [(0.2, 0.9)])
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert strokes(canvas) == 1
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert strokes(canvas) == 2
    assert not labels_of(canvas)[45:50, 14:24].any(), "the corner at the lower left is gone"
    assert undo.isEnabled()


def test_undo_takes_a_single_corner_back_and_not_the_stroke_before_it(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.1), (0.2, 0.1)])
    canvas.tools.choose("polygon")
    drag(canvas, [(0.5, 0.5)])
    undo = open_window.actions_by_name["undo"]
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not canvas.tool.can_take_back
    assert labels_of(canvas)[6, 9], "the stroke stays"
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not labels_of(canvas).any(), "now it is its turn"
    assert not undo.isEnabled()
    drag(canvas, [(0.5, 0.5)])
    assert undo.isEnabled(), "for the corner"


def test_undo_is_there_for_the_corners_of_a_first_polygon(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    undo = open_window.actions_by_name["undo"]
    assert not undo.isEnabled()
    _draw_polygon(canvas)
    assert undo.isEnabled()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not undo.isEnabled()


def test_a_polygon_that_cannot_be_painted_keeps_its_corners(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = canvas_of(open_window)
    _draw_polygon(canvas)

    def refuse(*_: object) -> None:
        raise SceneError("The scene is gone.", "Plug the disk in.")

    with monkeypatch.context() as broken:
        broken.setattr(ActiveTile, "paintable", refuse)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert open_window.workspace.notices.text == "The scene is gone. Plug the disk in."
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert labels_of(canvas).any()


@pytest.mark.parametrize("close", ["Enter", "double click", "first corner"])
def test_a_polygon_that_cannot_be_saved_keeps_its_corners(open_window: MainWindow, close: str) -> None:
    canvas, project = canvas_of(open_window), open_window.workspace.session.path
    open_window.workspace.hints.learned("submit")  # it would take the place of what is looked for
    _draw_polygon(canvas)

    def close_it() -> None:
        if close == "Enter":
            QTest.keyClick(canvas, Qt.Key.Key_Return)
        else:
            click = QTest.mouseDClick if close == "double click" else QTest.mouseClick
            click(canvas, LEFT, NONE, place(canvas, *(0.2, 0.2) if close == "first corner" else (0.5, 0.5)))

    away = project.rename(project.with_suffix(".away"))
    close_it()
    assert "was moved, deleted or replaced" in open_window.workspace.notices.text
    assert canvas.tool.keeps_drawing
    assert not labels_of(canvas).any()
    away.rename(project)
    close_it()
    assert labels_of(canvas).any()
    assert not canvas.tool.keeps_drawing
    assert open_window.workspace.notices.text == "", "it is true no longer"


def test_a_polygon_that_the_right_button_began_erases(canvas: CanvasView) -> None:
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.05, 0.05), (0.95, 0.95)])
    before = labels_of(canvas).copy()
    canvas.tools.choose("polygon")
    drag(canvas, [(0.2, 0.2)], RIGHT)
    for corner in ((0.8, 0.2), (0.8, 0.5), (0.8, 0.8), (0.2, 0.8)):
        drag(canvas, [corner])
    drag(canvas, [(0.5, 0.5)], RIGHT)  # takes the last corner back
    drag(canvas, [(0.3, 0.8)])
    assert np.array_equal(labels_of(canvas), before)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    gone = (before == 1) & (labels_of(canvas) == 0)
    assert gone[20:48, 25:49].all()
    assert not gone[:11].any()
    drag(canvas, [(0.3, 0.3)])
    for corner in ((0.7, 0.3), (0.7, 0.7)):
        drag(canvas, [corner])
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert labels_of(canvas)[25, 35] == 1, "the next one paints again"


def test_an_erasing_polygon_looks_unlike_a_painting_one(canvas: CanvasView, until: Callable) -> None:  # type: ignore[type-arg]
    wait_for_picture(canvas, until)
    canvas.tools.choose("polygon")
    pictures = []
    for button in (LEFT, RIGHT):
        drag(canvas, [(0.2, 0.2)], button)
        drag(canvas, [(0.8, 0.2)])
        drag(canvas, [(0.8, 0.8)])
        canvas.forget_cursor()
        pictures.append(canvas.grab().toImage())
        QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert pictures[0] != pictures[1]


def test_two_quick_right_clicks_take_two_corners_back(canvas: CanvasView) -> None:
    _draw_polygon(canvas)
    drag(canvas, [(0.2, 0.8)])
    drag(canvas, [(0.5, 0.5)], RIGHT)
    QTest.mouseDClick(canvas, RIGHT, NONE, place(canvas, 0.5, 0.5))
    assert strokes(canvas) == 0
    assert canvas.tool.keeps_drawing


def test_a_click_on_an_edge_of_a_polygon_sets_a_corner_there(canvas: CanvasView) -> None:
    _draw_polygon(canvas)  # with corners at the upper left, the upper right and the lower right
    drag(canvas, [(0.5, 0.2), (0.5, 0.05)])  # the upper edge is pulled up
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    painted = labels_of(canvas)
    assert painted[8, 32] == 1, "the new corner is between the two"
    assert painted[20, 45] == 1
    canvas.session.undo(canvas.active.tile_id)
    _draw_polygon(canvas)
    drag(canvas, [(0.5, 0.2), (0.5, 0.05)])
    drag(canvas, [(0.3, 0.7)], RIGHT)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert labels_of(canvas)[8, 32] == 0, "it was the last that was set, so it is the first to be taken back"
    assert labels_of(canvas)[20, 45] == 1


def test_protection_says_why_nothing_changed(canvas: CanvasView, window: MainWindow) -> None:
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.1, 0.1), (0.6, 0.6)])
    canvas.tools.choose("brush")
    canvas.tools.set_diameter("brush", 2)
    drag(canvas, [(0.9, 0.9)])
    before = labels_of(canvas).copy()
    window.actions_by_name["protect"].trigger()
    canvas.choose_class(2)
    canvas.tools.choose("relabel")
    drag(canvas, [(0.3, 0.3)])
    assert "painted pixels are protected" in window.workspace.notices.text
    window.workspace.notices.hide()
    window.actions_by_name["remove specks"].trigger()
    assert np.array_equal(labels_of(canvas), before)
    assert "painted pixels are protected" in window.workspace.notices.text
    window.workspace.notices.hide()
    drag(canvas, [(0.3, 0.3)], RIGHT)
    assert labels_of(canvas)[20, 20] == 0, "the right button erases all the same"
    assert "protected" not in window.workspace.notices.text


def _held_up(monkeypatch: pytest.MonkeyPatch, module: ModuleType = tile_colours, read: str = "read_picture") -> Event:
    """From now on that of a Tile, its colours, is read only while the event is set."""
    may_read, real = Event(), getattr(module, read)

    def slow(*arguments: Any) -> Any:
        may_read.wait(60)
        return real(*arguments)

    monkeypatch.setattr(module, read, slow)
    return may_read


def test_a_tool_pressed_before_its_colours_are_there_acts_when_they_are(
    canvas: CanvasView, window: MainWindow, until: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[type-arg]
    """The window goes on meanwhile, under a busy cursor."""
    answers = _held_up(monkeypatch)
    for tool in ("fill", "snapping brush", "wand"):
        answers.clear()
        canvas.activate_tile(canvas.active.tile_id)
        canvas.tools.choose(tool)
        QTest.mousePress(canvas, LEFT, NONE, place(canvas, 0.5, 0.5))
        QTest.mouseMove(canvas, place(canvas, 0.6, 0.6))
        QApplication.processEvents()
        QTest.mouseMove(canvas, place(canvas, 0.7, 0.5))
        QApplication.processEvents()
        QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.7, 0.5))
        assert canvas.holds_press, "the window has not waited"
        until(lambda: canvas.cursor().shape() == Qt.CursorShape.BusyCursor)
        assert "still being read" in window.workspace.notices.text
        assert not labels_of(canvas).any()
        answers.set()
        until(lambda: not canvas.holds_press)
        assert labels_of(canvas)[31, 31] == 1, tool
        assert labels_of(canvas)[38, 38] == 1, f"{tool}: the way of the cursor meanwhile counts"
        assert not canvas.tool.is_busy
        assert canvas.cursor().shape() == Qt.CursorShape.CrossCursor
        canvas.session.undo(canvas.active.tile_id)
    answers.clear()
    canvas.activate_tile(canvas.active.tile_id)
    QTest.mousePress(canvas, LEFT, NONE, place(canvas, 0.5, 0.5))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.5, 0.5))
    answers.set()
    until(lambda: not canvas.session.readers.active())
    run_what_is_due()
    assert not labels_of(canvas).any(), "given up"


def test_a_press_that_waits_acts_as_it_was_set_and_can_be_taken_back(
    canvas: CanvasView, window: MainWindow, until: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[type-arg]
    answers = _held_up(monkeypatch)
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.0, 0.0), (0.1, 0.1)])
    canvas.tools.choose("fill")
    click = (canvas, LEFT, NONE, place(canvas, 0.5, 0.5))
    QTest.mouseClick(*click)
    assert canvas.holds_press
    window.actions_by_name["undo"].trigger()
    assert not canvas.holds_press, "what was done last is taken back"
    assert labels_of(canvas)[2, 2] == 1, "and not the stroke before"
    QTest.mouseClick(*click)
    assert not window.workspace.flow.go_to(canvas.active.tile_id), "the press would be lost"
    canvas.choose_class(2)
    canvas.tools.set_tolerance("fill", 128)
    answers.set()
    until(lambda: not canvas.holds_press)
    assert np.array_equal(labels_of(canvas)[8:] == 1, disc_of()[8:])
    assert not (labels_of(canvas) == 2).any()


def _valid_pixels_held_up(canvas: CanvasView, monkeypatch: pytest.MonkeyPatch) -> Event:
    """The active tile is read anew, and what may be painted of it is known only when the event is set."""
    may_read = _held_up(monkeypatch, active_tile, "read_valid_pixels")
    canvas.activate_tile(canvas.active.tile_id)
    return may_read


@pytest.mark.parametrize("command", ["fill unlabeled", "accept class", "smooth"])
def test_a_command_given_before_the_tile_is_there_acts_when_it_is(
    canvas: CanvasView,
    window: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
    command: str,
) -> None:
    """As all was set when it was given, under a busy cursor, and without the window standing still."""
    session, tile = canvas.session, canvas.active.tile_id
    classes = np.where(disc_of(), 2, 1).astype("uint8")
    session.forecasts.predictions.keep(PackedPrediction.of(TilePrediction(tile, 1, classes, np.zeros_like(classes))))
    canvas.tools.choose("lasso")
    drag(canvas, [(0.1, 0.1), (0.5, 0.1), (0.5, 0.5)])
    before = labels_of(canvas).copy()
    answers = _valid_pixels_held_up(canvas, monkeypatch)
    window.actions_by_name[command].trigger()
    assert canvas.holds_press, "the window has waited"
    window.actions_by_name[command].trigger()  # once is enough
    assert "what you did before waits" in window.workspace.notices.text, "and that is said"
    canvas.choose_class(2)
    until(lambda: canvas.cursor().shape() == Qt.CursorShape.BusyCursor)
    assert "still being read" in window.workspace.notices.text
    assert np.array_equal(labels_of(canvas), before)
    answers.set()
    until(lambda: not canvas.holds_press)
    assert canvas.cursor().shape() == Qt.CursorShape.CrossCursor
    assert [name for _, name, _ in session.strokes(tile)][1:] == [command.replace("accept class", "accept prediction")]
    if command != "smooth":
        wanted = np.ones_like(before) if command == "fill unlabeled" else ~disc_of() | (before != 0)
        assert np.array_equal(labels_of(canvas), wanted)


@pytest.mark.parametrize("way", ["Esc", "Esc elsewhere", "Ctrl+Z", "another tile"])
def test_a_command_that_waits_can_be_given_up_and_touches_no_other_tile(
    open_window: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    canvas, workspace = canvas_of(open_window), open_window.workspace
    here = canvas.active.tile_id
    other = next(tile_id for tile_id in canvas.session.tiles if tile_id != here)
    answers = _valid_pixels_held_up(canvas, monkeypatch)
    open_window.actions_by_name["fill unlabeled"].trigger()
    assert not workspace.flow.go_to(other), "what waits would be lost in silence"
    assert "what you did before waits" in workspace.notices.text, "there is no stroke to finish"
    assert canvas.holds_press
    if way == "another tile":
        canvas.activate_tile(other)
    elif way == "Ctrl+Z":
        assert open_window.actions_by_name["undo"].isEnabled()
        open_window.actions_by_name["undo"].trigger()
    else:
        QTest.keyClick(canvas if way == "Esc" else workspace.queue, Qt.Key.Key_Escape)
    assert not canvas.holds_press
    assert not open_window.actions_by_name["undo"].isEnabled()
    answers.set()
    until(lambda: not canvas.session.readers.active())
    run_what_is_due()
    assert not canvas.session.painted


@pytest.mark.parametrize("way", ["fill unlabeled", "press"])
def test_classes_stay_as_they_are_while_something_waits_to_be_painted(
    canvas: CanvasView,
    window: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
    way: str,
) -> None:
    """Nothing is painted behind the dialog, nor in a class that has been removed there."""
    choose, session = window.actions_by_name, canvas.session
    session.set_classes([*session.classes, session.class_list.new_class("weed")])
    merging = session.merge_class(3, 2)
    until(lambda: merging.is_settled)
    answers = _valid_pixels_held_up(canvas, monkeypatch)
    if way == "press":
        QTest.mouseClick(canvas, LEFT, NONE, place(canvas, 0.5, 0.5))
    else:
        choose[way].trigger()
    opened: list[object] = []

    def close() -> None:
        opened.append(QApplication.activeModalWidget())
        if opened[-1] is not None:
            opened[-1].reject()

    QTimer.singleShot(0, close)
    choose["classes"].trigger()
    until(lambda: opened)
    assert opened == [None]
    assert "what you did before waits" in window.workspace.notices.text
    choose["restore class"].trigger()
    assert [c.value for c in session.classes] == [1, 2]
    answers.set()
    until(lambda: not canvas.holds_press)
    assert (labels_of(canvas) == 1).any()
    QTimer.singleShot(0, close)
    choose["classes"].trigger()
    assert opened[1] is not None
    choose["restore class"].trigger()
    assert [c.value for c in session.classes] == [1, 2, 3]


def test_escape_gives_up_the_command_that_waits_and_not_what_is_selected(
    canvas: CanvasView,
    window: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Otherwise it would come over the whole tile."""
    canvas.tools.choose("select")
    drag(canvas, [(0.1, 0.1), (0.5, 0.1), (0.5, 0.5), (0.1, 0.5)])
    selected = canvas.tool.selected()
    answers = _held_up(monkeypatch, value_limit, "tile_values")
    band = next(composite for composite in canvas.session.looks.singles() if composite.is_band)
    canvas.session.looks.set_value_range(ValueRange(band.key, 0, 255))
    window.actions_by_name["fill unlabeled"].trigger()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not canvas.holds_press
    assert np.array_equal(canvas.tool.selected(), selected)
    window.actions_by_name["fill unlabeled"].trigger()
    answers.set()
    until(lambda: not canvas.holds_press)
    assert np.array_equal(labels_of(canvas) == 1, selected)


def test_superpixels_are_there_before_the_wand_is_pressed_and_the_one_under_it_is_outlined(
    canvas: CanvasView,
    until: Callable,  # type: ignore[type-arg]
) -> None:
    wait_for_picture(canvas, until)
    canvas.tools.choose("wand")
    until(lambda: canvas.active_tile.colours._superpixels is not None)
    job = canvas.active_tile.colours._superpixels[2]
    until(lambda: job.state.is_final)
    QTest.mouseMove(canvas, place(canvas, 0.5, 0.5))
    shown = canvas.grab().toImage()
    QTest.mouseMove(canvas, place(canvas, 0.1, 0.1))
    assert canvas.grab().toImage() != shown
    QTest.mouseMove(canvas, place(canvas, 0.5, 0.5))
    outline = set(canvas.tool._outline)
    drag(canvas, [(0.5, 0.5)])
    painted = labels_of(canvas) == 1
    assert outline == set(edges(painted, 0, 0)), "what was outlined is painted, and nothing else"
    assert canvas.active_tile.colours._superpixels[2] is job, "computed once"
    canvas.forget_cursor()
    assert not canvas.tool._outline


def test_the_captions_say_what_is_set(canvas: CanvasView, window: MainWindow) -> None:
    def captions(tool: str) -> list[str]:
        canvas.tools.choose(tool)
        values = [value for value in window.findChildren(ToolValue) if not value.isHidden()]
        return [value.findChild(QLabel).text() for value in values]

    assert captions("brush") == ["Size"]
    assert captions("snapping brush") == ["Size", "Tolerance"]
    assert captions("fill") == ["Tolerance"]
    assert captions("wand") == ["Patches"]
    assert captions("lasso") == []
