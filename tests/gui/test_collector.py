"""Garbage that holds widgets is collected by the window's thread, never by a worker's."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable
from typing import ClassVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication


class Cycle:
    """Notes by which thread it is destroyed."""

    ended_by: ClassVar[list[str]] = []

    def __init__(self) -> None:
        self.itself = self
        self.of_qt = QObject()

    def __del__(self) -> None:
        self.ended_by.append(threading.current_thread().name)


def test_cycles_are_destroyed_by_the_main_thread(
    app: QApplication, until: Callable[[Callable[[], object]], None]
) -> None:
    assert not gc.isenabled()
    Cycle.ended_by.clear()
    Cycle()
    kept: list[list[int]] = []
    busy = threading.Thread(target=lambda: kept.extend([number] for number in range(20_000)), name="busy")
    busy.start()  # allocates far more than would make Python collect
    busy.join()
    assert not Cycle.ended_by
    until(lambda: Cycle.ended_by)
    assert Cycle.ended_by == ["MainThread"]
