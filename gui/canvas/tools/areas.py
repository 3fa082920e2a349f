"""Fill, superpixel wand and relabeling: whole areas with a click or a sweep."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.labels.assist import NO_PIECE, flood_pixels, pieces
from core.labels.classes import UNLABELED
from core.labels.mask import Provenance
from core.labels.strokes import Ink, StrokeRecorder
from gui.canvas.tools.base import Gesture, Tool, ToolHost


class Fill(Tool):
    """One click paints what hangs together with the pixel under it and looks like it on the screen."""

    name = "fill"
    has_tolerance = True

    def press(self, gesture: Gesture) -> None:
        x, y = int(gesture.x // 1), int(gesture.y // 1)
        bounds = self.host.bounds()
        if bounds.contains(x, y):
            ink = _filled(self.ink_for(gesture.button))
            self.paint_once(bounds, flood_pixels(self.host.image(), x, y, self.host.tolerance(self.name)), ink)


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
        self._ink = _filled(self.ink_for(gesture.button))
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


class Wand(Sweep):
    """Paints every superpixel that the cursor passes; Shift and the wheel change their size."""

    name = "wand"
    has_size = True

    def areas(self) -> NDArray[np.int32]:
        return self.host.superpixels(self.host.brush_diameter(self.name))


class Relabel(Sweep):
    """Gives the current class to every piece that the cursor passes: of paint, or of the prediction where none is."""

    name = "relabel"

    def areas(self) -> NDArray[np.int32]:
        found = pieces(self.host.shown_classes())
        if (found == NO_PIECE).all():
            raise LabelError("Nothing on this tile has a class yet.", "Paint a little of two classes first.")
        return found


def _filled(ink: Ink) -> Ink:
    """The same ink, remembered as filled and not drawn pixel by pixel."""
    return Ink(ink.value, Provenance.FILLED, ink.protect_painted)
