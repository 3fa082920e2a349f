"""The program's entry point: a headless command, or the window. Qt is imported only where a window opens."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from gui.headless import works_headless


def main(argv: Sequence[str] | None = None) -> int:
    """`fieldbrush [PROJECT | FILES…]` opens the window, `fieldbrush COMMAND …` works headless; the exit code."""
    _open_closed_streams()
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    except KeyboardInterrupt:  # before there was anything to interrupt: while the program was loading
        print("fieldbrush: Interrupted.", file=sys.stderr)
        return 130


def _open_closed_streams() -> None:
    """Standard streams that are closed (`>&-`; Windows without a console) lead nowhere from now on. Otherwise the next
    file that is opened takes the place of one, and what a library prints goes into that."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115 - open to the end


def _run(arguments: list[str]) -> int:
    if arguments[:1] == ["--self-test"]:
        from gui.self_test import run_self_test

        return run_self_test(arguments[1:])
    from core import cli

    if works_headless(arguments):
        return cli.main(arguments)
    if arguments[:1] == ["demo"]:
        project = cli.prepare_demo(arguments)
        return 1 if project is None else _open_window([str(project)])
    return _open_window(arguments)


def _open_window(arguments: list[str]) -> int:
    from gui.app import run

    return run([Path(argument) for argument in arguments])


if __name__ == "__main__":
    sys.exit(main())
