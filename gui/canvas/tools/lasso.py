"""Lasso: draw round an area."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.labels.shapes import Point, polygon_pixels
from gui.canvas.tools.dragged_shape import DraggedShape


class Lasso(DraggedShape):
    """What a line drawn by hand encloses."""

    name = "lasso"
    keeps_way = True

    def covered(self, points: list[Point]) -> list[tuple[Rect, NDArray[np.bool_]]]:
        return [polygon_pixels(points, self.host.bounds())]
