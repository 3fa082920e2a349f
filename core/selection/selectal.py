"""SelectAL's test of the regime: typical Tiles while labels of such teach the most, doubtful ones afterwards.

Hacohen, Weinshall, "How to Select Which Active Learning Strategy is Best Suited for Your Specific Problem and Budget",
NeurIPS 2023 (arXiv 2306.03543). A small part of the labels is taken away: once the most typical, once the most
doubtful, once some at random; a learner is fitted anew each time. What hurts it most to lose is what it needs. Here a
Tile is what is taken away, the learner is the caller's (`ModelState.score_without`), typical is TypiClust, doubtful is
margin, and where the loss of random labels hurts most neither regime shows and coverage decides. Without a learner, or
with fewer than four labels, the start is assumed: typical.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection import coverage, margin, typiclust
from core.selection.neighbours import graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled, known_uncertainty

FEWEST_LABELS = 4
REMOVED_SHARE = 0.1  # of the labels, but at least one
_DRAWS = 3  # of random labels to take away; their scores are averaged

_QUERIES = {"typical": typiclust.query, "doubt": margin.query, "coverage": coverage.query}


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by the Strategy of the present regime. `labeled` bool (N,). Fits a learner some five times over."""
    labeled = checked_labeled(pool, labeled)
    return _QUERIES[regime(pool, labeled, model_state, rng)](pool, labeled, model_state, budget, rng)


def regime(pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None, rng: np.random.Generator) -> str:
    """Either "typical", "doubt" or "coverage": by the labels whose loss hurts most; equals, or no score: the first."""
    graph = graph_of(pool)
    doubt = known_uncertainty(pool, state)
    known = np.flatnonzero(labeled & np.isfinite(doubt) & (graph.local >= 0))
    if state is None or state.score_without is None or len(known) < FEWEST_LABELS:
        return "typical"
    count = max(round(len(known) * REMOVED_SHARE), 1)
    typicality = graph.typicality[graph.local[known]]
    scores = {
        "typical": state.score_without(known[np.argsort(-typicality, kind="stable")[:count]]),
        "doubt": state.score_without(known[np.argsort(-doubt[known], kind="stable")[:count]]),
        "coverage": float(
            np.mean([state.score_without(rng.choice(known, count, replace=False)) for _ in range(_DRAWS)])
        ),
    }
    return "typical" if np.isnan(list(scores.values())).any() else min(scores, key=lambda name: scores[name])
