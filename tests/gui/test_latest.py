"""Of many events only the newest is passed on, and none that was dropped."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from gui.latest import EVERY_MS, Latest
from tests.gui.waiting import wait_ms

Until = Callable[[Callable[[], object]], None]


def test_a_burst_is_heard_as_its_newest_and_a_stream_some_times_a_second(app: QApplication, until: Until) -> None:
    owner = QObject()
    heard: list[tuple[int, int]] = []
    latest = Latest(lambda x, y: heard.append((x, y)), owner)
    for i in range(20):
        latest(i, -i)
    assert heard == [], "nothing is done while events still come"
    until(lambda: heard)
    assert heard == [(19, -19)]
    started = time.monotonic()
    while len(heard) < 4:  # a stream without a pause is passed on all the same
        assert time.monotonic() - started < 60
        latest(0, 0)
        wait_ms(1)
    assert 1000 * (time.monotonic() - started) > 2 * EVERY_MS, "but not all of it"


def test_what_was_dropped_is_never_heard(app: QApplication, until: Until) -> None:
    owner = QObject()
    heard: list[int] = []
    latest = Latest(heard.append, owner)
    latest(1)
    latest.drop()
    later: list[int] = []
    Latest(later.append, owner)(1)  # which is heard after the other would have been
    until(lambda: later)
    assert heard == []
    latest(2)
    until(lambda: heard)
    assert heard == [2]
