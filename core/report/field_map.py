"""Over the map of all Scenes: counting its pixels, and for the field report also its polygons and
pictures. Tiles that have been seen before are not predicted again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.export.geopackage import GeoPackage
from core.export.outlines import Strip, outlined
from core.export.vectors import AreaLayer, ScenePlace
from core.geometry import TileRef
from core.imagery.files import refuse_other_size
from core.imagery.reader import TileReader
from core.jobs import Checkpoint
from core.labels.classes import LabelClass
from core.labels.mask import decode_plane
from core.learning.mappers import Mapper
from core.report.areas import MapCount, PixelCounts
from core.report.scene_map import SceneMap, Shrunk, scene_map

LARGEST_PICTURES = 24  # more would be a book, and a large file
_LONGEST_PX = {1: 1800, 2: 1400}  # of a picture, by how many there are
_LONGEST_OF_MANY_PX = 900


@dataclass(frozen=True)
class MapRequest:
    """What going over the map takes. `scenes` by path: the Tiles; `counts` and `planes` by Tile: what is known of it
    already, as the Mapper made it; `meaning` as in `core.labels.classes.meaning_table`. `left_out`: the paths of Scenes
    that cannot be read."""

    mapper: Mapper
    reader: TileReader
    scenes: Mapping[str, Sequence[TileRef]]
    meaning: NDArray[np.uint8]
    counts: Mapping[int, PixelCounts]
    planes: Mapping[int, bytes]
    left_out: Sequence[str] = ()

    def classes(self, ref: TileRef) -> NDArray[np.uint8]:
        """The map's classes on a Tile, as they are meant by now. Raises LearningError, SceneError."""
        if ref.tile_id in self.planes:
            return self.meaning[decode_plane(self.planes[ref.tile_id], ref.rect.height, ref.rect.width)]
        return self.meaning[self.mapper.tile(ref).classes]


def count_map(request: MapRequest, context: Checkpoint) -> list[MapCount]:
    """Pixels of each class, Scene by Scene. Raises LearningError, SceneError."""
    total, done = sum(map(len, request.scenes.values())), 0
    found: list[MapCount] = []
    for path, refs in request.scenes.items():
        if not refs:
            continue
        count = MapCount(request.reader.scene(path).info)
        for ref in refs:
            context.check()
            known = request.counts.get(ref.tile_id)
            count.add(_meant(request, known) if known is not None else _counts(request.classes(ref)), ref.rect)
            done += 1
            context.report(done, total)
        found.append(count)
    return found


def draw_map(
    request: MapRequest, classes: Sequence[LabelClass], package: GeoPackage, context: Checkpoint
) -> tuple[list[MapCount], list[SceneMap]]:
    """The same, and the map as polygons in `package`, a layer for each coordinate system, and as pictures of the first
    24 Scenes. Raises LearningError, SceneError."""
    painter = _Painter(request, classes, package, context)
    found: list[MapCount] = []
    maps: list[SceneMap] = []
    for path, refs in request.scenes.items():
        if refs:
            count, picture = painter.scene(path, refs, with_picture=len(maps) < LARGEST_PICTURES)
            found.append(count)
            maps += [picture] if picture is not None else []
    return found, maps


class _Painter:
    """Goes once over every Scene, from top to bottom."""

    def __init__(
        self, request: MapRequest, classes: Sequence[LabelClass], package: GeoPackage, context: Checkpoint
    ) -> None:
        self._request = request
        self._classes = classes
        self._package = package
        self._context = context
        self._layers: dict[str | None, AreaLayer] = {}
        self._total = sum(map(len, request.scenes.values()))
        self._done = 0
        pictures = sum(1 for refs in request.scenes.values() if refs)
        self._longest_px = _LONGEST_PX.get(pictures, _LONGEST_OF_MANY_PX)

    def scene(self, path: str, refs: Sequence[TileRef], with_picture: bool) -> tuple[MapCount, SceneMap | None]:
        scene = self._request.reader.scene(path)
        refuse_other_size(path, scene.info.size, refs[0].scene_size)
        place = ScenePlace.of(scene.info)
        shrunk = Shrunk(scene.info.width, scene.info.height, self._longest_px)
        count = MapCount(scene.info)

        def strips() -> Iterator[Strip]:
            for strip in self._strips(refs, scene.info.width, count):
                shrunk.add(strip)
                yield strip

        source = self._request.mapper.name
        layer = self._layer(place.crs_wkt)
        layer.add(outlined(strips(), self._context.check), place, lambda _: source)
        if not with_picture:
            return count, None
        reader, colours = self._request.reader, {c.value: c.colour for c in self._classes}
        return count, scene_map(
            scene, reader.interpretation, reader.scale_of(path), shrunk, colours, self._context.check
        )  # fmt: skip

    def _strips(self, refs: Sequence[TileRef], width: int, count: MapCount) -> Iterator[Strip]:
        rows: dict[int, list[TileRef]] = {}
        for ref in refs:
            rows.setdefault(ref.rect.y, []).append(ref)
        for top in sorted(rows):
            codes = np.zeros((max(ref.rect.height for ref in rows[top]), width), np.uint8)
            for ref in rows[top]:
                self._context.check()
                classes = self._request.classes(ref)
                codes[ref.rect.moved(0, -top).slices] = classes
                count.add(_counts(classes), ref.rect)
                self._done += 1
                self._context.report(self._done, self._total)
            yield Strip(top, codes)

    def _layer(self, crs_wkt: str | None) -> AreaLayer:
        if crs_wkt not in self._layers:
            table = "map" if not self._layers else f"map_{len(self._layers) + 1}"
            title = "Prediction" if not self._layers else f"Prediction {len(self._layers) + 1}"
            self._layers[crs_wkt] = AreaLayer(self._package, table, title, crs_wkt, self._classes)
        return self._layers[crs_wkt]


def _counts(classes: NDArray[np.unsignedinteger[Any]]) -> PixelCounts:
    return np.bincount(classes.ravel(), minlength=256)


def _meant(request: MapRequest, counts: PixelCounts) -> PixelCounts:
    """The same pixels by what their values mean by now."""
    return np.bincount(request.meaning, counts, 256).astype(np.int64)


def map_path(folder: Path) -> Path:
    """The polygons of a field report."""
    return folder / "map.gpkg"
