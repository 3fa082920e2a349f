"""A generated landscape: parcels with crops, roads and tracks, hedgerows, water, a village and farmsteads."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from core.demo import spectra
from core.demo.drawing import Drawing, Rasters, lit_roof
from core.demo.noise import Field, generator
from core.demo.parcels import (
    GAP_M,
    Bend,
    Border,
    Layout,
    Points,
    densify,
    divide,
    extents,
    keep_side,
    longest_edge_angle,
    ribbon,
)

TRAMLINE_M = 24.0  # working width of sprayer and spreader
BEND_STEP_PX = 32


@dataclass(frozen=True)
class Farmland:
    """What is on the ground. `bend_x`, `bend_y` (metres, one cell per 32 px of the padded layers) lead from the
    ground to the plan in which rows are straight."""

    rasters: Rasters
    bend_x: Field
    bend_y: Field
    crop_parcels: tuple[int, ...]
    parcel_crops: tuple[str, ...]
    pixel_m: float


def build_farmland(seed: int, size_px: int, pixel_m: float) -> Farmland:
    """Plan and draw a square of `size_px` pixels of `pixel_m` metres."""
    rng = generator(seed, "plan")
    size_m = size_px * pixel_m
    bend = Bend(generator(seed, "bend"), size_m)
    layout = divide(rng, size_m)
    drawing = Drawing(bend, size_px, pixel_m)
    crops = _sow(generator(seed, "crops"), drawing, layout)
    _settle(generator(seed, "settlement"), drawing, layout)
    _water(generator(seed, "water"), drawing)
    _roads(drawing, layout)
    _houses(generator(seed, "houses"), drawing, layout)
    _hedges(generator(seed, "hedges"), drawing, layout)
    rasters = drawing.render(generator(seed, "trees"))
    cells = math.ceil(rasters.surface.shape[0] / BEND_STEP_PX)
    bend_x, bend_y = bend.undo_wide(cells, BEND_STEP_PX * pixel_m)
    crop_parcels = tuple(index for index, crop in enumerate(crops) if crop in spectra.CROPS and crop != "bare")
    return Farmland(rasters, bend_x, bend_y, crop_parcels, tuple(crops), pixel_m)


def _sow(rng: np.random.Generator, drawing: Drawing, layout: Layout) -> list[str]:
    """Give every parcel a crop, draw it; returns the crops in the order of the parcels."""
    deck: list[str] = []
    crops = []
    order = rng.permutation(len(layout.parcels))
    woods = set(order[: round(len(order) * 0.025)]) if drawing.size_m > 1000 else set()
    for index, outline in enumerate(layout.parcels):
        if not deck:
            deck = [str(crop) for crop in rng.permutation(spectra.ROTATION)]
        crop = "wood" if index in woods else deck.pop()
        crops.append(crop)
        if crop == "wood":
            _wood(rng, drawing, outline)
        else:
            _field(rng, drawing, outline, replace(spectra.grown(rng, spectra.CROPS[crop]), parcel=index))
    return crops


def _field(rng: np.random.Generator, drawing: Drawing, outline: Points, crop: spectra.Surface) -> None:
    """The parcel's rows along its longest edge, and headlands across them where the machines turn."""
    angle = longest_edge_angle(outline)
    normal = np.array([-math.sin(angle), math.cos(angle)])
    first_m = float((outline @ normal).min()) + TRAMLINE_M / 2
    drawing.fill(outline, drawing.add(replace(crop, angle=angle, offset_m=first_m)))
    if crop.tram < 0.2 or extents(outline, angle)[0] < 90:
        return
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        turned = math.atan2(*(end - start)[::-1])
        length = math.hypot(*(end - start))
        if abs(math.sin(turned - angle)) < 0.5 or length < 15:
            continue
        inward = np.array([-math.sin(turned), math.cos(turned)])
        if (outline.mean(axis=0) - start) @ inward < 0:
            inward = -inward
        strip = keep_side(outline, start + inward * TRAMLINE_M * 0.85, -inward)
        across = np.array([-math.sin(turned), math.cos(turned)])
        line_m = float((start + inward * TRAMLINE_M / 2) @ across)
        if len(strip) >= 3:
            headland = replace(crop, angle=turned, offset_m=line_m, cover=crop.cover * float(rng.uniform(0.9, 1.0)))
            drawing.fill(strip, drawing.add(headland))


def _scatter(rng: np.random.Generator, outline: Points, spacing_m: float, jitter: float) -> Points:
    """Points on a shaken grid inside a convex polygon, float64 (N, 2)."""
    low, high = outline.min(axis=0), outline.max(axis=0)
    x, y = np.meshgrid(np.arange(low[0], high[0], spacing_m), np.arange(low[1], high[1], spacing_m))
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    points += rng.uniform(-jitter, jitter, points.shape) * spacing_m
    centre = outline.mean(axis=0)
    inside = np.ones(len(points), bool)
    for start, end in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        normal = np.array([start[1] - end[1], end[0] - start[0]])
        inside &= ((points - start) @ normal) * ((centre - start) @ normal) > 0
    return points[inside]


def _wood(rng: np.random.Generator, drawing: Drawing, outline: Points) -> None:
    drawing.fill(outline, drawing.add(spectra.FOREST_FLOOR))
    for place in _scatter(rng, outline, 4.0, 0.45):
        drawing.tree(place, float(rng.uniform(1.9, 4.2)), float(rng.normal(1.12, 0.16)))


def _settle(rng: np.random.Generator, drawing: Drawing, layout: Layout) -> None:
    """Gardens and yards come before roads and houses."""
    garden, yard = drawing.add(spectra.GARDEN), drawing.add(spectra.YARD)
    for road, from_m, to_m in _villages(drawing, layout):
        band = np.array([road.at(from_m - 25), road.at((from_m + to_m) / 2), road.at(to_m + 25)])
        drawing.fill(ribbon(densify(band, closed=False), 118), garden)
        for _ in range(int((to_m - from_m) / 4)):
            aside = float(rng.choice([-1, 1]) * rng.uniform(14, 57))
            drawing.tree(road.at(float(rng.uniform(from_m - 20, to_m + 20)), aside), float(rng.uniform(1.2, 4.0)))
    for track, at_m in _farmsteads(drawing, layout):
        line = np.array([track.at(at_m - 42, 42), track.at(at_m, 42), track.at(at_m + 42, 42)])
        drawing.fill(ribbon(line, 84), garden)
        drawing.fill(ribbon(line * 0.8 + line.mean(axis=0) * 0.2, 46), yard)
        for _ in range(26):
            side = float(rng.choice([rng.uniform(72, 82), rng.uniform(4, 14)]))
            drawing.tree(track.at(at_m + float(rng.uniform(-44, 44)), side), float(rng.uniform(1.8, 5.0)))


def _villages(drawing: Drawing, layout: Layout) -> list[tuple[Border, float, float]]:
    """(road, from, to in metres along it): one village where a road is long enough, near its middle."""
    roads = [road for road in layout.borders if road.kind == "road" and road.length_m > 900]
    if not roads:
        return []
    middle = np.full(2, drawing.size_m / 2)
    road = min(roads, key=lambda one: abs(np.hypot(*(one.at(one.length_m * 0.6) - middle)) - drawing.size_m * 0.3))
    start = road.length_m * 0.6 - 210
    return [(road, start, start + 420)]


def _farmsteads(drawing: Drawing, layout: Layout) -> list[tuple[Border, float]]:
    tracks = [track for track in layout.borders if track.kind == "track" and track.length_m > 300]
    inside = [track for track in tracks if (abs(track.at(track.length_m * 0.4) / drawing.size_m - 0.5) < 0.42).all()]
    count = min(round(drawing.size_m / 900), 3)
    return [(track, track.length_m * 0.4) for track in inside[:: max(len(inside) // max(count, 1), 1)][:count]]


def _water(rng: np.random.Generator, drawing: Drawing) -> None:
    """A stream that winds through, with grassy banks, alders, and a pond beside it."""
    size = drawing.size_m
    grass, water = drawing.add(spectra.GRASS), drawing.add(spectra.WATER)
    drawing.keep_treeless(water)
    steps = np.arange(-0.1 * size, 1.1 * size, 5.0)
    side = size * (0.30 + 0.25 * rng.random()) + steps * rng.normal(0, 0.12)
    for wavelength, height in ((1100, 55), (340, 22), (120, 8)):
        wave = np.sin(2 * math.pi * (steps / (wavelength * rng.uniform(0.85, 1.2)) + rng.random()))
        side = side + wave * min(height, size * 0.02)
    line = np.stack([steps, side], axis=1)[:, :: int(rng.choice([1, -1]))]
    drawing.fill(ribbon(line, 17), grass)
    drawing.fill(ribbon(line, 3.4), water)
    phase = float(rng.uniform(0, 6))
    for point in line[::2]:
        if rng.random() < 0.5 * max(math.sin((point[0] + point[1]) / 70 + phase) + 0.3, 0.05):
            drawing.tree(point + rng.normal(0, 3.5, 2), float(rng.uniform(1.6, 4.2)), float(rng.normal(0.95, 0.1)))
    if size > 400:
        _pond(rng, drawing, line[int(len(line) * rng.uniform(0.35, 0.65))], (grass, water))


def _pond(rng: np.random.Generator, drawing: Drawing, place: Points, surfaces: tuple[int, int]) -> None:
    turn = np.linspace(0, 2 * math.pi, 60, endpoint=False)
    waves = [rng.uniform(0, 0.22 / k) * np.cos(k * turn + rng.uniform(0, 6)) for k in (2, 3, 4, 5)]
    radius = (1 + np.sum(waves, axis=0)) * rng.uniform(22, 34)
    shore = np.stack([np.cos(turn) * 1.5, np.sin(turn)], axis=1) * radius[:, None]
    centre = place + np.array([0.0, 38.0])
    drawing.fill(centre + shore * 1.45, surfaces[0])
    drawing.fill(centre + shore, surfaces[1])
    for angle in rng.uniform(0, 2 * math.pi, 30):
        reach = shore[int(angle / (2 * math.pi) * 60) % 60] * rng.uniform(1.12, 1.4)
        drawing.tree(centre + reach, float(rng.uniform(1.5, 4.0)))


def _roads(drawing: Drawing, layout: Layout) -> None:
    verge, gravel, asphalt = (drawing.add(one) for one in (spectra.GRASS, spectra.GRAVEL, spectra.ASPHALT))
    worn = drawing.add(replace(spectra.GRASS, cover=0.8))
    drawing.keep_treeless(gravel, asphalt, worn)
    for kind in ("track", "road"):
        for border in layout.borders:
            if border.kind != kind:
                continue
            line = densify(np.array([border.at(-4), border.at(border.length_m + 4)]), closed=False)
            drawing.fill(ribbon(line, GAP_M[kind]), verge)
            drawing.fill(ribbon(line, 5.6 if kind == "road" else 3.0), asphalt if kind == "road" else gravel)
            if kind == "track":
                drawing.fill(ribbon(line, 0.9), worn)


def _houses(rng: np.random.Generator, drawing: Drawing, layout: Layout) -> None:
    for road, from_m, to_m in _villages(drawing, layout):
        for side in (-1.0, 1.0):
            for row_m in (17.0, 41.0):
                place = from_m
                while place < to_m:
                    place += float(rng.uniform(17, 30))
                    if rng.random() < 0.85:
                        centre = road.at(place, side * (row_m + float(rng.uniform(-2, 3))))
                        _house(rng, drawing, centre, road.angle, (9.0, 15.0))
    for track, at_m in _farmsteads(drawing, layout):
        for along, aside, turned, size in ((-24, 26, 0, 22), (22, 24, 1, 26), (-20, 60, 0, 34), (24, 58, 1, 30)):
            angle = track.angle + turned * math.pi / 2
            _house(rng, drawing, track.at(at_m + along, aside), angle, (size * 0.85, size * 1.15))


def _house(
    rng: np.random.Generator, drawing: Drawing, centre: Points, angle: float, length_m: tuple[float, float]
) -> None:
    length = float(rng.uniform(*length_m))
    width = min(length * float(rng.uniform(0.6, 0.85)), 15.0)
    spectrum = spectra.ROOFS[int(rng.choice(4, p=[0.5, 0.25, 0.18, 0.07]))]
    turned = angle + float(rng.choice([0, math.pi / 2], p=[0.65, 0.35])) + float(rng.normal(0, 0.03))
    drawing.house(centre, (length, width), turned, lit_roof(spectrum, rng), 5.0 + length * 0.12)


def _hedges(rng: np.random.Generator, drawing: Drawing, layout: Layout) -> None:
    """Hedgerows with gaps and single large trees; a few avenues along roads."""
    for border in layout.borders:
        avenue = border.kind == "road" and rng.random() < 0.3
        if border.kind != "hedge" and not avenue:
            continue
        place = 0.0
        gap_until = 0.0
        while place < border.length_m:
            place += float(rng.uniform(11, 15) if avenue else rng.uniform(1.4, 3.4))
            if rng.random() < 0.012:
                gap_until = place + float(rng.uniform(6, 40))
            if place < gap_until:
                continue
            if avenue:
                radius, aside = float(rng.uniform(2.2, 3.6)), float(rng.choice([-5.2, 5.2]))
            else:
                radius = float(rng.uniform(3.5, 5.2) if rng.random() < 0.06 else rng.uniform(1.1, 2.3))
                aside = float(rng.normal(0, 0.8))
            drawing.tree(border.at(place, aside), radius, float(rng.normal(0.97, 0.12)))
