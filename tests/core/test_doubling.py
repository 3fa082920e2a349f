"""The decoder's blocks while it trains, against smp's own."""

from __future__ import annotations

from typing import Any

import pytest

from core.learning import doubling, runtime
from core.learning.unet import build_unet


def learned(module: Any, values: Any, bfloat16: bool) -> tuple[Any, dict[str, Any]]:
    torch = runtime.load_torch()
    module.zero_grad()
    with torch.autocast("cpu", enabled=bfloat16, dtype=torch.bfloat16):
        logits = module(values)
    (logits.float() * torch.linspace(-1, 1, logits.shape[-1])).square().mean().backward()
    return logits.detach(), {name: value.grad for name, value in module.named_parameters() if value.grad is not None}


@pytest.mark.parametrize("bfloat16", [False, True])
@pytest.mark.parametrize("whole_decoder", [False, True])
def test_blocks_compute_what_smps_compute(bfloat16: bool, whole_decoder: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    runtime.configure(1)
    torch = runtime.load_torch()
    values = torch.rand(2, 3, 64, 96, generator=torch.Generator().manual_seed(0))
    ours = build_unet(("red", "green", "blue"), 2, whole_decoder=whole_decoder).train()
    calls: list[object] = []
    function = doubling._doubling()
    monkeypatch.setattr(doubling, "_doubling", lambda: calls.append(None) or function)
    logits, gradients = learned(ours, values, bfloat16)
    assert len(calls) == len(ours.get_submodule("decoder.blocks"))
    theirs = build_unet(("red", "green", "blue"), 2, whole_decoder=whole_decoder).train()
    for block in theirs.get_submodule("decoder.blocks"):
        block.__class__ = type(block).__mro__[1]
    expected, expected_gradients = learned(theirs, values, bfloat16)
    assert len(calls) == len(ours.get_submodule("decoder.blocks")), "smp's own blocks were not asked"
    assert torch.equal(logits, expected)
    assert gradients.keys() == expected_gradients.keys()
    for name, gradient in gradients.items():
        difference = (gradient - expected_gradients[name]).norm()
        assert difference <= 2e-2 * expected_gradients[name].norm() if bfloat16 else torch.allclose(
            gradient, expected_gradients[name], rtol=1e-4, atol=1e-6
        ), name  # fmt: skip


def test_maps_of_other_sizes_are_smps_own() -> None:
    """Nothing the program does, but blocks of smp take them."""
    runtime.configure(1)
    torch = runtime.load_torch()
    block: Any = next(iter(build_unet(("red", "green", "blue"), 2).train().get_submodule("decoder.blocks")))
    channels = block.conv1[0].in_channels
    below, skip = torch.rand(1, channels - 112, 5, 5), torch.rand(1, 112, 9, 11)
    assert block(below, 9, 11, skip).shape[2:] == (9, 11)
