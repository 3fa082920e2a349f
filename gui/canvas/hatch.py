"""Hatches: lines on the screen, whatever the zoom. Those of ignored pixels rise, so that "ignore" is no colour among
others; those of pixels that may not be painted fall."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from PySide6.QtCore import QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

_PERIOD_PX = 8  # logical pixels from line to line, along either axis


class Hatching(NamedTuple):
    """The lines on a part of a widget, `ratio` pixels per logical one, from `left_top` on."""

    lines: QImage
    left_top: QPoint
    ratio: float

    def draw(self, painter: QPainter) -> None:
        painter.save()
        painter.scale(1 / self.ratio, 1 / self.ratio)
        painter.drawImage(self.left_top, self.lines)
        painter.restore()


def draw_hatched(painter: QPainter, target: QRectF, image: QImage, origin: QPointF) -> None:
    """Rising lines where `image`, stretched over `target`, is opaque; they stand still against `origin`, all in the
    painter's coordinates. Costs what lies inside the painter's clip."""
    part = target.toAlignedRect()
    if painter.hasClipping():
        part = part.intersected(painter.clipBoundingRect().toAlignedRect())
    if not part.isEmpty():
        ratio = painter.device().devicePixelRatioF()
        hatched(image, target, part, origin, ratio, hatch_brush(ratio)).draw(painter)


def hatched(image: QImage, target: QRectF, part: QRect, origin: QPointF, ratio: float, lines: QBrush) -> Hatching:
    """The `lines` on `part` of a widget, where `image`, stretched over `target`, is opaque."""
    to_device = QTransform.fromScale(ratio, ratio)
    whole = to_device.mapRect(QRectF(part)).toAlignedRect()  # device pixels, or parts would not meet
    stencil = QImage(whole.size(), QImage.Format.Format_ARGB32_Premultiplied)
    stencil.fill(Qt.GlobalColor.transparent)
    cutter = QPainter(stencil)
    cutter.translate(-whole.topLeft())
    cutter.drawImage(to_device.mapRect(target), image)
    cutter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    cutter.setBrushOrigin(to_device.map(origin).toPoint())
    in_device_pixels = QBrush(lines)
    in_device_pixels.setTransform(QTransform())
    cutter.fillRect(whole, in_device_pixels)
    cutter.end()
    return Hatching(stencil, whole.topLeft(), ratio)


@lru_cache(maxsize=8)
def hatch_brush(ratio: float) -> QBrush:
    """Slanted lines, light on a dark seam so that they show on any ground, sharp at that device pixel ratio."""
    side = round(_PERIOD_PX * ratio)
    cell, painter = _cell(side)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((QColor(0, 0, 0, 120), 3.2 * ratio), (QColor(255, 255, 255), 1.7 * ratio)):
        painter.setPen(QPen(colour, width))
        for shift in (-side, 0, side):  # the neighbours' lines reach into this cell's corners
            painter.drawLine(QPointF(shift - side, 2 * side), QPointF(shift + 2 * side, -side))
    painter.end()
    return _brush(cell, ratio)


@lru_cache(maxsize=8)
def thin_hatch_brush(ratio: float) -> QBrush:
    """Thin falling lines, white beside black: visible on any ground, and the picture shows between them."""
    side, width = round(_PERIOD_PX * ratio), max(round(ratio), 1)
    cell, painter = _cell(side)
    for colour, offset in ((QColor(0, 0, 0, 130), 0), (QColor(255, 255, 255, 150), width)):
        painter.setPen(QPen(colour, width))
        for place in (-side, 0, side):
            painter.drawLine(place + offset, 0, place + offset + side, side)
    painter.end()
    return _brush(cell, ratio)


def _cell(side: int) -> tuple[QImage, QPainter]:
    cell = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    cell.fill(Qt.GlobalColor.transparent)
    return cell, QPainter(cell)


def _brush(cell: QImage, ratio: float) -> QBrush:
    brush = QBrush(cell)
    brush.setTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
    return brush
