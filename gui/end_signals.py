"""Ctrl+C in the terminal that the window was started from, a shutdown, a closed terminal: the program ends in order.

Python calls a signal's handler between two of its own instructions, which are far apart while Qt waits: so it is given
one now and then. And what a handler raises would cross Qt's code, which no exception survives: so it raises nothing.
"""

from __future__ import annotations

import signal
from types import FrameType

from PySide6.QtCore import QCoreApplication, QTimer

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
_LOOK_MS = 300


class EndSignals(QTimer):
    """From now until `close`, each of these signals makes `app.exec()` return 128 + its number, as a shell counts."""

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._app = app
        self.timeout.connect(self._look)
        self.start(_LOOK_MS)
        self._heard: int | None = None
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # not below nohup
        self._before = {number: signal.signal(number, self._hear) for number in heeded}

    def close(self) -> None:
        """What a signal did before, it does again."""
        self.stop()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, number: int, frame: FrameType | None) -> None:
        self._heard = number

    def _look(self) -> None:
        if self._heard is not None:
            self._app.exit(128 + self._heard)
