"""What a label costs the expert: pixels, painted foreground, and seconds by a stated model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.labels.classes import IGNORE, LARGEST_CLASS_VALUE, UNLABELED


@dataclass(frozen=True)
class LabelingCost:
    """Modelled seconds of an expert: seconds_per_tile · Tiles + seconds_per_boundary_px · length of the boundaries, or
    the same with Windows.

    seconds_per_tile          to look at a Tile, fill its most common class, and submit it
    seconds_per_window        to go to a Window, look at it, and fill its most common class
    seconds_per_boundary_px   to trace one pixel of the line between two classes
    seconds_saved_on_a_visit  of those of a Window, where its Tile is on the screen for another one already

    They are assumptions, not measurements: ten seconds a Tile, five a Window although it is a sixteenth of a Tile or
    less (going there takes as long), half of that for a further one on the same Tile, and a hand that traces fifty
    pixels a second; a Window's frame is not traced. They turn "this Strategy chooses Tiles that are hard to paint" into
    a number; other numbers change the scale, and the balance between crowded and empty Tiles.
    """

    seconds_per_tile: float = 10.0
    seconds_per_boundary_px: float = 0.02
    seconds_per_window: float = 5.0

    @property
    def seconds_saved_on_a_visit(self) -> float:
        return self.seconds_per_window / 2

    @property
    def words(self) -> str:
        """All of it, for the table of a simulation."""
        each = f"{self.seconds_per_tile:g} s a tile, {self.seconds_per_window:g} s a window"
        return f"{each} and {self.seconds_per_boundary_px:g} s a boundary px"

    def seconds(self, boundary_px: NDArray[np.int64]) -> NDArray[np.float64]:
        """float64 (N,): of Tiles with boundaries of these lengths."""
        return self.seconds_per_tile + self.seconds_per_boundary_px * np.asarray(boundary_px, np.float64)

    def window_seconds(self, boundary_px: NDArray[np.int64]) -> NDArray[np.float64]:
        """float64 (N,): the same of Windows."""
        return self.seconds_per_window + self.seconds_per_boundary_px * np.asarray(boundary_px, np.float64)


def boundary_px(mask: NDArray[np.uint8]) -> int:
    """How many pairs of pixels side by side, or one above the other, have different label values."""
    return int((mask[:, 1:] != mask[:, :-1]).sum() + (mask[1:] != mask[:-1]).sum())


def labeled_px(mask: NDArray[np.uint8]) -> int:
    """Pixels with a Class: neither unlabeled nor ignored."""
    return int(((mask != UNLABELED) & (mask <= LARGEST_CLASS_VALUE)).sum())


def ignored_share(mask: NDArray[np.uint8]) -> float:
    """Of a Mask's pixels, 0…1."""
    return float((mask == IGNORE).mean())
