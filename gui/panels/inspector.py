"""The inspector: every band's value under the cursor, and what is painted and predicted there."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from core.geometry import Rect
from core.imagery.composites import band_composite
from core.imagery.interpretation import Band, Interpretation
from core.imagery.scene import Scene
from core.jobs import Job, JobContext, Priority
from core.labels.classes import IGNORE
from core.session import Session
from core.text import text
from gui.canvas.view import CanvasView
from gui.elided import ElidedName
from gui.latest import Latest
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT
from gui.translate import say

_LONG_VALUE = "-9999 (nodata)"  # beside a long name a value has at least this room


class InspectorPanel(QWidget):
    """Values follow the cursor; only the newest position is read."""

    def __init__(self, session: Session, canvas: CanvasView) -> None:
        super().__init__()
        self._session = session
        self._canvas = canvas
        self._job: Job[list[str]] | None = None
        form = self._form = QGridLayout()
        form.setHorizontalSpacing(SPACE_MEDIUM)
        form.setVerticalSpacing(SPACE_TIGHT)
        form.setColumnStretch(1, 1)
        form.setColumnMinimumWidth(1, self.fontMetrics().horizontalAdvance(_LONG_VALUE))
        self._label = self._add_row(self.tr("Label"))
        self._predicted = self._add_row(self.tr("Prediction"))
        self._values = [self._add_row(_name(band)) for band in session.interpretation.bands]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_MEDIUM, SPACE_SMALL)
        whole.addLayout(form)
        whole.addStretch(1)
        self._shown_soon = Latest(self._cursor_moved, self)
        canvas.cursor_moved.connect(self._shown_soon)
        canvas.cursor_left.connect(self._clear)

    def _add_row(self, name: str) -> QLabel:
        """The label of its value. What is long is cut: neither a band's description nor a class widens the dock."""
        caption, value = ElidedName(name, self), ElidedName("–", self)
        caption.setProperty("class", "muted")
        value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        row = self._form.rowCount()
        self._form.addWidget(caption, row, 0)
        self._form.addWidget(value, row, 1)
        return value

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._canvas.tell_cursor()

    def _cursor_moved(self, x: float, y: float) -> None:
        column, row = int(x // 1), int(y // 1)
        scene_id = self._canvas.scene_id
        if scene_id is None or not self.isVisible():
            return
        self._drop_read()
        self._show_classes(column, row)
        scene = self._session.scene_files.open(scene_id)
        if not Rect(0, 0, scene.info.width, scene.info.height).contains(column, row):
            self._show_values([])
            return
        work = partial(_read_values, scene, self._session.interpretation, column, row)
        job = self._job = self._session.readers.submit(
            text("Reading the scene"), work, Priority.RANKING, "values under the cursor",
            lambda values: self._show_values(values) if self._job is job else None,
        )  # fmt: skip

    def _drop_read(self) -> None:
        """The cursor is elsewhere; what is being read already will still come."""
        if self._job is not None:
            self._job.cancel()
            self._job = None

    def _show_values(self, values: list[str]) -> None:
        for number, label in enumerate(self._values):
            label.setText(values[number] if number < len(values) else "–")

    def _show_classes(self, column: int, row: int) -> None:
        names = {c.value: c.name for c in self._session.classes} | {IGNORE: self.tr("ignore"), 0: "–"}
        label = predicted = "–"
        tile = self._canvas.active
        if tile is not None and tile.scene_id == self._canvas.scene_id and tile.rect.contains(column, row):
            place = (row - tile.rect.y, column - tile.rect.x)
            label = names[int(self._session.mask(tile.tile_id).labels[place])]
            prediction = self._session.forecasts.predictions.get(tile.tile_id)
            if prediction is not None:
                doubt = round(100 * int(prediction.doubt[place]) / 255)
                predicted = self.tr("{name}, {doubt} % doubt").format(
                    name=names.get(int(prediction.classes[place]), "–"), doubt=doubt
                )
        self._label.setText(label)
        self._predicted.setText(predicted)

    def _clear(self) -> None:
        self._shown_soon.drop()
        self._drop_read()
        self._show_values([])
        self._label.setText("–")
        self._predicted.setText("–")


def _read_values(scene: Scene, interpretation: Interpretation, column: int, row: int, context: JobContext) -> list[str]:
    context.check()
    bands = [band.index for band in interpretation.bands]
    pixels = scene.read(Rect(column, row, 1, 1), bands=bands, interpretation=interpretation)
    values = [f"{value:g}" for value in pixels.values[:, 0, 0].tolist()]
    return values if pixels.valid[0, 0] else [f"{value} (nodata)" for value in values]


def _name(band: Band) -> str:
    return band.name if band.is_named else say(band_composite(band).name)
