"""All Tiles as thumbnails, in place of the canvas: find them, triage them, go to one. Made for the keyboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QItemSelectionModel, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.events import Change, Subject
from core.session import Session
from gui.controls import icon_button
from gui.elided import ElidedLabel
from gui.icons import IconLabel, icon
from gui.theme import ICON_EMPTY_PX, SPACE_EMPTY, SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, set_class
from gui.thumbnails import THUMBNAIL_PX, Thumbnails
from gui.tile_list.filters import FilterBar
from gui.tile_list.model import TILE, Index, TileDelegate, TileListModel

_SHOWN = {Subject.MASKS, Subject.STATUS, Subject.NOTES, Subject.PREDICTIONS, Subject.CLASSES}
_FIRST = -1  # no Tile's id: the keys go to the first one
_LOW_PX = 400  # a page lower than this
_SIDES_PX = (72, 104, THUMBNAIL_PX)


class TileListPage(QWidget):
    """`tile_chosen` by Enter or a click, `closed` by Esc; `note_wanted` for the Tile that the keys are on."""

    tile_chosen = Signal(int)
    note_wanted = Signal(int)
    closed = Signal()
    resized = Signal()  # the room for pictures

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._session = session
        self._was_ranked = False
        self._model = TileListModel(session, thumbnails, self)
        self._delegate = TileDelegate(session, self._model, self)
        self.filters = FilterBar(session, self)
        self.view = _TileView(self._delegate, self._model, self)
        thumbnails.arrived.connect(self._picture_arrived)
        self.view.clicked.connect(lambda index: self.tile_chosen.emit(index.data(TILE)))
        self._build()
        self.filters.changed.connect(lambda: self.refresh(_FIRST))
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        self._unsubscribe()

    def open_at(self, tile_id: int | None) -> None:
        """List the Tiles as they are now, with the keys on this one."""
        self._delegate.active_tile_id = -1 if tile_id is None else tile_id
        self.refresh(tile_id)
        self.view.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def refresh(self, tile_id: int | None = None) -> None:
        """The Tile that the keys are on stays so where it is still listed; else they are on the first."""
        stays = tile_id if tile_id is not None else self.current_tile()
        self._was_ranked = bool(self._session.ranking)
        self._model.refresh(self.filters.wanted, self.filters.order)
        found, everything = self._model.rowCount(), len(self._session.tiles)
        if self.filters.is_clear:
            self._count.setText(self.tr("%n tile(s)", "", everything))
        else:
            self._count.setText(self.tr("{found} of %n tile(s)", "", everything).format(found=found))
        self._clear.setVisible(not self.filters.is_clear)
        self._stack.setCurrentIndex(0 if found else 1)
        self._go_to_row((self._model.row_of(stays) if stays is not None else None) or 0)

    def minimumSizeHint(self) -> QSize:
        """Where there is little room the words at the top are cut off rather than the window made wider."""
        margins = SPACE_MEDIUM + SPACE_TIGHT + SPACE_SMALL
        return QSize(self.filters.minimumSizeHint().width() + margins, super().minimumSizeHint().height())

    @property
    def header_px(self) -> int:
        """What is above the pictures."""
        return self._stack.y()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold()

    def _fold(self) -> None:
        """The boxes would leave a low page no room for pictures: there a button brings them."""
        is_low = self.height() < _LOW_PX
        self._unfold.setVisible(is_low)
        self.filters.fold(is_low and not self._unfold.isChecked())

    def current_tile(self) -> int | None:
        """The Tile that the keys are on."""
        index = self.view.currentIndex()
        return index.data(TILE) if index.isValid() else None

    def commands(self) -> dict[str, Callable[..., object]]:
        """What the window's commands mean while the list is open: they act on the Tile that the keys are on."""
        return {
            "submit": lambda: self._on_current(self.tile_chosen.emit),
            "next": lambda: self._go_to_row(self.view.currentIndex().row() + 1),
            "previous": lambda: self._go_to_row(self.view.currentIndex().row() - 1),
            "skip": lambda: self._on_current(self._session.skip),
            "flag": lambda: self._on_current(self._session.flag),
            "note": lambda: self._on_current(self.note_wanted.emit),
            "zoom in": lambda: self.view.resize_tiles(1),
            "zoom out": lambda: self.view.resize_tiles(-1),
        }

    def _on_current(self, act: Callable[[int], object]) -> None:
        tile_id = self.current_tile()
        if tile_id is not None:
            act(tile_id)

    def _go_to_row(self, row: int) -> None:
        if 0 <= row < self._model.rowCount():
            index = self._model.index(row)
            self.view.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.ClearAndSelect)
            self.view.scrollTo(index)

    def _picture_arrived(self, tile_id: int) -> None:
        """Repaint it. The model's `dataChanged` would have Qt lay out all Tiles anew, for each picture."""
        row = self._model.row_of(tile_id)
        if row is not None and self.isVisible():
            self.view.update(self._model.index(row))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self.resized.emit()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.filters.search.hasFocus() and self.filters.search.text():
                self.filters.search.clear()
            else:
                self.closed.emit()
        elif event.key() == Qt.Key.Key_Down and self.filters.search.hasFocus():
            self.view.setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() == Qt.Key.Key_Slash or (
            event.key() == Qt.Key.Key_F and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        ):
            self.filters.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.filters.search.selectAll()
        else:
            super().keyPressEvent(event)

    def _session_changed(self, change: Change) -> None:
        if Subject.CLASSES in change.subjects:
            self.filters.refresh_classes()
        if not self.isVisible():
            return
        if Subject.RANKING in change.subjects and not self._was_ranked:
            self.refresh()  # the first order there is; later ones wait until the list is opened again
        elif change.subjects & _SHOWN:
            self.view.viewport().update()

    def _build(self) -> None:
        set_class(self, "panel")
        self._count = ElidedLabel(self)
        self._count.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)  # it gives way
        set_class(self._count, "muted")
        self._clear = QPushButton(self.tr("Show all"), self)
        set_class(self._clear, "flat")
        self._clear.clicked.connect(self.filters.clear)
        self._unfold = icon_button("settings", self.tr("Filters and order"), self, checkable=True)
        self._unfold.toggled.connect(self._fold)
        self._unfold.hide()
        close = QPushButton(icon("close"), "", self)
        set_class(close, "flat")
        close.setToolTip(self.tr("Back to the scene  Esc"))
        close.setAccessibleName(self.tr("Back to the scene"))
        close.clicked.connect(self.closed)
        title = QLabel(self.tr("All tiles"), self)
        set_class(title, "heading")
        head = QHBoxLayout()
        head.setSpacing(SPACE_SMALL)
        head.addWidget(title)
        head.addWidget(self._count, 1)
        head.addWidget(self._clear)
        head.addWidget(self._unfold)
        head.addWidget(close)
        self._stack = QStackedWidget(self)
        self._stack.installEventFilter(self)
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing_found())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_MEDIUM, SPACE_TIGHT, SPACE_TIGHT, 0)
        whole.setSpacing(SPACE_SMALL)
        whole.addLayout(head)
        boxes = QHBoxLayout()
        boxes.setContentsMargins(0, 0, SPACE_SMALL, 0)
        boxes.addWidget(self.filters)
        whole.addLayout(boxes)
        whole.addWidget(self._stack, 1)

    def _nothing_found(self) -> QWidget:
        page = QWidget(self)
        page.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        sentence = QLabel(self.tr("No tile matches these filters."), page)
        set_class(sentence, "heading")
        again = QPushButton(self.tr("Show all tiles"), page)
        again.clicked.connect(self.filters.clear)
        column = QVBoxLayout(page)
        column.setSpacing(SPACE_MEDIUM)
        column.addStretch(1)
        for widget in (IconLabel("search", ICON_EMPTY_PX), sentence, again):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(2)
        return page


class _TileView(QListView):
    """Rows of Tiles that fill the width; only what is seen is asked for, however many there are."""

    def __init__(self, delegate: TileDelegate, model: TileListModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._delegate = delegate
        self.setObjectName("tile list")
        self.setAccessibleName(self.tr("All tiles"))
        self.setModel(model)
        self.setItemDelegate(delegate)
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(True)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setMinimumHeight(SPACE_EMPTY)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)  # else the rows would jump with it
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        bar = self.verticalScrollBar()
        bar.setEnabled(False)  # where there is nothing to scroll its place stays empty
        bar.rangeChanged.connect(lambda _, most: bar.setEnabled(most > 0))

    def resize_tiles(self, steps: int) -> None:
        """Larger or smaller pictures."""
        here = _SIDES_PX.index(self._delegate.side_px)
        self._delegate.side_px = _SIDES_PX[min(max(here + steps, 0), len(_SIDES_PX) - 1)]
        self._fill_width()
        self.scrollTo(self.currentIndex())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Letters are commands here: Qt's own search by typing has nothing to find among pictures."""
        if event.text().isprintable() and event.text().strip():
            event.ignore()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fill_width()
        super().resizeEvent(event)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()

    def _fill_width(self) -> None:
        cell = self._delegate.cell(self.fontMetrics().height())
        columns = max(1, (self.viewport().width() - 1) // cell.width())
        cell.setWidth((self.viewport().width() - 1) // columns)
        if cell != self.gridSize():
            self.setGridSize(cell)
