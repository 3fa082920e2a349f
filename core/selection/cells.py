"""Cells of unit vectors: rows that lie about one centre, so that neighbours need not be sought everywhere."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

PROBED_CELLS = 16
"""In how many cells, the own one included, a row's neighbours are sought."""

_LEARNED_FROM = 64  # rows a cell
_ROUNDS = 8
_BLOCK = 8192


def cells(vectors: Floats) -> tuple[NDArray[np.int64], Floats]:
    """The cell of each row, int64 (U,), and the centres, float32 (C, D), C about √U.

    A few rounds of Lloyd's algorithm on a regular sample of the rows, from a regular sample of that. Deterministic.
    A cell that loses all its rows keeps its centre.
    """
    count = max(round(len(vectors) ** 0.5), 1)
    sample = vectors[:: max(len(vectors) // (count * _LEARNED_FROM), 1)]
    centres = sample[np.linspace(0, len(sample) - 1, count).astype(np.int64)].copy()
    for _ in range(_ROUNDS):
        nearest = _nearest_centre(sample, centres)
        order = np.argsort(nearest, kind="stable")
        filled, starts = np.unique(nearest[order], return_index=True)
        sums = np.add.reduceat(sample[order], starts, axis=0)
        centres[filled] = sums / np.bincount(nearest, minlength=count)[filled, None]
    return _nearest_centre(vectors, centres), centres


def rows_of(of_cell: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    """For each of `count` cells its rows, ascending."""
    order = np.argsort(of_cell, kind="stable")
    return np.split(order, np.searchsorted(of_cell[order], np.arange(1, count)))


def _nearest_centre(rows: Floats, centres: Floats) -> NDArray[np.int64]:
    half = (centres**2).sum(axis=1) / 2
    parts = [(rows[start : start + _BLOCK] @ centres.T - half).argmax(axis=1) for start in range(0, len(rows), _BLOCK)]
    return np.concatenate(parts)
