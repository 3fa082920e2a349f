"""Existing masks as labels: which file belongs to which Scene, and what its values mean."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.errors import RasterioError
from rasterio.windows import Window

from core.errors import LabelError
from core.geometry import Rect
from core.labels.classes import IGNORE, LARGEST_CLASS_VALUE, UNLABELED, LabelClass
from core.project.records import SceneRecord, TileRecord

_MASK_ENDINGS = ("", "_labels", "_label", "_mask", "_masks", "_truth", "_gt")
_MASK_SUFFIXES = (".tif", ".tiff", ".png")


@dataclass(frozen=True)
class MaskFile:
    """A raster of label values that covers the Scene `scene_id` pixel by pixel."""

    scene_id: int
    path: Path


def find_mask_files(folder: str | Path, scenes: Iterable[SceneRecord]) -> list[MaskFile]:
    """The masks in `folder` that bear a Scene's name, alone or with an ending such as _labels or _mask.

    Raises LabelError when the folder has none.
    """
    folder = Path(folder)
    by_stem = {p.stem.casefold(): p for p in sorted(folder.glob("*")) if p.suffix.lower() in _MASK_SUFFIXES}
    found = []
    for scene in scenes:
        stem = Path(scene.path).stem.casefold()
        path = next((by_stem[stem + end] for end in _MASK_ENDINGS if stem + end in by_stem), None)
        if path is not None and path.resolve() != Path(scene.path).resolve():
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
        try:
            with rasterio.open(file.path) as raster, rasterio.open(scene.path) as image:
                self._check_fits(raster, image, scene)
                self._map = dict(value_map) if value_map is not None else _guessed_map(raster.nodata)
        except RasterioError as error:
            raise LabelError("The mask {path} cannot be read: {reason}.", path=file.path, reason=error) from error

    def _check_fits(self, raster: rasterio.DatasetReader, image: rasterio.DatasetReader, scene: SceneRecord) -> None:
        same_place = raster.transform.is_identity or raster.transform.almost_equals(
            image.transform, precision=abs(image.transform.a) * 0.01
        )
        if (raster.width, raster.height) != (scene.width, scene.height) or not same_place:
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
        try:
            with rasterio.open(self._path) as raster:
                values = raster.read(1, window=Window(rect.x, rect.y, rect.width, rect.height))
        except RasterioError as error:
            raise LabelError("The mask {path} cannot be read: {reason}.", path=self._path, reason=error) from error
        labels = np.zeros(values.shape, np.uint8)
        for value in np.unique(values):
            target = self._map.get(int(value), -1)
            if target not in self._allowed:
                raise LabelError(
                    "The mask {path} has the value {value}, which is none of the project's classes.",
                    "Say what it means with --map, for example --map 0=1,1=2.",
                    path=self._path,
                    value=value,
                )
            labels[values == value] = target
        return labels


def _guessed_map(nodata: float | None) -> dict[int, int]:
    if nodata == UNLABELED:
        return {value: value for value in (*range(LARGEST_CLASS_VALUE + 1), IGNORE)}
    guessed = {value: value + 1 for value in range(LARGEST_CLASS_VALUE)} | {IGNORE: IGNORE}
    if nodata is not None and nodata == int(nodata):
        guessed[int(nodata)] = IGNORE
    return guessed


def tiles_in_csv(path: str | Path, tiles: Iterable[TileRecord], scenes: Mapping[int, SceneRecord]) -> list[int]:
    """The ids of the Tiles a CSV names, in its order, by the columns `scene`, `column` and `row` that `rank` writes.

    `scene` may be a path or a file name; column and row are the Tile's first pixel in the Scene. Raises LabelError.
    """
    by_place = {(Path(scenes[t.scene_id].path).name.casefold(), t.rect.x, t.rect.y): t.tile_id for t in tiles}
    chosen = []
    try:
        with open(path, newline="", encoding="utf-8") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                place = (Path(row["scene"]).name.casefold(), int(row["column"]), int(row["row"]))
                if place not in by_place:
                    raise LabelError(
                        "{path}, line {line}: the project has no tile at column {column}, row {row} of {scene}.",
                        "Use the CSV that “fieldbrush rank” wrote for this project.",
                        path=path, line=line, column=place[1], row=place[2], scene=place[0],
                    )  # fmt: skip
                chosen.append(by_place[place])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise LabelError(
            "{path} is not a list of tiles: {reason}.", "It needs the columns scene, column and row.",
            path=path, reason=error,
        ) from error  # fmt: skip
    return chosen
