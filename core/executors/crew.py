"""An Executor at work, as core/executors/spread.py sees it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, NamedTuple

AHEAD = 2  # parts under way for each that is computed: nobody waits for the next


class Crew(NamedTuple):
    """An Executor ready for parts: `submit(work, part)`, and how many parts it should have under way just now."""

    submit: Callable[[Callable[..., Any], Any], Future[Any]]
    room: Callable[[], int]


def unstopped() -> None:
    """The check of a part that runs elsewhere."""
