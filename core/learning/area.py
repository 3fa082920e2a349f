"""How much area a Class covers, corrected for the map's confusion, with its 95 % interval.

Counting a map's pixels is biased wherever the two kinds of error do not cancel. The stratified estimator of Olofsson
et al., "Good practices for estimating area and assessing accuracy of land change", Remote Sensing of Environment 148,
2014, equations 9 to 11, weights what the reference labels say of each mapped Class by that Class's mapped area. numpy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.learning.intervals import Estimate, Tables, estimate

_NORMAL_95 = 1.96


@dataclass(frozen=True)
class StratifiedArea:
    """The paper's estimate for pixels drawn independently: shares of the area by reference class, and standard errors.

    `users` and `producers` are the accuracies of each class, `overall` of the whole map.
    """

    shares: NDArray[np.float64]
    errors: NDArray[np.float64]
    users: NDArray[np.float64]
    producers: NDArray[np.float64]
    overall: float

    @property
    def margins(self) -> NDArray[np.float64]:
        """Half the width of the 95 % intervals of `shares`."""
        return _NORMAL_95 * self.errors


def stratified(by_map: NDArray[np.float64], mapped: Sequence[float]) -> StratifiedArea:
    """Equations 2, 3, 9 and 10 for `by_map` (K, K): row = mapped class, column = reference class, counts of a sample.

    `mapped` (K,) is the mapped area of each class in any unit. The errors hold for a sample of independent pixels; for
    whole Tiles use `corrected_share`. Shares are NaN where a mapped class has no sample, errors where it has only one.
    """
    weights = np.asarray(mapped, np.float64) / max(float(np.sum(mapped)), 1e-300)
    counts = np.asarray(by_map, np.float64)
    rows = counts.sum(axis=1)
    within = np.divide(counts, rows[:, None], out=np.full_like(counts, np.nan), where=rows[:, None] > 0)
    is_mapped = weights[:, None] > 0
    portions = np.where(is_mapped, weights[:, None] * within, 0.0)
    shares = portions.sum(axis=0)
    spread = np.divide(
        within * (1 - within), rows[:, None] - 1, out=np.full_like(within, np.nan), where=rows[:, None] > 1
    )
    variance = np.where(is_mapped, weights[:, None] ** 2 * spread, 0.0).sum(axis=0)
    diagonal = np.diagonal(portions)
    with np.errstate(invalid="ignore", divide="ignore"):
        producers = diagonal / shares
    return StratifiedArea(shares, np.sqrt(variance), np.diagonal(within).copy(), producers, float(diagonal.sum()))


def corrected_share(tables: Tables, mapped: Sequence[float], column: int) -> Estimate:
    """The share 0…1 of the mapped area that is really class `column`, with an interval over whole Tiles.

    `tables` (T, K, K) are the Tiles' confusions, row = truth, column = prediction, as `metrics.confusion` gives them;
    `mapped` (K,) the mapped area. The point estimate is the paper's equation 9; its interval leaves out one Tile at a
    time, because pixels of one Tile are not independent. NaN where a mapped class has no reference pixels at all.
    """
    weights = np.asarray(mapped, np.float64) / max(float(np.sum(mapped)), 1e-300)
    needed = weights > 0
    if not needed.any():
        return Estimate(math.nan)

    def share(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        predicted = sums.sum(axis=-2)  # (..., K): reference pixels of each mapped class
        with np.errstate(invalid="ignore", divide="ignore"):
            within = sums[..., column, :] / predicted
        result: NDArray[np.float64] = (np.where(needed, within, 0.0) * weights).sum(axis=-1)
        return result

    return estimate(tables, share, tables.sum(axis=(1, 2)) > 0)
