"""Which of the chosen files are a new project's scenes, and what their bands mean."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.errors import ProjectError, SceneError
from core.imagery.band_files import LooseScene, loose_scenes
from core.imagery.files import SceneInfo
from core.imagery.grid import suggest_tile_px
from core.imagery.interpretation import Interpretation, guess_interpretation, stated_roles
from core.imagery.scene import open_scene
from core.jobs import Checkpoint
from core.project.folders import files_below
from core.project.loose_bands import refuse_captures, refuse_incomplete, refuse_loose_bands
from core.project.mask_names import masks_among
from core.project.records import Refusal
from core.project.sentinel_offset import raised_and_others

SCENE_SUFFIXES = (".tif", ".tiff", ".jp2")
PHOTOGRAPH_SUFFIXES = (".jpg", ".jpeg", ".png")
# Planet, Landsat and Sentinel-2 deliver such files with every image, and nothing in them tells them from one.
_USABLE_PIXELS = re.compile(
    r"(?<![a-z0-9])(?:udm2?|qa_(?:pixel|radsat|aerosol)|fmask|scl(?=(?:_\d0m)?\.\w+$))(?![a-z0-9])", re.IGNORECASE
)


class IsMaskError(SceneError):
    """The file is a mask. Data sets have as many as images, so that they are better counted than named."""


@dataclass(frozen=True)
class Examination:
    """What was found in the chosen files: scenes of one kind, our reading of their bands, and a tile size."""

    scenes: tuple[SceneInfo, ...]
    refused: tuple[Refusal, ...]
    interpretation: Interpretation
    tile_px: int

    @property
    def masks(self) -> tuple[Refusal, ...]:
        """Those refused that can become labels when the Project is there."""
        return tuple(refusal for refusal in self.refused if isinstance(refusal.error, IsMaskError))


def find_scene_files(paths: Iterable[str | Path]) -> list[Path]:
    """The chosen files, and all GeoTIFF and JPEG 2000 files in the chosen folders and below, sorted; of a folder that
    has none, its JPEG and PNG files, which beside others are previews. Each once, by whatever names and links it was
    found. Raises ProjectError for a folder that cannot be read."""
    found: set[Path] = set()
    for path in map(Path, paths):
        if os.path.isdir(path):
            below = [file.absolute() for file in files_below(path)]
            scenes = {file for file in below if _may_be_scene(file.name, SCENE_SUFFIXES)}
            found |= scenes or {file for file in below if _may_be_scene(file.name, PHOTOGRAPH_SUFFIXES)}
        else:
            found.add(path.absolute())
    files: dict[str, Path] = {}
    for path in sorted(found, key=lambda path: (os.path.realpath(path) != str(path), path)):
        files.setdefault(os.path.realpath(path), path)
    return sorted(files.values())


def _may_be_scene(name: str, suffixes: tuple[str, ...]) -> bool:
    """Hidden files are other programs' notes (macOS leaves a ._name.tif beside every file on foreign drives)."""
    return name.lower().endswith(suffixes) and not name.startswith(".")


def examine(paths: Sequence[str | Path], context: Checkpoint) -> Examination:
    """Open every chosen raster and keep the scenes that belong together.

    A project's scenes share their bands. Where the files differ (a folder of images and masks, say), the kind wins
    that has the most measurements, pixels times bands, then the one with the most bands; the others are refused with
    the reason. Raises ProjectError when no file can be used, LooseBandsError where they are the bands of Scenes.
    """
    opened, refused = _open_all(paths, context)
    unreadable = list(refused)
    masks = masks_among(info.path for info in opened)
    refused += [Refusal(path, _mask_of(path, image)) for path, image in masks.items()]
    kinds: defaultdict[tuple[int, str], list[SceneInfo]] = defaultdict(list)
    for info in opened:
        if info.path not in masks:
            kinds[info.band_count, info.dtype].append(info)
    if not kinds:
        raise refused[0].error if len(refused) == 1 else ProjectError(
            "None of the {count} files can be used as a scene.", "Choose GeoTIFF files.", count=len(refused)
        )  # fmt: skip
    chosen = max(kinds, key=lambda kind: (kind[0] * sum(info.width * info.height for info in kinds[kind]), kind[0]))
    for kind, infos in kinds.items():
        if kind != chosen:
            refused += [Refusal(info.path, _other_kind(info, chosen)) for info in infos]
    refuse_captures(kinds[chosen])
    refuse_loose_bands(kinds[chosen], opened, unreadable)
    scenes, others = _agreeing(kinds[chosen])
    refused += others
    interpretation = _interpreted(scenes)
    scenes, others = _at_one_level(scenes, interpretation)
    refused += others
    return Examination(scenes, tuple(refused), interpretation, suggest_tile_px(scenes))


def loose_scenes_in(paths: Sequence[str | Path], context: Checkpoint) -> list[LooseScene]:
    """The Scenes whose bands lie in a file each among the chosen files. Raises ProjectError where there are none,
    SceneError where one of their bands cannot be read."""
    opened, unreadable = _open_all(paths, context)
    scenes = loose_scenes(opened)
    if not scenes:
        raise ProjectError(
            "Among the {count} images are no bands of one scene, each in a file of its own.",
            "Such files have the same name but for the band, as “_B02” and “_B03”, and lie on the same ground.",
            count=len(opened),
        )  # fmt: skip
    refuse_incomplete(scenes, unreadable)
    return scenes


def _open_all(paths: Sequence[str | Path], context: Checkpoint) -> tuple[list[SceneInfo], list[Refusal]]:
    """All images among the chosen files and folders, and those that cannot be one."""
    files = find_scene_files(paths)
    if not files:
        raise ProjectError(
            "There are no images (GeoTIFF, JPEG 2000, JPEG, PNG) in {folders}.",
            "Choose the files themselves, or their folder.",
            folders=", ".join(map(str, paths)),
        )  # fmt: skip
    opened: list[SceneInfo] = []
    refused: list[Refusal] = []
    for number, path in enumerate(files):
        context.check()
        try:
            opened.append(_opened(path))
        except SceneError as error:
            refused.append(Refusal(str(path), error))
        context.report(number + 1, len(files))
    return opened, refused


def _opened(path: Path) -> SceneInfo:
    with open_scene(path) as scene:
        if scene.info.one_bit:
            raise IsMaskError(
                "{name} has one bit a pixel: it is a mask, not an image.",
                "Choose the image it belongs to, and import this one as its labels when the project is there.",
                name=scene.info.name,
            )
        if _USABLE_PIXELS.search(scene.info.name):
            raise SceneError(
                "{name} says which pixels of an image are usable: it is no image itself.",
                "Choose the image it belongs to.",
                name=scene.info.name,
            )
        if "FIELDBRUSH" in dict(scene.info.tags):
            raise SceneError(
                "{name} is a map that this program has exported, not an image.",
                "Choose the image, and import the map as its labels when the project is there.",
                name=scene.info.name,
            )
        return scene.info


def _mask_of(path: str, image: str) -> IsMaskError:
    return IsMaskError(
        "{path} is taken for the mask of {image}, by its name.",
        "Import it as that one's labels when the project is there.",
        path=path, image=image,
    )  # fmt: skip


def _agreeing(infos: Sequence[SceneInfo]) -> tuple[tuple[SceneInfo, ...], list[Refusal]]:
    """Those whose bands are in the order that most files name, or that name none; and the others, refused: a Project
    reads the bands of all Scenes alike."""
    stated = [stated_roles(info) for info in infos]
    named = Counter(roles for roles in stated if roles is not None)
    usual = named.most_common(1)[0][0] if named else ()
    fits = [roles is None or not _contradict(roles, usual) for roles in stated]
    refused = [
        Refusal(info.path, _other_order(info, roles, usual))
        for info, roles, fit in zip(infos, stated, fits, strict=True)
        if roles is not None and not fit
    ]
    return tuple(info for info, fit in zip(infos, fits, strict=True) if fit), refused


def _at_one_level(
    infos: tuple[SceneInfo, ...], interpretation: Interpretation
) -> tuple[tuple[SceneInfo, ...], list[Refusal]]:
    """Of Sentinel-2 scenes with and without the offset those that are more, and the others, refused: to the model the
    same field would be another."""
    raised, others = raised_and_others(infos, interpretation)
    if not raised or not others:
        return infos, []
    fewer = raised if len(raised) <= len(others) else others
    return tuple(info for info in infos if info not in fewer), [
        Refusal(info.path, _other_level(info, info in raised)) for info in fewer
    ]


def _other_level(info: SceneInfo, is_raised: bool) -> SceneError:
    if is_raised:
        return SceneError(
            "{path} stands 1,000 higher in all its values than other scenes, as Sentinel-2 images do since 2022.",
            "Subtract 1,000 from its values, for example with QGIS's raster calculator, or label it in a project of its"
            " own.",
            path=info.path,
        )
    return SceneError(
        "{path} stands 1,000 lower in all its values than other scenes, as Sentinel-2 images do from before 2022.",
        "Add 1,000 to its values, for example with QGIS's raster calculator, or label it in a project of its own.",
        path=info.path,
    )


def _contradict(some: Sequence[str], others: Sequence[str]) -> bool:
    """Transparency may be known of one file alone: then the shorter list says nothing of the last band."""
    return any(one != other for one, other in zip(some, others, strict=False) if "other" not in (one, other))


def _other_order(info: SceneInfo, roles: Sequence[str], usual: Sequence[str]) -> SceneError:
    return SceneError(
        "{path} has the bands {bands}, the other scenes have {other_bands}.",
        "Save it with its bands in that order, or label it in a project of its own.",
        path=info.path,
        bands=", ".join(roles),
        other_bands=", ".join(usual),
    )


def _interpreted(scenes: Sequence[SceneInfo]) -> Interpretation:
    """Our reading of the bands, from the first Scene that is like most: has transparency or none, names its bands or
    does not. Raises SceneError."""
    kinds = [(info.alpha_band, stated_roles(info) is None) for info in scenes]
    first = kinds.index(Counter(kinds).most_common(1)[0][0])
    with open_scene(scenes[first].path, try_reading=False) as scene:
        return guess_interpretation(scene.info, scene, others=[*scenes[:first], *scenes[first + 1 :]])


def _other_kind(info: SceneInfo, chosen: tuple[int, str]) -> SceneError:
    return SceneError(
        "{path} has other bands than the other scenes: {bands} × {dtype}, not {other_bands} × {other_dtype}.",
        "Label it in a project of its own.",
        path=info.path,
        bands=info.band_count,
        dtype=info.dtype,
        other_bands=chosen[0],
        other_dtype=chosen[1],
    )
