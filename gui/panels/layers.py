"""Layers: the composite, and how strongly labels, prediction and doubt show over it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QSlider, QVBoxLayout, QWidget

from gui.canvas.view import CanvasView
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT
from gui.translate import say


class LayersPanel(QWidget):
    """Everything about what the canvas shows; the canvas holds the state."""

    def __init__(self, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._composite = QComboBox(self)
        self._composite.setAccessibleName(self.tr("Composite"))
        self._composite.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        for composite in canvas.composites:
            self._composite.addItem(say(composite.name), composite.key)
        self._composite.currentIndexChanged.connect(
            lambda row: canvas.set_state(composite_key=self._composite.itemData(row))
        )
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
        whole.addWidget(self._composite)
        whole.addLayout(layers)
        whole.addStretch(1)
        canvas.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        state = self._canvas.state
        widgets: list[QWidget] = [self._composite]
        for _, box, slider in self._rows:
            widgets += [box, slider]
        for widget in widgets:
            widget.blockSignals(True)
        self._composite.setCurrentIndex(self._composite.findData(self._canvas.composite.key))
        for kind, box, slider in self._rows:
            box.setChecked(getattr(state, f"show_{kind}"))
            slider.setValue(round(100 * getattr(state, f"{kind}_opacity")))
        for widget in widgets:
            widget.blockSignals(False)

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
