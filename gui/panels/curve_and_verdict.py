"""A training's curve over the verdict on its model: two things that share the room the panel has for them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QResizeEvent, QTextLayout, QTextOption
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from core.learning.progress import TrainingPoint
from gui.plots import plot_painter
from gui.theme import SPACE_TIGHT, current_theme, set_class
from gui.translate import number

_LEAST_CURVE_PX, _USUAL_CURVE_PX, _MOST_CURVE_PX = 40, 60, 140
_LEAST_LINES = 2


class CurveAndVerdict(QWidget):
    """The verdict has the first claim on the room: the curve gets what it leaves, and goes where that is too little."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.curve = CurvePlot(self)
        self.verdict = Verdict(self)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)

    def sizeHint(self) -> QSize:
        curve = _USUAL_CURVE_PX + SPACE_TIGHT if self.curve.has_points else 0
        return QSize(self.curve.sizeHint().width(), curve + self.verdict.height_for(self.width()))

    def minimumSizeHint(self) -> QSize:
        return QSize(0, _LEAST_LINES * self.fontMetrics().lineSpacing())

    def show_points(self, points: Sequence[TrainingPoint]) -> None:
        self.curve.set_points(points)
        self._share_room()

    def say(self, sentences: str, *, muted: bool) -> None:
        """`muted`: only what goes on, not what came of it."""
        wanted = "muted" if muted else ""
        if (sentences, wanted) == (self.verdict.text(), self.verdict.property("class") or ""):
            return  # every stroke asks for it
        if self.verdict.property("class") != wanted:
            set_class(self.verdict, wanted)
        self.verdict.setText(sentences)
        self._share_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._share_room()

    def _share_room(self) -> None:
        wanted = self.verdict.height_for(self.width())
        left = self.height() - wanted - SPACE_TIGHT
        shown = self.curve.has_points and left >= _LEAST_CURVE_PX
        self.curve.setVisible(shown)
        self.curve.setGeometry(0, 0, self.width(), min(left, _MOST_CURVE_PX))
        top = self.curve.height() + SPACE_TIGHT if shown else 0
        self.verdict.setGeometry(0, top, self.width(), min(wanted, self.height() - top))
        self.updateGeometry()


class Verdict(QLabel):
    """Sentences in as many lines as there is room for. What is cut ends in "…", and the tool tip has all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWordWrap(True)

    def height_for(self, width: int) -> int:
        """What all of it takes at this width, in pixels."""
        return len(self._wrapped(width)) * self.fontMetrics().lineSpacing()

    def lines(self) -> list[str]:
        """As they are drawn."""
        wrapped, metrics = self._wrapped(self.width()), self.fontMetrics()
        room = max(self.height() // metrics.lineSpacing(), 1)
        if len(wrapped) <= room:
            return wrapped
        rest = " ".join(wrapped[room - 1 :])
        return [*wrapped[: room - 1], metrics.elidedText(rest, Qt.TextElideMode.ElideRight, self.width())]

    def setText(self, text: str) -> None:
        super().setText(text)
        self._tell_what_is_cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._tell_what_is_cut()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, metrics = QPainter(self), self.fontMetrics()
        painter.setPen(self.palette().color(self.foregroundRole()))
        for row, line in enumerate(self.lines()):
            painter.drawText(0, row * metrics.lineSpacing() + metrics.ascent(), line)

    def _wrapped(self, width: int) -> list[str]:
        anywhere = QTextOption()  # a class may be named by one word that is wider than the panel
        anywhere.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        found = []
        for sentence in filter(None, self.text().split("\n")):
            layout = QTextLayout(sentence, self.font())
            layout.setTextOption(anywhere)
            layout.beginLayout()
            while (line := layout.createLine()).isValid():
                line.setLineWidth(max(width, 1))
                found.append(sentence[line.textStart() : line.textStart() + line.textLength()].rstrip(" "))
            layout.endLayout()
        return found

    def _tell_what_is_cut(self) -> None:
        self.setToolTip(self.text() if self.lines() != self._wrapped(self.width()) else "")


class CurvePlot(QWidget):
    """Loss (left scale, from 0) and held-out mean IoU (right scale, 0…1) over the seconds of a training."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Sequence[TrainingPoint] = ()
        self.setAccessibleName(self.tr("Learning curve"))

    def sizeHint(self) -> QSize:
        return QSize(220, _USUAL_CURVE_PX)

    @property
    def has_points(self) -> bool:
        """Whether there is a curve to draw."""
        return len(self._points) > 1

    def set_points(self, points: Sequence[TrainingPoint]) -> None:
        self._points = points
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        theme = current_theme()
        painter = plot_painter(self, 11)
        plot = QRectF(self.rect()).adjusted(4, 16, -4, -3)
        painter.setPen(QPen(QColor(theme.border), 1))
        if not self.has_points:
            return
        for share in (0.0, 0.5, 1.0):
            y = plot.bottom() - share * plot.height()
            painter.drawLine(QPointF(plot.left(), y), QPointF(plot.right(), y))
        loss_colour, score_colour = QColor(theme.muted), QColor(theme.accent)
        most = max(point.loss for point in self._points) or 1.0
        start = self._points[0].elapsed_s
        span = self._points[-1].elapsed_s - start or 1.0
        losses = [((p.elapsed_s - start) / span, p.loss / most) for p in _smoothed(self._points)]
        scores = [
            ((p.elapsed_s - start) / span, p.validation_iou) for p in self._points if p.validation_iou is not None
        ]
        self._draw(painter, plot, losses, loss_colour, dots=False)
        self._draw(painter, plot, scores, score_colour, dots=True)
        painter.setPen(loss_colour)
        top = QRectF(plot.left(), 0, plot.width(), 16)
        painter.drawText(
            top, Qt.AlignmentFlag.AlignLeft, self.tr("loss {value}").format(value=number(self._points[-1].loss, 2))
        )
        if scores:
            painter.setPen(score_colour)
            shown = self.tr("IoU {value}").format(value=number(scores[-1][1], 2))
            painter.drawText(top, Qt.AlignmentFlag.AlignRight, shown)

    def _draw(
        self, painter: QPainter, plot: QRectF, values: Sequence[tuple[float, float]], colour: QColor, *, dots: bool
    ) -> None:
        line = [QPointF(plot.left() + x * plot.width(), plot.bottom() - min(y, 1.0) * plot.height()) for x, y in values]
        painter.setPen(QPen(colour, 1.75))
        painter.drawPolyline(line)
        if dots:
            painter.setBrush(colour)
            for point in line:
                painter.drawEllipse(point, 2.5, 2.5)


def _smoothed(points: Sequence[TrainingPoint]) -> list[TrainingPoint]:
    """Losses of single batches jump; their running mean is what the eye wants."""
    smooth, mean = [], points[0].loss
    for point in points:
        mean += 0.15 * (point.loss - mean)
        smooth.append(replace(point, loss=mean))
    return smooth
