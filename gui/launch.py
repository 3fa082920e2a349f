"""The program's entry point: a headless command, or the window. Qt is imported only where a window opens."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path


def main(argv: Sequence[str] | None = None) -> int:
    """`fieldbrush [PROJECT | FILES…]` opens the window, `fieldbrush COMMAND …` works headless; the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["--self-test"]:
        from gui.self_test import run_self_test

        return run_self_test(arguments[1:])
    from core import cli

    if arguments[:1] == ["demo"] and not {"--no-window", "--json", "-h", "--help"} & set(arguments):
        project = cli.prepare_demo(arguments)
        return 1 if project is None else _open_window([str(project)])
    if arguments and (arguments[0] in cli.COMMANDS or arguments[0] in ("-h", "--help", "--version")):
        return cli.main(arguments)
    return _open_window(arguments)


def _open_window(arguments: list[str]) -> int:
    from gui.app import run

    return run([Path(argument) for argument in arguments])


if __name__ == "__main__":
    sys.exit(main())
