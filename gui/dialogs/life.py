"""When a dialog lives: from when its window is there; what it holds must not stay with that, and what comes late must
not reach it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QDialog, QWidget

P = ParamSpec("P")


def run(dialog: QDialog) -> bool:
    """Show the dialog until it is answered; whether it was accepted. What it says can be read until the next turn of
    the event loop: then it is deleted, where it would keep a project that is closed in memory."""
    accepted = bool(dialog.exec())
    dialog.deleteLater()
    return accepted


def once_exposed(window: QWidget, act: Callable[[], object]) -> None:
    """Act as soon as the window system shows the window, which has been shown to it: only then it has its size."""
    handle = window.windowHandle()
    if handle.isExposed():
        act()
    else:
        _Exposure(handle, act)


class _Exposure(QObject):
    """Of a window that is not on the screen yet."""

    def __init__(self, handle: QWindow, act: Callable[[], object]) -> None:
        super().__init__(handle)
        self._act = act
        handle.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Expose and isinstance(watched, QWindow) and watched.isExposed():
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self, self._act)  # a dialog would hold this event up until it is answered
        return False


def while_open(dialog: QDialog, act: Callable[P, object]) -> Callable[P, None]:
    """What does `act` until the dialog is answered, and nothing from then on: what it has asked the background for may
    come later."""
    is_open = True

    def end(_: int) -> None:
        nonlocal is_open
        is_open = False

    def act_if_open(*args: P.args, **kwargs: P.kwargs) -> None:
        if is_open:
            act(*args, **kwargs)

    dialog.finished.connect(end)
    return act_if_open
