"""Honest scores: Tiles that are held out of training whole, and the scores on them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.labels.snapshot import LabeledTile
from core.learning.acceleration import Plan
from core.learning.calibration import FEWEST_TO_JUDGE
from core.learning.dataset import CONTEXT_PX, UNTRAINED, TileMemory, count_labels
from core.learning.metrics import Confusion, Scores, confusion
from core.learning.prediction import inner, tile_logits

if TYPE_CHECKING:
    import torch

FEWEST_TILES = 5
_SHARE = 0.2
_MOST_TILES = 40
_KEPT_SHARE = 0.5  # of each class's pixels that training keeps whatever happens
_PIXELS_PER_TILE = 4096  # whose logits the temperature is fitted on


def hold_out(
    tiles: Sequence[LabeledTile],
    class_values: Sequence[int],
    trained_before: Collection[int] = (),
    held_out_before: Collection[int] = (),
) -> tuple[int, ...]:
    """Positions in `tiles` of those to validate on, whole; () where fewer than five Tiles are painted.

    About a fifth. Tiles held out before stay so, Tiles that an earlier round trained on never become validation
    (the model goes on from that round); the others follow in an order that depends on nothing but their ids. No
    class loses more than half of its pixels or its last training Tile.
    """
    counts = count_labels(tiles, class_values)
    wanted = min(round(len(tiles) * _SHARE), _MOST_TILES)
    if len(tiles) < FEWEST_TILES:
        return ()
    candidates = [number for number, tile in enumerate(tiles) if tile.ref.tile_id not in trained_before]
    candidates.sort(key=lambda number: _order(tiles[number].ref.tile_id, held_out_before))
    chosen: list[int] = []
    total, left, tiles_left = counts.sum(axis=0), counts.sum(axis=0), (counts > 0).sum(axis=0)
    for number in candidates:
        if len(chosen) == wanted:
            break
        rest, rest_tiles = left - counts[number], tiles_left - (counts[number] > 0)
        if counts[number].sum() == 0 or np.any((total > 0) & ((rest < _KEPT_SHARE * total) | (rest_tiles < 1))):
            continue
        chosen.append(number)
        left, tiles_left = rest, rest_tiles
    return tuple(sorted(chosen))


def few_of(held_out: Sequence[LabeledTile], class_values: Sequence[int], pixels: int) -> tuple[int, ...]:
    """The numbers of the first Tiles, with so many pixels in all, and beside them, for each Class they hardly have,
    of the one that has most of it."""
    counts, areas = count_labels(held_out, class_values), np.cumsum([tile.labels.size for tile in held_out])
    chosen = list(range(min(max(int(np.searchsorted(areas, pixels, side="right")), 1), len(held_out))))
    for of_class in counts.T:
        if len(held_out) and of_class[chosen].sum() < FEWEST_TO_JUDGE:
            chosen.append(int(of_class.argmax()))
    return tuple(dict.fromkeys(chosen))


def can_judge(held_out: Sequence[LabeledTile], class_values: Sequence[int]) -> bool:
    """Whether there is enough paint of every Class to say which of two models is the better. Where a Class is missing,
    the one that never finds it may look best."""
    return bool((count_labels(held_out, class_values).sum(axis=0) >= FEWEST_TO_JUDGE).all())


def evaluate(
    module: torch.nn.Module,
    memory: TileMemory,
    plan: Plan,
    device: torch.device,
    check: Callable[[], None],
    numbers: Sequence[int],
) -> Evaluation:
    """Predict the Tiles of `memory` with these numbers and compare with their paint; `check` before each Tile."""
    count = len(memory.class_values)
    tables: list[Confusion] = []
    logits_parts: list[NDArray[np.float32]] = []
    target_parts: list[NDArray[np.uint8]] = []
    for number in numbers:
        check()
        tile = memory[number]
        logits = tile_logits(module, tile.values.astype(np.float32, copy=False), CONTEXT_PX, plan, device).cpu().numpy()
        targets = inner(tile.targets, CONTEXT_PX)
        tables.append(confusion(targets, logits.argmax(axis=0).astype(np.uint8), range(count)))
        positions = np.flatnonzero(targets != UNTRAINED)
        positions = positions[:: max(len(positions) // _PIXELS_PER_TILE, 1)]
        logits_parts.append(logits.reshape(count, -1)[:, positions])
        target_parts.append(targets.ravel()[positions])
    return Evaluation(
        memory.class_values,
        np.stack(tables),
        np.concatenate(logits_parts, axis=1),
        np.concatenate(target_parts),
        np.repeat(np.arange(len(target_parts)), [len(part) for part in target_parts]),
    )


@dataclass(frozen=True)
class Evaluation:
    """A confusion table a Tile (T, K, K), and a sample of labeled pixels: logits float32 (K, P), targets uint8 (P,),
    tiles (P,) from 0 on."""

    class_values: tuple[int, ...]
    tables: Confusion
    logits: NDArray[np.float32]
    targets: NDArray[np.uint8]
    tiles: NDArray[np.int64]

    @property
    def scores(self) -> Scores:
        return self.scores_on(range(len(self.tables)))

    def mean_iou_with(self, shift: NDArray[np.float32]) -> float:
        """On the sample, with `shift` (K,) added to the logits."""
        predicted = (self.logits + shift[:, None]).argmax(axis=0).astype(np.uint8)
        table = confusion(self.targets, predicted, range(len(self.class_values)))
        return Scores.of(table, self.class_values).mean_iou

    def scores_on(self, numbers: Sequence[int]) -> Scores:
        """Of those Tiles alone."""
        return Scores.of(self.tables[list(numbers)].sum(axis=0), self.class_values, len(numbers))


class Candidate(NamedTuple):
    """Weights on the way of a training, their mean IoU on held-out Tiles, and the shift of their logits (K,) that these
    ask for (`fit_shift`)."""

    iou: float
    weights: dict[str, Any]
    shift: NDArray[np.float32]


def _order(tile_id: int, first: Collection[int]) -> tuple[bool, bytes]:
    """Tiles of `first` first, the rest as if shuffled, always the same way."""
    return tile_id not in first, hashlib.blake2b(str(tile_id).encode(), digest_size=8).digest()
