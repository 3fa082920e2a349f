"""Existing masks as labels: which file belongs to which Scene, and what its values mean."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.geometry import Rect
from core.imagery.georeference import Georeference
from core.imagery.scene import Pixels, SceneInfo, open_scene
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.project.folders import common_folders, files_below
from core.project.mask_grid import MaskGrid
from core.project.mask_values import guessed_map, named_values, shown
from core.project.records import SceneRecord, TileRecord, export_stems

_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
MASK_ENDINGS = ("", "_labels", "_label", "_mask", "_masks", "_truth", "_gt")
ON_OTHER_PIXELS = (
    "{count} of the masks lie on other pixels than their scene: every pixel has taken the value of the nearest of the"
    " mask's, by their places on the map."
)
_MASK_SUFFIXES = (".tif", ".tiff", ".png")


@dataclass(frozen=True)
class MaskFile:
    """A raster of label values for the Scene `scene_id`."""

    scene_id: int
    path: Path


def find_mask_files(folder: str | Path, scenes: Iterable[SceneRecord]) -> list[MaskFile]:
    """The masks in `folder` that bear a Scene's name, alone or with an ending such as _labels or _mask.

    Of Scenes with the same name the second is called name_2, as in exported files, so that no mask serves two Scenes.
    Where the folder itself has none for a Scene, those below count: of several, the one whose folders are called like
    the Scene's own. Raises LabelError when there is none at all, or none of several fits better than the others,
    ProjectError for a folder that cannot be read.
    """
    folder, scenes = Path(folder), list(scenes)
    stems = export_stems(scenes)
    images = {os.path.realpath(scene.path) for scene in scenes}
    here = _by_stem([path for path in folder.glob("*") if path.is_file()], images)
    below: dict[str, list[Path]] | None = None
    found, nearest = [], []
    for scene in scenes:
        named, full = _bearing(stems[scene.path], here), Path(scene.path).stem
        if not named and len(full) > len(stems[scene.path]):  # which was cut
            named = _bearing(full, here)
        if named:
            found.append(MaskFile(scene.scene_id, named[0]))
            continue
        if below is None:
            below = _by_stem((path for path in files_below(folder) if path.parent != folder), images)
        nearest.append((scene, _bearing(full, below)))
    found = sorted([*found, *_nearest(nearest)], key=lambda file: file.scene_id)
    if not found:
        raise LabelError(
            "{folder} has no mask that bears a scene's name.",
            "Give every mask the name of its scene, with or without “_labels” or “_mask”, as GeoTIFF or PNG.",
            folder=folder,
        )
    return found


def _by_stem(paths: Iterable[Path], images: Set[str]) -> dict[str, list[Path]]:
    """The paths that may be masks, by their names in small letters; not the Scenes themselves."""
    found: dict[str, list[Path]] = {}
    for path in sorted(path for path in paths if path.suffix.lower() in _MASK_SUFFIXES):
        if os.path.realpath(path) not in images:
            found.setdefault(path.stem.casefold(), []).append(path)
    return found


def _bearing(stem: str, masks: Mapping[str, list[Path]]) -> list[Path]:
    """Those with the name, in the order of the endings."""
    return [path for end in MASK_ENDINGS for path in masks.get(stem.casefold() + end, [])]


def _nearest(named: Iterable[tuple[SceneRecord, list[Path]]]) -> list[MaskFile]:
    """One mask for each Scene that has any, each for one Scene: first where the folders are most alike. Raises
    LabelError where they cannot tell."""
    pairs = [(scene, {path: common_folders(path, scene.path) for path in paths}) for scene, paths in named]
    owners: dict[Path, tuple[int, SceneRecord]] = {}
    for scene, likeness in sorted(pairs, key=lambda pair: -max(pair[1].values(), default=0)):
        free = [path for path, alike in likeness.items() if path not in owners or owners[path][0] <= alike]
        best = [path for path in free if likeness[path] == max(likeness[path] for path in free)]
        rivals = [path for path in best[1:] if path.parent != best[0].parent or path.stem == best[0].stem]
        rivals += [Path(owners[path][1].path) for path in best[:1] if path in owners]
        if rivals:
            raise LabelError(
                "It is not clear which mask belongs to which scene: {one}, {other}.",
                "Put the masks into folders that are called like the scenes' folders, or into one folder of their own.",
                one=best[0], other=rivals[0],
            )  # fmt: skip
        if best:
            owners[best[0]] = likeness[best[0]], scene
    return [MaskFile(scene.scene_id, path) for path, (_, scene) in owners.items()]


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
    or else they stay, too (`mask_values.read_as` decides). 255 becomes ignore. The file's nodata becomes ignore where
    nothing else is said of it. What bears the name of one of the project's classes, in a CLASS_n tag as this program
    writes them, is that class whatever its value; with a map only where `names_count`.

    A mask on other pixels than the Scene's is brought over by the map, each pixel with the value of the nearest of the
    mask's; what it does not reach is unlabeled. One without a georeference must have the Scene's size.

    `counts_from_zero` where 0 is a class for want of better knowledge; `is_brought_over` where the mask has pixels of
    its own.
    """

    def __init__(
        self, file: MaskFile, scene: SceneRecord, classes: Sequence[LabelClass], value_map: Mapping[int, int] | None,
        *, from_zero: bool = True, names_count: bool = False,
    ) -> None:  # fmt: skip
        self._path = file.path
        self._allowed = {UNLABELED, IGNORE, *(c.value for c in classes)}
        self._raster = open_scene(file.path)
        self._grid = self._grid_on(scene)
        self.is_brought_over = self._grid is not None
        nodata, meant = self._raster.info.nodata, named_values(self._raster.info, classes)
        guessed = guessed_map(nodata, from_zero)
        named = _by_name(guessed, meant)
        by_map = value_map is not None and not (names_count and meant)
        self._map = self._checked(value_map) if value_map is not None and by_map else named
        self.counts_from_zero = not by_map and from_zero and named == guessed and nodata != UNLABELED

    def _grid_on(self, scene: SceneRecord) -> MaskGrid | None:
        """None where the pixels are the Scene's. Raises LabelError where the mask is no mask, or lies elsewhere."""
        raster, image = self._raster.info, open_scene(scene.path, try_reading=False)
        image.close()
        if len(self._raster.data_bands()) != 1:
            raise LabelError(
                "{path} has {bands} bands: it is a picture, not a mask.",
                "Use masks with one band that holds the class values.",
                path=self._path,
                bands=raster.band_count,
            )
        if (raster.width, raster.height) == (scene.width, scene.height) and _same_place(raster, image.info):
            return None
        grid = MaskGrid(raster, image.info)
        if raster.transform in (None, _IDENTITY) or not grid.reaches_the_scene:
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
            return self._labels(self._raster.read(rect, bands=(1,)))
        labels = np.full((rect.height, rect.width), UNLABELED, np.uint8)
        for near in self._grid.nearest(rect):
            found = self._labels(self._raster.read(near.window, bands=(1,)))
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
        if self.counts_from_zero and value in self._allowed - {UNLABELED, IGNORE}:
            same = sorted(self._allowed - {IGNORE})
            return LabelError(
                "The mask {path} has the value {value}. Where 0 is the first class, no class is left for it.",
                "If the values are the classes' numbers, say so: --map {map}",
                path=self._path, value=value, map=",".join(f"{number}={number}" for number in same),
            )  # fmt: skip
        return LabelError(
            "The mask {path} has the value {value}, which is none of the project's classes.",
            "Say what it means with --map, for example --map 0=1,{value}=2.",
            path=self._path,
            value=value,
        )


def _same_place(raster: SceneInfo, image: SceneInfo) -> bool:
    """Whether no corner of the mask lies more than a hundredth of a pixel off; a mask may do without a georeference."""
    if raster.transform in (None, _IDENTITY):
        return True
    return _same_numbers(raster, image) and _same_land(raster, image)


def _same_land(raster: SceneInfo, image: SceneInfo) -> bool:
    """Whether the same map coordinates are about the same place on Earth. Datums may be named differently, or be some
    metres apart; in another zone the numbers mean another country."""
    if raster.crs_wkt is None or raster.crs_wkt == image.crs_wkt:
        return True
    centre = Georeference(image).to_degrees(image.width / 2, image.height / 2)
    found = centre and Georeference(raster).from_degrees(*centre)
    return not found or (0 <= found[0] <= raster.width and 0 <= found[1] <= raster.height)


def _same_numbers(raster: SceneInfo, image: SceneInfo) -> bool:
    theirs, ours = raster.transform or _IDENTITY, image.transform or _IDENTITY
    a, b, _, d, e, _ = ours
    tolerance = 0.01 * min(math.hypot(a, d), math.hypot(b, e))
    a, b, c, d, e, f = (t - o for t, o in zip(theirs, ours, strict=True))
    # how far apart they put the pixel (x, y) is an affine transform too
    corners = [(x, y) for x in (0, image.width) for y in (0, image.height)]
    return all(math.hypot(a * x + b * y + c, d * x + e * y + f) <= tolerance for x, y in corners)


def _by_name(guessed: Mapping[int, int], meant: Mapping[int, int]) -> dict[int, int]:
    """The map where the file names its values: another project may have had the same classes in another order."""
    return {value: target for value, target in guessed.items() if target not in meant.values()} | dict(meant)


def tiles_in_csv(path: str | Path, tiles: Iterable[TileRecord], scenes: Mapping[int, SceneRecord]) -> list[int]:
    """The ids of the Tiles a CSV names, in its order, by the columns `scene`, `column` and `row` that `rank` writes.

    `scene` may be a path or a file name; column and row are the Tile's first pixel in the Scene. Commas, semicolons or
    tabs may part the columns, as spreadsheets write them. Raises LabelError.
    """
    by_place: dict[tuple[str, int, int], list[TileRecord]] = {}
    for tile in tiles:
        name = Path(scenes[tile.scene_id].path).name.casefold()
        by_place.setdefault((name, tile.rect.x, tile.rect.y), []).append(tile)
    chosen = []
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            delimiter = max(",;\t", key=file.readline().count)
            file.seek(0)
            for line, row in enumerate(csv.DictReader(file, delimiter=delimiter), start=2):
                column, top = _whole(row["column"]), _whole(row["row"])
                named = by_place.get((Path(row["scene"]).name.casefold(), column, top), [])
                found = _meant(row["scene"], named, scenes)
                if found is None:
                    raise LabelError(
                        "{path}, line {line}: the project has no tile, or several, at column {column}, row {row} of"
                        " {scene}.",
                        "Use the CSV that “fieldbrush rank” wrote for this project.",
                        path=path, line=line, column=column, row=top, scene=row["scene"],
                    )  # fmt: skip
                chosen.append(found)
    except (OSError, KeyError, TypeError, ValueError, csv.Error) as error:
        raise LabelError(
            "{path} is not a list of tiles: {reason}.", "It needs the columns scene, column and row.",
            path=path, reason=_reason(error),
        ) from error  # fmt: skip
    return chosen


def _meant(scene: str, named: Sequence[TileRecord], scenes: Mapping[int, SceneRecord]) -> int | None:
    """Of Tiles in Scenes of the same name, the one whose path is `scene`; else the one whose folders are most alike."""
    exactly = [tile.tile_id for tile in named if scenes[tile.scene_id].path == scene]
    if exactly:
        return exactly[0]
    likeness = [common_folders(scene, scenes[tile.scene_id].path) for tile in named]
    best = [tile.tile_id for tile, alike in zip(named, likeness, strict=True) if alike == max(likeness)]
    return best[0] if len(best) == 1 else None


def _whole(written: str) -> int:
    """Also of 128.0, as programs write a column that once held an empty cell. Raises ValueError."""
    number = float(written)
    if not number.is_integer():
        raise ValueError(f"{written} is no whole number of pixels")
    return int(number)


def _reason(error: Exception) -> object:
    if isinstance(error, KeyError):
        return f"there is no column {error}"
    return getattr(error, "strerror", None) or error
