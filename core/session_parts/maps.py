"""The map of the Scenes: who can make it, who makes the better one, its areas, and the field report.

Used on the main thread; what takes long goes to the background.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from core.background import Run
from core.errors import LearningError
from core.export.geopackage import geopackage, refuse_foreign
from core.imagery.lost_scenes import without_lost
from core.jobs import Checkpoint, Job, JobContext, Priority, Stage
from core.labels.classes import LabelClass, unlearned
from core.learning.mappers import Making, ModelMapper
from core.learning.pixel_classifier import CLASSIFIER_VERSION, MOST_TAUGHT
from core.open_project import class_names, refs_by_scene
from core.report.areas import AreaReport, MapCount, area_report
from core.report.content import ReportContent
from core.report.field_map import MapRequest, count_map, draw_map, map_path
from core.report.files import FieldReport, refuse_others, write_field_report
from core.report.report import Judgement, ModelReport, classifier_report, lacking
from core.text import Text, text

if TYPE_CHECKING:
    from core.session import Session

_SHARE_OF_SCORES = 0.2  # of the work for a field report: all tiles are predicted, but only some scored
_Request = Callable[[Checkpoint], MapRequest]  # made on the compute thread, for a Mapper is
_Judging = Callable[[Checkpoint], Judgement]


@dataclass(frozen=True)
class MapChoice:
    """Who can make the map: a Model, or the pixel classifier (CLASSIFIER_VERSION). `mean_iou` on `tiles` held-out Tiles
    on which nobody paints; NaN where nobody knows."""

    version: int
    mean_iou: float
    tiles: int


class Maps:
    """Who makes the map, `by`, is a version: the leading Model's, or CLASSIFIER_VERSION; None for whoever makes the
    better one."""

    def __init__(self, session: Session, run: Run) -> None:
        self._session = session
        self._run = run

    # -- who makes it ----------------------------------------------------------------------------------------------

    @property
    def is_loading(self) -> bool:
        """Whether a Model that may make the better one is still being loaded."""
        return self._session.forecasts.model is None and self._session.pending("load") is not None

    def choices(self) -> tuple[MapChoice, ...]:
        """Who could, first the one that does where nobody chooses; nobody as long as that is not known."""
        if self.is_loading:
            return ()
        forecasts, found = self._session.forecasts, []
        known = forecasts.classifier_is_ahead.maps
        if forecasts.model is not None:
            card = forecasts.model.card
            if known is not None:
                score, tiles = known.model, known.tiles
            else:
                score, tiles = (math.nan, 0) if card.scores is None else (card.scores.mean_iou, card.scores.tile_count)
            found.append(MapChoice(card.version, score, tiles))
        if self._session.two_classes_are_painted():
            score, tiles = (math.nan, 0) if known is None else (known.classifier, known.tiles)
            found.insert(0 if forecasts.classifier_maps else len(found), MapChoice(CLASSIFIER_VERSION, score, tiles))
        return tuple(found)

    def usual(self) -> int:
        """Who makes it where nobody chooses. Raises LearningError where nobody can, or the Model that may is still
        being loaded."""
        choices = self.choices()
        if choices:
            return choices[0].version
        if self._session.forecasts.version == CLASSIFIER_VERSION:
            raise LearningError(
                "There is no model yet, and fewer than two classes are painted.",
                "Paint two classes, or train a model.",
            )
        return self._session.leading.model().card.version

    def making(self, by: int | None = None, *, flips: bool = False) -> Making:
        """Makes the Mapper; `flips`: with the mean over four mirrored views, four times the work, of a Model alone.
        Raises LearningError as `usual`, and where another than the leading Model is asked for."""
        session, by = self._session, self.usual() if by is None else by
        if by == CLASSIFIER_VERSION:
            return session.stand_in.making()
        model = session.leading.model()
        if by != model.card.version:
            raise LearningError("Model {version} is not in use.", "Use it first, then export its map.", version=by)
        return lambda check: ModelMapper(model, session.reader, flips, session.threads, session.place)

    # -- what comes of it --------------------------------------------------------------------------------------------

    def scores(self) -> Job[ModelReport]:
        """What the pixel classifier is worth."""
        judging = self._judging(CLASSIFIER_VERSION)
        title = text("Scoring the pixel classifier")
        return self._run(title, lambda context: judging(context).report, Priority.RANKING, "report")

    def areas(self, by: int | None = None) -> Job[AreaReport]:
        """Areas from the map of all Tiles. Raises LearningError as `making`."""
        by = self.usual() if by is None else by
        work = partial(_measure_areas, self._request(by), self._judging(by), self._session.classes)
        return self._run(text("Measuring areas"), work, Priority.TRAINING, "areas")

    def export_report(self, folder: str | Path, by: int | None = None) -> Job[FieldReport]:
        """Write what the map's maker is worth, and the map with the areas, as files that can be read without the
        program. Raises LearningError as `making`; the job fails with ExportError."""
        session, by = self._session, self.usual() if by is None else by
        unlike = text("") if by == CLASSIFIER_VERSION else session.unlike_scenes.sentence()
        work = partial(
            _write_report, self._request(by), self._judging(by), session.classes, unlike, session.path.stem,
            Path(folder),
        )  # fmt: skip
        return self._run(text("Exporting the field report"), work, Priority.TRAINING, f"export report to {folder}")

    def _request(self, by: int) -> _Request:
        """Of a Model's map the Tiles that have been seen are known; what the pixel classifier has coloured, it has
        learned more since."""
        session, forecasts, making = self._session, self._session.forecasts, self.making(by)
        is_known = by != CLASSIFIER_VERSION
        going = partial(
            MapRequest, reader=session.reader, meaning=session.class_list.meaning(),
            counts=forecasts.counts() if is_known else {},
            planes=forecasts.predictions.encoded_classes(by) if is_known else {},
        )  # fmt: skip
        reader, scenes = session.reader, refs_by_scene(session)
        sizes = {path: refs[0].scene_size for path, refs in scenes.items() if refs}

        def asked(context: Checkpoint) -> MapRequest:
            readable = without_lost(sizes, reader, context)
            shown = {path: refs for path, refs in scenes.items() if path in readable}
            left_out = [path for path in sizes if path not in readable]
            return going(making(context.check), scenes=shown, left_out=left_out)

        return asked

    def _judging(self, by: int) -> _Judging:
        session = self._session
        if by != CLASSIFIER_VERSION:
            return session.models.judging(by)
        card = session.leading.card()
        learned_from = () if card is None else card.training_tiles
        request, evaluator = session.models.request(()), session.models.evaluator
        taught, names = min(len(session.painted), MOST_TAUGHT), class_names(session)

        def judge(context: Checkpoint) -> Judgement:
            found = evaluator.evaluate_classifier(request, learned_from, context)
            return Judgement(classifier_report(found, taught, names, request.drawn), found.tables[CLASSIFIER_VERSION])

        return judge


def _measure_areas(
    asking: _Request, judging: _Judging, classes: Sequence[LabelClass], context: JobContext
) -> AreaReport:
    """Predict the Tiles nobody has counted yet, then add up and correct."""
    judged = judging(Stage(context, 0.0, _SHARE_OF_SCORES))
    request = asking(context)
    return _areas(request, count_map(request, Stage(context, _SHARE_OF_SCORES, 1.0)), judged, classes)


def _areas(
    request: MapRequest, counts: Sequence[MapCount], judged: Judgement, classes: Sequence[LabelClass]
) -> AreaReport:
    never_shown = unlearned(request.mapper.class_values, classes, request.meaning)
    areas = area_report(counts, tuple(judged.report.names), judged.tables, never_shown)
    return replace(areas, remarks=(*lacking(request.left_out), *areas.remarks))


def _write_report(
    asking: _Request, judging: _Judging, classes: Sequence[LabelClass], unlike: Text, project: str, target: Path,
    context: JobContext,
) -> FieldReport:  # fmt: skip
    refuse_others(target)
    refuse_foreign(map_path(target))
    judged = judging(Stage(context, 0.0, _SHARE_OF_SCORES))
    request = asking(context)
    with geopackage(map_path(target)) as package:  # it appears when all else is written
        counts, maps = draw_map(request, classes, package, Stage(context, _SHARE_OF_SCORES, 1.0))
        areas = _areas(request, counts, judged, classes)
        areas = replace(areas, remarks=(*areas.remarks, *([unlike] if unlike.template else [])))
        content = ReportContent(project, date.today(), classes, judged.report, areas, maps)
        files = write_field_report(content, target, context.check)
    return FieldReport(judged.report, areas, (*files, map_path(target)))
