"""`fieldbrush new`: a project from scenes, as the options of the command correct what the program guesses. And
`fieldbrush stack`, which makes scenes of bands that lie in a file each."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

from core.errors import SceneError
from core.imagery.interpretation import ROLES, Interpretation
from core.imagery.stacking import stack
from core.imagery.validity import can_hold
from core.jobs import Worker
from core.labels.classes import DEFAULT_CLASSES, classes_from_names
from core.project.creation import LEAST_VALID_SHARE, ProjectPlan, create_project
from core.project.examination import IsMaskError, examine, loose_scenes_in
from core.project.records import Budget, Refusal
from core.terminal.working import closing, finish
from core.text import text

_MOST_NAMED = 3  # of the masks that are no scenes, in a sentence


def make_project(arguments: argparse.Namespace, project: Path) -> tuple[Path, list[str]]:
    """The new project's file, and a sentence for each file that was left out. Raises FieldbrushError."""
    worker = Worker("compute")
    with closing(worker.close):
        found = finish(worker.submit(text("Opening scenes"), lambda c: examine(arguments.scenes, c)))
        plan = ProjectPlan(
            path=project,
            examination=found,
            interpretation=_corrected(found.interpretation, found.scenes[0].dtype, arguments),
            tile_px=found.tile_px if arguments.tile is None else arguments.tile,
            budget=_budget(arguments),
            classes=classes_from_names(arguments.classes.split(",")) if arguments.classes else DEFAULT_CLASSES,
        )
        refused = list(found.refused)
        path = finish(worker.submit(text("Cutting tiles"), lambda c: create_project(plan, c, refused.append)))
    return path, list(_refusals(refused))


def stack_bands(files: Sequence[str], folder: Path) -> list[Path]:
    """The files written into `folder`, one a Scene. Raises FieldbrushError."""
    worker = Worker("compute")
    with closing(worker.close):
        scenes = finish(worker.submit(text("Opening scenes"), lambda context: loose_scenes_in(files, context)))
        job = worker.submit(text("Putting the bands together"), lambda context: stack(scenes, folder, context))
        return list(finish(job))


def _refusals(refused: Sequence[Refusal]) -> Iterator[str]:
    """One sentence each; of several masks one for all of them."""
    masks = [refusal for refusal in refused if isinstance(refusal.error, IsMaskError)]
    if len(masks) > 1:
        names = ", ".join([refusal.path for refusal in masks[:_MOST_NAMED]] + ["…"] * (len(masks) > _MOST_NAMED))
        yield f"{len(masks)} masks: {names}. Import them with “fieldbrush import-masks”."
    yield from (str(refusal.error) for refusal in refused if len(masks) < 2 or refusal not in masks)


def tiles_left_out(count: int) -> str:
    """The sentence about Tiles with hardly any image data."""
    share = round(100 * LEAST_VALID_SHARE)
    tiles, are = ("tile holds", "is") if count == 1 else ("tiles hold", "are")
    return f"{count} {tiles} less than {share} % image data and {are} left out."


def _corrected(interpretation: Interpretation, dtype: str, arguments: argparse.Namespace) -> Interpretation:
    nodata = arguments.nodata
    if nodata is not None:
        if not can_hold(dtype, nodata):
            raise SceneError(
                "No pixel can be {nodata:g}: the scenes hold {dtype}.", "Give a value that they can hold.",
                nodata=nodata, dtype=dtype,
            )  # fmt: skip
        interpretation = interpretation.with_nodata(nodata)
    roles = [role.strip() for role in arguments.bands.split(",")] if arguments.bands else []
    bands = interpretation.data_bands if len(roles) == len(interpretation.data_bands) else interpretation.bands
    if (roles and len(roles) != len(bands)) or not set(roles) <= set(ROLES):
        raise SceneError(
            "“{roles}” are not the roles of the {count} bands.", "Give each band one of: {known}.",
            roles=arguments.bands, count=len(interpretation.bands), known=", ".join(ROLES),
        )  # fmt: skip
    for band, role in zip(bands, roles, strict=False):
        interpretation = interpretation.with_role(band.index, role)
    return interpretation


def _budget(arguments: argparse.Namespace) -> Budget:
    if arguments.minutes is not None:
        return Budget("minutes", arguments.minutes)
    return Budget("tiles", arguments.budget)
