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
    than four rows, columns. With fewer Scenes, and where all lie over each other, each Scene is cut into 4 x 4 blocks.
    Where these are too small for that: of four Scenes or more every fourth is test, a single one is cut into four parts
    (`is_in_four`). No use is made of labels or pixels.
    """
    if len(rects) == 0:
        return np.zeros(0, np.int8)
    count = len(np.unique(scene_index))
    line = scene_lines(scene_index, outlines) if count >= MANY_SCENES else None
    if is_in_four(rects, scene_index):
        line = _fourths(rects)
    elif OFFSETS <= count < MANY_SCENES and _are_small(rects):
        line = np.unique(scene_index, return_inverse=True)[1]
    test = _block_test(rects, scene_index, offset) if line is None else line % OFFSETS == offset % OFFSETS
    roles = np.where(test, Role.TEST, Role.POOL).astype(np.int8)
    return _with_buffer(roles, scene_index, outlines, buffer)


def is_in_four(rects: Sequence[Rect], scene_index: NDArray[np.int32]) -> bool:
    """Whether there is a single Scene, and it is small."""
    return len(np.unique(scene_index)) == 1 and _are_small(rects)


def _are_small(rects: Sequence[Rect]) -> bool:
    """Whether no Scene is twelve Tiles wide and high. In blocks, the gap around them would take half of it."""
    return bool(min(np.ptp(_tile_places(rects), axis=0) + 1) < _LEAST_ACROSS)


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


def _block_test(rects: Sequence[Rect], scene_index: NDArray[np.int32], offset: int) -> NDArray[np.bool_]:
    test = np.zeros(len(rects), np.bool_)
    for scene in np.unique(scene_index):
        mine = np.flatnonzero(scene_index == scene).tolist()
        right, bottom = max(rects[i].right for i in mine), max(rects[i].bottom for i in mine)
        tile = max(max(rects[i].width, rects[i].height) for i in mine)
        # whole tiles, as equal as can be
        across = [np.arange(-(-side // tile)) * _BLOCKS_ACROSS // max(-(-side // tile), 1) for side in (right, bottom)]
        for i in mine:
            column, row = across[0][rects[i].x // tile], across[1][rects[i].y // tile]
            test[i] = (column + 2 * row + scene) % OFFSETS == offset % OFFSETS
    return test


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
