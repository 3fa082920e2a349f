"""The pixel classifier as a Model's rival on the Tiles that are held out: how well an expert would do with it there,
and how well it does where nobody paints."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.imagery.reader import TileReader
from core.labels.classes import UNLABELED
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning.dataset import count_labels
from core.learning.metrics import Scores, confusion
from core.learning.pixel_classifier import ClassifierTrainer

_MOST_PX = 4_000_000  # of Tiles to learn from: about three seconds; what more would bring is little
_TRIED_TILES = 8  # held out; as many as there are Classes where those are more
_SCRIBBLES = 2  # 6 × 40 px each
_MOST_TILES = 2**31  # in a text


class MapScores(NamedTuple):
    """Mean IoU, 0…1, of the Model and of the pixel classifier on the same pixels: all labels of so many held-out Tiles,
    where the classifier has seen no paint."""

    model: float
    classifier: float
    tiles: int

    @property
    def are_known(self) -> bool:
        """False where one is NaN, or damage."""
        return 0 <= self.model <= 1 and 0 <= self.classifier <= 1 and 0 < self.tiles < _MOST_TILES


class Ahead(NamedTuple):
    """Whether the pixel classifier does better than the Model: with scribbles on the Tile itself, as beside a window,
    and `alone`, with what other Tiles have taught it, as in a terminal and on a map. `maps` are the scores behind that;
    None where nothing was held out that could tell."""

    with_scribbles: bool
    alone: bool
    maps: MapScores | None = None


NOT_AHEAD = Ahead(with_scribbles=False, alone=False)


@dataclass(frozen=True)
class Rival:
    """The pixel classifier's mean IoU, see Ahead, and the ids of the held-out Tiles that it was tried on. NaN with
    scribbles where these cover all paint, and `alone` where other Tiles teach it fewer than two Classes."""

    mean_iou: float
    alone_iou: float
    tile_ids: frozenset[int]

    def is_ahead_of(self, mean_iou: float) -> Ahead:
        """Of a Model with that mean IoU on the same Tiles. Scribbles that cover all paint tell nothing, but they would
        have made nothing worse."""
        scores, alone = MapScores(mean_iou, self.alone_iou, len(self.tile_ids)), self.alone_iou > mean_iou
        with_scribbles = alone if math.isnan(self.mean_iou) else self.mean_iou > mean_iou
        return Ahead(with_scribbles, alone, scores if scores.are_known else None)


def measure_rival(
    taught: Sequence[LabeledTile],
    held_out: Sequence[LabeledTile],
    class_values: tuple[int, ...],
    reader: TileReader,
    check: Callable[[], None] = lambda: None,
) -> Rival | None:
    """The classifier as an expert meets it on a held-out Tile: trained on `taught` and on two scribbles of each class
    on the Tile itself, which then do not count; and without them, on all paint, as the Model is. None without any.

    It is tried on eight Tiles where so many are held out, or on as many as there are Classes, four million pixels at
    most; which ones, labels alone decide: a verdict that hung on how busy the computer is once rested on one Tile.
    """
    trainer, few = ClassifierTrainer(reader), in_turn(taught, class_values)
    total = np.zeros((len(class_values), len(class_values)), np.int64)
    total_alone = np.zeros_like(total)
    alone = trainer.train(Snapshot(tuple(few), class_values), check) if len(held_out) else None
    tried = in_turn(held_out, class_values)[: max(_TRIED_TILES, len(class_values))]
    for tile in tried:
        scribbles = _scribbled(tile.labels, class_values, np.random.default_rng(tile.ref.tile_id))
        begun = replace(tile, labels=np.where(scribbles, tile.labels, np.uint8(UNLABELED)))
        classifier = trainer.train(Snapshot((*few, begun), class_values), check, tile.ref.tile_id)
        if classifier is None:
            return None
        truth = np.where(scribbles, np.uint8(UNLABELED), tile.labels)
        total += confusion(truth, classifier.predict(trainer.features, tile.ref).classes, class_values)
        if alone is not None:
            total_alone += confusion(tile.labels, alone.predict(trainer.features, tile.ref).classes, class_values)
    if not tried:
        return None
    mean_iou, alone_iou = (Scores.of(table, class_values).mean_iou for table in (total, total_alone))
    return Rival(mean_iou, alone_iou, frozenset(tile.ref.tile_id for tile in tried))


def in_turn(tiles: Sequence[LabeledTile], class_values: Sequence[int]) -> list[LabeledTile]:
    """Tiles of no more than four million pixels, or one for each Class, drawn so that each Class gets its turn: a rare
    one loses none."""
    shuffled = [tiles[number] for number in np.random.default_rng(0).permutation(len(tiles))]
    painted = count_labels(shuffled, class_values) > 0
    turn = np.where(painted, np.cumsum(painted, axis=0), len(tiles) + 1).min(axis=1, initial=len(tiles) + 1)
    ordered = [shuffled[number] for number in np.argsort(turn, kind="stable")]
    areas = np.cumsum([tile.labels.size for tile in ordered])
    return ordered[: max(int(np.searchsorted(areas, _MOST_PX, side="right")), len(class_values))]


def _scribbled(labels: NDArray[np.uint8], class_values: Sequence[int], rng: np.random.Generator) -> NDArray[np.bool_]:
    """(height, width) bool: two short strokes in the paint of each class that the Tile has."""
    chosen = np.zeros(labels.shape, bool)
    for value in class_values:
        places = np.flatnonzero(labels == value)
        for place in rng.choice(places, min(_SCRIBBLES, len(places)), replace=False).tolist():
            row, column = divmod(place, labels.shape[1])
            there = (slice(max(row - 3, 0), row + 3), slice(max(column - 20, 0), column + 20))
            chosen[there] |= labels[there] == value
    return chosen
