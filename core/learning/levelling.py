"""Whether a training still gains: the score on held-out Tiles, by the standard of its own noise."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

LOOKS = tuple(part / 20 for part in range(6, 19))  # parts 0…1 of a run after which the score is taken
COMPARED = 4


def has_levelled_off(scores: Sequence[float]) -> bool:
    """Whether the mean of the last four scores is above that of the four before by no more than its standard error.

    Both means scatter as their scores do. While a score still rises steadily, its rise makes this error, too, but is
    four times as large.
    """
    if len(scores) < 2 * COMPARED:
        return False
    before, last = np.array(scores[-2 * COMPARED :]).reshape(2, COMPARED)
    error = np.sqrt((before.var(ddof=1) + last.var(ddof=1)) / COMPARED)
    return bool(last.mean() - before.mean() <= error)
