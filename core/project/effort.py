"""The labeling effort spent and left: tiles and the expert's active seconds."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any, NamedTuple

from core.project.records import LARGEST_BUDGET, Budget
from core.project.settings import Setting
from core.project.store import Store

# What a tile is taken to cost before this expert's own times say better; it counts as so many tiles.
ASSUMED_TILE_SECONDS = 60.0
_ASSUMED_COUNTS_AS = 2
_REMEMBERED_TILES = 50
# A price per Stroke is believed from so many tiles on, of which the last few say how many Strokes a tile takes now.
_LEAST_FITTED_TILES = 12
_LATEST_TILES = 10


class StrokePrice(NamedTuple):
    """What a tile costs by its Strokes: `base_s` for looking and deciding, `stroke_s` for each."""

    base_s: float
    stroke_s: float


@dataclass(frozen=True)
class Effort:
    """A Budget and what has been spent of it. `recent_seconds` and `recent_strokes` are of the last tiles."""

    budget: Budget
    spent_tiles: int = 0
    spent_seconds: float = 0.0
    recent_seconds: tuple[float, ...] = ()
    recent_strokes: tuple[int, ...] = ()

    @property
    def seconds_per_tile(self) -> float:
        """What the next tile will take this expert: the median of the last ones, drawn to one minute while there are
        few. Where the price of a Stroke is known, what a tile of as many Strokes as the latest ones takes: as the
        drafts get better, tiles need fewer Strokes, and the pace follows at once."""
        count = len(self.recent_seconds)
        price = self.stroke_price
        if price is not None:
            own = price.base_s + price.stroke_s * statistics.median(self.recent_strokes[-_LATEST_TILES:])
        else:
            own = statistics.median(self.recent_seconds) if count else ASSUMED_TILE_SECONDS
        return (count * own + _ASSUMED_COUNTS_AS * ASSUMED_TILE_SECONDS) / (count + _ASSUMED_COUNTS_AS)

    @property
    def stroke_price(self) -> StrokePrice | None:
        """None while there are few tiles, all of as many Strokes, or where more Strokes took no longer."""
        count = min(len(self.recent_seconds), len(self.recent_strokes))  # older projects have counted no Strokes
        if count < _LEAST_FITTED_TILES:
            return None
        return _robust_line(self.recent_strokes[-count:], self.recent_seconds[-count:])

    @property
    def usual_seconds(self) -> tuple[float, float] | None:
        """Between which half of the last tiles lie, the first and the third quartile; None while there are few."""
        if len(self.recent_seconds) < 4:
            return None
        first, _, third = statistics.quantiles(self.recent_seconds, n=4, method="inclusive")
        return first, third

    def with_tile(self, seconds: float, strokes: int = 0) -> Effort:
        """After one more finished tile; 0 seconds (an imported tile, a terminal program) say nothing about the pace."""
        done = replace(self, spent_tiles=self.spent_tiles + 1, spent_seconds=self.spent_seconds + seconds)
        if seconds <= 0:
            return done
        return replace(
            done,
            recent_seconds=(*self.recent_seconds, seconds)[-_REMEMBERED_TILES:],
            recent_strokes=(*self.recent_strokes, strokes)[-_REMEMBERED_TILES:],
        )

    def with_seconds(self, seconds: float) -> Effort:
        """After more active work on a Tile that counts already, or was skipped."""
        return replace(self, spent_seconds=self.spent_seconds + seconds)

    def with_budget(self, unit: Any, amount: float) -> Effort:
        """The same work against another Budget. Raises ProjectError for one that buys nothing."""
        return replace(self, budget=Budget(unit, amount))

    def remaining_tiles(self) -> int:
        """How many more tiles the Budget buys, at least 1: a spent budget still ranks."""
        if self.budget.unit == "tiles":
            left = self.budget.amount - self.spent_tiles
        else:
            left = self.tiles_in(self.remaining_minutes())
        return max(1, int(left))

    def remaining_minutes(self) -> float:
        """How many more minutes the Budget has: what is left of them, or what its tiles will take; at least 0."""
        if self.budget.unit == "minutes":
            return max(0.0, self.budget.amount - self.spent_seconds / 60)
        return self.minutes_for(max(0.0, self.budget.amount - self.spent_tiles))

    def tiles_in(self, minutes: float) -> float:
        """How many tiles so many minutes buy at this expert's pace."""
        return 60 * minutes / self.seconds_per_tile

    def minutes_for(self, tiles: float) -> float:
        """How many minutes so many tiles take at this expert's pace."""
        return tiles * self.seconds_per_tile / 60

    @property
    def spent_fraction(self) -> float:
        """0…1 (more when overdrawn)."""
        spent = self.spent_tiles if self.budget.unit == "tiles" else self.spent_seconds / 60
        return spent / self.budget.amount

    @classmethod
    def load(cls, store: Store) -> Effort:
        """Raises ValueError, TypeError or KeyError for what `save` did not write. Earlier versions took any budget."""
        budget = store.setting(Setting.BUDGET, {"unit": "tiles", "amount": 60})
        spent = store.setting(Setting.SPENT, {})
        return cls(
            Budget(budget["unit"], min(budget["amount"], LARGEST_BUDGET)),
            int(spent.get("tiles", 0)),
            float(spent.get("seconds", 0.0)),
            tuple(map(float, spent.get("recent_seconds", ()))),
            tuple(map(int, spent.get("recent_strokes", ()))),
        )

    def save(self, store: Store) -> None:
        """All of it or nothing. Raises ProjectError."""
        spent = {
            "tiles": self.spent_tiles, "seconds": self.spent_seconds,
            "recent_seconds": self.recent_seconds, "recent_strokes": self.recent_strokes,
        }  # fmt: skip
        with store.transaction():
            store.set_setting(Setting.BUDGET, {"unit": self.budget.unit, "amount": self.budget.amount})
            store.set_setting(Setting.SPENT, spent)


def _robust_line(strokes: Sequence[int], seconds: Sequence[float]) -> StrokePrice | None:
    """The line of Theil (1950) and Sen (1968): the median slope of all pairs, then the median remainder. It bears
    that more than a quarter of the tiles are odd ones."""
    pairs = combinations(zip(strokes, seconds, strict=True), 2)
    slopes = [(b[1] - a[1]) / (b[0] - a[0]) for a, b in pairs if a[0] != b[0]]
    if len(slopes) < len(strokes):  # nearly all tiles of the same number of Strokes
        return None
    slope = statistics.median(slopes)
    base = statistics.median(s - slope * n for n, s in zip(strokes, seconds, strict=True))
    return StrokePrice(base, slope) if slope > 0 and base >= 0 else None
