"""What the canvas offers its tools (`tools.base.ToolHost`): the active Tile, as it is seen, and Strokes on it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.errors import FieldbrushError
from core.geometry import Rect
from core.labels.assist import Colours
from core.labels.classes import UNLABELED
from core.labels.strokes import BrushShape, Ink, StrokeRecorder
from core.project.records import TileRecord
from gui.canvas.active_tile import ActiveTile
from gui.canvas.state import CanvasState
from gui.canvas.why_unchanged import why_unchanged

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


class CanvasHost:
    """One canvas, as its tools see it. There is a Tile whenever a tool is asked to do something."""

    def __init__(self, canvas: CanvasView) -> None:
        self._canvas = canvas
        self._state_then: CanvasState | None = None

    @contextmanager
    def set_as(self, state: CanvasState) -> Iterator[None]:
        """What tools do in here they do as they were set then."""
        self._state_then = state
        try:
            yield
        finally:
            self._state_then = None

    @property
    def _state(self) -> CanvasState:
        return self._state_then or self._canvas.state

    @property
    def _tile(self) -> ActiveTile:
        assert self._canvas.active_tile is not None
        return self._canvas.active_tile

    @property
    def _record(self) -> TileRecord:
        return self._tile.record

    def begin_stroke(self, tool: str) -> StrokeRecorder:
        session = self._canvas.session
        recorder = session.begin_stroke(self._record.tile_id, tool, self._tile.paintable())
        session.show_class(self._state.class_value, True)  # nobody shall paint what they do not see
        return recorder

    def finish_stroke(self, recorder: StrokeRecorder) -> None:
        canvas = self._canvas
        try:
            changed = canvas.session.finish_stroke(self._record.tile_id, recorder)
        except FieldbrushError:
            self.show_changed(self.bounds())  # in all panes: the paint is gone again
            raise
        protects = self._state.protect_painted and recorder.has_spared_paint
        if not changed and (why := why_unchanged(canvas, protects=protects)):
            canvas.hint.emit(why)
        else:
            canvas.stroke_finished.emit()

    def ink(self) -> Ink:
        return Ink(self._state.class_value, protect_painted=self._state.protect_painted)

    def brush_diameter(self, tool: str) -> int:
        return self._state.diameters[tool]

    def brush_shape(self) -> BrushShape:
        return self._state.brush_shape

    def tolerance(self, tool: str) -> int:
        return self._state.tolerances[tool]

    def bounds(self) -> Rect:
        return self._tile.bounds

    def colours(self) -> Colours:
        return self._tile.picture(self._canvas.drawing())

    def superpixels(self, diameter_px: int) -> NDArray[np.int32]:
        return self._tile.superpixels(self._canvas.drawing(), diameter_px)

    def known_superpixels(self, diameter_px: int) -> NDArray[np.int32] | None:
        canvas = self._canvas
        if canvas.active_tile is None or canvas.drawing().stretch is None:
            return None
        return self._tile.colours.ask_superpixels(canvas.drawing(), diameter_px).result

    def predicted_classes(self) -> NDArray[np.uint8] | None:
        prediction = self._canvas.session.forecasts.predictions.get(self._record.tile_id)
        return None if prediction is None else prediction.classes

    def shown_classes(self) -> NDArray[np.uint8]:
        labels, predicted = self._canvas.session.mask(self._record.tile_id).labels, self.predicted_classes()
        return labels.copy() if predicted is None else np.where(labels == UNLABELED, predicted, labels)

    def drawing_changed(self) -> None:
        self._canvas.show_drawing()

    def show_changed(self, dirty: Rect) -> None:
        if self._canvas.active_tile is not None and not dirty.is_empty:
            changed = dirty.moved(self._record.rect.x, self._record.rect.y)
            self._canvas.update_scene_rect(changed)
            self._canvas.painted.emit(changed)
