"""What a tool needs of the Tile is read before it is pressed. A press that comes earlier is held until it is there, and
so is a command that changes the Tile as a whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from core.errors import SceneError
from core.jobs import Job

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView

_STEP_MS = 15
_PREPARE_MS = 120  # the wheel changes a size in many steps
_FRAME_S = 0.016  # so long the press itself may wait: the window does not stand still, and many reads are there
_UNFELT_S = 0.1  # a wait up to then is not worth a word
_PATIENCE_S = 15.0


class HeldPress(QObject):
    """While a press or a command waits the cursor is busy and a hint says why; the window goes on.

    What is done later is done as tool, class and protection were set when the button came down, or the command given.
    """

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._acts: list[Callable[[], None]] = []  # a press, and the way of the cursor since; or a command
        self._is_released = False
        self._is_of_tool = True
        self._since = 0.0
        self._is_told = False
        self._state = canvas.state
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._look)
        self._prepare = QTimer(self)
        self._prepare.setSingleShot(True)
        self._prepare.setInterval(_PREPARE_MS)
        self._prepare.timeout.connect(self._begin)

    def detach(self) -> None:
        self.give_up()
        self._prepare.stop()

    def prepare_soon(self) -> None:
        """Tile, tool, its size, or the colours on the screen are others now: begin to read."""
        self._prepare.start()

    def _begin(self) -> None:
        if self._canvas.composites and self._canvas.drawing().stretch is not None:  # else it is measured first
            self._awaited(of_tool=True)

    def _awaited(self, *, of_tool: bool, again: bool = False) -> list[Job[Any]]:
        """What must be there before the Tile can be painted, with the tool in hand if `of_tool`; asked for if it has
        not been. `again`: also what could not be read before."""
        canvas, tile = self._canvas, self._canvas.active_tile
        if tile is None:
            return []
        found = tile.reads(again=again)
        if not of_tool:
            return found
        if canvas.tool.sees_superpixels:
            size = (self._state if self.is_waiting else canvas.state).diameters[canvas.tool.name]
            found.append(tile.colours.ask_superpixels(canvas.drawing(), size, again=again))
        elif canvas.tool.sees_colours:
            found.append(tile.colours.ask_picture(canvas.drawing(), again=again))
        return found

    @property
    def is_waiting(self) -> bool:
        return bool(self._acts)

    def is_in_the_way(self) -> bool:
        """Whether something waits that shall take effect before anything else does; the user is told then."""
        if self.is_waiting:
            self._canvas.hint.emit(
                self.tr("This tile is still being read, and what you did before waits for that. Esc gives it up.")
            )
        return self.is_waiting

    def press(self, act: Callable[[], None]) -> None:
        """Do what a press means, now or soon."""
        self._do(act, of_tool=True)

    def change_tile(self, act: Callable[[int, NDArray[np.bool_]], None]) -> None:
        """Do what a command means, now or soon. `act` is given the id of the Tile that is active now, and which of its
        pixels, (height, width), may be painted: those that are valid, in the value range, and in what is selected now.
        """
        tile, selected = self._canvas.active_tile, self._canvas.tool.selected()

        def change() -> None:
            assert tile is not None
            paintable = tile.paintable()
            act(tile.record.tile_id, paintable if selected is None else paintable & selected)

        if tile is not None:
            self._do(change, of_tool=False)

    def _do(self, act: Callable[[], None], *, of_tool: bool) -> None:
        end = time.monotonic() + _FRAME_S
        self._is_of_tool = of_tool
        for job in self._awaited(of_tool=of_tool, again=True):
            job.wait(max(end - time.monotonic(), 0))
        if self._is_ready():
            act()
            return
        self._acts, self._is_released, self._is_told, self._since = [act], not of_tool, False, time.monotonic()
        self._state = self._canvas.state.copy()
        self._timer.start()
        self._canvas.state_changed.emit()  # there is something to take back

    def move(self, act: Callable[[], None]) -> None:
        """Do this after the press."""
        if not self._is_released:
            self._acts.append(act)

    def release(self) -> None:
        """The button is up already: what is done later ends at once, too."""
        self._is_released = True

    def give_up(self) -> None:
        """What waits, a press or a command, shall have no effect."""
        self._timer.stop()
        if self._acts:
            self._acts = []
            self._canvas.hand.show_busy(False)
            self._canvas.state_changed.emit()

    def _is_ready(self) -> bool:
        return all(job.state.is_final for job in self._awaited(of_tool=self._is_of_tool))

    def _look(self) -> None:
        acts, waited_s = self._acts, time.monotonic() - self._since
        if acts and self._is_ready():
            self.give_up()
            with self._canvas.host.set_as(self._state):
                for act in acts:
                    self._canvas.attempt(act)
                if self._is_released:
                    self._canvas.end_stroke()
        elif waited_s > _PATIENCE_S:
            self.give_up()
            self._canvas.failed.emit(SceneError("This tile is still being read.", "Try again in a moment."))
        elif waited_s > _UNFELT_S and not self._is_told:
            self._is_told = True
            self._canvas.hand.show_busy(True)
            self._canvas.hint.emit(
                self.tr("This tile is still being read. What you did takes effect when it is there; Esc gives it up.")
            )
