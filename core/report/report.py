"""What a model is worth, said plainly: scores with intervals, what they rest on, and how it got there over rounds."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.errors import scenes_left_out
from core.learning.intervals import FEWEST_TILES, Estimate, Tables, mean_estimate
from core.learning.mappers import name_of
from core.learning.model import ModelCard
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.scoring import ModelScores, scores_of
from core.project.models import Round
from core.project.records import DoubtRecord
from core.report.evaluation import Evaluated
from core.text import Text, text


@dataclass(frozen=True)
class CurvePoint:
    """A round: how many Tiles its Model and its forerunners learned from, and the mean IoU.

    `same_tiles`: measured on Tiles that no kept Model learned from; else on those that were held out at the time.
    """

    version: int
    tiles: int
    mean_iou: Estimate
    same_tiles: bool


@dataclass(frozen=True)
class ModelReport:
    """All about one Model, or about the pixel classifier (CLASSIFIER_VERSION), which `taught` Tiles have taught.

    `names` by class value. `audits` is the share of painted pixels that were right, in the mean over Tiles drawn at
    random (a Tile counts the same however much of it is painted), predicted before they were painted, whichever Model
    was newest then; None without any.
    """

    version: int
    taught: int
    names: Mapping[int, str]
    scores: ModelScores
    audits: Estimate | None
    curve: tuple[CurvePoint, ...]
    remarks: tuple[Text, ...]

    @property
    def maker(self) -> str:
        """Such as "model 3", as all that is written to files in English."""
        return name_of(self.version)


class Judgement(NamedTuple):
    """What a map's maker is worth, and the confusion (T, K, K) on the Tiles that say so."""

    report: ModelReport
    tables: Tables


def model_report(
    card: ModelCard, own: Evaluated, common: Evaluated, cards: Mapping[int, ModelCard], names: Mapping[int, str],
    rounds: Sequence[Round], records: Sequence[DoubtRecord], drawn: Collection[int], *, classifier_is_ahead: bool,
) -> ModelReport:  # fmt: skip
    """`own` is the Model on its held-out Tiles, `common` all kept Models (`cards`) on Tiles none learned from.
    `records` of Models' doubts; `drawn` as in a Snapshot; `classifier_is_ahead`: the pixel classifier's map is better
    than this Model's, as was found when that was trained."""
    scores = scores_of(own.tables[card.version], own.class_values)
    errors = np.array([record.error for record in records if record.regime == "audit"])
    audits = mean_estimate(1 - errors) if len(errors) else None
    curve = learning_curve(common, cards, rounds)
    remarks = [*remarks_on(scores, own, drawn), *_when_trained(card, scores), *_unjudged(scores, names)]
    if classifier_is_ahead:
        remarks.append(
            text("On the tiles held out the pixel classifier does better than this model: train longer, or label more.")
        )
    return ModelReport(card.version, len(card.training_tiles), names, scores, audits, curve, tuple(remarks))


def classifier_report(
    own: Evaluated, taught: int, names: Mapping[int, str], drawn: Collection[int]
) -> ModelReport:  # fmt: skip
    """The same of the pixel classifier: `own` is of one that has not been taught by the Tiles that judge it. `taught`:
    how many Tiles teach the one that makes the map."""
    scores = scores_of(own.tables[CLASSIFIER_VERSION], own.class_values)
    if scores.tiles:
        remarks = [
            *remarks_on(scores, own, drawn), *_unjudged(scores, names),
            text("The map is made by a pixel classifier that all paint has taught; the scores are those of one "
                 "that has not seen the tiles that judge it."),
        ]  # fmt: skip
    else:
        unknown = text("Nobody knows how good it is: that takes five painted tiles, of which some judge it.")
        remarks = [*_missing(own), unknown]
    return ModelReport(CLASSIFIER_VERSION, taught, names, scores, None, (), tuple(remarks))


def _unjudged(scores: ModelScores, names: Mapping[int, str]) -> list[Text]:
    return unjudged([names[c.value] for c in scores.classes if not c.is_judged]) if scores.tiles else []


def checks_of(records: Sequence[DoubtRecord], rounds: Sequence[Round]) -> tuple[tuple[int, float], ...]:
    """(Tiles that the Model had learned from, share of right pixels) of each Tile drawn at random, in their order."""
    tiles = {made.version: made.tiles for made in rounds}
    return tuple(
        (tiles[record.model_version], 1 - record.error)
        for record in records
        if record.regime == "audit" and record.model_version in tiles
    )


def unjudged(names: Sequence[str]) -> list[Text]:
    """Of the Classes that no held-out Tile has paint of; nothing where there are none."""
    if not names:
        return []
    shown = ", ".join(f"“{name}”" for name in names)
    if len(names) == 1:
        return [text("No tile held out has paint of {name}: its scores are not known.", name=shown)]
    return [text("No tile held out has paint of {names}: their scores are not known.", names=shown)]


def _when_trained(card: ModelCard, scores: ModelScores) -> list[Text]:
    """The score that the list of models shows, where it reads otherwise: since then more may have been painted, and
    Tiles that join those it learned from, or pixels accepted from a prediction, count no more."""
    then = card.scores
    if then is None or math.isnan(then.mean_iou) or f"{then.mean_iou:.2f}" == f"{scores.mean_iou.value:.2f}":
        return []
    return [
        text("When it was trained, its mean IoU was {iou:.2f}; tiles held back then: {count}.",
             iou=then.mean_iou, count=then.tile_count)
    ]  # fmt: skip


def learning_curve(
    common: Evaluated, cards: Mapping[int, ModelCard], rounds: Sequence[Round]
) -> tuple[CurvePoint, ...]:
    """All rounds that say something, in the order of their versions, those whose Model is kept scored anew on the same
    Tiles."""
    tiles = {version: len(card.training_tiles) for version, card in cards.items()}
    tiles |= {made.version: made.tiles for made in rounds}
    silent = {made.version for made in rounds if not made.counts}
    points = [
        CurvePoint(version, tiles[version], scores_of(table, common.class_values).mean_iou, True)
        for version, table in common.tables.items()
        if len(table) and version not in silent
    ]
    known = {point.version for point in points}
    points += [
        CurvePoint(old.version, old.tiles, Estimate(old.mean_iou, tiles=old.held_out), False)
        for old in rounds
        if old.version not in known | silent and old.mean_iou is not None
    ]
    return tuple(sorted(points, key=lambda point: point.version))


def rests_on_few(tiles: int) -> Text:
    """What scores on fewer than five held-out Tiles are worth."""
    return text(
        "An interval needs five tiles it did not learn from (so far: {count}). Take the scores as a hint.", count=tiles
    )


def lacking(left_out: Sequence[str]) -> list[Text]:
    """What a report says first where it had to be made without the Scenes at these paths."""
    return [scenes_left_out(left_out).what] if left_out else []


def _missing(own: Evaluated) -> list[Text]:
    tiles = [text("Tiles that cannot be read do not count: {count}.", count=own.unread)] if own.unread else []
    return lacking(own.left_out) + tiles


def remarks_on(scores: ModelScores, own: Evaluated, drawn: Collection[int]) -> list[Text]:
    """What the numbers rest on, and what they cannot tell. `drawn`: the ids of Tiles that were drawn at random."""
    held_out, remarks = own.held_out, _missing(own)
    if scores.tiles == 0 and remarks:
        return [*remarks, text("No tile that this model did not learn from can be read: there is no score now.")]
    if scores.tiles == 0:
        return [text("No painted tile is left that this model did not learn from: there is no honest score yet.")]
    if scores.tiles < FEWEST_TILES:
        remarks.append(rests_on_few(scores.tiles))
    else:
        remarks.append(
            text("Measured on {count} tiles it did not learn from; ranges hold the truth in 95 of 100 cases.",
                 count=scores.tiles)
        )  # fmt: skip
    if not held_out.all_apart:
        remarks.append(
            text("Tiles it learned from join {count} of them: the scores may flatter.", count=len(held_out.joining))
        )
    elif held_out.joining:
        remarks.append(
            text("Tiles that join those it learned from do not count: {count}.", count=len(held_out.joining))
        )
    at_random = sum(tile.ref.tile_id in drawn for tile in held_out.tiles)
    if not at_random:
        remarks.append(text("The tiles were chosen for learning, not at random, and paint prefers the clear cases."))
    elif at_random < scores.tiles:
        remarks.append(text("Of these, {count} drawn at random, the others chosen for learning.", count=at_random))
    else:
        remarks.append(text("All of them were drawn at random."))
    return remarks
