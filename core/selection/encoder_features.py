"""The encoder's feature maps at four strides, pooled over a Tile's valid pixels ("ms4"). The one file here with torch.

Pooling several stages says more about a Tile than the last layer alone: fine texture lives in the early ones.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LearningError
from core.geometry import Rect
from core.imagery.reader import TilePixels
from core.learning import encoder as encoders
from core.learning import runtime
from core.learning.acceleration import AgreedPlan, Phase, Plan, for_inference, plan_for
from core.learning.fused import without_batch_norms
from core.memory import is_out_of_memory, short_of_memory

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float32]

STRIDES = (4, 8, 16, 32)
_WIDTHS = {encoders.DEFAULT_ENCODER: (24, 40, 112, 320)}  # of the maps of these strides
_MULTIPLE_PX = 32
_PIECES_PX = (1024, 256)  # larger Tiles go through in pieces, so that memory stays bounded; small ones if it is short
_FLOAT16_MAX = 65504.0


class EncoderFeatures:
    """Mean features of strides 4, 8, 16 and 32 over valid pixels: 24 + 40 + 112 + 320 = 496 for EfficientNet-Lite0.

    `threads` as for `configure`, None for as many as torch has. `check` may raise to stop the first-time speed probe.
    Raises LearningError if the encoder's weights are damaged, OSError if they are missing.
    """

    def __init__(
        self, roles: Sequence[str], encoder: str = encoders.DEFAULT_ENCODER, threads: int | None = None,
        check: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self.name, self.stages = features_known_as(encoder)
        self._recipe = tuple(roles), encoder
        if threads is not None:
            runtime.configure(threads)
        self._device = runtime.best_device()
        self._plan: Plan = plan_for(Phase.EMBED, self._device, check)
        module = encoders.load_encoder(len(roles), roles, encoder)
        self._module = for_inference(
            module if self._plan.fused else without_batch_norms(module), self._device, self._plan
        )
        self._maps = [encoders.STRIDES.index(stride) for stride in STRIDES]

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it is made anew, from the weights there, with one thread."""
        agreed = AgreedPlan(Phase.EMBED, 1, self._plan if self._device.type == "cpu" else None)
        return _made_elsewhere, (*self._recipe, agreed, self.name)

    def __call__(self, tiles: Sequence[TilePixels]) -> Floats:
        """float32 (n, D) for n Tiles of one size, each (B, h, w). Where memory does not suffice, in smaller parts;
        raises MemoryShortage where that does not help."""
        for piece_px in _PIECES_PX:
            try:
                return self._features(tiles, piece_px)
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
            runtime.release_memory(self._device)
            if len(tiles) > 1:
                return np.concatenate([self([tile]) for tile in tiles])
        raise short_of_memory()

    def _features(self, tiles: Sequence[TilePixels], piece_px: int) -> Floats:
        height, width = tiles[0].valid.shape
        sums = np.zeros((len(tiles), sum(self.stages)))
        weights = np.zeros((len(tiles), len(self.stages)))
        for y in range(0, height, piece_px):
            for x in range(0, width, piece_px):
                piece = Rect(x, y, min(piece_px, width - x), min(piece_px, height - y))
                piece_sums, piece_weights = self._pooled(*_padded(tiles, piece))
                sums += piece_sums
                weights += piece_weights
        means = sums / np.maximum(np.repeat(weights, self.stages, axis=1), 1e-9)
        return np.nan_to_num(np.clip(means, -_FLOAT16_MAX, _FLOAT16_MAX)).astype(np.float32)

    def _pooled(self, values: Floats, valid: Floats) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Sums of features over valid pixels (n, D) and, for each stage, of the weights (n, 4), in units of pixels."""
        torch = runtime.load_torch()
        layout = torch.channels_last if self._plan.channels_last else torch.contiguous_format
        inputs = encoders.to_input(torch.from_numpy(values)).to(self._device, memory_format=layout)
        mask = torch.from_numpy(valid)[:, None].to(self._device)
        maps = self._maps_of(inputs)
        if self._plan.overflows(maps):
            self._plan = self._plan.in_full()
            maps = self._maps_of(inputs)
        sums, weights = [], []
        with torch.inference_mode():
            for stride, found in zip(STRIDES, maps, strict=True):
                share = torch.nn.functional.avg_pool2d(mask, stride).flatten(1) * stride**2
                sums.append(torch.bmm(found.float().flatten(2), share[:, :, None])[:, :, 0])
                weights.append(share.sum(dim=1))
            together = torch.cat(sums, dim=1), torch.stack(weights, dim=1)
        sums_of, weights_of = (each.cpu().double().numpy() for each in together)  # Apple's GPUs have no doubles
        return sums_of, weights_of

    def _maps_of(self, inputs: torch.Tensor) -> list[torch.Tensor]:
        """The maps that are pooled, in the precision that they come in."""
        with runtime.load_torch().inference_mode(), self._plan.autocasting(self._device.type):
            maps = self._module(inputs)
        return [maps[index] for index in self._maps]


def features_known_as(encoder: str = encoders.DEFAULT_ENCODER) -> tuple[str, tuple[int, ...]]:
    """The name and the stages of an encoder's features, without loading it. Raises OSError without its weights."""
    weights = hashlib.sha256(encoders.encoder_weights_path(encoder).read_bytes()).hexdigest()[:12]
    return f"ms4-1-{encoder}-{weights}", _WIDTHS[encoder]


def _made_elsewhere(roles: tuple[str, ...], encoder: str, agreed: AgreedPlan, name: str) -> EncoderFeatures:
    """Raises LearningError where the weights are not those of the process that asks."""
    agreed.take()
    made = EncoderFeatures(roles, encoder) if encoders.encoder_weights_path(encoder).is_file() else None
    if made is None or made.name != name:
        raise LearningError(
            "The encoder's weights differ between the computers: {path}.", "Install the same Fieldbrush everywhere.",
            path=encoders.encoder_weights_path(encoder),
        )  # fmt: skip
    return made


def _padded(tiles: Sequence[TilePixels], piece: Rect) -> tuple[Floats, Floats]:
    """A piece of each Tile, grown to multiples of 32 px: values (n, B, H, W), valid (n, H, W) as 0 or 1.

    What is not valid gets the Tile's own mean: an edge to black would show in every map, also beside it.
    """
    rows, columns = piece.slices
    height, width = (-(-size // _MULTIPLE_PX) * _MULTIPLE_PX for size in (piece.height, piece.width))
    bands = tiles[0].values.shape[0]
    values = np.zeros((len(tiles), bands, height, width), np.float32)
    valid = np.zeros((len(tiles), height, width), np.float32)
    for number, tile in enumerate(tiles):
        inside = tile.valid[rows, columns]
        count = max(int(inside.sum()), 1)
        mean = (tile.values[:, rows, columns] * inside).sum(axis=(1, 2), dtype=np.float64) / count
        values[number] = mean[:, None, None]
        part = values[number, :, : piece.height, : piece.width]
        np.copyto(part, tile.values[:, rows, columns], where=inside)
        valid[number, : piece.height, : piece.width] = inside
    return values, valid
