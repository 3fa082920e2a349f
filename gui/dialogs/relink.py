"""Scenes that are not where they were: the user shows the folder, they are found by name and content."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from core.errors import FieldbrushError
from core.jobs import JobState
from core.session import Session
from gui import file_dialogs
from gui.dialogs.waiting import wait_for
from gui.folders import last_folder, remember_folder
from gui.translate import say_error


def offer_relink(session: Session, parent: QWidget) -> None:
    """Ask where the missing scenes are until all are found or the user lets them be. Labels are never touched."""
    searched = ""
    while missing := session.scene_files.missing():
        if not _wants_to_search(parent, [scene.path for scene in missing], searched):
            return
        folder = file_dialogs.ask_folder(
            parent, QCoreApplication.translate("relink", "Folder of the moved scenes"), last_folder()
        )
        if not folder:
            return
        remember_folder(Path(folder).parent)
        title = QCoreApplication.translate("relink", "Scenes are missing")
        words = QCoreApplication.translate("relink", "Looking for the scenes …")
        job = wait_for(parent, title, words, session.scene_files.searching(folder))
        if job.state is JobState.CANCELLED:
            return
        if job.result is not None:
            searched = Path(folder).name or folder
            try:
                session.scene_files.relink(job.result)
            except FieldbrushError as error:  # said here: the project opens in any case
                QMessageBox.warning(parent, title, say_error(error))


def _wants_to_search(parent: QWidget, paths: list[str], searched: str) -> bool:
    """`searched`: the folder where these were not found, if one has been shown."""
    box = QMessageBox(
        QMessageBox.Icon.Question, QCoreApplication.translate("relink", "Scenes are missing"), "", parent=parent
    )
    box.setText(QCoreApplication.translate("relink", "%n scene(s) are not where they were.", "", len(paths)))
    words = QCoreApplication.translate("relink", "Your labels are safe. Show the folder the scenes are in now?")
    if searched:
        words = QCoreApplication.translate(
            "relink", "No file in “{folder}” has the content of those. Show another one?"
        )
        words = words.format(folder=searched)
    box.setInformativeText(words)
    box.setDetailedText("\n".join(paths))
    search = box.addButton(
        QCoreApplication.translate("relink", "Choose the folder…"), QMessageBox.ButtonRole.AcceptRole
    )
    box.addButton(QCoreApplication.translate("relink", "Not now"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is search
