"""Predictions of whole Scenes as GeoTIFFs: block by block, resumed after a stop, complete or not there at all."""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import SceneError
from core.export import geopackage
from core.export.journal import BlockJournal, Planes
from core.export.rasters import DOUBT_NODATA, raster_like, refuse_foreign
from core.export.vectors import export_prediction_areas
from core.export.writing import writing
from core.geometry import Rect
from core.jobs import Checkpoint, Stage
from core.labels.classes import LabelClass

_KINDS = ("prediction", "doubt")
_SHARE_OF_PREDICTING = 0.9  # of the work for a Scene; the rest puts files together


@dataclass(frozen=True)
class ExportedScene:
    """A Scene to predict: its file, the stem of what is exported of it, and its blocks, row by row.

    `key` tells apart all runs that could give other pixels: what was finished under the same key is used again.
    """

    path: str
    stem: str
    blocks: tuple[Rect, ...]
    key: str


class Block(Protocol):
    """A finished part of a Scene: class values and doubt 0…255, both (height, width) uint8."""

    @property
    def classes(self) -> NDArray[np.uint8]: ...

    @property
    def doubt(self) -> NDArray[np.uint8]: ...


Predict = Callable[[str, int, Callable[[], None]], Iterable[Block]]
"""(Scene's path, first row of blocks, check) → the blocks from that row on; calls `check` before each."""


def export_predictions(
    scenes: Sequence[ExportedScene],
    predict: Predict,
    meaning: NDArray[np.uint8],
    classes: Sequence[LabelClass],
    folder: Path,
    context: Checkpoint,
    source: str = "model",
) -> list[Path]:
    """Write `<stem>_prediction.tif` (class values), `<stem>_doubt.tif` (0…100 %) and `<stem>_prediction.gpkg` (the
    classes as polygons) for every Scene. All say that they are by `source`, the rasters in the tag FIELDBRUSH_SOURCE.

    `meaning` (256,) turns predicted values into those of `classes`. Memory is bounded by some blocks. What is finished
    is kept in a hidden file in `folder` until the Scene is complete: after a stop, even a kill, the next export of
    the same goes on from there. Returns the files written. Raises ExportError when the folder can't be written, or has
    other files of those names; SceneError for a Scene that can't be read, after all others are written.
    """
    _refuse_foreign(scenes, folder)  # before hours of work
    total, done = sum(len(scene.blocks) for scene in scenes), 0
    written: list[Path] = []
    damaged: list[SceneError] = []
    for scene in scenes:
        begins, ends = done / total, (done + len(scene.blocks)) / total
        predicted = begins + _SHARE_OF_PREDICTING * (ends - begins)
        drawn = (predicted + ends) / 2
        done += len(scene.blocks)
        with _journal(scene, folder) as journal:
            try:
                _predict_rest(scene, journal, predict, Stage(context, begins, predicted))
            except SceneError as error:
                damaged.append(error)
                continue
            rasters = _assemble(scene, journal, meaning, classes, folder, source, Stage(context, predicted, drawn))
            areas = export_prediction_areas(scene.path, rasters[0], source, classes, Stage(context, drawn, ends))
            written += [*rasters, areas]
        with suppress(OSError):  # all is written: what is left of it spares the same export its work
            journal.path.unlink()
    if damaged:
        raise damaged[0]
    return written


def _refuse_foreign(scenes: Iterable[ExportedScene], folder: Path) -> None:
    for scene in scenes:
        for kind in _KINDS:
            refuse_foreign(folder / f"{scene.stem}_{kind}.tif", has_classes=kind == "prediction")
        geopackage.refuse_foreign(folder / f"{scene.stem}_prediction.gpkg")


def _journal(scene: ExportedScene, folder: Path) -> BlockJournal:
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        return BlockJournal(folder / f".{scene.stem}_prediction.partial", scene.key, scene.blocks)


def _predict_rest(scene: ExportedScene, journal: BlockJournal, predict: Predict, context: Checkpoint) -> None:
    """Fill the journal, from the first row that is not complete."""
    starts = [number for number, block in enumerate(scene.blocks) if block.x == 0]
    if len(journal) == len(scene.blocks):
        return
    row = bisect.bisect_right(starts, len(journal)) - 1
    with writing(journal.path.parent):
        journal.keep(starts[row])
    context.report(len(journal), len(scene.blocks))
    for block in predict(scene.path, row, context.check):
        with writing(journal.path.parent):
            journal.append(Planes(block.classes, block.doubt))
        context.report(len(journal), len(scene.blocks))


def _assemble(
    scene: ExportedScene,
    journal: BlockJournal,
    meaning: NDArray[np.uint8],
    classes: Sequence[LabelClass],
    folder: Path,
    source: str,
    context: Checkpoint,
) -> list[Path]:
    targets = [folder / f"{scene.stem}_{kind}.tif" for kind in _KINDS]
    like = partial(raster_like, scene.path, overviews=True, source=source, check=context.check)
    with (
        like(targets[0], classes) as class_raster,
        like(targets[1], None) as doubt_raster,
    ):
        for number, rect in enumerate(scene.blocks):
            context.check()
            planes = journal.read(number)
            predicted = meaning[planes.classes]
            class_raster.write(predicted, rect)
            doubt_raster.write(_doubt_percent(predicted, planes.doubt), rect)
            context.report(number + 1, len(scene.blocks))
        context.check()
    return targets


def _doubt_percent(classes: NDArray[np.uint8], doubt: NDArray[np.uint8]) -> NDArray[np.uint8]:
    percent = np.round(doubt.astype(np.float32) * (100 / 255)).astype(np.uint8)
    return np.where(classes == 0, np.uint8(DOUBT_NODATA), percent)
