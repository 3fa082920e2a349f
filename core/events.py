"""The one change notification: what changed and who caused it."""

from __future__ import annotations

import queue
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum


class Subject(Enum):
    """What a change is about. Views refresh themselves from the session when a subject they show changes."""

    TILES = "tiles"  # masks or status of `Change.tile_ids`
    PREDICTIONS = "predictions"  # of `Change.tile_ids`
    RANKING = "ranking"
    MODEL = "model"
    JOBS = "jobs"
    SCENES = "scenes"
    CLASSES = "classes"
    BUDGET = "budget"
    NOTICE = "notice"  # something to tell the user: `Change.error`


@dataclass(frozen=True)
class Change:
    """One notification. `origin` names who caused it ("brush", "undo", "training", …)."""

    subjects: frozenset[Subject]
    tile_ids: frozenset[int] = field(default_factory=frozenset)
    origin: str = ""
    error: BaseException | None = None


class Changes:
    """Tells every listener of every change, in the order of subscription, in the calling thread."""

    def __init__(self) -> None:
        self._listeners: list[Callable[[Change], None]] = []

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Returns a function that ends the subscription."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(
        self, *subjects: Subject, tile_ids: frozenset[int] = frozenset(), origin: str = "",
        error: BaseException | None = None,
    ) -> None:  # fmt: skip
        change = Change(frozenset(subjects), tile_ids, origin, error)
        for listener in tuple(self._listeners):
            listener(change)


class Inbox:
    """Where background threads leave work for the main thread; `wake` is called, from any thread, when some arrives."""

    def __init__(self) -> None:
        self.wake: Callable[[], None] = lambda: None
        self._calls: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()

    def post(self, call: Callable[[], None]) -> None:
        self._calls.put(call)
        self.wake()

    def run_waiting(self) -> None:
        """Run what has arrived so far, in order. Called on the main thread only."""
        for _ in range(self._calls.qsize()):
            self._calls.get()()

    def run_next(self, timeout_s: float) -> None:
        """Wait for one call at most `timeout_s` and run it; for programs without an event loop."""
        try:
            call = self._calls.get(timeout=timeout_s)
        except queue.Empty:
            return
        call()
