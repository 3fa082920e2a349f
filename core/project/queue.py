"""The Queue: what is open of a Ranking, in its order."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from core.project.records import RankedTile, TileRecord
from core.text import text


class Queue:
    """Made anew only where something has changed: with 150,000 Tiles that takes a moment, and many ask."""

    def __init__(self, tiles: Mapping[int, TileRecord]) -> None:
        """`tiles` as they are at any time: `outdate` says that one has been opened or closed."""
        self._tiles = tiles
        self._made: tuple[list[RankedTile], list[RankedTile]] | None = None  # of which Ranking, and what is open of it

    def outdate(self) -> None:
        self._made = None

    def of(self, ranking: list[RankedTile]) -> list[RankedTile]:
        """What is open of `ranking`; while that is empty: all open Tiles, the fullest first."""
        if self._made is None or self._made[0] is not ranking:
            closed = {tile.tile_id for tile in self._tiles.values() if not tile.status.is_open}
            self._made = (ranking, [ranked for ranked in ranking or self._unranked if ranked.tile_id not in closed])
        return list(self._made[1])

    @cached_property
    def _unranked(self) -> list[RankedTile]:
        waiting = text("Not ranked yet")
        by_data = sorted(self._tiles.values(), key=lambda tile: -tile.valid_share)
        return [RankedTile(tile.tile_id, 0.0, "unranked", waiting) for tile in by_data]
