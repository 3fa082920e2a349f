"""The queue on the map: each Tile in a frame of its Regime's colour, the first ones with their places. What is inside
stays clear: Classes have these colours too, and a filling would be taken for paint."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen, qGray

from core.project.records import RankedTile, TileRecord
from gui.canvas.viewport import Viewport
from gui.regimes import REGIMES, regime_colour

Places = Mapping[int, tuple[int, str]]  # by Tile: place in the queue from 1, Regime

NEXT_TILES = 24
_NEXT_PX, _LATER_PX = 4.0, 1.0  # how wide a frame is
_LEAST_FRAMED_PX = 8.0  # smaller Tiles have no inside, and nobody paints on them
_NEXT_ALPHA, _LATER_ALPHA = 200, 70  # of what is filled instead
_CLEAR_PX = 96.0  # from here on the active Tile is there to be painted, up to its edges
_BADGE_PX = QSizeF(22, 18)  # two digits
_SEAM = QColor(0, 0, 0, 170)
_DARK_GREY = 90  # of 255: on darker colours white is read better than black


def places_of(queue: Iterable[RankedTile]) -> Places:
    """Of those with a Regime that has a colour: all others, and those that are done, stay clear."""
    places = enumerate(queue, start=1)
    return {ranked.tile_id: (place, ranked.regime) for place, ranked in places if ranked.regime in REGIMES}


def draw_ranking(
    painter: QPainter, tiles: Iterable[TileRecord], viewport: Viewport, places: Places, active_id: int | None = None
) -> None:
    """`tiles` are among those that have `places`."""
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    for tile in tiles:
        place, regime = places[tile.tile_id]
        rect = viewport.rect_to_widget(tile.rect)
        side = min(rect.width(), rect.height())
        if tile.tile_id == active_id and not _LEAST_FRAMED_PX <= side < _CLEAR_PX:
            continue
        colour = regime_colour(regime)
        assert colour is not None  # those without one have no place
        is_next = place <= NEXT_TILES
        if side < _LEAST_FRAMED_PX:
            colour.setAlpha(_NEXT_ALPHA if is_next else _LATER_ALPHA)
            painter.fillRect(rect, colour)
            continue
        _draw_frame(painter, rect, colour, min(_NEXT_PX if is_next else _LATER_PX, side / 8))
        if is_next and rect.width() >= _BADGE_PX.width() and rect.height() >= _BADGE_PX.height():
            _draw_number(painter, rect, colour, str(place))
    painter.restore()


def _draw_frame(painter: QPainter, rect: QRectF, colour: QColor, width_px: float) -> None:
    """Along the inside, on a seam that shows it on any ground."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line, width in ((_SEAM, width_px + 1), (colour, width_px)):
        pen = QPen(line, width)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        half = width / 2
        painter.drawRect(rect.adjusted(1 + half, 1 + half, -half, -half))  # beside the grid's line


def _draw_number(painter: QPainter, rect: QRectF, colour: QColor, number: str) -> None:
    """On a badge in the middle: white or black, whichever is the clearer."""
    badge = QRectF(QPointF(), _BADGE_PX)
    badge.moveCenter(rect.center())
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(_SEAM, 1))
    painter.setBrush(colour)
    painter.drawRoundedRect(badge, 4, 4)
    painter.setPen(QColor(255, 255, 255) if qGray(colour.rgb()) < _DARK_GREY else QColor(0, 0, 0))
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, number)
