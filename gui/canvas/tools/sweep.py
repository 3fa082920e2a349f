"""What superpixel wand and relabeling share: whole areas of the Tile, each that the cursor passes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.labels.assist import NO_PIECE
from core.labels.classes import UNLABELED
from core.labels.strokes import Ink, StrokeRecorder
from gui.canvas.tools.base import Gesture, Tool, ToolHost, filled


class Sweep(Tool):
    """Paints, of the Tile cut into areas, every one that the cursor passes; a subclass says which areas."""

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._recorder: StrokeRecorder | None = None
        self._ink = Ink(UNLABELED)
        self._done: set[int] = set()

    @property
    def is_busy(self) -> bool:
        return self._recorder is not None

    def areas(self) -> NDArray[np.int32]:
        """The number of the area that each pixel belongs to, (height, width); NO_PIECE where none can be painted."""
        raise NotImplementedError

    def press(self, gesture: Gesture) -> None:
        self._areas = self.areas()
        self._recorder = self.host.begin_stroke(self.name)
        self._ink = filled(self.ink_for(gesture.button))
        self._done = {NO_PIECE}
        self._last = (gesture.x, gesture.y)
        self._paint_along(gesture)

    def move(self, gesture: Gesture) -> None:
        if self._recorder is not None:
            self._paint_along(gesture)

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

    def _paint_along(self, gesture: Gesture) -> None:
        assert self._recorder is not None
        bounds = self.host.bounds()
        (x0, y0), (x1, y1) = self._last, (gesture.x, gesture.y)
        steps = int(max(abs(x1 - x0), abs(y1 - y0))) + 1
        xs, ys = (np.linspace(a, b, steps + 1).astype(int) for a, b in ((x0, x1), (y0, y1)))
        inside = (xs >= 0) & (ys >= 0) & (xs < bounds.width) & (ys < bounds.height)
        touched = set(np.unique(self._areas[ys[inside], xs[inside]]).tolist()) - self._done
        self._last = (x1, y1)
        if touched:
            self._done |= touched
            chosen = np.isin(self._areas, list(touched))
            self.host.show_changed(self._recorder.paint(bounds, chosen, self._ink))
