"""What colours say, in a row along the upper edge: bars of what has one value a pixel, and the queue's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from core.imagery.composites import Composite
from core.imagery.display import Look, Stretch, legend_colours
from gui.canvas.decorations import PLATE_ALPHA
from gui.canvas.overlay import doubt_table
from gui.regimes import REGIMES, regime_colour, regime_title
from gui.translate import number, say

LEGENDS_ROOM_PX = 52.0  # from the view's upper edge: what a row of legends takes
_WIDTH_PX = 148.0
_BAR_PX = 8.0
_LINE_PX = 14.0
_EDGE_PX, _BETWEEN_PX = 8.0, 6.0
_PLATE_PX = 42.0  # its height
_NARROWEST_VIEW_PX = 220
_PATCH_PX = 11.0
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight

Label = tuple[Qt.AlignmentFlag, str]


class LegendRow:
    """Where a view's legends are: side by side, where neither the fitted Tile nor the fitted Scene is. What finds no
    room is below the others."""

    def __init__(self, whole: QRectF) -> None:
        """`whole`: the view, as far as legends may lie there."""
        self._whole = whole
        self._next = whole.topLeft() + QPointF(_EDGE_PX, _BETWEEN_PX)
        self.taken = QRectF()  # all legends that are seen

    def take(self, width: float) -> QRectF:
        """Room for the next legend, so many logical pixels wide."""
        start = self._whole.left() + _EDGE_PX
        if self._next.x() > start and self._next.x() + width > self._whole.right() - _EDGE_PX:
            self._next = QPointF(start, self._next.y() + _PLATE_PX + _BETWEEN_PX)
        plate = QRectF(self._next, QSizeF(width, _PLATE_PX))
        self._next = plate.topRight() + QPointF(_BETWEEN_PX, 0)
        if self._has_room(plate):
            self.taken = self.taken.united(plate)
        return plate

    def _has_room(self, plate: QRectF) -> bool:
        """Not in too small a view."""
        is_small = min(self._whole.width(), self._whole.height()) < _NARROWEST_VIEW_PX
        return not is_small and plate.right() <= self._whole.right()

    def is_seen(self, painter: QPainter, plate: QRectF) -> bool:
        """Most steps of a Stroke repaint another part of the view."""
        return self._has_room(plate) and plate.intersects(painter.clipBoundingRect())


def draw_legend(painter: QPainter, composite: Composite, look: Look, stretch: Stretch, row: LegendRow) -> None:
    """Name, colours, and the values at both ends and in the middle. Nothing where the view is too small."""
    plate = row.take(_WIDTH_PX + 2 * _EDGE_PX)
    if not row.is_seen(painter, plate):
        return
    line = np.ascontiguousarray(legend_colours(composite, look, stretch))
    low, high = stretch.low[0], stretch.high[0]
    places = ((low, _LEFT), ((low + high) / 2, Qt.AlignmentFlag.AlignHCenter), (high, _RIGHT))
    labels = [(place, number_label(value, high - low)) for value, place in places]
    colours = QImage(line.data, len(line), 1, 4 * len(line), QImage.Format.Format_RGB32)
    _draw_bar(painter, plate, say(composite.name), colours, labels)


def draw_doubt_legend(painter: QPainter, row: LegendRow) -> None:
    """What the doubt's colours say. Nothing where the view is too small."""
    plate = row.take(_WIDTH_PX + 2 * _EDGE_PX)
    if not row.is_seen(painter, plate):
        return
    line = np.array(doubt_table(), np.uint32)
    colours = QImage(line.data, len(line), 1, 4 * len(line), QImage.Format.Format_ARGB32)
    translate = QCoreApplication.translate
    labels = [(_LEFT, translate("legend", "sure")), (_RIGHT, translate("legend", "unsure"))]
    _draw_bar(painter, plate, translate("legend", "Doubt"), colours, labels)


def draw_ranking_legend(painter: QPainter, regimes: Collection[str], row: LegendRow) -> None:
    """Which reason is which colour on the map of the queue, of the `regimes` in it. Nothing where the view is too
    small."""
    if not regimes:
        return
    metrics = QFontMetricsF(_font(painter))
    titles = {regime: regime_title(regime) for regime in REGIMES if regime in regimes}
    widths = {regime: _PATCH_PX + 2 * _BETWEEN_PX + metrics.horizontalAdvance(titles[regime]) for regime in titles}
    heading = QCoreApplication.translate("legend", "Next in the queue")
    plate = row.take(max(sum(widths.values()), metrics.horizontalAdvance(heading)) + 2 * _EDGE_PX)
    if not row.is_seen(painter, plate):
        return
    painter.save()
    _draw_plate(painter, plate)
    _draw_words(painter, plate, 0, heading)
    place = QRectF(plate.left() + _EDGE_PX, plate.bottom() - _LINE_PX - _BETWEEN_PX, 0, _LINE_PX)
    for regime, title in titles.items():
        place.setWidth(widths[regime])
        painter.fillRect(QRectF(place.topLeft() + QPointF(0, 2), QSizeF(_PATCH_PX, _PATCH_PX)),
                         regime_colour(regime) or QColor())  # fmt: skip
        painter.drawText(place.adjusted(_PATCH_PX + _BETWEEN_PX, 0, 0, 0), _LEFT, title)
        place.translate(widths[regime], 0)
    painter.restore()


def _draw_bar(painter: QPainter, plate: QRectF, name: str, colours: QImage, labels: Sequence[Label]) -> None:
    painter.save()
    _draw_plate(painter, plate)
    bar = QRectF(plate.left() + _EDGE_PX, plate.top() + _LINE_PX + 3, _WIDTH_PX, _BAR_PX)
    painter.drawImage(bar, colours)
    painter.setPen(QPen(QColor(255, 255, 255, 170), 1))
    painter.drawRect(bar)
    painter.setPen(QColor(255, 255, 255))
    _draw_words(painter, plate, 0, painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideMiddle, int(_WIDTH_PX)))
    for place, label in labels:
        _draw_words(painter, plate, _LINE_PX + _BAR_PX + 3, label, place)
    painter.restore()


def _draw_words(painter: QPainter, plate: QRectF, below_px: float, words: str, place: Qt.AlignmentFlag = _LEFT) -> None:
    line = QRectF(plate.left() + _EDGE_PX, plate.top() + 1 + below_px, plate.width() - 2 * _EDGE_PX, _LINE_PX)
    painter.drawText(line, place | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, words)


def _draw_plate(painter: QPainter, plate: QRectF) -> None:
    """The ground of a legend; the painter is ready for its words."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, PLATE_ALPHA))
    painter.drawRoundedRect(plate, 5, 5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setFont(_font(painter))
    painter.setPen(QColor(255, 255, 255))


def _font(painter: QPainter) -> QFont:
    font = QFont(painter.font())
    font.setPixelSize(12)
    return font


def number_label(value: float, span: float) -> str:
    """As many decimals as a range of `span` needs."""
    decimals = decimals_for(span)
    rounded = round(value, decimals) or 0.0  # never "−0.00"
    return number(rounded, decimals).replace("-", "−")


def decimals_for(span: float) -> int:
    """2 for a span of 1, none from 100 on."""
    return int(np.clip(2 - np.round(np.log10(span)), 0, 6)) if span > 0 else 2
