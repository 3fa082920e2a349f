"""Whatever is pressed in whatever order: paint lands on the tile that was active when the stroke began, or nowhere."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.labels.strokes import brush_segment
from core.project.records import TileStatus
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from tests.core.projects import all_masks
from tests.gui.waiting import wait_ms

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, ALT, CTRL = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier
DIAMETER_PX = 5
STEPS = 160

# What an impatient hand does between and in the middle of strokes.
WAYS = (
    (Qt.Key.Key_D, NONE), (Qt.Key.Key_D, NONE), (Qt.Key.Key_A, NONE), (Qt.Key.Key_Left, ALT), (Qt.Key.Key_Right, ALT),
    (Qt.Key.Key_D, NONE), (Qt.Key.Key_A, NONE), (Qt.Key.Key_Left, ALT), (Qt.Key.Key_Right, ALT),
    (Qt.Key.Key_Return, NONE), (Qt.Key.Key_Return, NONE), (Qt.Key.Key_K, NONE), (Qt.Key.Key_R, NONE),
)  # fmt: skip


@dataclass
class Model:
    """What every tile's labels should be, from the events alone. Undo steps are kept as whole copies."""

    canvas: CanvasView
    valid: dict[int, NDArray[np.bool_]]
    labels: dict[int, NDArray[np.uint8]]
    undo: dict[int, list[NDArray[np.uint8]]]
    redo: dict[int, list[NDArray[np.uint8]]]
    stroke: tuple[int, int, NDArray[np.uint8], tuple[float, float]] | None = field(default=None)

    def press(self, at: QPoint, value: int) -> None:
        x, y = self._on_tile(at)
        self.stroke = (self._active(), value, self.labels[self._active()].copy(), (x, y))
        self._paint_to((x, y))

    def move(self, at: QPoint) -> None:
        if self.stroke is not None:
            self._paint_to(self._on_tile(at))

    def release(self) -> None:
        """The stroke is kept if it changed something."""
        if self.stroke is None:
            return
        tile_id, _, after, _ = self.stroke
        self.stroke = None
        if not np.array_equal(after, self.labels[tile_id]):
            self.undo[tile_id].append(self.labels[tile_id])
            self.redo[tile_id].clear()
            self.labels[tile_id] = after

    def give_up(self) -> None:
        self.stroke = None

    def step(self, back: dict[int, list[NDArray[np.uint8]]], ahead: dict[int, list[NDArray[np.uint8]]]) -> None:
        """Undo or redo on the active tile; in the middle of a stroke neither does anything."""
        tile_id = self._active()
        if self.stroke is None and back[tile_id]:
            ahead[tile_id].append(self.labels[tile_id])
            self.labels[tile_id] = back[tile_id].pop()

    def _active(self) -> int:
        assert self.canvas.active is not None
        return self.canvas.active.tile_id

    def _on_tile(self, at: QPoint) -> tuple[float, float]:
        assert self.canvas.active is not None
        x, y = self.canvas.viewport.to_scene(QPointF(at))
        return x - self.canvas.active.rect.x, y - self.canvas.active.rect.y

    def _paint_to(self, end: tuple[float, float]) -> None:
        assert self.stroke is not None
        tile_id, value, after, start = self.stroke
        height, width = after.shape
        for rect, pixels in brush_segment(start, end, DIAMETER_PX):
            for y, x in zip(*np.nonzero(pixels), strict=True):
                row, column = rect.y + y, rect.x + x
                if 0 <= row < height and 0 <= column < width and self.valid[tile_id][row, column]:
                    after[row, column] = value
        self.stroke = (tile_id, value, after, end)


@pytest.mark.parametrize("seed", range(3))
def test_random_events_never_write_to_a_wrong_tile(
    open_window: MainWindow, until: Callable[[Callable[[], object]], None], seed: int
) -> None:
    assert open_window.workspace is not None
    canvas, session = open_window.workspace.canvas, open_window.workspace.session
    session.forecasts.suggests = False  # the machine is not what is tested here
    session.set_auto_train(False)
    canvas.tools.set_diameter("brush", DIAMETER_PX)
    tiles = session.tiles
    model = Model(
        canvas,
        {tile_id: session.paintable(tile_id) for tile_id in tiles},
        {tile_id: np.zeros((tile.rect.height, tile.rect.width), np.uint8) for tile_id, tile in tiles.items()},
        {tile_id: [] for tile_id in tiles},
        {tile_id: [] for tile_id in tiles},
    )
    hand = random.Random(seed)
    visited = set()
    for _ in range(STEPS):
        visited.add(canvas.active.tile_id)  # type: ignore[union-attr]
        _one_event(hand, open_window, canvas, model)
        if hand.random() < 0.3:
            QApplication.processEvents()
    _release(canvas, model, LEFT)
    _release(canvas, model, RIGHT)
    assert len(visited) >= 3, "the hand must really have moved about"
    assert sum(bool(labels.any()) for labels in model.labels.values()) >= 2, "and painted"
    stored = all_masks(session)
    for tile_id, expected in model.labels.items():
        assert np.array_equal(session.mask(tile_id).labels, expected), f"tile {tile_id} on the screen"
        assert np.array_equal(stored[tile_id][0], expected), f"tile {tile_id} in the file"


def _one_event(hand: random.Random, window: MainWindow, canvas: CanvasView, model: Model) -> None:
    what = hand.random()
    if what < 0.40 and model.stroke is None:
        _press(hand, canvas, model)
    elif what < 0.62:
        _move(hand, canvas, model)
    elif what < 0.76:
        _release(canvas, model, LEFT)
        _release(canvas, model, RIGHT)
    elif what < 0.82:
        _undo_or_redo(hand, window, canvas, model)
    elif what < 0.85:
        canvas.choose_class(hand.choice((1, 2, 255)))
    else:
        _go_somewhere(hand, canvas, model)


def _press(hand: random.Random, canvas: CanvasView, model: Model) -> None:
    button, at = hand.choice((LEFT, LEFT, RIGHT)), _somewhere(hand, canvas)
    value = 0 if button == RIGHT else canvas.state.class_value
    QTest.mousePress(canvas, button, NONE, at)
    while canvas.holds_press:  # the tile is still being read
        wait_ms(5)
    if canvas.tool.is_busy:  # near enough to the tile
        model.press(at, value)


def _move(hand: random.Random, canvas: CanvasView, model: Model) -> None:
    at = _somewhere(hand, canvas)
    QTest.mouseMove(canvas, at)
    model.move(at)


def _release(canvas: CanvasView, model: Model, button: Qt.MouseButton) -> None:
    """Where the cursor is now does not matter: the last move has painted up to it."""
    QTest.mouseRelease(canvas, button, NONE, QPoint(5, 5))
    model.release()


def _undo_or_redo(hand: random.Random, window: MainWindow, canvas: CanvasView, model: Model) -> None:
    key = hand.choice((Qt.Key.Key_Z, Qt.Key.Key_Z, Qt.Key.Key_Y))
    if key == Qt.Key.Key_Z:
        model.step(model.undo, model.redo)
    else:
        model.step(model.redo, model.undo)
    QTest.keyClick(canvas, key, CTRL)


def _go_somewhere(hand: random.Random, canvas: CanvasView, model: Model) -> None:
    """Going on in the middle of a stroke gives it up; a decision about the tile waits until it is ended."""
    before = canvas.active.tile_id  # type: ignore[union-attr]
    key, modifier = hand.choice(WAYS)
    QTest.keyClick(canvas, key, modifier)
    if model.stroke is not None and not canvas.tool.is_busy:
        assert key not in (Qt.Key.Key_Return, Qt.Key.Key_K, Qt.Key.Key_R)
        model.give_up()
    assert canvas.tool.is_busy == (model.stroke is not None)
    assert canvas.active.tile_id == before or model.stroke is None  # type: ignore[union-attr]


def _somewhere(hand: random.Random, canvas: CanvasView) -> QPoint:
    """On the active tile, sometimes a little beside it."""
    assert canvas.active is not None
    frame = canvas.viewport.rect_to_widget(canvas.active.rect)
    x, y = frame.x() + hand.uniform(-0.08, 1.08) * frame.width(), frame.y() + hand.uniform(-0.08, 1.08) * frame.height()
    return QPointF(min(max(x, 1), canvas.width() - 2), min(max(y, 1), canvas.height() - 2)).toPoint()


def test_enter_in_the_middle_of_a_stroke_does_not_lose_it(open_window: MainWindow) -> None:
    assert open_window.workspace is not None
    canvas, session = open_window.workspace.canvas, open_window.workspace.session
    tile_id = canvas.active.tile_id  # type: ignore[union-attr]
    middle = canvas.viewport.rect_to_widget(canvas.active.rect).center().toPoint()  # type: ignore[union-attr]
    QTest.mousePress(canvas, LEFT, NONE, middle)
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.active.tile_id == tile_id  # type: ignore[union-attr]
    assert "Finish the stroke first" in open_window.workspace.notices.text
    QTest.mouseRelease(canvas, LEFT, NONE, middle)
    assert session.mask(tile_id).labels.any()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert session.tiles[tile_id].status is TileStatus.DONE
    assert canvas.active.tile_id != tile_id  # type: ignore[union-attr]
