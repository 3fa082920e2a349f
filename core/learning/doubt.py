"""Measures of doubt, the same for every learner: of a pixel from its class shares, of a Tile from its pixels."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

DOUBT_WINDOW_PX = 24  # doubt is smoothed before pooling: single noisy pixels do not make a tile interesting
DROPPED_SHARE = 0.75
DROP_PASSES = 10
_DOUBT_SHARE = 0.1


class TileAnswers(NamedTuple):
    """What a model answers about one Tile: the first three 0…1, means over its most doubtful tenth; the gradient of the
    mean loss of its pixels, with the model's own classes as labels, by the last layer's weights, float32 (G,)."""

    least_confidence: float
    entropy: float
    disagreement: float
    gradient: Floats


def mean_of_most_doubtful(doubt: Floats, valid: NDArray[np.bool_], window: int) -> float:
    """The mean over the most doubtful tenth of a Tile, after smoothing over `window` pixels inside the valid area; 0
    for a Tile without any. `doubt` (h, w) in 0…1. Not normalised per Tile, so that Tiles compare: of one that is mostly
    nodata as many pixels count, not a tenth of the few there are, and what is missing has no doubt. Else the ragged
    edge of a mosaic would lead."""
    if not valid.any():
        return 0.0
    from scipy.ndimage import uniform_filter  # here: a third of a second that no window should wait for

    weight = uniform_filter(valid.astype(np.float32), window, mode="constant")
    smooth = uniform_filter(doubt * valid, window, mode="constant")[valid] / np.maximum(weight[valid], 1e-6)
    count = max(round(valid.size * _DOUBT_SHARE), 1)
    most = np.partition(smooth, -count)[-count:] if count < len(smooth) else smooth
    return float(np.clip(most.sum() / count, 0.0, 1.0))


def least_confidence(shares: Floats) -> Floats:
    """1 - the largest of the class shares (K, …), K ≥ 2, on a scale on which K equal shares are 1."""
    classes = len(shares)
    return np.asarray((1.0 - shares.max(axis=0)) * (classes / (classes - 1)), np.float32)


def entropy(shares: Floats) -> Floats:
    """Shannon's entropy of class shares (K, …), K ≥ 2, divided by log K."""
    logs = np.log(np.maximum(shares, 1e-12))
    return np.asarray(-(shares * logs).sum(axis=0) / np.log(len(shares)), np.float32)


def errors_of_own_labels(shares: Floats, valid: NDArray[np.bool_]) -> Floats:
    """(K, …): the gradient, by the logits, of the mean cross-entropy over valid pixels with the likeliest class of each
    as its label: its shares minus 1 for that class (Ash et al., ICLR 2020, equation 1)."""
    classes = np.arange(len(shares)).reshape(-1, *[1] * valid.ndim)
    errors = (shares - (shares.argmax(axis=0) == classes)) * valid
    return np.asarray(errors / max(int(valid.sum()), 1), np.float32)


def dropouts(features: int) -> Floats:
    """(DROP_PASSES, features): by what a pass under dropout multiplies each feature: 0, or 1 over the share kept.

    The same in every call, and for all pixels of a pass: neighbouring pixels share their features, and Tiles compare.
    """
    kept = np.random.default_rng(0).random((DROP_PASSES, features)) >= DROPPED_SHARE
    return np.asarray(kept / (1.0 - DROPPED_SHARE), np.float32)
