"""Select: draw round the area that commands about the whole Tile shall keep to."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPolygonF

from core.labels.shapes import Point, polygon_pixels
from gui.canvas.tools.base import Gesture, ToolHost, ToWidget, draw_outline
from gui.canvas.tools.dragged_shape import DraggedShape


class Select(DraggedShape):
    """Either button. The area stays until another is drawn, Esc, another tool or another Tile: never where it cannot be
    seen. A click gives it up."""

    name = "select"
    keeps_way = True
    selects = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._area: list[Point] = []

    def press(self, gesture: Gesture) -> None:
        self._area = []
        super().press(gesture)
        self.host.drawing_changed()

    def release(self) -> None:
        points, self._points = self._points, []
        if polygon_pixels(points, self.host.bounds())[1].any():
            self._area = points
        self.host.drawing_changed()

    def cancel(self) -> None:
        self._area = []
        super().cancel()

    def tile_changed(self) -> None:
        self._area = []

    def wants_key(self, key: Qt.Key) -> bool:
        return bool(self._area) and key == Qt.Key.Key_Escape

    def key(self, key: Qt.Key) -> None:
        self.cancel()

    def selected(self) -> NDArray[np.bool_] | None:
        if not self._area:
            return None
        bounds = self.host.bounds()
        pixels = np.zeros((bounds.height, bounds.width), np.bool_)
        rect, inside = polygon_pixels(self._area, bounds)
        pixels[rect.slices] = inside
        return pixels

    def draw_shape(self, painter: QPainter, to_widget: ToWidget) -> None:
        polygon = QPolygonF([to_widget(x, y) for x, y in self._points or self._area])
        draw_outline(painter, polygon, closed=True, dashed=True)
