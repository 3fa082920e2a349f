"""What a Session asks of the background: functions from an immutable request to a response."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.cache import cache_folder
from core.errors import Failures, LearningError, SceneError
from core.executors.spread import Workplace, spread
from core.export.predictions import ExportedScene, export_predictions
from core.geometry import TileRef
from core.imagery.files import refuse_other_size
from core.imagery.lost_scenes import without_lost
from core.imagery.reader import TileReader
from core.jobs import JobContext
from core.labels.classes import LabelClass
from core.labels.snapshot import StoredMask, take_snapshot
from core.learning.acceleration import AgreedPlan, Phase
from core.learning.doubt import DOUBT_WINDOW_PX, entropy, least_confidence, mean_of_most_doubtful
from core.learning.interrupted import forget_run
from core.learning.mappers import Check, ClassifierMapper, Making
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import ClassifierTrainer, PixelClassifier
from core.learning.pixel_features import FeatureMemory
from core.learning.prediction import TilePrediction, predict_tile, tile_doubt
from core.learning.runtime import best_device, release_memory
from core.learning.scene_prediction import PredictedBlock
from core.learning.settings import TrainingSettings
from core.learning.training import TrainingResult, train
from core.memory import MemoryShortage, memory_watched
from core.project.fingerprints import content_of
from core.project.records import SceneRecord, TileRecord
from core.selection.embeddings import embed
from core.selection.pool import Answers, Pool, whole_shares, with_something_to_see

_log = logging.getLogger(__name__)
_Answer = tuple[TilePrediction, float]  # and its doubt


def embed_tiles(
    tiles: Sequence[TileRecord], scenes: Mapping[int, SceneRecord], reader: TileReader, threads: int,
    place: Workplace, context: JobContext,
) -> Pool:  # fmt: skip
    """The Pool of all Tiles; Embeddings come from the cache folder where they are known, without loading torch."""
    cache = cache_folder() / "embeddings"
    refs = [tile.in_scene(scenes[tile.scene_id]) for tile in tiles]
    contents = _contents(scenes.values(), context.check)
    context.check()  # with 150,000 Tiles each of these takes a moment
    positions = [scenes[tile.scene_id].map_position(*tile.rect.centre) for tile in tiles]
    embeddings = embed(refs, reader, context, cache, contents, place=place, threads=threads)
    scene_index = np.array([tile.scene_id for tile in tiles], np.int32)
    shares = whole_shares([tile.valid_share for tile in tiles], [tile.rect.area for tile in tiles], scene_index)
    return Pool(
        tile_ids=np.array([tile.tile_id for tile in tiles], np.int64),
        embeddings=embeddings,
        valid_share=with_something_to_see(shares, embeddings),
        positions=np.array(positions, np.float64).reshape(-1, 2),
        scene_index=scene_index,
    )


def _contents(scenes: Iterable[SceneRecord], check: Callable[[], None]) -> dict[str, str]:
    """What each Scene's file holds now, by its path."""
    found = {}
    for scene in scenes:
        check()  # of one that was written, up to 1 MiB is read
        found[scene.path] = content_of(scene)
    return found


def run_path_of(project: Path) -> Path:
    """Where the training of the Project in this file keeps what it takes to go on after a kill."""
    return cache_folder() / "training" / f"{hashlib.sha256(str(project).encode()).hexdigest()[:16]}.safetensors"


def forget_training(project: Path) -> None:
    """Nobody will go on with the last training of the Project in this file."""
    forget_run(run_path_of(project))


def train_model(
    stored: Sequence[StoredMask], values: tuple[int, ...], drawn: frozenset[int], names: Mapping[int, str],
    reader: TileReader, settings: TrainingSettings, version: int, earlier: Callable[[], SegmentationModel | None],
    project: Path, context: JobContext,
) -> tuple[TrainingResult, bytes]:  # fmt: skip
    """A model of the given version from all stored Masks of Scenes that can be read, and its bytes; it goes on from the
    earlier one. `drawn` as in a Snapshot.

    What it takes to go on with the training of the file `project` is kept beside the Embeddings. It is removed where
    the training is given up, but not at the program's end or for want of memory; for one that has ended,
    `forget_training` does so when its model is saved.
    """
    snapshot = take_snapshot(of_readable(stored, reader, context), values, drawn)
    try:
        with memory_watched():
            result = train(snapshot, reader, names, settings, context, earlier(), run_path_of(project))
    except BaseException as error:
        if not (context.closing or isinstance(error, MemoryShortage)):
            forget_training(project)
        raise
    model = SegmentationModel(replace(result.model.card, version=version), result.model.module)
    release_memory(best_device())  # a training needs much that nothing else will
    return replace(result, model=model), model.to_bytes()


def of_readable(stored: Sequence[StoredMask], reader: TileReader, context: JobContext) -> list[StoredMask]:
    """The Masks of Scenes that can be read. Raises SceneError where none is left of some."""
    readable = without_lost({mask.ref.scene_path: mask.ref.scene_size for mask in stored}, reader, context)
    return [mask for mask in stored if mask.ref.scene_path in readable]


def suggest_tile(
    trainer: ClassifierTrainer, stored: Sequence[StoredMask], values: tuple[int, ...], ref: TileRef,
    deliver: Callable[[TilePrediction, float], None], context: JobContext,
) -> PixelClassifier | None:  # fmt: skip
    """A pixel classifier from all paint, after it has predicted one Tile; None while it can't tell two Classes, though
    then too it has looked at the Tile."""
    trainer.features.of(ref)
    classifier = trainer.train(take_snapshot(stored, values), context.check, ref.tile_id)
    if classifier is not None:
        prediction = classifier.predict(trainer.features, ref)
        deliver(prediction, tile_doubt(prediction))
    return classifier


def suggest_more(
    classifier: PixelClassifier, features: FeatureMemory, refs: Sequence[TileRef],
    deliver: Callable[[TilePrediction, float], None], context: JobContext,
) -> None:  # fmt: skip
    """The same classifier's Predictions of further Tiles; of those that can be read."""
    failures = Failures(_log, "the pixel classifier does not colour tiles that cannot be read")
    for done, ref in enumerate(refs, start=1):
        context.check()
        try:
            prediction = classifier.predict(features, ref, in_passing=True)
        except SceneError as error:
            failures.add(error)
        else:
            deliver(prediction, tile_doubt(prediction))
        context.report(done, len(refs))


def predict_by_classifier(
    making: Callable[[Check], ClassifierMapper], refs: Sequence[TileRef],
    deliver: Callable[[TilePrediction, float], None], context: JobContext,
) -> None:  # fmt: skip
    """Give the pixel classifier's Prediction and doubt of every Tile to `deliver`; nothing while it can't tell two
    Classes, nor of a Tile that cannot be read."""
    try:
        mapper = making(context.check)
    except LearningError:
        return
    with closing(spread(mapper.place, _map_tile, mapper, refs, context.check)) as results:
        _deliver_each(results, len(refs), deliver, context)


def _map_tile(mapper: ClassifierMapper, ref: TileRef, check: Check) -> _Answer | SceneError:
    try:
        prediction = mapper.tile(ref)
    except SceneError as error:
        return error
    return prediction, tile_doubt(prediction)


def answers_by_classifier(
    making: Callable[[Check], ClassifierMapper], refs: Mapping[int, TileRef], count: int, context: JobContext
) -> Answers:
    """What the pixel classifier answers about a Pool of `count` Tiles: about `refs`, by their place in the Pool, that
    can be read. A forest has class shares, but neither features to drop nor gradients."""
    try:
        mapper = making(context.check)
    except LearningError:  # it can't tell two Classes
        return Answers.of(count, {})
    nothing = np.full(1, np.nan, np.float32)
    answers: dict[int, tuple[float, float, float, NDArray[np.float32]]] = {}
    failures = Failures(_log, "the pixel classifier is not asked about tiles that cannot be read")
    with closing(spread(mapper.place, _ask_mapper, mapper, list(refs.values()), context.check)) as results:
        for done, (tile, answer) in enumerate(zip(refs, results, strict=True), start=1):
            if isinstance(answer, SceneError):
                failures.add(answer)
            else:
                answers[tile] = (*answer, float("nan"), nothing)
            context.report(done, len(refs))
    return Answers.of(count, answers, by_classifier=True)


def _ask_mapper(mapper: ClassifierMapper, ref: TileRef, check: Check) -> tuple[float, float] | SceneError:
    """A Tile's least confidence and entropy."""
    try:
        shares, valid = mapper.shares(ref)
    except SceneError as error:
        return error
    least, wavering = (
        mean_of_most_doubtful(measure(shares), valid, DOUBT_WINDOW_PX) for measure in (least_confidence, entropy)
    )
    return least, wavering


def _deliver_each(
    answers: Iterable[_Answer | SceneError], count: int, deliver: Callable[[TilePrediction, float], None],
    context: JobContext,
) -> SceneError | None:  # fmt: skip
    """A lost Scene must not keep all others from being predicted. Its error if there were no others."""
    failures, delivered = Failures(_log, "tiles that cannot be read are not predicted"), 0
    for done, answer in enumerate(answers, start=1):
        if isinstance(answer, SceneError):
            failures.add(answer)
        else:
            deliver(*answer)
            delivered += 1
        context.report(done, count)
    return None if delivered else failures.first


class _Prediction(NamedTuple):
    """What all Tiles that are predicted share."""

    model: SegmentationModel
    reader: TileReader
    plan: AgreedPlan


def predict_tiles(
    model: SegmentationModel, reader: TileReader, refs: Sequence[TileRef], threads: int, place: Workplace,
    deliver: Callable[[TilePrediction, float], None], context: JobContext,
) -> None:  # fmt: skip
    """Give every Tile's Prediction and doubt to `deliver`, called on the compute thread. Tiles that cannot be read are
    left out. Raises SceneError if that is all of them."""
    request = _Prediction(model, reader, AgreedPlan.made(Phase.PREDICT, threads, place.threads(threads), context.check))
    with closing(spread(place, _predict_tile, request, refs, context.check)) as results:
        failure = _deliver_each(results, len(refs), deliver, context)
    if failure is not None:
        raise failure


def _predict_tile(request: _Prediction, ref: TileRef, check: Callable[[], None]) -> _Answer | SceneError:
    request.plan.take()
    try:
        prediction = predict_tile(request.model, request.reader, ref)
    except SceneError as error:
        return error
    return prediction, tile_doubt(prediction)


def predict_scenes(
    making: Making, reader: TileReader, scenes: Sequence[SceneRecord], stems: Mapping[str, str], folder: Path,
    classes: Sequence[LabelClass], meaning: NDArray[np.uint8], context: JobContext,
) -> list[Path]:  # fmt: skip
    """Map whole Scenes that can be read into GeoTIFFs; `meaning` as in `meaning_table`, `stems` by the Scene's path."""
    readable = without_lost({scene.path: scene.size for scene in scenes}, reader, context)
    scenes = [scene for scene in scenes if scene.path in readable]
    mapper = making(context.check)
    contents = _contents(scenes, context.check)
    exported = [
        ExportedScene(
            scene.path, stems[scene.path], tuple(mapper.grid(scene.width, scene.height)),
            hashlib.sha256(f"{mapper.recipe} {contents[scene.path]}".encode()).hexdigest(),
        )
        for scene in scenes
    ]  # fmt: skip
    sizes = {scene.path: scene.size for scene in scenes}

    def predict(path: str, first_row: int, check: Callable[[], None]) -> Iterator[PredictedBlock]:
        refuse_other_size(path, reader.scene(path).info.size, sizes[path])
        return mapper.blocks(path, first_row, check)

    return export_predictions(exported, predict, meaning, classes, folder, context, mapper.name)
