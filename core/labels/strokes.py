"""Strokes: from press to release, one user edit of one Mask, and the Patch that it leaves.

Every tool ends here: it turns gestures into pixels (a rectangle and a boolean array), `StrokeRecorder` writes them
into the Mask and keeps what was there before, and `finish()` returns the Patch that undo and the project store.
Cost follows the brush and the Tile, never the Scene.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.labels.classes import UNLABELED
from core.labels.mask import Mask, Provenance

SMALLEST_BRUSH_PX = 1
LARGEST_BRUSH_PX = 512
_NOWHERE = -10_000.0  # half the width of a row that a brush does not reach: it ends before it begins
_HARDLY_ANY = 1e-9
_TO_BOTH_SIDES = np.array([[-1.0], [1.0]])
_MOST_TAPER_STEPS = 16  # of one mouse or pen event's way

BrushShape = Literal["round", "square"]
Point = tuple[float, float]


@dataclass(frozen=True)
class Patch:
    """The effect of a Stroke: a rectangle of the Tile and both planes before and after, each (height, width) uint8."""

    tool: str
    rect: Rect
    labels_before: NDArray[np.uint8]
    labels_after: NDArray[np.uint8]
    provenance_before: NDArray[np.uint8]
    provenance_after: NDArray[np.uint8]

    def apply(self, mask: Mask) -> None:
        """Write the state after the Stroke."""
        mask.labels[self.rect.slices] = self.labels_after
        mask.provenance[self.rect.slices] = self.provenance_after

    def revert(self, mask: Mask) -> None:
        """Write the state before the Stroke."""
        mask.labels[self.rect.slices] = self.labels_before
        mask.provenance[self.rect.slices] = self.provenance_before


@dataclass(frozen=True)
class Ink:
    """What an edit writes: the label value, where it comes from, and whether painted pixels are left alone."""

    value: int
    provenance: Provenance = Provenance.DRAWN
    protect_painted: bool = False


class StrokeRecorder:
    """Writes pixels into a Mask and remembers enough to undo them. One recorder is one Stroke.

    `paintable` is (height, width) bool: False where the Scene has no data, which is never painted.
    """

    def __init__(self, mask: Mask, tool: str, paintable: NDArray[np.bool_] | None = None) -> None:
        self.mask = mask
        self._tool = tool
        self._paintable = paintable
        self._before = mask.copy()
        self._touched = Rect(0, 0, 0, 0)
        self.has_spared_paint = False  # something would have changed, but that painted pixels are protected

    def paint(self, rect: Rect, pixels: NDArray[np.bool_], ink: Ink) -> Rect:
        """Write `ink` where `pixels`, a (height, width) bool array of `rect`'s size, is True.

        `rect` may reach outside the Mask. Returns the smallest rectangle of the Mask that holds all that this has
        changed: of a large brush that goes on, only its front, and no more than that is written.
        """
        inside = rect.intersect(self.mask.bounds)
        if inside.is_empty:
            return Rect(0, 0, 0, 0)
        origin = int(Provenance.NONE if ink.value == UNLABELED else ink.provenance)  # NumPy compares an enum slowly
        labels, provenance = self.mask.labels[inside.slices], self.mask.provenance[inside.slices]
        new = labels != ink.value
        new |= provenance != origin
        new &= pixels[inside.moved(-rect.x, -rect.y).slices]
        if self._paintable is not None:
            new &= self._paintable[inside.slices]
        if ink.protect_painted:
            free = self._before.labels[inside.slices] == UNLABELED
            self.has_spared_paint = self.has_spared_paint or bool((new & ~free).any())
            new &= free
        part = bounding_rect(new)
        chosen = new[part.slices]
        labels[part.slices][chosen] = ink.value
        provenance[part.slices][chosen] = origin
        changed = part.moved(inside.x, inside.y)
        self._touched = self._touched.union(changed)
        return changed

    def paint_labels(self, labels: NDArray[np.uint8], ink: Ink) -> Rect:
        """Write a whole plane of label values, (height, width) uint8; its zeros change nothing. For accepted drafts."""
        dirty = Rect(0, 0, 0, 0)
        for value in np.unique(labels[labels != UNLABELED]):
            of_value = Ink(int(value), ink.provenance, ink.protect_painted)
            dirty = dirty.union(self.paint(self.mask.bounds, labels == value, of_value))
        return dirty

    def cancel(self) -> Rect:
        """Put everything back; returns the rectangle to show anew."""
        touched, self._touched = self._touched, Rect(0, 0, 0, 0)
        if not touched.is_empty:
            self.mask.labels[touched.slices] = self._before.labels[touched.slices]
            self.mask.provenance[touched.slices] = self._before.provenance[touched.slices]
        return touched

    def finish(self) -> Patch | None:
        """The Patch, cut to the pixels that changed; None when nothing did, which is no undo step."""
        if self._touched.is_empty:
            return None
        rows, columns = self._touched.slices
        changed = (self.mask.labels[rows, columns] != self._before.labels[rows, columns]) | (
            self.mask.provenance[rows, columns] != self._before.provenance[rows, columns]
        )
        rect = bounding_rect(changed).moved(self._touched.x, self._touched.y)
        if rect.is_empty:
            return None
        return Patch(
            self._tool, rect,
            self._before.labels[rect.slices].copy(), self.mask.labels[rect.slices].copy(),
            self._before.provenance[rect.slices].copy(), self.mask.provenance[rect.slices].copy(),
        )  # fmt: skip


def bounding_rect(pixels: NDArray[np.bool_]) -> Rect:
    """The smallest rectangle that holds all True of a (height, width) array; an empty one where there is none."""
    ys, xs = np.flatnonzero(pixels.any(axis=1)), np.flatnonzero(pixels.any(axis=0))
    if not len(ys):
        return Rect(0, 0, 0, 0)
    return Rect(int(xs[0]), int(ys[0]), int(xs[-1] - xs[0]) + 1, int(ys[-1] - ys[0]) + 1)


def brush_segment(
    start: Point, end: Point, diameter_px: int, shape: BrushShape = "round"
) -> Sequence[tuple[Rect, NDArray[np.bool_]]]:
    """The pixels that a brush covers on its way from `start` to `end`, both (x, y) in Tile pixels.

    Returns rectangles with (height, width) bool arrays, which may reach outside the Tile. Long ways are cut into
    pieces, so that a fast diagonal move costs what its length costs and not the area of its bounding box.
    The centre snaps to the pixel grid (odd diameters to pixel centres, even ones to corners), as in paint programs:
    a brush of one pixel paints exactly the pixel under the cursor. A square brush stands upright on the pixel grid.
    """
    (x0, y0), (x1, y1) = _snap(start, diameter_px), _snap(end, diameter_px)
    longest_piece = max(2.0 * diameter_px, 64.0)
    pieces = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / longest_piece))
    stops = [(x0 + (x1 - x0) * i / pieces, y0 + (y1 - y0) * i / pieces) for i in range(pieces + 1)]
    return [_swept(a, b, diameter_px / 2, shape) for a, b in pairwise(stops)]


def tapered_segment(
    start: Point, end: Point, diameters_px: tuple[int, int], shape: BrushShape = "round"
) -> Sequence[tuple[Rect, NDArray[np.bool_]]]:
    """The same for a brush that changes its diameter on the way, from the first to the second of `diameters_px`."""
    first, last = diameters_px
    steps = min(abs(last - first), _MOST_TAPER_STEPS)
    if steps == 0:
        return brush_segment(start, end, last, shape)
    shares = [i / steps for i in range(steps + 1)]
    stops = [tuple(a * (1 - t) + b * t for a, b in zip(start, end, strict=True)) for t in shares]  # in `end` at last
    pieces: list[tuple[Rect, NDArray[np.bool_]]] = []
    for i in range(steps):
        diameter = round(first + (last - first) * (i + 1) / steps)
        pieces += brush_segment((stops[i][0], stops[i][1]), (stops[i + 1][0], stops[i + 1][1]), diameter, shape)
    return pieces


def _snap(point: Point, diameter_px: int) -> Point:
    x, y = point
    if diameter_px % 2:
        return math.floor(x) + 0.5, math.floor(y) + 0.5
    return float(math.floor(x + 0.5)), float(math.floor(y + 0.5))  # round() would favour even numbers


def _swept(a: Point, b: Point, radius: float, shape: BrushShape) -> tuple[Rect, NDArray[np.bool_]]:
    """Pixels whose centre the brush passes over with its centre on the segment from `a` to `b`."""
    left, top = math.floor(min(a[0], b[0]) - radius), math.floor(min(a[1], b[1]) - radius)
    right, bottom = math.ceil(max(a[0], b[0]) + radius), math.ceil(max(a[1], b[1]) + radius)
    xs = np.arange(left, right, dtype=np.float32) + np.float32(0.5 - a[0])
    ys = np.arange(top, bottom, dtype=np.float32) + np.float32(0.5 - a[1])
    way = (np.float32(b[0] - a[0]), np.float32(b[1] - a[1]))
    covered = (_within_square if shape == "square" else _within_circle)(xs, ys, way, radius)
    return Rect(left, top, right - left, bottom - top), covered


def _within_circle(
    xs: NDArray[np.float32], ys: NDArray[np.float32], way: tuple[np.float32, np.float32], radius: float
) -> NDArray[np.bool_]:
    """Where the distance from the segment, from the origin along `way`, is at most `radius`; a capsule.

    It is convex, so every row has one stretch of it. An end of that lies on the circle at that place of the way from
    which it reaches furthest: where it touches the straight line along the capsule's side, or at the end of the way
    next to that. Only ends are computed: pixels cost two comparisons each.
    """
    dx, dy = float(way[0]), float(way[1]) or _HARDLY_ANY  # a way along a row has its sides there, too
    reach_squared = radius * radius + 1e-3
    ahead = math.sqrt(reach_squared) * dx / (math.hypot(dx, dy) * abs(dy))
    rows = ys.astype(np.float64)
    at = rows / dy + np.array([[-ahead], [ahead]])  # on the way, for the left end and the right one
    np.minimum(np.maximum(at, 0.0, out=at), 1.0, out=at)
    half_squared = reach_squared - (rows - at * dy) ** 2
    half = np.where(half_squared >= 0, np.sqrt(np.abs(half_squared)), _NOWHERE)
    left, right = at * dx + _TO_BOTH_SIDES * half
    first, last = np.ceil(left - xs[0]).astype(np.int16), np.floor(right - xs[0]).astype(np.int16)
    columns = np.arange(len(xs), dtype=np.int16)
    covered: NDArray[np.bool_] = columns >= first[:, None]
    covered &= columns <= last[:, None]
    return covered


def _within_square(
    xs: NDArray[np.float32], ys: NDArray[np.float32], way: tuple[np.float32, np.float32], radius: float
) -> NDArray[np.bool_]:
    """Where a square of half-width `radius`, moving along `way`, passes: where the part of the way on which it covers
    the column and the part on which it covers the row have a point in common."""
    (x_in, x_out), (y_in, y_out) = (_time_over(vs, d, radius) for vs, d in ((xs, way[0]), (ys, way[1])))
    covered: NDArray[np.bool_] = np.maximum(x_in, y_in[:, None]) <= np.minimum(x_out, y_out[:, None])
    return covered


def _time_over(
    places: NDArray[np.float32], speed: np.float32, radius: float
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """When, within 0…1, an interval of half-width `radius` that starts at 0 comes over each place and leaves it; it
    leaves before it comes where it never does."""
    reach = radius + 1e-3
    if speed == 0:
        never = np.abs(places) > reach
        return np.where(never, np.float32(1), np.float32(0)), np.where(never, np.float32(0), np.float32(1))
    one, other = (places - reach) / speed, (places + reach) / speed
    return np.maximum(np.minimum(one, other), 0), np.minimum(np.maximum(one, other), 1)
