"""The Windows of a Ground as campaigns label them: parts of Tiles with their own cells, pixels and modelled seconds."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.labels.classes import UNLABELED
from core.selection.pool import Pool
from core.selection.windows import window_px
from core.simulation.campaign import Units
from core.simulation.cost import LabelingCost, boundary_px, labeled_px
from core.simulation.dense import CELL_PX, DenseCells, save_array
from core.simulation.ground import Ground

_BATCH = 64  # Tiles whose features are rearranged at once


def windows_of(ground: Ground, cells: DenseCells, cost: LabelingCost) -> Units:
    """Every Tile as a square of Windows, row by row; those that lie beyond a smaller Tile's end hold nothing valid.

    Their Embeddings are the means of the probe's features over their valid cells, their doubts the probe's, pooled over
    them as over a Tile. The features are written anew beside those of `cells`, so that a Window's lie together.
    """
    side_px = window_px(ground.tile_px)
    across = windows_across(ground.tile_px)
    parts = _cells_by_window(cells, across, -(-side_px // CELL_PX))
    masks = [mask for whole in ground.masks for mask in split(_square(whole, across * side_px), across)]
    labeled = np.array([labeled_px(mask) for mask in masks], np.int64)
    background = np.array([(mask == ground.background).sum() for mask in masks], np.int64)
    boundary = np.array([boundary_px(mask) for mask in masks], np.int64)
    tile_of = np.repeat(np.arange(len(ground.refs)), across**2)
    middle = (ground.outlines[:, :2] + ground.outlines[:, 2:]) / 2
    share = parts.valid.mean(axis=1, dtype=np.float32)
    numbers = np.arange(len(tile_of))
    pool = Pool(numbers, _mean_features(parts), share, middle[tile_of], ground.scene_index[tile_of])
    one_each = np.ones(len(tile_of), np.int64)
    nothing = np.zeros(len(tile_of), np.float32)  # ignored: the program does not expect it of Windows either
    return Units(pool, tile_of, one_each, labeled, labeled - background, nothing, cost.window_seconds(boundary),
                 cost.seconds_saved_on_a_visit, parts)  # fmt: skip


def windows_across(tile_px: int) -> int:
    """How many Windows lie along a Tile's side."""
    return -(-tile_px // window_px(tile_px))


def split(square: NDArray[Any], across: int) -> NDArray[Any]:
    """(S, S, …) → (across², S / across, S / across, …): its parts, row by row."""
    side = len(square) // across
    blocks = square.reshape(across, side, across, side, *square.shape[2:]).swapaxes(1, 2)
    return blocks.reshape(across**2, side, side, *square.shape[2:])


def _square(plane: NDArray[Any], side: int) -> NDArray[Any]:
    """(h, w, …) → (side, side, …), filled up with zeros (for a Mask: UNLABELED)."""
    assert UNLABELED == 0
    out = np.zeros((side, side, *plane.shape[2:]), plane.dtype)
    out[: plane.shape[0], : plane.shape[1]] = plane[:side, :side]
    return out


def _by_window(array: NDArray[Any], side: int, across: int, part: int) -> NDArray[Any]:
    """(n, side², …) → (n · across², part², …): a Tile's cells, grouped by Window."""
    squares = (_square(tile.reshape(side, side, *tile.shape[1:]), across * part) for tile in array)
    return np.concatenate([split(square, across).reshape(across**2, part**2, *array.shape[2:]) for square in squares])


def _cells_by_window(cells: DenseCells, across: int, part: int) -> DenseCells:
    path = cells.features_path.with_suffix(f".windows{part}.npy")
    if not path.exists():
        features = np.load(cells.features_path, mmap_mode="r")
        save_array(path, np.concatenate([
            _by_window(features[first : first + _BATCH], cells.side, across, part)
            for first in range(0, len(features), _BATCH)
        ]))  # fmt: skip
    counts = _by_window(cells.counts, cells.side, across, part)
    return DenseCells(path, counts, _by_window(cells.valid, cells.side, across, part), part)


def _mean_features(cells: DenseCells) -> NDArray[np.float32]:
    """float32 (M, D), over valid cells; features of others are 0."""
    features = np.load(cells.features_path, mmap_mode="r")
    total = np.stack([window.sum(axis=0, dtype=np.float32) for window in features])
    return np.asarray(total / np.maximum(cells.valid.sum(axis=1), 1)[:, None], np.float32)
