"""Surface reflectance of what a farmland scene shows, in early June in Central Europe.

Five values each: blue 480, green 560, red 665, red edge 717, near infrared 840 nm, as shares (0..1). Typical values of
the broad-band literature (leaf: PROSPECT, Jacquemoud and Baret 1990; canopies and soils: USGS spectral library v7),
rounded; the demo needs the order and the contrasts to be right, not the third digit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Spectrum = tuple[float, float, float, float, float]

BANDS = ("blue", "green", "red", "rededge", "nir")

SOIL: Spectrum = (0.057, 0.106, 0.122, 0.147, 0.198)
MUD: Spectrum = (0.034, 0.062, 0.060, 0.072, 0.080)  # waterlogged soil: half as bright, flat in the infrared
BRUISED: Spectrum = (0.063, 0.136, 0.146, 0.200, 0.275)  # shredded, drying leaves after hail or feeding
CLOUD: Spectrum = (0.80, 0.80, 0.81, 0.81, 0.80)
DIFFUSE: Spectrum = (0.50, 0.43, 0.37, 0.35, 0.31)  # share of the light that reaches shade: the blue sky's


@dataclass(frozen=True)
class Surface:
    """How one kind of ground looks. Angles in radians, lengths in metres, the rest as shares."""

    spectrum: Spectrum  # of the closed canopy, or of the ground itself where nothing grows
    chlorotic: Spectrum | None = None  # of the starved canopy
    cover: float = 1.0  # share of the ground under leaves; the rest is soil
    soil: float = 1.0  # brightness of the soil between
    grain: float = 0.05  # fine texture
    streak: float = 0.0  # line-by-line differences from drilling or mowing
    swath: float = 0.0  # alternating bands, one machine width each
    patchy: float = 0.0  # response to the soil map
    tram: float = 0.0  # how bare wheel tracks are
    angle: float = 0.0  # of the rows
    offset_m: float = 0.0  # of the tramlines across the rows
    crop: bool = False
    parcel: int = -1


GRASS = Surface((0.040, 0.090, 0.062, 0.20, 0.345), grain=0.09, patchy=0.08)
ASPHALT = Surface((0.112, 0.142, 0.146, 0.150, 0.158), grain=0.03)
GRAVEL = Surface((0.102, 0.160, 0.170, 0.20, 0.235), grain=0.07)
YARD = Surface((0.108, 0.148, 0.152, 0.17, 0.190), grain=0.05)
GARDEN = Surface((0.037, 0.098, 0.058, 0.21, 0.370), grain=0.11, patchy=0.10)
WATER = Surface((0.042, 0.050, 0.034, 0.024, 0.014), grain=0.04)
FOREST_FLOOR = Surface((0.026, 0.062, 0.034, 0.120, 0.260), grain=0.2)
CROWN: Spectrum = (0.029, 0.076, 0.034, 0.175, 0.430)
ROOFS: tuple[Spectrum, ...] = (
    (0.046, 0.094, 0.165, 0.195, 0.225),  # clay tiles
    (0.044, 0.086, 0.125, 0.150, 0.180),  # old clay tiles
    (0.084, 0.105, 0.105, 0.115, 0.125),  # slate
    (0.260, 0.300, 0.300, 0.305, 0.310),  # sheet metal
)

CROPS: dict[str, Surface] = {
    "winter wheat": Surface(
        (0.030, 0.075, 0.035, 0.185, 0.455), (0.050, 0.125, 0.112, 0.230, 0.345), cover=0.94, grain=0.04,
        streak=0.05, patchy=0.06, tram=0.55, crop=True,
    ),
    "maize": Surface(
        (0.035, 0.100, 0.042, 0.205, 0.430), (0.060, 0.155, 0.130, 0.250, 0.350), cover=0.46, grain=0.06,
        streak=0.13, patchy=0.10, tram=0.25, crop=True,
    ),
    "rapeseed": Surface(
        (0.054, 0.172, 0.152, 0.295, 0.500), (0.050, 0.122, 0.100, 0.215, 0.335), cover=0.97, grain=0.05,
        streak=0.04, patchy=0.06, tram=0.5, crop=True,
    ),
    "sugar beet": Surface(
        (0.032, 0.106, 0.042, 0.235, 0.530), (0.056, 0.165, 0.130, 0.265, 0.410), cover=0.74, grain=0.05,
        streak=0.08, patchy=0.08, tram=0.45, crop=True,
    ),
    "winter barley": Surface(
        (0.051, 0.134, 0.118, 0.228, 0.385), (0.062, 0.152, 0.176, 0.250, 0.300), cover=0.94, grain=0.05,
        streak=0.05, patchy=0.08, tram=0.45, crop=True,
    ),
    "meadow": Surface(
        (0.037, 0.090, 0.046, 0.205, 0.420), (0.058, 0.122, 0.112, 0.225, 0.310), cover=0.96, grain=0.06,
        streak=0.02, patchy=0.11, crop=True,
    ),
    "mown meadow": Surface(
        (0.044, 0.120, 0.086, 0.215, 0.360), (0.058, 0.134, 0.132, 0.225, 0.290), cover=0.92, grain=0.06,
        streak=0.05, swath=0.10, patchy=0.08, crop=True,
    ),
    "bare": Surface(SOIL, cover=0.02, grain=0.05, streak=0.06, swath=0.04, patchy=0.05, tram=0.10),
}  # fmt: skip

# A share of twenty fields each, as in a Bavarian arable district.
ROTATION = (
    *["winter wheat"] * 5, *["maize"] * 4, *["rapeseed"] * 2, *["sugar beet"] * 2, *["winter barley"] * 2,
    *["meadow"] * 2, "mown meadow", *["bare"] * 2,
)  # fmt: skip


def grown(rng: np.random.Generator, surface: Surface) -> Surface:
    """The same crop as another farmer has it: sown earlier or later, on lighter or darker soil."""
    tint = rng.normal(1, 0.03, 5) * rng.normal(1, 0.055)
    blue, green, red, rededge, nir = (float(value) for value in np.array(surface.spectrum) * tint)
    cover = float(np.clip(surface.cover + rng.normal(0, 0.5) * (1 - surface.cover) * surface.cover, 0.01, 0.99))
    return replace(surface, spectrum=(blue, green, red, rededge, nir), cover=cover, soil=float(rng.normal(1, 0.13)))


@dataclass(frozen=True)
class SurfaceTable:
    """Surfaces as columns, one entry an id; id 0 is the grass between everything."""

    surfaces: tuple[Surface, ...]

    def column(self, name: str) -> npt.NDArray[np.float32]:
        """One property of every surface, float32 (surface count,)."""
        return np.array([getattr(surface, name) for surface in self.surfaces], np.float32)

    def spectra(self) -> npt.NDArray[np.float32]:
        """Healthy reflectance, float32 (band, surface count)."""
        return np.array([surface.spectrum for surface in self.surfaces], np.float32).T.copy()

    def chlorotic(self) -> npt.NDArray[np.float32]:
        """Change of reflectance from healthy to starved, float32 (band, surface count)."""
        starved = [surface.chlorotic or surface.spectrum for surface in self.surfaces]
        return np.array(starved, np.float32).T - self.spectra()
