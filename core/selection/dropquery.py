"""DropQuery: Tiles where the model changes its mind when parts of its features are dropped, one of each kind.

Gupte et al., "Revisiting Active Learning in the Era of Vision Foundation Models", TMLR 2024 (arXiv 2401.14555),
section 4: candidates are those whose class changes in more than half of the passes under dropout; K-means over them
with a cluster for each label to come, and of each cluster the one nearest to its centre. Where fewer are candidates
than there are labels to come, the most changeable are taken; where no model has spoken, coverage decides, which starts
from the middle of what there is much of, as the paper does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members
from core.selection.kmeans import kmeans
from core.selection.margin import UNSURE, then_coverage
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled, known_answers
from core.text import Text, text

CHANGEABLE = 0.5
"""Of the passes, in a Tile's most doubtful tenth: beyond this it is a candidate."""


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """The centres of clusters of changeable Tiles, the largest cluster first; the rest by how changeable they are; then
    Tiles that the model was not asked about, or never changes its mind on, by coverage. `labeled` bool (N,)."""
    labeled = checked_labeled(pool, labeled)
    seed = int(rng.integers(2**31 - 1))
    graph = graph_of(pool)
    change = known_answers(pool, model_state).disagreement[graph.members]
    asked = np.flatnonzero(fresh_members(graph, labeled) & (change > 0))
    asked = asked[np.argsort(-change[asked], kind="stable")]
    wanted = max(int(budget), 1)
    candidates = asked[: max(int((change[asked] > CHANGEABLE).sum()), wanted)]
    middles, sizes = _middles(graph, candidates, wanted, seed)
    reasons = [_reason(int(size), float(change[node])) for node, size in zip(middles, sizes, strict=True)]
    head = Picks(graph.members[middles], change[middles], ("doubt",) * len(middles), reasons)
    others = asked[~np.isin(asked, middles)]
    why = [_reason(1, float(value)) for value in change[others]]
    rest = Picks(graph.members[others], change[others], ("rest",) * len(others), why)
    return then_coverage(pool, graph, labeled, [head, rest], budget)


def _middles(
    graph: Graph, candidates: NDArray[np.int64], count: int, seed: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Of each cluster of `candidates` the one nearest to its centre, largest cluster first (equals: as the candidates
    come), and how many of them the cluster holds."""
    vectors = graph.vectors[candidates]
    cluster_of = kmeans(vectors, count, seed)
    nearest: list[int] = []
    sizes: list[int] = []
    for cluster in np.unique(cluster_of):
        members = np.flatnonzero(cluster_of == cluster)
        apart = np.linalg.norm(vectors[members] - vectors[members].mean(axis=0), axis=1)
        nearest.append(int(members[apart.argmin()]))
        sizes.append(len(members))
    middles, counts = np.array(nearest, np.int64), np.array(sizes, np.int64)
    order = np.lexsort((middles, -counts))
    return candidates[middles[order]], counts[order]


def _reason(tiles: int, change: float) -> Text:
    if change < UNSURE:
        return text("The model hardly ever changes its mind here ({percent} %)", percent=round(100 * change))
    if tiles > 1:
        return text("In the middle of {count} tiles on which the model easily changes its mind", count=tiles)
    return text("The model easily changes its mind here ({percent} %)", percent=round(100 * change))
