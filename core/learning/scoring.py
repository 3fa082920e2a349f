"""Honest scores: a model against paint on Tiles that neither it nor its forerunners learned from, with intervals."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import TileRef
from core.imagery.files import SceneInfo
from core.labels.classes import IGNORE, UNLABELED
from core.labels.snapshot import LabeledTile
from core.learning.intervals import FEWEST_TILES, Estimate, Statistic, Tables, difference, estimate, estimate_of_mean
from core.learning.joining import which_join
from core.learning.metrics import Confusion

_LEAST_PART = 0.1


def which_count(refs: Sequence[TileRef], painted_px: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which Tiles count as one where Tiles are held out and judge, (n,), by the painted pixels (n,) of all of them.

    Those with at least a tenth of the paint of a usual one (the median), but no slivers, which have less than a tenth
    of the area of their Scene's largest. Five such slivers, or five dabs among full Tiles, are not five draws.
    """
    areas = np.array([ref.rect.area for ref in refs], np.int64)
    largest: dict[str, int] = {}
    for ref, area in zip(refs, areas.tolist(), strict=True):
        largest[ref.scene_path] = max(area, largest.get(ref.scene_path, 0))
    whole = areas >= _LEAST_PART * np.array([largest[ref.scene_path] for ref in refs])
    painted = whole & (painted_px > 0)
    usual = float(np.median(painted_px[painted])) if painted.any() else 0.0
    return painted & (painted_px >= _LEAST_PART * usual)


@dataclass(frozen=True)
class HeldOut:
    """The Tiles a score may count, and the ids of those that join a Tile the model learned from.

    `all_apart` is False where too few lie apart, so that those that join had to be taken too; else they come on top.
    """

    tiles: tuple[LabeledTile, ...]
    joining: frozenset[int]
    all_apart: bool

    def without(self, tile_ids: Set[int]) -> HeldOut:
        """Where these of its Tiles cannot judge after all."""
        rest = tuple(tile for tile in self.tiles if tile.ref.tile_id not in tile_ids)
        return HeldOut(rest, self.joining - tile_ids, self.all_apart)


def held_out_tiles(
    painted: Sequence[LabeledTile], learned_from: Collection[int], infos: Mapping[str, SceneInfo],
    lost: Collection[str] = (),
) -> HeldOut:  # fmt: skip
    """The painted Tiles that count (`which_count`) and lie apart from all Tiles whose ids are in `learned_from`;
    `infos` by the Scene's path. Of Scenes whose paths are `lost` no Tile judges, though what was learned from counts.

    A neighbour shows the same field, the same light: a score on it flatters. Where fewer than five lie apart, the
    neighbours count too. Pixels accepted from a prediction are no judgement of a person's: they count nowhere.
    """
    taught = [tile.ref for tile in painted if tile.ref.tile_id in learned_from]
    by_hand = [tile.by_hand() for tile in painted]
    painted_px = np.array([np.count_nonzero(~np.isin(tile.labels, (UNLABELED, IGNORE))) for tile in by_hand], np.int64)
    counting = which_count([tile.ref for tile in by_hand], painted_px)
    others = [
        tile for tile, counts in zip(by_hand, counting, strict=True)
        if counts and tile.ref.tile_id not in learned_from and tile.ref.scene_path not in lost
    ]  # fmt: skip
    joins = which_join([tile.ref for tile in others], taught, infos)
    joining = frozenset(tile.ref.tile_id for tile, near in zip(others, joins, strict=True) if near)
    apart = tuple(tile for tile in others if tile.ref.tile_id not in joining)
    if len(apart) >= FEWEST_TILES or not joining:
        return HeldOut(apart, joining, True)
    return HeldOut(tuple(others), joining, False)


@dataclass(frozen=True)
class ClassScores:
    """One Class's scores, 0…1 with intervals; NaN where the Class is not in the paint, for nothing judges it then."""

    value: int
    iou: Estimate
    f1: Estimate
    precision: Estimate
    recall: Estimate

    @property
    def is_judged(self) -> bool:
        return not math.isnan(self.iou.value)


@dataclass(frozen=True)
class ModelScores:
    """What a model is worth on `tiles` Tiles: each Class, the mean IoU over painted Classes, the share of right pixels.

    `table` (K, K): row = truth, column = prediction, in the order of `classes`.
    """

    classes: tuple[ClassScores, ...]
    mean_iou: Estimate
    accuracy: Estimate
    table: Confusion
    tiles: int


def scores_of(tables: Tables, class_values: Sequence[int]) -> ModelScores:
    """Scores with their intervals from a confusion table a Tile, (T, K, K)."""
    truth, predicted = tables.sum(axis=2), tables.sum(axis=1)
    is_painted = (truth > 0).any(axis=0)
    predicted = np.where(is_painted, predicted, 0)
    classes = []
    for k, value in enumerate(class_values):
        either = (truth[:, k] > 0) | (predicted[:, k] > 0)
        classes.append(
            ClassScores(
                value,
                estimate(tables, iou_of(k), either),
                estimate(tables, _f1_of(k), either),
                estimate(tables, _precision_of(k), predicted[:, k] > 0),
                estimate(tables, _recall_of(k), truth[:, k] > 0),
            )
        )
    judged = tables.sum(axis=(1, 2)) > 0
    painted = np.flatnonzero(is_painted).tolist()
    mean_iou = estimate_of_mean([classes[k].iou for k in painted], tables[judged], [iou_of(k) for k in painted])
    return ModelScores(
        tuple(classes), mean_iou, estimate(tables, _accuracy, judged),
        tables.sum(axis=0), int(judged.sum()),
    )  # fmt: skip


@dataclass(frozen=True)
class ModelComparison:
    """Two models on the same Tiles; `gains` are the second's IoU minus the first's, by class and in the mean."""

    first: ModelScores
    second: ModelScores
    gains: tuple[Estimate, ...]
    mean_gain: Estimate


def compare(first: Tables, second: Tables, class_values: Sequence[int]) -> ModelComparison:
    """Both (T, K, K) of the same Tiles in the same order."""
    gains = []
    for k in range(len(class_values)):
        truth, predicted = ((first + second).sum(axis=axis)[:, k] for axis in (2, 1))
        occurs = (truth + predicted > 0) & truth.any()
        gains.append(difference(first, second, iou_of(k), occurs))
    judged = first.sum(axis=(1, 2)) > 0
    mean_gain = difference(first, second, mean_iou_of(first), judged)
    return ModelComparison(scores_of(first, class_values), scores_of(second, class_values), tuple(gains), mean_gain)


def iou_of(k: int) -> Statistic:
    """Intersection over union of the class at position `k`."""
    return lambda s: _share(s[..., k, k], s[..., k, :].sum(-1) + s[..., :, k].sum(-1) - s[..., k, k])


def _f1_of(k: int) -> Statistic:
    return lambda s: _share(2 * s[..., k, k], s[..., k, :].sum(-1) + s[..., :, k].sum(-1))


def _precision_of(k: int) -> Statistic:
    return lambda s: _share(s[..., k, k], s[..., :, k].sum(-1))


def _recall_of(k: int) -> Statistic:
    return lambda s: _share(s[..., k, k], s[..., k, :].sum(-1))


def _accuracy(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    return _share(np.trace(sums, axis1=-2, axis2=-1), sums.sum(axis=(-1, -2)))


def mean_iou_of(tables: Tables) -> Statistic:
    """The mean IoU over the classes that are painted anywhere in `tables`, as `metrics.Scores.mean_iou` has it."""
    painted = [k for k in range(tables.shape[1]) if tables[:, k].sum() > 0]
    if not painted:
        return lambda sums: np.full(sums.shape[:-2], np.nan)
    return lambda sums: np.stack([iou_of(k)(sums) for k in painted]).mean(axis=0)


def _share(above: NDArray[np.float64], below: NDArray[np.float64]) -> NDArray[np.float64]:
    with np.errstate(invalid="ignore", divide="ignore"):
        result: NDArray[np.float64] = np.asarray(above / below)
    return result
