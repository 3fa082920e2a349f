"""The queue: the budget, and the Tiles in the order to label them, each with its picture and the reason."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QFont, QPainter
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
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.events import Change, Subject
from core.learning.outlook import MINUTES_AHEAD, outlook_sentence
from core.project.effort import Effort
from core.project.records import RankedTile, TileStatus
from core.session import Session
from gui.budget_words import what_is_left
from gui.controls import muted
from gui.icons import icon
from gui.theme import ICON_SMALL_PX, SPACE_EMPTY, SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, current_theme, set_class
from gui.thumbnails import Thumbnails, draw_thumbnail
from gui.translate import number, say

LISTED_TILES = 500  # more than anyone scrolls through; the whole order is in the list of all tiles
_NO_BREAK = "\N{NO-BREAK SPACE}"
_PICTURE_PX = 64
_RANKED = Qt.ItemDataRole.UserRole
_IMAGE = Qt.ItemDataRole.UserRole + 1

Index = QModelIndex | QPersistentModelIndex


class QueueModel(QAbstractListModel):
    """The head of the session's queue."""

    def __init__(self, session: Session, thumbnails: Thumbnails, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._thumbnails = thumbnails
        self._rows: list[RankedTile] = []
        self._row_of: dict[int, int] = {}
        thumbnails.arrived.connect(self._picture_arrived)

    def refresh(self) -> None:
        rows = self._session.queue()[:LISTED_TILES]
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self._row_of = {ranked.tile_id: row for row, ranked in enumerate(rows)}
        self.endResetModel()

    def row_of(self, tile_id: int) -> int | None:
        return self._row_of.get(tile_id)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        ranked = self._rows[index.row()]
        if role == _RANKED:
            return ranked
        if role == _IMAGE:
            return self._thumbnails.image(ranked.tile_id)
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleTextRole):
            lines = [f"{index.row() + 1}. {say(ranked.reason)}", self._session.notes.get(ranked.tile_id, "")]
            verdict = self._session.doubt_records.verdict() if role == Qt.ItemDataRole.ToolTipRole else None
            if verdict is not None and ranked.regime in ("coverage", "doubt"):  # between these it decides
                lines.append(say(verdict))
            return "\n".join(filter(None, lines))
        return None

    def _picture_arrived(self, tile_id: int) -> None:
        row = self.row_of(tile_id)
        if row is not None:
            self.dataChanged.emit(self.index(row), self.index(row), [_IMAGE])


class _RowDelegate(QStyledItemDelegate):
    """A row: thumbnail, place, reason, and what kind of pick it is."""

    def __init__(self, panel: QueuePanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(220, _PICTURE_PX + 2 * SPACE_SMALL)

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
        picture = QRect(rect.left() + SPACE_MEDIUM, rect.top() + SPACE_SMALL, _PICTURE_PX, _PICTURE_PX)
        draw_thumbnail(painter, picture, index.data(_IMAGE))
        is_beyond = index.row() == self._panel.first_beyond_budget
        if is_beyond:
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 2), QColor(theme.accent))
        self._paint_text(painter, rect, picture, index.row() + 1, ranked, is_active, is_beyond)
        painter.restore()

    def _paint_text(
        self, painter: QPainter, rect: QRect, picture: QRect, place: int, ranked: RankedTile, is_active: bool,
        is_beyond: bool,
    ) -> None:  # fmt: skip
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
        corner = QRect(column.left(), column.top(), column.width(), line)
        if status is TileStatus.IN_PROGRESS:
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight, self.tr("started"))
        elif is_beyond:
            painter.drawText(corner, Qt.AlignmentFlag.AlignRight, self.tr("budget ends here"))
        below = column.adjusted(0, line + 1, 0, 0)
        note = self._panel.session.notes.get(ranked.tile_id, "")
        if note:
            self._paint_note(painter, QRect(below.left(), below.bottom() - line, below.width(), line), note)
            below.setHeight(2 * line)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextWordWrap, say(ranked.reason))

    def _paint_note(self, painter: QPainter, line: QRect, note: str) -> None:
        """Its beginning; the rest is in the tool tip."""
        side = ICON_SMALL_PX
        icon("note", "accent").paint(painter, QRect(line.left(), line.center().y() - side // 2, side, side))
        words = line.adjusted(side + SPACE_TIGHT, 0, 0, 0)
        painter.drawText(
            words, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter,
            painter.fontMetrics().elidedText(" ".join(note.splitlines()), Qt.TextElideMode.ElideRight, words.width()),
        )  # fmt: skip


class QueuePanel(QWidget):
    """Budget, queue, and the three buttons that move on."""

    tile_chosen = Signal(int)
    budget_clicked = Signal()

    def __init__(self, session: Session, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.session = session
        self.active_tile_id = -1
        self.first_beyond_budget = 0  # the row before which a line says how far the rest of the budget reaches
        self._model = QueueModel(session, thumbnails, self)
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
        self.first_beyond_budget = 0 if effort.spent_fraction >= 1 else effort.remaining_tiles()
        spent, amount = effort.spent_fraction, round(effort.budget.amount)
        if effort.budget.unit == "tiles":
            amount = min(amount, len(self.session.tiles))  # more than there are cannot be labeled
            spent = effort.spent_tiles / max(amount, 1)
            self._spent.setText(self.tr("{done} of %n tile(s)", "", amount).format(done=effort.spent_tiles))
        else:
            minutes = int(effort.spent_seconds / 60)  # whole ones: "2 of 2" while there is time left would be wrong
            self._spent.setText(self.tr("{done} of %n minute(s)", "", amount).format(done=minutes))
        self._bar.setValue(min(1000, round(1000 * spent)))
        self._left.setText(self._what_is_left(effort))
        self._left.setToolTip(self._about_the_pace(effort))
        self._show_outlook()

    def _show_outlook(self) -> None:
        """Where the budget is spent is where it should be said that spending more hardly helps."""
        found = self.session.models.outlook_ahead
        self._hardly_helps.setVisible(found is not None and found.hardly_helps)
        self._hardly_helps.setToolTip("" if found is None else say(outlook_sentence(found, MINUTES_AHEAD)))

    def _what_is_left(self, effort: Effort) -> str:
        """What the rest of the budget buys, at this expert's pace."""
        if effort.spent_fraction >= 1:
            return self.tr("The budget is used up")
        left = what_is_left(effort, self.session.tiles.values())
        pace = self.tr("{seconds} s a tile").format(seconds=f"{effort.seconds_per_tile:.0f}")
        together = pace.replace(" ", _NO_BREAK)  # not "18" on one line and "s" on the next; no line begins with the dot
        return f"{left}{_NO_BREAK}· {together}" if effort.recent_seconds else left

    def _about_the_pace(self, effort: Effort) -> str:
        """What the estimate rests on."""
        if not effort.recent_seconds:
            return self.tr("A tile is taken to cost a minute until yours are known.")
        lines = [self.tr("From your last %n tile(s), pauses not counted.", "", len(effort.recent_seconds))]
        usual, price = effort.usual_seconds, effort.stroke_price
        if usual is not None:
            lines.append(self.tr("Half of them took {first} to {third} s.").format(
                first=f"{usual[0]:.0f}", third=f"{usual[1]:.0f}"))  # fmt: skip
        if price is not None:
            lines.append(self.tr("About {base} s for a tile and {stroke} s for each stroke.").format(
                base=number(price.base_s, 0), stroke=number(price.stroke_s, 1)))  # fmt: skip
        return "\n".join(lines)

    def _build(self) -> None:
        header = self._build_header()  # first, as Tab goes through them in the order they are made
        self._list = QListView(self)
        self._list.setObjectName("queue")
        self._list.setAccessibleName(self.tr("Tiles to label"))
        self._list.setModel(self._model)
        self._list.setItemDelegate(_RowDelegate(self))
        self._list.setUniformItemSizes(True)
        self._list.setMouseTracking(True)
        self._list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._list.setMinimumHeight(SPACE_EMPTY)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.clicked.connect(lambda index: self.tile_chosen.emit(index.data(_RANKED).tile_id))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(header)
        whole.addWidget(self._list, 1)

    def _build_header(self) -> QWidget:
        """The budget, and what is left of it."""
        header = QWidget(self)
        set_class(header, "panel")
        self._spent = QLabel(header)
        self._spent.setProperty("class", "heading")
        self._spent.setWordWrap(True)
        self._left = muted("", header)
        self._hardly_helps = QLabel(self.tr("Labeling more will hardly help"), header)
        self._hardly_helps.setWordWrap(True)
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
        self._all_tiles = QToolButton(header)
        self._all_tiles.hide()
        top.addWidget(self._spent, 1)
        top.addWidget(self._all_tiles)
        top.addWidget(change)
        column = QVBoxLayout(header)
        column.setContentsMargins(SPACE_MEDIUM, 0, SPACE_MEDIUM, SPACE_MEDIUM)
        column.setSpacing(SPACE_TIGHT)
        column.addLayout(top)
        column.addWidget(self._bar)
        column.addWidget(self._left)
        column.addWidget(self._hardly_helps)
        return header

    def offer_all_tiles(self, action: QAction) -> None:
        """Put the command that lists all tiles above the queue."""
        self._all_tiles.setDefaultAction(action)
        self._all_tiles.setAccessibleName(action.text())
        self._all_tiles.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._all_tiles.show()

    def add_buttons(self, *buttons: QWidget) -> None:
        """Put the moving-on buttons under the list."""
        row = QHBoxLayout()
        row.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_MEDIUM, SPACE_SMALL)
        row.setSpacing(SPACE_SMALL)
        for button in buttons:
            row.addWidget(button, 1 if button is buttons[0] else 0)
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.addLayout(row)

    def _session_changed(self, change: Change) -> None:
        if change.subjects & {Subject.RANKING, Subject.BUDGET, Subject.STATUS}:
            self.refresh()
            self.set_active(self.active_tile_id)
        elif change.subjects & {Subject.MASKS, Subject.NOTES}:
            self._list.viewport().update()
