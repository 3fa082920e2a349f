"""The pixel classifier: a random forest that answers a stroke at once, long before a U-Net is trained.

It sees each pixel's bands, indices, and the bands smoothed and roughness-filtered at a few scales (`pixel_features.py`;
`band_plan.py` says which of them how); no torch. Trained on a few thousand painted pixels it colours a tile in a
fraction of a second (after Arganda-Carreras et al., "Trainable Weka Segmentation", Bioinformatics 2017, and ilastik,
Berg et al., Nature Methods 2019). scikit-learn and scipy are imported where they are used: no window should wait for
them.
"""

from __future__ import annotations

import hashlib
import logging
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import Failures, SceneError
from core.geometry import TileRef
from core.imagery.reader import TileReader
from core.labels.classes import IGNORE, UNLABELED
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning.pixel_features import BORDER_PX, STEP_PX, FeatureMemory
from core.learning.prediction import TilePrediction
from core.learning.runtime import available_cores

_log = logging.getLogger(__name__)

CLASSIFIER_VERSION = 0  # in place of a model's version: models count from 1
_SAMPLES_PER_CLASS = 3000
_TREES = 24
MOST_TAUGHT = 400  # Tiles whose samples are kept; of more, each would be read anew at every Stroke
_EVENED_PX = 2.0  # sigma of the smoothing of votes
_EVENED_SIGMAS = 2.5  # that far, which with the interpolation is within BORDER_PX
_LEAST_VOTE = 1e-3
_LEAST_SHARE = 0.02  # whatever the votes say: no class may vanish for lack of confidence
_SHARE_STEPS = 30
_PIXELS_FOR_SHARES = 5_000
_ROWS_PER_CORE = 16_384  # fewer are not worth a thread
_OWN_WEIGHT = 0.5  # of a Tile's own samples against those of all others together, where it has fewer


class PixelClassifier:
    """What paint has taught. One forest has heard all of it and answers for Tiles that nobody has painted on; a Tile
    with paint has a forest of its own, which hears that louder. Which one answers hangs on nothing but the Tile: it
    looks the same whether it is on the screen, coloured in passing or exported. For one thread at a time.
    """

    def __init__(self, taught: Taught) -> None:
        self.taught = taught
        self.class_values = tuple(int(value) for value in np.unique(taught.labels))
        self._of_all: Any = None  # sklearn.ensemble.ExtraTreesClassifier, trained when somebody asks
        self._of_tile: tuple[int, Any] | None = None  # the one asked about last

    def predict(self, features: FeatureMemory, ref: TileRef, *, in_passing: bool = False) -> TilePrediction:
        """The Tile's classes and doubt, as a U-Net would give them; `model_version` is CLASSIFIER_VERSION.

        `in_passing`: nobody waits for it."""
        shares, valid = self.shares(features, ref, in_passing=in_passing)
        doubt = 1.0 - _margin(shares)
        classes = np.asarray(self.class_values, np.uint8)[shares.argmax(axis=0)]
        return TilePrediction(
            ref.tile_id,
            CLASSIFIER_VERSION,
            np.where(valid, classes, np.uint8(UNLABELED)),
            np.where(valid, np.round(255 * np.clip(doubt, 0, 1)), 0).astype(np.uint8),
        )

    def shares(
        self, features: FeatureMemory, ref: TileRef, *, of_tile: bool = True, in_passing: bool = False
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """How likely each class is at each pixel, (K, height, width), 0…1; and where the Scene has data.

        Votes are counted for blocks of 2 × 2 pixels, of the Tile and of 8 px round it, brought to the Tile's own shares
        of the classes (`of_tile`), smoothed and interpolated: four times faster than for every pixel, and less
        speckled.
        """
        seen = features.of(ref, in_passing=in_passing)
        votes = votes_of(self._forest(ref.tile_id), seen.rows, cores=1 if in_passing else available_cores())
        if of_tile:
            votes = for_shares_of(votes, seen.inside)
        planes = np.moveaxis(votes.reshape(*seen.shape, -1), 2, 0)
        return _doubled(planes.astype(np.float32), seen.has_data.reshape(seen.shape), *seen.valid.shape), seen.valid

    def _forest(self, tile_id: int) -> Any:
        own = self.taught.tile_ids == tile_id
        weights = _own_weights(own.astype(np.float64))
        if (weights == 1.0).all():
            self._of_all = self._of_all or self._trained(weights)
            return self._of_all
        if self._of_tile is None or self._of_tile[0] != tile_id:
            self._of_tile = tile_id, self._trained(weights)
        return self._of_tile[1]

    def _trained(self, weights: NDArray[np.float64]) -> Any:
        from sklearn.ensemble import ExtraTreesClassifier

        forest = ExtraTreesClassifier(
            _TREES, min_samples_leaf=3, max_features="sqrt", class_weight="balanced", random_state=0, n_jobs=1
        )
        return forest.fit(self.taught.features, self.taught.labels, sample_weight=weights)


@dataclass(frozen=True)
class Taught:
    """Features (n, F) float32, labels (n,) uint8 and Tiles (n,) int64 of all pixels that are learned from."""

    features: NDArray[np.float32]
    labels: NDArray[np.uint8]
    tile_ids: NDArray[np.int64]

    @property
    def digest(self) -> str:
        """The same for what teaches the same."""
        digest = hashlib.sha256()
        for part in (self.features, self.labels, self.tile_ids):
            digest.update(np.ascontiguousarray(part).tobytes())
        return digest.hexdigest()


def votes_of(forest: Any, rows: NDArray[np.float32], cores: int) -> NDArray[np.float64]:
    """The forest's votes (n, K), many rows by all `cores` at once where the expert waits: trees let Python's lock go.
    In passing one is enough, and the window has the others."""
    cores = min(cores, max(len(rows) // _ROWS_PER_CORE, 1))
    if cores == 1:
        return _mean_vote(forest, rows)
    with ThreadPoolExecutor(cores) as threads:
        return np.concatenate(list(threads.map(partial(_mean_vote, forest), np.array_split(rows, cores))))


def _mean_vote(forest: Any, rows: NDArray[np.float32]) -> NDArray[np.float64]:
    """What `forest.predict_proba` answers. That one puts Python's warning filters aside for every tree: with several
    threads the program is left with others."""
    votes = np.zeros((len(rows), len(forest.classes_)))
    for tree in forest.estimators_:
        votes += tree.predict_proba(rows, check_input=False)
    votes /= len(forest.estimators_)
    return votes


def _margin(shares: NDArray[np.float32]) -> NDArray[np.float32]:
    """By how much the likeliest class is ahead of the next, of `shares` (K, height, width), K ≥ 2."""
    best, second = np.maximum(shares[0], shares[1]), np.minimum(shares[0], shares[1])
    for share in shares[2:]:
        second = np.maximum(second, np.minimum(best, share))
        best = np.maximum(best, share)
    ahead: NDArray[np.float32] = best - second
    return ahead


def for_shares_of(votes: NDArray[np.float64], valid: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Votes (n, K) of a forest that was taught all classes alike, for a Tile on which they are not alike.

    The Tile's shares come from the votes of its `valid` pixels (n,) by expectation maximisation (Saerens, Latinne &
    Decaestecker, "Adjusting the Outputs of a Classifier to New a Priori Probabilities", Neural Computation 2002). Only
    their square root is used, and no share below 0.02: taken in full, rare classes vanish (docs/adr/0025).
    """
    votes = np.maximum(votes, _LEAST_VOTE)
    some = votes[valid][:: max(int(valid.sum()) // _PIXELS_FOR_SHARES, 1)]
    shares = np.full(votes.shape[1], 1.0 / votes.shape[1])
    if not len(some):
        return votes
    for _ in range(_SHARE_STEPS):
        weighted = some * shares
        shares = (weighted / weighted.sum(axis=1, keepdims=True)).mean(axis=0)
    adjusted: NDArray[np.float64] = votes * np.sqrt(np.maximum(shares, _LEAST_SHARE))
    adjusted /= adjusted.sum(axis=1, keepdims=True)
    return adjusted


def _doubled(planes: NDArray[np.float32], has_data: NDArray[np.bool_], height: int, width: int) -> NDArray[np.float32]:
    """Planes (K, h, w) of half resolution, of a Tile and 8 px round it, evened and bilinear: (K, height, width), of the
    Tile alone. What has no data has no say."""
    from scipy import ndimage

    def evened(plane: NDArray[np.float32]) -> NDArray[np.float32]:
        smooth: NDArray[np.float32] = ndimage.gaussian_filter(plane, _EVENED_PX / STEP_PX, truncate=_EVENED_SIGMAS)
        return smooth

    weights = None if has_data.all() else np.maximum(evened(has_data.astype(np.float32)), np.float32(1e-6))
    result = np.empty((len(planes), height, width), np.float32)
    for plane, whole in zip(planes, result, strict=True):
        smooth = evened(plane) if weights is None else evened(plane * has_data) / weights
        zoomed = ndimage.zoom(smooth, STEP_PX, order=1, grid_mode=True, mode="nearest")
        whole[:] = zoomed[BORDER_PX : BORDER_PX + height, BORDER_PX : BORDER_PX + width]
    return result


class ClassifierTrainer:
    """Trains forests again and again; what it has sampled from Tiles whose paint is unchanged, it keeps.

    Used from one thread at a time.
    """

    def __init__(self, reader: TileReader) -> None:
        self.features = FeatureMemory(reader)
        self._samples: OrderedDict[tuple[int, int], _Samples] = OrderedDict()

    def train(
        self, snapshot: Snapshot, check: Callable[[], None] = lambda: None, shown: int | None = None
    ) -> PixelClassifier | None:
        """A classifier taught by up to 3,000 painted pixels of each Class; None while fewer than two are painted.

        Pixels that are unlabeled, ignored or without data are never learned from, nor Tiles that cannot be read. Every
        Tile gives each Class the same share of samples, so that one big area does not drown the others. It hangs on
        nothing but the paint: not on what this trainer has been taught before. What there is to see of the Tile `shown`
        is kept. `check` before each Tile.
        """
        share = max(_SAMPLES_PER_CLASS // max(len(snapshot.tiles), 1), 50)
        parts, tile_ids = [], []
        failures = Failures(_log, "the pixel classifier does not learn from tiles that cannot be read")
        for tile in sorted(snapshot.tiles, key=lambda tile: tile.ref.tile_id):
            check()
            try:
                parts.append(self._sampled(tile, snapshot.class_values, share, in_passing=tile.ref.tile_id != shown))
            except SceneError as error:
                failures.add(error)
                continue
            tile_ids.append(np.full(len(parts[-1].labels), tile.ref.tile_id, np.int64))
        labels = np.concatenate([part.labels for part in parts]) if parts else np.zeros(0, np.uint8)
        if len(np.unique(labels)) < 2:
            return None
        rows = np.concatenate([part.features for part in parts])
        return PixelClassifier(Taught(rows, labels, np.concatenate(tile_ids)))

    def _sampled(self, tile: LabeledTile, class_values: Sequence[int], share: int, in_passing: bool) -> _Samples:
        """Up to `share` samples of each Class. More Tiles mean fewer of each: then a part of those kept will do."""
        key = (tile.ref.tile_id, zlib.crc32(tile.labels.tobytes()))
        kept = self._samples.get(key)
        if kept is None or kept.share < share:
            kept = self._sample(tile, class_values, share, in_passing)
        self._samples[key] = kept = kept.first(share)
        self._samples.move_to_end(key)
        while len(self._samples) > MOST_TAUGHT:
            self._samples.popitem(last=False)
        return kept

    def _sample(self, tile: LabeledTile, class_values: Sequence[int], share: int, in_passing: bool) -> _Samples:
        seen = self.features.of(tile.ref, in_passing=in_passing)
        usable = seen.valid & (tile.labels != IGNORE) & np.isin(tile.labels, class_values)
        rng = np.random.default_rng((0, tile.ref.tile_id))
        chosen, ranks = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
        for value in np.unique(tile.labels[usable]):
            places = np.flatnonzero((tile.labels == value) & usable)
            chosen.append(rng.permutation(places)[:share])  # the first ones are the same whatever the share
            ranks.append(np.arange(len(chosen[-1])))
        picked = np.concatenate(chosen)
        return _Samples(seen.at(picked), tile.labels.ravel()[picked], np.concatenate(ranks), share)


def _own_weights(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight of each sample, 1 for all but those of the Tile that is asked about (`own`, 1.0 or 0.0): a few
    strokes on it count half as much as all other Tiles together."""
    count = float(own.sum())
    factor = max(1.0, _OWN_WEIGHT * (len(own) - count) / count) if count else 1.0
    weights: NDArray[np.float64] = 1.0 + (factor - 1.0) * own
    return weights


@dataclass(frozen=True)
class _Samples:
    """Features (n, F) float32 and labels (n,) uint8 of painted pixels of one Tile, up to `share` of each Class.

    `ranks` (n,) numbers those of each Class, in random order.
    """

    features: NDArray[np.float32]
    labels: NDArray[np.uint8]
    ranks: NDArray[np.int64]
    share: int

    def first(self, share: int) -> _Samples:
        """Those with the lowest ranks, up to `share` of each Class."""
        if share == self.share:
            return self
        kept = self.ranks < share
        return _Samples(self.features[kept], self.labels[kept], self.ranks[kept], share)
