"""The tool in hand, the class it paints, and what is done to the active Tile's paint as a whole."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.labels.classes import UNLABELED
from core.session import Session
from gui.actions import TOOL_COMMANDS
from gui.canvas.view import CanvasView
from gui.canvas.why_unchanged import why_unchanged
from gui.dialogs.classes import ClassesDialog
from gui.dialogs.life import run
from gui.flow import Flow
from gui.keymap import Keymap


class Labeling(QObject):
    """Nothing here happens in the middle of a Stroke."""

    def __init__(
        self, session: Session, canvas: CanvasView, flow: Flow, keymap: Keymap, centre: QWidget, parent: QObject
    ) -> None:
        """`centre`: dialogs belong to its window."""
        super().__init__(parent)
        self._keymap = keymap
        self._session = session
        self._canvas = canvas
        self._flow = flow
        self._centre = centre

    def commands(self) -> dict[str, Callable[..., object]]:
        """They raise FieldbrushError where what is asked for cannot be done."""
        canvas, state = self._canvas, self._canvas.state
        return {
            **{name: partial(canvas.tools.choose, name) for name in TOOL_COMMANDS},
            "smaller": lambda: canvas.tools.resize(1 / 1.2),
            "larger": lambda: canvas.tools.resize(1.2),
            "smaller 1": lambda: canvas.tools.resize_by(-1),
            "larger 1": lambda: canvas.tools.resize_by(1),
            "protect": lambda: canvas.set_state(protect_painted=not state.protect_painted),
            "square brush": self._switch_shape,
            "pen pressure": lambda: canvas.set_state(pen_pressure=not state.pen_pressure),
            "undo": self._undo,
            "redo": partial(self._on_tile, self._session.redo),
            "fill unlabeled": self._fill,
            "smooth": partial(self._tidy, "smooth"),
            "fill holes": partial(self._tidy, "fill holes"),
            "remove specks": partial(self._tidy, "remove specks"),
            "accept": self._accept,
            "accept class": lambda: self._accept(state.class_value),
            "classes": self.edit_classes,
            "restore class": self._restore_class,
            "swap": self._swap_classes,
        }

    def switches(self) -> dict[str, bool]:
        """The state of the checkable commands."""
        state = self._canvas.state
        return {
            **{name: self._canvas.tool.name == name for name in TOOL_COMMANDS},
            "protect": state.protect_painted,
            "square brush": state.brush_shape == "square",
            "pen pressure": state.pen_pressure,
        }

    def steps(self) -> dict[str, bool]:
        """Whether there is something to undo on the active Tile, a Stroke, a corner or what waits, and a Stroke to
        redo."""
        strokes = [] if self._flow.tile_id is None else self._session.strokes(self._flow.tile_id)
        undone = [was_undone for _, _, was_undone in strokes]
        is_unfinished = self._canvas.tool.can_take_back or self._canvas.holds_press
        return {"undo": is_unfinished or not all(undone), "redo": any(undone)}

    def edit_classes(self) -> None:
        if self._canvas.is_held_up():
            return  # its class may be gone before it is painted
        self._canvas.end_stroke()
        run(ClassesDialog(self._session, self._keymap, self._centre.window(), chosen=self._canvas.state.class_value))

    def _restore_class(self) -> None:
        if self._canvas.is_held_up():
            return
        self._canvas.end_stroke()
        self._session.bring_class_back()

    def _undo(self) -> None:
        if self._canvas.holds_press:
            self._canvas.give_up_press()
        elif self._canvas.tool.can_take_back:
            self._canvas.tool.take_back()
        else:
            self._on_tile(self._session.undo)

    def _switch_shape(self) -> None:
        self._canvas.set_state(brush_shape="round" if self._canvas.state.brush_shape == "square" else "square")

    def _swap_classes(self) -> None:
        if self._canvas.state.previous_class_value != UNLABELED:
            self._canvas.choose_class(self._canvas.state.previous_class_value)

    def _on_tile(self, act: Callable[[int], object]) -> None:
        tile_id = self._flow.tile_id
        if tile_id is not None and not self._canvas.tool.is_busy and not self._canvas.is_held_up():
            act(tile_id)

    def _change_paint(self, change: Callable[[int, NDArray[np.bool_]], bool], *, protects: bool = False) -> None:
        """Have `change` change the Tile's paint where the canvas lets it; where it changes nothing, say why."""

        def act(tile_id: int, paintable: NDArray[np.bool_]) -> None:
            changed = change(tile_id, paintable)
            if not changed and (why := why_unchanged(self._canvas, protects=protects)):
                self._canvas.hint.emit(why)

        self._on_tile(lambda _: self._canvas.change_tile(act))

    def _fill(self) -> None:
        value = self._canvas.state.class_value
        self._change_paint(lambda tile_id, paintable: self._session.fill_unlabeled(tile_id, value, paintable))

    def _accept(self, *classes: int) -> None:
        self._change_paint(lambda tile_id, paintable: self._session.accept_prediction(tile_id, paintable, classes))

    def _tidy(self, what: str) -> None:
        protect = self._canvas.state.protect_painted
        self._change_paint(
            lambda tile_id, paintable: self._session.tidy(tile_id, what, paintable, protect_painted=protect),
            protects=protect,
        )
