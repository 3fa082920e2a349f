"""Painting on the canvas: what the mouse does to the Mask, the file and the screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.geometry import Rect
from core.labels.classes import IGNORE
from gui.canvas.view import CanvasView
from gui.canvas.viewport import Viewport, smallest_scale
from gui.main_window import MainWindow
from tests.gui.waiting import wait_for_picture, wait_ms

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE = Qt.KeyboardModifier.NoModifier


def canvas_of(window: MainWindow) -> CanvasView:
    assert window.workspace is not None
    return window.workspace.canvas


def place(canvas: CanvasView, x: float, y: float) -> QPoint:
    """The widget position of a point in shares of the active Tile."""
    assert canvas.active is not None
    frame = canvas.viewport.rect_to_widget(canvas.active.rect)
    return QPointF(frame.x() + x * frame.width(), frame.y() + y * frame.height()).toPoint()


def drag(
    canvas: CanvasView, points: Sequence[tuple[float, float]], button: Qt.MouseButton = LEFT, release: bool = True
) -> None:
    places = [place(canvas, x, y) for x, y in points]
    QTest.mousePress(canvas, button, NONE, places[0])
    while canvas.holds_press:  # what the tool needs is still being read
        wait_ms(5)
    for there in places[1:]:
        QTest.mouseMove(canvas, there)
        QApplication.processEvents()
    if release:
        QTest.mouseRelease(canvas, button, NONE, places[-1])


def labels_of(canvas: CanvasView) -> np.ndarray:
    assert canvas.active is not None
    return canvas.session.mask(canvas.active.tile_id).labels


def test_a_stroke_is_saved_when_the_button_is_released(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.tools.set_diameter("brush", 6)
    drag(canvas, [(0.1, 0.5), (0.6, 0.5)])
    painted = labels_of(canvas)
    row = painted[painted.shape[0] // 2]
    assert (row[8:36] == 1).all(), "the stroke has gaps"
    stored = canvas.session._store.mask(canvas.active)
    assert np.array_equal(stored.labels, painted)


def test_a_fast_diagonal_stroke_has_no_gaps(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.tools.set_diameter("brush", 1)
    drag(canvas, [(0.05, 0.05), (0.65, 0.9)])
    ys, _ = np.nonzero(labels_of(canvas))
    assert (np.diff(np.sort(ys)) <= 1).all()
    assert len(ys) >= ys.max() - ys.min()


def test_right_drag_erases_and_undo_brings_back(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.5), (0.6, 0.5)])
    painted = labels_of(canvas).copy()
    drag(canvas, [(0.1, 0.5), (0.6, 0.5)], RIGHT)
    assert not labels_of(canvas).any()
    open_window.actions_by_name["undo"].trigger()
    assert np.array_equal(labels_of(canvas), painted)


def test_escape_gives_the_stroke_up_without_a_trace(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.5), (0.6, 0.5)], release=False)
    assert labels_of(canvas).any()
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    assert not labels_of(canvas).any()
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.6, 0.5))
    assert canvas.session.strokes(canvas.active.tile_id) == []


def test_nodata_is_never_painted(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    edge = next(t for t in canvas.session.tiles.values() if t.valid_share < 1)
    canvas.activate_tile(edge.tile_id)
    canvas.tools.set_diameter("brush", 40)
    drag(canvas, [(0.1, 0.5), (0.9, 0.5)])
    assert labels_of(canvas)[:, :-20].any()
    assert not labels_of(canvas)[:, -20:].any()


def test_a_stroke_stays_on_its_tile_when_it_runs_over_the_edge(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.fit_scene()
    drag(canvas, [(0.5, 0.5), (1.6, 0.5)])
    assert set(canvas.session.painted) == {canvas.active.tile_id}


def test_a_press_far_from_the_tile_paints_nothing_and_says_how(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.fit_scene()
    drag(canvas, [(1.6, 0.5), (1.7, 0.5)])
    assert not canvas.session.painted
    assert "Double-click" in open_window.workspace.notices.text


def test_a_double_click_on_another_tile_makes_it_the_one(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.fit_scene()
    first = canvas.active.tile_id
    neighbour = 1.5 if canvas.active.grid_column == 0 else -0.5
    QTest.mouseDClick(canvas, LEFT, NONE, place(canvas, neighbour, 0.5))
    second = canvas.active.tile_id
    assert second != first
    assert canvas.session.setting("last_tile") == second
    open_window.actions_by_name["previous"].trigger()
    assert canvas.active.tile_id == first
    assert not canvas.session.painted


@pytest.mark.parametrize("command", ["next", "previous", "back", "eraser", "submit", "skip"])
def test_no_key_leaves_the_tile_or_the_tool_in_the_middle_of_a_stroke(open_window: MainWindow, command: str) -> None:
    canvas = canvas_of(open_window)
    open_window.actions_by_name["next"].trigger()  # so that there is a way back
    first = canvas.active.tile_id
    drag(canvas, [(0.1, 0.5), (0.6, 0.5)], release=False)
    open_window.actions_by_name[command].trigger()
    assert open_window.workspace.notices.text == "Finish the stroke first, or give it up with Esc."
    QTest.mouseMove(canvas, place(canvas, 0.8, 0.5))
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.8, 0.5))
    assert canvas.active.tile_id == first
    assert list(canvas.session.painted) == [first]
    row = labels_of(canvas)[labels_of(canvas).shape[0] // 2]
    assert row[10] == row[45] == 1, "it goes on as if nothing had been pressed"


def test_number_keys_choose_classes_and_x_swaps(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.setFocus()
    for key, value in ((Qt.Key.Key_2, 2), (Qt.Key.Key_0, IGNORE), (Qt.Key.Key_7, IGNORE)):
        QTest.keyClick(canvas, key)
        assert canvas.state.class_value == value
    open_window.actions_by_name["swap"].trigger()
    assert canvas.state.class_value == 2


def test_brush_and_eraser_keep_their_own_sizes(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    before = dict(canvas.state.diameters)
    open_window.actions_by_name["larger"].trigger()
    assert canvas.state.diameters["brush"] > before["brush"]
    open_window.actions_by_name["eraser"].trigger()
    open_window.actions_by_name["smaller"].trigger()
    assert canvas.state.diameters["eraser"] < before["eraser"]
    for _ in range(60):
        open_window.actions_by_name["smaller"].trigger()
    assert canvas.state.diameters["eraser"] == 1


def test_protect_leaves_painted_pixels_alone(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.5), (0.5, 0.5)])
    first = labels_of(canvas) == 1
    open_window.actions_by_name["protect"].trigger()
    canvas.choose_class(2)
    drag(canvas, [(0.1, 0.55), (0.6, 0.55)])
    assert (labels_of(canvas)[first] == 1).all()
    assert (labels_of(canvas) == 2).any()


def test_wheel_zooms_at_the_cursor(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    at = QPointF(200, 150)
    before = canvas.viewport.to_scene(at)
    scale = canvas.viewport.scale
    wheel = QWheelEvent(at, canvas.mapToGlobal(at), QPoint(), QPoint(0, 120), Qt.MouseButton.NoButton, NONE,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(canvas, wheel)
    assert canvas.viewport.scale == pytest.approx(scale * 1.25)
    assert canvas.viewport.to_scene(at) == pytest.approx(before)


def test_the_paint_shows_on_the_screen_where_the_mask_has_it(open_window: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    canvas = canvas_of(open_window)
    wait_for_picture(canvas, until)
    canvas.set_state(mask_opacity=1.0)
    drag(canvas, [(0.2, 0.5), (0.5, 0.5)])
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    on, off = place(canvas, 0.35, 0.5), place(canvas, 0.35, 0.1)
    assert image.pixelColor(on).name().upper() == canvas.session.classes[0].colour
    assert image.pixelColor(off).name().upper() != canvas.session.classes[0].colour
    canvas.set_peeking(True)
    image = canvas.grab().toImage()
    assert image.pixelColor(on).name().upper() != canvas.session.classes[0].colour
    canvas.set_peeking(False)


class Repaints(QObject):
    """Hears which part of a widget is painted anew."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


@pytest.mark.parametrize(("tool", "shape"), [("brush", "round"), ("brush", "square"), ("snapping brush", "round")])
def test_what_looks_different_while_painting_is_repainted_and_little_else(
    open_window: MainWindow,
    until: Callable,
    tool: str,
    shape: str,  # type: ignore[type-arg]
) -> None:
    """A large brush paints anew its front and its outline, not all that it covers."""
    canvas = canvas_of(open_window)
    wait_for_picture(canvas, until)
    canvas.tools.choose(tool)
    canvas.set_state(brush_shape=shape)
    canvas.tools.set_diameter(tool, 40)
    drag(canvas, [(0.3, 0.4), (0.4, 0.45)], release=False)
    for x, y in ((0.45, 0.5), (0.45, 0.52), (0.44, 0.7), (0.7, 0.6)):
        QApplication.processEvents()
        before = pixels_of(canvas)
        repaints = Repaints(canvas)
        QTest.mouseMove(canvas, place(canvas, x, y))
        QApplication.processEvents()
        canvas.removeEventFilter(repaints)
        ys, xs = np.nonzero(pixels_of(canvas) != before)
        assert len(ys) > 20, "nothing has changed"
        assert all(repaints.region.contains(QPoint(*there)) for there in zip(xs.tolist(), ys.tolist(), strict=True))
        if abs(y - 0.52) < 1e-9:  # a short step, as most are
            covered = sum(rect.width() * rect.height() for rect in repaints.region)
            assert covered < 0.9 * (40 * canvas.viewport.scale) ** 2, "more than the brush is large"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)


def pixels_of(widget: QWidget) -> np.ndarray:
    """(height, width) uint32 as it looks now."""
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), image.width()).copy()


def test_viewport_mappings_are_inverse() -> None:
    view = Viewport.fitting(Rect(100, 50, 400, 300), 800, 600, 20)
    for point in (QPointF(0, 0), QPointF(123.5, 456.25)):
        there = view.to_widget(*view.to_scene(point))
        assert (there.x(), there.y()) == pytest.approx((point.x(), point.y()))
    shown = view.visible(800, 600)
    assert shown.intersect(Rect(100, 50, 400, 300)) == Rect(100, 50, 400, 300)
    zoomed = view.zoomed(1e-9, QPointF(10, 10), smallest_scale(Rect(0, 0, 400, 300), 800, 600))
    assert zoomed.scale >= 48 / 400
