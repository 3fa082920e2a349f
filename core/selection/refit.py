"""What losing labels costs: cross-validation with some of the labels left out, and a learner that is quick to fit.

`ModelState.score_without` comes from here where the learner at work takes too long to fit again, as the U-Net does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Indexes = NDArray[np.int64]

FOLDS = 4
_RIDGE = 0.1  # on squared weights, for unit vectors


def folds(labeled: Indexes, removed: Indexes) -> Iterator[tuple[Indexes, Indexes]]:
    """(Tiles to learn from, Tiles to judge by) in turn: a fourth of `labeled` judges, `removed` never teaches.

    Every Tile judges once, whatever is removed, so that scores can be compared."""
    place = np.arange(len(labeled)) % FOLDS
    for fold in range(min(FOLDS, len(labeled))):
        yield np.setdiff1d(labeled[place != fold], removed), labeled[place == fold]


def embedding_score(embeddings: NDArray[np.float32], shares: NDArray[np.float32], removed: Indexes) -> float:
    """How well a linear model of the Embeddings (N, D) tells the class shares (N, K) of labeled Tiles that it has not
    seen: minus the mean squared error, so at most 0. NaN rows of `shares` are not labeled; NaN with fewer than two.

    Ridge regression with an intercept in its dual form, so that it costs as many labels cubed: milliseconds.
    """
    labeled = np.flatnonzero(np.isfinite(shares).all(axis=1) & np.isfinite(embeddings).all(axis=1))
    errors = [
        ((_ridge(embeddings[learn], shares[learn], embeddings[judge]) - shares[judge]) ** 2).sum(axis=1)
        for learn, judge in folds(labeled, removed)
        if len(learn)
    ]
    return -float(np.concatenate(errors).mean()) if errors else float("nan")


def _ridge(
    inputs: NDArray[np.float32], targets: NDArray[np.float32], others: NDArray[np.float32]
) -> NDArray[np.float64]:
    centre, mean = inputs.mean(axis=0, dtype=np.float64), targets.mean(axis=0, dtype=np.float64)
    centred = inputs - centre
    weights = np.linalg.solve(centred @ centred.T + _RIDGE * np.eye(len(inputs)), targets - mean)
    found: NDArray[np.float64] = (others - centre) @ (centred.T @ weights) + mean
    return found
