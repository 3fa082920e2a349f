"""All tools there are: which one is in hand, how large and how tolerant each is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from core.labels.strokes import LARGEST_BRUSH_PX, SMALLEST_BRUSH_PX
from gui.canvas.state import LARGEST_TOLERANCE
from gui.canvas.tools.base import Tool
from gui.canvas.tools.brush import Brush
from gui.canvas.tools.eraser import Eraser
from gui.canvas.tools.fill import Fill
from gui.canvas.tools.inspect import Inspect
from gui.canvas.tools.lasso import Lasso
from gui.canvas.tools.line import Line
from gui.canvas.tools.polygon import Polygon
from gui.canvas.tools.prediction_brush import PredictionBrush
from gui.canvas.tools.rectangle import Rectangle
from gui.canvas.tools.relabel import Relabel
from gui.canvas.tools.select import Select
from gui.canvas.tools.snapping_brush import SnappingBrush
from gui.canvas.tools.wand import Wand

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

TOOLS = (Brush, Eraser, SnappingBrush, PredictionBrush, Line, Rectangle, Lasso, Polygon, Fill, Wand, Relabel,
         Select, Inspect)  # fmt: skip


class ToolBox(QObject):
    """The tools of one canvas. Sizes are a part of the canvas's state, and kept with it."""

    taken = Signal()  # another tool in hand

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._tools: dict[str, Tool] = {kind.name: kind(canvas.host) for kind in TOOLS}
        self.in_hand: Tool = self._tools["brush"]
        self._turned = 0.0  # steps of the wheel, towards the next size

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._tools)

    def choose(self, name: str) -> None:
        """Take another tool in hand, unless that would lose what is drawn."""
        canvas = self._canvas
        if name != self.in_hand.name and not canvas.would_lose_drawing():
            self.in_hand.cancel()
            self.in_hand.hover(None)
            self.in_hand = self._tools[name]
            self.taken.emit()
            if self.in_hand.selects:
                canvas.hint.emit(
                    self.tr("Draw round an area: smoothing, filling and accepting keep to it. Esc gives it up.")
                )
        canvas.update()
        canvas.state_changed.emit()

    def tile_changed(self) -> None:
        """Another Tile is painted now."""
        for tool in self._tools.values():
            tool.tile_changed()

    def set_diameter(self, tool: str, diameter_px: int) -> None:
        canvas = self._canvas
        canvas.state.diameters[tool] = min(max(diameter_px, SMALLEST_BRUSH_PX), LARGEST_BRUSH_PX)
        canvas.update()
        canvas.state_changed.emit()

    def set_tolerance(self, tool: str, tolerance: int) -> None:
        self._canvas.state.tolerances[tool] = min(max(tolerance, 1), LARGEST_TOLERANCE)
        self._canvas.state_changed.emit()

    def resize(self, factor: float) -> None:
        """Change the diameter of the tool in hand, or else its tolerance, by `factor`, by at least one step."""
        state = self._canvas.state
        values = state.diameters if self.in_hand.has_size else state.tolerances
        old = values.get(self.in_hand.name, 0)
        self.resize_by(round(old * factor) - old or (1 if factor > 1 else -1))

    def resize_by(self, steps: int) -> None:
        """The same by single pixels or steps."""
        name, state = self.in_hand.name, self._canvas.state
        if self.in_hand.has_size:
            self.set_diameter(name, state.diameters[name] + steps)
        elif self.in_hand.has_tolerance:
            self.set_tolerance(name, state.tolerances[name] + steps)

    def turn(self, steps: float) -> None:
        """The same by the wheel. Touchpads and fine wheels report parts of a step, and none at all where the fingers
        come down."""
        self._turned += steps
        whole = int(self._turned)
        self._turned -= whole
        if whole:
            self.resize(1.2**whole)
