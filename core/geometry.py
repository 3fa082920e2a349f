"""Pixel rectangles. Every rectangle in the program is in pixels, half-open, x to the right and y down."""

from __future__ import annotations

from typing import NamedTuple


class Rect(NamedTuple):
    """A rectangle of whole pixels: columns [x, x + width), rows [y, y + height)."""

    x: int
    y: int
    width: int
    height: int

    @property
    def right(self) -> int:
        return self.x + self.width

    @property
    def bottom(self) -> int:
        return self.y + self.height

    @property
    def area(self) -> int:
        """In pixels; 0 for an empty rectangle."""
        return max(self.width, 0) * max(self.height, 0)

    @property
    def centre(self) -> tuple[float, float]:
        """(x, y), between pixels where a side is even."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def is_empty(self) -> bool:
        return self.width <= 0 or self.height <= 0

    @property
    def slices(self) -> tuple[slice, slice]:
        """(rows, columns), to index an array of at least that size."""
        return slice(self.y, self.bottom), slice(self.x, self.right)

    def intersect(self, other: Rect) -> Rect:
        """The common part; `is_empty` where there is none."""
        x, y = max(self.x, other.x), max(self.y, other.y)
        return Rect(x, y, min(self.right, other.right) - x, min(self.bottom, other.bottom) - y)

    def union(self, other: Rect) -> Rect:
        """The smallest rectangle that holds both; an empty one adds nothing."""
        if self.is_empty:
            return other
        if other.is_empty:
            return self
        x, y = min(self.x, other.x), min(self.y, other.y)
        return Rect(x, y, max(self.right, other.right) - x, max(self.bottom, other.bottom) - y)

    def moved(self, dx: int, dy: int) -> Rect:
        return Rect(self.x + dx, self.y + dy, self.width, self.height)

    def grown(self, margin: int) -> Rect:
        return Rect(self.x - margin, self.y - margin, self.width + 2 * margin, self.height + 2 * margin)

    def contains(self, x: float, y: float) -> bool:
        return self.x <= x < self.right and self.y <= y < self.bottom


class TileRef(NamedTuple):
    """Where a Tile's pixels are: all that background work needs to know of a Tile. Cheap to copy and to pickle.

    `scene_size` (width, height) is that of the Scene when the Tile was cut; None where nobody knows.
    """

    tile_id: int
    scene_path: str
    rect: Rect
    scene_size: tuple[int, int] | None = None
