"""Closed shapes as pixels."""

from __future__ import annotations

import numpy as np
import pytest
from skimage.draw import polygon2mask

from core.geometry import Rect
from core.labels.shapes import polygon_pixels

BOUNDS = Rect(0, 0, 60, 50)


@pytest.mark.parametrize("corners", [3, 4, 7, 40])
def test_a_polygon_is_what_lies_inside_by_the_even_odd_rule(corners: int) -> None:
    """Also where its line crosses itself and leaves the tile; scikit-image asks every pixel on its own."""
    rng = np.random.default_rng(corners)
    for _ in range(10):
        points = [(float(x), float(y)) for x, y in rng.uniform(-15, 75, (corners, 2))]
        rect, pixels = polygon_pixels(points, BOUNDS)
        found = np.zeros((BOUNDS.height, BOUNDS.width), bool)
        found[rect.slices] = pixels
        wanted = polygon2mask(found.shape, np.array([(y - 0.5, x - 0.5) for x, y in points]))
        assert np.array_equal(found, wanted)


def test_what_encloses_nothing_has_no_pixels() -> None:
    for points in ([], [(5.2, 5.2)] * 4, [(5.0, 5.0), (20.0, 5.0)], [(70.0, 5.0), (90.0, 5.0), (80.0, 20.0)]):
        assert not polygon_pixels(points, BOUNDS)[1].any()


def test_a_square_between_centres() -> None:
    rect, pixels = polygon_pixels([(10, 20), (14, 20), (14, 23), (10, 23)], BOUNDS)
    ys, xs = np.nonzero(pixels)
    assert (xs.min() + rect.x, xs.max() + rect.x, ys.min() + rect.y, ys.max() + rect.y) == (10, 13, 20, 22)
    assert pixels.sum() == 12
