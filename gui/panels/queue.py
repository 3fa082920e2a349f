"""The queue: the budget, and the Tiles in the order to label them, each with its picture and the reason."""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QProgressBar,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from core.events import Change, Subject
from core.geometry import TileRef
from core.imagery.reader import TileReader
from core.jobs import JobContext, Priority
from core.project.records import RankedTile, TileStatus
from core.session import Session
from core.text import text
from gui.icons import icon
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, current_theme, set_class
from gui.translate import say

THUMBNAIL_PX = 64
LISTED_TILES = 500  # more than anyone scrolls through; the whole order is in the project
_KEPT_THUMBNAILS = 800
_RANKED = Qt.ItemDataRole.UserRole
_IMAGE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """The head of the session's queue, with thumbnails that are read when a row is first shown."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._rows: list[RankedTile] = []
        self._images: OrderedDict[int, QImage] = OrderedDict()
        self._requested: set[int] = set()

    def refresh(self) -> None:
        rows = self._session.queue()[:LISTED_TILES]
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def row_of(self, tile_id: int) -> int | None:
        return next((row for row, ranked in enumerate(self._rows) if ranked.tile_id == tile_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        ranked = self._rows[index.row()]
        if role == _RANKED:
            return ranked
        if role == _IMAGE:
            return self._image(ranked.tile_id)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{index.row() + 1}. {say(ranked.reason)}"
        return None

    def _image(self, tile_id: int) -> QImage | None:
        if tile_id not in self._images and tile_id not in self._requested:
            self._requested.add(tile_id)
            work = partial(_thumbnail, self._session.reader, self._session.tile_ref(tile_id))
            self._session.readers.submit(
                text("Reading thumbnails"), work, Priority.QUEUE, then=partial(self._arrived, tile_id)
            )
        return self._images.get(tile_id)

    def _arrived(self, tile_id: int, pixels: NDArray[np.uint8]) -> None:
        self._requested.discard(tile_id)
        height, width, _ = pixels.shape
        self._images[tile_id] = QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
        while len(self._images) > _KEPT_THUMBNAILS:
            self._images.popitem(last=False)
        row = self.row_of(tile_id)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [_IMAGE])


def _thumbnail(reader: TileReader, ref: TileRef, context: JobContext) -> NDArray[np.uint8]:
    """(64, 64, 4) uint8 blue, green, red, 255: the tile in natural colour, or its first bands."""
    context.check()
    pixels = reader.read(ref)
    roles = list(reader.roles)
    chosen = [roles.index(role) for role in ("blue", "green", "red") if role in roles]
    if len(chosen) < 3:
        chosen = [min(i, len(roles) - 1) for i in (2, 1, 0)] if len(roles) >= 3 else [0, 0, 0]
    rows, columns = (np.linspace(0, size - 1, THUMBNAIL_PX).astype(int) for size in pixels.valid.shape)
    small = np.clip(pixels.values[chosen][:, rows][:, :, columns], 0, 1) ** _gamma(reader, chosen)
    image = np.full((THUMBNAIL_PX, THUMBNAIL_PX, 4), 255, np.uint8)
    image[..., :3] = np.moveaxis(255 * small, 0, -1)
    image[~pixels.valid[rows][:, columns], :3] = 96
    return image


def _gamma(reader: TileReader, bands: list[int]) -> float:
    """The exponent that brings the project's mean brightness to the middle; the same for all its thumbnails."""
    known = reader.statistics
    means = [(known.mean[i] - known.low[i]) / (known.high[i] - known.low[i]) for i in bands]
    mean = min(max(sum(means) / len(means), 0.05), 0.95)
    return min(max(math.log(0.42) / math.log(mean), 0.4), 1.3)


class _RowDelegate(QStyledItemDelegate):
    """A row: thumbnail, place, reason, and what kind of pick it is."""

    def __init__(self, panel: QueuePanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(220, THUMBNAIL_PX + 2 * SPACE_SMALL)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme = current_theme()
        ranked: RankedTile = index.data(_RANKED)
        is_active = ranked.tile_id == self._panel.active_tile_id
        rect: QRect = option.rect
        painter.save()
        if is_active:
            painter.fillRect(rect, QColor(theme.selection))
            painter.fillRect(QRect(rect.left(), rect.top(), 3, rect.height()), QColor(theme.accent))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, QColor(theme.hover))
        picture = QRect(rect.left() + SPACE_MEDIUM, rect.top() + SPACE_SMALL, THUMBNAIL_PX, THUMBNAIL_PX)
        image = index.data(_IMAGE)
        if image is None:
            painter.fillRect(picture, QColor(theme.pressed))
        else:
            painter.drawImage(picture, image)
        painter.setPen(QPen(QColor(theme.border)))
        painter.drawRect(picture.adjusted(0, 0, -1, -1))
        self._paint_text(painter, rect, picture, index.row() + 1, ranked, is_active)
        painter.restore()

    def _paint_text(
        self, painter: QPainter, rect: QRect, picture: QRect, place: int, ranked: RankedTile, is_active: bool
    ) -> None:
        theme = current_theme()
        left = picture.right() + SPACE_MEDIUM
        column = QRect(left, picture.top() - 1, rect.right() - left - SPACE_SMALL, picture.height() + 4)
        bold = QFont(painter.font())
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(QColor(theme.selection_text if is_active else theme.text))
        line = painter.fontMetrics().height()
        painter.drawText(
            QRect(column.left(), column.top(), column.width(), line), Qt.AlignmentFlag.AlignLeft, str(place)
        )
        bold.setBold(False)
        painter.setFont(bold)
        painter.setPen(QColor(theme.selection_text if is_active else theme.muted))
        status = self._panel.session.tiles[ranked.tile_id].status
        if status is TileStatus.IN_PROGRESS:
            corner = QRect(column.left(), column.top(), column.width(), line)
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight, self.tr("started"))
        below = column.adjusted(0, line + 1, 0, 0)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, say(ranked.reason))


class QueuePanel(QWidget):
    """Budget, queue, and the three buttons that move on."""

    tile_chosen = Signal(int)
    budget_clicked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.active_tile_id = -1
        self._model = QueueModel(session, self)
        self._build()
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.refresh()

    def detach(self) -> None:
        self._unsubscribe()

    def set_active(self, tile_id: int) -> None:
        self.active_tile_id = tile_id
        row = self._model.row_of(tile_id)
        if row is not None:
            self._list.setCurrentIndex(self._model.index(row))
            self._list.scrollTo(self._model.index(row))
        self._list.viewport().update()

    def refresh(self) -> None:
        self._model.refresh()
        effort = self.session.effort
        self._bar.setValue(min(1000, round(1000 * effort.spent_fraction)))
        amount = round(effort.budget.amount)
        if effort.budget.unit == "tiles":
            self._spent.setText(self.tr("{done} of %n tile(s)", "", amount).format(done=effort.spent_tiles))
        else:
            minutes = round(effort.spent_seconds / 60)
            self._spent.setText(self.tr("{done} of %n minute(s)", "", amount).format(done=minutes))
        pace = self.tr("{seconds} s a tile").format(seconds=f"{effort.seconds_per_tile:.0f}")
        known = bool(effort.recent_seconds)
        left = self.tr("about %n tile(s) left", "", effort.remaining_tiles())
        self._left.setText(f"{left} · {pace}" if known else left)
        if effort.spent_fraction >= 1:
            self._left.setText(self.tr("The budget is used up"))

    def _build(self) -> None:
        header = QWidget(self)
        set_class(header, "panel")
        self._spent = QLabel(header)
        self._spent.setProperty("class", "heading")
        self._left = QLabel(header)
        self._left.setProperty("class", "muted")
        self._bar = QProgressBar(header)
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Budget used"))
        change = QPushButton(icon("budget"), "", header)
        change.setProperty("class", "flat")
        change.setToolTip(self.tr("Change the budget"))
        change.setAccessibleName(change.toolTip())
        change.clicked.connect(self.budget_clicked)
        top = QHBoxLayout()
        top.addWidget(self._spent, 1)
        top.addWidget(change)
        column = QVBoxLayout(header)
        column.setContentsMargins(SPACE_MEDIUM, 0, SPACE_MEDIUM, SPACE_MEDIUM)
        column.setSpacing(SPACE_TIGHT)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._left)

        self._list = QListView(self)
        self._list.setObjectName("queue")
        self._list.setAccessibleName(self.tr("Tiles to label"))
        self._list.setModel(self._model)
        self._list.setItemDelegate(_RowDelegate(self))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(lambda index: self.tile_chosen.emit(index.data(_RANKED).tile_id))

        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(header)
        whole.addWidget(self._list, 1)

    def add_buttons(self, *buttons: QWidget) -> None:
        """Put the moving-on buttons under the list."""
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_MEDIUM, SPACE_SMALL)
        row.setSpacing(SPACE_SMALL)
        for number, button in enumerate(buttons):
            row.addWidget(button, 1 if number == 0 else 0)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(row)

    def _session_changed(self, change: Change) -> None:
        if change.subjects & {Subject.RANKING, Subject.BUDGET} or (
            Subject.TILES in change.subjects and change.origin == "status"
        ):
            self.refresh()
            self.set_active(self.active_tile_id)
        elif Subject.TILES in change.subjects:
            self._list.viewport().update()
