"""Which of fused layers, channels-last and reduced precision pays on this machine, measured once per phase and kept.

Which setting wins differs by processor, encoder and phase, and the wrong one costs a factor of two to four, so no
rule of thumb is used: each phase times its own settings for a second or two.
"""

from __future__ import annotations

import json
import math
import platform
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from core.atomic import replacing
from core.cache import cache_folder
from core.learning import runtime
from core.learning.fused import fused

if TYPE_CHECKING:
    import torch

CACHE_FILE = "acceleration.json"
_VERSION = 6  # of the network and the probe: part of the key
_GAIN = 0.93  # a setting must need less than this share of the plain one's time to be chosen
_FAR_BEHIND = 1.5
_ROUNDS = 3
_ENOUGH_ROUNDS = 2  # the first one warms up
LONGEST_PROBE_S = 15.0
_PROBE_PX, _SMALL_PX = 256, 64
_AREAS = 8.0  # so many times longer takes a whole crop at least; its area is 16 times larger
_BUSY = 1.5  # times the seconds in which all threads had a core
_known: dict[str, Plan] = {}


class Phase(Enum):
    """What the network is run for; each has its own fastest setting."""

    TRAIN = "train"
    PREDICT = "predict"
    EMBED = "embed"


@dataclass(frozen=True)
class Plan:
    """How to run the network. `autocast`: bfloat16 (on older GPUs float16) where that is safe; `fused`: through a copy
    made by core/learning/fused.py, for inference on processors."""

    channels_last: bool = False
    autocast: bool = False
    half: bool = False  # float16 instead of bfloat16: only on GPUs without bfloat16
    fused: bool = False

    def autocast_dtype(self) -> torch.dtype:
        torch = runtime.load_torch()
        return torch.float16 if self.half else torch.bfloat16  # type: ignore[no-any-return]

    def autocasting(self, device_type: str) -> AbstractContextManager[object]:
        """The context to run the network in; a fused one has its precision inside."""
        enabled = self.autocast and not self.fused
        torch = runtime.load_torch()
        return torch.autocast(device_type, dtype=self.autocast_dtype(), enabled=enabled)  # type: ignore[no-any-return]

    def overflows(self, found: Iterable[torch.Tensor]) -> bool:
        """Whether float16 could not hold what led to these; bfloat16 holds all that float32 does."""
        return self.autocast and self.half and not all(bool(each.isfinite().all()) for each in found)

    def in_full(self) -> Plan:
        """The same in float32."""
        return replace(self, autocast=False)


@dataclass(frozen=True)
class Measurement:
    """What the probe found; `lasting` if it had the time to be sure."""

    plan: Plan
    lasting: bool


def plan_for(
    phase: Phase, device: torch.device, check: Callable[[], None] = lambda: None, longest_s: float = LONGEST_PROBE_S
) -> Plan:
    """The fastest setting for `phase` with the present number of threads.

    The first time on a machine this takes a few seconds, `longest_s` at most, or a step more; `check` is called between
    the probe's steps and may raise to stop it. Graphics processors are not probed: channels-last with autocast on CUDA,
    plain on Apple's.
    """
    torch = runtime.load_torch()
    if device.type == "cuda":
        bfloat16 = torch.cuda.is_bf16_supported(including_emulation=False)  # emulated on GPUs before Ampere, and slow
        return Plan(channels_last=True, autocast=True, half=not bfloat16)
    if device.type != "cpu":
        return Plan()
    key = _key(phase, torch.get_num_threads())
    if key in _known:
        return _known[key]
    plan = _read_cache().get(key)
    if plan is None:
        measured = _measure(phase, check, longest_s)
        plan = measured.plan
        if measured.lasting:
            _write_cache(key, plan)
    _known[key] = plan
    return plan


@dataclass(frozen=True)
class AgreedPlan:
    """The Plan and the threads that all parts of a work compute with, wherever they run: the same numbers everywhere.

    `plan` is None where this machine computes on a graphics processor; the others then go by their own.
    """

    phase: Phase
    threads: int
    plan: Plan | None

    @classmethod
    def made(cls, phase: Phase, here: int, threads: int, check: Callable[[], None] = lambda: None) -> AgreedPlan:
        """What is fastest in this process with `here` threads (as for `configure`), for parts with `threads`."""
        runtime.configure(here)
        device = runtime.best_device()
        plan = plan_for(phase, device, check)
        return cls(phase, threads, plan if device.type == "cpu" else None)

    def take(self) -> None:
        """Compute like that in this process from now on. Cheap to call again."""
        threads = runtime.configure(self.threads)
        if self.plan is not None:
            remember(self.phase, threads, self.plan)


def remember(phase: Phase, threads: int, plan: Plan) -> None:
    """Take `plan` for this phase and thread count in this process, instead of measuring."""
    _known[_key(phase, threads)] = plan


def _measure(phase: Phase, check: Callable[[], None], longest_s: float = LONGEST_PROBE_S) -> Measurement:
    """Time the settings in turns (so that a busy moment hits all of them) and take the clearly fastest.

    Small crops come first: where these take so long already that the whole ones would outlast the time, they decide.
    Settings far behind drop out; when the time is up none is tried any more. What was found in too little time, or
    beside programs that had the cores too, is not kept. With one thread its processor time is taken, in which those
    hardly show.
    """
    threads = runtime.load_torch().get_num_threads()
    now = time.thread_time if threads == 1 else time.perf_counter
    deadline = time.perf_counter() + longest_s
    began, used = time.perf_counter(), time.process_time()
    small = _timed(phase, _SMALL_PX, _ROUNDS - 1, now, deadline, check)
    slowest_s = _AREAS * max(small.last.values(), default=math.inf)
    if time.perf_counter() + slowest_s > deadline:
        return Measurement(_fastest(small.best), lasting=False)
    whole = _timed(phase, _PROBE_PX, _ROUNDS, now, deadline, check)
    busy = threads > 1 and time.perf_counter() - began > _BUSY * (time.process_time() - used) / threads
    return Measurement(_fastest(whole.best or small.best), lasting=whole.rounds >= _ENOUGH_ROUNDS and not busy)


class _Timed(NamedTuple):
    """Seconds of each setting: the least, and by the clock those of the last step. So many rounds were complete."""

    best: dict[Plan, float]
    last: dict[Plan, float]
    rounds: int


def _timed(
    phase: Phase, px: int, rounds: int, now: Callable[[], float], deadline: float, check: Callable[[], None]
) -> _Timed:
    """Time the settings on crops of `px` until the deadline."""
    steps: dict[Plan, Callable[[], object]] = {}
    best: dict[Plan, float] = {}
    last: dict[Plan, float] = {}
    for done in range(rounds):
        limit = _FAR_BEHIND * min(best.values(), default=math.inf)
        for plan, step in list(steps.items()) if done else _candidates(phase, px):
            if best.get(plan, 0.0) > limit:
                continue
            check()
            if time.perf_counter() > deadline:
                return _Timed(best, last, done)
            steps[plan] = step
            started, by_the_clock = now(), time.perf_counter()
            step()
            best[plan] = min(best.get(plan, math.inf), now() - started)
            last[plan] = time.perf_counter() - by_the_clock
    return _Timed(best, last, rounds)


def _candidates(phase: Phase, px: int) -> Iterator[tuple[Plan, Callable[[], object]]]:
    """The settings that this torch and processor can do, the likeliest winners first, with a step of each."""
    torch = runtime.load_torch()
    if phase is not Phase.TRAIN and torch.backends.mkldnn.is_available():
        for plan in (Plan(True, True, fused=True), Plan(True, False, fused=True)):
            with suppress(RuntimeError, ValueError, AttributeError):  # not on this processor, or not in this torch
                step = _probe_step(phase, plan, px)
                step()
                yield plan, step
    for plan in (Plan(True, True), Plan(), Plan(True, False), Plan(False, True)):
        yield plan, _probe_step(phase, plan, px)


def _fastest(seconds: Mapping[Plan, float]) -> Plan:
    """The fastest setting, the plain one if that is hardly slower, or nothing was timed."""
    if not seconds:
        return Plan()
    winner = min(seconds, key=lambda plan: seconds[plan])
    return winner if seconds[winner] < _GAIN * seconds.get(Plan(), math.inf) else Plan()


def _probe_step(phase: Phase, plan: Plan, px: int) -> Callable[[], object]:
    """One step of `phase` on made-up values. The first call of each also warms up; the minimum leaves it out."""
    torch = runtime.load_torch()
    from core.learning.unet import build_unet, logits_of

    module: Any = build_unet(("red", "green", "blue"), 3, pretrained=False)
    values = torch.rand(2, 3, px, px, generator=torch.Generator().manual_seed(0))
    if phase is Phase.TRAIN:
        module = placed(module, torch.device("cpu"), plan).train()

        def learn() -> object:
            loss: Any = logits_of(module, values, plan).square().mean()
            return loss.backward()

        return learn
    target = module if phase is Phase.PREDICT else module.get_submodule("encoder")
    target = for_inference(target.eval(), torch.device("cpu"), plan)

    def forward() -> object:
        inputs = values.to(memory_format=torch.channels_last) if plan.channels_last else values
        with torch.inference_mode(), plan.autocasting("cpu"):
            return target(inputs)

    return forward


def for_inference(module: torch.nn.Module, device: torch.device, plan: Plan) -> torch.nn.Module:
    """What runs `module`, in evaluation mode, as `plan` says: a fused copy, or the module itself."""
    return fused(module, plan.autocast) if plan.fused else placed(module, device, plan)


def placed(module: torch.nn.Module, device: torch.device, plan: Plan) -> torch.nn.Module:
    """The module on `device`, in the memory layout of `plan`. Moves only what is elsewhere."""
    torch = runtime.load_torch()
    layout = torch.channels_last if plan.channels_last else torch.contiguous_format
    return module.to(device=device, memory_format=layout)  # type: ignore[no-any-return,call-overload]


def _key(phase: Phase, threads: int) -> str:
    torch = runtime.load_torch()
    return f"{_VERSION} {platform.node()} {_processor()} torch-{torch.__version__} threads-{threads} {phase.value}"


def _processor() -> str:
    """A name for the processor that changes with its abilities."""
    torch = runtime.load_torch()
    return f"{platform.machine()} {torch.backends.cpu.get_cpu_capability()} cores-{runtime.available_cores()}"


def cache_path() -> Path:
    """The file that remembers; in the user's cache folder, so that deleting it only costs a new probe."""
    return cache_folder() / CACHE_FILE


def _read_cache() -> dict[str, Plan]:
    """What earlier runs measured; an unreadable or foreign file counts as empty."""
    try:
        entries: Any = json.loads(cache_path().read_text(encoding="utf-8"))
        return {key: Plan(bool(v[0]), bool(v[1]), fused=bool(v[2])) for key, v in entries.items()}
    except (OSError, ValueError, AttributeError, TypeError, LookupError):
        return {}


def _write_cache(key: str, plan: Plan) -> None:
    """Add what was measured. A cache that cannot be written is no reason to bother anyone."""
    path = cache_path()
    plans = {**_read_cache(), key: plan}
    entries = {name: [each.channels_last, each.autocast, each.fused] for name, each in plans.items()}
    with suppress(OSError), replacing(path, shared=True) as partial:
        partial.write_text(json.dumps(entries, indent=1), encoding="utf-8")
