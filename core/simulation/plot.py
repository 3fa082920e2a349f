"""Learning curves as a picture. matplotlib is optional: the extra `science`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.atomic import replacing
from core.errors import SelectionError
from core.export.writing import writing
from core.simulation.campaign import Row
from core.simulation.results import (
    REFERENCE,
    Cost,
    Curves,
    Interval,
    Metric,
    curves_of,
    first_comparable,
    gains,
    mean_of_known,
    over,
    scores,
)

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6BB1", "#A6761D", "#333333")
_DASHES = ("-", "--", ":")
_PANEL_INCHES = 4.2, 3.9
_LEGEND_COLUMNS, _LEGEND_ROW_INCHES = 2, 0.2  # of each panel; below them
_MOST_TICKS = 10
_MINUTE_S = 60.0
_AXES: dict[Cost, str] = {
    "budget": "labeled tiles, or as many seconds", "seconds": "modelled minutes", "labeled_px": "labeled pixels",
    "foreground_px": "labeled foreground pixels", "tiles": "tiles opened", "windows": "labeled area in windows",
}  # fmt: skip


def check_matplotlib() -> Any:
    """matplotlib's Figure class. Raises SelectionError, saying what to install, where it is missing."""
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise SelectionError(
            "Plots need matplotlib, which is not installed.", "Install it with: pip install fieldbrush[science]"
        ) from error
    return Figure


def plot_curves(
    rows: Sequence[Row], path: Path, title: str, metric: Metric = "foreground_iou", cost: Cost = "budget"
) -> None:
    """Draw them into a PNG. Raises ExportError."""
    figure = draw_curves(rows, title, metric, cost)
    with writing(path), replacing(path) as partial:
        figure.savefig(partial, dpi=100)


def draw_curves(rows: Sequence[Row], title: str, metric: Metric, cost: Cost) -> Any:
    """A figure: the metric over `cost`; over modelled minutes, where that is something else; and above random at equal
    `cost`, where random is not alone. All with 95 % intervals over seeds, the last with those of paired differences,
    which are narrower: there the seeds' different tests do not count."""
    curves = curves_of(rows, metric)
    costs: list[Cost] = [cost] if cost == "seconds" else [cost, "seconds"]
    compares = REFERENCE in curves and len(curves) > 1
    width, height = _PANEL_INCHES
    panels = len(costs) + compares
    below = -(-len(curves) // (_LEGEND_COLUMNS * panels)) * _LEGEND_ROW_INCHES
    figure = check_matplotlib()(figsize=(width * panels, height + below), layout="constrained")
    axes = figure.subplots(1, panels, squeeze=False)[0]
    name = metric.replace("_iou", " IoU")
    budgets = sorted({row.budget for row in rows})
    has_intervals = len({row.seed for row in rows}) > 1
    for panel, kind in zip(axes, costs, strict=False):
        _draw_scores(panel, curves, kind)
        _label(panel, kind, name, budgets)
    if compares:
        _draw_gains(axes[-1], curves, cost)
        _label(axes[-1], cost, f"{name} − random", budgets)
        axes[-1].set_title("paired by seed; bars: 95 % intervals" * has_intervals, loc="left", fontsize=9)
    shades = "\nshaded: 95 % intervals over seeds" * has_intervals
    axes[0].set_title(f"{title}{shades}", loc="left", fontsize=9)
    handles, names = axes[0].get_legend_handles_labels()
    figure.legend(handles, names, loc="outside lower left", fontsize=8, ncols=_LEGEND_COLUMNS * panels, frameon=False)
    return figure


def _draw_scores(axes: Any, curves: dict[str, Curves], cost: Cost) -> None:
    """Means as lines, intervals as shades below all lines."""
    for number, one in enumerate(curves.values()):
        at, style = _shown(mean_of_known(one.costs[cost]), cost), _style(number, one)
        axes.plot(at, one.mean, label=one.strategy, **style)
        _, low, high = _columns(scores(one))
        axes.fill_between(at, low, high, color=style["color"], alpha=0.3 / len(curves) + 0.04, linewidth=0, zorder=1)
    _frame(axes, np.concatenate([one.mean for one in curves.values()]))


def _draw_gains(axes: Any, curves: dict[str, Curves], cost: Cost) -> None:
    reference = curves[REFERENCE]
    first = first_comparable(curves.values(), reference, cost)
    base = over(reference, reference, cost, first)
    at = _shown(reference.costs[cost].mean(axis=0)[first:], cost)
    means = [np.zeros(1)]
    for number, one in enumerate(curves.values()):
        if one is reference:
            continue
        mean, low, high = _columns(gains(over(one, reference, cost, first), base))
        spread = 2 ** (0.03 * (number - len(curves) / 2))  # side by side
        axes.errorbar(at * spread, mean, [mean - low, high - mean], capsize=1.5, **_style(number, one))
        means.append(mean)
    axes.axhline(0.0, color="black", linewidth=0.8)
    _frame(axes, np.concatenate(means))


def _frame(axes: Any, means: NDArray[np.float64]) -> None:
    """Leave the lines a fifth of the height at least: intervals of two seeds reach a hundred times as far."""
    means = means[np.isfinite(means)]
    margin = 2 * float(np.ptp(means)) if len(means) else 0.0
    if margin > 0:
        low, high = axes.get_ylim()
        axes.set_ylim(max(low, means.min() - margin), min(high, means.max() + margin))


def _style(number: int, one: Curves) -> dict[str, Any]:
    return {
        "color": _COLOURS[number % len(_COLOURS)], "linestyle": _DASHES[number // len(_COLOURS) % len(_DASHES)],
        "linewidth": 2.2 if one.strategy in (REFERENCE, "auto") else 1.2,
    }  # fmt: skip


def _columns(intervals: Sequence[Interval]) -> tuple[NDArray[np.float64], ...]:
    """Their means, lows and highs."""
    return tuple(np.array([(one.mean, one.low, one.high) for one in intervals], np.float64).reshape(-1, 3).T)


def _shown(spent: NDArray[np.float64], cost: Cost) -> NDArray[np.float64]:
    return spent / _MINUTE_S if cost == "seconds" else spent


def _label(axes: Any, cost: Cost, beside: str, budgets: Sequence[int]) -> None:
    from matplotlib.ticker import EngFormatter, FixedLocator, LogLocator, NullLocator

    axes.set_xlabel(_AXES[cost])
    axes.set_ylabel(beside)
    axes.grid(alpha=0.25)
    if not np.isfinite(axes.dataLim.minposx):  # nothing is shown
        return
    axes.set_xscale("log", base=2)
    if cost in ("labeled_px", "foreground_px"):  # powers of two of millions are no round numbers
        axes.xaxis.set_major_locator(LogLocator(10, subs=(1, 2, 5)))
        axes.xaxis.set_major_formatter(EngFormatter(sep=""))
    else:
        if cost == "budget" and len(budgets) <= _MOST_TICKS:
            axes.xaxis.set_major_locator(FixedLocator(budgets))
        axes.xaxis.set_major_formatter("{x:g}")
    axes.xaxis.set_minor_locator(NullLocator())
