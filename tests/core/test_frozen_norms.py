"""The encoder while it trains, with the statistics of its norms standing still: against torch's own layers."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from core.learning import frozen_norms, runtime
from core.learning.encoder import load_encoder, to_input

ROLES = ("red", "green", "blue", "nir")


def encoders() -> tuple[Any, Any]:
    """The same encoder twice: with torch's own layers, norms in evaluation mode; and as the program trains it."""
    runtime.configure(1)
    torch = runtime.load_torch()
    plain = load_encoder(len(ROLES), ROLES).train()
    ours = copy.deepcopy(plain)
    for module in plain.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.eval()
    frozen_norms.freeze_norms(ours)
    return plain, ours.train()


def inputs() -> Any:
    torch = runtime.load_torch()
    values = torch.rand(2, len(ROLES), 96, 64, generator=torch.Generator().manual_seed(0))
    return to_input(values).contiguous(memory_format=torch.channels_last)


def learned(module: Any, autocast: bool = False) -> tuple[list[Any], dict[str, Any]]:
    """Its maps, and the gradients of a loss in which all of them have a part."""
    torch = runtime.load_torch()
    with torch.autocast("cpu", enabled=autocast, dtype=torch.bfloat16):
        maps = module(inputs())[1:]
    sum((each.float() * torch.linspace(-1, 1, each.shape[-1])).square().mean() for each in maps).backward()
    return maps, {name: value.grad for name, value in module.named_parameters()}


@pytest.mark.parametrize("quick", [True, False])
def test_maps_and_gradients_are_those_of_norms_in_evaluation_mode(quick: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not quick:
        monkeypatch.setattr(frozen_norms, "_is_quick", lambda dtype: False)
    plain, ours = encoders()
    expected, expected_gradients = learned(plain)
    maps, gradients = learned(ours)
    for one, other in zip(expected, maps, strict=True):
        assert (one - other).abs().max() < 1e-3 * one.abs().max()
    assert gradients.keys() == expected_gradients.keys()
    used = [name for name, gradient in expected_gradients.items() if gradient is not None]
    assert len(used) > 100
    for name in used:
        difference = (gradients[name] - expected_gradients[name]).norm()
        # One value on the other side of a ReLU6's kink, by rounding alone, moves gradients by half a percent.
        assert difference < 2e-2 * expected_gradients[name].norm() + 1e-7, name


def test_in_bfloat16_gradients_point_the_same_way() -> None:
    torch = runtime.load_torch()
    plain, ours = encoders()
    _, expected = learned(plain)
    maps, gradients = learned(ours, autocast=True)
    assert all(each.dtype is torch.bfloat16 for each in maps)
    together = [torch.cat([g[name].float().ravel() for name in expected if expected[name] is not None])
                for g in (expected, gradients)]  # fmt: skip
    assert torch.nn.functional.cosine_similarity(*together, dim=0) > 0.98


def test_nothing_else_changes() -> None:
    """Names, statistics, and all that is computed without gradients; also in a copy, as the average is one."""
    torch = runtime.load_torch()
    plain, ours = encoders()
    before = copy.deepcopy(ours.state_dict())
    learned(ours)
    after = ours.state_dict()
    assert list(after) == list(plain.state_dict())
    assert all(torch.equal(after[name], value) for name, value in before.items())
    twin = copy.deepcopy(ours).eval()
    next(iter(ours.parameters())).data.zero_()
    with torch.no_grad():
        for one, other in zip(plain.eval()(inputs()), twin(inputs()), strict=True):
            assert torch.equal(one, other)


def test_a_copy_learns_with_norms_of_its_own() -> None:
    _, ours = encoders()
    twin = copy.deepcopy(ours)
    learned(twin)
    assert all(value.grad is None for value in ours.parameters())
    assert any(value.grad is not None for value in twin.parameters())
