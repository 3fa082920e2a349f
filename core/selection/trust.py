"""How much weight the model's doubts have."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

PRIOR_TRUST = 1.0
"""What a model's doubts count for before there is a record: they are trusted until they prove wrong (docs/adr/0020)."""

_PRIOR_COUNTS_AS = 10  # tiles

FEWEST_PAIRS = 3  # of fewer no order is told


def earned_trust(predicted_uncertainty: ArrayLike, true_error: ArrayLike, prior_trust: float = PRIOR_TRUST) -> float:
    """c = (n · max(0, Spearman(predicted uncertainty, true error)) + 10 · prior) / (n + 10), in 0…1, with the n pairs
    and the correlation of `rightness`; the shrinkage rules while the record is short, and fewer than three pairs are
    none. Prequential: every pair was a forecast (Dawid 1984)."""
    count, right = rightness(predicted_uncertainty, true_error)
    if count < FEWEST_PAIRS:
        return prior_trust
    return (count * right + _PRIOR_COUNTS_AS * prior_trust) / (count + _PRIOR_COUNTS_AS)


def rightness(predicted_uncertainty: ArrayLike, true_error: ArrayLike) -> tuple[int, float]:
    """How many forecasts there were, and how far they ordered the Tiles as the errors then did: Spearman's rank
    correlation, 0…1, so that doubt need not be calibrated.

    Both are (n,): for each Tile that was predicted before it was painted, the doubt then and the share of pixels that
    turned out wrong. Pairs with a NaN are left out. 0 for fewer than three pairs, and where one side is all equal:
    doubts that do not tell the Tiles apart, or that stay where nothing is wrong, order nothing.
    """
    doubt = np.asarray(predicted_uncertainty, np.float64).ravel()
    error = np.asarray(true_error, np.float64).ravel()
    known = np.isfinite(doubt) & np.isfinite(error)
    count = int(known.sum())
    if count < FEWEST_PAIRS:
        return count, 0.0
    first, second = _ranks(doubt[known]), _ranks(error[known])
    first, second = first - first.mean(), second - second.mean()
    spread = float(np.sqrt((first @ first) * (second @ second)))
    return count, float(np.clip(first @ second / spread, 0.0, 1.0)) if spread > 0.0 else 0.0


def _ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """1…n, those that are equal share the mean of theirs. As SciPy's, whose import takes half a second that the
    window's thread does not have."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[place]
