"""Waiting in a test while the program goes on."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QRect
from PySide6.QtWidgets import QWidget

from gui.canvas.scene_view import SceneView
from gui.main_window import MainWindow

# Of the event loop: each may only begin what the next one ends. They last 50 ms at least, longer than any timer that a
# layout waits for.
_PASSES = 10
_PASS_MS = 5
_PATIENCE_S = 180.0


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


def run_what_is_due() -> None:
    """What has been set going is done, and what that sets going in its turn. A time alone could be over on a busy
    machine before anything has run."""
    for _ in range(_PASSES):
        wait_ms(_PASS_MS)


def wait_until_laid_out(window: QWidget) -> None:
    """Until the panels of a main window have found their heights, and nothing in the window has moved for some passes
    of the event loop."""
    end = time.monotonic() + _PATIENCE_S
    before, still = None, 0
    while still < _PASSES:
        assert time.monotonic() < end, "the window does not come to rest"
        wait_ms(_PASS_MS)
        now = _places(window)
        has_come_to_rest = now == before and (not isinstance(window, MainWindow) or window._docks.is_settled)
        before, still = now, still + 1 if has_come_to_rest else 0


def _places(window: QWidget) -> list[tuple[bool, QRect]]:
    return [(widget.isVisible(), widget.geometry()) for widget in (window, *window.findChildren(QWidget))]


def wait_for_picture(view: SceneView, until: Callable[[Callable[[], object]], None]) -> None:
    """Until the view shows all of what it has to show now: neither the stretch nor a block of it is missing."""
    until(lambda: view.repaint() or view.is_complete())


def wait_for_tile(window: MainWindow, until: Callable[[Callable[[], object]], None]) -> None:
    """Until the project that was opened shows the Tile that the first ranking brings: from then on nothing but the
    test moves the view."""
    until(lambda: window.workspace is not None and window.workspace.canvas.active is not None)
    assert window.workspace is not None
    session, canvas = window.workspace.session, window.workspace.canvas
    until(lambda: session.ranking or not session.queue())
    tile = canvas.active_tile
    assert tile is not None
    until(lambda: all(job.state.is_final for job in tile.reads()))  # a press need not be held up


def wait_until_at_rest(window: MainWindow, until: Callable[[Callable[[], object]], None]) -> None:
    """Until the open project has nothing more to do by itself: it is laid out and drawn, and nothing is being read or
    computed, nor about to be. From then on all that changes comes from the test."""
    assert window.workspace is not None
    workspace = window.workspace
    session, canvas, ahead = workspace.session, workspace.canvas, workspace.canvas.ahead

    def rests() -> bool:
        is_busy = session.compute.active() or session.readers.active() or session._background._pending
        is_about_to = ahead._begin_soon.isActive() or ahead._next_mask.isActive() or not window._docks.is_settled
        return not (is_busy or is_about_to) and canvas.is_complete()

    def rests_still() -> bool:
        """What has ended may not have been told yet, and may begin something new."""
        if not rests():
            return False
        run_what_is_due()
        return rests()

    until(rests_still)
