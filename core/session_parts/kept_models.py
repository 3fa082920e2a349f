"""The kept Models of a project and what is said of them: scores, areas, comparison, files.

Used on the main thread; what takes long goes to the background and comes back through the session's inbox.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core.atomic import replacing
from core.background import Run
from core.errors import FieldbrushError, LearningError
from core.events import Change, Subject
from core.export.writing import refuse_unwritable, writing
from core.imagery.reader import TileReader
from core.jobs import Checkpoint, Job, JobContext, Priority, Stage
from core.labels.classes import what_a_model_misses
from core.learning.intervals import FEWEST_TILES
from core.learning.model import METADATA_KEY, ModelCard, SegmentationModel, legible_card, read_card
from core.learning.model_files import CARD_MARK, LARGEST_FILE, TilePlace, adopted, card_markdown, model_file
from core.learning.outlook import LAST_ROUNDS, MINUTES_AHEAD, JudgedRound, Outlook, outlook
from core.learning.prediction import check_roles
from core.learning.scoring import ModelComparison, compare, which_count
from core.learning.trainable import FEWEST_PIXELS
from core.learning.training import TrainingResult
from core.open_project import class_names, refs_by_scene
from core.project.models import (
    Round,
    add_model,
    add_round,
    delete_model,
    model_weights,
    next_version,
    rounds,
    set_leading,
    stored_models,
)
from core.project.records import export_stems
from core.project.store import Store
from core.report.evaluation import EvaluationRequest, Evaluator, differing_shares
from core.report.report import Judgement, ModelReport, checks_of, lacking, model_report
from core.text import Text, text

if TYPE_CHECKING:
    from core.session import Session

SUFFIX = ".safetensors"
_OUTLOOK = {Subject.MODEL, Subject.BUDGET, Subject.STATUS}  # what it depends on


@dataclass(frozen=True)
class KeptModel:
    """A Model that is kept."""

    version: int
    made_utc: str
    card: ModelCard
    leads: bool


@dataclass(frozen=True)
class Comparison:
    """Two Models: scores side by side on the same held-out Tiles, and by Scene name the share of pixels that differ.
    `remarks`: what it had to be made without."""

    versions: tuple[int, int]
    names: Mapping[int, str]
    scores: ModelComparison
    differing: Mapping[str, float]
    remarks: tuple[Text, ...]

    @property
    def verdict(self) -> Text:
        gain = self.scores.mean_gain
        if not gain.has_interval:
            return text("Too few tiles to tell which is better.")
        if gain.low > 0 or gain.high < 0:
            return text("Model {version} is better.", version=self.versions[1] if gain.low > 0 else self.versions[0])
        return text("The difference may be chance.")


class KeptModels:
    """Keeps what is trained or brought in, and asks the background what it is worth."""

    def __init__(self, session: Session, store: Store, run: Run) -> None:
        self._session = session
        self._run = run
        self._store = store
        self.evaluator = Evaluator()
        self._given = 0  # the version given last
        self._known_by_hand: dict[int, tuple[Mapping[int, int], int]] = {}  # by Tile: its paint, and that by hand
        session.changes.subscribe(self._session_changed)

    # -- what is kept --------------------------------------------------------------------------------------------

    def kept(self) -> list[KeptModel]:
        """The newest first, without those that are damaged. Raises ProjectError."""
        leading = self._session.forecasts.version
        return [
            KeptModel(kept.version, kept.made_utc, card, kept.version == leading)
            for kept in stored_models(self._store)
            if (card := legible_card(kept.head)) is not None
        ]

    def painted_share(self, card: ModelCard) -> float:
        """How much of the Tiles that judged a Model when it was trained had paint, 0…1; NaN where nobody knows."""
        tiles = [self._session.tiles[tile_id] for tile_id in card.validation_tiles if tile_id in self._session.tiles]
        whole_px = sum(tile.rect.area * tile.valid_share for tile in tiles)
        if card.scores is None or not card.scores.tile_count or not whole_px:
            return math.nan
        painted_px = sum(map(sum, card.scores.table)) / card.scores.tile_count
        return min(painted_px * len(tiles) / whole_px, 1.0)

    def next_version(self) -> int:
        """For a training or a file: a number no Model has had, nor one that is being trained or brought in."""
        under_way = any(self._session.pending(key) is not None for key in ("train", "import model"))
        taken = max(self._session.forecasts.version, self._given if under_way else 0, *self._session.unsaved.versions)
        self._given = max(next_version(self._store), taken + 1)
        return self._given

    def keep(
        self, model: SegmentationModel, data: bytes, trained: TrainingResult | None = None, *, leads: bool = True
    ) -> None:
        """Keep a Model, mostly as the leading one, and what comes of a round. Raises ProjectError."""
        card, tables = model.card, {} if trained is None else trained.judged.tables
        tiles = len(card.training_tiles) if trained is None else trained.tiles
        scores = card.scores if card.scores is not None and not math.isnan(card.scores.mean_iou) else None
        mean_iou, held_out = (None, 0) if scores is None else (scores.mean_iou, scores.tile_count)
        counts = {tile: table.tolist() for tile, table in tables.items()}
        says_something = trained is None or not trained.is_too_short
        made = Round(card.version, tiles, mean_iou, held_out, card.class_values, counts, says_something)
        with self._store.transaction():
            add_model(self._store, card.version, data)
            add_round(self._store, made, LAST_ROUNDS)
            if leads:
                set_leading(self._store, card.version)

    def use(self, version: int) -> Job[SegmentationModel]:
        """Make a kept Model the leading one: it predicts everything anew, and the next training goes on from it."""
        data = model_weights(self._store, version)

        def lead(model: SegmentationModel) -> None:
            set_leading(self._store, version)
            self._session.leading.lead_with(model)

        return self._run(
            text("Loading the model"), lambda _: SegmentationModel.from_bytes(data), Priority.RANKING, "use model", lead
        )

    def delete(self, version: int) -> None:
        """Raises LearningError for the leading Model."""
        if version == self._session.forecasts.version:
            raise LearningError("Model {version} is in use.", "Use another one first, then delete it.", version=version)
        delete_model(self._store, version)
        self._session.changes.tell(Subject.MODEL, origin="delete model")

    # -- files ---------------------------------------------------------------------------------------------------

    def exporting(self, version: int, path: str | Path) -> Callable[[], list[Path]]:
        """Writes the Model as `path` and its card beside it as Markdown, on any thread. Raises LearningError where it
        is not kept; the work raises ExportError where either cannot be written, or is a file of the user's."""
        target = Path(path) if Path(path).suffix == SUFFIX else Path(f"{path}{SUFFIX}")
        data = model_weights(self._store, version)
        card = read_card(data)
        places = [self._place(tile) for tile in card.training_tiles if tile in self._session.tiles]
        return partial(_write_model, target, data, places, card)

    def bring_in(self, path: str | Path) -> Job[tuple[SegmentationModel, bytes]]:
        """Take a Model from a file, as the newest, which leads. The job fails with LearningError if it does not fit."""
        version = self.next_version()
        places = {tile_id: self._place(tile_id) for tile_id in self._session.tiles}
        values = {c.value: c.name for c in self._session.classes}
        painted, reader = tuple(self._session.painted), self._session.reader
        work = partial(_read_model, Path(path), version, places, painted, values, reader)

        def keep(brought: tuple[SegmentationModel, bytes]) -> None:
            self.keep(*brought)
            self._session.leading.lead_with(brought[0])

        return self._run(text("Importing the model"), work, Priority.RANKING, "import model", keep)

    def _place(self, tile_id: int) -> TilePlace:
        tile = self._session.tiles[tile_id]
        return TilePlace(self._session.scenes[tile.scene_id].fingerprint, tile.rect)

    # -- what they are worth ---------------------------------------------------------------------------------------

    def report(self, version: int) -> Job[ModelReport]:
        """Scores of a kept Model, and the learning curve over all rounds. Raises LearningError, ProjectError."""
        judging = self.judging(version)
        return self._run(text("Scoring the model"), lambda context: judging(context)[0], Priority.RANKING, "report")

    def judging(self, version: int) -> Callable[[Checkpoint], Judgement]:
        """Gives what a kept Model is worth, on the compute thread. Raises LearningError, ProjectError."""
        kept = {model.version: model.card for model in self.kept()}
        if version not in kept:
            raise LearningError("Model {version} is not kept any more.", "Choose another one.", version=version)
        everyone = self.request(tuple(sorted(kept)))
        own = replace(everyone, models={version: everyone.models[version]})
        made, doubts = rounds(self._store), self._session.doubt_records
        records, drawn = doubts.of_models(), doubts.drawn_at_random()
        names, evaluator, forecasts = class_names(self._session), self.evaluator, self._session.forecasts
        is_behind = version == forecasts.version and forecasts.classifier_is_ahead.alone  # nobody paints on a map

        def work(context: Checkpoint) -> Judgement:
            alone, common = evaluator.evaluate(own, context), evaluator.evaluate(everyone, context)
            report = model_report(
                kept[version], alone, common, kept, names, made, records, drawn, classifier_is_ahead=is_behind
            )
            return Judgement(report, alone.tables[version])

        return work

    def compare(self, first: int, second: int) -> Job[Comparison]:
        """Two kept Models on the Tiles that neither learned from."""
        request = self.request((first, second))
        stems = export_stems(self._session.scenes.values())
        scenes = refs_by_scene(self._session)
        names, evaluator = class_names(self._session), self.evaluator
        pair = (request.models[first], request.models[second])

        def work(context: JobContext) -> Comparison:
            found = evaluator.evaluate(request, Stage(context, 0.0, 0.5))
            scores = compare(found.tables[first], found.tables[second], found.class_values)
            shares = differing_shares(pair, scenes, request, Stage(context, 0.5, 1.0))
            differing = {stems[path]: share for path, share in shares.items()}
            remarks = lacking([path for path, refs in scenes.items() if refs and path not in shares])
            return Comparison((first, second), names, scores, differing, tuple(remarks))

        return self._run(text("Comparing two models"), work, Priority.RANKING, "compare models")

    def missed(self) -> tuple[Text, ...]:
        """What the leading Model cannot tell, and what helps; nothing while there is none."""
        session, model = self._session, self._session.forecasts.model
        if model is None:
            return ()
        trained = dict(zip(model.card.class_values, model.card.class_names, strict=True))
        painted = {c.value for c in session.classes if session.class_paint(c.value)[1] >= FEWEST_PIXELS}
        return what_a_model_misses(trained, session.classes, session.class_list.meaning(), painted)

    def next_can_be_judged(self) -> bool:
        """Whether there is enough to hold Tiles back from the next training and to score its Model on them: five that
        count by what was painted by hand, and the leading Model has not learned from all of these."""
        session, model = self._session, self._session.forecasts.model
        refs = [session.tile_ref(tile_id) for tile_id in session.painted]
        counting = which_count(refs, np.array([self._by_hand_px(ref.tile_id) for ref in refs], np.int64))
        learned = set() if model is None else set(model.card.training_tiles)
        free = [ref for ref, counts in zip(refs, counting, strict=True) if counts and ref.tile_id not in learned]
        return int(counting.sum()) >= FEWEST_TILES and bool(free)

    def _by_hand_px(self, tile_id: int) -> int:
        """Remembered as long as its paint stays as it is: a view asks after every Stroke."""
        session, paint = self._session, self._session.painted[tile_id]
        known = self._known_by_hand.get(tile_id)
        if known is None or known[0] is not paint:
            try:
                count = self._store.mask(session.tiles[tile_id]).by_hand_px(session.class_values)
            except FieldbrushError:  # whoever trains on it is told
                count = 0
            known = self._known_by_hand[tile_id] = paint, count
        return known[1]

    def outlook(self, more_tiles: float) -> Outlook | None:
        """What so many further Tiles may bring, by what each round's training found on the Tiles held out: at once."""
        made = rounds(self._store)
        telling = [known for known in made if known.tables and known.counts]
        judged = [JudgedRound(known.tiles, known.class_values, known.tables) for known in telling]
        return outlook(judged, round(more_tiles), checks_of(self._session.doubt_records.of_models(), made))

    @cached_property
    def outlook_ahead(self) -> Outlook | None:
        """What the next `MINUTES_AHEAD` may bring at this expert's pace. Remembered: it takes milliseconds, and several
        views ask for it at every turn."""
        return self.outlook(self._session.effort.tiles_in(MINUTES_AHEAD))

    def _session_changed(self, change: Change) -> None:
        if change.subjects & _OUTLOOK:
            vars(self).pop("outlook_ahead", None)

    def request(self, versions: Sequence[int]) -> EvaluationRequest:
        """What it takes to judge these kept Models."""
        session, stored = self._session, self._session.painted_masks()
        models: dict[int, Callable[[], SegmentationModel]] = {v: self._loader(v) for v in versions}
        return EvaluationRequest(
            stored, session.class_values, session.class_list.meaning(), models, session.reader, session.threads,
            session.doubt_records.drawn_at_random(),
        )  # fmt: skip

    def _loader(self, version: int) -> Callable[[], SegmentationModel]:
        model = self._session.forecasts.model
        if model is not None and version == model.card.version:
            return lambda: model
        data = model_weights(self._store, version)
        return lambda: SegmentationModel.from_bytes(data)


def _write_model(target: Path, data: bytes, places: Sequence[TilePlace], card: ModelCard) -> list[Path]:
    described = target.with_suffix(".md")
    for file, mark in ((target, METADATA_KEY), (described, CARD_MARK)):
        refuse_unwritable(file, mark.encode())
    for file, content in ((target, model_file(data, places)), (described, card_markdown(card).encode())):
        with writing(file), replacing(file) as partial_file:
            partial_file.write_bytes(content)
    return [target, described]


def _read_model(
    path: Path, version: int, places: Mapping[int, TilePlace], painted: Sequence[int], classes: Mapping[int, str],
    reader: TileReader, context: Checkpoint,
) -> tuple[SegmentationModel, bytes]:  # fmt: skip
    """The model and the file it is kept as. Raises LearningError: no model, other bands, or Classes that the project
    does not have."""
    context.check()
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise LearningError("{path} is too large to be a model.", "Choose another file.", path=path)
        data = path.read_bytes()
    except OSError as error:
        raise LearningError(
            "{path} could not be read: {reason}.", "Choose another file.", path=path, reason=error.strerror or error
        ) from error
    card, data = adopted(data, version, places, painted)
    unknown = [f"{v} {n}" for v, n in zip(card.class_values, card.class_names, strict=True) if v not in classes]
    if unknown:
        raise LearningError(
            "This model knows classes that the project does not have: {classes}.", "Add them first, then import it.",
            classes=", ".join(unknown),
        )  # fmt: skip
    check_roles(card, reader)
    return SegmentationModel.from_bytes(data), data
