"""The wheel scrolls what scrolls: a field that comes to lie under the mouse meanwhile keeps its value."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QAbstractScrollArea, QAbstractSpinBox, QComboBox, QSlider, QWidget

_FIELDS = (QComboBox, QAbstractSpinBox, QSlider)


class WheelGuard(QObject):
    """Passes the wheel on from fields that have not the focus, as long as `area` has something to scroll."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area)
        self._area = area

    def watch(self, field: QWidget) -> None:
        """Also this one; Qt's fields change with the wheel wherever the focus is."""
        field.installEventFilter(self)

    def watch_all(self) -> None:
        """All fields that are in the area now."""
        for kind in _FIELDS:
            for field in self._area.findChildren(kind):
                self.watch(field)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.Wheel or not isinstance(watched, QWidget) or watched.hasFocus():
            return False
        if self._area.verticalScrollBar().maximum() == 0:
            return False
        event.ignore()  # it goes on to the area
        return True
