"""From band values to colours on the screen: composites, vegetation indices, stretch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.imagery.interpretation import Band, Interpretation
from core.text import Text, text

_OPAQUE = np.uint32(0xFF000000)
# Soil to dense crop, readable with any colour vision: dark brown, sand, pale, green, dark blue-green.
_INDEX_COLOURS = ((84, 48, 5), (191, 129, 45), (246, 232, 195), (120, 178, 95), (35, 110, 55), (0, 60, 48))
_MAX_STRETCH_SAMPLES = 50_000


@dataclass(frozen=True)
class Composite:
    """A way to look at a Scene. `band_indexes` are file bands from 1: three for colour, one for grey.

    With `index` ("ndvi", "ndre", "ndwi": (a − b) / (a + b) of two bands; "gli": (2g − r − b) / (2g + r + b) of red,
    green, blue) their normalised difference is shown in the index colours. With `palette` the value is looked up.
    """

    key: str
    name: Text
    band_indexes: tuple[int, ...]
    index: str | None = None
    palette: tuple[int, ...] | None = None


@dataclass(frozen=True)
class Stretch:
    """The values shown darkest and brightest, of each displayed channel: three for colour, else one."""

    low: tuple[float, ...]
    high: tuple[float, ...]


def composites_for(interpretation: Interpretation) -> list[Composite]:
    """The ways to look at these bands, the most natural first; never empty."""
    bands = interpretation.data_bands
    if interpretation.palette is not None:
        name = text("Colour table")
        return [Composite("palette", name, (bands[0].index,), palette=interpretation.palette)]
    candidates = [
        _composite(interpretation, "natural", text("Natural colour"), ("red", "green", "blue")),
        _composite(interpretation, "false_colour", text("False colour (NIR)"), ("nir", "red", "green")),
        _composite(interpretation, "red_edge", text("False colour (red edge)"), ("nir", "rededge", "red")),
        _composite(interpretation, "swir", text("False colour (SWIR)"), ("swir1", "nir", "red")),
        _composite(interpretation, "ndvi", text("NDVI (vegetation)"), ("nir", "red"), index=True),
        _composite(interpretation, "ndre", text("NDRE (chlorophyll)"), ("nir", "rededge"), index=True),
        _composite(interpretation, "ndwi", text("NDWI (water)"), ("green", "nir"), index=True),
        _composite(interpretation, "gli", text("Green leaf index"), ("red", "green", "blue"), index=True),
    ]
    found = [composite for composite in candidates if composite is not None]
    if any(composite.index is None for composite in found):
        return found
    if len(bands) >= 3:
        found.insert(0, Composite("first_three", text("Bands 1, 2, 3"), tuple(band.index for band in bands[:3])))
        return found
    return found + [grey_composite(band) for band in bands]


def grey_composite(band: Band) -> Composite:
    """One band in shades of grey."""
    return Composite(f"band_{band.index}", text("Band {n}: {name}", n=band.index, name=band.name), (band.index,))


def measure_stretch(
    values: NDArray[Any],
    valid: NDArray[np.bool_],
    low_percent: float = 2,
    high_percent: float = 98,
    composite: Composite | None = None,
) -> Stretch:
    """Percentiles of the valid pixels of values (B', h, w) per displayed channel; low is always below high.

    For an index composite pass it, so that the stretch is in the units of the index. About 50,000 pixels are used.
    """
    if composite is not None and composite.index is not None:
        values = _index_values(values, valid, composite.index)[np.newaxis]
    # an odd step: an even one would take the same few columns of every row
    step = int(np.count_nonzero(valid)) // _MAX_STRETCH_SAMPLES | 1
    flat = valid.ravel()[::step]
    chosen = values.reshape(len(values), -1)[:, ::step][:, flat].astype(np.float64)
    lows, highs = [], []
    for channel in chosen:
        channel = channel[np.isfinite(channel)]
        low, high = np.percentile(channel, (low_percent, high_percent)) if channel.size else (0.0, 1.0)
        if not high > low:
            low, high = (channel.min(), channel.max()) if channel.size else (0.0, 1.0)
        if not high > low:  # a constant channel: shown mid-grey
            low, high = low - max(0.5, abs(low) * 1e-6), low + max(0.5, abs(low) * 1e-6)
        lows.append(float(low))
        highs.append(float(high))
    return Stretch(tuple(lows), tuple(highs))


def render(
    values: NDArray[Any], valid: NDArray[np.bool_], composite: Composite, stretch: Stretch | None
) -> NDArray[np.uint32]:
    """0xAARRGGBB (h, w) of values (B', h, w) in the composite's band order; invalid pixels are 0x00000000.

    An index needs a stretch in its own units (`measure_stretch(…, composite=…)`), a palette none.
    """
    if composite.palette is not None:
        pixels = _looked_up(values[0], composite.palette)
    elif stretch is None:
        raise ValueError("only a palette is shown without a stretch")
    elif composite.index is not None:
        shown = _index_values(values, valid, composite.index)
        pixels = _index_table()[_to_byte(shown, stretch.low[0], stretch.high[0])]
    else:
        pixels = _coloured(values, stretch)
    return np.where(valid, pixels, np.uint32(0))


def _composite(
    interpretation: Interpretation, key: str, name: Text, roles: tuple[str, ...], index: bool = False
) -> Composite | None:
    bands = [interpretation.first(role) for role in roles]
    found = tuple(band.index for band in bands if band is not None)
    return Composite(key, name, found, key if index else None) if len(found) == len(roles) else None


def _index_values(values: NDArray[Any], valid: NDArray[np.bool_], index: str) -> NDArray[np.float32]:
    """The index per pixel, −1…1 for positive bands, 0 where invalid or undefined."""
    bands = [np.where(valid, band, 0).astype(np.float32) for band in values]
    if index == "gli":
        plus, minus = 2 * bands[1], bands[0] + bands[2]
    else:
        plus, minus = bands[0], bands[1]
    total = plus + minus
    ratio: NDArray[np.float32] = np.divide(plus - minus, total, out=np.zeros_like(total), where=total != 0)
    return np.clip(ratio, -1.0, 1.0, out=ratio)


def _coloured(values: NDArray[Any], stretch: Stretch) -> NDArray[np.uint32]:
    shifts = (16, 8, 0)
    if len(values) == 1:
        return _channel(values[0], stretch.low[0], stretch.high[0], (16, 8, 0)) | _OPAQUE
    pixels = np.full(values.shape[1:], _OPAQUE, dtype=np.uint32)
    for band, low, high, shift in zip(values, stretch.low, stretch.high, shifts, strict=True):
        pixels |= _channel(band, low, high, (shift,))
    return pixels


def _channel(band: NDArray[Any], low: float, high: float, shifts: tuple[int, ...]) -> NDArray[np.uint32]:
    """A band as a byte in its place; through a table where the dtype has few enough values for one."""
    if band.dtype in (np.uint8, np.uint16):
        table = _table(band.dtype.str, low, high, shifts)
        return np.take(table, band)
    byte = _to_byte(band, low, high).astype(np.uint32)
    pixels = np.zeros_like(byte)
    for shift in shifts:
        pixels |= byte << np.uint32(shift)
    return pixels


@lru_cache(maxsize=64)
def _table(dtype: str, low: float, high: float, shifts: tuple[int, ...]) -> NDArray[np.uint32]:
    every = np.arange(np.iinfo(dtype).max + 1, dtype=np.float32)
    byte = _to_byte(every, low, high).astype(np.uint32)
    table = np.zeros_like(byte)
    for shift in shifts:
        table |= byte << np.uint32(shift)
    return table


def _to_byte(values: NDArray[Any], low: float, high: float) -> NDArray[np.uint8]:
    """Stretched to 0…255; NaN becomes 0."""
    exact = np.float32 if values.dtype.itemsize <= 2 or values.dtype == np.float32 else np.float64
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.subtract(values, exact(low), dtype=exact)
        scaled *= exact(255.0 / (high - low))
        scaled += exact(0.5)
        np.fmin(np.fmax(scaled, 0, out=scaled), 255, out=scaled)  # fmax takes 0 over NaN
        byte: NDArray[np.uint8] = scaled.astype(np.uint8)
    return byte


def _looked_up(band: NDArray[Any], palette: tuple[int, ...]) -> NDArray[np.uint32]:
    """Values beyond the table are black; an entry of alpha 0 is transparent, any other opaque."""
    table = _palette_table(palette)
    inside = (band >= 0) & (band < len(table))
    found = np.take(table, np.where(inside, band, 0).astype(np.intp))
    return np.where(inside, found, _OPAQUE)


@lru_cache(maxsize=8)
def _palette_table(palette: tuple[int, ...]) -> NDArray[np.uint32]:
    table = np.array(palette, dtype=np.uint32)
    return np.where(table >> np.uint32(24), table | _OPAQUE, np.uint32(0))


@lru_cache(maxsize=1)
def _index_table() -> NDArray[np.uint32]:
    stops = np.linspace(0, 255, len(_INDEX_COLOURS))
    channels = [np.interp(np.arange(256), stops, column) for column in zip(*_INDEX_COLOURS, strict=True)]
    red, green, blue = (np.rint(channel).astype(np.uint32) for channel in channels)
    table: NDArray[np.uint32] = _OPAQUE | red << np.uint32(16) | green << np.uint32(8) | blue
    return table
