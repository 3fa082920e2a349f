"""What the status bar says, and how it is read."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QWidget

from core.jobs import JobContext, Priority
from core.text import text
from gui.main_window import MainWindow
from gui.status import StatusBar, remaining
from tests.core.projects import make_project, write_scene
from tests.gui.waiting import wait_for_tile

Until = Callable[[Callable[[], object]], None]


def test_what_runs_and_how_long_is_one_sentence(open_window: MainWindow, until: Until) -> None:
    bar = open_window._status
    until(lambda: not open_window.workspace.session.work_under_way())
    job = open_window.workspace.session.background.run(text("Training"), _rest, Priority.TRAINING, "resting")
    until(lambda: bar._shown is job and bar._left.text() and bar._left.width() == bar._left.sizeHint().width())
    ends = bar._work.mapTo(bar, QPoint(bar._work.fontMetrics().horizontalAdvance(bar._work.text()), 0)).x()
    assert 0 < bar._left.mapTo(bar, QPoint()).x() - ends <= 6
    job.cancel()
    until(lambda: job.is_settled)


def test_in_a_narrow_window_the_place_makes_way_for_what_runs(open_window: MainWindow, until: Until) -> None:
    session, window = open_window.workspace.session, QWidget()
    until(lambda: not session.work_under_way())
    bar = StatusBar(window)
    bar.attach(session, open_window.workspace.canvas)
    bar.resize(683, bar.sizeHint().height())
    window.show()
    assert not bar._place.isHidden()
    job = session.background.run(text("Exporting predictions"), _rest, Priority.TRAINING, "resting")
    until(lambda: bar._shown is job)
    assert bar._place.isHidden()
    job.cancel()
    until(lambda: job.is_settled)
    until(lambda: not bar._place.isHidden())
    bar.detach()


def _rest(context: JobContext) -> None:
    """Work that knows how far it is, and goes on until it is cancelled."""
    for done in range(1, 10_000):
        context.report(done, 10_000)
        context.check()
        time.sleep(0.02)


def test_what_is_nearly_ready_is_not_said_to_take_no_time() -> None:
    assert remaining(0.2) == "1 s left"
    assert remaining(12.4) == "12 s left"


def test_a_map_in_degrees_is_told_as_exactly_as_one_in_metres(window: MainWindow, until: Until, tmp_path: Path) -> None:
    degrees = {"crs": "EPSG:4326", "transform": (0.0001, 0, 5.85, 0, -0.0001, 48.1)}
    window.open_project(make_project(tmp_path, [write_scene(tmp_path / "a.tif", **degrees)]))
    wait_for_tile(window, until)
    window._status._show_place(12.0, 34.0)
    assert "5.85120  48.09660" in window._status._place.text()


def test_nothing_overlaps_in_a_tiny_window(open_window: MainWindow, until: Until) -> None:
    window, workspace = QWidget(), open_window.workspace
    session = workspace.session
    until(lambda: not session.work_under_way())
    bar = StatusBar(window)
    bar.attach(session, workspace.canvas)
    bar.resize(417, bar.sizeHint().height())
    window.show()
    job = session.background.run(text("Training"), _rest, Priority.TRAINING, "resting")
    workspace.canvas.cursor_moved.emit(100_000.0, 100_000.0)
    shown: list[QWidget] = [bar._work, bar._left, bar._bar, bar._zoom]
    until(lambda: bar._shown is job and all(widget.isVisible() for widget in shown))
    until(lambda: bar._left.width() >= bar._left.sizeHint().width())
    shown += [widget for widget in (bar._place, bar._degrees) if widget.isVisible()]
    places = [QRect(widget.mapTo(bar, QPoint()), widget.size()) for widget in shown]
    assert all(bar.rect().contains(place) for place in places), places
    assert not any(a.intersects(b) for number, a in enumerate(places) for b in places[number + 1 :]), places
    job.cancel()
    until(lambda: job.is_settled)
    bar.detach()
    window.deleteLater()
