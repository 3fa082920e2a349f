"""Words that have “…” in them where they have no room: names in the middle, for many differ at their ends alone."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QLabel,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
    QToolTip,
)

_FRAME_PX = 2  # of the text, in its field
_MOST_LETTERS = 29


def short_name(name: str) -> str:
    """For a sentence with several names, which has to be read to its end: 29 letters at most."""
    if len(name) <= _MOST_LETTERS:
        return name
    kept = (_MOST_LETTERS - 1) // 2
    return f"{name[:kept].rstrip()}…{name[-kept:].lstrip()}"


class ElidedBox(QComboBox):
    """Qt would cut the text in the middle of a letter."""

    def fill(self, entries: Iterable[tuple[str, str]]) -> None:
        """(words, key) of each row; anew only where they have changed: an open list stays as it is under the hand."""
        wanted = list(entries)
        if wanted != [(self.itemText(row), self.itemData(row)) for row in range(self.count())]:
            self.clear()
            for words, key in wanted:
                self.addItem(words, key)

    def choose(self, key: str) -> None:
        """Show this one, without saying that it was chosen."""
        self.setCurrentIndex(self.findData(key))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QStylePainter(self)
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        room = self.width() - self._beside_words()
        words = self.currentText() if self.currentIndex() >= 0 else self.placeholderText()
        option.currentText = self.fontMetrics().elidedText(words, Qt.TextElideMode.ElideMiddle, room)
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def event(self, event: QEvent) -> bool:
        """Its tool tip says what it is for, and all of its words where they are cut."""
        if event.type() == QEvent.Type.ToolTip and self.width() < self.width_for(self.currentText()):
            assert isinstance(event, QHelpEvent)
            words = dict.fromkeys(filter(None, (self.toolTip(), self.currentText())))
            QToolTip.showText(event.globalPos(), ": ".join(words), self)
            return True
        return super().event(event)

    def width_for(self, words: str) -> int:
        """The least width, in px, at which nothing of these words is cut."""
        return self.fontMetrics().horizontalAdvance(words) + self._beside_words()

    def _beside_words(self) -> int:
        """What frame and arrow take."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        field = self.style().subControlRect(
            QStyle.ComplexControl.CC_ComboBox, option, QStyle.SubControl.SC_ComboBoxEditField, self
        )
        return self.width() - field.width() + _FRAME_PX


class ElidedLabel(QLabel):
    """One line that gives way to what stands beside it. While it is cut its tool tip has all of it."""

    _cut = Qt.TextElideMode.ElideRight

    def minimumSizeHint(self) -> QSize:
        return QSize(0, super().minimumSizeHint().height())

    @property
    def is_cut(self) -> bool:
        return self.fontMetrics().horizontalAdvance(self.text()) > self.contentsRect().width()

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.ToolTip and not self.toolTip() and self.is_cut:
            assert isinstance(event, QHelpEvent)
            QToolTip.showText(event.globalPos(), self.text(), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        room = self.contentsRect()
        words = self.fontMetrics().elidedText(self.text(), self._cut, room.width())
        painter = QPainter(self)
        self.style().drawItemText(
            painter, room, int(self.alignment()), self.palette(), self.isEnabled(), words, self.foregroundRole()
        )


class ElidedName(ElidedLabel):
    """A name, or words that end with one."""

    _cut = Qt.TextElideMode.ElideMiddle


class ElidedRows(QStyledItemDelegate):
    """Rows as wide as their list: else it would scroll sideways, and elide nothing."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, super().sizeHint(option, index).height())
