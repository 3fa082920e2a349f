"""What colours say, in the lower left corner over the scale bar: bars of what has one value a pixel, the queue's."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from PySide6.QtCore import QCoreApplication, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from core.imagery.composites import Composite
from core.imagery.display import Look, Stretch, legend_colours
from gui.canvas.decorations import PLATE_ALPHA
from gui.canvas.overlay import doubt_table
from gui.regimes import REGIMES, regime_colour, regime_title
from gui.translate import number, say

_WIDTH_PX = 148.0
_BAR_PX = 9.0
_HEIGHT_PX = 46.0
_BETWEEN_PX = 14.0
_BOTTOM_PX = 56.0  # above the widget's lower edge: the scale bar is below
_NARROWEST_VIEW_PX = 220
_ROW_PX, _PATCH_PX = 17.0, 11.0
_LEFT, _RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight

Label = tuple[Qt.AlignmentFlag, str]


def draw_legend(painter: QPainter, composite: Composite, look: Look, stretch: Stretch, whole: QRectF) -> None:
    """Name, colours, and the values at both ends and in the middle. Nothing where the view is too small."""
    plate = _plate(whole)
    if not _is_seen(painter, plate, whole):
        return
    row = np.ascontiguousarray(legend_colours(composite, look, stretch))
    low, high = stretch.low[0], stretch.high[0]
    places = ((low, _LEFT), ((low + high) / 2, Qt.AlignmentFlag.AlignHCenter), (high, _RIGHT))
    labels = [(place, number_label(value, high - low)) for value, place in places]
    colours = QImage(row.data, len(row), 1, 4 * len(row), QImage.Format.Format_RGB32)
    _draw_bar(painter, plate, say(composite.name), colours, labels)


def draw_doubt_legend(painter: QPainter, whole: QRectF, *, above: bool) -> None:
    """What the doubt's colours say; `above` the legend of a composite. Nothing where the view is too small."""
    plate = _plate(whole).translated(0, -(_HEIGHT_PX + _BETWEEN_PX) if above else 0)
    if not _is_seen(painter, plate, whole):
        return
    row = np.array(doubt_table(), np.uint32)
    colours = QImage(row.data, len(row), 1, 4 * len(row), QImage.Format.Format_ARGB32)
    translate = QCoreApplication.translate
    labels = [(_LEFT, translate("legend", "sure")), (_RIGHT, translate("legend", "unsure"))]
    _draw_bar(painter, plate, translate("legend", "Doubt"), colours, labels)


def draw_ranking_legend(painter: QPainter, regimes: Collection[str], whole: QRectF, *, above: int) -> None:
    """Which reason is which colour on the map of the queue, of the `regimes` in it, `above` so many other legends.
    Nothing where the view is too small."""
    shown = [regime for regime in REGIMES if regime in regimes]
    plate = _plate(whole).translated(0, -(_HEIGHT_PX + _BETWEEN_PX) * above)
    plate.setTop(plate.bottom() - 8 - _ROW_PX * (1 + len(shown)))
    if not shown or plate.top() < whole.top() or not _is_seen(painter, plate, whole):
        return
    painter.save()
    _draw_plate(painter, plate)
    row = QRectF(plate.left() + 8, plate.top() + 3, _WIDTH_PX, _ROW_PX)
    painter.drawText(row, _LEFT, QCoreApplication.translate("legend", "Next in the queue"))
    for regime in shown:
        row.translate(0, _ROW_PX)
        painter.fillRect(QRectF(row.left(), row.top() + 3, _PATCH_PX, _PATCH_PX), regime_colour(regime) or QColor())
        painter.drawText(row.adjusted(_PATCH_PX + 6, 0, 0, 0), _LEFT, regime_title(regime))
    painter.restore()


def _plate(whole: QRectF) -> QRectF:
    left, top = whole.left() + 16, whole.bottom() - _BOTTOM_PX - _HEIGHT_PX
    return QRectF(left - 8, top - 4, _WIDTH_PX + 16, _HEIGHT_PX + 8)


def _is_seen(painter: QPainter, plate: QRectF, whole: QRectF) -> bool:
    """Asked before anything is computed: most steps of a Stroke repaint another part of the view."""
    room = min(whole.width(), whole.height()) >= _NARROWEST_VIEW_PX
    return room and plate.intersects(painter.clipBoundingRect())


def _draw_bar(painter: QPainter, plate: QRectF, name: str, colours: QImage, labels: Sequence[Label]) -> None:
    left, top = plate.left() + 8, plate.top() + 4
    painter.save()
    _draw_plate(painter, plate)
    bar = QRectF(left, top + 18, _WIDTH_PX, _BAR_PX)
    painter.drawImage(bar, colours)
    painter.setPen(QPen(QColor(255, 255, 255, 170), 1))
    painter.drawRect(bar)
    painter.setPen(QColor(255, 255, 255))
    words = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(_WIDTH_PX))
    painter.drawText(QRectF(left, top - 1, _WIDTH_PX, 16), _LEFT, words)
    for place, label in labels:
        painter.drawText(QRectF(left, top + 29, _WIDTH_PX, 16), place, label)
    painter.restore()


def _draw_plate(painter: QPainter, plate: QRectF) -> None:
    """The ground of a legend; the painter is ready for its words."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, PLATE_ALPHA))
    painter.drawRoundedRect(plate, 5, 5)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255))


def number_label(value: float, span: float) -> str:
    """As many decimals as a range of `span` needs."""
    decimals = decimals_for(span)
    rounded = round(value, decimals) or 0.0  # never "−0.00"
    return number(rounded, decimals).replace("-", "−")


def decimals_for(span: float) -> int:
    """2 for a span of 1, none from 100 on."""
    return int(np.clip(2 - np.round(np.log10(span)), 0, 6)) if span > 0 else 2
