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
    from core.terminal import cli

    if works_headless(arguments):
        return cli.main(arguments)
    wants_demo = arguments[:1] == ["demo"]
    paths = [] if wants_demo else [cli.existing_project(argument) or Path(argument) for argument in arguments]
    for path in paths:  # what has a suffix was once a file, and may come from a list of recent ones: the window says so
        if not path.suffix and not os.path.lexists(path):
            return _refused(f"There is neither a command nor a file called {path}. See fieldbrush --help.", 2)
    if not _has_screen():
        return _refused("There is no screen to open a window on. The commands need none: see fieldbrush --help.", 1)
    if wants_demo:
        project = cli.prepare_demo(arguments)
        return 1 if project is None else _open_window([project])
    return _open_window(paths)


def _has_screen() -> bool:
    """Without one Qt would end the program with a crash, and advise to install it anew."""
    return sys.platform != "linux" or any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")))


def _refused(sentence: str, code: int) -> int:
    print(f"fieldbrush: {sentence}", file=sys.stderr)
    return code


def _open_window(paths: list[Path]) -> int:
    from gui.app import run

    return run(paths)


if __name__ == "__main__":
    sys.exit(main())
