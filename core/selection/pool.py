"""What a Strategy is given and what it gives back. All arrays are read-only by agreement; nothing here knows torch."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SelectionError
from core.text import Text

REGIMES = ("typical", "coverage", "doubt", "audit", "rest")

MIN_VALID_SHARE = 0.25
"""Tiles with a smaller share of valid pixels come last: there is too little on them to paint or to learn from."""


@dataclass(frozen=True, eq=False)
class Pool:
    """All Tiles of a Project, labeled or not, in a fixed order. Compared and cached by identity, so keep the object
    while Tiles and Embeddings stay the same: what is computed from it (neighbours, clusters) is kept with it.

    tile_ids     int64 (N,)
    embeddings   float32 (N, D), D >= 1; a row with NaN or infinity is a Tile without Embedding
    valid_share  float32 (N,) in 0…1, the share of pixels with image data; NaN counts as 0
    positions    float64 (N, 2), the Tile's centre in map metres, or in Scene pixels where there is no map
    scene_index  int32 (N,), which Scene the Tile belongs to

    Raises SelectionError if the shapes do not fit together.
    """

    tile_ids: NDArray[np.int64]
    embeddings: NDArray[np.float32]
    valid_share: NDArray[np.float32]
    positions: NDArray[np.float64]
    scene_index: NDArray[np.int32]

    def __post_init__(self) -> None:
        count = len(self.tile_ids)
        self._set("tile_ids", np.asarray(self.tile_ids, np.int64), (count,))
        self._set("embeddings", np.asarray(self.embeddings, np.float32), (count, None))
        share = np.nan_to_num(np.asarray(self.valid_share, np.float32), nan=0.0, posinf=1.0, neginf=0.0)
        self._set("valid_share", np.clip(share, 0.0, 1.0), (count,))
        self._set("positions", np.asarray(self.positions, np.float64), (count, 2))
        self._set("scene_index", np.asarray(self.scene_index, np.int32), (count,))

    def __len__(self) -> int:
        return len(self.tile_ids)

    def _set(self, name: str, value: NDArray[Any], shape: tuple[int | None, ...]) -> None:
        same_rank = value.ndim == len(shape)
        if not same_rank or any(want not in (None, got) for want, got in zip(shape, value.shape, strict=True)):
            raise SelectionError(
                "The tiles cannot be ranked: {name} has shape {shape} for {count} tiles.",
                "Let the embeddings be computed anew.",
                name=name,
                shape=value.shape,
                count=len(self.tile_ids),
            )
        object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class ModelState:
    """What the model says about the Pool.

    uncertainty  float32 (N,) in 0…1, a Tile's doubt; NaN where there is no Prediction
    trust        0…1, how far the doubts have been right so far (see trust.py)
    """

    uncertainty: NDArray[np.float32]
    trust: float = 0.0


@dataclass(frozen=True, eq=False)
class Ranking:
    """The order in which to label, best first.

    order    int64 (M,), indexes into the Pool: every unlabeled Tile once
    scores   float32 (M,), finite, the Strategy's own measure; comparable only within a regime
    regimes  M strings of REGIMES
    reasons  M sentences for the user
    """

    order: NDArray[np.int64]
    scores: NDArray[np.float32]
    regimes: tuple[str, ...]
    reasons: tuple[Text, ...]

    def __len__(self) -> int:
        return len(self.order)


def checked_labeled(pool: Pool, labeled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`labeled` as bool (N,). Raises SelectionError if it is not one flag a Tile."""
    flags = np.asarray(labeled, dtype=np.bool_)
    if flags.shape != (len(pool),):
        raise SelectionError(
            "The tiles cannot be ranked: {flags} labeled flags for {count} tiles.",
            "Rank again; if it stays, reopen the project.",
            flags=flags.size,
            count=len(pool),
        )
    return flags


def known_uncertainty(pool: Pool, state: ModelState | None) -> NDArray[np.float32]:
    """float32 (N,) in 0…1, NaN where unknown (everywhere without a model, or if it speaks of another Pool)."""
    if state is None or np.shape(state.uncertainty) != (len(pool),):
        return np.full(len(pool), np.nan, np.float32)
    doubt = np.asarray(state.uncertainty, np.float32).copy()
    doubt[~np.isfinite(doubt)] = np.nan
    return np.clip(doubt, 0.0, 1.0)
