"""Ctrl+C in the terminal that the window was started from, a shutdown, a closed terminal: the program ends in order.

Python calls a signal's handler between two of its own instructions, which are far apart while Qt waits; and what is
raised there would cross Qt's code, which no exception survives. So the handler raises nothing, and Qt is woken by the
byte that Python writes into a socket for every signal.
"""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QCoreApplication, QObject, QSocketNotifier, QTimer

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP")


class EndSignals(QObject):
    """From now until `close`, each of these signals makes `app.exec()` return 128 + its number, as a shell counts."""

    def __init__(self, app: QCoreApplication) -> None:
        super().__init__(app)
        self._app = app
        self._read, self._write = socket.socketpair()
        for end in (self._read, self._write):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._read.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._woken)
        self._woken_before = signal.set_wakeup_fd(self._write.fileno(), warn_on_full_buffer=False)
        numbers = [getattr(signal, name) for name in _NAMES if hasattr(signal, name)]
        heeded = [number for number in numbers if signal.getsignal(number) is not signal.SIG_IGN]  # not below nohup
        self._before = {number: signal.signal(number, self._heard) for number in heeded}

    def close(self) -> None:
        """What a signal did before, it does again."""
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._woken_before)
        self._notifier.setEnabled(False)
        self._read.close()
        self._write.close()

    def _woken(self) -> None:
        """By now Python has called the handler."""
        self._read.recv(4096)

    def _heard(self, number: int, frame: FrameType | None) -> None:
        QTimer.singleShot(0, self, lambda: self._app.exit(128 + number))  # also where `exec` has not begun
