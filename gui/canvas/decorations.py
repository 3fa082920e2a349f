"""What the canvas draws over the picture to orient the eye: tile grid, marks, the active frame, the scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from core.project.records import TileRecord, TileStatus
from gui.canvas.viewport import Viewport

_LEAST_GRID_PX = 14.0  # tiles smaller than this on the screen get no lines
_LEAST_MARK_PX = 40.0
_MARKS = {
    TileStatus.DONE: ("✓", QColor("#2E7D32")),
    TileStatus.SKIPPED: ("–", QColor("#616161")),
    TileStatus.FLAGGED: ("!", QColor("#C62828")),
    TileStatus.IN_PROGRESS: ("…", QColor("#1565C0")),
}
_BAR_LENGTH_PX = 120.0


def draw_grid(painter: QPainter, tiles: Iterable[TileRecord], viewport: Viewport) -> None:
    """Hairlines round the Tiles, readable on dark and bright ground."""
    lines = []
    for tile in tiles:
        rect = viewport.rect_to_widget(tile.rect)
        if rect.width() < _LEAST_GRID_PX:
            return
        lines += [QLineF(rect.topLeft(), rect.topRight()), QLineF(rect.topLeft(), rect.bottomLeft())]
    painter.setPen(QPen(QColor(0, 0, 0, 70), 1.0))
    painter.drawLines([line.translated(1, 1) for line in lines])
    painter.setPen(QPen(QColor(255, 255, 255, 95), 1.0))
    painter.drawLines(lines)


def draw_tile_marks(painter: QPainter, tiles: Iterable[TileRecord], viewport: Viewport) -> None:
    """A badge in the corner of each Tile that is not new."""
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(True)
    for tile in tiles:
        rect = viewport.rect_to_widget(tile.rect)
        if tile.status not in _MARKS or rect.width() < _LEAST_MARK_PX:
            continue
        sign, colour = _MARKS[tile.status]
        badge = QRectF(rect.left() + 5, rect.top() + 5, 18, 18)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(255, 255, 255), 1.5))
        painter.setBrush(colour)
        painter.drawEllipse(badge)
        painter.setFont(font)
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, sign)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def draw_active_frame(painter: QPainter, rect: QRectF, whole: QRectF) -> None:
    """Frame the active Tile and dim what is outside it a little."""
    outside = QPainterPath()
    outside.addRect(whole)
    inside = QPainterPath()
    inside.addRect(rect)
    painter.fillPath(outside.subtracted(inside), QColor(0, 0, 0, 60))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(0, 0, 0, 170), 1.0))
    painter.drawRect(rect.adjusted(-3.5, -3.5, 3.5, 3.5))
    painter.setPen(QPen(QColor(255, 255, 255), 2.0))
    painter.drawRect(rect.adjusted(-2, -2, 2, 2))
    painter.setPen(QPen(QColor(0, 0, 0, 170), 1.0))
    painter.drawRect(rect.adjusted(-0.5, -0.5, 0.5, 0.5))


def draw_scale_bar(painter: QPainter, size: tuple[float, float] | None, viewport: Viewport, whole: QRectF) -> None:
    """A bar of a round length in the lower left corner; `size` is a pixel's, in metres, or None: then in pixels."""
    per_screen_px = (size[0] if size else 1.0) / viewport.scale
    length = _round_down(per_screen_px * _BAR_LENGTH_PX)
    label = _length_label(length) if size else f"{length:g} px"
    width = length / per_screen_px
    left, bottom = whole.left() + 16, whole.bottom() - 16
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, 130))
    painter.drawRoundedRect(QRectF(left - 8, bottom - 26, width + 16, 32), 5, 5)
    painter.setPen(QPen(QColor(255, 255, 255), 2))
    painter.drawPolyline(
        [
            QPointF(left, bottom - 5),
            QPointF(left, bottom),
            QPointF(left + width, bottom),
            QPointF(left + width, bottom - 5),
        ]
    )
    font = QFont(painter.font())
    font.setPixelSize(12)
    painter.setFont(font)
    painter.drawText(QRectF(left, bottom - 24, width, 18), Qt.AlignmentFlag.AlignCenter, label)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def _round_down(value: float) -> float:
    """The largest 1, 2 or 5 times a power of ten that is not above `value`."""
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (5, 2, 1) if step * power <= value)


def _length_label(metres: float) -> str:
    if metres >= 1000:
        return f"{metres / 1000:g} km"
    if metres >= 1:
        return f"{metres:g} m"
    if metres >= 0.01:
        return f"{metres * 100:g} cm"
    return f"{metres * 1000:g} mm"
