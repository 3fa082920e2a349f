"""Straight line, rectangle and lasso: press, drag, release; the shape shows while it is drawn."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from core.geometry import Rect
from core.labels.shapes import Point, polygon_pixels, rectangle_pixels
from core.labels.strokes import brush_segment
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


class Line(DraggedShape):
    """A straight line as wide as the brush."""

    name = "line"
    has_size = True
    has_shape = True
    is_closed = False

    def covered(self, points: list[Point]) -> list[tuple[Rect, NDArray[np.bool_]]]:
        diameter_px = self.host.brush_diameter(self.name)
        return list(brush_segment(points[0], points[-1], diameter_px, self.host.brush_shape()))


class Rectangle(DraggedShape):
    """All pixels between two corners."""

    name = "rectangle"

    def outline(self) -> list[Point]:
        (left, top), (right, bottom) = self._points[0], self._points[-1]
        return [(left, top), (right, top), (right, bottom), (left, bottom)]

    def covered(self, points: list[Point]) -> list[tuple[Rect, NDArray[np.bool_]]]:
        return [rectangle_pixels(points[0], points[-1], self.host.bounds())]


class Lasso(DraggedShape):
    """What a line drawn by hand encloses."""

    name = "lasso"
    keeps_way = True

    def covered(self, points: list[Point]) -> list[tuple[Rect, NDArray[np.bool_]]]:
        return [polygon_pixels(points, self.host.bounds())]


class Polygon(Tool):
    """Click by click; corners can be dragged until Enter, a double click or a click on the first corner closes it."""

    name = "polygon"
    _REACH_PX = 6.0
    _KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []
        self._dragged: int | None = None
        self._scale = 1.0

    @property
    def is_busy(self) -> bool:
        return self._dragged is not None

    @property
    def keeps_drawing(self) -> bool:
        return len(self._points) > 1  # one corner is soon set again

    def press(self, gesture: Gesture) -> None:
        if gesture.button == Qt.MouseButton.RightButton:
            self.take_back()
            return
        grabbed = self._corner_at(gesture)
        if grabbed == 0 and len(self._points) >= 3:
            self._close()
        elif grabbed is not None:
            self._dragged = grabbed
        else:
            self._points.append((gesture.x, gesture.y))
            self._dragged = len(self._points) - 1
        self.host.drawing_changed()

    def move(self, gesture: Gesture) -> None:
        if self._dragged is not None:
            self._points[self._dragged] = (gesture.x, gesture.y)
            self.host.drawing_changed()

    def release(self) -> None:
        self._dragged = None

    def finish(self) -> None:
        if self.keeps_drawing:
            self._close()

    def double_click(self, gesture: Gesture) -> None:
        self._close()

    def wants_key(self, key: Qt.Key) -> bool:
        return bool(self._points) and key in self._KEYS

    def key(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Backspace:
            self.take_back()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            self._close()

    def cancel(self) -> None:
        self._points, self._dragged = [], None
        self.host.drawing_changed()

    def tile_changed(self) -> None:
        self._points, self._dragged = [], None

    def draw_shape(self, painter: QPainter, to_widget: ToWidget) -> None:
        if not self._points:
            return
        zero, one = to_widget(0, 0), to_widget(1, 0)
        self._scale = one.x() - zero.x()
        corners = [to_widget(x, y) for x, y in self._points]
        draw_outline(painter, QPolygonF(corners), closed=len(corners) > 2)
        for corner in corners:
            painter.fillRect(int(corner.x()) - 3, int(corner.y()) - 3, 7, 7, Qt.GlobalColor.white)
            painter.drawRect(int(corner.x()) - 3, int(corner.y()) - 3, 6, 6)

    def _corner_at(self, gesture: Gesture) -> int | None:
        here = QPointF(gesture.x, gesture.y)
        reach = self._REACH_PX / self._scale
        near = [i for i, point in enumerate(self._points) if (QPointF(*point) - here).manhattanLength() <= reach]
        return near[0] if near else None

    def take_back(self) -> None:
        self._points = self._points[:-1]
        self.host.drawing_changed()

    def _close(self) -> None:
        self._dragged = None
        rect, pixels = polygon_pixels(self._points, self.host.bounds())
        if not rect.is_empty:
            self.paint_once(rect, pixels, self.host.ink())  # where that fails the corners stay, to try again
        self._points = []
        self.host.drawing_changed()
