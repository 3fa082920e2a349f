"""All Tiles as points, near ones look alike: what is labeled, what comes next, and what no label speaks for yet."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QLabel, QToolTip, QVBoxLayout, QWidget

from core.events import Change, Subject
from core.project.records import RankedTile, TileStatus
from core.selection.likeness import LikenessMap
from core.session import Session
from gui.canvas.ranking_layer import NEXT_TILES
from gui.controls import muted
from gui.dialogs.life import while_open
from gui.regimes import REGIMES, regime_colour, regime_title
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, current_theme
from gui.translate import say

_MARGIN = 14.0
_STEPS = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}
_REACH_PX = 12.0  # a click this near to a point means it


class LikenessPlot(QWidget):
    """The points. Arrow keys go through the next picks, Enter chooses."""

    tile_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._map: LikenessMap | None = None
        self._picks: dict[int, tuple[int, RankedTile]] = {}
        self.active_tile_id = -1
        self._pointed = -1
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(240, 180)
        self.setAccessibleName(self.tr("Tiles by likeness"))

    def sizeHint(self) -> QSize:
        return QSize(620, 480)

    def show_map(self, found: LikenessMap) -> None:
        self._map = found
        self._picks = {r.tile_id: (place, r) for place, r in enumerate(self._session.queue()[:NEXT_TILES], start=1)}
        self.update()

    def position_of(self, tile_id: int) -> QPointF | None:
        """Where the Tile's point is drawn; None if it has none."""
        if self._map is None:
            return None
        row = np.flatnonzero(self._map.tile_ids == tile_id)
        if not len(row) or not np.isfinite(self._map.points[row[0]]).all():
            return None
        return self._place(*self._map.points[row[0]])

    def _place(self, x: float, y: float) -> QPointF:
        inside = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        return QPointF(inside.left() + float(x) * inside.width(), inside.bottom() - float(y) * inside.height())

    # -- drawing -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(theme.field))
        if self._map is None:
            painter.setPen(QColor(theme.muted))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("Comparing the tiles…"))
            return
        self._draw_crowd(painter, self._map)
        for tile_id, (_, ranked) in reversed(self._picks.items()):  # the first pick on top
            place, colour = self.position_of(tile_id), regime_colour(ranked.regime)
            if place is not None and colour is not None:
                painter.setPen(QPen(QColor(theme.field), 1))
                painter.setBrush(colour)
                painter.drawEllipse(place, 6, 6)
        for tile_id, radius in ((self._pointed, 8.0), (self.active_tile_id, 10.0)):
            place = self.position_of(tile_id)
            if place is not None:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QPen(QColor(theme.text), 2))
                painter.drawEllipse(place, radius, radius)

    def _draw_crowd(self, painter: QPainter, found: LikenessMap) -> None:
        """Points without a name: labeled Tiles, those that labels speak for, and all others."""
        theme = current_theme()
        tiles = self._session.tiles
        done = np.array([tiles[t].status is TileStatus.DONE for t in found.tile_ids.tolist()], np.bool_)
        seen = np.isfinite(found.points).all(axis=1)
        spoken_for = found.covered
        for rows, colour, size in (
            (seen & ~done & ~spoken_for, theme.control_border, 5.0),
            (seen & ~done & spoken_for, theme.accent, 6.0),
            (seen & ~done & spoken_for, theme.field, 3.0),  # a ring: a pale dot would not be seen
            (seen & done, theme.accent, 8.0),
        ):
            painter.setPen(QPen(QColor(colour), size, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPoints([self._place(x, y) for x, y in found.points[rows].tolist()])

    # -- pointing ----------------------------------------------------------------------------------------------

    def tile_near(self, position: QPointF) -> int:
        """The Tile whose point is nearest, within reach; -1 for none."""
        if self._map is None:
            return -1
        inside = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        x = inside.left() + self._map.points[:, 0] * inside.width()
        y = inside.bottom() - self._map.points[:, 1] * inside.height()
        apart = np.hypot(x - position.x(), y - position.y())
        apart[~np.isfinite(apart)] = math.inf
        if not len(apart) or apart.min() > _REACH_PX:
            return -1
        return int(self._map.tile_ids[int(apart.argmin())])

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        pointed = self.tile_near(event.position())
        if pointed != self._pointed:
            self._pointed = pointed
            self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        tile_id = self.tile_near(event.position())
        if event.button() == Qt.MouseButton.LeftButton and tile_id >= 0:
            self.tile_chosen.emit(tile_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        picks = list(self._picks)
        step = _STEPS.get(Qt.Key(event.key()))
        if step and picks:
            here = picks.index(self._pointed) if self._pointed in picks else (-1 if step > 0 else 0)
            self._pointed = picks[(here + step) % len(picks)]
            self.setAccessibleDescription(self.sentence(self._pointed))
            self.update()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._pointed >= 0:
            self.tile_chosen.emit(self._pointed)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent):
            tile_id = self.tile_near(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), self.sentence(tile_id) if tile_id >= 0 else "", self)
            return True
        return super().event(event)

    def sentence(self, tile_id: int) -> str:
        """What there is to say about a Tile."""
        if tile_id in self._picks:
            place, ranked = self._picks[tile_id]
            return self.tr("Place {place} in the queue: {reason}").format(place=place, reason=say(ranked.reason))
        if self._session.tiles[tile_id].status is TileStatus.DONE:
            return self.tr("Labeled")
        assert self._map is not None
        if self._map.covered[self._map.tile_ids == tile_id][0]:
            return self.tr("A labeled tile looks like it")
        return self.tr("Not like anything labeled so far")


class LikenessDialog(QDialog):
    """Stays open beside the window. `choose` is called with the Tile that was clicked."""

    def __init__(self, session: Session, choose: Callable[[int], object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tiles by likeness"))
        self._session = session
        self._choose = choose
        self.plot = LikenessPlot(session, self)
        self.plot.tile_chosen.connect(self._chosen)
        self._show_map = while_open(self, self.plot.show_map)
        hint = muted(self.tr("Near points look alike. Click one to see the tile."), self, wraps=False)
        self._legend = QLabel(self)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setWordWrap(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_LARGE, SPACE_LARGE, SPACE_LARGE, SPACE_LARGE)
        column.setSpacing(SPACE_MEDIUM)
        column.addWidget(hint)
        column.addWidget(self.plot, 1)
        column.addWidget(self._legend)
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.finished.connect(lambda _: self._unsubscribe())
        self._refresh()

    def set_active(self, tile_id: int) -> None:
        self.plot.active_tile_id = tile_id
        self.plot.update()

    def _chosen(self, tile_id: int) -> None:
        self.set_active(tile_id)
        self._choose(tile_id)

    def _refresh(self) -> None:
        self._legend.setText(self._legend_text())
        job = self._session.map_likeness()
        if job is not None:
            job.then = self._show_map

    def _legend_text(self) -> str:
        theme = current_theme()
        entries = [
            ("●", theme.accent, self.tr("labeled")),
            ("○", theme.accent, self.tr("like a labeled one")),
            ("●", theme.control_border, self.tr("not yet like any")),
        ]
        colours = [(regime_colour(regime), regime_title(regime)) for regime in REGIMES]
        entries += [("●", colour.name(), title) for colour, title in colours if colour is not None]
        spots = [
            f'<span style="color:{colour}">{spot}</span>&nbsp;{title.replace(" ", "&nbsp;")}'
            for spot, colour, title in entries
        ]
        return "&nbsp;&nbsp; ".join(spots)

    def _session_changed(self, change: Change) -> None:
        if change.subjects & {Subject.RANKING, Subject.CLASSES}:
            self._refresh()
        elif Subject.STATUS in change.subjects:
            self.plot.update()
