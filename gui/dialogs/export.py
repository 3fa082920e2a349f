"""Export: labels and predictions as GeoTIFFs and GeoPackages into a folder."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QSize
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.session import Session
from gui import file_dialogs
from gui.dialogs.buttons import dialog_buttons
from gui.dialogs.section import resize_on_screen
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_SMALL, SPACE_WIDE, set_class

_WIDTH_PX = 520


def whose_map(session: Session) -> str:
    """What to know where the scene is coloured by another than the model, whose map is exported; else empty."""
    if not session.forecasts.classifier_leads:
        return ""
    return QCoreApplication.translate(
        "export", "The model's map is exported. The scene has the pixel classifier's colours until the model is better."
    )


class ExportDialog(QDialog):
    """After `exec()` has accepted: `folder`, `wants_labels`, `wants_predictions`, `wants_flips`."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export"))
        self.setMinimumWidth(_WIDTH_PX)
        self._labels = self._switch(
            self.tr("Labels (%n painted tile(s))", "", len(session.painted)), bool(session.painted)
        )
        has_model = session.forecasts.model is not None
        self._predictions = self._switch(self._about_predictions(session), has_model)
        self._flips = QCheckBox(self.tr("Average over four mirrored views: four times as long"), self)
        self._flips.setEnabled(self._predictions.isChecked())
        self._predictions.toggled.connect(self._flips.setEnabled)
        self._whose = self._muted(whose_map(session))
        self._whose.setVisible(has_model and bool(self._whose.text()))
        self._folder = QLineEdit(str(session.path.with_name(f"{session.path.stem} export")), self)
        self._folder.setAccessibleName(self.tr("Folder"))
        self._folder.textChanged.connect(self._refresh)
        self._browse = QPushButton(self.tr("Choose…"), self)
        self._browse.clicked.connect(self._ask_folder)
        self._lay_out()
        self._refresh()

    def _about_predictions(self, session: Session) -> str:
        predictions = self.tr("Prediction and doubt of every scene")
        if session.forecasts.model is not None:
            return predictions
        is_coming = session.pending("load") is not None
        none_yet = self.tr("the model is still being loaded") if is_coming else self.tr("no model is trained yet")
        return f"{predictions} ({none_yet})"

    def _switch(self, words: str, is_there: bool) -> QCheckBox:
        """On where there is something to export."""
        box = QCheckBox(words, self)
        box.setChecked(is_there)
        box.setEnabled(is_there)
        box.toggled.connect(self._refresh)
        return box

    def _muted(self, words: str) -> QLabel:
        label = QLabel(words, self)
        label.setWordWrap(True)
        set_class(label, "muted")
        return label

    def _lay_out(self) -> None:
        indented, row = QHBoxLayout(), QHBoxLayout()
        indented.addSpacing(SPACE_WIDE)
        indented.addWidget(self._flips)
        row.setSpacing(SPACE_SMALL)
        row.addWidget(QLabel(self.tr("Folder"), self))
        row.addWidget(self._folder, 1)
        row.addWidget(self._browse)
        note = self._muted(
            self.tr(
                "GeoTIFFs on the scenes' own pixels, and GeoPackages with the same areas as polygons and their "
                "hectares, with class names and colours for QGIS. Unlabeled is nodata."
            )
        )
        buttons, self._export = dialog_buttons(self, self.tr("Export"), self.accept)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(self._labels)
        whole.addWidget(self._predictions)
        whole.addLayout(indented)
        whole.addWidget(self._whose)
        whole.addLayout(row)
        whole.addWidget(note)
        whole.addWidget(buttons)
        # by itself Qt takes two thirds of the screen's height at most, which is too little at 200 %
        resize_on_screen(self, QSize(_WIDTH_PX, whole.totalHeightForWidth(_WIDTH_PX)))

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
    def wants_flips(self) -> bool:
        return self.wants_predictions and self._flips.isChecked()

    def _refresh(self) -> None:
        self._export.setEnabled((self.wants_labels or self.wants_predictions) and bool(self._folder.text().strip()))

    def _ask_folder(self) -> None:
        name = file_dialogs.ask_folder(self, self.tr("Choose a folder"), str(self.folder.parent))
        if name:
            self._folder.setText(name)
