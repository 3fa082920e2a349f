"""Which Tiles lie where: by grid arithmetic, so that a repaint costs what it shows and not what the Scene holds."""

from __future__ import annotations

from collections.abc import Iterable

from core.geometry import Rect
from core.project.records import TileRecord


class TileIndex:
    """Tile ids by Scene, grid column and row."""

    def __init__(self, tiles: Iterable[TileRecord], tile_px: int) -> None:
        self._tile_px = tile_px
        self._ids = {(tile.scene_id, tile.grid_column, tile.grid_row): tile.tile_id for tile in tiles}

    def within(self, scene_id: int, rect: Rect) -> list[int]:
        """The ids of the Scene's Tiles that `rect`, in Scene pixels, touches, row by row."""
        if rect.is_empty:
            return []
        side = self._tile_px
        columns = range(max(rect.x // side, 0), (rect.right - 1) // side + 1)
        rows = range(max(rect.y // side, 0), (rect.bottom - 1) // side + 1)
        found = (self._ids.get((scene_id, column, row)) for row in rows for column in columns)
        return [tile_id for tile_id in found if tile_id is not None]

    def at(self, scene_id: int, x: float, y: float) -> int | None:
        """The id of the Tile under a Scene position."""
        return next(iter(self.within(scene_id, Rect(int(x // 1), int(y // 1), 1, 1))), None)
