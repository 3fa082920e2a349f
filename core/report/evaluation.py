"""Stored models against the same held-out Tiles; what has been compared once is remembered."""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import SceneError
from core.geometry import TileRef
from core.imagery.files import SceneInfo
from core.imagery.reader import TileReader
from core.jobs import Checkpoint
from core.labels.snapshot import LabeledTile, Snapshot, StoredMask, shuffled, take_snapshot
from core.learning.hold_out import split_tiles
from core.learning.intervals import Tables
from core.learning.metrics import confusion
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import CLASSIFIER_VERSION, MOST_TAUGHT, ClassifierTrainer
from core.learning.prediction import predict_tile
from core.learning.runtime import configure
from core.learning.scoring import HeldOut, held_out_tiles

_COMPARED_TILES = 48
_KEPT_TABLES = 20_000  # of some hundred bytes each: every change of a held-out Tile's paint makes new ones


@dataclass(frozen=True)
class Evaluated:
    """Models on Tiles that none of them learned from. `tables` by version, (T, K, K), K as in `class_values`."""

    class_values: tuple[int, ...]
    held_out: HeldOut
    tables: Mapping[int, Tables]


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
        infos = self._infos_of(painted, request.reader, context)
        configure(request.threads)

        def tables_of(tile: LabeledTile) -> dict[int, NDArray[np.int64]]:
            return {version: self._table(version, model, tile, request) for version, model in loaded.items()}

        return _evaluated(request, held_out_tiles(painted, taught, infos), loaded, tables_of, context)

    def evaluate_classifier(
        self, request: EvaluationRequest, learned_from: Collection[int], context: Checkpoint
    ) -> Evaluated:
        """The pixel classifier as it is once the Tiles `learned_from` have taught it, 400 at most, on the Tiles that
        would judge a Model which has learned from them. Where these are none or leave nobody to judge, from all but
        those that a training from the beginning would hold out. Raises SceneError, LabelError."""
        painted = take_snapshot(request.stored, request.class_values).tiles
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
            return Evaluated(request.class_values, HeldOut((), 0, True), {CLASSIFIER_VERSION: nothing})

        def tables_of(tile: LabeledTile) -> dict[int, NDArray[np.int64]]:
            classes = request.meaning[classifier.predict(trainer.features, tile.ref, in_passing=True).classes]
            return {CLASSIFIER_VERSION: confusion(tile.labels, classes, request.class_values)}

        return _evaluated(request, found, (CLASSIFIER_VERSION,), tables_of, context)

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
    judges: list[LabeledTile] = []
    rows: list[Mapping[int, NDArray[np.int64]]] = []
    for done, tile in enumerate(found.tiles, start=1):
        context.check()
        try:
            rows.append(tables_of(tile))
            judges.append(tile)
        except SceneError:
            context.leave_out(tile.ref.scene_path)
        context.report(done, len(found.tiles))
    count = len(request.class_values)
    tables = {v: np.array([row[v] for row in rows], np.int64).reshape(-1, count, count) for v in versions}
    return Evaluated(request.class_values, replace(found, tiles=tuple(judges)), tables)


def differing_shares(
    pair: Sequence[Callable[[], SegmentationModel]], scenes: Mapping[str, Sequence[TileRef]],
    request: EvaluationRequest, context: Checkpoint,
) -> dict[str, float]:  # fmt: skip
    """By Scene the share of pixels, 0…1, that two models see differently, from at most 48 Tiles spread over it; of
    those that can be read."""
    configure(request.threads)
    first, second = (load() for load in pair)
    chosen = {scene: _spread(refs) for scene, refs in scenes.items()}
    total, done = sum(map(len, chosen.values())), 0
    shares = {}
    for scene, refs in chosen.items():
        differ = seen = 0
        try:
            for number, ref in enumerate(refs, start=done + 1):
                context.check()
                one, two = (request.meaning[predict_tile(m, request.reader, ref).classes] for m in (first, second))
                differ += int(np.count_nonzero(one != two))
                seen += int(np.count_nonzero(one))
                context.report(number, total)
            shares[scene] = differ / seen if seen else float("nan")
        except SceneError:
            context.leave_out(refs[0].scene_path)
        done += len(refs)
    return shares


def _spread(refs: Sequence[TileRef]) -> list[TileRef]:
    places = np.unique(np.linspace(0, len(refs) - 1, min(len(refs), _COMPARED_TILES)).round().astype(int))
    return [refs[int(place)] for place in places] if refs else []


def _at_random(tile: LabeledTile) -> bytes:
    return shuffled(tile.ref.tile_id)
