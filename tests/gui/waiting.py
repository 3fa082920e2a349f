"""Waiting in a test while the program goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication

from gui.canvas.scene_view import SceneView
from gui.main_window import MainWindow


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


def wait_for_picture(view: SceneView, until: Callable[[Callable[[], object]], None]) -> None:
    """Until the view shows all of what it has to show now: neither the stretch nor a block of it is missing."""
    until(lambda: view.repaint() or view.is_complete())


def wait_for_tile(window: MainWindow, until: Callable[[Callable[[], object]], None]) -> None:
    """Until the project that was opened shows the Tile that the first ranking brings: from then on nothing but the
    test moves the view."""
    until(lambda: window.workspace is not None and window.workspace.canvas.active is not None)
    assert window.workspace is not None
    session = window.workspace.session
    until(lambda: session.ranking or not session.queue())
