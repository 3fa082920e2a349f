"""Existing masks as labels: which file belongs to which Scene, and what its values mean."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from core.errors import LabelError
from core.geometry import Rect
from core.imagery.files import local_file, open_dataset, reading
from core.labels.classes import IGNORE, LARGEST_CLASS_VALUE, UNLABELED, LabelClass
from core.project.records import SceneRecord, TileRecord, export_stems

_MASK_ENDINGS = ("", "_labels", "_label", "_mask", "_masks", "_truth", "_gt")
_MASK_SUFFIXES = (".tif", ".tiff", ".png")


@dataclass(frozen=True)
class MaskFile:
    """A raster of label values that covers the Scene `scene_id` pixel by pixel."""

    scene_id: int
    path: Path


def find_mask_files(folder: str | Path, scenes: Iterable[SceneRecord]) -> list[MaskFile]:
    """The masks in `folder` that bear a Scene's name, alone or with an ending such as _labels or _mask.

    Of Scenes with the same name the second is called name_2, as in exported files, so that no mask serves two Scenes.
    Raises LabelError when the folder has none.
    """
    folder = Path(folder)
    by_stem = {p.stem.casefold(): p for p in sorted(folder.glob("*")) if p.suffix.lower() in _MASK_SUFFIXES}
    scenes = list(scenes)
    stems = export_stems(scenes)
    images = {Path(scene.path).resolve() for scene in scenes}
    found = []
    for scene in scenes:
        stem = stems[scene.path].casefold()
        named = (by_stem[stem + end] for end in _MASK_ENDINGS if stem + end in by_stem)
        path = next((path for path in named if path.resolve() not in images), None)
        if path is not None:
            found.append(MaskFile(scene.scene_id, path))
    if not found:
        raise LabelError(
            "{folder} has no mask that bears a scene's name.",
            "Give every mask the name of its scene, with or without “_labels” or “_mask”.",
            folder=folder,
        )
    return found


def parse_value_map(text: str) -> dict[int, int]:
    """“0=1,1=2,255=255” → {0: 1, 1: 2, 255: 255}. Raises LabelError."""
    try:
        pairs = [pair.split("=") for pair in text.split(",")]
        return {int(source): int(target) for source, target in pairs}
    except ValueError as error:
        raise LabelError("“{text}” is not a value map.", "Write it like 0=1,1=2,2=3.", text=text) from error


class MaskImporter:
    """Reads label values of Tiles out of a mask file, translated to the project's classes.

    Without a `value_map`: a file whose nodata is 0 (as this program and most label rasters write) keeps its values,
    with 0 as unlabeled. Otherwise 0 is a class, as in training data sets, so every value moves up by one; 255 and
    the file's nodata become ignore.
    """

    def __init__(
        self, file: MaskFile, scene: SceneRecord, classes: Sequence[LabelClass], value_map: Mapping[int, int] | None
    ) -> None:
        self._path = file.path
        self._allowed = {UNLABELED, IGNORE, *(c.value for c in classes)}
        with _opened(scene.path) as image, _opened(file.path) as raster:
            self._check_fits(raster, image, scene)
            self._map = dict(value_map) if value_map is not None else _guessed_map(raster.nodata)

    def _check_fits(self, raster: rasterio.DatasetReader, image: rasterio.DatasetReader, scene: SceneRecord) -> None:
        if raster.count != 1:
            raise LabelError(
                "{path} has {bands} bands: it is a picture, not a mask.",
                "Use masks with one band that holds the class values.",
                path=self._path,
                bands=raster.count,
            )
        if (raster.width, raster.height) != (scene.width, scene.height) or not _same_place(raster, image):
            raise LabelError(
                "The mask {path} does not lie on its scene: it is {width} × {height} pixels in another place or size.",
                "Export it again on the scene's own pixel grid ({scene_width} × {scene_height}).",
                path=self._path,
                width=raster.width,
                height=raster.height,
                scene_width=scene.width,
                scene_height=scene.height,
            )

    def read(self, rect: Rect) -> NDArray[np.uint8]:
        """The labels of a Tile, (height, width) uint8. Raises LabelError for a value that is no class."""
        with _opened(self._path) as raster:
            values = raster.read(1, window=Window(rect.x, rect.y, rect.width, rect.height))
        labels = np.zeros(values.shape, np.uint8)
        for value in np.unique(values):
            if not math.isfinite(value):  # the nodata of masks in floating point
                labels[~np.isfinite(values)] = IGNORE
                continue
            target = self._map.get(int(value), -1) if value == int(value) else -1
            if target not in self._allowed:
                raise LabelError(
                    "The mask {path} has the value {value}, which is none of the project's classes.",
                    "Say what it means with --map, for example --map 0=1,1=2.",
                    path=self._path,
                    value=value,
                )
            labels[values == value] = target
        return labels


@contextmanager
def _opened(path: str | Path) -> Iterator[rasterio.DatasetReader]:
    """A local raster, whatever its driver would like to fetch. Raises SceneError."""
    local = local_file(path)
    with reading(local), open_dataset(local) as dataset:
        yield dataset


def _same_place(raster: rasterio.DatasetReader, image: rasterio.DatasetReader) -> bool:
    """Whether no corner of the mask lies more than a hundredth of a pixel off; a mask may do without a georeference."""
    if raster.transform.is_identity:
        return True
    a, b, _, d, e, _ = image.transform[:6]
    tolerance = 0.01 * min(math.hypot(a, d), math.hypot(b, e))
    differences = [theirs - ours for theirs, ours in zip(raster.transform[:6], image.transform[:6], strict=True)]
    a, b, c, d, e, f = differences  # how far apart they put the pixel (x, y): also an affine transform
    corners = [(x, y) for x in (0, image.width) for y in (0, image.height)]
    return all(math.hypot(a * x + b * y + c, d * x + e * y + f) <= tolerance for x, y in corners)


def _guessed_map(nodata: float | None) -> dict[int, int]:
    if nodata == UNLABELED:
        return {value: value for value in (*range(LARGEST_CLASS_VALUE + 1), IGNORE)}
    guessed = {value: value + 1 for value in range(LARGEST_CLASS_VALUE)} | {IGNORE: IGNORE}
    if nodata is not None and math.isfinite(nodata) and nodata == int(nodata):
        guessed[int(nodata)] = IGNORE
    return guessed


def tiles_in_csv(path: str | Path, tiles: Iterable[TileRecord], scenes: Mapping[int, SceneRecord]) -> list[int]:
    """The ids of the Tiles a CSV names, in its order, by the columns `scene`, `column` and `row` that `rank` writes.

    `scene` may be a path or a file name; column and row are the Tile's first pixel in the Scene. Raises LabelError.
    """
    by_place: dict[tuple[str, int, int], list[int]] = {}
    for tile in tiles:
        scene_path = scenes[tile.scene_id].path
        for name in {scene_path, Path(scene_path).name.casefold()}:
            by_place.setdefault((name, tile.rect.x, tile.rect.y), []).append(tile.tile_id)
    chosen = []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                place = (int(row["column"]), int(row["row"]))
                by_name = by_place.get((Path(row["scene"]).name.casefold(), *place), [])
                found = by_place.get((row["scene"], *place), by_name)
                if len(found) != 1:
                    raise LabelError(
                        "{path}, line {line}: the project has no tile, or several, at column {column}, row {row} of"
                        " {scene}.",
                        "Use the CSV that “fieldbrush rank” wrote for this project.",
                        path=path, line=line, column=place[0], row=place[1], scene=row["scene"],
                    )  # fmt: skip
                chosen.append(found[0])
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise LabelError(
            "{path} is not a list of tiles: {reason}.", "It needs the columns scene, column and row.",
            path=path, reason=getattr(error, "strerror", None) or error,
        ) from error  # fmt: skip
    return chosen
