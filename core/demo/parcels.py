"""How land is divided: fields cut from blocks, blocks cut by roads, and the slight bends that nothing straight keeps.

Coordinates are metres from the scene's upper left corner, x to the right and y down; polygons are float64 (N, 2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from scipy import ndimage

from core.demo.noise import Field, fractal

Points = npt.NDArray[np.float64]

_BEND_M = 8.0  # from one point of a line that is to be bent to the next
GAP_M = {"road": 11.0, "track": 5.0, "hedge": 5.5, "strip": 2.0, "furrow": 0.7}


@dataclass(frozen=True)
class Border:
    """A straight line between parcels before it is bent: what lies there, and from where to where."""

    kind: str  # a key of GAP_M
    start: Points
    end: Points

    @property
    def length_m(self) -> float:
        return float(np.hypot(*(self.end - self.start)))

    def at(self, distance_m: float, aside_m: float = 0.0) -> Points:
        """The point `distance_m` along the line and `aside_m` to its right."""
        along = (self.end - self.start) / max(self.length_m, 1e-9)
        return self.start + along * distance_m + np.array([-along[1], along[0]]) * aside_m

    @property
    def angle(self) -> float:
        """Radians from the x axis towards y, -π…π."""
        dx, dy = self.end - self.start
        return math.atan2(dy, dx)


@dataclass(frozen=True)
class Layout:
    """The division of the land: convex parcels and the borders between them."""

    parcels: list[Points] = field(default_factory=list)
    borders: list[Border] = field(default_factory=list)


class Bend:
    """A gentle displacement of the plane, the same for every line: neighbours stay neighbours."""

    STEP_M = 16.0

    def __init__(self, rng: np.random.Generator, size_m: float) -> None:
        self._margin_m = 0.25 * size_m
        cells = math.ceil(1.5 * size_m / self.STEP_M) + 2
        self._wide = [9.0 * fractal(rng, (cells, cells), 900 / self.STEP_M, 2) for _ in range(2)]
        self._fine = [0.6 * fractal(rng, (cells, cells), 110 / self.STEP_M, 2) for _ in range(2)]

    def __call__(self, points: Points) -> Points:
        """Where `points` (N, 2) of the straight plan lie on the ground."""
        both = [wide + fine for wide, fine in zip(self._wide, self._fine, strict=True)]
        return points + self._sample(both, points)

    def undo_wide(self, size: int, step_m: float) -> tuple[Field, Field]:
        """What to subtract from x and y on the ground to be in the straight plan, on a (size, size) grid.

        Only the wide bends: machines follow a field's sweep, not its ragged edge.
        """
        centres = (np.arange(size) + 0.5) * step_m
        ground = np.stack([axis.ravel() for axis in np.meshgrid(centres, centres)], axis=1)
        shift = np.zeros_like(ground)
        for _ in range(4):  # fixed point of shift = bend(ground - shift); the bend is a contraction
            shift = self._sample(self._wide, ground - shift)
        dx, dy = (shift[:, axis].reshape(size, size).astype(np.float32) for axis in (0, 1))
        return dx, dy

    def _sample(self, fields: list[Field], points: Points) -> Points:
        places = (points[:, ::-1].T + self._margin_m) / self.STEP_M
        sampled = [ndimage.map_coordinates(one, places, order=1, mode="nearest") for one in fields]
        return np.stack(sampled, axis=1).astype(np.float64)


def area(polygon: Points) -> float:
    """In square metres."""
    x, y = polygon.T
    return float(abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1))) / 2)


def keep_side(polygon: Points, point: Points, normal: Points, beyond_m: float = 0.0) -> Points:
    """The part of a convex polygon more than `beyond_m` from `point` along `normal` (Sutherland and Hodgman, 1974)."""
    distance = (polygon - point) @ normal - beyond_m
    kept: list[Points] = []
    for here, there, d_here, d_there in zip(
        polygon, np.roll(polygon, -1, axis=0), distance, np.roll(distance, -1), strict=True
    ):
        if d_here >= 0:
            kept.append(here)
        if (d_here >= 0) != (d_there >= 0):
            kept.append(here + (there - here) * (d_here / (d_here - d_there)))
    return np.array(kept).reshape(-1, 2)


def extents(polygon: Points, angle: float) -> tuple[float, float]:
    """Length of a polygon along `angle` and across it, in metres."""
    along = polygon @ np.array([math.cos(angle), math.sin(angle)])
    across = polygon @ np.array([-math.sin(angle), math.cos(angle)])
    return float(np.ptp(along)), float(np.ptp(across))


def longest_edge_angle(polygon: Points) -> float:
    """Its direction: radians from the x axis towards y, -π…π."""
    edges = np.roll(polygon, -1, axis=0) - polygon
    dx, dy = edges[np.argmax(np.hypot(*edges.T))]
    return math.atan2(dy, dx)


def densify(line: Points, closed: bool = True) -> Points:
    """More points on the same line, so that it can be bent."""
    ends = np.roll(line, -1, axis=0) if closed else line[1:]
    pieces = []
    for start, end in zip(line, ends, strict=False):
        count = max(int(np.hypot(*(end - start)) / _BEND_M), 1)
        pieces.append(start + (end - start) * (np.arange(count) / count)[:, None])
    if not closed:
        pieces.append(line[-1:])
    return np.concatenate(pieces)


def ribbon(line: Points, width_m: float) -> Points:
    """The polygon of a band of `width_m` along an open polyline."""
    direction = np.gradient(line, axis=0)
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    aside = direction[:, ::-1] * np.array([-1.0, 1.0]) * (width_m / 2)
    return np.concatenate([line + aside, (line - aside)[::-1]])


def divide(rng: np.random.Generator, size_m: float) -> Layout:
    """Cut a square with a little surplus into blocks and blocks into parcels, as heirs and road builders did."""
    margin = 0.08 * size_m
    low, high = -margin, size_m + margin
    root = np.array([[low, low], [high, low], [high, high], [low, high]])
    mean_parcel_m2 = min(45_000.0, size_m**2 / 9)
    layout = Layout()
    open_parts: list[tuple[Points, float, int]] = [
        (root, math.radians(rng.uniform(8, 24)) + int(rng.integers(2)) * math.pi / 2, 0)
    ]
    while open_parts:
        part, axis, depth = open_parts.pop()
        if depth > 2 and area(part) < mean_parcel_m2 * rng.lognormal(0.15, 0.5):
            layout.parcels.append(part)
            continue
        open_parts.extend(_cut(rng, part, axis, depth, layout))
    return layout


def _cut(
    rng: np.random.Generator, part: Points, axis: float, depth: int, layout: Layout
) -> list[tuple[Points, float, int]]:
    kind = _border_kind(rng, area(part), depth)
    along, across = extents(part, axis)
    if along < across:
        axis, along, across = axis + math.pi / 2, across, along
    crosswise = along / max(across, 1.0) > rng.uniform(1.3, 4.5) or kind in ("road", "track")
    sway = {"road": 9.0, "track": 3.0}.get(kind, 1.2 if rng.random() < 0.85 else 7.0)
    direction = axis + (math.pi / 2 if crosswise else 0.0) + math.radians(rng.normal(0, sway))
    normal = np.array([-math.sin(direction), math.cos(direction)])
    reach = part @ normal
    place = reach.min() + np.ptp(reach) * rng.uniform(0.36, 0.64)
    point = normal * place
    sides = [keep_side(part, point, sign * normal, GAP_M[kind] / 2) for sign in (1.0, -1.0)]
    chord = keep_side(keep_side(part, point, normal, -0.01), point, -normal, -0.01)
    if len(chord) >= 2:
        ordered = chord[np.argsort(chord @ np.array([math.cos(direction), math.sin(direction)]))]
        layout.borders.append(Border(kind, ordered[0], ordered[-1]))
    follow = direction if kind in ("road", "track") else axis
    return [(side, follow, depth + 1) for side in sides if len(side) >= 3 and min(extents(side, follow)) > 12]


def _border_kind(rng: np.random.Generator, area_m2: float, depth: int) -> str:
    hectares = area_m2 / 10_000
    if depth == 0 or hectares > 200:
        return "road"
    if hectares > 40 or (depth == 1 and hectares > 10):
        return "track"
    if hectares > 14:
        return str(rng.choice(["track", "hedge", "strip", "furrow"], p=[0.25, 0.35, 0.25, 0.15]))
    return str(rng.choice(["hedge", "strip", "furrow"], p=[0.12, 0.33, 0.55]))
