"""A trained model that the disk has no room for: said as long as it waits, and when it is lost."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from core.learning.settings import TrainingSettings
from core.session import Session
from gui.main_window import MainWindow
from tests.core.projects import dot, opened
from tests.gui.waiting import wait_until_at_rest, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
QUICK = TrainingSettings(max_steps=2, crop_px=32, batch_size=2, threads=1)


@pytest.fixture
def unsaved(open_window: MainWindow, until: Until) -> MainWindow:
    """The window with a model that could not be saved."""
    session = session_of(open_window)
    for number, tile_id in enumerate(sorted(session.tiles)[:2]):
        dot(session, tile_id, 20, 20, 1 + number, 30)
    pages = session._store.query("PRAGMA page_count")[0][0]
    set_room(session, pages + 20)
    job = session.train(QUICK)
    until(lambda: job.is_settled)
    wait_until_at_rest(open_window, until)
    return open_window


def session_of(window: MainWindow) -> Session:
    assert window.workspace is not None
    return window.workspace.session


def set_room(session: Session, pages: int = 1_000_000) -> None:
    session._store._connection.execute(f"PRAGMA max_page_count={pages}")


def stored_model(project: Path) -> int | None:
    with opened(project) as session:
        stored = session.leading.stored()
    return None if stored is None else stored[0]


def answer(words: str, heard: list[str]) -> None:
    """Press this button of the question that comes."""
    box = QApplication.activeModalWidget()
    if not isinstance(box, QMessageBox):
        QTimer.singleShot(10, lambda: answer(words, heard))
        return
    heard.append(box.text())
    next(button for button in box.buttons() if button.text() == words).click()


def test_the_status_bar_says_so_until_it_is_saved(unsaved: MainWindow, until: Until) -> None:
    session, said = session_of(unsaved), unsaved._status._work
    waits = "Model 1 is not saved yet: The disk is full"
    assert said.text().startswith(waits)
    assert unsaved.workspace.notices.text.startswith(waits)
    unsaved.actions_by_name["save"].trigger()
    assert unsaved.workspace.notices.text.startswith(waits), "Ctrl+S has tried it"
    set_room(session)
    dot(session, min(session.tiles), 40, 40, 1, 5)
    until(lambda: said.text() == "Ready. All work is saved.")
    unsaved.actions_by_name["save"].trigger()
    assert unsaved.workspace.notices.text.startswith("Already saved")
    unsaved.close_project()
    assert stored_model(session.path) == 1


def test_ctrl_s_saves_it_where_there_is_room_now(unsaved: MainWindow, until: Until) -> None:
    set_room(session_of(unsaved))
    unsaved.actions_by_name["save"].trigger()
    assert unsaved.workspace.notices.text.startswith("Already saved")
    until(lambda: unsaved._status._work.text() == "Ready. All work is saved.")


def test_closing_saves_it_where_there_is_room_now(unsaved: MainWindow) -> None:
    project = session_of(unsaved).path
    set_room(session_of(unsaved))
    unsaved.actions_by_name["close"].trigger()
    assert unsaved.workspace is None
    assert not unsaved.start_notices.isVisible()
    assert stored_model(project) == 1


def test_whoever_would_lose_it_on_closing_is_asked(unsaved: MainWindow) -> None:
    heard: list[str] = []
    QTimer.singleShot(0, lambda: answer("Keep the project open", heard))
    assert not unsaved.close()
    assert unsaved.isVisible()
    project = session_of(unsaved).path
    QTimer.singleShot(0, lambda: answer("Close without the model", heard))
    unsaved.actions_by_name["close"].trigger()
    wait_until_laid_out(unsaved)
    assert len(heard) == 2
    assert heard[0].startswith("Model 1 is not saved yet: The disk is full")
    assert unsaved.start_notices.text.startswith("Model 1 could not be saved and is lost: The disk is full")
    assert stored_model(project) is None
