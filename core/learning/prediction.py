"""What a model makes of a Tile: the class of every pixel and how much the model doubts it."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import LearningError
from core.geometry import TileRef
from core.imagery.reader import TilePixels, TileReader
from core.imagery.statistics import BandStatistics
from core.learning import runtime
from core.learning.acceleration import Phase, Plan, for_inference, plan_for
from core.learning.doubt import DOUBT_WINDOW_PX, mean_of_most_doubtful
from core.learning.model import ModelCard, SegmentationModel
from core.learning.unet import logits_of, padded
from core.memory import is_out_of_memory, short_of_memory

if TYPE_CHECKING:
    import torch
    from torch import Tensor

MARGIN_PX = 32
_LARGEST_BLOCK_PX = 704  # tiles longer than this are predicted in parts, so that memory stays bounded
_SMALLEST_WINDOW_PX = 192  # below it halves need as much as the whole
_Pixel = TypeVar("_Pixel", bound=np.generic)


@dataclass(frozen=True)
class TilePrediction:
    """The Prediction for one Tile, in the Tile's own pixels.

    classes uint8 (h, w): label values, 0 where the Scene has no data. doubt uint8 (h, w): 0 (sure) … 255, the
    difference between the two likeliest classes as round(255 · (1 - margin)); 0 where the Scene has no data.
    """

    tile_id: int
    model_version: int
    classes: NDArray[np.uint8]
    doubt: NDArray[np.uint8]


def predict_tile(
    model: SegmentationModel, reader: TileReader, ref: TileRef, margin_px: int = MARGIN_PX
) -> TilePrediction:
    """Predict one Tile, looking `margin_px` beyond its edges.

    Raises LearningError if the model reads other bands than the project has, SceneError if the Scene cannot be read.
    """
    card = model.card
    check_roles(card, reader)
    pixels = reader.read(ref, margin_px)
    values = rescaled(pixels, reader, ref.scene_path, card.statistics)
    device = runtime.best_device()
    plan = plan_for(Phase.PREDICT, device)
    logits = tile_logits(inference_module(model.module, device, plan), values, margin_px, plan, device)
    classes, doubt = labels_and_doubt((logits / card.temperature).softmax(dim=0), card.class_values)
    valid = inner(pixels.valid, margin_px)
    return TilePrediction(ref.tile_id, card.version, classes * valid, doubt * valid)


def labels_and_doubt(shares: torch.Tensor, class_values: Sequence[int]) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """The likeliest class and the doubt of every pixel, uint8 (h, w), from class shares (K, h, w), K ≥ 2."""
    torch = runtime.load_torch()
    best = torch.topk(shares, 2, dim=0)
    doubt = ((1.0 - (best.values[0] - best.values[1])) * 255.0).round().clamp(0, 255).to(torch.uint8)
    return np.array(class_values, np.uint8)[best.indices[0].cpu().numpy()], doubt.cpu().numpy()


def window_shares(
    module: torch.nn.Module,
    values: NDArray[np.float32],
    temperature: float,
    plan: Plan,
    device: torch.device,
    check: Callable[[], None] = lambda: None,
    flips: bool = False,
) -> torch.Tensor:
    """Class shares (K, h, w) float32 for reader values (B, h, w) that fit the network at once.

    With `flips` the mean over the four mirrored views; `check` is called between those.
    """
    parts: list[Tensor] = []
    for axes in [(), (1,), (2,), (1, 2)] if flips else [()]:
        if parts:
            check()
        logits = _window_logits(module, np.flip(values, axes) if axes else values, plan, device)
        logits = logits[:, : values.shape[1], : values.shape[2]]
        parts.append((logits / temperature).softmax(dim=0).flip(axes))
    return sum(parts[1:], parts[0]) / len(parts)


def tile_doubt(prediction: TilePrediction) -> float:
    """How much a label on this Tile would tell the model, 0…1; 0 for a Tile without data.

    The mean over the most doubtful tenth of its pixels, after smoothing over 24 px inside the valid area. Not
    normalised per Tile, so that Tiles can be compared.
    """
    doubt = prediction.doubt.astype(np.float32) / np.float32(255)
    return mean_of_most_doubtful(doubt, prediction.classes != 0, DOUBT_WINDOW_PX)


@functools.lru_cache(maxsize=2)
def inference_module(module: torch.nn.Module, device: torch.device, plan: Plan) -> torch.nn.Module:
    """`for_inference` of a finished model, kept for its next Tile: fusing takes longer than predicting one."""
    return for_inference(module, device, plan)


def tile_logits(
    module: torch.nn.Module,
    values: NDArray[np.float32],
    margin_px: int,
    plan: Plan,
    device: torch.device,
    stride: int = 1,
) -> torch.Tensor:
    """Logits (K, h, w) float32 for reader values (B, h + 2·margin_px, w + 2·margin_px). `module` in eval mode.

    Of a module with maps of another `stride`, by which margin_px can be divided, (C, ⌈h / stride⌉, ⌈w / stride⌉).
    """
    torch = runtime.load_torch()
    height, width = values.shape[1] - 2 * margin_px, values.shape[2] - 2 * margin_px
    block = max(_LARGEST_BLOCK_PX - 2 * margin_px, 64)
    rows = []
    before = margin_px // stride
    for top, bottom in _stretches(height, block, stride):
        parts: list[Tensor] = []
        for left, right in _stretches(width, block, stride):
            window = values[:, top : bottom + 2 * margin_px, left : right + 2 * margin_px]
            down, across = (slice(before, before - (-length // stride)) for length in (bottom - top, right - left))
            parts.append(_window_logits(module, window, plan, device)[:, down, across])
        rows.append(torch.cat(parts, dim=2))
    return torch.cat(rows, dim=1)  # type: ignore[no-any-return]


def rescaled(
    pixels: TilePixels, reader: TileReader, scene_path: str, trained_on: BandStatistics
) -> NDArray[np.float32]:
    """The values of a Scene's pixels on the scale that they would have beside those the model was trained on, and of
    their neighbours where they are invalid."""
    values = pixels.filled()
    have, want = reader.scale_of(scene_path), reader.scale_of(scene_path, trained_on)
    if (have.low, have.high) == (want.low, want.high):
        return values
    low, high, to_low, to_high = (
        np.array(limits, np.float64)[:, None, None] for limits in (have.low, have.high, want.low, want.high)
    )
    scale = (high - low) / (to_high - to_low)
    shift = (low - to_low) / (to_high - to_low)
    result: NDArray[np.float32] = np.clip(values * scale + shift, -0.5, 1.5).astype(np.float32)
    return result


def inner(plane: NDArray[_Pixel], margin_px: int) -> NDArray[_Pixel]:
    """A plane without its margin."""
    return plane[margin_px : plane.shape[0] - margin_px, margin_px : plane.shape[1] - margin_px]


def _window_logits(
    module: torch.nn.Module, values: NDArray[np.float32], plan: Plan, device: torch.device
) -> torch.Tensor:
    """Logits for a window mirrored at the right and bottom up to a size that the network takes, so for more than it.

    Where memory does not suffice the window is computed in halves, each seeing MARGIN_PX of the other. Raises
    MemoryShortage where that does not help.
    """
    try:
        return _logits_at_once(module, values, plan, device)
    except (RuntimeError, MemoryError) as error:
        if not is_out_of_memory(error):
            raise
        if max(values.shape[1:]) <= _SMALLEST_WINDOW_PX:
            raise short_of_memory() from error
    runtime.release_memory(device)  # here, where the error holds nothing any more
    axis = 1 if values.shape[1] >= values.shape[2] else 2
    middle = padded(values.shape[axis] // 2)
    halves = np.split(values, [middle + MARGIN_PX], axis)[0], np.split(values, [middle - MARGIN_PX], axis)[1]
    first, second = (_window_logits(module, half, plan, device) for half in halves)
    stride = padded(halves[0].shape[axis]) // first.shape[axis]
    begins = MARGIN_PX // stride
    second = second.narrow(axis, begins, second.shape[axis] - begins)
    return runtime.load_torch().cat([first.narrow(axis, 0, middle // stride), second], dim=axis)  # type: ignore[no-any-return]


def _logits_at_once(
    module: torch.nn.Module, values: NDArray[np.float32], plan: Plan, device: torch.device
) -> torch.Tensor:
    torch = runtime.load_torch()
    height, width = values.shape[1:]
    missing = ((0, 0), (0, padded(height) - height), (0, padded(width) - width))
    whole = np.pad(values, missing, mode="symmetric") if any(map(any, missing)) else values
    with torch.inference_mode():
        batch = torch.from_numpy(np.ascontiguousarray(whole, np.float32)).unsqueeze(0).to(device)
        logits = logits_of(module, batch, plan)
        if plan.overflows([logits]):
            logits = logits_of(module, batch, plan.in_full())
        return logits[0]


def _stretches(length: int, largest: int, step: int) -> list[tuple[int, int]]:
    """[0, length) in nearly equal parts of about `largest` at most, which begin at multiples of `step`."""
    parts = max(math.ceil(length / largest), 1)
    inner_edges = [round(length * part / parts / step) * step for part in range(1, parts)]
    return list(pairwise([0, *inner_edges, length]))


def check_roles(card: ModelCard, reader: TileReader) -> None:
    """Raises LearningError if the model reads other bands than the project has."""
    if card.roles != reader.roles:
        raise LearningError(
            "This model reads the bands {model}, but the project's scenes have {scenes}.",
            "Train a new model for this project, or correct the band roles.",
            model=", ".join(card.roles),
            scenes=", ".join(reader.roles),
        )
