"""The stop signal: what it expects of curves whose future is known, and when it keeps silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.learning.intervals import Estimate
from core.learning.outlook import outlook, outlook_sentence
from core.report.report import CurvePoint, ModelReport


def test_a_straight_curve_is_carried_on() -> None:
    found = outlook([(4, 0.50), (8, 0.55), (16, 0.60)], more_tiles=16)
    assert found is not None
    assert found.gain == pytest.approx(0.05)
    reach = 12.706 * 0.005 / 2**0.5  # Student's t with one degree of freedom, half a point of chance
    assert (found.low, found.high) == (pytest.approx(0.05 - reach, rel=1e-3), pytest.approx(0.05 + reach, rel=1e-3))
    assert not found.hardly_helps


def test_three_equal_rounds_prove_nothing() -> None:
    """A training that finds nothing better ends with the model it began with, and its score."""
    found = outlook([(4, 0.7), (8, 0.7), (12, 0.7)], more_tiles=8)
    assert found is not None
    assert found.low < -0.01 < 0.01 < found.high
    assert not found.hardly_helps


def test_a_flat_curve_says_that_more_will_hardly_help() -> None:
    found = outlook([(8, 0.700), (16, 0.702), (24, 0.701), (32, 0.702), (40, 0.702)], more_tiles=8)
    assert found is not None
    assert found.hardly_helps
    assert "hardly help" in str(outlook_sentence(found, 10))


def test_a_flat_curve_is_not_believed_while_random_checks_rise() -> None:
    flat = [(8, 0.700), (16, 0.702), (24, 0.701), (32, 0.702), (40, 0.702)]
    rising = [(8, 0.60), (16, 0.70), (24, 0.76), (32, 0.80), (40, 0.83)]
    found = outlook(flat, 8, rising)
    assert found is not None
    assert found.is_flat
    assert not found.hardly_helps
    assert "random checks" in str(outlook_sentence(found, 10))
    up_and_down = [(8, 0.80), (16, 0.60), (24, 0.90), (32, 0.70), (40, 0.85)]
    for checks in (up_and_down, rising[:2], [], [(2, 0.1), (4, 0.3), *flat]):
        assert outlook(flat, 8, checks) == outlook(flat, 8), checks


def test_noise_makes_the_interval_wide_and_keeps_hope() -> None:
    found = outlook([(4, 0.50), (8, 0.60), (12, 0.52)], more_tiles=6)
    assert found is not None
    assert found.low < 0 < found.high
    assert not found.hardly_helps


@pytest.mark.parametrize("rounds", [[], [(4, 0.5), (8, 0.6)], [(4, 0.5), (4, 0.6), (4, 0.55)], [(4, 0.5), (8, np.nan)]])
def test_it_is_silent_on_too_few_rounds(rounds: list[tuple[int, float]]) -> None:
    assert outlook(rounds, 8) is None
    assert outlook([(4, 0.5), (8, 0.6), (16, 0.7)], 0) is None


def test_the_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    """On curves that are straight in the logarithm with noise of two points."""
    rng = np.random.default_rng(0)
    tiles = np.array([4, 8, 12, 16, 20])
    truth, hits = 0.04 * np.log2(28 / 20), 0
    for _ in range(1000):
        scores = 0.5 + 0.04 * np.log2(tiles / 4) + rng.normal(0, 0.02, len(tiles))
        found = outlook(list(zip(tiles.tolist(), scores.tolist(), strict=True)), more_tiles=8)
        assert found is not None
        hits += found.low <= truth <= found.high
    assert 0.92 <= hits / 1000 <= 0.98


def report_of(points: list[tuple[int, float, bool]]) -> ModelReport:
    unused: Any = None
    curve = [CurvePoint(n, tiles, Estimate(iou), same) for n, (tiles, iou, same) in enumerate(points)]
    return ModelReport(unused, {}, unused, None, tuple(curve), (), ())


def test_rounds_scored_on_other_tiles_do_not_bend_the_curve() -> None:
    """Five models are kept and scored on the same tiles; the round before them only has what its own tiles said."""
    kept = [(8, 0.70, True), (12, 0.72, True), (16, 0.734, True), (20, 0.745, True), (24, 0.754, True)]
    found = outlook(report_of([(4, 0.90, False), *kept]).rounds, 8)
    alone = outlook(report_of(kept).rounds, 8)
    assert found == alone is not None
    assert alone.low > 0
    few = report_of([(4, 0.60, False), (8, 0.66, False), (12, 0.70, True), (16, 0.72, True)])
    assert few.rounds == [(4, 0.60), (8, 0.66), (12, 0.70), (16, 0.72)], "two that compare carry nothing on"
