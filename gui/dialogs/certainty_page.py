"""A page of the model report: how far a model's certainty can be believed."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from core.learning.calibration import Calibration
from gui.dialogs.report_pages import Page
from gui.plots import draw_share_scale, plot_painter, shares
from gui.theme import current_theme
from gui.translate import number

_LITTLE = 1 / 3  # of the Tiles; who paints more paints edges too


class CertaintyPage(Page):
    """The reliability diagram on held-out Tiles, and the calibration error before and after the temperature."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = ReliabilityPlot(self)
        self._column.addWidget(self._plot, 1)

    def show_calibration(self, calibration: Calibration | None, painted_share: float) -> None:
        """`painted_share`, 0…1, is how much of the Tiles that it was measured on had paint; NaN where nobody knows."""
        self._plot.setVisible(calibration is not None)
        if calibration is None:
            self.show_state(
                self.tr("This model was trained without tiles held back: nobody knows how far to believe it.")
            )
            return
        before, after = (f"{number(100 * e, 1)} %" for e in (calibration.error_before, calibration.error_after))
        words = self.tr(
            "When the model is 80 % certain, it should be right in 80 of 100 pixels: the columns should end at the "
            "line. On average they miss it by {after}; before its certainty was corrected, by {before}."
        )
        words = words.format(after=after, before=before)
        if painted_share < _LITTLE:
            strokes = self.tr(
                "This is measured on strokes: they cover {share} of the tiles held back, mostly inside patches. Along "
                "edges, and so on the whole map, the model is right less often than it says."
            )
            share = f"{number(100 * painted_share, 0 if painted_share >= 0.1 else 1)} %"
            words = f"{words}\n{strokes.format(share=share)}"
        self.show_state(words)
        self._plot.set_calibration(calibration)


class ReliabilityPlot(QWidget):
    """For every tenth of certainty a column as high as the share of pixels that were right; wider where more pixels
    are. The diagonal is what honest certainty looks like."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._calibration: Calibration | None = None
        self.setMinimumHeight(220)
        self.setAccessibleName(self.tr("Share of right pixels by certainty"))

    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    def set_calibration(self, calibration: Calibration) -> None:
        self._calibration = calibration
        pairs = zip(calibration.certainty, calibration.right, strict=True)
        told = [f"{number(100 * c, 0)} %: {number(100 * r, 0)} %" for c, r in pairs if not math.isnan(c)]
        self.setAccessibleDescription("; ".join(told))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = plot_painter(self, 12)
        whole = QRectF(self.rect()).adjusted(48, 24, -24, -44)
        side = min(whole.width(), whole.height() * 1.5)
        plot = QRectF(whole.left(), whole.top(), side, whole.height())
        self._draw_scales(painter, plot)
        if self._calibration is None:
            return
        most = max(self._calibration.pixels)
        colour = QColor(theme.accent)
        colour.setAlpha(150)
        for number_of_bin, pixels in enumerate(self._calibration.pixels):
            if pixels:
                share = self._calibration.right[number_of_bin]
                width = plot.width() / 10 * (0.15 + 0.75 * math.sqrt(pixels / most))
                middle = plot.left() + (number_of_bin + 0.5) / 10 * plot.width()
                column = QRectF(middle - width / 2, plot.bottom() - share * plot.height(), width, share * plot.height())
                painter.fillRect(column, colour)
        painter.setPen(QPen(QColor(theme.text), 1.5, Qt.PenStyle.DashLine))
        painter.drawLine(plot.bottomLeft(), plot.topRight())

    def _draw_scales(self, painter: QPainter, plot: QRectF) -> None:
        def told(share: float) -> str:
            return f"{number(100 * share, 0)} %"

        draw_share_scale(painter, plot, told)
        for share in shares():
            below = QRectF(plot.left() + share * plot.width() - 30, plot.bottom() + 4, 60, 16)
            painter.drawText(below, Qt.AlignmentFlag.AlignCenter, told(share))
        painter.drawText(QPointF(plot.left(), plot.top() - 8), self.tr("right"))
        below = QRectF(plot.left(), plot.bottom() + 22, plot.width(), 18)
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.tr("certainty"))
