"""K-means from a sample, against scikit-learn's over all rows and on rows that are hard to tell apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.cluster import KMeans

from core.selection import kmeans as module
from core.selection.kmeans import kmeans, lloyd, nearest_centre
from tests.core.selection_pools import blob_numbers, blobs


@pytest.fixture
def from_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_ALL_ROWS_UP_TO", 0)


def inertia(rows: NDArray[np.float32], cluster_of: NDArray[np.int32]) -> float:
    parts = [rows[cluster_of == cluster].astype(np.float64) for cluster in np.unique(cluster_of)]
    return float(sum(((part - part.mean(axis=0)) ** 2).sum() for part in parts))


@pytest.mark.usefixtures("from_a_sample")
def test_a_sample_finds_heaps_that_lie_apart() -> None:
    sizes = [2000, 40, 700, 300]
    found = kmeans(blobs(sizes), 4, 0)
    assert len({(heap, cluster) for heap, cluster in zip(blob_numbers(sizes), found, strict=True)}) == 4


def test_clusters_from_a_sample_are_as_tight_as_those_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    middles = rng.normal(size=(60, 8))
    rows = (middles[rng.integers(60, size=12_000)] + 0.7 * rng.normal(size=(12_000, 8))).astype(np.float32)
    usual = np.mean([KMeans(30, n_init=1, random_state=seed).fit(rows).inertia_ for seed in range(3)])
    monkeypatch.setattr(module, "_ALL_ROWS_UP_TO", 0)
    assert np.mean([inertia(rows, kmeans(rows, 30, seed)) for seed in range(3)]) < 1.03 * usual


@pytest.mark.usefixtures("from_a_sample")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.integers(0, 300), count=st.integers(0, 40), kinds=st.integers(1, 300), seed=st.integers(0, 99))
def test_a_sample_of_any_rows_gives_the_same_numbers_twice(rows: int, count: int, kinds: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    vectors = rng.normal(size=(kinds, 3)).astype(np.float32)[rng.integers(kinds, size=rows)]  # with equals
    found = kmeans(vectors, count, seed)
    assert found.dtype == np.int32
    assert found.shape == (rows,)
    assert ((found >= 0) & (found < max(count, 1, rows if count >= rows else 0))).all()
    assert (kmeans(vectors, count, seed) == found).all()


def test_a_centre_without_rows_stays() -> None:
    rows = np.array([[0, 1], [0, 3], [5, 0], [7, 0]], np.float32)
    centres = lloyd(rows, np.array([[0, 0], [6, 1], [90, 90]], np.float32), 5)
    assert centres.tolist() == [[0, 2], [6, 0], [90, 90]]
    assert nearest_centre(rows, centres).tolist() == [0, 0, 1, 1]
