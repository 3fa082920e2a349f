"""`fieldbrush simulate`: its options and its answer."""

from __future__ import annotations

import argparse
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.cache import cache_folder
from core.errors import SelectionError
from core.executors.spread import Workplace
from core.export.writing import refuse_unwritable
from core.jobs import Checkpoint
from core.mask_import.values import parse_value_map
from core.simulation.cost import LabelingCost
from core.simulation.layout import Sizes
from core.simulation.plot import check_matplotlib, plot_curves
from core.simulation.report import as_json, markdown, summarise
from core.simulation.results import COSTS
from core.simulation.runner import SimulationPlan, simulate
from core.simulation.table import BEGINNING

HELP = "label with known masks instead of an expert, and compare strategies"
_WITHOUT_SCORE = "{count} of {seeds} seeds have no score: their test tiles show nothing but the most frequent class."
_DEFAULT_STRATEGIES = "random,valid_random,typiclust,coverage,uherding,margin,auto"


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    parser.add_argument("folder", type=Path, help="images/ and masks/ of the same names, or the folder of the demo")
    parser.add_argument(
        "--strategies", default=_DEFAULT_STRATEGIES,
        help=f"names, separated by commas (default: {_DEFAULT_STRATEGIES.replace(',', ', ')})",
    )  # fmt: skip
    parser.add_argument("--budgets", default="2,4,8,16,32", help="tiles at which to score (default: %(default)s)")
    parser.add_argument("--seeds", type=int, default=5, help="campaigns a strategy (default: 5)")
    parser.add_argument("--learner", choices=("probe", "unet"), default="probe", help="linear probe, or the real U-Net")
    parser.add_argument("--steps", type=int, default=150, help="training steps of the U-Net (default: 150)")
    parser.add_argument("--tile", type=int, help="tile size in pixels (default: as for a new project)")
    parser.add_argument(
        "--map",
        help="what the masks' values mean: 0=0,1=1,2=2 leaves 0 unlabeled, 0=1,255=2 makes two classes (default: as"
        " they are where 0 is the files' nodata or in none of them, else 0 is a class too and each one moves up)",
    )  # fmt: skip
    parser.add_argument("--no-gap", action="store_true", help="scenes that touch or overlap show no common ground")
    parser.add_argument(
        "--cost", default="10,5,0.02",
        help="modelled seconds a tile, a window, and a pixel of boundary (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument("--out", type=Path, default=Path("simulation.csv"), help="the table (default: %(default)s)")
    parser.add_argument("--plot", type=Path, help="draw the learning curves into this PNG")
    parser.add_argument(
        "--over", choices=COSTS, default="budget",
        help="compare at equal cost of this kind; random's budgets say how much (default: %(default)s)",
    )  # fmt: skip
    parser.add_argument(
        "--metric", choices=("foreground_iou", "mean_iou"), default="foreground_iou",
        help="what to score by (default: %(default)s)",
    )  # fmt: skip


def plan_of(arguments: argparse.Namespace) -> SimulationPlan:
    """The plan the options ask for. Raises SelectionError for options that make no sense."""
    try:
        budgets = tuple(int(budget) for budget in arguments.budgets.split(","))
    except ValueError as error:
        raise SelectionError(
            "“{budgets}” are not budgets.", "Give them like 2,4,8,16.", budgets=arguments.budgets
        ) from error
    if arguments.plot:  # before hours of work
        check_matplotlib()
        refuse_unwritable(arguments.plot, b"Matplotlib")
    refuse_unwritable(arguments.out, BEGINNING)
    if not arguments.folder.is_dir():
        raise SelectionError("There is no folder {path}.", "Give one with images and masks.", path=arguments.folder)
    cache = cache_folder() / "simulation"
    names = tuple(dict.fromkeys(name.strip() for name in arguments.strategies.split(",") if name.strip()))
    return SimulationPlan(
        folder=arguments.folder, out=arguments.out, cache=cache, strategies=names, budgets=budgets,
        seeds=arguments.seeds, learner=arguments.learner, steps=arguments.steps, tile_px=arguments.tile,
        buffer=not arguments.no_gap,
        cost=_cost(arguments.cost), value_map=parse_value_map(arguments.map) if arguments.map else None,
    )  # fmt: skip


def _cost(words: str) -> LabelingCost:
    try:
        tile, window, boundary = (float(number) for number in words.split(","))
    except ValueError as error:
        raise SelectionError("“{cost}” is no cost.", "Give it like 10,5,0.02.", cost=words) from error
    return LabelingCost(tile, boundary, window)


def so_far(plan: SimulationPlan, finished: int | None) -> str:
    """What an interrupted simulation leaves. `finished` campaigns are in the table; None where nobody has looked."""
    if finished is None:
        return "No campaign had begun."
    wanted = plan.seeds * len(plan.strategies)
    if finished == 0:
        return f"None of {wanted} campaigns is in {plan.out} yet."
    return f"{plan.out} has {finished} of {wanted} campaigns: the same command goes on from there."


def run(
    arguments: argparse.Namespace, plan: SimulationPlan, place: Workplace, context: Checkpoint,
    warn: Callable[[str], None], count: Callable[[int], None],
) -> dict[str, Any]:  # fmt: skip
    """Simulate, draw, and return what the terminal shows. `warn` hears of a too large Budget before the work begins,
    and of seeds that say nothing after it; `count` as in `simulate`."""
    told: list[Sizes] = []

    def tell(sizes: Sizes) -> None:
        told.append(sizes)
        warn(sizes.advice)

    rows = simulate(plan, context, place, tell, count)
    silent = {row.seed for row in rows if math.isnan(getattr(row, arguments.metric))}
    if silent:
        warn(_WITHOUT_SCORE.format(count=len(silent), seeds=plan.seeds))
    lines = summarise(rows, arguments.metric, arguments.over)
    if arguments.plot:
        title = f"{plan.folder.resolve().name}, {plan.learner}"
        plot_curves(rows, arguments.plot, title, arguments.metric, arguments.over)
    campaigns = len(rows) // len(plan.budgets)
    result: dict[str, Any] = {"csv": str(plan.out), "metric": arguments.metric, "campaigns": campaigns}
    if arguments.plot:
        result["plot"] = str(arguments.plot)
    [sizes] = told
    if arguments.json:
        result |= {"tiles": sizes.tiles, "pool": sizes.pool, "test": sizes.test}
        return {**result, "table": as_json(lines, plan.budgets)}
    return {**result, "tiles": str(sizes), "table": markdown(lines, plan.budgets)}
