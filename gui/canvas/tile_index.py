"""Which Tiles lie where: by grid arithmetic, so that a repaint costs what it shows and not what the Scene holds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.project.records import TileRecord
from gui.canvas.edges import runs

Line = tuple[int, int, int, int]  # x and y of its ends, Scene pixels

_NONE = -1
_NOWHERE = np.zeros((0, 0), np.int64)


class TileIndex:
    """Tile ids by Scene, in matrices of grid rows and columns."""

    def __init__(self, tiles: Mapping[int, TileRecord], tile_px: int) -> None:
        self._tiles = tiles
        self._tile_px = tile_px
        by_scene: defaultdict[int, list[TileRecord]] = defaultdict(list)
        for tile in tiles.values():
            by_scene[tile.scene_id].append(tile)
        self._ids = {scene_id: _matrix(of_scene) for scene_id, of_scene in by_scene.items()}

    def within(self, scene_id: int, rect: Rect, among: Collection[int] | None = None) -> list[TileRecord]:
        """The Scene's Tiles that `rect`, a part of the Scene, touches, row by row; only those `among` these ids, in any
        order. It takes as long as the smaller of both: few Tiles are painted, and a whole Scene may have 150,000."""
        if among is not None and not among:
            return []
        part, _, _ = self._part(scene_id, rect)
        if among is not None and len(among) < part.size:
            found = (self._tiles[tile_id] for tile_id in among)
            return [t for t in found if t.scene_id == scene_id and not t.rect.intersect(rect).is_empty]
        ids = part[part != _NONE].tolist()
        return [self._tiles[tile_id] for tile_id in ids if among is None or tile_id in among]

    def at(self, scene_id: int, x: float, y: float) -> int | None:
        """The id of the Tile under a Scene position."""
        found = self.within(scene_id, Rect(int(x // 1), int(y // 1), 1, 1))
        return next((tile.tile_id for tile in found if tile.rect.contains(x, y)), None)

    def edges(self, scene_id: int, rect: Rect) -> Iterator[Line]:
        """The upper and left edges of the Tiles that `rect` touches, those in a row as one line: few, however many
        Tiles there are. Those of the last column or row reach as far as a whole Tile."""
        part, row, column = self._part(scene_id, rect)
        side = self._tile_px
        for y, first, end in runs(part != _NONE):
            yield (column + first) * side, (row + y) * side, (column + end) * side, (row + y) * side
        for x, first, end in runs((part != _NONE).T):
            yield (column + x) * side, (row + first) * side, (column + x) * side, (row + end) * side

    def _part(self, scene_id: int, rect: Rect) -> tuple[NDArray[np.int64], int, int]:
        """The ids of what `rect` touches, -1 where there is no Tile, and the row and column of the first."""
        ids, side = self._ids.get(scene_id, _NOWHERE), self._tile_px
        row, column = max(rect.y // side, 0), max(rect.x // side, 0)
        if rect.is_empty:
            return _NOWHERE, row, column
        return ids[row : max(-(-rect.bottom // side), 0), column : max(-(-rect.right // side), 0)], row, column


def _matrix(tiles: Sequence[TileRecord]) -> NDArray[np.int64]:
    fields = (attrgetter("grid_row"), attrgetter("grid_column"), attrgetter("tile_id"))
    rows, columns, ids = (np.fromiter(map(field, tiles), np.int64, len(tiles)) for field in fields)
    matrix = np.full((rows.max() + 1, columns.max() + 1), _NONE)
    matrix[rows, columns] = ids
    return matrix
