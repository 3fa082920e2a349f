"""Where the Tiles of a Ground lie, and so which of them a seed's campaigns may label, and which they are tested on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.errors import SelectionError
from core.geometry import Rect
from core.simulation.split import OFFSETS, Role, is_in_four, tile_roles

Indexes = NDArray[np.int64]

POOL_SHARE = 0.8
"""Each seed works on its own four fifths of the Pool: otherwise a Strategy without chance in it would give the same
campaign for every seed, and an interval over seeds would say nothing about it."""


@dataclass(frozen=True, eq=False)
class Layout:
    """N Tiles.

    scene_index   int32 (N,)
    outlines      float64 (N, 4), as in Ground
    labeled       int64 (N,) pixels of the true Masks: where there are none nothing can be tested
    buffer        as in `tile_roles`
    """

    rects: tuple[Rect, ...]
    scene_index: NDArray[np.int32]
    outlines: NDArray[np.float64]
    labeled: NDArray[np.int64]
    buffer: bool

    @property
    def is_in_four(self) -> bool:
        return is_in_four(self.rects, self.scene_index)

    def places(self, seed: int) -> tuple[Indexes, Indexes]:
        """(the Tiles that may be labeled, the Tiles that test) of this seed."""
        roles = tile_roles(self.rects, self.scene_index, self.outlines, seed, self.buffer)
        rng = np.random.default_rng((seed, 1))
        pool = np.flatnonzero(roles == Role.POOL)
        kept = np.sort(rng.permutation(pool)[: max(round(len(pool) * POOL_SHARE), 1)])
        return kept, np.flatnonzero((roles == Role.TEST) & (self.labeled > 0))


@dataclass(frozen=True)
class Sizes:
    """How many of the `tiles` a campaign may label and is tested on: the least and the most of all seeds. `advice` is
    what to do about a largest Budget that comes near the former; empty where it does not."""

    tiles: int
    pool: tuple[int, int]
    test: tuple[int, int]
    advice: str

    def __str__(self) -> str:
        return f"{self.tiles}; a campaign may label {_span(self.pool)} of them, and is tested on {_span(self.test)}"


def sizes(layout: Layout, seeds: int, budget: int) -> Sizes:
    """For so many seeds and this largest Budget. Raises SelectionError where some seed's part of the Tiles cannot carry
    a campaign."""
    places = [layout.places(seed) for seed in range(min(seeds, OFFSETS))]  # which quarter is all that matters
    pool, test = (_extremes(len(side) for side in sides) for sides in zip(*places, strict=True))
    if not test[0]:
        raise SelectionError("No tile is left to test on.", "Use more or larger scenes, or smaller tiles.")
    if pool[0] < budget:
        raise _too_few(layout, pool[0], budget)
    return Sizes(len(layout.rects), pool, test, str(_too_few(layout, pool[0], budget)) if 2 * budget > pool[0] else "")


def _too_few(layout: Layout, pool: int, budget: int) -> SelectionError:
    open_layout = replace(layout, buffer=False)
    gap_counts = any(len(open_layout.places(seed)[0]) > len(layout.places(seed)[0]) for seed in range(OFFSETS))
    return SelectionError(
        "Only {count} tiles can be labeled, fewer than the largest budget of {budget}."
        if pool < budget
        else "Only {count} tiles can be labeled, and the largest budget of {budget} is more than half of them: the more"
        " of them are labeled, the less can it matter which were first.",
        "Give smaller budgets, more scenes, or smaller tiles (--tile); or --no-gap, where tiles that touch show no"
        " common ground: without it those beside the test are left out."
        if gap_counts
        else "Give smaller budgets, more scenes, or smaller tiles (--tile).",
        count=pool, budget=budget,
    )  # fmt: skip


def _extremes(counts: Iterable[int]) -> tuple[int, int]:
    found = sorted(counts)
    return found[0], found[-1]


def _span(extremes: tuple[int, int]) -> str:
    least, most = extremes
    return str(least) if least == most else f"{least}–{most}"
