"""Brush latency on the canvas: from the mouse event to the repainted pixels, in the real window.

    python -m tests.benchmarks.canvas [--part brush|tools] [--sizes 1000 10000 40000] [--no-training] [--no-napari]

For scenes of several sizes and brushes of several diameters: percentiles of the time from sending a mouse move to the
end of the repaint it causes, alone and while a U-Net trains in the background, by the clock and of the processor time
that the window's thread used (a busy machine shows in the first only); the time of an undo; of zooming out to the whole
scene until every block is there; the memory of the process; and what the undo of 1,000 strokes costs. Then every tool,
and all that tidies, from the press to the paint on the screen, on tiles of several sizes (`_presses.py`).

Where FIELDBRUSH_NAPARI names a Python with napari in it, the same strokes on its labels layer in the same run, and the
ratio. napari is no dependency and may have another Qt: it runs in a process of its own. Needs a screen; napari needs
one with OpenGL (xvfb-run does).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import psutil
import rasterio
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.windows import Window

from core.jobs import Unwatched
from core.labels.strokes import Ink, brush_segment
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from core.session import Session
from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.benchmarks._presses import measure_presses

DIAMETERS_PX = (10, 100, 400)
MOVES = 300
NAPARI_UP_TO_PX = 10_000  # it holds the scene and its labels in memory
Measured = dict[int, NDArray[np.float64]]
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=("brush", "tools"), help="only this")
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000, 40_000], help="pixels on a side")
    parser.add_argument("--no-training", action="store_true")
    parser.add_argument("--no-napari", action="store_true")
    arguments = parser.parse_args()
    with application() as (app, folder):
        print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}\n")
        if arguments.part != "tools":
            measure_brush(app, folder, arguments)
        if arguments.part != "brush":
            measure_presses(app, folder)
        print(f"\nload at the end {os.getloadavg()[0]:.1f}")


def measure_brush(app: QApplication, folder: Path, arguments: argparse.Namespace) -> None:
    print("| scene | brush px | | p50 ms | p95 ms | p99 ms | p50 / p99 of processor time |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for size in arguments.sizes:
        ours = measure_scene(app, folder, size, with_training=not arguments.no_training)
        if not arguments.no_napari and size <= NAPARI_UP_TO_PX:
            compare_with_napari(size, ours)
    undo_of_a_thousand(folder)


@contextmanager
def application() -> Iterator[tuple[QApplication, Path]]:
    """The application with nobody's settings, and a folder for what is made."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = os.environ["XDG_CONFIG_HOME"] = folder
        app = make_application(["benchmark"])
        QSettings().clear()
        yield app, Path(folder)


def measure_scene(app: QApplication, folder: Path, size: int, *, with_training: bool) -> Measured:
    """The strokes while nothing else runs."""
    window = MainWindow(app, ThemeKeeper(app, "light"))
    window.resize(1366, 768)
    window.show()
    window.open_project(make_project(folder, size))
    workspace = window.workspace
    assert workspace is not None
    wait(app, lambda: workspace.canvas.active is not None and workspace.session.compute.active())
    for waiting in workspace.session.compute.active():
        waiting.cancel()  # looking at all tiles of a giant takes an hour, and "alone" means alone
    wait(app, lambda: not workspace.session.compute.active() and not workspace.session.readers.active())
    rows = strokes(app, window)
    print_rows(size, "alone", rows)
    if with_training:
        paint_two_classes(workspace.session)
        job = workspace.session.train(workspace.session.default_training_settings())
        wait(app, lambda: bool(getattr(job.progress.detail, "points", ())))
        print_rows(size, "training", strokes(app, window))
        job.cancel()
    print(f"\n{size:,} px: undo {undo_ms(app, window):.1f} ms, whole scene {zoom_out_ms(app, window):.0f} ms, "
          f"memory {psutil.Process().memory_info().rss / 2**20:.0f} MB\n")  # fmt: skip
    window.close()
    window.deleteLater()
    app.processEvents()
    return rows


def compare_with_napari(size: int, ours: Measured) -> None:
    python = os.environ.get("FIELDBRUSH_NAPARI", "")
    if not python:
        print("napari is not there: set FIELDBRUSH_NAPARI to a Python that has it.\n")
        return
    script = Path(__file__).with_name("_napari_layer.py")
    run = subprocess.run([python, str(script), str(size)], capture_output=True, text=True, check=False)
    if run.returncode:
        print(f"napari does not run: {(run.stderr.strip().splitlines() or ['no word'])[-1]}\n")
        return
    found = json.loads(run.stdout.splitlines()[-1])
    theirs = {int(diameter): np.array(times) for diameter, times in found["strokes"].items()}
    print_rows(size, f"napari {found['version']}", theirs)
    for diameter, times in theirs.items():
        by_clock, used = (np.median(times, axis=0) / np.median(ours[diameter], axis=0)).tolist()
        print(f"{size:,} px, brush {diameter}: {by_clock:.0f} × faster by the clock, {used:.0f} × by processor time")
    print(f"napari: undo {found['undo_ms']:.0f} ms, whole scene {found['fit_ms']:.0f} ms, "
          f"memory {found['memory_mb']:.0f} MB\n", flush=True)  # fmt: skip


def undo_of_a_thousand(folder: Path) -> None:
    """Memory and file size that 1,000 strokes of a 100 px brush and their undo take."""
    session = Session.open(make_project(folder, 2000))
    try:
        before = psutil.Process().memory_info().rss
        tile_id = min(session.tiles)
        paintable = session.paintable(tile_id)
        rng = np.random.default_rng(0)
        for number in range(1000):
            recorder = session.begin_stroke(tile_id, "brush", paintable)
            for rect, pixels in brush_segment(tuple(rng.uniform(0, 512, 2)), tuple(rng.uniform(0, 512, 2)), 100):
                recorder.paint(rect, pixels, Ink(1 + number % 2))
            session.finish_stroke(tile_id, recorder)
        started = time.perf_counter()
        undone = sum(session.undo(tile_id) for _ in range(1000))
        took = time.perf_counter() - started
        grown = (psutil.Process().memory_info().rss - before) / 2**20
        stored = sum(path.stat().st_size for path in folder.glob("2000.fieldbrush*")) / 2**20
        assert not session.mask(tile_id).labels.any()
        print(f"{undone} strokes taken back: {took / undone * 1000:.1f} ms each, memory grew by {grown:.0f} MB, "
              f"project file {stored:.1f} MB")  # fmt: skip
    finally:
        session.close()


def make_project(folder: Path, size: int) -> Path:
    """A tiled uint16 scene of 4 bands without overviews, written block by block."""
    path = folder / f"scene_{size}.tif"
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": 4, "dtype": "uint16", "tiled": True,
        "blockxsize": 512, "blockysize": 512, "compress": "deflate", "zlevel": 1, "sparse_ok": True,
        "crs": CRS.from_epsg(32632), "transform": Affine(0.5, 0, 600_000, 0, -0.5, 5_300_000),
    }  # fmt: skip
    block = np.random.default_rng(0).integers(200, 4000, (4, 512, 512), dtype=np.uint16)
    with rasterio.open(path, "w", **profile) as file:
        # The rest of a giant stays empty: its size counts, not the time to write it.
        covered = size if size <= 10_240 else 4096
        for y in range(0, covered, 512):
            for x in range(0, covered, 512):
                height, width = min(512, covered - y), min(512, covered - x)
                file.write(block[:, :height, :width], window=Window(x, y, width, height))
    found = examine([path], Unwatched())
    return create_project(
        ProjectPlan(folder / f"{size}.fieldbrush", found, found.interpretation, 512, Budget("tiles", 20)), Unwatched()
    )


def strokes(app: QApplication, window: MainWindow) -> Measured:
    """Milliseconds of every mouse move of one long stroke, by diameter: (moves, 2), clock and processor time.

    Every stroke is painted over one of the other class and of its own diameter, so that each move changes what it
    passes over; that first one, which also fetches code and memory, is not counted. On napari's side likewise.
    """
    assert window.workspace is not None
    canvas = window.workspace.canvas
    frame = canvas.viewport.rect_to_widget(canvas.active.rect)  # type: ignore[union-attr]
    way = spiral(frame.center().x(), frame.center().y(), min(frame.width(), frame.height()) / 2)
    measured: Measured = {}
    for diameter in DIAMETERS_PX:
        canvas.tools.set_diameter("brush", diameter)
        for value in (2, 1):
            canvas.choose_class(value)
            settle(app)
            measured[diameter] = stroke(app, canvas, way)
    return measured


def stroke(app: QApplication, canvas: QWidget, way: Sequence[QPoint]) -> NDArray[np.float64]:
    QTest.mousePress(canvas, LEFT, NONE, way[0])
    times = []
    for place in way[1:]:
        started, used = time.perf_counter(), time.thread_time()
        QTest.mouseMove(canvas, place)
        app.processEvents()
        times.append((1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - used)))
        time.sleep(0.002)
    QTest.mouseRelease(canvas, LEFT, NONE, way[-1])
    return np.array(times)


def spiral(x: float, y: float, radius: float) -> Sequence[QPoint]:
    turns = np.linspace(0, 1, MOVES + 1)
    angle = 8 * np.pi * turns
    return [QPoint(int(x + r * np.cos(a)), int(y + r * np.sin(a))) for r, a in zip(radius * turns, angle, strict=True)]


def undo_ms(app: QApplication, window: MainWindow) -> float:
    started = time.perf_counter()
    window.actions_by_name["undo"].trigger()
    app.processEvents()
    return 1000 * (time.perf_counter() - started)


def zoom_out_ms(app: QApplication, window: MainWindow) -> float:
    assert window.workspace is not None
    canvas = window.workspace.canvas
    started = time.perf_counter()
    canvas.fit_scene()
    app.processEvents()
    wait(app, lambda: not canvas.pyramid._pending)
    return 1000 * (time.perf_counter() - started)


def paint_two_classes(session: object) -> None:
    for tile_id in list(session.tiles)[:2]:  # type: ignore[attr-defined]
        recorder = session.begin_stroke(tile_id, "brush")  # type: ignore[attr-defined]
        pixels = np.zeros((recorder.mask.height, recorder.mask.width), bool)
        pixels[:200] = True
        recorder.paint(recorder.mask.bounds, pixels, Ink(1))
        recorder.paint(recorder.mask.bounds, ~pixels, Ink(2))
        session.finish_stroke(tile_id, recorder)  # type: ignore[attr-defined]


def print_rows(size: int, what: str, rows: Measured) -> None:
    for diameter, times in rows.items():
        (p50, used50), (p95, _), (p99, used99) = np.percentile(times, [50, 95, 99], axis=0)
        print(f"| {size:,}² | {diameter} | {what} | {p50:.1f} | {p95:.1f} | {p99:.1f} | {used50:.1f} / {used99:.1f} |",
              flush=True)  # fmt: skip


def settle(app: QApplication) -> None:
    end = time.monotonic() + 0.3
    while time.monotonic() < end:
        app.processEvents()


def wait(app: QApplication, reached: Callable[[], object], seconds: float = 300) -> None:
    end = time.monotonic() + seconds
    while not reached():
        app.processEvents()
        if time.monotonic() > end:
            sys.exit("the program does not get there in time")
        time.sleep(0.002)


if __name__ == "__main__":
    main()
