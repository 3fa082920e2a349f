"""Tries a built program out where nothing but it is there: no environment, an empty home, no network.

    python packaging/smoke.py PROGRAM

Runs `PROGRAM --self-test` (the whole loop on a small generated scene) offscreen, and on Linux also on a private X
screen, where the window must then come up, too. The self-test's last line is JSON with "ok": true.
"""

from __future__ import annotations

import argparse
import json
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SELF_TEST_LIMIT_S = 600
WINDOW_LIMIT_S = 60


class SmokeError(Exception):
    """One sentence: what the program didn't do."""


def without_network() -> list[str]:
    """The command prefix that takes the network away, where the system lets us; else empty."""
    if sys.platform != "linux" or shutil.which("unshare") is None:
        return []
    for prefix in (["unshare", "--net"], ["unshare", "--map-current-user", "--net"]):
        if subprocess.run([*prefix, "true"], capture_output=True).returncode == 0:
            return prefix
    return []


def bare_environment(home: Path, **display: str) -> dict[str, str]:
    """What a program started from a fresh account's desktop sees, and no more."""
    if sys.platform == "win32":
        windows = {name: os.environ[name] for name in ("SYSTEMROOT", "SYSTEMDRIVE", "COMSPEC") if name in os.environ}
        folders = {"USERPROFILE": str(home), "APPDATA": str(home), "LOCALAPPDATA": str(home), "TEMP": str(home)}
        return {**windows, **folders, **display}
    return {"HOME": str(home), "TMPDIR": str(home / "tmp"), "LANG": "C.UTF-8", "PATH": "/usr/bin:/bin", **display}


def parse_result(output: str) -> dict[str, Any]:
    """The self-test's result: the last line that is a JSON object. Raises SmokeError without one, or if not ok."""
    for line in reversed(output.strip().splitlines()):
        try:
            result = json.loads(line)
        except ValueError:
            continue
        if isinstance(result, dict):
            if result.get("ok") is not True:
                raise SmokeError(f"the self-test says: {line}")
            return result
    raise SmokeError("the self-test printed no result")


def self_test(program: Path, environment: Mapping[str, str], home: Path) -> dict[str, Any]:
    command = [*without_network(), str(program), "--self-test"]
    try:
        done = subprocess.run(
            command, env=dict(environment), cwd=home, capture_output=True, text=True, timeout=SELF_TEST_LIMIT_S
        )
    except subprocess.TimeoutExpired as error:
        raise SmokeError(f"the self-test did not end within {SELF_TEST_LIMIT_S} s") from error
    if done.returncode != 0:
        raise SmokeError(f"the self-test ended with exit code {done.returncode}:\n{done.stdout}\n{done.stderr}")
    said = [line for line in dict.fromkeys(done.stderr.splitlines()) if line and "propagateSizeHints" not in line]
    if said:  # Qt's offscreen platform has no window hints and says so a hundred times
        print("\n".join(said), file=sys.stderr)
    return parse_result(done.stdout)


def window_time_s(program: Path, environment: Mapping[str, str], home: Path) -> float:
    """Start the program as a user does; the seconds until its window is there. Raises SmokeError if none comes."""
    search = ["xdotool", "search", "--onlyvisible", "--name", "Fieldbrush"]
    display = {**os.environ, "DISPLAY": environment["DISPLAY"]}
    started = time.monotonic()
    process = subprocess.Popen([str(program)], env=dict(environment), cwd=home, stderr=subprocess.PIPE, text=True)
    try:
        while time.monotonic() - started < WINDOW_LIMIT_S:
            if process.poll() is not None:
                raise SmokeError(f"it ended (exit code {process.returncode}) without a window: {_errors(process)}")
            if subprocess.run(search, env=display, capture_output=True).returncode == 0:
                return time.monotonic() - started
            time.sleep(0.02)
        raise SmokeError(f"no window within {WINDOW_LIMIT_S} s")
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(20)


def _errors(process: subprocess.Popen[str]) -> str:
    return process.stderr.read().strip()[-2000:] if process.stderr else ""


def private_screen() -> AbstractContextManager[dict[str, str]]:
    screen = runpy.run_path(str(ROOT / "tests" / "__main__.py"), run_name="tests_main")["private_screen"]
    context: AbstractContextManager[dict[str, str]] = screen()
    return context


def try_out(program: Path, window: bool = True) -> None:
    """All checks that this machine can make. Raises SmokeError."""
    if not without_network():
        print("smoke: the network can't be taken away here; running with it.")
    with tempfile.TemporaryDirectory(prefix="fieldbrush-smoke-") as folder:
        home = Path(folder)
        (home / "tmp").mkdir()
        started = time.monotonic()
        result = self_test(program, bare_environment(home, QT_QPA_PLATFORM="offscreen"), home)
        print(f"smoke: self-test offscreen passed in {time.monotonic() - started:.1f} s: {json.dumps(result)}")
        if sys.platform != "linux" or shutil.which("Xvfb") is None:
            print("smoke: no Xvfb here; not tried on a real screen.")
            return
        with private_screen() as screen:
            environment = bare_environment(home, DISPLAY=screen["DISPLAY"])
            started = time.monotonic()
            self_test(program, environment, home)
            print(f"smoke: self-test on a real screen passed in {time.monotonic() - started:.1f} s")
            if window and shutil.which("xdotool"):
                times = [window_time_s(program, environment, home) for _ in range(2)]
                print("smoke: seconds until the window is there: " + ", ".join(f"{value:.2f}" for value in times))


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Try a built program out in an empty environment.")
    parser.add_argument("program", type=Path)
    parser.add_argument("--no-window", action="store_true", help="only the self-tests")
    options = parser.parse_args(arguments)
    try:
        try_out(options.program.resolve(), not options.no_window)
    except SmokeError as error:
        print(f"smoke: {options.program}: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
