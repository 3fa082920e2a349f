"""The outline of a brush round the cursor."""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QRegion

_REACH_PX = 5  # beyond the radius: half the line's width, rounding, and a brush's least size
_PIECES = 6  # of a quarter of a circle, in its region: more fit closer, and cost more to put together
_LARGEST_KEPT_PX = 1024  # a side of a kept picture, in device pixels: 4 MB
_LINES = ((QColor(0, 0, 0, 160), 3.0), (QColor(255, 255, 255, 230), 1.25))  # to be seen on dark and on bright


def draw_ring(painter: QPainter, centre: QPointF, radius: float, *, square: bool) -> None:
    """Draw the outline, `radius` in pixels of the widget.

    A large smooth circle takes Qt longer than all else that a step of the cursor costs, so a picture of it is kept.
    """
    ratio = painter.device().devicePixelRatioF()
    half = math.ceil(radius) + _REACH_PX
    if 2 * half * ratio > _LARGEST_KEPT_PX:
        draw_lines(painter, centre, radius, square)
    else:
        painter.drawPixmap(centre - QPointF(half, half), _ring(radius, half, square, ratio))


@lru_cache(maxsize=4)
def _ring(radius: float, half: int, square: bool, ratio: float) -> QPixmap:
    side = math.ceil(2 * half * ratio)
    picture = QPixmap(side, side)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    draw_lines(painter, QPointF(half, half), radius, square)
    painter.end()
    return picture


def draw_lines(painter: QPainter, centre: QPointF, radius: float, square: bool) -> None:
    """The same anew, however long that takes."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    frame = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
    for colour, width in _LINES:
        painter.setPen(QPen(colour, width))
        painter.drawRect(frame) if square else painter.drawEllipse(frame)


def ring_region(centre: QPointF, radius: float, *, square: bool) -> QRegion:
    """The part of a widget that the outline may be drawn on, a band: the middle of a large brush need not be painted
    anew for each step of the cursor."""
    place = centre.toPoint()  # what that rounds off is within the reach
    return (_square_band if square else _round_band)(math.ceil(radius)).translated(place)


@lru_cache(maxsize=4)
def _square_band(radius: int) -> QRegion:
    outer, inner = radius + _REACH_PX, radius - _REACH_PX
    whole = QRegion(-outer, -outer, 2 * outer, 2 * outer)
    return whole - QRegion(-inner, -inner, 2 * inner, 2 * inner) if inner > 0 else whole


@lru_cache(maxsize=4)
def _round_band(radius: int) -> QRegion:
    """Rectangles round pieces of the circle."""
    outer, inner = radius + _REACH_PX, max(radius - _REACH_PX, 0)
    heights = [round(outer * math.sin(i / _PIECES * math.pi / 2)) for i in range(_PIECES + 1)]
    band = QRegion()
    for low, high in pairwise(heights):
        right = math.ceil(math.sqrt(outer**2 - low**2))
        left = math.floor(math.sqrt(inner**2 - high**2)) if high < inner else 0
        for x, y in ((left, low), (-right, low), (left, -high), (-right, -high)):
            band += QRect(x, y, right - left, high - low)
    return band
