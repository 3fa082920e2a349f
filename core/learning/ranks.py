"""Several processes that train one network: each learns from crops of its own, gradients are averaged at every step.

Synchronous data parallelism (Goyal et al. 2017, "Accurate, Large Minibatch SGD", section 4): all start from the same
weights and make the same steps, so their networks stay the same. The first process leads: it watches the clock, scores
and keeps. Gradients go from card to card (torch.distributed's NCCL) where each process has one of its own, else over
the loopback device of this computer (gloo); never over a network.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import LearningError
from core.executors.processes import end_with_parent
from core.learning import runtime

if TYPE_CHECKING:
    from torch.nn import Parameter

_PATIENCE = timedelta(minutes=5)  # for the slowest process: it may have to load torch, or the leader to score
_LOOPBACK = {"linux": "lo", "darwin": "lo0"}


@dataclass(frozen=True)
class Ranks:
    """This process as number `number` of `count`; number 0 leads. Alone, everything here costs nothing. `has_cards`:
    each of them computes on a CUDA device of its own, and gradients go from one to the next."""

    number: int = 0
    count: int = 1
    has_cards: bool = False

    def agreed(self, progress: float) -> float:
        """What the leader says, so that all end after the same step. Raises LearningError if a process is gone."""
        if self.count == 1:
            return progress
        torch = runtime.load_torch()
        told = torch.tensor([progress], dtype=torch.float64)
        with _told_apart():
            torch.distributed.broadcast(told, 0)
        return float(told)

    def average_gradients(self, parameters: Iterable[Parameter]) -> None:
        """In place, over all processes. Raises LearningError if one of them is gone."""
        if self.count == 1:
            return
        torch = runtime.load_torch()
        gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
        flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
        if not self.has_cards:
            flat = flat.cpu()  # gloo does not know Apple's GPUs
        with _told_apart():
            torch.distributed.all_reduce(flat)
        flat /= self.count
        for gradient, part in zip(gradients, flat.split([g.numel() for g in gradients]), strict=True):
            gradient.copy_(part.view(gradient.shape))


ALONE = Ranks()


@contextmanager
def ranks_of(count: int, follow: Callable[[Ranks, Any], None], request: Any) -> Iterator[Ranks]:
    """Lead `count` processes: in the others `follow` is called with their rank and `request`, which has to pickle.

    They end with this block, those still at work are ended.
    """
    if count == 1:
        yield ALONE
        return
    with tempfile.TemporaryDirectory() as folder:
        meeting = Path(folder) / "meeting"
        spawn = get_context("spawn")
        others = [
            spawn.Process(target=_begin, args=(Ranks(number, count), meeting, follow, request), daemon=True)
            for number in range(1, count)
        ]
        try:
            for process in others:
                process.start()
            with _group(Ranks(0, count), meeting) as ranks:
                yield ranks
                for process in others:
                    process.join(_PATIENCE.total_seconds())
        finally:
            for process in others:
                process.terminate()
                process.join()


def _begin(ranks: Ranks, meeting: Path, follow: Callable[[Ranks, Any], None], request: Any) -> None:
    end_with_parent()
    with _group(ranks, meeting) as met:
        follow(met, request)


@contextmanager
def _group(ranks: Ranks, meeting: Path) -> Iterator[Ranks]:
    """Meet the other processes through the file `meeting`, and agree on whether all use cards."""
    torch = runtime.load_torch()
    distributed = torch.distributed
    if not distributed.is_available():
        raise LearningError("This PyTorch cannot train in several processes.", "Train with one process.")
    if sys.platform in _LOOPBACK:
        for library in ("GLOO", "NCCL"):
            os.environ.setdefault(f"{library}_SOCKET_IFNAME", _LOOPBACK[sys.platform])
    enough = _cards_for(ranks.count)
    if enough:
        torch.cuda.set_device(ranks.number)  # before anything is tried: else each would take a part of the first card
    with _told_apart():
        distributed.init_process_group(
            "cpu:gloo,cuda:nccl" if enough else "gloo",
            init_method=meeting.as_uri(),
            rank=ranks.number,
            world_size=ranks.count,
            timeout=_PATIENCE,
        )
    try:
        yield replace(ranks, has_cards=enough and _all_use_theirs(ranks.number))
    finally:
        distributed.destroy_process_group()


def _cards_for(count: int) -> bool:
    """Whether there is a CUDA device for each of so many processes, and they can talk to each other. The same answer in
    all of them."""
    torch = runtime.load_torch()
    can = torch.cuda.is_available() and torch.distributed.is_nccl_available()
    return bool(can and torch.cuda.device_count() >= count)


def _all_use_theirs(number: int) -> bool:
    """Whether all processes compute on their cards: one that is too old, or in use, would be waited for in vain."""
    torch = runtime.load_torch()
    told = torch.tensor([int(runtime.best_device(number).type == "cuda")])
    with _told_apart():
        torch.distributed.all_reduce(told, torch.distributed.ReduceOp.MIN)
    return bool(told)


@contextmanager
def _told_apart() -> Iterator[None]:
    try:
        yield
    except RuntimeError as error:
        raise LearningError(
            "A process of this training has ended, or does not answer: {reason}.",
            "Train again; if it happens again, with one process.",
            reason=error,
        ) from error
