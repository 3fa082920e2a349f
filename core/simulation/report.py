"""The table that a simulation ends with, as plain values and as Markdown."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.simulation.campaign import Row
from core.simulation.results import (
    REFERENCE,
    Cost,
    CostShare,
    Curves,
    Interval,
    Metric,
    area_gain,
    areas,
    cost_share,
    curves_of,
    first_comparable,
    mean_of_known,
    over,
)


@dataclass(frozen=True)
class Line:
    """One Strategy: its AUBC (over log2 of the Budget, 0…1) and, where random was simulated too, what it gains on it.

    gain          AUBC above random's, paired over seeds
    labels        {Budget: part of that many labels with which it reaches the score that random has there}
    seconds       the same in modelled seconds
    """

    strategy: str
    seeds: int
    scores: tuple[float, ...]
    area: float
    gain: Interval | None
    labels: dict[int, CostShare]
    seconds: dict[int, CostShare]


def summarise(rows: Sequence[Row], metric: Metric = "foreground_iou", cost: Cost = "budget") -> list[Line]:
    """A Line for every Strategy, in the order of the rows. With another `cost` than the Budget, and random among the
    Strategies, all are scored where they have cost what random's Budgets cost on average, from the first on at which
    every campaign has a score: NaN and no part of the AUBC before."""
    curves = curves_of(rows, metric)
    reference = curves.get(REFERENCE)
    if reference is None:
        return [_line(one, one, None, None) for one in curves.values()]
    first = first_comparable(curves.values(), reference, cost)
    base = over(reference, reference, cost, first)
    return [_line(one, over(one, reference, cost, first), reference, base) for one in curves.values()]


def _line(curves: Curves, scored: Curves, reference: Curves | None, base: Curves | None) -> Line:
    """`scored` and `base` are the curves and the reference at equal cost."""
    area = float(mean_of_known(areas(scored)))
    if reference is None or base is None:
        return Line(curves.strategy, len(curves.seeds), tuple(scored.mean.tolist()), area, None, {}, {})
    missing = (math.nan,) * (len(reference.budgets) - len(scored.budgets))
    mean = (*missing, *scored.mean.tolist())
    budgets = reference.budgets[1:]
    labels = {budget: cost_share(curves, reference, "windows", budget) for budget in budgets}
    seconds = {budget: cost_share(curves, reference, "seconds", budget) for budget in budgets}
    gain = None if curves is reference else area_gain(scored, base)
    return Line(curves.strategy, len(curves.seeds), mean, area, gain, labels, seconds)


def as_json(lines: Sequence[Line], budgets: Sequence[int]) -> list[dict[str, Any]]:
    """Plain values; a share that is never reached is None. Those `at_most` are bounds."""
    return [
        {
            "strategy": line.strategy,
            "seeds": line.seeds,
            "scores": {str(budget): score for budget, score in zip(budgets, line.scores, strict=True)},
            "aubc": line.area,
            "gain": [line.gain.mean, line.gain.low, line.gain.high] if line.gain else None,
            "labels": {str(budget): share.value for budget, share in line.labels.items()},
            "seconds": {str(budget): share.value for budget, share in line.seconds.items()},
            "at_most": [budget for budget, share in line.labels.items() if share.at_most],
        }
        for line in lines
    ]


def markdown(lines: Sequence[Line], budgets: Sequence[int]) -> list[str]:
    """Rows of a Markdown table: score at each Budget, AUBC, gain on random with interval (* where 0 lies outside), and
    which part of random's labels and modelled seconds gives random's score in the middle of the Budgets."""
    middle = _middle(budgets)
    head = ["strategy", *map(str, budgets), "AUBC", "− random [95 %]"]
    with_shares = any(line.labels for line in lines)
    if with_shares:
        head += [f"labels for random's {middle}", f"seconds for random's {middle}"]
    table = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    for line in lines:
        cells = [line.strategy, *(_number(score, 3) for score in line.scores), _number(line.area, 4), _gain(line.gain)]
        if with_shares:
            cells += [_percent(line.labels.get(middle)), _percent(line.seconds.get(middle))]
        table.append("| " + " | ".join(cells) + " |")
    return table


def _middle(budgets: Sequence[int]) -> int:
    later = budgets[1:] or budgets
    return later[(len(later) - 1) // 2]


def _number(value: float, digits: int) -> str:
    return "–" if math.isnan(value) else f"{value:.{digits}f}"


def _gain(gain: Interval | None) -> str:
    if gain is None or math.isnan(gain.mean):
        return "–"
    if math.isnan(gain.low):
        return f"{gain.mean:+.4f}"
    star = " *" if gain.significant else ""
    return f"{gain.mean:+.4f} [{gain.low:+.4f}, {gain.high:+.4f}]{star}"


def _percent(share: CostShare | None) -> str:
    if share is None or math.isnan(share.value):
        return "–"
    if math.isinf(share.value):
        return "never"
    return f"{'≤ ' if share.at_most else ''}{100 * share.value:.0f} %"
