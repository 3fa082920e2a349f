"""MaxHerding: the Tile that makes most of the Pool look like something labeled.

Bae et al., ICLR 2025: k(x, y) = exp(-|x - y|² / σ²), choose argmax_i Σ_n max(k(x_n, x_i) - m_n, 0) where m_n is the
similarity to the nearest label. Here on the graph of nearest neighbours (a Tile can stand only for those that have it
among their 128 nearest, in pools beyond 20,000 among their 64); on pools of up to 512 distinct Tiles that is all of
them, and the result the plain greedy's.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members, whole_ranking
from core.selection.budget import head_length
from core.selection.facility import WELL_COVERED, Greedy, coverage_by, greedy
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled
from core.text import Text, text

REST = text("Much like tiles that are labeled or ranked higher")


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
    reasons = head_reasons(graph, result, covered, any_label=bool(labeled.any()))
    head = Picks(graph.members[result.picked], result.gains, ("coverage",) * len(reasons), reasons)
    return [head, remaining_picks(graph, result)]


def remaining_picks(graph: Graph, result: Greedy) -> Picks:
    """The choosable Tiles that `result` left, by what each would add after it."""
    nodes = np.flatnonzero(np.isfinite(result.left))
    gains = np.maximum(result.left[nodes], 0.0).astype(np.float32)
    best = np.argsort(-gains, kind="stable")
    return Picks.rest(graph.members[nodes[best]], REST, gains[best])


def head_reasons(graph: Graph, result: Greedy, covered: NDArray[np.float32], any_label: bool) -> list[Text]:
    """Why each pick: how many Tiles it stands for, or that nothing labeled is like it. `covered` (U,): by labels. What
    stands for itself alone may be one of a kind, or the last of one that others stand for."""
    reasons: list[Text] = []
    for node, nodes in zip(result.picked, result.stands_for, strict=True):
        tiles = int(graph.tiles_like[nodes].sum())
        if any_label and covered[node] < WELL_COVERED:
            reasons.append(text("Looks unlike anything labeled so far"))
        elif tiles > 1:
            reasons.append(text("Stands for {count} tiles that look like it", count=tiles))
        elif _is_alone(graph, int(node)):
            reasons.append(text("No other tile looks like it"))
        else:
            reasons.append(REST)
    return reasons


def _is_alone(graph: Graph, node: int) -> bool:
    """Whether no other Tile, ranked higher or not, could stand for it well."""
    alike = graph.kernel.nodes[node][graph.kernel.values[node] >= WELL_COVERED]
    return int(graph.tiles_like[alike].sum()) == 1
