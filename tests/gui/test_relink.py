"""Scenes that have moved, and the window that asks for them."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMessageBox, QProgressDialog, QPushButton, QWidget

from core.errors import SceneError
from core.project import moved_scenes
from gui import file_dialogs
from gui.app import Reporter
from gui.dialogs import relink
from gui.dialogs.waiting import wait_for
from gui.main_window import MainWindow
from tests.core.projects import make_project, opened, write_scene
from tests.gui.finding import button
from tests.gui.waiting import run_what_is_due


def project_without_scene(folder: Path, moved_to: Path) -> Path:
    """A project whose only scene is not where it was."""
    scene = write_scene(folder / "s.tif")
    project = make_project(folder, [scene])
    moved_to.parent.mkdir()
    scene.rename(moved_to)
    return project


def test_a_folder_that_cannot_be_read_is_said_and_asked_for_again(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drive is unplugged while its folder is chosen."""
    moved = tmp_path / "moved" / "s.tif"
    project = project_without_scene(tmp_path, moved)
    answers = iter([tmp_path / "gone", moved.parent])
    said: list[str] = []
    monkeypatch.setattr(relink, "_wants_to_search", lambda *_: True)
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(next(answers)))
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, sentence: said.append(sentence))
    with opened(project) as session:
        relink.offer_relink(session, QWidget())
        assert session.scene_files.missing() == []
    assert len(said) == 1
    assert "gone cannot be read" in said[0]


def test_a_folder_without_the_scene_is_named_before_another_is_asked_for(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "moved" / "s.tif"
    project = project_without_scene(tmp_path, moved)
    june = write_scene(tmp_path / "flights of June" / "s.tif", seed=9).parent
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        wanted = "Choose the folder…" if len(asked) == 1 else "Not now"
        next(button for button in box.buttons() if button.text() == wanted).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(june))
    with opened(project) as session:
        relink.offer_relink(session, QWidget())
    assert "flights of June" not in asked[0]
    assert asked[1].startswith("No file in “flights of June” has the content of those")


def test_a_wait_that_is_over_at_once_leaves_no_dialog(app: QApplication) -> None:
    parent = QWidget()
    parent.show()
    assert wait_for(parent, "a title", "words", lambda _: 5).result == 5
    run_what_is_due()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert parent.findChildren(QProgressDialog) == []


def test_an_error_that_nobody_foresaw_in_a_wait_reaches_the_reporter_with_its_traceback_and_shows_one_box(
    app: QApplication, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in (sys, threading):
        monkeypatch.setattr(module, "excepthook", module.excepthook)  # as it was, after the test
    boxes: list[str] = []

    def shown(box: QMessageBox) -> int:
        boxes.append(box.informativeText())
        return 0

    monkeypatch.setattr(QMessageBox, "exec", shown)
    monkeypatch.setattr(QMessageBox, "warning", lambda *words: boxes.append(words[-1]))
    parent, reporter = QWidget(), Reporter()
    reporter.install()

    def fail_oddly(_: object) -> int:
        return {}["a band"]

    assert wait_for(parent, "a title", "words", fail_oddly).result is None
    run_what_is_due()
    assert len(boxes) == 1
    assert boxes[0].endswith("KeyError: 'a band'")
    assert "in fail_oddly" in capsys.readouterr().err


def test_who_cancels_a_wait_sees_the_window_go_on_until_the_work_has_ended(app: QApplication) -> None:
    """From one checkpoint to the next it may be seconds."""
    parent, seen = QWidget(), Event()
    parent.show()

    def cancel() -> None:
        QTimer.singleShot(50, seen.set)
        parent.findChild(QProgressDialog).cancel()

    QTimer.singleShot(300, cancel)
    job = wait_for(parent, "a title", "words", lambda _: seen.wait(20))
    assert job.result is True, "a timer of the window has run while the work went on"
    assert QApplication.overrideCursor() is None


@pytest.mark.parametrize("end", ["cancel", "the desktop's session"])
def test_a_search_that_takes_long_can_be_ended(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    """Somebody shows a whole drive."""
    moved = tmp_path / "moved" / "s.tif"
    project = project_without_scene(tmp_path, moved)
    questions: list[object] = []

    def endless(_folder: object) -> Iterator[Path]:
        while True:
            time.sleep(0.001)
            yield moved

    def give_up() -> None:
        dialog = QApplication.activeModalWidget()
        if not isinstance(dialog, QProgressDialog) or dialog.maximum() > 0:  # 0: nobody knows how much there is
            QTimer.singleShot(10, give_up)
            return
        if end == "cancel":
            dialog.findChild(QPushButton).click()
        else:
            QApplication.closeAllWindows()

    monkeypatch.setattr(moved_scenes, "files_below", endless)
    monkeypatch.setattr(relink, "_wants_to_search", lambda *_: questions.append(1) or len(questions) == 1)
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(tmp_path))
    with opened(project) as session:
        QTimer.singleShot(0, give_up)
        relink.offer_relink(session, QWidget())
        assert len(session.scene_files.missing()) == 1
    assert len(questions) == 1


def test_the_end_of_the_desktops_session_while_scenes_are_asked_for(
    window: MainWindow, until: Callable[[Callable[[], object]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It closes the question and the window below it, before the window that asked hears of the answer."""
    scene = write_scene(tmp_path / "s.tif")
    project = make_project(tmp_path, [scene])
    scene.unlink()
    unexpected: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda _kind, error, _trace: unexpected.append(error))

    def close_all() -> None:
        if isinstance(QApplication.activeModalWidget(), QMessageBox):
            QApplication.closeAllWindows()
        else:
            QTimer.singleShot(10, close_all)

    window.open_project(project)
    QTimer.singleShot(0, close_all)
    until(lambda: window.workspace is None)
    run_what_is_due()
    assert unexpected == []


def test_who_said_not_now_can_show_the_folder_later(
    window: MainWindow, until: Callable[[Callable[[], object]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = tmp_path / "moved" / "s.tif"
    project = project_without_scene(tmp_path, moved)
    answers = iter([False, True])
    monkeypatch.setattr(relink, "_wants_to_search", lambda *_: next(answers))
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(moved.parent))
    window.open_project(project)
    workspace = window.workspace
    assert workspace is not None
    until(lambda: "s.tif was not found" in workspace.notices.text)
    QTest.mouseClick(workspace.canvas, Qt.MouseButton.LeftButton)
    assert "s.tif was not found" in workspace.notices.text, "there is no tile to double-click"
    window.workspace.step_back()
    window.actions_by_name["next"].trigger()
    assert "s.tif was not found" in workspace.notices.text
    QTest.mouseClick(button(workspace.notices, "Choose the folder…"), Qt.MouseButton.LeftButton)
    assert workspace.session.scene_files.missing() == []
    assert workspace.canvas.active is not None
    until(lambda: workspace.session.pool is not None and workspace.session.ranking)
    assert workspace.notices.text == ""


def test_a_scene_on_the_screen_is_read_where_it_is_now(
    open_window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is renamed while it is shown."""
    workspace = open_window.workspace
    assert workspace is not None
    session, canvas = workspace.session, workspace.canvas
    before = canvas.active.tile_id
    scene = Path(session.scenes[canvas.scene_id].path)
    (tmp_path / "moved").mkdir()
    scene.rename(tmp_path / "moved" / scene.name)
    answers = iter([True])
    monkeypatch.setattr(relink, "_wants_to_search", lambda *_: next(answers))
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(tmp_path / "moved"))
    canvas.failed.emit(SceneError("{name} is gone.", "Check whether it was moved.", name=scene.name))
    QTest.mouseClick(button(workspace.notices, "Choose the folder…"), Qt.MouseButton.LeftButton)
    assert canvas.active.tile_id == before
    assert canvas._scene is session.scene_files.open(canvas.scene_id)
    canvas.failed.emit(SceneError("This tile is still being read."))
    assert not button_is_offered(workspace.notices), "nothing is missing"


def button_is_offered(notices: QWidget) -> bool:
    return any(b.isVisible() and b.text() == "Choose the folder…" for b in notices.findChildren(QPushButton))
