"""The one root of all errors that a user may see: what happened, and what to do about it."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from core.text import Text


class FieldbrushError(Exception):
    """What happened (with the file or thing it happened to) and what the user can do.

    Both are templates in `str.format` style; their values are keywords. The window translates the templates,
    `str(error)` is the English sentence.
    """

    def __init__(self, what: str, remedy: str = "", **values: Any) -> None:
        super().__init__(what)
        self.what = Text(what, values)
        self.remedy = Text(remedy, values)

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()


class SceneError(FieldbrushError):
    """A raster cannot be opened, read, or used in this project."""


class Failures:
    """What cannot be read, where the rest goes on without it. Each reason is logged once: a lost Scene has a thousand
    Tiles."""

    def __init__(self, log: logging.Logger, consequence: str) -> None:
        """`consequence`: what becomes of it, as in "tiles that cannot be read are not predicted"."""
        self.first: SceneError | None = None
        self._log, self._consequence = log, consequence
        self._told: set[str] = set()

    def add(self, error: SceneError) -> None:
        self.first = self.first or error
        if str(error) not in self._told:
            self._told.add(str(error))
            self._log.warning("%s: %s", self._consequence, error)


_NAMED = 3  # scenes in a sentence


def no_prediction_yet() -> TooEarly:
    """For whoever would take a Tile's Prediction over."""
    return TooEarly("There is no prediction of this tile yet.", "Paint two classes, then wait a moment.")


def scenes_left_out(paths: Sequence[str]) -> SceneError:
    """For work that has gone on without these Scenes, one or more."""
    names = ", ".join(PurePath(path).name for path in paths[:_NAMED])
    if len(paths) > _NAMED:
        return SceneError(
            "Scenes that cannot be read were left out: {names} and {count} more.",
            "Check whether they were moved or their drive is missing.", names=names, count=len(paths) - _NAMED,
        )  # fmt: skip
    return SceneError(
        "Scenes that cannot be read were left out: {names}.",
        "Check whether they were moved or their drive is missing.", names=names,
    )  # fmt: skip


class FormulaError(FieldbrushError):
    """A formula of bands cannot be understood: what is wrong, and at which place in it."""


class ProjectError(FieldbrushError):
    """A project file cannot be created, opened, or written."""


class LabelError(FieldbrushError):
    """Masks or classes are not what they should be."""


class TooEarly(LabelError):
    """What was asked for needs something else first: true no longer as soon as the user has done that."""


class SelectionError(FieldbrushError):
    """A ranking cannot be made."""


class LearningError(FieldbrushError):
    """A model cannot be trained, loaded, or applied."""


class ExportError(FieldbrushError):
    """A file cannot be exported."""


class WorkplaceError(FieldbrushError):
    """Work cannot be spread over processes or a cluster."""
