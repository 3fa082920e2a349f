"""Small pictures of Classes' colours."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPixmap

from gui.canvas.hatch import hatch_brush

_HEIGHT_PX = 18
_RATIO = 2.0  # sharp on screens of any density up to this


def swatch(colour: str, *, hatched: bool = False, width_px: int = 44) -> QIcon:
    """A rounded patch of `colour`, hatched for "ignore"; the same in all states of a widget."""
    pixmap = QPixmap(round(width_px * _RATIO), round(_HEIGHT_PX * _RATIO))
    pixmap.setDevicePixelRatio(_RATIO)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    for brush in (QBrush(QColor(colour)), hatch_brush(_RATIO))[: 1 + hatched]:
        painter.setBrush(brush)
        painter.drawRoundedRect(QRectF(1, 1, width_px - 2, _HEIGHT_PX - 2), 4, 4)
    painter.end()
    made = QIcon(pixmap)
    made.addPixmap(pixmap, QIcon.Mode.Selected)
    made.addPixmap(pixmap, QIcon.Mode.Disabled)
    return made
