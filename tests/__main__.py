"""`python -m tests`: all tests, headless. Sets up .venv first where that is needed. Arguments go to pytest.

All unit tests together run in a process for each core, file by file (`-n 0` among the arguments: in one process).
Unit tests run with Qt's offscreen platform. The end-to-end tests then drive a real window on a private screen (Xvfb);
where there is no Xvfb they run offscreen, as far as they can. Paths among the arguments select what runs.
"""

from __future__ import annotations

import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
END_TO_END = Path("tests", "end_to_end")
NOTHING_COLLECTED = 5  # pytest's exit code
MOST_PROCESSES = 8  # each needs about 1 GB


def split_paths(arguments: Sequence[str]) -> tuple[list[str], list[str], list[str]]:
    """The arguments as options, paths of unit tests, and paths of end-to-end tests."""
    options, unit, end_to_end = [], [], []
    for argument in arguments:
        path = ROOT / argument.split("::")[0]
        if argument.startswith("-") or not path.exists():
            options.append(argument)
        elif path.resolve().is_relative_to(ROOT / END_TO_END):
            end_to_end.append(argument)
        else:
            unit.append(argument)
    return options, unit, end_to_end


def run_pytest(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run pytest in a process of its own: a screen belongs to one process for good."""
    return subprocess.run([sys.executable, "-m", "pytest", *arguments], cwd=ROOT, env=dict(environment)).returncode


def run_unit(options: Sequence[str], paths: Sequence[str]) -> int:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    if paths:
        return run_pytest([*options, *paths], environment)
    from core.learning.runtime import available_cores  # not before `main` has made sure of the environment

    environment.setdefault("PYTEST_XDIST_AUTO_NUM_WORKERS", str(min(available_cores(), MOST_PROCESSES)))
    # A file's tests stay together: what they share is made once for all of them. "auto" gives way to a debugger.
    spread = ["--numprocesses=auto", "--dist=loadfile"]
    selection = ["tests", f"--ignore={END_TO_END}", "--ignore=tests/benchmarks"]
    return run_pytest([*spread, *options, *selection], environment)


def run_end_to_end(options: Sequence[str], paths: Sequence[str]) -> int:
    selection = [*options, *(paths or [str(END_TO_END)])]
    with ExitStack() as stack:
        if sys.platform == "linux" and shutil.which("Xvfb"):
            environment = stack.enter_context(private_screen())
        else:
            print("\nNo Xvfb here: the end-to-end tests run offscreen, without a real window.", flush=True)
            environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        return run_pytest(selection, environment)


@contextmanager
def private_screen() -> Iterator[dict[str, str]]:
    """A screen of 1920 × 1080 that nobody else sees, with a window manager if there is one; gives the environment."""
    read_end, write_end = os.pipe()
    command = ["Xvfb", "-displayfd", str(write_end), "-screen", "0", "1920x1080x24", "-ac", "-nolisten", "tcp"]
    with _running([*command, "-noreset"], pass_fds=(write_end,)):
        os.close(write_end)
        with os.fdopen(read_end) as pipe:
            number = pipe.readline().strip()  # Xvfb writes it once it accepts connections; empty if it has died
        if not number:
            raise SystemExit("Xvfb does not start; its own message is above.")
        environment = {**os.environ, "DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb", "XDG_SESSION_TYPE": "x11"}
        for other in ("WAYLAND_DISPLAY", "XAUTHORITY"):
            environment.pop(other, None)
        with _window_manager(environment):
            yield environment


@contextmanager
def _window_manager(environment: Mapping[str, str]) -> Iterator[None]:
    """openbox with its own defaults, ready; without one, focus still works but windows cannot be maximised."""
    if shutil.which("openbox") is None:
        yield
        return
    with tempfile.TemporaryDirectory() as folder:
        ready = Path(folder, "ready")
        command = ["openbox", "--sm-disable", "--startup", f"touch {ready}"]
        system_defaults = Path("/etc/xdg/openbox/rc.xml")
        if system_defaults.exists():
            command += ["--config-file", str(system_defaults)]
        with _running(command, env=dict(environment), stdout=subprocess.DEVNULL):  # it laments missing menus
            deadline = time.monotonic() + 10
            while not ready.exists() and time.monotonic() < deadline:
                time.sleep(0.02)
            yield


@contextmanager
def _running(command: Sequence[str], **options: object) -> Iterator[None]:
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, **options)  # type: ignore[call-overload]
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def combined(codes: Sequence[int]) -> int:
    """One exit code: the first failure; "no test ran" only if that is so everywhere."""
    failures = [code for code in codes if code not in (0, NOTHING_COLLECTED)]
    if failures:
        return failures[0]
    return 0 if 0 in codes else NOTHING_COLLECTED


def main(arguments: Sequence[str]) -> int:
    environment = runpy.run_path(str(ROOT / "packaging" / "environment.py"), run_name="environment")
    code = environment["enter"]("tests", arguments, environment["TEST_MODULES"], "tests")
    if code is not None:
        return int(code)
    options, unit, end_to_end = split_paths(arguments)
    codes = []
    if unit or not end_to_end:
        codes.append(run_unit(options, unit))
    if end_to_end or not unit:
        codes.append(run_end_to_end(options, end_to_end))
    return combined(codes)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
