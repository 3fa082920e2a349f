"""Background jobs: the only place in the program that starts threads.

A `Worker` runs jobs one at a time per thread, most urgent first. A running job calls `JobContext.check()` between
its steps; there it is cancelled, waits while paused, and lets strictly more urgent jobs of the same worker run
in between. That is how the visible tile is predicted between two training steps by the one thread that owns torch.
"""

from __future__ import annotations

import heapq
import itertools
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, Generic, Protocol, TypeVar

from core.text import Text

T = TypeVar("T")


class Cancelled(Exception):
    """Raised by `JobContext.check()` inside a job that was cancelled; ends the job without an error."""


class Priority(IntEnum):
    """Smaller is more urgent. A job lets strictly more urgent ones run at its checkpoints."""

    VISIBLE = 0  # what the user looks at now
    RANKING = 1  # the order of the queue
    TRAINING = 2
    EMBEDDING = 3
    QUEUE = 4  # predictions the user will look at next
    SCENE = 5  # everything else


class JobState(Enum):
    QUEUED = "queued"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.DONE, JobState.FAILED, JobState.CANCELLED)


@dataclass(frozen=True)
class Progress:
    """How far a job is. `detail` is whatever the job reports beside the count (a training step's losses)."""

    done: float = 0.0
    total: float = 0.0  # 0: unknown
    elapsed_s: float = 0.0  # without pauses
    detail: Any = None

    @property
    def fraction(self) -> float | None:
        """0…1; None while the total is unknown."""
        return min(self.done / self.total, 1.0) if self.total > 0 else None

    @property
    def remaining_s(self) -> float | None:
        """From the mean speed so far; None while that says nothing."""
        if self.total <= 0 or self.done <= 0 or self.elapsed_s < 0.5:
            return None
        return self.elapsed_s * (self.total - self.done) / self.done


class Job(Generic[T]):
    """A handle on work that runs elsewhere. Safe to use from any thread."""

    def __init__(
        self,
        title: Text,
        priority: Priority,
        work: Callable[[JobContext], T],
        key: str | None,
        then: Callable[[T], object] | None,
        worker: Worker,
    ) -> None:
        self.title = title
        self.priority = priority
        self.key = key
        self.then = then
        self.state = JobState.QUEUED
        self.progress = Progress()
        self.result: T | None = None
        self.error: BaseException | None = None
        self.left_out: tuple[str, ...] = ()  # paths of Scenes that could not be read: it went on without them
        self.is_settled = False  # it has ended, and what follows from it (`then`) is done: for Background to say
        self._work = work
        self._worker = worker
        self._cancel = threading.Event()
        self._unpaused = threading.Event()
        self._unpaused.set()
        self._finished = threading.Event()

    @property
    def is_paused(self) -> bool:
        """Whether it shall wait; its `state` follows at the next checkpoint."""
        return not self._unpaused.is_set()

    @property
    def cancel_requested(self) -> bool:
        return self._cancel.is_set()

    def cancel(self) -> None:
        """Ask the job to stop at its next checkpoint. One that has not started yet ends at once."""
        self._cancel.set()
        self._unpaused.set()
        self._worker.withdraw(self)

    def pause(self) -> None:
        """Ask the job to wait at its next checkpoint; more urgent ones go on there."""
        self._unpaused.clear()

    def resume(self) -> None:
        self._unpaused.set()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until the job has ended in any way and its worker has said so; False on timeout."""
        return self._finished.wait(timeout_s)


class Checkpoint(Protocol):
    """The part of a JobContext that most work needs."""

    def check(self) -> None:
        """Called between two steps of a work, and often. Raises what ends the work where nobody wants it any more."""

    def report(self, done: float, total: float, detail: Any = None) -> None:
        """`done` of `total`, in whatever unit; a `total` of 0 is unknown. `detail` as in Progress."""

    def leave_out(self, path: str) -> None:
        """The work goes on without the Scene at `path`, which cannot be read: whoever wanted it is told."""


class Unwatched:
    """A Checkpoint where nobody cancels and nobody listens."""

    def check(self) -> None: ...

    def report(self, done: float, total: float, detail: Any = None) -> None: ...

    def leave_out(self, path: str) -> None: ...


@dataclass(frozen=True)
class Stage:
    """The Checkpoint of one stage of a longer work: what it reports moves the whole from `begins` to `ends`, 0…1."""

    whole: Checkpoint
    begins: float
    ends: float

    def check(self) -> None:
        self.whole.check()

    def leave_out(self, path: str) -> None:
        self.whole.leave_out(path)

    def report(self, done: float, total: float, detail: Any = None) -> None:
        share = done / total if total > 0 else 0.0
        self.whole.report(self.begins + (self.ends - self.begins) * share, 1.0, detail)


class JobContext:
    """What a job's work function is given: its checkpoint and its progress."""

    def __init__(self, job: Job[Any], worker: Worker) -> None:
        self._job = job
        self._worker = worker
        self._started = time.monotonic()
        self._away_s = 0.0  # paused, or spent on more urgent jobs
        self._last_notice = 0.0

    @property
    def closing(self) -> bool:
        """Whether the program is about to end, which cancels every job."""
        return self._worker.closing

    def check(self) -> None:
        """Between two steps of a job: stop here if cancelled, wait while paused, let more urgent jobs run."""
        job = self._job
        left = time.monotonic()
        while True:
            if job.cancel_requested or self._worker.closing:
                raise Cancelled
            if not self._worker.run_more_urgent(job.priority) and not job.is_paused:
                break
            if job.is_paused:
                if job.state is not JobState.PAUSED:
                    self._set_state(JobState.PAUSED)
                job._unpaused.wait(0.02)
        if job.state is JobState.PAUSED:
            self._set_state(JobState.RUNNING)
        self._away_s += time.monotonic() - left

    def report(self, done: float, total: float, detail: Any = None) -> None:
        """Say how far the job is. Listeners hear of it at most 25 times a second, and of the end always."""
        now = time.monotonic()
        self._job.progress = Progress(done, total, now - self._started - self._away_s, detail)
        if now - self._last_notice >= 0.04 or done >= total:
            self._last_notice = now
            self._worker.notify(self._job)

    def leave_out(self, path: str) -> None:
        """Once for each Scene, however often it is said."""
        if path not in self._job.left_out:
            self._job.left_out += (path,)

    def _set_state(self, state: JobState) -> None:
        self._job.state = state
        self._worker.notify(self._job)


class Worker:
    """Runs jobs in the background, most urgent first, oldest first among equals (newest first on request).

    `on_change(job)` is called from the worker's threads whenever a job starts, progresses, pauses or ends. A `polite`
    worker leaves the processor to the window first. What a job does happens inside `around`.
    """

    def __init__(
        self,
        name: str,
        *,
        threads: int = 1,
        newest_first: bool = False,
        polite: bool = False,
        around: Callable[[], AbstractContextManager[None]] = nullcontext,
        on_change: Callable[[Job[Any]], None] | None = None,
    ) -> None:
        self.closing = False
        self._around = around
        self._polite = polite
        self._on_change = on_change
        self._order = itertools.count(0, -1) if newest_first else itertools.count()
        self._heap: list[tuple[int, int, Job[Any]]] = []
        self._lock = threading.Condition()
        self._running: list[Job[Any]] = []
        self._threads = [
            threading.Thread(target=self._run, name=f"{name}-{number}", daemon=True) for number in range(threads)
        ]
        for thread in self._threads:
            thread.start()

    def submit(
        self,
        title: Text,
        work: Callable[[JobContext], T],
        priority: Priority = Priority.SCENE,
        key: str | None = None,
        then: Callable[[T], object] | None = None,
    ) -> Job[T]:
        """Queue `work`. A job of the same `key` that has not started yet is cancelled: its request is stale.

        `then` is only kept on the job: it is for the listener to `on_change` to call with the result, in a thread
        of its choice.
        """
        job = Job(title, priority, work, key, then, self)
        self.notify(job)  # before it can start: a listener that heard of its end here too would apply it twice
        with self._lock:
            if self.closing:
                return self._refused(job)
            stale = [old for _, _, old in self._heap if key is not None and old.key == key]
            heapq.heappush(self._heap, (priority, next(self._order), job))
            self._lock.notify()
        for old in stale:
            old.cancel()
        return job

    def active(self) -> list[Job[Any]]:
        """The jobs that run or wait, the running ones first."""
        with self._lock:
            waiting = [job for _, _, job in sorted(self._heap, key=lambda entry: entry[:2])]
            return [*self._running, *(job for job in waiting if not job.state.is_final)]

    def cancel(self, *keys: str) -> None:
        """Cancel the jobs of these keys, also those that run."""
        for job in self.active():
            if job.key in keys:
                job.cancel()

    def withdraw(self, job: Job[Any]) -> None:
        """End a job that was cancelled while it waits; its place in the row stays, and is passed over."""
        with self._lock:
            if job.state is not JobState.QUEUED or job in self._running:
                return
            job.state = JobState.CANCELLED
        self._ended(job)

    def stop(self) -> None:
        """Cancel everything, and all further jobs at once. The threads end at the next checkpoint of their jobs."""
        with self._lock:
            self.closing = True
            jobs = [*self._running, *(job for _, _, job in self._heap)]
            self._lock.notify_all()
        for job in jobs:
            job.cancel()

    @property
    def has_ended(self) -> bool:
        """Whether all threads have, after `stop`."""
        return not any(thread.is_alive() for thread in self._threads)

    def close(self, within_s: float | None = None) -> bool:
        """Stop, and wait for the threads to end, for so many seconds at most. Whether they have."""
        self.stop()
        until = None if within_s is None else time.monotonic() + within_s
        others = [thread for thread in self._threads if thread is not threading.current_thread()]
        for thread in others:
            thread.join(None if until is None else max(until - time.monotonic(), 0.0))
        return not any(thread.is_alive() for thread in others)

    def run_more_urgent(self, than: Priority) -> bool:
        """Called at a checkpoint: run, right here, one waiting job that is strictly more urgent. False if none."""
        job = self._take(more_urgent_than=than)
        if job is None:
            return False
        self._execute(job)
        return True

    def notify(self, job: Job[Any]) -> None:
        """Tell the listener. Its failure is reported, but is not the job's, and must not end this worker's thread."""
        if self._on_change is None:
            return
        try:
            self._on_change(job)
        except Exception:
            threading.excepthook(threading.ExceptHookArgs((*sys.exc_info(), threading.current_thread())))

    def _refused(self, job: Job[T]) -> Job[T]:
        """A job that came after the end: nobody is there to run it, or to hear of it."""
        job.state = JobState.CANCELLED
        job.cancel()
        job._finished.set()
        return job

    def _run(self) -> None:
        if self._polite:
            _lower_thread_priority()
        while True:
            with self._lock:
                while not self._heap and not self.closing:
                    self._lock.wait()
                if not self._heap:
                    return
            job = self._take()
            if job is not None:
                self._execute(job)

    def _take(self, more_urgent_than: Priority | None = None) -> Job[Any] | None:
        with self._lock:
            while self._heap and self._heap[0][2].state.is_final:
                heapq.heappop(self._heap)
            if not self._heap or (more_urgent_than is not None and self._heap[0][0] >= more_urgent_than):
                return None
            job = heapq.heappop(self._heap)[2]
            self._running.append(job)
            return job

    def _execute(self, job: Job[Any]) -> None:
        try:
            if job.cancel_requested:
                raise Cancelled
            job.state = JobState.RUNNING
            self.notify(job)
            with self._around():
                job.result = job._work(JobContext(job, self))
            job.state = JobState.DONE
        except Cancelled:
            job.state = JobState.CANCELLED
        except BaseException as error:  # kept on the job: whoever asked for the work hears of it
            job.error = error
            job.state = JobState.FAILED
        with self._lock:
            self._running.remove(job)
        self._ended(job)

    def _ended(self, job: Job[Any]) -> None:
        self.notify(job)
        job._finished.set()  # after the notice: who waits finds the job's consequences under way


def _lower_thread_priority() -> None:
    """Let the window's thread win the processor. Linux gives every thread its own nice value; elsewhere: no-op."""
    if sys.platform == "linux":
        thread = threading.get_native_id()
        with suppress(OSError):  # not allowed to: then without
            os.setpriority(os.PRIO_PROCESS, thread, max(os.getpriority(os.PRIO_PROCESS, thread), 10))
