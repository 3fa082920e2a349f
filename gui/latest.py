"""Of a stream of events, such as the cursor's places, only the newest, a few times a second."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

EVERY_MS = 40  # text that changes faster nobody can read, and each change lays the window out anew


class Latest(QObject):
    """Call it as often as events come: `act` hears the newest arguments, at most every 40 ms and 40 ms late."""

    def __init__(self, act: Callable[..., None], parent: QObject) -> None:
        super().__init__(parent)
        self._act = act
        self._arguments: tuple[object, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._pass_on)

    def __call__(self, *arguments: object) -> None:
        self._arguments = arguments
        if not self._timer.isActive():
            self._timer.start()

    def drop(self) -> None:
        """What was said last is no longer true."""
        self._timer.stop()

    def _pass_on(self) -> None:
        self._act(*self._arguments)
