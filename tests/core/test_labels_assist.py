"""What looks alike: pixels that a tool takes for the same as the place that was touched."""

from __future__ import annotations

import numpy as np
import pytest

from core.geometry import Rect
from core.labels.assist import Colours, flood_pixels, similar_pixels, superpixels

SIDE = 80
_YS, _XS = np.mgrid[:SIDE, :SIDE]
DISC = (_XS - 40) ** 2 + (_YS - 40) ** 2 <= 20**2


def painting(texture: float, inside: int = 170, outside: int = 80) -> Colours:
    """A disc on ground, both with texture of that standard deviation."""
    values = np.where(DISC, inside, outside)[..., None] + np.random.default_rng(3).normal(0, texture, (SIDE, SIDE, 3))
    return Colours.of(values.clip(0, 255).astype(np.uint8))


def test_texture_leaves_few_holes_and_does_not_let_the_ground_in() -> None:
    chosen = similar_pixels(painting(texture=30), 40, 40, 30)
    assert chosen[DISC].mean() > 0.93, "raw colours within 30 of the place's would be 55 %"
    assert chosen[~DISC].mean() < 0.05


def test_clear_edges_stay_where_they_are() -> None:
    assert np.array_equal(similar_pixels(painting(texture=0), 40, 40, 20), DISC)
    assert np.array_equal(flood_pixels(painting(texture=0), 2, 2, 20), ~DISC)


def test_a_place_at_the_edge_of_the_tile() -> None:
    chosen = similar_pixels(painting(texture=10), 0, SIDE - 1, 30)
    assert chosen[SIDE - 1, 0]
    assert chosen[~DISC].mean() > 0.95


def test_a_track_of_three_pixels_is_filled_to_its_edges_and_its_ends() -> None:
    image = np.full((SIDE, SIDE, 3), 80, np.uint8)
    image[10:13, 5:70] = 200
    track = image[..., 0] == 200
    chosen = flood_pixels(Colours.of(image), 30, 11, 20)
    assert np.array_equal(chosen, track)


def test_a_part_of_the_tile_is_as_in_the_whole() -> None:
    colours, part = painting(texture=20), Rect(30, 25, 33, 40)
    whole = similar_pixels(colours, 41, 38, 30)
    assert np.array_equal(similar_pixels(colours, 41, 38, 30, part), whole[part.slices])


@pytest.mark.parametrize("diameter_px", [8, 16, 32])
def test_noise_makes_no_superpixel_many_times_its_size(diameter_px: int) -> None:
    """One click of the wand painted half a tile."""
    image = np.full((256, 256, 3), 100.0)
    image[:, 128:] = (180, 90, 150)
    noisy = np.clip(image + np.random.default_rng(0).normal(0, 30, image.shape), 0, 255).astype(np.uint8)
    found = superpixels(noisy, diameter_px)
    sizes = np.bincount(found.ravel()) / diameter_px**2
    assert sizes.max() < 3
    assert len(sizes) > 0.9 * (256 / diameter_px) ** 2
    right = np.bincount(found.ravel(), np.tile(np.arange(256) >= 128, 256)) / np.bincount(found.ravel())
    assert np.minimum(right, 1 - right).mean() < 0.05, "few lie over the edge"
