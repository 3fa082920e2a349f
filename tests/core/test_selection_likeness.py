"""The Pool on a plane: what looks alike lies together, and what labels speak for is known."""

from __future__ import annotations

import numpy as np

from core.jobs import Unwatched
from core.selection.likeness import likeness_map
from tests.core.selection_pools import blobs, flags, pool_of


def test_like_tiles_lie_together_and_a_label_speaks_for_its_own_heap() -> None:
    pool = pool_of(blobs([40, 30, 20], spread=0.1))
    heap = np.repeat([0, 1, 2], [40, 30, 20])
    found = likeness_map(pool, flags(90, 3), Unwatched())
    assert found.points.shape == (90, 2)
    assert found.points.min() >= 0
    assert found.points.max() <= 1
    middles = np.array([found.points[heap == h].mean(axis=0) for h in range(3)])
    nearest = np.linalg.norm(found.points[:, None] - middles[None], axis=2).argmin(axis=1)
    assert (nearest == heap).mean() > 0.95
    assert (found.covered == (heap == 0)).all(), "all that look like the labeled one, and no other"


def test_the_same_pool_gives_the_same_plane() -> None:
    vectors = blobs([20, 20], spread=0.2)
    first, second = (likeness_map(pool_of(vectors), flags(40), Unwatched()) for _ in range(2))
    np.testing.assert_array_equal(first.points, second.points)
    assert not first.covered.any()


def test_tiles_that_cannot_be_compared_have_no_place() -> None:
    vectors = blobs([10], spread=0.2)
    vectors[4] = np.nan
    found = likeness_map(pool_of(vectors), flags(10), Unwatched())
    assert np.flatnonzero(np.isnan(found.points).any(axis=1)).tolist() == [4]
    for count in range(4):
        few = likeness_map(pool_of(vectors[:count]), flags(count), Unwatched())
        assert np.isfinite(few.points).all()
        assert few.points.shape == (count, 2)
