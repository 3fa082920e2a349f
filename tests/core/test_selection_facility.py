"""The coverage objective, its greedy maximisation and MaxHerding, against hand-worked cases and brute force."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.selection import facility
from core.selection.facility import all_gains, coverage_by, greedy
from core.selection.neighbours import COMPLETE_UP_TO, GRAPH_NEIGHBOURS, Graph, Kernel, build_graph, graph_of
from core.selection.strategies import STRATEGIES
from tests.core.selection_pools import blobs, flags, objective, pool_of

Dense = NDArray[np.float32]


def kernel_of(dense: Dense) -> Kernel:
    """All pairs, each row its own node first."""
    count = len(dense)
    nodes = np.array([[n, *(i for i in range(count) if i != n)] for n in range(count)], np.int32).reshape(count, count)
    return Kernel(nodes, np.take_along_axis(dense, nodes.astype(np.int64), axis=1))


@st.composite
def kernels(draw: st.DrawFn) -> tuple[Dense, Dense]:
    """A symmetric kernel with many equal values, and weights, some of them 0."""
    count = draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    dense = rng.integers(0, 5, (count, count)) / 4
    dense = np.maximum(dense, dense.T)
    np.fill_diagonal(dense, 1.0)
    return dense.astype(np.float32), (rng.integers(0, 4, count) / 4).astype(np.float32)


def value(dense: Dense, weights: Dense, chosen: tuple[int, ...]) -> float:
    return float((weights * dense[:, list(chosen)].max(axis=1)).sum()) if chosen else 0.0


def test_a_case_worked_by_hand() -> None:
    dense = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.2], [0.0, 0.2, 1.0]], np.float32)
    kernel, weights, nothing = kernel_of(dense), np.ones(3, np.float32), np.zeros(3, np.float32)
    assert all_gains(kernel, weights, nothing) == pytest.approx([1.5, 1.7, 1.2])
    result = greedy(kernel, weights, nothing, np.ones(3, np.bool_), 3)
    assert result.picked.tolist() == [1, 2, 0]
    assert result.gains == pytest.approx([1.7, 0.8, 0.5])
    assert objective(kernel, weights, np.array([1, 2])) == pytest.approx(2.5)
    assert coverage_by(kernel, np.array([0])) == pytest.approx([1.0, 0.5, 0.0])


def test_rounding_does_not_decide_between_equals() -> None:
    """Two Tiles that stand for each other alone always add the same; sums in another order differ by a last digit."""
    far, near = np.float32(0.1), np.float32(0.7)
    dense = np.array([[1.0, near, far], [near, 1.0, far], [far, far, 1.0]], np.float32)
    covered = np.array([0.3, 0.2, 0.95], np.float32)
    for noise in (-1e-7, 0.0, 1e-7):
        uneven = dense + np.array([[0, 0, 0], [noise, 0, 0], [0, 0, 0]], np.float32)
        result = greedy(kernel_of(uneven), np.ones(3, np.float32), covered, np.ones(3, np.bool_), 1)
        assert result.picked.tolist() == [0]


def test_weights_candidates_and_earlier_cover_count() -> None:
    dense = np.array([[1.0, 0.5, 0.0], [0.5, 1.0, 0.2], [0.0, 0.2, 1.0]], np.float32)
    kernel = kernel_of(dense)
    weights, covered = np.array([1.0, 0.0, 2.0], np.float32), np.array([0.0, 0.0, 0.9], np.float32)
    result = greedy(kernel, weights, covered, np.array([False, True, True]), 5)
    assert result.picked.tolist() == [1, 2]
    assert result.gains == pytest.approx([0.5, 0.2])
    assert np.isneginf(result.left).all()


@settings(max_examples=150, deadline=None)
@given(case=kernels())
def test_greedy_takes_the_best_every_time(case: tuple[Dense, Dense]) -> None:
    dense, weights = case
    count = len(dense)
    result = greedy(kernel_of(dense), weights, np.zeros(count, np.float32), np.ones(count, np.bool_), count)
    chosen: tuple[int, ...] = ()
    for node, gain in zip(result.picked.tolist(), result.gains, strict=True):
        so_far = value(dense, weights, chosen)
        gains = [value(dense, weights, (*chosen, i)) - so_far if i not in chosen else -1.0 for i in range(count)]
        assert gain == pytest.approx(max(gains), abs=1e-6)
        assert gains[node] == pytest.approx(max(gains), abs=1e-6)
        chosen = (*chosen, node)
    assert sorted(chosen) == list(range(count))


@settings(max_examples=60, deadline=None)
@given(case=kernels(), size=st.integers(1, 4))
def test_greedy_is_within_its_bound_of_the_best_set(case: tuple[Dense, Dense], size: int) -> None:
    dense, weights = case
    count = len(dense)
    result = greedy(kernel_of(dense), weights, np.zeros(count, np.float32), np.ones(count, np.bool_), size)
    best = max(value(dense, weights, chosen) for chosen in combinations(range(count), min(size, count)))
    assert float(result.gains.sum()) >= (1 - 1 / np.e) * best - 1e-6


@settings(max_examples=100, deadline=None)
@given(case=kernels(), data=st.data())
def test_the_objective_is_monotone_and_submodular(case: tuple[Dense, Dense], data: st.DataObject) -> None:
    dense, weights = case
    kernel, nodes = kernel_of(dense), st.sets(st.integers(0, len(dense) - 1))
    small = data.draw(nodes)
    large = small | data.draw(nodes)
    node = data.draw(st.integers(0, len(dense) - 1))

    def f(chosen: set[int]) -> float:
        return objective(kernel, weights, np.array(sorted(chosen), np.int64))

    assert f(small) == pytest.approx(value(dense, weights, tuple(small)), abs=1e-6)
    assert f(large) >= f(small) - 1e-6
    assert f(small | {node}) - f(small) >= f(large | {node}) - f(large) - 1e-6


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), labels=st.integers(0, 4))
def test_coverage_is_max_herding_by_the_formula_on_small_pools(seed: int, labels: int) -> None:
    points = blobs([9, 6, 8], spread=0.3, seed=seed)
    pool, labeled = pool_of(points), flags(23, *range(0, 3 * labels, 3))
    graph = graph_of(pool)
    assert graph.count == 23
    unit = points / np.linalg.norm(points, axis=1, keepdims=True)
    distances = np.linalg.norm(unit[:, None] - unit[None], axis=2)
    h0 = np.median(np.sort(distances, axis=1)[:, 20])
    assert graph.bandwidth == pytest.approx(h0, rel=1e-4)
    dense = np.exp(-((distances / h0) ** 2))
    ranking = STRATEGIES["coverage"].query(pool, labeled, None, 5, np.random.default_rng(0))
    best = dense[:, labeled].max(axis=1) if labeled.any() else np.zeros(23)
    open_tiles = ~labeled
    for tile, score in zip(ranking.order, ranking.scores, strict=True):
        gains = np.maximum(dense - best[:, None], 0).sum(axis=0)
        assert score == pytest.approx(gains[tile], abs=1e-3)
        assert gains[tile] == pytest.approx(gains[open_tiles].max(), abs=1e-3)
        best = np.maximum(best, dense[:, tile])
        open_tiles[tile] = False


def test_gains_do_not_depend_on_how_many_rows_are_added_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    kernel = build_graph(pool_of(rng.normal(size=(600, 8)))).kernel
    weights, covered = (rng.random(kernel.count).astype(np.float32) for _ in range(2))
    whole = all_gains(kernel, weights, covered)
    monkeypatch.setattr(facility, "_BLOCK", 97)
    assert all_gains(kernel, weights, covered) == pytest.approx(whole, rel=1e-12)


def share_of_full(graph: Graph, count: int) -> float:
    """What a choice on the graph covers, of what the greedy choice by the full kernel does."""
    dense = np.exp((2 * graph.vectors @ graph.vectors.T - 2) / graph.bandwidth**2)
    best = np.zeros(graph.count)
    for _ in range(count):
        best = np.maximum(best, dense[:, int(np.maximum(dense - best[:, None], 0).sum(axis=0).argmax())])
    ones, allowed = np.ones(graph.count, np.float32), np.ones(graph.count, np.bool_)
    sparse = greedy(graph.kernel, ones, np.zeros(graph.count, np.float32), allowed, count).picked
    return float(dense[:, sparse].max(axis=1).sum() / best.sum())


def test_the_sparse_graph_sees_how_much_of_one_kind_there_is() -> None:
    """Where heaps hold more Tiles than a Tile has neighbours in the graph."""
    graph = build_graph(pool_of(blobs([1200, 700, 400, 300, 200, 100, 60, 40], dimensions=24, spread=0.12)))
    assert graph.count > COMPLETE_UP_TO
    assert share_of_full(graph, 10) >= 0.98


def test_the_sparse_graph_covers_nearly_what_the_full_kernel_would() -> None:
    graph = build_graph(pool_of(np.random.default_rng(0).normal(size=(1500, 12)).astype(np.float32)))
    assert graph.count > COMPLETE_UP_TO
    assert graph.neighbours.shape[1] == GRAPH_NEIGHBOURS
    assert share_of_full(graph, 20) >= 0.98
