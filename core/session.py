"""The use cases, and the data's way through the program:

    open → embed → rank → paint → submit → train → predict → rank → … → export

A `Session` belongs to one thread (the window's, or a terminal program's main thread), which alone touches the
project and the Masks. Work for the background is an immutable request; its response comes back through the inbox
and is applied here, or dropped when it is stale. Everyone who shows something listens to `changes`.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import platformdirs
from numpy.typing import NDArray

from core.errors import LabelError, LearningError, SceneError
from core.events import Changes, Inbox, Subject
from core.export.rasters import ExportedScene, export_labels, export_predictions
from core.geometry import TileRef
from core.imagery.interpretation import Interpretation
from core.imagery.reader import TileReader
from core.imagery.scene import Scene, open_scene
from core.imagery.statistics import BandStatistics
from core.jobs import Job, JobContext, JobState, Priority, Worker
from core.labels.classes import IGNORE, UNLABELED, LabelClass, checked_classes
from core.labels.mask import Mask, Provenance
from core.labels.snapshot import Snapshot
from core.labels.strokes import Ink, StrokeRecorder
from core.learning.model import SegmentationModel
from core.learning.prediction import TilePrediction, predict_tile, tile_doubt
from core.learning.prediction_cache import PredictionCache
from core.learning.runtime import configure
from core.learning.training import TrainingResult, TrainingSettings, train
from core.project.effort import Effort
from core.project.fingerprints import fingerprint
from core.project.records import DoubtRecord, RankedTile, SceneRecord, StoredMask, TileRecord, TileStatus
from core.project.snapshots import take_snapshot
from core.project.store import Store
from core.selection.embeddings import embed
from core.selection.pool import ModelState, Pool
from core.selection.strategies import DEFAULT, strategy_named
from core.selection.trust import earned_trust
from core.text import Text, text

T = TypeVar("T")

MASKS_IN_MEMORY = 64
# Predict this many tiles at the head of the queue before the rest of the scenes.
TILES_PREDICTED_FIRST = 24
# Retrain by itself after this many submitted tiles, when the user has left that on.
TILES_PER_ROUND = 4


class Session:
    """An open project with everything that goes on in it."""

    def __init__(self, store: Store, *, threads: int = 1) -> None:
        """`threads`: torch's; 1 beside a window, 0 for all cores."""
        self.changes = Changes()
        self.inbox = Inbox()
        self.threads = threads
        self.compute = Worker("compute", on_change=self._job_changed)
        self.readers = Worker("reader", threads=2, newest_first=True, on_change=self._read_changed)
        self._store = store
        self.scenes: dict[int, SceneRecord] = {scene.scene_id: scene for scene in store.scenes()}
        self.tiles: dict[int, TileRecord] = {tile.tile_id: tile for tile in store.tiles()}
        self.classes: tuple[LabelClass, ...] = store.classes()
        self.painted = store.painted()
        self.ranking: list[RankedTile] = store.ranking()
        self.pool: Pool | None = None
        self.model: SegmentationModel | None = None
        self.model_version = 0
        self.predictions = PredictionCache()
        self.doubts: dict[int, float] = {}
        self.effort = Effort.load(store)
        self.auto_train: bool = store.setting("auto_train", True)
        self._open_scenes: dict[int, Scene] = {}
        self._masks: dict[int, Mask] = {}
        self._statistics = BandStatistics.from_json(store.setting("statistics"))
        self._interpretation = Interpretation.from_json(store.setting("interpretation"))
        self.reader = TileReader(self._interpretation, self._statistics)
        self._submitted_since_training = 0
        self._notice_waiting = threading.Event()
        self._load_model()

    # -- opening and closing --------------------------------------------------------------------------------------

    @classmethod
    def open(cls, path: str | Path, *, threads: int = 1) -> Session:
        """Open a project file. Raises ProjectError."""
        store = Store.open(path)
        try:
            return cls(store, threads=threads)
        except BaseException:
            store.close()
            raise

    def close(self) -> None:
        """Stop all work and close all files. Nothing needs saving: everything is."""
        self.compute.close()
        self.readers.close()
        self.inbox.run_waiting()
        for scene in self._open_scenes.values():
            scene.close()
        self._store.close()

    def wait(self, job: Job[Any]) -> None:
        """Run the main thread's part until `job` and its consequences are applied. For programs without a window."""
        while not job.state.is_final:
            self.inbox.run_next(0.1)
        self.inbox.run_waiting()

    @property
    def path(self) -> Path:
        return self._store.path

    @property
    def interpretation(self) -> Interpretation:
        return self._interpretation

    def setting(self, key: str, default: Any = None) -> Any:
        """A JSON value the window keeps with the project (last tile, zoom, composite)."""
        return self._store.setting(key, default)

    def set_setting(self, key: str, value: Any) -> None:
        self._store.set_setting(key, value)

    # -- scenes and tiles -------------------------------------------------------------------------------------------

    def scene(self, scene_id: int) -> Scene:
        """The open Scene. Raises SceneError when its file is gone or is no longer the same."""
        if scene_id not in self._open_scenes:
            record = self.scenes[scene_id]
            scene = open_scene(record.path)
            if (scene.info.width, scene.info.height) != (record.width, record.height):
                scene.close()
                raise SceneError(
                    "The scene {path} is not the file that was labeled: it has another size.",
                    "Put the original back, or show where it is now.",
                    path=record.path,
                )
            self._open_scenes[scene_id] = scene
        return self._open_scenes[scene_id]

    def missing_scenes(self) -> list[SceneRecord]:
        """Scenes whose file is not where it was."""
        return [record for record in self.scenes.values() if not Path(record.path).is_file()]

    def relink_scene(self, scene_id: int, path: str | Path) -> None:
        """Say where a moved Scene is now. Raises SceneError when that file is another one."""
        record = self.scenes[scene_id]
        if fingerprint(path) != record.fingerprint:
            raise SceneError(
                "{path} is not the scene that was labeled ({name}).",
                "Choose the original file.",
                path=path,
                name=Path(record.path).name,
            )
        self._store.relink_scene(scene_id, path)
        self.scenes[scene_id] = replace(record, path=str(Path(path).absolute()))
        self.changes.tell(Subject.SCENES, origin="relink")

    def tile_ref(self, tile_id: int) -> TileRef:
        tile = self.tiles[tile_id]
        return TileRef(tile_id, self.scenes[tile.scene_id].path, tile.rect)

    # -- painting -----------------------------------------------------------------------------------------------------

    def mask(self, tile_id: int) -> Mask:
        """The Tile's Mask; the same arrays every time, changed in place by Strokes. Raises LabelError if damaged."""
        mask = self._masks.pop(tile_id, None) or self._store.mask(self.tiles[tile_id])
        self._masks[tile_id] = mask
        if len(self._masks) > MASKS_IN_MEMORY:  # all paint is in the project; the longest unused can go
            del self._masks[next(iter(self._masks))]
        return mask

    def begin_stroke(self, tile_id: int, tool: str, paintable: NDArray[np.bool_] | None = None) -> StrokeRecorder:
        """A recorder for one Stroke on one Tile; end it with `finish_stroke` or its `cancel()`."""
        return StrokeRecorder(self.mask(tile_id), tool, paintable)

    def finish_stroke(self, tile_id: int, recorder: StrokeRecorder) -> bool:
        """Save the Stroke. False when it changed nothing.

        Raises ProjectError when it could not be saved; the Mask is then as before the Stroke, so that what is
        seen and what is saved never differ.
        """
        patch = recorder.finish()
        if patch is None:
            return False
        tile = self.tiles[tile_id]
        status = TileStatus.IN_PROGRESS if tile.status is TileStatus.NEW else tile.status
        try:
            self._store.save_stroke(tile_id, patch, recorder.mask, status)
        except BaseException:
            recorder.cancel()
            raise
        self.tiles[tile_id] = replace(tile, status=status)
        self._mask_changed(tile_id, patch.tool)
        return True

    def undo(self, tile_id: int) -> bool:
        """Take the Tile's last Stroke back. False when there is none."""
        found = self._store.latest_patch(tile_id)
        if found is None:
            return False
        patch_id, patch = found
        mask = self.mask(tile_id).copy()
        patch.revert(mask)
        self._store.save_undo(tile_id, patch_id, mask, undone=True)
        patch.revert(self.mask(tile_id))
        self._mask_changed(tile_id, "undo")
        return True

    def redo(self, tile_id: int) -> bool:
        """Do the Tile's last undone Stroke again. False when there is none."""
        found = self._store.earliest_undone_patch(tile_id)
        if found is None:
            return False
        patch_id, patch = found
        mask = self.mask(tile_id).copy()
        patch.apply(mask)
        self._store.save_undo(tile_id, patch_id, mask, undone=False)
        patch.apply(self.mask(tile_id))
        self._mask_changed(tile_id, "redo")
        return True

    def strokes(self, tile_id: int) -> list[tuple[int, str, bool]]:
        """(id, tool, undone) of the Tile's Strokes, oldest first."""
        return self._store.patches(tile_id)

    def fill_unlabeled(self, tile_id: int, value: int, paintable: NDArray[np.bool_] | None = None) -> bool:
        """Give every unlabeled pixel of the Tile the class `value`, as one Stroke."""
        recorder = self.begin_stroke(tile_id, "fill unlabeled", paintable)
        everywhere = np.ones((recorder.mask.height, recorder.mask.width), bool)
        recorder.paint(recorder.mask.bounds, everywhere, Ink(value, Provenance.FILLED, protect_painted=True))
        return self.finish_stroke(tile_id, recorder)

    def accept_prediction(self, tile_id: int) -> bool:
        """Take the Tile's Prediction as a draft where nothing is painted yet, as one Stroke.

        Raises LearningError when there is no Prediction.
        """
        prediction = self.predictions.get(tile_id)
        if prediction is None:
            raise LearningError("There is no prediction of this tile yet.", "Train a model first.")
        recorder = self.begin_stroke(tile_id, "accept prediction")
        recorder.paint_labels(prediction.classes, Ink(0, Provenance.ACCEPTED, protect_painted=True))
        return self.finish_stroke(tile_id, recorder)

    def import_mask(self, tile_id: int, labels: NDArray[np.uint8]) -> bool:
        """Write existing label values, (height, width) uint8, over the Tile's Mask, as one Stroke; the Tile is done."""
        recorder = self.begin_stroke(tile_id, "import")
        recorder.paint_labels(labels, Ink(0, Provenance.DRAWN))
        changed = self.finish_stroke(tile_id, recorder)
        if changed:
            self._set_status(tile_id, TileStatus.DONE, 0.0)
        return changed

    def set_classes(self, classes: Sequence[LabelClass]) -> None:
        """Raises LabelError when a painted Class would vanish or two are alike."""
        checked = checked_classes(classes)
        self._store.set_classes(checked)
        self.classes = checked
        self.changes.tell(Subject.CLASSES, origin="classes")

    def _mask_changed(self, tile_id: int, origin: str) -> None:
        counts = self.mask(tile_id).pixel_counts()
        self.painted.pop(tile_id, None)
        if counts:
            self.painted[tile_id] = counts
        self.changes.tell(Subject.TILES, tile_ids=frozenset({tile_id}), origin=origin)

    # -- the queue ------------------------------------------------------------------------------------------------------

    def submit(self, tile_id: int, seconds: float = 0.0) -> None:
        """The expert is done with the Tile after `seconds` of active work: count it, learn from it, rank anew.

        Raises LabelError when nothing is painted on it.
        """
        if tile_id not in self.painted:
            raise LabelError("Nothing is painted on this tile.", "Paint something, or skip it with K.")
        if self.tiles[tile_id].status is not TileStatus.DONE:
            self.effort = self.effort.with_tile(seconds)
            self.effort.save(self._store)
        self._record_doubt(tile_id)
        self._set_status(tile_id, TileStatus.DONE, seconds)
        self.changes.tell(Subject.BUDGET, origin="submit")
        self.rank()
        self._submitted_since_training += 1
        if self.auto_train and self._submitted_since_training >= TILES_PER_ROUND and self.can_train():
            self.train(self.default_training_settings())

    def skip(self, tile_id: int, seconds: float = 0.0) -> None:
        """Leave the Tile out of the queue; its paint stays."""
        self._set_status(tile_id, TileStatus.SKIPPED, seconds)

    def flag(self, tile_id: int) -> None:
        """Put the Tile aside to talk about; again puts it back."""
        flagged = self.tiles[tile_id].status is TileStatus.FLAGGED
        back = TileStatus.IN_PROGRESS if tile_id in self.painted else TileStatus.NEW
        self._set_status(tile_id, back if flagged else TileStatus.FLAGGED, 0.0)

    def queue(self) -> list[RankedTile]:
        """The open Tiles in the order to label them; in the order of the grid while there is no ranking."""
        if not self.ranking:
            waiting = text("Not ranked yet")
            return [RankedTile(t, 0.0, "unranked", waiting) for t, r in self.tiles.items() if r.status.is_open]
        return [ranked for ranked in self.ranking if self.tiles[ranked.tile_id].status.is_open]

    def set_budget(self, unit: str, amount: float) -> None:
        self.effort = self.effort.with_budget(unit, amount)
        self.effort.save(self._store)
        self.changes.tell(Subject.BUDGET, origin="budget")
        self.rank()

    def _set_status(self, tile_id: int, status: TileStatus, seconds: float) -> None:
        self._store.set_tile_status(tile_id, status, seconds)
        tile = self.tiles[tile_id]
        self.tiles[tile_id] = replace(tile, status=status, seconds=tile.seconds + seconds)
        self.changes.tell(Subject.TILES, tile_ids=frozenset({tile_id}), origin="status")

    def _record_doubt(self, tile_id: int) -> None:
        """Keep how right the model's doubt was, from the Prediction it made before the Tile was done."""
        prediction = self.predictions.get(tile_id)
        if prediction is None or tile_id not in self.doubts or self.tiles[tile_id].status is TileStatus.DONE:
            return
        mask = self.mask(tile_id)
        judged = (mask.labels != UNLABELED) & (mask.labels != IGNORE) & (mask.provenance != Provenance.ACCEPTED)
        judged &= prediction.classes != UNLABELED
        if not judged.any():
            return
        error = float(np.mean(prediction.classes[judged] != mask.labels[judged]))
        regime = next((r.regime for r in self.ranking if r.tile_id == tile_id), "")
        self._store.add_doubt_record(
            DoubtRecord(tile_id, prediction.model_version, regime, self.doubts[tile_id], error)
        )

    # -- embedding and ranking ------------------------------------------------------------------------------------------

    def embed(self) -> Job[Pool]:
        """Compute the Embeddings of all Tiles in the background, or take them from the cache; then rank."""
        tiles = tuple(self.tiles.values())
        refs = tuple(self.tile_ref(tile.tile_id) for tile in tiles)
        prints = {scene.path: scene.fingerprint for scene in self.scenes.values()}
        positions = np.array([self._map_position(tile) for tile in tiles], np.float64).reshape(-1, 2)
        work = partial(_embed, tiles, refs, positions, prints, self.reader, self.threads)
        return self._run(text("Looking at the tiles"), work, Priority.EMBEDDING, "embed", self._embedded)

    def _embedded(self, pool: Pool) -> None:
        self.pool = pool
        self.rank()

    def _map_position(self, tile: TileRecord) -> tuple[float, float]:
        x, y = tile.rect.x + tile.rect.width / 2, tile.rect.y + tile.rect.height / 2
        return self.scenes[tile.scene_id].map_position(x, y)

    def rank(self, strategy: str = DEFAULT, seed: int = 0, budget_tiles: int | None = None) -> Job[Any] | None:
        """Order the open Tiles in the background; None while there are no Embeddings yet."""
        pool = self.pool
        if pool is None:
            return None
        status = [self.tiles[int(tile_id)].status for tile_id in pool.tile_ids]
        labeled = np.array([s is TileStatus.DONE for s in status], bool)
        excluded = np.array([s in (TileStatus.SKIPPED, TileStatus.FLAGGED) for s in status], bool)
        budget = budget_tiles if budget_tiles is not None else self.effort.remaining_tiles()
        work = partial(_rank, pool, labeled, excluded, self._model_state(pool), strategy, budget, seed)
        return self._run(text("Ranking the tiles"), work, Priority.RANKING, "rank", self._ranked)

    def _model_state(self, pool: Pool) -> ModelState | None:
        if not self.doubts:
            return None
        records = self._store.doubt_records()
        trust = earned_trust([r.doubt for r in records], [r.error for r in records])
        doubts = np.array([self.doubts.get(int(t), np.nan) for t in pool.tile_ids], np.float32)
        return ModelState(doubts, trust)

    def _ranked(self, ranking: list[RankedTile]) -> None:
        self._store.set_ranking(ranking)
        self.ranking = ranking
        self.changes.tell(Subject.RANKING, origin="ranking")

    # -- training -------------------------------------------------------------------------------------------------------

    def default_training_settings(self) -> TrainingSettings:
        return TrainingSettings(threads=self.threads, **self._store.setting("training", {}))

    def set_training_seconds(self, seconds: float) -> None:
        """How long the next trainings may take."""
        stored = {**self._store.setting("training", {}), "time_budget_s": float(seconds)}
        self._store.set_setting("training", stored)

    def set_auto_train(self, on: bool) -> None:
        """Whether submitted tiles start a training by themselves."""
        self.auto_train = on
        self._store.set_setting("auto_train", on)

    def can_train(self) -> bool:
        """Whether two Classes have paint and no training runs."""
        trainable = {c.value for c in self.classes}
        seen = {value for counts in self.painted.values() for value in counts} & trainable
        return len(seen) >= 2 and self.training_job() is None

    def training_job(self) -> Job[Any] | None:
        """The training that runs or waits."""
        return next((job for job in self.compute.active() if job.key == "train"), None)

    def train(self, settings: TrainingSettings) -> Job[tuple[TrainingResult, bytes]]:
        """Train on all paint there is now; then keep the model, predict with it and rank anew."""
        self._submitted_since_training = 0
        stored = self._store.stored_masks({tile_id: self.tile_ref(tile_id) for tile_id in self.tiles})
        values = tuple(c.value for c in self.classes)
        names = {c.value: c.name for c in self.classes}
        version = self.model_version + 1
        work = partial(_train, stored, values, names, self.reader, settings, version, self.model)
        return self._run(text("Training"), work, Priority.TRAINING, "train", self._trained)

    def _trained(self, outcome: tuple[TrainingResult, bytes]) -> None:
        result, data = outcome
        self.model = result.model
        self.model_version = result.model.card.version
        self._store.add_model(self.model_version, data)
        self.changes.tell(Subject.MODEL, origin="training")
        self.rank()
        self.predict_all()

    def _load_model(self) -> None:
        """Remember the newest model's bytes; torch is loaded, and the model with it, on the compute thread."""
        stored = self._store.latest_model()
        if stored is None:
            return
        self.model_version, data = stored
        self._run(
            text("Loading the model"), lambda context: SegmentationModel.from_bytes(data), Priority.TRAINING, "load",
            self._model_loaded,
        )  # fmt: skip

    def _model_loaded(self, model: SegmentationModel) -> None:
        if self.model is None:
            self.model = model
            self.changes.tell(Subject.MODEL, origin="open")
            self.predict_all()

    # -- prediction -------------------------------------------------------------------------------------------------------

    def predict_visible(self, tile_id: int) -> None:
        """Predict the Tile the user looks at before everything else, also between two training steps."""
        model = self.model
        if model is None or self.predictions.model_version(tile_id) == self.model_version:
            return
        work = partial(_predict, model, self.reader, (self.tile_ref(tile_id),), self._predicted)
        self._run(text("Predicting this tile"), work, Priority.VISIBLE, "predict visible")

    def predict_all(self) -> Job[None] | None:
        """Predict the head of the queue, then all other Tiles, and rank by the new doubt. None without a model."""
        model = self.model
        if model is None:
            return None
        for job in self.compute.active():
            if job.key in ("predict queue", "predict rest"):
                job.cancel()
        order = [ranked.tile_id for ranked in self.queue()]
        order += [tile_id for tile_id in self.tiles if tile_id not in set(order)]
        refs = tuple(self.tile_ref(tile_id) for tile_id in order)
        first, rest = refs[:TILES_PREDICTED_FIRST], refs[TILES_PREDICTED_FIRST:]
        head = partial(_predict, model, self.reader, first, self._predicted)
        tail = partial(_predict, model, self.reader, rest, self._predicted)
        self._run(text("Predicting the queue"), head, Priority.QUEUE, "predict queue", self._all_predicted)
        return self._run(text("Predicting the scenes"), tail, Priority.SCENE, "predict rest", self._all_predicted)

    def _all_predicted(self, _: None) -> None:
        self.rank()

    def _predicted(self, prediction: TilePrediction, doubt: float) -> None:
        """Called on the compute thread for each Tile; the rest happens on the main thread."""
        self.inbox.post(partial(self._keep_prediction, prediction, doubt))

    def _keep_prediction(self, prediction: TilePrediction, doubt: float) -> None:
        if prediction.model_version != self.model_version:
            return  # made by an older model
        self.predictions.put(prediction)
        self.doubts[prediction.tile_id] = doubt
        self.changes.tell(Subject.PREDICTIONS, tile_ids=frozenset({prediction.tile_id}), origin="prediction")

    # -- export -----------------------------------------------------------------------------------------------------------

    def export_labels(self, folder: str | Path) -> Job[list[Path]]:
        """Write one label GeoTIFF for every Scene that has paint."""
        stored = self._store.stored_masks({tile_id: self.tile_ref(tile_id) for tile_id in self.tiles})
        work = partial(export_labels, stored, self.classes, Path(folder))
        return self._run(text("Exporting labels"), work, Priority.QUEUE, "export labels")

    def export_predictions(self, folder: str | Path, scene_ids: Sequence[int] | None = None) -> Job[list[Path]]:
        """Predict whole Scenes with the newest model, straight into GeoTIFFs. Raises LearningError without a model."""
        if self.model is None:
            raise LearningError("There is no model yet.", "Train one first.")
        scenes = tuple(
            ExportedScene(record.path, tuple(self.tile_ref(t.tile_id) for t in self.tiles.values() if t.scene_id == i))
            for i, record in self.scenes.items()
            if scene_ids is None or i in scene_ids
        )
        work = partial(export_predictions, scenes, self.model, self.reader, self.classes, Path(folder))
        return self._run(text("Exporting predictions"), work, Priority.QUEUE, "export predictions")

    # -- background -------------------------------------------------------------------------------------------------------

    def _run(
        self, title: Text, work: Callable[[JobContext], T], priority: Priority, key: str,
        then: Callable[[T], None] | None = None,
    ) -> Job[T]:  # fmt: skip
        return self.compute.submit(title, work, priority, key, then)

    def _job_changed(self, job: Job[Any]) -> None:
        """Called from the workers' threads."""
        if job.state.is_final:
            self.inbox.post(partial(self._job_ended, job))
        elif not self._notice_waiting.is_set():  # one notice at a time is enough: listeners read the latest state
            self._notice_waiting.set()
            self.inbox.post(self._tell_jobs)

    def _read_changed(self, job: Job[Any]) -> None:
        """Called from the readers' threads. Reads are short and many: only their ends matter."""
        if job.state is JobState.DONE and job.then is not None:
            self.inbox.post(partial(job.then, job.result))
        elif job.state is JobState.FAILED:
            self.inbox.post(partial(self._job_ended, job))

    def _tell_jobs(self) -> None:
        self._notice_waiting.clear()
        self.changes.tell(Subject.JOBS)

    def _job_ended(self, job: Job[Any]) -> None:
        if job.state is JobState.DONE and job.then is not None:
            job.then(job.result)
        if job.state is JobState.FAILED:
            self.changes.tell(Subject.JOBS, Subject.NOTICE, origin=str(job.title), error=job.error)
        else:
            self.changes.tell(Subject.JOBS, origin=str(job.title))


def _embed(
    tiles: Sequence[TileRecord], refs: Sequence[TileRef], positions: NDArray[np.float64], fingerprints: Mapping[str, str],
    reader: TileReader, threads: int, context: JobContext,
) -> Pool:  # fmt: skip
    configure(threads)
    cache = Path(platformdirs.user_cache_dir("fieldbrush", appauthor=False)) / "embeddings"
    return Pool(
        tile_ids=np.array([tile.tile_id for tile in tiles], np.int64),
        embeddings=embed(refs, reader, context, cache, fingerprints),
        valid_share=np.array([tile.valid_share for tile in tiles], np.float32),
        positions=positions,
        scene_index=np.array([tile.scene_id for tile in tiles], np.int32),
    )


def _rank(
    pool: Pool, labeled: NDArray[np.bool_], excluded: NDArray[np.bool_], state: ModelState | None, strategy: str,
    budget: int, seed: int, context: JobContext,
) -> list[RankedTile]:  # fmt: skip
    context.check()
    ranking = strategy_named(strategy)(pool, labeled, state, budget, np.random.default_rng(seed))
    return [
        RankedTile(int(pool.tile_ids[i]), float(score), regime, reason)
        for i, score, regime, reason in zip(
            ranking.order, ranking.scores, ranking.regimes, ranking.reasons, strict=True
        )
        if not excluded[i]
    ]


def _train(
    stored: Sequence[StoredMask], values: tuple[int, ...], names: Mapping[int, str], reader: TileReader,
    settings: TrainingSettings, version: int, warm_start: SegmentationModel | None, context: JobContext,
) -> tuple[TrainingResult, bytes]:  # fmt: skip
    snapshot: Snapshot = take_snapshot(stored, values)
    result = train(snapshot, reader, names, settings, context, warm_start)
    model = SegmentationModel(replace(result.model.card, version=version), result.model.module)
    return replace(result, model=model), model.to_bytes()


def _predict(
    model: SegmentationModel, reader: TileReader, refs: Sequence[TileRef],
    deliver: Callable[[TilePrediction, float], None], context: JobContext,
) -> None:  # fmt: skip
    for done, ref in enumerate(refs):
        context.check()
        prediction = predict_tile(model, reader, ref)
        deliver(prediction, tile_doubt(prediction))
        context.report(done + 1, len(refs))
