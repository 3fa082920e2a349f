"""How far a training run is: its clock, its learning curve, and what it reports of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.jobs import Checkpoint
from core.learning.settings import TrainingSettings
from core.text import Text

_MOST_POINTS = 600
_LAST_PART = 0.1  # of a run, for what is left of it when its end is brought forward


@dataclass(frozen=True)
class TrainingPoint:
    """One step: its loss, seconds since the start without pauses, and the held-out mean IoU where it was measured."""

    step: int
    loss: float
    elapsed_s: float
    steps_per_s: float
    validation_iou: float | None = None


@dataclass(frozen=True)
class TrainingReport:
    """What a running training says of itself through `Checkpoint.report(…, detail=…)`.

    `points` are the steps so far, thinned to some hundreds, those with a validation always among them.
    """

    stage: Text
    points: tuple[TrainingPoint, ...] = ()


class Clock:
    """How far a run is: by steps if they govern, else by time, without what was spent paused or on other jobs.

    `now` gives seconds; benchmarks on a busy machine put those of the processor there.
    """

    def __init__(
        self, settings: TrainingSettings, context: Checkpoint, now: Callable[[], float] = time.monotonic
    ) -> None:
        self.now = now
        self._settings = settings
        self._context = context
        self._started = now()
        self._away_s = 0.0
        self._first_step_s = 0.0
        self._budget_s = settings.time_budget_s
        self._done_before = 0.0
        self._steps_before = 0
        self.reserve_s = 0.03 * settings.time_budget_s  # for the scores at the end
        self.step = 0
        self.hurries_from: float | None = None  # the part 0…1 of its budget after which the run came to its end

    def go_on(self, step: int, done: float) -> None:
        """The run had taken so many steps and used that part 0…1 of its budget before it was interrupted."""
        self.step = self._steps_before = step
        self._done_before = done
        self._budget_s = (1.0 - done) * self._settings.time_budget_s

    @property
    def elapsed_s(self) -> float:
        """Since this run began or was taken up again."""
        return self.now() - self._started - self._away_s

    def check(self) -> None:
        """The job's checkpoint: cancelled, paused, or more urgent work first."""
        left = self.now()
        self._context.check()
        self._away_s += self.now() - left

    def share_s(self, share: float, longest_s: float) -> float:
        """That share of the time budget, but not more than `longest_s`, which it is where steps govern."""
        return longest_s if self._settings.max_steps > 0 else min(share * self._budget_s, longest_s)

    def start_steps(self) -> None:
        """All preparations are done."""
        self._first_step_s = self.elapsed_s

    def bring_the_end_forward(self) -> None:
        """What is left of the run takes a tenth of the budget: all that follows progress goes on, quicker. Nothing
        changes where no more than that is left."""
        if self.used < 1.0 - _LAST_PART:
            self.hurries_from = self.used

    @property
    def progress(self) -> float:
        """0…1. Where the end is not brought forward, the part of the budget that is used."""
        used, since = self.used, self.hurries_from
        if since is None:
            return used
        quicker = (1.0 - since) / _LAST_PART
        return min(round(since + (used - since) * quicker, 9), 1.0)  # else it may want a step more

    @property
    def used(self) -> float:
        """0…1 of the budget. Preparations count against the time, but at least half of it goes to the steps."""
        if self._settings.max_steps > 0:
            return min(self.step / self._settings.max_steps, 1.0)
        end = max(self._budget_s - self.reserve_s, self._first_step_s + self._budget_s / 2)
        here = min(max((self.elapsed_s - self._first_step_s) / (end - self._first_step_s), 0.0), 1.0)
        return self._done_before + (1.0 - self._done_before) * here

    @property
    def steps_per_s(self) -> float:
        """Of this run; those before an interruption do not count."""
        return (self.step - self._steps_before) / max(self.elapsed_s - self._first_step_s, 1e-6)

    def report(self, detail: TrainingReport, finished: bool = False) -> None:
        """Only with `finished` is it the whole: something always follows the last step."""
        settings = self._settings
        total = float(settings.max_steps) if settings.max_steps > 0 else settings.time_budget_s
        before_s = settings.time_budget_s - self._budget_s
        done = float(self.step) if settings.max_steps > 0 else before_s + self.elapsed_s
        if self.hurries_from is not None:
            total *= min(self.hurries_from + _LAST_PART, 1.0)
        self._context.report(total if finished else min(done, total * 0.999), total, detail)


class Curve:
    """The learning curve, thinned so that sharing it stays cheap however long a run is."""

    def __init__(self) -> None:
        self.points: list[TrainingPoint] = []

    def add(self, point: TrainingPoint) -> None:
        """Above some hundreds, every second point is dropped, never one with a validation."""
        self.points.append(point)
        if len(self.points) > _MOST_POINTS:
            last = len(self.points) - 1
            self.points = [
                kept
                for number, kept in enumerate(self.points)
                if number % 2 == 0 or number == last or kept.validation_iou is not None
            ]

    def score_last(self, validation_iou: float) -> None:
        """Set the held-out mean IoU, 0…1, of the latest step; does nothing before the first."""
        self.points[-1:] = [replace(point, validation_iou=validation_iou) for point in self.points[-1:]]
