"""What all commands of a terminal share: progress bars, results and errors on the screen, where the work is done."""

from __future__ import annotations

import argparse
import errno
import io
import json
import math
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, NoReturn, TypeVar

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.events import Change, Subject
from core.executors.spread import Workplace
from core.jobs import Job, JobState
from core.session import Session

T = TypeVar("T")
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
            if job.progress.total:
                bars.update(bar, completed=int(job.progress.done), total=int(job.progress.total))
    if session is not None:
        session.wait(job)
    if job.error is not None:
        raise job.error
    if job.state is JobState.CANCELLED:
        raise KeyboardInterrupt
    return job.result


def wait_for(session: Session, job: Job[Any] | None) -> None:
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


def pixels_of_classes(session: Session) -> dict[str, int]:
    """How many pixels of each Class are painted."""
    return {c.name: session.class_paint(c.value)[1] for c in session.classes}


def say_result(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    """On standard output, with --json as one JSON object in ASCII. Raises OSError where that cannot be written."""
    try:
        _print_result(arguments, result)
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python tries again at its end
        if not _has_seen_enough(error):
            raise OSError(error.errno, error.strerror, "standard output") from error


def _has_seen_enough(error: OSError) -> bool:
    """Whether nobody reads on (head, less): the command has done its work. Windows says so in another way."""
    return isinstance(error, BrokenPipeError) or (sys.platform == "win32" and error.errno == errno.EINVAL)


def _print_result(arguments: argparse.Namespace, result: dict[str, Any]) -> None:
    if arguments.json:
        print(json.dumps(_without_nan(result)))
        return
    for key, value in result.items():
        if isinstance(value, list):
            print(f"{key}:", *(f"  {entry}" for entry in value), sep="\n")
        elif isinstance(value, dict):
            print(f"{key}:", *(f"  {name}: {entry}" for name, entry in value.items()), sep="\n")
        else:
            print(f"{key}: {value}")


def say_error(arguments: argparse.Namespace, error: Exception | str) -> None:
    """One sentence on standard error; with --json also on standard output."""
    sentence = _os_sentence(error) if isinstance(error, OSError) else str(error)
    if arguments.json:
        print(json.dumps({"error": sentence}))
    print(f"fieldbrush: {sentence}", file=sys.stderr)


def say_warning(change: Change) -> None:
    """Of a scene that is another one than when it was labeled; what fails ends the command by itself."""
    if Subject.NOTICE in change.subjects and change.origin == "scene":
        print(f"fieldbrush: {change.error}", file=sys.stderr)


def say_notice(sentence: str) -> None:
    """What is worth knowing and no failure; on standard error, beside the result."""
    if sentence:
        print(f"fieldbrush: {sentence}", file=sys.stderr)


def _os_sentence(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    return f"{where}{error.strerror or error}."


def _without_nan(value: Any) -> Any:
    """The same with None for numbers that JSON does not have."""
    if isinstance(value, dict):
        return {key: _without_nan(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_without_nan(entry) for entry in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def print_whatever_comes() -> None:
    """Make names that the terminal's encoding does not have come out as escapes, and not as an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def above_zero(written: str) -> float:
    """The type of an option: a finite number above 0."""
    number = float(written)
    if not 0 < number < math.inf:
        raise argparse.ArgumentTypeError(f"{written} is not a number above 0")
    return number


def one_or_more(written: str) -> int:
    """The type of an option: a whole number from 1 up."""
    number = int(written)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{written} is not 1 or more")
    return number


def seed(written: str) -> int:
    """The type of an option: a whole number from 0 up that every random generator takes."""
    number = int(written)
    if not 0 <= number < 2**32:
        raise argparse.ArgumentTypeError(f"{written} is not from 0 to {2**32 - 1}")
    return number


def add_place_options(parser: argparse.ArgumentParser) -> None:
    """--jobs and --scheduler, for `place_of`."""
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--jobs", type=int, default=1, help="processes to compute in (default: 1, with all cores)")
    where.add_argument("--scheduler", default="", help="compute on a Dask cluster: its address, as tcp://HOST:8786")


def place_of(arguments: argparse.Namespace) -> Workplace:
    """Where the options want the work done. Raises WorkplaceError."""
    return Workplace(arguments.jobs, arguments.scheduler)
