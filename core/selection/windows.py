"""Windows: square parts of Tiles, the smaller unit of labeling, and what painting one will take the expert.

A Window is to its Tile what a Tile is to its Scene, so a Pool may hold Windows in the place of Tiles and every Strategy
can rank them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery.grid import cut_grid
from core.selection import auto
from core.selection.arrange import fresh_members
from core.selection.facility import coverage_by, greedy
from core.selection.neighbours import Graph, graph_of, unit_vectors
from core.selection.pool import ModelState, Pool
from core.text import Text, text

SMALLEST_PX, LARGEST_PX = 64, 128
MOST_WINDOWS = 4  # proposed on a Tile at a time
_MULTIPLE_PX = 8  # the cells of the simulation's probe, and the encoder's second stride
_PER_SIDE = 4
_MEAN_COUNTS_AS = 2.0
_UNSURE = 0.5


def window_px(tile_px: int) -> int:
    """The side of a Window on Tiles of `tile_px` pixels: a quarter, but 64 to 128 px; a smaller Tile is one Window."""
    quarter = round(tile_px / _PER_SIDE / _MULTIPLE_PX) * _MULTIPLE_PX
    return min(max(quarter, SMALLEST_PX), LARGEST_PX, tile_px)


def window_rects(tile: Rect, side_px: int) -> list[Rect]:
    """The Windows of a Tile in its own pixels, row by row from the top left; those at its end may be smaller."""
    return [window.rect for window in cut_grid(tile.width, tile.height, side_px)]


def predicted_seconds(pool: Pool, labeled: NDArray[np.bool_], seconds: NDArray[np.floating]) -> NDArray[np.float32]:
    """float32 (N,): what each member of the Pool will take, from what the labeled ones took (`seconds` (N,), read where
    `labeled`). All ones while nothing is labeled.

    The kernel regression of Nadaraya (1964) and Watson (1964) with the bandwidth of the Pool's graph, drawn to the
    mean as if two of mean effort lay at no distance: what looks like nothing painted so far takes the mean.
    """
    known = np.flatnonzero(labeled)
    if not len(known):
        return np.ones(len(pool), np.float32)
    taken = np.asarray(seconds, np.float64)[known]
    vectors = unit_vectors(np.nan_to_num(pool.embeddings))
    length = (vectors**2).sum(axis=1)
    squared = length[:, None] + length[known] - 2.0 * (vectors @ vectors[known].T)
    near = np.exp(-np.maximum(squared, 0.0) / graph_of(pool).bandwidth ** 2)
    above = near @ taken + _MEAN_COUNTS_AS * taken.mean()
    return np.asarray(above / (near.sum(axis=1) + _MEAN_COUNTS_AS), np.float32)


@dataclass(frozen=True)
class Proposal:
    """A Window worth painting: where in its Tile, why, and how long it will take (None while nothing says)."""

    rect: Rect
    reason: Text
    seconds: float | None


@dataclass(frozen=True, eq=False)
class Patchwork:
    """The Windows of one open Tile among others: N in all.

    pool      N Windows, as a Pool
    rects     of each in its Tile's pixels
    mine      bool (N,): those of the Tile in question
    painted   bool (N,)
    seconds   float32 (N,): what the painted ones took, NaN where that is not known
    doubt     float32 (N,) in 0…1, NaN where there is no Prediction
    trust     of the doubts, 0…1
    by_classifier  whether they are the pixel classifier's, in the Model's place
    """

    pool: Pool
    rects: tuple[Rect, ...]
    mine: NDArray[np.bool_]
    painted: NDArray[np.bool_]
    seconds: NDArray[np.float32]
    doubt: NDArray[np.float32]
    trust: float
    by_classifier: bool = False


def propose(work: Patchwork, count: int) -> list[Proposal]:
    """Up to `count` unpainted Windows of the Tile in question, the most valuable first.

    The objective of `auto` over all Windows, where only those of the Tile may be chosen; unlike Tiles they are not
    compared times their valid share, nor is ignore expected on what looks like it. Predicted seconds are told,
    but do not decide: in simulation that did not pay (docs/selection-study.md). Near-duplicates of painted Windows, and
    those with little data, are not proposed.
    """
    pool, graph = work.pool, graph_of(work.pool)
    timed = work.painted & np.isfinite(work.seconds)
    seconds = predicted_seconds(pool, timed, work.seconds)
    share = pool.valid_share[graph.members]
    weights, own, _ = auto.terms(pool, graph, work.painted, ModelState(work.doubt, work.trust), share)
    fresh = fresh_members(graph, work.painted)
    covered = coverage_by(graph.kernel, np.flatnonzero(~fresh))
    own_of, theirs = _in_tile(work, graph)
    found = greedy(graph.kernel, weights, covered, fresh & theirs, count, own)
    chosen = own_of[found.picked].tolist()
    known = bool(timed.any())
    return [Proposal(work.rects[n], _reason(work, n), float(seconds[n]) if known else None) for n in chosen]


def _in_tile(work: Patchwork, graph: Graph) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """For each distinct Window (U,) the Tile's own Window that equals or nearly equals it, and whether there is one."""
    own_of = np.full(graph.count, -1, np.int64)
    mine = np.flatnonzero(work.mine & ~work.painted & (graph.local >= 0))
    own_of[graph.local[mine[::-1]]] = mine[::-1]
    return own_of, own_of >= 0


def _reason(work: Patchwork, number: int) -> Text:
    doubt = float(work.doubt[number])
    if np.isfinite(doubt) and doubt >= _UNSURE:
        percent = round(100 * doubt)
        if work.by_classifier:
            return text("The pixel classifier is unsure here ({percent} %)", percent=percent)
        return text("The model is unsure here ({percent} %)", percent=percent)
    if not work.painted.any():
        return text("Stands for much that looks like it")
    return text("Unlike what is painted so far")
