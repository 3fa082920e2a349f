"""How long a dialog lives: what it holds must not stay with the window, and what comes late must not reach it."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec

from PySide6.QtWidgets import QDialog

P = ParamSpec("P")


def run(dialog: QDialog) -> bool:
    """Show the dialog until it is answered; whether it was accepted. What it says can be read until the next turn of
    the event loop: then it is deleted, where it would keep a project that is closed in memory."""
    accepted = bool(dialog.exec())
    dialog.deleteLater()
    return accepted


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
