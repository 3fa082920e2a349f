"""What a camera makes of the farmland: mixed pixels, light, clouds, blur, noise, and digital numbers.

Pixels mix leaves and soil linearly by the share of ground covered (Adams et al. 1986); shade dims every band by what
the blue sky does not replace. Digital numbers are reflectance times 10 000, uint16, 0 is nodata.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from core.demo import spectra
from core.demo.drawing import PADDING_PX, SHADE_DIRECTION
from core.demo.farmland import BEND_STEP_PX, TRAMLINE_M, Farmland
from core.demo.noise import Field, enlarge, fractal, generator, smoothstep, texture, window
from core.demo.stress import STRESS_STEP_PX, VISIBLE, Stress
from core.geometry import Rect

SKY_STEP_PX = 8
SOIL_STEP_PX = 16
SCALE = 10_000
NOISE_DN = (24.0, 26.0, 28.0, 34.0, 46.0)
# Where plants thrive, pigments absorb more and leaves scatter more: change of each band per unit of vigour.
_VIGOUR = (-0.4, -0.35, -0.8, 0.1, 0.75)


@dataclass(frozen=True)
class Sky:
    """Opacity of clouds and depth of their shadows, 0..1, float32, one cell per 8 px of the padded layers."""

    cloud: Field
    shadow: Field
    puff: Field  # brightness of the cloud tops


def build_sky(seed: int, size_px: int, pixel_m: float) -> Sky:
    """A few fair-weather clouds; each throws its shadow away from the sun."""
    rng = generator(seed, "clouds")
    cells = math.ceil((size_px + 2 * PADDING_PX) / SKY_STEP_PX)
    cell_m = SKY_STEP_PX * pixel_m
    size_m = size_px * pixel_m
    y, x = (np.mgrid[:cells, :cells] * cell_m).astype(np.float32)
    offset = SHADE_DIRECTION * min(float(rng.uniform(430, 560)), 0.3 * size_m)
    density, dark = np.full(x.shape, -2, np.float32), np.full(x.shape, -2, np.float32)
    for _ in range(min(max(round((size_m / 1250) ** 2), 1), 9)):
        radius = float(rng.uniform(0.45, 1.0)) * min(150.0, 0.06 * size_m)
        place = rng.uniform(0.08, 0.95, 2) * size_m
        stretch, turn = float(rng.uniform(1.0, 1.7)), float(rng.uniform(0, math.pi))
        for field, shift in ((density, np.zeros(2)), (dark, offset)):
            dx, dy = x - place[0] - shift[0], y - place[1] - shift[1]
            along = (dx * math.cos(turn) + dy * math.sin(turn)) / stretch
            across = dy * math.cos(turn) - dx * math.sin(turn)
            np.maximum(field, 1 - np.hypot(along, across) / radius, out=field)
    rough = fractal(rng, x.shape, min(170.0, 0.1 * size_m) / cell_m, 5)
    shift_cells = tuple(round(value / cell_m) for value in offset[::-1])
    below = np.roll(rough, shift_cells, (0, 1))
    thickness = density + 0.34 * rough
    # A fiftieth of the scene is clouded beyond doubt, the rest of each cloud is its thin rim.
    rim = float(np.quantile(thickness, 0.98)) - 0.22
    shadow = 0.95 * smoothstep(dark + 0.34 * below, rim + 0.14, rim + 0.6)
    return Sky(0.97 * smoothstep(thickness, rim, rim + 0.83), shadow, 0.92 + 0.05 * rough)


class Sensor:
    """Renders any block of the scene; the same block always has the same pixels, whichever is rendered first."""

    def __init__(self, seed: int, farmland: Farmland, stress: Stress, sky: Sky) -> None:
        self._seed = seed
        self._land, self._stress, self._sky = farmland, stress, sky
        rasters = farmland.rasters
        self._columns = {
            name: rasters.table.column(name)
            for name in ("cover", "soil", "grain", "streak", "swath", "patchy", "tram", "offset_m", "crop")
        }
        angle = rasters.table.column("angle")
        self._columns |= {"cosine": np.cos(angle), "sine": np.sin(angle)}
        self._healthy, self._starving = rasters.table.spectra(), rasters.table.chlorotic()
        self._grain = texture(generator(seed, "grain"), 1024, (0.0, 0.7, 1.3, 2.4))
        self._tape = generator(seed, "noise").standard_normal(2**22, dtype=np.float32)
        self._rows = _row_profile(generator(seed, "rows"))
        cells = math.ceil(rasters.surface.shape[0] / SOIL_STEP_PX)
        wavelength = 420 / (SOIL_STEP_PX * farmland.pixel_m)
        self._soil = fractal(generator(seed, "soil"), (cells, cells), wavelength, 4)
        self._gain = _frame_gain(generator(seed, "frame"), rasters.surface.shape[0])

    def render(self, rect: Rect) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
        """Bands uint16 (5, h, w) and truth uint8 (h, w) of a block inside the scene; every pixel counts as valid."""
        padded = Rect(rect.x, rect.y, rect.width + 2 * PADDING_PX, rect.height + 2 * PADDING_PX)
        ids = self._land.rasters.surface[padded.slices].astype(np.intp)
        sky = [enlarge(field, SKY_STEP_PX, padded) for field in (self._sky.cloud, self._sky.shadow, self._sky.puff)]
        look = {name: column[ids] for name, column in self._columns.items()}
        across = self._across(padded, look)
        fade = enlarge(self._stress.streaks.fade, STRESS_STEP_PX, padded)
        starved = self._stress.streaks.at(ids, across, fade)
        radiance = self._reflect(padded, ids, look, (across, starved), sky)
        sharp = np.stack([_blur(band) for band in radiance])
        inner = (slice(PADDING_PX, -PADDING_PX),) * 2
        noise = self._noise(rect)
        sharp *= SCALE * self._gain[0][padded.slices[0]][1:-1, None] * self._gain[1][padded.slices[1]][1:-1]
        # Photon noise grows with the root of the signal, the read-out noise does not.
        noise *= np.sqrt(0.12 * np.maximum(sharp, 0) + np.square(np.array(NOISE_DN, np.float32))[:, None, None])
        bands = np.clip(sharp + noise, 1, 65_535).astype(np.uint16)
        return bands, self._judge(padded, look["crop"], starved, sky)[inner]

    def _noise(self, rect: Rect) -> Field:
        """Standard normal, float32 (5, h, w): a stretch of a long random tape, at another place for each block."""
        rng = np.random.default_rng([self._seed, rect.x, rect.y])
        starts = rng.integers(0, len(self._tape) - rect.area, len(spectra.BANDS))
        return np.stack([self._tape[start : start + rect.area].reshape(rect.height, rect.width) for start in starts])

    def _judge(self, padded: Rect, crop: Field, starved: Field, sky: list[Field]) -> npt.NDArray[np.uint8]:
        rasters = self._land.rasters
        severity = np.maximum(enlarge(self._stress.severity, STRESS_STEP_PX, padded), starved)
        truth = np.where(severity >= VISIBLE, 2, 1).astype(np.uint8)
        hidden = (sky[0] > 0.06) | (sky[1] > 0.10) | (rasters.crown[padded.slices] > 0)
        truth[hidden | (rasters.shade[padded.slices] > 60) | (crop == 0)] = 255
        return truth

    def _reflect(
        self,
        padded: Rect,
        ids: npt.NDArray[np.intp],
        look: dict[str, Field],
        streaks: tuple[Field, Field],
        sky: list[Field],
    ) -> list[Field]:
        """Reflectance at the sensor before blur and noise, one float32 (h + 2, w + 2) a band."""
        across, starved = streaks
        chlorosis, thinning, wet, bruise = (
            enlarge(field, STRESS_STEP_PX, padded)
            for field in (self._stress.chlorosis, self._stress.thinning, self._stress.wet, self._stress.bruise)
        )
        soil_map = enlarge(self._soil, SOIL_STEP_PX, padded)
        grain = window(self._grain, padded)
        rows = self._row_effect(across, ids, look)
        np.maximum(chlorosis, starved, out=chlorosis)
        thinning += 0.2 * starved
        vigour = soil_map * look["patchy"] + rows * 0.6
        for damage in (chlorosis, thinning, bruise):
            damage *= look["crop"] * (1 + 0.22 * grain)
        cover = look["cover"] * (1 + 0.7 * vigour) * (1 - np.clip(thinning, 0, 1))
        cover *= 1 - _wheels(across) * look["tram"]
        np.clip(cover, 0, 1, out=cover)
        soil_light = look["soil"] * (1 + 0.07 * soil_map + rows * (look["crop"] == 0))
        fine = 1 + look["grain"] * grain
        light = self._light(padded, sky)
        bands = []
        for index in range(len(spectra.BANDS)):
            canopy = self._healthy[index][ids] * (1 + np.float32(_VIGOUR[index]) * vigour)
            canopy += self._starving[index][ids] * chlorosis
            canopy += (spectra.BRUISED[index] - canopy) * bruise
            soil = (spectra.SOIL[index] + np.float32(spectra.MUD[index] - spectra.SOIL[index]) * wet) * soil_light
            soil += (canopy - soil) * cover
            bands.append(self._overhead(padded, index, soil * fine, light, sky, fine))
        return bands

    def _across(self, padded: Rect, look: dict[str, Field]) -> Field:
        """Distance across the rows of whatever field a pixel is in, metres."""
        pixel_m = self._land.pixel_m
        columns = (np.arange(padded.x, padded.right, dtype=np.float32) - PADDING_PX + 0.5) * pixel_m
        lines = (np.arange(padded.y, padded.bottom, dtype=np.float32) - PADDING_PX + 0.5) * pixel_m
        x = columns[None, :] - enlarge(self._land.bend_x, BEND_STEP_PX, padded)
        y = lines[:, None] - enlarge(self._land.bend_y, BEND_STEP_PX, padded)
        result: Field = y * look["cosine"] - x * look["sine"] - look["offset_m"]
        return result

    def _row_effect(self, across: Field, ids: npt.NDArray[np.intp], look: dict[str, Field]) -> Field:
        lines = self._rows[((across * 4).astype(np.int32) + (ids * 997).astype(np.int32)) & (len(self._rows) - 1)]
        bands = np.sign(np.mod(across / 18.0, 1) - 0.5)
        result: Field = lines * look["streak"] + bands * look["swath"]
        return result

    def _light(self, padded: Rect, sky: list[Field]) -> Field:
        """Share of the direct sun that is missing at each pixel."""
        shade = self._land.rasters.shade[padded.slices] * np.float32(1 / 255)
        result: Field = np.maximum(shade, sky[1])
        return result

    def _overhead(self, padded: Rect, index: int, ground: Field, dark: Field, sky: list[Field], fine: Field) -> Field:
        """Shade, trees, and clouds over the ground's reflectance."""
        crown = self._land.rasters.crown[padded.slices]
        lost = np.float32(1 - spectra.DIFFUSE[index])
        value: Field = ground * (1 - lost * dark)
        if crown.any():
            tree = crown * np.float32(spectra.CROWN[index] / 100) * fine * (1 - lost * sky[1])
            np.copyto(value, tree, where=crown > 0)
        if sky[0].any():
            value += (spectra.CLOUD[index] * sky[2] - value) * sky[0]
        return value


def _row_profile(rng: np.random.Generator) -> Field:
    """Brightness across 2 048 m of rows, a value every 0.25 m: single rows, and passes of a 3 m drill that differ."""
    fine = np.convolve(rng.standard_normal(8192), np.ones(4) / 2, mode="same")
    passes = np.repeat(rng.standard_normal(683), 12)[:8192]
    result: Field = (0.75 * fine + 0.65 * passes).astype(np.float32)
    return result


def _frame_gain(rng: np.random.Generator, side: int) -> tuple[Field, Field]:
    """Gain down and across: a little darker to the edges of each flight strip, detectors that differ slightly."""
    position = np.arange(side) / side
    strip = np.mod(position * 5, 1) * 2 - 1
    across = 1 - 0.035 * strip**2 + rng.normal(0, 0.0025, side) + rng.normal(0, 0.008, 6)[(position * 5).astype(int)]
    down = 1 - 0.02 * (2 * position - 1) ** 2 + rng.normal(0, 0.001, side)
    return down.astype(np.float32), across.astype(np.float32)


def _wheels(across: Field) -> Field:
    """1 in the two wheel tracks of every tramline, 0 elsewhere."""
    middle = across / TRAMLINE_M
    middle -= np.rint(middle)
    off = np.abs(np.abs(middle) * TRAMLINE_M - 0.95)
    result: Field = np.clip((0.62 - off) / 0.35, 0, 1)
    return result


def _blur(band: Field) -> Field:
    """The optics' point spread, a 3 x 3 kernel; drops the padding."""
    down = band[:-2] * np.float32(0.2) + band[1:-1] * np.float32(0.6) + band[2:] * np.float32(0.2)
    result: Field = down[:, :-2] * np.float32(0.2) + down[:, 1:-1] * np.float32(0.6) + down[:, 2:] * np.float32(0.2)
    return result
