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
        self._labels = QCheckBox(self.tr("Labels (%n painted tile(s))", "", len(session.painted)), self)
        self._labels.setChecked(bool(session.painted))
        self._labels.setEnabled(bool(session.painted))
        has_model = session.forecasts.model is not None
        predictions, none_yet = self.tr("Prediction and doubt of every scene"), self.tr("no model is trained yet")
        if session.pending("load") is not None:
            none_yet = self.tr("the model is still being loaded")
        self._predictions = QCheckBox(predictions if has_model else f"{predictions} ({none_yet})", self)
        self._predictions.setChecked(has_model)
        self._predictions.setEnabled(has_model)
        flips = self.tr("Average over four mirrored views: four times as long")
        self._flips = QCheckBox(flips, self)
        self._predictions.toggled.connect(self._flips.setEnabled)
        self._flips.setEnabled(self._predictions.isChecked())
        indented = QHBoxLayout()
        indented.addSpacing(SPACE_WIDE)
        indented.addWidget(self._flips)
        self._folder = QLineEdit(str(session.path.with_name(f"{session.path.stem} export")), self)
        self._folder.setAccessibleName(self.tr("Folder"))
        browse = QPushButton(self.tr("Choose…"), self)
        browse.clicked.connect(self._ask_folder)
        row = QHBoxLayout()
        row.setSpacing(SPACE_SMALL)
        row.addWidget(QLabel(self.tr("Folder"), self))
        row.addWidget(self._folder, 1)
        row.addWidget(browse)
        note = QLabel(
            self.tr(
                "GeoTIFFs on the scenes' own pixels, and GeoPackages with the same areas as polygons and their "
                "hectares, with class names and colours for QGIS. Unlabeled is nodata."
            ),
            self,
        )
        note.setWordWrap(True)
        set_class(note, "muted")
        self._whose = QLabel(whose_map(session), self)
        self._whose.setWordWrap(True)
        set_class(self._whose, "muted")
        self._whose.setVisible(has_model and bool(self._whose.text()))
        buttons, self._export = dialog_buttons(self, self.tr("Export"), self.accept)
        for box in (self._labels, self._predictions):
            box.toggled.connect(self._refresh)
        self._folder.textChanged.connect(self._refresh)
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
        self._refresh()
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
