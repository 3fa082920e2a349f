"""Training crops: painted Tiles held in bounded memory, cut round labeled pixels so that every class comes up."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from core.imagery.reader import TileReader
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile

CONTEXT_PX = 32  # real surroundings read round every tile, so that its edge looks to the network like its middle
ACCEPTED_WEIGHT = 0.5  # what the model itself wrote teaches it less than what a person painted
UNTRAINED = 255  # target index of every pixel that must not be learned from
_POINTS_PER_CLASS = 4096  # labeled pixels remembered per tile and class to centre crops on
_MEMORY_BYTES = 768 * 2**20
_Pixel = TypeVar("_Pixel", bound=np.generic)


@dataclass(frozen=True)
class TrainingTile:
    """One Tile ready for training; the planes cover the Tile grown by CONTEXT_PX on every side.

    values (B, H, W) as the reader gives them, those of neighbours where they are invalid, float16 to learn from,
    float32 to score on; targets uint8 (H, W), class indexes or UNTRAINED; weights uint8 (H, W) in hundredths, 0 exactly
    where targets is UNTRAINED.
    """

    values: NDArray[np.float16] | NDArray[np.float32]
    targets: NDArray[np.uint8]
    weights: NDArray[np.uint8]

    @property
    def byte_count(self) -> int:
        return self.values.nbytes + self.targets.nbytes + self.weights.nbytes


@dataclass(frozen=True)
class Batch:
    """values float32 (N, B, P, P), targets int64 (N, P, P) with UNTRAINED, weights float32 (N, P, P), tiles int64 (N,):
    the number of the Tile that each crop is from."""

    values: NDArray[np.float32]
    targets: NDArray[np.int64]
    weights: NDArray[np.float32]
    tiles: NDArray[np.int64]


def class_indexes(class_values: Sequence[int]) -> NDArray[np.uint8]:
    """A lookup table from label values to output indexes; unlabeled, ignore and foreign values are UNTRAINED."""
    table = np.full(256, UNTRAINED, np.uint8)
    table[list(class_values)] = np.arange(len(class_values), dtype=np.uint8)
    return table


def prepare(tile: LabeledTile, reader: TileReader, class_values: Sequence[int], *, exact: bool = False) -> TrainingTile:
    """Read a painted Tile with its surroundings. Raises SceneError if the Scene cannot be read.

    `exact`: in the reader's precision, so that a score is the one that a Prediction of the Tile gets later.
    """
    pixels = reader.read(tile.ref, CONTEXT_PX)
    targets = np.full(pixels.valid.shape, UNTRAINED, np.uint8)
    weights = np.zeros(pixels.valid.shape, np.uint8)
    inside = (slice(CONTEXT_PX, -CONTEXT_PX), slice(CONTEXT_PX, -CONTEXT_PX))
    targets[inside] = class_indexes(class_values)[tile.labels]
    targets[~pixels.valid] = UNTRAINED
    weights[inside] = np.where(tile.provenance == Provenance.ACCEPTED, round(100 * ACCEPTED_WEIGHT), 100)
    weights[targets == UNTRAINED] = 0
    values = pixels.filled() if exact else pixels.filled().astype(np.float16)
    return TrainingTile(values, targets, weights)


class TileMemory:
    """Prepared Tiles, the least recently used dropped when they take more than `limit_bytes`."""

    def __init__(
        self,
        tiles: Sequence[LabeledTile],
        reader: TileReader,
        class_values: Sequence[int],
        limit_bytes: int = _MEMORY_BYTES,
        *,
        exact: bool = False,
    ) -> None:
        """`exact` as in `prepare`."""
        self.tiles = tuple(tiles)
        self.class_values = tuple(class_values)
        self._reader = reader
        self._limit_bytes = limit_bytes
        self._exact = exact
        self._held: OrderedDict[int, TrainingTile] = OrderedDict()
        self._held_bytes = 0

    def __getitem__(self, index: int) -> TrainingTile:
        if index in self._held:
            self._held.move_to_end(index)
            return self._held[index]
        tile = prepare(self.tiles[index], self._reader, self.class_values, exact=self._exact)
        self._held[index] = tile
        self._held_bytes += tile.byte_count
        while self._held_bytes > self._limit_bytes and len(self._held) > 1:
            self._held_bytes -= self._held.popitem(last=False)[1].byte_count
        return tile


class CropSampler:
    """Draws augmented crops: every class as often, its Tiles by the root of how many of its pixels each has, so that
    one with much paint does not drown the others. All randomness comes from `rng`."""

    def __init__(self, memory: TileMemory, crop_px: int, rng: np.random.Generator) -> None:
        self._memory = memory
        self._crop_px = crop_px
        self._rng = rng
        self._points = [self._labeled_points(tile) for tile in memory.tiles]
        roots = np.sqrt(count_labels(memory.tiles, memory.class_values))
        painted = roots.any(axis=0)
        self._class_chances = painted / painted.sum()
        self._tile_chances = roots / np.maximum(roots.sum(axis=0), 1e-9)

    def batch(self, size: int) -> Batch:
        """`size` crops, each round a labeled pixel of a class."""
        crops = [self._crop(int(c)) for c in self._rng.choice(len(self._class_chances), size, p=self._class_chances)]
        return Batch(
            np.stack([crop[0] for crop in crops]),
            np.stack([crop[1] for crop in crops]).astype(np.int64),
            np.stack([crop[2] for crop in crops]).astype(np.float32) / 100.0,
            np.array([crop[3] for crop in crops], np.int64),
        )

    def _labeled_points(self, tile: LabeledTile) -> list[NDArray[np.int32]]:
        """Per class up to _POINTS_PER_CLASS flat pixel positions inside the Tile."""
        points = []
        for value in self._memory.class_values:
            found = np.flatnonzero(tile.labels == value).astype(np.int32)
            if len(found) > _POINTS_PER_CLASS:
                found = self._rng.choice(found, _POINTS_PER_CLASS, replace=False)
            points.append(found)
        return points

    def _crop(self, class_index: int) -> tuple[NDArray[np.float32], NDArray[np.uint8], NDArray[np.uint8], int]:
        rng = self._rng
        number = int(rng.choice(len(self._points), p=self._tile_chances[:, class_index]))
        position = int(rng.choice(self._points[number][class_index]))
        row, column = divmod(position, self._memory.tiles[number].labels.shape[1])
        tile = self._memory[number]
        rows = _span(row + CONTEXT_PX, tile.targets.shape[0], self._crop_px, rng)
        columns = _span(column + CONTEXT_PX, tile.targets.shape[1], self._crop_px, rng)
        values = jittered(tile.values[:, rows, columns].astype(np.float32), rng)
        targets, weights = tile.targets[rows, columns], tile.weights[rows, columns]
        quarter_turns, mirrored = int(rng.integers(4)), bool(rng.integers(2))

        def finished(plane: NDArray[_Pixel], fill: int | None) -> NDArray[_Pixel]:
            return _turned(_filled(plane, self._crop_px, fill), quarter_turns, mirrored)

        return finished(values, None), finished(targets, UNTRAINED), finished(weights, 0), number


def count_labels(tiles: Sequence[LabeledTile], class_values: Sequence[int]) -> NDArray[np.int64]:
    """(tiles, classes) painted pixels."""
    counts = np.zeros((len(tiles), len(class_values)), np.int64)
    for number, tile in enumerate(tiles):
        counts[number] = np.bincount(tile.labels.ravel(), minlength=256)[list(class_values)]
    return counts


def jittered(values: NDArray[np.float32], rng: np.random.Generator) -> NDArray[np.float32]:
    """Other light and haze: a common gain and offset, and a smaller one per band. (B, h, w) float32, reader values."""
    bands = (len(values), 1, 1)
    gain = rng.uniform(0.8, 1.25) * rng.uniform(0.9, 1.1, bands)
    offset = rng.uniform(-0.1, 0.1) + rng.uniform(-0.05, 0.05, bands)
    result: NDArray[np.float32] = values * gain.astype(np.float32) + offset.astype(np.float32)
    return result


def _span(position: int, length: int, crop_px: int, rng: np.random.Generator) -> slice:
    """A stretch of `crop_px` (less if there is not more) that holds `position` anywhere but near its ends."""
    if length <= crop_px:
        return slice(0, length)
    edge = crop_px // 8
    start = position - int(rng.integers(edge, crop_px - edge))
    start = min(max(start, 0), length - crop_px)
    return slice(start, start + crop_px)


def _filled(plane: NDArray[_Pixel], size: int, fill: int | None) -> NDArray[_Pixel]:
    """`plane` in the corner of a (…, size, size) array of `fill`, of its last row and column where that is None, if it
    is smaller."""
    missing = [(0, 0)] * (plane.ndim - 2) + [(0, size - length) for length in plane.shape[-2:]]
    return np.pad(plane, missing, "edge") if fill is None else np.pad(plane, missing, constant_values=fill)


def _turned(plane: NDArray[_Pixel], quarter_turns: int, mirrored: bool) -> NDArray[_Pixel]:
    """(…, size, size) turned, then mirrored."""
    turned = np.rot90(plane, quarter_turns, axes=(-2, -1))
    return turned[..., ::-1] if mirrored else turned
