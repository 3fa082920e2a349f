"""The question before a project is closed with a trained model that cannot be saved."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from core.session import Session
from gui.dialogs.life import run
from gui.translate import say


def may_lose_model(session: Session, parent: QWidget) -> bool:
    """Whether the project may be closed: it is tried once more before the user is asked."""
    session.unsaved.try_again()
    problem = session.unsaved.problem()
    if problem is None:
        return True
    box = QMessageBox(QMessageBox.Icon.Warning, "Fieldbrush", "", parent=parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(say(problem.what))
    box.setInformativeText(
        QCoreApplication.translate(
            "unsaved", "When the project is closed now, the model is lost. Your labels are saved."
        )
    )
    leave = box.addButton(
        QCoreApplication.translate("unsaved", "Close without the model"), QMessageBox.ButtonRole.AcceptRole
    )
    stay = QCoreApplication.translate("unsaved", "Keep the project open")
    box.setDefaultButton(box.addButton(stay, QMessageBox.ButtonRole.RejectRole))
    run(box)
    return box.clickedButton() is leave
