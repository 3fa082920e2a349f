"""Telling the user something over the canvas: errors that stay until read, hints that go by themselves.

A message is never wider than the window, and no word of it is cut: it takes more lines, puts its buttons below, and
breaks a file's path where a line ends.
"""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QClipboard,
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QMenu, QPushButton, QWidget

from core.errors import FieldbrushError, ProjectError, TooEarly
from gui.icons import IconLabel, Tone, icon
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, set_class
from gui.translate import say_error

Offer = tuple[str, Callable[[], object]]  # a button's words, and what it does

HINT_S = 6.0
_LEAST_WORDS_PX, _MOST_WIDTH_PX = 40, 760
_READABLE_PX = 240  # narrower words make a column: the buttons go below them
_BESIDE_LEGENDS_PX = 460  # mostly room for a line or two
_OVER_ALL_PX = 340  # a canvas narrower than this: the message lies over the panels too
_LONGEST_WORD, _LONGEST_NAME = 32, 20  # letters; what is not made of letters alone is a file's name
_BREAK = "\u200b"  # no width, but a line may end here


def breakable(sentence: str) -> str:
    """`sentence` with places where lines may end in its longest words, which are mostly paths."""
    return " ".join(_with_breaks(word) for word in sentence.split(" "))


def _with_breaks(word: str) -> str:
    """Rather between the parts of a path or a name than within one."""
    if len(word) <= (_LONGEST_WORD if word.isalpha() else _LONGEST_NAME):
        return word
    parts = re.split(r"(?<=[/\\_.-])", word)
    return _BREAK.join(_BREAK.join(part) if len(part) > _LONGEST_NAME else part for part in parts)


class Sentence(QLabel):
    """Words that may be selected. What is copied of them is as it was said, without the places to break it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.said = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setMinimumWidth(_LEAST_WORDS_PX)  # Qt's own least is the longest word's width
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)

    def say(self, sentence: str) -> None:
        self.said = sentence
        self.setText(breakable(sentence))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.addAction(self.tr("Copy"), self._copy).setEnabled(self.hasSelectedText())
        menu.addAction(self.tr("Select all"), lambda: self.setSelection(0, len(self.text())))
        menu.exec(event.globalPos())
        menu.deleteLater()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Where selecting is copying already, too."""
        super().mouseReleaseEvent(event)
        if QGuiApplication.clipboard().supportsSelection():
            self._copy(QClipboard.Mode.Selection)

    def _copy(self, where: QClipboard.Mode = QClipboard.Mode.Clipboard) -> None:
        if self.hasSelectedText():
            QGuiApplication.clipboard().setText(self.selectedText().replace(_BREAK, ""), where)


class NoticeBar(QWidget):
    """A line over the canvas with an icon, a sentence, and what one can do with it; more lines where it is narrow."""

    fits_differently = Signal()  # it says something else now

    def __init__(self) -> None:
        super().__init__()
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        set_class(self, "banner")
        self.offer_for: Callable[[BaseException], Offer | None] = lambda _: None  # what can be done about an error
        self._details = ""
        self._is_of_saving = False
        self._icon = IconLabel("info")
        self._text = Sentence(self)
        self._buttons = QWidget(self)
        self._copy = QPushButton(self.tr("Copy details"), self._buttons)
        set_class(self._copy, "flat")
        self._copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._details))
        self._offer = QPushButton(self._buttons)
        set_class(self._offer, "flat")
        self._offer.clicked.connect(self._take_offer)
        self._offered: Callable[[], object] = lambda: None
        self._close = QPushButton(icon("close"), "", self)
        set_class(self._close, "flat")
        self._close.setAccessibleName(self.tr("Close this message"))
        self._close.clicked.connect(self.hide)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        buttons = QHBoxLayout(self._buttons)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(SPACE_SMALL)
        buttons.addWidget(self._copy)
        buttons.addWidget(self._offer)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_SMALL, SPACE_SMALL)
        self._grid.setSpacing(SPACE_SMALL)
        self._grid.setColumnStretch(1, 1)
        self._grid.addWidget(self._icon, 0, 0)
        self._grid.addWidget(self._text, 0, 1)
        self._grid.addWidget(self._close, 0, 3)
        self._buttons_are_below = False
        self._place_buttons(below=False)
        self.setMaximumWidth(_MOST_WIDTH_PX)
        self.hide()

    def minimumSizeHint(self) -> QSize:
        """With the buttons below the words: a layout must not make the window wider for them to be beside."""
        beside = self._icon.sizeHint().width() + self._close.sizeHint().width() + SPACE_MEDIUM + 3 * SPACE_SMALL
        words = max(_LEAST_WORDS_PX, self._buttons_px())
        return QSize(beside + words, super().minimumSizeHint().height())

    def heightForWidth(self, width: int) -> int:
        """A layout asks for all the width there is, and gives no more than the largest."""
        width = min(width, _MOST_WIDTH_PX)
        self._arrange(width)
        return super().heightForWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._arrange(self.width())
        super().resizeEvent(event)

    def _buttons_px(self) -> int:
        return 0 if self._buttons.isHidden() else self._buttons.sizeHint().width()

    def _arrange(self, width: int) -> None:
        """The buttons beside the words where these can still be read."""
        taken = self._icon.sizeHint().width() + self._close.sizeHint().width() + SPACE_MEDIUM + 4 * SPACE_SMALL
        below = width - taken - self._buttons_px() < _READABLE_PX
        if below != self._buttons_are_below:
            self._place_buttons(below=below)

    def _place_buttons(self, *, below: bool) -> None:
        self._buttons_are_below = below
        self._grid.removeWidget(self._buttons)
        if below:
            self._grid.addWidget(self._buttons, 1, 1, 1, 3, Qt.AlignmentFlag.AlignRight)
        else:
            self._grid.addWidget(self._buttons, 0, 2)

    @property
    def text(self) -> str:
        """What it says now."""
        return self._text.said if self.isVisible() else ""

    def show_error(self, error: BaseException) -> None:
        """Stay until closed, or until something else is saved where this is about the project, unless it may be true no
        longer by then. Where we know what happened, our sentence is all there is to say."""
        if isinstance(error, TooEarly):
            self.show_hint(say_error(error))
            return
        self._details = "".join(traceback.format_exception(error))
        is_known = isinstance(error, FieldbrushError) and error.__cause__ is None
        self._show(say_error(error), "error", "error", self.offer_for(error), copyable=not is_known)
        self._is_of_saving = isinstance(error, ProjectError)

    def show_hint(self, sentence: str, *, seconds: float = HINT_S, offer: Offer | None = None) -> None:
        """Go away by itself."""
        self._show(sentence, "info", "muted", offer, copyable=False)
        self._timer.start(round(1000 * seconds))

    def _take_offer(self) -> None:
        self.hide()
        self._offered()

    def has_saved(self) -> None:
        """What could not be saved before can be now: the next Stroke must not look as if it had failed, too."""
        if self._is_of_saving:
            self.hide()

    def hide_hint(self) -> None:
        """Errors stay."""
        if self._timer.isActive():
            self._timer.stop()
            self.hide()

    def _show(self, sentence: str, name: str, tone: Tone, offer: Offer | None, *, copyable: bool) -> None:
        self._timer.stop()
        self._is_of_saving = False
        set_class(self, "banner problem" if tone == "error" else "banner")
        self._icon.set_icon(name, tone)
        self._text.say(sentence)
        self._copy.setVisible(copyable)
        if offer is not None:
            words, self._offered = offer
            self._offer.setText(words)
        self._offer.setVisible(offer is not None)
        self._buttons.setVisible(copyable or offer is not None)
        self._fit()
        self.show()
        self.raise_()

    def _fit(self) -> None:
        self._arrange(self.width())
        self.fits_differently.emit()


class Floating(QObject):
    """Keeps a notice over a part of the window, near its top: beside what explains it there or, where that leaves too
    little room, below. Over the whole window's width where the part is narrow."""

    def __init__(self, bar: NoticeBar, over: QWidget, window: QWidget) -> None:
        super().__init__(over)
        self._bar, self._over, self._window = bar, over, window
        self._header_px, self._legends = 0, QRect()
        bar.setParent(window)
        bar.fits_differently.connect(self.place)
        for watched in (over, window):
            watched.installEventFilter(self)

    def keep_clear(self, header_px: int, legends: QRect | None = None) -> None:
        """What has to stay in view at the top: all along the edge, and below that in a part of it."""
        self._header_px, self._legends = header_px, QRect() if legends is None else legends
        self.place()

    def place(self) -> None:
        whole, legends = QRect(self._over.mapTo(self._window, QPoint(0, 0)), self._over.size()), self._legends
        left, room = whole.x() + SPACE_MEDIUM, whole.width() - 2 * SPACE_MEDIUM
        top = whole.y() + self._header_px + SPACE_MEDIUM
        beside_px = room - legends.right()
        if not legends.isEmpty() and beside_px >= _BESIDE_LEGENDS_PX:
            left, room = left + legends.right(), beside_px
        elif not legends.isEmpty():
            top = whole.y() + legends.bottom() + SPACE_SMALL
        if room < _OVER_ALL_PX:
            left, room = SPACE_MEDIUM, self._window.width() - 2 * SPACE_MEDIUM
        width = min(room, _MOST_WIDTH_PX)
        height = self._bar.heightForWidth(width)
        self._bar.setGeometry(left + (room - width) // 2, top, width, height)
        self._bar.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move) and not self._bar.isHidden():
            QTimer.singleShot(0, self, self.place)  # after the layout
        return False


class FirstRunHints:
    """Each hint is shown until the user has done once what it says, ever."""

    def __init__(self, bar: NoticeBar) -> None:
        self._bar = bar
        self._learned: set[str] = set()  # every stroke asks, and a look into the settings takes a millisecond

    def offer(self, name: str, sentence: str) -> None:
        if not self._is_learned(name) and not self._bar.text:
            self._bar.show_hint(sentence, seconds=600)

    def learned(self, name: str) -> None:
        if not self._is_learned(name):
            QSettings().setValue(f"hints/{name}", True)
            self._bar.hide_hint()

    def _is_learned(self, name: str) -> bool:
        if name not in self._learned and QSettings().value(f"hints/{name}", False, bool):
            self._learned.add(name)
        return name in self._learned
