"""The window, started from a terminal, and what ends it from there."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.core.projects import ROOT

# The program itself, which says when its window is there.
PROGRAM = """
import os, sys
from PySide6.QtCore import QTimer
from gui import app
open_paths = app.MainWindow.open_paths
def tell(window, paths):
    open_paths(window, paths)
    QTimer.singleShot(0, lambda: os.write(1, b"."))
app.MainWindow.open_paths = tell
code = app.run([])
print("closed in order")
sys.exit(code)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no signal that one program can send to another")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.usefixtures("heeded_signals")
def test_a_signal_ends_the_program_in_order(number: signal.Signals) -> None:
    """Qt waits without running any Python: an exception raised by the handler would come late, in the midst of Qt's own
    code, and end the program with a crash."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.read(1) == "."
        process.send_signal(number)
        out, error = process.communicate(timeout=300)
    assert (out, process.returncode) == ("closed in order\n", 128 + number), error
