"""Brush: continuous strokes, round or square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from core.geometry import Rect
from core.labels.classes import UNLABELED
from core.labels.strokes import Ink, StrokeRecorder, tapered_segment
from gui.canvas.tools.base import Gesture, Tool, ToolHost


class Brush(Tool):
    """Paints the current class along the cursor's way; Shift and a click draw a straight line from the last end."""

    name = "brush"
    has_size = True
    has_shape = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._recorder: StrokeRecorder | None = None
        self._ink = Ink(UNLABELED)
        self._full_diameter_px = 1
        self._diameter_px = 1  # as the pen's pressure has it now
        self._last: tuple[float, float] | None = None  # also after the stroke: where a straight line begins

    @property
    def is_busy(self) -> bool:
        return self._recorder is not None

    def tile_changed(self) -> None:
        """On another Tile a straight line has no beginning."""
        self._last = None

    def press(self, gesture: Gesture) -> None:
        erases = gesture.button == Qt.MouseButton.RightButton
        self._recorder = self.host.begin_stroke("eraser" if erases else self.name)
        self._ink = self.ink_for(gesture.button)
        self._full_diameter_px = self.host.brush_diameter(self.name)
        self._diameter_px = self._pressed(gesture)
        self.begin(gesture)
        straight = gesture.modifiers & Qt.KeyboardModifier.ShiftModifier and self._last is not None
        self._paint_to(gesture, self._last if straight else None)

    def move(self, gesture: Gesture) -> None:
        if self._recorder is not None:
            self._paint_to(gesture, self._last)

    def lift_to(self, gesture: Gesture) -> None:
        self._last = (gesture.x, gesture.y)

    def release(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self.host.finish_stroke(recorder)

    def cancel(self) -> None:
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self.host.show_changed(recorder.cancel())

    def begin(self, gesture: Gesture) -> None:
        """A Stroke begins here; for kinds of brushes that look at the place first."""

    def write(self, recorder: StrokeRecorder, rect: Rect, pixels: NDArray[np.bool_], ink: Ink) -> Rect:
        """Paint the brush's footprint; returns what may have changed. Kinds of brushes choose among its pixels."""
        return recorder.paint(rect, pixels, ink)

    def _pressed(self, gesture: Gesture) -> int:
        return max(1, round(self._full_diameter_px * gesture.pressure))

    def _paint_to(self, gesture: Gesture, start: tuple[float, float] | None) -> None:
        assert self._recorder is not None
        end = (gesture.x, gesture.y)
        dirty = Rect(0, 0, 0, 0)
        diameters = (self._diameter_px, self._pressed(gesture))
        for rect, pixels in tapered_segment(start or end, end, diameters, self.host.brush_shape()):
            dirty = dirty.union(self.write(self._recorder, rect, pixels, self._ink))
        self._last, self._diameter_px = end, diameters[1]
        self.host.show_changed(dirty)
