"""The tile switch: from the command to a tile that can be seen whole and painted, in the real window.

    python -m tests.benchmarks.switch [--sizes 4000 10000]

For the next tile in the queue (D), which was read ahead, and for a far one, which was not: p50, p95 and the longest.
Each time the hand rests 0.8 s before, as if it painted. Needs a screen, or QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.benchmarks.canvas import application, make_project, paint_two_classes, wait

SWITCHES = 24
REST_S = 0.8


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[4000, 10_000], help="pixels on a side")
    arguments = parser.parse_args()
    with application() as (app, folder):
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        print("| scene | to | p50 ms | p95 ms | longest ms | p50 of the window's processor time ms |")
        print("| --- | --- | --- | --- | --- | --- |")
        for size in arguments.sizes:
            measure(app, folder, size)


def measure(app: QApplication, folder: Path, size: int) -> None:
    window = MainWindow(app, ThemeKeeper(app, "light"))
    window.resize(1366, 768)
    window.show()
    window.open_project(make_project(folder, size))
    workspace = window.workspace
    assert workspace is not None
    wait(app, lambda: workspace.canvas.active is not None and bool(workspace.session.ranking))
    paint_two_classes(workspace.session)
    rest(app, 5.0)
    for name, steps in ways(window).items():
        times = []
        for step in steps:
            rest(app, REST_S)
            times.append(switch_ms(app, window, step))
        clock, used = np.array(times).T
        p50, p95 = np.percentile(clock, [50, 95])
        print(f"| {size:,}² | {name} | {p50:.0f} | {p95:.0f} | {clock.max():.0f} | {np.median(used):.0f} |", flush=True)
    window.close()
    window.deleteLater()
    app.processEvents()


def ways(window: MainWindow) -> dict[str, list[Callable[[], object]]]:
    """The first half of the queue one by one, then single tiles from its end."""
    assert window.workspace is not None
    flow, queue = window.workspace.flow, window.workspace.session.queue()
    far = [ranked.tile_id for ranked in queue[len(queue) // 2 :]]
    return {
        "the next tile (D)": [window.actions_by_name["next"].trigger] * min(SWITCHES, len(queue) // 2),
        "a far tile": [lambda tile_id=tile_id: flow.go_to(tile_id) for tile_id in far[::-2][:SWITCHES]],  # type: ignore[misc]
    }


def switch_ms(app: QApplication, window: MainWindow, step: Callable[[], object]) -> tuple[float, float]:
    """By the clock, and the processor time of the window's thread: a busy machine shows in the first only."""
    started, used = time.perf_counter(), time.thread_time()
    step()
    app.processEvents()
    wait(app, lambda: is_complete(window))
    app.processEvents()
    return 1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - used)


def is_complete(window: MainWindow) -> bool:
    """Whether all of the picture is there, and the tile's valid pixels."""
    assert window.workspace is not None
    canvas = window.workspace.canvas
    assert canvas.active_tile is not None
    return not canvas.pyramid._wanted.get(canvas) and canvas.active_tile._validity.state.is_final


def rest(app: QApplication, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        app.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    main()
