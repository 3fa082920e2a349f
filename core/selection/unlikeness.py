"""Scenes that look unlike what a model has seen, by how far their Tiles' Embeddings lie from those it learned from."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from core.selection.pool import Pool

FEWEST_TRAINING_TILES = 5  # whose distances to each other say what is usual
USUAL = 0.95  # of the training Tiles lie no further from the next one
STRANGE_SHARE = 0.5  # of a Scene's Tiles beyond that, from which on it is worth a word


def strange_shares(pool: Pool, training_tiles: Collection[int]) -> dict[int, float]:
    """By scene id the share of Tiles, 0…1, that look unlike all of `training_tiles`.

    Unlike is a Tile whose nearest training Tile is further away than 95 % of the training Tiles are from their
    nearest other one. Scenes the model learned from are left out, as are Tiles without Embedding. Empty where fewer
    than five training Tiles are in the Pool.
    """
    known = np.linalg.norm(pool.embeddings, axis=1) > 0  # neither NaN nor all zeros
    seen = known & np.isin(pool.tile_ids, list(training_tiles))
    if np.count_nonzero(seen) < FEWEST_TRAINING_TILES:
        return {}
    learned = pool.embeddings[seen]
    usual = float(np.quantile(_nearest(learned, learned, leave_out_itself=True), USUAL))
    shares = {}
    for scene in np.setdiff1d(pool.scene_index[known], pool.scene_index[seen]):
        tiles = pool.embeddings[known & (pool.scene_index == scene)]
        shares[int(scene)] = float(np.mean(_nearest(tiles, learned) > usual + 1e-6))
    return shares


def _nearest(
    tiles: NDArray[np.float32], others: NDArray[np.float32], leave_out_itself: bool = False
) -> NDArray[np.float32]:
    """The distance of each unit vector to the nearest of `others`; in pieces, so that memory stays bounded."""
    nearest = np.empty(len(tiles), np.float32)
    for start in range(0, len(tiles), 4096):
        part = slice(start, start + 4096)
        likeness = tiles[part] @ others.T
        if leave_out_itself:
            rows = np.arange(len(likeness))
            likeness[rows, start + rows] = -np.inf
        nearest[part] = np.sqrt(np.maximum(2.0 - 2.0 * likeness.max(axis=1), 0.0))
    return nearest
