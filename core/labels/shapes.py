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
    if rect.is_empty:
        return empty
    from skimage.draw import polygon2mask  # here: a library that no window should wait for

    # A pixel (column, row) has its centre half a pixel further; polygon2mask judges whole coordinates.
    corners = np.array([(y - rect.y - 0.5, x - rect.x - 0.5) for x, y in points])
    inside: NDArray[np.bool_] = polygon2mask((rect.height, rect.width), corners)  # type: ignore[no-untyped-call]
    return rect, inside


def rectangle_pixels(a: Point, b: Point, bounds: Rect) -> tuple[Rect, NDArray[np.bool_]]:
    """The pixels of `bounds` that the rectangle with the corners `a` and `b` touches."""
    left, top = math.floor(min(a[0], b[0])), math.floor(min(a[1], b[1]))
    right, bottom = math.floor(max(a[0], b[0])) + 1, math.floor(max(a[1], b[1])) + 1
    rect = Rect(left, top, right - left, bottom - top).intersect(bounds)
    return rect, np.ones((max(rect.height, 0), max(rect.width, 0)), bool)
