"""Every tool pressed, and all that tidies a tile: how long until its paint is on the screen, by the tile's size.

The tile is full of textured fields, of which most are painted, with ragged edges, holes and specks: what the tools that
look at the whole tile find most to do in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QRectF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.session import Session
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.core.projects import UTM, make_project
from tests.gui.waiting import wait_ms

TILES_PX = (256, 512, 1024)
PRESSES = 7
FIELDS = 8  # along a side
REST_MS = 250  # between presses: what answers the last stroke has come
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
# Where on the tile a tool goes, as shares of its side; a press alone where there is one place.
WAYS: dict[str, Sequence[tuple[float, float]]] = {
    "brush": [(0.5, 0.5), (0.6, 0.5)],
    "eraser": [(0.5, 0.5), (0.6, 0.5)],
    "snapping brush": [(0.5, 0.5), (0.6, 0.5)],
    "fill": [(0.45, 0.45)],
    "wand": [(0.5, 0.5), (0.55, 0.5)],
    "relabel": [(0.45, 0.45)],
    "line": [(0.2, 0.2), (0.8, 0.7)],
    "rectangle": [(0.2, 0.2), (0.8, 0.8)],
    "lasso": [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8), (0.2, 0.8)],
}
TIDYING = ("smooth", "fill holes", "remove specks")
Step = Callable[[], object]


def measure_presses(app: QApplication, folder: Path) -> None:
    """Print a table, in ms: the median and the longest of a press and of a release, each with the repaint."""
    print("| tile | tool | press p50 / longest ms | release p50 / longest ms | of it the window's processor time |")
    print("| --- | --- | --- | --- | --- |")
    for side in TILES_PX:
        window = MainWindow(app, ThemeKeeper(app, "light"))
        window.resize(1366, 768)
        window.show()
        window.open_project(fields_project(folder, side))
        workspace = window.workspace
        assert workspace is not None
        while workspace.canvas.active is None or not workspace.canvas.is_complete():
            wait_ms(20)
        paint_fields(workspace.session, side)
        wait_ms(3000)
        for tool, way in WAYS.items():
            workspace.canvas.tools.choose(tool)
            workspace.canvas.choose_class(2)
            wait_ms(REST_MS)
            while not workspace.canvas._held._is_ready():
                wait_ms(20)
            print_row(side, tool, [stroke(workspace.canvas, window, way) for _ in range(PRESSES)])
        for what in TIDYING:
            print_row(side, what, [whole_tile(window, what) for _ in range(PRESSES)])
        window.close()
        window.deleteLater()
        app.processEvents()


def stroke(canvas: CanvasView, window: MainWindow, way: Sequence[tuple[float, float]]) -> NDArray[np.float64]:
    """(2, 2): press and release, by the clock and of processor time, in ms; undone afterwards."""
    assert canvas.active is not None
    frame = canvas.viewport.rect_to_widget(canvas.active.rect)
    places = [place_in(frame, *share) for share in way]

    def press() -> None:
        QTest.mousePress(canvas, LEFT, NONE, places[0])
        while canvas.holds_press:
            QApplication.processEvents()

    pressed = timed(press)
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
        QApplication.processEvents()
    released = timed(lambda: QTest.mouseRelease(canvas, LEFT, NONE, places[-1]))
    wait_ms(REST_MS)
    window.actions_by_name["undo"].trigger()
    wait_ms(REST_MS)
    return np.array([pressed, released])


def whole_tile(window: MainWindow, what: str) -> NDArray[np.float64]:
    """The same of a command."""
    done = timed(window.actions_by_name[what].trigger)
    wait_ms(REST_MS)
    window.actions_by_name["undo"].trigger()
    wait_ms(REST_MS)
    return np.array([done, (0.0, 0.0)])


def timed(act: Step) -> tuple[float, float]:
    """Until the window has been painted anew, and other events were heard."""
    started, used = time.perf_counter(), time.thread_time()
    act()
    QApplication.processEvents()
    return 1000 * (time.perf_counter() - started), 1000 * (time.thread_time() - used)


def print_row(side: int, name: str, times: Sequence[NDArray[np.float64]]) -> None:
    (pressed, of_press), (released, of_release) = np.median(times, axis=0)
    longest = np.max(times, axis=0)[:, 0]
    print(f"| {side:,} | {name} | {pressed:.0f} / {longest[0]:.0f} | {released:.0f} / {longest[1]:.0f} | "
          f"{of_press:.0f}, {of_release:.0f} |", flush=True)  # fmt: skip


def place_in(frame: QRectF, x: float, y: float) -> QPoint:
    return QPoint(round(frame.x() + x * frame.width()), round(frame.y() + y * frame.height()))


def fields(side: int) -> NDArray[np.int64]:
    """(side, side): the number of the field that each pixel is in; their edges are ragged."""
    rng = np.random.default_rng(1)
    ys, xs = (np.indices((side, side)) + rng.integers(-2, 3, (2, side, side))).clip(0, side - 1) * FIELDS // side
    return np.asarray(ys * FIELDS + xs)


def fields_project(folder: Path, side: int) -> Path:
    """One tile of three bands of uint8: fields in colours of their own, with texture."""
    rng = np.random.default_rng(2)
    colours = rng.integers(40, 200, (FIELDS * FIELDS, 3))
    values = colours[fields(side)] + rng.normal(0, 12, (side, side, 3))
    path = folder / f"fields_{side}.tif"
    with rasterio.open(path, "w", driver="GTiff", width=side, height=side, count=3, dtype="uint8", **UTM) as file:
        file.write(np.moveaxis(values.clip(1, 255).astype(np.uint8), 2, 0))
    return make_project(folder, [path], tile_px=side, name=f"fields_{side}")


def paint_fields(session: Session, side: int) -> None:
    """Most fields, in as many classes as the project has; some pixels are missing, and some lie alone."""
    rng, values = np.random.default_rng(3), np.array(session.class_values)
    labels = np.where(fields(side) % 4 == 0, 0, values[fields(side) % len(values)]).astype(np.uint8)
    labels[rng.random(labels.shape) < 0.01] = 0
    specks = (labels == 0) & (rng.random(labels.shape) < 0.01)
    labels[specks] = values[0]
    session.import_mask(min(session.tiles), labels)
