"""Certainty: made-up pixels whose certainty is right, too high, or measured on too little."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import LearningError
from core.imagery.statistics import BandStatistics
from core.learning.calibration import BINS, Calibration, calibration_of, fit_shift
from core.learning.model import ModelCard
from core.learning.settings import TrainingSettings

Sample = tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.int64]]


def sample(boast: float, tiles: int = 4, count: int = 40_000, seed: int = 0) -> Sample:
    """Pixels of two classes that are right as often as their logits divided by `boast` say."""
    rng = np.random.default_rng(seed)
    honest = rng.normal(0, 2, (2, count)).astype(np.float32)
    share = 1 / (1 + np.exp(honest[0] - honest[1]))
    targets = (rng.random(count) < share).astype(np.uint8)
    return honest * np.float32(boast), targets, rng.integers(0, tiles, count)


def test_boasting_is_seen_and_cured() -> None:
    found = calibration_of(*sample(4.0))
    assert found is not None
    assert found.error_before > 0.08
    assert found.error_after < 0.02
    assert sum(found.pixels) == 40_000
    for pixels, certainty, right in zip(found.pixels, found.certainty, found.right, strict=True):
        if pixels > 500:
            assert certainty == pytest.approx(right, abs=0.05)
    assert found.pixels[:5] == (0,) * 5, "the likeliest of two classes has at least half"


def test_an_honest_model_stays_as_it_is() -> None:
    found = calibration_of(*sample(1.0))
    assert found is not None
    assert found.error_before < 0.02
    assert found.error_after < 0.02


def test_the_error_is_that_on_tiles_the_temperature_has_not_seen() -> None:
    """Two halves that need opposite temperatures: what one learns does the other harm, and that is reported."""
    (boasting, one, _), (timid, two, _) = sample(4.0, count=20_000), sample(0.25, count=20_000, seed=1)
    logits, targets = np.concatenate([boasting, timid], axis=1), np.concatenate([one, two])
    found = calibration_of(logits, targets, np.repeat([0, 1], 20_000))
    assert found is not None
    assert found.error_after > found.error_before


@pytest.mark.parametrize("count", [0, 1, 3])
def test_next_to_nothing(count: int) -> None:
    found = calibration_of(*sample(2.0, count=count))
    assert (found is None) == (count == 0)
    if found is not None:
        assert sum(found.pixels) == count
        again = Calibration.from_json(found.to_json())
        assert again.pixels == found.pixels
        assert [math.isnan(v) for v in again.right] == [pixels == 0 for pixels in found.pixels]


def a_card(calibration: Calibration | None) -> ModelCard:
    limits = BandStatistics((0.0,), (1.0,), (0.0,), (1.0,))
    return ModelCard(
        1, "efficientnet_lite0", ("pan",), (1, 2), ("a", "b"), limits, 1.0, "2026-01-01T00:00:00+00:00",
        TrainingSettings(), calibration=calibration,
    )  # fmt: skip


@pytest.mark.parametrize("boast", [0.5, 1.0, 3.0])
def test_most_of_what_a_class_is_expected_too_often_is_taken_back(boast: float) -> None:
    logits, targets, _ = sample(boast)
    expects = np.array([[0.4], [-0.4]], np.float32)
    assert fit_shift(logits + expects, targets) == pytest.approx(-0.75 * expects[:, 0], abs=0.07)
    assert fit_shift(logits, targets) == pytest.approx([0.0, 0.0], abs=0.05)


def test_classes_that_hardly_occur_are_not_shifted() -> None:
    logits, targets, _ = sample(1.0)
    three = np.vstack([logits + np.array([[0.6], [-0.6]], np.float32), np.full((1, logits.shape[1]), -9, np.float32)])
    three = three.astype(np.float32)
    assert fit_shift(three, targets) == pytest.approx([-0.45, 0.45, 0.0], abs=0.05)
    few = np.where(np.arange(len(targets)) < 20, np.uint8(2), targets)
    assert fit_shift(three, few)[2] == 0.0
    assert not fit_shift(logits, np.zeros_like(targets)).any(), "one class says nothing about shares"
    assert not fit_shift(logits[:, :0], targets[:0]).any()


def test_no_shift_is_beyond_reason() -> None:
    logits, targets, _ = sample(1.0)
    assert np.abs(fit_shift(logits + np.array([[30.0], [-30.0]], np.float32), targets)).max() <= 0.5


def test_the_card_carries_it_and_older_cards_do_without() -> None:
    found = calibration_of(*sample(2.0))
    assert found is not None
    full = replace(found, certainty=(0.1,) * BINS, right=(0.2,) * BINS)
    assert ModelCard.from_json(a_card(full).to_json()).calibration == full
    fields = json.loads(a_card(None).to_json())
    assert ModelCard.from_json(json.dumps(fields)).calibration is None
    del fields["calibration"]
    assert ModelCard.from_json(json.dumps(fields)).calibration is None
    fields["calibration"] = {"pixels": [1]}
    with pytest.raises(LearningError):
        ModelCard.from_json(json.dumps(fields))
