"""Crop stress in the shapes an agronomist knows: wet hollows, starved drill lines, pest foci, a hail swath."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from core.demo.drawing import PADDING_PX
from core.demo.farmland import BEND_STEP_PX, TRAMLINE_M, Farmland
from core.demo.noise import Field, broad, enlarge, fractal, generator, smoothstep
from core.geometry import Rect

STRESS_STEP_PX = 4
_VISIBLE_SHARE = 0.115  # of the crop cells
VISIBLE = 0.35  # severity from which a crop counts as unhealthy: an attentive eye sees it in false colour

# How much a crop suffers from standing water.
_WET_FEET = {
    "winter wheat": 0.8, "maize": 1.0, "rapeseed": 0.75, "sugar beet": 0.95, "winter barley": 0.85,
    "meadow": 0.12, "mown meadow": 0.12,
}  # fmt: skip
_HAIL = {"meadow": 0.3, "mown meadow": 0.15}


@dataclass(frozen=True)
class Streaks:
    """Starved stripes along the rows, too narrow for the coarse grid: profiles across the rows, and how they fade."""

    STEP_M = 0.5

    fade: Field  # 0..1, one cell per 4 px of the padded layers
    profiles: Field  # (kind, place across the rows); kind 0 has none
    kind: npt.NDArray[np.intp]  # of every surface id

    def at(self, ids: npt.NDArray[np.integer], across: Field, fade: Field) -> Field:
        """Starvation 0..1 of pixels with these surface ids, metres across their rows, and fade."""
        kinds = self.kind[ids]
        if not kinds.any():
            return np.zeros_like(across)
        place = np.mod((across / self.STEP_M).astype(np.int32), self.profiles.shape[1])
        result: Field = np.clip(self.profiles[kinds, place] * fade, 0, 1)
        return result


@dataclass(frozen=True)
class Stress:
    """Kinds of damage, 0..1, float32, one cell per 4 px of the padded layers; 0 outside crops except `wet`."""

    chlorosis: Field  # starved leaves: yellow, red edge shifted to shorter waves; without the streaks
    thinning: Field  # plants missing
    wet: Field  # soil darkened by water
    bruise: Field  # torn and drying leaves
    severity: Field  # of all together but the streaks, as the mask judges it
    streaks: Streaks


@dataclass(frozen=True)
class _Ground:
    """The coarse grid that stress is made on: where each cell lies, in metres and across its field's own rows."""

    x: Field
    y: Field
    across: Field
    ids: npt.NDArray[np.uint16]  # surfaces
    parcel: npt.NDArray[np.int32]  # -1 outside parcels
    crop: npt.NDArray[np.bool_]
    cell_m: float

    def susceptibility(self, farmland: Farmland, table: dict[str, float], default: float) -> Field:
        """A value a crop, spread over its parcels."""
        values = [table.get(crop, default) for crop in farmland.parcel_crops]
        result: Field = np.append(np.array(values, np.float32), np.float32(0))[self.parcel]
        return result


def coarse_indexes(side: int, step: int) -> npt.NDArray[np.intp]:
    """The middle pixel of every coarse cell along one side of the padded layers."""
    return np.minimum(np.arange(math.ceil(side / step)) * step + step // 2, side - 1)


def build_stress(seed: int, farmland: Farmland, clear: npt.NDArray[np.bool_]) -> Stress:
    """Damage such that about a ninth of the crop cells in `clear` (coarse grid: no cloud, no nodata) is visible."""
    ground = _ground(farmland)
    hollow, wet = _hollows(generator(seed, "hollows"), farmland, ground)
    streaks = _streaks(generator(seed, "streaks"), farmland, ground)
    eaten, ring = _foci(generator(seed, "foci"), farmland, ground)
    hail = _hail(generator(seed, "hail"), farmland, ground)
    severity = np.maximum.reduce([hollow, eaten, ring * 0.9, hail])
    starved = streaks.at(ground.ids, ground.across, streaks.fade)
    gain = np.float32(_gain(np.maximum(severity, starved), ground.crop & clear, _VISIBLE_SHARE))
    hollow, eaten, ring, hail = (np.clip(one * gain, 0, 1) for one in (hollow, eaten, ring, hail))
    return Stress(
        chlorosis=np.clip(0.55 * hollow + 0.85 * ring + 0.2 * hail, 0, 1),
        thinning=np.clip(0.95 * hollow**2 + 0.8 * eaten + 0.42 * hail, 0, 0.97),
        wet=wet,
        bruise=np.clip(0.8 * hail + 0.75 * eaten, 0, 1),
        severity=np.clip(severity * gain, 0, 1),
        streaks=replace(streaks, fade=streaks.fade * gain),
    )


def _ground(farmland: Farmland) -> _Ground:
    rasters, pixel_m = farmland.rasters, farmland.pixel_m
    picks = coarse_indexes(rasters.surface.shape[0], STRESS_STEP_PX)
    ids = _spread(rasters.surface[np.ix_(picks, picks)], rasters.table.column("parcel") >= 0)
    whole = Rect(0, 0, len(picks), len(picks))
    metres = ((picks - PADDING_PX + 0.5) * pixel_m).astype(np.float32)
    bends = [enlarge(bend, BEND_STEP_PX // STRESS_STEP_PX, whole) for bend in (farmland.bend_x, farmland.bend_y)]
    x, y = metres[None, :] - bends[0], metres[:, None] - bends[1]
    table = rasters.table
    angle = table.column("angle")
    cosine, sine = np.cos(angle)[ids], np.sin(angle)[ids]
    across = y * cosine - x * sine - table.column("offset_m")[ids]
    parcel = table.column("parcel").astype(np.int32)[ids]
    crop = table.column("crop").astype(bool)[ids]
    return _Ground(x, y, across, ids, parcel, crop, STRESS_STEP_PX * pixel_m)


def _spread(ids: npt.NDArray[np.uint16], is_field: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint16]:
    """Let fields reach one cell beyond their edge, so that enlarging does not thin out their damage there."""
    fields = np.where(is_field[ids], ids, 0).astype(np.uint16)
    return np.where(fields > 0, fields, ndimage.maximum_filter(fields, 3))


def _gain(severity: Field, counted: npt.NDArray[np.bool_], share: float) -> float:
    """The factor that lifts `share` of the counted cells over the visible threshold, within reason."""
    if not counted.any():
        return 1.0
    level = float(np.quantile(severity[counted], 1 - share))
    return float(np.clip(VISIBLE / max(level, 1e-3), 0.6, 3.0))


def _hollows(rng: np.random.Generator, farmland: Farmland, ground: _Ground) -> tuple[Field, Field]:
    """Damage and wetness in depressions: rounded, with ragged rims, across field boundaries."""
    shape = ground.x.shape
    size_m = shape[0] * ground.cell_m
    wavelength = min(300.0, size_m / 2.5) / ground.cell_m
    # Old channels of the stream: long, winding, broken into basins.
    relief = 0.75 * broad(rng, shape, wavelength, 4) - 1.1 * np.abs(broad(rng, shape, wavelength * 1.2, 4))
    floor = float(np.quantile(relief, 0.915))
    drowned = smoothstep(relief, floor, floor + 0.85)
    damage = drowned * ground.susceptibility(farmland, _WET_FEET, 0.0)
    return damage, np.where(ground.parcel >= 0, smoothstep(relief, floor - 0.3, floor + 0.7), 0).astype(np.float32)


def _chosen(rng: np.random.Generator, farmland: Farmland, share: float, barred: tuple[str, ...] = ()) -> list[int]:
    fields = [parcel for parcel in farmland.crop_parcels if farmland.parcel_crops[parcel] not in barred]
    count = min(max(round(len(fields) * share), 2), len(fields))
    return sorted(int(parcel) for parcel in rng.permutation(fields)[:count])


def _streaks(rng: np.random.Generator, farmland: Farmland, ground: _Ground) -> Streaks:
    """Starved stripes along the drill direction: between spreader passes, or where single coulters were blocked."""
    parcels = _chosen(rng, farmland, 0.16, ("meadow", "mown meadow"))
    across = np.arange(960) * Streaks.STEP_M  # twenty tramlines, so that the profile may repeat
    profiles = [np.zeros_like(across)]
    for number in range(len(parcels)):
        if number % 2:  # the spreader throws too short: every gap between two tramlines starves
            gap = np.abs(np.mod(across / TRAMLINE_M, 1) - 0.5) * TRAMLINE_M
            profile = 1 - smoothstep(gap, 0.5, rng.uniform(5.0, 8.5))
        else:  # passes of a 3 m drill
            passes = np.where(rng.random(160) < 0.4, 0.3 + 0.7 * rng.random(160), 0)
            profile = ndimage.gaussian_filter1d(np.repeat(passes, 6), 0.8, mode="wrap")
        profiles.append(profile * rng.uniform(0.6, 1.0))
    wave = np.sin(ground.x / rng.uniform(60, 90) + ground.y / rng.uniform(60, 90)) * 0.5
    fade = smoothstep(broad(rng, ground.x.shape, 240 / ground.cell_m, 3) + wave, -0.7, 0.8)
    kind_of = {parcel: kind for kind, parcel in enumerate(parcels, start=1)}
    kinds = [kind_of.get(surface.parcel, 0) for surface in farmland.rasters.table.surfaces]
    return Streaks(fade, np.array(profiles, np.float32), np.array(kinds, np.intp))


def _foci(rng: np.random.Generator, farmland: Farmland, ground: _Ground) -> tuple[Field, Field]:
    """Eaten centres and the yellow rings round them: a few mother patches, smaller daughters near by."""
    core = np.zeros(ground.x.shape, np.float32)
    ring = np.zeros(ground.x.shape, np.float32)
    ragged = fractal(rng, ground.x.shape, 14 / ground.cell_m, 2)
    for parcel in _chosen(rng, farmland, 0.20, ("mown meadow",)):
        rows, columns = np.nonzero(ground.parcel == parcel)
        if rows.size < 30:
            continue
        for _ in range(1 + rng.poisson(rows.size * ground.cell_m**2 / 22_000)):
            pick = int(rng.integers(rows.size))
            radius = float(np.clip(rng.lognormal(2.3, 0.5), 4, 30))
            place = np.array([rows[pick], columns[pick]], float)
            _focus(ground, (core, ring), ragged, parcel, place, radius)
            for _ in range(int(rng.integers(0, 5))):
                nearby = place + rng.normal(0, 1.7 * radius / ground.cell_m, 2)
                _focus(ground, (core, ring), ragged, parcel, nearby, radius * float(rng.uniform(0.25, 0.5)))
    return core, ring


def _focus(
    ground: _Ground,
    fields: tuple[Field, Field],
    ragged: Field,
    parcel: int,
    place: npt.NDArray[np.float64],
    radius_m: float,
) -> None:
    reach = int(radius_m * 1.9 / ground.cell_m) + 2
    row, column = int(place[0]), int(place[1])
    part = (slice(max(row - reach, 0), max(row + reach, 0)), slice(max(column - reach, 0), max(column + reach, 0)))
    y, x = np.mgrid[part]
    distance = np.hypot(y - place[0], x - place[1]) * ground.cell_m / radius_m
    distance = distance[: ragged[part].shape[0], : ragged[part].shape[1]] + 0.22 * ragged[part]
    inside = ground.parcel[part] == parcel
    core, ring = fields[0][part], fields[1][part]
    np.maximum(core, np.where(inside, 1 - smoothstep(distance, 0.35, 0.95), 0), out=core)
    np.maximum(ring, np.where(inside, 0.85 * (1 - smoothstep(distance, 0.8, 1.5)), 0), out=ring)


def _hail(rng: np.random.Generator, farmland: Farmland, ground: _Ground) -> Field:
    """One band across the scene, as wide as the core of a thunderstorm's shaft, torn at the edges, in gusts."""
    size_m = ground.x.shape[0] * ground.cell_m
    width_m = min(float(rng.uniform(150, 210)), size_m * 0.11)
    angle = math.radians(float(rng.uniform(-50, -15)))
    normal = np.array([-math.sin(angle), math.cos(angle)])
    middle = float(np.array([0.5, 0.5]) @ normal) + float(rng.uniform(-0.22, 0.22))
    torn = broad(rng, ground.x.shape, 170 / ground.cell_m, 4)
    distance = np.abs(ground.x * normal[0] + ground.y * normal[1] - middle * size_m) / (width_m / 2)
    band = 1 - smoothstep(distance + 0.28 * torn, 0.45, 1.15)
    gusts = 0.62 + 0.2 * broad(rng, ground.x.shape, 60 / ground.cell_m, 3)
    result: Field = np.clip(band * gusts, 0, 1) * ground.susceptibility(farmland, _HAIL, 1.0)
    return result
