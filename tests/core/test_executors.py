"""Work that is spread: the same results in the same order, promptly cancelled, done again where a process dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import psutil
import pytest

from core.errors import SelectionError, WorkplaceError
from core.executors.spread import HERE, Workplace, spread
from core.jobs import Cancelled
from tests.core.projects import start_python

TWO = Workplace(jobs=2)


def wait_to_go_on(folder: Path, part: int, check: Callable[[], None]) -> None:
    """Says in `folder` that it has begun, and that it is done once “go on” is there, as long as a test may take."""
    (folder / f"begun {part}").touch()
    for _ in range(60_000):
        if (folder / "go on").exists():
            (folder / f"done {part}").touch()
            return
        time.sleep(0.01)


def nothing() -> None:
    """A check that never stops anything."""


def add_slowly(shared: int, part: float, check: Callable[[], None]) -> tuple[float, int]:
    """Sleeps `part` seconds; the sum, and who made it."""
    check()
    time.sleep(part)
    return shared + part, os.getpid()


def die_once(folder: Path, part: int, check: Callable[[], None]) -> int:
    """Part 3 takes its whole process with it, the first time."""
    marker = folder / "died"
    if part == 3 and not marker.exists():
        marker.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    (folder / f"done {part} {os.getpid()}").touch()
    return part * part


def die_always(_: None, part: int, check: Callable[[], None]) -> int:
    os._exit(1)


def refuse(_: None, part: int, check: Callable[[], None]) -> int:
    if part == 1:
        raise SelectionError("No tile {number}.", "Take another.", number=part)
    return part


@pytest.mark.parametrize("place", [HERE, TWO])
def test_results_come_in_order_whoever_is_first(place: Workplace) -> None:
    waits = [0.3, 0.0, 0.1, 0.0, 0.05]
    found = list(spread(place, add_slowly, 10, waits, nothing))
    assert [total for total, _ in found] == [10 + wait for wait in waits]
    others = {pid for _, pid in found} - {os.getpid()}
    assert (len(others) >= 1) == (place is TWO)
    assert not multiprocessing.active_children()


@pytest.mark.parametrize("place", [HERE, TWO])
def test_nothing_to_do(place: Workplace) -> None:
    assert list(spread(place, add_slowly, 10, [], nothing)) == []


@pytest.mark.parametrize("place", [HERE, TWO])
def test_what_a_part_raises_is_raised_with_its_words(place: Workplace) -> None:
    results = spread(place, refuse, None, range(4), nothing)
    assert next(results) == 0
    with pytest.raises(SelectionError, match=r"No tile 1\. Take another\."):
        next(results)
    assert not multiprocessing.active_children()


def test_in_this_process_work_is_done_when_it_is_asked_for() -> None:
    """So that a checkpoint lies between two parts, and memory holds one."""
    seen: list[int] = []
    results = spread(HERE, lambda shared, part, check: seen.append(part), None, range(3), nothing)
    next(results)
    assert seen == [0]
    results.close()


def test_for_a_part_that_is_alone_no_process_is_started() -> None:
    """A map of many scenes of one tile each would start processes for each."""
    assert list(spread(TWO, add_slowly, 10, [0.0], nothing)) == [(10, os.getpid())]


def test_cancelled_at_once_although_a_part_is_long() -> None:
    """Who waited for one would wait longer than a test may take."""

    def check() -> None:
        if multiprocessing.active_children():
            raise Cancelled

    with pytest.raises(Cancelled):
        list(spread(TWO, add_slowly, 0, [3600.0] * 6, check))
    assert not multiprocessing.active_children()


def test_processes_that_were_ended_are_seen_before_the_pool_is_told_to_shut_down(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Which of the two the pool's own thread sees first is chance: it must end either way."""
    shut_down = ProcessPoolExecutor.shutdown

    def late(executor: ProcessPoolExecutor, wait: bool = True, *, cancel_futures: bool = False) -> None:
        executor._executor_manager_thread.join(60)  # the pool's own
        shut_down(executor, wait, cancel_futures=cancel_futures)

    def check() -> None:
        if multiprocessing.active_children():
            raise Cancelled

    monkeypatch.setattr(ProcessPoolExecutor, "shutdown", late)
    with pytest.raises(Cancelled):
        list(spread(TWO, add_slowly, 0, [60.0] * 6, check))
    assert not multiprocessing.active_children()


def test_who_stops_listening_ends_the_processes() -> None:
    results = spread(TWO, add_slowly, 0, [0.0, 60.0, 60.0], nothing)
    assert next(results)[0] == 0
    results.close()
    assert not multiprocessing.active_children()


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_process_that_dies_is_replaced(tmp_path: Path) -> None:
    assert list(spread(TWO, die_once, tmp_path, range(8), nothing)) == [number**2 for number in range(8)]
    assert (tmp_path / "died").exists()


def test_processes_that_die_every_time_are_one_sentence() -> None:
    with pytest.raises(WorkplaceError, match=r"died 3 times in a row.*Use fewer --jobs"):
        list(spread(TWO, die_always, None, range(3), nothing))
    assert not multiprocessing.active_children()


def test_no_process_at_all_is_refused() -> None:
    with pytest.raises(WorkplaceError, match="--jobs 1 or more"):
        Workplace(jobs=0)


_SPREAD = """
import multiprocessing, sys
from pathlib import Path
from core.executors.spread import Workplace, spread
from tests.core.test_executors import wait_to_go_on
folder, told = Path(sys.argv[1]), []
def check():
    if len(list(folder.glob("begun *"))) == 2 and not told:
        told.append(1)
        print(*(process.pid for process in multiprocessing.active_children()), flush=True)
if __name__ == "__main__":
    list(spread(Workplace(jobs=2), wait_to_go_on, folder, range(4), check))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_killed_program_leaves_no_processes_behind(tmp_path: Path) -> None:
    program = start_python(_SPREAD, tmp_path)
    assert program.stdout is not None
    workers = [psutil.Process(int(pid)) for pid in program.stdout.readline().split()]
    assert len(workers) == 2
    program.kill()
    program.communicate(timeout=300)
    assert not psutil.wait_procs(workers, timeout=60)[1]


def test_without_dask_a_cluster_is_one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(WorkplaceError, match=r"Dask, which is not installed\. Install it: pip install fieldbrush\[clu"):
        list(spread(Workplace(scheduler="tcp://127.0.0.1:1"), refuse, None, [0], nothing))


def test_only_a_cluster_loads_dask() -> None:
    code = "import sys, core.terminal.cli; print(sorted({'dask', 'distributed'} & set(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "[]\n"
