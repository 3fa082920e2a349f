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
from collections.abc import Callable
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
_DENSE_UP_TO = 20_000  # Tiles; the dense kernel of more does not fit
_PLAIN_UP_TO = 50_000


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
    vectors = pool.embeddings / np.linalg.norm(pool.embeddings, axis=1, keepdims=True)
    nobody = np.zeros(size, np.bool_)
    _, graph_s = timed(lambda: graph_of(pool))
    _, ours = timed(lambda: typiclust.query(pool, nobody, None, BUDGET, np.random.default_rng(0)))
    line("neighbour graph, once a project", graph_s)
    line(f"TypiClust, whole pool, budget {BUDGET}, graph included", graph_s + ours)
    if size <= _PLAIN_UP_TO:
        _, plain = timed(lambda: straightforward_typiclust(vectors, BUDGET))
        line(f"straightforward TypiClust, {BUDGET} tiles", plain, graph_s + ours)
    herded_s = herding(pool, vectors, nobody)
    again_after_a_commit(pool)
    if size <= _DENSE_UP_TO and importlib.util.find_spec("skactiveml"):
        activeml(pool, vectors, graph_s + ours, herded_s)
    print(f"{'':4}peak memory so far {peak_mb() / 1024:.1f} GB", flush=True)


def herding(pool: Pool, vectors: Floats, nobody: NDArray[np.bool_]) -> Took:
    """Seconds of ours, given the graph."""
    ranking, ours = timed(lambda: coverage.query(pool, nobody, None, HERDED, np.random.default_rng(0)))
    line(f"coverage, whole pool, the first {HERDED} greedily, given the graph", ours)
    if len(pool) > _DENSE_UP_TO:
        return ours
    bandwidth = graph_of(pool).bandwidth
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


def straightforward_typiclust(vectors: Floats, budget: int) -> list[int]:
    """Hacohen et al. 2022, section 3, without labels: K-means, then the most typical of each cluster."""
    from sklearn.cluster import KMeans
    from sklearn.neighbors import NearestNeighbors

    cluster_of = KMeans(budget, n_init=1, random_state=0).fit_predict(vectors)
    chosen = []
    for cluster in np.argsort(-np.bincount(cluster_of)):
        inside = np.flatnonzero(cluster_of == cluster)
        near = min(20, len(inside) - 1)
        if near < 1:
            continue
        distances, _ = NearestNeighbors(n_neighbors=near + 1).fit(vectors[inside]).kneighbors(vectors[inside])
        chosen.append(int(inside[distances[:, 1:].mean(axis=1).argmin()]))
    return chosen


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
    centres = rng.normal(size=(heaps, 24)) @ rng.normal(size=(24, DIMENSIONS))
    points = centres[heap_of] / 5 + rng.normal(size=(size, DIMENSIONS)) * rng.uniform(0.3, 1.0, (heaps, 1))[heap_of]
    return Pool(
        np.arange(size), points.astype(np.float32), np.ones(size, np.float32), np.zeros((size, 2)),
        np.zeros(size, np.int32),
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
