"""The tables of the model report: beside the list of models there is little room for them on a small screen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableWidget, QTableWidgetItem, QWidget

from gui.theme import set_class

Cell = str | tuple[str, QColor]
_WIDEST_HEAD_PX = 110  # long names are cut in the middle; the tool tip has all of them
_LEAST_COLUMN_PX, _LEAST_NARROW_PX = 72, 56
_RANGE = "  ("  # stands between a value and its range
_MAY_BREAK = "\u00ad"  # where a long word of a heading may end its line


class Table(QTableWidget):
    """A table to read: as high as its rows, numbers to the right, the first column takes the room that is left.

    Where the columns have not enough of it they move together, a range goes below its value, and headings take two
    lines. What needs more room still (the confusion of many classes) scrolls sideways.
    """

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._head: Sequence[str] = ()
        self._rows: Sequence[Sequence[Cell]] = ()
        self._roomy_px = 0  # what it needs with each cell in one line
        self._is_narrow = False

    def fill(self, head: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        self._head, self._rows = head, rows
        self._write(narrow=False)
        names = min(self.sizeHintForColumn(0), _WIDEST_HEAD_PX)
        self._roomy_px = self._needed_px() + max(0, names - _LEAST_COLUMN_PX)
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        is_narrow = self._roomy_px > self.viewport().width()
        if is_narrow != self._is_narrow:
            self._write(narrow=is_narrow)
        scroll = self.horizontalScrollBar().sizeHint().height() if self._needed_px() > self.viewport().width() else 0
        rows = sum(self.rowHeight(row) for row in range(self.rowCount()))
        self.setFixedHeight(scroll + self.horizontalHeader().sizeHint().height() + rows + 4)

    def _needed_px(self) -> int:
        """With the first column, which gives way, at its least."""
        header = self.horizontalHeader()
        least = header.minimumSectionSize()
        hints = (max(header.sectionSizeHint(c), self.sizeHintForColumn(c)) for c in range(1, self.columnCount()))
        return least + sum(max(hint, least) for hint in hints)

    def _write(self, *, narrow: bool) -> None:
        self._is_narrow = narrow
        for widget in (self, self.horizontalHeader()):
            set_class(widget, "narrow" if narrow else "")
        self.setColumnCount(len(self._head))
        self.setRowCount(len(self._rows))
        for row, cells in enumerate(self._rows):
            for column, cell in enumerate(cells):
                words, tint = cell if isinstance(cell, tuple) else (cell, None)
                item = _item(_stacked(words) if narrow else words, column)
                item.setToolTip(words)
                if tint is not None:
                    item.setBackground(tint)
                self.setItem(row, column, item)
        for column, words in enumerate(self._head):
            self.setHorizontalHeaderItem(column, self._heading(column, words, narrow=narrow))
        header = self.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setMinimumSectionSize(_LEAST_NARROW_PX if narrow else _LEAST_COLUMN_PX)
        self.resizeRowsToContents()

    def _heading(self, column: int, words: str, *, narrow: bool) -> QTableWidgetItem:
        whole = words.replace(_MAY_BREAK, "")
        lines = _two_lines(words) if narrow else [whole]
        if column > 0:
            middle = Qt.TextElideMode.ElideMiddle
            lines = [self.fontMetrics().elidedText(line, middle, _WIDEST_HEAD_PX) for line in lines]
        title = _item("\n".join(lines), column)
        title.setToolTip(whole)
        return title


def _two_lines(heading: str) -> list[str]:
    return heading.replace(_MAY_BREAK, "-\n").split("\n") if _MAY_BREAK in heading else heading.rsplit(" ", 1)


def _item(words: str, column: int) -> QTableWidgetItem:
    item = QTableWidgetItem(words)
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
    return item


def _stacked(words: str) -> str:
    """The range below the value, and as short as it can be read: with a sign before a number "…" stays."""
    value, _, span = words.partition(_RANGE)
    if not span:
        return words
    span = span.removesuffix(")")
    return f"{value}\n{span if '-' in span else span.replace(' … ', '–')}"
