"""How fast Tiles are ranked: TypiClust and coverage against straightforward versions, and ranking again after a commit.

    python -m tests.benchmarks.selection [N …]      default: 1000 10000

"Straightforward" is the published algorithm with plain scikit-learn and numpy calls, as one would write it from the
paper. scikit-activeml joins in where it is installed. Points lie in heaps of very different size, 384 dimensions.
"""

from __future__ import annotations

import functools
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.selection import auto, coverage, probcover, typiclust
from core.selection.neighbours import graph_of
from core.selection.pool import ModelState, Pool
from tests.memory import peak_mb

Floats = NDArray[np.float32]
Took = NDArray[np.float64]
"""Seconds by the clock, and of the processor: the second says more where the machine has other work."""

DIMENSIONS = 384
BUDGET = 50
HERDED = 20
SEEDS = 3
_DENSE_UP_TO = 20_000  # Tiles; the dense kernel of more does not fit
_PLAIN_UP_TO = 50_000
_MADE_AT_ONCE = 65_536


def main() -> int:
    sizes = [int(size) for size in sys.argv[1:]] or [1_000, 10_000]
    import sklearn.cluster  # loading it takes seconds that neither side should pay for
    import sklearn.neighbors  # noqa: F401

    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, {DIMENSIONS} dimensions")
    print(f"{'seconds':<64}{'clock':>10} {'processor':>10}")
    for size in sizes:
        one_size(size)
    peak = peak_mb() / 1024
    print(f"\npeak memory {peak:.1f} GB, load at the end {os.getloadavg()[0]:.1f}")
    return 0


def one_size(size: int) -> None:
    print(f"\n## {size} tiles\n")
    pool = made_up_pool(size)
    nobody = np.zeros(size, np.bool_)
    _, graph_s = timed(lambda: graph_of(pool))
    line("neighbour graph, once a project", graph_s)
    typical_s = typical(pool, nobody, graph_s)
    herded_s = herding(pool, nobody)
    again_after_a_commit(pool)
    if size <= _DENSE_UP_TO and importlib.util.find_spec("skactiveml"):
        activeml(pool, unit_rows(pool), graph_s + typical_s, herded_s)
    print(f"{'':4}peak memory so far {peak_mb() / 1024:.1f} GB", flush=True)


def typical(pool: Pool, nobody: NDArray[np.bool_], graph_s: Took) -> Took:
    """TypiClust with a few seeds, ours and the straightforward one: seconds of ours, given the graph (medians)."""
    found = []
    for seed in range(SEEDS):
        rng = np.random.default_rng(seed)
        ranking, took = timed(functools.partial(typiclust.query, pool, nobody, None, BUDGET, rng))
        found.append((ranking.order[:BUDGET], clusters_of_all(pool), took))
    ours = np.median([took for *_, took in found], axis=0)
    line(f"TypiClust, whole pool, budget {BUDGET}, given the graph, median of {SEEDS}", ours)
    line("the same, graph included", graph_s + ours)
    if len(pool) > _PLAIN_UP_TO:
        return ours
    vectors = unit_rows(pool)
    plain = []
    for seed in range(SEEDS):
        (chosen, cluster_of), took = timed(functools.partial(straightforward_typiclust, vectors, BUDGET, seed))
        plain.append((chosen, cluster_of, took))
    theirs = np.median([took for *_, took in plain], axis=0)
    line(f"straightforward TypiClust, {BUDGET} tiles, to ours given the graph", theirs, ours)
    line("the same, to ours with the graph", theirs, graph_s + ours)
    how_good("ours", vectors, found)
    how_good("straightforward", vectors, plain)
    return ours


def herding(pool: Pool, nobody: NDArray[np.bool_]) -> Took:
    """Seconds of ours, given the graph."""
    ranking, ours = timed(lambda: coverage.query(pool, nobody, None, HERDED, np.random.default_rng(0)))
    line(f"coverage, whole pool, the first {HERDED} greedily, given the graph", ours)
    if len(pool) > _DENSE_UP_TO:
        return ours
    bandwidth, vectors = graph_of(pool).bandwidth, unit_rows(pool)
    chosen, dense = timed(lambda: dense_herding(vectors, bandwidth, HERDED))
    line(f"dense herding, {HERDED} tiles", dense, ours)
    share = dense_cover(vectors, bandwidth, ranking.order[:HERDED]) / dense_cover(vectors, bandwidth, chosen)
    print(f"{'':4}coverage of its choice: {100 * share:.2f} % of the dense one's")
    return ours


def again_after_a_commit(pool: Pool) -> None:
    rng = np.random.default_rng(1)
    labeled = np.zeros(len(pool), np.bool_)
    state = ModelState(rng.random(len(pool)).astype(np.float32), 0.3)
    taken = []
    for tile in rng.permutation(len(pool))[:12]:
        labeled[tile] = True
        taken.append(timed(lambda: auto.query(pool, labeled, state, BUDGET, np.random.default_rng(0)))[1])
    line("ranking again after a commit (auto), median of 12", np.median(taken, axis=0))


def activeml(pool: Pool, vectors: Floats, typical_s: Took, herded_s: Took) -> None:
    """TypiClust against ours with the graph, the others given the graph; herding with our bandwidth, so that both
    choose by one kernel. They build matrices of all pairs."""
    from skactiveml.pool import MaxHerding, ProbCover, TypiClust  # type: ignore[import-not-found]

    nobody, graph = np.zeros(len(pool), np.bool_), graph_of(pool)
    _, balls_s = timed(lambda: probcover.query(pool, nobody, None, HERDED, np.random.default_rng(0)))
    line(f"ProbCover, whole pool, the first {HERDED} greedily, given the graph", balls_s)
    width = {"gamma": 1.0 / graph.bandwidth**2}
    for theirs, count, ours in (
        (TypiClust(random_state=0), BUDGET, typical_s), (ProbCover(random_state=0), HERDED, balls_s),
        (MaxHerding(random_state=0, metric_dict=width), HERDED, herded_s),
    ):  # fmt: skip
        unknown, query = np.full(len(vectors), np.nan), theirs.query
        chosen, seconds = timed(functools.partial(query, vectors, unknown, batch_size=count))
        line(f"scikit-activeml's {type(theirs).__name__}, {count} tiles", seconds, ours)
    mine = coverage.query(pool, nobody, None, HERDED, np.random.default_rng(0)).order[:HERDED]
    share = dense_cover(vectors, graph.bandwidth, mine) / dense_cover(vectors, graph.bandwidth, chosen)
    print(f"{'':4}coverage of our choice: {100 * share:.2f} % of that of scikit-activeml's MaxHerding")


def clusters_of_all(pool: Pool) -> NDArray[np.int32]:
    """The cluster that the last TypiClust put each Tile into; near-duplicates go with the one they equal."""
    graph = graph_of(pool)
    (found,) = graph.clusters.values()
    return found[graph.local]


def how_good(whose: str, vectors: Floats, results: list[tuple[NDArray[np.int64], NDArray[np.int32], Took]]) -> None:
    """What may not suffer from speed, mean over seeds: how typical the picks are, how near all Tiles are to one of
    them, how tight the clusters are."""
    rows = []
    for chosen, cluster_of, _ in results:
        apart = np.sqrt(np.maximum(2 - 2 * vectors[chosen] @ vectors.T, 0))  # (budget, N)
        near = np.sort(np.partition(apart, 20, axis=1)[:, :21], axis=1)[:, 1:]  # the nearest is the pick itself
        groups = parts(vectors, cluster_of)
        inertia = sum(float(((group - group.mean(axis=0)) ** 2).sum(dtype=np.float64)) for group in groups)
        rows.append(((1 / near.mean(axis=1)).mean(), apart.min(axis=0).mean(), inertia))
    typicality, distance, inertia = np.mean(rows, axis=0)
    print(
        f"{'':4}{whose}: mean typicality of picks {typicality:.4f}, "
        f"mean distance of all tiles to a pick {distance:.4f}, K-means inertia {inertia:.0f}"
    )


def unit_rows(pool: Pool) -> Floats:
    rows: Floats = pool.embeddings / np.linalg.norm(pool.embeddings, axis=1, keepdims=True)
    return rows


def parts(vectors: Floats, cluster_of: NDArray[np.int32]) -> Iterator[Floats]:
    for cluster in np.unique(cluster_of):
        yield vectors[cluster_of == cluster]


def straightforward_typiclust(vectors: Floats, budget: int, seed: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Hacohen et al. 2022, section 3, without labels: K-means, then the most typical of each cluster. The picks, and
    every Tile's cluster."""
    from sklearn.cluster import KMeans
    from sklearn.neighbors import NearestNeighbors

    cluster_of = KMeans(budget, n_init=1, random_state=seed).fit_predict(vectors)
    chosen = []
    for cluster in np.argsort(-np.bincount(cluster_of)):
        inside = np.flatnonzero(cluster_of == cluster)
        near = min(20, len(inside) - 1)
        if near < 1:
            continue
        distances, _ = NearestNeighbors(n_neighbors=near + 1).fit(vectors[inside]).kneighbors(vectors[inside])
        chosen.append(int(inside[distances[:, 1:].mean(axis=1).argmin()]))
    return np.array(chosen, np.int64), cluster_of


def dense_herding(vectors: Floats, bandwidth: float, count: int) -> NDArray[np.int64]:
    """Bae et al. 2025 with the whole kernel in memory, gains computed anew for every pick."""
    kernel = dense_kernel(vectors, vectors, bandwidth)
    covered = np.zeros(len(vectors), np.float32)
    chosen = []
    for _ in range(count):
        gains = np.zeros(len(vectors))
        for start in range(0, len(vectors), 512):
            part = slice(start, start + 512)
            gains[part] = np.maximum(kernel[part] - covered, 0).sum(axis=1)
        chosen.append(int(gains.argmax()))
        covered = np.maximum(covered, kernel[chosen[-1]])
    return np.array(chosen, np.int64)


def dense_cover(vectors: Floats, bandwidth: float, chosen: NDArray[np.int64]) -> float:
    return float(dense_kernel(vectors[chosen], vectors, bandwidth).max(axis=0).sum(dtype=np.float64))


def dense_kernel(some: Floats, others: Floats, bandwidth: float) -> Floats:
    kernel: Floats = some @ others.T
    kernel -= 1.0  # unit vectors: -d² / 2
    kernel *= 2.0 / bandwidth**2
    np.minimum(kernel, 0.0, out=kernel)
    return np.exp(kernel, out=kernel)


def made_up_pool(size: int) -> Pool:
    rng = np.random.default_rng(0)
    heaps = max(size // 200, 5)
    weights = rng.pareto(1.5, heaps) + 0.1
    heap_of = rng.choice(heaps, size, p=weights / weights.sum())
    centres = (rng.normal(size=(heaps, 24)) @ rng.normal(size=(24, DIMENSIONS)) / 5).astype(np.float32)
    spread = rng.uniform(0.3, 1.0, (heaps, 1)).astype(np.float32)
    points = rng.standard_normal((size, DIMENSIONS), np.float32)
    for start in range(0, size, _MADE_AT_ONCE):  # in place: the pool itself is 1.5 GB at a million
        rows = slice(start, start + _MADE_AT_ONCE)
        points[rows] *= spread[heap_of[rows]]
        points[rows] += centres[heap_of[rows]]
    return Pool(
        np.arange(size), points, np.ones(size, np.float32), np.zeros((size, 2)), np.zeros(size, np.int32)
    )  # fmt: skip


def timed(work: Callable[[], Any]) -> tuple[Any, Took]:
    start = np.array([time.perf_counter(), time.process_time()])
    result = work()
    return result, np.array([time.perf_counter(), time.process_time()]) - start


def line(what: str, took: Took, ours: Took | None = None) -> None:
    ratio = f"   {took[0] / ours[0]:8.1f}, {took[1] / ours[1]:8.1f} times ours" if ours is not None else ""
    print(f"{what:<64}{took[0]:10.3f} {took[1]:10.3f} s{ratio}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
