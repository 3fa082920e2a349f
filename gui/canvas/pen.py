"""A pen on a tablet as the mouse: the same gestures, with pressure, and an end that erases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_AS_MOUSE = {
    QEvent.Type.TabletPress: QEvent.Type.MouseButtonPress,
    QEvent.Type.TabletMove: QEvent.Type.MouseMove,
    QEvent.Type.TabletRelease: QEvent.Type.MouseButtonRelease,
}


class Pen:
    """Paints on the canvas as the mouse does. What is no painting is left to Qt, which makes mouse events of it."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self.pressure = 1.0  # 0…1, while one of the pen's events is looked at; 1 for the mouse

    def act(self, event: QTabletEvent) -> None:
        """Do what the pen's event means on the canvas."""
        canvas, mouse = self._canvas, _as_mouse_event(event)
        self.pressure = event.pressure() if canvas.state.pen_pressure else 1.0
        is_press = mouse.type() == QEvent.Type.MouseButtonPress
        begins = is_press and not canvas.hand.is_open and canvas.near_active(mouse.position())
        goes_on = canvas.tool.is_busy or canvas.holds_press
        event.setAccepted(goes_on or (begins and canvas.tool.paints))
        if event.isAccepted() and begins:
            canvas.mousePressEvent(mouse)
        elif event.isAccepted() and mouse.type() == QEvent.Type.MouseMove:
            canvas.mouseMoveEvent(mouse)
        elif event.isAccepted():
            canvas.mouseReleaseEvent(mouse)
        self.pressure = 1.0


def _as_mouse_event(event: QTabletEvent) -> QMouseEvent:
    """What the mouse would have said; the tip is the left button, the eraser end the right one, which erases."""
    erases = event.pointerType() == QPointingDevice.PointerType.Eraser
    button, buttons = event.button(), event.buttons()
    if erases:
        button, buttons = _right(button), _right(buttons)
    return QMouseEvent(
        _AS_MOUSE[event.type()], event.position(), event.globalPosition(), button, buttons, event.modifiers()
    )


def _right(buttons: Qt.MouseButton) -> Qt.MouseButton:
    """The same with the right button in place of the left one."""
    left = Qt.MouseButton.LeftButton
    return (buttons & ~left) | Qt.MouseButton.RightButton if buttons & left else buttons
