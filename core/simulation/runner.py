"""Runs the campaigns of a simulation: what is missing in the table, here or elsewhere (core/executors/)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import numpy as np

from core.errors import SelectionError
from core.executors.spread import HERE, Workplace, spread
from core.jobs import Checkpoint
from core.project.creation import LARGEST_TILE_PX
from core.selection.embeddings import embed
from core.selection.pool import Pool, with_something_to_see
from core.selection.strategies import named
from core.simulation.campaign import VARIANTS, Bench, Row, Units, run_campaign
from core.simulation.cost import LabelingCost, ignored_share
from core.simulation.dense import DenseCells, cells_of
from core.simulation.ground import Ground, read_ground
from core.simulation.layout import Layout, Sizes, sizes
from core.simulation.table import Table
from core.simulation.unet_learner import UnetField
from core.simulation.windows import windows_across, windows_of

_SMALLEST_TILE_PX = 32  # of a simulation: what a network still takes, though no expert would


@dataclass(frozen=True)
class SimulationPlan:
    """What to simulate. `folder`, `tile_px` and `value_map` as in `read_ground`; `budgets` in Tiles, ascending; `seeds`
    campaigns a Strategy; `steps` for the U-Net only; `cache` keeps Embeddings and cells for the next run."""

    folder: Path
    out: Path
    cache: Path
    strategies: tuple[str, ...]
    budgets: tuple[int, ...]
    seeds: int = 5
    learner: Literal["probe", "unet"] = "probe"
    steps: int = 150
    tile_px: int | None = None
    buffer: bool = True
    cost: LabelingCost = field(default_factory=LabelingCost)
    value_map: Mapping[int, int] | None = None

    def __post_init__(self) -> None:
        rising = all(a < b for a, b in zip(self.budgets, self.budgets[1:], strict=False))
        if not self.budgets or self.budgets[0] < 1 or not rising:
            raise SelectionError("The budgets are not in rising order.", "Give them like 2,4,8,16.")
        if self.tile_px is not None and not _SMALLEST_TILE_PX <= self.tile_px <= LARGEST_TILE_PX:
            raise SelectionError(
                "A tile of {tile_px} pixels is not possible.", "Choose from {least} to {most} pixels.",
                tile_px=self.tile_px, least=_SMALLEST_TILE_PX, most=LARGEST_TILE_PX,
            )  # fmt: skip
        if self.seeds < 1 or self.steps < 1 or not self.strategies:
            raise SelectionError("There is nothing to simulate.", "Seeds and steps must be 1 or more.")
        for name in self.strategies:
            if named(VARIANTS, name).windows and self.learner == "unet":
                raise SelectionError("The U-Net does not learn from windows here.", "Simulate with the linear probe.")


def simulate(
    plan: SimulationPlan, context: Checkpoint, place: Workplace = HERE, tell: Callable[[Sizes], None] = lambda _: None,
    count: Callable[[int], None] = lambda _: None,
) -> list[Row]:  # fmt: skip
    """Run what `plan.out` lacks and return all rows the plan asks for, in its order. Reports campaigns done; before the
    first, `tell` hears how many Tiles there are for them. `count` hears how many campaigns of the plan are in
    `plan.out`, as soon as that is known and after each.

    Embeddings and campaigns are computed at `place`; the rows do not depend on it. Finished campaigns are written in
    their order, each at once; when the job is cancelled or the machine dies, a rerun goes on from there. Raises
    FieldbrushError.
    """
    ground = read_ground(plan.folder, plan.tile_px, context, plan.value_map)
    layout = _layout(plan, ground)
    table = Table(plan.out, _setup(plan, ground, layout), ground.class_values, plan.budgets)
    rows = table.finished()
    done = {(row.strategy, row.seed) for row in rows}
    wanted = [(name, seed) for seed in range(plan.seeds) for name in plan.strategies]
    missing = [task for task in wanted if task not in done]
    tell(sizes(layout, plan.seeds, plan.budgets[-1]))
    count(len(wanted) - len(missing))
    if missing:
        bench = make_bench(plan, ground, context, place)
        context.report(len(wanted) - len(missing), len(wanted))
        with closing(spread(place, _campaign, bench, missing, context.check)) as results:
            for number, new in enumerate(results, start=len(wanted) - len(missing) + 1):
                table.append(new)
                count(number)
                context.report(number, len(wanted))
        rows = table.finished()  # as they are on the disk: the same, rounded, as a rerun would give
    turn = {name: number for number, name in enumerate(plan.strategies)}
    asked = set(wanted)
    mine = [row for row in rows if (row.strategy, row.seed) in asked]
    return sorted(mine, key=lambda row: (turn[row.strategy], row.seed, row.budget))


def make_bench(plan: SimulationPlan, ground: Ground, context: Checkpoint, place: Workplace = HERE) -> Bench:
    """Embed all Tiles, compute the learner's features, gather what campaigns need."""
    middle = (ground.outlines[:, :2] + ground.outlines[:, 2:]) / 2
    embeddings = embed(ground.refs, ground.reader, context, plan.cache / "embeddings", ground.fingerprints, place=place)
    shares = with_something_to_see(ground.valid_share, embeddings)
    pool = Pool(np.arange(len(ground.refs)), embeddings, shares, middle, ground.scene_index)
    learner: DenseCells | UnetField
    windows: Units | None = None
    if plan.learner == "unet":
        learner = UnetField(ground.reader, ground.refs, ground.masks, ground.class_values, plan.steps)
    else:
        learner = cells_of(ground, plan.cache / "cells", context)
        if any(named(VARIANTS, name).windows for name in plan.strategies):
            windows = windows_of(ground, learner, plan.cost)
    ignored = np.array([ignored_share(mask) for mask in ground.masks], np.float32)
    each = np.full(len(pool), windows_across(ground.tile_px) ** 2)
    return Bench(
        pool, np.arange(len(pool)), each, ground.labeled, ground.foreground, ignored,
        plan.cost.seconds(ground.boundary), 0.0, learner, _layout(plan, ground), ground.class_values,
        ground.background, plan.budgets, windows,
    )  # fmt: skip


def _layout(plan: SimulationPlan, ground: Ground) -> Layout:
    rects = tuple(ref.rect for ref in ground.refs)
    return Layout(rects, ground.scene_index, ground.outlines, ground.labeled, plan.buffer)


def _setup(plan: SimulationPlan, ground: Ground, layout: Layout) -> str:
    """What decides the rows, in words: rows of different setups never share a file."""
    learner = "probe" if plan.learner == "probe" else f"unet {plan.steps} steps"
    cost = plan.cost.words
    gap = "gap" if plan.buffer else "no gap between scenes"
    parts = ", in four parts" if layout.is_in_four else ""
    tiles = f"{len(ground.refs)} tiles of {ground.tile_px} px{parts}, {_digest(ground)}"
    budgets = f"budgets {' '.join(map(str, plan.budgets))}"  # a campaign ranks anew at each: more budgets, other picks
    return f"{ground.name}; {tiles}; {learner}; {gap}; {cost}; {budgets}"


def _digest(ground: Ground) -> str:
    """Changes with the imagery and with every pixel of the true Masks."""
    digest = hashlib.sha256(repr(sorted(ground.fingerprints.values())).encode())
    for mask in ground.masks:
        digest.update(mask.tobytes())
    return digest.hexdigest()[:12]


def _campaign(bench: Bench, task: tuple[str, int], check: Callable[[], None]) -> list[Row]:
    return run_campaign(bench, *task)
