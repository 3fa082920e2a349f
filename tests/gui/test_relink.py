"""Scenes that have moved, and the window that asks for them."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QWidget

from gui.dialogs import relink
from tests.core.projects import make_project, opened, write_scene


def test_a_folder_that_cannot_be_read_is_said_and_asked_for_again(
    app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The drive is unplugged while its folder is chosen."""
    scene = write_scene(tmp_path / "s.tif")
    project = make_project(tmp_path, [scene])
    moved = tmp_path / "moved" / "s.tif"
    moved.parent.mkdir()
    scene.rename(moved)
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
