"""Export: labels and predictions as GeoTIFFs and GeoPackages into a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.events import Change, Subject
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.session import Session
from core.session_parts.maps import MapChoice
from gui import file_dialogs
from gui.controls import muted
from gui.dialogs.buttons import dialog_buttons
from gui.dialogs.section import resize_on_screen
from gui.map_words import maker_with_score, whose_map
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_SMALL, SPACE_WIDE

_WIDTH_PX = 520


class ExportDialog(QDialog):
    """After `exec()` has accepted: `folder`, `wants_labels`, `wants_predictions`, `by`, `wants_flips`. A training may
    end meanwhile: then its model is offered in place of the one before."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumWidth(_WIDTH_PX)
        self._labels = self._switch(
            self.tr("Labels (%n painted tile(s))", "", len(session.painted)), bool(session.painted)
        )
        self._choices = self._who_could()
        self._predictions = self._switch("", False)
        first = next(iter(self._choices), True)
        self._makers = {is_classifier: QRadioButton(self) for is_classifier in (first, not first)}
        for maker in self._makers.values():
            maker.toggled.connect(self._refresh)
        self._made_by = QLabel(self.tr("Made by"), self)
        self._whose = muted("", self)
        self._flips = QCheckBox(self.tr("Average over four mirrored views: four times as long"), self)
        self._folder = QLineEdit(str(session.path.with_name(f"{session.path.stem} export")), self)
        self._folder.setAccessibleName(self.tr("Folder"))
        self._folder.textChanged.connect(self._refresh)
        self._browse = QPushButton(self.tr("Choose…"), self)
        self._browse.clicked.connect(self._ask_folder)
        buttons, self._export = dialog_buttons(self, self.tr("Export"), self.accept)
        self._lay_out(buttons)
        self._offer(self._choices)
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def done(self, result: int) -> None:
        self._unsubscribe()
        super().done(result)

    def _session_changed(self, change: Change) -> None:
        if Subject.MODEL in change.subjects:
            self._offer(self._who_could())

    def _who_could(self) -> dict[bool, MapChoice]:
        """By whether it is the pixel classifier's map; first who makes it where nobody chooses."""
        return {choice.version == CLASSIFIER_VERSION: choice for choice in self._session.maps.choices()}

    def _offer(self, choices: dict[bool, MapChoice]) -> None:
        """Model and pixel classifier keep their places, and what the user has chosen stays."""
        self._choices = choices
        self._predictions.setText(self._about_predictions())
        if self._predictions.isEnabled() != bool(choices):
            self._predictions.setChecked(bool(choices))
            self._predictions.setEnabled(bool(choices))
        for is_classifier, maker in self._makers.items():
            maker.setVisible(is_classifier in choices)
            if is_classifier in choices:
                maker.setText(maker_with_score(choices[is_classifier]))
        if choices and self.by is None:
            self._makers[next(iter(choices))].setChecked(True)
        self._made_by.setVisible(bool(choices))
        self._refresh()

    def _about_predictions(self) -> str:
        predictions = self.tr("Prediction and doubt of every scene")
        if self._choices:
            return predictions
        none_yet = self.tr("paint two classes first")
        if self._session.maps.is_loading:
            none_yet = self.tr("the model is still being loaded")
        return f"{predictions} ({none_yet})"

    def _switch(self, words: str, is_there: bool) -> QCheckBox:
        """On where there is something to export."""
        box = QCheckBox(words, self)
        box.setChecked(is_there)
        box.setEnabled(is_there)
        box.toggled.connect(self._refresh)
        return box

    def _lay_out(self, buttons: QDialogButtonBox) -> None:
        below, indented, row = QVBoxLayout(), QHBoxLayout(), QHBoxLayout()
        below.setSpacing(SPACE_SMALL)
        for widget in (self._made_by, *self._makers.values(), self._whose, self._flips):
            below.addWidget(widget)
        indented.addSpacing(SPACE_WIDE)
        indented.addLayout(below)
        row.setSpacing(SPACE_SMALL)
        row.addWidget(QLabel(self.tr("Folder"), self))
        row.addWidget(self._folder, 1)
        row.addWidget(self._browse)
        note = muted(
            self.tr(
                "GeoTIFFs on the scenes' own pixels, and GeoPackages with the same areas as polygons and their "
                "hectares, with class names and colours for QGIS. Unlabeled is nodata."
            ),
            self,
        )
        whole = self._whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(self._labels)
        whole.addWidget(self._predictions)
        whole.addLayout(indented)
        whole.addLayout(row)
        whole.addWidget(note)
        whole.addWidget(buttons)
        self.resize(_WIDTH_PX, 0)

    def _make_room(self) -> None:
        """For all its words. By itself Qt takes two thirds of the screen's height at most, too little at 200 %, and
        squeezes what appears later."""
        self._whole.activate()
        needed = self._whole.totalHeightForWidth(self.width())
        if needed > self.height():
            resize_on_screen(self, QSize(self.width(), needed))

    @property
    def folder(self) -> Path:
        return Path(self._folder.text().strip()).expanduser().absolute()

    @property
    def wants_labels(self) -> bool:
        return self._labels.isChecked()

    @property
    def wants_predictions(self) -> bool:
        return self._predictions.isChecked()

    @property
    def by(self) -> int | None:
        """The version of who makes the predictions; None where nobody can."""
        chosen = (choice.version for kind, choice in self._choices.items() if self._makers[kind].isChecked())
        return next(chosen, None)

    @property
    def wants_flips(self) -> bool:
        return self._flips.isEnabled() and self._flips.isChecked()

    def _refresh(self) -> None:
        for maker in self._makers.values():
            maker.setEnabled(self.wants_predictions)
        is_models = self.by is not None and self.by != CLASSIFIER_VERSION
        self._flips.setEnabled(self.wants_predictions and is_models)
        self._export.setEnabled((self.wants_labels or self.wants_predictions) and bool(self._folder.text().strip()))
        self._whose.setText("" if self.by is None else whose_map(self._session, self.by))
        self._whose.setVisible(bool(self._whose.text()))
        self._make_room()

    def _ask_folder(self) -> None:
        name = file_dialogs.ask_folder(self, self.tr("Choose a folder"), str(self.folder.parent))
        if name:
            self._folder.setText(name)
