"""How the composite on the screen is drawn: stretch, gamma, colour map."""

from __future__ import annotations

import math
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QAction, QIcon, QImage, QPixmap
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QSlider, QToolButton, QWidget

from core.imagery.colour_maps import COLOUR_MAPS, colour_table
from core.imagery.display import DEVIATIONS, GIVEN, LARGEST_GAMMA, MIN_MAX, PERCENTILES, USUAL, Look, default_look
from gui.actions import KeysInTip
from gui.canvas.view import CanvasView
from gui.elided import ElidedBox
from gui.icons import icon
from gui.panels.number_range import NumberRange
from gui.theme import SPACE_SMALL, SPACE_TIGHT
from gui.translate import number, say

_GAMMA_STEPS = 100  # to either side of 1
_GAMMA_DELAY_MS = 60


class LookBox(QWidget):
    """Shows only what means something to the composite; all of it is kept with the project."""

    def __init__(self, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._looks = canvas.session.looks
        self._method = self._combo(self.tr("Stretch"))
        self._method.activated.connect(lambda row: self._choose_method(self._method.itemData(row)))
        self.to_view = QToolButton(self)
        self.to_view.setIcon(icon("stretch"))
        self.to_view.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._span = NumberRange(self.tr("Value shown lowest"), self.tr("Value shown highest"), self)
        self._span.changed.connect(self._choose_span)
        self._span.finished.connect(canvas.setFocus)
        self._colours = self._combo(self.tr("Colours"))
        self._colours.setIconSize(QSize(24, 12))
        for name, title in COLOUR_MAPS.items():
            self._colours.addItem(_ramp(name), say(title), name)
        self._colours.activated.connect(lambda row: self._choose_colours(self._colours.itemData(row)))
        self._gamma = QSlider(Qt.Orientation.Horizontal, self)
        self._gamma.setRange(-_GAMMA_STEPS, _GAMMA_STEPS)
        self._gamma.setAccessibleName(self.tr("Gamma"))
        self._gamma_delay = QTimer(self, singleShot=True, interval=_GAMMA_DELAY_MS)
        self._gamma.valueChanged.connect(self._gamma_moved)
        self._gamma_delay.timeout.connect(self._choose_gamma)
        self._lay_out()
        self.refresh()

    def connect_stretch(self, action: QAction) -> None:
        """The button does what the command does."""
        self.to_view.clicked.connect(action.trigger)
        KeysInTip(self.to_view, action)
        self.to_view.setAccessibleName(action.text())

    @property
    def has_something(self) -> bool:
        """Whether there is anything to set: a palette of the file's own is shown as it is."""
        return self._canvas.composite.palette is None

    def refresh(self) -> None:
        """Show the composite's look."""
        composite, look = self._canvas.composite, self._look()
        self._fill_methods(look)
        given = composite.is_single and look.method == GIVEN
        self._show_row(self._span, given)
        if given:
            self._span.show_values(look.low[0], look.high[0])
        self._show_row(self._colours, composite.is_single)
        self._colours.choose(look.colours or composite.colours)
        self._show_row(self._gamma, composite.formula is None)
        self._gamma.blockSignals(True)
        if not self._gamma_delay.isActive():  # else the hand is ahead of the look
            self._gamma.setValue(round(_GAMMA_STEPS * _log(look.gamma, LARGEST_GAMMA)))
        self._gamma.blockSignals(False)
        self._gamma.setToolTip(
            self.tr("Gamma {value}: the middle brighter or darker").format(value=number(look.gamma, 2))
        )

    def _fill_methods(self, look: Look) -> None:
        single = self._canvas.composite.is_single
        methods = {} if self._canvas.composite.formula is not None else {USUAL: self.tr("All scenes")}
        methods |= {
            PERCENTILES: self.tr("2–98 %"),
            DEVIATIONS: self.tr("± 2 std. deviations"),
            MIN_MAX: self.tr("Min – max"),
        }
        if single or look.method == GIVEN:
            methods[GIVEN] = self.tr("Fixed values") if single else self.tr("As in a view")
        self._method.fill((name, method) for method, name in methods.items())
        self._method.choose(look.method)

    def _choose_method(self, method: str) -> None:
        composite, look = self._canvas.composite, self._look()
        if method == GIVEN and look.method != GIVEN:
            usual = default_look(composite)
            measured = self._canvas.stretch()
            if usual.method == GIVEN:
                self._set(replace(look, method=GIVEN, low=usual.low, high=usual.high))
            elif measured is not None:
                self._set(look.given(measured))
        elif method != GIVEN:
            self._set(replace(look, method=method, low=(), high=()))
        self._canvas.setFocus()

    def _choose_span(self, low: float, high: float) -> None:
        if low < high:
            self._set(replace(self._look(), low=(low,), high=(high,)))
        else:
            self.refresh()

    def _gamma_moved(self) -> None:
        """Many steps a second, each of which would be drawn and saved: only some are."""
        if not self._gamma_delay.isActive():
            self._gamma_delay.start()

    def _choose_gamma(self) -> None:
        self._set(replace(self._look(), gamma=LARGEST_GAMMA ** (self._gamma.value() / _GAMMA_STEPS)))

    def _choose_colours(self, name: str) -> None:
        self._set(replace(self._look(), colours=name))

    def _look(self) -> Look:
        return self._looks.look(self._canvas.composite)

    def _set(self, look: Look) -> None:
        self._looks.set_look(self._canvas.composite, look)

    def _combo(self, name: str) -> ElidedBox:
        combo = ElidedBox(self)
        combo.setAccessibleName(name)
        combo.setToolTip(name)
        combo.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        combo.setMinimumContentsLength(6)
        return combo

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(SPACE_SMALL)
        self._grid.setVerticalSpacing(SPACE_TIGHT)
        self._grid.setColumnStretch(1, 1)
        rows = (
            (self.tr("Stretch"), self._method), (self.tr("Values"), self._span), (self.tr("Colours"), self._colours),
            (self.tr("Gamma"), self._gamma),
        )  # fmt: skip
        self._labels: dict[QWidget, QLabel] = {}
        for row, (name, widget) in enumerate(rows):
            label = QLabel(name, self)
            label.setProperty("class", "muted")
            self._labels[widget] = label
            self._grid.addWidget(label, row, 0)
            self._grid.addWidget(widget, row, 1, 1, 1 if widget is self._method else 2)
        self._grid.addWidget(self.to_view, 0, 2)

    def _show_row(self, widget: QWidget, visible: bool) -> None:
        widget.setVisible(visible)
        self._labels[widget].setVisible(visible)


def _ramp(name: str) -> QIcon:
    """The colour map as a small picture."""
    row = colour_table(name)
    image = QImage(row.data, len(row), 1, 4 * len(row), QImage.Format.Format_RGB32)
    return QIcon(QPixmap.fromImage(image.scaled(96, 24)))


def _log(value: float, base: float) -> float:
    return math.log(value) / math.log(base)
