"""Where on the Scene the canvas looks: the mapping between Scene pixels and widget positions."""

from __future__ import annotations

from dataclasses import dataclass, replace

from PySide6.QtCore import QPointF, QRectF

from core.geometry import Rect

ZOOM_STEP = 1.25  # of a step of the wheel, or a press of a key
LARGEST_SCALE = 64.0  # logical pixels on the screen per Scene pixel
SMALLEST_VIEW_PX = 48.0  # a Scene is never zoomed out below this size on the screen


@dataclass(frozen=True)
class Viewport:
    """`scale` in logical screen pixels per Scene pixel; (left, top) is the Scene position at the widget's corner."""

    scale: float = 1.0
    left: float = 0.0
    top: float = 0.0

    def to_scene(self, position: QPointF) -> tuple[float, float]:
        return self.left + position.x() / self.scale, self.top + position.y() / self.scale

    def to_widget(self, x: float, y: float) -> QPointF:
        return QPointF((x - self.left) * self.scale, (y - self.top) * self.scale)

    def rect_to_widget(self, rect: Rect) -> QRectF:
        corner = self.to_widget(rect.x, rect.y)
        return QRectF(corner.x(), corner.y(), rect.width * self.scale, rect.height * self.scale)

    def visible(self, width: float, height: float) -> Rect:
        """The Scene pixels, whole ones, that a widget of `width` × `height` shows."""
        x, y = int(self.left // 1), int(self.top // 1)
        right, bottom = self.left + width / self.scale, self.top + height / self.scale
        return Rect(x, y, int(-(-right // 1)) - x, int(-(-bottom // 1)) - y)

    def moved(self, dx: float, dy: float) -> Viewport:
        """After dragging the Scene by (dx, dy) logical pixels."""
        return replace(self, left=self.left - dx / self.scale, top=self.top - dy / self.scale)

    def zoomed(self, factor: float, at: QPointF, smallest: float) -> Viewport:
        """Zoomed by `factor` with the Scene position under `at` staying there."""
        scale = min(max(self.scale * factor, smallest), LARGEST_SCALE)
        if scale == self.scale:
            return self  # at an end; computed it would lie a breath beside it
        x, y = self.to_scene(at)
        return Viewport(scale, x - at.x() / scale, y - at.y() / scale)

    @classmethod
    def fitting(cls, rect: Rect, width: float, height: float, margin: float = 0.0) -> Viewport:
        """The view that shows all of `rect` in the middle, with `margin` logical pixels round it."""
        free_width, free_height = max(width - 2 * margin, 16.0), max(height - 2 * margin, 16.0)
        scale = min(free_width / max(rect.width, 1), free_height / max(rect.height, 1), LARGEST_SCALE)
        return cls.centred(*rect.centre, scale, width, height)

    @classmethod
    def centred(cls, x: float, y: float, scale: float, width: float, height: float) -> Viewport:
        """The view at `scale` with Scene position (x, y) in the middle."""
        return cls(scale, x - width / 2 / scale, y - height / 2 / scale)


def smallest_scale(scene: Rect, width: float, height: float) -> float:
    """How far out a Scene may be zoomed: to fill a quarter of the widget, never below 48 px."""
    fit = min(width / max(scene.width, 1), height / max(scene.height, 1))
    return min(max(fit / 4, SMALLEST_VIEW_PX / max(scene.width, scene.height, 1)), 1.0)
