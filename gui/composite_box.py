"""The box that chooses a composite. Where there are hundreds, its list is searched by typing."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, QSize, QSortFilterProxyModel, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLineEdit,
    QListView,
    QVBoxLayout,
    QWidget,
)

from core.imagery.composites import Composite
from gui.controls import muted
from gui.elided import ElidedBox
from gui.theme import SPACE_SMALL, set_class
from gui.translate import say

SEARCHED_FROM = 25  # as many as anyone reads through
_ROWS = 12
_NARROWEST_PX, _WIDEST_PX = 280, 420
_IN_THE_LIST = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)


class CompositeBox(ElidedBox):
    """`activated` when the user has chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(self.tr("Composite"))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._search: _Search | None = None

    def list(self, composites: Iterable[Composite]) -> None:
        self.fill((say(composite.name), composite.key) for composite in composites)

    def showPopup(self) -> None:
        if self.count() < SEARCHED_FROM:
            super().showPopup()
            return
        self._search = _Search(self)
        self._search.open()

    def hidePopup(self) -> None:
        if self._search is not None:
            self._search.close()
        super().hidePopup()

    def take(self, row: int) -> None:
        """What was found by typing."""
        self.setCurrentIndex(row)
        self.activated.emit(row)


class _Search(QFrame):
    """A field to type in over what is found; Enter or a click takes it, Esc does not."""

    def __init__(self, box: CompositeBox) -> None:
        super().__init__(box, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._box = box
        set_class(self, "popup")
        self._field = QLineEdit(self)
        self._field.setPlaceholderText(self.tr("Search %n composites", "", box.count()))
        self._field.setAccessibleName(self.tr("Search composites"))
        self._field.setClearButtonEnabled(True)
        self._found = QSortFilterProxyModel(self)
        self._found.setSourceModel(box.model())
        self._found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._list = QListView(self)
        self._list.setModel(self._found)
        self._list.setUniformItemSizes(True)
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setMouseTracking(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(self._take)
        self._nothing = muted(self.tr("No composite has this in its name."), self)
        self._nothing.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_SMALL, SPACE_SMALL, SPACE_SMALL, SPACE_SMALL)
        column.setSpacing(SPACE_SMALL)
        column.addWidget(self._field)
        column.addWidget(self._list, 1)
        column.addWidget(self._nothing)
        column.addStretch(0)
        self._field.textChanged.connect(self._filter)
        self._field.installEventFilter(self)

    def open(self) -> None:
        """Under the box, or over it where the screen ends."""
        box, screen = self._box, self._box.screen().availableGeometry()
        height = self._field.sizeHint().height() + _ROWS * self._list.sizeHintForRow(0) + 4 * SPACE_SMALL
        widest = max(self._list.sizeHintForColumn(0) + 4 * SPACE_SMALL, box.width())
        size = QSize(min(max(widest, _NARROWEST_PX), _WIDEST_PX), height).boundedTo(screen.size())
        below = box.mapToGlobal(QPoint(0, box.height()))
        above = box.mapToGlobal(QPoint(0, 0)).y() - size.height()
        y = below.y() if below.y() + size.height() <= screen.bottom() else max(above, screen.top())
        x = max(min(below.x(), screen.right() - size.width()), screen.left())
        self.setGeometry(x, y, size.width(), size.height())
        self._go_to(self._found.mapFromSource(box.model().index(box.currentIndex(), 0)))
        self.show()
        self._list.scrollTo(self._list.currentIndex(), QListView.ScrollHint.PositionAtCenter)
        self._field.setFocus(Qt.FocusReason.PopupFocusReason)

    def _filter(self, words: str) -> None:
        self._found.setFilterFixedString(words.strip())
        has_some = self._found.rowCount() > 0
        self._list.setVisible(has_some)
        self._nothing.setVisible(not has_some)
        self._go_to(self._found.index(0, 0))

    def _go_to(self, index: QModelIndex) -> None:
        self._list.setCurrentIndex(index)

    def _take(self, index: QModelIndex) -> None:
        if index.isValid():
            row = self._found.mapToSource(index).row()
            self.close()
            self._box.take(row)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list while letters go to the field."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self._list.currentIndex())
        elif event.key() in _IN_THE_LIST:
            self._list.keyPressEvent(event)
        else:
            return False
        return True

    def closeEvent(self, event: QCloseEvent) -> None:
        self._box._search = None
        super().closeEvent(event)
