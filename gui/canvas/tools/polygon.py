"""Polygon: corner by corner, each to be corrected until it is closed."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPen, QPolygonF

from core.labels.shapes import Point, polygon_pixels
from gui.canvas.tools.base import Gesture, Tool, ToolHost, ToWidget, draw_outline

_REACH_PX = 6.0
_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Backspace, Qt.Key.Key_Escape)


class Polygon(Tool):
    """Click by click; corners can be dragged, and edges by a new corner, until Enter, a double click or a click on the
    first corner closes it. Which button sets the first corner says whether it paints or erases; from then on the right
    one takes a corner back."""

    name = "polygon"

    def __init__(self, host: ToolHost) -> None:
        super().__init__(host)
        self._points: list[Point] = []
        self._set_as: list[int] = []  # which of all corners each was, in the order of setting them
        self._button = Qt.MouseButton.LeftButton
        self._dragged: int | None = None
        self._scale = 1.0

    @property
    def is_busy(self) -> bool:
        return self._dragged is not None

    @property
    def keeps_drawing(self) -> bool:
        return len(self._points) > 1  # one corner is soon set again

    @property
    def can_take_back(self) -> bool:
        return bool(self._points)

    @property
    def _erases(self) -> bool:
        return self._button == Qt.MouseButton.RightButton

    def press(self, gesture: Gesture) -> None:
        if not self._points:
            self._button = gesture.button
        elif gesture.button == Qt.MouseButton.RightButton:
            self.take_back()
            return
        grabbed, edge = self._corner_at(gesture), self._edge_at(gesture)
        if grabbed == 0 and len(self._points) >= 3:
            self._close()
        elif grabbed is not None:
            self._dragged = grabbed
        else:
            self._insert(len(self._points) if edge is None else edge + 1, (gesture.x, gesture.y))
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
        """Of the right button it is the second of two corners that are taken back."""
        if gesture.button == Qt.MouseButton.RightButton:
            self.press(gesture)
        else:
            self._close()

    def wants_key(self, key: Qt.Key) -> bool:
        return bool(self._points) and key in _KEYS

    def key(self, key: Qt.Key) -> None:
        if key == Qt.Key.Key_Backspace:
            self.take_back()
        elif key == Qt.Key.Key_Escape:
            self.cancel()
        else:
            self._close()

    def cancel(self) -> None:
        self.tile_changed()
        self.host.drawing_changed()

    def tile_changed(self) -> None:
        self._points, self._set_as, self._dragged = [], [], None

    def take_back(self) -> None:
        """The corner that was set last, wherever it is."""
        if self._points:
            last = self._set_as.index(max(self._set_as))
            del self._points[last], self._set_as[last]
        self._dragged = None
        self.host.drawing_changed()

    def draw_shape(self, painter: QPainter, to_widget: ToWidget) -> None:
        if not self._points:
            return
        zero, one = to_widget(0, 0), to_widget(1, 0)
        self._scale = one.x() - zero.x()
        corners = [to_widget(x, y) for x, y in self._points]
        draw_outline(painter, QPolygonF(corners), closed=len(corners) > 2, dashed=self._erases)
        painter.setPen(QPen(Qt.GlobalColor.black))
        fill = Qt.GlobalColor.black if self._erases else Qt.GlobalColor.white
        for corner in corners:
            x, y = int(corner.x()) - 3, int(corner.y()) - 3
            painter.fillRect(x, y, 7, 7, Qt.GlobalColor.white)
            painter.fillRect(x + 1, y + 1, 5, 5, fill)
            painter.drawRect(x, y, 6, 6)

    def _insert(self, at: int, point: Point) -> None:
        self._points.insert(at, point)
        self._set_as.insert(at, max(self._set_as, default=0) + 1)
        self._dragged = at

    def _corner_at(self, gesture: Gesture) -> int | None:
        reach = _REACH_PX / self._scale
        near = [i for i, (x, y) in enumerate(self._points) if abs(x - gesture.x) + abs(y - gesture.y) <= reach]
        return near[0] if near else None

    def _edge_at(self, gesture: Gesture) -> int | None:
        """The edge from that corner to the next which is under the cursor. The one from the last to the first needs no
        corner between: the next one comes there anyway."""
        here, ends = (gesture.x, gesture.y), zip(self._points, self._points[1:], strict=False)
        apart = [_distance(here, *pair) for pair in ends]
        nearest = min(range(len(apart)), key=apart.__getitem__, default=None)
        return nearest if nearest is not None and apart[nearest] <= _REACH_PX / self._scale else None

    def _close(self) -> None:
        self._dragged = None
        rect, pixels = polygon_pixels(self._points, self.host.bounds())
        if not rect.is_empty:
            self.paint_once(rect, pixels, self.ink_for(self._button))  # where that fails the corners stay, to try again
        self.cancel()


def _distance(point: Point, start: Point, end: Point) -> float:
    """Of a point from a straight line between two others."""
    (x, y), (x0, y0), (x1, y1) = point, start, end
    dx, dy = x1 - x0, y1 - y0
    along = ((x - x0) * dx + (y - y0) * dy) / ((dx * dx + dy * dy) or 1.0)
    along = min(max(along, 0.0), 1.0)
    return math.hypot(x - x0 - along * dx, y - y0 - along * dy)
