"""A dialog that asks for a key: the user presses it, and is told at once whether it can be had."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QKeySequenceEdit, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.dialogs.buttons import dialog_buttons
from gui.elided import ElidedName
from gui.keymap import portable
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, set_class


class AskKeyDialog(QDialog):
    """After `exec()` has accepted, the key has been taken."""

    def __init__(self, title: str, heading: str, parent: QWidget | None = None) -> None:
        """`heading`: what the key is for."""
        super().__init__(parent)
        self.setWindowTitle(title)
        caption = ElidedName(heading, self)
        set_class(caption, "heading")
        self._edit = QKeySequenceEdit(self)
        self._edit.setMaximumSequenceLength(1)
        self._edit.setAccessibleName(self.tr("New key"))
        self._edit.setMinimumWidth(300)
        self._edit.keySequenceChanged.connect(self._refresh)
        self._says = QLabel(self)
        self._says.setWordWrap(True)
        self._says.setMinimumHeight(2 * self.fontMetrics().lineSpacing())
        self._extra = QHBoxLayout()
        self._extra.addStretch(1)
        self._before: QWidget = self._edit  # in the order of Tab
        use = partial(self._finish, lambda: self.take(self._key()))
        buttons, self._accept = dialog_buttons(self, self.tr("Use this key"), use)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        self._whole.setSpacing(SPACE_MEDIUM)
        for widget in (caption, self._edit, self._says):
            self._whole.addWidget(widget)
        self._whole.addLayout(self._extra)
        self._whole.addWidget(buttons)
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._refresh()

    @abstractmethod
    def judge(self, key: str) -> tuple[str, bool]:
        """What is said of a key in Qt's portable form, and whether it can be taken."""

    @abstractmethod
    def take(self, key: str) -> None:
        """Do it with a key that can be taken."""

    def _add_button(self, text: str, clicked: Callable[[], object]) -> QPushButton:
        """One beside the key, which ends the dialog."""
        button = QPushButton(text, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: self._finish(clicked))
        self._extra.insertWidget(self._extra.count() - 1, button)
        self._next_by_tab(button)
        return button

    def _next_by_tab(self, widget: QWidget) -> None:
        """Tab comes to it after what was put in before, and before the dialog's buttons."""
        QWidget.setTabOrder(self._before, widget)
        self._before = widget

    def _key(self) -> str:
        return portable(self._edit.keySequence().toString(QKeySequence.SequenceFormat.PortableText))

    def _refresh(self) -> None:
        key = self._key()
        sentence, is_possible = self.judge(key) if key else (self.tr("Press the new key."), False)
        self._accept.setEnabled(is_possible)
        self._says.setText(sentence)
        set_class(self._says, "error" if key and not is_possible else "muted")

    def _finish(self, act: Callable[[], object]) -> None:
        act()
        self.accept()
