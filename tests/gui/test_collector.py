"""Garbage that holds widgets is collected by the window's thread, never by a worker's; a closed project is garbage."""

from __future__ import annotations

import gc
import threading
import time
import weakref
from collections.abc import Callable
from typing import ClassVar

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui import collector
from gui.collector import _AtRest
from gui.main_window import MainWindow
from tests.gui.waiting import wait_ms

Until = Callable[[Callable[[], object]], None]


class Cycle:
    """Notes by which thread it is destroyed."""

    ended_by: ClassVar[list[str]] = []

    def __init__(self) -> None:
        self.itself = self
        self.of_qt = QObject()

    def __del__(self) -> None:
        self.ended_by.append(threading.current_thread().name)


def test_cycles_are_destroyed_by_the_main_thread(app: QApplication, until: Until) -> None:
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


def delete_what_is_due() -> None:
    """No event loop of the program's does it here."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def test_nothing_keeps_a_closed_project_in_memory(open_window: MainWindow, until: Until) -> None:
    """Its pictures and predictions may be hundreds of MB."""
    for name in ("classes", "formula", "report", "export", "note", "go to", "keys"):
        QTimer.singleShot(0, lambda: QApplication.activeModalWidget().reject())
        open_window.actions_by_name[name].trigger()
    gc.freeze()  # as when torch has been loaded meanwhile
    session, canvas = weakref.ref(open_window.workspace.session), weakref.ref(open_window.workspace.canvas)
    open_window.close_project()
    until(lambda: delete_what_is_due() or (session() is None and canvas() is None))


def test_who_goes_on_after_a_project_was_closed_is_not_held_up(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """To collect all of it, and torch, takes up to a second."""
    collect, last_key, rested_s = _AtRest._collect, time.monotonic(), list[float]()

    def watched(at_rest: _AtRest) -> None:
        rested_s.append(time.monotonic() - last_key)
        collect(at_rest)

    monkeypatch.setattr(collector, "_REST_MS", 400)
    monkeypatch.setattr(_AtRest, "_collect", watched)
    open_window.close_project()
    end = time.monotonic() + 1.2
    while time.monotonic() < end:
        last_key = time.monotonic()
        QTest.keyClick(open_window, Qt.Key.Key_Shift)
        wait_ms(20)
    until(lambda: rested_s)
    assert len(rested_s) == 1
    assert rested_s[0] > 0.3, "a timer may be a little early"
