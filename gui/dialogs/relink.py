"""Scenes that are not where they were: the user shows the folder, we find them by name and fingerprint."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from core.errors import FieldbrushError
from core.session import Session


def offer_relink(session: Session, parent: QWidget) -> None:
    """Ask where the missing scenes are until all are found or the user lets them be. Labels are never touched."""
    while missing := session.scene_files.missing():
        if not _wants_to_search(parent, [scene.path for scene in missing]):
            return
        folder = QFileDialog.getExistingDirectory(
            parent, QCoreApplication.translate("relink", "Folder of the moved scenes")
        )
        if not folder:
            return
        relink_from_folder(session, Path(folder))


def relink_from_folder(session: Session, folder: Path) -> int:
    """Relink every missing Scene that lies in `folder` or below under its old name; how many were found."""
    by_name: dict[str, list[Path]] = {}
    for path in folder.rglob("*"):
        by_name.setdefault(path.name, []).append(path)
    found = 0
    for scene in session.scene_files.missing():
        for candidate in by_name.get(Path(scene.path).name, []):
            try:
                session.scene_files.relink(scene.scene_id, candidate)
            except FieldbrushError:
                continue  # another file of the same name
            found += 1
            break
    return found


def _wants_to_search(parent: QWidget, paths: list[str]) -> bool:
    box = QMessageBox(
        QMessageBox.Icon.Question, QCoreApplication.translate("relink", "Scenes are missing"), "", parent=parent
    )
    box.setText(QCoreApplication.translate("relink", "%n scene(s) are not where they were.", "", len(paths)))
    box.setInformativeText(
        QCoreApplication.translate("relink", "Your labels are safe. Show the folder the scenes are in now?")
    )
    box.setDetailedText("\n".join(paths))
    search = box.addButton(
        QCoreApplication.translate("relink", "Choose the folder…"), QMessageBox.ButtonRole.AcceptRole
    )
    box.addButton(QCoreApplication.translate("relink", "Not now"), QMessageBox.ButtonRole.RejectRole)
    box.exec()
    return box.clickedButton() is search
