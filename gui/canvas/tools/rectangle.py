"""Rectangle: press at one corner, release at the other."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.labels.shapes import Point, rectangle_pixels
from gui.canvas.tools.dragged_shape import DraggedShape


class Rectangle(DraggedShape):
    """All pixels between two corners."""

    name = "rectangle"

    def outline(self) -> list[Point]:
        (left, top), (right, bottom) = self._points[0], self._points[-1]
        return [(left, top), (right, top), (right, bottom), (left, bottom)]

    def covered(self, points: list[Point]) -> list[tuple[Rect, NDArray[np.bool_]]]:
        return [rectangle_pixels(points[0], points[-1], self.host.bounds())]
