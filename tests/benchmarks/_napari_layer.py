"""The strokes of `canvas.py` on napari's labels layer; run by it in a Python that has napari. Prints one JSON object.

    python tests/benchmarks/_napari_layer.py SIZE

Knows nothing of Fieldbrush, so that napari can live in an environment of its own.
"""

from __future__ import annotations

import json
import sys
import time
from itertools import pairwise

import napari  # type: ignore[import-not-found]
import numpy as np
import psutil
from qtpy.QtCore import QPoint, Qt  # type: ignore[import-not-found]
from qtpy.QtTest import QTest  # type: ignore[import-not-found]
from qtpy.QtWidgets import QApplication  # type: ignore[import-not-found]

DIAMETERS_PX = (10, 100, 400)
MOVES = 300
PATIENCE_S = 20.0
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def main() -> None:
    size = int(sys.argv[1])
    viewer = napari.Viewer(show=True)
    app = QApplication.instance()
    block = np.random.default_rng(0).integers(0, 255, (512, 512), np.uint8)
    viewer.add_image(np.tile(block, (size // 512 + 1,) * 2)[:size, :size])
    layer = viewer.add_labels(np.zeros((size, size), np.uint8))
    layer.mode = "paint"
    viewer.camera.zoom = 1.0
    canvas = viewer.window._qt_viewer.canvas
    draws = Draws(app, canvas._scene_canvas)
    settle(app)
    result = {"version": napari.__version__, "strokes": {}, "undo_ms": 0.0}
    for diameter in DIAMETERS_PX:
        layer.brush_size = diameter
        for value in (2, 1):  # the first is not counted: see `canvas.strokes`
            layer.selected_label = value
            settle(app)
            result["strokes"][diameter] = stroke(draws, canvas.native)
    assert (layer.data > 0).sum() > 1000, "nothing was painted"
    result["undo_ms"] = draws.until_drawn(layer.undo)[0]
    result["fit_ms"] = draws.until_drawn(viewer.reset_view)[0]
    result["memory_mb"] = psutil.Process().memory_info().rss / 2**20
    print(json.dumps(result), flush=True)
    viewer.close()


class Draws:
    """Waits until the canvas has been drawn again."""

    def __init__(self, app: QApplication, scene_canvas: object) -> None:
        self._app = app
        self._count = 0
        scene_canvas.events.draw.connect(self._drawn)  # type: ignore[attr-defined]

    def _drawn(self, _: object) -> None:
        self._count += 1

    def until_drawn(self, work: object) -> tuple[float, float]:
        """Milliseconds by the clock, and of this thread's processor time, from the call to the end of the drawing."""
        before, started, used = self._count, time.perf_counter(), time.thread_time()
        work()  # type: ignore[operator]
        while self._count == before and time.perf_counter() - started < PATIENCE_S:
            self._app.processEvents()
        return 1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - used)


def stroke(draws: Draws, widget: object) -> list[tuple[float, float]]:
    x, y = widget.width() / 2, widget.height() / 2  # type: ignore[attr-defined]
    turns = np.linspace(0, 1, MOVES + 1)
    radius, angle = 0.4 * min(x, y), 8 * np.pi * turns
    way = [QPoint(int(x + radius * t * np.cos(a)), int(y + radius * t * np.sin(a)))
           for t, a in zip(turns, angle, strict=True)]  # fmt: skip
    QTest.mouseMove(widget, way[0])
    QTest.mousePress(widget, LEFT, NONE, way[0])
    times = []
    for last, place in pairwise(way):
        if place != last:
            times.append(draws.until_drawn(lambda place=place: QTest.mouseMove(widget, place)))
    QTest.mouseRelease(widget, LEFT, NONE, way[-1])
    return times


def settle(app: QApplication) -> None:
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        app.processEvents()


if __name__ == "__main__":
    main()
