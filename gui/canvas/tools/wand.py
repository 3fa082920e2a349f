"""Superpixel wand: paints patches of like colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF
from PySide6.QtGui import QPainter

from core.labels.strokes import bounding_rect
from gui.canvas.edges import edges
from gui.canvas.tools.base import Gesture, ToolHost, ToWidget, line_pens
from gui.canvas.tools.sweep import Sweep


class Wand(Sweep):
    """Paints every superpixel that the cursor passes; Shift and the wheel change their size. Before, the one under the
    cursor is outlined."""

    name = "wand"
    has_size = True
    sees_superpixels = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._pointed: tuple[NDArray[np.int32], int] | None = None  # of which superpixels, which
        self._outline: list[tuple[float, float, float, float]] = []

    def areas(self) -> NDArray[np.int32]:
        return self.host.superpixels(self.host.brush_diameter(self.name))

    def hover(self, gesture: Gesture | None) -> None:
        areas = None if gesture is None else self.host.known_superpixels(self.host.brush_diameter(self.name))
        pointed = None
        if gesture is not None and areas is not None:
            x, y = int(gesture.x // 1), int(gesture.y // 1)
            if self.host.bounds().contains(x, y):
                pointed = (areas, int(areas[y, x]))
        if _is_same(pointed, self._pointed):
            return
        self._pointed, self._outline = pointed, []
        if pointed is not None:
            chosen = pointed[0] == pointed[1]
            rect = bounding_rect(chosen)
            self._outline = edges(chosen[rect.slices], rect.x, rect.y)
        self.host.drawing_changed()

    def tile_changed(self) -> None:
        self._pointed, self._outline = None, []

    def draw_cursor(self, painter: QPainter, place: QPointF, scale: float) -> None:
        """The ring only while it is not known yet what will be painted."""
        if not self._outline:
            super().draw_cursor(painter, place, scale)

    def draw_shape(self, painter: QPainter, to_widget: ToWidget) -> None:
        lines = [QLineF(to_widget(x1, y1), to_widget(x2, y2)) for x1, y1, x2, y2 in self._outline]
        for pen in line_pens():
            painter.setPen(pen)
            painter.drawLines(lines)


def _is_same(one: tuple[NDArray[np.int32], int] | None, other: tuple[NDArray[np.int32], int] | None) -> bool:
    if one is None or other is None:
        return one is other
    return one[0] is other[0] and one[1] == other[1]
