"""Changing the budget in the middle of the work."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QDialog, QLabel, QVBoxLayout, QWidget

from core.project.effort import Effort
from core.project.records import Budget, TileRecord
from gui.budget_words import what_is_left
from gui.dialogs.budget_fields import BudgetFields
from gui.dialogs.buttons import dialog_buttons
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, set_class


class BudgetDialog(QDialog):
    """After `exec()` has accepted: the new `budget`."""

    def __init__(self, effort: Effort, tiles: Iterable[TileRecord], parent: QWidget | None = None) -> None:
        """`tiles`: all of the project's, in which the work ends."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Budget"))
        self._effort = effort
        self._tiles = tuple(tiles)
        self._fields = BudgetFields(effort.budget, self)
        self._buys = QLabel(self)
        set_class(self._buys, "muted")
        self._fields.changed.connect(self._say_what_it_buys)
        self._say_what_it_buys()
        buttons, _ = dialog_buttons(self, self.tr("Change"), self.accept)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(QLabel(self.tr("How much can you label in all?"), self))
        whole.addWidget(self._fields)
        whole.addWidget(self._buys)
        whole.addWidget(buttons)
        self._fields.amount.selectAll()  # what is typed replaces it

    def _say_what_it_buys(self) -> None:
        """The same in the other unit, of all that was and will be done, at this expert's pace."""
        budget = self.budget
        effort = self._effort.with_budget(budget.unit, budget.amount)
        is_spent = effort.spent_fraction >= 1
        self._buys.setText(self.tr("That much is done already.") if is_spent else what_is_left(effort, self._tiles))

    @property
    def budget(self) -> Budget:
        return self._fields.budget
