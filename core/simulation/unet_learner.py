"""The program's own U-Net as a campaign's learner: minutes at every Budget, but the real thing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.errors import LearningError
from core.geometry import TileRef
from core.imagery.reader import TileReader
from core.jobs import Job, JobContext, Worker
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning.answers import ask_about
from core.learning.doubt import TileAnswers
from core.learning.metrics import confusion
from core.learning.model import SegmentationModel
from core.learning.prediction import TilePrediction, predict_tile, tile_doubt
from core.learning.settings import TrainingSettings
from core.learning.training import train
from core.text import text

Indexes = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class UnetField:
    """What training and prediction read: all Tiles with their true Masks."""

    reader: TileReader
    refs: tuple[TileRef, ...]
    masks: tuple[NDArray[np.uint8], ...]
    class_values: tuple[int, ...]
    steps: int
    threads: int = 1


class FittedUnet:
    """A trained U-Net, or none where the labels hold a single Class: then it says that Class everywhere."""

    def __init__(self, field: UnetField, model: SegmentationModel | None, only: int) -> None:
        self._field = field
        self._model = model
        self._only = only

    @property
    def can_doubt(self) -> bool:
        """Whether there is a network."""
        return self._model is not None

    def confusion(self, tiles: Indexes) -> NDArray[np.int64]:
        """(K, K) pixel counts of those Tiles, rows: truth."""
        values = self._field.class_values
        table = np.zeros((len(values),) * 2, np.int64)
        for tile in tiles.tolist():
            table += confusion(self._field.masks[tile], self._predict(tile).classes, values)
        return table

    def doubts(self, tiles: Indexes) -> NDArray[np.float32]:
        """float32 (n,) in 0…1."""
        return np.array([tile_doubt(self._predict(tile)) for tile in tiles.tolist()], np.float32)

    def answers(self, tile: int) -> TileAnswers:
        """What the network answers about a Tile; without one, that it is certain."""
        if self._model is None:
            return TileAnswers(0.0, 0.0, 0.0, np.zeros(1, np.float32))
        return ask_about(self._model, self._field.reader, self._field.refs[tile])

    def errors(self, tiles: Indexes) -> NDArray[np.float32]:
        """float32 (n,): the share of each Tile's labeled pixels predicted wrong, NaN where none is labeled."""
        shares = []
        for tile in tiles.tolist():
            table = self.confusion(np.array([tile]))
            shares.append(1.0 - np.trace(table) / table.sum() if table.sum() else np.nan)
        return np.array(shares, np.float32)

    def _predict(self, tile: int) -> TilePrediction:
        if self._model is None:
            shape = self._field.masks[tile].shape
            return TilePrediction(tile, 0, np.full(shape, self._only, np.uint8), np.zeros(shape, np.uint8))
        return predict_tile(self._model, self._field.reader, self._field.refs[tile])


def true_class_shares(field: UnetField, tiles: Indexes) -> NDArray[np.float32]:
    """float32 (n, K): of each Tile's labeled pixels the share of each Class, NaN where none is labeled."""
    counts = np.array([[(field.masks[tile] == value).sum() for value in field.class_values] for tile in tiles.tolist()])
    with np.errstate(invalid="ignore"):
        return np.asarray(counts / counts.sum(axis=1, keepdims=True), np.float32)


def fit_unet(field: UnetField, tiles: Indexes, seed: int) -> FittedUnet:
    """Train for `field.steps` steps on the true Masks of those Tiles."""
    labeled = tuple(
        LabeledTile(field.refs[i], field.masks[i], np.where(field.masks[i] != 0, Provenance.DRAWN, 0).astype(np.uint8))
        for i in np.sort(tiles).tolist()
    )
    names = {value: str(value) for value in field.class_values}
    settings = TrainingSettings(max_steps=field.steps, seed=seed, threads=field.threads)
    worker = Worker("training")
    try:
        job: Job[SegmentationModel] = worker.submit(
            text("Training"), lambda c: _trained(labeled, field, names, settings, c)
        )
        job.wait()
    finally:
        worker.close()
    if isinstance(job.error, LearningError):
        return FittedUnet(field, None, _most_common(labeled, field.class_values))
    if job.error is not None:
        raise job.error
    return FittedUnet(field, job.result, 0)


def _trained(
    labeled: tuple[LabeledTile, ...], field: UnetField, names: dict[int, str], settings: TrainingSettings,
    context: JobContext,
) -> SegmentationModel:  # fmt: skip
    return train(Snapshot(labeled, field.class_values), field.reader, names, settings, context).model


def _most_common(labeled: tuple[LabeledTile, ...], class_values: tuple[int, ...]) -> int:
    counts = sum((np.bincount(tile.labels.ravel(), minlength=256) for tile in labeled), np.zeros(256, np.int64))
    return max(class_values, key=lambda value: int(counts[value]))
