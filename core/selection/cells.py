"""Cells of unit vectors: rows that lie about one centre, so that neighbours need not be sought everywhere."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.selection.kmeans import lloyd, nearest_centre, rows_of

Floats = NDArray[np.float32]

PROBED_CELLS = 16
"""In how many cells, the own one included, a row's neighbours are sought."""

_LEARNED_FROM = 64  # rows a cell
_ROUNDS = 8


@dataclass(frozen=True, eq=False)
class Cells:
    """of_row int64 (U,), the cell of each row; centres float32 (C, D)."""

    of_row: NDArray[np.int64]
    centres: Floats

    def members(self) -> list[NDArray[np.int64]]:
        """For each cell its rows, ascending."""
        return rows_of(self.of_row, len(self.centres))

    def among(self, rows: NDArray[np.int64]) -> Cells:
        """The cells of some of the rows, which are numbered anew."""
        return Cells(self.of_row[rows], self.centres)


def cells(vectors: Floats) -> Cells:
    """About √U cells of the rows (U, D): a few rounds of Lloyd's algorithm on a regular sample of them, from a regular
    sample of that. Deterministic."""
    count = max(round(len(vectors) ** 0.5), 1)
    sample = vectors[:: max(len(vectors) // (count * _LEARNED_FROM), 1)]
    centres = lloyd(sample, sample[np.linspace(0, len(sample) - 1, count).astype(np.int64)], _ROUNDS)
    return Cells(nearest_centre(vectors, centres), centres)
