"""Panels keep their places from start to start, and a dialog finds the middle, though the window gets its size late."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QSettings, QSize, Qt, QTimer
from PySide6.QtWidgets import QApplication, QDockWidget

import gui.docks
from gui.dialogs.new_project import NewProjectDialog
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.core.projects import bring_embeddings
from tests.gui.waiting import run_what_is_due, wait_for_tile, wait_ms, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
OPENS, GETS = QSize(1366, 768), QSize(1900, 1040)  # of the window, before and after the window manager maximises it
NAMES = ("queue", "classes", "layers", "training")


def sizes(window: MainWindow) -> dict[str, QSize]:
    return {name: window.findChild(QDockWidget, f"{name} dock").size() for name in NAMES}


@pytest.fixture
def project(tmp_path: Path, small_project: Path) -> Path:
    bring_embeddings(small_project)
    shutil.copytree(small_project.parent, tmp_path, dirs_exist_ok=True)
    return tmp_path / small_project.name


@pytest.fixture
def start(
    app: QApplication, themes: ThemeKeeper, until: Until, project: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., MainWindow]:
    """Open the window with the project, as `fieldbrush PROJECT` does. The panels do not settle before the window has
    its size, however busy the machine is."""
    QSettings().clear()
    monkeypatch.setattr(gui.docks, "_SETTLED_MS", 600_000)

    def opened(later_ms: int = 15) -> MainWindow:
        window = MainWindow(app, themes)
        window.resize(OPENS)
        window.show()
        window.open_project(project)
        wait_ms(later_ms)
        window.resize(GETS)
        wait_for_tile(window, until)
        run_what_is_due()
        window._docks._settle_soon.start(0)
        wait_until_laid_out(window)
        return window

    return opened


def end(window: MainWindow) -> None:
    window.close()
    window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.mark.parametrize("later_ms", [0, 15, 300])
def test_panels_that_nobody_touches_stay_as_they_are(start: Callable[..., MainWindow], later_ms: int) -> None:
    seen = []
    for _ in range(3):
        window = start(later_ms)
        seen.append(sizes(window))
        end(window)
    assert seen[0] == seen[1] == seen[2]


def test_panels_come_back_as_the_user_has_left_them(start: Callable[..., MainWindow], until: Until) -> None:
    window = start()
    right = [window.findChild(QDockWidget, f"{name} dock") for name in ("classes", "layers", "training")]
    queue = window.findChild(QDockWidget, "queue dock")
    window.resizeDocks(right, [320, 400, 250], Qt.Orientation.Vertical)
    window.resizeDocks([queue], [350], Qt.Orientation.Horizontal)
    until(lambda: queue.width() == 350)
    wait_until_laid_out(window)
    left = sizes(window)
    end(window)
    window = start()
    now = sizes(window)
    end(window)
    assert now["queue"] == left["queue"]
    assert now["training"] == left["training"]


@pytest.mark.parametrize("size", [GETS, QSize(900, 600)])
def test_the_next_project_begins_with_the_queue(start: Callable[..., MainWindow], until: Until, size: QSize) -> None:
    """Of an empty review, which nobody has asked for, a user would not know what to do."""
    window = start()
    for name in ("history dock", "review dock"):
        window.resize(size)
        wait_until_laid_out(window)
        window._docks.raise_(name)
        until(lambda name=name: not window.findChild(QDockWidget, name).visibleRegion().isEmpty())
    end(window)
    window = start()
    window.resize(size)
    until(lambda: not window.findChild(QDockWidget, "queue dock").visibleRegion().isEmpty())
    if size == GETS:
        assert not window.findChild(QDockWidget, "history dock").visibleRegion().isEmpty(), "as it was"
    end(window)


def test_a_window_closed_before_it_has_its_size_keeps_the_layout(
    start: Callable[..., MainWindow], app: QApplication, themes: ThemeKeeper, project: Path
) -> None:
    window = start()
    before = sizes(window)
    end(window)
    hasty = MainWindow(app, themes)
    hasty.resize(OPENS)
    hasty.show()
    hasty.open_project(project)
    run_what_is_due()
    end(hasty)
    window = start()
    after = sizes(window)
    end(window)
    assert after == before


def test_the_new_project_waits_for_the_window_over_which_it_is_centred(
    app: QApplication, themes: ThemeKeeper, until: Until, project: Path
) -> None:
    """As `fieldbrush FILE` opens it, when the window is not on the screen yet."""
    places: list[tuple[QPoint, QPoint]] = []

    def look() -> None:
        dialog = app.activeModalWidget()
        if isinstance(dialog, NewProjectDialog):
            places.append((dialog.frameGeometry().center(), window.frameGeometry().center()))
            dialog.reject()
        else:
            QTimer.singleShot(10, look)

    window = MainWindow(app, themes)
    window.resize(200, 200)
    window.show()
    QTimer.singleShot(10, look)
    window.open_paths([project.with_name("north.tif")])
    window.setGeometry(100, 200, 700, 500)  # as the window manager does, before it shows the window
    until(lambda: places)
    end(window)
    dialog, middle = places[0]
    assert (dialog - middle).manhattanLength() < 60
