"""Asking for files and folders: what is chosen comes back, and the dialog fits the screen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget

import gui.dialogs.section
from gui.file_dialogs import ask_file, ask_files, ask_folder, ask_new_file
from gui.folders import folder_of, remember_folder

PATTERN = "Models (*.safetensors)"
ASK: dict[str, Callable[[QWidget, str], object]] = {
    "folder": lambda parent, begin: ask_folder(parent, "Choose", begin),
    "file": lambda parent, begin: ask_file(parent, "Choose", begin, PATTERN),
    "files": lambda parent, begin: ask_files(parent, "Choose", begin, PATTERN),
    "new file": lambda parent, begin: ask_new_file(parent, "Choose", begin, PATTERN),
}


@pytest.fixture
def parent(app: QApplication) -> Iterator[QWidget]:
    widget = QWidget()
    widget.show()
    yield widget
    widget.close()
    widget.deleteLater()


def once_it_shows(act: Callable[[QFileDialog], object]) -> None:
    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QFileDialog):
            act(dialog)
        else:
            QTimer.singleShot(10, look)

    QTimer.singleShot(10, look)


def choose(words: str, dialog: QFileDialog) -> None:
    dialog.findChild(QLineEdit, "fileNameEdit").setText(words)
    dialog.accept()


@pytest.mark.parametrize("kind", ASK)
def test_no_dialog_for_files_is_larger_than_the_screen(
    parent: QWidget, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Qt's own takes 650 × 430 px, more than 1366 × 768 px have at 200 %."""
    monkeypatch.setattr(gui.dialogs.section, "_OF_SCREEN", 0.5)
    room, sizes = parent.screen().availableSize() * 0.5, []
    once_it_shows(lambda dialog: (sizes.append(dialog.size()), dialog.reject()))
    assert not ASK[kind](parent, str(tmp_path)), "nothing is chosen"
    assert sizes[0] == sizes[0].boundedTo(room)


def test_what_is_chosen_comes_back(parent: QWidget, tmp_path: Path) -> None:
    (tmp_path / "masks").mkdir()
    first, second, other = (tmp_path / name for name in ("a.safetensors", "b.safetensors", "c.txt"))
    for path in (first, second, other):
        path.write_bytes(b"")
    for kind, words, expected in (
        ("folder", "masks", str(tmp_path / "masks")),
        ("file", first.name, str(first)),
        ("files", f'"{first.name}" "{second.name}"', [str(first), str(second)]),
        ("new file", "d.safetensors", str(tmp_path / "d.safetensors")),
    ):
        once_it_shows(partial(choose, words))
        assert ASK[kind](parent, str(tmp_path)) == expected
    begun: list[str] = []
    once_it_shows(lambda dialog: (begun.extend(dialog.selectedFiles()), dialog.reject()))
    ASK["new file"](parent, str(tmp_path / "suggested.safetensors"))
    assert begun == [str(tmp_path / "suggested.safetensors")]


def test_what_lies_with_files_is_looked_for_where_they_are(tmp_path: Path) -> None:
    remember_folder(tmp_path)
    there = tmp_path / "flight" / "field.tif"
    there.parent.mkdir()
    there.write_bytes(b"")
    assert folder_of([str(tmp_path / "gone" / "field.tif"), str(there)]) == str(there.parent)
    assert folder_of([str(tmp_path / "gone" / "field.tif")]) == str(tmp_path), "where files were chosen last"
