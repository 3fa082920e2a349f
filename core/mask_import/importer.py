"""Existing masks as labels: what their values are in the project's classes, on the Scene's pixels."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.geometry import Rect
from core.imagery.scene import Pixels, open_scene
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.mask_import.advice import no_class, no_class_left, no_whole_number, not_in_map
from core.mask_import.files import MaskFile
from core.mask_import.grid import MaskGrid, has_place, is_same_place
from core.mask_import.values import guessed_map, named_values, read_values, shown, values_of
from core.project.records import SceneRecord, TileRecord

ON_OTHER_PIXELS = (
    "{count} of the masks lie on other pixels than their scene: every pixel has taken the value of the nearest of the"
    " mask's, by their places on the map."
)


def with_tiles(files: Iterable[MaskFile], tiles: Iterable[TileRecord]) -> list[tuple[MaskFile, list[TileRecord]]]:
    """The masks that cover any of the Tiles, each with those it covers."""
    by_scene: dict[int, list[TileRecord]] = {}
    for tile in tiles:
        by_scene.setdefault(tile.scene_id, []).append(tile)
    return [(file, by_scene[file.scene_id]) for file in files if file.scene_id in by_scene]


class MaskImporter:
    """Reads label values of Tiles out of a mask file, translated to the project's classes.

    Without a `value_map`: a file whose nodata is 0 (as this program and most label rasters write) keeps its values,
    with 0 as unlabeled. Otherwise, `from_zero`, 0 is a class, as in training data sets, so every value moves up by one;
    or else they stay, too (`values.read_as` decides). 255 becomes ignore. The file's nodata becomes ignore where
    nothing else is said of it. What bears the name of one of the project's classes, in a CLASS_n tag as this program
    writes them, is that class whatever its value; with a map only where `names_count`.

    A mask on other pixels than the Scene's is brought over by the map, each pixel with the value of the nearest of the
    mask's; what it does not reach is unlabeled. One without a georeference must have the Scene's size.

    `counts_from_zero` where 0 is a class for want of better knowledge; `is_brought_over` where the mask has pixels of
    its own. `beside` are the masks imported together with it, whose values a sentence on unknown ones names too.
    """

    def __init__(
        self, file: MaskFile, scene: SceneRecord, classes: Sequence[LabelClass], value_map: Mapping[int, int] | None,
        *, from_zero: bool = True, names_count: bool = False, beside: Sequence[Path] = (),
    ) -> None:  # fmt: skip
        self._path, self._beside = file.path, beside
        self._classes = classes
        self._allowed = {UNLABELED, IGNORE, *(c.value for c in classes)}
        self._raster = open_scene(file.path)
        self._grid = self._grid_on(scene)
        self.is_brought_over = self._grid is not None
        nodata, meant = self._raster.info.nodata, named_values(self._raster.info, classes)
        guessed = guessed_map(nodata, from_zero)
        named = _by_name(guessed, meant)
        self._given = None if names_count and meant else value_map  # the map that counts
        self._is_kept = names_count
        self._map = named if self._given is None else self._checked(self._given)
        self.counts_from_zero = self._given is None and from_zero and named == guessed and nodata != UNLABELED

    def _grid_on(self, scene: SceneRecord) -> MaskGrid | None:
        """None where the pixels are the Scene's. Raises LabelError where the mask is no mask, or lies elsewhere."""
        raster, image = self._raster.info, open_scene(scene.path, try_reading=False)
        image.close()
        read_values(self._raster, Rect(0, 0, 1, 1))  # a picture lies nowhere
        if (raster.width, raster.height) == (scene.width, scene.height) and is_same_place(raster, image.info):
            return None
        grid = MaskGrid(raster, image.info)
        if not has_place(raster) or not grid.reaches_the_scene:
            raise LabelError(
                "The mask {path} does not lie on its scene: it is {width} × {height} pixels in another place or size.",
                "Export it again on the scene's own pixel grid ({scene_width} × {scene_height}).",
                path=self._path,
                width=raster.width,
                height=raster.height,
                scene_width=scene.width,
                scene_height=scene.height,
            )
        return grid

    def _checked(self, value_map: Mapping[int, int]) -> dict[int, int]:
        for value, target in value_map.items():
            if target not in self._allowed:
                raise LabelError(
                    "The map makes {value} the class {target}, which is not in the project.",
                    "The project has {known}; 0 is unlabeled and 255 ignore.",
                    value=value, target=target, known=", ".join(map(str, sorted(self._allowed - {UNLABELED, IGNORE}))),
                )  # fmt: skip
        nodata = self._raster.info.nodata
        unsaid = {int(nodata): IGNORE} if nodata is not None and nodata.is_integer() else {}
        return unsaid | dict(value_map)

    def read(self, rect: Rect) -> NDArray[np.uint8]:
        """The labels of a Tile, (height, width) uint8. Raises LabelError for a value that is no class."""
        if self._grid is None:
            return self._labels(read_values(self._raster, rect))
        labels = np.full((rect.height, rect.width), UNLABELED, np.uint8)
        for near in self._grid.nearest(rect):
            found = self._labels(read_values(self._raster, near.window))
            labels[near.part.moved(-rect.x, -rect.y).slices][near.inside] = found[near.rows, near.columns]
        return labels

    def _labels(self, pixels: Pixels) -> NDArray[np.uint8]:
        values = pixels.values[0]
        shown_here = shown(self._raster, pixels)
        labels = np.where(shown_here, np.uint8(UNLABELED), np.uint8(IGNORE))
        for value in np.unique(values[shown_here]):
            if not math.isfinite(value):  # the nodata of masks in floating point
                labels[~np.isfinite(values)] = IGNORE
                continue
            target = self._map.get(int(value), -1) if value == int(value) else -1
            if target not in self._allowed:
                raise self._no_class(value)
            labels[shown_here & (values == value)] = target
        return labels

    def _no_class(self, value: float) -> LabelError:
        if not float(value).is_integer():
            return no_whole_number(self._path, value)
        seen: set[int] = set().union(*(values_of(path) for path in (self._path, *self._beside)))
        number, classes = int(value), self._classes
        if self._given is not None:
            return not_in_map(self._path, number, seen, self._given, classes, is_kept=self._is_kept)
        if self.counts_from_zero and number in self._allowed:
            return no_class_left(self._path, number, seen, self._map, classes)
        return no_class(self._path, number, seen, self._map, classes)


def _by_name(guessed: Mapping[int, int], meant: Mapping[int, int]) -> dict[int, int]:
    """The map where the file names its values: another project may have had the same classes in another order."""
    return {value: target for value, target in guessed.items() if target not in meant.values()} | dict(meant)
