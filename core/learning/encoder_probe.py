"""A linear classifier on the frozen encoder's maps: beside the pixel classifier the label review's second judge.

The pixel classifier sees colour and roughness within a few pixels, the encoder shapes and their surroundings. Each errs
where the other often does not, and this one is trained in a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.errors import SceneError
from core.geometry import TileRef
from core.imagery.reader import TileReader
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning import runtime
from core.learning.acceleration import Phase, for_inference, plan_for
from core.learning.encoder import STRIDES, load_encoder
from core.learning.fused import without_batch_norms
from core.learning.prediction import MARGIN_PX, inner, tile_logits

if TYPE_CHECKING:
    from torch import Tensor

_MAPS = (2, 3, 4)  # of strides 4, 8 and 16: with 32 the review was no better
_STEP_PX = STRIDES[_MAPS[0]]
_SAMPLES_PER_CLASS, _LEAST_SAMPLES = 1000, 20
_STRENGTH = 0.003  # of the fit against its regularisation
_MOST_STEPS = 100
_FURTHEST = 5.0  # standard deviations


@dataclass(frozen=True)
class EncoderProbe:
    """`weights` (F, K) and `bias` (K,) float32 for `class_values`, on features with `mean` and `scale` (F,)."""

    class_values: tuple[int, ...]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]

    def shares(self, encoder: EncoderMaps, ref: TileRef) -> NDArray[np.float32]:
        """How likely each class is at each pixel of a Tile, (K, height, width), 0…1. Raises SceneError."""
        torch = runtime.load_torch()
        maps = encoder.of(ref).maps
        rows = np.clip((maps.reshape(len(maps), -1).T - self.mean) / self.scale, -_FURTHEST, _FURTHEST)
        logits = (rows @ self.weights + self.bias).T.reshape(1, -1, *maps.shape[1:])
        whole = torch.nn.functional.interpolate(torch.from_numpy(logits), scale_factor=_STEP_PX, mode="bilinear")
        shares: NDArray[np.float32] = whole[0, :, : ref.rect.height, : ref.rect.width].softmax(dim=0).numpy()
        return shares


class _Seen(NamedTuple):
    """maps float32 (F, ⌈h / 4⌉, ⌈w / 4⌉), valid bool (h, w)."""

    maps: NDArray[np.float32]
    valid: NDArray[np.bool_]


class EncoderMaps:
    """What the encoder sees of Tiles. Raises LearningError where its weights are missing or damaged."""

    def __init__(self, reader: TileReader, check: Callable[[], None] = lambda: None) -> None:
        self._reader = reader
        self._device = runtime.best_device()
        self._plan = plan_for(Phase.EMBED, self._device, check)
        module = load_encoder(len(reader.roles), reader.roles)
        module = module if self._plan.fused else without_batch_norms(module)
        self._encoder: Any = for_inference(module, self._device, self._plan)

    def of(self, ref: TileRef) -> _Seen:
        pixels = self._reader.read(ref, MARGIN_PX)
        stacked: Any = self._stacked
        maps = tile_logits(stacked, pixels.filled(), MARGIN_PX, self._plan, self._device, _STEP_PX)
        return _Seen(maps.cpu().numpy(), inner(pixels.valid, MARGIN_PX))

    def _stacked(self, inputs: Tensor) -> Tensor:
        """All maps at the first one's resolution, (N, F, H / 4, W / 4)."""
        torch = runtime.load_torch()
        found = self._encoder(inputs)
        maps = [found[number].float() for number in _MAPS]
        coarse = [torch.nn.functional.interpolate(each, size=maps[0].shape[2:], mode="bilinear") for each in maps[1:]]
        together: Tensor = torch.cat([maps[0], *coarse], dim=1)
        return together


class ProbeTrainer:
    """Trains probes again and again on the same Tiles; what it has sampled from them, it keeps."""

    def __init__(self, encoder: EncoderMaps, tile_count: int) -> None:
        """`tile_count`: how many Tiles there are in all."""
        self.encoder = encoder
        self._share = max(_SAMPLES_PER_CLASS // max(tile_count, 1), _LEAST_SAMPLES)
        self._samples: dict[int, tuple[NDArray[np.float32], NDArray[np.uint8]]] = {}

    def train(self, snapshot: Snapshot, check: Callable[[], None] = lambda: None) -> EncoderProbe | None:
        """A probe trained on painted pixels, of each Class the same number a Tile; None while fewer than two are
        painted. Tiles that cannot be read teach nothing. `check` before each Tile."""
        from sklearn.linear_model import LogisticRegression

        parts = []
        for tile in snapshot.tiles:
            check()
            try:
                parts.append(self._sampled(tile, snapshot.class_values))
            except SceneError:
                continue
        labels = np.concatenate([part[1] for part in parts]) if parts else np.zeros(0, np.uint8)
        if len(np.unique(labels)) < 2:
            return None
        rows = np.concatenate([part[0] for part in parts])
        mean, scale = rows.mean(axis=0), rows.std(axis=0) + np.float32(1e-6)
        near = np.clip((rows - mean) / scale, -_FURTHEST, _FURTHEST)
        fit = LogisticRegression(C=_STRENGTH, class_weight="balanced", max_iter=_MOST_STEPS).fit(near, labels)
        weights, bias = fit.coef_.T.astype(np.float32), fit.intercept_.astype(np.float32)
        if len(fit.classes_) == 2:  # sklearn gives the second class's alone
            weights, bias = np.concatenate([-weights, weights], axis=1) / 2, np.concatenate([-bias, bias]) / 2
        return EncoderProbe(tuple(int(value) for value in fit.classes_), mean, scale, weights, bias)

    def _sampled(self, tile: LabeledTile, class_values: tuple[int, ...]) -> tuple[NDArray[np.float32], Any]:
        """Features (n, F) and labels (n,) of painted pixels."""
        tile_id = tile.ref.tile_id
        if tile_id not in self._samples:
            seen = self.encoder.of(tile.ref)
            usable = seen.valid & np.isin(tile.labels, class_values)
            rng = np.random.default_rng((0, tile_id))
            places = [np.flatnonzero(usable & (tile.labels == value)) for value in class_values]
            picked = np.concatenate([rng.choice(each, min(self._share, len(each)), replace=False) for each in places])
            ys, xs = np.divmod(picked, tile.labels.shape[1])
            rows = seen.maps[:, ys // _STEP_PX, xs // _STEP_PX].T
            self._samples[tile_id] = rows, tile.labels.ravel()[picked]
        return self._samples[tile_id]
