"""Making a project: its tiles are cut, its scenes measured, and its file appears when it is complete."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import ProjectError, SceneError
from core.imagery.grid import GridTile, cut_grid, valid_shares
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Scene, open_scene
from core.imagery.statistics import keep_scale, may_be_thinned, pooled_statistics, sample_pixels, sampled
from core.jobs import Checkpoint, Stage
from core.labels.classes import DEFAULT_CLASSES, LabelClass, checked_classes
from core.project.examination import Examination
from core.project.fingerprints import fingerprint, keep_content
from core.project.records import Budget, Refusal, SceneRecord, TileRecord
from core.project.settings import Setting
from core.project.store import Store

SMALLEST_TILE_PX = 64
LARGEST_TILE_PX = 1024
# A tile with less than this share of a whole one's pixels, valid ones, is not worth an expert's look; it stays out.
LEAST_VALID_SHARE = 0.05
_SHARE_OF_CUTTING = 0.9  # of the progress: what is left measures the bands


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


class _Cut(NamedTuple):
    """A Scene and its Tiles; `empty` is how many more there are, without enough valid pixels."""

    scene: SceneRecord
    tiles: list[TileRecord]
    empty: int


def _fill(store: Store, plan: ProjectPlan, context: Checkpoint, leave_out: Callable[[Refusal], None]) -> None:
    refused: list[Refusal] = []
    found = _cut_all(plan, context, refused)
    samples = _samples([cut.scene.path for cut in found if cut.tiles], plan, context, refused)
    damaged = {refusal.path for refusal in refused}
    whole = [cut for cut in found if cut.scene.path not in damaged]
    if refused and not whole:
        raise refused[0].error
    if not samples:
        raise ProjectError(
            "No tile has enough valid pixels: the scenes are nodata almost everywhere.",
            "Check the nodata value, or choose other scenes.",
        )
    store.add_scenes([(cut.scene, cut.tiles) for cut in whole])
    store.set_classes(plan.classes)
    store.set_setting(Setting.INTERPRETATION, plan.interpretation.to_json())
    statistics = pooled_statistics([sample for _, sample in samples])
    store.set_setting(Setting.STATISTICS, statistics.to_json())
    if not may_be_thinned(len(plan.interpretation.data_bands), len(samples)):
        for scene, sample in samples:
            keep_scale(scene, plan.interpretation, statistics, sample)  # the first picture waits for it
    store.set_setting(Setting.TILE_PX, plan.tile_px)
    store.set_setting(Setting.TILES_LEFT_OUT, sum(cut.empty for cut in whole))
    store.set_setting(Setting.BUDGET, {"unit": plan.budget.unit, "amount": plan.budget.amount})
    context.report(1, 1)
    for refusal in refused:
        leave_out(refusal)


def _cut_all(plan: ProjectPlan, context: Checkpoint, refused: list[Refusal]) -> list[_Cut]:
    """All Scenes that can be read; the others are `refused`."""
    infos = plan.examination.scenes
    found: list[_Cut] = []
    whole_px, done_px = sum(info.width * info.height for info in infos), 0
    for info in infos:
        context.check()
        begins_px, done_px = done_px, done_px + info.width * info.height
        stage = Stage(context, _SHARE_OF_CUTTING * begins_px / whole_px, _SHARE_OF_CUTTING * done_px / whole_px)
        with _left_out_if_damaged(info.path, refused), open_scene(info.path, try_reading=False) as scene:
            found.append(_cut(scene, plan, stage))
        stage.report(1, 1)
    return found


def _samples(
    paths: Sequence[str], plan: ProjectPlan, context: Checkpoint, refused: list[Refusal]
) -> list[tuple[Scene, NDArray[Any]]]:
    """Some of the Scenes, closed, and pixels of each; those that turn out to be damaged are `refused`."""
    samples = []
    some = sampled(paths)
    for path in some:
        with _left_out_if_damaged(path, refused), open_scene(path, try_reading=False) as scene:
            samples.append((scene, sample_pixels(scene, plan.interpretation, context, len(some))))
    return samples


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


def _cut(scene: Scene, plan: ProjectPlan, context: Checkpoint) -> _Cut:
    info = scene.info
    grid = cut_grid(info.width, info.height, plan.tile_px)
    shares = valid_shares(scene, grid, plan.interpretation, context)
    tiles = [
        TileRecord(0, 0, tile.column, tile.row, tile.rect, float(share)) for tile, share in worth_a_look(grid, shares)
    ]
    content = fingerprint(info.path)
    keep_content(info.path, content)
    record = SceneRecord(0, info.path, content, info.width, info.height, info.transform)
    return _Cut(record, tiles, len(grid) - len(tiles))


def worth_a_look(grid: Sequence[GridTile], valid_shares: NDArray[np.float32]) -> Iterator[tuple[GridTile, np.float32]]:
    """The tiles of a Scene's `grid` that become Tiles, each with its share of valid pixels: those with enough data for
    a whole one, which slivers at the edge do not have either. `valid_shares` (len(grid),), 0…1."""
    least_px = LEAST_VALID_SHARE * max(tile.rect.area for tile in grid)
    pairs = zip(grid, valid_shares, strict=True)
    return ((tile, share) for tile, share in pairs if share * tile.rect.area >= least_px)


def _remove(path: Path) -> None:
    for leftover in (path, path.with_name(path.name + "-wal"), path.with_name(path.name + "-shm")):
        leftover.unlink(missing_ok=True)
