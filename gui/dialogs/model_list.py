"""The list of who can be looked at in the model report: the kept models and the pixel classifier."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtCore import QDateTime, QLocale, Qt, QTimeZone
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.session import Session
from core.session_parts.kept_models import KeptModel
from gui.map_words import maker_named
from gui.translate import number

_VERSION = Qt.ItemDataRole.UserRole


class ModelList(QListWidget):
    """The newest model first; before it the pixel classifier where that makes the map."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._kept: Mapping[int, KeptModel] = {}
        self.setAccessibleName(self.tr("Models"))

    @property
    def version(self) -> int | None:
        """Of whoever is chosen."""
        item = self.currentItem()
        version: int | None = None if item is None else item.data(_VERSION)
        return version

    @property
    def chosen(self) -> KeptModel | None:
        """None for the pixel classifier, too."""
        return None if self.version is None else self._kept.get(self.version)

    def list_anew(self) -> None:
        """With the same one chosen, else the leading one. Nobody is told if there is nobody to choose."""
        session, before = self._session, self.version
        self._kept = {model.version: model for model in session.models.kept()}
        makers = [choice.version for choice in session.maps.choices()]
        versions = list(self._kept)
        if CLASSIFIER_VERSION in makers:
            versions.insert(0 if makers[0] == CLASSIFIER_VERSION else len(versions), CLASSIFIER_VERSION)
        self.blockSignals(True)
        self.clear()
        for version in versions:
            self._add(version, makes_map=makers[:1] == [version])
        self.blockSignals(False)
        wanted = session.forecasts.version if before is None else before
        self.setCurrentRow(versions.index(wanted) if wanted in versions else 0)

    def _add(self, version: int, *, makes_map: bool) -> None:
        item = QListWidgetItem(self._line(version, makes_map))
        item.setData(_VERSION, version)
        if version in self._kept:
            item.setToolTip(
                self.tr(
                    "The IoU is the mean over the classes, on the tiles held back when the model was trained. "
                    "The scores beside the list are measured now, on all painted tiles it did not learn from."
                )
            )
        self.addItem(item)

    def _line(self, version: int, makes_map: bool) -> str:
        title, model = maker_named(version), self._kept.get(version)
        if model is not None and model.leads:
            title = self.tr("{model} · in use").format(model=title)
        if makes_map:
            title = self.tr("{model} · makes the map").format(model=title)
        if model is None:
            return title + "\n" + self.tr("%n tile(s)", "", len(self._session.painted))
        made = QDateTime.fromString(model.made_utc, Qt.DateFormat.ISODate)
        made.setTimeZone(QTimeZone.utc())
        when = QLocale().toString(made.toLocalTime(), QLocale.FormatType.ShortFormat)
        tiles = self.tr("%n tile(s)", "", len(model.card.training_tiles))
        lines = [title, f"{tiles} · {when}"]
        scores = model.card.scores
        if scores is not None and not math.isnan(scores.mean_iou):
            lines.append(self.tr("IoU {iou} when trained").format(iou=number(scores.mean_iou, 2)))
        if model.card.same_as:
            lines.append(self.tr("The weights of model {version}").format(version=model.card.same_as))
        return "\n".join(lines)
