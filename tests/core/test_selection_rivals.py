"""Coreset, ProbCover, UHerding and TCM against the plainest possible versions of themselves on small Pools."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.selection.neighbours import graph_of
from core.selection.pool import ModelState, Pool
from core.selection.probcover import PURITY, radius
from core.selection.strategies import STRATEGIES
from core.selection.tcm import SWITCH_AT
from core.selection.typiclust import clusters
from tests.core.selection_pools import blobs, flags, pool_of

small_pools = st.builds(
    lambda seed, count: pool_of(np.random.default_rng(seed).normal(size=(count, 6))), st.integers(0, 999),
    st.integers(8, 40),
)  # fmt: skip
label_seeds = st.integers(0, 99)


def order_of(name: str, pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None = None) -> list[int]:
    return STRATEGIES[name].query(pool, labeled, state, 5, np.random.default_rng(0)).order.tolist()


def distances_of(pool: Pool) -> NDArray[np.float64]:
    vectors = pool.embeddings / np.linalg.norm(pool.embeddings, axis=1, keepdims=True)
    found: NDArray[np.float64] = np.linalg.norm(vectors[:, None] - vectors[None], axis=2).astype(np.float64)
    return found


def some_labels(pool: Pool, seed: int, most: int = 4) -> NDArray[np.bool_]:
    rng = np.random.default_rng(seed)
    labeled = flags(len(pool), *rng.permutation(len(pool))[: rng.integers(1, most + 1)])
    return labeled


def distinct(pool: Pool) -> bool:
    return graph_of(pool).count == len(pool)


@settings(max_examples=40, deadline=None)
@given(pool=small_pools, seed=label_seeds)
def test_coreset_takes_the_farthest(pool: Pool, seed: int) -> None:
    if not distinct(pool):
        return
    labeled, apart = some_labels(pool, seed), distances_of(pool)
    order = order_of("coreset", pool, labeled)
    chosen = np.flatnonzero(labeled).tolist()
    for tile in order:
        far = apart[:, chosen].min(axis=1)
        far[chosen] = -1
        assert far[tile] == pytest.approx(far.max(), abs=2e-3)
        chosen.append(tile)


def test_coreset_starts_in_the_middle_and_then_goes_far() -> None:
    points = np.array([[1, 0.1], [0.9, 0.4], [0.7, 0.7], [0.4, 0.9], [0.1, 1], [0.6, -0.5]])
    ranking = STRATEGIES["coreset"].query(pool_of(points), flags(6), None, 3, np.random.default_rng(0))
    assert ranking.order[:3].tolist() == [1, 5, 4]
    assert str(ranking.reasons[0]) == "Nearest to the average tile"
    assert str(ranking.reasons[1]) == "Farthest from what is labeled"


@settings(max_examples=40, deadline=None)
@given(pool=small_pools, seed=label_seeds)
def test_uherding_maximises_the_doubt_it_covers(pool: Pool, seed: int) -> None:
    if not distinct(pool):
        return
    labeled, apart = some_labels(pool, seed), distances_of(pool)
    doubt = np.random.default_rng(seed).random(len(pool)).astype(np.float32)
    kernel = np.exp(-((apart / graph_of(pool).bandwidth) ** 2))
    order = order_of("uherding", pool, labeled, ModelState(doubt))
    weights = np.where(labeled, 0.0, doubt)
    covered = kernel[:, labeled].max(axis=1)
    for tile in order[:6]:
        gains = (np.maximum(kernel - covered[:, None], 0) * weights[:, None]).sum(axis=0)
        assert gains[tile] == pytest.approx(gains[order].max(), abs=1e-3)
        covered = np.maximum(covered, kernel[:, tile])


def test_uherding_without_a_prediction_is_coverage() -> None:
    pool = pool_of(blobs([20, 12, 9], spread=0.3))
    for labeled in (flags(41), flags(41, 3, 30)):
        assert order_of("uherding", pool, labeled) == order_of("coverage", pool, labeled)


def test_uherding_goes_where_the_doubt_is_and_says_so() -> None:
    pool = pool_of(blobs([20, 10, 10], spread=0.1))
    doubt = np.repeat([0.01, 0.9, 0.05], [20, 10, 10]).astype(np.float32)
    found = STRATEGIES["uherding"].query(pool, flags(40, 0), ModelState(doubt), 8, np.random.default_rng(0))
    assert 20 <= found.order[0] < 30
    assert (found.regimes[0], str(found.reasons[0])) == ("doubt", "Stands for what the model is unsure of (90 % doubt)")
    of_sure = next(place for place, tile in enumerate(found.order) if tile >= 30)
    assert found.regimes[of_sure] == "coverage", "nobody is unsure of these"


@settings(max_examples=40, deadline=None)
@given(pool=small_pools, seed=label_seeds)
def test_probcover_takes_the_ball_with_most_uncovered(pool: Pool, seed: int) -> None:
    if not distinct(pool):
        return
    labeled, graph = some_labels(pool, seed, most=2), graph_of(pool)
    delta = radius(graph, int(np.random.default_rng(0).integers(2**31 - 1)))
    inside = np.eye(len(pool), dtype=np.bool_)  # from the graph's own distances: δ is one of them, to the last bit
    np.put_along_axis(inside, graph.neighbours.astype(np.int64), graph.distances < delta, axis=1)
    uncovered = ~inside[:, labeled].any(axis=1)
    for tile in order_of("probcover", pool, labeled):
        degrees = inside[uncovered].sum(axis=0)
        degrees[labeled] = 0
        if not degrees.max():
            break
        assert degrees[tile] == degrees.max()
        uncovered &= ~inside[:, tile]


@settings(max_examples=30, deadline=None)
@given(pool=small_pools)
def test_the_radius_is_the_largest_with_pure_balls(pool: Pool) -> None:
    graph = graph_of(pool)
    delta = radius(graph, 1)
    labels = clusters(graph, min(20, max(graph.count // 5, 1)), 1)
    if len(set(labels)) == 1:
        assert delta > 0
        return
    vectors = graph.vectors.astype(np.float64)
    apart = np.linalg.norm(vectors[:, None] - vectors[None], axis=2)

    def purity(size: float) -> float:
        pure = [(labels[apart[i] < size] == labels[i]).all() for i in range(graph.count)]
        return float(np.mean(pure))

    assert purity(delta - 1e-4) >= PURITY
    assert purity(delta + 1e-4) < PURITY


def test_tcm_switches_once_there_are_labels_and_a_model() -> None:
    pool = pool_of(blobs([30, 25, 20], spread=0.3))
    doubt = ModelState(np.random.default_rng(0).random(75).astype(np.float32))
    few, many = flags(75, *range(SWITCH_AT - 1)), flags(75, *range(SWITCH_AT))
    assert order_of("tcm", pool, few, doubt) == order_of("typiclust", pool, few, doubt)
    assert order_of("tcm", pool, many, doubt) == order_of("margin", pool, many, doubt)
    assert order_of("tcm", pool, many, None) == order_of("typiclust", pool, many, None)
