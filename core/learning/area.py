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

_TAKEN_AT_ITS_WORD = 0.05  # of the map: so much may bear Classes that no held-out Tile can judge
_FEWEST_TILES_OF_CLASS = 2  # with one, leaving it out leaves nothing to compare


def corrected_share(tables: Tables, mapped: Sequence[float], column: int) -> Estimate:
    """The share 0…1 of the mapped area that is really class `column`, with an interval over whole Tiles.

    `tables` (T, K, K) are the Tiles' confusions, row = truth, column = prediction, as `metrics.confusion` gives them;
    `mapped` (K,) the mapped area. The point estimate is the paper's equation 9; its interval leaves out one Tile at a
    time, because pixels of one Tile are not independent.

    Of what is mapped as a Class that held-out Tiles hardly know the interval takes anything for possible, from none to
    all of it: a stray pixel of a rare Class must not hide the others' areas. The map is believed there where no Tile
    knows better, since none has paint of that Class, or none is mapped as it; NaN where that is more than 5 % of it.

    NaN, of no `tiles`, also for a Class that no Tile has paint of: nothing says how much of it the map overlooks, and a
    few pixels wrongly taken for it do not say that it is nowhere.
    """
    painted = tables.sum(axis=2).any(axis=0)
    if not painted[column]:
        return Estimate(math.nan)
    weights = np.asarray(mapped, np.float64) / max(float(np.sum(mapped)), 1e-300)
    tiles_of_class = (tables.sum(axis=1) > 0).sum(axis=0)  # of each mapped class, those where it was predicted
    firm = (weights > 0) & painted & (tiles_of_class >= _FEWEST_TILES_OF_CLASS)
    thin = (weights > 0) & ~firm
    unseen = thin & (~painted | (tiles_of_class == 0))
    informative = tables.sum(axis=(1, 2)) > 0
    count = int(informative.sum())
    if not (weights > 0).any() or not count or weights[unseen].sum() > _TAKEN_AT_ITS_WORD:
        return Estimate(math.nan, tiles=count)
    within = np.where(unseen, np.arange(len(weights)) == column, _within(tables.sum(axis=0), column))
    guessed = float((within * weights)[thin].sum())
    if not firm.any():
        return Estimate(guessed, tiles=count)
    well_known = float(weights[firm].sum())

    def share(sums: NDArray[np.float64]) -> NDArray[np.float64]:
        result: NDArray[np.float64] = (_within(sums, column) * weights)[..., firm].sum(axis=-1) / well_known
        return result

    found = estimate(tables, share, informative)
    low, high = found.low * well_known, found.high * well_known + float(weights[thin].sum())
    return Estimate(found.value * well_known + guessed, low, high, found.tiles)


def _within(sums: NDArray[np.float64], column: int) -> NDArray[np.float64]:
    """(..., K): of what is predicted as each Class, the part that is truly `column`; NaN where nothing is."""
    with np.errstate(invalid="ignore", divide="ignore"):
        result: NDArray[np.float64] = sums[..., column, :] / sums.sum(axis=-2)
    return result
