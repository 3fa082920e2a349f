"""Forecasts: who predicts the Tiles, and what is known of each by it: its Prediction, doubt and pixel counts.

A Model predicts, or the pixel classifier in its place. Whose Predictions count is decided here alone; what comes late,
from one that has been overtaken, is dropped. Used on the main thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from core.labels.classes import IGNORE, UNLABELED
from core.labels.mask import Mask, Provenance
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction, PredictionCache
from core.learning.rival import NOT_AHEAD, Ahead
from core.project.records import DoubtRecord


class Forecasts:
    """All that is foreseen of the Tiles, by the one who leads."""

    def __init__(
        self, meaning: NDArray[np.uint8], classifier_is_ahead: Ahead, classifier_is_taught: Callable[[], bool]
    ) -> None:
        """`meaning` as in PredictionCache; `classifier_is_ahead`: the leading Model has not proven better than the
        pixel classifier; `classifier_is_taught`: there is paint of two Classes, without which it knows nothing."""
        self.model: SegmentationModel | None = None
        self.version = CLASSIFIER_VERSION  # of the leading Model, known before it is loaded
        self.suggests = False  # whether the pixel classifier answers Strokes, as beside a window
        self.classifier_is_ahead = classifier_is_ahead
        self._classifier_is_taught = classifier_is_taught
        self.predictions = PredictionCache(meaning)
        self.doubts: dict[int, float] = {}
        self.doubts_are_the_classifiers = False
        self._counts: dict[int, tuple[int, NDArray[np.int64]]] = {}

    @property
    def classifier_leads(self) -> bool:
        """Whether Predictions are the pixel classifier's: until a Model does better on held-out Tiles. Where nothing
        suggests, in a terminal, the classifier has to do without strokes on the Tile itself."""
        ahead = self.classifier_is_ahead
        return self.model is None or (ahead.with_scribbles if self.suggests else ahead.alone)

    @property
    def classifier_maps(self) -> bool:
        """Whether the pixel classifier makes the map: by the held-out Tiles, where nobody has painted for it. Where no
        Tile could tell, the Model makes it."""
        return self.model is None or self.classifier_is_ahead.alone

    @property
    def leader(self) -> int:
        """The version of whose Predictions count now."""
        return CLASSIFIER_VERSION if self.classifier_leads else self.version

    def lead_with(self, model: SegmentationModel, classifier_is_ahead: Ahead = NOT_AHEAD) -> None:
        self.model, self.version, self.classifier_is_ahead = model, model.card.version, classifier_is_ahead

    def missing(self, tile_ids: Iterable[int]) -> list[int]:
        """Those that the leading Model has not predicted."""
        return [tile_id for tile_id in tile_ids if self.predictions.model_version(tile_id) != self.version]

    def keep(self, prediction: PackedPrediction, counts: NDArray[np.int64], doubt: float) -> bool:
        """`counts` int64 (256,): pixels of each predicted value. False, and nothing is kept, where another leads by
        now, or the paint that the pixel classifier learned from is gone."""
        classifiers = prediction.model_version == CLASSIFIER_VERSION
        if prediction.model_version != self.leader or (classifiers and not self._classifier_is_taught()):
            return False
        if classifiers != self.doubts_are_the_classifiers:  # they compare badly, and each kind earns its own Trust
            self.doubts.clear()
            self.doubts_are_the_classifiers = classifiers
        self.predictions.keep(prediction)
        self._counts[prediction.tile_id] = (prediction.model_version, counts)
        self.doubts[prediction.tile_id] = doubt
        return True

    def drop_untaught(self) -> frozenset[int]:
        """Where the paint that the pixel classifier learned from is gone, what it said goes too; the Tiles that lost
        something. What a Model says stays."""
        if self._classifier_is_taught():
            return frozenset()
        lost = {tile for tile in self.predictions if self.predictions.model_version(tile) == CLASSIFIER_VERSION}
        for tile_id in lost:
            self.predictions.drop(tile_id)
        self._counts = {tile: kept for tile, kept in self._counts.items() if kept[0] != CLASSIFIER_VERSION}
        if self.doubts_are_the_classifiers:
            lost.update(self.doubts)
            self.doubts.clear()
        return frozenset(lost)

    def counts(self) -> dict[int, NDArray[np.int64]]:
        """By Tile how many pixels of each value, int64 (256,), the leading Model has predicted."""
        return {tile_id: counts for tile_id, (version, counts) in self._counts.items() if version == self.version}

    def judged_by(self, mask: Mask, tile_id: int, regime: str, *, foreseen: bool) -> DoubtRecord | None:
        """How right the Tile's doubt was, against what a person has painted since. None where that says nothing: there
        is no Prediction, or it may come of the paint that would judge it.

        `foreseen`: the pixel classifier was asked before anything was painted there.
        """
        prediction = self.predictions.get(tile_id)
        if prediction is None or tile_id not in self.doubts or self._may_know(prediction, foreseen):
            return None
        judged = (mask.labels != UNLABELED) & (mask.labels != IGNORE) & (mask.provenance != Provenance.ACCEPTED)
        judged &= prediction.classes != UNLABELED
        if not judged.any():
            return None
        error = float(np.mean(prediction.classes[judged] != mask.labels[judged]))
        return DoubtRecord(tile_id, prediction.model_version, regime, self.doubts[tile_id], error)

    def _may_know(self, prediction: TilePrediction, foreseen: bool) -> bool:
        """The classifier learns from every Stroke; a Model may have learned from this very Tile, or been chosen and
        calibrated by it. What an earlier Model learned from is not at hand."""
        if prediction.model_version == CLASSIFIER_VERSION:
            return not foreseen
        if self.model is None or prediction.model_version != self.model.card.version:
            return True
        return prediction.tile_id in (*self.model.card.training_tiles, *self.model.card.validation_tiles)
