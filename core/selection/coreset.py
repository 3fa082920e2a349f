"""Coreset: the Tile farthest from everything labeled (greedy k-centre).

Sener, Savarese, "Active Learning for Convolutional Neural Networks: A Core-Set Approach", ICLR 2018, algorithm 1. The
greedy choice keeps the largest distance to a labeled Tile within twice the best possible. It loves outliers.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, falling, fresh_members, whole_ranking
from core.selection.budget import head_length
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled
from core.text import text

_DIAMETER = 2.0  # of unit vectors
_FAR = text("Farthest from what is labeled")
_FIRST = text("Nearest to the average tile")
_REST = text("Nearer to tiles that are labeled or ranked higher")


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by distance to labels. `labeled` bool (N,), `budget` in Tiles; neither model nor chance is asked. Without a
    label it starts with the Tile nearest to the Pool's mean."""
    labeled = checked_labeled(pool, labeled)
    graph = graph_of(pool)
    fresh = fresh_members(graph, labeled)
    picked, radii, left = farthest_first(graph, fresh, head_length(budget))
    reasons = [_FAR] * len(picked)
    if len(picked) and fresh.all():
        reasons[0] = _FIRST
    head = Picks(graph.members[picked], radii, ("coverage",) * len(picked), reasons)
    nodes = np.flatnonzero(np.isfinite(left) & fresh)
    nodes = nodes[np.argsort(-left[nodes], kind="stable")]
    rest = Picks.rest(graph.members[nodes], _REST, left[nodes])
    return whole_ranking(pool, graph, labeled, falling([head, rest]))


def farthest_first(
    graph: Graph, fresh: NDArray[np.bool_], count: int
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """Up to `count` distinct Tiles of `fresh` (bool (U,)), each the farthest from all labeled and chosen before it.

    Returns their numbers int64 (P,), how far they were when chosen (P,), not growing, and how far every Tile is in the
    end float32 (U,), -inf for those chosen. Equals: the lowest number. From nothing the first is as far as can be.
    """
    vectors = graph.vectors
    far = np.full(graph.count, np.inf, np.float32)
    for node in np.flatnonzero(~fresh).tolist():
        far = np.minimum(far, _distances(vectors, node))
    picked: list[int] = []
    radii: list[float] = []
    for _ in range(min(count, int(fresh.sum()))):
        if np.isinf(far).all():
            best = int(np.linalg.norm(vectors - vectors.mean(axis=0), axis=1).argmin())
        else:
            best = int(np.where(fresh, far, -np.inf).argmax())
        picked.append(best)
        radii.append(float(far[best]) if np.isfinite(far[best]) else _DIAMETER)
        far = np.minimum(far, _distances(vectors, best))
        far[best] = -np.inf
    return np.array(picked, np.int64), np.array(radii, np.float32), far


def _distances(vectors: NDArray[np.float32], node: int) -> NDArray[np.float32]:
    """Of unit vectors (U, D), by one product: float32 (U,)."""
    lengths = np.einsum("nd,nd->n", vectors, vectors)
    squared = lengths + lengths[node] - 2.0 * (vectors @ vectors[node])
    return np.asarray(np.sqrt(np.maximum(squared, 0.0)), np.float32)
