"""The doubts between two sittings; how right they were about Tiles before these were painted, and how far they may be
trusted for it."""

from __future__ import annotations

from contextlib import suppress

from core.errors import ProjectError
from core.forecasts import Forecasts
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.project.records import DoubtRecord
from core.project.settings import Setting
from core.project.store import Store
from core.selection.trust import FEWEST_PAIRS, earned_trust, rightness
from core.text import Text, text

_MOSTLY_COVERAGE = 0.5  # of trust: below, doubts weigh less than what they are weighed against


class DoubtRecords:
    """Those of Models and those of the pixel classifier are kept apart: what one earns says nothing of the other."""

    def __init__(self, store: Store, forecasts: Forecasts) -> None:
        self._store = store
        self._forecasts = forecasts
        self._restore()

    def _restore(self) -> None:
        """The Queue is as it was left: who predicts anew what is on the screen alone would rank by little. Paint may
        have gone since, in a sitting that did not end in order."""
        kept = self._store.setting(Setting.DOUBTS, {})
        with suppress(AttributeError, KeyError, TypeError, ValueError):  # another version kept it differently
            doubts = {int(tile_id): float(doubt) for tile_id, doubt in kept["doubts"]}
            self._forecasts.doubts, self._forecasts.doubts_are_the_classifiers = doubts, bool(kept["classifiers"])
        self._forecasts.drop_untaught()

    def keep(self) -> None:
        """For the next sitting. Where they cannot be saved they are computed anew."""
        forecasts = self._forecasts
        doubts = [(tile_id, float(doubt)) for tile_id, doubt in forecasts.doubts.items()]
        with suppress(ProjectError):
            told = {"classifiers": forecasts.doubts_are_the_classifiers, "doubts": doubts}
            self._store.set_setting(Setting.DOUBTS, told)

    def of_models(self) -> list[DoubtRecord]:
        return [record for record in self._store.doubt_records() if record.model_version != CLASSIFIER_VERSION]

    def of_classifier(self) -> list[DoubtRecord]:
        return [record for record in self._store.doubt_records() if record.model_version == CLASSIFIER_VERSION]

    def trust(self) -> float:
        """What the doubts at hand have earned, 0…1."""
        return earned_trust(*self._doubts_and_errors())

    def verdict(self) -> Text | None:
        """What the doubts at hand have earned, in words; None while nobody doubts."""
        if not self._forecasts.doubts:
            return None
        doubts, errors = self._doubts_and_errors()
        (count, right), trust = rightness(doubts, errors), earned_trust(doubts, errors)
        percent, of_trust = round(100 * right), round(100 * trust)
        if count < FEWEST_PAIRS:
            return text("No labels have shown yet whether doubts are right: they are trusted {trust} %", trust=of_trust)
        if trust < _MOSTLY_COVERAGE:
            return text(
                "Doubts have been right {right} % of the way, on {count} tiles; choosing mostly for coverage",
                right=percent, count=count,
            )  # fmt: skip
        return text(
            "Doubts have been right {right} % of the way, on {count} tiles: they are trusted {trust} %",
            right=percent, count=count, trust=of_trust,
        )  # fmt: skip

    def _doubts_and_errors(self) -> tuple[list[float], list[float]]:
        records = self.of_classifier() if self._forecasts.doubts_are_the_classifiers else self.of_models()
        return [record.doubt for record in records], [record.error for record in records]

    def drawn_at_random(self) -> frozenset[int]:
        """The ids of the labeled Tiles that were audits, where something had predicted them before."""
        return frozenset(record.tile_id for record in self._store.doubt_records() if record.regime == "audit")
