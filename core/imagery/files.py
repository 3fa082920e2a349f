"""Raster files on this computer: which of them are opened, how, and what they say about themselves."""

from __future__ import annotations

import itertools
import math
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import ColorInterp, Interleaving, MaskFlags
from rasterio.errors import CRSError, NotGeoreferencedWarning, RasterioError
from rasterio.windows import Window

from core.errors import SceneError
from core.geometry import Rect

# Scenes without georeference are a supported input; the window says so in its own words.
warnings.filterwarnings("ignore", category=NotGeoreferencedWarning)

# GDAL's driver is chosen by a file's first bytes, never left to GDAL: others (VRT, WMS, …) are pointers to other files
# and to the network.
_SIGNATURES = (
    (b"II*\0", "GTiff"),
    (b"MM\0*", "GTiff"),
    (b"II+\0", "GTiff"),
    (b"MM\0+", "GTiff"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"\0\0\0\x0cjP  ", "JP2OpenJPEG"),
    (b"\xff\x4f\xff\x51", "JP2OpenJPEG"),
)
# The allowed name does not exist: an .aux.xml beside a Scene cannot make GDAL fetch its overviews from the network.
_GDAL_OPTIONS: dict[str, Any] = {
    "CPL_VSIL_CURL_ALLOWED_FILENAME": "none",
    "GDAL_CACHEMAX": 96 << 20,  # bytes
    "GDAL_PAM_ENABLED": True,
}

GDAL_ERRORS = (RasterioError, CRSError, CPLE_BaseError)
"""All that rasterio raises for GDAL: it has no common root, and of the last kind no public name."""

_MAX_BLOCK_BYTES = 1 << 30
_PROBE_WHOLE_PX = 1 << 16
_LARGE_BLOCK_PX = 1 << 22
LARGE_BLOCK_BYTES = 16 << 20  # of these three are tried on opening, not nine
_OVERVIEW_PROBE_PX = 1 << 20


@dataclass(frozen=True)
class SceneInfo:
    """What a file says about itself. Bands are numbered from 1.

    `transform` is affine (a, b, c, d, e, f): map x = a·column + b·row + c, map y = d·column + e·row + f; None without.
    `gcps` are (row, column, x, y, z); `crs_wkt` is theirs where the raster itself has none.
    `alpha_band` is a band that really is transparency: one that is only marked so (NIR, often) is data,
    and a fourth that nothing marks may be transparency.
    `zeros` are the values of the bands that stand for zero: Sentinel-2's since 2022 is 1,000, where the file says so.
    `scales` are what one step of a band's values is of what it measures; 1 where the file does not say.
    `palette` holds 0xAARRGGBB for the values 0…, of a single-band file with a colour table.
    """

    path: str
    width: int
    height: int
    band_count: int
    dtype: str
    one_bit: bool = False  # a pixel is black or white, nothing between
    crs_wkt: str | None = None
    transform: tuple[float, float, float, float, float, float] | None = None
    gcps: tuple[tuple[float, float, float, float, float], ...] = ()
    nodata: float | None = None
    zeros: tuple[float, ...] = ()
    scales: tuple[float, ...] = ()
    descriptions: tuple[str | None, ...] = ()
    colorinterp: tuple[str, ...] = ()
    alpha_band: int | None = None
    has_dataset_mask: bool = False
    palette: tuple[int, ...] | None = None
    overview_factors: tuple[int, ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
    band_tags: tuple[tuple[tuple[str, str], ...], ...] = ()

    @property
    def has_mask(self) -> bool:
        """A mask of the whole file or a true alpha band decides validity."""
        return self.has_dataset_mask or self.alpha_band is not None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        return self.width, self.height

    @property
    def rect(self) -> Rect:
        return Rect(0, 0, self.width, self.height)

    @property
    def name(self) -> str:
        return Path(self.path).name


def refuse_other_size(path: str | Path, found: tuple[int, int], labeled: tuple[int, int] | None) -> None:
    """Sizes are (width, height) in pixels; `labeled` is None where nobody knows. Raises SceneError."""
    if labeled not in (None, found):
        raise SceneError(
            "The scene {path} is not the file that was labeled: it has another size.",
            "Put the original back, or show where it is now.",
            path=path,
        )


def local_file(path: str | Path) -> Path:
    """The file as an absolute path: GDAL would read a relative name such as `GTIFF_DIR:1:x.tif` as a connection."""
    name = str(path)
    if "://" in name or name.replace("\\", "/").startswith("/vsi") or name.lower().endswith(".vrt"):
        raise SceneError(
            "{name} is not an image file on this computer but a pointer to other data.",
            "Copy the image itself to a folder and open it there.",
            name=name,
        )
    local = Path(path).absolute()
    try:
        str(local).encode()
    except UnicodeEncodeError as error:  # a name in another encoding: neither GDAL nor a project file can hold it
        raise SceneError(
            "{name} has a name, or lies in a folder, with broken characters.", "Rename it.", name=ascii(local.name)
        ) from error
    if os.path.isdir(local):  # unlike Path.is_dir, never an OSError: a drive may be gone, a folder closed to us
        raise SceneError("{name} is a folder.", "Choose the image files inside it.", name=local.name)
    if not os.path.isfile(local):
        raise SceneError("{name} was not found.", "Check whether it was moved or its drive is missing.", name=name)
    return local


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """GDAL's settings for this thread, and its errors as one sentence."""
    try:
        with rasterio.Env(**_GDAL_OPTIONS):
            yield
    except SceneError:
        raise
    except (*GDAL_ERRORS, OSError, MemoryError) as error:
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: BaseException) -> SceneError:
    """GDAL's own words stay in the error's cause, for "copy details"."""
    if not os.path.exists(path):
        return SceneError("{name} is gone.", "Check whether it was moved or its drive is missing.", name=path.name)
    if isinstance(error, PermissionError):
        return SceneError("{name} may not be read.", "Ask for the right to read it, or copy it.", name=path.name)
    if isinstance(error, MemoryError):
        return SceneError("There is too little memory to read {name}.", "Close other programs.", name=path.name)
    if "codec" in str(error).lower():
        return SceneError(
            "{name} is compressed in a way that this program does not know.",
            "Save it with LZW or Deflate compression, for example in QGIS.",
            name=path.name,
        )
    return SceneError(
        "{name} cannot be read: it is damaged or incomplete.",
        "Copy or download it again; if it opens elsewhere, save it anew as GeoTIFF there.",
        name=path.name,
    )


def open_dataset(path: Path) -> Any:
    """A rasterio dataset of an absolute path. Raises SceneError where the first bytes are of no supported format."""
    with path.open("rb") as file:
        start = file.read(16)
    driver = next((driver for signature, driver in _SIGNATURES if start.startswith(signature)), None)
    if driver is None:
        raise SceneError(
            "{name} is not an image this program can open.",
            "Open GeoTIFF, JPEG, PNG or JPEG 2000 files; convert others first, for example in QGIS.",
            name=path.name,
        )
    return rasterio.open(path, driver=driver)


def refuse_unreadable(path: Path, dataset: Any) -> None:
    if any(dtype.startswith("complex") for dtype in dataset.dtypes):  # complex_int16 is no dtype of numpy's
        raise SceneError(
            "{name} holds complex numbers (raw radar).", "Convert it to amplitudes or dB first.", name=path.name
        )
    rows, columns = dataset.block_shapes[0]
    if rows * columns * np.dtype(dataset.dtypes[0]).itemsize > _MAX_BLOCK_BYTES:
        raise SceneError(
            "{name} is stored in a single piece that is too large to read in parts.",
            "Save it as a tiled GeoTIFF, for example in QGIS with the option TILED=YES.",
            name=path.name,
        )
    ends = sorted({1, dataset.count})  # what is cut off is often the last band alone
    if dataset.width * dataset.height <= _PROBE_WHOLE_PX:
        dataset.read(ends)
        return
    smallest = max(dataset.overviews(1), default=0)  # the end of most files that have overviews
    if smallest and dataset.width * dataset.height <= _OVERVIEW_PROBE_PX * smallest**2:
        dataset.read(ends, out_shape=(len(ends), -(-dataset.height // smallest), -(-dataset.width // smallest)))
    places = list(
        itertools.product((0, dataset.height // 2, dataset.height - 1), (0, dataset.width // 2, dataset.width - 1))
    )
    for row, column in places[::4] if block_bytes(dataset) > LARGE_BLOCK_BYTES else places:
        dataset.read(ends, window=Window(column, row, 1, 1))


def block_bytes(dataset: Any) -> int:
    """What the decoded pixels of a block take, of all bands where it holds all of them."""
    rows, columns = dataset.block_shapes[0]
    bands = 1 if dataset.interleaving is Interleaving.band else dataset.count
    return int(rows * columns * bands * np.dtype(dataset.dtypes[0]).itemsize)


def describe(path: Path, dataset: Any) -> SceneInfo:
    points, points_crs = dataset.gcps
    crs = dataset.crs or (points_crs if points else None)
    identity = dataset.transform == rasterio.Affine.identity()
    flags = [flag for band in dataset.mask_flag_enums for flag in band]
    nodata = next((float(value) for value in dataset.nodatavals if value is not None), None)
    return SceneInfo(
        path=str(path),
        width=dataset.width,
        height=dataset.height,
        band_count=dataset.count,
        dtype=str(np.result_type(*dataset.dtypes)),
        one_bit=dataset.tags(1, ns="IMAGE_STRUCTURE").get("NBITS") == "1",
        crs_wkt=_text_of(crs.to_wkt()) if crs else None,
        transform=None if identity and (points or not crs) else tuple(dataset.transform)[:6],
        gcps=tuple((point.row, point.col, point.x, point.y, point.z or 0.0) for point in points),
        nodata=nodata,
        zeros=tuple(_zero(*pair) for pair in zip(dataset.scales, dataset.offsets, strict=True)),
        scales=tuple(scale if math.isfinite(scale) and scale > 0 else 1.0 for scale in dataset.scales),
        descriptions=tuple(dataset.descriptions),
        colorinterp=tuple(interp.name for interp in dataset.colorinterp),
        alpha_band=_true_alpha(dataset),
        has_dataset_mask=MaskFlags.per_dataset in flags and MaskFlags.alpha not in flags,
        palette=_palette(dataset),
        overview_factors=tuple(dataset.overviews(1)),
        tags=_tags(dataset, 0, "ENVI"),
        band_tags=tuple(_tags(dataset, index, "IMAGERY") for index in dataset.indexes),
    )


def _tags(dataset: Any, index: int, domain: str) -> tuple[tuple[str, str], ...]:
    """Of a band, or of the file (0): those that anyone may set, and GDAL's `domain`, where wavelengths may be."""
    return tuple(sorted({**dataset.tags(index, ns=domain), **dataset.tags(index)}.items()))


@lru_cache(maxsize=256)
def _text_of(wkt: str) -> str:
    """EPSG's own text of a CRS that EPSG has: programs word it differently, and Scenes on one map are told by it."""
    try:
        crs = CRS.from_wkt(wkt)
        known = CRS.from_epsg(crs.to_epsg())
    except (*GDAL_ERRORS, ValueError):  # it has no number
        return wkt
    return str(known.to_wkt()) if known == crs else wkt


def _zero(scale: float, offset: float) -> float:
    """Where scale · value + offset is 0; 0 for what cannot be meant."""
    zero = -offset / scale if scale else 0.0
    return zero if math.isfinite(zero) else 0.0


def _palette(dataset: Any) -> tuple[int, ...] | None:
    if dataset.count != 1 or dataset.colorinterp[0] is not ColorInterp.palette:
        return None
    colours = dataset.colormap(1)
    table = [0xFF000000] * (max(colours) + 1)
    for value, (red, green, blue, alpha) in colours.items():
        table[value] = alpha << 24 | red << 16 | green << 8 | blue
    return tuple(table)


def _true_alpha(dataset: Any) -> int | None:
    """The band marked alpha, if it looks like transparency: most of its samples that are not 0 are fully opaque.

    Many tools mark the fourth band of any four-band file as alpha; NIR has values in between, transparency has them on
    feathered edges at most. Where all samples are 0, as in a corner of a mosaic that was cut in pieces, nothing speaks
    against the mark.
    """
    marked = [
        index for index, interp in zip(dataset.indexes, dataset.colorinterp, strict=True) if interp.name == "alpha"
    ]
    if not marked and dataset.count == 4 and _is_clear_or_opaque(dataset, 4):  # as image editors leave it
        return 4
    if not marked or dataset.count < 2:
        return None
    samples = np.concatenate([dataset.read(marked[-1], window=window).ravel() for window in sample_windows(dataset)])
    shown = samples[samples != 0]
    full = np.iinfo(samples.dtype).max if samples.dtype.kind in "iu" else 1
    opaque = [value for value in (1, 255, 65535, full) if samples.dtype.kind == "f" or value <= full]
    if shown.size and np.isin(shown, opaque).mean() < 0.5:
        return None
    return int(marked[-1])


def _is_clear_or_opaque(dataset: Any, band: int) -> bool:
    """Whether a band's samples are nothing but 0 and the largest value there is, and some are that. Every file is asked
    as often as it is opened: no large blocks are decoded for it."""
    full = {"uint8": 255, "uint16": 65535}.get(dataset.dtypes[band - 1])
    rows, columns = dataset.block_shapes[band - 1]
    if full is None or rows * columns > _LARGE_BLOCK_PX:
        return False
    opaque = False
    for window in sample_windows(dataset, side_px=8):
        samples = dataset.read(band, window=window)
        if not np.isin(samples, (0, full)).all():  # already the first window of a measurement
            return False
        opaque = opaque or bool((samples == full).any())
    return opaque


def sample_windows(size: Any, side_px: int = 64, per_axis: int = 4) -> list[Window]:
    """Up to per_axis² windows spread evenly over anything with `width` and `height`, its edges included."""
    xs = np.unique(np.linspace(0, max(size.width - side_px, 0), per_axis).astype(int))
    ys = np.unique(np.linspace(0, max(size.height - side_px, 0), per_axis).astype(int))
    side = (min(side_px, size.width), min(side_px, size.height))
    return [Window(int(x), int(y), *side) for y, x in itertools.product(ys, xs)]
