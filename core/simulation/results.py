"""What the rows of a simulation say: curves, area under them, paired differences with intervals, labels saved."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from core.learning.intervals import student
from core.simulation.campaign import Row

Metric = Literal["foreground_iou", "mean_iou"]
Cost = Literal["budget", "seconds", "labeled_px", "foreground_px", "tiles", "windows"]
COSTS: tuple[Cost, ...] = get_args(Cost)
REFERENCE = "random"


@dataclass(frozen=True)
class Interval:
    """A mean and the bounds of its 95 % interval."""

    mean: float
    low: float
    high: float

    @property
    def significant(self) -> bool:
        """Whether 0 lies outside."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, eq=False)
class Curves:
    """values float64 (S, B): a Strategy's metric by seed and Budget; costs the same shape, by kind of cost."""

    strategy: str
    seeds: tuple[int, ...]
    budgets: tuple[int, ...]
    values: NDArray[np.float64]
    costs: dict[Cost, NDArray[np.float64]]

    @property
    def mean(self) -> NDArray[np.float64]:
        """float64 (B,), over the seeds that have a score."""
        return mean_of_known(self.values)


def mean_of_known(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Over the first axis, without NaN; NaN where there is nothing else, as where no test Tile shows a foreground."""
    known = np.isfinite(values)
    with np.errstate(invalid="ignore"):
        return np.asarray(np.where(known, values, 0.0).sum(axis=0) / known.sum(axis=0), np.float64)


def curves_of(rows: Iterable[Row], metric: Metric = "foreground_iou") -> dict[str, Curves]:
    """By Strategy, in the order in which they first appear; seeds ascending."""
    by_strategy: dict[str, list[Row]] = {}
    for row in rows:
        by_strategy.setdefault(row.strategy, []).append(row)
    return {name: _curves(name, mine, metric) for name, mine in by_strategy.items()}


def _curves(name: str, rows: Sequence[Row], metric: Metric) -> Curves:
    seeds, budgets = sorted({row.seed for row in rows}), sorted({row.budget for row in rows})
    shape = (len(seeds), len(budgets))
    values = np.full(shape, np.nan)
    costs: dict[Cost, NDArray[np.float64]] = {cost: np.full(shape, np.nan) for cost in COSTS}
    for row in rows:
        place = seeds.index(row.seed), budgets.index(row.budget)
        values[place] = getattr(row, metric)
        for cost, table in costs.items():
            table[place] = getattr(row, cost)
    return Curves(name, tuple(seeds), tuple(budgets), values, costs)


def over(curves: Curves, reference: Curves, cost: Cost, first: int = 0) -> Curves:
    """The same campaigns scored where they have cost as much as the reference on average at its Budgets: each seed's
    curve, interpolated over log cost. What a campaign had at its end holds beyond it. Budgets before the one numbered
    `first` (`first_comparable`) are left out. For "budget" nothing changes.
    """
    if cost == "budget":
        return curves
    at = np.log(np.maximum(reference.costs[cost].mean(axis=0), 1e-9))[first:]
    spent = np.log(np.maximum(curves.costs[cost], 1e-9))
    values = np.stack([np.interp(at, x, y) for x, y in zip(spent, curves.values, strict=True)])
    costs = {name: table[:, first:] for name, table in curves.costs.items()}
    costs[cost] = np.tile(np.exp(at), (len(values), 1))
    return Curves(curves.strategy, curves.seeds, reference.budgets[first:], values, costs)


def first_comparable(every: Iterable[Curves], reference: Curves, cost: Cost) -> int:
    """The number of the first of the reference's Budgets at whose mean cost every campaign has its first score. Before
    it some have none yet; to take their first score there would give them labels that they have not paid for."""
    if cost == "budget":
        return 0
    needed = max((float(one.costs[cost][:, 0].max()) for one in every), default=0.0)
    return int((reference.costs[cost].mean(axis=0) < needed * (1 - 1e-6)).sum())


def areas(curves: Curves) -> NDArray[np.float64]:
    """AUBC of each seed, float64 (S,): trapezoid of the metric over log2 of the Budget, divided by the width, so it is
    the metric's mean over doublings and lies in 0…1. Over log2, because over the Budget itself the last doubling would
    count half."""
    at = np.log2(np.asarray(curves.budgets, np.float64))
    if len(at) == 0:
        return np.full(len(curves.seeds), np.nan)
    if len(at) == 1:
        return curves.values[:, 0]
    return np.asarray(np.trapezoid(curves.values, at, axis=1) / (at[-1] - at[0]), np.float64)


def interval(values: NDArray[np.float64]) -> Interval:
    """The mean over seeds (S,), of those that have a score, with its 95 % interval by Student's t; not by the
    percentile bootstrap, which is too narrow for so few (docs/adr/0048)."""
    values = values[np.isfinite(values)]
    count = len(values)
    if count < 2:  # one seed says nothing about chance
        return Interval(float(values.mean()) if count else math.nan, math.nan, math.nan)
    mean = float(values.mean())
    reach = student(count - 1) * float(values.std(ddof=1)) / math.sqrt(count)
    return Interval(mean, mean - reach, mean + reach)


def paired(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> Interval:
    """The mean of ours - theirs over seeds (S,) with its interval."""
    return interval(ours - theirs)


def scores(curves: Curves) -> list[Interval]:
    """The metric at every Budget."""
    return [interval(values) for values in curves.values.T]


def area_gain(curves: Curves, reference: Curves) -> Interval:
    """AUBC above the reference's, over the seeds that both have."""
    mine, theirs = _common(curves, reference)
    return paired(areas(curves)[mine], areas(reference)[theirs])


def gains(curves: Curves, reference: Curves) -> list[Interval]:
    """The metric above the reference's at every Budget."""
    mine, theirs = _common(curves, reference)
    return [paired(curves.values[mine, place], reference.values[theirs, place]) for place in range(len(curves.budgets))]


class CostShare(NamedTuple):
    """A part of the reference's cost; `at_most` where the Strategy's first point has the score already, so that nobody
    knows how much less would do."""

    value: float
    at_most: bool = False


def cost_share(curves: Curves, reference: Curves, cost: Cost, budget: int) -> CostShare:
    """What part of the reference's cost reaches the reference's mean score at `budget`; of its own, all of it.

    The mean curve over the mean cost, interpolated over log cost; the reference's own score is not exceeded on the way
    back, so noise in the curve counts for the Strategy that reaches the score first. inf where it is never reached, NaN
    where the reference has no score.
    """
    place = reference.budgets.index(budget)
    target = float(reference.mean[place])
    if curves is reference or math.isnan(target):
        return CostShare(math.nan if math.isnan(target) else 1.0)
    costs = np.log(np.maximum(mean_of_known(curves.costs[cost]), 1e-9))
    best = np.maximum.accumulate(curves.mean)
    reached = np.flatnonzero(best >= target)
    if not len(reached):
        return CostShare(math.inf)
    last = int(reached[0])
    at = float(costs[0])
    if last > 0:
        step = (target - best[last - 1]) / max(best[last] - best[last - 1], 1e-12)
        at = float(costs[last - 1] + step * (costs[last] - costs[last - 1]))
    return CostShare(float(np.exp(at) / mean_of_known(reference.costs[cost])[place]), at_most=last == 0)


def _common(curves: Curves, reference: Curves) -> tuple[list[int], list[int]]:
    both = [seed for seed in curves.seeds if seed in reference.seeds]
    return [curves.seeds.index(seed) for seed in both], [reference.seeds.index(seed) for seed in both]
