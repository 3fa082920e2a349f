"""Moving about on the canvas without a mouse's wheel: touchpad, arrow keys, plus and minus."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QInputDevice, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.geometry import Rect
from gui.canvas.scene_view import SceneView
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from tests.gui.test_canvas import NONE, canvas_of
from tests.gui.test_tile_list import workspace_of
from tests.gui.waiting import wait_for_picture

Until = Callable[[Callable[[], object]], None]
CTRL = Qt.KeyboardModifier.ControlModifier
AT = QPointF(200, 150)


def touchpad() -> QPointingDevice:
    return QPointingDevice(
        "touchpad", 77, QInputDevice.DeviceType.TouchPad, QPointingDevice.PointerType.Finger,
        QInputDevice.Capability.Position | QInputDevice.Capability.PixelScroll, 5, 3,
    )  # fmt: skip


def wheel(
    canvas: CanvasView, pixels: QPoint, angle: QPoint, phase: Qt.ScrollPhase, modifiers: Qt.KeyboardModifier = NONE,
    device: QPointingDevice | None = None,
) -> None:  # fmt: skip
    given = (AT, canvas.mapToGlobal(AT), pixels, angle, Qt.MouseButton.NoButton, modifiers, phase, False)
    source = Qt.MouseEventSource.MouseEventNotSynthesized
    event = QWheelEvent(*given) if device is None else QWheelEvent(*given, source, device)
    QApplication.sendEvent(canvas, event)


def pinch(
    canvas: CanvasView, value: float, kind: Qt.NativeGestureType = Qt.NativeGestureType.ZoomNativeGesture
) -> None:
    event = QNativeGestureEvent(kind, touchpad(), 2, AT, AT, canvas.mapToGlobal(AT), value, QPointF())
    QApplication.sendEvent(canvas, event)


def test_two_fingers_move_the_scene(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    scale, before = canvas.viewport.scale, canvas.viewport.to_scene(AT)
    wheel(canvas, QPoint(30, -20), QPoint(60, -40), Qt.ScrollPhase.ScrollUpdate)
    assert canvas.viewport.scale == scale
    moved = canvas.viewport.to_scene(AT + QPointF(30, -20))
    assert moved == pytest.approx(before), "the scene does not follow the fingers"
    wheel(canvas, QPoint(), QPoint(0, -120), Qt.ScrollPhase.NoScrollPhase, device=touchpad())
    assert canvas.viewport.scale == scale, "a touchpad that counts in steps moves the scene too"
    assert canvas.viewport.to_scene(AT)[1] > before[1]


def test_a_mouse_wheel_zooms_even_where_it_reports_pixels(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    scale = canvas.viewport.scale
    wheel(canvas, QPoint(0, 15), QPoint(0, 120), Qt.ScrollPhase.NoScrollPhase)  # as X11 does for many mice
    assert canvas.viewport.scale == pytest.approx(scale * 1.25)


def test_two_fingers_with_ctrl_zoom(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    scale = canvas.viewport.scale
    wheel(canvas, QPoint(0, 40), QPoint(0, 120), Qt.ScrollPhase.ScrollUpdate, CTRL)
    assert canvas.viewport.scale == pytest.approx(scale * 1.25)


def test_fine_steps_of_a_wheel_add_up_to_a_size(open_window: MainWindow) -> None:
    """A touchpad also reports that fingers came down and went up, which is no step."""
    canvas = canvas_of(open_window)
    canvas.tools.set_diameter("brush", 10)

    def turn(angle: int) -> int:
        shift = Qt.KeyboardModifier.ShiftModifier
        wheel(canvas, QPoint(), QPoint(0, angle), Qt.ScrollPhase.ScrollUpdate, shift)
        return canvas.state.diameters["brush"]

    assert turn(0) == 10
    assert [turn(30) for _ in range(4)] == [10, 10, 10, 12]
    assert turn(120) == 14


def test_a_pinch_zooms_where_the_fingers_are(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    scale, before = canvas.viewport.scale, canvas.viewport.to_scene(AT)
    pinch(canvas, 0.1)
    assert canvas.viewport.scale == pytest.approx(scale * 1.1)
    assert canvas.viewport.to_scene(AT) == pytest.approx(before)
    pinch(canvas, -2.0)  # never through zero
    assert 0 < canvas.viewport.scale < scale
    now = canvas.viewport
    pinch(canvas, 0.4, Qt.NativeGestureType.RotateNativeGesture)
    assert canvas.viewport == now


@pytest.mark.parametrize(
    ("key", "direction"),
    [(Qt.Key.Key_Left, (-1, 0)), (Qt.Key.Key_Right, (1, 0)), (Qt.Key.Key_Up, (0, -1)), (Qt.Key.Key_Down, (0, 1))],
)
def test_arrow_keys_move_the_view(open_window: MainWindow, key: Qt.Key, direction: tuple[int, int]) -> None:
    canvas = canvas_of(open_window)
    canvas.setFocus()
    x, y = canvas.middle()
    QTest.keyClick(canvas, key)
    moved_x, moved_y = canvas.middle()
    assert (moved_x - x > 0, moved_x - x < 0) == (direction[0] > 0, direction[0] < 0)
    assert (moved_y - y > 0, moved_y - y < 0) == (direction[1] > 0, direction[1] < 0)


@pytest.mark.parametrize(
    ("key", "closer"), [(Qt.Key.Key_Plus, True), (Qt.Key.Key_Equal, True), (Qt.Key.Key_Minus, False)]
)
def test_plus_and_minus_zoom_round_the_middle(open_window: MainWindow, key: Qt.Key, closer: bool) -> None:
    canvas = canvas_of(open_window)
    canvas.setFocus()
    scale, middle = canvas.viewport.scale, canvas.middle()
    QTest.keyClick(canvas, key)
    assert (canvas.viewport.scale > scale) is closer
    assert canvas.middle() == pytest.approx(middle)


@pytest.mark.parametrize(
    ("key", "modifiers"),
    [
        (Qt.Key.Key_D, NONE),
        (Qt.Key.Key_K, NONE),
        (Qt.Key.Key_Left, NONE),
        (Qt.Key.Key_0, CTRL),
        (Qt.Key.Key_Plus, NONE),
    ],
)
@pytest.mark.parametrize("beside", [False, True], ids=["canvas", "linked view"])
def test_position_and_values_are_those_under_the_resting_cursor(
    open_window: MainWindow, until: Until, key: Qt.Key, modifiers: Qt.KeyboardModifier, beside: bool
) -> None:
    workspace, canvas = workspace_of(open_window), canvas_of(open_window)
    workspace.panel_wanted.emit("inspector dock")
    if beside:
        open_window.actions_by_name["two panes"].trigger()
    view: SceneView = next(v for v in workspace.viewing.panes.further if v.isVisible()) if beside else canvas
    wait_for_picture(view, until)
    at = view.rect().center() + QPoint(60, 40)
    for rest in (at + QPoint(5, 5), at):  # the mouse may have been there in the test before
        QTest.mouseMove(view, rest)
    until(lambda: told(open_window) == under(view, at))
    before = under(view, at)
    QTest.keyClick(view, key, modifiers)
    assert under(view, at) != before
    until(lambda: told(open_window) == under(view, at))


def test_what_is_painted_under_the_resting_cursor_is_told(open_window: MainWindow, until: Until) -> None:
    workspace, canvas = workspace_of(open_window), canvas_of(open_window)
    for offset in (5, 0):
        QTest.mouseMove(canvas, canvas.rect().center() + QPoint(offset, offset))
    workspace.panel_wanted.emit("inspector dock")
    until(lambda: workspace.inspector._values[0].text() != "–")
    assert workspace.inspector._label.text() == "–"
    open_window.actions_by_name["fill unlabeled"].trigger()
    until(lambda: workspace.inspector._label.text() == "healthy")


def test_values_that_follow_the_cursor_do_not_lay_the_window_out(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That takes far longer than a step of the brush, and comes with every other one."""
    workspace, canvas = workspace_of(open_window), canvas_of(open_window)
    workspace.panel_wanted.emit("inspector dock")
    QTest.mouseMove(canvas, canvas.rect().center() + QPoint(60, 40))
    until(lambda: workspace.inspector._values[0].text() != "–")
    laid_out: list[QEvent.Type] = []
    handle = open_window.event

    def event(event: QEvent) -> bool:
        if event.type() == QEvent.Type.LayoutRequest:
            laid_out.append(event.type())
        return handle(event)

    monkeypatch.setattr(open_window, "event", event)
    before = [value.text() for value in workspace.inspector._values]
    QTest.mouseMove(canvas, canvas.rect().center() - QPoint(60, 40))
    until(lambda: [value.text() for value in workspace.inspector._values] != before)
    QApplication.processEvents()
    assert not laid_out
    workspace.inspector._add_row("more")
    until(lambda: laid_out)  # what needs other room still asks for it


def under(view: SceneView, at: QPoint) -> tuple[str, list[str]]:
    """The pixel at a widget position, and its values."""
    x, y = (math.floor(value) for value in view.viewport.to_scene(at.toPointF()))
    scene = view.session.scene_files.open(view.scene_id)
    if not Rect(0, 0, scene.info.width, scene.info.height).contains(x, y):
        return f"pixel {x}, {y}", ["–"] * len(view.session.interpretation.bands)
    values = scene.read(Rect(x, y, 1, 1)).values[:, 0, 0].tolist()
    return f"pixel {x}, {y}", [f"{value:g}" for value in values]


def told(window: MainWindow) -> tuple[str, list[str]]:
    """What the status bar and the panel say."""
    values = [label.text().removesuffix(" (nodata)") for label in workspace_of(window).inspector._values]
    return window._status._place.text().split("   ")[0], values
