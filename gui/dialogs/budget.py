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
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, set_class


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
        self._effort = effort
        self._buys = QLabel(self)
        set_class(self._buys, "muted")
        self._amount.valueChanged.connect(lambda _: self._say_what_it_buys())
        self._unit.currentIndexChanged.connect(lambda _: self._say_what_it_buys())
        self._say_what_it_buys()
        buttons, _ = dialog_buttons(self, self.tr("Change"), self.accept)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(QLabel(self.tr("How much can you label in all?"), self))
        whole.addLayout(row)
        whole.addWidget(self._buys)
        whole.addWidget(buttons)
        self._amount.selectAll()  # what is typed replaces it

    def _say_what_it_buys(self) -> None:
        """The same in the other unit, of all that was and will be done, at this expert's pace."""
        effort, amount = self._effort.with_budget(self.unit, self.amount), round(self.amount)
        if effort.spent_fraction >= 1:
            sentence = self.tr("That much is done already.")
        elif self.unit == "minutes":
            left = round(effort.remaining_minutes())
            minutes = self.tr("%n minute(s) left", "", max(1, left))
            sentence = self.tr("{minutes}: about %n tile(s)", "", effort.remaining_tiles()).format(minutes=minutes)
        else:
            tiles = self.tr("%n tile(s) left", "", amount - effort.spent_tiles)
            wanted = max(1, round(effort.remaining_minutes()))
            sentence = self.tr("{tiles}: about %n minute(s)", "", wanted).format(tiles=tiles)
        self._buys.setText(sentence)

    @property
    def unit(self) -> str:
        return str(self._unit.currentData())

    @property
    def amount(self) -> float:
        return self._amount.value()
