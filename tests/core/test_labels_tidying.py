"""Tidying of painted areas, compared with what its words say, pixel by pixel."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from core.labels.classes import IGNORE
from core.labels.tidying import smoothed, without_holes, without_specks


def blocks(seed: int) -> NDArray[np.uint8]:
    """(24, 30): blocks of 0, 1, 2 and ignored pixels, with single ones strewn in."""
    rng = np.random.default_rng(seed)
    values = np.array([0, 1, 2, IGNORE], np.uint8)
    labels = np.kron(values[rng.integers(0, 4, (4, 5))], np.ones((6, 6), np.uint8))
    strewn = rng.random(labels.shape) < 0.2
    labels[strewn] = values[rng.integers(0, 4, strewn.sum())]
    return labels


@pytest.mark.parametrize("seed", range(3))
def test_smoothing_takes_the_commonest_label_and_a_tie_stays(seed: int) -> None:
    labels = blocks(seed)
    padded = np.pad(labels, 2, mode="edge")
    disc = [(y, x) for y in range(-2, 3) for x in range(-2, 3) if y * y + x * x <= 4]
    wanted = labels.copy()
    for (row, column), own in np.ndenumerate(labels):
        votes = Counter(int(padded[row + 2 + y, column + 2 + x]) for y, x in disc)
        most = max(votes.values())
        best = [value for value in sorted(votes) if votes[value] == most]
        wanted[row, column] = own if own in best else best[0]
    assert (wanted != labels).any()
    assert np.array_equal(smoothed(labels), wanted)


def test_a_hole_takes_the_class_that_is_all_round_it() -> None:
    labels = np.full((20, 20), 1, np.uint8)
    labels[5:15, 5:15] = 2
    labels[8:10, 8:10] = 0  # in the inner class
    labels[2, 10] = 0  # in the outer one
    labels[4:6, 10] = 0  # between the two
    labels[0:2, 3] = 0  # at the edge of the tile
    found = without_holes(labels, 4)
    assert (found[8:10, 8:10] == 2).all(), "not the outer class, though that is round it, too"
    assert found[2, 10] == 1
    assert not found[4:6, 10].any()
    assert not found[0:2, 3].any()
    assert (found != labels).sum() == 5
    assert not without_holes(labels, 3)[8:10, 8:10].any()


def test_specks_hang_together_over_corners() -> None:
    labels = np.zeros((12, 12), np.uint8)
    labels[1, 1] = labels[2, 2] = labels[3, 3] = 1
    labels[2, 1] = 2  # touches them, but is another class
    labels[8:11, 8:11] = IGNORE
    assert not without_specks(labels, 3)[:8].any()
    assert np.array_equal(without_specks(labels, 2) == 1, labels == 1)
    assert not (without_specks(labels, 2) == 2).any()
    assert np.array_equal(without_specks(labels, 8)[8:], labels[8:])


@pytest.mark.parametrize("value", [0, 1])
def test_a_tile_of_one_kind_stays(value: int) -> None:
    labels = np.full((9, 9), value, np.uint8)
    assert np.array_equal(smoothed(labels), labels)
    assert np.array_equal(without_holes(labels, 100), labels)
    assert np.array_equal(without_specks(labels, 64), labels)
