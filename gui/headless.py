"""Which commands open no window. Loads nothing: it is asked before it is known whether Qt works here at all."""

from __future__ import annotations

from collections.abc import Sequence

COMMANDS = (
    "new", "stack", "info", "relink", "rank", "import-masks", "train", "models", "predict", "export", "report",
    "simulate",
)  # fmt: skip
_NO_WINDOW = frozenset({"--no-window", "--json", "-h", "--help", "--version"})


def works_headless(arguments: Sequence[str]) -> bool:
    """Whether no window will open, so that Qt need not work here."""
    if arguments[:1] == ["demo"]:
        return bool(_NO_WINDOW & set(arguments))
    return bool(arguments) and (arguments[0] in COMMANDS or arguments[0] in _NO_WINDOW)
