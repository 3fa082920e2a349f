"""Straight line: press, drag, release."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.labels.shapes import Point
from core.labels.strokes import brush_segment
from gui.canvas.tools.dragged_shape import DraggedShape


class Line(DraggedShape):
    """A straight line as wide as the brush."""

    name = "line"
    has_size = True
    has_shape = True
    is_closed = False

    def covered(self, points: list[Point]) -> list[tuple[Rect, NDArray[np.bool_]]]:
        diameter_px = self.host.brush_diameter(self.name)
        return list(brush_segment(points[0], points[-1], diameter_px, self.host.brush_shape()))
