"""MaxHerding: the Tile that makes most of the Pool look like something labeled.

Bae, Noh, Sutherland, "Generalized Coverage for More Robust Low-Budget Active Learning", ECCV 2024 (arXiv 2407.12212):
k(x, y) = exp(-|x - y|² / σ²), choose argmax_i Σ_n max(k(x_n, x_i) - m_n, 0) where m_n is the similarity to the nearest
label. σ is the median distance to the 20th neighbour. Here on the graph of nearest neighbours (a Tile can stand only
for those that have it among their 128 nearest, in pools beyond 20,000 among their 64); on pools of up to 512 distinct
Tiles that is all of them, and the result the plain greedy's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, falling, fresh_members, whole_ranking
from core.selection.budget import head_length
from core.selection.facility import Greedy, coverage_by, greedy
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled
from core.selection.reasons import Explained, explain


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank the Pool by coverage alone. `labeled` bool (N,), `budget` in Tiles; neither model nor chance is asked."""
    labeled = checked_labeled(pool, labeled)
    graph = graph_of(pool)
    weights = np.ones(graph.count, np.float32)
    return whole_ranking(pool, graph, labeled, coverage_picks(graph, labeled, weights, budget))


def coverage_picks(graph: Graph, labeled: NDArray[np.bool_], weights: NDArray[np.float32], budget: int) -> list[Picks]:
    """All choosable distinct Tiles: a head chosen greedily under `weights` (U,), then the rest by remaining gain."""
    fresh = fresh_members(graph, labeled)
    covered = coverage_by(graph.kernel, np.flatnonzero(~fresh))
    result = greedy(graph.kernel, weights, covered, fresh, head_length(budget))
    told = explain(graph, result, fresh)
    head = Picks(graph.members[result.picked], result.gains, told.regimes, told.reasons)
    return falling([head, remaining_picks(graph, result, told)])


def remaining_picks(graph: Graph, result: Greedy, told: Explained) -> Picks:
    """The choosable Tiles that `result` left, by what each would add after it."""
    nodes = np.flatnonzero(np.isfinite(result.left))
    gains = np.maximum(result.left[nodes], 0.0).astype(np.float32)
    best = np.argsort(-gains, kind="stable")
    nodes, gains = nodes[best], gains[best]
    return Picks(graph.members[nodes], gains, ("rest",) * len(nodes), told.of_rest(graph, nodes, gains))
