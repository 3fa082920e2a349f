"""Nearest neighbours, near-duplicates and typicality."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.selection import near_duplicates, neighbours
from core.selection.cells import cells
from core.selection.facility import greedy
from core.selection.near_duplicates import near_duplicate_distance
from core.selection.nearest import nearest, nearest_by_cells
from core.selection.neighbours import build_graph, graph_of, unit_vectors
from core.selection.strategies import STRATEGIES
from tests.core.selection_pools import blobs, flags, pool_of


@settings(max_examples=40, deadline=None)
@given(count=st.integers(0, 60), wanted=st.integers(0, 70), seed=st.integers(0, 99))
def test_neighbours_are_those_of_brute_force(count: int, wanted: int, seed: int) -> None:
    points = np.random.default_rng(seed).normal(size=(count, 3)).astype(np.float32)
    indexes, distances = nearest(points, wanted)
    k = max(min(wanted, count - 1), 0)
    assert indexes.shape == distances.shape == (count, k)
    full = np.linalg.norm(points[:, None].astype(float) - points[None], axis=2)
    for row in range(count):
        assert row not in indexes[row]
        assert distances[row] == pytest.approx(np.sort(np.delete(full[row], row))[:k], abs=2e-3)
        assert full[row, indexes[row]] == pytest.approx(distances[row], abs=2e-3)


def test_blocks_of_rows_join_without_a_seam() -> None:
    points = np.random.default_rng(0).normal(size=(2100, 4)).astype(np.float32)
    indexes, _ = nearest(points, 5)
    for row in (0, 1023, 1024, 2099):
        distance = np.linalg.norm(points - points[row], axis=1)
        distance[row] = np.inf
        assert set(indexes[row]) == set(np.argsort(distance)[:5])


@settings(max_examples=40, deadline=None)
@given(count=st.integers(1, 60), wanted=st.integers(1, 70), kinds=st.integers(1, 60), seed=st.integers(0, 99))
def test_neighbours_by_cells_are_true_neighbours(count: int, wanted: int, kinds: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    points = rng.normal(size=(kinds, 3)).astype(np.float32)[rng.integers(kinds, size=count)]  # with equals
    indexes, distances = nearest_by_cells(points, wanted, cells(points))
    assert indexes.shape == distances.shape == (count, min(wanted, count - 1))
    full = np.linalg.norm(points[:, None].astype(float) - points[None], axis=2)
    for row in range(count):
        assert row not in indexes[row]
        assert len(set(indexes[row])) == len(indexes[row])
        assert full[row, indexes[row]] == pytest.approx(distances[row], abs=2e-3)
        assert (np.diff(distances[row]) >= 0).all()


def test_cells_miss_few_neighbours() -> None:
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(30, 8))[rng.integers(30, size=4000)] + rng.normal(size=(4000, 8))) @ rng.normal(
        size=(8, 64)
    )
    vectors = unit_vectors(points)
    exact, far = nearest(vectors, 20)
    found, near = nearest_by_cells(vectors, 20, cells(vectors))
    assert len(cells(vectors).centres) == 63, "sixteen of them are a quarter"
    assert np.mean([len(np.intersect1d(a, b)) / 20 for a, b in zip(exact, found, strict=True)]) > 0.9
    assert near.mean() < 1.02 * far.mean()
    assert (nearest_by_cells(vectors, 20, cells(vectors))[0] == found).all()


def test_a_graph_by_cells_covers_what_the_exact_one_does(monkeypatch: pytest.MonkeyPatch) -> None:
    points = np.repeat(blobs([200] * 10, spread=0.5), 2, axis=0)  # every Tile twice
    exact = build_graph(pool_of(points))
    monkeypatch.setattr(neighbours, "EXACT_UP_TO", 1000)
    rough = build_graph(pool_of(points))
    assert exact.count == rough.count
    assert (exact.members == rough.members).all(), "copies share a cell"
    assert rough.bandwidth == pytest.approx(exact.bandwidth, rel=0.05)
    nobody, everyone, ones = (np.full(exact.count, value, kind) for value, kind in ((0, "f4"), (1, "?"), (1, "f4")))
    best, ours = (greedy(graph.kernel, ones, nobody, everyone, 20).picked for graph in (exact, rough))
    near = np.exp((2 * exact.vectors @ exact.vectors.T - 2) / exact.bandwidth**2)  # of all pairs
    assert near[ours].max(axis=0).sum() > 0.98 * near[best].max(axis=0).sum()


def test_typicality_is_one_over_the_mean_distance_not_the_squared_one() -> None:
    graph = build_graph(pool_of([[1, 0, 0], [0, 1, 0], [-1, 0, 0]]))
    side, across = np.sqrt(2), 2.0
    assert graph.typicality == pytest.approx([2 / (side + across), 1 / side, 2 / (side + across)], rel=1e-5)
    assert graph.bandwidth == pytest.approx(2.0)  # the median of the distances to the last: 2, √2, 2
    assert graph.kernel.values[1] == pytest.approx([1, np.exp(-0.5), np.exp(-0.5)], rel=1e-5)


def test_typicality_looks_at_twenty_neighbours() -> None:
    points = np.random.default_rng(0).normal(size=(60, 10))
    graph = build_graph(pool_of(points))
    unit = unit_vectors(points.astype(np.float32))
    distances = np.sort(np.linalg.norm(unit[:, None] - unit[None], axis=2), axis=1)[:, 1:21]
    assert graph.typicality == pytest.approx(1 / distances.mean(axis=1), rel=1e-4)


def test_near_duplicates_share_one_member_and_different_tiles_do_not() -> None:
    rng = np.random.default_rng(0)
    land = blobs([40, 30], spread=0.2)
    water = np.tile(np.eye(16)[12], (200, 1)) + 0.002 * rng.normal(size=(200, 16))
    seam = np.tile(np.eye(16)[13], (7, 1))
    graph = build_graph(pool_of(np.concatenate([land, water, seam])))
    assert graph.count == 72
    assert len(set(graph.local[:70])) == 70
    assert graph.tiles_like.tolist() == [1] * 70 + [200, 7]
    assert graph.typicality[70:].max() < graph.typicality[:70].min(), "alike many times over is not typical"


@pytest.mark.parametrize("copies", [2, 3, 4, 5, 20])
def test_near_duplicates_are_known_however_often_they_come(copies: int) -> None:
    """Of four and more the 3rd neighbour is itself a copy."""
    pool = pool_of(blobs([copies] * 12, spread=0.01))
    graph = build_graph(pool)
    assert graph.tiles_like.tolist() == [copies] * 12
    ranking = STRATEGIES["auto"].query(pool, flags(len(pool)), None, 8, np.random.default_rng(0))
    said = [str(reason) for reason in ranking.reasons]
    assert said.count("Nearly the same as a tile ranked higher") == 12 * (copies - 1)
    assert said[0] == f"Stands for {copies} tiles that look like it"


def test_the_distance_of_near_duplicates_does_not_depend_on_how_many_rows_are_looked_at_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors = unit_vectors(blobs([400, 300], spread=0.2))
    whole = near_duplicate_distance(vectors)
    monkeypatch.setattr(near_duplicates, "_NUMBERS_AT_ONCE", 7 * 700)
    assert near_duplicate_distance(vectors) == pytest.approx(whole, rel=1e-4)


def test_equal_distances_go_by_number() -> None:
    square = np.array([[0, 0], [1, 0], [0, 1], [-1, 0], [0, -1], [5, 5]], np.float32)
    assert nearest(square, 2)[0][0].tolist() == [1, 2]
    assert nearest(square, 3)[0][0].tolist() == [1, 2, 3]


def test_a_gradual_change_is_not_one_duplicate() -> None:
    angle = np.linspace(0, 1.5, 400)
    chain = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    graph = build_graph(pool_of(chain))
    assert graph.count > 50
    assert graph.tiles_like.max() <= 8, "each stands for what is all but the same, a degree or so"


@pytest.mark.parametrize("value", [0.0, 1.0, -3.0])
@pytest.mark.parametrize("dimensions", [1, 4])
def test_all_identical_tiles_are_one(value: float, dimensions: int) -> None:
    graph = build_graph(pool_of(np.full((300, dimensions), value)))
    assert graph.count == 1
    assert graph.local.tolist() == [0] * 300
    assert np.isfinite(graph.typicality).all()


def test_one_dimension_keeps_its_order() -> None:
    graph = build_graph(pool_of(np.arange(1, 9)[:, None]))
    assert graph.count == 8
    assert graph.neighbours[0, 0] == 1
    assert graph.neighbours[7, 0] == 6


def test_tiles_without_embedding_or_data_take_no_part() -> None:
    points = blobs([6, 6])
    points[2] = np.nan
    share = np.ones(12)
    share[5] = 0.2
    graph = build_graph(pool_of(points, share))
    assert graph.local[[2, 5]].tolist() == [-1, -1]
    assert graph.members.tolist() == [0, 1, 3, 4, 6, 7, 8, 9, 10, 11]


def test_the_graph_is_kept_with_its_pool_and_goes_with_it() -> None:
    pool = pool_of(blobs([10, 10]))
    graph = graph_of(pool)
    assert graph_of(pool) is graph
    gone = weakref.ref(graph)
    del pool, graph
    gc.collect()
    assert gone() is None


def test_the_graph_does_not_depend_on_the_number_of_threads() -> None:
    """The last digits of a product do; and they would show in every score."""
    points = np.random.default_rng(0).normal(size=(500, 496)).astype(np.float32)
    graphs = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            graphs.append(graph_of(pool_of(points)))
    assert np.array_equal(graphs[0].distances, graphs[1].distances)
    assert np.array_equal(graphs[0].neighbours, graphs[1].neighbours)
