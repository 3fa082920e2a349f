"""A pen on a tablet: pressure, the end that erases, and the shapes of the brush; with the events that Qt delivers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from core.labels.classes import IGNORE
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from tests.gui.test_canvas import NONE, canvas_of, drag, labels_of, place
from tests.gui.waiting import wait_for_tile

LEFT = Qt.MouseButton.LeftButton
Until = Callable[[Callable[[], object]], None]
_CAPABILITIES = QInputDevice.Capability.Position | QInputDevice.Capability.Pressure


def pen(kind: QPointingDevice.PointerType) -> QPointingDevice:
    return QPointingDevice("pen", 7, QInputDevice.DeviceType.Stylus, kind, _CAPABILITIES, 1, 3)


PEN, ERASER = pen(QPointingDevice.PointerType.Pen), pen(QPointingDevice.PointerType.Eraser)


def send(canvas: CanvasView, device: QPointingDevice, kind: QEvent.Type, x: float, y: float, pressure: float) -> bool:
    """Whether the canvas took it; Qt makes a mouse event of what it did not take."""
    at = QPointF(place(canvas, x, y))
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletMove else LEFT
    held = Qt.MouseButton.NoButton if kind == QEvent.Type.TabletRelease else LEFT
    event = QTabletEvent(kind, device, at, canvas.mapToGlobal(at), pressure, 0, 0, 0, 0, 0, NONE, button, held)
    QApplication.sendEvent(canvas, event)
    return event.isAccepted()


def draw(canvas: CanvasView, way: Sequence[tuple[float, float, float]], device: QPointingDevice = PEN) -> None:
    """One stroke through (x, y, pressure)."""
    assert send(canvas, device, QEvent.Type.TabletPress, *way[0])
    for step in way[1:]:
        assert send(canvas, device, QEvent.Type.TabletMove, *step)
    assert send(canvas, device, QEvent.Type.TabletRelease, way[-1][0], way[-1][1], 0.0)


def heights(canvas: CanvasView) -> np.ndarray:
    return (labels_of(canvas) != 0).sum(axis=0)


@pytest.fixture
def canvas(open_window: MainWindow) -> CanvasView:
    canvas = canvas_of(open_window)
    canvas.tools.set_diameter("brush", 20)
    return canvas


def test_pressure_scales_the_diameter_without_gaps(canvas: CanvasView) -> None:
    draw(canvas, [(0.15, 0.5, 0.2), (0.6, 0.5, 1.0)])
    thick = heights(canvas)
    assert 3 <= thick[9] <= 6
    assert 18 <= thick[36] <= 20
    assert (np.diff(thick[9:37]) >= 0).all(), "it swells evenly"
    assert len(canvas.session.strokes(canvas.active.tile_id)) == 1


def test_pressure_can_be_switched_off_and_that_is_remembered(
    open_window: MainWindow, canvas: CanvasView, until: Until
) -> None:
    open_window.actions_by_name["pen pressure"].trigger()
    assert not canvas.state.pen_pressure
    draw(canvas, [(0.15, 0.5, 0.2), (0.6, 0.5, 0.4)])
    assert set(heights(canvas)[10:37]) == {20}
    path = canvas.session.path
    open_window.close_project()
    open_window.open_project(path)
    wait_for_tile(open_window, until)
    assert not canvas_of(open_window).state.pen_pressure


def test_the_eraser_end_erases(canvas: CanvasView) -> None:
    drag(canvas, [(0.1, 0.5), (0.6, 0.5)])
    draw(canvas, [(0.3, 0.5, 1.0), (0.6, 0.5, 1.0)], ERASER)
    assert labels_of(canvas)[32, 8]
    assert not labels_of(canvas)[32, 24:36].any()
    assert [tool for _, tool, _ in canvas.session.strokes(canvas.active.tile_id)] == ["brush", "eraser"]
    draw(canvas, [(0.4, 0.5, 1.0)])
    assert labels_of(canvas)[32, 25] == 1, "the tip paints again"


def test_a_light_touch_still_paints_a_pixel_and_the_mouse_always_presses_fully(canvas: CanvasView) -> None:
    draw(canvas, [(0.3, 0.5, 0.0)])
    assert (labels_of(canvas) != 0).sum() == 1
    drag(canvas, [(0.6, 0.5)])
    assert heights(canvas).max() == 20


def test_what_is_no_painting_is_left_to_qt(canvas: CanvasView) -> None:
    """Hovering, and a tap on another tile: the mouse events that Qt makes of it move the cursor and activate tiles."""
    assert not send(canvas, PEN, QEvent.Type.TabletMove, 0.5, 0.5, 0.0)
    canvas.fit_scene()
    assert not send(canvas, PEN, QEvent.Type.TabletPress, 1.7, 0.5, 1.0)
    assert not canvas.session.painted


def test_a_tap_with_a_tool_of_one_click_is_one_stroke(canvas: CanvasView, until: Until) -> None:
    """Also where it has to wait for the colours: nothing of it is left to Qt then."""
    canvas.tools.choose("fill")
    assert send(canvas, PEN, QEvent.Type.TabletPress, 0.3, 0.5, 1.0)
    waits = canvas.holds_press
    assert send(canvas, PEN, QEvent.Type.TabletRelease, 0.3, 0.5, 0.0) or not waits
    until(lambda: not canvas.holds_press)
    assert len(canvas.session.strokes(canvas.active.tile_id)) == 1


@pytest.mark.parametrize("tool", ["brush", "eraser", "line"])
def test_the_square_brush_by_button_and_key_is_remembered(
    open_window: MainWindow, canvas: CanvasView, until: Until, tool: str
) -> None:
    button = next(b for b in open_window.findChildren(QToolButton) if b.accessibleName() == "Square brush")
    button.click()
    assert canvas.state.brush_shape == "square"
    assert open_window.actions_by_name["square brush"].isChecked()
    if tool == "eraser":
        canvas.session.fill_unlabeled(canvas.active.tile_id, IGNORE)
    before = labels_of(canvas).copy()
    canvas.tools.choose(tool)
    canvas.tools.set_diameter(tool, 10)
    drag(canvas, [(0.3, 0.5), (0.3, 0.5), (0.5, 0.5)])
    ys, xs = np.nonzero(labels_of(canvas) != before)
    assert len(ys) == (np.ptp(ys) + 1) * (np.ptp(xs) + 1), "a straight way of a square is a rectangle"
    assert np.ptp(ys) + 1 == 10
    path = canvas.session.path
    open_window.close_project()
    open_window.open_project(path)
    wait_for_tile(open_window, until)
    assert canvas_of(open_window).state.brush_shape == "square"
    canvas_of(open_window).setFocus()
    QTest.keyClick(canvas_of(open_window), Qt.Key.Key_S, Qt.KeyboardModifier.ShiftModifier)
    assert canvas_of(open_window).state.brush_shape == "round"
