"""Where the Budget enters a Ranking. How much of it is left is counted in core/project/effort.py."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MAX_CLUSTERS = 500

MIN_HEAD = 64
"""At least so many Tiles are chosen one after the other, each knowing those before it, whatever the Budget."""

AUDIT_EVERY = 10


def cluster_count(labeled: int, budget: int, distinct: int) -> int:
    """Clusters to cut the Pool's `distinct` Tiles into: one for each label there is or will be (TypiClust)."""
    return min(labeled + max(int(budget), 1), MAX_CLUSTERS, distinct)


def head_length(budget: int) -> int:
    """How many Tiles to choose one after the other before the rest is put in order all at once."""
    return max(int(budget), MIN_HEAD)


def audit_places(labeled: int, length: int) -> NDArray[np.int64]:
    """int64, ascending: the places in an order of `length` Tiles that make theirs the 10th, 20th, … label of the
    campaign. Counted from its start: ranking again after each label must not put the audits off."""
    places = np.arange(length, dtype=np.int64)
    return np.asarray(places[(labeled + places + 1) % AUDIT_EVERY == 0], np.int64)


def audits_before(labeled: int) -> int:
    """How many audits a campaign with so many labels has behind it."""
    return labeled // AUDIT_EVERY
