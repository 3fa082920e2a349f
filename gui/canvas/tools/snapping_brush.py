"""Edge-snapping brush: paints, of what the brush covers, only the pixels like those where the stroke began."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.labels.assist import similar_pixels
from core.labels.strokes import Ink, StrokeRecorder
from gui.canvas.tools.base import Gesture
from gui.canvas.tools.brush import Brush


class SnappingBrush(Brush):
    """Run it roughly along an edge: it stays on the side where the stroke began."""

    name = "snapping brush"
    has_tolerance = True
    sees_colours = True

    def begin(self, gesture: Gesture) -> None:
        bounds = self.host.bounds()
        x = min(max(int(gesture.x), 0), bounds.width - 1)
        y = min(max(int(gesture.y), 0), bounds.height - 1)
        self._similar = partial(similar_pixels, self.host.colours(), x, y, self.host.tolerance(self.name))
        super().begin(gesture)

    def write(self, recorder: StrokeRecorder, rect: Rect, pixels: NDArray[np.bool_], ink: Ink) -> Rect:
        inside = rect.intersect(self.host.bounds())
        if inside.is_empty:
            return inside
        chosen = pixels[inside.moved(-rect.x, -rect.y).slices] & self._similar(inside)
        return recorder.paint(inside, chosen, ink)
