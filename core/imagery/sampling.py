"""Which pixels of a file a picture shows, and in which pieces they are read so that no block is decoded twice.

A block of a pixel-interleaved file holds all bands. GDAL keeps the block that it decoded last and, of files of fewer
than 128 bands, those that fit its cache (96 MiB, core/imagery/files.py); it decodes all others anew for each row of a
picture that is shrunk, and for each band that is read by itself.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasterio.enums import Interleaving
from rasterio.windows import Window

_PIECE_BYTES = 32 << 20
_MANY_BANDS = 128  # of so many GDAL keeps none but those asked for
_ROUNDING = 1e-10  # GDAL's own: what should be a whole number may be a little less


@dataclass(frozen=True)
class Axis:
    """Along one axis: output pixel `first` + n shows pixel `sources`[n] of the file; they rise. Together the output
    pixels cover `extent` pixels of the file from `begin` on."""

    first: int
    sources: NDArray[np.int64]
    begin: float
    extent: float

    @property
    def last(self) -> int:
        """One after the last output pixel."""
        return self.first + len(self.sources)

    @property
    def start(self) -> int:
        return int(self.sources[0])

    @property
    def length(self) -> int:
        """Pixels of the file from the first that is shown to the last."""
        return int(self.sources[-1]) - self.start + 1

    @property
    def is_plain(self) -> bool:
        """Whether the file's pixels are shown one for one."""
        return self.length == len(self.sources) and bool((np.diff(self.sources) == 1).all())

    @property
    def step(self) -> float:
        """Pixels of the file from one that is shown to the next."""
        return self.extent / len(self.sources)

    @property
    def shrinks(self) -> bool:
        return self.step > 1

    def split(self, step: int) -> Iterator[Axis]:
        """The same in pieces, cut where the file's pixels reach a multiple of `step`."""
        cuts = np.flatnonzero(np.diff(self.sources // step)) + 1
        for left, right in itertools.pairwise([0, *cuts.tolist(), len(self.sources)]):
            yield Axis(
                self.first + left, self.sources[left:right], self.begin + left * self.step, (right - left) * self.step
            )


def place(start: int, length: int, out: int, size: int) -> Axis | None:
    """Where the centres of `out` pixels over [start, start + length) lie, by nearest neighbour as GDAL takes it.

    Only those inside the file, of `size` pixels along this axis; None where there are none.
    """
    scale = out / length
    first = max(math.ceil((max(start, 0) - start) * scale - 0.5), 0)
    last = min(math.ceil((min(start + length, size) - start) * scale - 0.5), out)
    if last <= first:
        return None
    begin = max(start + first / scale, 0.0)
    extent = min(start + last / scale, float(size)) - begin
    centres = begin + (np.arange(last - first) + 0.5) * (extent / (last - first))
    sources = np.clip((centres + _ROUNDING).astype(np.int64), 0, size - 1)
    return Axis(first, sources, begin, extent)


def views(dataset: Any, rows: Axis, columns: Axis) -> Iterator[View]:
    """The parts that a picture is read in, cut at the edges of blocks. Of many bands, or where a block is large, each
    lies in one block, which stays decoded for all that is read of it; others hold as many blocks as GDAL keeps, all
    bands together. From overviews all is read at once: GDAL chooses which. And GDAL shrinks what it reads where whole
    blocks lie between the pixels that are shown, as in files of strips: it decodes none of those."""
    if (rows.shrinks or columns.shrinks) and dataset.overviews(1):
        yield View(dataset, rows, columns, by_gdal=True)
        return
    height, width = dataset.block_shapes[0]
    most = max(_PIECE_BYTES // (height * width * dataset.count * np.dtype(dataset.dtypes[0]).itemsize), 1)
    if dataset.count >= _MANY_BANDS and dataset.interleaving is not Interleaving.band:
        most = 1
    skips = rows.step > height or columns.step > width
    for across in columns.split(width * most):
        beside = int(across.sources[-1] // width - across.sources[0] // width) + 1
        for down in rows.split(height * max(most // beside, 1)):
            yield View(dataset, down, across, by_gdal=skips)


@dataclass(frozen=True)
class View:
    """A part of an open file, as a picture shows it."""

    dataset: Any
    rows: Axis
    columns: Axis
    by_gdal: bool = False  # it shrinks what it reads

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.rows.sources), len(self.columns.sources)

    @property
    def inside(self) -> tuple[slice, slice]:
        """Its place in the picture."""
        return slice(self.rows.first, self.rows.last), slice(self.columns.first, self.columns.last)

    def bands(self, indexes: Sequence[int]) -> NDArray[Any]:
        """(len(indexes), height, width). What is read of the file takes up to 32 MB before it is shrunk."""
        if self._is_as_stored or self.by_gdal:
            return self._read(self.dataset.read, list(indexes))
        band_bytes = self.rows.length * self.columns.length * np.dtype(self.dataset.dtypes[0]).itemsize
        most = max(_PIECE_BYTES // band_bytes, 1)
        parts = [self._read(self.dataset.read, list(indexes[n : n + most])) for n in range(0, len(indexes), most)]
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def mask(self) -> NDArray[Any]:
        """The mask of the whole file (height, width), 0 where it has no data."""
        mask: NDArray[Any] = self._read(self.dataset.read_masks, [1])[0]
        return mask

    @property
    def _is_as_stored(self) -> bool:
        return self.rows.is_plain and self.columns.is_plain

    def _read(self, read: Callable[..., NDArray[Any]], indexes: list[int]) -> NDArray[Any]:
        rows, columns = self.rows, self.columns
        if self.by_gdal:
            window = Window(columns.begin, rows.begin, columns.extent, rows.extent)
            return read(indexes, window=window, out_shape=(len(indexes), *self.shape))
        pixels = read(indexes, window=Window(columns.start, rows.start, columns.length, rows.length))
        if self._is_as_stored:
            return pixels
        return pixels[:, (rows.sources - rows.start)[:, None], columns.sources - columns.start]
