"""Who makes a map: a Model, or the pixel classifier. Exports, areas and reports ask a Mapper and do not know which.

The pixel classifier's map has of every Tile what the overlay shows of it. It is made Tile by Tile of the Project's
grid, for its votes follow the Tile's own shares of the Classes, and each is read with 28 px of its surroundings
(`pixel_features.py` says why), so that nothing of what it sees changes where a Tile ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import LearningError
from core.executors.spread import HERE, Workplace, spread
from core.geometry import Rect, TileRef
from core.imagery.grid import cut_grid
from core.imagery.reader import TileReader
from core.labels.snapshot import StoredMask, take_snapshot
from core.learning import runtime
from core.learning.model import SegmentationModel
from core.learning.pixel_classifier import CLASSIFIER_VERSION, ClassifierTrainer, PixelClassifier
from core.learning.pixel_features import FeatureMemory
from core.learning.prediction import TilePrediction, predict_tile
from core.learning.scene_prediction import BLOCK_PX, OVERLAP_PX, PredictedBlock, ScenePrediction, block_grid

_KIND = "pixel classifier 1"  # counts the ways in which it has made maps
_NOBODY = -1  # in place of the id of a Tile that nobody has painted on

Check = Callable[[], None]


class Mapper(Protocol):
    """Used on the compute thread. `version` is a Model's or CLASSIFIER_VERSION, `name` what files say of it, `recipe`
    the same for what makes the same pixels. Its methods raise LearningError, SceneError and WorkplaceError."""

    @property
    def version(self) -> int: ...

    @property
    def name(self) -> str: ...

    @property
    def class_values(self) -> tuple[int, ...]: ...

    @property
    def recipe(self) -> str: ...

    def tile(self, ref: TileRef) -> TilePrediction:
        """As on the screen."""

    def grid(self, width: int, height: int) -> list[Rect]:
        """The blocks of a Scene of that size, row by row from the left."""

    def blocks(self, scene_path: str, first_row: int, check: Check) -> Iterator[PredictedBlock]:
        """Those blocks, from row `first_row` on, the same whatever that is; `check` is called before each and may raise
        to stop. Memory does not grow with the Scene's height."""


Making = Callable[[Check], Mapper]
"""Makes a Mapper, on the compute thread."""


def name_of(version: int) -> str:
    """What files say of who made them. Always in English."""
    return "pixel classifier" if version == CLASSIFIER_VERSION else f"model {version}"


@dataclass(frozen=True)
class ModelMapper:
    """A Model; `flips`, `threads` and `place` as in ScenePrediction."""

    model: SegmentationModel
    reader: TileReader
    flips: bool = False
    threads: int = 0
    place: Workplace = HERE

    @property
    def version(self) -> int:
        return self.model.card.version

    @property
    def name(self) -> str:
        return name_of(self.version)

    @property
    def class_values(self) -> tuple[int, ...]:
        return self.model.card.class_values

    @property
    def recipe(self) -> str:
        return f"{self.model.card.to_json()} {_seen_by(self.reader)} {BLOCK_PX} {OVERLAP_PX} {self.flips}"

    def tile(self, ref: TileRef) -> TilePrediction:
        runtime.configure(self.threads)
        return predict_tile(self.model, self.reader, ref)

    def grid(self, width: int, height: int) -> list[Rect]:
        return block_grid(width, height)

    def blocks(self, scene_path: str, first_row: int, check: Check) -> Iterator[PredictedBlock]:
        whole = ScenePrediction(self.model, self.reader, scene_path, self.flips, self.threads, self.place)
        return whole.blocks(first_row, check)


@dataclass(frozen=True)
class ClassifierMapper:
    """The pixel classifier; its blocks are the Tiles of the grid of `tile_px`, also those that the Project leaves out.
    `painted`: the ids of Tiles that taught it, by Scene and place. Memory: a Tile and what is to be seen of it."""

    classifier: PixelClassifier
    reader: TileReader
    tile_px: int
    painted: Mapping[tuple[str, Rect], int] = field(default_factory=dict)
    place: Workplace = HERE

    @property
    def version(self) -> int:
        return CLASSIFIER_VERSION

    @property
    def name(self) -> str:
        return name_of(self.version)

    @property
    def class_values(self) -> tuple[int, ...]:
        return self.classifier.class_values

    @property
    def recipe(self) -> str:
        return f"{_KIND} {self.classifier.taught.digest} {_seen_by(self.reader)} {self.tile_px}"

    def tile(self, ref: TileRef) -> TilePrediction:
        return self.classifier.predict(self._features, ref, in_passing=True)

    def shares(self, ref: TileRef) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """As PixelClassifier."""
        return self.classifier.shares(self._features, ref, in_passing=True)

    def grid(self, width: int, height: int) -> list[Rect]:
        return [cell.rect for cell in cut_grid(width, height, self.tile_px)]

    def blocks(self, scene_path: str, first_row: int, check: Check) -> Iterator[PredictedBlock]:
        width, height = self.reader.scene(scene_path).info.size
        refs = [
            TileRef(self.painted.get((scene_path, rect), _NOBODY), scene_path, rect)
            for rect in self.grid(width, height)
            if rect.y >= first_row * self.tile_px
        ]
        with closing(spread(self.place, _block, self, refs, check)) as blocks:
            yield from blocks

    def is_empty(self, ref: TileRef) -> bool:
        """Whether the Scene has no data there: then there is nothing to compute."""
        scene, interpretation = self.reader.scene(ref.scene_path), self.reader.interpretation
        return not (
            scene.always_valid(interpretation) or scene.read_valid(ref.rect, interpretation=interpretation).any()
        )

    @cached_property
    def _features(self) -> FeatureMemory:
        return FeatureMemory(self.reader, most_bytes=0)  # nothing is looked at twice


def _block(mapper: ClassifierMapper, ref: TileRef, check: Check) -> PredictedBlock:
    """A part of the work."""
    if mapper.is_empty(ref):
        nothing = np.zeros((ref.rect.height, ref.rect.width), np.uint8)
        return PredictedBlock(ref.rect, nothing, nothing)
    prediction = mapper.tile(ref)
    return PredictedBlock(ref.rect, prediction.classes, prediction.doubt)


def taught_mapper(
    stored: Sequence[StoredMask], class_values: tuple[int, ...], reader: TileReader, tile_px: int, place: Workplace,
    check: Check,
) -> ClassifierMapper:  # fmt: skip
    """The pixel classifier that these Masks teach. Raises LearningError where they show fewer than two Classes."""
    classifier = ClassifierTrainer(reader).train(take_snapshot(stored, class_values), check)
    if classifier is None:
        raise LearningError(
            "The pixel classifier cannot tell two classes.", "Paint two classes on tiles whose scenes can be read."
        )
    painted = {(mask.ref.scene_path, mask.ref.rect): mask.ref.tile_id for mask in stored}
    return ClassifierMapper(classifier, reader, tile_px, painted, place)


def _seen_by(reader: TileReader) -> str:
    return f"{reader.roles} {reader.statistics.to_json()}"
