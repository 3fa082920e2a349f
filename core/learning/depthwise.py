"""Depthwise convolutions in full precision while the rest of the network trains in bfloat16 on a processor.

Forward they are quick either way, but many of their gradients are not. Measured once on an AVX512-BF16 processor,
channels-last, bfloat16 against float32: weight gradients of 5 × 5 kernels took 3 to 7 times as long, input gradients
at stride 2 more than 10 times; 3 × 3 ones at stride 1 were as quick or quicker. Depthwise gradients were about two
fifths of a training step. A finer rule, layer by layer, has not been tried, nor has a processor with AMX.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from core.learning import runtime

if TYPE_CHECKING:
    import torch


def train_depthwise_in_full_precision(module: torch.nn.Module) -> None:
    """Change the depthwise convolutions of `module` in place; parameters and their names stay as they are."""
    conv = runtime.load_torch().nn.Conv2d
    for layer in module.modules():
        if isinstance(layer, conv) and layer.groups > 1 and layer.groups == layer.in_channels:
            kind: Any = type(layer)
            layer.__class__ = _full_precision(kind)  # a wrapper would rename the weights


@functools.cache
def _full_precision(kind: Any) -> Any:
    """`kind` with a forward pass that leaves autocast while gradients are recorded."""
    torch = runtime.load_torch()

    def forward(self: Any, x: Any) -> Any:
        if not (x.device.type == "cpu" and torch.is_autocast_enabled("cpu") and torch.is_grad_enabled()):
            return kind.forward(self, x)
        with torch.autocast("cpu", enabled=False):
            return kind.forward(self, x.float()).to(x.dtype)

    members: dict[str, Any] = {"forward": forward}
    return type(f"FullPrecision{kind.__name__}", (kind,), members)
