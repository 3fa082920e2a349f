"""Least confidence: the Tiles where the model's likeliest class is furthest from certain.

Lewis, Gale, "A Sequential Algorithm for Training Text Classifiers", SIGIR 1994. With two classes it is the same as
margin sampling. Where the model was not asked, coverage decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.margin import UNSURE, hardly_unsure, most_doubtful_first
from core.selection.pool import ModelState, Pool, Ranking, known_answers
from core.text import Text, text


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by least confidence, highest first, then Tiles without an answer by coverage. `labeled` bool (N,)."""
    doubt = known_answers(pool, model_state).least_confidence
    return most_doubtful_first(pool, labeled, doubt, budget, _reason)


def _reason(doubt: float) -> Text:
    if doubt < UNSURE:
        return hardly_unsure(doubt)
    return text("The model hardly trusts its own answer here ({percent} % doubt)", percent=round(100 * float(doubt)))
