"""Entropy: the Tiles where the model spreads its shares most evenly over all classes.

Shannon's entropy divided by its largest value (Settles, "Active Learning Literature Survey", 2009, section 3.1). It is
often the worst of the uncertainties at small budgets. Where the model was not asked, coverage decides.
"""

from __future__ import annotations

from functools import partial

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
    """Rank by entropy, highest first, then Tiles without an answer by coverage. `labeled` bool (N,)."""
    answers = known_answers(pool, model_state)
    reason = partial(_reason, by_classifier=answers.by_classifier)
    return most_doubtful_first(pool, labeled, answers.entropy, budget, reason)


def _reason(doubt: float, by_classifier: bool) -> Text:
    percent = round(100 * float(doubt))
    if doubt < UNSURE:
        return hardly_unsure(doubt, by_classifier)
    if by_classifier:
        return text("The pixel classifier wavers between the classes here ({percent} % doubt)", percent=percent)
    return text("The model wavers between the classes here ({percent} % doubt)", percent=percent)
