"""Changing the budget in the middle of the work."""

from __future__ import annotations

from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QHBoxLayout,
    QLabel,
    QVBoxLayout,
    QWidget,
)

from core.project.effort import Effort
from gui.dialogs.buttons import dialog_buttons
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE


class BudgetDialog(QDialog):
    """After `exec()` has accepted: `unit` and `amount`."""

    def __init__(self, effort: Effort, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Budget"))
        self._amount = QDoubleSpinBox(self)
        self._amount.setDecimals(0)
        self._amount.setRange(1, 100_000)
        self._amount.setValue(effort.budget.amount)
        self._amount.setAccessibleName(self.tr("Budget"))
        self._unit = QComboBox(self)
        self._unit.addItem(self.tr("tiles"), "tiles")
        self._unit.addItem(self.tr("minutes"), "minutes")
        self._unit.setCurrentIndex(self._unit.findData(effort.budget.unit))
        self._unit.setAccessibleName(self.tr("Budget unit"))
        row = QHBoxLayout()
        row.addWidget(self._amount, 1)
        row.addWidget(self._unit)
        buttons, _ = dialog_buttons(self, self.tr("Change"), self.accept)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(QLabel(self.tr("How much labeling do you have in all?"), self))
        whole.addLayout(row)
        whole.addWidget(buttons)

    @property
    def unit(self) -> str:
        return str(self._unit.currentData())

    @property
    def amount(self) -> float:
        return self._amount.value()
