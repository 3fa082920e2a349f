"""The queue on the map: each Tile in the colour of its Regime, the first ones strongest, with their places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from core.project.records import RankedTile, TileRecord
from gui.canvas.viewport import Viewport
from gui.regimes import REGIMES, regime_colour

Places = Mapping[int, tuple[int, str]]  # by Tile: place in the queue from 1, Regime

NEXT_TILES = 24
_STRONG, _WEAK = 170, 60  # alpha
_LEAST_NUMBER_PX = 22.0  # two digits


def places_of(queue: Iterable[RankedTile]) -> Places:
    """Of those with a Regime that has a colour: all others, and those that are done, stay clear."""
    places = enumerate(queue, start=1)
    return {ranked.tile_id: (place, ranked.regime) for place, ranked in places if ranked.regime in REGIMES}


def draw_ranking(painter: QPainter, tiles: Iterable[TileRecord], viewport: Viewport, places: Places) -> None:
    """`tiles` are among those that have `places`."""
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    for tile in tiles:
        place, regime = places[tile.tile_id]
        colour = regime_colour(regime)
        assert colour is not None
        rect = viewport.rect_to_widget(tile.rect)
        colour.setAlpha(_STRONG if place <= NEXT_TILES else _WEAK)
        painter.fillRect(rect, colour)
        if place <= NEXT_TILES and rect.width() >= _LEAST_NUMBER_PX:
            _draw_number(painter, rect, str(place))
    painter.restore()


def _draw_number(painter: QPainter, rect: QRectF, number: str) -> None:
    """White on a dark seam, so that it shows on every colour."""
    painter.setPen(QColor(0, 0, 0, 190))
    painter.drawText(rect.translated(1, 1), Qt.AlignmentFlag.AlignCenter, number)
    painter.setPen(QColor(255, 255, 255))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, number)
