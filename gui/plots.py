"""What the program's small plots have in common: a painter with their font, and a scale of shares."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen
from PySide6.QtWidgets import QWidget

from gui.theme import current_theme

_STEPS = 5


def plot_painter(widget: QWidget, text_px: int) -> QPainter:
    """For one paint event: smooth lines, text of `text_px` logical pixels."""
    painter = QPainter(widget)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    font = QFont(widget.font())
    font.setPixelSize(text_px)
    painter.setFont(font)
    return painter


def draw_share_scale(painter: QPainter, plot: QRectF, told: Callable[[float], str]) -> None:
    """Lines across `plot` at every fifth of 0…1, upwards, with what `told` makes of it to the left."""
    theme = current_theme()
    right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
    for share in shares():
        y = plot.bottom() - share * plot.height()
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        painter.setPen(QColor(theme.muted))
        painter.drawText(QRectF(0, y - 9, plot.left() - 8, 18), right, told(share))


def shares() -> Iterator[float]:
    """Where a scale of shares has its marks."""
    return (step / _STEPS for step in range(_STEPS + 1))
