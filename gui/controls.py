"""Small widgets that many places have, and that are alike everywhere."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QProgressBar, QProgressDialog, QToolButton, QWidget

from core.jobs import Progress
from gui.icons import icon
from gui.theme import set_class


def icon_button(picture: str, tip: str, parent: QWidget, *, checkable: bool = False) -> QToolButton:
    """A picture to click on. `tip` says what it does, to screen readers too."""
    button = QToolButton(parent)
    button.setIcon(icon(picture))
    button.setCheckable(checkable)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the keys with the canvas
    return button


def muted(words: str, parent: QWidget, *, wraps: bool = True) -> QLabel:
    """A label in the pale colour of what is said by the way."""
    label = QLabel(words, parent)
    label.setWordWrap(wraps)
    set_class(label, "muted")
    return label


def show_fraction(bar: QProgressBar | QProgressDialog, progress: Progress) -> None:
    """How far a job is; that it is under way where nobody knows."""
    fraction = progress.fraction
    bar.setRange(0, 0 if fraction is None else 1000)
    bar.setValue(round(1000 * (fraction or 0)))
