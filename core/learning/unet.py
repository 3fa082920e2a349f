"""The network: an smp U-Net on the shipped encoder, and its forward pass on tiles of any size."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from core.learning import runtime
from core.learning.doubling import double_quickly
from core.learning.encoder import DEFAULT_ENCODER, load_own, load_pretrained, smp_name, to_input
from core.learning.frozen_norms import freeze_norms
from core.learning.heads import pool_in_evaluation

if TYPE_CHECKING:
    import torch
    from torch import Tensor
    from torch.nn import Module

    from core.learning.acceleration import Plan

# Half of smp's default widths at the deep end: a training step took 0.66 of the time (bfloat16, channels-last, one
# processor). What that costs in IoU has not been measured.
DECODER_CHANNELS = (128, 64, 48, 32)
LAST_STRIDE = 2  # of the decoder's last map
LARGEST_STRIDE = 32
_LEFT_OUT = 16  # channels of smp's fifth decoder block


def build_unet(
    roles: Sequence[str],
    class_count: int,
    seed: int = 0,
    encoder: str = DEFAULT_ENCODER,
    pretrained: bool = True,
    own_weights: str = "",
    heads: int = 1,
    whole_decoder: bool = False,
) -> torch.nn.Module:
    """A U-Net for bands of these roles, on the processor; the decoder starts from `seed`, the encoder from the shipped
    weights or, if given, from those in the file `own_weights` (see `load_own`).

    It maps a (N, len(roles), H, W) tensor made by `to_input`, H and W multiples of 32, to (N, class_count, H, W)
    logits; in training to those of all `heads`, (N, heads · class_count, H, W). Its decoder ends at half of that
    resolution (`_end_at_half`), unless `whole_decoder` asks for a network as the first models were. Raises
    LearningError if `pretrained` weights are asked for and missing, or own ones do not fit.
    """
    torch, smp = runtime.load_torch(), runtime.load_smp()
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        module: Module = smp.Unet(
            smp_name(encoder),
            encoder_weights=None,
            in_channels=len(roles),
            classes=class_count * heads,
            decoder_channels=(*DECODER_CHANNELS, _LEFT_OUT),
        )
        if not whole_decoder:
            _end_at_half(module, class_count * heads)
    if own_weights:
        load_own(module.get_submodule("encoder"), roles, Path(own_weights), encoder)
    elif pretrained:
        load_pretrained(module.get_submodule("encoder"), roles, encoder)
    freeze_norms(module.get_submodule("encoder"))
    double_quickly(module.get_submodule("decoder"))
    pool_in_evaluation(module, heads)
    return module


def _end_at_half(module: torch.nn.Module, outputs: int) -> None:
    """Leave out the decoder's last block, in place: the encoder has no map of full resolution for it to add, and it
    took a sixth of a training step. Instead the last layer has four outputs for every pixel of the map before it, one
    for each of the four pixels that this stands for (Shi et al., CVPR 2016). They start alike, so that no pattern of
    two by two pixels has to be unlearned (Aitken et al., 2017).
    """
    torch = runtime.load_torch()
    del module.get_submodule("decoder.blocks")[-1]  # type: ignore[operator]
    phases = LAST_STRIDE**2
    layer = torch.nn.Conv2d(DECODER_CHANNELS[-1], outputs * phases, 3, padding=1)
    alike = torch.nn.init.xavier_uniform_(torch.empty(outputs, *layer.weight.shape[1:]))
    with torch.no_grad():
        layer.weight.copy_(alike.repeat_interleave(phases, dim=0))
        torch.nn.init.zeros_(layer.bias)
    nothing = torch.nn.Identity()  # where smp's models have an activation
    module.segmentation_head = torch.nn.Sequential(layer, torch.nn.PixelShuffle(LAST_STRIDE), nothing)


def logits_of(module: torch.nn.Module, values: torch.Tensor, plan: Plan) -> torch.Tensor:
    """Logits (N, K, H, W) float32 for reader values (N, B, H, W), H and W multiples of 32, the way `plan` says."""
    torch = runtime.load_torch()
    inputs = to_input(values)
    if plan.channels_last:
        inputs = inputs.to(memory_format=torch.channels_last)
    with plan.autocasting(values.device.type):
        logits: Tensor = module(inputs)
    return logits.float()


def without_head(module: torch.nn.Module) -> torch.nn.Module:
    """What of a U-Net comes before its last layer: maps the same inputs to (N, C, H / s, W / s), s its last stride."""
    torch = runtime.load_torch()
    body: Module = torch.nn.Sequential(module.get_submodule("encoder"), module.get_submodule("decoder"))
    return body


def last_stride(module: torch.nn.Module) -> int:
    """Of the decoder's last map: 2, or 1 with a whole decoder."""
    torch = runtime.load_torch()
    head: Any = module.get_submodule("segmentation_head")
    return LAST_STRIDE if isinstance(head[1], torch.nn.PixelShuffle) else 1


def last_layer(module: torch.nn.Module) -> torch.nn.Conv2d:
    """The 3 × 3 convolution from there to the logits, of a U-Net that is not fused. Its outputs are the first class's
    for all pixels of a square of `last_stride`, row by row, then those of the second class, and so on."""
    return module.get_submodule("segmentation_head.0")  # type: ignore[return-value]


def shift_logits(module: torch.nn.Module, shift: NDArray[np.float32], heads: int) -> None:
    """Add `shift` (K,) to the logits of all heads from now on, in place."""
    bias = last_layer(module).bias
    if bias is not None:
        each = np.repeat(np.tile(shift, heads), LAST_STRIDE**2)
        bias.data += runtime.load_torch().from_numpy(each).to(bias.device)


def padded(length: int) -> int:
    """The next multiple of the network's largest stride."""
    return -(-length // LARGEST_STRIDE) * LARGEST_STRIDE
