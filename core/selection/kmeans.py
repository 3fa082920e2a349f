"""K-means: the clusters of TypiClust and its kin, and the cells of large pools."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

Floats = NDArray[np.float32]

_ALL_ROWS_UP_TO = 2_000_000  # rows × clusters; beyond, centres are learned from a sample
_LEARNED_FROM = (128, 65_536)  # rows a cluster, and at most
_BEGUN_WITH = (64, 8_192)  # of these, to choose where to begin
_BEGINNINGS = 4
_ROUNDS = (5, 10)  # on the small sample, then on the larger one
_BLOCK = 4096


def kmeans(vectors: Floats, count: int, seed: int) -> NDArray[np.int32]:
    """Clusters of rows (n, D): int32 (n,) numbers in 0…count-1; each row its own where there are no more than `count`.
    The same seed gives the same."""
    if count <= 1:
        return np.zeros(len(vectors), np.int32)
    if count >= len(vectors):
        return np.arange(len(vectors), dtype=np.int32)
    if len(vectors) * count > _ALL_ROWS_UP_TO:
        return nearest_centre(vectors, _centres_from_a_sample(vectors, count, seed)).astype(np.int32)
    from sklearn.cluster import KMeans  # here: more than a second that no window should wait for
    from sklearn.exceptions import ConvergenceWarning

    model = KMeans(count, n_init=5 if len(vectors) <= 2000 else 1, max_iter=100, random_state=seed)
    # One OpenMP thread: several add up centres in an order that changes from call to call.
    with warnings.catch_warnings(), threadpool_limits(1, user_api="openmp"):
        warnings.simplefilter("ignore", ConvergenceWarning)  # fewer different tiles than clusters is fine here
        return np.asarray(model.fit(vectors).labels_, np.int32)


def _centres_from_a_sample(vectors: Floats, count: int, seed: int) -> Floats:
    """float32 (count, D): the best of several beginnings on a small sample, refined on a larger one (Bradley, Fayyad
    1998). Beginnings differ more than what all rows would add."""
    rng = np.random.default_rng(seed)
    sample = _some(vectors, count, _LEARNED_FROM, rng)
    few = _some(sample, count, _BEGUN_WITH, rng)
    beginnings = [lloyd(few, _spread_rows(few, count, rng), _ROUNDS[0]) for _ in range(_BEGINNINGS)]
    best = min(beginnings, key=lambda centres: _apart(few, centres))
    return lloyd(sample, best, _ROUNDS[1])


def _some(rows: Floats, clusters: int, size: tuple[int, int], rng: np.random.Generator) -> Floats:
    a_cluster, most = size
    count = min(clusters * a_cluster, most)
    return rows if count >= len(rows) else rows[np.sort(rng.choice(len(rows), count, replace=False))]


def _spread_rows(rows: Floats, count: int, rng: np.random.Generator) -> Floats:
    """`count` of the rows by k-means++ (Arthur, Vassilvitskii 2007): each drawn with a chance in proportion to its
    squared distance to those before it, the best of a few draws."""
    draws = 2 + int(np.log(count))
    lengths = np.einsum("nd,nd->n", rows, rows)
    chosen = [int(rng.integers(len(rows)))]
    squared = np.maximum(lengths + lengths[chosen[0]] - 2 * (rows @ rows[chosen[0]]), 0)
    for _ in range(count - 1):
        sums = np.cumsum(squared, dtype=np.float64)
        drawn = np.minimum(np.searchsorted(sums, rng.random(draws) * sums[-1]), len(rows) - 1)
        to_drawn = lengths[drawn, None] + lengths - 2 * (rows[drawn] @ rows.T)
        to_drawn = np.minimum(np.maximum(to_drawn, 0), squared)
        best = int(to_drawn.sum(axis=1).argmin())
        squared = to_drawn[best]
        chosen.append(int(drawn[best]))
    return rows[chosen]


def lloyd(rows: Floats, centres: Floats, rounds: int) -> Floats:
    """`centres` (C, D) moved to the means of the `rows` (n, D) nearest to them, at most so many times over. A centre
    that loses all its rows stays where it is."""
    centres = centres.copy()
    before = None
    for _ in range(rounds):
        of_row = nearest_centre(rows, centres)
        if before is not None and np.array_equal(of_row, before):
            break
        for centre, mine in enumerate(rows_of(of_row, len(centres))):  # np.add.reduceat is ten times slower
            if len(mine):
                centres[centre] = rows[mine].mean(axis=0)
        before = of_row
    return centres


def nearest_centre(rows: Floats, centres: Floats) -> NDArray[np.int64]:
    """int64 (n,): for each of `rows` (n, D) the nearest of `centres` (C, D); equals: the first."""
    half = np.einsum("cd,cd->c", centres, centres) / 2
    parts = [(rows[start : start + _BLOCK] @ centres.T - half).argmax(axis=1) for start in range(0, len(rows), _BLOCK)]
    return np.concatenate(parts)


def rows_of(of_row: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    """For each of `count` cells or clusters its rows, ascending. `of_row` int64 (n,): the one of each row."""
    order = np.argsort(of_row, kind="stable")
    return np.split(order, np.searchsorted(of_row[order], np.arange(1, count)))


def _apart(rows: Floats, centres: Floats) -> float:
    """What K-means lowers: the sum of the squared distances between rows and their nearest centres."""
    return float(((rows - centres[nearest_centre(rows, centres)]) ** 2).sum(dtype=np.float64))
