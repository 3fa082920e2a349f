"""How much work something is, in calls: however busy the machine is, the same each time."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import FrameType


def calls(act: Callable[[], object], of: str = "") -> int:
    """Of Python's functions and of C's while `act` goes on, in this thread; only of those in the file `of`, where it is
    given."""
    count = 0

    def note(frame: FrameType, event: str, _: object) -> None:
        nonlocal count
        count += event in ("call", "c_call") and (not of or (event == "call" and frame.f_code.co_filename == of))

    sys.setprofile(note)
    try:
        act()
    finally:
        sys.setprofile(None)
    return count
