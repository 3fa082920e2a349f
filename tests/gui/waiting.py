"""Waiting in a test while the program goes on."""

from __future__ import annotations

import time

from PySide6.QtCore import QCoreApplication


def wait_ms(duration: float) -> None:
    """Run the event loop so long. Not QTest.qWait: it keeps Python's lock while it sleeps, and the program's own
    threads stand still."""
    end = time.monotonic() + duration / 1000
    while True:
        QCoreApplication.processEvents()
        left = end - time.monotonic()
        if left <= 0:
            return
        time.sleep(min(left, 0.005))
