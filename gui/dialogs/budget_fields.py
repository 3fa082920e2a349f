"""Two fields for a budget: how much, and of what."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QWidget

from core.project.records import LARGEST_BUDGET, Budget


class BudgetFields(QWidget):
    """Begins with a `budget`, and keeps what is not changed of it: a terminal may have given parts of a minute."""

    changed = Signal()

    def __init__(self, budget: Budget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._beginning = budget
        self.amount = QDoubleSpinBox(self)
        self.amount.setDecimals(0 if float(budget.amount).is_integer() else 2)
        self.amount.setRange(min(1.0, max(budget.amount, 0.01)), LARGEST_BUDGET)
        self.amount.setValue(budget.amount)
        self._shown = self.amount.value()  # rounded
        self.amount.setAccessibleName(self.tr("Budget"))
        self._unit = QComboBox(self)
        self._unit.addItem(self.tr("tiles"), "tiles")
        self._unit.addItem(self.tr("minutes"), "minutes")
        self._unit.setCurrentIndex(self._unit.findData(budget.unit))
        self._unit.setAccessibleName(self.tr("Budget unit"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.amount, 1)
        row.addWidget(self._unit)
        self.amount.valueChanged.connect(self.changed)
        self._unit.currentIndexChanged.connect(self.changed)

    @property
    def budget(self) -> Budget:
        unit, amount = self._unit.currentData(), self.amount.value()
        if (unit, amount) == (self._beginning.unit, self._shown):
            return self._beginning
        return Budget(unit, max(round(amount), 1) if unit == "tiles" else amount)
