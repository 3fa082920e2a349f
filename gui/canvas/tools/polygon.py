"""Polygon: corner by corner, each to be corrected until it is closed."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPainter, QPolygonF

from core.labels.shapes import Point, polygon_pixels
from gui.canvas.tools.base import Gesture, Tool, ToolHost, ToWidget, draw_outline


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
