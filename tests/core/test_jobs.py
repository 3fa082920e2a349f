"""Background jobs: order, checkpoints, pause, cancel, errors, and what the listener and the inbox hear."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from types import SimpleNamespace
from typing import Any

import pytest

from core.events import Change, Changes, Inbox, Subject
from core.jobs import Job, JobContext, JobState, Priority, Progress, Stage, Worker
from core.text import text

NAME = text("test")
SOON = 60.0  # only a test that fails waits so long


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker("test")
    yield worker
    worker.close()


class Gate:
    """A job that runs until it is opened; `entered` says when it has started."""

    def __init__(self) -> None:
        self.entered, self._open = threading.Event(), threading.Event()

    def __call__(self, context: JobContext) -> None:
        self.entered.set()
        assert self._open.wait(SOON)

    def open(self) -> None:
        self._open.set()


def held(worker: Worker) -> Gate:
    """A gate that already holds the worker, so that what is submitted next has to queue."""
    gate = Gate()
    worker.submit(NAME, gate, Priority.VISIBLE)
    assert gate.entered.wait(SOON)
    return gate


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def test_the_end_of_a_job_is_told_once_however_fast_it_is() -> None:
    """A listener that is still busy with "a job is waiting" when the job has ended would take that for its end."""
    ended: list[threading.Thread] = []

    def listen(job: Job[Any]) -> None:
        if threading.current_thread() is threading.main_thread():
            job.wait(0.3)  # held up for as long as such a job could take
        if job.state.is_final:
            ended.append(threading.current_thread())

    worker = Worker("test", on_change=listen)
    job = worker.submit(NAME, lambda context: None)
    assert job.wait(SOON)
    worker.close()
    assert [thread.name for thread in ended] == ["test-0"]


def test_the_most_urgent_goes_first_and_equals_in_their_order(worker: Worker) -> None:
    ran: list[str] = []
    gate = held(worker)
    for name, priority in (("s1", Priority.SCENE), ("q", Priority.QUEUE), ("s2", Priority.SCENE), ("v", 0)):
        job = worker.submit(NAME, lambda _, name=name: ran.append(name), Priority(priority))
    assert [j.priority for j in worker.active()] == [0, 0, Priority.QUEUE, Priority.SCENE, Priority.SCENE]
    last = worker.submit(NAME, lambda _: ran.append("last"), Priority.SCENE)
    gate.open()
    assert last.wait(SOON)
    assert job.state is JobState.DONE
    assert ran == ["v", "q", "s1", "s2", "last"]


def test_newest_first() -> None:
    worker, ran = Worker("test", newest_first=True), []
    try:
        gate = held(worker)
        jobs = [worker.submit(NAME, lambda _, n=n: ran.append(n), Priority.SCENE) for n in range(3)]
        gate.open()
        assert jobs[0].wait(SOON)
        assert ran == [2, 1, 0]
    finally:
        worker.close()


def test_a_checkpoint_lets_only_more_urgent_jobs_in(worker: Worker) -> None:
    ran: list[str] = []
    threads: set[int] = set()

    def note(name: str) -> Callable[[JobContext], None]:
        def work(context: JobContext) -> None:
            threads.add(threading.get_ident())
            ran.append(name)

        return work

    entered, go_on = threading.Event(), threading.Event()

    def training(context: JobContext) -> str:
        threads.add(threading.get_ident())
        entered.set()
        assert go_on.wait(SOON)
        context.check()
        ran.append("training")
        context.check()
        return "model"

    job = worker.submit(NAME, training, Priority.TRAINING)
    assert entered.wait(SOON)
    equal = worker.submit(NAME, note("equal"), Priority.TRAINING)
    later = worker.submit(NAME, note("later"), Priority.SCENE)
    worker.submit(NAME, note("ranking"), Priority.RANKING)
    worker.submit(NAME, note("visible"), Priority.VISIBLE)
    go_on.set()
    assert later.wait(SOON)
    assert equal.state is JobState.DONE
    assert ran == ["visible", "ranking", "training", "equal", "later"]
    assert job.result == "model"
    assert len(threads) == 1  # the one that owns torch


def test_a_failing_urgent_job_does_not_hurt_the_one_it_interrupts(worker: Worker) -> None:
    inner: list[Job[Any]] = []

    def outer(context: JobContext) -> int:
        inner.append(worker.submit(NAME, lambda _: 1 / 0, Priority.VISIBLE))
        context.check()
        return 7

    job = worker.submit(NAME, outer, Priority.TRAINING)
    assert job.wait(SOON)
    assert (job.state, job.result) == (JobState.DONE, 7)
    assert inner[0].state is JobState.FAILED
    assert isinstance(inner[0].error, ZeroDivisionError)


def stepping(steps: list[int]) -> Callable[[JobContext], None]:
    def work(context: JobContext) -> None:
        for number in range(10_000):
            context.check()
            steps.append(number)
            context.report(number, 10_000)
            time.sleep(0.001)

    return work


def test_pause_stops_resume_goes_on_cancel_ends(worker: Worker) -> None:
    steps: list[int] = []
    job = worker.submit(NAME, stepping(steps), Priority.TRAINING)
    until(lambda: len(steps) > 3)
    job.pause()
    until(lambda: job.state is JobState.PAUSED)
    count = len(steps)
    for number in range(5):  # after each the training could go on
        urgent = worker.submit(NAME, lambda _, number=number: number, Priority.VISIBLE)
        assert urgent.wait(SOON)  # the visible tile is predicted while the training is paused
        assert urgent.result == number
    assert len(steps) == count
    job.resume()
    until(lambda: len(steps) > count + 3)
    assert job.state is JobState.RUNNING
    job.pause()
    until(lambda: job.state is JobState.PAUSED)
    job.cancel()
    assert job.wait(SOON)
    assert job.state is JobState.CANCELLED
    assert job.error is None


def test_time_paused_or_lent_does_not_count(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    passed_s = [0.0]
    seen: list[Progress] = []
    monkeypatch.setattr("core.jobs.time", SimpleNamespace(monotonic=lambda: sum(passed_s)))

    def rest() -> None:
        until(lambda: job.state is JobState.PAUSED)
        passed_s.append(30.0)
        job.resume()

    def work(context: JobContext) -> None:
        context.report(1, 10)
        worker.submit(NAME, lambda _: passed_s.append(50.0), Priority.VISIBLE)
        context.check()
        job.pause()
        user.start()
        context.check()
        passed_s.append(7.0)
        context.report(2, 4)
        seen.append(job.progress)

    user, gate = threading.Thread(target=rest), held(worker)
    job = worker.submit(NAME, work, Priority.TRAINING)
    gate.open()
    assert job.wait(SOON)
    user.join(SOON)
    assert job.state is JobState.DONE, job.error
    assert passed_s == [0.0, 50.0, 30.0, 7.0]
    assert seen[0].elapsed_s == 7.0
    assert seen[0].remaining_s == 7.0
    assert seen[0].fraction == 0.5


@pytest.mark.parametrize(
    ("progress", "fraction", "remaining_s"),
    [
        (Progress(), None, None),
        (Progress(5, 0, 10), None, None),
        (Progress(0, 10, 10), 0.0, None),
        (Progress(1, 10, 0.2), 0.1, None),
        (Progress(5, 20, 10), 0.25, 30.0),
        (Progress(20, 20, 10), 1.0, 0.0),
        (Progress(25, 20, 10), 1.0, -2.0),
    ],
)
def test_remaining_time(progress: Progress, fraction: float | None, remaining_s: float | None) -> None:
    assert progress.fraction == fraction
    assert progress.remaining_s == remaining_s


def test_a_new_request_replaces_the_waiting_one_of_its_key(worker: Worker) -> None:
    ran: list[str] = []
    gate = held(worker)
    stale = worker.submit(NAME, lambda _: ran.append("stale"), key="rank")
    other = worker.submit(NAME, lambda _: ran.append("other"), key="else")
    fresh = worker.submit(NAME, lambda _: ran.append("fresh"), key="rank")
    assert stale not in worker.active()
    gate.open()
    assert fresh.wait(SOON)
    assert ran == ["other", "fresh"]
    assert (stale.state, other.state) == (JobState.CANCELLED, JobState.DONE)


def test_a_job_that_is_cancelled_while_it_waits_ends_at_once(worker: Worker) -> None:
    heard: list[JobState] = []
    ran: list[str] = []
    gate = held(worker)
    job = worker.submit(NAME, lambda _: ran.append("cancelled"))
    last = worker.submit(NAME, lambda _: ran.append("last"))
    worker._on_change = lambda changed: heard.append(changed.state)
    job.cancel()
    assert job.wait(0)
    assert heard == [job.state] == [JobState.CANCELLED], "who listens is told, though the worker is busy"
    gate.open()
    assert last.wait(SOON)
    assert ran == ["last"]
    assert JobState.CANCELLED not in heard[1:]


def test_a_running_job_is_not_replaced(worker: Worker) -> None:
    gate = Gate()
    running = worker.submit(NAME, gate, key="rank")
    assert gate.entered.wait(SOON)
    fresh = worker.submit(NAME, lambda _: None, key="rank")
    gate.open()
    assert fresh.wait(SOON)
    assert running.state is JobState.DONE


def test_errors_are_kept_and_the_worker_goes_on(worker: Worker) -> None:
    class Odd(BaseException):
        pass

    def fail(error: BaseException) -> Callable[[JobContext], None]:
        def work(context: JobContext) -> None:
            raise error

        return work

    for error in (ValueError("x"), MemoryError(), SystemExit(3), Odd()):
        job = worker.submit(NAME, fail(error))
        assert job.wait(SOON)
        assert (job.state, job.error) == (JobState.FAILED, error)
    job = worker.submit(NAME, lambda _: 5)
    assert job.wait(SOON)
    assert job.result == 5


def test_closing_cancels_what_runs_waits_and_comes_later() -> None:
    steps: list[int] = []
    worker = Worker("test", threads=2)
    jobs = [worker.submit(NAME, stepping(steps), Priority.TRAINING) for _ in range(4)]
    jobs[0].pause()
    until(lambda: len(steps) > 3)
    worker.close()
    assert len(steps) < 10_000, "they are stopped, not waited for"
    late = worker.submit(NAME, lambda _: 1)
    assert late.wait(SOON)
    assert [job.state for job in (*jobs, late)] == [JobState.CANCELLED] * 5
    assert worker.active() == []
    worker.close()


def test_a_listener_that_fails_ends_neither_job_nor_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    reported: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", lambda failure: reported.append(failure.exc_value))

    def listener(job: Job[Any]) -> None:
        raise RuntimeError("the window is gone")

    worker = Worker("test", on_change=listener)
    try:
        for number in range(2):
            job = worker.submit(NAME, lambda _, number=number: number)
            assert job.wait(SOON)
            assert (job.state, job.result) == (JobState.DONE, number)
    finally:
        worker.close()
    assert {str(error) for error in reported} == {"the window is gone"}


def test_the_listener_hears_of_start_progress_and_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a made-up clock: of 500 steps each takes a millisecond."""
    heard: list[tuple[JobState, float]] = []
    passed_s = 100.0
    monkeypatch.setattr("core.jobs.time", SimpleNamespace(monotonic=lambda: passed_s))
    worker = Worker("test", on_change=lambda job: heard.append((job.state, job.progress.done)))

    def work(context: JobContext) -> None:
        nonlocal passed_s
        for number in range(500):
            passed_s += 0.001
            context.report(number + 1, 500)

    try:
        job = worker.submit(NAME, work)
        assert job.wait(SOON)
        assert heard[-1] == (JobState.DONE, 500)  # said before `wait` returns
    finally:
        worker.close()
    assert heard[0] == (JobState.QUEUED, 0)
    assert (JobState.RUNNING, 0) in heard
    assert (JobState.RUNNING, 500) in heard
    assert len(heard) <= 20  # not once a step


def test_many_threads_submit_and_cancel_at_once() -> None:
    worker, jobs, count = Worker("test", threads=3), [], 60

    def submit() -> None:
        for number in range(count):
            job = worker.submit(NAME, lambda c: c.check(), Priority(number % 6), key=str(number % 5))
            jobs.append(job)
            if number % 7 == 0:
                job.cancel()

    threads = [threading.Thread(target=submit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert all(job.wait(SOON) for job in jobs)
    finally:
        worker.close()
    assert len(jobs) == 4 * count
    assert {job.state for job in jobs} <= {JobState.DONE, JobState.CANCELLED}


# -- events -----------------------------------------------------------------------------------------------------------


def test_every_listener_hears_every_change_even_if_one_fails() -> None:
    changes, heard = Changes(), []

    def fail(change: Change) -> None:
        raise RuntimeError("view")

    changes.subscribe(lambda change: heard.append("first"))
    end = changes.subscribe(fail)
    changes.subscribe(lambda change: heard.append("last"))
    with pytest.raises(RuntimeError, match="view"):
        changes.tell(Subject.MASKS)
    assert heard == ["first", "last"]
    end()
    end()
    changes.tell(Subject.MASKS)
    assert heard == ["first", "last"] * 2


def test_a_listener_that_was_ended_meanwhile_is_not_called() -> None:
    changes, heard = Changes(), []
    changes.subscribe(lambda change: end())
    end = changes.subscribe(lambda change: heard.append(change))
    changes.tell(Subject.JOBS)
    assert heard == []


def test_the_inbox_goes_on_behind_a_failed_call() -> None:
    inbox, ran, woken = Inbox(), [], []
    inbox.post(lambda: ran.append(1))
    inbox.post(lambda: 1 / 0)
    inbox.post(lambda: ran.append(2))
    inbox.wake = lambda: woken.append(True)
    with pytest.raises(ZeroDivisionError):
        inbox.run_waiting()
    assert woken  # whoever runs the inbox is called again for what is left
    with suppress(ZeroDivisionError):
        inbox.run_waiting()
    assert ran == [1, 2]


def test_the_inbox_runs_in_order_and_not_what_arrives_meanwhile() -> None:
    inbox, ran = Inbox(), []

    def first() -> None:
        ran.append("first")
        inbox.post(lambda: ran.append("third"))

    inbox.post(first)
    inbox.post(lambda: ran.append("second"))
    inbox.run_waiting()
    assert ran == ["first", "second"]
    inbox.run_next(0.01)
    inbox.run_next(0.01)
    assert ran == ["first", "second", "third"]


def test_the_inbox_may_be_run_by_a_call_in_it() -> None:
    """As the event loop of a dialog does that a call opens."""
    inbox, ran = Inbox(), []
    inbox.post(inbox.run_waiting)
    inbox.post(lambda: ran.append("second"))
    thread = threading.Thread(target=inbox.run_waiting, daemon=True)
    thread.start()
    thread.join(SOON)
    assert not thread.is_alive()
    assert ran == ["second"]


def test_stages_of_a_work_fill_its_bar_one_after_the_other(worker: Worker) -> None:
    seen: list[float | None] = []

    def work(context: JobContext) -> None:
        for stage in (Stage(context, 0.0, 0.75), Stage(context, 0.75, 1.0)):
            for done in range(3):
                stage.check()
                stage.report(done, 2)
                seen.append(job.progress.fraction)
        Stage(context, 0.75, 1.0).report(5, 0)  # of nobody knows how much
        seen.append(job.progress.fraction)

    gate = held(worker)
    job = worker.submit(NAME, work)
    gate.open()
    assert job.wait(SOON)
    assert seen == [0.0, 0.375, 0.75, 0.75, 0.875, 1.0, 0.75]
