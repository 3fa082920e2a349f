"""The pixel classifier: a random forest that answers a stroke at once, long before a U-Net is trained.

It sees each pixel's bands, their normalised differences, and the same smoothed and roughness-filtered at a few scales;
no torch. Trained on a few thousand painted pixels it colours a tile in a fraction of a second (after Arganda-Carreras
et al., "Trainable Weka Segmentation", Bioinformatics 2017, and ilastik, Berg et al., Nature Methods 2019).
scikit-learn and scipy are imported where they are used: no window should wait for them.
"""

from __future__ import annotations

import zlib
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.geometry import TileRef
from core.imagery.reader import TilePixels, TileReader
from core.jobs import Checkpoint
from core.labels.classes import IGNORE, UNLABELED
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning.metrics import Scores, confusion
from core.learning.prediction import TilePrediction

CLASSIFIER_VERSION = 0  # in place of a model's version: models count from 1
_SCALES_PX = (1.5, 4.0)
_SAMPLES_PER_CLASS = 3000
_TREES = 24
_MOST_BANDS = 6  # of more bands, these are spread evenly over the spectrum
_MARGIN_PX = 12
_KEPT_TILES = 400
_EVENED_PX = 2.0  # sigma of the smoothing of votes
_LEAST_VOTE = 1e-3
_LEAST_SHARE = 0.02  # whatever the votes say: no class may vanish for lack of confidence
_SHARE_STEPS = 30
_PIXELS_FOR_SHARES = 20_000
_OWN_WEIGHT = 0.5  # of a Tile's own samples against those of all others together, where it has fewer


@dataclass(frozen=True)
class PixelClassifier:
    """A trained forest and the class values it tells apart."""

    forest: Any  # sklearn.ensemble.ExtraTreesClassifier
    class_values: tuple[int, ...]

    def predict(self, reader: TileReader, ref: TileRef) -> TilePrediction:
        """The Tile's classes and doubt, as a U-Net would give them; `model_version` is CLASSIFIER_VERSION."""
        shares, valid = self.shares(reader, ref)
        ordered = np.sort(shares, axis=2)
        doubt = 1.0 - (ordered[..., -1] - ordered[..., -2])
        classes = np.asarray(self.class_values, np.uint8)[shares.argmax(axis=2)]
        return TilePrediction(
            ref.tile_id,
            CLASSIFIER_VERSION,
            np.where(valid, classes, np.uint8(UNLABELED)),
            np.where(valid, np.round(255 * np.clip(doubt, 0, 1)), 0).astype(np.uint8),
        )

    def shares(
        self, reader: TileReader, ref: TileRef, *, of_tile: bool = True
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """How likely each class is at each pixel, (height, width, K), 0…1; and where the Scene has data.

        Votes are counted at half resolution, brought to the Tile's own shares of the classes (`of_tile`), smoothed and
        interpolated: four times faster than at full resolution, and less speckled.
        """
        pixels = reader.read(ref, _MARGIN_PX)
        height, width = ref.rect.height, ref.rect.width
        inner = slice(_MARGIN_PX, -_MARGIN_PX)
        features = pixel_features(pixels)[:, inner, inner]
        coarse = features[:, ::2, ::2]
        votes = self.forest.predict_proba(coarse.reshape(len(features), -1).T)
        if of_tile:
            votes = for_shares_of(votes, pixels.valid[inner, inner][::2, ::2].ravel())
        votes = votes.reshape(*coarse.shape[1:], -1)
        whole = [_doubled(votes[..., k], height, width) for k in range(votes.shape[2])]
        return np.stack(whole, axis=2), pixels.valid[inner, inner]


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


def _doubled(plane: NDArray[np.float64], height: int, width: int) -> NDArray[np.float32]:
    """A plane of half resolution at full size, evened and bilinear."""
    from scipy import ndimage

    evened = ndimage.gaussian_filter(plane.astype(np.float32), _EVENED_PX / 2, truncate=2.5)
    zoomed = ndimage.zoom(evened, 2, order=1, grid_mode=True, mode="nearest")
    result: NDArray[np.float32] = zoomed[:height, :width]
    return result


class ClassifierTrainer:
    """Trains forests again and again; what it has sampled from Tiles whose paint is unchanged, it keeps.

    Used from one thread at a time.
    """

    def __init__(self, reader: TileReader, seed: int = 0) -> None:
        self._reader = reader
        self._seed = seed
        self._samples: OrderedDict[tuple[int, int, int], _Samples] = OrderedDict()

    def train(self, snapshot: Snapshot, context: Checkpoint, shown: int | None = None) -> PixelClassifier | None:
        """A forest trained on up to 3,000 painted pixels of each Class; None while fewer than two are painted.

        Pixels that are unlabeled, ignored or without data are never learned from. Every Tile gives each Class the
        same share of samples, so that one big area does not drown the others; of the Tile `shown`, on which the expert
        waits for an answer, a few strokes count half as much as all other Tiles together.
        """
        from sklearn.ensemble import ExtraTreesClassifier

        share = max(_SAMPLES_PER_CLASS // max(len(snapshot.tiles), 1), 50)
        parts, weights = [], []
        for tile in snapshot.tiles:
            context.check()
            parts.append(self._sampled(tile, snapshot.class_values, share))
            weights.append(np.full(len(parts[-1].labels), float(tile.ref.tile_id == shown)))
        rows = np.concatenate([part.features for part in parts]) if parts else np.zeros((0, 1), np.float32)
        labels = np.concatenate([part.labels for part in parts]) if parts else np.zeros(0, np.uint8)
        if len(np.unique(labels)) < 2:
            return None
        forest = ExtraTreesClassifier(
            _TREES, min_samples_leaf=3, max_features="sqrt", class_weight="balanced", random_state=self._seed, n_jobs=1
        )
        forest.fit(rows, labels, sample_weight=_own_weights(np.concatenate(weights)))
        return PixelClassifier(forest, tuple(int(value) for value in forest.classes_))

    def _sampled(self, tile: LabeledTile, class_values: Sequence[int], share: int) -> _Samples:
        key = (tile.ref.tile_id, zlib.crc32(tile.labels.tobytes()), share)
        if key not in self._samples:
            self._samples[key] = self._sample(tile, class_values, share)
            while len(self._samples) > _KEPT_TILES:
                self._samples.popitem(last=False)
        self._samples.move_to_end(key)
        return self._samples[key]

    def _sample(self, tile: LabeledTile, class_values: Sequence[int], share: int) -> _Samples:
        pixels = self._reader.read(tile.ref, _MARGIN_PX)
        inner = slice(_MARGIN_PX, -_MARGIN_PX)
        usable = pixels.valid[inner, inner] & (tile.labels != IGNORE) & np.isin(tile.labels, class_values)
        rng = np.random.default_rng((self._seed, tile.ref.tile_id))
        chosen = [np.zeros(0, np.int64)]
        for value in np.unique(tile.labels[usable]):
            places = np.flatnonzero((tile.labels == value) & usable)
            chosen.append(rng.choice(places, min(share, len(places)), replace=False))
        picked = np.concatenate(chosen)
        features = pixel_features(pixels)[:, inner, inner].reshape(-1, usable.size)
        return _Samples(features[:, picked].T.copy(), tile.labels.ravel()[picked])


def _own_weights(own: NDArray[np.float64]) -> NDArray[np.float64]:
    """The weight of each sample, 1 for all but those of the Tile that is shown (`own`, 1.0 or 0.0)."""
    count = float(own.sum())
    factor = max(1.0, _OWN_WEIGHT * (len(own) - count) / count) if count else 1.0
    weights: NDArray[np.float64] = 1.0 + (factor - 1.0) * own
    return weights


def held_out_iou(snapshot: Snapshot, held_out: Sequence[int], reader: TileReader, context: Checkpoint) -> float | None:
    """The mean IoU on the Tiles `held_out` (their ids) of a classifier trained on all others; None without any."""
    rest = tuple(tile for tile in snapshot.tiles if tile.ref.tile_id not in held_out)
    classifier = ClassifierTrainer(reader).train(replace(snapshot, tiles=rest), context) if held_out else None
    if classifier is None:
        return None
    values = snapshot.class_values
    total = np.zeros((len(values), len(values)), np.int64)
    for tile in snapshot.tiles:
        if tile.ref.tile_id in held_out:
            context.check()
            total += confusion(tile.labels, classifier.predict(reader, tile.ref).classes, values)
    return Scores.of(total, values, len(held_out)).mean_iou


@dataclass(frozen=True)
class _Samples:
    """Features (n, F) float32 and labels (n,) uint8 of some painted pixels of one Tile."""

    features: NDArray[np.float32]
    labels: NDArray[np.uint8]


def pixel_features(pixels: TilePixels) -> NDArray[np.float32]:
    """(F, height, width) float32: bands, normalised differences of neighbouring bands and of the outermost ones, and
    for every scale the smoothed bands and the local roughness of the mean band."""
    from scipy import ndimage

    values = pixels.values
    if len(values) > _MOST_BANDS:
        values = values[np.linspace(0, len(values) - 1, _MOST_BANDS).round().astype(int)]
    layers = list(values)
    pairs = {(i, i + 1) for i in range(len(values) - 1)} | {(0, len(values) - 1)}
    for first, second in sorted(pair for pair in pairs if pair[0] != pair[1]):
        total = np.abs(values[first]) + np.abs(values[second]) + np.float32(1e-3)
        layers.append((values[second] - values[first]) / total)
    mean = values.mean(axis=0)
    for scale in _SCALES_PX:
        layers += [ndimage.gaussian_filter(band, scale, truncate=2.5) for band in values]
        centre = ndimage.gaussian_filter(mean, scale, truncate=2.5)
        layers.append(ndimage.gaussian_filter(np.abs(mean - centre), scale, truncate=2.5))
    return np.stack(layers).astype(np.float32)
