"""What turns the pixels of Tiles into feature vectors, and how these become Embeddings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from core.imagery.reader import TilePixels

Floats = NDArray[np.float32]

_CLIP = 5.0  # standard deviations; a single odd value must not decide a Tile's direction
_FLAT = 1e-6  # a feature that varies less than this over the Project says nothing
_ROWS_AT_ONCE = 4096


class Features(Protocol):
    """`name` changes whenever the numbers would; `stages` are the widths of the parts that are put on one scale
    each, their sum is D. Calling it with n Tiles of one size gives float32 (n, D), finite, all 0 for a Tile without
    a valid pixel."""

    @property
    def name(self) -> str: ...

    @property
    def stages(self) -> tuple[int, ...]: ...

    def __call__(self, tiles: Sequence[TilePixels]) -> Floats: ...


def to_embeddings(raw: Floats, stages: Sequence[int], check: Callable[[], None] = lambda: None) -> Floats:
    """Bring each feature to mean 0 and standard deviation 1 over the Project's Tiles, clip at ±5, give each stage
    length 1 and then the whole: float32 (N, D) unit vectors.

    Rows of `raw` with NaN stay NaN and rows of zeros stay zeros; neither counts in the mean. A Tile that is average
    in everything, as a single one is, becomes zeros. `check` may raise to stop it: with 150,000 Tiles it takes seconds.
    """
    embeddings, counts = np.zeros(raw.shape, np.float32), np.zeros(len(raw), np.bool_)
    for first in range(0, len(raw), _ROWS_AT_ONCE):
        check()
        rows = slice(first, first + _ROWS_AT_ONCE)
        known = np.isfinite(raw[rows]).all(axis=1)
        embeddings[rows][~known] = np.nan
        counts[rows] = known & (raw[rows] != 0).any(axis=1)
    used = np.flatnonzero(counts)
    if not used.size:
        return embeddings
    blocks = [used[first : first + _ROWS_AT_ONCE] for first in range(0, len(used), _ROWS_AT_ONCE)]

    def mean_of(measure: Callable[[Floats], NDArray[Any]]) -> NDArray[np.float64]:
        total = np.zeros(raw.shape[1])
        for block in blocks:
            check()
            total += measure(raw[block]).sum(axis=0, dtype=np.float64)
        return total / len(used)

    mean = mean_of(lambda values: values)
    spread = np.sqrt(mean_of(lambda values: (values - mean) ** 2))
    for block in blocks:
        check()
        parts = np.split(_standardised(raw[block], mean, spread), np.cumsum(stages)[:-1], axis=1)
        embeddings[block] = _unit_rows(np.concatenate([_unit_rows(part) for part in parts], axis=1))
    return embeddings


def _standardised(values: Floats, mean: NDArray[np.float64], spread: NDArray[np.float64]) -> Floats:
    varies = spread > _FLAT * np.maximum(np.abs(mean), 1.0)
    scaled = (values - mean) / np.where(varies, spread, 1.0) * varies
    return np.asarray(np.clip(scaled, -_CLIP, _CLIP), np.float32)


def _unit_rows(values: Floats) -> Floats:
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.where(length > 0, length, 1.0), np.float32)
