"""What line, rectangle and lasso share: press, drag, release; the shape shows while it is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPolygonF

from core.geometry import Rect
from core.labels.shapes import Point
from gui.canvas.tools.base import Gesture, Tool, ToolHost, ToWidget, draw_outline


class DraggedShape(Tool):
    """Collects the way of the cursor; a subclass says which pixels that means."""

    keeps_way = False
    is_closed = True

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []
        self._button = Qt.MouseButton.LeftButton

    @property
    def is_busy(self) -> bool:
        return bool(self._points)

    def press(self, gesture: Gesture) -> None:
        self._button = gesture.button
        self._points = [(gesture.x, gesture.y)] * 2

    def move(self, gesture: Gesture) -> None:
        if not self._points:
            return
        if self.keeps_way:
            self._points.append((gesture.x, gesture.y))
        else:
            self._points[-1] = (gesture.x, gesture.y)
        self.host.drawing_changed()

    def release(self) -> None:
        points, self._points = self._points, []
        if points:
            ink = self.ink_for(self._button)
            recorder = self.host.begin_stroke(self.name)
            for rect, pixels in self.covered(points):
                recorder.paint(rect, pixels, ink)
            self.host.finish_stroke(recorder)
            self.host.show_changed(self.host.bounds())

    def cancel(self) -> None:
        self._points = []
        self.host.drawing_changed()

    def outline(self) -> list[Point]:
        return self._points

    def covered(self, points: list[Point]) -> list[tuple[Rect, NDArray[np.bool_]]]:
        """The pixels of the finished shape."""
        raise NotImplementedError

    def draw_shape(self, painter: QPainter, to_widget: ToWidget) -> None:
        if self._points:
            polygon = QPolygonF([to_widget(x, y) for x, y in self.outline()])
            draw_outline(painter, polygon, closed=self.is_closed)
