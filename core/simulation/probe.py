"""The linear probe: multinomial logistic regression on the frozen encoder's cells. Fast, and no worse at comparing.

A linear model on frozen features learns in a tenth of a second what a U-Net needs a minute for, so that thousands of
campaigns are possible. It is the usual yardstick for active learning on top of pretrained encoders (Hacohen et al.,
ICML 2022, section 4); differences between Strategies under a fine-tuned network may be others.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.learning.doubt import (
    DOUBT_WINDOW_PX,
    TileAnswers,
    dropouts,
    entropy,
    errors_of_own_labels,
    least_confidence,
    mean_of_most_doubtful,
)
from core.learning.loss import CLASS_WEIGHT_POWER
from core.learning.metrics import Scores
from core.selection.refit import folds
from core.simulation.dense import CELL_PX, DenseCells

Floats = NDArray[np.float32]
Indexes = NDArray[np.int64]

MOST_CELLS = 16_000  # learned from in one fit; more labels give fewer cells a Tile
_PENALTY = 1e-3  # on the squared weights, beside the mean loss of a cell
_RULED_OUT = -1e9


@lru_cache(maxsize=2)  # Tiles and Windows
def _features(path: Path) -> Floats:
    """All features in memory, once a process."""
    return np.asarray(np.load(path, mmap_mode="r"), np.float32)


@dataclass(frozen=True, eq=False)
class Probe:
    """weights float64 (K, D + 1), the last column the bias; biases of -1e9 rule out Classes that nobody painted."""

    cells: DenseCells
    weights: NDArray[np.float64]

    @property
    def can_doubt(self) -> bool:
        """Whether two Classes or more were painted."""
        return int((self.weights[:, -1] > _RULED_OUT).sum()) >= 2

    def confusion(self, tiles: Indexes) -> NDArray[np.int64]:
        """(K, K) pixel counts of those Tiles, rows: truth. Every pixel counts; those of a cell are predicted alike."""
        classes = self._logits[tiles].argmax(axis=-1)
        counts = self.cells.counts[tiles]
        counts[~self.cells.valid[tiles]] = 0
        table = np.zeros((len(self.weights),) * 2, np.int64)
        for k in range(len(self.weights)):
            table[:, k] = counts[classes == k].sum(axis=0, dtype=np.int64)
        return table

    def doubts(self, tiles: Indexes) -> Floats:
        """float32 (n,) in 0…1: of each Tile the mean of the most doubtful tenth of its smoothed 1 - margin."""
        return np.array([self._pooled(1.0 - self._margin(tile), tile) for tile in tiles.tolist()], np.float32)

    def answers(self, tile: int) -> TileAnswers:
        """What a U-Net would answer (core/learning/answers.py), with cells for pixels and the features for its own."""
        valid, features = self.cells.valid[tile], _features(self.cells.features_path)[tile]
        shares = _softmax(self._logits[tile]).T
        classes = shares.argmax(axis=0)
        weights = self.weights.astype(np.float32)
        passes = [features @ (weights[:, :-1] * kept).T + weights[:, -1] for kept in dropouts(features.shape[1])]
        changed = np.asarray(np.mean([logits.argmax(axis=1) != classes for logits in passes], axis=0), np.float32)
        doubts = [self._pooled(plane, tile) for plane in (least_confidence(shares), entropy(shares), changed)]
        gradient = errors_of_own_labels(shares, valid) @ features
        return TileAnswers(doubts[0], doubts[1], doubts[2], gradient.ravel())

    def errors(self, tiles: Indexes) -> Floats:
        """float32 (n,) in 0…1: the share of each Tile's labeled pixels predicted wrong; NaN where none is labeled."""
        classes = self._logits[tiles].argmax(axis=-1)
        counts = self.cells.counts[tiles].astype(np.float32)
        counts[~self.cells.valid[tiles]] = 0  # as in `confusion`: nothing is predicted there
        right = np.take_along_axis(counts, classes[:, :, None], axis=2)[:, :, 0].sum(axis=1)
        total = counts.sum(axis=(1, 2))
        return np.where(total > 0, 1.0 - right / np.maximum(total, 1), np.nan).astype(np.float32)

    @cached_property
    def _logits(self) -> Floats:
        """float32 (N, C, K), of all Tiles: without copying features that is the quickest way to any of them."""
        weights = self.weights.astype(np.float32)
        features = _features(self.cells.features_path)
        logits: Floats = features.reshape(-1, features.shape[2]) @ weights[:, :-1].T
        logits += weights[:, -1]
        return logits.reshape(*features.shape[:2], -1)

    def _margin(self, tile: int) -> Floats:
        top = np.partition(_softmax(self._logits[tile]), -2, axis=-1)
        return np.asarray(top[..., -1] - top[..., -2], np.float32)

    def _pooled(self, doubt: Floats, tile: int) -> float:
        square = (self.cells.side, self.cells.side)
        valid = self.cells.valid[tile].reshape(square)
        return mean_of_most_doubtful(doubt.reshape(square), valid, DOUBT_WINDOW_PX // CELL_PX)


def fit_probe(cells: DenseCells, tiles: Indexes, seed: int) -> Probe:
    """Fit on the true labels of those Tiles. The same Tiles and seed give the same probe, in any order of Tiles."""
    tiles = np.sort(tiles)
    inputs, counts = _training_cells(cells, tiles, seed)
    classes = counts.shape[1]
    weights = np.zeros((classes, inputs.shape[1] + 1))
    totals = counts.sum(axis=0)
    present = np.flatnonzero(totals > 0)
    weights[np.setdiff1d(np.arange(classes), present), -1] = _RULED_OUT
    if len(present) >= 2:
        weights[present] = _regression(inputs, counts[:, present])
    return Probe(cells, weights)


def score_without(cells: DenseCells, tiles: Indexes, removed: Indexes, seed: int) -> float:
    """The mean IoU of probes fitted anew without `removed`, each on the fourth of `tiles` that it was not shown."""
    tables = [fit_probe(cells, learn, seed).confusion(judge) for learn, judge in folds(np.sort(tiles), removed)]
    classes = range(cells.counts.shape[2])
    return Scores.of(sum(tables, np.zeros((len(classes),) * 2, np.int64)), classes).mean_iou


def _training_cells(cells: DenseCells, tiles: Indexes, seed: int) -> tuple[Floats, Floats]:
    """Features (n, D) and pixel counts (n, K) of cells with labels; of each Tile always the same for a seed."""
    each = max(MOST_CELLS // max(len(tiles), 1), CELL_PX)
    all_features = _features(cells.features_path)
    inputs, counts = [], []
    for tile in tiles.tolist():
        usable = np.flatnonzero(cells.valid[tile] & (cells.counts[tile].sum(axis=1) > 0))
        chosen = np.random.default_rng((seed, tile)).permutation(usable)[:each]
        inputs.append(all_features[tile, chosen])
        counts.append(cells.counts[tile, chosen].astype(np.float32))
    if not inputs:
        return np.zeros((0, all_features.shape[2]), np.float32), np.zeros((0, cells.counts.shape[2]), np.float32)
    return np.concatenate(inputs), np.concatenate(counts)


def _regression(inputs: Floats, counts: Floats) -> NDArray[np.float64]:
    """Weighted cross-entropy against the cells' class shares, minimised by L-BFGS: (K, D + 1)."""
    from scipy.optimize import minimize

    balance = (counts.sum(axis=0) / counts.sum()) ** -CLASS_WEIGHT_POWER  # as in the U-Net's loss
    targets = counts * balance
    targets /= targets.sum()
    each = targets.sum(axis=1, keepdims=True)
    classes, width = counts.shape[1], inputs.shape[1]

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        weights = flat.reshape(classes, width + 1).astype(np.float32)
        shares = _softmax(inputs @ weights[:, :-1].T + weights[:, -1])
        error = shares * each - targets
        slope = np.concatenate([error.T @ inputs, error.sum(axis=0)[:, None]], axis=1).astype(np.float64)
        slope[:, :-1] += _PENALTY * weights[:, :-1]
        value = -float((targets * np.log(np.maximum(shares, 1e-12))).sum(dtype=np.float64))
        return value + 0.5 * _PENALTY * float((weights[:, :-1] ** 2).sum()), slope.ravel()

    found = minimize(loss, np.zeros(classes * (width + 1)), jac=True, method="L-BFGS-B", options={"maxiter": 80})
    return np.asarray(found.x, np.float64).reshape(classes, width + 1)


def _softmax(logits: Floats) -> Floats:
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)
