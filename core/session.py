"""The use cases, and the data's way through the program:

    open → embed → rank → paint → submit → train → predict → rank → … → export

A `Session` belongs to one thread (the window's, or a terminal program's main thread), which alone touches the
project and the Masks. Work for the background is an immutable request; its response comes back through the inbox
and is applied here, or dropped when it is stale. Everyone who shows something listens to `changes`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.background import Background
from core.errors import LearningError, ProjectError, TooEarly, no_prediction_yet
from core.events import Change, Inbox, Subject
from core.executors.spread import HERE, Workplace
from core.export.labels import export_labels
from core.forecasts import Forecasts
from core.imagery.reader import TileReader
from core.imagery.statistics import BandStatistics
from core.jobs import Job, JobContext, Priority
from core.labels.classes import UNLABELED
from core.labels.mask import Provenance
from core.labels.strokes import Ink
from core.learning.rival import Ahead
from core.learning.runtime import configure, threads_beside_window
from core.learning.settings import TrainingSettings
from core.learning.training import TrainingResult
from core.open_project import OpenProject
from core.project.rankings import save_ranking
from core.project.records import DoubtRecord, RankedTile, TileStatus, export_stems
from core.project.settings import Setting
from core.project.store import Store
from core.ranking import ask_model, model_state, rank_tiles
from core.selection.likeness import LikenessMap, likeness_map
from core.selection.pool import Answers, ModelState, Pool
from core.selection.strategies import DEFAULT, STRATEGIES, named
from core.session_parts.classifier_stand_in import ClassifierStandIn
from core.session_parts.doubt_records import DoubtRecords
from core.session_parts.kept_models import KeptModels
from core.session_parts.label_review import LabelReview
from core.session_parts.leading_model import Leading, kept_ahead
from core.session_parts.maps import Maps
from core.session_parts.predicting import Predicting
from core.session_parts.unlike_scenes import UnlikeScenes
from core.session_parts.unsaved_models import Trained, UnsavedModels
from core.session_parts.window_proposals import WindowProposals
from core.tasks import embed_tiles, predict_scenes, train_model
from core.text import Text, text

T = TypeVar("T")

# Retrain by itself after this many submitted tiles, when the user has left that on.
TILES_PER_ROUND = 4


class Session(OpenProject):
    """An open project with everything that goes on in it: what OpenProject does, and the work in the background."""

    def __init__(self, store: Store, *, beside_window: bool = True, place: Workplace = HERE) -> None:
        """`beside_window`: leave the processor to the window first, with few threads for torch; else use all cores.
        `place` is where Embeddings and Predictions of many Tiles are computed."""
        super().__init__(store)
        self.inbox = Inbox()
        self.changes.failed = self.inbox.post_failure  # a view that fails must not end a use case halfway
        self.threads = threads_beside_window() if beside_window else 0  # torch's, as for `configure`
        self.place = place
        self.pool: Pool | None = None
        self.forecasts = Forecasts(self.class_list.meaning(), kept_ahead(store), self.two_classes_are_painted)
        self.doubt_records = DoubtRecords(store, self.forecasts)
        self.auto_train: bool = self.setting(Setting.AUTO_TRAIN, True)
        self.reader = TileReader(self.interpretation, BandStatistics.from_json(store.setting(Setting.STATISTICS)))
        self._submitted_since_training = 0
        self.leading = Leading(self, store, self._run)
        self.models = KeptModels(self, store, self._run)
        self.unsaved = UnsavedModels(self, store)
        self.review = LabelReview(self, store, self._run)
        self.unlike_scenes = UnlikeScenes(self, self._run)
        self.windows = WindowProposals(self, store, self._run)
        self.predicting = Predicting(self, self._run)
        self.maps = Maps(self, self._run)
        self.stand_in = ClassifierStandIn(self, store, self._run)
        stored_model = self.leading.stored()
        self.scene_files.find_where_they_lay()
        # Threads start when nothing of the above can fail any more.
        self.background = Background(self.changes, self.inbox, polite=beside_window)
        self.compute, self.readers = self.background.compute, self.background.readers
        self.changes.subscribe(self._labels_changed)
        if stored_model is not None:
            self.leading.load(*stored_model)

    # -- opening and closing -----------------------------------------------------------------------------------

    @classmethod
    def open(
        cls, path: str | Path, *, beside_window: bool = True, place: Workplace = HERE, only_reading: bool = False
    ) -> Session:
        """Open a project file; with `only_reading` also one that may not be written. Raises ProjectError."""
        store = Store.open(path, only_reading=only_reading)
        try:
            return cls(store, beside_window=beside_window, place=place)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            store.close()
            raise ProjectError(
                "The project {path} is damaged or not complete.", "Restore it from a copy.", path=store.path
            ) from error
        except BaseException:
            store.close()
            raise

    def close(self, within_s: float | None = None) -> bool:
        """Stop all work and close all files. Nothing needs saving but a model that could not be. False where work that
        was still under way after so many seconds was left behind: it must not go on for long, and has no way to the
        project any more.
        """
        try:
            return self.background.close(within_s)
        finally:
            if self.background.has_ended:  # else it may be read
                self.reader.close()
            self.unsaved.try_again()
            self.doubt_records.keep()
            self._close_files()

    def wait(self, job: Job[Any]) -> None:
        """Run the main thread's part until `job` and its consequences are applied. For programs without a window."""
        while not job.wait(0):
            self.inbox.run_next(0.05)
        self.inbox.run_waiting()

    # -- labeling: what the background has to hear of (all else about labels is OpenProject's) ----------------------

    def accept_prediction(
        self, tile_id: int, paintable: NDArray[np.bool_] | None = None, only: Sequence[int] = ()
    ) -> bool:
        """Take the Tile's Prediction as a draft where nothing is painted yet, as one Stroke; only `paintable` pixels,
        and of the Classes `only` where any are given.

        Raises TooEarly when there is no Prediction. What it says of Classes that were removed is left out.
        """
        prediction = self.forecasts.predictions.get(tile_id)
        if prediction is None:
            raise no_prediction_yet()
        wanted = np.isin(prediction.classes, only) if only else prediction.classes != UNLABELED
        if paintable is not None:
            wanted &= paintable
        recorder = self.begin_stroke(tile_id, "accept prediction", wanted)
        recorder.paint_labels(prediction.classes, Ink(0, Provenance.ACCEPTED, protect_painted=True))
        return self.finish_stroke(tile_id, recorder)

    def merge_class(self, value: int, into: int) -> Job[Any]:
        """Give all paint of a Class to another one, to UNLABELED or IGNORE, and take it out, as one step."""
        work = self.merge_work(value, into)
        return self._run(text("Merging classes"), work, Priority.RANKING, "merge class", self.finish_merge)

    def submit(self, tile_id: int, seconds: float = 0.0) -> None:
        """The expert is done with the Tile after `seconds` of active work: count it, learn from it, rank anew.

        Raises TooEarly when nothing is painted on it.
        """
        if tile_id not in self.painted:
            raise TooEarly("Nothing is painted on this tile.", "Paint something, or skip it.")
        again = self._was_done(tile_id)
        strokes = len(self.strokes(tile_id))
        effort = self.effort.with_seconds(seconds) if again else self.effort.with_tile(seconds, strokes)
        self._set_status(tile_id, TileStatus.DONE, seconds, effort)
        self.changes.tell(Subject.BUDGET, origin="submit")
        self.rank()
        self._submitted_since_training += not again
        if self.auto_train and self._submitted_since_training >= TILES_PER_ROUND and self.can_train():
            self.train(self.default_training_settings())

    def skip(self, tile_id: int, seconds: float = 0.0) -> None:
        """As an OpenProject does, and rank anew: what looks like a Tile that was skipped is not offered next."""
        super().skip(tile_id, seconds)
        self.rank()

    def set_budget(self, unit: str, amount: float) -> None:
        """`unit`: "tiles" or "minutes"; what is spent stays spent. Raises ProjectError for one that buys nothing."""
        effort = self.effort.with_budget(unit, amount)
        effort.save(self._store)
        self.effort = effort
        self.changes.tell(Subject.BUDGET, origin="budget")
        self.rank()

    def _doubt_record(self, tile_id: int, status: TileStatus) -> DoubtRecord | None:
        """Of a Tile that is done for the first time: how right the doubt was that was known of it; None if that says
        nothing. Of its Mask as it is in memory."""
        if status is not TileStatus.DONE or self._was_done(tile_id):
            return None
        regime = next((r.regime for r in self.ranking if r.tile_id == tile_id), "")
        foreseen = self.stand_in.foresaw(tile_id)
        return self.forecasts.judged_by(self.mask(tile_id), tile_id, regime, foreseen=foreseen)

    def _labels_changed(self, change: Change) -> None:
        """Paint or Classes have changed: answer it."""
        if Subject.CLASSES in change.subjects:
            self.forecasts.predictions.meaning = self.class_list.meaning()
        if Subject.MASKS in change.subjects:
            self.predicting.answer(change)

    # -- embedding and ranking ---------------------------------------------------------------------------------

    def embed(self) -> Job[Pool]:
        """Compute the Embeddings of all Tiles in the background, or take them from the cache; then rank."""
        tiles, scenes = tuple(self.tiles.values()), dict(self.scenes)
        work = partial(embed_tiles, tiles, scenes, self.reader, self.threads, self.place)
        return self._run(text("Looking at the tiles"), work, Priority.EMBEDDING, "embed", self._embedded)

    def _embedded(self, pool: Pool) -> None:
        self.pool = pool
        self.rank()
        if self.forecasts.suggests:  # somebody will paint: loading torch stops everything a moment, better now
            self._run(text("Getting ready"), lambda _: configure(self.threads), Priority.EMBEDDING, "get ready")

    def rank(self, strategy: str = DEFAULT, seed: int = 0, budget_tiles: int | None = None) -> Job[Any] | None:
        """Order the open Tiles in the background; None while there are no Embeddings yet."""
        pool = self.pool
        if pool is None:
            return None
        labeled = self._seen(pool)
        self.predicting.ranking_begins()
        budget = budget_tiles if budget_tiles is not None else self.effort.remaining_tiles()
        state = self._model_state(pool, labeled)
        ask: Callable[[JobContext], Answers] | None = None
        model, wanted = self.forecasts.model, named(STRATEGIES, strategy)
        if wanted.shares_suffice and self.forecasts.classifier_leads:
            ask = self.stand_in.answering(pool.tile_ids.tolist())
        elif model is not None and wanted.asks_model:
            refs = tuple(self.tile_ref(int(tile_id)) for tile_id in pool.tile_ids)
            ask = partial(ask_model, model, self.reader, refs, ~labeled, self.threads)
        work = partial(rank_tiles, pool, labeled, state, ask, strategy, budget, seed)
        return self._run(text("Ranking the tiles"), work, Priority.RANKING, "rank", self._ranked)

    def map_likeness(self) -> Job[LikenessMap] | None:
        """All Tiles on a plane, those that look alike near each other; None while there are no Embeddings yet."""
        if self.pool is None:
            return None
        work = partial(likeness_map, self.pool, self._seen(self.pool))
        return self._run(text("Comparing the tiles"), work, Priority.RANKING, "likeness")

    def _seen(self, pool: Pool) -> NDArray[np.bool_]:
        """bool (N,): the Tiles that Strategies take for labeled. Those that were skipped are among them: nobody wants
        to be asked about the same lake again and again."""
        seen = (TileStatus.DONE, TileStatus.SKIPPED)
        return np.array([self.tiles[int(t)].status in seen for t in pool.tile_ids], np.bool_)

    def _model_state(self, pool: Pool, labeled: NDArray[np.bool_]) -> ModelState:
        forecasts, trust = self.forecasts, self.doubt_records.trust()
        return model_state(
            pool, labeled, forecasts.doubts, trust, self.painted, self.class_values, self.tiles,
            forecasts.doubts_are_the_classifiers,
        )  # fmt: skip

    def _ranked(self, ranking: list[RankedTile]) -> None:
        save_ranking(self._store, ranking)
        self.ranking = ranking
        self.changes.tell(Subject.RANKING, origin="ranking")

    # -- training ----------------------------------------------------------------------------------------------

    def default_training_settings(self) -> TrainingSettings:
        usual = TrainingSettings.time_budget_s
        seconds = self.setting(Setting.TRAINING, {"time_budget_s": usual})["time_budget_s"]
        return TrainingSettings(threads=self.threads, time_budget_s=seconds if seconds > 0 else usual)

    def set_training_seconds(self, seconds: float) -> None:
        """How long the next trainings may take."""
        self._store.set_setting(Setting.TRAINING, {"time_budget_s": float(seconds)})

    def set_auto_train(self, on: bool) -> None:
        """Whether submitted tiles start a training by themselves."""
        self.auto_train = on
        self._store.set_setting(Setting.AUTO_TRAIN, on)

    def can_train(self) -> bool:
        """Whether two Classes have paint and no training runs."""
        return self.two_classes_are_painted() and self.training_job() is None

    def training_job(self) -> Job[Any] | None:
        """The training that waits, runs, or whose model is not in the project yet."""
        return self.pending("train")

    def train(self, settings: TrainingSettings, *, anew: bool = False) -> Job[tuple[TrainingResult, bytes]]:
        """Train on all paint there is now, from the model that leads or `anew`; then keep the model, predict with it
        and rank anew.

        Raises LearningError while another training runs or waits.
        """
        if self.training_job() is not None:
            raise LearningError("A model is being trained already.", "Wait until it is ready, or cancel it first.")
        self._submitted_since_training = 0
        stored, names = self.painted_masks(), {c.value: c.name for c in self.classes}
        version = self.models.next_version()
        earlier = self.leading.to_train_on(anew=anew)
        work = partial(
            train_model, stored, self.class_values, self.doubt_records.drawn_at_random(), names, self.reader, settings,
            version, earlier, self._store.path,
        )  # fmt: skip
        return self._run(text("Training"), work, Priority.TRAINING, "train", self._trained)

    def _trained(self, outcome: tuple[TrainingResult, bytes]) -> None:
        result, data = outcome
        ahead = result.judged.classifier_is_ahead
        if ahead is None:  # nobody knows; a model of a few Tiles is mostly the worse (docs/adr/0034)
            ahead = Ahead(with_scribbles=self.forecasts.suggests, alone=False)
        self.forecasts.lead_with(result.model, ahead)
        try:
            self.unsaved.save(Trained(result, data, ahead))
        finally:  # a model that is not saved yet serves all the same
            self.changes.tell(Subject.MODEL, origin="training")
            self.rank()
            self.predicting.all()

    # -- export ------------------------------------------------------------------------------------------------

    def export_labels(self, folder: str | Path) -> Job[list[Path]]:
        """Write a GeoTIFF and a GeoPackage of the labels for every Scene that has paint."""
        stems = export_stems(self.scenes.values())
        work = partial(export_labels, self.painted_masks(), stems, self.classes, Path(folder))
        # Quick and without torch: it need not wait for a training, which may be paused.
        return self._run(text("Exporting labels"), work, Priority.RANKING, f"export labels to {folder}")

    def export_predictions(
        self, folder: str | Path, scene_ids: Sequence[int] | None = None, *, by: int | None = None, flips: bool = False
    ) -> Job[list[Path]]:
        """Map whole Scenes into GeoTIFFs, from where an earlier run stopped; `by` and `flips` as in `Maps.making`.
        Raises LearningError where nobody can make a map."""
        making = self.maps.making(by, flips=flips)
        scenes = tuple(r for scene_id, r in self.scenes.items() if scene_ids is None or scene_id in scene_ids)
        work = partial(
            predict_scenes, making, self.reader, scenes, export_stems(self.scenes.values()), Path(folder),
            self.classes, self.class_list.meaning(),
        )  # fmt: skip
        return self._run(text("Exporting predictions"), work, Priority.QUEUE, f"export predictions to {folder}")

    # -- background --------------------------------------------------------------------------------------------

    def pending(self, key: str) -> Job[Any] | None:
        """The newest job of the key that waits, runs, or whose outcome has not been applied yet."""
        return self.background.pending(key)

    def work_under_way(self) -> list[Job[Any]]:
        """What runs or waits and takes long enough to be worth a word, the running first."""
        return self.background.under_way()

    def _run(
        self, title: Text, work: Callable[[JobContext], T], priority: Priority, key: str,
        then: Callable[[T], object] | None = None,
    ) -> Job[T]:  # fmt: skip
        return self.background.run(title, work, priority, key, then)
