"""Fill values that a file does not name: what its outermost pixels share."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

import numpy as np
from numpy.typing import NDArray

from core.errors import SceneError
from core.geometry import Rect
from core.imagery.files import SceneInfo, sample_windows
from core.imagery.scene import Scene, open_scene

_LOOKED_AT = 16  # Scenes whose edges are searched for a fill value
_LOOKED_AT_PX = 32e6  # of them together


def means(scene: Scene, nodata: float | None) -> NDArray[np.float64]:
    """float64 (B,): the mean of each data band, from samples in the file's units; NaN without any valid pixel. Raises
    SceneError."""
    bands = scene.data_bands()
    sums, total = np.zeros(len(bands)), 0
    for window in sample_windows(scene.info):
        pixels = scene.read(Rect(window.col_off, window.row_off, window.width, window.height), bands=bands)
        valid = pixels.valid if nodata is None else pixels.valid & ~(pixels.values == nodata).all(axis=0)
        sums += pixels.values[:, valid].sum(axis=1, dtype=np.float64)
        total += int(valid.sum())
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / total)


def fill_of_others(others: Sequence[SceneInfo]) -> float | None:
    """Of a mosaic in pieces the first may lie in the middle, or hold nothing but fill. A few are looked at, and of big
    Scenes fewer: their edges take long to read, and each has edges of its own."""
    left_px = _LOOKED_AT_PX
    for number in np.unique(np.linspace(0, len(others) - 1, min(len(others), _LOOKED_AT)).astype(int)):
        size_px = others[number].width * others[number].height
        if others[number].has_mask or size_px > left_px:
            continue
        left_px -= size_px
        with suppress(SceneError), open_scene(others[number].path, try_reading=False) as scene:  # it may be damaged
            fill = fill_of_edges(scene)
            if fill is not None:
                return fill
    return None


def fill_of_edges(scene: Scene) -> float | None:
    """The value that all bands share along a good part of the outermost pixels, if it is a usual fill value. Raises
    SceneError."""
    info = scene.info
    edges = [
        Rect(0, 0, info.width, 1),
        Rect(0, info.height - 1, info.width, 1),
        Rect(0, 0, 1, info.height),
        Rect(info.width - 1, 0, 1, info.height),
    ]
    if min(info.width, info.height) < 16:
        return None
    reads = [
        scene.read(edge, min(edge.height, 512), min(edge.width, 512), bands=scene.data_bands()).values for edge in edges
    ]
    pixels = np.concatenate([values.reshape(len(values), -1) for values in reads], axis=1)
    candidates = [-9999.0, -10_000.0, -32768.0, -32767.0]
    if info.band_count > 1 or info.dtype in ("int16", "uint16", "float32", "float64"):  # else: may be classes
        candidates.append(0.0)
    if info.band_count > 2 and info.dtype == "uint8":
        candidates.append(255.0)
    if info.band_count > 1 and info.dtype == "uint16":
        candidates.append(65535.0)
    for value in candidates:
        share = float((pixels == value).all(axis=0).mean())
        least = 0.25 if value in (255.0, 65535.0) else 0.05
        if share >= least and (share < 1.0 or not np.isnan(means(scene, value)).all()):  # a frame, but not all of it
            return value
    return None
