"""What an expert's hand, fingers and eyes take, in seconds: a stated model, so that others can check and change it.

Sources of the figures:

- keys, buttons, a fresh look: the Keystroke-Level Model (Card, Moran & Newell, "The keystroke-level model for user
  performance time with interactive systems", Comm. ACM 23(7), 1980; press and release as in Kieras, "Using the
  Keystroke-Level Model to Estimate Execution Times", 2001)
- finding the next place with the eye: one saccade (Card, Moran & Newell, "The Psychology of Human-Computer
  Interaction", 1983)
- going there: Fitts' law, Shannon's form, with a mouse (MacKenzie, Sellen & Buxton, "A comparison of input devices in
  elemental pointing and dragging tasks", CHI 1991)
- a stroke along a way of some width: the steering law (Accot & Zhai, "Beyond Fitts' law", CHI 1997)

Time that the computer takes is not charged, nor is zooming: pointing and steering do not depend on scale.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

KEY_S = 0.28
REPEATED_KEY_S = 0.12
BUTTON_S = 0.1  # pressed, or let go
LOOK_S = 1.35  # taking in a new picture, deciding what to do: KLM's M
SACCADE_S = 0.23
POINT_LEAST_S, POINT_S_PER_BIT = 0.1, 0.223
STEER_S_PER_WIDTH = 0.078
FASTEST_PX_PER_S = 1500.0  # of the screen; an assumption: wide ways are not run infinitely fast
STRAY = 0.15  # of the diameter: what an expert lets the brush stray to either side
SCREEN_PX = 700.0  # a Tile is shown as large as this

Point = tuple[float, float]


@dataclass
class Hand:
    """Adds up seconds; positions and lengths are in pixels of a Tile that is shown `scale` times as large."""

    scale: float
    seconds: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)
    _at: Point = (0.0, 0.0)
    _value: int = 0
    _diameter_px: int = 24
    _tool: str = "brush"

    def look(self) -> None:
        """Take in what is new on the screen."""
        self._take("look", LOOK_S)

    def press_keys(self, count: int = 1) -> None:
        self._take("keys", KEY_S * count)

    def take_tool(self, tool: str) -> None:
        if tool != self._tool:
            self.press_keys()
            self._tool = tool

    def choose(self, value: int) -> None:
        """The class to paint with."""
        if value != self._value:
            self.press_keys()
            self._value = value

    def size(self, diameter_px: int) -> None:
        """Steps of a fifth with the bracket keys."""
        steps = round(abs(math.log(diameter_px / self._diameter_px, 1.2)))
        if steps:
            self._take("keys", KEY_S + REPEATED_KEY_S * (steps - 1))
            self._diameter_px = diameter_px

    def click(self, place: Point, width_px: float) -> None:
        """Find a place `width_px` across, go there, and click."""
        self._go(place, width_px)
        self._take("buttons", 2 * BUTTON_S)

    def stroke(self, way: Sequence[Point], widths_px: Sequence[float]) -> None:
        """Go to the beginning, press, follow the way, of which each piece is `widths_px` wide, and let go."""
        self._go(way[0], widths_px[0])
        self._take("buttons", 2 * BUTTON_S)
        for a, b, width in zip(way, way[1:], widths_px[1:], strict=False):
            length = math.dist(a, b)
            self._take("strokes", max(STEER_S_PER_WIDTH * length / width, length * self.scale / FASTEST_PX_PER_S))
        self._at = way[-1]

    def line(self, start: Point, end: Point, widths_px: Sequence[float]) -> None:
        """A click at one end, and one with Shift at the other; straying there strays everywhere."""
        self.click(start, widths_px[0])
        self.press_keys()
        self.click(end, widths_px[1])

    def stroke_s(self, way: Sequence[Point], widths_px: Sequence[float]) -> float:
        """What `stroke` would take, or a click where the way is one place."""
        trial = replace(self, seconds=0.0, parts={})
        trial.stroke(way, widths_px)
        return trial.seconds

    def _go(self, place: Point, width_px: float) -> None:
        bits = math.log2(math.dist(self._at, place) / max(width_px, 1.0) + 1)
        self._take("travel", SACCADE_S + max(POINT_LEAST_S, POINT_S_PER_BIT * bits))
        self._at = place

    def _take(self, what: str, seconds: float) -> None:
        self.seconds += seconds
        self.parts[what] = self.parts.get(what, 0.0) + seconds
