"""How good a network is: what the Tiles held out say of it, on the way of a training and at its end."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.imagery.reader import TileReader
from core.labels.snapshot import LabeledTile
from core.learning.acceleration import Plan, for_inference, placed
from core.learning.calibration import (
    FEWEST_TO_JUDGE,
    UNSURE_TEMPERATURE,
    Calibration,
    calibration_of,
    fit_shift,
    fit_temperature,
    tile_worth,
)
from core.learning.dataset import CONTEXT_PX, UNTRAINED, TileMemory, count_labels
from core.learning.metrics import Confusion, Scores, confusion
from core.learning.prediction import inner, tile_logits
from core.learning.progress import Clock
from core.learning.rival import NOT_AHEAD, Ahead, Rival, measure_rival
from core.learning.unet import shift_logits

if TYPE_CHECKING:
    import torch

    from core.learning.stepper import Stepper

_PIXELS_PER_TILE = 4096  # whose logits the temperature is fitted on
_QUICK_PIXELS = 1_500_000  # looked at on the way, unless a Class asks for more


class Candidate(NamedTuple):
    """Weights on the way of a training, their mean IoU on held-out Tiles, and the shift of their logits (K,) that these
    ask for (`fit_shift`)."""

    iou: float
    weights: dict[str, Any]
    shift: NDArray[np.float32]


@dataclass(frozen=True)
class Judged:
    """What the Tiles held out say of the network in the end; nothing where there are none.

    `classifier_is_ahead`: whether the pixel classifier does better on them; None where nobody knows. `tables`: of each
    Tile behind the scores, by its id, the confusion table (K, K).
    """

    temperature: float = UNSURE_TEMPERATURE
    scores: Scores | None = None
    calibration: Calibration | None = None
    classifier_is_ahead: Ahead | None = None
    tables: Mapping[int, Confusion] = field(default_factory=dict)


class Judge:
    """The Tiles held out of a training, at least one."""

    def __init__(
        self, held_out: Sequence[LabeledTile], class_values: tuple[int, ...], reader: TileReader, plan: Plan,
        clock: Clock,
    ) -> None:  # fmt: skip
        self._held_out = held_out
        self._class_values = class_values
        self._reader = reader
        self._plan = plan
        self._clock = clock
        self._memory = TileMemory(held_out, reader, class_values, exact=True)
        self._few = few_of(held_out, class_values, _QUICK_PIXELS)
        self._rival: Rival | None = None
        self.may_choose = can_judge([held_out[number] for number in self._few], class_values)

    def try_classifier(self, taught: Sequence[LabeledTile]) -> None:
        """What the pixel classifier can do: before the steps, which then get the time that is left."""
        self._rival = measure_rival(taught, self._held_out, self._class_values, self._reader, self._clock.check)

    def look(self, stepper: Stepper, *, is_shifted: bool = False) -> Candidate:
        """The averaged weights as they are, with what some of the Tiles say of them once they are shifted; those of an
        earlier model are already. Sets aside the time that judging in the end will take."""
        started_s = self._clock.elapsed_s
        found = self._evaluate(stepper, self._few)
        shift = np.zeros(len(self._class_values), np.float32) if is_shifted else fit_shift(found.logits, found.targets)
        took_s = self._clock.elapsed_s - started_s
        self._clock.reserve_s = 1.2 * took_s * (1.0 + len(self._held_out) / len(self._few))
        return Candidate(found.mean_iou_with(shift), copy.deepcopy(stepper.average.module.state_dict()), shift)

    def judge(self, stepper: Stepper, best: Candidate | None, heads: int) -> Judged:
        """Take the averaged weights, or the best checkpoint where that was better, shift their classes, and score
        them."""
        last = self.look(stepper)
        best = last if best is None or last.iou >= best.iou else best
        stepper.average.module.load_state_dict(best.weights)
        shift_logits(stepper.average.module, best.shift, heads)
        final = self._evaluate(stepper, range(len(self._held_out)))
        return Judged(
            fit_temperature(final.logits, final.targets, final.worth.sum()),
            final.scores,
            calibration_of(final.logits, final.targets, final.tiles, final.worth),
            self._classifier_is_ahead(final),
            {tile.ref.tile_id: table for tile, table in zip(self._held_out, final.tables, strict=True)},
        )

    def _evaluate(self, stepper: Stepper, numbers: Sequence[int]) -> Evaluation:
        module = for_inference(stepper.average.module.eval(), stepper.device, self._plan)
        found = evaluate(module, self._memory, self._plan, stepper.device, self._clock.check, numbers)
        placed(stepper.average.module, stepper.device, stepper.plan)
        return found

    def _classifier_is_ahead(self, found: Evaluation) -> Ahead:
        """On the Tiles that both were tried on."""
        rival = self._rival
        if rival is None:
            return NOT_AHEAD
        both = [number for number, tile in enumerate(self._held_out) if tile.ref.tile_id in rival.tile_ids]
        return rival.is_ahead_of(found.scores_on(both).mean_iou)


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
    worth: list[float] = []
    logits_parts: list[NDArray[np.float32]] = []
    target_parts: list[NDArray[np.uint8]] = []
    for number in numbers:
        check()
        tile = memory[number]
        logits = tile_logits(module, tile.values.astype(np.float32, copy=False), CONTEXT_PX, plan, device).cpu().numpy()
        targets = inner(tile.targets, CONTEXT_PX)
        tables.append(confusion(targets, logits.argmax(axis=0).astype(np.uint8), range(count)))
        worth.append(tile_worth(targets != UNTRAINED))
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
        np.array(worth),
    )


@dataclass(frozen=True)
class Evaluation:
    """A confusion table a Tile (T, K, K), and a sample of labeled pixels: logits float32 (K, P), targets uint8 (P,),
    tiles (P,) from 0 on. `worth` (T,): of each Tile's paint, see `tile_worth`."""

    class_values: tuple[int, ...]
    tables: Confusion
    logits: NDArray[np.float32]
    targets: NDArray[np.uint8]
    tiles: NDArray[np.int64]
    worth: NDArray[np.float64]

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
