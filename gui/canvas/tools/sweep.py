"""What superpixel wand and relabeling share: whole areas of the Tile, each that the cursor passes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.labels.assist import NO_PIECE
from core.labels.strokes import StrokeRecorder
from gui.canvas.tools.base import Gesture, ToolHost, filled
from gui.canvas.tools.stroke import StrokeTool


class Sweep(StrokeTool):
    """Paints, of the Tile cut into areas, every one that the cursor passes; a subclass says which areas."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._done: set[int] = set()

    def areas(self) -> NDArray[np.int32]:
        """The number of the area that each pixel belongs to, (height, width); NO_PIECE where none can be painted."""
        raise NotImplementedError

    def begin(self, gesture: Gesture) -> None:
        self._areas = self.areas()
        self._ink = filled(self.ink_for(gesture.button))
        self._done = {NO_PIECE}
        self._last = (gesture.x, gesture.y)

    def paint_to(self, recorder: StrokeRecorder, gesture: Gesture) -> None:
        assert self._last is not None
        bounds = self.host.bounds()
        (x0, y0), (x1, y1) = self._last, (gesture.x, gesture.y)
        steps = int(max(abs(x1 - x0), abs(y1 - y0))) + 1
        xs, ys = (np.floor(np.linspace(a, b, steps + 1)).astype(int) for a, b in ((x0, x1), (y0, y1)))
        inside = (xs >= 0) & (ys >= 0) & (xs < bounds.width) & (ys < bounds.height)
        touched = set(np.unique(self._areas[ys[inside], xs[inside]]).tolist()) - self._done
        self._last = (x1, y1)
        if touched:
            self._done |= touched
            chosen = np.isin(self._areas, list(touched))
            self.host.show_changed(recorder.paint(bounds, chosen, self._ink))
