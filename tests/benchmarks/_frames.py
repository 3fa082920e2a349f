"""The gaps between the frames that the window paints under a moving hand, alone and while a U-Net trains beside it.

The real window (1366 × 768) on a generated scene of 2,000 px. The hand is a process of its own, xdotool: it moves the
mouse 125 times a second, paints strokes of 2 seconds and pans for 0.8 seconds between them, and never rests. So a gap
much longer than 8 ms is the window's, or the machine's: where the hand is late, too, it still counts. Everything that a
stroke sets off is in it: saving, the pixel classifier's answer, the repaint. On a busy machine only the processor time
of the window's thread says what the program itself takes, without its waiting for others. Needs a screen (xvfb-run).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QTimer
from PySide6.QtWidgets import QApplication

from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from gui.workspace import Workspace
from tests.benchmarks.canvas import application, make_project, paint_two_classes, settle, spiral, wait

BRUSH_PX = 40
ALONE_S, TRAINING_S = 20.0, 40.0
_STEP_S = 0.008
_PAN_MOVES = 50  # there, and as many back
_GOAL_MS = 25.0


class Frames(QObject):
    """When the canvas was repainted: by the clock, and by the processor time of the window's thread."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__()
        self.times: list[tuple[float, float]] = []
        canvas.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.times.append((time.perf_counter(), time.thread_time()))
        return False


def measure() -> int:
    """Print both rows; 1 where there is no screen for the hand."""
    with application() as (app, folder):
        if app.platformName() != "xcb" or shutil.which("xdotool") is None:
            print("The hand needs an X server and xdotool: run it with xvfb-run.", file=sys.stderr)
            return 1
        window = MainWindow(app, ThemeKeeper(app, "light"))
        window.resize(1366, 768)
        window.show()
        window.open_project(make_project(folder, 2000))
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        print("| | frames | p50 ms | p95 ms | p99 ms | longest | p95 / p99 of processor time |")
        print("| --- | --- | --- | --- | --- | --- | --- |")
        try:
            alone_and_training(app, window, folder)
        finally:
            window.close()
            window.deleteLater()
            app.processEvents()
        print(f"\nGoal: p95 < {_GOAL_MS:.0f} ms while training. Load at the end {os.getloadavg()[0]:.1f}")
    return 0


def alone_and_training(app: QApplication, window: MainWindow, folder: Path) -> None:
    workspace = window.workspace
    assert workspace is not None
    session = workspace.session
    wait(app, lambda: workspace.canvas.active is not None and session.ranking and not session.compute.active())
    session.set_auto_train(False)
    paint_two_classes(session)
    print_row("alone", gaps_ms(app, workspace, folder, ALONE_S))
    job = session.train(replace(session.default_training_settings(), time_budget_s=3 * TRAINING_S))
    wait(app, lambda: bool(getattr(job.progress.detail, "points", ())))
    print_row("training", gaps_ms(app, workspace, folder, TRAINING_S))
    steps = len(getattr(job.progress.detail, "points", ()))
    assert session.training_job() is job, f"it ended before the hand did: {job.error}"
    job.cancel()
    print(f"\n{steps} steps of training until then")


def gaps_ms(app: QApplication, workspace: Workspace, folder: Path, seconds: float) -> NDArray[np.float64]:
    """(n, 2) between the repaints of the canvas, by both clocks, from the hand's first move to its last."""
    canvas = workspace.canvas
    canvas.tools.set_diameter("brush", BRUSH_PX)
    workspace.run("fit tile")
    settle(app)
    script = folder / "hand.txt"
    script.write_text("\n".join(moves(canvas, seconds)) + "\n", encoding="ascii")
    frames = Frames(canvas)
    with subprocess.Popen(["xdotool", str(script)]) as hand:
        loop, watch = QEventLoop(), QTimer()
        watch.timeout.connect(lambda: loop.quit() if hand.poll() is not None else None)
        watch.start(50)
        loop.exec()
    canvas.removeEventFilter(frames)
    assert hand.returncode == 0, "the hand has failed"
    return 1000 * np.diff(frames.times, axis=0)


def moves(canvas: CanvasView, seconds: float) -> Iterator[str]:
    """The hand's lines: strokes in the active Tile and pans, in turns."""
    assert canvas.active is not None
    frame = canvas.viewport.rect_to_widget(canvas.active.rect)
    middle, radius = frame.center().toPoint(), min(frame.width(), frame.height()) / 2
    way = [canvas.mapToGlobal(place) for place in spiral(middle.x(), middle.y(), radius)[:250]]
    aside = [canvas.mapToGlobal(middle + QPoint(2 * n, n)) for n in range(_PAN_MOVES)]
    for _ in range(max(round(seconds / (_STEP_S * (len(way) + 2 * _PAN_MOVES))), 1)):
        yield from dragged(way, 1)
        yield from dragged([*aside, *reversed(aside)], 2)


def dragged(way: list[QPoint], button: int) -> Iterator[str]:
    yield f"mousemove {way[0].x()} {way[0].y()}"
    yield f"mousedown {button}"
    for place in way[1:]:
        yield f"mousemove {place.x()} {place.y()}"
        yield f"sleep {_STEP_S}"
    yield f"mouseup {button}"


def print_row(what: str, gaps: NDArray[np.float64]) -> None:
    (p50, _), (p95, used95), (p99, used99) = np.percentile(gaps, [50, 95, 99], axis=0)
    print(f"| {what} | {len(gaps) + 1} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {gaps[:, 0].max():.0f} "
          f"| {used95:.1f} / {used99:.1f} |", flush=True)  # fmt: skip
