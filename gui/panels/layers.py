"""Layers: the composite and how it is drawn, and how strongly labels, prediction and doubt show over it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSettings, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from core.imagery.composites import Composite
from gui.canvas.view import CanvasView
from gui.composite_box import CompositeBox
from gui.controls import icon_button
from gui.panels.look import LookBox
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT
from gui.translate import say

LOOK_SHOWN = "layers/look shown"
ROOMY_PX = 900  # of the screen's height


class LayersPanel(QWidget):
    """Everything about what the canvas shows; the canvas holds the state."""

    grown = Signal()  # contrast and colours are unfolded, or the composite has more of them

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__()
        self._canvas = canvas
        self._composite = CompositeBox(self)
        self._composite.setMinimumContentsLength(8)
        self._composite.activated.connect(lambda row: canvas.set_state(composite_key=self._composite.itemData(row)))
        self._add = icon_button("plus", self.tr("Add a band formula"), self)
        self._remove = icon_button("trash", self.tr("Remove this formula"), self)
        self._remove.clicked.connect(self._remove_formula)
        self._look = LookBox(canvas, self)
        self._look_switch = icon_button("settings", self.tr("Contrast and colours"), self, checkable=True)
        self._look_switch.setChecked(bool(QSettings().value(LOOK_SHOWN, self._has_room(), bool)))
        self._look_switch.toggled.connect(self._show_look)
        layers = QGridLayout()
        layers.setHorizontalSpacing(SPACE_MEDIUM)
        layers.setVerticalSpacing(SPACE_SMALL)
        layers.setColumnStretch(1, 1)
        self._rows = [
            self._add_layer(layers, row, kind, name)
            for row, (kind, name) in enumerate(
                (("mask", self.tr("Labels")), ("prediction", self.tr("Prediction")), ("doubt", self.tr("Doubt")))
            )
        ]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_MEDIUM, SPACE_TIGHT, SPACE_MEDIUM, SPACE_SMALL)
        whole.setSpacing(SPACE_SMALL)
        across = QHBoxLayout()
        across.setSpacing(SPACE_TIGHT)
        across.addWidget(self._composite, 1)
        across.addWidget(self._remove)
        across.addWidget(self._add)
        across.addWidget(self._look_switch)
        whole.addLayout(across)
        whole.addWidget(self._look)
        whole.addLayout(layers)
        whole.addStretch(1)
        self._height_px = 0  # wanted last
        canvas.state_changed.connect(self.refresh)
        self.refresh()

    def event(self, event: QEvent) -> bool:
        """What the panel wants is known once its rows are laid out."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest:
            before_px, self._height_px = self._height_px, self.sizeHint().height()
            if self._height_px > before_px:
                self.grown.emit()
        return done

    def connect_actions(self, add_formula: QAction, stretch: QAction) -> None:
        """What the buttons beside the composite and the stretch do."""
        self._add.clicked.connect(add_formula.trigger)
        self._look.connect_stretch(stretch)

    def refresh(self) -> None:
        state = self._canvas.state
        self._composite.list(self._canvas.composites)
        self._look.refresh()
        self._look.setVisible(self._look_switch.isChecked() and self._look.has_something)
        widgets: list[QWidget] = [self._composite]
        for _, box, slider in self._rows:
            widgets += [box, slider]
        for widget in widgets:
            widget.blockSignals(True)
        self._composite.choose(self._canvas.composite.key)
        self._composite.setToolTip(_meaning(self._canvas.composite))
        self._remove.setVisible(self._canvas.session.looks.is_own(self._canvas.composite.key))
        for kind, box, slider in self._rows:
            box.setChecked(getattr(state, f"show_{kind}"))
            slider.setValue(round(100 * getattr(state, f"{kind}_opacity")))
        for widget in widgets:
            widget.blockSignals(False)

    def _has_room(self) -> bool:
        """At first contrast and colours are folded away where the screen has no room for all panels."""
        return self.screen().availableGeometry().height() >= ROOMY_PX

    def _show_look(self, on: bool) -> None:
        QSettings().setValue(LOOK_SHOWN, on)
        self.refresh()

    def _remove_formula(self) -> None:
        """The composite before it takes its place on the screen."""
        keys = [composite.key for composite in self._canvas.composites]
        key = self._canvas.composite.key
        self._canvas.set_state(composite_key=keys[max(keys.index(key) - 1, 0)])
        self._canvas.session.looks.remove_formula(key)

    def _add_layer(self, grid: QGridLayout, row: int, kind: str, name: str) -> tuple[str, QCheckBox, QSlider]:
        box = QCheckBox(name, self)
        box.toggled.connect(lambda on: self._canvas.set_state(**{f"show_{kind}": on}))
        slider = QSlider(Qt.Orientation.Horizontal, self)
        slider.setRange(0, 100)
        slider.setAccessibleName(self.tr("Opacity of {layer}").format(layer=name))
        slider.setToolTip(slider.accessibleName())
        slider.valueChanged.connect(lambda value: self._canvas.set_state(**{f"{kind}_opacity": value / 100}))
        grid.addWidget(box, row, 0)
        grid.addWidget(slider, row, 1)
        return kind, box, slider


def _meaning(composite: Composite) -> str:
    """The formula behind a name."""
    return say(composite.name) if composite.formula is None else f"{say(composite.name)}: {composite.formula.source}"
