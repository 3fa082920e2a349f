"""Which file holds the mask of which Scene: by its name, its folders, and its place on the map. Never by a guess."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import groupby, takewhile
from pathlib import Path

from core.errors import LabelError, SceneError
from core.imagery.files import SceneInfo
from core.imagery.scene import open_scene
from core.mask_import.grid import MaskGrid, has_place, is_same_place
from core.project.folders import files_below
from core.project.mask_names import alike, mask_names, scene_names
from core.project.records import SceneRecord, export_stems
from core.project.spelling import folded

_MASK_SUFFIXES = (".tif", ".tiff", ".png")
_MOST_NAMED = 4  # scenes, in a sentence


@dataclass(frozen=True)
class MaskFile:
    """A raster of label values for the Scene `scene_id`."""

    scene_id: int
    path: Path


@dataclass(frozen=True)
class _Pair:
    """A Scene and a mask that may be its own. `numbered` where the mask's name says which of several Scenes of the same
    name is meant; `alike` how many folders are; `distance` how far their names are apart, from 0 for the same."""

    scene: SceneRecord
    path: Path
    numbered: bool
    alike: int
    distance: int

    @property
    def strength(self) -> tuple[bool, int, int]:
        return self.numbered, self.alike, -self.distance


def find_mask_files(folder: str | Path, scenes: Iterable[SceneRecord]) -> list[MaskFile]:
    """The masks in `folder` that bear a Scene's name, alone or with a word such as mask or labels (core/project/
    mask_names.py). Where the folder itself has none for a Scene, those below count.

    Of Scenes with the same name the second is called name_2, as in exported files, and the first name_1 or, as there,
    name alone. Of masks and Scenes that fit by their names those belong together whose folders are called alike; then
    those that lie in the same place. Each mask serves one Scene. The one mask that lies on the very pixels of a
    Project's only Scene may be called what it likes.

    Raises LabelError when there is no mask at all, or it is not clear whose one is, ProjectError for a folder that
    cannot be read.
    """
    folder, scenes = Path(folder), list(scenes)
    images = {os.path.realpath(scene.path) for scene in scenes}
    numbers = _numbered_names(scenes)
    found = _matched(scenes, numbers, _masks(_files_in(folder), images))
    if len(found) < len(scenes):
        missing = [scene for scene in scenes if scene.scene_id not in {file.scene_id for file in found}]
        below = _masks((path for path in files_below(folder) if path.parent != folder), images)
        found += _matched(missing, numbers, below)
    found = found or _of_another_name(folder, scenes, images)
    if not found:
        raise LabelError(
            "{folder} has no mask that bears a scene's name.",
            "Give every mask the name of its scene, with or without “_labels” or “_mask”, as GeoTIFF or PNG.",
            folder=folder,
        )
    return sorted(found, key=lambda file: file.scene_id)


def _of_another_name(folder: Path, scenes: Sequence[SceneRecord], images: Set[str]) -> list[MaskFile]:
    if len(scenes) != 1:
        return []
    scene = _info(Path(scenes[0].path))
    paths = _masks(_files_in(folder), images)
    found = [path for path in paths if _is_mask(mask := _info(path)) and _is_on(mask, scene)]
    return [MaskFile(scenes[0].scene_id, found[0])] if len(found) == 1 else []


def _is_mask(raster: SceneInfo | None) -> bool:
    """Whether it can be one: an index or a height on the Scene's pixels is none."""
    return raster is not None and raster.band_count == 1 and "int" in raster.dtype


def _files_in(folder: Path) -> Iterator[Path]:
    """Without those below. Raises ProjectError."""
    return takewhile(lambda path: path.parent == folder, files_below(folder))


def _masks(paths: Iterable[Path], images: Set[str]) -> list[Path]:
    """The paths that may be masks; not the Scenes themselves."""
    found = sorted(path for path in paths if path.suffix.lower() in _MASK_SUFFIXES and os.path.isfile(path))
    return [path for path in found if os.path.realpath(path) not in images]


def _numbered_names(scenes: Sequence[SceneRecord]) -> dict[int, str]:
    """What masks are to be called of Scenes whose own name does not tell them from others, or is cut in exports."""
    stems = export_stems(scenes)
    count = Counter(folded(Path(scene.path).stem) for scene in scenes)
    taken = {*count, *(folded(stem) for stem in stems.values())}
    names = {}
    for scene in scenes:
        own, stem = folded(Path(scene.path).stem), stems[scene.path]
        if folded(stem) != own:
            names[scene.scene_id] = stem
        elif count[own] > 1 and f"{own}_1" not in taken:
            names[scene.scene_id] = f"{stem}_1"
    return names


def _matched(scenes: Sequence[SceneRecord], numbers: dict[int, str], paths: Sequence[Path]) -> list[MaskFile]:
    """One mask for each Scene that has any, each for one Scene, the surest first. Raises LabelError."""
    found: dict[Path, SceneRecord] = {}
    served: set[int] = set()
    numbering: set[Path] = set()  # the folders where masks are numbered
    pairs = sorted(_pairs(scenes, numbers, paths), key=lambda pair: pair.strength, reverse=True)
    for _, equal in groupby(pairs, key=lambda pair: pair.strength):
        free = [pair for pair in equal if pair.path not in found and pair.scene.scene_id not in served]
        for pair in (pair for some in _joined(free) for pair in _settled(some, numbers, numbering)):
            found[pair.path] = pair.scene
            served.add(pair.scene.scene_id)
            if pair.numbered:
                numbering.add(pair.path.parent)
    return [MaskFile(scene.scene_id, path) for path, scene in found.items()]


def _pairs(scenes: Iterable[SceneRecord], numbers: dict[int, str], paths: Iterable[Path]) -> list[_Pair]:
    """All that fit by their names; of a Scene and a mask that fit in several ways the strongest."""
    masks: dict[str, list[tuple[Path, bool]]] = {}
    for path in paths:
        for name, worded in mask_names(path.stem).items():
            masks.setdefault(name, []).append((path, worded))
    pairs: dict[tuple[int, Path], _Pair] = {}
    for scene in scenes:
        for pair in _pairs_of(scene, numbers.get(scene.scene_id), masks):
            known = pairs.setdefault((scene.scene_id, pair.path), pair)
            if known.strength < pair.strength:
                pairs[scene.scene_id, pair.path] = pair
    return list(pairs.values())


def _pairs_of(
    scene: SceneRecord, number: str | None, masks: Mapping[str, Sequence[tuple[Path, bool]]]
) -> Iterator[_Pair]:
    """`number`: its numbered name, if it has one. `masks` by the name of the Scene that they may belong to, each with
    whether that is told from a word for masks."""
    names = [(name, False, bare) for name, bare in scene_names(Path(scene.path).stem).items()]
    if number is not None:
        names.append((folded(number), True, False))
    own_folder = Path(scene.path).parent
    for name, numbered, bare in names:
        for path, worded in masks.get(name, ()):
            beside = not worded and path.parent == own_folder  # a preview, or another picture
            if not (beside and bare):
                distance = 3 if beside else 2 if bare else int(worded)
                yield _Pair(scene, path, numbered, alike(path, scene.path), distance)


def _joined(pairs: Iterable[_Pair]) -> list[list[_Pair]]:
    """Those that have a Scene or a mask in common, together."""
    ends: dict[int | Path, list[_Pair]] = {}
    for pair in pairs:
        for end in (pair.scene.scene_id, pair.path):
            ends.setdefault(end, []).append(pair)
    groups, seen = [], set()
    for first in ends:
        group, todo = {}, [first]
        while todo:
            end = todo.pop()
            if end in seen:
                continue
            seen.add(end)
            for pair in ends[end]:
                group[pair.scene.scene_id, pair.path] = pair
                todo += [pair.scene.scene_id, pair.path]
        if group:
            groups.append(list(group.values()))
    return groups


def _settled(pairs: list[_Pair], numbers: dict[int, str], numbering: Set[Path]) -> list[_Pair]:
    """Of pairs that are equally likely by names and folders those that belong together: by how exports are numbered,
    else by their places. Raises LabelError where that leaves a Scene and a mask that may be its own."""
    if len(pairs) == 1:
        return pairs
    ends = {path for pair in pairs for path in (pair.path, Path(pair.scene.path))}
    infos = {path: _info(path) for path in ends}
    rules: tuple[Callable[[_Pair], bool], ...] = (
        lambda pair: _is_first(pair, numbers) and (pair.path.parent in numbering or _is_export(infos[pair.path])),
        lambda pair: _is_on(infos[pair.path], infos[Path(pair.scene.path)]),
        lambda pair: _reaches(infos[pair.path], infos[Path(pair.scene.path)]),
    )
    for fits in rules:
        chosen = [pair for pair in pairs if fits(pair)]
        scenes, paths = {pair.scene.scene_id for pair in chosen}, {pair.path for pair in chosen}
        rest = [pair for pair in pairs if pair.scene.scene_id not in scenes and pair.path not in paths]
        if len(scenes) == len(paths) == len(chosen) and not rest:
            return chosen
    raise _not_clear(pairs, numbers)


def _info(path: Path) -> SceneInfo | None:
    try:
        with open_scene(path, try_reading=False) as raster:
            return raster.info
    except SceneError:
        return None


def _is_first(pair: _Pair, numbers: dict[int, str]) -> bool:
    """Of several Scenes of the name, so that what is exported of it has no number."""
    return numbers.get(pair.scene.scene_id, "") == f"{Path(pair.scene.path).stem}_1"


def _is_export(mask: SceneInfo | None) -> bool:
    return mask is not None and "FIELDBRUSH" in dict(mask.tags)


def _is_on(mask: SceneInfo | None, scene: SceneInfo | None) -> bool:
    if mask is None or scene is None or not has_place(mask):
        return False
    return (mask.width, mask.height) == (scene.width, scene.height) and is_same_place(mask, scene)


def _reaches(mask: SceneInfo | None, scene: SceneInfo | None) -> bool:
    return mask is not None and scene is not None and has_place(mask) and MaskGrid(mask, scene).reaches_the_scene


def _not_clear(pairs: Sequence[_Pair], numbers: dict[int, str]) -> LabelError:
    paths = list(dict.fromkeys(pair.path for pair in pairs))
    scenes = list({pair.scene.scene_id: pair.scene for pair in pairs}.values())
    if len(scenes) == 1:
        return LabelError(
            "It is not clear which mask belongs to which scene: {one}, {other}.",
            "Keep one of them, or give the folder that holds the right masks and no others.",
            one=paths[0], other=paths[1],
        )  # fmt: skip
    names = [f"{numbers.get(s.scene_id, Path(s.path).stem)} – {s.path}" for s in scenes[:_MOST_NAMED]]
    return LabelError(
        "It is not clear which mask belongs to which scene: {one}, {other}.",
        "Put the masks into folders that are called like the scenes' folders, or name them so: {names}.",
        one=paths[0], other=paths[1] if len(paths) > 1 else scenes[1].path,
        names=", ".join([*names, *(["…"] if len(scenes) > _MOST_NAMED else [])]),
    )  # fmt: skip
