"""One simulated campaign: rank, label with the true Masks, learn, score, rank again, up to the largest Budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.errors import SelectionError
from core.geometry import Rect
from core.learning.metrics import Scores
from core.selection import auto
from core.selection.pool import MIN_VALID_SHARE, ModelState, Pool
from core.selection.strategies import STRATEGIES, Query
from core.selection.trust import PRIOR_TRUST, earned_trust
from core.simulation.cost import LabelingCost
from core.simulation.dense import Cells
from core.simulation.probe import fit_probe
from core.simulation.split import Role, split_tiles
from core.simulation.unet_learner import UnetField, fit_unet

Indexes = NDArray[np.int64]

POOL_SHARE = 0.8
"""Each seed works on its own four fifths of the Pool: otherwise a Strategy without chance in it would give the same
campaign for every seed, and an interval over seeds would say nothing about it."""


class Fitted(Protocol):
    """A learner that has learned. `tiles` are int64 indexes."""

    def confusion(self, tiles: Indexes) -> NDArray[np.int64]: ...

    def doubts(self, tiles: Indexes) -> NDArray[np.float32]: ...

    def errors(self, tiles: Indexes) -> NDArray[np.float32]: ...


@dataclass(frozen=True)
class Variant:
    """A Strategy as a campaign runs it; `prior` is the Trust before there is a record (trust.py)."""

    query: Query
    prior: float = PRIOR_TRUST


VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {name: Variant(strategy.query) for name, strategy in STRATEGIES.items()}
    | {
        "auto-trust0": Variant(auto.query, prior=0.0),
        "auto-trust0.2": Variant(auto.query, prior=0.2),
        "auto-trust0.5": Variant(auto.query, prior=0.5),
        "auto-no-audits": Variant(partial(auto.query, parts=auto.Parts(audits=False))),
        "auto-no-own-doubt": Variant(partial(auto.query, parts=auto.Parts(own_doubt=0.0))),
        "auto-cover-start": Variant(partial(auto.query, parts=auto.Parts(typical_start=False))),
    }
)
"""All Strategies, and `auto` with one part changed: what an ablation compares."""


@dataclass(frozen=True, eq=False)
class Bench:
    """All that campaigns on one Ground need; picklable, so that an Executor may run them anywhere.

    pool         all N Tiles with Embeddings; each campaign uses a part
    outlines     float64 (N, 4), as in Ground
    boundary, labeled, foreground   int64 (N,) pixels of the true Masks
    learner      the cells of the linear probe, or the field of the U-Net
    """

    pool: Pool
    rects: tuple[Rect, ...]
    outlines: NDArray[np.float64]
    boundary: NDArray[np.int64]
    labeled: NDArray[np.int64]
    foreground: NDArray[np.int64]
    class_values: tuple[int, ...]
    background: int
    learner: Cells | UnetField
    budgets: tuple[int, ...]
    buffer: bool
    cost: LabelingCost


@dataclass(frozen=True)
class Row:
    """The state of a campaign after `budget` Tiles. IoU are shares 0…1 on the test Tiles, NaN where a Class has no
    pixel there; `foreground_iou` is the mean over all Classes but the most frequent one."""

    strategy: str
    seed: int
    budget: int
    mean_iou: float
    foreground_iou: float
    iou: tuple[float, ...]
    labeled_px: int
    foreground_px: int
    seconds: float
    trust: float


def variant_named(name: str) -> Variant:
    """Raises SelectionError for a name that is not in VARIANTS."""
    if name not in VARIANTS:
        raise SelectionError(
            "There is no strategy {name}.", "Choose from: {known}.", name=name, known=", ".join(VARIANTS)
        )
    return VARIANTS[name]


def places(bench: Bench, seed: int) -> tuple[Indexes, Indexes]:
    """(the Tiles that may be labeled, the Tiles that test) of this seed: indexes into the Bench's Tiles."""
    roles = split_tiles(bench.rects, bench.pool.scene_index, bench.outlines, seed, bench.buffer)
    rng = np.random.default_rng((seed, 1))
    pool = np.flatnonzero(roles == Role.POOL)
    kept = np.sort(rng.permutation(pool)[: max(round(len(pool) * POOL_SHARE), 1)])
    return kept, np.flatnonzero((roles == Role.TEST) & (bench.labeled > 0))


def check_pool(bench: Bench, seed: int) -> None:
    """Raises SelectionError if this seed's part of the Tiles cannot carry the campaign."""
    kept, test = places(bench, seed)
    if not len(test):
        raise SelectionError("No tile is left to test on.", "Use more or larger scenes, or smaller tiles.")
    if len(kept) < bench.budgets[-1]:
        raise SelectionError(
            "Only {count} tiles can be labeled, fewer than the largest budget of {budget}.",
            "Give smaller budgets, more scenes, or smaller tiles.", count=len(kept), budget=bench.budgets[-1],
        )  # fmt: skip


def run_campaign(bench: Bench, strategy: str, seed: int) -> list[Row]:
    """A row for every Budget. The same Bench, Strategy and seed give the same rows, wherever they run."""
    variant = variant_named(strategy)
    kept, test = places(bench, seed)
    pool = _part(bench.pool, kept)
    labeled = np.zeros(len(kept), np.bool_)
    state: ModelState | None = None
    trust = 0.0
    records: list[tuple[float, float]] = []
    fitted: Fitted | None = None
    rows = []
    with threadpool_limits(1):
        for budget in bench.budgets:
            rng = np.random.default_rng((seed, 2))  # one seed a campaign, as in the program: audits stay in place
            ranking = variant.query(pool, labeled, state, budget - int(labeled.sum()), rng)
            picked = ranking.order[: budget - int(labeled.sum())]
            if fitted is not None and state is not None:
                records += zip(state.uncertainty[picked].tolist(), fitted.errors(kept[picked]).tolist(), strict=True)
            labeled[picked] = True
            fitted = _fit(bench.learner, kept[labeled], seed)
            trust = earned_trust([r[0] for r in records], [r[1] for r in records], variant.prior)
            state = _state(pool, fitted, kept, trust)
            rows.append(_row(bench, strategy, seed, kept[labeled], fitted.confusion(test), trust))
    return rows


def _fit(learner: Cells | UnetField, tiles: Indexes, seed: int) -> Fitted:
    return fit_probe(learner, tiles, seed) if isinstance(learner, Cells) else fit_unet(learner, tiles, seed)


def _state(pool: Pool, fitted: Fitted, kept: Indexes, trust: float) -> ModelState:
    doubts = fitted.doubts(kept)
    doubts[pool.valid_share < MIN_VALID_SHARE] = np.nan  # ranked last anyway
    return ModelState(doubts, trust)


def _part(pool: Pool, kept: Indexes) -> Pool:
    return Pool(
        pool.tile_ids[kept], pool.embeddings[kept], pool.valid_share[kept], pool.positions[kept],
        pool.scene_index[kept],
    )  # fmt: skip


def _row(bench: Bench, strategy: str, seed: int, tiles: Indexes, table: NDArray[np.int64], trust: float) -> Row:
    scores = Scores.of(table, bench.class_values)
    others = [
        iou for value, iou, truth in zip(bench.class_values, scores.iou, table.sum(axis=1), strict=True)
        if value != bench.background and truth > 0
    ]  # fmt: skip
    return Row(
        strategy, seed, len(tiles), scores.mean_iou, float(np.mean(others)) if others else float("nan"), scores.iou,
        int(bench.labeled[tiles].sum()), int(bench.foreground[tiles].sum()),
        float(bench.cost.seconds(bench.boundary[tiles]).sum()), trust,
    )  # fmt: skip
