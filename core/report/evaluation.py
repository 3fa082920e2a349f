"""Stored models against the same held-out Tiles; what has been compared once is remembered."""

from __future__ import annotations

import logging
import zlib
from collections import Counter, OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import Failures, SceneError
from core.geometry import TileRef
from core.imagery.files import SceneInfo
from core.imagery.lost_scenes import without_lost
from core.imagery.reader import TileReader
from core.jobs import Checkpoint
from core.labels.classes import UNLABELED
from core.labels.snapshot import LabeledTile, Snapshot, StoredMask, shuffled, take_snapshot
from core.learning.hold_out import split_tiles
from core.learning.intervals import Tables
from core.learning.metrics import confusion
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import CLASSIFIER_VERSION, MOST_TAUGHT, ClassifierTrainer
from core.learning.prediction import predict_tile
from core.learning.runtime import configure
from core.learning.scoring import HeldOut, held_out_tiles

_log = logging.getLogger(__name__)

_COMPARED_TILES = 48
_KEPT_TABLES = 20_000  # of some hundred bytes each: every change of a held-out Tile's paint makes new ones


@dataclass(frozen=True)
class Evaluated:
    """Models on Tiles that none of them learned from. `tables` by version, (T, K, K), K as in `class_values`.

    `left_out`: the paths of Scenes with paint that cannot be read. `unread`: how many further Tiles cannot.
    """

    class_values: tuple[int, ...]
    held_out: HeldOut
    tables: Mapping[int, Tables]
    left_out: tuple[str, ...] = ()
    unread: int = 0


@dataclass(frozen=True)
class EvaluationRequest:
    """What an evaluation reads. `models` by version: a function that gives the model, called on the compute thread."""

    stored: tuple[StoredMask, ...]
    class_values: tuple[int, ...]
    meaning: NDArray[np.uint8]  # see core.labels.classes.meaning_table
    models: Mapping[int, Callable[[], SegmentationModel]]
    reader: TileReader
    threads: int
    drawn: frozenset[int] = frozenset()  # as in a Snapshot


class Evaluator:
    """Remembers the tables it has counted, the last of them, as long as model, paint and Classes are the same. For the
    compute thread."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, int, int, bytes], NDArray[np.int64]] = OrderedDict()
        self._infos: dict[str, SceneInfo] = {}

    def evaluate(self, request: EvaluationRequest, context: Checkpoint) -> Evaluated:
        """Raises LearningError, SceneError, LabelError."""
        painted = take_snapshot(request.stored, request.class_values).tiles
        loaded: dict[int, SegmentationModel] = {}
        for version, load in request.models.items():
            context.check()
            loaded[version] = load()
        taught = {tile for model in loaded.values() for tile in model.card.training_tiles}
        lost = _lost_scenes(painted, request.reader, context)
        infos = self._infos_of(painted, request.reader, context)
        configure(request.threads)

        def tables_of(tile: LabeledTile) -> dict[int, NDArray[np.int64]]:
            return {version: self._table(version, model, tile, request) for version, model in loaded.items()}

        found = held_out_tiles(painted, taught, infos, lost)
        return replace(_evaluated(request, found, loaded, tables_of, context), left_out=lost)

    def evaluate_classifier(
        self, request: EvaluationRequest, learned_from: Collection[int], context: Checkpoint
    ) -> Evaluated:
        """The pixel classifier as it is once the Tiles `learned_from` have taught it, 400 at most, on the Tiles that
        would judge a Model which has learned from them. Where these are none or leave nobody to judge, from all but
        those that a training from the beginning would hold out. Raises SceneError, LabelError."""
        painted = take_snapshot(request.stored, request.class_values).tiles
        lost = _lost_scenes(painted, request.reader, context)
        painted = tuple(tile for tile in painted if tile.ref.scene_path not in lost)
        infos = self._infos_of(painted, request.reader, context)
        teach = set(learned_from).intersection(tile.ref.tile_id for tile in painted)
        found = held_out_tiles(painted, teach, infos)
        if not teach or not found.tiles:
            split = split_tiles(painted, request.class_values, (), (), infos, request.drawn)
            teach = {tile.ref.tile_id for tile in split.taught}
            found = held_out_tiles(painted, teach, infos)
        teachers = sorted((tile for tile in painted if tile.ref.tile_id in teach), key=_at_random)[:MOST_TAUGHT]
        trainer, count = ClassifierTrainer(request.reader), len(request.class_values)
        taught = Snapshot(tuple(teachers), request.class_values)
        classifier = trainer.train(taught, context.check) if found.tiles else None
        if classifier is None:
            nothing = np.zeros((0, count, count), np.int64)
            return Evaluated(
                request.class_values, HeldOut((), frozenset(), True), {CLASSIFIER_VERSION: nothing}, lost
            )  # fmt: skip

        def tables_of(tile: LabeledTile) -> dict[int, NDArray[np.int64]]:
            classes = request.meaning[classifier.predict(trainer.features, tile.ref, in_passing=True).classes]
            return {CLASSIFIER_VERSION: confusion(tile.labels, classes, request.class_values)}

        return replace(_evaluated(request, found, (CLASSIFIER_VERSION,), tables_of, context), left_out=lost)

    def _infos_of(
        self, painted: Sequence[LabeledTile], reader: TileReader, context: Checkpoint
    ) -> dict[str, SceneInfo]:
        infos: dict[str, SceneInfo] = {}
        for path in dict.fromkeys(tile.ref.scene_path for tile in painted):
            context.check()
            infos[path] = self._info(path, reader)
        return infos

    def _info(self, path: str, reader: TileReader) -> SceneInfo:
        """What the Scene's file says of itself; nothing where it is gone, for what was learned from it still counts."""
        if path not in self._infos:
            try:
                self._infos[path] = reader.scene(path).info
            except SceneError:
                return SceneInfo(path, 0, 0, 0, "uint8")
        return self._infos[path]

    def _table(
        self, version: int, model: SegmentationModel, tile: LabeledTile, request: EvaluationRequest
    ) -> NDArray[np.int64]:
        judged = (zlib.crc32(tile.labels.tobytes()), request.meaning.tobytes() + bytes(request.class_values))
        key = (version, tile.ref.tile_id, *judged)
        if key not in self._known:
            classes = request.meaning[predict_tile(model, request.reader, tile.ref).classes]
            self._known[key] = confusion(tile.labels, classes, request.class_values)
            if len(self._known) > _KEPT_TABLES:
                self._known.popitem(last=False)
        self._known.move_to_end(key)
        return self._known[key]


def _evaluated(
    request: EvaluationRequest, found: HeldOut, versions: Collection[int],
    tables_of: Callable[[LabeledTile], Mapping[int, NDArray[np.int64]]], context: Checkpoint,
) -> Evaluated:  # fmt: skip
    """On the held-out Tiles that can be read: who is compared is so on the same ones."""
    unread: set[int] = set()
    rows: list[Mapping[int, NDArray[np.int64]]] = []
    failures = Failures(_log, "tiles that cannot be read judge no model")
    for done, tile in enumerate(found.tiles, start=1):
        context.check()
        try:
            rows.append(tables_of(tile))
        except SceneError as error:
            failures.add(error)
            unread.add(tile.ref.tile_id)
        context.report(done, len(found.tiles))
    count = len(request.class_values)
    tables = {v: np.array([row[v] for row in rows], np.int64).reshape(-1, count, count) for v in versions}
    return Evaluated(request.class_values, found.without(unread), tables, unread=len(unread))


def _lost_scenes(painted: Sequence[LabeledTile], reader: TileReader, context: Checkpoint) -> tuple[str, ...]:
    """The paths of Scenes that cannot be read. Where that is all of them there is nothing to judge by, which is for the
    report to say: a map can still be made of Scenes without paint."""
    sizes = {tile.ref.scene_path: tile.ref.scene_size for tile in painted}
    try:
        readable = without_lost(sizes, reader, context)
    except SceneError:
        return tuple(sizes)
    return tuple(path for path in sizes if path not in readable)


def differing_shares(
    pair: Sequence[Callable[[], SegmentationModel]], scenes: Mapping[str, Sequence[TileRef]],
    request: EvaluationRequest, context: Checkpoint,
) -> dict[str, float]:  # fmt: skip
    """By the path of each Scene that can be read the share of pixels, 0…1, that two models see differently, of those
    that either gives a Class there is, on those of at most 48 Tiles spread over it that can be read. Raises SceneError
    where no Scene can."""
    readable = without_lost(
        {path: refs[0].scene_size for path, refs in scenes.items() if refs}, request.reader, context
    )
    configure(request.threads)
    first, second = (load() for load in pair)
    chosen = [(path, ref) for path in scenes if path in readable for ref in _spread(scenes[path])]
    differ, seen = Counter[str](), Counter[str]()
    failures = Failures(_log, "models are not compared on tiles that cannot be read")
    for done, (path, ref) in enumerate(chosen, start=1):
        context.check()
        try:
            one, two = (request.meaning[predict_tile(m, request.reader, ref).classes] for m in (first, second))
        except SceneError as error:
            failures.add(error)
        else:
            differ[path] += int(np.count_nonzero(one != two))
            seen[path] += int(np.count_nonzero((one != UNLABELED) | (two != UNLABELED)))
        context.report(done, len(chosen))
    return {path: differ[path] / seen[path] if seen[path] else float("nan") for path in scenes if path in readable}


def _spread(refs: Sequence[TileRef]) -> list[TileRef]:
    places = np.unique(np.linspace(0, len(refs) - 1, min(len(refs), _COMPARED_TILES)).round().astype(int))
    return [refs[int(place)] for place in places] if refs else []


def _at_random(tile: LabeledTile) -> bytes:
    return shuffled(tile.ref.tile_id)
