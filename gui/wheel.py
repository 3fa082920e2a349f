"""The wheel scrolls what scrolls: a field that comes to lie under the mouse meanwhile keeps its value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSpinBox, QApplication, QComboBox, QSlider, QWidget

_FIELDS = (QComboBox, QAbstractSpinBox, QSlider)


class WheelGuard(QObject):
    """Of all fields of the program, wherever they are made: the wheel changes the one that has the focus, where nothing
    round it scrolls. Qt would change whatever lies under the mouse, and give it the focus before."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()  # all events of the program come by
        if kind == QEvent.Type.Wheel and isinstance(watched, _FIELDS) and not _takes_wheel(watched):
            event.ignore()  # it goes on to what the field is in
            return True
        if kind == QEvent.Type.Polish and isinstance(watched, _FIELDS):  # it is about to be shown
            watched.setFocusPolicy(watched.focusPolicy() & Qt.FocusPolicy.StrongFocus)
        return False


def _takes_wheel(field: QWidget) -> bool:
    """It is in hand, and in nothing that has more to show than it has room for."""
    if not field.hasFocus():
        return False
    part: QWidget | None = field
    while part is not None and not (isinstance(part, QAbstractScrollArea) and part.verticalScrollBar().maximum() > 0):
        part = None if part.isWindow() else part.parentWidget()
    return part is None
