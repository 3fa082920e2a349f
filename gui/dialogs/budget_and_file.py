"""How much the user can label, and where the new project's file shall be."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from core.errors import ProjectError
from core.project.examination import Examination
from core.project.records import Budget
from core.project.store import PROJECT_SUFFIX
from gui import file_dialogs
from gui.dialogs.budget_fields import BudgetFields
from gui.dialogs.section import row_of
from gui.folders import documents
from gui.theme import SPACE_SMALL

_FIRST = Budget("tiles", 60)


class BudgetAndFileBox(QWidget):
    """Two rows of fields."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._fields = BudgetFields(_FIRST, self)
        self.file = QLineEdit(self)
        self.file.setAccessibleName(self.tr("Save as"))
        browse = QPushButton(self.tr("Choose…"), self)
        browse.clicked.connect(self._ask_file)
        form = QGridLayout(self)  # a form layout would not centre the labels on their fields
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACE_SMALL)
        form.addWidget(QLabel(self.tr("Budget"), self), 0, 0)
        form.addWidget(row_of(self._fields), 0, 1)
        form.addWidget(QLabel(self.tr("Save as"), self), 1, 0)
        form.addWidget(row_of(self.file, browse, stretch_first=True), 1, 1)
        form.setColumnStretch(1, 1)

    @property
    def budget(self) -> Budget:
        return self._fields.budget

    def project_path(self) -> Path:
        """The file as it is written in the field, with the suffix; a name alone means the folder that is suggested.
        Raises ProjectError where nothing is written."""
        path = Path(self.file.text().strip()).expanduser()
        if not path.name:
            raise ProjectError("The project has no name yet.", "Choose where to save it, and under what name.")
        if path.suffix != PROJECT_SUFFIX:
            path = path.with_name(path.name + PROJECT_SUFFIX)
        return documents() / path

    def ask_for_file(self) -> None:
        """What is typed next is another file; Enter tries the same again."""
        self.file.setFocus()
        self.file.selectAll()

    def suggest(self, found: Examination) -> None:
        """A file that is not there yet, named after the scenes; what the user has written stays."""
        if self.file.text():
            return
        first = Path(found.scenes[0].path)
        name = first.stem if len(found.scenes) == 1 else first.parent.name
        if name in ("images", "image", "img", "scenes"):
            name = first.parent.parent.name
        folder = documents()
        candidate, number = folder / f"{name}{PROJECT_SUFFIX}", 2
        while os.path.lexists(candidate):
            candidate, number = folder / f"{name} {number}{PROJECT_SUFFIX}", number + 1
        self.file.setText(str(candidate))

    def _ask_file(self) -> None:
        pattern = self.tr("Fieldbrush projects (*{suffix})").format(suffix=PROJECT_SUFFIX)
        begin = self.file.text() or str(documents())
        name = file_dialogs.ask_new_file(self, self.tr("Save the project as"), begin, pattern)
        if name:
            self.file.setText(name)
