"""Scenes that have moved, and the window that asks for them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from gui.dialogs import relink
from gui.main_window import MainWindow
from tests.core.projects import make_project, opened, write_scene
from tests.gui.waiting import wait_ms


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
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(next(answers)))
    monkeypatch.setattr(QMessageBox, "warning", lambda _parent, _title, sentence: said.append(sentence))
    with opened(project) as session:
        relink.offer_relink(session, QWidget())
        assert session.scene_files.missing() == []
    assert len(said) == 1
    assert "gone cannot be read" in said[0]


def test_a_folder_without_the_scene_is_named_before_another_is_asked_for(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    renamed = tmp_path / "flights of June" / "another name.tif"
    project = project_without_scene(tmp_path, renamed)
    asked: list[str] = []

    def answer(box: QMessageBox) -> int:
        asked.append(box.informativeText())
        wanted = "Choose the folder…" if len(asked) == 1 else "Not now"
        next(button for button in box.buttons() if button.text() == wanted).click()
        return 0

    monkeypatch.setattr(QMessageBox, "exec", answer)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(renamed.parent))
    with opened(project) as session:
        relink.offer_relink(session, QWidget())
    assert "flights of June" not in asked[0]
    assert asked[1].startswith("No file in “flights of June” has the old name")


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
        assert isinstance(QApplication.activeModalWidget(), QMessageBox)
        QApplication.closeAllWindows()

    window.open_project(project)
    QTimer.singleShot(100, close_all)
    until(lambda: window.workspace is None)
    wait_ms(10)
    assert unexpected == []
