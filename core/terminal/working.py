"""How a command works: its jobs with progress bars, and an end in order, whoever asks for it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.jobs import Job, JobState
from core.session import Session

T = TypeVar("T")
_PER_CENT = 100
SIGNAL_GRACE_S = 3.0  # from a signal to the end of the program, where work does not stop sooner


def _progress() -> Progress:
    """Bars on standard error; where that is a file or a pipe, none."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


@contextmanager
def ended_in_order() -> Iterator[None]:
    """Let SIGTERM (a shutdown, the end of a batch job's time) and SIGHUP (a closed terminal) stop the block as Ctrl+C
    does: by a KeyboardInterrupt. Where they are ignored, as below nohup, they still are."""
    signals = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    ours = [number for number in signals if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, signal.default_int_handler)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)


class LeftBehind(KeyboardInterrupt):
    """The command was interrupted, and a step of its work has not come to an end: `leave` the program."""


@contextmanager
def closing(close: Callable[[float | None], bool]) -> Iterator[None]:
    """Call `close` at the end of the block, with as many seconds as it may wait for work to stop. Where the block was
    interrupted those are few: on a busy machine a single step of a training takes minutes, and who ends the program has
    seconds to spare before they kill it. Raises LeftBehind where they did not suffice."""
    within_s = None
    try:
        yield
    except KeyboardInterrupt:
        within_s = SIGNAL_GRACE_S
        raise
    finally:
        if not close(within_s):
            raise LeftBehind


def leave(code: int) -> NoReturn:
    """End the program this moment: threads that compute can be neither stopped nor left to the interpreter's own end,
    which takes away from them what they compute with. Projects must be closed."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):
            stream.flush()
    os._exit(code)


def watched(items: Sequence[T], title: str) -> Iterator[T]:
    """The items, with a progress bar while they are worked through on this thread."""
    with _progress() as bars:
        yield from bars.track(items, description=title)


def finish(job: Job[Any], session: Session | None = None) -> Any:
    """Show a progress bar until the job has ended; its result, or its error raised here. Ctrl+C leaves the job to the
    end of its worker, which differs from a cancelled job: a training can be taken up again."""
    with _progress() as bars:
        bar = bars.add_task(str(job.title), total=None)
        while not job.state.is_final:
            if session is not None:
                session.inbox.run_next(0.1)
            else:
                job.wait(0.1)
            done, total = job.progress.done, job.progress.total
            if total:
                steps = _PER_CENT if total == 1.0 else 1  # a share of the whole, where parts of it are of other kinds
                bars.update(bar, completed=int(steps * done), total=int(steps * total))
    if session is not None:
        session.wait(job)
    if job.error is not None:
        raise job.error
    if job.state is JobState.CANCELLED:
        raise KeyboardInterrupt
    return job.result


def wait_for(session: Session, job: Job[Any] | None) -> None:
    """As `finish`; None needs no waiting."""
    if job is not None:
        finish(job, session)


def load_model(session: Session) -> None:
    """Wait until the stored model is there; what it would say of the tiles by itself is not wanted."""
    wait_for(session, session.pending("load"))
    session.compute.cancel("predict queue", "predict rest")


def load_model_and_doubts(session: Session) -> None:
    """Wait until the stored model is there and has said how sure it is of every tile."""
    for key in ("load", "predict queue", "predict rest"):
        wait_for(session, session.pending(key))
