"""What the user looks at, kept with the project while they work: a power cut costs no place.

In the same quiet moment the time on each Tile is kept, and all that was saved since the last one is gathered in the
project file.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from PySide6.QtCore import QObject, QTimer

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.project.settings import Setting
from core.session import Session
from gui.canvas.panes import CanvasPanes
from gui.canvas.view import CanvasView
from gui.canvas.viewport import LARGEST_SCALE
from gui.flow import Flow

_FARTHEST_PX = 1e9
_QUIET_MS = 1000  # after the last move: a pan is one save, not one a frame
_SAVED = {Subject.MASKS, Subject.STATUS, Subject.RANKING, Subject.MODEL, Subject.CLASSES, Subject.BUDGET, Subject.NOTES,
          Subject.LOOKS}  # fmt: skip


class ViewKeeper(QObject):
    """Saves composite, overlays, brush, tool, panes, and where the canvas looks; brings them back."""

    def __init__(self, session: Session, canvas: CanvasView, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._panes: CanvasPanes | None = None
        self._flow: Flow | None = None
        self._soon = QTimer(self, singleShot=True, interval=_QUIET_MS)
        self._soon.timeout.connect(self._save_quietly)
        self._unsubscribe: Callable[[], None] = lambda: None

    def restore_state(self) -> None:
        """Composite, overlays and brush as they were; before anything is shown."""
        state = self._canvas.state
        vars(state).update(self._session.setting(Setting.VIEW, vars(state)))

    def restore_place(self) -> None:
        """The tool in hand and where the canvas looked, unless it showed just the active Tile."""
        place: dict[str, Any] = self._session.setting(Setting.PLACE, {"scene_id": 0, "view": None, "tool": ""})
        if place["tool"] in self._canvas.tools.names:
            self._canvas.tools.choose(place["tool"])
        view, scene_id = _numbers(place["view"]), place["scene_id"]
        if view is not None and scene_id in self._session.scenes and self._canvas.show_scene(scene_id):
            self._canvas.look_at(*view)

    def watch(self, panes: CanvasPanes, flow: Flow) -> None:
        """Save a moment after every change from now on."""
        self._panes, self._flow = panes, flow
        changes = [self._canvas.view_moved, self._canvas.state_changed, self._canvas.tile_activated, panes.arranged]
        for changed in (*changes, *(view.state_changed for view in panes.further)):
            changed.connect(lambda *_: self._soon.start())
        self._unsubscribe = self._session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        """The session is about to close: what the views do now is no wish of the user's."""
        self._unsubscribe()
        self._soon.stop()
        self._soon.timeout.disconnect()

    def save(self) -> None:
        """Save all of it now. Raises ProjectError."""
        self._soon.stop()
        canvas = self._canvas
        view = None if canvas.is_on_tile else [*canvas.middle(), canvas.viewport.scale]
        place = {"scene_id": canvas.scene_id, "view": view, "tool": canvas.tool.name}
        self._save_changed(Setting.VIEW, vars(canvas.state))
        self._save_changed(Setting.PLACE, place)
        if self._panes is not None:
            self._panes.save()
        if self._flow is not None:
            self._flow.save()

    def _save_changed(self, key: Setting, value: dict[str, Any]) -> None:
        if self._session.setting(key, {}) != value:
            self._session.set_setting(key, value)

    def _save_quietly(self) -> None:
        """Where the disk is full, painting says so: a message for every pan would only be in the way."""
        if self._canvas.tool.is_busy:
            self._soon.start()
            return
        with suppress(FieldbrushError):
            self.save()
            self._session.gather()

    def _session_changed(self, change: Change) -> None:
        if change.subjects & _SAVED:
            self._soon.start()


def _numbers(view: object) -> tuple[float, float, float] | None:
    """Where the canvas looked: x, y, scale. None where it showed the active Tile, or what was kept makes no sense."""
    if not isinstance(view, list) or len(view) != 3:
        return None
    known = all(isinstance(number, int | float) and abs(number) < _FARTHEST_PX for number in view)
    return tuple(view) if known and 0 < view[2] <= LARGEST_SCALE else None
