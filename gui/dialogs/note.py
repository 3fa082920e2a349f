"""A Note on a Tile."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QVBoxLayout, QWidget

from core.project.notes import LONGEST_NOTE
from gui.dialogs.buttons import dialog_buttons
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, set_class


class NoteDialog(QDialog):
    """After `exec()` has accepted: `words`, empty to take the Note away."""

    def __init__(self, words: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Note on this tile"))
        self._words = QLineEdit(words, self)
        self._words.setMaxLength(LONGEST_NOTE)
        self._words.setPlaceholderText(self.tr("What is to be remembered here?"))
        self._words.setAccessibleName(self.windowTitle())
        self._words.setMinimumWidth(420)
        self._words.selectAll()
        hint = QLabel(self.tr("Notes are kept in the project; the list of all tiles finds them."), self)
        set_class(hint, "hint")
        buttons, _ = dialog_buttons(self, self.tr("Save"), self.accept)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(self._words)
        whole.addWidget(hint)
        whole.addWidget(buttons)

    @property
    def words(self) -> str:
        return self._words.text()
