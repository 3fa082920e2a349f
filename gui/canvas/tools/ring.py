"""The outline of a brush round the cursor."""

from __future__ import annotations

import math
from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QRegion

_REACH_PX = 4  # beyond the radius: half the line's width, rounding, and a brush's least size
_LARGEST_KEPT_PX = 1024  # a side of a kept picture, in device pixels: 4 MB
_LINES = ((QColor(0, 0, 0, 160), 3.0), (QColor(255, 255, 255, 230), 1.25))  # to be seen on dark and on bright


def draw_ring(painter: QPainter, centre: QPointF, radius: float, *, square: bool) -> None:
    """Draw the outline, `radius` in pixels of the widget.

    A large smooth circle takes Qt longer than all else that a step of the cursor costs, so a picture of it is kept.
    """
    ratio = painter.device().devicePixelRatioF()
    half = math.ceil(radius) + _REACH_PX
    if 2 * half * ratio > _LARGEST_KEPT_PX:
        _draw_lines(painter, centre, radius, square)
    else:
        painter.drawPixmap(centre - QPointF(half, half), _ring(radius, half, square, ratio))


@lru_cache(maxsize=4)
def _ring(radius: float, half: int, square: bool, ratio: float) -> QPixmap:
    side = math.ceil(2 * half * ratio)
    picture = QPixmap(side, side)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _draw_lines(painter, QPointF(half, half), radius, square)
    painter.end()
    return picture


def _draw_lines(painter: QPainter, centre: QPointF, radius: float, square: bool) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    frame = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    for colour, width in _LINES:
        painter.setPen(QPen(colour, width))
        painter.drawRect(frame) if square else painter.drawEllipse(frame)


def ring_region(centre: QPointF, radius: float) -> QRegion:
    """The part of a widget that the outline may be drawn on, round or square: a band, without the middle, which is most
    of a large brush and need not be painted anew for each step of the cursor."""
    x, y, reach = centre.x(), centre.y(), radius + _REACH_PX
    whole = QRegion(QRectF(x - reach, y - reach, 2 * reach, 2 * reach).toAlignedRect())
    inner = radius * math.sqrt(0.5) - _REACH_PX  # half a side of the square inside the circle
    if inner < 16:
        return whole
    return whole - QRegion(QRectF(x - inner, y - inner, 2 * inner, 2 * inner).toRect())
