"""Asking for files and folders, in a window that fits the screen: the desktop's dialog, or Qt's own where it has none,
which would be as large on every screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFileDialog, QWidget

from gui.dialogs.life import run
from gui.dialogs.section import resize_on_screen

_SIZE = QSize(700, 460)


def ask_folder(parent: QWidget, title: str, begin: str) -> str:
    """A folder, looked for from `begin`; "" where the user has chosen none."""
    dialog = QFileDialog(parent, title, begin)
    dialog.setFileMode(QFileDialog.FileMode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return "".join(_chosen(dialog)[:1])


def ask_file(parent: QWidget, title: str, begin: str, pattern: str) -> str:
    """A file that is there, of those that `pattern`, such as "Models (*.safetensors)", lets through; or ""."""
    dialog = QFileDialog(parent, title, begin, pattern)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    return "".join(_chosen(dialog)[:1])


def ask_files(parent: QWidget, title: str, begin: str, pattern: str) -> list[str]:
    """The same for several; none where the user has chosen none."""
    dialog = QFileDialog(parent, title, begin, pattern)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    return _chosen(dialog)


def ask_new_file(parent: QWidget, title: str, begin: str, pattern: str) -> str:
    """Where to write a file, by default to `begin`; the user has agreed if there is one already. Or ""."""
    dialog = QFileDialog(parent, title, begin, pattern)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    return "".join(_chosen(dialog)[:1])


def _chosen(dialog: QFileDialog) -> list[str]:
    resize_on_screen(dialog, _SIZE)
    return dialog.selectedFiles() if run(dialog) else []
