"""The colour bar of what has one value a pixel, in the lower left corner over the scale bar."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPen

from core.imagery.composites import Composite
from core.imagery.display import Look, Stretch, legend_colours
from gui.canvas.decorations import PLATE_ALPHA
from gui.translate import number, say

_WIDTH_PX = 148.0
_BAR_PX = 9.0
_HEIGHT_PX = 46.0
_BOTTOM_PX = 56.0  # above the widget's lower edge: the scale bar is below
_NARROWEST_VIEW_PX = 220


def draw_legend(painter: QPainter, composite: Composite, look: Look, stretch: Stretch, whole: QRectF) -> None:
    """Name, colours, and the values at both ends and in the middle. Nothing where the view is too small."""
    if whole.width() < _NARROWEST_VIEW_PX or whole.height() < _NARROWEST_VIEW_PX:
        return
    left, top = whole.left() + 16, whole.bottom() - _BOTTOM_PX - _HEIGHT_PX
    plate = QRectF(left - 8, top - 4, _WIDTH_PX + 16, _HEIGHT_PX + 8)
    if not plate.intersects(painter.clipBoundingRect()):
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, PLATE_ALPHA))
    painter.drawRoundedRect(plate, 5, 5)
    row = np.ascontiguousarray(legend_colours(composite, look, stretch))
    bar = QRectF(left, top + 18, _WIDTH_PX, _BAR_PX)
    painter.drawImage(bar, QImage(row.data, len(row), 1, 4 * len(row), QImage.Format.Format_RGB32))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(255, 255, 255, 170), 1))
    painter.drawRect(bar)
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255))
    name = painter.fontMetrics().elidedText(say(composite.name), Qt.TextElideMode.ElideRight, int(_WIDTH_PX))
    painter.drawText(QRectF(left, top - 1, _WIDTH_PX, 16), Qt.AlignmentFlag.AlignLeft, name)
    low, high = stretch.low[0], stretch.high[0]
    places = (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignHCenter, Qt.AlignmentFlag.AlignRight)
    for value, place in zip((low, (low + high) / 2, high), places, strict=True):
        painter.drawText(QRectF(left, top + 29, _WIDTH_PX, 16), place, number_label(value, high - low))
    painter.restore()


def number_label(value: float, span: float) -> str:
    """As many decimals as a range of `span` needs."""
    decimals = decimals_for(span)
    rounded = round(value, decimals) or 0.0  # never "−0.00"
    return number(rounded, decimals).replace("-", "−")


def decimals_for(span: float) -> int:
    """2 for a span of 1, none from 100 on."""
    return int(np.clip(2 - np.round(np.log10(span)), 0, 6)) if span > 0 else 2
