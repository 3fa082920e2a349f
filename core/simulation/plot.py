"""Learning curves as a picture. matplotlib is optional: the extra `science`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.atomic import replacing
from core.errors import SelectionError
from core.simulation.campaign import Row
from core.simulation.results import (
    REFERENCE,
    Cost,
    Curves,
    Metric,
    curves_of,
    first_comparable,
    gains,
    mean_of_known,
    over,
)

_COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#8C6BB1", "#A6761D", "#333333")
_DASHES = ("-", "--", ":")
_AXES: dict[Cost, str] = {
    "budget": "labeled tiles, or as many seconds", "seconds": "modelled seconds", "labeled_px": "labeled pixels",
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
    """A PNG with three panels: the metric over `cost`, over modelled seconds, and above random at equal `cost` with
    95 % intervals."""
    figure = check_matplotlib()(figsize=(12, 3.9), layout="constrained")
    curves = curves_of(rows, metric)
    left, middle, right = figure.subplots(1, 3)
    reference = curves.get(REFERENCE)
    first = 0 if reference is None else first_comparable(curves.values(), reference, cost)
    for number, one in enumerate(curves.values()):
        style = {
            "color": _COLOURS[number % len(_COLOURS)], "linestyle": _DASHES[number // len(_COLOURS) % len(_DASHES)],
            "linewidth": 2.2 if one.strategy in (REFERENCE, "auto") else 1.2,
        }  # fmt: skip
        _over(left, one, cost, style)
        _over(middle, one, "seconds", style)
        if reference is not None and one is not reference:
            found = gains(over(one, reference, cost, first), over(reference, reference, cost, first))
            spread = 2 ** (0.03 * (number - len(curves) / 2))  # side by side
            means = np.array([gain.mean for gain in found])
            bars = np.abs(np.array([[gain.low, gain.high] for gain in found]).T - means)
            right.errorbar(reference.costs[cost].mean(axis=0)[first:] * spread, means, bars, capsize=1.5, **style)
    name = metric.replace("_iou", " IoU")
    for axes, below, beside in (
        (left, _AXES[cost], name), (middle, _AXES["seconds"], name), (right, _AXES[cost], f"{name} − random"),
    ):  # fmt: skip
        axes.set_xscale("log", base=2)
        axes.set_xlabel(below)
        axes.set_ylabel(beside)
        axes.grid(alpha=0.25)
    right.axhline(0.0, color="black", linewidth=0.8)
    left.set_title(title, loc="left", fontsize=10)
    left.legend(fontsize=7, ncols=2)
    with replacing(path) as partial:
        figure.savefig(partial, dpi=100)


def _over(axes: Any, one: Curves, cost: Cost, style: dict[str, Any]) -> None:
    axes.plot(mean_of_known(one.costs[cost]), one.mean, label=one.strategy, **style)
