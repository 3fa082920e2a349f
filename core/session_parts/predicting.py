"""Which Tiles are predicted when, by a Model or by the pixel classifier in its place, and what becomes of the outcome.

The Tile on the screen comes before everything else, then the head of the queue, then all others. Used on the main
thread; only `deliver` is called on the compute thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.background import Run
from core.events import Change, Subject
from core.executors.spread import HERE, Workplace
from core.jobs import Job, JobContext, Priority
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import CLASSIFIER_VERSION, ClassifierTrainer, PixelClassifier
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction
from core.tasks import predict_tiles, suggest_more, suggest_tile
from core.text import text

if TYPE_CHECKING:
    from core.session import Session

# Predict this many tiles at the head of the queue before the rest of the scenes.
TILES_PREDICTED_FIRST = 24
# The pixel classifier colours so many after a stroke, and begins anew after the next one.
TILES_SUGGESTED = 1000


class Predicting:
    """Sends Tiles to be predicted, in the order in which they are looked at. Whose Predictions count, `Forecasts`
    decides when they arrive."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run
        self.trainer = ClassifierTrainer(session.reader)
        self._imported: int | None = None  # the last Tile whose imported paint has not been answered
        self._shown: int | None = None  # the Tile on the screen
        self._ranked_too_early = False  # by the doubts of several classifiers

    # -- by the pixel classifier ---------------------------------------------------------------------------------

    def answer(self, change: Change) -> None:
        """Paint has changed: `suggest`, unless too little is left to learn from. Not for each of hundreds of imported
        masks, which would hold up the import, nor of the Tiles whose Classes were merged."""
        session = self._session
        if untaught := session.forecasts.drop_untaught():
            session.changes.tell(Subject.PREDICTIONS, tile_ids=untaught, origin="prediction")
            session.rank()
        if Subject.CLASSES in change.subjects:
            if self._shown is not None:
                self.suggest(self._shown)
            return
        for tile_id in change.tile_ids:
            if change.origin == "import":
                self._imported = tile_id
            else:
                self.suggest(tile_id)

    def answer_imports(self) -> None:
        """All masks are imported: answer their paint at once."""
        if self._imported is not None:
            self.suggest(self._imported)
            self._imported = None

    def suggest(self, tile_id: int) -> None:
        """Train the pixel classifier on the paint there is and predict the Tile at once, then the queue and the scenes.

        Only where `forecasts.suggests` is on, as in the window, and while the classifier leads. Before two Classes are
        painted it gets ready: the first answer need not wait for that.
        """
        session = self._session
        if not (session.forecasts.suggests and session.forecasts.classifier_leads):
            return
        stored, ref = session.stand_in.taught(tile_id), session.tile_ref(tile_id)
        work = partial(suggest_tile, self.trainer, stored, session.class_values, ref, self.deliver)
        title = text("Colouring this tile") if session.two_classes_are_painted() else text("Looking at this tile")
        self._run(title, work, Priority.VISIBLE, "suggest", self._suggested)

    def _suggested(self, classifier: PixelClassifier | None) -> None:
        session = self._session
        session.compute.cancel("suggest more", "suggest rest")  # by what is painted no more, or by less
        if classifier is None or not session.forecasts.classifier_leads:
            return
        order = self._worth_colouring()
        head, tail = (
            partial(suggest_more, classifier, self.trainer.features, tuple(map(session.tile_ref, part)), self.deliver)
            for part in (order[:TILES_PREDICTED_FIRST], order[TILES_PREDICTED_FIRST:])
        )
        self._run(text("Colouring the queue"), head, Priority.QUEUE, "suggest more")
        self._run(text("Colouring the scenes"), tail, Priority.SCENE, "suggest rest", lambda _: self._coloured())

    def ranking_begins(self) -> None:
        """Tiles are being ranked by the doubts there are now."""
        self._ranked_too_early = any(
            self._session.pending(key) is not None for key in ("suggest", "suggest more", "suggest rest")
        )

    def _coloured(self) -> None:
        """Rank by the new doubts if a Tile was decided before they were all there; not after each Stroke: nobody wants
        the queue to move while he paints."""
        if self._ranked_too_early:
            self._session.rank()

    def _worth_colouring(self) -> list[int]:
        """Tiles to colour after a Stroke, that on the screen aside. Each painted one takes a forest of its own: it
        comes last, and once it has been coloured, it is again when it is shown."""
        colourings, painted = self._session.forecasts.predictions, self._session.painted
        some = sorted(self._by_queue(TILES_SUGGESTED), key=lambda tile_id: tile_id in painted)
        return [
            tile_id
            for tile_id in some
            if tile_id not in painted or colourings.model_version(tile_id) != CLASSIFIER_VERSION
        ]

    # -- by whoever leads ----------------------------------------------------------------------------------------

    def visible(self, tile_id: int) -> None:
        """Predict the Tile the user looks at before everything else, also between two training steps."""
        self._shown, model = tile_id, self._leading_model()
        if model is None:
            self.suggest(tile_id)
        elif self._session.forecasts.missing([tile_id]):
            work = self._work(model, [tile_id], HERE)
            self._run(text("Predicting this tile"), work, Priority.VISIBLE, "predict visible")

    def ahead(self, tile_ids: Sequence[int]) -> Job[None] | None:
        """Predict Tiles the user will look at next; of an earlier request, what has not begun is dropped. None where
        nothing is missing, or the pixel classifier leads: it colours the queue's head after every Stroke."""
        model, missing = self._leading_model(), self._session.forecasts.missing(tile_ids)
        if model is None or not missing:
            return None
        work = self._work(model, missing, self._session.place)
        return self._run(text("Predicting the queue"), work, Priority.QUEUE, "predict ahead")

    def all(self) -> Job[None] | None:
        """Predict the head of the queue, then all other Tiles, and rank by the new doubt. None without a model."""
        session = self._session
        session.compute.cancel("predict queue", "predict rest")  # by another model, which leads no more
        model = self._leading_model()
        if model is None:
            return None
        session.compute.cancel("suggest more", "suggest rest")  # by the pixel classifier, which leads no more either
        order = self._by_queue()
        head = self._work(model, order[:TILES_PREDICTED_FIRST], session.place)
        tail = self._work(model, order[TILES_PREDICTED_FIRST:], session.place)
        self._run(text("Predicting the queue"), head, Priority.QUEUE, "predict queue", lambda _: session.rank())
        return self._run(text("Predicting the scenes"), tail, Priority.SCENE, "predict rest", lambda _: session.rank())

    def _by_queue(self, most: int | None = None) -> list[int]:
        """All Tiles or so many, those of the queue first. Of 150,000 no more are looked at: every stroke asks."""
        queued = [ranked.tile_id for ranked in self._session.queue()[:most]]
        known = set(queued)
        others = (tile_id for tile_id in self._session.tiles if tile_id not in known)
        return list(islice(chain(queued, others), most))

    def _leading_model(self) -> SegmentationModel | None:
        """None without one, or while the pixel classifier leads."""
        forecasts = self._session.forecasts
        return None if forecasts.classifier_leads else forecasts.model

    def _work(
        self, model: SegmentationModel, tile_ids: Sequence[int], place: Workplace
    ) -> Callable[[JobContext], None]:
        session = self._session
        refs = tuple(map(session.tile_ref, tile_ids))
        return partial(predict_tiles, model, session.reader, refs, session.threads, place, self.deliver)

    # -- what has been predicted ---------------------------------------------------------------------------------

    def deliver(self, prediction: TilePrediction, doubt: float) -> None:
        """Called on the compute thread for each Tile; the rest happens on the main thread."""
        counts = np.bincount(prediction.classes.ravel(), minlength=256)
        self._session.inbox.post(partial(self._keep, PackedPrediction.of(prediction), counts, doubt))

    def _keep(self, prediction: PackedPrediction, counts: NDArray[np.int64], doubt: float) -> None:
        session = self._session
        if session.forecasts.keep(prediction, counts, doubt):
            session.changes.tell(Subject.PREDICTIONS, tile_ids=frozenset({prediction.tile_id}), origin="prediction")
