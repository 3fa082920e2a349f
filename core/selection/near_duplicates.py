"""Tiles that nearly equal another. They stand aside: otherwise flat nodata, water or the same seam many times over
would be the most typical thing there is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.cells import Cells
from core.selection.nearest import deviation, squared_distances

Floats = NDArray[np.float32]

NEAR_DUPLICATE = 0.25  # of the distance that most tiles keep to their 3rd neighbour; see near_duplicate_distance
MIN_DISTANCE = 2e-3  # on unit vectors; below this float32 products say nothing
_COPY = 0.15  # of the Pool's spread
_ASKED = 512  # rows
_NUMBERS_AT_ONCE = 2**24
_CHUNK = 256
_BLOCK = 4096


def near_duplicate_distance(vectors: Floats) -> float:
    """A quarter of the distance that three quarters of the Tiles keep at most to their 3rd neighbour, copies left out:
    that still means the others where up to three quarters of the Pool are the same water or nodata, and where each Tile
    comes many times, as on imagery of one place that was taken or resampled again and again.

    Copies are what lies closer together than a seventh or so of the Pool's spread: the same tile with other noise does
    (0.03…0.14), and of 611 different tiles of four sets no two (from 0.27).

    Measured with ms4 on NAIP tiles, in units of that distance: the same tile moved by 1…64 px 0.11…0.34, water with
    noise and waves 0.02…0.24, two different tiles never below 0.30 (0.49 on UAV tiles).
    """
    if len(vectors) < 2:
        return MIN_DISTANCE
    copy = max(_COPY * deviation(vectors), MIN_DISTANCE)
    asked = np.linspace(0, len(vectors) - 1, min(len(vectors), _ASKED)).astype(np.int64)
    step = max(_NUMBERS_AT_ONCE // len(vectors), 1)
    parts = [_to_third(vectors[asked[start : start + step]], vectors, copy) for start in range(0, len(asked), step)]
    usual = np.concatenate(parts)
    usual = usual[np.isfinite(usual)]
    return max(NEAR_DUPLICATE * float(np.quantile(usual, 0.75)), MIN_DISTANCE) if usual.size else MIN_DISTANCE


def _to_third(some: Floats, vectors: Floats, copy: float) -> Floats:
    """float32 (n,): how far the 3rd nearest of `vectors` (U, D) is, what is nearer than `copy` left out; infinite where
    there is none."""
    squared = squared_distances(some, vectors)
    squared[squared < copy**2] = np.inf
    third = min(3, len(vectors)) - 1
    found: Floats = np.sqrt(np.partition(squared, third, axis=1)[:, third])
    return found


def leaders_by_cells(vectors: Floats, radius: float, cells: Cells) -> NDArray[np.int64]:
    """As `leaders`, cell by cell: near-duplicates on both sides of a border between cells both lead."""
    leader = np.full(len(vectors), -1, np.int64)
    for rows in cells.members():
        leader[rows] = rows[leaders(vectors[rows], radius)]
    return leader


def leaders(vectors: Floats, radius: float) -> NDArray[np.int64]:
    """Leader clustering in one pass: a row within `radius` of an earlier leader follows the first such leader,
    else it leads. No chains: a gradual change of cover stays many Tiles. int64 (N,), leaders point at themselves."""
    count, limit = len(vectors), radius * radius
    leader = np.full(count, -1, np.int64)
    leading: NDArray[np.int64] = np.zeros(0, np.int64)
    for start in range(0, count, _CHUNK):
        chunk = vectors[start : start + _CHUNK]
        owner = leader[start : start + _CHUNK]  # a view
        for first in range(0, len(leading), _BLOCK):
            part = leading[first : first + _BLOCK]
            close = squared_distances(chunk, vectors[part]) <= limit
            hit = close.any(axis=1) & (owner < 0)
            owner[hit] = part[close[hit].argmax(axis=1)]
        close = squared_distances(chunk, chunk) <= limit
        np.fill_diagonal(close, True)
        alone = (owner < 0) & (close.sum(axis=1) == 1)
        owner[alone] = start + np.flatnonzero(alone)
        for row in np.flatnonzero(owner < 0).tolist():
            if owner[row] < 0:
                owner[close[row] & (owner < 0)] = start + row
        leading = np.concatenate([leading, start + np.flatnonzero(owner == np.arange(start, start + len(chunk)))])
    return leader
