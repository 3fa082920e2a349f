"""The one door to torch, timm and segmentation_models_pytorch: imports, devices, threads.

Nothing else in `core` imports torch when the program starts: the first call of a function here does, so the window
is up before the seconds that takes. Type checkers see the modules, a running program loads them on demand.
"""

from __future__ import annotations

import ctypes
import functools
import gc
import importlib
import importlib.util
import logging
import os
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_log = logging.getLogger(__name__)
_import_lock = threading.Lock()
_operator_schemas: list[Any] = []  # torch forgets the schemas of a Library that is garbage-collected
_TRIED_PX, _TRIED_LAYERS, _TRIED_TIMES = 96, 8, 3
_CLEARLY = 0.85  # of one thread's time; two that have a core each need about 0.6
_NMS = "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor"


@functools.cache
def load_torch() -> Any:
    """torch itself. The first call takes about a second."""
    os.environ.setdefault("PYTORCH_ENABLE_MPS_FALLBACK", "1")  # what Apple's processor lacks is computed beside it
    with _import_lock:
        return importlib.import_module("torch")


@functools.cache
def load_smp() -> Any:
    """segmentation_models_pytorch, with timm importable also beside a torchvision built for another torch."""
    load_torch()
    with _import_lock:
        _make_torchvision_importable()
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # weights travel with the program: never ask a hub
        smp = importlib.import_module("segmentation_models_pytorch")
    gc.freeze()  # these modules stay: a full collection, which stops every thread, need not walk through them (80 ms)
    return smp


def _make_torchvision_importable() -> None:
    """Define the two operators that torchvision registers at import if its compiled part cannot load.

    PyPI's Linux torchvision is built for CUDA and its `_C` library does not load beside a CPU torch; timm needs
    torchvision only for transforms, but torchvision's own import fails without the operators' schemas.
    """
    torch = load_torch()
    spec = importlib.util.find_spec("torchvision")
    if spec is None or spec.origin is None or _operator_schemas:
        return
    for library in sorted(Path(spec.origin).parent.glob("_C*.*")):
        try:
            torch.ops.load_library(str(library))
        except (OSError, RuntimeError):
            continue
    for name in ("nms", "qnms"):
        if not hasattr(torch.ops.torchvision, name):
            schemas = torch.library.Library("torchvision", "FRAGMENT")
            schemas.define(name + _NMS)
            _operator_schemas.append(schemas)


def best_device(number: int = 0) -> torch.device:
    """CUDA, else Apple's GPU, else the processor, which FIELDBRUSH_DEVICE=cpu asks for. With several CUDA devices each
    further `number` gets the next."""
    torch = load_torch()
    if os.environ.get("FIELDBRUSH_DEVICE") == "cpu":
        return _device("cpu")
    if torch.cuda.is_available():
        name = f"cuda:{number % torch.cuda.device_count()}" if number else "cuda"
        if _computes(name):
            return _device(name)
    if torch.backends.mps.is_available() and _computes("mps"):
        return _device("mps")
    return _device("cpu")


@functools.cache
def _computes(name: str) -> bool:
    """Whether a step of learning goes through: a card that is too old for this torch, or is in use by others alone, is
    there but fails at the first sum, or at the first convolution."""
    torch, reason = load_torch(), "what it computes is no number"
    try:
        layer = torch.nn.Conv2d(3, 4, 3, padding=1).to(name)
        outcome = torch.nn.functional.interpolate(layer(torch.ones(1, 3, 8, 8, device=name)), scale_factor=2.0)
        outcome.square().mean().backward()
        if bool(torch.isfinite(layer.weight.grad).all()):
            return True
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]  # then CUDA says how to debug itself
    _log.warning("the graphics card cannot be used, the processor computes: %s", reason)
    return False


def _device(name: str) -> torch.device:
    device: torch.device = load_torch().device(name)
    return device


def configure(threads: int = 0) -> int:
    """Set how many threads torch computes with and return it; 0: one for every core this process may use, or one alone
    where that is quicker now. Affects the whole process; cheap to call again.
    """
    torch = load_torch()
    wanted = threads if threads > 0 else _quickest_threads()
    if torch.get_num_threads() != wanted:
        torch.set_num_threads(wanted)
    return wanted


@functools.cache
def _quickest_threads() -> int:
    """All cores or one, whichever does a tiny work sooner: measured once in a process, in some hundredths of a second.

    Compute threads wait for each other many times in every layer. Where other programs have the cores, one of them is
    always the one that waits, and two threads were fifty times slower than one.
    """
    torch, cores = load_torch(), available_cores()
    if cores == 1:
        return 1
    seconds: dict[int, float] = {}
    with torch.inference_mode():
        values, kernels = torch.ones(1, 32, _TRIED_PX, _TRIED_PX), torch.ones(32, 32, 3, 3)
        for _ in range(_TRIED_TIMES):
            for threads in (1, cores):
                torch.set_num_threads(threads)
                torch.conv2d(values, kernels, padding=1)  # the threads are made, and woken
                began = time.perf_counter()
                for _ in range(_TRIED_LAYERS):
                    torch.conv2d(values, kernels, padding=1)
                seconds[threads] = seconds.get(threads, 0.0) + time.perf_counter() - began
    return cores if seconds[cores] < _CLEARLY * seconds[1] else 1


def threads_beside_window() -> int:
    """How many threads torch may have while someone paints: half of the cores, and two at least stay free.

    With as many threads as cores every repaint takes a core from one of them, all others wait for it at the end of each
    layer, and training gets several times slower (docs/adr/0004, measured on two cores). The window itself needs one
    core, the readers and the system a part of another. Up to three cores that leaves one thread.
    """
    cores = available_cores()
    return max(min(cores // 2, cores - 2), 1)


def available_cores() -> int:
    """Cores this process may run on (fewer than the machine has under a container or affinity mask)."""
    if hasattr(os, "sched_getaffinity"):
        return max(len(os.sched_getaffinity(0)), 1)
    return max(os.cpu_count() or 1, 1)


def release_memory(device: torch.device) -> None:
    """Give freed memory back to the system: what torch caches on a graphics processor, what glibc keeps for later."""
    torch = load_torch()
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc's own: other libraries do without
        if trim is not None:
            trim(0)
