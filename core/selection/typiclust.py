"""TypiClust: the most typical Tile of every cluster that holds no label yet, largest cluster first.

Hacohen, Dekel, Weinshall, "Active Learning on a Budget", ICML 2022 (arXiv 2202.02794), section 3. Unlike the published
code: plain distances, not squared; the nearest neighbours of the whole Pool, not of the cluster alone, up to as many as
it holds instead of half; small clusters stay where most are small; the same answer for the same seed; near-duplicates
and empty Tiles do not count; and the order goes on over the whole Pool.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members, whole_ranking
from core.selection.budget import cluster_count
from core.selection.kmeans import kmeans
from core.selection.near_duplicates import MIN_DISTANCE
from core.selection.neighbours import TYPICAL_NEIGHBOURS, Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled
from core.text import Text, text

SMALL_CLUSTER = 5


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank the Pool by typicality over clusters. `labeled` bool (N,), `budget` in Tiles; the model is not asked."""
    labeled = checked_labeled(pool, labeled)
    seed = int(rng.integers(2**31 - 1))
    graph = graph_of(pool)
    wanted = cluster_count(int(labeled.sum()), budget, graph.count)
    cluster_of = clusters(graph, wanted, seed)
    return whole_ranking(pool, graph, labeled, _rounds(graph, cluster_of, labeled))


def clusters(graph: Graph, count: int, seed: int) -> NDArray[np.int32]:
    """K-means of the distinct Tiles: int32 (U,) cluster numbers in 0…count-1. Kept with the graph."""
    found = graph.clusters.get((count, seed))
    if found is not None:
        return found
    found = kmeans(graph.vectors, count, seed)
    graph.clusters.clear()  # one budget at a time
    graph.clusters[count, seed] = found
    return found


def typicality_in(graph: Graph, cluster_of: NDArray[np.int32]) -> NDArray[np.float32]:
    """float32 (U,): 1 / mean distance to the nearest neighbours, as many as the Tile's cluster holds but at most 20: in
    a cluster of four, twenty would ask how near a Tile is to what lies between the clusters."""
    known = min(TYPICAL_NEIGHBOURS, graph.distances.shape[1])
    if known == 0:
        return graph.typicality
    sums = np.cumsum(graph.distances[:, :known], axis=1, dtype=np.float64)
    count = np.minimum(np.bincount(cluster_of)[cluster_of], known)
    means = sums[np.arange(graph.count), count - 1] / count
    return np.asarray(1.0 / np.maximum(means, MIN_DISTANCE), np.float32)


def smallest_kept(sizes: NDArray[np.int64]) -> int:
    """Clusters up to 5 Tiles are outliers and dropped. Where clusters hold few Tiles anyway (a small Pool, a large
    budget) that would drop most of them: there, only those below half the mean size."""
    mean = float(sizes[sizes > 0].mean()) if (sizes > 0).any() else 0.0
    return min(SMALL_CLUSTER, int(mean / 2)) + 1


def _rounds(graph: Graph, cluster_of: NDArray[np.int32], labeled: NDArray[np.bool_]) -> list[Picks]:
    """Go round the clusters by (labels in it ascending, size descending), each time with the most typical Tile that is
    left in one; between clusters alike in both the one with the most typical Tile goes first. Those dropped come after
    the others."""
    if graph.count == 0:
        return []
    fresh = fresh_members(graph, labeled)
    total = int(cluster_of.max()) + 1
    sizes = np.bincount(cluster_of, minlength=total)
    tiles = np.bincount(cluster_of, weights=graph.tiles_like, minlength=total).astype(np.int64)
    labels = np.bincount(cluster_of[~fresh], minlength=total)
    typicality = typicality_in(graph, cluster_of)
    order = np.lexsort((-typicality, cluster_of))  # stable: equals by number
    order = order[fresh[order]]
    cluster = cluster_of[order]
    first = np.searchsorted(cluster, np.arange(total))[cluster]
    turn = labels[cluster] + np.arange(len(order)) - first
    rounds = np.lexsort((cluster, -typicality[order[first]], -sizes[cluster], turn))
    order, cluster = order[rounds], cluster[rounds]
    kept = (sizes >= smallest_kept(sizes))[cluster]
    return [
        _picks(graph, order[part], cluster[part], tiles, typicality, regime)
        for part, regime in ((kept, "typical"), (~kept, "rest"))
    ]


def _picks(
    graph: Graph, order: NDArray[np.int64], cluster: NDArray[np.int32], tiles: NDArray[np.int64],
    typicality: NDArray[np.float32], regime: str,
) -> Picks:  # fmt: skip
    """`order` (P,), distinct Tiles; `cluster` (P,), where each is in; `tiles`: how many Tiles each cluster holds."""
    reasons = {number: _reason(int(tiles[number]), regime) for number in np.unique(cluster).tolist()}
    why = [reasons[number] for number in cluster.tolist()]
    return Picks(graph.members[order], typicality[order], (regime,) * len(order), why)


def _reason(tiles: int, regime: str) -> Text:
    if tiles <= 1:
        return text("In a group of its own")  # which others may resemble: K-means cuts finely for a large budget
    if regime == "rest":
        return text("One of only {count} tiles that look like it", count=tiles)
    return text("Typical of {count} tiles that look like it", count=tiles)
