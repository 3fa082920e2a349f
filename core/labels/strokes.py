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

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.labels.classes import UNLABELED
from core.labels.mask import Mask, Provenance

SMALLEST_BRUSH_PX = 1
LARGEST_BRUSH_PX = 512


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

    def paint(self, rect: Rect, pixels: NDArray[np.bool_], ink: Ink) -> Rect:
        """Write `ink` where `pixels`, a (height, width) bool array of `rect`'s size, is True.

        `rect` may reach outside the Mask. Returns the part of it inside, which is all that can have changed.
        """
        inside = rect.intersect(self.mask.bounds)
        if inside.is_empty:
            return Rect(0, 0, 0, 0)
        chosen = pixels[inside.moved(-rect.x, -rect.y).slices]
        if self._paintable is not None:
            chosen = chosen & self._paintable[inside.slices]
        if ink.protect_painted:
            chosen = chosen & (self._before.labels[inside.slices] == UNLABELED)
        self.mask.labels[inside.slices][chosen] = ink.value
        origin = Provenance.NONE if ink.value == UNLABELED else ink.provenance
        self.mask.provenance[inside.slices][chosen] = origin
        self._touched = self._touched.union(inside)
        return inside

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
        ys, xs = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
        if not len(ys):
            return None
        rect = Rect(
            self._touched.x + int(xs[0]), self._touched.y + int(ys[0]),
            int(xs[-1] - xs[0]) + 1, int(ys[-1] - ys[0]) + 1,
        )  # fmt: skip
        return Patch(
            self._tool, rect,
            self._before.labels[rect.slices].copy(), self.mask.labels[rect.slices].copy(),
            self._before.provenance[rect.slices].copy(), self.mask.provenance[rect.slices].copy(),
        )  # fmt: skip


def brush_segment(
    start: tuple[float, float], end: tuple[float, float], diameter_px: int
) -> Sequence[tuple[Rect, NDArray[np.bool_]]]:
    """The pixels that a round brush covers on its way from `start` to `end`, both (x, y) in Tile pixels.

    Returns rectangles with (height, width) bool arrays, which may reach outside the Tile. Long ways are cut into
    pieces, so that a fast diagonal move costs what its length costs and not the area of its bounding box.
    The centre snaps to the pixel grid (odd diameters to pixel centres, even ones to corners), as in paint programs:
    a brush of one pixel paints exactly the pixel under the cursor.
    """
    (x0, y0), (x1, y1) = _snap(start, diameter_px), _snap(end, diameter_px)
    longest_piece = max(2.0 * diameter_px, 64.0)
    pieces = max(1, math.ceil(math.hypot(x1 - x0, y1 - y0) / longest_piece))
    stops = [(x0 + (x1 - x0) * i / pieces, y0 + (y1 - y0) * i / pieces) for i in range(pieces + 1)]
    return [_capsule(a, b, diameter_px / 2) for a, b in pairwise(stops)]


def _snap(point: tuple[float, float], diameter_px: int) -> tuple[float, float]:
    x, y = point
    if diameter_px % 2:
        return math.floor(x) + 0.5, math.floor(y) + 0.5
    return float(math.floor(x + 0.5)), float(math.floor(y + 0.5))  # round() would favour even numbers


def _capsule(a: tuple[float, float], b: tuple[float, float], radius: float) -> tuple[Rect, NDArray[np.bool_]]:
    """Pixels whose centre lies within `radius` of the segment from `a` to `b`."""
    left, top = math.floor(min(a[0], b[0]) - radius), math.floor(min(a[1], b[1]) - radius)
    right, bottom = math.ceil(max(a[0], b[0]) + radius), math.ceil(max(a[1], b[1]) + radius)
    xs = np.arange(left, right, dtype=np.float32) + np.float32(0.5 - a[0])
    ys = (np.arange(top, bottom, dtype=np.float32) + np.float32(0.5 - a[1]))[:, None]
    dx, dy = np.float32(b[0] - a[0]), np.float32(b[1] - a[1])
    length_squared = float(dx * dx + dy * dy)
    along = np.clip((xs * dx + ys * dy) / length_squared, 0, 1) if length_squared else np.float32(0)
    distance_squared = (xs - along * dx) ** 2 + (ys - along * dy) ** 2
    return Rect(left, top, right - left, bottom - top), distance_squared <= radius * radius + 1e-3
