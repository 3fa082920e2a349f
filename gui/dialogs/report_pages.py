"""The pages of the model report: scores, learning curve, areas, comparison."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from core.learning.intervals import Estimate
from core.report.areas import AreaReport, area_digits
from core.report.report import CurvePoint, ModelReport
from core.session_parts.kept_models import Comparison, KeptModel
from core.text import Text
from gui.dialogs.report_table import Cell, Table
from gui.plots import draw_share_scale, plot_painter
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_SMALL, current_theme, set_class
from gui.translate import number, say


class Page(QScrollArea):
    """Sentences, then whatever the page shows; scrolls where the dialog is too small."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget(self)
        self.setWidget(inside)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(SPACE_MEDIUM, SPACE_MEDIUM, SPACE_MEDIUM, SPACE_MEDIUM)
        self._column.setSpacing(SPACE_SMALL)
        self._state = self._label("muted")
        self._state.setAlignment(Qt.AlignmentFlag.AlignTop)  # where it stands alone, too

    def show_state(self, sentence: str) -> None:
        """Say what is going on or what the numbers rest on."""
        self._state.setText(sentence)
        self._state.setVisible(bool(sentence))

    def show_nothing(self, why: str) -> None:
        """That sentence alone."""
        for place in range(self._column.count()):
            item = self._column.itemAt(place)
            widget = None if item is None else item.widget()
            if widget is not None:
                widget.hide()
        self.show_state(why)

    def _label(self, css_class: str, words: str = "") -> QLabel:
        label = QLabel(words, self.widget())
        label.setWordWrap(True)
        set_class(label, css_class)
        if css_class == "heading":
            label.setContentsMargins(0, SPACE_MEDIUM, 0, 0)
        self._column.addWidget(label)
        return label

    def _table(self, name: str) -> Table:
        table = Table(name, self.widget())
        table.hide()
        self._column.addWidget(table)
        return table


class ScoresPage(Page):
    """Each Class's scores with their ranges, and what is taken for what."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scores = self._table(self.tr("Scores by class"))
        self._heading = self._label("heading", self.tr("What is taken for what, in percent of the painted pixels"))
        self._heading.hide()
        self._confusion = self._table(self.tr("Confusion matrix"))
        self._column.addStretch(1)

    def show_report(self, report: ModelReport) -> None:
        sentences = [say(remark) for remark in report.remarks]
        if report.audits is not None:
            words = self.tr("On %n tile(s) drawn at random and predicted before painting, {share} were right.", "",
                            report.audits.tiles)  # fmt: skip
            sentences.append(words.format(share=percent_range(report.audits)))
        self.show_state(" ".join(sentences))
        scores = report.scores
        rows: list[list[Cell]] = [
            [report.names[c.value], *map(ranged, (c.iou, c.f1, c.precision, c.recall))] for c in scores.classes
        ]
        rows.append([self.tr("Mean"), ranged(scores.mean_iou), "", "", ""])
        self._scores.fill(["", "IoU", "F1", self.tr("Precision"), self.tr("Recall")], rows)
        names = [report.names[c.value] for c in scores.classes]
        self._confusion.fill([self.tr("Painted ↓  Predicted →"), *names], self._confused(names, report))
        for widget in (self._scores, self._heading, self._confusion):
            widget.setVisible(scores.tiles > 0)

    def _confused(self, names: Sequence[str], report: ModelReport) -> list[list[Cell]]:
        rows: list[list[Cell]] = []
        for k, name in enumerate(names):
            whole = int(report.scores.table[k].sum())
            cells: list[Cell] = [name]
            for j, count in enumerate(report.scores.table[k]):
                share = float(count) / whole if whole else math.nan
                cells.append((_percent(share), _tint(share, right=j == k)))
            rows.append(cells)
        return rows


class CurvePage(Page):
    """The mean IoU over the Tiles that were learned from, round by round."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plot = RoundsPlot(self.widget())
        self._column.addWidget(self._plot, 1)

    def show_report(self, report: ModelReport, ahead: Text | None) -> None:
        """`ahead`: the sentence on what the next labels may bring; None while nobody can say."""
        self._plot.set_points(report.curve)
        self._plot.show()
        if not report.curve:
            self.show_state(self.tr("No round has a score yet: label five tiles or more, then train."))
            return
        legend = self.tr(
            "Mean IoU. Filled: kept models, all on the same tiles that none of them learned from. "
            "Hollow: earlier rounds, each on the tiles held back at the time."
        )
        self.show_state(f"{say(ahead)}\n{legend}" if ahead is not None else legend)


class RoundsPlot(QWidget):
    """Points with their ranges; left scale 0…1, below the number of Tiles learned from."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: Sequence[CurvePoint] = ()
        self.setMinimumHeight(220)
        self.setAccessibleName(self.tr("Learning curve over the rounds"))

    def sizeHint(self) -> QSize:
        return QSize(480, 320)

    def set_points(self, points: Sequence[CurvePoint]) -> None:
        self._points = points
        self.setAccessibleDescription("; ".join(f"{p.tiles}: {ranged(p.mean_iou)}" for p in points))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = plot_painter(self, 12)
        plot = QRectF(self.rect()).adjusted(44, 12, -24, -44)
        draw_share_scale(painter, plot, partial(number, digits=1))
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(
            QRectF(plot.left(), self.height() - 20, plot.width(), 18), middle, self.tr("tiles learned from")
        )
        if not self._points:
            return
        self._draw_points(painter, plot)

    def _draw_points(self, painter: QPainter, plot: QRectF) -> None:
        theme = current_theme()
        most = max(point.tiles for point in self._points) * 1.08 or 1

        def at(tiles: float, share: float) -> QPointF:
            return QPointF(plot.left() + tiles / most * plot.width(), plot.bottom() - share * plot.height())

        accent, muted = QColor(theme.accent), QColor(theme.muted)
        kept = [at(p.tiles, p.mean_iou.value) for p in self._points if p.same_tiles]
        painter.setPen(QPen(accent, 1.5))
        painter.drawPolyline(kept)
        labeled = -1e9
        for point in self._points:
            place = at(point.tiles, point.mean_iou.value)
            colour = accent if point.same_tiles else muted
            painter.setPen(QPen(colour, 2))
            if point.mean_iou.has_interval:
                low, high = at(point.tiles, point.mean_iou.low), at(point.tiles, point.mean_iou.high)
                painter.drawLine(low, high)
                for end in (low, high):
                    painter.drawLine(end + QPointF(-4, 0), end + QPointF(4, 0))
            painter.setBrush(colour if point.same_tiles else QColor(theme.window))
            painter.drawEllipse(place, 4.5, 4.5)
            if place.x() - labeled > 26:
                painter.setPen(muted)
                below = QRectF(place.x() - 24, plot.bottom() + 4, 48, 16)
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, str(point.tiles))
                labeled = place.x()


class AreasPage(Page):
    """Hectares by Class: counted, corrected with the range, and by Scene."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._whole = self._table(self.tr("Areas of all scenes"))
        self._heading = self._label("heading", self.tr("Counted on the map, scene by scene"))
        self._heading.hide()
        self._scenes = self._table(self.tr("Areas by scene"))
        self._column.addStretch(1)

    def show_areas(self, areas: AreaReport, names: dict[int, str]) -> None:
        self.show_state(" ".join(say(remark) for remark in areas.remarks))
        unit = "ha" if areas.unit == "ha" else "px"
        rows: list[list[Cell]] = []
        for c in areas.classes:
            found = c.corrected
            span = f"{_area(found.low, unit)} … {_area(found.high, unit)}" if found.has_interval else "–"
            counted = _area(c.mapped, unit) if c.is_learned else self.tr("not learned")
            checked = c.is_checked or not c.is_learned
            rows.append(
                [names[c.value], counted, _area(found.value, unit) if checked else self.tr("not checked"), span]
            )
        head = [self.tr("All scenes"), self.tr("Counted, {unit}"), self.tr("Corrected, {unit}"), self.tr("95 % range")]
        self._whole.fill([words.format(unit=unit) for words in head], rows)
        rows = []
        for scene in areas.scenes:
            sizes = scene.hectares if unit == "ha" and scene.hectares is not None else scene.pixels
            shown = (_area(sizes[c.value], unit) if c.is_learned else "–" for c in areas.classes)
            rows.append([scene.name, *shown])
        self._scenes.fill([self.tr("Scene"), *(f"{names[c.value]}, {unit}" for c in areas.classes)], rows)
        for widget in (self._whole, self._heading, self._scenes):
            widget.show()


class ComparePage(Page):
    """Two Models on the same Tiles, and how much of each Scene they see differently."""

    wanted = Signal(int)  # the other version

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._choice = QWidget(self.widget())
        row = QHBoxLayout(self._choice)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_LARGE)
        self._other = QComboBox(self._choice)
        self._other.setAccessibleName(self.tr("Compare with"))
        self._other.activated.connect(lambda _: self._ask())
        row.addWidget(QLabel(self.tr("Compare with"), self._choice))
        row.addWidget(self._other, 1)
        self._column.insertWidget(0, self._choice)
        self._scores = self._table(self.tr("Scores side by side"))
        self._heading = self._label("heading", self.tr("Pixels that the two see differently"))
        self._heading.hide()
        self._scenes = self._table(self.tr("Differing pixels by scene"))
        self._column.addStretch(1)

    def offer(self, models: Sequence[KeptModel], version: int) -> None:
        """All kept Models but `version` to choose from."""
        self._other.clear()
        for model in models:
            if model.version != version:
                self._other.addItem(self.tr("Model {version}").format(version=model.version), model.version)
        self._choice.setVisible(self._other.count() > 0)
        for widget in (self._scores, self._heading, self._scenes):
            widget.hide()
        self.show_state("" if self._other.count() else self.tr("There is no other model to compare with."))

    @property
    def other(self) -> int | None:
        """The version chosen."""
        return self._other.currentData() if self._other.count() else None

    def _ask(self) -> None:
        if self.other is not None:
            self.wanted.emit(self.other)

    def show_comparison(self, found: Comparison) -> None:
        first, second = (self.tr("Model {version}").format(version=version) for version in found.versions)
        scores = found.scores
        words = self.tr("IoU on %n tile(s) that neither has learned from.", "", scores.first.tiles)
        self.show_state(" ".join([*map(say, found.remarks), words, say(found.verdict)]))
        rows: list[list[Cell]] = [
            [found.names[one.value], ranged(one.iou), ranged(two.iou), _signed(gain)]
            for one, two, gain in zip(scores.first.classes, scores.second.classes, scores.gains, strict=True)
        ]
        means = (ranged(scores.first.mean_iou), ranged(scores.second.mean_iou), _signed(scores.mean_gain))
        rows.append([self.tr("Mean"), *means])
        self._scores.fill(["", first, second, self.tr("Difference")], rows)
        self._scenes.fill(
            [self.tr("Scene"), self.tr("Share")], [[name, _percent(share)] for name, share in found.differing.items()]
        )
        for widget in (self._scores, self._heading, self._scenes):
            widget.show()


def ranged(found: Estimate) -> str:
    """Such as "0.81  (0.74 … 0.86)"; a dash where nobody knows."""
    if math.isnan(found.value):
        return "–"
    value = number(found.value, 2)
    return f"{value}  ({number(found.low, 2)} … {number(found.high, 2)})" if found.has_interval else value


def percent_range(found: Estimate) -> str:
    """Such as "92 % (85 … 96 %)"."""
    span = f" ({number(100 * found.low, 0)} … {number(100 * found.high, 0)} %)" if found.has_interval else ""
    return f"{number(100 * found.value, 0)} %{span}"


def _area(area: float, unit: str) -> str:
    return "–" if math.isnan(area) else number(area, area_digits(area, unit))


def _percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{number(100 * share, 1)} %"


def _signed(found: Estimate) -> str:
    if math.isnan(found.value):
        return "–"
    sign = "+" if found.value > 0 else ""
    span = f"  ({number(found.low, 2)} … {number(found.high, 2)})" if found.has_interval else ""
    return f"{sign}{number(found.value, 2)}{span}"


def _tint(share: float, *, right: bool) -> QColor:
    theme = current_theme()
    colour = QColor(theme.accent if right else theme.error)
    colour.setAlphaF(0.0 if math.isnan(share) else 0.32 * share)
    return colour
