"""The Pool on a plane: Tiles that look alike lie near each other, and each knows whether labels stand for it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.jobs import Checkpoint
from core.selection.arrange import fresh_members
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import Pool, checked_labeled
from core.selection.reasons import nearest_of

Floats = NDArray[np.float32]

_OUTLIERS = (0.5, 99.5)  # percentiles: a single odd Tile must not press all others into a corner


@dataclass(frozen=True, eq=False)
class LikenessMap:
    """One row a Tile of the Pool.

    tile_ids  int64 (N,)
    points    float32 (N, 2) in 0…1; NaN for Tiles that cannot be compared: without Embedding, or nearly without pixels
    covered   bool (N,): whether a labeled Tile looks like it, or it is labeled itself; False as above
    """

    tile_ids: NDArray[np.int64]
    points: Floats
    covered: NDArray[np.bool_]


def likeness_map(pool: Pool, labeled: NDArray[np.bool_], context: Checkpoint) -> LikenessMap:
    """The first two principal components of the Embeddings. `labeled` bool (N,). Deterministic."""
    labeled = checked_labeled(pool, labeled)
    context.check()
    graph = graph_of(pool)
    plane = _plane(graph)
    context.check()
    is_covered = nearest_of(graph, ~fresh_members(graph, labeled)) <= graph.alike_within
    points = np.full((len(pool), 2), np.nan, np.float32)
    covered = np.zeros(len(pool), np.bool_)
    known = graph.local >= 0
    points[known] = plane[graph.local[known]]
    covered[known] = is_covered[graph.local[known]]
    return LikenessMap(pool.tile_ids, points, covered)


def _plane(graph: Graph) -> Floats:
    """float32 (U, 2) in 0…1 of the distinct Tiles."""
    if graph.count < 3:
        return np.full((graph.count, 2), 0.5, np.float32)
    centred = graph.vectors - graph.vectors.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)  # ascending
    axes = axes[:, ::-1][:, : min(2, axes.shape[1])]
    axes = axes * np.where(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])] < 0, -1, 1)  # not up to LAPACK
    found = np.zeros((graph.count, 2), np.float32)
    found[:, : axes.shape[1]] = centred @ axes
    low, high = np.percentile(found, _OUTLIERS, axis=0)
    spread = np.where(high > low, high - low, 1.0)
    inside: Floats = np.clip((found - low) / spread, 0.0, 1.0).astype(np.float32)
    return inside
