"""Entropy: the Tiles where the model spreads its shares most evenly over all classes.

Shannon's entropy divided by its largest value (Settles, "Active Learning Literature Survey", 2009, section 3.1). It is
often the worst of the uncertainties at small budgets. Where the model was not asked, coverage decides.
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
    """Rank by entropy, highest first, then Tiles without an answer by coverage. `labeled` bool (N,)."""
    answers = known_answers(pool, model_state)
    reason = worded(
        text("The model wavers between the classes here ({percent} % doubt)"),
        text("The pixel classifier wavers between the classes here ({percent} % doubt)"),
        answers.by_classifier,
    )
    return most_doubtful_first(pool, labeled, answers.entropy, budget, reason)
