"""The stop signal: what it expects of curves whose future is known, and when it keeps silent."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from numpy.typing import NDArray

from core.learning.outlook import JudgedRound, outlook, outlook_sentence

TILE_PX = 100_000  # of each of the two classes


def table(iou: float) -> list[list[int]]:
    """Of a Tile on which both classes have this IoU."""
    right = round(2 * TILE_PX * iou / (1 + iou))
    return [[right, TILE_PX - right], [TILE_PX - right, right]]


def judged(tiles: int, iou: float, by: Iterable[int] = range(6)) -> JudgedRound:
    """A round that has the same score on every Tile."""
    return JudgedRound(tiles, (1, 2), {tile: table(iou) for tile in by})


FLAT = [judged(8, 0.700), judged(16, 0.702), judged(24, 0.701), judged(32, 0.702), judged(40, 0.702)]


def test_a_straight_curve_is_carried_on() -> None:
    """Sixteen tiles were learned from and six held out: of 22 more a part is held out as well, which is a doubling."""
    found = outlook([judged(4, 0.50), judged(8, 0.55), judged(16, 0.60)], more_tiles=22)
    assert found is not None
    assert found.gain == pytest.approx(0.05, abs=1e-4)
    reach = 12.706 * 0.005 / 2**0.5  # Student's t with one degree of freedom, half a point of chance
    assert (found.low, found.high) == (pytest.approx(0.05 - reach, abs=1e-4), pytest.approx(0.05 + reach, abs=1e-4))
    assert not found.hardly_helps


def test_three_equal_rounds_prove_nothing() -> None:
    """A training that finds nothing better ends with the model it began with, and its score."""
    found = outlook([judged(4, 0.7), judged(8, 0.7), judged(12, 0.7)], more_tiles=8)
    assert found is not None
    assert found.low < -0.01 < 0.01 < found.high
    assert not found.hardly_helps


def test_a_flat_curve_says_that_more_will_hardly_help() -> None:
    found = outlook(FLAT, more_tiles=8)
    assert found is not None
    assert found.hardly_helps
    assert "hardly help" in str(outlook_sentence(found, 10))


def test_a_flat_curve_is_not_believed_while_random_checks_rise() -> None:
    rising = [(8, 0.60), (16, 0.70), (24, 0.76), (32, 0.80), (40, 0.83)]
    found = outlook(FLAT, 8, rising)
    assert found is not None
    assert found.is_flat
    assert not found.hardly_helps
    assert "random checks" in str(outlook_sentence(found, 10))
    up_and_down = [(8, 0.80), (16, 0.60), (24, 0.90), (32, 0.70), (40, 0.85)]
    level = [(tiles, 0.7) for tiles in (8, 16, 24, 32, 40)]
    for checks in (up_and_down, rising[:2], [], [(2, 0.1), (4, 0.3), *level]):
        assert outlook(FLAT, 8, checks) == outlook(FLAT, 8), checks


def test_noise_makes_the_interval_wide_and_keeps_hope() -> None:
    found = outlook([judged(4, 0.50), judged(8, 0.60), judged(12, 0.52)], more_tiles=6)
    assert found is not None
    assert found.low < 0 < found.high
    assert not found.hardly_helps


@pytest.mark.parametrize(
    "rounds",
    [
        [],
        [judged(4, 0.5), judged(8, 0.6)],
        [judged(4, 0.5), judged(4, 0.6), judged(4, 0.55)],
        [judged(tiles, 0.5, by=range(4)) for tiles in (4, 8, 16)],
        [judged(tiles, 0.5, by=range(tiles, tiles + 6)) for tiles in (4, 8, 16)],
    ],
)
def test_it_is_silent_on_too_few_rounds_and_on_too_few_tiles_that_judge_them(rounds: list[JudgedRound]) -> None:
    assert outlook(rounds, 8) is None
    assert outlook([judged(4, 0.5), judged(8, 0.6), judged(16, 0.7)], 0) is None


def test_tiles_that_judge_later_rounds_alone_do_not_bend_the_curve() -> None:
    """What was held out first is easy, what joined it is hard: the score falls, though every Tile gets better."""
    rounds, alone = [], []
    for number, tiles in enumerate((8, 12, 16, 20, 24)):
        easy = {tile: table(0.80 + 0.01 * number) for tile in range(5)}
        hard = {10 + tile: table(0.30) for tile in range(2 * number)}
        rounds.append(JudgedRound(tiles, (1, 2), easy | hard))
        alone.append(JudgedRound(tiles, (1, 2), easy))
    found, expected = outlook(rounds, 8 + 4), outlook(alone, 8)
    assert found is not None
    assert expected is not None
    assert found.low > 0
    assert found.gain / np.log2(1 + 12 / (24 + 13)) == pytest.approx(expected.gain / np.log2(1 + 8 / (24 + 5)))


def test_rounds_too_few_tiles_have_judged_are_left_behind() -> None:
    first = [judged(4, 0.1, by=range(2)), judged(8, 0.2, by=range(3))]
    later = [judged(12, 0.70), judged(16, 0.71), judged(20, 0.72)]
    assert outlook([*first, *later], 8) == outlook(later, 8) is not None


def test_paint_that_has_changed_and_other_classes_do_not_compare() -> None:
    rounds = [judged(4, 0.5), judged(8, 0.6), judged(16, 0.7)]
    half = [[count // 2 for count in row] for row in table(0.5)]
    repainted = [JudgedRound(4, (1, 2), dict.fromkeys(range(6), half)), *rounds[1:]]
    assert outlook(repainted, 8) is None
    assert outlook([JudgedRound(4, (1, 3), rounds[0].tables), *rounds[1:]], 8) is None
    one = [JudgedRound(4, (1, 2), {**rounds[0].tables, 5: half}), *rounds[1:]]
    assert outlook(one, 8) is not None, "five are left"


def test_a_class_that_only_later_rounds_are_judged_by_is_not_left_out() -> None:
    """Of six rounds' common tiles none shows the class that is being learned: without it the curve is flat."""
    with_rare = JudgedRound(24, (1, 2), {tile: [[TILE_PX, 0], [0, 0]] for tile in range(5)} | {9: table(0.6)})
    without = [JudgedRound(tiles, (1, 2), {t: [[TILE_PX, 0], [0, 0]] for t in range(5)}) for tiles in (8, 12, 16, 20)]
    assert outlook(without, 8) is not None
    assert outlook([*without, with_rare], 8) is None


@pytest.mark.parametrize(("rounds", "first"), [(5, 5), (6, 9)])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(rounds: int, first: int) -> None:
    """Tiles differ in how hard they are and in what learning brings them, half of them nothing, and every round is
    judged on one more. The truth is that of 20,000 tiles."""
    rng, learned = np.random.default_rng(0), 16 + 4 * np.arange(rounds)

    def shares(count: int) -> NDArray[np.float64]:
        """Of right pixels, (rounds, count)."""
        level, slope = rng.normal(0.75, 0.05, count), rng.exponential(0.1, count) * (rng.random(count) < 0.5)
        noise = rng.normal(0, 0.005, (rounds, count))
        return np.clip(level + slope * np.log2(learned / learned[0])[:, None] + noise, 0, 1)

    world = shares(20_000).mean(axis=1)
    at = np.log2(learned) - np.log2(learned).mean()
    truth = at @ (world / (2 - world)) / (at @ at)
    hits = 0
    for _ in range(400):
        drawn = shares(first + rounds)
        history = [
            JudgedRound(int(tiles), (1, 2), {t: table(drawn[r, t] / (2 - drawn[r, t])) for t in range(first + r)})
            for r, tiles in enumerate(learned)
        ]
        found = outlook(history, more_tiles=int(learned[-1]) + first + rounds - 1)  # a doubling
        assert found is not None
        hits += found.low <= truth <= found.high
    assert 0.90 <= hits / 400 <= 0.995
