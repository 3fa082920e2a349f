"""What a view was made to show as a whole: the active Tile or the Scene, beside the legends along the upper edge."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QRect, QRectF, QTimer

from core.geometry import Rect
from gui.canvas.legend import LEGENDS_ROOM_PX
from gui.canvas.viewport import Viewport

if TYPE_CHECKING:
    from gui.canvas.scene_view import SceneView

_MARGINS = {"tile": 56.0, "scene": 12.0}
_BELOW_LEGENDS_PX = 4
_LATER_MS = 100  # while a Stroke is under way


class Fitting:
    """It holds, also when the view gets another size or other legends, until the user looks elsewhere."""

    def __init__(self, view: SceneView) -> None:
        self._view = view
        self.what: Literal["", "tile", "scene"] = ""
        self.is_left = False  # the Tile: the view has been moved since, not only zoomed
        self.legends = QRect()  # where they lie, as drawn last

    def show(self, what: Literal["tile", "scene"]) -> None:
        self._view.set_viewport(self._viewport(what))
        self.what = what
        if what == "tile":
            self.is_left = False

    def has_tile_in_view(self) -> bool:
        """Its middle; true where there is no Tile."""
        view = self._view
        if view.active is None:
            return True
        return QRectF(view.rect()).contains(view.viewport.rect_to_widget(view.active.rect).center())

    def let_go(self, viewport: Viewport) -> None:
        """The view will be at `viewport`, as the user wants it."""
        before = self._view.viewport
        self.is_left |= viewport.scale == before.scale and viewport != before
        self.what = ""

    def again(self) -> None:
        """Nobody hears of a view that stays as it was."""
        if self.what and self._view.viewport != self._viewport(self.what):
            self.show(self.what)

    def viewport_on(self, rect: Rect, what: Literal["tile", "scene"] = "tile") -> Viewport:
        """What is shown with this one. Of many legends, in a low view, the last lie on it."""
        view, margin = self._view, _MARGINS[what]
        taken_px = self.legends.y() + self.legends.height() + _BELOW_LEGENDS_PX
        below_px = max(min(max(taken_px, LEGENDS_ROOM_PX), view.height() / 3) - margin, 0)
        return Viewport.fitting(rect, view.width(), view.height() - below_px, margin).moved(0, below_px)

    def legends_are_at(self, taken: QRect) -> None:
        """They have just been drawn there."""
        if taken != self.legends:
            holds = self.what != "" and self._view.viewport == self._viewport(self.what)
            self.legends = taken
            self._make_room_soon(0, holds)  # nothing moves while it is drawn

    def _make_room_soon(self, after_ms: int, holds: bool) -> None:
        QTimer.singleShot(after_ms, self._view, partial(self._make_room, holds))

    def _make_room(self, holds: bool) -> None:
        """Another Tile may have become the active one where the user looks already: then nothing jumps there. Nor under
        a hand that paints."""
        if holds and self._view.is_busy():
            self._make_room_soon(_LATER_MS, holds)
            return
        if holds:
            self.again()
        self._view.legends_moved.emit()

    def _viewport(self, what: Literal["tile", "scene"]) -> Viewport:
        active = self._view.active
        return self.viewport_on(active.rect if what == "tile" and active else self._view.scene_rect(), what)
