"""Parts of a work in processes of this computer, which end with it."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import parent_process
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.process import BaseProcess
from typing import Any, TypeVar

from core.executors.crew import AHEAD, Crew, unstopped

Result = TypeVar("Result")
_kept: list[Any] = []  # in a process of ours: what its parts share


class _Ours(SpawnContext):
    """Knows the processes of one crew: another thread may have a crew of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[BaseProcess] = []

    def Process(self, *given: Any, **named: Any) -> BaseProcess:  # type: ignore[override]
        process = SpawnProcess(*given, **named)
        self.started.append(process)
        return process


@contextmanager
def process_crew(count: int, shared: Any) -> Iterator[Crew]:
    """They end with this block: idle ones by themselves, those still computing are ended."""
    ours = _Ours()
    executor = ProcessPoolExecutor(count, ours, initializer=_begin, initargs=(shared,))
    try:
        yield Crew(lambda work, part: executor.submit(_work_on, work, part), lambda: AHEAD * count)
    except BaseException:
        for process in ours.started:
            if process.is_alive():
                process.terminate()
        raise
    finally:
        executor.shutdown(cancel_futures=True)


def _begin(shared: Any) -> None:
    _kept.append(shared)
    end_with_parent()


def end_with_parent() -> None:
    """For a process of ours, at its start: Ctrl+C is its parent's affair, and the parent's end is its own."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C reaches all processes of a terminal: ours are ended by us
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    """A program that was killed leaves no processes behind."""
    parent = parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _work_on(work: Callable[..., Result], part: Any) -> Result:
    return work(_kept[0], part, unstopped)
