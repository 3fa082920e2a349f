"""What the canvas draws over the picture to orient the eye: tile grid, marks, the active frame, the scale bar."""

from __future__ import annotations

import math
from collections.abc import Iterable

from PySide6.QtCore import QCoreApplication, QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPen

from core.geometry import Rect
from core.lengths import length_label, nice_length
from core.project.records import TileRecord, TileStatus
from gui.canvas.tile_index import Line
from gui.canvas.viewport import Viewport

_LEAST_GRID_PX = 14.0  # Tiles smaller than this on the screen get no lines
_GRID_SHADE, _GRID_LINE = QPen(QColor(0, 0, 0, 70), 1.0), QPen(QColor(255, 255, 255, 95), 1.0)
_LEAST_MARK_PX = 40.0
_MARKS = {
    TileStatus.DONE: ("✓", QColor("#2E7D32")),
    TileStatus.SKIPPED: ("–", QColor("#616161")),
    TileStatus.FLAGGED: ("!", QColor("#C62828")),
    TileStatus.IN_PROGRESS: ("…", QColor("#1565C0")),
}
MARK_COLOURS = {status: colour for status, (_, colour) in _MARKS.items()}
PLATE_ALPHA = 150  # of the black behind white words on the picture: 4.5 to 1 and more, however bright it is
_BAR_LENGTH_PX = 120.0
SCALE_BAR_ROOM_PX = 160  # from the view's left edge: what the scale bar may take
_SCALE_BAR_HEIGHT_PX = 44  # from its lower edge: the same
ACTIVE_FRAME_PX = 3  # from the active Tile's edge inwards: what its frame and the grid may take
NORTH_ARROW_ROOM_PX = 58  # from its right edge: what the north arrow takes
CROSS_REACH_PX = 14.0
_CROSS_GAP_PX = 4.0
_LEAST_TILT_DEGREES = 5.0  # the scale of UTM's own deviation from north: no arrow for that


def has_grid(tile_px: int, viewport: Viewport) -> bool:
    """Whether Tiles are large enough on the screen for lines round them."""
    return tile_px * viewport.scale >= _LEAST_GRID_PX


def has_marks(tile_px: int, viewport: Viewport) -> bool:
    """The same for the badges."""
    return tile_px * viewport.scale >= _LEAST_MARK_PX


def draw_grid(painter: QPainter, edges: Iterable[Line], scene: Rect, viewport: Viewport) -> None:
    """Hairlines along the `edges` of Tiles, as far as the `scene` reaches, readable on dark and bright ground."""
    place = viewport.to_widget
    lines = [QLineF(place(x, y), place(min(x2, scene.right), min(y2, scene.bottom))) for x, y, x2, y2 in edges]
    painter.setPen(_GRID_SHADE)
    painter.drawLines([line.translated(1, 1) for line in lines])
    painter.setPen(_GRID_LINE)
    painter.drawLines(lines)


def draw_tile_marks(painter: QPainter, tiles: Iterable[TileRecord], viewport: Viewport) -> None:
    """A badge in the corner of each Tile that is not new."""
    for tile in tiles:
        rect = viewport.rect_to_widget(tile.rect)
        if rect.width() >= _LEAST_MARK_PX:
            draw_mark(painter, tile.status, QRectF(rect.left() + 5, rect.top() + 5, 18, 18))


def draw_mark(painter: QPainter, status: TileStatus, badge: QRectF) -> None:
    """The sign of a Tile's status in a circle; nothing for a new one."""
    if status not in _MARKS:
        return
    sign, colour = _MARKS[status]
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(12)
    font.setBold(True)
    painter.setFont(font)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(QColor(255, 255, 255), 1.5))
    painter.setBrush(colour)
    painter.drawEllipse(badge)
    painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, sign)
    painter.restore()


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
    room = QRectF(whole.left(), whole.bottom() - _SCALE_BAR_HEIGHT_PX, SCALE_BAR_ROOM_PX, _SCALE_BAR_HEIGHT_PX)
    if not room.intersects(painter.clipBoundingRect()):
        return  # as in most steps of a Stroke
    left, bottom = whole.left() + 16, whole.bottom() - 16
    per_screen_px = (size[0] if size else 1.0) / viewport.scale
    length = nice_length(per_screen_px * _BAR_LENGTH_PX)
    label = length_label(length) if size else f"{length:g} px"
    width = length / per_screen_px
    plate = QRectF(left - 8, bottom - 26, width + 16, 32)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, PLATE_ALPHA))
    painter.drawRoundedRect(plate, 5, 5)
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


def draw_cross(painter: QPainter, place: QPointF) -> None:
    """Where the cursor of another view is: four arms round the pixel, white on a dark seam."""
    arms = [
        QLineF(place.x() + x * _CROSS_GAP_PX, place.y() + y * _CROSS_GAP_PX, place.x() + x * CROSS_REACH_PX,
               place.y() + y * CROSS_REACH_PX)
        for x, y in ((1, 0), (-1, 0), (0, 1), (0, -1))
    ]  # fmt: skip
    for colour, width in ((QColor(0, 0, 0, 170), 3.5), (QColor(255, 255, 255), 1.5)):
        painter.setPen(QPen(colour, width))
        painter.drawLines(arms)


def draw_north_arrow(painter: QPainter, north: tuple[float, float] | None, whole: QRectF) -> None:
    """An arrow with an N in the upper right corner where north, a direction in pixels, is not at the top."""
    if (angle := tilt_degrees(north)) is None:
        return
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(whole.right() - 34, whole.top() + 34)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(0, 0, 0, PLATE_ALPHA))
    painter.drawEllipse(QPointF(0, 0), 24, 24)
    painter.rotate(angle)
    painter.setBrush(QColor(255, 255, 255))
    painter.drawPolygon([QPointF(0, -20), QPointF(5, -8), QPointF(0, -10), QPointF(-5, -8)])
    painter.translate(0, 2)
    painter.rotate(-angle)  # the letter stays upright
    font = QFont(painter.font())
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    painter.setPen(QColor(255, 255, 255))
    letter = QCoreApplication.translate("status", "N", "north")
    painter.drawText(QRectF(-10, -10, 20, 20), Qt.AlignmentFlag.AlignCenter, letter)
    painter.restore()


def tilt_degrees(north: tuple[float, float] | None) -> float | None:
    """How far north is turned clockwise from the top of the picture; None where that is hardly at all, or not known."""
    if north is None:
        return None
    angle = math.degrees(math.atan2(north[0], -north[1]))
    return angle if abs(angle) > _LEAST_TILT_DEGREES else None
