"""How much weight the model's doubts have earned."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import rankdata


def earned_trust(predicted_uncertainty: ArrayLike, true_error: ArrayLike) -> float:
    """c = max(0, Spearman(predicted uncertainty, true error)) · n / (n + 10), in 0…1.

    Both are (n,): for each Tile that was predicted before it was painted, the doubt then and the share of pixels that
    turned out wrong. Pairs with a NaN are left out. Fewer than three pairs, or one side all equal, earn nothing.
    The rank correlation asks only whether doubt and error *order* the Tiles alike, so doubt need not be calibrated;
    n / (n + 10) shrinks it while the record is short. Prequential: every pair was a forecast (Dawid 1984).
    """
    doubt = np.asarray(predicted_uncertainty, np.float64).ravel()
    error = np.asarray(true_error, np.float64).ravel()
    known = np.isfinite(doubt) & np.isfinite(error)
    count = int(known.sum())
    if count < 3:
        return 0.0
    first, second = rankdata(doubt[known]), rankdata(error[known])
    first, second = first - first.mean(), second - second.mean()
    spread = float(np.sqrt((first @ first) * (second @ second)))
    if spread == 0.0:
        return 0.0
    return float(np.clip(first @ second / spread, 0.0, 1.0)) * count / (count + 10)
