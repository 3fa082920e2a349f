"""ProbCover: the Tile whose close surroundings hold the most Tiles that nothing labeled is close to.

Yehuda et al., "Active Learning Through a Covering Lens", NeurIPS 2022 (arXiv 2205.11320). x covers y if |x - y| < δ;
greedily take what covers most of what is uncovered. δ is the largest radius at which 95 % of the balls are pure under
the pseudo-labels of K-means. Everything hangs on δ; `coverage` does without such a number.

Here on the graph of nearest neighbours: beyond 512 distinct Tiles a ball holds at most a Tile's 128 nearest, beyond
20,000 its 64.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members, whole_ranking
from core.selection.budget import head_length
from core.selection.coverage import coverage_picks
from core.selection.facility import coverage_by, greedy
from core.selection.neighbours import Graph, Kernel, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled
from core.selection.reasons import explain
from core.selection.typiclust import clusters

PURITY = 0.95
PSEUDO_CLASSES = 20  # the paper takes the number of classes, which says nothing about Tiles with several each


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by newly covered Tiles, then, when all are covered, by `coverage`. `labeled` bool (N,)."""
    labeled = checked_labeled(pool, labeled)
    seed = int(rng.integers(2**31 - 1))
    graph = graph_of(pool)
    fresh = fresh_members(graph, labeled)
    kernel = ball_kernel(graph, radius(graph, seed))
    covered = coverage_by(kernel, np.flatnonzero(~fresh))
    result = greedy(kernel, np.ones(graph.count, np.float32), covered, fresh, head_length(budget))
    told = explain(graph, result, fresh)
    head = Picks(graph.members[result.picked], result.gains, told.regimes, told.reasons)
    head = head[: int((result.gains > 0).sum())]
    seen = labeled.copy()
    seen[head.order] = True
    rest = [
        replace(part, regimes=("rest",) * len(part.order))  # by another measure than the balls
        for part in coverage_picks(graph, seen, np.ones(graph.count, np.float32), budget)
    ]
    return whole_ranking(pool, graph, labeled, [head, *rest])


def radius(graph: Graph, seed: int) -> float:
    """δ: the largest radius with at least 95 % pure balls, where a ball is pure if all in it share a pseudo-label."""
    if graph.distances.shape[1] == 0:
        return 0.0
    labels = clusters(graph, min(PSEUDO_CLASSES, max(graph.count // 5, 1)), seed)
    other = labels[graph.neighbours] != labels[:, None]
    first = np.where(other, graph.distances, np.inf).min(axis=1)  # the ball is pure up to here
    first = np.minimum(first, graph.distances[:, -1])  # and known up to the last neighbour
    impure = int((1.0 - PURITY) * graph.count)  # so many balls may be mixed
    return float(np.partition(first, impure)[impure])


def ball_kernel(graph: Graph, delta: float) -> Kernel:
    """1 for Tiles nearer than δ and for each with itself, else 0."""
    inside = (graph.distances < delta).astype(np.float32)
    ones = np.ones((graph.count, 1), np.float32)
    return Kernel(graph.kernel.nodes, np.hstack([ones, inside]))
