"""Two numbers, from and to, with as many decimals as they need."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDoubleSpinBox, QHBoxLayout, QLabel, QWidget

from gui.canvas.legend import decimals_for
from gui.theme import SPACE_TIGHT

_FURTHEST = 1e9
_STEPS = 20  # of the arrows, from one number to the other


class NumberRange(QWidget):
    """Says `changed(low, high)` when the user has set either."""

    changed = Signal(float, float)
    finished = Signal()

    def __init__(self, low_name: str, high_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._low, self._high = (self._number(name) for name in (low_name, high_name))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_TIGHT)
        row.addWidget(self._low, 1)
        row.addWidget(QLabel("–", self))
        row.addWidget(self._high, 1)

    def show_values(self, low: float, high: float) -> None:
        """Show them without saying that they changed."""
        decimals = decimals_for(abs(high - low))
        for number, value in ((self._low, low), (self._high, high)):
            number.blockSignals(True)
            if number.decimals() < decimals or not number.hasFocus():  # never under the typing hand
                number.setDecimals(decimals)
            number.setSingleStep(10.0 ** -max(decimals - 1, 0) if decimals else max(abs(high - low) / _STEPS, 1.0))
            number.setValue(value)
            number.blockSignals(False)

    def _number(self, name: str) -> QDoubleSpinBox:
        number = QDoubleSpinBox(self)
        number.setRange(-_FURTHEST, _FURTHEST)
        number.setKeyboardTracking(False)
        number.setMinimumWidth(64)
        number.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        number.setAccessibleName(name)
        number.setToolTip(name)
        number.valueChanged.connect(lambda _: self.changed.emit(self._low.value(), self._high.value()))
        number.editingFinished.connect(self.finished)
        return number
