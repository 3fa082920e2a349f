"""Which Tiles may be labeled and which only test: whole blocks of the map, with a gap where Tiles join.

Neighbouring Tiles look alike. A random split would put near-copies of the training Tiles into the test and flatter
whichever Strategy labels most of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect

OFFSETS = 4  # a quarter of the blocks is the test; which quarter, the seed decides
MANY_SCENES = 16
_BLOCKS_ACROSS = 4  # in a Scene: 4 x 4 blocks, four of them the test
_LEAST_ACROSS = 3 * _BLOCKS_ACROSS  # Tiles; blocks of two by two that join a test block leave nothing to label
_SLACK = 0.01  # of a Tile's side, for coordinates that were rounded


class Role(IntEnum):
    """What a Tile is used for."""

    POOL = 0
    TEST = 1
    BUFFER = 2  # joins a test Tile: not used at all


def tile_roles(
    rects: Sequence[Rect],
    scene_index: NDArray[np.int32],
    outlines: NDArray[np.float64],
    offset: int,
    buffer: bool = True,
) -> NDArray[np.int8]:
    """int8 (N,) of Role: about a quarter test, in whole blocks; the other Tiles that join one of them are BUFFER.

    outlines   float64 (N, 4): left, top, right, bottom of each Tile on the map, growing right and down
    offset     0…3: which quarter
    buffer     False: neighbouring Scenes do not really join, so no gap between Scenes (within one there always is)

    With 16 Scenes or more the blocks are rows of Scenes, every fourth row of the map is test; where they lie in fewer
    than four rows, columns. With fewer Scenes, and where all lie over each other, each Scene is cut into 4 x 4 blocks,
    or where these would be too small (`is_small`) into four parts; of four Scenes or more every fourth small one is
    test instead. No use is made of labels or pixels.
    """
    if len(rects) == 0:
        return np.zeros(0, np.int8)
    count = len(np.unique(scene_index))
    line = scene_lines(scene_index, outlines) if count >= MANY_SCENES else None
    test = _scene_by_scene(rects, scene_index, offset) if line is None else line % OFFSETS == offset % OFFSETS
    roles = np.where(test, Role.TEST, Role.POOL).astype(np.int8)
    return _with_buffer(roles, scene_index, outlines, buffer)


def is_in_four(rects: Sequence[Rect], scene_index: NDArray[np.int32]) -> bool:
    """Whether Scenes are cut into four parts, and none into blocks."""
    scenes = np.unique(scene_index)
    return len(scenes) < OFFSETS and all(is_small(_of_scene(rects, scene_index, scene)) for scene in scenes)


def is_small(rects: Sequence[Rect]) -> bool:
    """Whether a Scene with these Tiles is less than twelve of them wide or high. In blocks, the gap around them would
    take half of it."""
    return bool(min(np.ptp(_tile_places(rects), axis=0) + 1) < _LEAST_ACROSS)


def _of_scene(rects: Sequence[Rect], scene_index: NDArray[np.int32], scene: int) -> list[Rect]:
    return [rects[number] for number in np.flatnonzero(scene_index == scene).tolist()]


def _scene_by_scene(rects: Sequence[Rect], scene_index: NDArray[np.int32], offset: int) -> NDArray[np.bool_]:
    test = np.zeros(len(rects), np.bool_)
    scenes, small = np.unique(scene_index), 0
    for scene in scenes:
        mine = _of_scene(rects, scene_index, scene)
        if not is_small(mine):
            parts = _blocks(mine, int(scene))
        elif len(scenes) < OFFSETS:
            parts = _fourths(mine)
        else:
            parts, small = np.full(len(mine), small), small + 1
        test[scene_index == scene] = parts % OFFSETS == offset % OFFSETS
    return test


def _fourths(rects: Sequence[Rect]) -> NDArray[np.int64]:
    """int64 (N,), 0…3: halves of as many Tiles, cut across the longer side, and each of these again, so that the
    borders, where the gap lies, are short."""
    places = _tile_places(rects)
    number = np.zeros(len(rects), np.int64)
    for _ in range(2):
        number *= 2
        for part in np.unique(number):
            mine = np.flatnonzero(number == part)
            along = places[mine, np.ptp(places[mine], axis=0).argmax()]
            halves = along > np.median(along), along >= np.median(along)  # whole lines of Tiles
            number[mine] += min(halves, key=lambda half: abs(half.mean() - 0.5))
    return number


def _tile_places(rects: Sequence[Rect]) -> NDArray[np.int64]:
    """int64 (N, 2): column and row of each Tile in its Scene's grid."""
    tile = max((max(rect.width, rect.height) for rect in rects), default=1)
    return np.array([(rect.x // tile, rect.y // tile) for rect in rects], np.int64)


def scene_lines(scene_index: NDArray[np.int32], outlines: NDArray[np.float64]) -> NDArray[np.int64] | None:
    """int64 (N,): the row of Scenes that a Tile lies in, or the column where there are fewer than four rows; None where
    there are fewer than four of either, so that some quarter would be empty."""
    count = int(scene_index.max()) + 1
    for sides in (outlines, outlines[:, [1, 0, 3, 2]]):  # rows, then columns
        line = scene_rows(scene_index, sides, count)
        if int(line.max()) >= OFFSETS - 1:
            return line
    return None


def scene_rows(scene_index: NDArray[np.int32], outlines: NDArray[np.float64], count: int) -> NDArray[np.int64]:
    """int64 (N,): the number of the row in which a Tile's Scene lies, counted over rows that hold a Scene."""
    top = np.full(count, np.inf)
    bottom = np.full(count, -np.inf)
    np.minimum.at(top, scene_index, outlines[:, 1])
    np.maximum.at(bottom, scene_index, outlines[:, 3])
    known = np.flatnonzero(np.isfinite(top))
    height = float(np.median(bottom[known] - top[known]))
    number = np.zeros(count, np.int64)
    row, start = -1, -np.inf
    for scene in known[np.argsort(top[known], kind="stable")]:
        if top[scene] >= start + height * 0.5:
            row, start = row + 1, top[scene]
        number[scene] = row
    return number[scene_index]


def _blocks(rects: Sequence[Rect], scene: int) -> NDArray[np.int64]:
    """int64 (N,), 0…3 modulo four: of each Tile of a Scene the number of its block, whole Tiles, as equal as can be."""
    places = _tile_places(rects)
    tile = max(max(rect.width, rect.height) for rect in rects)
    across = [max(-(-side // tile), 1) for side in (max(r.right for r in rects), max(r.bottom for r in rects))]
    column, row = (places * _BLOCKS_ACROSS // np.array(across)).T
    return np.asarray(column + 2 * row + scene, np.int64)


def _with_buffer(
    roles: NDArray[np.int8], scene_index: NDArray[np.int32], outlines: NDArray[np.float64], between_scenes: bool
) -> NDArray[np.int8]:
    left, top, right, bottom = outlines.T
    slack = _SLACK * float(np.median(right - left))
    out = roles.copy()
    for tile in np.flatnonzero(roles == Role.TEST):
        joins = (left <= right[tile] + slack) & (right >= left[tile] - slack)
        joins &= (top <= bottom[tile] + slack) & (bottom >= top[tile] - slack)
        if not between_scenes:
            joins &= scene_index == scene_index[tile]
        out[joins & (roles == Role.POOL)] = Role.BUFFER
    return out
