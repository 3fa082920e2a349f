"""The labeling effort spent and left: tiles and the expert's active seconds."""

from __future__ import annotations

import statistics
from dataclasses import dataclass, replace
from typing import Any

from core.project.records import Budget
from core.project.store import Store

# What a tile is taken to cost before this expert's own times say better; it counts as so many tiles.
ASSUMED_TILE_SECONDS = 60.0
_ASSUMED_COUNTS_AS = 2
_REMEMBERED_TILES = 50


@dataclass(frozen=True)
class Effort:
    """A Budget and what has been spent of it. `recent_seconds` are of the last tiles, for a robust pace."""

    budget: Budget
    spent_tiles: int = 0
    spent_seconds: float = 0.0
    recent_seconds: tuple[float, ...] = ()

    @property
    def seconds_per_tile(self) -> float:
        """The median of this expert's last tiles, drawn to one minute while there are few."""
        count = len(self.recent_seconds)
        own = statistics.median(self.recent_seconds) if count else ASSUMED_TILE_SECONDS
        return (count * own + _ASSUMED_COUNTS_AS * ASSUMED_TILE_SECONDS) / (count + _ASSUMED_COUNTS_AS)

    def with_tile(self, seconds: float) -> Effort:
        """After one more finished tile; 0 seconds (an imported tile, a terminal program) say nothing about the pace."""
        recent = (*self.recent_seconds, seconds)[-_REMEMBERED_TILES:] if seconds > 0 else self.recent_seconds
        return replace(
            self,
            spent_tiles=self.spent_tiles + 1,
            spent_seconds=self.spent_seconds + seconds,
            recent_seconds=recent,
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
            left = (self.budget.amount * 60 - self.spent_seconds) / self.seconds_per_tile
        return max(1, int(left))

    @property
    def spent_fraction(self) -> float:
        """0…1 (more when overdrawn)."""
        spent = self.spent_tiles if self.budget.unit == "tiles" else self.spent_seconds / 60
        return spent / self.budget.amount

    @classmethod
    def load(cls, store: Store) -> Effort:
        budget = store.setting("budget", {"unit": "tiles", "amount": 60})
        spent = store.setting("spent", {})
        return cls(
            Budget(budget["unit"], budget["amount"]),
            spent.get("tiles", 0),
            spent.get("seconds", 0.0),
            tuple(spent.get("recent_seconds", ())),
        )

    def save(self, store: Store) -> None:
        spent = {"tiles": self.spent_tiles, "seconds": self.spent_seconds, "recent_seconds": self.recent_seconds}
        with store.transaction():
            store.set_setting("budget", {"unit": self.budget.unit, "amount": self.budget.amount})
            store.set_setting("spent", spent)
