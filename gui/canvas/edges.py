"""The outline of some pixels as lines along their edges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray


def edges(pixels: NDArray[np.bool_], left: int, top: int) -> list[tuple[float, float, float, float]]:
    """The outline of the true pixels, (height, width) bool, as lines (x1, y1, x2, y2) on pixel corners; runs joined."""
    padded = np.pad(pixels, 1)
    lines: list[tuple[float, float, float, float]] = []
    across = padded[1:] != padded[:-1]  # between row r-1 and r: a line along y = r
    for row, start, end in runs(across):
        lines.append((left + start - 1, top + row, left + end - 1, top + row))
    down = (padded[:, 1:] != padded[:, :-1]).T
    for column, start, end in runs(down):
        lines.append((left + column, top + start - 1, left + column, top + end - 1))
    return lines


def runs(there: NDArray[np.bool_]) -> Iterator[tuple[int, int, int]]:
    """Of each row the runs of True: row, first column, and the column after the last."""
    steps = np.zeros((there.shape[0], there.shape[1] + 1), np.int8)  # no np.pad, np.diff: each step of a Stroke is here
    steps[:, :-1] = there
    steps[:, 1:] -= there
    (rows, firsts), (_, ends) = np.nonzero(steps > 0), np.nonzero(steps < 0)
    yield from zip(rows.tolist(), firsts.tolist(), ends.tolist(), strict=True)
