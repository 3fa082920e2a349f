"""Python's garbage, collected by the window's thread alone.

Python collects cycles in whichever thread happens to allocate. Some hold widgets, and a widget that a worker's thread
destroys takes the program down with it.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1000
_GONE_MS = 1000  # after it was closed


def collect_project(window: QObject) -> None:
    """Once the project that is just being closed is gone, collect what it leaves. Also one that was open when torch was
    loaded: Python has passed over all that was there since then (core/learning/runtime.py)."""
    QTimer.singleShot(_GONE_MS, window, _collect_all)


def _collect_all() -> None:
    gc.unfreeze()
    gc.collect()
    gc.freeze()


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
