"""Least confidence: the Tiles where the model's likeliest class is furthest from certain.

Lewis, Gale, "A Sequential Algorithm for Training Text Classifiers", SIGIR 1994. With two classes it is the same as
margin sampling. Where the model was not asked, coverage decides.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.margin import most_doubtful_first, worded
from core.selection.pool import ModelState, Pool, Ranking, known_answers
from core.text import text


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by least confidence, highest first, then Tiles without an answer by coverage. `labeled` bool (N,)."""
    answers = known_answers(pool, model_state)
    reason = worded(
        text("The model hardly trusts its own answer here ({percent} % doubt)"),
        text("The pixel classifier hardly trusts its own answer here ({percent} % doubt)"),
        answers.by_classifier,
    )
    return most_doubtful_first(pool, labeled, answers.least_confidence, budget, reason)
