"""Offered where the chosen files are the bands of scenes, each in a file of its own: to put them together."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from core.imagery.band_files import LooseScene
from gui import file_dialogs
from gui.folders import last_folder, remember_folder
from gui.icons import icon
from gui.theme import SPACE_MEDIUM

_MOST_NAMED = 13  # bands in the sentence: all of Sentinel-2's


class LooseBandsOffer(QWidget):
    """Hidden until there is something to put together."""

    folder_chosen = Signal(Path)  # where the scenes shall lie

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.scenes: tuple[LooseScene, ...] = ()
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        button = QPushButton(icon("layers"), self.tr("Put the bands together…"), self)
        button.clicked.connect(self._ask_folder)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_MEDIUM)
        row.addWidget(self._words, 1)
        row.addWidget(button)
        self.hide()

    def offer(self, scenes: Sequence[LooseScene]) -> None:
        """Nothing, where there are none."""
        self.scenes = tuple(scenes)
        self.setVisible(bool(scenes))
        if scenes:
            bands = [band.name for band in scenes[0].bands]
            names = ", ".join(bands[:_MOST_NAMED] + ["…"] * (len(bands) > _MOST_NAMED))
            words = self.tr(
                "These files are the bands of %n scene(s), each in a file of its own: {bands}. The program can put them"
                " together into one GeoTIFF a scene. Your files stay as they are.",
                "", len(scenes),
            )  # fmt: skip
            self._words.setText(words.format(bands=names))

    def _ask_folder(self) -> None:
        title = self.tr("Choose a folder for the new scene files")
        name = file_dialogs.ask_folder(self, title, last_folder())
        if name:
            remember_folder(Path(name))
            self.folder_chosen.emit(Path(name))
