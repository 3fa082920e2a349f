"""Making a project: which of the chosen files are its scenes, what their bands mean, and how tiles are cut."""

from __future__ import annotations

import os
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import ProjectError, SceneError
from core.imagery.band_files import LooseScene, loose_scenes
from core.imagery.grid import cut_grid, suggest_tile_px, valid_shares
from core.imagery.interpretation import Interpretation, guess_interpretation, stated_roles
from core.imagery.scene import Scene, SceneInfo, open_scene
from core.imagery.statistics import pooled_statistics, sample_pixels
from core.jobs import Checkpoint, Stage
from core.labels.classes import DEFAULT_CLASSES, LabelClass, checked_classes
from core.project.fingerprints import fingerprint
from core.project.folders import files_below
from core.project.loose_bands import refuse_captures, refuse_incomplete, refuse_loose_bands
from core.project.mask_names import masks_among
from core.project.records import Budget, Refusal, SceneRecord, TileRecord
from core.project.sentinel_offset import raised_and_others
from core.project.settings import Setting
from core.project.store import Store

SCENE_SUFFIXES = (".tif", ".tiff", ".jp2")
PHOTOGRAPH_SUFFIXES = (".jpg", ".jpeg", ".png")
SMALLEST_TILE_PX = 64
LARGEST_TILE_PX = 1024
# A tile with less than this share of a whole one's pixels, valid ones, is not worth an expert's look; it stays out.
LEAST_VALID_SHARE = 0.05
_SHARE_OF_CUTTING = 0.9  # of the progress: what is left measures the bands
_SAMPLED_SCENES = 32  # spread evenly over the project's, for the statistics of their bands
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


@dataclass(frozen=True)
class ProjectPlan:
    """All that the user decides about a new project. `examination.interpretation` may be replaced by a correction."""

    path: Path
    examination: Examination
    interpretation: Interpretation
    tile_px: int
    budget: Budget
    classes: tuple[LabelClass, ...] = DEFAULT_CLASSES

    def __post_init__(self) -> None:
        checked_classes(self.classes)
        if not SMALLEST_TILE_PX <= self.tile_px <= LARGEST_TILE_PX:
            raise ProjectError(
                "A tile of {tile_px} pixels is not possible.",
                "Choose from {least} to {most} pixels.",
                tile_px=self.tile_px,
                least=SMALLEST_TILE_PX,
                most=LARGEST_TILE_PX,
            )


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


def create_project(
    plan: ProjectPlan, context: Checkpoint, leave_out: Callable[[Refusal], None] = lambda _: None
) -> Path:
    """Write the project file of `plan` and return its path. It appears under its name only when it is complete.

    Scenes that turn out to be damaged are not part of it; `leave_out` is told of each. Raises ProjectError when the
    file exists, cannot be written, or no tile has enough valid pixels, SceneError when no scene can be read, or one is
    gone.
    """
    _refuse_existing(plan.path)
    partial = plan.path.with_name(plan.path.name + ".partial")
    try:
        plan.path.parent.mkdir(parents=True, exist_ok=True)
        partial.touch()  # where one may not, the sentence names the project and not this file
        _remove(partial)  # also of a program that was killed
        store = Store.create(partial)
        try:
            _fill(store, plan, context, leave_out)
            store.checkpoint()  # closing does that too, but says nothing when the disk is full
        finally:
            store.close()
        _refuse_existing(plan.path)
        partial.rename(plan.path)
    except ProjectError as error:  # of a full disk: about the hidden file, of which nobody knows
        values = {**error.what.values, "path": plan.path}
        raise ProjectError(error.what.template, error.remedy.template, **values) from error
    except OSError as error:
        raise ProjectError(
            "The project {path} cannot be written: {reason}.", "Choose a folder you may write to.",
            path=plan.path, reason=error.strerror or error,
        ) from error  # fmt: skip
    finally:
        with suppress(OSError):
            _remove(partial)
    return plan.path


def _refuse_existing(path: Path) -> None:
    if os.path.lexists(path):
        raise ProjectError("{path} exists already.", "Choose another name, or open it.", path=path)


def _fill(store: Store, plan: ProjectPlan, context: Checkpoint, leave_out: Callable[[Refusal], None]) -> None:
    infos = plan.examination.scenes
    found: dict[str, tuple[SceneRecord, list[TileRecord]]] = {}
    empty: Counter[str] = Counter()
    refused: list[Refusal] = []
    whole_px, done_px = sum(info.width * info.height for info in infos), 0
    for info in infos:
        context.check()
        begins_px, done_px = done_px, done_px + info.width * info.height
        stage = Stage(context, _SHARE_OF_CUTTING * begins_px / whole_px, _SHARE_OF_CUTTING * done_px / whole_px)
        with _left_out_if_damaged(info.path, refused), open_scene(info.path, try_reading=False) as scene:
            found[info.path] = _cut(scene, plan, stage)
            empty[info.path] = len(cut_grid(info.width, info.height, plan.tile_px)) - len(found[info.path][1])
        stage.report(1, 1)
    with_tiles = [path for path, (_, tiles) in found.items() if tiles]
    samples = []
    sampled = with_tiles[:: -(-len(with_tiles) // _SAMPLED_SCENES) or 1]
    for path in sampled:
        with _left_out_if_damaged(path, refused), open_scene(path, try_reading=False) as scene:
            samples.append(sample_pixels(scene, plan.interpretation, context, len(sampled)))
    damaged = {refusal.path for refusal in refused}
    grids = [grid for path, grid in found.items() if path not in damaged]
    if refused and not grids:
        raise refused[0].error
    if not samples:
        raise ProjectError(
            "No tile has enough valid pixels: the scenes are nodata almost everywhere.",
            "Check the nodata value, or choose other scenes.",
        )
    store.add_scenes(grids)
    store.set_classes(plan.classes)
    store.set_setting(Setting.INTERPRETATION, plan.interpretation.to_json())
    store.set_setting(Setting.STATISTICS, pooled_statistics(samples).to_json())
    store.set_setting(Setting.TILE_PX, plan.tile_px)
    store.set_setting(Setting.TILES_LEFT_OUT, sum(count for path, count in empty.items() if path not in damaged))
    store.set_setting(Setting.BUDGET, {"unit": plan.budget.unit, "amount": plan.budget.amount})
    context.report(1, 1)
    for refusal in refused:
        leave_out(refusal)


@contextmanager
def _left_out_if_damaged(path: str, refused: list[Refusal]) -> Iterator[None]:
    """Note the Scene as refused where it cannot be read. Raises SceneError where it is gone: so is its drive, perhaps,
    and with that all others."""
    try:
        yield
    except SceneError as error:
        if not Path(path).is_file():
            raise
        refused.append(Refusal(path, error))


def _cut(scene: Scene, plan: ProjectPlan, context: Checkpoint) -> tuple[SceneRecord, list[TileRecord]]:
    info = scene.info
    grid = cut_grid(info.width, info.height, plan.tile_px)
    shares = valid_shares(scene, grid, plan.interpretation, context)
    least_px = LEAST_VALID_SHARE * max(tile.rect.area for tile in grid)  # which slivers at the edge do not have either
    tiles = [
        TileRecord(0, 0, tile.column, tile.row, tile.rect, float(share))
        for tile, share in zip(grid, shares, strict=True)
        if share * tile.rect.area >= least_px
    ]
    return SceneRecord(0, info.path, fingerprint(info.path), info.width, info.height, info.transform), tiles


def _remove(path: Path) -> None:
    for leftover in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
