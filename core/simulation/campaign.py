"""One simulated campaign: rank, label with the true Masks, learn, score, rank again, up to the largest Budget."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.errors import SelectionError
from core.learning.doubt import TileAnswers
from core.learning.metrics import Scores
from core.selection import auto, margin, random_order
from core.selection.pool import MIN_VALID_SHARE, Answers, ModelState, Pool, Ranking
from core.selection.refit import embedding_score
from core.selection.strategies import STRATEGIES, named
from core.selection.trust import PRIOR_TRUST, earned_trust
from core.selection.windows import MOST_WINDOWS, predicted_seconds
from core.simulation.dense import DenseCells
from core.simulation.layout import Indexes, Layout
from core.simulation.probe import fit_probe, score_without
from core.simulation.unet_learner import UnetField, fit_unet, true_class_shares


class Fitted(Protocol):
    """A learner that has learned. `tiles` are int64 indexes.

    `can_doubt`: it was shown two Classes or more. What knows one is certain of everything; the program makes no Model
    of such labels, so Strategies do not hear of it here either.
    """

    @property
    def can_doubt(self) -> bool: ...

    def confusion(self, tiles: Indexes) -> NDArray[np.int64]:
        """int64 (K, K): pixels of those Tiles together, rows: truth."""

    def doubts(self, tiles: Indexes) -> NDArray[np.float32]:
        """float32 (n,) in 0…1, a Tile each."""

    def errors(self, tiles: Indexes) -> NDArray[np.float32]:
        """float32 (n,) in 0…1: the share of each Tile's labeled pixels predicted wrong; NaN where none is labeled."""

    def answers(self, tile: int) -> TileAnswers: ...


@dataclass(frozen=True)
class Variant:
    """A Strategy as a campaign runs it.

    query       a `Query` (strategies.py); with `per_second` it also takes `seconds`, as that of `auto` does
    prior       the Trust before there is a record (trust.py)
    windows     ranks and labels Windows instead of Tiles
    visit       labels up to so many Windows of a Tile at a time, the best one's Tile first
    per_second  divides gain by the seconds that the labels so far predict
    asks        has the learner answer about every Tile that is left
    """

    query: Callable[..., Ranking]
    prior: float = PRIOR_TRUST
    windows: bool = False
    visit: int = 1
    per_second: bool = False
    asks: bool = False

    @property
    def buys_seconds(self) -> bool:
        """Whether a Budget means the seconds that so many average Tiles take, not the Tiles themselves."""
        return self.windows or self.per_second


def _margin_after_random(
    pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None, budget: int, rng: np.random.Generator
) -> Ranking:
    """Random until there is a Model, then margin: uncertainty as the literature starts it."""
    is_unheard = state is None or not np.isfinite(state.uncertainty).any()
    query = random_order.query if is_unheard else margin.query
    return query(pool, labeled, state, budget, rng)


def _auto_unheard(
    pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None, budget: int, rng: np.random.Generator
) -> Ranking:
    """`auto` where nobody trains: rank, label, rank again."""
    unheard = state and replace(state, uncertainty=np.full(len(pool), np.nan, np.float32))
    return auto.query(pool, labeled, unheard, budget, rng)


VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {name: Variant(strategy.query, asks=strategy.asks_model) for name, strategy in STRATEGIES.items()}
    | {
        "margin-random-start": Variant(_margin_after_random),
        "auto-trust0": Variant(auto.query, prior=0.0),
        "auto-trust0.2": Variant(auto.query, prior=0.2),
        "auto-trust0.5": Variant(auto.query, prior=0.5),
        "auto-no-model": Variant(_auto_unheard),
        "auto-no-audits": Variant(partial(auto.query, parts=auto.Parts(audits=False))),
        "auto-no-own-doubt": Variant(partial(auto.query, parts=auto.Parts(own_doubt=0.0))),
        "auto-no-ignored": Variant(partial(auto.query, parts=auto.Parts(ignored=False))),
        "auto-typical-start": Variant(partial(auto.query, parts=auto.Parts(typical_start=True))),
        "auto-per-second": Variant(auto.query, per_second=True),
        "auto-windows": Variant(auto.query, windows=True, per_second=True),
        "auto-windows-any-effort": Variant(auto.query, windows=True),
        "auto-visits": Variant(auto.query, windows=True, visit=MOST_WINDOWS),
        "random-windows": Variant(STRATEGIES["random"].query, windows=True),
        "random-visits": Variant(STRATEGIES["random"].query, windows=True, visit=MOST_WINDOWS),
    }
)
"""All Strategies, margin with another start, `auto` with one part changed (what an ablation compares), and Windows in
the place of Tiles."""


@dataclass(frozen=True, eq=False)
class Units:
    """What is labeled one by one: N Tiles, or N Windows.

    pool         all of them with Embeddings; each campaign uses a part
    tile_of      int64 (N,) ascending, the number of the Tile that each lies on
    windows_in   int64 (N,), how many Windows each holds: 1 for a Window
    labeled, foreground   int64 (N,) pixels of the true Masks
    ignored      float32 (N,) in 0…1, the share of pixels that these ignore
    seconds      float64 (N,), modelled, to label each
    saved        of these seconds where the Tile is on the screen already
    learner      the cells of the linear probe, or the field of the U-Net
    """

    pool: Pool
    tile_of: Indexes
    windows_in: Indexes
    labeled: NDArray[np.int64]
    foreground: NDArray[np.int64]
    ignored: NDArray[np.float32]
    seconds: NDArray[np.float64]
    saved: float
    learner: DenseCells | UnetField


@dataclass(frozen=True, eq=False)
class Bench(Units):
    """All that campaigns on one Ground need: its Tiles, and where they lie; picklable, so that an Executor may run
    them anywhere.

    windows      the Tiles' Windows, where a campaign asks for them
    """

    layout: Layout
    class_values: tuple[int, ...]
    background: int
    budgets: tuple[int, ...]
    windows: Units | None


@dataclass(frozen=True)
class Row:
    """The state of a campaign after `budget` Tiles, or after the seconds that so many average ones take. IoU are shares
    0…1 on the test Tiles, NaN where a Class has no pixel there; `foreground_iou` is the mean over all Classes but the
    most frequent one; `tiles` is on how many there are labels, `windows` what is labeled counted in Windows."""

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
    tiles: int
    windows: int


def run_campaign(bench: Bench, strategy: str, seed: int) -> list[Row]:
    """A row for every Budget. The same Bench, Strategy and seed give the same rows, wherever they run.

    Raises SelectionError for a Strategy by Windows on a Bench that was made without them.
    """
    variant = named(VARIANTS, strategy)
    units, kept, test = _ground_of(bench, variant, seed)
    pool, seconds, paid = part_of(units.pool, kept), units.seconds[kept], units.seconds[kept]
    labeled = np.zeros(len(kept), np.bool_)
    state: ModelState | None = None
    trust = 0.0
    records: list[tuple[float, float]] = []
    fitted: Fitted | None = None
    rows = []
    with threadpool_limits(1):
        for budget in bench.budgets:
            rng = np.random.default_rng((seed, 2))  # one seed a campaign, as in the program: audits stay in place
            left = _left(bench, variant, paid, labeled, budget)
            ranking = _query(variant, pool, labeled, state, seconds, left, rng)
            order, arrives = by_visits(ranking.order, units.tile_of[kept], variant.visit)
            price = seconds[order] - units.saved * ~arrives
            affordable = _affordable(variant, price, left)
            picked = order[:affordable]
            paid[picked] = price[:affordable]
            if fitted is not None and state is not None and fitted.can_doubt:
                records += zip(state.uncertainty[picked].tolist(), fitted.errors(kept[picked]).tolist(), strict=True)
            labeled[picked] = True
            fitted = _fit(units.learner, kept[labeled], seed)
            trust = earned_trust([r[0] for r in records], [r[1] for r in records], variant.prior)
            state = state_of(units, kept, labeled, fitted, trust, variant.asks, seed)
            rows.append(_row(bench, units, strategy, seed, budget, kept[labeled], fitted.confusion(test), trust,
                             paid[labeled].sum()))  # fmt: skip
    return rows


def by_visits(order: Indexes, tile_of: Indexes, size: int) -> tuple[Indexes, NDArray[np.bool_]]:
    """Windows as they are labeled where each visit to a Tile labels up to `size` of them, best first, and the next goes
    to the Tile of the best that is left; and whether each is the first of its visit.

    `order` int64 (n,): Windows, best first. `tile_of` int64 (N,): the Tile of each Window.
    """
    place = {window: number for number, window in enumerate(order.tolist())}
    by_tile: dict[int, list[int]] = {}
    for window in place:
        by_tile.setdefault(int(tile_of[window]), []).append(window)
    parts = (windows[n : n + size] for windows in by_tile.values() for n in range(0, len(windows), size))
    visits = sorted(parts, key=lambda visit: place[visit[0]])
    arrives = [number == 0 for visit in visits for number in range(len(visit))]
    return np.array([window for visit in visits for window in visit], np.int64), np.array(arrives, np.bool_)


def _ground_of(bench: Bench, variant: Variant, seed: int) -> tuple[Units, Indexes, Indexes]:
    """What this Variant labels, and which of it may be labeled and which tests."""
    kept, test = bench.layout.places(seed)
    if not variant.windows:
        return bench, kept, test
    if bench.windows is None:
        raise SelectionError("These tiles have not been cut into windows.", "Simulate with the linear probe.")
    tile_of = bench.windows.tile_of
    return bench.windows, np.flatnonzero(np.isin(tile_of, kept)), np.flatnonzero(np.isin(tile_of, test))


def _left(bench: Bench, variant: Variant, paid: NDArray[np.float64], labeled: NDArray[np.bool_], budget: int) -> float:
    """What is left of a Budget: Tiles, or seconds."""
    if variant.buys_seconds:
        return float(budget * bench.seconds.mean() - paid[labeled].sum())
    return budget - int(labeled.sum())


def _affordable(variant: Variant, seconds: NDArray[np.float64], left: float) -> int:
    """How many of an order to label: the expert stops before the seconds are overdrawn, but does one at least."""
    return max(int(np.searchsorted(seconds.cumsum(), left, "right")), 1) if variant.buys_seconds else int(left)


def _query(
    variant: Variant, pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None,
    seconds: NDArray[np.float64], left: float, rng: np.random.Generator,
) -> Ranking:  # fmt: skip
    count = int(left / seconds.mean()) + 1 if variant.buys_seconds else int(left)
    if not variant.per_second:
        return variant.query(pool, labeled, state, count, rng)
    return variant.query(pool, labeled, state, count, rng, seconds=predicted_seconds(pool, labeled, seconds))


def _fit(learner: DenseCells | UnetField, tiles: Indexes, seed: int) -> Fitted:
    return fit_probe(learner, tiles, seed) if isinstance(learner, DenseCells) else fit_unet(learner, tiles, seed)


def state_of(
    units: Units, kept: Indexes, labeled: NDArray[np.bool_], fitted: Fitted, trust: float, asks: bool, seed: int
) -> ModelState:
    """What `fitted` says of the Units `kept`, for a Strategy; `asks`: also what it has to be asked for."""
    ignored = np.where(labeled, units.ignored[kept], np.float32(np.nan))
    if not fitted.can_doubt:
        return ModelState(np.full(len(kept), np.nan, np.float32), ignored=ignored)
    doubts = fitted.doubts(kept)
    doubts[units.pool.valid_share[kept] < MIN_VALID_SHARE] = np.nan  # ranked last anyway
    answers = None
    if asks:
        left = np.flatnonzero(~labeled).tolist()
        answers = Answers.of(len(kept), {number: fitted.answers(int(kept[number])) for number in left})
    return ModelState(doubts, trust, answers, partial(_score_without, units, kept, labeled.copy(), seed), ignored)


def _score_without(units: Units, kept: Indexes, labeled: NDArray[np.bool_], seed: int, removed: Indexes) -> float:
    """By fitting the probe anew; for the U-Net, which takes minutes, by a linear model of the Embeddings."""
    if isinstance(units.learner, DenseCells):
        return score_without(units.learner, kept[labeled], kept[removed], seed)
    shares = true_class_shares(units.learner, kept)
    shares[~labeled] = np.nan
    return embedding_score(units.pool.embeddings[kept], shares, removed)


def part_of(pool: Pool, kept: Indexes) -> Pool:
    """Those members alone."""
    return Pool(
        pool.tile_ids[kept], pool.embeddings[kept], pool.valid_share[kept], pool.positions[kept],
        pool.scene_index[kept],
    )  # fmt: skip


def _row(
    bench: Bench, units: Units, strategy: str, seed: int, budget: int, done: Indexes, table: NDArray[np.int64],
    trust: float, seconds: float,
) -> Row:  # fmt: skip
    scores = Scores.of(table, bench.class_values)
    others = [
        iou for value, iou, truth in zip(bench.class_values, scores.iou, table.sum(axis=1), strict=True)
        if value != bench.background and truth > 0
    ]  # fmt: skip
    return Row(
        strategy, seed, budget, scores.mean_iou, float(np.mean(others)) if others else float("nan"), scores.iou,
        int(units.labeled[done].sum()), int(units.foreground[done].sum()), float(seconds), trust,
        len(np.unique(units.tile_of[done])), int(units.windows_in[done].sum()),
    )  # fmt: skip
