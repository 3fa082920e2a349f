"""Before masks become labels: which were found, and what their values mean."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHeaderView,
    QLabel,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.labels.classes import IGNORE, IGNORE_COLOUR, UNLABELED
from core.mask_import.folder import MaskFolder
from core.session import Session
from gui.dialogs.buttons import dialog_buttons
from gui.dialogs.section import resize_on_screen, section
from gui.swatch import swatch
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, current_theme, set_class
from gui.translate import number

_SIZE = QSize(520, 460)
_WITHOUT_TABLE = QSize(520, 200)
_ROW_PX = 40  # holds a combo box
_SWATCH_PX = QSize(44, 18)
_VALUE, _SHARE, _MEANING = range(3)


class ImportMasksDialog(QDialog):
    """After `exec()` has accepted, `meaning` is what the user makes of the values."""

    def __init__(self, found: MaskFolder, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Import masks"))
        self._found = found
        self._session = session
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(self._sentence(self._what_was_found()))
        if found.names_classes:
            whole.addWidget(self._sentence(self.tr("They say themselves which class each of their values is.")))
            whole.addStretch(1)
        else:
            whole.addWidget(section(self.tr("What the values mean"), self._new_table()), 1)
        note = self._sentence(
            self.tr(
                "Masks are painted over the labels that are there; where they say nothing, your labels stay. On each"
                " tile it is a stroke that can be undone."
            )
        )
        set_class(note, "muted")
        whole.addWidget(note)
        buttons, _ = dialog_buttons(self, self.tr("Import"), self.accept)
        whole.addWidget(buttons)
        resize_on_screen(self, _WITHOUT_TABLE if found.names_classes else _SIZE)

    @property
    def meaning(self) -> dict[int, int]:
        """Value → label value; 0 is unlabeled, 255 ignore."""
        if self._found.names_classes:
            return dict(self._found.meaning)
        return {value: self._choice(row).currentData() for row, value in enumerate(self._found.meaning)}

    def _what_was_found(self) -> str:
        tiles = self.tr("%n tile(s)", "", self._found.tile_count)
        words = self.tr("%n mask(s) for {tiles}.", "", len(self._found.masks)).format(tiles=tiles)
        without = len(self._session.scenes) - len(self._found.masks)
        return f"{words} {self.tr('%n scene(s) have none.', '', without)}" if without else words

    def _sentence(self, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setWordWrap(True)
        return label

    def _new_table(self) -> QTableWidget:
        self._table = table = QTableWidget(len(self._found.meaning), 3, self)
        table.setHorizontalHeaderLabels([self.tr("Value"), self.tr("Share"), self.tr("Meaning")])
        table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        table.setAccessibleName(self.tr("What the values mean"))
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(_ROW_PX)
        table.horizontalHeader().setSectionResizeMode(_MEANING, QHeaderView.ResizeMode.Stretch)
        table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        table.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        table.setTabKeyNavigation(False)  # else Tab never leaves it
        all_px = sum(self._found.pixels.values())
        before: QWidget = table
        for row, (value, target) in enumerate(self._found.meaning.items()):
            share = 100 * self._found.pixels[value] / all_px
            table.setItem(row, _VALUE, QTableWidgetItem(str(value)))
            table.setItem(row, _SHARE, QTableWidgetItem(f"{number(share, 1)} %"))
            choice = self._new_choice(value, target)
            table.setCellWidget(row, _MEANING, choice)
            QWidget.setTabOrder(before, choice)  # it would come after the dialog's buttons
            before = choice
        return table

    def _new_choice(self, value: int, target: int) -> QComboBox:
        choice = QComboBox(self._table)
        choice.setIconSize(_SWATCH_PX)
        choice.addItem(swatch(current_theme().canvas), self.tr("unlabeled"), UNLABELED)
        for each in self._session.classes:
            choice.addItem(swatch(each.colour), each.name, each.value)
        choice.addItem(swatch(IGNORE_COLOUR, hatched=True), self.tr("ignore"), IGNORE)
        choice.setCurrentIndex(choice.findData(target))
        choice.setAccessibleName(self.tr("Meaning of value {value}").format(value=value))
        return choice

    def _choice(self, row: int) -> QComboBox:
        choice = self._table.cellWidget(row, _MEANING)
        assert isinstance(choice, QComboBox)
        return choice
