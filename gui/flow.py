"""The expert's way through the queue: from tile to tile, and the time each takes."""

from __future__ import annotations

import time

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QApplication

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.project.records import TileStatus
from core.session import Session
from gui.canvas.view import CanvasView

# A longer gap between two events than this is a pause, and pauses don't count.
LONGEST_THOUGHT_S = 20.0
_ACTIVITY = {QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.Wheel}


class ActivityClock(QObject):
    """Seconds of active work on a Tile: the time between events, gaps cut at 20 s."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._last = time.monotonic()
        self._active_s = 0.0

    def watch(self, app: QApplication) -> None:
        app.installEventFilter(self)

    def restart(self) -> None:
        self._last, self._active_s = time.monotonic(), 0.0

    @property
    def seconds(self) -> float:
        return self._active_s

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTIVITY:
            now = time.monotonic()
            self._active_s += min(now - self._last, LONGEST_THOUGHT_S)
            self._last = now
        return False


class Flow(QObject):
    """Moves through the queue and forwards what the user decides about the active Tile.

    `submit`, `skip` and `flag` raise FieldbrushError when that cannot be saved; the Tile then stays.
    """

    failed = Signal(object)
    finished = Signal()  # the queue is empty

    def __init__(
        self, session: Session, canvas: CanvasView, clock: ActivityClock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._clock = clock
        self._visited: list[int] = []
        self._waits_for_ranking = False
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        self._unsubscribe()

    @property
    def tile_id(self) -> int | None:
        return self._canvas.active.tile_id if self._canvas.active is not None else None

    def start(self) -> None:
        """Go where the user was last, or to the head of the queue."""
        last = self._session.setting("last_tile")
        queue = self._session.queue()
        if last in self._session.tiles:
            self.go_to(last)
        elif queue:
            self.go_to(queue[0].tile_id)
            self._waits_for_ranking = not self._session.ranking
        elif self._session.tiles:
            self.go_to(next(iter(self._session.tiles)))

    def _session_changed(self, change: Change) -> None:
        """The first ranking brings its first Tile, unless the user has begun elsewhere."""
        if not self._waits_for_ranking or Subject.RANKING not in change.subjects:
            return
        self._waits_for_ranking = False
        active = self._canvas.active
        if active is not None and active.status is TileStatus.NEW and not self._canvas.tool.is_busy:
            self.go_to(self._session.queue()[0].tile_id)

    def go_to(self, tile_id: int, *, move_view: bool = True) -> bool:
        self._waits_for_ranking = False
        previous = self.tile_id
        if not self._canvas.activate_tile(tile_id, move_view=move_view):
            return False
        if previous is not None and previous != tile_id:
            self._visited.append(previous)
        self._clock.restart()
        try:
            self._session.set_setting("last_tile", tile_id)
        except FieldbrushError as error:  # the tile is shown all the same
            self.failed.emit(error)
        return True

    def next(self) -> None:
        """The first open Tile in the queue behind the active one; from the end, its head."""
        order = [ranked.tile_id for ranked in self._session.queue()]
        if not order:
            self.finished.emit()
            return
        here = order.index(self.tile_id) if self.tile_id in order else -1
        self.go_to(order[(here + 1) % len(order)])

    def previous(self) -> None:
        """Back to the Tile that was active before."""
        if self._visited and self._canvas.activate_tile(self._visited.pop()):
            self._clock.restart()

    def submit(self) -> None:
        """The active Tile is done: count it and go to the most valuable one that is open."""
        tile_id = self.tile_id
        if tile_id is None:
            return
        self._session.submit(tile_id, self._clock.seconds)
        self._go_on(tile_id)

    def skip(self) -> None:
        tile_id = self.tile_id
        if tile_id is not None:
            self._session.skip(tile_id, self._clock.seconds)
            self._go_on(tile_id)

    def flag(self) -> None:
        tile_id = self.tile_id
        if tile_id is not None:
            self._session.flag(tile_id)
            if self._session.tiles[tile_id].status is TileStatus.FLAGGED:
                self._go_on(tile_id)

    def _go_on(self, from_tile: int) -> None:
        order = [ranked.tile_id for ranked in self._session.queue() if ranked.tile_id != from_tile]
        if order:
            self.go_to(order[0])
        else:
            self.finished.emit()
