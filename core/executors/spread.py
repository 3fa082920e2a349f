"""Where the independent parts of a work run: in this thread, in processes of this computer, or on a Dask cluster.

`spread` is a map over parts. Its results come in the parts' order wherever they are computed, so that whatever is made
of them is the same. A part is self-contained: plain values and paths, never open files. What all parts share (a model,
a reader) is sent once to each process.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, TypeVar

from core.errors import WorkplaceError
from core.executors.cluster import cluster_crew
from core.executors.crew import Crew
from core.executors.processes import process_crew

Shared = TypeVar("Shared")
Part = TypeVar("Part")
Result = TypeVar("Result")
Check = Callable[[], None]
Work = Callable[[Shared, Part, Check], Result]
"""(what all parts share, the part, check) → its result. A function of a module, so that another process finds it.
`check` may raise to stop it; elsewhere than in this thread it never does."""

_LOOK_S = 0.2  # how long a cancelled job may go unnoticed
_DEATHS = 3


@dataclass(frozen=True)
class Workplace:
    """`jobs` processes of this computer (1: no other process, the caller's thread, as for a part that is alone), or the
    Dask cluster whose scheduler listens at `scheduler`, such as tcp://HOST:8786. Raises WorkplaceError for fewer than
    one."""

    jobs: int = 1
    scheduler: str = ""

    def __post_init__(self) -> None:
        if self.jobs < 1:
            raise WorkplaceError("{jobs} processes cannot do anything.", "Give --jobs 1 or more.", jobs=self.jobs)

    @property
    def is_here(self) -> bool:
        """Whether all parts run in the caller's thread."""
        return self.jobs == 1 and not self.scheduler

    def threads(self, here: int) -> int:
        """Threads that a part computes with: `here`, elsewhere 1, for there are others beside it."""
        return here if self.is_here else 1


HERE = Workplace()


def spread(
    place: Workplace, work: Work[Shared, Part, Result], shared: Shared, parts: Sequence[Part], check: Check
) -> Generator[Result, None, None]:
    """The result of each part, in order. `check` is called between parts and while waiting for them; what it raises
    ends the work: parts that wait are dropped, processes of ours end at once, a cluster's workers end their part.

    A part that is alone is computed in this thread: to start a process takes longer than most parts. A cluster gets
    it all the same, for it may be there for what this computer lacks.

    Processes that die are replaced and their parts done again; raises WorkplaceError where that does not help, or
    where the cluster cannot be reached. What a part raises is raised here.
    """
    if place.is_here or (len(parts) == 1 and not place.scheduler):
        for part in parts:
            check()
            yield work(shared, part, check)
        return
    done = deaths = 0
    while done < len(parts):
        try:
            with _crew(place, shared, len(parts) - done) as crew:
                for result in _in_order(crew, work, parts[done:], check):
                    yield result
                    done, deaths = done + 1, 0
        except BrokenProcessPool as error:
            deaths += 1
            if deaths == _DEATHS:
                raise WorkplaceError(
                    "The processes that computed died {count} times in a row; the memory may be too small.",
                    "Use fewer --jobs, or close other programs. What was finished is kept.", count=deaths,
                ) from error  # fmt: skip


def _in_order(crew: Crew, work: Callable[..., Result], parts: Sequence[Any], check: Check) -> Iterator[Result]:
    under_way: deque[Future[Result]] = deque()
    submitted = 0
    while under_way or submitted < len(parts):
        check()
        room = crew.room()
        while submitted < len(parts) and len(under_way) < room:
            under_way.append(crew.submit(work, parts[submitted]))
            submitted += 1
        if not under_way:
            time.sleep(_LOOK_S)  # nobody is there to work just now
        elif wait([under_way[0]], timeout=_LOOK_S).done:
            yield under_way.popleft().result()


def _crew(place: Workplace, shared: Any, parts: int) -> AbstractContextManager[Crew]:
    return cluster_crew(place.scheduler, shared) if place.scheduler else process_crew(min(place.jobs, parts), shared)
