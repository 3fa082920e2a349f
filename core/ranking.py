"""What a Session asks of the background to order its Tiles: what the Model says of them, and the Ranking."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.errors import Failures, SceneError
from core.geometry import TileRef
from core.imagery.reader import TileReader
from core.jobs import JobContext
from core.labels.classes import IGNORE
from core.learning.answers import ask_about
from core.learning.doubt import TileAnswers
from core.learning.model import SegmentationModel
from core.learning.runtime import configure
from core.project.records import RankedTile, TileRecord, TileStatus
from core.selection.pool import Answers, ModelState, Pool
from core.selection.refit import embedding_score
from core.selection.strategies import STRATEGIES, named

_log = logging.getLogger(__name__)


def model_state(
    pool: Pool, labeled: NDArray[np.bool_], doubts: Mapping[int, float], trust: float,
    painted: Mapping[int, Mapping[int, int]], class_values: Sequence[int], tiles: Mapping[int, TileRecord],
    by_classifier: bool = False,
) -> ModelState:  # fmt: skip
    """The doubts (by Tile id), the `trust` that they have earned, what losing labels costs, and what is ignored.

    `painted`: the pixels of each label value, by Tile id. A U-Net is not fitted anew to see what a label is worth: a
    linear model of the Embeddings stands in for it.
    """
    doubt = np.array([doubts.get(tile_id, np.nan) for tile_id in pool.tile_ids.tolist()], np.float32)
    shares = class_shares(pool, labeled, painted, class_values)
    without = partial(embedding_score, pool.embeddings, shares)
    ignored = ignored_shares(pool, labeled, painted, tiles)
    return ModelState(doubt, trust, score_without=without, ignored=ignored, by_classifier=by_classifier)


def ignored_shares(
    pool: Pool, labeled: NDArray[np.bool_], painted: Mapping[int, Mapping[int, int]], tiles: Mapping[int, TileRecord]
) -> NDArray[np.float32]:
    """float32 (N,) in 0…1, as in a ModelState."""
    found = np.full(len(pool), np.nan, np.float32)
    for place in np.flatnonzero(labeled).tolist():
        tile = tiles[int(pool.tile_ids[place])]
        valid_px = max(tile.valid_share * tile.rect.area, 1.0)
        share = min(painted.get(tile.tile_id, {}).get(IGNORE, 0) / valid_px, 1.0)
        found[place] = 1.0 if tile.status is TileStatus.SKIPPED else share
    return found


def class_shares(
    pool: Pool, labeled: NDArray[np.bool_], painted: Mapping[int, Mapping[int, int]], class_values: Sequence[int]
) -> NDArray[np.float32]:
    """float32 (N, K): of the labeled Tiles' painted pixels the share of each Class; NaN for all other Tiles."""
    counts = np.zeros((len(pool), len(class_values)))
    for tile in np.flatnonzero(labeled).tolist():
        pixels = painted.get(int(pool.tile_ids[tile]), {})
        counts[tile] = [pixels.get(value, 0) for value in class_values]
    with np.errstate(invalid="ignore"):
        return np.asarray(counts / counts.sum(axis=1, keepdims=True), np.float32)


def ask_model(
    model: SegmentationModel, reader: TileReader, refs: Sequence[TileRef], wanted: NDArray[np.bool_], threads: int,
    context: JobContext,
) -> Answers:  # fmt: skip
    """What the Model answers about the `wanted` (bool (N,)) of the Pool's N Tiles; nothing about those that cannot be
    read. Raises LearningError if it reads other bands than the project has."""
    configure(threads)
    answers: dict[int, TileAnswers] = {}
    failures = Failures(_log, "the model is not asked about tiles that cannot be read")
    asked = np.flatnonzero(wanted).tolist()
    for done, tile in enumerate(asked):
        context.check()
        try:
            answers[tile] = ask_about(model, reader, refs[tile])
        except SceneError as error:
            failures.add(error)
        context.report(done + 1, len(asked))
    return Answers.of(len(refs), answers)


def rank_tiles(
    pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None, ask: Callable[[JobContext], Answers] | None,
    strategy: str, budget: int, seed: int, context: JobContext,
) -> list[RankedTile]:  # fmt: skip
    """All Tiles that are not labeled, the most valuable first; `ask` where the Strategy asks the Model, or who is in
    its place. The Strategy itself works with one thread: the order, and every digit of the scores, are the same on one
    core and on many."""
    context.check()
    if ask is not None:
        nobody = ModelState(np.full(len(pool), np.nan, np.float32))
        state = replace(state or nobody, answers=ask(context))
    with threadpool_limits(1):
        ranking = named(STRATEGIES, strategy).query(pool, labeled, state, budget, np.random.default_rng(seed))
    return [
        RankedTile(int(pool.tile_ids[i]), float(score), regime, reason)
        for i, score, regime, reason in zip(
            ranking.order, ranking.scores, ranking.regimes, ranking.reasons, strict=True
        )
    ]
