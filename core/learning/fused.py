"""A network for inference on a processor: normalisation and activation worked into the convolutions before them.

oneDNN computes a convolution, its bias and its activation in one pass over memory, on weights that are laid out for
the processor once, if it is asked through torch's fused operators (those that torch's own compiler emits; no compiler
is needed to call them). What each step brings is in docs/learning.md.
"""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.learning import runtime

if TYPE_CHECKING:
    import torch
    from torch import Tensor

# The batch norm behind each convolution in timm's blocks: (what tells the block, ((convolution, norm), …)).
_BLOCKS = (
    ("conv_pwl", (("conv_pw", "bn1"), ("conv_dw", "bn2"), ("conv_pwl", "bn3"))),
    ("conv_dw", (("conv_dw", "bn1"), ("conv_pw", "bn2"))),
    ("conv_stem", (("conv_stem", "bn1"),)),
)


def without_batch_norms(module: torch.nn.Module) -> torch.nn.Module:
    """Work every batch norm of an encoder into the convolution before it, in place: the same result, fewer passes."""
    for block, convolution, norm in encoder_pairs(module):
        old = getattr(block, norm)
        setattr(block, convolution, _folded(getattr(block, convolution), old))
        setattr(block, norm, getattr(old, "act", runtime.load_torch().nn.Identity()))  # timm's norms carry it
    return module.requires_grad_(False)


def fused(module: torch.nn.Module, bfloat16: bool) -> torch.nn.Module:
    """A copy of an encoder or U-Net in evaluation mode, its convolutions fused, in bfloat16 or float32.

    It takes float32 (N, B, H, W), H and W multiples of 32, and gives maps of its own precision; `module` stays as it
    is. Raises RuntimeError where this torch or processor cannot, ValueError at a layer that it does not know.
    """
    torch = runtime.load_torch()
    dtype = torch.bfloat16 if bfloat16 else torch.float32
    nn, made = torch.nn, _fused_convolution()
    whole: Any = copy.deepcopy(module).cpu().eval().requires_grad_(False)
    for block, convolution, norm in encoder_pairs(whole):
        old = getattr(block, norm)
        folded = _folded(getattr(block, convolution), old)
        setattr(block, convolution, made(folded, getattr(old, "act", None), dtype))
        setattr(block, norm, nn.Identity())
    for block in list(whole.modules()):
        if isinstance(block, nn.Sequential) and len(block) == 3 and isinstance(block[1], nn.BatchNorm2d):
            block[0], block[1], block[2] = made(_folded(block[0], block[1]), block[2], dtype), *_nothing(2)
        elif isinstance(block, nn.Sequential) and len(block) == 3 and type(block[0]) is nn.Conv2d:
            block[0] = made(block[0], None, dtype)  # the head, whose other parts act on its result
    if any(isinstance(each, nn.Conv2d | nn.BatchNorm2d) for each in whole.modules()):
        raise ValueError(f"{type(module).__name__} holds layers that cannot be fused")
    return whole  # type: ignore[no-any-return]


def encoder_pairs(module: torch.nn.Module) -> Iterator[tuple[torch.nn.Module, str, str]]:
    """Every (block, convolution, batch norm) of timm's EfficientNets."""
    norm_kind = runtime.load_torch().nn.BatchNorm2d
    for block in list(module.modules()):
        pairs = next((pairs for marker, pairs in _BLOCKS if hasattr(block, marker)), ())
        for convolution, norm in pairs:
            if isinstance(getattr(block, norm, None), norm_kind):
                yield block, convolution, norm


def _folded(convolution: Any, norm: Any) -> Any:
    runtime.load_torch()
    from torch.nn.utils.fusion import fuse_conv_bn_eval

    return fuse_conv_bn_eval(convolution, norm)


def _nothing(count: int) -> list[torch.nn.Module]:
    return [runtime.load_torch().nn.Identity() for _ in range(count)]


def _activation_name(activation: Any) -> tuple[str, list[float]]:
    nn = runtime.load_torch().nn
    if activation is None or isinstance(activation, nn.Identity):
        return "none", []
    if isinstance(activation, nn.ReLU6):
        return "hardtanh", [0.0, 6.0]
    if isinstance(activation, nn.ReLU):
        return "relu", []
    raise ValueError(f"{type(activation).__name__} cannot be fused")


@functools.cache
def _fused_convolution() -> Any:
    """The class of fused layers; made when torch is there."""
    torch = runtime.load_torch()
    operators = torch.ops.mkldnn

    class FusedConvolution(torch.nn.Module):  # type: ignore[misc, name-defined]
        """Convolution, bias and activation as one operator, channels last."""

        def __init__(self, layer: Any, activation: Any, dtype: Any) -> None:
            super().__init__()
            weight, padding = evenly_padded(layer, layer.weight)
            self._dtype = dtype
            self._weight = weight.detach().to(dtype).contiguous(memory_format=torch.channels_last)
            self._bias = None if layer.bias is None else layer.bias.detach().to(dtype)
            self._shape = (padding, list(layer.stride), list(layer.dilation), layer.groups)
            self._activation = _activation_name(activation)
            self._packed, self._packed_for = self._weight, torch.Size()

        def forward(self, x: Tensor) -> Tensor:
            x = x.to(self._dtype, memory_format=torch.channels_last)
            if self._packed_for != x.shape:  # laid out for another size they would be laid out anew in every call
                self._packed = operators._reorder_convolution_weight(self._weight, *self._shape, list(x.shape))
                self._packed_for = x.shape
            name, values = self._activation
            result: Tensor = operators._convolution_pointwise(
                x, self._packed, self._bias, *self._shape, name, values, ""
            )
            return result

    return FusedConvolution


def evenly_padded(layer: Any, weight: torch.Tensor) -> tuple[torch.Tensor, list[int]]:
    """`weight` of a layer and symmetric padding. TensorFlow's "same" at stride 2 pads one more at the end than at the
    start: on inputs of even size that is symmetric padding and a kernel with a row and a column of zeros before it."""
    torch = runtime.load_torch()
    from timm.layers.conv2d_same import Conv2dSame

    if not isinstance(layer, Conv2dSame):
        return weight, list(layer.padding)
    size = weight.shape[-1]
    if layer.stride != (2, 2) or layer.dilation != (1, 1) or size % 2 == 0:
        raise ValueError(f"a {size} × {size} convolution of stride {layer.stride} cannot be fused")
    return torch.nn.functional.pad(weight, (1, 0, 1, 0)), [size // 2, size // 2]
