"""The outline of some pixels as lines along their edges."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def edges(pixels: NDArray[np.bool_], left: int, top: int) -> list[tuple[float, float, float, float]]:
    """The outline of the true pixels, (height, width) bool, as lines (x1, y1, x2, y2) on pixel corners; runs joined."""
    padded = np.pad(pixels, 1)
    lines: list[tuple[float, float, float, float]] = []
    across = padded[1:] != padded[:-1]  # between row r-1 and r: a line along y = r
    for row, start, end in _runs(across):
        lines.append((left + start - 1, top + row, left + end - 1, top + row))
    down = (padded[:, 1:] != padded[:, :-1]).T
    for column, start, end in _runs(down):
        lines.append((left + column, top + start - 1, left + column, top + end - 1))
    return lines


def _runs(plane: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """(line, start, end) of every run of true values along the second axis."""
    steps = np.diff(np.pad(plane, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(steps == 1)
    ends = np.nonzero(steps == -1)[1]
    return [(int(r), int(s), int(e)) for r, s, e in zip(rows, starts, ends, strict=True)]
