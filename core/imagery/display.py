"""From band values to colours on the screen: stretch, gamma, colour maps."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery import validity
from core.imagery.colour_maps import COLOUR_MAPS, OPAQUE, colour_table
from core.imagery.composites import Composite
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Pixels, Scene, exact_dtype

PERCENTILES: Final = "percentiles"  # 2nd to 98th
DEVIATIONS: Final = "deviations"  # the mean, two standard deviations to either side
MIN_MAX: Final = "min max"
GIVEN: Final = "given"  # by the user, by a view, or by what is known of the index
METHODS: Final = (PERCENTILES, DEVIATIONS, MIN_MAX, GIVEN)
SMALLEST_GAMMA: Final = 0.25
LARGEST_GAMMA: Final = 4.0

_MAX_STRETCH_SAMPLES = 50_000
_DEVIATIONS = 2.0
_FAR_OFF = 10  # so many times as large as the values make one guess, a file's scale is not to reflectances


@dataclass(frozen=True)
class Look:
    """How a Composite is drawn: one of METHODS finds the Stretch, with GIVEN it is `low` and `high`.

    `gamma` above 1 brightens the middle. `colours` names the colour map of a single value, "" the Composite's own.
    """

    method: str = PERCENTILES
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()
    gamma: float = 1.0
    colours: str = ""

    def given(self, stretch: Stretch) -> Look:
        """The same with that stretch, from now on."""
        return replace(self, method=GIVEN, low=stretch.low, high=stretch.high)

    def to_fields(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

    @staticmethod
    def from_fields(fields: dict[str, Any], composite: Composite) -> Look:
        """Raises ValueError, TypeError or KeyError for what cannot be a Look of `composite`."""
        low, high = (tuple(map(float, fields[key])) for key in ("low", "high"))
        look = Look(str(fields["method"]), low, high, float(fields["gamma"]), str(fields["colours"]))
        if look.method not in METHODS or look.colours not in ("", *COLOUR_MAPS):
            raise ValueError("an unknown method or colour map")
        if not SMALLEST_GAMMA <= look.gamma <= LARGEST_GAMMA:
            raise ValueError("a gamma out of range")
        channels = 1 if composite.is_single else len(composite.band_indexes)
        fits = len(low) == len(high) == channels and all(a < b for a, b in zip(low, high, strict=True))
        if look.method == GIVEN and not (fits and np.isfinite([*low, *high]).all()):
            raise ValueError("a stretch that does not fit the composite")
        return look


def default_look(composite: Composite) -> Look:
    """Indices in their usual span, so that a colour means the same in every Scene; all else by percentiles."""
    if composite.span is None:
        return Look()
    return Look(GIVEN, composite.span[:1], composite.span[1:])


@dataclass(frozen=True)
class Stretch:
    """The values shown darkest and brightest, of each displayed channel: three for colour, else one."""

    low: tuple[float, ...]
    high: tuple[float, ...]
    gamma: float = 1.0


def read_composite(
    scene: Scene, rect: Rect, composite: Composite, interpretation: Interpretation,
    out_height: int | None = None, out_width: int | None = None, *, smooth: bool = False,
) -> Pixels:  # fmt: skip
    """Read what `composite` shows of `rect`, (B', out_height, out_width) in the order of its bands. See `Scene.read`.

    For a formula a pixel is also invalid where a single one of its bands holds nodata: at the ragged edge of a swath
    one band ends before another, and the index would be garbage there. Bytes are exempt: 0 is a shadow there.
    Its values count from where the file says that zero is: a ratio of values that all stand 1,000 too high is wrong.
    Raises SceneError.
    """
    bands = composite.band_indexes
    pixels = scene.read(rect, out_height, out_width, bands, interpretation=interpretation, smooth=smooth)
    if composite.formula is None:
        return pixels
    nodata = scene.nodata(interpretation)
    valid = pixels.valid.copy()
    if nodata is not None and pixels.values.dtype.itemsize > 1:
        for band in pixels.values:
            valid &= ~validity.equals(band, nodata)
    return Pixels(_counted(pixels.values, scene, composite), valid)


def _counted(values: NDArray[Any], scene: Scene, composite: Composite) -> NDArray[Any]:
    """`values` (B', h, w) from where the file says that zero is and, for an index with constants, in steps of the size
    that the file says; as they are where it says neither."""
    zeros, scales = (
        np.array([of_all[index - 1] for index in composite.band_indexes])[:, None, None]
        for of_all in (scene.info.zeros, scene.info.scales)
    )
    factors = scales * composite.one  # 1 where the size was guessed rightly
    meant = (scales != 1) & (factors > 1 / _FAR_OFF) & (factors < _FAR_OFF)
    factors = np.where(meant, factors, 1.0)
    if not zeros.any() and (factors == 1).all():
        return values
    counted: NDArray[Any] = values.astype(exact_dtype(values.dtype))
    counted -= zeros
    counted *= factors
    return counted


def single_values(values: NDArray[Any], valid: NDArray[np.bool_], composite: Composite) -> NDArray[np.floating[Any]]:
    """What a single-valued Composite shows, (h, w) float, of values (B', h, w); NaN where invalid or not defined."""
    if composite.formula is not None:
        shown = composite.formula.evaluate(values)
    else:
        shown = values[0].astype(exact_dtype(values.dtype))
    shown[~valid] = np.nan
    return shown


def measure_stretch(
    values: NDArray[Any], valid: NDArray[np.bool_], look: Look | None = None, composite: Composite | None = None
) -> Stretch:
    """The stretch that `look` (percentiles) asks for, from the valid pixels of values (B', h, w).

    Low is always below high. For a formula pass the Composite: the stretch is then in units of its value. About
    50,000 pixels are used.
    """
    look = look or Look()
    if look.method == GIVEN:
        return Stretch(look.low, look.high, look.gamma)
    if composite is not None and composite.formula is not None:
        values = single_values(values, valid, composite)[np.newaxis]
    # an odd step: an even one would take the same few columns of every row
    step = int(np.count_nonzero(valid)) // _MAX_STRETCH_SAMPLES | 1
    flat = valid.ravel()[::step]
    chosen = values.reshape(len(values), -1)[:, ::step][:, flat].astype(np.float64)
    spans = [_span(channel[np.isfinite(channel)], look.method) for channel in chosen]
    return Stretch(tuple(low for low, _ in spans), tuple(high for _, high in spans), look.gamma)


def measure_again(
    values: NDArray[Any], valid: NDArray[np.bool_], look: Look, composite: Composite, base: Stretch
) -> Stretch:
    """`base` narrowed or widened to fit these pixels, by the method of `look` (GIVEN: percentiles).

    All channels of a colour composite together, so that brightness and contrast change and hues do not: measured one
    by one, a green field would turn grey.
    """
    method = PERCENTILES if look.method == GIVEN else look.method
    if composite.is_single:
        return measure_stretch(values, valid, replace(look, method=method), composite)
    low, high = (np.array(ends).reshape(-1, 1, 1) for ends in (base.low, base.high))
    relative = (values.astype(np.float64) - low) / (high - low)
    together = measure_stretch(
        relative.reshape(1, -1, values.shape[-1]), np.tile(valid, (len(values), 1)), Look(method)
    )
    lows, highs = (
        tuple(float(a + share * (b - a)) for a, b in zip(base.low, base.high, strict=True))
        for share in (together.low[0], together.high[0])
    )
    return Stretch(lows, highs, look.gamma)


def render(
    values: NDArray[Any], valid: NDArray[np.bool_], composite: Composite, stretch: Stretch | None, colours: str = ""
) -> NDArray[np.uint32]:
    """0xAARRGGBB (h, w) of values (B', h, w) in the composite's band order.

    Pixels that are invalid, or where a formula is not defined, are 0x00000000. A palette needs no stretch; `colours`
    replaces the Composite's own colour map.
    """
    if composite.palette is not None:
        pixels = _looked_up(values[0], composite.palette)
    elif stretch is None:
        raise ValueError("only a palette is shown without a stretch")
    elif composite.formula is not None:
        shown = single_values(values, valid, composite)
        valid = valid & ~np.isnan(shown)
        table = colour_table(colours or composite.colours)
        pixels = table[_to_byte(shown, stretch.low[0], stretch.high[0], stretch.gamma)]
    elif composite.is_single:
        pixels = _channel(values[0], stretch, 0, colours or composite.colours)
    else:
        pixels = np.full(values.shape[1:], OPAQUE, dtype=np.uint32)
        for number, band in enumerate(values):
            pixels |= _channel(band, stretch, number, "")
    return np.where(valid, pixels, np.uint32(0))


def legend_colours(composite: Composite, look: Look, stretch: Stretch) -> NDArray[np.uint32]:
    """256 colours 0xAARRGGBB for evenly spaced values from the stretch's low to its high, of a single value."""
    table = colour_table(look.colours or composite.colours)
    return table[_to_byte(np.linspace(0, 1, 256), 0.0, 1.0, stretch.gamma)]


def _span(channel: NDArray[np.float64], method: str) -> tuple[float, float]:
    """The values shown darkest and brightest of one channel's finite values."""
    if not channel.size:
        return 0.0, 1.0
    least, most = float(channel.min()), float(channel.max())
    low, high = least, most
    if method == PERCENTILES:
        low, high = (float(value) for value in np.percentile(channel, (2, 98)))
    elif method == DEVIATIONS:
        mean, reach = float(channel.mean()), _DEVIATIONS * float(channel.std())
        low, high = max(mean - reach, least), min(mean + reach, most)
    if not high > low:
        low, high = least, most
    if not high > low:  # a constant channel: shown mid-grey
        reach = max(0.5, abs(low) * 1e-6)
        low, high = low - reach, low + reach
    return low, high


def _channel(band: NDArray[Any], stretch: Stretch, number: int, colours: str) -> NDArray[np.uint32]:
    """A band in its place of the pixel, or in a colour map; through a table where the dtype has few enough values."""
    ends = stretch.low[number], stretch.high[number], stretch.gamma
    if band.dtype in (np.uint8, np.uint16):
        return np.take(_table(band.dtype.str, *ends, number, colours), band)
    return _colours_of(_to_byte(band, *ends), number, colours)


@lru_cache(maxsize=64)
def _table(dtype: str, low: float, high: float, gamma: float, number: int, colours: str) -> NDArray[np.uint32]:
    every = np.arange(np.iinfo(dtype).max + 1, dtype=np.float32)
    return _colours_of(_to_byte(every, low, high, gamma), number, colours)


def _colours_of(byte: NDArray[np.uint8], number: int, colours: str) -> NDArray[np.uint32]:
    """Without a colour map: the byte in the place of channel `number` (red, green, blue)."""
    if colours:
        return colour_table(colours)[byte]
    return byte.astype(np.uint32) << np.uint32(16 - 8 * number)


def _to_byte(values: NDArray[Any], low: float, high: float, gamma: float) -> NDArray[np.uint8]:
    """Stretched to 0…255; NaN becomes 0."""
    exact = exact_dtype(values.dtype)
    with np.errstate(invalid="ignore", over="ignore"):
        scaled = np.subtract(values, exact(low), dtype=exact)
        scaled *= exact(1.0 / (high - low))
        np.fmin(np.fmax(scaled, 0, out=scaled), 1, out=scaled)  # fmax takes 0 over NaN
        if gamma != 1:
            np.power(scaled, exact(1 / gamma), out=scaled)
        scaled *= exact(255)
        scaled += exact(0.5)
        byte: NDArray[np.uint8] = scaled.astype(np.uint8)
    return byte


def _looked_up(band: NDArray[Any], palette: tuple[int, ...]) -> NDArray[np.uint32]:
    """Values beyond the table are black; an entry of alpha 0 is transparent, any other opaque."""
    table = _palette_table(palette)
    inside = (band >= 0) & (band < len(table))
    found = np.take(table, np.where(inside, band, 0).astype(np.intp))
    return np.where(inside, found, OPAQUE)


@lru_cache(maxsize=8)
def _palette_table(palette: tuple[int, ...]) -> NDArray[np.uint32]:
    table = np.array(palette, dtype=np.uint32)
    return np.where(table >> np.uint32(24), table | OPAQUE, np.uint32(0))
