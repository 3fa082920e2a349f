"""Labels and predictions as polygons in GeoPackages: on the very pixel edges, in the Scene's own coordinate system.

Where a Scene has ground control points only, corners go where GDAL, and with it QGIS, puts the image's. Where it has no
place at all, x is the column, and y the row downwards as a negative number: there QGIS shows such an image.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.control import GroundControlPoint
from rasterio.transform import GCPTransformer
from rasterio.windows import Window

from core.export.geopackage import Category, GeoPackage, geopackage
from core.export.outlines import Area, Strip, outlined
from core.imagery.files import SceneInfo, reading
from core.imagery.georeference import Georeference
from core.imagery.scene import open_scene
from core.jobs import Checkpoint
from core.labels.classes import IGNORE, IGNORE_COLOUR, UNLABELED, LabelClass
from core.labels.mask import Provenance, decode_plane
from core.labels.snapshot import StoredMask

COLUMNS = {"class": "TEXT", "value": "MEDIUMINT", "source": "TEXT", "area_ha": "DOUBLE", "scene": "TEXT"}
_SOURCES = {
    Provenance.NONE: "unknown",
    Provenance.DRAWN: "hand",
    Provenance.FILLED: "filled",
    Provenance.ACCEPTED: "accepted prediction",
    Provenance.IMPORTED: "import",
}
_STRIP_ROWS = 512  # of a raster that is read
_PER_SOURCE = 256  # a code is this times the provenance, plus the label value


@dataclass(frozen=True)
class ScenePlace:
    """Where the pixels of a Scene lie on the map, and how large they are."""

    name: str
    crs_wkt: str | None  # None also where PROJ does not know the system
    to_map: Callable[[NDArray[np.int32]], NDArray[np.float64]]  # corners (n, 2), column and row → x and y
    mirrored: bool  # rows go up on the map
    georeference: Georeference

    @classmethod
    def of(cls, info: SceneInfo) -> ScenePlace:
        """By the Scene's transform, else by more than two ground control points, else in pixels, rows going down."""
        georeference = Georeference(info)
        crs = info.crs_wkt if georeference.crs_name else None
        affine = rasterio.Affine(*info.transform) if info.transform is not None else rasterio.Affine.identity()
        if not affine.is_identity:
            to_map, mirrored = _affine(affine), affine.determinant > 0
        elif len(info.gcps) > 2:
            to_map, mirrored = _by_points(info), False
        else:
            to_map, mirrored = _affine(rasterio.Affine(1, 0, 0, 0, -1, 0)), False
        return cls(info.name, crs, to_map, mirrored, georeference)

    def hectares(self, area: Area) -> float | None:
        """On the ground, where the Area lies; None where a pixel's size is unknown."""
        return self.georeference.hectares(area.pixels, area.centre)


def _affine(affine: rasterio.Affine) -> Callable[[NDArray[np.int32]], NDArray[np.float64]]:
    a, b, c, d, e, f = tuple(affine)[:6]

    def to_map(corners: NDArray[np.int32]) -> NDArray[np.float64]:
        x, y = corners[:, 0].astype(np.float64), corners[:, 1].astype(np.float64)
        return np.stack([c + x * a + y * b, f + x * d + y * e], axis=1)  # in GDAL's order, for the very same numbers

    return to_map


def _by_points(info: SceneInfo) -> Callable[[NDArray[np.int32]], NDArray[np.float64]]:
    points = [GroundControlPoint(row, col, x, y, z) for row, col, x, y, z in info.gcps]

    def to_map(corners: NDArray[np.int32]) -> NDArray[np.float64]:
        with GCPTransformer(points) as transformer:
            return np.stack(transformer.xy(corners[:, 1], corners[:, 0], offset="ul"), axis=1)

    return to_map


class AreaLayer:
    """A layer of class areas in a GeoPackage: which columns it has, how QGIS draws it, how areas get in."""

    def __init__(
        self, package: GeoPackage, table: str, title: str, crs_wkt: str | None, classes: Sequence[LabelClass]
    ) -> None:
        self._names = {c.value: c.name for c in classes} | {IGNORE: "ignore"}
        categories = [Category(c.name, c.colour) for c in classes] + [Category("ignore", IGNORE_COLOUR)]
        self._layer = package.layer(table, title, crs_wkt, COLUMNS, "class", categories)

    def add(self, areas: Iterable[Area], place: ScenePlace, source: Callable[[int], str]) -> None:
        """Areas of the Scene at `place`; `source` says of a code where it comes from, the lowest byte is the value."""
        for area in areas:
            value = area.code % _PER_SOURCE
            rings = [place.to_map(ring[::-1] if place.mirrored else ring) for ring in area.rings]
            name = self._names.get(value, str(value))
            self._layer.add(rings, (name, value, source(area.code), place.hectares(area), place.name))


def label_areas(
    masks: Sequence[StoredMask], place: ScenePlace, target: Path, title: str, classes: Sequence[LabelClass],
    context: Checkpoint,
) -> None:  # fmt: skip
    """Write all paint of the Scene at `place` as `target`, a layer of that `title`: one polygon for what hangs together
    and has one label and one source, over all Tiles. Raises ExportError, LabelError."""
    left, strips = _label_strips(masks)
    with geopackage(target) as package:
        layer = AreaLayer(package, "labels", title, place.crs_wkt, classes)
        areas = outlined(_watched(strips, len(masks), context), context.check, left)
        layer.add(areas, place, lambda code: _SOURCES[Provenance(code // _PER_SOURCE)])


def export_prediction_areas(
    scene_path: str, raster: Path, source: str, classes: Sequence[LabelClass], context: Checkpoint
) -> Path:
    """Write the polygons of an exported prediction beside it, with `source` in their column. Returns the file.

    Raises ExportError, SceneError.
    """
    target = raster.with_suffix(".gpkg")
    place = scene_place(scene_path)
    with geopackage(target) as package, reading(raster), rasterio.open(raster, driver="GTiff") as dataset:
        layer = AreaLayer(package, "prediction", raster.stem.replace("_", " "), place.crs_wkt, classes)
        layer.add(outlined(_raster_strips(dataset, context), context.check), place, lambda _: source)
    return target


def scene_place(scene_path: str) -> ScenePlace:
    """Where the polygons of the Scene lie. Raises SceneError."""
    with open_scene(scene_path, try_reading=False) as scene:
        return ScenePlace.of(scene.info)


def _label_strips(masks: Sequence[StoredMask]) -> tuple[int, Iterator[tuple[int, Strip]]]:
    """The first painted column, and the rows of Tiles with paint, each with how many Tiles it holds."""
    left, right = min(mask.ref.rect.x for mask in masks), max(mask.ref.rect.right for mask in masks)
    rows: dict[int, list[StoredMask]] = {}
    for mask in masks:
        rows.setdefault(mask.ref.rect.y, []).append(mask)

    def strips() -> Iterator[tuple[int, Strip]]:
        for top in sorted(rows):
            codes = np.zeros((max(mask.ref.rect.height for mask in rows[top]), right - left), np.uint16)
            for mask in rows[top]:
                x, _, width, height = mask.ref.rect
                labels = decode_plane(mask.labels, height, width)
                provenance = decode_plane(mask.provenance, height, width) * (labels != UNLABELED)
                codes[:height, x - left : x - left + width] = labels + np.uint16(_PER_SOURCE) * provenance
            yield len(rows[top]), Strip(top, codes)

    return left, strips()


def _watched(strips: Iterable[tuple[int, Strip]], total: int, context: Checkpoint) -> Iterator[Strip]:
    done = 0
    for tiles, strip in strips:
        yield strip
        done += tiles
        context.report(done, total)


def _raster_strips(dataset: Any, context: Checkpoint) -> Iterator[Strip]:
    for top in range(0, dataset.height, _STRIP_ROWS):
        window = Window(0, top, dataset.width, min(_STRIP_ROWS, dataset.height - top))
        yield Strip(top, dataset.read(1, window=window))
        context.report(top + window.height, dataset.height)
