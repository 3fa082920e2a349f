"""The hatch of ignored pixels: lines on the screen, whatever the zoom, so that "ignore" is no colour among others."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QImage, QPainter, QPen, QTransform

_PERIOD_PX = 8  # logical pixels from line to line, along either axis


def draw_hatched(painter: QPainter, target: QRectF, image: QImage, origin: QPointF) -> None:
    """Lines where `image`, stretched over `target`, is opaque; they stand still against `origin`, all in the
    painter's coordinates. Costs what lies inside the painter's clip."""
    part = target.toAlignedRect()
    if painter.hasClipping():
        part = part.intersected(painter.clipBoundingRect().toAlignedRect())
    if part.isEmpty():
        return
    ratio = painter.device().devicePixelRatioF()
    to_device = QTransform.fromScale(ratio, ratio)
    part = to_device.mapRect(QRectF(part)).toAlignedRect()  # from here on whole device pixels, or parts would not meet
    stencil = QImage(part.size(), QImage.Format.Format_ARGB32_Premultiplied)
    stencil.fill(Qt.GlobalColor.transparent)
    cutter = QPainter(stencil)
    cutter.translate(-part.topLeft())
    cutter.drawImage(to_device.mapRect(target), image)
    cutter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    cutter.setBrushOrigin(to_device.map(origin).toPoint())
    hatch = QBrush(hatch_brush(ratio))
    hatch.setTransform(QTransform())
    cutter.fillRect(part, hatch)
    cutter.end()
    painter.save()
    painter.scale(1 / ratio, 1 / ratio)
    painter.drawImage(part.topLeft(), stencil)
    painter.restore()


@lru_cache(maxsize=8)
def hatch_brush(ratio: float) -> QBrush:
    """Slanted lines, light on a dark seam so that they show on any ground, sharp at that device pixel ratio."""
    side = round(_PERIOD_PX * ratio)
    cell = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
    cell.fill(Qt.GlobalColor.transparent)
    painter = QPainter(cell)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((QColor(0, 0, 0, 120), 3.2 * ratio), (QColor(255, 255, 255), 1.7 * ratio)):
        painter.setPen(QPen(colour, width))
        for shift in (-side, 0, side):  # the neighbours' lines reach into this cell's corners
            painter.drawLine(QPointF(shift - side, 2 * side), QPointF(shift + 2 * side, -side))
    painter.end()
    brush = QBrush(cell)
    brush.setTransform(QTransform.fromScale(1 / ratio, 1 / ratio))
    return brush
