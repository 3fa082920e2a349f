"""Graphics processors, without one: what runs where, and that nothing stays on the processor that is needed there."""

from __future__ import annotations

import functools
import operator
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core.imagery.reader import TilePixels
from core.jobs import Unwatched
from core.learning import acceleration, ranks, runtime, stepper
from core.learning.acceleration import Phase, Plan, plan_for, remember
from core.learning.model import SegmentationModel
from core.learning.prediction import predict_tile
from core.learning.settings import TrainingSettings
from core.learning.training import train
from core.memory import is_out_of_memory
from core.selection.encoder_features import EncoderFeatures
from tests.core.learning_data import NAMES, Field, model_of
from tests.core.projects import start_python

torch = runtime.load_torch()


@pytest.fixture(autouse=True)
def _look_again() -> Iterator[None]:
    runtime._computes.cache_clear()
    yield
    runtime._computes.cache_clear()


def test_all_that_torch_computes_works_on_another_device(tmp_path: Path) -> None:
    """Training, warm start, prediction of tiles and scenes, answers and embedding, on a device that refuses tensors of
    the processor, and doubles as Apple's do."""
    backends = pytest.importorskip("torch.utils.backend_registration")
    if not hasattr(backends, "_setup_privateuseone_for_python_backend"):
        pytest.skip("this torch cannot make up a device")
    process = start_python(
        "import sys; from pathlib import Path; from tests.core.made_up_device import main; main(Path(sys.argv[1]))",
        tmp_path,
    )
    said, errors = process.communicate(timeout=300)
    assert process.returncode == 0, errors
    assert said == "the same on both\n"


@pytest.mark.parametrize(("generation", "half"), [(6, True), (7, True), (8, False)])
def test_cards_that_only_emulate_bfloat16_get_float16(
    monkeypatch: pytest.MonkeyPatch, generation: int, half: bool
) -> None:
    class Card:
        major = generation

    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "current_device", lambda: 0)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda device: Card)
    monkeypatch.setattr(torch.cuda, "_check_bf16_tensor_supported", lambda device: True)
    assert plan_for(Phase.TRAIN, torch.device("cuda")).half == half


def test_a_card_that_cannot_compute_leaves_it_to_the_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    """As one that is too old for this torch; here there is none at all, and torch believes that there is."""
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    assert runtime.best_device().type != "cuda"


@pytest.mark.parametrize(
    ("failure", "said"),
    [
        (
            RuntimeError("CUDA error: no kernel image is available\nCompile with TORCH_USE_CUDA_DSA"),
            "CUDA error: no kernel image is available",
        ),
        (None, "what it computes is no number"),
    ],
)
def test_a_card_that_is_not_used_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, failure: Exception | None, said: str
) -> None:
    def interpolate(values: Any, scale_factor: float) -> Any:
        if failure is not None:
            raise failure
        return values * float("nan")

    monkeypatch.setattr(torch.nn.functional, "interpolate", interpolate)
    assert not runtime._computes("cpu")
    assert caplog.messages == [f"the graphics card cannot be used, the processor computes: {said}"]


def test_apples_processor_has_to_prove_itself_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)  # it is not there
    assert runtime.best_device().type == "cpu"


def test_the_processor_can_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    monkeypatch.setattr(runtime, "_computes", functools.cache(lambda name: True))
    assert runtime.best_device().type == "cuda"
    monkeypatch.setenv("FIELDBRUSH_DEVICE", "cpu")
    assert runtime.best_device().type == "cpu"


def test_what_is_tried_is_a_step_of_learning() -> None:
    assert runtime._computes("cpu")
    assert not runtime._computes("cuda")


@pytest.mark.parametrize(
    ("cards", "processes", "tried", "others", "each"),
    [
        (2, 2, ["set 1", "cuda:1"], 1, True),
        (2, 2, ["set 1", "cuda:1"], 0, False),  # the other's card is too old
        (4, 3, ["set 1", "cuda:1"], 1, True),
        (1, 2, [], 1, False),
        (0, 2, [], 1, False),
    ],
)
def test_processes_share_no_card_where_there_are_enough(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cards: int, processes: int, tried: list[str], others: int,
    each: bool,
) -> None:  # fmt: skip
    """And none takes a part of the first one, not even to try whether it works."""
    done: list[str] = []

    def computes(name: str) -> bool:
        done.append(name)
        return True

    def reduce(told: Any, operation: Any) -> None:
        assert operation == torch.distributed.ReduceOp.MIN
        told.clamp_(max=others)

    monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    monkeypatch.setattr(torch.cuda, "set_device", lambda number: done.append(f"set {number}"))
    monkeypatch.setattr(torch.distributed, "is_nccl_available", lambda: True)
    monkeypatch.setattr(torch.distributed, "init_process_group", lambda *given, **named: None)
    monkeypatch.setattr(torch.distributed, "destroy_process_group", lambda: None)
    monkeypatch.setattr(torch.distributed, "all_reduce", reduce)
    computes.cache_clear = lambda: None  # type: ignore[attr-defined]
    monkeypatch.setattr(runtime, "_computes", computes)
    with ranks._group(ranks.Ranks(1, processes), tmp_path / "meeting") as met:
        assert met == ranks.Ranks(1, processes, has_cards=each)
    assert done == tried


@pytest.mark.parametrize(
    "message",
    [
        "CUDA out of memory. Tried to allocate 2.00 GiB",
        "MPS backend out of memory (MPS allocated: 8.0 GB, other allocations: 1.0 GB, max allowed: 9.07 GB)",
        "cuDNN error: CUDNN_STATUS_ALLOC_FAILED",
        "CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`",
        "[enforce fail at alloc_cpu.cpp:117] DefaultCPUAllocator: can't allocate memory",
        "[enforce fail at alloc_cpu.cpp:117] data. DefaultCPUAllocator: not enough memory: you tried",
        "Invalid buffer size: 7.54 GB",
        "Failed to allocate private MTLBuffer for size 8388608",
        "Unable to find a valid cuDNN algorithm to run convolution",
        "FIND was unable to find an engine to execute this computation",
        "GET was unable to find an engine to execute this computation",
        "could not create a primitive",  # oneDNN, where the kernel it makes finds no room
    ],
)
def test_every_way_to_say_that_memory_is_short(message: str) -> None:
    assert is_out_of_memory(RuntimeError(message))
    assert not is_out_of_memory(ValueError(message))


def _needing_float32(field: Field) -> SegmentationModel:
    """A network with a layer whose results float16 cannot hold; the norm behind it makes up for that."""
    model = model_of(field)
    layer, norm = (model.module.get_submodule(f"decoder.blocks.0.conv1.{number}") for number in (0, 1))
    with torch.no_grad():
        layer.weight.mul_(1e6)
        norm.running_mean.mul_(1e6)
        norm.running_var.mul_(1e12)
    return model


@pytest.fixture
def float16(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a card before Ampere, here."""
    runtime.configure(1)
    monkeypatch.setattr(acceleration, "_known", {})
    for phase in Phase:
        remember(phase, 1, Plan(autocast=True, half=True))


def test_what_float16_cannot_hold_is_predicted_in_full_precision(tmp_path: Path, float16: None) -> None:
    field = Field(tmp_path, tiles=1)
    ours = predict_tile(_needing_float32(field), field.reader, field.refs[0])
    remember(Phase.PREDICT, 1, Plan())
    expected = predict_tile(model_of(field), field.reader, field.refs[0])
    assert set(np.unique(expected.classes)) == {1, 2}
    assert (ours.classes == expected.classes).mean() > 0.99


def test_what_float16_cannot_hold_is_embedded_in_full_precision(float16: None) -> None:
    values = np.random.default_rng(0).random((3, 64, 64), dtype=np.float32)
    values[:, 5, 5] = 1e6
    tiles = [TilePixels(values, np.ones((64, 64), np.bool_))]
    ours = EncoderFeatures(("red", "green", "blue"))(tiles)
    remember(Phase.EMBED, 1, Plan())
    expected = EncoderFeatures(("red", "green", "blue"))(tiles)
    assert np.abs(expected).max() > 0
    np.testing.assert_allclose(ours, expected, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("at_once", [True, False])
def test_steps_that_float16_cannot_hold_leave_nothing_behind(
    tmp_path: Path, float16: None, monkeypatch: pytest.MonkeyPatch, at_once: bool
) -> None:
    """Also not in the statistics of norms, which would keep it through all steps of full precision that follow."""
    if not at_once:
        monkeypatch.setattr(stepper, "_QUICK_TO_ANSWER", ())
        monkeypatch.setattr(stepper, "STEPS_AT_ONCE", 4)
    field = Field(tmp_path, tiles=2)
    settings = TrainingSettings(max_steps=8, batch_size=1, crop_px=32, threads=1)
    result = train(field.snapshot(), field.reader, NAMES, settings, Unwatched(), _needing_float32(field))
    assert np.isfinite(result.points[-1].loss), "the later steps were of full precision"
    assert all(torch.isfinite(value).all() for value in result.model.module.state_dict().values())


@pytest.mark.parametrize("where", ["torch.nn.utils.clip_grad_norm_", "torch.zeros_like"])
def test_memory_that_is_short_in_the_middle_of_a_step(
    tmp_path: Path, float16: None, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """After the gradients are unscaled, or between the first and the second moment of a weight."""
    real, calls = operator.attrgetter(where.removeprefix("torch."))(torch), []

    def short(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        return real(*arguments, **named)

    monkeypatch.setattr(where, short)
    field = Field(tmp_path, tiles=2)
    settings = TrainingSettings(max_steps=3, batch_size=2, crop_px=32, threads=1)
    result = train(field.snapshot(), field.reader, NAMES, settings, Unwatched())
    assert [point.step for point in result.points] == [1, 2, 3]
