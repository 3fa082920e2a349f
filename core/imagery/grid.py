"""The grid of Tiles over a Scene."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery.files import SceneInfo
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Scene
from core.jobs import Checkpoint, Unwatched

DEFAULT_TILE_PX = 256
_SMALL_SCENE_PX = 768  # up to here a Scene is itself a convenient Tile
_SMALLEST_TILE_PX = 64
_SAMPLES_PER_TILE = 32  # along each side, to estimate the share of valid pixels


class GridTile(NamedTuple):
    """A cell of the grid; `rect` in scene pixels. The last column and row are smaller where the size is no multiple."""

    column: int
    row: int
    rect: Rect


def cut_grid(width: int, height: int, tile_px: int) -> list[GridTile]:
    """Cut `width` × `height` pixels so that every pixel is in exactly one tile; row by row from the top left."""
    if tile_px <= 0:
        raise ValueError(f"tile_px must be positive, not {tile_px}")
    return [
        GridTile(column, row, Rect(x, y, min(tile_px, width - x), min(tile_px, height - y)))
        for row, y in enumerate(range(0, height, tile_px))
        for column, x in enumerate(range(0, width, tile_px))
    ]


def suggest_tile_px(infos: Sequence[SceneInfo]) -> int:
    """256; where all Scenes are small (at most 768 px on the long side) their size: one Tile a Scene."""
    longest = max((max(info.width, info.height) for info in infos), default=DEFAULT_TILE_PX)
    return max(longest, _SMALLEST_TILE_PX) if longest <= _SMALL_SCENE_PX else DEFAULT_TILE_PX


def valid_shares(
    scene: Scene,
    tiles: Sequence[GridTile],
    interpretation: Interpretation | None = None,
    context: Checkpoint = Unwatched(),
) -> NDArray[np.float32]:
    """The share of valid pixels of each tile, 0…1, float32 (len(tiles),), from at most 32 × 32 samples a tile.

    Reads one row of tiles at a time, or of blocks where those are higher, decimated: memory is bounded by the width of
    the Scene. A Scene in which no pixel can be invalid is not read at all.
    """
    shares = np.zeros(len(tiles), dtype=np.float32)
    if scene.always_valid(interpretation):
        whole = scene.info.rect
        return np.array([max(t.rect.intersect(whole).area, 0) / max(t.rect.area, 1) for t in tiles], dtype=np.float32)
    strips: dict[tuple[int, int], list[int]] = {}
    for number, tile in enumerate(tiles):
        strips.setdefault((tile.rect.y, tile.rect.height), []).append(number)
    done = 0
    for together in _in_one_row_of_blocks(list(strips), scene.block_shape[0]):
        context.check()
        context.report(done, len(strips))
        rows = [[tiles[number].rect for number in strips[strip]] for strip in together]
        for strip, found in zip(together, _strip_shares(scene, rows, interpretation), strict=True):
            shares[strips[strip]] = found
        done += len(together)
    return shares


def _in_one_row_of_blocks(strips: list[tuple[int, int]], block_rows: int) -> Iterator[list[tuple[int, int]]]:
    """Rows of tiles, (top, height) each, to be read together: of the same height, one below the other, and all in the
    same blocks, which else were decoded for each."""
    together = strips[:1]
    for top, height in strips[1:]:
        first, before = together[0][0], together[-1]
        follows = (top, height) == (sum(before), before[1])
        if not (follows and first // block_rows == (top + height - 1) // block_rows):
            yield together
            together = []
        together.append((top, height))
    yield together


def _strip_shares(scene: Scene, rows: list[list[Rect]], interpretation: Interpretation | None) -> list[list[float]]:
    """The shares of tiles side by side, in rows of the same height one below the other."""
    rects = [rect for row in rows for rect in row]
    left, right = min(rect.x for rect in rects), max(rect.right for rect in rects)
    height = rects[0].height
    scale = min(_SAMPLES_PER_TILE / max(height, max(rect.width for rect in rects)), 1.0)
    strip = Rect(left, rects[0].y, right - left, height * len(rows))
    tall, wide = max(round(height * scale), 1), max(round(strip.width * scale), 1)
    valid = scene.read_valid(strip, tall * len(rows), wide, interpretation=interpretation)
    ratio = wide / strip.width
    return [
        [_share(part, row_rect, left, ratio) for row_rect in row]
        for row, part in zip(rows, valid.reshape(len(rows), tall, wide).mean(axis=1, dtype=np.float64), strict=True)
    ]


def _share(per_column: NDArray[np.float64], rect: Rect, left: int, ratio: float) -> float:
    """Of one tile, from its samples' columns."""
    start = min(int((rect.x - left) * ratio), len(per_column) - 1)
    end = max(round((rect.right - left) * ratio), start + 1)
    return float(per_column[start:end].mean())
