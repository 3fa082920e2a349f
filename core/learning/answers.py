"""What a U-Net answers about a Tile beyond its Prediction: other measures of doubt, for Strategies that ask for them.

All of it comes from the features before the last layer, so a Tile costs one pass through the network, as a Prediction
does, and a little.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.geometry import TileRef
from core.imagery.reader import TileReader
from core.learning import runtime
from core.learning.acceleration import Phase, plan_for
from core.learning.doubt import (
    DOUBT_WINDOW_PX,
    DROP_PASSES,
    TileAnswers,
    dropouts,
    entropy,
    errors_of_own_labels,
    least_confidence,
    mean_of_most_doubtful,
)
from core.learning.heads import pooled
from core.learning.model import SegmentationModel
from core.learning.prediction import MARGIN_PX, check_roles, inference_module, inner, rescaled, tile_logits
from core.learning.unet import last_layer, last_stride, without_head

if TYPE_CHECKING:
    from torch import Tensor


def ask_about(model: SegmentationModel, reader: TileReader, ref: TileRef) -> TileAnswers:
    """The model's answers about one Tile. Raises as `predict_tile` does."""
    torch = runtime.load_torch()
    card = model.card
    check_roles(card, reader)
    pixels = reader.read(ref, MARGIN_PX)
    values = rescaled(pixels, reader, ref.scene_path, card.statistics)
    valid = inner(pixels.valid, MARGIN_PX)
    device = runtime.best_device()
    plan = plan_for(Phase.PREDICT, device)
    body = without_head(inference_module(model.module, device, plan))
    layer, stride, heads = last_layer(model.module), last_stride(model.module), card.settings.heads
    around = MARGIN_PX - stride  # the last layer, of 3 × 3, sees one more of the features on every side
    features = tile_logits(body, values, around, plan, device, stride)[None]

    def logits(weight: Tensor) -> Tensor:
        """(K, h, w) with these weights in the last layer."""
        found = torch.nn.functional.conv2d(features, weight, layer.bias)
        found = torch.nn.functional.pixel_shuffle(found, stride)[0, :, : valid.shape[0], : valid.shape[1]]
        return pooled(found, heads)

    with torch.inference_mode():
        shares = (logits(layer.weight) / card.temperature).softmax(dim=0).cpu().numpy()
        classes = torch.from_numpy(shares.argmax(axis=0))[None].to(device)
        changed = torch.zeros(valid.shape, device=device)
        for factors in torch.from_numpy(dropouts(features.shape[1])).to(device):
            dropped = logits(layer.weight * factors[:, None, None])
            changed += dropped.gather(0, classes)[0] < dropped.amax(dim=0)  # far quicker than argmax over few classes
        gradient = _gradient(features, errors_of_own_labels(shares, valid), stride)
    planes = (least_confidence(shares), entropy(shares), (changed / DROP_PASSES).cpu().numpy())
    doubts = [mean_of_most_doubtful(plane, valid, DOUBT_WINDOW_PX) for plane in planes]
    return TileAnswers(doubts[0], doubts[1], doubts[2], gradient)


def _gradient(features: Tensor, errors: NDArray[np.float32], stride: int) -> NDArray[np.float32]:
    """How errors (K, h, w) move a last layer with these features, float32 (K · C · 9,); its weights for all pixels of a
    square taken together, and however many heads it has."""
    torch = runtime.load_torch()
    missing = [(0, -size % stride) for size in errors.shape[1:]]
    whole = torch.from_numpy(np.pad(errors, [(0, 0), *missing]))[None].to(features.device)
    by_place = torch.nn.functional.pixel_unshuffle(whole, stride)
    shape = (by_place.shape[1], features.shape[1], 3, 3)
    gradient = torch.nn.grad.conv2d_weight(features, shape, by_place)
    summed = gradient.unflatten(0, (len(errors), stride**2)).sum(dim=1)
    return np.asarray(summed.cpu().numpy().ravel(), np.float32)
