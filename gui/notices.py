"""Telling the user something over the canvas: errors that stay until read, hints that go by themselves."""

from __future__ import annotations

import traceback
from collections.abc import Callable

from PySide6.QtCore import QSettings, Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.errors import FieldbrushError
from gui.icons import IconLabel, icon
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, set_class
from gui.translate import say_error

_HINT_MS = 6000
_LEAST_WORDS_PX, _MOST_WIDTH_PX = 40, 760


class NoticeBar(QWidget):
    """One line over the canvas with an icon, a sentence, and what one can do with it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_class(self, "banner")
        self._details = ""
        self._icon = IconLabel("info")
        self._text = QLabel(self)
        self._text.setWordWrap(True)
        self._text.setMinimumWidth(_LEAST_WORDS_PX)  # Qt's own least is the longest word's width, and a path is one
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = QPushButton(self.tr("Copy details"), self)
        set_class(self._copy, "flat")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details))
        self._offer = QPushButton(self)
        set_class(self._offer, "flat")
        self._offer.clicked.connect(self._take_offer)
        self._offered: Callable[[], object] = lambda: None
        close = QPushButton(icon("close"), "", self)
        set_class(close, "flat")
        close.setAccessibleName(self.tr("Close this message"))
        close.clicked.connect(self.hide)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_SMALL, SPACE_SMALL)
        row.setSpacing(SPACE_SMALL)
        row.addWidget(self._icon)
        row.addWidget(self._text, 1)
        row.addWidget(self._copy)
        row.addWidget(self._offer)
        row.addWidget(close)
        self.setMaximumWidth(_MOST_WIDTH_PX)
        self.hide()

    def heightForWidth(self, width: int) -> int:
        """A layout asks for all the width there is, and gives no more than the largest."""
        return super().heightForWidth(min(width, _MOST_WIDTH_PX))

    @property
    def text(self) -> str:
        """What it says now."""
        return self._text.text() if self.isVisible() else ""

    def show_error(self, error: BaseException) -> None:
        """Stay until closed. Where we know what happened, our sentence is all there is to say."""
        self._details = "".join(traceback.format_exception(error))
        is_known = isinstance(error, FieldbrushError) and error.__cause__ is None
        self._show(say_error(error), "error", "error", copyable=not is_known)

    def show_hint(
        self, sentence: str, *, seconds: float = _HINT_MS / 1000, offer: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """Go away by itself. `offer`: a button's words, and what it does."""
        self._show(sentence, "info", "muted", copyable=False)
        if offer is not None:
            words, self._offered = offer
            self._offer.setText(words)
            self._offer.show()
        self._timer.start(round(1000 * seconds))

    def _take_offer(self) -> None:
        self.hide()
        self._offered()

    def hide_hint(self) -> None:
        """Errors stay."""
        if self._timer.isActive():
            self._timer.stop()
            self.hide()

    def _show(self, sentence: str, name: str, tone: str, *, copyable: bool) -> None:
        self._timer.stop()
        set_class(self, "banner problem" if tone == "error" else "banner")
        self._icon.set_icon(name, tone)
        self._text.setText(sentence)
        self._copy.setVisible(copyable)
        self._offer.hide()
        self.show()
        self.raise_()


def centred(bar: NoticeBar) -> QHBoxLayout:
    """A row with the notice in the middle."""
    row = QHBoxLayout()
    row.addStretch(1)
    row.addWidget(bar, 1000)
    row.addStretch(1)
    return row


class FirstRunHints:
    """Each hint is shown until the user has done once what it says, ever."""

    def __init__(self, bar: NoticeBar) -> None:
        self._bar = bar

    def offer(self, name: str, sentence: str) -> None:
        if not QSettings().value(f"hints/{name}", False, bool) and not self._bar.text:
            self._bar.show_hint(sentence, seconds=600)

    def learned(self, name: str) -> None:
        if not QSettings().value(f"hints/{name}", False, bool):
            QSettings().setValue(f"hints/{name}", True)
            self._bar.hide_hint()
