"""An Executor at work, as core/executors/spread.py sees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

AHEAD = 2  # parts under way for each that is computed: nobody waits for the next


class Crew(NamedTuple):
    """An Executor ready for parts: `submit(work, part)`, and how many parts it should have under way just now.

    What is still under way when its block is left, ends with it. Nobody cancels a future: a pool whose processes are
    ended fails on one that is cancelled already, and leaves processes and threads behind (Python before 3.12).
    """

    submit: Callable[[Callable[..., Any], Any], Future[Any]]
    room: Callable[[], int]


def unstopped() -> None:
    """The check of a part that runs elsewhere."""
