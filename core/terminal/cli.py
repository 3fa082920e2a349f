"""The use cases for a terminal: `fieldbrush new | stack | info | relink | rank | import-masks | train | models |
predict | export | report | simulate | demo`.

Progress goes to standard error, results to standard output (`--json`: one JSON object). Exit codes: 0 done, 1 an error
with one sentence, 2 wrong usage, 130 interrupted (Ctrl+C, SIGTERM, SIGHUP).
"""

from __future__ import annotations

import argparse
import math
import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from core.demo.project import default_demo_folder, make_demo_project
from core.errors import FieldbrushError, ProjectError
from core.executors.spread import HERE, Workplace
from core.jobs import JobContext, Worker
from core.learning.intervals import FEWEST_TILES
from core.learning.settings import FEWEST_STEPS, TrainingSettings
from core.memory import memory_watched
from core.project.settings import Setting
from core.project.store import PROJECT_SUFFIX
from core.report.report import rests_on_few, unjudged
from core.session import Session
from core.simulation import command as simulation
from core.terminal import mapping, models, ranking
from core.terminal.command_line import typed
from core.terminal.creating import make_project, stack_bands, tiles_left_out
from core.terminal.importing import import_masks
from core.terminal.options import place_of
from core.terminal.saying import (
    pixels_of_classes,
    print_whatever_comes,
    say_error,
    say_notice,
    say_result,
    say_warning,
)
from core.terminal.working import (
    LeftBehind,
    closing,
    ended_in_order,
    finish,
    leave,
    load_model,
)
from core.text import text

_NOTHING_BETTER = "Nothing better than model {model} was found: its weights stay. A longer training may find it."
_FEW_STEPS = "Only {steps} training steps fitted into {seconds:.0f} s: give it more time, with a larger --seconds."


def main(argv: Sequence[str]) -> int:
    """Run one command; returns the exit code."""
    print_whatever_comes()
    arguments = typed(argv)
    try:
        with ended_in_order(), memory_watched():
            say_result(arguments, _RUN[arguments.command](arguments))
    except (FieldbrushError, OSError) as error:
        say_error(arguments, error)
        return 1
    except KeyboardInterrupt as error:
        say_error(arguments, f"Interrupted. {str(error) or 'What was finished is saved.'}")
        if isinstance(error, LeftBehind):
            leave(130)
        return 130
    return 0


# -- the commands ---------------------------------------------------------------------------------------------------


def _new(arguments: argparse.Namespace) -> dict[str, Any]:
    path, left_out = make_project(arguments, _project_path(arguments.project))
    with _session(path) as session:
        result = _summary(session)
    for sentence in left_out:
        say_notice(f"left out: {sentence}")
    if result["tiles left out"]:
        say_notice(tiles_left_out(result["tiles left out"]))
    return result


def _stack(arguments: argparse.Namespace) -> dict[str, Any]:
    return {"written": [str(path) for path in stack_bands(arguments.files, arguments.out)]}


def _info(arguments: argparse.Namespace) -> dict[str, Any]:
    with _session(arguments.project, only_reading=True) as session:
        return _summary(session)


def _relink(arguments: argparse.Namespace) -> dict[str, Any]:
    with _session(arguments.project) as session:
        lost = len(session.scene_files.missing())
        search = session.scene_files.searching(arguments.folder)
        found = finish(session.readers.submit(text("Looking for the scenes"), search), session)
        if lost and not found:
            raise ProjectError(
                "{folder} has none of the missing scenes.",
                "Give the folder that holds them. Their names may have changed.", folder=arguments.folder,
            )  # fmt: skip
        session.scene_files.relink(found)
        return {"found": len(found), "missing scenes": [scene.path for scene in session.scene_files.missing()]}


def _rank(arguments: argparse.Namespace) -> dict[str, Any]:
    ranking.check_output(arguments)
    with _session(arguments.project, place_of(arguments)) as session:
        found = ranking.rank(arguments, session)
    return ranking.told(arguments, found)


def _import_masks(arguments: argparse.Namespace) -> dict[str, Any]:
    with _session(arguments.project) as session:
        return import_masks(arguments, session)


def _train(arguments: argparse.Namespace) -> dict[str, Any]:
    anew = bool(arguments.fresh or arguments.encoder_weights)
    with _session(arguments.project) as session:
        if not anew:  # else not even a damaged model is in the way
            load_model(session)
        settings = _training_settings(arguments, session)
        training = session.train(settings, anew=anew)
        result, _ = finish(training, session)
        scores, steps = result.judged.scores, result.points[-1].step if result.points else 0
        if steps < FEWEST_STEPS and not settings.max_steps:
            say_notice(_FEW_STEPS.format(steps=steps, seconds=settings.time_budget_s))
        same_as = result.model.card.same_as
        if same_as:
            say_notice(_NOTHING_BETTER.format(model=same_as))
        mapping.say_what_it_lacks(session)
        if scores and scores.tile_count < FEWEST_TILES:
            say_notice(str(rests_on_few(scores.tile_count)))
        iou = dict(zip(result.model.card.class_names, scores.iou, strict=True)) if scores else {}
        for sentence in unjudged([name for name, value in iou.items() if math.isnan(value)]):
            say_notice(str(sentence))
        return {
            "model": session.forecasts.version,
            "steps": steps,
            "same_as": same_as or None,  # the model whose weights these are, where nothing better was found
            "ended_early": result.model.card.ended_after > 0,  # the score on held-out Tiles no longer rose
            "validation_tiles": scores.tile_count if scores else 0,
            "joining_tiles": result.model.card.joining_tiles,  # of those; then the scores may flatter
            "iou": {name: round(value, 4) for name, value in iou.items()},
            "scenes left out": list(training.left_out),
        }


def _training_settings(arguments: argparse.Namespace, session: Session) -> TrainingSettings:
    weights = arguments.encoder_weights
    asked = {
        "time_budget_s": arguments.seconds, "max_steps": arguments.steps, "processes": arguments.processes,
        "heads": arguments.heads, "encoder_weights": weights and str(weights.absolute()),
    }  # fmt: skip
    given: dict[str, Any] = {name: value for name, value in asked.items() if value}
    return replace(session.default_training_settings(), seed=arguments.seed, **given)


def _predict(arguments: argparse.Namespace) -> dict[str, Any]:
    with _session(arguments.project, place_of(arguments), only_reading=True) as session:
        return mapping.predict(arguments, session)


def _export(arguments: argparse.Namespace) -> dict[str, Any]:
    with _session(arguments.project, place_of(arguments), only_reading=True) as session:
        export = session.export_labels(arguments.out)
        written, left_out = finish(export, session), export.left_out
        labels = {"written": [str(path) for path in written], "scenes left out": list(left_out)}
        if not arguments.predictions:
            return labels
        predictions = mapping.predict(arguments, session)
        return {**predictions, **{key: [*dict.fromkeys(labels[key] + predictions[key])] for key in labels}}


def _report(arguments: argparse.Namespace) -> dict[str, Any]:
    with _session(arguments.project, only_reading=True) as session:
        return mapping.report(arguments, session)


def _models(arguments: argparse.Namespace) -> dict[str, Any]:
    with _session(arguments.project, only_reading=not models.changes_project(arguments)) as session:
        return models.run(arguments, session)


def _simulate(arguments: argparse.Namespace) -> dict[str, Any]:
    plan, place = simulation.plan_of(arguments), place_of(arguments)
    worker = Worker("compute")
    finished: list[int | None] = [None]  # campaigns

    def work(context: JobContext) -> dict[str, Any]:
        return simulation.run(arguments, plan, place, context, say_notice, finished.append)

    try:
        with closing(worker.close):
            return dict(finish(worker.submit(text("Simulating"), work)))
    except KeyboardInterrupt as error:
        error.args = (simulation.so_far(plan, finished[-1]),)
        raise


def prepare_demo(argv: Sequence[str]) -> Path | None:
    """For a window that opens the demo: its project file, or None after the error was said."""
    arguments = typed(argv)
    try:
        return _make_demo(arguments)
    except (FieldbrushError, OSError) as error:
        say_error(arguments, error)
    return None


def _demo(arguments: argparse.Namespace) -> dict[str, Any]:
    project = _make_demo(arguments)
    return {"project": str(project), "files": sorted(str(path) for path in project.parent.glob("*.tif"))}


def _make_demo(arguments: argparse.Namespace) -> Path:
    folder = arguments.folder or default_demo_folder()

    def grow(context: JobContext) -> Path:
        return make_demo_project(folder, context, arguments.seed, arguments.size)

    worker = Worker("compute")
    try:
        return Path(finish(worker.submit(text("Growing the demo farmland"), grow)))
    finally:
        worker.close()


# -- what they share ------------------------------------------------------------------------------------------------


@contextmanager
def _session(path: str | Path, place: Workplace = HERE, *, only_reading: bool = False) -> Iterator[Session]:
    """A project opened for one command, with all cores."""
    session = Session.open(_project_path(path), beside_window=False, place=place, only_reading=only_reading)
    session.changes.subscribe(say_warning)
    with closing(session.close):
        yield session


def _project_path(path: str | Path) -> Path:
    path = Path(path)
    if path.name in ("", ".."):
        raise ProjectError("“{path}” is a folder, not a project.", "Give the project a name.", path=path)
    return path if path.suffix == PROJECT_SUFFIX else path.with_name(path.name + PROJECT_SUFFIX)


def existing_project(written: str) -> Path | None:
    """The project that is meant by its name, with or without its suffix; None where there is none."""
    path = Path(f"{written}{PROJECT_SUFFIX}")
    return path if not os.path.lexists(written) and os.path.isfile(path) else None


def _summary(session: Session) -> dict[str, Any]:
    effort = session.effort
    return {
        "project": str(session.path),
        "scenes": len(session.scenes),
        "tiles": len(session.tiles),
        "tiles left out": session.setting(Setting.TILES_LEFT_OUT, 0),
        "status": dict(Counter(tile.status.value for tile in session.tiles.values())),
        "tile px": session.setting(Setting.TILE_PX),
        "bands": [f"{band.index} {band.name} ({band.role})" for band in session.interpretation.bands],
        "bands read": str(session.interpretation.source),
        "nodata": session.interpretation.nodata,
        "classes": pixels_of_classes(session),
        "budget": f"{effort.budget.amount:g} {effort.budget.unit}, {effort.remaining_tiles()} tiles left",
        "model": session.forecasts.version,
        "missing scenes": [scene.path for scene in session.scene_files.missing()],
    }


_RUN: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
    "new": _new,
    "stack": _stack,
    "info": _info,
    "relink": _relink,
    "rank": _rank,
    "import-masks": _import_masks,
    "train": _train,
    "models": _models,
    "predict": _predict,
    "export": _export,
    "report": _report,
    "simulate": _simulate,
    "demo": _demo,
}
