"""Brush latency on the canvas: from the mouse event to the repainted pixels, in the real window.

    python -m tests.benchmarks.canvas [--sizes 1000 10000] [--no-training]

For scenes of several sizes and brushes of several diameters: percentiles of the time from sending a mouse move to the
end of the repaint it causes, alone and while a U-Net trains in the background; the time of an undo; of zooming out to
the whole scene until every block is there; and the memory of the process. Where napari is installed, the same strokes
on its labels layer in the same run, and the ratio. Needs a screen, or QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import psutil
import rasterio
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.windows import Window

from core.jobs import Worker
from core.labels.classes import DEFAULT_CLASSES
from core.labels.strokes import Ink
from core.project.creation import ProjectPlan, create_project, examine
from core.project.records import Budget
from core.text import text
from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper

DIAMETERS_PX = (10, 100, 400)
MOVES = 300
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1000, 10_000], help="pixels on a side")
    parser.add_argument("--no-training", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HOME"] = os.environ["XDG_CONFIG_HOME"] = folder
        app = make_application(["benchmark"])
        QSettings().clear()
        print("| scene | brush px | training | p50 ms | p95 ms | p99 ms |")
        print("| --- | --- | --- | --- | --- | --- |")
        for size in arguments.sizes:
            measure_scene(app, Path(folder), size, with_training=not arguments.no_training)


def measure_scene(app: QApplication, folder: Path, size: int, *, with_training: bool) -> None:
    window = MainWindow(app, ThemeKeeper(app, "light"))
    window.resize(1366, 768)
    window.show()
    window.open_project(make_project(folder, size))
    workspace = window.workspace
    assert workspace is not None
    wait(app, lambda: workspace.canvas.active is not None and bool(workspace.session.ranking))
    rows = strokes(app, window)
    print_rows(size, "no", rows)
    if with_training:
        paint_two_classes(workspace.session)
        workspace.session.train(workspace.session.default_training_settings())
        wait(app, lambda: bool(getattr(workspace.session.training_job().progress.detail, "points", ())))
        print_rows(size, "yes", strokes(app, window))
        job = workspace.session.training_job()
        if job is not None:
            job.cancel()
    print(f"\n{size:,} px: undo {undo_ms(app, window):.1f} ms, whole scene {zoom_out_ms(app, window):.0f} ms, "
          f"memory {psutil.Process().memory_info().rss / 2**20:.0f} MB\n")  # fmt: skip
    window.close()
    window.deleteLater()
    app.processEvents()


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
        for y in range(0, size, 512):
            for x in range(0, size, 512):
                height, width = min(512, size - y), min(512, size - x)
                file.write(block[:, :height, :width], window=Window(x, y, width, height))
    worker = Worker("benchmark")
    try:
        found = worker.submit(text("Opening"), lambda c: examine([path], c))
        found.wait()
        assert found.result is not None
        plan = ProjectPlan(folder / f"{size}.fieldbrush", found.result, found.result.interpretation, 512,
                           Budget("tiles", 20), DEFAULT_CLASSES)  # fmt: skip
        made = worker.submit(text("Cutting"), lambda c: create_project(plan, c))
        made.wait()
        assert made.result is not None, made.error
        return made.result
    finally:
        worker.close()


def strokes(app: QApplication, window: MainWindow) -> dict[int, np.ndarray]:
    """Milliseconds of every mouse move of one long stroke, by diameter."""
    assert window.workspace is not None
    canvas = window.workspace.canvas
    frame = canvas.viewport.rect_to_widget(canvas.active.rect)  # type: ignore[union-attr]
    measured = {}
    for diameter in DIAMETERS_PX:
        canvas.set_diameter("brush", diameter)
        canvas.choose_class(1 + diameter % 2)
        settle(app)
        way = spiral(frame.center().x(), frame.center().y(), min(frame.width(), frame.height()) / 2)
        QTest.mousePress(canvas, LEFT, NONE, way[0])
        times = []
        for place in way[1:]:
            started = time.perf_counter()
            QTest.mouseMove(canvas, place)
            app.processEvents()
            times.append(1000 * (time.perf_counter() - started))
            time.sleep(0.002)
        QTest.mouseRelease(canvas, LEFT, NONE, way[-1])
        measured[diameter] = np.array(times)
    return measured


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


def print_rows(size: int, training: str, rows: dict[int, np.ndarray]) -> None:
    for diameter, times in rows.items():
        p50, p95, p99 = np.percentile(times, [50, 95, 99])
        print(f"| {size:,}² | {diameter} | {training} | {p50:.1f} | {p95:.1f} | {p99:.1f} |", flush=True)


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
