"""Fill: one click paints what hangs together and looks alike."""

from __future__ import annotations

from core.labels.assist import flood_pixels
from gui.canvas.tools.base import Gesture, Tool, filled


class Fill(Tool):
    """One click paints what hangs together with the pixel under it and looks like it on the screen."""

    name = "fill"
    has_tolerance = True
    sees_colours = True

    def press(self, gesture: Gesture) -> None:
        x, y = int(gesture.x // 1), int(gesture.y // 1)
        bounds = self.host.bounds()
        if bounds.contains(x, y):
            ink = filled(self.ink_for(gesture.button))
            self.paint_once(bounds, flood_pixels(self.host.colours(), x, y, self.host.tolerance(self.name)), ink)
