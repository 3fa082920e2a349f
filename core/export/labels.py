"""All paint as files: a GeoTIFF of each Scene and, beside it, its polygons in a GeoPackage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from core.errors import ExportError, SceneError
from core.export import geopackage, rasters
from core.export.vectors import label_areas, scene_place
from core.jobs import Checkpoint, Stage
from core.labels.classes import LabelClass
from core.labels.snapshot import StoredMask, by_scene


def export_labels(
    stored: Sequence[StoredMask],
    stems: Mapping[str, str],
    classes: Sequence[LabelClass],
    folder: Path,
    context: Checkpoint,
) -> list[Path]:
    """Write `<stem>_labels.tif` and `<stem>_labels.gpkg` for every Scene that has paint.

    `stems` by the Scene's path. Returns the files written. A Scene that cannot be read, and so says nowhere where it
    lies, is left out: `context` hears of it. Raises ExportError when there is nothing to write, or the folder can't be
    written or has other files of those names; SceneError where no Scene can be read; LabelError.
    """
    if not stored:
        raise ExportError("There are no labels to export.", "Paint a tile first.")
    scenes = by_scene(stored)
    for path in scenes:  # before anything is written
        rasters.refuse_foreign(folder / f"{stems[path]}_labels.tif")
        geopackage.refuse_foreign(folder / f"{stems[path]}_labels.gpkg")
    written: list[Path] = []
    lost: dict[str, SceneError] = {}
    for number, (path, masks) in enumerate(scenes.items()):
        of_scene = Stage(context, number / len(scenes), (number + 1) / len(scenes))
        raster, areas = (folder / f"{stems[path]}_labels.{kind}" for kind in ("tif", "gpkg"))
        try:
            place = scene_place(path)  # before the raster is there: a Scene that goes now leaves no half behind
            rasters.label_raster(masks, raster, classes, Stage(of_scene, 0.0, 0.5))
            label_areas(masks, place, areas, f"{stems[path]} labels", classes, Stage(of_scene, 0.5, 1.0))
        except SceneError as error:
            lost[path] = error
        else:
            written += [raster, areas]
    if lost and not written:
        raise next(iter(lost.values()))
    for path in lost:
        context.leave_out(path)
    return written
