"""A Scene: one raster file on this computer, read in windows, at any scale, from any thread."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import SceneError
from core.geometry import Rect
from core.imagery import validity
from core.imagery.files import (
    LARGE_BLOCK_BYTES,
    SceneInfo,
    block_bytes,
    describe,
    local_file,
    open_dataset,
    reading,
    refuse_unreadable,
)
from core.imagery.handles import IdleHandles
from core.imagery.sampling import View, place, views

if TYPE_CHECKING:
    from core.imagery.interpretation import Interpretation

_log = logging.getLogger(__name__)

OVERVIEW_FACTOR = 8  # of the reduced copy in the cache (core/imagery/overviews.py)


@dataclass(frozen=True)
class Pixels:
    """`values` (B, h, w) in the file's dtype, 0 outside the Scene; `valid` (h, w)."""

    values: NDArray[Any]
    valid: NDArray[np.bool_]


def exact_dtype(dtype: np.dtype[Any]) -> Any:
    """float32 where it holds every value of `dtype`, else float64."""
    return np.float32 if dtype.itemsize <= 2 or dtype == np.float32 else np.float64


class Scene:
    """An open raster file. Reads from several threads run side by side, each with a handle of its own."""

    def __init__(
        self, path: Path, info: SceneInfo, written: tuple[int, int], block_shape: tuple[int, int], block_bytes: int
    ) -> None:
        self.info = info
        self.block_shape = block_shape  # rows and columns of what is decoded at least
        self.has_large_blocks = block_bytes > LARGE_BLOCK_BYTES
        self.written = written  # the file's size in bytes and its last change in ns, just before it was opened
        self._path = path
        self._overview: Scene | None = None
        self._idle = IdleHandles(block_bytes)

    def __enter__(self) -> Scene:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Free the file. A read that runs in another thread ends first; later reads raise SceneError."""
        self._idle.close()
        if self._overview is not None:
            self._overview.close()

    @property
    def has_overview(self) -> bool:
        """Whether a reduced copy serves this Scene."""
        return self._overview is not None

    def use_overview(self, path: str | Path) -> bool:
        """Read from now on the reduced copy at `path`, made by `build_overview`, where the picture is shrunk that much.
        False where there is none, or a damaged one."""
        try:
            overview = open_scene(path, try_reading=False)
            overview.read(Rect(0, 0, *overview.info.size), 1, 1)  # its end, which a power cut would have left off
        except SceneError:
            return False
        self._overview = overview
        return True

    def release(self) -> None:
        """Close the handles that are not in use; a later read opens a new one."""
        self._idle.release()
        if self._overview is not None:
            self._overview.release()

    def read(
        self,
        rect: Rect,
        out_height: int | None = None,
        out_width: int | None = None,
        bands: Sequence[int] | None = None,
        *,
        interpretation: Interpretation | None = None,
        smooth: bool = False,
    ) -> Pixels:
        """Read `bands` (numbered from 1) of `rect`, resampled to (out_height, out_width) where that is given.

        Pixels outside the Scene are 0 and invalid. Without `bands`: the data bands of `interpretation`, or all but the
        alpha band. Its nodata and alpha decide validity; without it, those of the file do. Resampling is by nearest
        neighbour, from overviews where the file has them; `smooth` averages four such pixels when it shrinks by two
        or more, for looking at. Raises SceneError where the file cannot be read.
        """
        out = (rect.height if out_height is None else out_height, rect.width if out_width is None else out_width)
        indexes = list(self.data_bands(interpretation) if bands is None else bands)
        if rect.is_empty or min(out) <= 0:
            raise ValueError(f"nothing to read: {rect} into {out}")
        overview = self._overview
        if overview is not None and min(rect.height / out[0], rect.width / out[1]) >= OVERVIEW_FACTOR:
            try:
                return overview._read_scaled(rect, out, indexes, interpretation)
            except SceneError as error:  # caches may be deleted at any time
                _log.warning("the reduced copy of %s is not used any more: %s", self.info.name, error)
                self._overview = None
                overview.close()
                with suppress(OSError):  # the next opening makes another
                    overview._path.unlink()
        if smooth and self.info.palette is None and rect.height >= 2 * out[0] and rect.width >= 2 * out[1]:
            fine = self._read(rect, (2 * out[0], 2 * out[1]), indexes, interpretation)
            return _halved(fine)
        return self._read(rect, out, indexes, interpretation)

    def _read_scaled(
        self, rect: Rect, out: tuple[int, int], indexes: list[int], interpretation: Interpretation | None
    ) -> Pixels:
        """For a reduced copy: `rect` is in pixels of the whole Scene."""
        left, top = rect.x // OVERVIEW_FACTOR, rect.y // OVERVIEW_FACTOR
        right, bottom = -(-rect.right // OVERVIEW_FACTOR), -(-rect.bottom // OVERVIEW_FACTOR)
        return self._read(Rect(left, top, right - left, bottom - top), out, indexes, interpretation)

    def read_valid(
        self,
        rect: Rect,
        out_height: int | None = None,
        out_width: int | None = None,
        interpretation: Interpretation | None = None,
    ) -> NDArray[np.bool_]:
        """The validity of all data bands together, (out_height, out_width); reads as few of them as can tell."""
        whole = self.info.dtype.startswith("float") or not _is_joint(self.nodata(interpretation))
        bands = self.data_bands(interpretation) if whole else self.data_bands(interpretation)[:1]
        return self.read(rect, out_height, out_width, bands, interpretation=interpretation).valid

    def data_bands(self, interpretation: Interpretation | None = None) -> tuple[int, ...]:
        """The numbers of the bands that hold measurements."""
        if interpretation is not None:
            return tuple(band.index for band in interpretation.data_bands)
        return tuple(index for index in range(1, self.info.band_count + 1) if index != self.info.alpha_band)

    def always_valid(self, interpretation: Interpretation | None = None) -> bool:
        """True where no pixel inside the Scene can be invalid, so that nobody needs to read it to know."""
        masked = self.info.has_dataset_mask or bool(self._alpha(interpretation)) or self.info.dtype.startswith("float")
        return not masked and self.nodata(interpretation) is None

    def nodata(self, interpretation: Interpretation | None) -> float | None:
        """The value that pixels are compared with: that of the project, or the file's own (`own_nodata`)."""
        names_its_own = interpretation is not None and interpretation.own_nodata and self.info.nodata is not None
        nodata = self.info.nodata if interpretation is None or names_its_own else interpretation.nodata
        return validity.usable_nodata(nodata, self.info.dtype)

    def _alpha(self, interpretation: Interpretation | None) -> list[int]:
        if interpretation is not None:
            return [band.index for band in interpretation.bands if band.role == "alpha"]
        return [] if self.info.alpha_band is None else [self.info.alpha_band]

    def _read(
        self, rect: Rect, out: tuple[int, int], indexes: list[int], interpretation: Interpretation | None
    ) -> Pixels:
        values = np.zeros((len(indexes), *out), dtype=self.info.dtype)
        valid = np.zeros(out, dtype=bool)
        rows = place(rect.y, rect.height, out[0], self.info.height)
        columns = place(rect.x, rect.width, out[1], self.info.width)
        if rows is None or columns is None:
            return Pixels(values, valid)
        with self._lease() as dataset:
            for view in views(dataset, rows, columns):
                part = values[:, *view.inside]
                if indexes:
                    part[:] = view.bands(indexes)
                valid[view.inside] = self._validity(view, indexes, part, interpretation)
        return Pixels(values, valid)

    def _validity(
        self, view: View, indexes: list[int], values: NDArray[Any], interpretation: Interpretation | None
    ) -> NDArray[np.bool_]:
        finite = validity.finite(values)
        valid = np.ones(view.shape, dtype=bool) if finite is None else finite
        nodata = self.nodata(interpretation)
        if nodata is not None and validity.needs_every_band(nodata):
            valid &= ~self._all_equal(view, indexes, values, nodata, interpretation)
        elif nodata is not None:
            for band in values:
                valid &= ~validity.equals(band, nodata)
        if self.info.has_dataset_mask:
            valid &= view.mask() > 0
        for alpha in self._alpha(interpretation):
            valid &= view.bands([alpha])[0] > 0
        return valid

    def _all_equal(
        self,
        view: View,
        indexes: list[int],
        values: NDArray[Any],
        nodata: float,
        interpretation: Interpretation | None,
    ) -> NDArray[np.bool_]:
        """Where all data bands equal `nodata`; reads the bands not asked for only while there are candidates."""
        empty = np.ones(view.shape, dtype=bool)
        for band in values:
            empty &= validity.equals(band, nodata)
        for index in self.data_bands(interpretation):
            if index not in indexes and empty.any():
                empty &= validity.equals(view.bands([index])[0], nodata)
        return empty

    @contextmanager
    def _lease(self) -> Iterator[Any]:
        """A handle for this thread alone. One that failed is not used again."""
        if self._idle.closed:
            raise SceneError("{name} is closed.", "Open it again.", name=self.info.name)
        dataset = self._idle.take()
        with reading(self._path):
            if dataset is None:
                dataset = open_dataset(self._path)
            try:
                yield dataset
            except BaseException:
                dataset.close()
                raise
        self._idle.give(dataset)


def open_scene(path: str | Path, *, try_reading: bool = True) -> Scene:
    """Open a local GeoTIFF, JPEG, PNG or JPEG 2000 file; raises SceneError with one clear sentence where it cannot.

    `try_reading` reads a few blocks, so that a truncated or undecodable file is refused here and not in the middle of
    the work. A file that was tried before need not be: its blocks may be large.
    """
    local = local_file(path)
    with reading(local):
        state = os.stat(local)
        dataset = open_dataset(local)
        try:
            if try_reading:
                refuse_unreadable(local, dataset)
            info = describe(local, dataset)
        except BaseException:
            dataset.close()
            raise
    written = state.st_size, state.st_mtime_ns
    scene = Scene(local, info, written, dataset.block_shapes[0], block_bytes(dataset))
    scene._idle.give(dataset)
    return scene


def _is_joint(nodata: float | None) -> bool:
    return nodata is None or validity.needs_every_band(nodata)


def _halved(pixels: Pixels) -> Pixels:
    """Average the valid ones of every 2 × 2 pixels."""
    bands, height, width = pixels.values.shape
    valid = pixels.valid.reshape(height // 2, 2, width // 2, 2)
    count = valid.sum(axis=(1, 3), dtype=np.float32)
    whole = pixels.values.dtype.kind in "iu"
    values = np.empty((bands, height // 2, width // 2), dtype=pixels.values.dtype)
    for band, out in zip(pixels.values, values, strict=True):
        quads = np.where(valid, band.reshape(valid.shape), 0)
        mean = quads.sum(axis=(1, 3), dtype=np.float64) / np.maximum(count, 1)
        out[:] = np.rint(mean) if whole else mean
    return Pixels(values, count > 0)
