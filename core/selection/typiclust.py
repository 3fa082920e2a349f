"""TypiClust: the most typical Tile of every cluster that holds no label yet, largest cluster first.

Hacohen, Dekel, Weinshall, "Active Learning on a Budget", ICML 2022 (arXiv 2202.02794), section 3. Unlike the published
code: plain distances, not squared; the same answer for the same seed; clusters of any shape; near-duplicates and empty
Tiles do not count; and the order goes on over the whole Pool.
"""

from __future__ import annotations

import heapq
import warnings

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.selection.arrange import Picks, fresh_members, whole_ranking
from core.selection.budget import cluster_count
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled
from core.text import Text, text

SMALL_CLUSTER = 5
_FULL_KMEANS_UP_TO = 2_000_000  # distinct tiles × clusters; beyond, mini-batches


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


def kmeans(vectors: NDArray[np.float32], count: int, seed: int) -> NDArray[np.int32]:
    """Clusters of rows (n, D): int32 (n,) numbers in 0…count-1; each row its own where there are no more than `count`.
    The same seed gives the same."""
    if count <= 1:
        return np.zeros(len(vectors), np.int32)
    if count >= len(vectors):
        return np.arange(len(vectors), dtype=np.int32)
    from sklearn.cluster import KMeans, MiniBatchKMeans  # here: more than a second that no window should wait for
    from sklearn.exceptions import ConvergenceWarning

    if len(vectors) * count <= _FULL_KMEANS_UP_TO:
        model = KMeans(count, n_init=5 if len(vectors) <= 2000 else 1, max_iter=100, random_state=seed)
    else:
        model = MiniBatchKMeans(count, n_init=1, batch_size=4096, random_state=seed)
    # One OpenMP thread: several add up centres in an order that changes from call to call.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="openmp"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different tiles than clusters is fine here
        return np.asarray(model.fit(vectors).labels_, np.int32)


def smallest_kept(sizes: NDArray[np.int64]) -> int:
    """Clusters up to 5 Tiles are outliers and dropped. Where clusters hold few Tiles anyway (a small Pool, a large
    budget) that would drop most of them: there, only those below half the mean size."""
    mean = float(sizes[sizes > 0].mean()) if (sizes > 0).any() else 0.0
    return min(SMALL_CLUSTER, int(mean / 2)) + 1


def _rounds(graph: Graph, cluster_of: NDArray[np.int32], labeled: NDArray[np.bool_]) -> list[Picks]:
    """Go round the clusters by (labels in it ascending, size descending); the dropped ones come after the others."""
    if graph.count == 0:
        return []
    fresh = fresh_members(graph, labeled)
    total = int(cluster_of.max()) + 1
    sizes = np.bincount(cluster_of, minlength=total)
    tiles = np.bincount(cluster_of, weights=graph.tiles_like, minlength=total).astype(np.int64)
    labels = np.bincount(cluster_of[~fresh], minlength=total)
    members = _by_typicality(graph, cluster_of, fresh, total)
    kept = sizes >= smallest_kept(sizes)
    return [
        _go_round(graph, np.flatnonzero(kept), members, sizes, labels, tiles, regime="typical"),
        _go_round(graph, np.flatnonzero(~kept), members, sizes, labels, tiles, regime="rest"),
    ]


def _by_typicality(
    graph: Graph, cluster_of: NDArray[np.int32], fresh: NDArray[np.bool_], total: int
) -> list[NDArray[np.int64]]:
    """For each cluster its choosable distinct Tiles, the most typical first."""
    order = np.lexsort((np.arange(graph.count), -graph.typicality, cluster_of))
    order = order[fresh[order]]
    return np.split(order, np.searchsorted(cluster_of[order], np.arange(1, total)))


def _go_round(
    graph: Graph,
    which: NDArray[np.int64],
    members: list[NDArray[np.int64]],
    sizes: NDArray[np.int64],
    labels: NDArray[np.int64],
    tiles: NDArray[np.int64],
    regime: str,
) -> Picks:
    # Between clusters alike in labels and size the one with the most typical Tile goes first.
    usable = [int(cluster) for cluster in which if len(members[cluster])]
    heap = [(int(labels[c]), -int(sizes[c]), -float(graph.typicality[members[c][0]]), c) for c in usable]
    heapq.heapify(heap)
    taken = dict.fromkeys(usable, 0)
    reasons = {cluster: _reason(int(tiles[cluster]), regime) for cluster in taken}
    picked: list[int] = []
    why: list[Text] = []
    while heap:
        count, size, first, cluster = heap[0]
        picked.append(int(members[cluster][taken[cluster]]))
        why.append(reasons[cluster])
        taken[cluster] += 1
        if taken[cluster] < len(members[cluster]):
            heapq.heapreplace(heap, (count + 1, size, first, cluster))
        else:
            heapq.heappop(heap)
    chosen = np.array(picked, np.int64)
    return Picks(graph.members[chosen], graph.typicality[chosen], (regime,) * len(picked), why)


def _reason(tiles: int, regime: str) -> Text:
    if tiles <= 1:
        return text("No other tile looks like it")
    if regime == "rest":
        return text("One of only {count} tiles that look like it", count=tiles)
    return text("Typical of {count} tiles that look like it", count=tiles)
