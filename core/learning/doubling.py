"""The decoder's blocks while it trains: a map of twice the size, whose gradient takes an eighth of torch's time.

torch first copies a gradient that is a part of a wider one, as behind every skip connection, and then adds up pixel by
pixel. Average pooling, multiplied by four, is the same sum in one quick pass over the part as it lies.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from core.learning import runtime

if TYPE_CHECKING:
    import torch
    from torch import Tensor


def double_quickly(decoder: torch.nn.Module) -> None:
    """Change the blocks of an smp U-Net's decoder in place; what they compute stays, to the last bit."""
    for block in decoder.get_submodule("blocks").children():
        kind: Any = type(block)
        block.__class__ = _quick(kind)


@functools.cache
def _quick(kind: Any) -> Any:
    """`kind` of block with a forward pass of our own while it trains."""
    torch = runtime.load_torch()

    def forward(self: Any, below: Tensor, height: int, width: int, skip_connection: Tensor | None = None) -> Tensor:
        doubles = (height, width) == (2 * below.shape[2], 2 * below.shape[3])
        if not (doubles and self.training and torch.is_grad_enabled() and below.device.type == "cpu"):
            return kind.forward(self, below, height, width, skip_connection)  # type: ignore[no-any-return]
        above: Tensor = _doubling().apply(below)
        if skip_connection is not None:
            above = self.attention1(torch.cat([above, skip_connection], dim=1))
        return self.attention2(self.conv2(self.conv1(above)))  # type: ignore[no-any-return]

    return type(f"Quick{kind.__name__}", (kind,), {"forward": forward})


@functools.cache
def _doubling() -> Any:
    torch = runtime.load_torch()
    functional = torch.nn.functional

    class Doubling(torch.autograd.Function):  # type: ignore[misc, name-defined]
        """(N, C, H, W) → (N, C, 2 H, 2 W), every pixel four times."""

        @staticmethod
        def forward(ctx: Any, below: Tensor) -> Tensor:
            doubled: Tensor = functional.interpolate(below, scale_factor=2, mode="nearest")
            return doubled

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> Tensor:
            sums: Tensor = functional.avg_pool2d(gradient, 2, divisor_override=1)
            return sums

    return Doubling
