"""Composites: the ways to look at a Scene's bands, from natural colour to a formula of the user's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import FormulaError
from core.imagery.expression import Formula, band_names, parse_formula
from core.imagery.interpretation import Band, Interpretation
from core.text import Text, text


@dataclass(frozen=True)
class Composite:
    """A way to look at a Scene. `band_indexes` are file bands from 1: three for colour, one for a single band.

    With `formula` its value is shown, and `band_indexes` are the formula's; `span` are the values usually worth
    telling apart; `one` is what its constants take for a reflectance of 1, 0 without such. With `palette` the value is
    looked up. `colours` names the colour map of a single value.
    """

    key: str
    name: Text
    band_indexes: tuple[int, ...]
    formula: Formula | None = None
    palette: tuple[int, ...] | None = None
    span: tuple[float, float] | None = None
    colours: str = "greys"
    one: float = 0.0

    @property
    def is_single(self) -> bool:
        """Whether it shows one value a pixel, in a colour map."""
        return self.palette is None and (self.formula is not None or len(self.band_indexes) == 1)

    @property
    def is_band(self) -> bool:
        """Whether it shows one band as it is."""
        return self.is_single and self.formula is None


@dataclass(frozen=True)
class _Index:
    """A known index. Where its constants are reflectances, `{one}` is a reflectance of 1 in the file's units."""

    key: str
    name: Text
    formula: str
    span: tuple[float, float]
    colours: str = "vegetation"


_COLOURS = (
    ("natural", text("Natural colour"), ("red", "green", "blue")),
    ("false_colour", text("False colour (NIR)"), ("nir", "red", "green")),
    ("red_edge", text("False colour (red edge)"), ("nir", "rededge", "red")),
    ("swir", text("False colour (SWIR)"), ("swir1", "nir", "red")),
    ("agriculture", text("Agriculture (SWIR, NIR, blue)"), ("swir1", "nir", "blue")),
)
# NDVI: Rouse 1974; NDRE: Barnes 2000; NDWI: McFeeters 1996; SAVI: Huete 1988, L = 0.5; MSAVI: Qi 1994 (MSAVI2);
# EVI: Huete 2002; green leaf index: Louhaichi 2001.
_INDICES = (
    _Index("ndvi", text("NDVI (vegetation)"), "(nir - red) / (nir + red)", (0.0, 0.9)),
    _Index("ndre", text("NDRE (chlorophyll)"), "(nir - rededge) / (nir + rededge)", (0.0, 0.6)),
    _Index("ndwi", text("NDWI (water)"), "(green - nir) / (green + nir)", (-0.8, 0.8), "water"),
    _Index("savi", text("SAVI (sparse crop)"), "1.5 * (nir - red) / (nir + red + 0.5 * {one})", (0.0, 0.8)),
    _Index(
        "msavi", text("MSAVI (sparse crop)"),
        "(2 * nir + {one} - sqrt((2 * nir + {one}) ** 2 - 8 * {one} * (nir - red))) / (2 * {one})", (0.0, 0.8),
    ),
    _Index("evi", text("EVI (dense crop)"), "2.5 * (nir - red) / (nir + 6 * red - 7.5 * blue + {one})", (0.0, 0.8)),
    _Index("gli", text("Green leaf index"), "(2 * green - red - blue) / (2 * green + red + blue)", (-0.1, 0.4)),
)  # fmt: skip


def composites_for(interpretation: Interpretation, reflectance_one: float = 1.0) -> list[Composite]:
    """The ways to look at these bands, the most natural first and single bands last; never empty.

    `reflectance_one` is the file's value for a reflectance of 1, for the indices with constants in them.
    """
    bands = interpretation.data_bands
    if interpretation.palette is not None:
        return [Composite("palette", text("Colour table"), (bands[0].index,), palette=interpretation.palette)]
    found = [
        Composite(key, name, tuple(band.index for band in chosen if band is not None))
        for key, name, roles in _COLOURS
        if None not in (chosen := [interpretation.first(role) for role in roles])
    ]
    indices = [_index(interpretation, index, reflectance_one) for index in _INDICES]
    found += [composite for composite in indices if composite is not None]
    if len(bands) >= 3 and all(composite.is_single for composite in found):
        found.insert(0, Composite("first_three", text("Bands 1, 2, 3"), tuple(band.index for band in bands[:3])))
    return found + [band_composite(band) for band in bands]


def band_composite(band: Band) -> Composite:
    """One band, in shades of grey unless the user takes another colour map."""
    name = text("Band {n}: {name}", n=band.index, name=band.name) if band.is_named else text("Band {n}", n=band.index)
    return Composite(f"band_{band.index}", name, (band.index,))


def formula_composite(number: int, name: str, source: str, interpretation: Interpretation) -> Composite:
    """A formula of the user's as a Composite. Raises FormulaError."""
    formula = parse_formula(source, band_names(interpretation))
    return Composite(
        f"formula_{number}", text("{name}", name=name), formula.band_indexes, formula, colours="vegetation"
    )


def guessed_reflectance_one(high: Sequence[float]) -> float:
    """The file's value for a reflectance of 1, from the data bands' 99th percentiles: a guess from their size.

    Fractions as they are, bytes 255, Sentinel-2 and most products 10,000, MicaSense and Landsat Collection 2 about
    32,768, else the full 16 bits.
    """
    brightest = max(high, default=1.0)
    steps = ((2.0, 1.0), (255.0, 255.0), (16_000.0, 10_000.0), (40_000.0, 32_768.0))
    return next((one for limit, one in steps if brightest <= limit), 65_535.0)


def _index(interpretation: Interpretation, index: _Index, one: float) -> Composite | None:
    """None where a band is missing."""
    roles = {role: band.index for role in interpretation.roles if (band := interpretation.first(role)) is not None}
    try:
        formula = parse_formula(index.formula.format(one=f"{one:g}"), roles)
    except FormulaError:
        return None
    return Composite(
        index.key, index.name, formula.band_indexes, formula, span=index.span, colours=index.colours,
        one=one if "{one}" in index.formula else 0.0,
    )  # fmt: skip
