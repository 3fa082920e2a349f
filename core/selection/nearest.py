"""The nearest others of every row: of all rows, or in large pools of those in the nearest cells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.cells import PROBED_CELLS, Cells

Floats = NDArray[np.float32]

_BLOCK = 1024


def nearest(vectors: Floats, count: int) -> tuple[NDArray[np.int32], Floats]:
    """The `count` nearest others of every row: indexes int32 (U, k) and distances float32 (U, k), nearest first,
    equals by index; k = min(count, U-1). Exact, in blocks of rows: memory stays at about 1,024 · U numbers."""
    total = len(vectors)
    k = max(min(count, total - 1), 0)
    indexes, distances = np.zeros((total, k), np.int32), np.zeros((total, k), np.float32)
    for start in range(0, total if k else 0, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, total))
        indexes[rows], distances[rows] = _nearest_of(vectors[rows], vectors, rows, k)
    return indexes, distances


def nearest_by_cells(vectors: Floats, count: int, cells: Cells) -> tuple[NDArray[np.int32], Floats]:
    """As `nearest`, but sought only among the rows of the 16 cells whose centres are nearest to that of the row's own
    (an inverted file: Jégou, Douze, Schmid 2011). In an order of √U instead of U comparisons a row."""
    members = cells.members()
    near_cells, _ = nearest(cells.centres, PROBED_CELLS - 1)
    k = max(min(count, len(vectors) - 1), 0)
    indexes, distances = np.zeros((len(vectors), k), np.int32), np.zeros((len(vectors), k), np.float32)
    for cell, mine in enumerate(members if k else ()):
        others = np.sort(np.concatenate([mine, *(members[near] for near in near_cells[cell])]))
        if len(others) <= k:  # cells of a few rows among empty ones
            others = np.arange(len(vectors))
        candidates = vectors[others]
        for start in range(0, len(mine), _BLOCK):
            rows = mine[start : start + _BLOCK]
            found, distances[rows] = _nearest_of(vectors[rows], candidates, np.searchsorted(others, rows), k)
            indexes[rows] = others[found]
    return indexes, distances


def _nearest_of(some: Floats, others: Floats, itself: NDArray[np.int64], k: int) -> tuple[NDArray[np.int64], Floats]:
    """The k nearest of `others` for each of `some`, the row `itself` (n,) of each left out; equals by index."""
    squared = squared_distances(some, others)
    squared[np.arange(len(some)), itself] = np.inf
    inside = _smallest(squared, k)
    found = np.nonzero(inside)[1].reshape(len(some), k)
    near = squared[inside].reshape(len(some), k)
    order = np.argsort(near, axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1), np.sqrt(np.take_along_axis(near, order, axis=1))


def _smallest(values: Floats, k: int) -> NDArray[np.bool_]:
    """True for the k smallest of each row (n, m), 1 <= k < m; equals: the first. Partitioning values is several times
    as fast as partitioning indexes."""
    limit = np.partition(values, k - 1, axis=1)[:, k - 1 : k]
    inside: NDArray[np.bool_] = values <= limit
    for row in np.flatnonzero(inside.sum(axis=1) > k):
        equal = np.flatnonzero(values[row] == limit[row])
        inside[row, equal[k - int((values[row] < limit[row]).sum()) :]] = False
    return inside


def squared_distances(some: Floats, others: Floats) -> Floats:
    """float32 (n, m), Euclidean, by one product of matrices: below about 1e-3 (on unit vectors) the distance, which is
    its root, is rounding."""
    squared: Floats = some @ others.T
    squared *= -2.0
    squared += np.einsum("nd,nd->n", some, some)[:, None]
    squared += np.einsum("nd,nd->n", others, others)[None, :]
    np.maximum(squared, 0.0, out=squared)
    return squared


def deviation(vectors: Floats) -> float:
    """How far rows (n, D) are from the mean of all, root mean square; 0 where there are none."""
    if not len(vectors):
        return 0.0
    length = float(np.einsum("nd,nd->", vectors, vectors, dtype=np.float64)) / len(vectors)
    mean = vectors.mean(axis=0, dtype=np.float64)
    return float(np.sqrt(max(length - float(mean @ mean), 0.0)))
