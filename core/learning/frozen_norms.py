"""The encoder's batch norms while it trains: their statistics stand still, so that each is a part of its convolution.

A batch of two or four crops says little about means and variances, and on a processor a batch norm that measures them
is several passes over memory, forward and back. Here the pretrained ones are kept, while scale and shift go on
learning, as networks for detection are fine-tuned (Ren et al., "Object Detection Networks on Convolutional Feature
Maps", 2015, and most since). Convolution, norm and activation are then one operator of oneDNN, and the gradient needs
no pass for the norm. What that brings, and what it costs, is in docs/learning.md.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

from core.learning import runtime
from core.learning.fused import encoder_pairs, evenly_padded

if TYPE_CHECKING:
    import torch
    from torch import Tensor

_QUICK_SIZE = 3  # of a depthwise kernel, for which oneDNN has quick code for the weights' gradient


def freeze_norms(encoder: torch.nn.Module) -> None:
    """Change convolutions and batch norms of an encoder in place; parameters and their names stay as they are.

    In evaluation mode, or without gradients, they do what they always did.
    """
    for block, convolution, norm in encoder_pairs(encoder):
        first, second = getattr(block, convolution), getattr(block, norm)
        first.__dict__["norm_behind"] = second  # past torch's own list: the parameters would get second names
        kinds: tuple[Any, Any] = type(first), type(second)
        first.__class__, second.__class__ = _with_norm(kinds[0]), _passing(kinds[1])


def _trains(layer: torch.nn.Module) -> bool:
    return layer.training and runtime.load_torch().is_grad_enabled()


@functools.cache
def _with_norm(kind: Any) -> Any:
    """`kind` of convolution with a forward pass that, while it trains, does the norm and activation behind it too."""

    def forward(self: Any, x: Tensor) -> Tensor:
        if not _trains(self):
            return kind.forward(self, x)  # type: ignore[no-any-return]
        norm = self.norm_behind
        scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
        weight, bias = self.weight * scale[:, None, None, None], norm.bias - norm.running_mean * scale
        return _convolved(self, x, weight, bias, getattr(norm, "act", None))

    return type(f"{kind.__name__}WithNorm", (kind,), {"forward": forward})


@functools.cache
def _passing(kind: Any) -> Any:
    """`kind` of batch norm that, while it trains, lets through what its convolution has already done."""

    def forward(self: Any, x: Tensor) -> Tensor:
        return x if _trains(self) else kind.forward(self, x)

    return type(f"Passing{kind.__name__}", (kind,), {"forward": forward})


def _convolved(layer: Any, x: Tensor, weight: Tensor, bias: Tensor, activation: Any) -> Tensor:
    """As a convolution under autocast would be, then `activation`."""
    torch = runtime.load_torch()
    device = x.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else x.dtype
    x, weight, bias = x.to(dtype), weight.to(dtype), bias.to(dtype)
    nothing = activation is None or isinstance(activation, torch.nn.Identity)
    if device == "cpu" and (nothing or isinstance(activation, torch.nn.ReLU6)) and _is_quick(dtype):
        result: Tensor = _operator().apply(x, weight, bias, layer, not nothing)
        return result
    even, padding = evenly_padded(layer, weight)
    made: Tensor = torch.nn.functional.conv2d(x, even, bias, layer.stride, padding, layer.dilation, layer.groups)
    return made if nothing else activation(made)


@functools.cache
def _is_quick(dtype: torch.dtype) -> bool:
    """Whether this torch and processor have the operator for numbers of this kind."""
    torch = runtime.load_torch()
    layer = torch.nn.Conv2d(1, 1, 1)
    try:
        with torch.no_grad(), torch.autocast("cpu", enabled=False):
            some = torch.ones(1, 1, 8, 8, dtype=dtype)
            _operator().apply(some, layer.weight.to(dtype), layer.bias.to(dtype), layer, True)
    except (RuntimeError, AttributeError):
        return False
    return True


@functools.cache
def _operator() -> Any:
    """The autograd function of a convolution with bias and, if asked for, ReLU6, channels last."""
    torch = runtime.load_torch()

    class Convolution(torch.autograd.Function):  # type: ignore[misc, name-defined]
        @staticmethod
        def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, layer: Any, clamped: bool) -> Tensor:
            x = x.contiguous(memory_format=torch.channels_last)
            even, padding = evenly_padded(layer, weight)
            even = even.contiguous(memory_format=torch.channels_last)
            shape = (padding, list(layer.stride), list(layer.dilation), layer.groups)
            activation = ("hardtanh", [0.0, 6.0]) if clamped else ("none", [])
            result: Tensor = torch.ops.mkldnn._convolution_pointwise(x, even, bias, *shape, *activation, "")
            ctx.save_for_backward(x, weight, result if clamped else None)
            ctx.layer = layer
            return result

        @staticmethod
        def backward(ctx: Any, gradient: Tensor) -> tuple[Any, ...]:
            x, weight, result = ctx.saved_tensors
            if result is not None:
                gradient = torch.ops.aten.hardtanh_backward(gradient, result, 0.0, 6.0)
            gradients_of = _gradients_of_depthwise if _is_depthwise(ctx.layer) else _gradients
            return *gradients_of(ctx.layer, gradient, x, weight, ctx.needs_input_grad[0]), None, None

    return Convolution


def _is_depthwise(layer: Any) -> bool:
    one_each = layer.groups == layer.in_channels == layer.out_channels > 1
    return bool(one_each and layer.kernel_size in ((3, 3), (5, 5)) and layer.dilation == (1, 1))


def _gradients(layer: Any, gradient: Tensor, x: Tensor, weight: Tensor, of_x: bool) -> list[Tensor | None]:
    """Of input (None unless `of_x`), weight and bias."""
    even, padding = evenly_padded(layer, weight)
    shape = (layer.stride, padding, layer.dilation, False, [0, 0], layer.groups)
    for_x, for_weight, for_bias = _backward(gradient, x, even, [len(weight)], *shape, [of_x, True, True])
    zeros = even.shape[-1] - weight.shape[-1]
    return [for_x, for_weight[:, :, zeros:, zeros:], for_bias]


def _gradients_of_depthwise(layer: Any, gradient: Tensor, x: Tensor, weight: Tensor, of_x: bool) -> list[Tensor | None]:
    """The same: of weights in float32, those of 5 × 5 as four overlapping parts of 3 × 3; of the input at stride 1 as a
    forward convolution. For these oneDNN has quick code.

    Many take ten times as long in bfloat16 (measured layer by layer, AVX512-BF16 with AMX: docs/learning.md).
    """
    torch = runtime.load_torch()
    kept, size = x.dtype, weight.shape[-1]
    for_x = _gradient_of_input(layer, gradient, weight) if of_x and layer.stride == (1, 1) else None
    of_x = of_x and for_x is None
    gradient, weight = gradient.float(), weight.float()
    if size == _QUICK_SIZE and layer.stride == (1, 1):
        _, *gradients = _gradients(layer, gradient, x.float(), weight, of_x)
        return [for_x, *(None if each is None else each.to(kept) for each in gradients)]
    padded, before = _padded(layer, x, weight, gradient)
    shape = (layer.stride, [0, 0], layer.dilation, False, [0, 0], layer.groups)
    if of_x:
        whole = _backward(gradient, padded, weight, None, *shape, [True, False, False])[0]
        inside = (..., slice(before, before + x.shape[2]), slice(before, before + x.shape[3]))
        for_x = whole[inside].to(kept)
    for_weight = torch.empty_like(weight)
    part = min(size, _QUICK_SIZE)
    for row in {0, size - part}:
        for column in {0, size - part}:
            rows, columns = slice(row, row + part), slice(column, column + part)
            reach = [side - size + part for side in padded.shape[2:]]
            seen = padded[:, :, row : row + reach[0], column : column + reach[1]]
            seen = seen.contiguous(memory_format=torch.channels_last)
            small = weight[:, :, rows, columns].contiguous()
            found = _backward(gradient, seen, small, None, *shape, [False, True, False])[1]
            for_weight[:, :, rows, columns] = found
    return [for_x, for_weight.to(kept), gradient.sum((0, 2, 3)).to(kept)]


def _gradient_of_input(layer: Any, gradient: Tensor, weight: Tensor) -> Tensor:
    """At stride 1 it is the gradient convolved with the turned kernel."""
    torch = runtime.load_torch()
    turned = weight.flip(2, 3).contiguous(memory_format=torch.channels_last)
    gradient = gradient.contiguous(memory_format=torch.channels_last)
    padding = [weight.shape[-1] - 1 - each for each in layer.padding]
    shape = (padding, [1, 1], [1, 1], layer.groups)
    found: Tensor = torch.ops.mkldnn._convolution_pointwise(gradient, turned, None, *shape, "none", [], "")
    return found


def _padded(layer: Any, x: Tensor, weight: Tensor, gradient: Tensor) -> tuple[Tensor, int]:
    """x in float32 with all that the kernel sees around it, and how many rows and columns of that come first."""
    torch = runtime.load_torch()
    even, padding = evenly_padded(layer, weight)
    before = padding[0] - (even.shape[-1] - weight.shape[-1])
    height, width = (layer.stride[0] * (side - 1) + weight.shape[-1] for side in gradient.shape[2:])
    padded = torch.empty((len(x), height, width, x.shape[1]), device=x.device).permute(0, 3, 1, 2)
    bottom, right = before + x.shape[2], before + x.shape[3]
    for edge in (padded[:, :, :before], padded[:, :, bottom:], padded[..., :before], padded[..., right:]):
        edge.zero_()  # all of it would be a pass over memory more
    padded[:, :, before:bottom, before:right] = x
    return padded, before


def _backward(*arguments: Any) -> tuple[Any, ...]:
    found: tuple[Any, ...] = runtime.load_torch().ops.aten.convolution_backward(*arguments)
    return found
