"""The masks of a folder, looked at as a whole and read as a whole before any of them becomes a label."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.errors import Failures, LabelError, SceneError
from core.imagery.lost_scenes import without_lost
from core.imagery.reader import TileReader
from core.imagery.scene import open_scene
from core.jobs import Checkpoint
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.labels.mask import encode_plane
from core.mask_import.advice import proposed_map
from core.mask_import.files import MaskFile, find_mask_files
from core.mask_import.importer import MaskImporter, with_tiles
from core.mask_import.values import Reading, guessed_map, named_values, pixels_by_value, read_as
from core.project.records import SceneRecord, TileRecord

_log = logging.getLogger(__name__)

_MOST_VALUES = 64  # of masks of classes; pictures and measurements hold more


@dataclass(frozen=True)
class MaskFolder:
    """What was found for the Scenes of a Project, and what the values may mean.

    `pixels` of each value, of all masks together; `meaning` is our guess, value → label value, to be corrected.
    `names_classes` where every mask says itself which of the Project's Classes its values are: then it is no guess.
    """

    masks: tuple[tuple[MaskFile, tuple[TileRecord, ...]], ...]
    pixels: Mapping[int, int]
    meaning: Mapping[int, int]
    names_classes: bool

    @property
    def tile_count(self) -> int:
        return sum(len(tiles) for _, tiles in self.masks)


class TileLabels(NamedTuple):
    """The labels of one Tile, and where it is paintable, 0 or 1: both encoded (`core.labels.mask.decode_plane`)."""

    tile_id: int
    labels: bytes
    paintable: bytes


@dataclass(frozen=True)
class MasksRead:
    """`on_other_pixels` counts the masks that lie on other pixels than their Scene's, `unread` the Tiles that lie where
    their Scene is damaged."""

    labels: tuple[TileLabels, ...]
    on_other_pixels: int
    unread: int


def look_at_masks(
    folder: Path, scenes: Iterable[SceneRecord], tiles: Iterable[TileRecord], classes: Sequence[LabelClass],
    kept: Reading | None, context: Checkpoint,
) -> MaskFolder:  # fmt: skip
    """Find the masks in `folder` and count what they hold. `kept`: how masks imported earlier were read.

    Raises LabelError where there are none, it is not clear whose one is, or they hold too many values for masks.
    """
    masks = with_tiles(find_mask_files(folder, scenes), tiles)
    pixels: Counter[int] = Counter()
    named: dict[int, int] = {}
    nameless: dict[Path, Collection[int]] = {}  # and the values in each
    for done, (file, _) in enumerate(masks, start=1):
        context.check()
        counted = pixels_by_value(file.path)
        pixels.update(counted)
        if len(pixels) > _MOST_VALUES:
            raise LabelError(
                "The masks in {folder} hold more than {count} values: they are pictures or measurements, not masks.",
                "Choose masks with one whole number for each class.", folder=folder, count=_MOST_VALUES,
            )  # fmt: skip
        names = _names(file, classes)
        named |= names
        if not names or counted.keys() - names.keys() - {UNLABELED, IGNORE}:
            nameless[file.path] = counted.keys()
        context.report(done, len(masks))
    known = _guess(nameless, classes, kept) if nameless else named
    meaning = proposed_map(pixels.keys(), known, [c.value for c in classes])
    return MaskFolder(tuple((file, tuple(mine)) for file, mine in masks), pixels, meaning, not nameless)


def read_masks(
    found: MaskFolder, scenes: Mapping[int, SceneRecord], classes: Sequence[LabelClass], meaning: Mapping[int, int],
    reader: TileReader, context: Checkpoint,
) -> MasksRead:  # fmt: skip
    """Read those of Scenes that can be read, and where these have data; `meaning` of the values, where the masks do not
    name their Classes. Raises LabelError or SceneError for masks that cannot be imported, and where no Scene can be
    read."""
    records = [scenes[file.scene_id] for file, _ in found.masks]
    readable = without_lost({record.path: record.size for record in records}, reader, context)
    masks = [(file, tiles) for file, tiles in found.masks if scenes[file.scene_id].path in readable]
    total = sum(len(tiles) for _, tiles in masks)
    read: list[TileLabels] = []
    on_other_pixels, looked_at = 0, 0
    failures = Failures(_log, "tiles that cannot be read get no labels")
    for file, tiles in masks:
        value_map = None if found.names_classes else meaning
        importer = MaskImporter(file, scenes[file.scene_id], classes, value_map)
        on_other_pixels += importer.is_brought_over
        for tile in tiles:
            context.check()
            labels = encode_plane(importer.read(tile.rect))
            try:
                scene = reader.scene(scenes[file.scene_id].path)
                paintable = scene.read_valid(tile.rect, interpretation=reader.interpretation)
                read.append(TileLabels(tile.tile_id, labels, encode_plane(paintable.view(np.uint8))))
            except SceneError as error:
                failures.add(error)
            looked_at += 1
            context.report(looked_at, total)
    return MasksRead(tuple(read), on_other_pixels, total - len(read))


def _names(file: MaskFile, classes: Sequence[LabelClass]) -> dict[int, int]:
    try:
        with open_scene(file.path, try_reading=False) as mask:
            return named_values(mask.info, classes)
    except SceneError:
        return {}  # said when it is read


def _guess(
    nameless: Mapping[Path, Collection[int]], classes: Sequence[LabelClass], kept: Reading | None
) -> Mapping[int, int]:
    """What the values mean as far as that can be known; the rest is the user's to say."""
    try:
        reading = read_as(tuple(nameless), classes, kept, values=nameless.__getitem__)
    except LabelError:  # nobody can know: the user is asked
        return {UNLABELED: UNLABELED}
    if reading.value_map is not None:
        return reading.value_map
    nodata = _nodata(next(iter(nameless)))
    return guessed_map(nodata, reading.from_zero)


def _nodata(path: Path) -> float | None:
    try:
        with open_scene(path, try_reading=False) as mask:
            return mask.info.nodata
    except SceneError:
        return None
