"""Uncertainty: the Tiles where the model hesitates most between its two likeliest classes (margin sampling).

The doubt of a Tile is the mean over the top 10 % of its smoothed 1 - margin (the margin: Scheffer et al. 2001); it
comes with the model state. Where no Prediction exists yet, coverage decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members, whole_ranking
from core.selection.coverage import coverage_picks
from core.selection.neighbours import graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled, known_uncertainty
from core.text import Text, text


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by the model's doubt, highest first, then Tiles without Prediction by coverage. `labeled` bool (N,)."""
    labeled = checked_labeled(pool, labeled)
    graph = graph_of(pool)
    doubt = known_uncertainty(pool, model_state)[graph.members]
    asked = np.flatnonzero(fresh_members(graph, labeled) & np.isfinite(doubt))
    asked = asked[np.argsort(-doubt[asked], kind="stable")]
    tiles = graph.members[asked]
    head = Picks(tiles, doubt[asked], ("doubt",) * len(asked), [doubt_reason(value) for value in doubt[asked]])
    seen = labeled.copy()
    seen[tiles] = True
    weights = np.ones(graph.count, np.float32)
    return whole_ranking(pool, graph, labeled, [head, *coverage_picks(graph, seen, weights, budget)])


def doubt_reason(doubt: float) -> Text:
    """`doubt` in 0…1."""
    return text("The model is unsure here ({percent} % doubt)", percent=round(100 * float(doubt)))
