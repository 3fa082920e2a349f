"""How much area a Class covers, corrected for the map's confusion, with its 95 % interval.

Counting a map's pixels is biased wherever the two kinds of error do not cancel. The stratified estimator of Olofsson
et al., "Good practices for estimating area and assessing accuracy of land change", Remote Sensing of Environment 148,
2014, equation 9, weights what the reference labels say of each mapped Class by that Class's mapped area. numpy.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from core.learning.intervals import Estimate, Tables, estimate


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
