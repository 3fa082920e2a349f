"""TypiClust on heaps whose order is known, and the traps of the published code."""

from __future__ import annotations

import numpy as np
import pytest

from core.selection.neighbours import graph_of
from core.selection.strategies import STRATEGIES
from core.selection.typiclust import clusters, smallest_kept
from tests.core.selection_pools import blob_numbers, blobs, flags, pool_of

SIZES = [20, 40, 12, 30]
typiclust = STRATEGIES["typiclust"].query


def test_one_tile_of_each_heap_the_largest_first() -> None:
    ranking = typiclust(pool_of(blobs(SIZES)), flags(102), None, 4, np.random.default_rng(0))
    assert blob_numbers(SIZES)[ranking.order[:4]].tolist() == [1, 3, 0, 2]
    assert [str(reason) for reason in ranking.reasons[:2]] == [
        "Typical of 40 tiles that look like it",
        "Typical of 30 tiles that look like it",
    ]
    assert ranking.regimes[:4] == ("typical",) * 4


def test_the_pick_is_the_most_typical_of_its_heap() -> None:
    pool = pool_of(blobs(SIZES))
    ranking = typiclust(pool, flags(102), None, 4, np.random.default_rng(0))
    vectors = graph_of(pool).vectors
    apart = np.sort(np.linalg.norm(vectors[:, None] - vectors, axis=2), axis=1)[:, 1:]
    for place, heap in enumerate([1, 3, 0, 2]):
        inside = np.flatnonzero(blob_numbers(SIZES) == heap)
        typicality = 1 / apart[inside, : min(20, len(inside))].mean(axis=1)
        assert ranking.order[place] == inside[typicality.argmax()]
        assert ranking.scores[place] == pytest.approx(typicality.max(), rel=1e-4)


def test_heaps_with_a_label_wait_and_then_it_goes_round_again() -> None:
    pool = pool_of(blobs(SIZES))
    ranking = typiclust(pool, flags(102, 25, 26), None, 2, np.random.default_rng(0))  # two labels in heap 1
    heaps = blob_numbers(SIZES)[ranking.order]
    assert heaps[:3].tolist() == [3, 0, 2], "no label there yet"
    assert heaps[3:6].tolist() == [3, 0, 2], "one label against two"
    assert heaps[6:10].tolist() == [1, 3, 0, 2], "as many everywhere: by size"


def test_small_clusters_are_dropped_behind_the_others() -> None:
    sizes = [30, 5, 25]
    ranking = typiclust(pool_of(blobs(sizes)), flags(60), None, 3, np.random.default_rng(0))
    heaps = blob_numbers(sizes)[ranking.order]
    assert heaps[:4].tolist() == [0, 2, 0, 2]
    assert (heaps[-5:] == 1).all()
    assert ranking.regimes[-1] == "rest"
    assert str(ranking.reasons[-1]) == "One of only 5 tiles that look like it"


@pytest.mark.parametrize(("sizes", "kept"), [([40, 30, 5], 6), ([6, 3, 3], 3), ([1, 1, 1], 1), ([0, 0], 1)])
def test_where_all_clusters_are_small_they_are_not_all_dropped(sizes: list[int], kept: int) -> None:
    assert smallest_kept(np.array(sizes)) == kept


def test_a_mass_of_equal_tiles_is_not_the_most_typical() -> None:
    nodata = np.tile(np.eye(16)[9], (300, 1))
    order = typiclust(
        pool_of(np.concatenate([nodata, blobs([40, 30], spread=0.1)])), flags(370), None, 2, np.random.default_rng(0)
    ).order
    assert (order[:2] >= 300).all()
    assert blob_numbers([300, 40, 30])[order[:2]].tolist() == [1, 2]


def test_five_calls_five_times_the_same_answer() -> None:
    points = np.random.default_rng(3).normal(size=(700, 24))
    orders = {tuple(typiclust(pool_of(points), flags(700), None, 30, np.random.default_rng(7)).order) for _ in range(5)}
    assert len(orders) == 1
    assert tuple(typiclust(pool_of(points), flags(700), None, 30, np.random.default_rng(8)).order) not in orders


def test_clusters_are_kept_for_the_next_call() -> None:
    graph = graph_of(pool_of(blobs(SIZES)))
    assert clusters(graph, 4, 1) is clusters(graph, 4, 1)
    assert len(set(clusters(graph, 4, 1))) == 4


def test_more_budget_than_tiles_starts_with_the_most_typical() -> None:
    pool = pool_of(blobs([20, 20], spread=0.3))
    ranking = typiclust(pool, flags(40), None, 1000, np.random.default_rng(0))
    assert (np.diff(ranking.scores) <= 0).all()
