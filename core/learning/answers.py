"""What a U-Net answers about a Tile beyond its Prediction: other measures of doubt, for Strategies that ask for them.

All of it comes from the features before the last layer, so a Tile costs one pass through the network, as a Prediction
does, and a little.
"""

from __future__ import annotations

import numpy as np

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
from core.learning.unet import last_layer, without_head

_REACH_PX = 1  # of the last layer, a 3 × 3 convolution


def ask_about(model: SegmentationModel, reader: TileReader, ref: TileRef) -> TileAnswers:
    """The model's answers about one Tile. Raises as `predict_tile` does."""
    torch = runtime.load_torch()
    card = model.card
    check_roles(card, reader)
    pixels = reader.read(ref, MARGIN_PX)
    values = rescaled(pixels.values, pixels.valid, reader.statistics, card.statistics)
    valid = inner(pixels.valid, MARGIN_PX)
    device = runtime.best_device()
    plan = plan_for(Phase.PREDICT, device)
    body = without_head(inference_module(model.module, device, plan))
    features = tile_logits(body, values, MARGIN_PX - _REACH_PX, plan, device)[None]
    layer, heads = last_layer(model.module), card.settings.heads
    with torch.inference_mode():
        logits = pooled(torch.nn.functional.conv2d(features, layer.weight, layer.bias)[0], heads)
        shares = (logits / card.temperature).softmax(dim=0).cpu().numpy()
        classes = torch.from_numpy(shares.argmax(axis=0))[None].to(device)
        changed = torch.zeros(valid.shape, device=device)
        for factors in torch.from_numpy(dropouts(features.shape[1])).to(device):
            dropped = torch.nn.functional.conv2d(features, layer.weight * factors[:, None, None], layer.bias)[0]
            dropped = pooled(dropped, heads)
            changed += dropped.gather(0, classes)[0] < dropped.amax(dim=0)  # far quicker than argmax over few classes
        errors = torch.from_numpy(errors_of_own_labels(shares, valid))[None].to(device)
        shape = (len(shares), *layer.weight.shape[1:])  # of one last layer with these shares, however many heads
        gradient = torch.nn.grad.conv2d_weight(features, shape, errors)
    planes = (least_confidence(shares), entropy(shares), (changed / DROP_PASSES).cpu().numpy())
    doubts = [mean_of_most_doubtful(plane, valid, DOUBT_WINDOW_PX) for plane in planes]
    return TileAnswers(doubts[0], doubts[1], doubts[2], gradient.cpu().numpy().ravel().astype(np.float32))
