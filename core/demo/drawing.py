"""From plan to pixels: surfaces, tree crowns, and the shade on the ground."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from affine import Affine
from rasterio import features
from scipy import ndimage

from core.demo.parcels import Bend, Points, densify
from core.demo.spectra import GRASS, Surface, SurfaceTable

Layer = npt.NDArray[np.uint8]

PADDING_PX = 1  # one more pixel on every side, for the sensor's blur
SHADE_DIRECTION = np.array([-0.62, -0.78])  # sun in the south-east, mid-morning
SHADE_LENGTH = 0.75  # metres of shade for every metre of height


@dataclass(frozen=True)
class Rasters:
    """A drawn landscape; every layer is (size + 2, size + 2) with one pixel of padding on each side."""

    surface: npt.NDArray[np.uint16]  # ids in `table`
    crown: Layer  # 0 no tree, else 100 times the crown's brightness
    shade: Layer  # 0..255, how much of the sun is hidden at the ground
    table: SurfaceTable


class Drawing:
    """Collects shapes in plan coordinates (metres), bends them, and turns them into layers at the end."""

    def __init__(self, bend: Bend, size_px: int, pixel_m: float) -> None:
        self.size_px = size_px
        self.pixel_m = pixel_m
        self.size_m = size_px * pixel_m
        self._bend = bend
        self._side = size_px + 2 * PADDING_PX
        self._surfaces: list[Surface] = [GRASS]
        self._shapes: list[tuple[dict[str, Any], int]] = []
        self._shadows: list[dict[str, Any]] = []
        self._roofs: list[dict[str, Any]] = []  # in the sun
        self._trees: list[tuple[float, float, float, float]] = []
        self._treeless: set[int] = set()

    def add(self, surface: Surface) -> int:
        """The id of a new surface."""
        self._surfaces.append(surface)
        return len(self._surfaces) - 1

    def keep_treeless(self, *surface_ids: int) -> None:
        """No tree stands with its trunk on these, whatever is asked for."""
        self._treeless.update(surface_ids)

    def fill(self, polygon: Points, surface_id: int, bend: bool = True) -> None:
        """Later shapes cover earlier ones. `bend=False` for what is already on the ground."""
        outline = self._bend(densify(polygon)) if bend else polygon
        if _touches(outline, self.size_m):
            self._shapes.append((_geometry(outline), surface_id))

    def house(
        self, centre: Points, size_m: tuple[float, float], angle: float, roof: tuple[Surface, Surface], height_m: float
    ) -> None:
        """A gabled roof: one half in the light, one turned away from it, and a shadow."""
        middle = self.bent(centre)
        length_m, width_m = size_m
        along = np.array([math.cos(angle), math.sin(angle)]) * length_m / 2
        across = np.array([-math.sin(angle), math.cos(angle)]) * width_m / 2
        if across @ SHADE_DIRECTION > 0:
            across = -across  # the first half looks to the sun
        corners = np.array([middle - along - across, middle + along - across])
        if not _touches(corners, self.size_m):
            return
        ridge = np.array([middle + along, middle - along])
        for sign, surface in zip((1.0, -1.0), roof, strict=True):
            eaves = np.array([middle - along + sign * across, middle + along + sign * across])
            self.fill(np.concatenate([eaves, ridge]), self.add(surface), bend=False)
        box = np.array([middle + a * along + b * across for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))])
        reach = SHADE_DIRECTION * SHADE_LENGTH * height_m
        self._shadows.extend(_geometry(box + reach * step) for step in np.linspace(0.1, 1, 6))
        self._roofs.append(_geometry(box))

    def tree(self, place: Points, radius_m: float, brightness: float = 1.0) -> None:
        """A tree at a plan point; `brightness` relative to an average crown."""
        self._trees.append((float(place[0]), float(place[1]), radius_m, brightness))

    def bent(self, point: Points) -> Points:
        """One plan point on the ground."""
        result: Points = self._bend(point[None])[0]
        return result

    def render(self, rng: np.random.Generator) -> Rasters:
        """Draw everything. Rasterising follows GDAL's pixel centre rule."""
        corner_m = -PADDING_PX * self.pixel_m
        transform = Affine(self.pixel_m, 0, corner_m, 0, self.pixel_m, corner_m)
        shape = (self._side, self._side)
        surface = np.zeros(shape, np.uint16)
        if self._shapes:
            features.rasterize(self._shapes, out=surface, transform=transform)
        shade = np.zeros(shape, np.uint8)
        if self._shadows:
            shapes = [(shadow, 235) for shadow in self._shadows] + [(roof, 0) for roof in self._roofs]
            features.rasterize(shapes, out=shade, transform=transform)
        crown = np.zeros(shape, np.uint8)
        self._plant(rng, surface, crown, shade)
        return Rasters(surface, crown, shade, SurfaceTable(tuple(self._surfaces)))

    def _plant(self, rng: np.random.Generator, surface: npt.NDArray[np.uint16], crown: Layer, shade: Layer) -> None:
        stamps = _Stamps(rng, self.pixel_m)
        trees = np.array(sorted(self._trees, key=lambda tree: tree[2])).reshape(-1, 4)
        trees[:, :2] = self._bend(trees[:, :2])
        seen = ((trees[:, :2] > -10) & (trees[:, :2] < self.size_m + 10)).all(axis=1)
        for x, y, radius_m, brightness in trees[seen].tolist():
            column, row = int(x / self.pixel_m) + PADDING_PX, int(y / self.pixel_m) + PADDING_PX
            if int(surface[min(max(row, 0), self._side - 1), min(max(column, 0), self._side - 1)]) in self._treeless:
                continue
            disc, shadow = stamps.crown(rng, radius_m)
            reach = SHADE_DIRECTION * SHADE_LENGTH * radius_m * 2.2 / self.pixel_m
            for step in (0.45, 1.0):
                dx, dy = reach * step
                _stamp(shade, shadow, column + int(dx), row + int(dy), False)
            _stamp(crown, (disc * np.float32(brightness)).astype(np.uint8), column, row, True)


class _Stamps:
    """A few dozen crowns of every size, made once and set down many times."""

    VARIANTS = 6

    def __init__(self, rng: np.random.Generator, pixel_m: float) -> None:
        self._pixel_m = pixel_m
        self._rng = rng
        self._made: dict[tuple[int, int], tuple[npt.NDArray[np.float32], Layer]] = {}

    def crown(self, rng: np.random.Generator, radius_m: float) -> tuple[npt.NDArray[np.float32], Layer]:
        """Brightness in percent, float32 (n, n), 0 outside the crown; and the shade it throws, uint8 (n, n)."""
        key = (max(round(radius_m / self._pixel_m), 1), int(rng.integers(self.VARIANTS)))
        if key not in self._made:
            disc = self._make(key[0])
            self._made[key] = disc, np.where(disc > 0, 225, 0).astype(np.uint8)
        return self._made[key]

    def _make(self, radius_px: int) -> npt.NDArray[np.float32]:
        reach = radius_px + 2
        y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1] / radius_px
        lumps = ndimage.gaussian_filter(self._rng.standard_normal(x.shape), max(radius_px / 4, 0.6))
        lumps /= lumps.std()
        distance = np.hypot(x, y) + 0.10 * lumps
        height = np.sqrt(np.clip(1 - distance**2, 0, 1))
        sunlit = 0.62 * height - 0.42 * (x * SHADE_DIRECTION[0] + y * SHADE_DIRECTION[1]) + 0.13 * lumps
        brightness = 100 * np.clip(0.55 + 0.75 * sunlit, 0.3, 1.6)
        return np.where(distance < 1, brightness, 0).astype(np.float32)


def lit_roof(spectrum: tuple[float, ...], rng: np.random.Generator) -> tuple[Surface, Surface]:
    """A roof's sunny and its averted half."""
    tone = rng.normal(1, 0.1)
    sunny, averted = (Surface(_scaled(spectrum, tone * light), grain=0.04) for light in (1.18, 0.72))
    return sunny, averted


def _scaled(spectrum: Sequence[float], factor: float) -> tuple[float, float, float, float, float]:
    blue, green, red, rededge, nir = (float(value * factor) for value in spectrum)
    return blue, green, red, rededge, nir


def _stamp(layer: Layer, stamp: Layer, column: int, row: int, replace_below: bool) -> None:
    half = stamp.shape[0] // 2
    top, left = row - half, column - half
    bottom, right = top + stamp.shape[0], left + stamp.shape[1]
    rows = slice(max(top, 0), min(bottom, layer.shape[0]))
    columns = slice(max(left, 0), min(right, layer.shape[1]))
    if rows.start >= rows.stop or columns.start >= columns.stop:
        return
    part = layer[rows, columns]
    inner = stamp[rows.start - top : rows.stop - top, columns.start - left : columns.stop - left]
    if replace_below:
        np.copyto(part, inner, where=inner > 0)
    else:
        np.maximum(part, inner, out=part)


def _touches(points: Points, size_m: float) -> bool:
    low, high = points.min(axis=0), points.max(axis=0)
    return bool((high > -5).all() and (low < size_m + 5).all())


def _geometry(outline: Points) -> dict[str, Any]:
    ring = np.concatenate([outline, outline[:1]])
    return {"type": "Polygon", "coordinates": [[(float(x), float(y)) for x, y in ring]]}
