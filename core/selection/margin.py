"""Uncertainty: the Tiles where the model hesitates most between its two likeliest classes (margin sampling).

The doubt of a Tile is the mean over the top 10 % of its smoothed 1 - margin (the margin: Scheffer et al. 2001); it
comes with the model state. Where no Prediction exists yet, coverage decides.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members, whole_ranking
from core.selection.coverage import coverage_picks
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled, classifier_doubts, known_uncertainty
from core.text import Text, text

UNSURE = 0.1
"""A Tile's doubt from which on the Model is called unsure. Below it, its two likeliest classes lie nine tenths apart
even where it hesitates most."""
_HARDLY = text("The model is hardly unsure here ({percent} % doubt)")
_HARDLY_BY_CLASSIFIER = text("The pixel classifier is hardly unsure here ({percent} % doubt)")


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by the model's doubt, highest first, then Tiles without Prediction by coverage. `labeled` bool (N,)."""
    reason = doubt_reason(classifier_doubts(model_state))
    return most_doubtful_first(pool, labeled, known_uncertainty(pool, model_state), budget, reason)


def most_doubtful_first(
    pool: Pool,
    labeled: NDArray[np.bool_],
    doubt_of_tiles: NDArray[np.float32],
    budget: int,
    reason: Callable[[float], Text],
) -> Ranking:
    """Rank by a doubt (N,) in 0…1, highest first, then Tiles where it is NaN by coverage. `reason` from the doubt."""
    labeled = checked_labeled(pool, labeled)
    graph = graph_of(pool)
    doubt = doubt_of_tiles[graph.members]
    asked = np.flatnonzero(fresh_members(graph, labeled) & np.isfinite(doubt))
    asked = asked[np.argsort(-doubt[asked], kind="stable")]
    tiles = graph.members[asked]
    head = Picks(tiles, doubt[asked], ("doubt",) * len(asked), [reason(value) for value in doubt[asked]])
    return then_coverage(pool, graph, labeled, [head], budget)


def then_coverage(pool: Pool, graph: Graph, labeled: NDArray[np.bool_], parts: Sequence[Picks], budget: int) -> Ranking:
    """`parts`, then the distinct Tiles that are in none of them by what they cover beside labels and `parts`."""
    seen = labeled.copy()
    for part in parts:
        seen[part.order] = True
    weights = np.ones(graph.count, np.float32)
    return whole_ranking(pool, graph, labeled, [*parts, *coverage_picks(graph, seen, weights, budget)])


def doubt_reason(by_classifier: bool) -> Callable[[float], Text]:
    """Tells the Model's doubt in 0…1, or the pixel classifier's."""
    return worded(
        text("The model is unsure here ({percent} % doubt)"),
        text("The pixel classifier is unsure here ({percent} % doubt)"),
        by_classifier,
    )


def worded(model: Text, classifier: Text, by_classifier: bool) -> Callable[[float], Text]:
    """Tells a doubt in 0…1 by the one sentence or the other, which have {percent}. Where the whole Pool is as good as
    sure, somewhere is still most doubtful: below UNSURE it is told as hardly a doubt, by whatever measure."""
    sentence, hardly = (classifier, _HARDLY_BY_CLASSIFIER) if by_classifier else (model, _HARDLY)
    return lambda doubt: replace(hardly if doubt < UNSURE else sentence, values={"percent": round(100 * float(doubt))})
