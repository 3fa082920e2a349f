"""What a tool is: gestures on the active Tile in, Strokes out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QRegion

from core.geometry import Rect
from core.labels.assist import Colours
from core.labels.classes import UNLABELED
from core.labels.mask import Provenance
from core.labels.strokes import BrushShape, Ink, StrokeRecorder
from gui.canvas.tools.ring import draw_ring, ring_region

_DASHES = [4.0, 4.0]  # in widths of the line

ToWidget = Callable[[float, float], QPointF]


@dataclass(frozen=True)
class Gesture:
    """A mouse or pen event, in pixels of the active Tile (fractions allowed, may lie outside it). `pressure` is 0…1,
    and 1 for the mouse and for pens whose pressure shall not count."""

    x: float
    y: float
    button: Qt.MouseButton = Qt.MouseButton.NoButton
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    pressure: float = 1.0


class ToolHost(Protocol):
    """What the canvas offers a tool; everything is about the active Tile."""

    def begin_stroke(self, tool: str) -> StrokeRecorder:
        """Raises FieldbrushError where it is not known what may be painted."""

    def finish_stroke(self, recorder: StrokeRecorder) -> None:
        """Save the Stroke. Raises FieldbrushError where that fails; its paint is gone then."""

    def ink(self) -> Ink: ...

    def brush_diameter(self, tool: str) -> int: ...

    def brush_shape(self) -> BrushShape: ...

    def tolerance(self, tool: str) -> int:
        """How unlike "similar" may be, 1…128 steps of a colour channel."""

    def bounds(self) -> Rect:
        """The Tile's pixels, from (0, 0)."""

    def colours(self) -> Colours:
        """The Tile's colours on the screen; waits for the read if need be."""

    def superpixels(self, diameter_px: int) -> NDArray[np.int32]:
        """The Tile's superpixels, (height, width) int32; kept until Tile, colours or size change."""

    def known_superpixels(self, diameter_px: int) -> NDArray[np.int32] | None:
        """The same where they are there already; None while they are computed."""

    def predicted_classes(self) -> NDArray[np.uint8] | None:
        """The Tile's predicted class values, (height, width) uint8; None without a Prediction."""

    def shown_classes(self) -> NDArray[np.uint8]:
        """The Tile's paint, and where nothing is painted what is predicted: label values, (height, width) uint8."""

    def drawing_changed(self) -> None:
        """What is drawn and no Stroke yet looks different."""

    def show_changed(self, dirty: Rect) -> None:
        """Repaint `dirty`, in pixels of the active Tile."""


class Tool:
    """A tool; one Stroke at a time. Subclasses override what they need.

    Whatever a gesture or a key sets going may raise FieldbrushError, which the canvas tells the user."""

    name = ""
    paints = True
    has_size = False
    has_shape = False  # round or square
    has_tolerance = False
    sees_colours = False  # uses `colours`: they are read before the tool is pressed
    sees_superpixels = False  # uses `superpixels`
    selects = False  # paints nothing, and may have something `selected`

    def __init__(self, host: ToolHost) -> None:
        self.host = host

    @property
    def is_busy(self) -> bool:
        """Whether a Stroke is under way."""
        return False

    @property
    def keeps_drawing(self) -> bool:
        """Whether something is drawn, by more than one press, that is no Stroke yet and would be lost."""
        return False

    @property
    def can_take_back(self) -> bool:
        """Whether something is drawn, by one press or more, that `take_back` undoes before any Stroke is undone."""
        return False

    def press(self, gesture: Gesture) -> None: ...

    def move(self, gesture: Gesture) -> None: ...

    def hover(self, gesture: Gesture | None) -> None:
        """The cursor is here now, over the Tile or near it; None: elsewhere."""

    def lift_to(self, gesture: Gesture) -> None:
        """The Scene has moved below the hand, which is here now and has painted nothing on the way."""

    def release(self) -> None:
        """The button is up, or will come up where nobody hears of it: the Stroke ends here."""

    def finish(self) -> None:
        """Nobody will draw on: what is drawn becomes a Stroke."""
        self.release()

    def double_click(self, gesture: Gesture) -> None:
        self.press(gesture)

    def take_back(self) -> None:
        """Undo the last press of what is drawn and no Stroke yet, where it `can_take_back`."""

    def wants_key(self, key: Qt.Key) -> bool:
        """Whether the key means something to what is being drawn; it then goes to `key` and to no command."""
        return False

    def key(self, key: Qt.Key) -> None: ...

    def cancel(self) -> None:
        """Give the Stroke under way up, leaving no trace."""

    def tile_changed(self) -> None:
        """Another Tile is active now."""

    def selected(self) -> NDArray[np.bool_] | None:
        """The part of the Tile that commands about all of it keep to, (height, width); None: all of it."""
        return None

    def draw_cursor(self, painter: QPainter, place: QPointF, scale: float) -> None:
        """Draw at the widget position, `scale` logical pixels per Scene pixel: a ring of the tool's size."""
        if self.has_size:
            draw_ring(painter, place, self._radius(scale), square=self._is_square())

    def cursor_region(self, place: QPointF, scale: float) -> QRegion:
        """The part of the widget that `draw_cursor` draws on."""
        return ring_region(place, self._radius(scale), square=self._is_square()) if self.has_size else QRegion()

    def _radius(self, scale: float) -> float:
        return max(self.host.brush_diameter(self.name) * scale / 2, 1.5)

    def _is_square(self) -> bool:
        return self.has_shape and self.host.brush_shape() == "square"

    def draw_shape(self, painter: QPainter, to_widget: ToWidget) -> None:
        """Draw what is not yet a Stroke; `to_widget` maps pixels of the Tile to the widget."""

    def ink_for(self, button: Qt.MouseButton) -> Ink:
        """The current class; with the right button, unlabeled."""
        ink = self.host.ink()
        return Ink(UNLABELED) if button == Qt.MouseButton.RightButton else ink

    def paint_once(self, rect: Rect, pixels: NDArray[np.bool_], ink: Ink) -> None:
        """A whole Stroke in one go. Raises FieldbrushError where it is not painted, or not saved."""
        recorder = self.host.begin_stroke(self.name)
        self.host.show_changed(recorder.paint(rect, pixels, ink))
        self.host.finish_stroke(recorder)


def line_pens() -> tuple[QPen, QPen]:
    """For a line that shows on any ground and in any theme: white on a dark seam."""
    return QPen(QColor(0, 0, 0, 170), 3.5), QPen(QColor(255, 255, 255), 1.5)


def draw_outline(painter: QPainter, polygon: QPolygonF, *, closed: bool, dashed: bool = False) -> None:
    """Dashed where what is drawn will paint nothing: it takes paint away, or selects."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for pen in line_pens():
        if dashed and pen.color() == Qt.GlobalColor.white:
            pen.setDashPattern(_DASHES)
        painter.setPen(pen)
        painter.drawPolygon(polygon) if closed else painter.drawPolyline(polygon)


def filled(ink: Ink) -> Ink:
    """The same ink, remembered as filled and not drawn pixel by pixel."""
    return Ink(ink.value, Provenance.FILLED, ink.protect_painted)
