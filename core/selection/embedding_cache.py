"""Raw features on disk: one memory-mapped .npy file for the Tiles of a Scene, written as they come."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.atomic import replacing
from core.geometry import Rect
from core.imagery.reader import TileReader

_log = logging.getLogger(__name__)
_VERSION = 5  # of how values are scaled, and of which Tiles have nothing to see
_ROWS_AT_ONCE = 4096


def cache_key(fingerprint: str, rects: Sequence[Rect], reader: TileReader, features: str) -> str:
    """Changes with everything that the numbers depend on: the Scene's content, the grid, what the bands mean, how
    they are scaled, and what computes the features."""
    interpretation = reader.interpretation
    bands = [(band.index, band.role) for band in interpretation.bands]
    parts = [fingerprint, rects, bands, repr(interpretation.nodata), interpretation.own_nodata]
    text = json.dumps([_VERSION, *parts, reader.statistics.low, reader.statistics.high, features])
    return hashlib.sha256(text.encode()).hexdigest()[:40]


class FeatureFile:
    """float16 (n, D) for n Tiles; NaN rows are not done yet. A row that was cut off by a crash still has NaN in it.

    Where the file cannot be written (full or read-only disk) the rows are kept in memory for this run. `check` may
    raise to stop a new file from being written: for 150,000 Tiles it has 150 MB.
    """

    def __init__(self, path: Path, count: int, width: int, check: Callable[[], None] = lambda: None) -> None:
        self._path: Path | None = path
        stored = _read(path)
        if stored is not None and stored.shape == (count, width) and stored.dtype == np.float16:
            self.rows: NDArray[np.float16] = stored
            return
        self.rows = np.full((count, width), np.nan, np.float16)
        try:
            with replacing(path, shared=True) as partial, partial.open("wb") as file:
                np.lib.format.write_array_header_1_0(file, np.lib.format.header_data_from_array_1_0(self.rows))
                for first in range(0, count, _ROWS_AT_ONCE):  # in full: the space is taken before anything is mapped
                    check()
                    file.write(self.rows[first : first + _ROWS_AT_ONCE].tobytes())
        except OSError as error:
            _log.warning("embeddings are not kept: %s cannot be written (%s)", path, error)
            self._path = None

    @property
    def done(self) -> NDArray[np.bool_]:
        """bool (n,)"""
        return np.asarray(np.isfinite(self.rows).all(axis=1), np.bool_)

    def write(self, numbers: Sequence[int], values: NDArray[np.float32]) -> None:
        """Store rows; in the file when this returns, so that a killed program has them the next time."""
        self.rows[list(numbers)] = values
        if self._path is None:
            return
        try:
            mapped = np.load(self._path, mmap_mode="r+")
            mapped[list(numbers)] = values
            mapped.flush()
        except (OSError, ValueError, EOFError) as error:
            _log.warning("embeddings are not kept: %s cannot be written (%s)", self._path, error)
            self._path = None


def _read(path: Path) -> NDArray[np.float16] | None:
    try:
        return np.array(np.load(path, mmap_mode="r", allow_pickle=False))
    except (OSError, ValueError, EOFError):
        return None  # absent, cut off, or not ours: made anew
