"""Which pixels of a Scene hold a measurement: not nodata, not masked, not transparent, finite."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

# Nothing that a sensor measures is larger; fill values such as ±3.4028e38, often without a tag, are.
LARGEST_MEASUREMENT = 1e30
# A fill value in this range is also a plausible measurement (black water, a saturated roof).
_PLAUSIBLE = (0.0, 65535.0)


def usable_nodata(nodata: float | None, dtype: str) -> float | None:
    """`nodata` if a value of `dtype` can equal it and it needs a comparison of its own, else None.

    NaN and values beyond ±1e30 are never measurements and are always invalid, so that they need none.
    """
    if nodata is None or not np.isfinite(nodata) or abs(nodata) >= LARGEST_MEASUREMENT:
        return None
    return nodata if can_hold(dtype, nodata) else None


def can_hold(dtype: str, value: float) -> bool:
    """Whether a pixel of that type can have this value."""
    if np.dtype(dtype).kind not in "iu":
        return True
    limits = np.iinfo(dtype)
    return limits.min <= value <= limits.max and float(value).is_integer()


def needs_every_band(nodata: float) -> bool:
    """True where a single band may well equal `nodata` by measurement: only pixels that equal it in all bands count.

    0 and 255 are such values: dark water is 0 in one band, and a white roof 255, in perfectly valid pixels.
    -9999 is not: one band that holds it makes the pixel useless.
    """
    return _PLAUSIBLE[0] <= nodata <= _PLAUSIBLE[1]


def finite(values: NDArray[Any]) -> NDArray[np.bool_] | None:
    """(B, h, w) → (h, w), True where every band is a plausible number; None where the dtype cannot be otherwise."""
    if values.dtype.kind != "f" or not len(values):
        return None
    limit = min(LARGEST_MEASUREMENT, float(np.finfo(values.dtype).max))
    with np.errstate(invalid="ignore"):
        good: NDArray[np.bool_] = np.abs(values[0]) < limit
        for band in values[1:]:
            good &= np.abs(band) < limit
    return good


def equals(band: NDArray[Any], nodata: float) -> NDArray[np.bool_]:
    """Where a band holds `nodata`; floats within 1e-6 of it, because a tag is text and the file float32."""
    if band.dtype.kind != "f":
        same: NDArray[np.bool_] = band == band.dtype.type(nodata)
        return same
    with np.errstate(invalid="ignore"):
        near: NDArray[np.bool_] = np.abs(band - band.dtype.type(nodata)) <= abs(nodata) * 1e-6
    return near
