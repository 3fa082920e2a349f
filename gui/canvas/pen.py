"""A pen on a tablet as the mouse: the same gestures, with pressure, and an end that erases."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QMouseEvent, QPointingDevice, QTabletEvent

_AS_MOUSE = {
    QEvent.Type.TabletPress: QEvent.Type.MouseButtonPress,
    QEvent.Type.TabletMove: QEvent.Type.MouseMove,
    QEvent.Type.TabletRelease: QEvent.Type.MouseButtonRelease,
}


def as_mouse_event(event: QTabletEvent) -> QMouseEvent:
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
