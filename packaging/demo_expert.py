"""The expert of the pictures: paints Tiles of the demo by its true mask, with real mouse events."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.geometry import Rect
from core.labels.classes import HEALTHY, IGNORE, UNHEALTHY
from core.session import Session
from gui.main_window import MainWindow

PATIENCE_S = 900.0
_QUEUE_HEAD, _ENOUGH_TO_PAINT, _MOST_IGNORED = 50, 0.05, 0.2


def strokes(truth: NDArray[np.uint8], value: int, diameter_px: int, count: int, seed: int) -> list[list[QPointF]]:
    """Up to `count` lines in Tile pixels along which a brush of `diameter_px` stays where `truth` is `value`."""
    random = np.random.default_rng(seed)
    free = _eroded(truth == value, diameter_px // 2 + 1)
    found: list[list[QPointF]] = []
    for _ in range(40 * count):
        places = np.argwhere(free)
        if len(found) == count or len(places) == 0:
            break
        y, x = places[random.integers(len(places))]
        line = _walk(free, float(x), float(y), random)
        if len(line) < 5:
            continue
        found.append(line)
        for point in line:  # the next stroke keeps its distance
            rows, columns = np.ogrid[: free.shape[0], : free.shape[1]]
            free &= (columns - point.x()) ** 2 + (rows - point.y()) ** 2 > (1.6 * diameter_px) ** 2
    return found


def _walk(free: NDArray[np.bool_], x: float, y: float, random: np.random.Generator) -> list[QPointF]:
    """From (x, y) in the direction with the longest way, slightly bent, as a hand draws."""
    best: list[QPointF] = []
    bend = float(random.normal(0, 0.02))
    for direction in np.linspace(0, 2 * np.pi, 16, endpoint=False):
        line, px, py, heading = [], x, y, float(direction)
        while len(line) < 26 and 0 <= px < free.shape[1] and 0 <= py < free.shape[0] and free[int(py), int(px)]:
            line.append(QPointF(px, py))
            heading += bend
            px, py = px + 4 * np.cos(heading), py + 4 * np.sin(heading)
        best = max(best, line, key=len)
    return best


def _eroded(inside: NDArray[np.bool_], radius: int) -> NDArray[np.bool_]:
    """True where all pixels of the square of `radius` are inside."""
    kept = np.pad(inside, radius)
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(kept, 2 * radius + 1, axis=axis)
        kept = windows.all(axis=-1)
    return kept


class Expert:
    """Paints Tiles of the demo by its true mask, with the mouse."""

    def __init__(self, app: QApplication, window: MainWindow, truth_path: Path) -> None:
        self._app = app
        self.window = window
        with rasterio.open(truth_path) as raster:
            self._truth: NDArray[np.uint8] = raster.read(1)

    @property
    def session(self) -> Session:
        assert self.window.workspace is not None
        return self.window.workspace.session

    def command(self, name: str) -> None:
        self.window.actions_by_name[name].trigger()
        self.settle()

    def settle(self, seconds: float = 0.4) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._app.processEvents()
            time.sleep(0.005)

    def wait_for(self, reached: Callable[[], object], what: str) -> None:
        end = time.monotonic() + PATIENCE_S
        while not reached():
            self.settle(0.05)
            if time.monotonic() > end:
                raise SystemExit(f"Gave up waiting for {what}.")

    def wait_until_idle(self) -> None:
        """Until nothing runs for a second: what is done may ask for more."""
        quiet_since = time.monotonic()

        def is_quiet() -> bool:
            nonlocal quiet_since
            if self.session.compute.active():
                quiet_since = time.monotonic()
            return time.monotonic() - quiet_since > 1.0

        self.wait_for(is_quiet, "the background work")

    def go_to_mixed_tile(self) -> None:
        """The first Tile in the queue with room to paint both classes."""
        assert self.window.workspace is not None
        queue = [ranked.tile_id for ranked in self.session.queue() if ranked.tile_id not in self.session.painted]
        mixtures = {tile_id: self._mixture(self.session.tiles[tile_id].rect) for tile_id in queue[:_QUEUE_HEAD]}
        best = max(mixtures, key=lambda tile_id: mixtures[tile_id])
        chosen = next((tile_id for tile_id in mixtures if mixtures[tile_id] > _ENOUGH_TO_PAINT), best)
        self.window.workspace.flow.go_to(chosen)
        self.settle(1.5)  # the picture is read in the background

    def _mixture(self, rect: Rect) -> float:
        truth = self._crop(rect)
        if rect.width != rect.height or not truth.all() or np.mean(truth == IGNORE) > _MOST_IGNORED:
            return 0.0  # at the scene's edge, in a village, under a cloud
        return min(float(np.mean(_eroded(truth == value, 12))) for value in (HEALTHY, UNHEALTHY))

    def _crop(self, rect: Rect) -> NDArray[np.uint8]:
        return self._truth[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width]

    def paint_tile(self, count: int = 3) -> None:
        """`count` strokes of each class, unhealthy last; the cursor stays where the last one ends."""
        assert self.window.workspace is not None
        canvas = self.window.workspace.canvas
        assert canvas.active is not None
        rect = canvas.active.rect
        for value, diameter in ((HEALTHY, 22), (UNHEALTHY, 16)):
            canvas.choose_class(value)
            canvas.tools.set_diameter("brush", diameter)
            for line in strokes(self._crop(rect), value, diameter, count, seed=rect.x + rect.y + value):
                self._drag([canvas.viewport.to_widget(rect.x + p.x(), rect.y + p.y()).toPoint() for p in line])

    def _drag(self, places: Sequence[QPoint]) -> None:
        assert self.window.workspace is not None
        canvas, none = self.window.workspace.canvas, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, none, places[0])
        for place in places[1:]:
            QTest.mouseMove(canvas, place)
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, none, places[-1])
        self.settle(0.1)
