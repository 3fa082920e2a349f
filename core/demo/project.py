"""The demo as a ready project."""

from __future__ import annotations

from pathlib import Path

import platformdirs

from core.demo.scene import write_demo_scene
from core.jobs import Checkpoint, Unwatched
from core.labels.classes import DEFAULT_CLASSES, LabelClass
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from core.project.store import PROJECT_SUFFIX

_TILES = 40


def default_demo_folder() -> Path:
    """Where the demo lives unless the user says otherwise."""
    return Path(platformdirs.user_data_dir("fieldbrush", appauthor=False)) / "demo"


def make_demo_project(
    folder: Path, context: Checkpoint, seed: int = 7, size_px: int = 6000,
    classes: tuple[LabelClass, ...] = DEFAULT_CLASSES,
) -> Path:  # fmt: skip
    """The demo project in `folder`; scene, true mask and project are generated unless they are there already.

    `classes` are the default ones, perhaps by other names: what is healthy has the same value in the true mask.
    """
    project = folder.absolute() / f"Demo farmland{PROJECT_SUFFIX}"
    if project.exists():
        return project

    def progress(share: float) -> None:
        context.check()
        context.report(90 * share, 100)

    demo = write_demo_scene(folder, seed, size_px, progress)
    quiet = _Quiet(context)
    found = examine([demo.scene_path], quiet)
    plan = ProjectPlan(project, found, found.interpretation, found.tile_px, Budget("tiles", _TILES), classes)
    create_project(plan, quiet)
    context.report(100, 100)
    return project


class _Quiet(Unwatched):
    """A job's checkpoint without its progress: the parts here are too short to show."""

    def __init__(self, context: Checkpoint) -> None:
        self._context = context

    def check(self) -> None:
        self._context.check()
