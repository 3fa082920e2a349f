"""The list in which Classes are edited: in a new project, and in one that is open."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QColorDialog,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.labels.classes import CLASS_COLOURS, LabelClass, class_keys
from gui.actions import command_text
from gui.dialogs.class_key import ClassKeyDialog
from gui.icons import icon
from gui.keymap import Keymap, native
from gui.swatch import swatch
from gui.theme import SPACE_SMALL, SPACE_TIGHT

_KEY, _COLOUR, _NAME = range(3)
_VALUE = Qt.ItemDataRole.UserRole


class ClassTable(QWidget):
    """One row a Class: its key, colour and name. Changes nothing but itself."""

    edited = Signal()  # by the user: a name, a colour, the order, one more
    removal_wanted = Signal(int)  # the Class's value

    def __init__(self, new_class: Callable[[str], LabelClass], keymap: Keymap, parent: QWidget | None = None) -> None:
        """`new_class(name)` makes the Class that is added; it may raise FieldbrushError."""
        super().__init__(parent)
        self._new_class = new_class
        self._keymap = keymap
        self._ask = {_COLOUR: self.ask_colour, _KEY: self.ask_key}
        self._table = table = QTableWidget(0, 3, self)
        table.setHorizontalHeaderLabels([self.tr("Key"), self.tr("Colour"), self.tr("Class")])
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.horizontalHeader().setSectionResizeMode(_NAME, QHeaderView.ResizeMode.Stretch)
        table.horizontalHeader().setMinimumSectionSize(52)
        table.horizontalHeader().setSectionResizeMode(_KEY, QHeaderView.ResizeMode.ResizeToContents)
        table.setColumnWidth(_COLOUR, 76)
        table.setIconSize(QSize(44, 18))
        table.setAccessibleName(self.tr("Classes"))
        table.verticalHeader().hide()
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.cellDoubleClicked.connect(lambda _, column: self._ask.get(column, lambda: None)())
        table.itemChanged.connect(lambda item: self.edited.emit() if item.column() == _NAME else None)
        table.itemSelectionChanged.connect(self._refresh_buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(SPACE_SMALL)
        whole.addWidget(table, 1)
        whole.addLayout(self._buttons())
        for keys, act in (
            ("Alt+Up", lambda: self.move_class(-1)), ("Alt+Down", lambda: self.move_class(1)),
            ("F2", self._edit_name),  # whichever column the keys are on: all of the row looks chosen
        ):  # fmt: skip
            QShortcut(QKeySequence(keys), table, context=Qt.ShortcutContext.WidgetShortcut).activated.connect(act)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(SPACE_TIGHT)

        def button(name: str, text: str, tip: str, clicked: Callable[[], object]) -> QPushButton:
            made = QPushButton(icon(name), text, self)
            made.setToolTip(tip)
            made.setAccessibleName(tip)
            made.setAutoDefault(False)
            made.clicked.connect(lambda: clicked())
            row.addWidget(made)
            return made

        button("plus", self.tr("Add"), self.tr("Add a class"), self.add_class)
        self._colour = button("palette", "", self.tr("Change the colour"), self.ask_colour)
        self._key = button("keys", "", self.tr("Choose the key"), self.ask_key)
        self._up = button("chevron-up", "", self.tr("Move up, to an earlier key (Alt+Up)"), lambda: self.move_class(-1))
        self._down = button(
            "chevron-down", "", self.tr("Move down, to a later key (Alt+Down)"), lambda: self.move_class(1)
        )
        self._remove = button("trash", "", self.tr("Remove the class"), self._want_removal)
        row.addStretch(1)
        return row

    # -- what it shows -----------------------------------------------------------------------------------------

    def classes(self) -> tuple[LabelClass, ...]:
        """As they stand in the list, each for itself; raises LabelError for a name that cannot be used."""
        rows = range(self._table.rowCount())
        return tuple(
            LabelClass(self._value(row), self._name(row), self._colour_of(row), self._chosen_key(row)) for row in rows
        )

    def _name(self, row: int) -> str:
        """What the window calls "ignore" is that, in every language: no class can have the name."""
        name = self._item(row, _NAME).text().strip()
        return "ignore" if name.casefold() == self.tr("ignore").casefold() else name

    def show_classes(self, classes: Sequence[LabelClass]) -> None:
        """Instead of what is there; the selected row stays selected, and a cell that is being edited stays."""
        row = max(self._table.currentRow(), 0)
        self._table.blockSignals(True)
        self._table.setRowCount(len(classes))
        keys = class_keys(classes, self._keymap.all_keys())
        for number, label_class in enumerate(classes):
            self._fill(number, label_class, keys.get(label_class.value, ""))
        self._table.blockSignals(False)
        if self._table.currentRow() < 0:
            self._table.setCurrentCell(min(row, len(classes) - 1), _NAME)
        self._refresh_buttons()

    def select(self, value: int) -> None:
        """Select the Class of that value."""
        for row in range(self._table.rowCount()):
            if self._value(row) == value:
                self._table.setCurrentCell(row, _NAME)

    def selected(self) -> int | None:
        """The value of the selected Class."""
        row = self._table.currentRow()
        return self._value(row) if row >= 0 else None

    # -- what the user does ------------------------------------------------------------------------------------

    def add_class(self) -> None:
        """One more at the end, its name ready to be typed over."""
        names = {label_class.name.casefold() for label_class in self.classes()}
        number = self._table.rowCount() + 1
        while (name := self.tr("class {number}").format(number=number)).casefold() in names:
            number += 1
        added = self._new_class(name)
        self.show_classes((*self.classes(), added))
        self.select(added.value)
        self.edited.emit()
        self._edit_name()

    def _edit_name(self) -> None:
        item = self._item(self._table.currentRow(), _NAME)
        self._table.setCurrentItem(item)
        self._table.editItem(item)

    def move_class(self, step: int) -> None:
        """Move the selected Class by that many rows; at an end it stays."""
        row, classes = self._table.currentRow(), list(self.classes())
        if 0 <= row < len(classes) and 0 <= row + step < len(classes):
            moved = classes.pop(row)
            classes.insert(row + step, moved)
            self.show_classes(classes)
            self.select(moved.value)
            self.edited.emit()

    def ask_colour(self) -> None:
        """Let the user choose the selected Class's colour; the palette that the colour-blind can tell apart is at
        hand as the custom colours."""
        row = self._table.currentRow()
        if row < 0:
            return
        for number, colour in enumerate(CLASS_COLOURS):
            QColorDialog.setCustomColor(number, QColor(colour))
        chosen = QColorDialog.getColor(QColor(self._colour_of(row)), self, self.tr("Colour of the class"))
        if chosen.isValid():
            self._set_colour(row, chosen.name().upper())
            self.edited.emit()

    def ask_key(self) -> None:
        """Let the user choose the selected Class's key."""
        row = self._table.currentRow()
        if row < 0:
            return
        classes = list(self.classes())
        dialog = ClassKeyDialog(classes[row], classes, self._keymap, self)
        if dialog.exec() and dialog.chosen != classes[row].key:
            classes[row] = replace(classes[row], key=dialog.chosen)
            self.show_classes(classes)
            self.edited.emit()

    def _want_removal(self) -> None:
        value = self.selected()
        if value is not None:
            self.removal_wanted.emit(value)

    # -- rows --------------------------------------------------------------------------------------------------

    def _fill(self, row: int, label_class: LabelClass, key: str) -> None:
        """`key`: which it has by now."""
        shown = self._item(row, _KEY)
        shown.setText(native(key))
        shown.setData(_VALUE, label_class.key)
        shown.setData(Qt.ItemDataRole.AccessibleTextRole, native(key) or self.tr("no key"))
        shown.setToolTip(self._about_key(label_class.key, key))
        name = self._item(row, _NAME)
        name.setText(label_class.name)
        name.setToolTip(label_class.name)
        name.setData(_VALUE, label_class.value)
        self._set_colour(row, label_class.colour)

    def _about_key(self, chosen: str, key: str) -> str:
        if chosen != key and (holder := self._keymap.holder(chosen)) is not None:
            sentence = self.tr("{key} was chosen, and is the key of “{command}” now.")
            return sentence.format(key=native(chosen), command=command_text(holder))
        return self.tr("Double-click to choose a key")

    def _item(self, row: int, column: int) -> QTableWidgetItem:
        """The cell, made where the row is new."""
        item = self._table.item(row, column)
        if item is None:
            item = QTableWidgetItem()
            if column != _NAME:
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            if column == _COLOUR:
                item.setToolTip(self.tr("Double-click to change the colour"))
            self._table.setItem(row, column, item)
        return item

    def _set_colour(self, row: int, colour: str) -> None:
        item = self._item(row, _COLOUR)
        item.setIcon(swatch(colour))
        item.setData(_VALUE, colour)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, colour)

    def _value(self, row: int) -> int:
        return int(self._item(row, _NAME).data(_VALUE))

    def _colour_of(self, row: int) -> str:
        return str(self._item(row, _COLOUR).data(_VALUE))

    def _chosen_key(self, row: int) -> str:
        return str(self._item(row, _KEY).data(_VALUE))

    def _refresh_buttons(self) -> None:
        row, count = self._table.currentRow(), self._table.rowCount()
        self._key.setEnabled(row >= 0)
        self._colour.setEnabled(row >= 0)
        self._up.setEnabled(row > 0)
        self._down.setEnabled(0 <= row < count - 1)
        self._remove.setEnabled(row >= 0 and count > 2)
