"""What turns the pixels of Tiles into feature vectors, and how these become Embeddings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.imagery.reader import TilePixels

Floats = NDArray[np.float32]

_CLIP = 5.0  # standard deviations; a single odd value must not decide a Tile's direction
_FLAT = 1e-6  # a feature that varies less than this over the Project says nothing


class Features(Protocol):
    """`name` changes whenever the numbers would; `stages` are the widths of the parts that are put on one scale
    each, their sum is D. Calling it with n Tiles of one size gives float32 (n, D), finite, all 0 for a Tile without
    a valid pixel."""

    @property
    def name(self) -> str: ...

    @property
    def stages(self) -> tuple[int, ...]: ...

    def __call__(self, tiles: Sequence[TilePixels]) -> Floats: ...


def to_embeddings(raw: Floats, stages: Sequence[int]) -> Floats:
    """Bring each feature to mean 0 and standard deviation 1 over the Project's Tiles, clip at ±5, give each stage
    length 1 and then the whole: float32 (N, D) unit vectors.

    Rows of `raw` with NaN stay NaN and rows of zeros stay zeros; neither counts in the mean. A Tile that is average
    in everything, as a single one is, becomes zeros.
    """
    embeddings = np.full(raw.shape, np.nan, np.float32)
    known = np.isfinite(raw).all(axis=1)
    embeddings[known] = 0.0
    used = known & (raw != 0).any(axis=1)
    start = 0
    for width in stages:
        part = slice(start, start + width)
        embeddings[used, part] = _unit_rows(_standardised(raw[used, part]))
        start += width
    embeddings[used] = _unit_rows(embeddings[used])
    return embeddings


def _standardised(values: Floats) -> Floats:
    if len(values) == 0:
        return values
    mean = values.mean(axis=0, dtype=np.float64)
    spread = values.std(axis=0, dtype=np.float64)
    varies = spread > _FLAT * np.maximum(np.abs(mean), 1.0)
    scaled = (values - mean) / np.where(varies, spread, 1.0) * varies
    return np.asarray(np.clip(scaled, -_CLIP, _CLIP), np.float32)


def _unit_rows(values: Floats) -> Floats:
    length = np.linalg.norm(values, axis=1, keepdims=True)
    return np.asarray(values / np.where(length > 0, length, 1.0), np.float32)
