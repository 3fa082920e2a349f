"""Closed shapes as pixels: what lies inside a polygon, a rectangle, an outline drawn by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect

Point = tuple[float, float]


def polygon_pixels(points: Sequence[Point], bounds: Rect) -> tuple[Rect, NDArray[np.bool_]]:
    """The pixels of `bounds` whose centre lies inside the closed polygon, by the even-odd rule.

    `points` are (x, y) in pixels. Returns the smallest rectangle and its (height, width) bool array; an empty
    rectangle for fewer than three points or a polygon outside of `bounds`.
    """
    empty = Rect(0, 0, 0, 0), np.zeros((0, 0), bool)
    if len(points) < 3:
        return empty
    xs, ys = [x for x, _ in points], [y for _, y in points]
    left, top = math.floor(min(xs)), math.floor(min(ys))
    rect = Rect(left, top, math.ceil(max(xs)) - left + 1, math.ceil(max(ys)) - top + 1).intersect(bounds)
    return empty if rect.is_empty else (rect, _inside(np.array(points) - (rect.x + 0.5, rect.y + 0.5), rect))


def _inside(corners: NDArray[np.float64], rect: Rect) -> NDArray[np.bool_]:
    """Row by row: a pixel is inside where the outline has been crossed an odd number of times on the way to its centre.
    `corners` are (x, y), whole numbers the centres of pixels of `rect`."""
    (xs, ys), (next_xs, next_ys) = corners.T, np.roll(corners, -1, axis=0).T
    first = np.ceil(np.minimum(ys, next_ys)).clip(0, rect.height).astype(int)
    rows_each = np.ceil(np.maximum(ys, next_ys)).clip(0, rect.height).astype(int) - first
    edge = np.repeat(np.arange(len(corners)), rows_each)
    row = np.arange(len(edge)) - np.repeat(np.cumsum(rows_each) - rows_each - first, rows_each)
    slope = (next_xs - xs)[edge] / (next_ys - ys)[edge]  # an edge that no row crosses is not among them
    column = np.ceil(xs[edge] + (row - ys[edge]) * slope).clip(0, rect.width).astype(int)
    crossed = np.zeros((rect.height, rect.width + 1), np.uint8)
    np.add.at(crossed, (row, column), 1)
    inside: NDArray[np.bool_] = np.add.accumulate(crossed[:, :-1], axis=1, dtype=np.uint8) % 2 == 1
    return inside


def rectangle_pixels(a: Point, b: Point, bounds: Rect) -> tuple[Rect, NDArray[np.bool_]]:
    """The pixels of `bounds` that the rectangle with the corners `a` and `b` touches."""
    left, top = math.floor(min(a[0], b[0])), math.floor(min(a[1], b[1]))
    right, bottom = math.floor(max(a[0], b[0])) + 1, math.floor(max(a[1], b[1])) + 1
    rect = Rect(left, top, right - left, bottom - top).intersect(bounds)
    return rect, np.ones((max(rect.height, 0), max(rect.width, 0)), bool)
