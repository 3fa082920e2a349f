"""Python's garbage, collected by the window's thread alone.

Python collects cycles in whichever thread happens to allocate. Some hold widgets, and a widget that a worker's thread
destroys takes the program down with it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QInputEvent
from PySide6.QtWidgets import QApplication

_EVERY_MS = 1000
_REST_MS = 2000


def collect_project(window: QObject, app: QApplication) -> None:
    """Once the project that is just being closed is gone, collect what it leaves."""
    if window.findChild(_AtRest) is None:
        _AtRest(window, app)


class _AtRest(QObject):
    """Waits until mouse and keys have rested, collects all there is, and is gone. Also what was there when torch was
    loaded, which Python has passed over since then (core/learning/runtime.py): to walk through all of that stops the
    window for up to a second."""

    def __init__(self, parent: QObject, app: QApplication) -> None:
        super().__init__(parent)
        self._app = app
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._collect)
        self._rest.start()
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QInputEvent):
            self._rest.start()
        return False

    def _collect(self) -> None:
        self._app.removeEventFilter(self)
        gc.unfreeze()
        gc.collect()
        gc.freeze()
        self.deleteLater()


class Collector(QObject):
    """Does what Python would do by itself, by the same thresholds, once a second at most."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        timer = QTimer(self, interval=_EVERY_MS)
        timer.timeout.connect(self.collect)
        timer.start()

    def collect(self) -> None:
        """Collect the oldest generation that is due, and with it all younger ones."""
        due = [generation for generation, limit in enumerate(gc.get_threshold()) if gc.get_count()[generation] > limit]
        if due:
            gc.collect(due[-1])
