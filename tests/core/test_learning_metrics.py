"""Confusion and the scores made from it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from core.learning.metrics import Scores, confusion


def test_confusion_counts_only_pixels_of_known_classes() -> None:
    truth = np.array([[1, 1, 2], [2, 0, 255]], np.uint8)
    predicted = np.array([[1, 2, 2], [2, 1, 1]], np.uint8)
    assert confusion(truth, predicted, (1, 2)).tolist() == [[1, 1], [0, 2]]
    assert confusion(truth, np.zeros_like(truth), (1, 2)).sum() == 0, "nodata in the prediction does not count"


def test_scores_follow_their_definitions() -> None:
    scores = Scores.of(np.array([[6, 2], [1, 3]]), (1, 7))
    assert scores.iou == pytest.approx((6 / 9, 3 / 6))
    assert scores.mean_iou == pytest.approx((6 / 9 + 3 / 6) / 2)


def test_a_class_that_never_occurs_has_no_score_and_does_not_count_in_the_mean() -> None:
    scores = Scores.of(np.array([[5, 0, 0], [0, 5, 0], [0, 0, 0]]), (1, 2, 3))
    assert math.isnan(scores.iou[2])
    assert scores.mean_iou == 1.0
    assert math.isnan(Scores.of(np.zeros((2, 2), np.int64), (1, 2)).mean_iou)


def test_a_class_that_is_only_predicted_has_no_score() -> None:
    """As a few pixels are wrongly taken for it; the mean counts what is in the truth, as ever."""
    scores = Scores.of(np.array([[5, 0, 1], [0, 4, 0], [0, 0, 0]]), (1, 2, 3))
    assert scores.iou[:2] == pytest.approx((5 / 6, 1.0))
    assert math.isnan(scores.iou[2])
    assert scores.mean_iou == pytest.approx(11 / 12)


def test_scores_survive_json() -> None:
    scores = Scores.of(np.array([[6, 2], [1, 3]]), (1, 199), tile_count=4)
    assert Scores.from_json(scores.to_json()) == scores
    with pytest.raises((ValueError, KeyError, TypeError)):
        Scores.from_json('{"class_values": [1, 2], "table": [[1]], "tile_count": 1}')
