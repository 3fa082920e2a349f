"""A folder of imagery with known masks, cut into Tiles: what a simulated campaign labels and is tested on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.geometry import Rect, TileRef
from core.imagery.georeference import map_box
from core.imagery.grid import cut_grid, valid_shares
from core.imagery.reader import TileReader
from core.imagery.scene import open_scene
from core.imagery.statistics import measure_statistics, sampled
from core.jobs import Checkpoint
from core.labels.classes import CLASS_COLOURS, IGNORE, LARGEST_CLASS_VALUE, UNLABELED, LabelClass
from core.mask_import.advice import no_class
from core.mask_import.files import find_mask_files
from core.mask_import.importer import MaskImporter
from core.mask_import.values import Reading, read_as, values_of
from core.project.creation import worth_a_look
from core.project.examination import examine
from core.project.fingerprints import fingerprint
from core.project.records import SceneRecord
from core.selection.pool import whole_shares
from core.simulation.cost import boundary_px, labeled_px

_ANY_CLASS = tuple(LabelClass(v, f"class {v}", CLASS_COLOURS[0]) for v in range(1, LARGEST_CLASS_VALUE + 1))

_FIRST_GREY = 16  # of sixteen greys from 0 to 255 the second is 17; hardly anybody tells more classes apart by them

_NOWHERE, _APART_PX = 1e9, 1e7  # beyond every map, and more than any Scene is high


@dataclass(frozen=True, eq=False)
class Ground:
    """N Tiles with their true Masks.

    refs           N Tile references, `tile_id` = place in this list
    masks          N uint8 (h, w): label values
    scene_index    int32 (N,)
    outlines       float64 (N, 4): left, top, right, bottom on the map (y turned so that it grows downwards); Scenes
                   without a map position lie apart from all others
    valid_share    float32 (N,), as in a Pool
    class_values   the Classes that occur, ascending; `background` is the most frequent
    boundary, labeled, foreground   int64 (N,): pixels, of each Tile's true Mask
    fingerprints   of every Scene by its path
    """

    name: str
    tile_px: int
    reader: TileReader
    refs: tuple[TileRef, ...]
    masks: tuple[NDArray[np.uint8], ...]
    scene_index: NDArray[np.int32]
    outlines: NDArray[np.float64]
    valid_share: NDArray[np.float32]
    class_values: tuple[int, ...]
    background: int
    boundary: NDArray[np.int64]
    labeled: NDArray[np.int64]
    foreground: NDArray[np.int64]
    fingerprints: dict[str, str]


@dataclass(frozen=True, eq=False)
class _Cut:
    refs: list[TileRef]
    masks: list[NDArray[np.uint8]]
    scenes: list[int]
    outlines: list[tuple[float, float, float, float]]
    shares: list[float]


def read_ground(
    folder: Path, tile_px: int | None, context: Checkpoint, value_map: Mapping[int, int] | None = None
) -> Ground:
    """Scenes from `folder`/images and masks of the same names from `folder`/masks, or both from `folder` itself (the
    demo's). Tiles of `tile_px` pixels, by default the size that the program itself would propose; `value_map` and what
    holds without one as in `fieldbrush import-masks` (core/mask_import/values.py).

    Raises FieldbrushError where there are no scenes, no masks, fewer than two Classes in them, 0 is nodata in some, or
    their values may as well be greys as numbers of Classes.
    """
    images = folder / "images" if (folder / "images").is_dir() else folder
    masks = folder / "masks" if (folder / "masks").is_dir() else folder
    found = examine([images], context)
    side = tile_px or found.tile_px
    with ExitStack() as stack:
        some = [stack.enter_context(open_scene(info.path)) for info in sampled(found.scenes)]
        statistics = measure_statistics(some, found.interpretation)
    reader = TileReader(found.interpretation, statistics)
    scenes = [
        SceneRecord(number, info.path, fingerprint(info.path), info.width, info.height, info.transform)
        for number, info in enumerate(found.scenes)
    ]
    files = {file.scene_id: file for file in find_mask_files(masks, scenes)}
    reading, beside = Reading(value_map=value_map), [file.path for file in files.values()]
    if value_map is None:
        reading = read_as(beside, _ANY_CLASS, watch=lambda masks: _checked(masks, context))
        _refuse_greys(beside, reading, context)
    cut = _Cut([], [], [], [], [])
    for done, scene in enumerate(scenes):
        context.check()
        if scene.scene_id in files:
            importer = MaskImporter(
                files[scene.scene_id], scene, _ANY_CLASS, value_map, from_zero=reading.from_zero, beside=beside
            )
            _cut_scene(cut, scene, importer, reader, side)
        context.report(done + 1, len(scenes))
    return _ground(folder.resolve().name, side, reader, cut, {scene.path: scene.fingerprint for scene in scenes})


def _checked(masks: Iterable[Path], context: Checkpoint) -> Iterator[Path]:
    for mask in masks:
        context.check()
        yield mask


def _refuse_greys(masks: Sequence[Path], reading: Reading, context: Checkpoint) -> None:
    """Raises LabelError where the values leave most numbers out, as greys do (0, 128, 255), and 255 is among them or
    one is too large for a Class: then 255, which is ignore beside numbers of Classes, may well be one."""
    found = {mask: values_of(mask) for mask in _checked(masks, context)}
    seen: set[int] = set().union(*found.values())
    codes = seen - {IGNORE}
    highest = max(codes, default=0)
    is_unreadable = IGNORE in seen or highest > LARGEST_CLASS_VALUE - reading.from_zero
    if highest < _FIRST_GREY or 2 * len(codes) > highest or not is_unreadable:
        return
    grey = min(value for value in codes if value >= _FIRST_GREY)
    mask = next(mask for mask, values in found.items() if grey in values)
    zero = int(reading.from_zero)
    raise no_class(mask, grey, seen, {UNLABELED: zero}, _ANY_CLASS[: len(seen - ({UNLABELED} if not zero else set()))])


def _cut_scene(cut: _Cut, scene: SceneRecord, importer: MaskImporter, reader: TileReader, side: int) -> None:
    grid = cut_grid(scene.width, scene.height, side)
    shares = valid_shares(reader.scene(scene.path), grid, reader.interpretation)
    for tile, share in worth_a_look(grid, shares):
        cut.outlines.append(_outline(scene, tile.rect))
        cut.refs.append(TileRef(len(cut.refs), scene.path, tile.rect))
        cut.masks.append(importer.read(tile.rect))
        cut.scenes.append(scene.scene_id)
        cut.shares.append(float(share))


def _outline(scene: SceneRecord, rect: Rect) -> tuple[float, float, float, float]:
    """left, top, right, bottom on the map. Scenes without a map position are laid out one below the other, far from
    all else: as they are, all of them would lie over each other and join."""
    if scene.transform is None:
        left, top = _NOWHERE + rect.x, _APART_PX * scene.scene_id + rect.y
        return left, top, left + rect.width, top + rect.height
    west, south, east, north = map_box(rect, scene.transform)
    return west, -north, east, -south


def _ground(name: str, side: int, reader: TileReader, cut: _Cut, fingerprints: dict[str, str]) -> Ground:
    counts = np.zeros(256, np.int64)
    for mask in cut.masks:
        counts += np.bincount(mask.ravel(), minlength=256)
    counts[[UNLABELED, IGNORE]] = 0
    values = tuple(int(value) for value in np.flatnonzero(counts))
    if len(values) < 2:
        raise LabelError(
            "The masks of {name} hold fewer than two classes.",
            "A campaign needs masks with two classes or more. Say what the values mean with --map, such as 0=1,255=2.",
            name=name,
        )  # fmt: skip
    background = int(counts.argmax())
    labeled = _each(labeled_px(mask) for mask in cut.masks)
    return Ground(
        name, side, reader, tuple(cut.refs), tuple(cut.masks), np.array(cut.scenes, np.int32),
        np.array(cut.outlines, np.float64), whole_shares(cut.shares, [ref.rect.area for ref in cut.refs], cut.scenes),
        values, background,
        _each(boundary_px(mask) for mask in cut.masks), labeled,
        labeled - _each((mask == background).sum() for mask in cut.masks), fingerprints,
    )  # fmt: skip


def _each(values: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(values, np.int64)
