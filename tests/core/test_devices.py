"""Graphics processors, without one: what runs where, and that nothing stays on the processor that is needed there."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.learning import ranks, runtime
from core.learning.acceleration import Phase, plan_for
from core.memory import is_out_of_memory
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


@pytest.mark.parametrize(("cards", "processes", "each"), [(2, 2, True), (1, 2, False), (0, 2, False), (4, 3, True)])
def test_processes_share_no_card_where_there_are_enough(
    monkeypatch: pytest.MonkeyPatch, cards: int, processes: int, each: bool
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cards > 0)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: cards)
    monkeypatch.setattr(torch.distributed, "is_nccl_available", lambda: True)
    monkeypatch.setattr(runtime, "_computes", functools.cache(lambda name: True))
    assert ranks._card_each(processes) == each


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
