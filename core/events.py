"""The one change notification: what changed and who caused it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class Subject(Enum):
    """What a change is about. Views refresh themselves from the session when a subject they show changes."""

    MASKS = "masks"  # of `Change.tile_ids`
    STATUS = "status"  # where the expert is with `Change.tile_ids`
    PREDICTIONS = "predictions"  # of `Change.tile_ids`
    NOTES = "notes"  # of `Change.tile_ids`
    RANKING = "ranking"
    MODEL = "model"
    JOBS = "jobs"
    SCENES = "scenes"
    CLASSES = "classes"
    BUDGET = "budget"
    LOOKS = "looks"  # composites, how they are drawn, the value range
    WINDOWS = "windows"  # proposed on `Change.tile_ids`
    REVIEW = "review"  # what the label review has found
    NOTICE = "notice"  # something to tell the user: `Change.error`


@dataclass(frozen=True)
class Change:
    """One notification. `origin` names who caused it ("brush", "undo", "training", …)."""

    subjects: frozenset[Subject]
    tile_ids: frozenset[int] = field(default_factory=frozenset)
    origin: str = ""
    error: BaseException | None = None


class Changes:
    """Tells every listener of every change, in the order of subscription, in the calling thread.

    `failed`, where it is set, gets what a listener raises: who tells of a change has done its part, and goes on.
    """

    def __init__(self) -> None:
        self.failed: Callable[[Exception], None] | None = None
        self._listeners: list[Callable[[Change], None]] = []

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Returns a function that ends the subscription; ending it again does nothing."""
        self._listeners.append(listener)

        def end() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return end

    def tell(
        self, *subjects: Subject, tile_ids: frozenset[int] = frozenset(), origin: str = "",
        error: BaseException | None = None,
    ) -> None:  # fmt: skip
        """All listeners hear of it, also where one fails. Raises the first failure where `failed` is not set."""
        change = Change(frozenset(subjects), tile_ids, origin, error)
        failures: list[Exception] = []
        for listener in tuple(self._listeners):
            if listener not in self._listeners:
                continue  # one before it has ended its subscription
            try:
                listener(change)
            except Exception as failure:  # one view that fails must not leave the others with old data
                failures.append(failure)
        for raised in failures:
            if self.failed is None:
                raise raised
            self.failed(raised)


class Inbox:
    """Where background threads leave work for the main thread; `wake` is called, from any thread, when some arrives."""

    def __init__(self) -> None:
        self.wake: Callable[[], None] = lambda: None
        self._calls: queue.SimpleQueue[Callable[[], object]] = queue.SimpleQueue()

    def post(self, call: Callable[[], object]) -> None:
        self._calls.put(call)
        self.wake()

    def post_failure(self, failure: Exception) -> None:
        """Have it raised where calls are run, and so where errors that nobody has caught are reported."""

        def fail() -> None:
            raise failure

        self.post(fail)

    def run_waiting(self) -> None:
        """Run what has arrived so far, in order. Called on the main thread only."""
        for _ in range(self._calls.qsize()):
            try:
                call = self._calls.get_nowait()
            except queue.Empty:
                return  # a call has opened a dialog, whose event loop has run the others: waiting would never end
            try:
                call()
            except BaseException:
                if not self._calls.empty():
                    self.wake()  # what waits behind the failed call must not wait for the next arrival
                raise

    def run_out(self) -> None:
        """Run all there is, also what lies behind a call that fails: nobody comes back for it. Raises the first failure
        in the end."""
        failures: list[Exception] = []
        while not self._calls.empty():
            try:
                self.run_waiting()
            except Exception as failure:
                failures.append(failure)
        if failures:
            raise failures[0]

    def run_next(self, timeout_s: float) -> None:
        """Wait for one call at most `timeout_s` and run it; for programs without an event loop."""
        try:
            call = self._calls.get(timeout=timeout_s)
        except queue.Empty:
            return
        call()
