"""What is seen of the Scene and how: composite, stretch, overlays, panes, zoom, and the plot of Tiles by likeness."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt

from core.session import Session
from gui.canvas.minimap import Minimap
from gui.canvas.panes import CanvasPanes
from gui.canvas.view import CanvasView
from gui.canvas.viewport import ZOOM_STEP
from gui.canvas.window_frames import WindowFrames
from gui.dialogs.formula import FormulaDialog
from gui.dialogs.life import run
from gui.dialogs.likeness import LikenessDialog
from gui.flow import Flow
from gui.notices import HINT_S, NoticeBar

_SHOWN = ("mask", "prediction", "doubt", "grid", "ranking", "windows", "minimap")  # each can be switched off
_LONGEST_WISH_S = 600.0  # that one is told of
_PANES = {"one pane": 1, "two panes": 2, "four panes": 4}


class Viewing(QObject):
    """Owns what lies round and over the canvas; nothing here changes a label."""

    def __init__(
        self, session: Session, canvas: CanvasView, flow: Flow, notices: NoticeBar, panes: CanvasPanes, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._flow = flow
        self._notices = notices
        self.panes = panes
        self.minimap = Minimap(canvas)
        self.frames = WindowFrames(session, canvas)
        self.frames.wish.ended.connect(self._wish_ended)
        self.likeness: LikenessDialog | None = None  # while it is open
        self._said = ""  # of the Window that was asked for last

    def detach(self) -> None:
        if self.likeness is not None:
            self.likeness.reject()
        for part in (self.panes, self.minimap, self.frames):
            part.detach()

    def commands(self) -> dict[str, Callable[..., object]]:
        canvas = self._canvas
        return {
            **{name: partial(self._switch, f"show_{name}") for name in _SHOWN},
            "one pane": lambda: self.panes.show_panes(1),
            "two panes": lambda: self.panes.toggle(2),
            "four panes": lambda: self.panes.toggle(4),
            "next composite": lambda: self._step_composite(1),
            "previous composite": lambda: self._step_composite(-1),
            "formula": lambda: run(FormulaDialog(canvas, canvas.window())),
            "stretch": canvas.stretch_to_view,
            "usual stretch": lambda: self._session.looks.reset_look(canvas.composite),
            "next window": self._next_window,
            "likeness": self._show_likeness,
            "fit": canvas.fit_scene,
            "fit tile": canvas.fit_tile,
            "actual size": self._show_actual_size,
            "zoom in": lambda: canvas.zoom(ZOOM_STEP),
            "zoom out": lambda: canvas.zoom(1 / ZOOM_STEP),
        }

    def switches(self) -> dict[str, bool]:
        """The state of the checkable commands."""
        return {
            **{name: getattr(self._canvas.state, f"show_{name}") for name in _SHOWN},
            **{name: self.panes.count == count for name, count in _PANES.items()},
        }

    def _switch(self, field: str) -> None:
        self._canvas.set_state(**{field: not getattr(self._canvas.state, field)})

    def _step_composite(self, step: int) -> None:
        """To the next composite that is more than a single band; those are in the list."""
        here, composites = self._canvas.composite.key, self._canvas.composites
        worth = [c.key for c in composites if not c.is_band or c.key == here]
        keys = worth if len(worth) > 1 else [c.key for c in composites]
        self._canvas.set_state(composite_key=keys[(keys.index(here) + step) % len(keys)])

    def _show_actual_size(self) -> None:
        """One Scene pixel on one physical screen pixel."""
        canvas = self._canvas
        canvas.zoom(1 / canvas.devicePixelRatioF() / canvas.viewport.scale)

    def _next_window(self) -> None:
        """To the next proposed Window; the first time the frames come with it."""
        if not self._canvas.state.show_windows:
            self._canvas.set_state(show_windows=True)
        self._said = self.frames.step()
        self._notices.show_hint(self._said, seconds=_LONGEST_WISH_S if self.frames.wish.is_open else HINT_S)

    def _wish_ended(self, is_fulfilled: bool) -> None:
        """Windows were still being looked for when the next one was asked for."""
        if self._notices.text == self._said:
            self._notices.hide_hint()
        if is_fulfilled:
            self._next_window()

    def _show_likeness(self) -> None:
        """Open the plot beside the window, or bring it to the front."""
        if self.likeness is None:
            dialog = LikenessDialog(self._session, self._flow.go_to, self._canvas.window())
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.finished.connect(self._forget_likeness)
            self._canvas.tile_activated.connect(dialog.set_active)
            self.likeness = dialog
        if self._flow.tile_id is not None:
            self.likeness.set_active(self._flow.tile_id)
        self.likeness.show()
        self.likeness.raise_()

    def _forget_likeness(self, _: int) -> None:
        self.likeness = None
