"""From pixels to the map, to degrees, and to metres and hectares on the ground."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import rasterio.control
import rasterio.crs
import rasterio.transform
import rasterio.warp
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery.files import GDAL_ERRORS, SceneInfo

Box = tuple[float, float, float, float]  # least x and y, largest x and y on a map

_EARTH_RADIUS_M = (6_300_000.0, 6_420_000.0)  # of every ellipsoid in use, generously
_DEGREES = "OGC:CRS84"
# Axes of the WGS 84 ellipsoid, for the length of a degree.
_SEMI_MAJOR_M = 6_378_137.0
_ECCENTRICITY_SQUARED = 0.00669437999014
_TRUE = 0.004  # how far areas may be off on a map that is taken to be true
_STEPS = 32  # along each side of a Scene where the area of a pixel is measured, and between them interpolated


class Georeference:
    """Where a Scene lies. Pixel coordinates are continuous: (0, 0) is the outer corner of the first pixel.

    With ground control points only, the affine transform that fits them best takes their place.
    """

    def __init__(self, info: SceneInfo) -> None:
        self._size = (info.width, info.height)
        self._crs = _crs(info.crs_wkt)
        self._on_earth = self._crs is not None and _is_on_earth(info.crs_wkt or "")
        self._affine = _affine(info)
        self._pixel_size_m: tuple[float, float] | None = None
        self._pixel_area_m2: float | None = None
        self._is_even = True  # every pixel is as large as that at the centre
        self._measure()

    @property
    def is_georeferenced(self) -> bool:
        """False where map coordinates are nothing but pixel coordinates."""
        return self._affine is not None

    @cached_property
    def crs_name(self) -> str:
        """Such as "WGS 84 / UTM zone 32N (EPSG:32632)"; empty without a CRS."""
        if self._crs is None:
            return ""
        match = re.search(r'"([^"]+)"', self._crs.to_wkt())
        name = match.group(1) if match else ""
        code = self._crs.to_epsg(confidence_threshold=100)
        return f"{name} (EPSG:{code})" if code else name

    def to_map(self, x: float, y: float) -> tuple[float, float]:
        """Map coordinates, in the units of the CRS, of a pixel position; the position itself without georeference."""
        if self._affine is None:
            return float(x), float(y)
        a, b, c, d, e, f = tuple(self._affine)[:6]
        return a * x + b * y + c, d * x + e * y + f

    def to_pixel(self, map_x: float, map_y: float) -> tuple[float, float]:
        """The inverse of `to_map`."""
        if self._affine is None:
            return float(map_x), float(map_y)
        a, b, c, d, e, f = tuple(~self._affine)[:6]
        return a * map_x + b * map_y + c, d * map_x + e * map_y + f

    def to_degrees(self, x: float, y: float) -> tuple[float, float] | None:
        """(longitude, latitude) on WGS 84 of a pixel position; None without a CRS, off Earth, or off the map."""
        if self._affine is None or not self._on_earth:
            return None
        longitude, latitude = (float(part[0]) for part in self._all_to_degrees(np.array([x]), np.array([y])))
        if math.isnan(longitude):
            return None
        return (longitude + 180.0) % 360.0 - 180.0 if abs(longitude) > 180.0 else longitude, latitude

    def from_degrees(self, longitude: float, latitude: float) -> tuple[float, float] | None:
        """The inverse of `to_degrees`: a pixel position, also outside the Scene; None where there is no answer."""
        if self._affine is None or not self._on_earth:
            return None
        try:
            map_x, map_y = rasterio.warp.transform(_DEGREES, self._crs, [longitude], [latitude])
        except GDAL_ERRORS:
            return None
        if not (math.isfinite(map_x[0]) and math.isfinite(map_y[0])):
            return None
        return self.to_pixel(map_x[0], map_y[0])

    def in_pixels_of(
        self, other: Georeference, xs: NDArray[np.float64], ys: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where positions (n,) of this Scene lie in another one, in its pixels; NaN where nobody knows."""
        nowhere = np.full(len(xs), np.nan)
        if self._affine is None or other._affine is None:
            return nowhere, nowhere
        map_x, map_y = _applied(self._affine, xs, ys)
        if self._crs != other._crs:
            if not (self._on_earth and other._on_earth):
                return nowhere, nowhere
            try:
                map_x, map_y = map(np.array, rasterio.warp.transform(self._crs, other._crs, map_x, map_y))
            except GDAL_ERRORS:
                return nowhere, nowhere
        return _applied(~other._affine, map_x, map_y)

    def box_in_degrees(self, rect: Rect) -> Box | None:
        """The box (west, south, east, north) round `rect`; None where a corner or the middle of a side has none."""
        halves = np.array([(x, y) for x in (0, 0.5, 1) for y in (0, 0.5, 1)])
        xs, ys = rect.x + halves[:, 0] * rect.width, rect.y + halves[:, 1] * rect.height
        longitudes, latitudes = self._all_to_degrees(xs, ys)
        if np.isnan(longitudes).any():
            return None
        west, south, east, north = longitudes.min(), latitudes.min(), longitudes.max(), latitudes.max()
        return float(west), float(south), float(east), float(north)

    @property
    def is_geographic(self) -> bool:
        """Whether map coordinates are longitude and latitude themselves."""
        return self._crs is not None and bool(self._crs.is_geographic)

    def pixel_size_m(self) -> tuple[float, float] | None:
        """(width, height) of a pixel on the ground at the Scene's centre in metres; None where that is unknown."""
        return self._pixel_size_m

    def north(self) -> tuple[float, float] | None:
        """The direction of north at the Scene's centre in pixels (right, down), of length 1; None where that is
        unknown. Without a CRS that is on Earth, the second axis of the map is taken to point there."""
        if self._affine is None:
            return None
        a, b, _, d, e, _ = tuple(self._affine)[:6]
        ground = self._ground_vectors()
        vectors = np.array([[a, d], [b, e]]) if ground is None or not _area(ground) > 0 else ground
        right, down = np.linalg.solve(vectors.T, (0.0, 1.0))
        length = math.hypot(right, down)
        return float(right / length), float(down / length)

    def hectares(self, pixel_count: float, at: tuple[float, float] | None = None) -> float | None:
        """The area on the ground of so many pixels round the position `at`, by default the Scene's centre; None where
        the size of a pixel is unknown. In degrees or Mercator a pixel in the north is smaller than one in the south."""
        if self._pixel_area_m2 is None:
            return None
        return pixel_count * (self._pixel_area_m2 if at is None or self._is_even else self._pixel_area_at(*at)) / 10_000

    def _measure(self) -> None:
        """What the CRS says where it is true within 0.4 % (UTM in its zone, national grids), else measured: Mercator is
        0.7 % too large at the equator, and four times too large at 60° north."""
        nominal, ground = self._nominal_vectors(), self._ground_vectors()
        vectors = nominal if ground is None else ground
        if nominal is not None and ground is not None and abs(_area(nominal) - _area(ground)) < _TRUE * _area(ground):
            vectors = nominal
        self._is_even = vectors is nominal
        if vectors is None or not _area(vectors) > 0:
            return
        self._pixel_size_m = (float(np.hypot(*vectors[0])), float(np.hypot(*vectors[1])))
        self._pixel_area_m2 = float(_area(vectors))

    def _nominal_vectors(self) -> NDArray[np.float64] | None:
        """The steps of one column and one row, metres (2, 2), in the units of a projected or a local CRS."""
        if self._affine is None or self._crs is None:
            return None
        try:
            unit, metres = str(self._crs.units_factor[0]), float(self._crs.units_factor[1])
        except GDAL_ERRORS:
            return None
        if not re.search("met(er|re)|foot|feet|yard|chain|link", unit.lower()):  # but degrees, or nobody knows
            return None
        a, b, _, d, e, _ = tuple(self._affine)[:6]
        return np.array([[a, d], [b, e]]) * metres

    def _ground_vectors(self) -> NDArray[np.float64] | None:
        """The same at the centre, from the degrees of a pixel's edges and the length of a degree there."""
        width, height = self._size
        vectors = self._vectors_at(np.array([width / 2]), np.array([height / 2]))[0]
        return None if np.isnan(vectors).any() else vectors

    def _vectors_at(self, xs: NDArray[np.float64], ys: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same at many positions (n,): metres (n, 2, 2), NaN off the map."""
        sides = ((0.5, 0), (-0.5, 0), (0, 0.5), (0, -0.5))
        ends = [self._all_to_degrees(xs + dx, ys + dy) for dx, dy in sides]
        longitudes, latitudes = (np.stack(part) for part in zip(*ends, strict=True))
        east = (longitudes[[0, 2]] - longitudes[[1, 3]] + 180.0) % 360.0 - 180.0
        degrees = np.stack([east, latitudes[[0, 2]] - latitudes[[1, 3]]], axis=-1)  # (2, n, 2)
        ground: NDArray[np.float64] = np.radians(degrees) * _radii(np.radians(latitudes.mean(axis=0)))
        return ground.transpose(1, 0, 2)

    def _all_to_degrees(
        self, xs: NDArray[np.float64], ys: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Longitudes, as the CRS has them, and latitudes (n,) of pixel positions (n,); NaN where there are none."""
        nowhere = np.full(len(xs), np.nan)
        if self._affine is None or not self._on_earth:
            return nowhere, nowhere
        try:
            found = rasterio.warp.transform(self._crs, _DEGREES, *_applied(self._affine, xs, ys))
        except GDAL_ERRORS:
            return nowhere, nowhere
        longitudes, latitudes = (np.array(part, dtype=float) for part in found[:2])
        good = np.isfinite(longitudes) & np.isfinite(latitudes) & (np.abs(latitudes) <= 90.000001)
        return np.where(good, longitudes, np.nan), np.where(good, latitudes, np.nan)

    def _pixel_area_at(self, x: float, y: float) -> float:
        """Square metres; those of the centre where there is no answer."""
        areas = self._pixel_areas
        across, down = (
            min(max((at - 0.5) / max(size - 1, 1), 0.0), 1.0) * _STEPS
            for at, size in zip((x, y), self._size, strict=True)
        )
        left, top = min(int(across), _STEPS - 1), min(int(down), _STEPS - 1)
        right_share, low_share = across - left, down - top
        upper, lower = areas[top : top + 2, left : left + 2] @ (1 - right_share, right_share)
        area = (1 - low_share) * upper + low_share * lower
        assert self._pixel_area_m2 is not None
        return self._pixel_area_m2 if math.isnan(area) else float(area)

    @cached_property
    def _pixel_areas(self) -> NDArray[np.float64]:
        """Square metres of a pixel at every step down and across, (_STEPS + 1, _STEPS + 1), from the centre of the
        first to that of the last: beyond the Scene there may be no map."""
        xs, ys = (np.linspace(0.5, size - 0.5, _STEPS + 1) for size in self._size)
        columns, rows = np.meshgrid(xs, ys)
        return _area(self._vectors_at(columns.ravel(), rows.ravel())).reshape(columns.shape)


def map_box(rect: Rect, transform: Sequence[float] | None) -> Box:
    """The box that encloses `rect` on the map; without a transform, as in `SceneInfo`, `rect`."""
    a, b, c, d, e, f = transform or (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    corners = [(x, y) for x in (rect.x, rect.right) for y in (rect.y, rect.bottom)]
    xs, ys = [a * x + b * y + c for x, y in corners], [d * x + e * y + f for x, y in corners]
    return min(xs), min(ys), max(xs), max(ys)


def _applied(
    affine: rasterio.Affine, xs: NDArray[np.float64], ys: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    a, b, c, d, e, f = tuple(affine)[:6]
    return a * xs + b * ys + c, d * xs + e * ys + f


def _area(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the parallelograms that two vectors each span, (..., 2, 2) → (...)."""
    return np.abs(vectors[..., 0, 0] * vectors[..., 1, 1] - vectors[..., 0, 1] * vectors[..., 1, 0])


def _radii(latitude: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres per radian of longitude and of latitude on WGS 84 (the radii of the parallel and of the meridian)."""
    w = np.sqrt(1 - _ECCENTRICITY_SQUARED * np.sin(latitude) ** 2)
    parallel = _SEMI_MAJOR_M / w * np.cos(latitude)
    return np.stack([parallel, _SEMI_MAJOR_M * (1 - _ECCENTRICITY_SQUARED) / w**3], axis=-1)


def _crs(wkt: str | None) -> rasterio.crs.CRS | None:
    if not wkt:
        return None
    try:
        return rasterio.crs.CRS.from_wkt(wkt)
    except GDAL_ERRORS:  # a CRS that PROJ does not know is as good as none
        return None


def _is_on_earth(wkt: str) -> bool:
    """Whether the ellipsoid is the size of the Earth; a local CRS has none."""
    match = re.search(r'(?:SPHEROID|ELLIPSOID)\["[^"]*",\s*([\d.]+)', wkt)
    return match is not None and _EARTH_RADIUS_M[0] < float(match.group(1)) < _EARTH_RADIUS_M[1]


def _affine(info: SceneInfo) -> rasterio.Affine | None:
    if info.transform is not None:
        affine = rasterio.Affine(*info.transform)
        return None if affine.is_degenerate else affine
    if len(info.gcps) < 3:
        return None
    points = [rasterio.control.GroundControlPoint(row, col, x, y, z) for row, col, x, y, z in info.gcps]
    try:
        fitted = rasterio.transform.from_gcps(points)
    except (*GDAL_ERRORS, ValueError):
        return None
    return None if fitted.is_degenerate else fitted
