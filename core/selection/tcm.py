"""TCM: TypiClust first, then margin, with one switch.

Doucet, Doucet, Blaschko, "Bridging Diversity and Uncertainty in Active Learning with Self-Supervised Pre-Training",
2024 (arXiv 2403.03728). The paper switches after a number of labels that it gives by the size of the first budget;
here it is one number for all Pools.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection import margin, typiclust
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled, known_uncertainty

SWITCH_AT = 16
"""Labeled Tiles. Chosen because the gain from typical Tiles is over by then on the data we have; nothing says that it
is right elsewhere, which is the weakness of a switch."""


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Typical Tiles until 16 are labeled and a model has spoken, then the most doubtful. `labeled` bool (N,)."""
    labeled = checked_labeled(pool, labeled)
    doubtful = bool(np.isfinite(known_uncertainty(pool, model_state)).any())
    if doubtful and int(labeled.sum()) >= SWITCH_AT:
        return margin.query(pool, labeled, model_state, budget, rng)
    return typiclust.query(pool, labeled, model_state, budget, rng)
