"""What works behind a Session: two Workers, the Inbox through which their outcomes come back, and the news of both.

Outcomes are applied on the main thread, in order; a job is `pending` until its own has been.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, Protocol, TypeVar

from core.errors import FieldbrushError, scenes_left_out
from core.events import Changes, Inbox, Subject
from core.jobs import Job, JobContext, JobState, Priority, Worker
from core.memory import memory_watched
from core.text import Text

T = TypeVar("T")


class Run(Protocol):
    """How the parts of a Session send work to the background; `then` is called with its result on the main thread."""

    def __call__(
        self, title: Text, work: Callable[[JobContext], T], priority: Priority, key: str,
        then: Callable[[T], object] | None = None,
    ) -> Job[T]: ...  # fmt: skip


class Background:
    """`compute` does one job at a time, `readers` are two and take the newest first."""

    def __init__(self, changes: Changes, inbox: Inbox, *, polite: bool) -> None:
        self._changes = changes
        self._inbox = inbox
        self._pending: dict[str, Job[Any]] = {}
        self._notice_waiting = threading.Event()
        shared = partial(Worker, polite=polite, around=memory_watched)
        self.compute = shared("compute", on_change=self._job_changed)
        self.readers = shared("reader", threads=2, newest_first=True, on_change=self._read_changed)

    def close(self, within_s: float | None = None) -> bool:
        """Stop both; then apply what has come back: a model that was ready in the last moment is still saved. False
        where something was still under way after so many seconds. Raises what an outcome or a view raised."""
        until = None if within_s is None else time.monotonic() + within_s
        workers = (self.compute, self.readers)
        for worker in workers:
            worker.stop()  # both at once: they have the same time to end
        ended = [worker.close(None if until is None else max(until - time.monotonic(), 0.0)) for worker in workers]
        self._inbox.run_out()
        return all(ended)

    @property
    def has_ended(self) -> bool:
        """Whether nothing is under way any more, after `close`."""
        return self.compute.has_ended and self.readers.has_ended

    def run(
        self, title: Text, work: Callable[[JobContext], T], priority: Priority, key: str,
        then: Callable[[T], object] | None = None,
    ) -> Job[T]:  # fmt: skip
        """Do `work` on the compute thread, then `then` on the main thread; a waiting job of the same key is dropped."""
        job = self.compute.submit(title, work, priority, key, then)
        self._pending[key] = job
        return job

    def pending(self, key: str) -> Job[Any] | None:
        """The newest job of the key that waits, runs, or whose outcome has not been applied yet."""
        return self._pending.get(key)

    @property
    def is_idle(self) -> bool:
        """Whether no job is pending."""
        return not self._pending

    def under_way(self) -> list[Job[Any]]:
        """What runs or waits and takes long enough to be worth a word, the running first."""
        return [*self.compute.active(), *(job for job in self.readers.active() if job.priority is Priority.SCENE)]

    def _job_changed(self, job: Job[Any]) -> None:
        """Called from the workers' threads."""
        if job.state.is_final:
            self._inbox.post(partial(self._job_ended, job))
        elif not self._notice_waiting.is_set():  # one notice at a time is enough: listeners read the latest state
            self._notice_waiting.set()
            self._inbox.post(self._tell_jobs)

    def _read_changed(self, job: Job[Any]) -> None:
        """Called from the readers' threads. Reads are short and many: only their ends matter, but for the long ones."""
        if job.priority is Priority.SCENE:
            self._job_changed(job)
        elif job.state is JobState.DONE and job.then is not None:
            self._inbox.post(partial(job.then, job.result))
        elif job.state is JobState.FAILED:
            self._inbox.post(partial(self._job_ended, job))

    def _tell_jobs(self) -> None:
        self._notice_waiting.clear()
        self._changes.tell(Subject.JOBS)

    def _job_ended(self, job: Job[Any]) -> None:
        if job.key is not None and self._pending.get(job.key) is job:
            del self._pending[job.key]
        if job.left_out and job.state is not JobState.CANCELLED:  # first: what follows may say so too, and more
            self._changes.tell(Subject.NOTICE, origin="scene", error=scenes_left_out(job.left_out))
        try:
            if job.state is JobState.DONE and job.then is not None:
                job.then(job.result)
        except FieldbrushError as error:  # its outcome could not be saved: nobody may take the job for done
            job.error, job.state = error, JobState.FAILED
        finally:  # whatever has gone wrong: who waits for the job hears that it is over
            job.is_settled = True
            notice = (Subject.NOTICE,) if job.state is JobState.FAILED else ()
            self._changes.tell(Subject.JOBS, *notice, origin=str(job.title), error=job.error)
