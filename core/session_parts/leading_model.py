"""Which Model leads: the stored one when a project is opened, then whichever the user takes.

Used on the main thread; a stored Model is loaded on the compute thread, and torch with it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

from core.background import Run
from core.errors import LearningError
from core.events import Subject
from core.jobs import Priority
from core.learning.model import ModelCard, SegmentationModel, legible_card
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.rival import NOT_AHEAD, Ahead, MapScores
from core.project.models import leading_version, model_versions, model_weights, stored_models
from core.project.settings import Setting, in_shape
from core.project.store import Store
from core.text import text

if TYPE_CHECKING:
    from core.session import Session

_NO_SCORES = MapScores(math.nan, math.nan, 0)


def kept_ahead(store: Store) -> Ahead:
    """Whether the pixel classifier does better than the leading Model, as was found when that was trained, or was
    decided by whoever took it."""
    scribbling = store.setting(Setting.CLASSIFIER_IS_AHEAD, False)
    alone = store.setting(Setting.CLASSIFIER_ALONE_IS_AHEAD, False)
    return Ahead(scribbling is True, alone is True, _map_scores(store, leading_version(store)))


def _map_scores(store: Store, version: int | None) -> MapScores | None:
    """Whatever damage has left there."""
    stored = in_shape(store.setting(Setting.MAP_SCORES), {}).get(str(version))
    scores = MapScores(**in_shape(stored, _NO_SCORES._asdict()))
    return scores if scores.are_known else None


class Leading:
    """Loads the leading Model, and puts another in its place. Whose Predictions count for how long, `Forecasts`
    decides."""

    def __init__(self, session: Session, store: Store, run: Run) -> None:
        self._session = session
        self._run = run
        self._store = store

    def stored(self) -> tuple[int, bytes] | None:
        """(version, file) of the Model to begin with; None while there is none."""
        version = leading_version(self._store)
        return None if version is None else (version, model_weights(self._store, version))

    def load(self, version: int, data: bytes) -> None:
        """Begin with this one, unless another has been trained by the time it is loaded."""
        self._session.forecasts.version = version
        self._run(
            text("Loading the model"), lambda context: SegmentationModel.from_bytes(data), Priority.TRAINING, "load",
            self._loaded,
        )  # fmt: skip

    def _loaded(self, model: SegmentationModel) -> None:
        session = self._session
        if session.forecasts.model is None:
            session.forecasts.model = model
            session.changes.tell(Subject.MODEL, origin="open")
            session.predicting.all()

    def lead_with(self, model: SegmentationModel) -> None:
        """Predict with this Model from now on, whatever the pixel classifier could do, and train on from it."""
        version = model.card.version
        ahead = NOT_AHEAD._replace(maps=_map_scores(self._store, version))
        self._session.forecasts.lead_with(model, ahead)
        self.keep_ahead(version, ahead)
        self._session.changes.tell(Subject.MODEL, origin="kept models")
        self._session.predicting.all()

    def keep_ahead(self, version: int, ahead: Ahead) -> None:
        """Of the leading Model, which has that version. What was measured of other kept ones stays."""
        store = self._store
        others = {kept: _map_scores(store, kept) for kept in model_versions(store)}
        all_maps = {**others, version: ahead.maps}
        known = {str(each): maps._asdict() for each, maps in all_maps.items() if maps is not None}
        store.set_setting(Setting.CLASSIFIER_IS_AHEAD, ahead.with_scribbles)
        store.set_setting(Setting.CLASSIFIER_ALONE_IS_AHEAD, ahead.alone)
        store.set_setting(Setting.MAP_SCORES, known)

    def model(self) -> SegmentationModel:
        """The one that leads. Raises LearningError while there is none, or it is not loaded."""
        model, version = self._session.forecasts.model, self._session.forecasts.version
        if model is not None:
            return model
        if version != CLASSIFIER_VERSION:
            raise LearningError(
                "Model {version} is not loaded.", "Try again in a moment, or train a new one.", version=version
            )
        raise LearningError("There is no model yet.", "Train one first.")

    def card(self) -> ModelCard | None:
        """Of the one that leads, also before it is loaded. None while there is none, or it is damaged."""
        model, version = self._session.forecasts.model, leading_version(self._store)
        if model is not None:
            return model.card
        return next((legible_card(kept.head) for kept in stored_models(self._store) if kept.version == version), None)

    def to_train_on(self, *, anew: bool = False) -> Callable[[], SegmentationModel | None]:
        """Gives the Model to train on from, on the compute thread: there the stored one has been loaded by then. None
        for a training `anew`."""
        if anew:
            return lambda: None
        model, loading = self._session.forecasts.model, self._session.pending("load")
        return lambda: loading.result if model is None and loading is not None else model
