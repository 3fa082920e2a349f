"""What a tool is: gestures on the active Tile in, Strokes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter

from core.geometry import Rect
from core.labels.strokes import Ink, StrokeRecorder


@dataclass(frozen=True)
class Gesture:
    """A mouse or pen event, in pixels of the active Tile (fractions allowed, may lie outside it)."""

    x: float
    y: float
    button: Qt.MouseButton = Qt.MouseButton.NoButton
    modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    pressure: float = 1.0


class ToolHost(Protocol):
    """What the canvas offers a tool."""

    def begin_stroke(self, tool: str) -> StrokeRecorder: ...

    def finish_stroke(self, recorder: StrokeRecorder) -> None: ...

    def ink(self) -> Ink: ...

    def brush_diameter(self, tool: str) -> int: ...

    def show_changed(self, dirty: Rect) -> None:
        """Repaint `dirty`, in pixels of the active Tile."""


class Tool:
    """A tool; one Stroke at a time. Subclasses override what they need."""

    name = ""
    has_size = False

    def __init__(self, host: ToolHost) -> None:
        self.host = host

    @property
    def is_busy(self) -> bool:
        """Whether a Stroke is under way."""
        return False

    def press(self, gesture: Gesture) -> None: ...

    def move(self, gesture: Gesture) -> None: ...

    def release(self, gesture: Gesture) -> None: ...

    def cancel(self) -> None:
        """Give the Stroke under way up, leaving no trace."""

    def draw_cursor(self, painter: QPainter, x: float, y: float, scale: float) -> None:
        """Draw at the widget position (x, y), `scale` logical pixels per Scene pixel."""
