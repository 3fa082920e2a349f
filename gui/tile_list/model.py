"""The Tiles of the list, and how each is drawn: picture, marks, and what is painted on it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, QStringListModel, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.labels.classes import IGNORE, IGNORE_COLOUR
from core.project.records import TileRecord
from core.project.tile_list import TileFacts, TileFilter, TileOrder, list_tiles
from core.session import Session
from gui.canvas.decorations import draw_mark
from gui.icons import icon
from gui.theme import SPACE_SMALL, SPACE_TIGHT, current_theme
from gui.thumbnails import Thumbnails, draw_thumbnail
from gui.tile_words import status_word, tile_place
from gui.translate import say

TILE = Qt.ItemDataRole.UserRole
_MARK_PX = 18
_BAR_PX = 5

Index = QModelIndex | QPersistentModelIndex


class TileListModel(QStringListModel):
    """Keeps its order until `refresh`: nothing moves under the user's eyes because a Ranking came in.

    A list of empty strings to Qt, which asks for the number of rows at each row that it lays out: a `rowCount` of
    Python's took most of a second with 150,000 Tiles.
    """

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._thumbnails = thumbnails
        self._rows: list[int] = []
        self._row_of: dict[int, int] = {}
        self._places: dict[int, int] = {}

    def refresh(self, wanted: TileFilter, order: TileOrder) -> None:
        """List the Tiles that fulfil `wanted`, as things are now."""
        session = self._session
        queue = session.queue()
        rest = [ranked for ranked in session.ranking if not session.tiles[ranked.tile_id].status.is_open]
        facts = TileFacts(
            session.tiles, session.scenes, [*queue, *rest], session.painted, session.forecasts.doubts, session.notes,
            session.edited,
        )  # fmt: skip
        self._rows = list_tiles(facts, wanted, order)
        self._row_of = {tile_id: row for row, tile_id in enumerate(self._rows)}
        self._places = {ranked.tile_id: place for place, ranked in enumerate(queue, start=1)}
        self.setStringList([""] * len(self._rows))

    def row_of(self, tile_id: int) -> int | None:
        return self._row_of.get(tile_id)

    def place_of(self, tile_id: int) -> int | None:
        """In the Queue, from 1."""
        return self._places.get(tile_id)

    def flags(self, index: Index) -> Qt.ItemFlag:
        return Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        tile_id = self._rows[index.row()]
        if role == TILE:
            return tile_id
        if role == Qt.ItemDataRole.DecorationRole:
            return self._thumbnails.image(tile_id)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._described(tile_id)
        return None

    def _described(self, tile_id: int) -> str:
        """What the picture and its marks say, in words."""
        session = self._session
        tile, doubt = session.tiles[tile_id], session.forecasts.doubts.get(tile_id)
        lines = [tile_place(session, tile), status_word(tile.status)]
        place = self.place_of(tile_id)
        if place is not None:
            reasons = (ranked.reason for ranked in session.queue() if ranked.tile_id == tile_id)
            reason = next(reasons, None)
            lines.append(f"{place}. {say(reason)}" if reason is not None else f"{place}.")
        if doubt is not None:
            lines.append(self.tr("Doubt {percent} %").format(percent=round(100 * doubt)))
        if tile_id in session.notes:
            lines.append(self.tr("Note: {words}").format(words=session.notes[tile_id]))
        return "\n".join(lines)


class TileDelegate(QStyledItemDelegate):
    """A Tile: its picture with the marks of status and Note, a bar of what is painted, its place and doubt."""

    def __init__(self, session: Session, model: TileListModel, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._model = model
        self.side_px = 104
        self.active_tile_id = -1

    def cell(self, line_px: int) -> QSize:
        """The room a Tile needs, with a caption of one line."""
        return QSize(self.side_px + 2 * SPACE_SMALL, self.side_px + line_px + 2 * SPACE_SMALL + SPACE_TIGHT)

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self.cell(option.fontMetrics.height())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tile = self._session.tiles[index.data(TILE)]
        painter.save()
        cell: QRect = option.rect.adjusted(2, 2, -2, -2)
        self._paint_ground(painter, option, cell, is_active=tile.tile_id == self.active_tile_id)
        box = QRect(0, 0, self.side_px, self.side_px)
        box.moveTop(cell.top() + SPACE_SMALL - 2)
        box.moveLeft(cell.left() + (cell.width() - box.width()) // 2)
        picture = draw_thumbnail(painter, box, index.data(Qt.ItemDataRole.DecorationRole))
        self._paint_bar(painter, picture, tile)
        draw_mark(painter, tile.status, QRectF(picture.left() + 5, picture.top() + 5, _MARK_PX, _MARK_PX))
        if tile.tile_id in self._session.notes:
            self._paint_note(painter, picture)
        caption = QRect(box.left(), box.bottom() + SPACE_TIGHT, box.width(), option.fontMetrics.height())
        self._paint_caption(painter, caption, tile, chosen=bool(option.state & QStyle.StateFlag.State_Selected))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, cell: QRect, *, is_active: bool) -> None:
        """Where the keys are, where the mouse is, and which Tile is on the canvas."""
        theme = current_theme()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setBrush(QColor(theme.selection))
            painter.drawRoundedRect(cell, 6, 6)
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.setBrush(QColor(theme.hover))
            painter.drawRoundedRect(cell, 6, 6)
        if is_active:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(QRectF(cell).adjusted(1, 1, -1, -1), 6, 6)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    def _paint_bar(self, painter: QPainter, picture: QRect, tile: TileRecord) -> None:
        """How much of the Tile each Class covers, as a bar along the lower edge."""
        counts = self._session.painted.get(tile.tile_id)
        if not counts:
            return
        colours = {c.value: c.colour for c in self._session.classes} | {IGNORE: IGNORE_COLOUR}
        inside = picture.adjusted(1, 1, -1, -1)
        left = float(inside.left())
        painter.fillRect(inside.left(), inside.bottom() - _BAR_PX, inside.width(), _BAR_PX + 1, QColor(0, 0, 0, 120))
        for value, pixels in sorted(counts.items()):
            width = max(2.0, inside.width() * pixels / tile.rect.area)
            width = min(width, inside.left() + inside.width() - left)
            colour = QColor(colours.get(value, IGNORE_COLOUR))
            painter.fillRect(QRectF(left, inside.bottom() - _BAR_PX + 1, width, _BAR_PX), colour)
            left += width

    def _paint_note(self, painter: QPainter, picture: QRect) -> None:
        theme = current_theme()
        badge = QRect(picture.right() - _MARK_PX - 4, picture.top() + 5, _MARK_PX, _MARK_PX)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.border)))
        painter.setBrush(QColor(theme.field))
        painter.drawRoundedRect(badge, 4, 4)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        icon("note").paint(painter, badge.adjusted(2, 2, -2, -2))

    def _paint_caption(self, painter: QPainter, line: QRect, tile: TileRecord, *, chosen: bool) -> None:
        """The place in the Queue at the left, the doubt at the right."""
        theme = current_theme()
        place, doubt = self._model.place_of(tile.tile_id), self._session.forecasts.doubts.get(tile.tile_id)
        painter.setPen(QColor(theme.selection_text if chosen else theme.text))
        if place is not None and tile.status.is_open:
            painter.drawText(line, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, str(place))
        painter.setPen(QColor(theme.selection_text if chosen else theme.muted))
        if doubt is not None:
            words = self.tr("{percent} % doubt").format(percent=round(100 * doubt))
            painter.drawText(line, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words)
