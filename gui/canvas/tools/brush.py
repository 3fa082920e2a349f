"""Brush: continuous strokes, round or square."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt

from core.geometry import Rect
from core.labels.strokes import Ink, StrokeRecorder, tapered_segment
from gui.canvas.tools.base import Gesture, ToolHost
from gui.canvas.tools.stroke import StrokeTool


class Brush(StrokeTool):
    """Paints the current class along the cursor's way; Shift and a click draw a straight line from the last end."""

    name = "brush"
    has_size = True
    has_shape = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._full_diameter_px = 1
        self._diameter_px = 1  # as the pen's pressure has it now

    def tile_changed(self) -> None:
        """On another Tile a straight line has no beginning."""
        self._last = None

    def begin(self, gesture: Gesture) -> None:
        self._ink = self.ink_for(gesture.button)
        self._full_diameter_px = self.host.brush_diameter(self.name)
        self._diameter_px = self._pressed(gesture)
        if not gesture.modifiers & Qt.KeyboardModifier.ShiftModifier:
            self._last = None

    def stroke_name(self, button: Qt.MouseButton) -> str:
        return "eraser" if button == Qt.MouseButton.RightButton else self.name

    def write(self, recorder: StrokeRecorder, rect: Rect, pixels: NDArray[np.bool_], ink: Ink) -> Rect:
        """Paint the brush's footprint; returns what may have changed. Kinds of brushes choose among its pixels."""
        return recorder.paint(rect, pixels, ink)

    def _pressed(self, gesture: Gesture) -> int:
        return max(1, round(self._full_diameter_px * gesture.pressure))

    def paint_to(self, recorder: StrokeRecorder, gesture: Gesture) -> None:
        end = (gesture.x, gesture.y)
        dirty = Rect(0, 0, 0, 0)
        diameters = (self._diameter_px, self._pressed(gesture))
        for rect, pixels in tapered_segment(self._last or end, end, diameters, self.host.brush_shape()):
            dirty = dirty.union(self.write(recorder, rect, pixels, self._ink))
        self._last, self._diameter_px = end, diameters[1]
        self.host.show_changed(dirty)
