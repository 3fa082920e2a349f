"""The only crossing from background threads to Qt: an arrival in the session's inbox wakes the window's event loop."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal

from core.events import Inbox


class Bridge(QObject):
    """Runs what arrives in `inbox` on the window's thread, until `detach()`."""

    _woken = Signal()

    def __init__(self, inbox: Inbox, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._inbox: Inbox | None = inbox
        self._woken.connect(self._run_waiting, Qt.ConnectionType.QueuedConnection)
        inbox.wake = self._woken.emit

    def detach(self) -> None:
        if self._inbox is not None:
            self._inbox.wake = lambda: None
            self._inbox = None

    def _run_waiting(self) -> None:
        if self._inbox is not None:
            self._inbox.run_waiting()
