"""The expert's way through the queue: from tile to tile, and the time each takes."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QInputEvent
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.project.records import RankedTile, TileStatus
from core.project.settings import Setting
from core.session import Session
from gui.canvas.view import CanvasView
from gui.dialogs.note import NoteDialog

# A longer gap between two events than this is a pause, and pauses don't count.
LONGEST_THOUGHT_S = 30.0
_REMEMBERED_VISITS = 500
_SOON_S = 1.0  # after a decision a better Tile may still take the next one's place; later the user has begun to look
TILES_AHEAD = 3  # read before they are looked at
# A key that is a command's comes as ShortcutOverride alone, before the command; all others do so, too.
_ACTIVITY = {
    QEvent.Type.MouseMove, QEvent.Type.MouseButtonPress, QEvent.Type.KeyPress, QEvent.Type.ShortcutOverride,
    QEvent.Type.Wheel, QEvent.Type.TabletMove, QEvent.Type.TabletPress,
}  # fmt: skip
_PRESSES = {QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress}
_LOOKS = {QEvent.Type.Wheel, QEvent.Type.ShortcutOverride}  # a key's comes before its command


class ActivityClock(QObject):
    """Seconds of active work on a Tile: the time between events, without pauses, and without what is done in dialogs or
    in the list of all Tiles. A Note belongs to the work on a Tile."""

    def __init__(self, canvas: QWidget, parent: QObject | None = None) -> None:
        """`canvas` is hidden while the list is in its place."""
        super().__init__(parent)
        self._canvas = canvas
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
        if not isinstance(event, QInputEvent) or event.type() not in _ACTIVITY:  # all events of the program come by
            return False
        if isinstance(watched, QWidget):  # a window's own events come again for what is in it
            now = time.monotonic()
            gap, self._last = now - self._last, now
            if gap <= LONGEST_THOUGHT_S and self._canvas.isVisible() and not _is_aside(watched):
                self._active_s += gap
        return False


def _is_aside(widget: QWidget) -> bool:
    """Whether it is part of a dialog that has nothing to do with the active Tile."""
    part: QWidget | None = widget.window()
    while part is not None and not isinstance(part, QDialog):
        owner = part.parentWidget()  # of a menu, or of a list that has unfolded
        part = None if owner is None else owner.window()
    return part is not None and not isinstance(part, NoteDialog)


class Trail:
    """The Tiles that were visited, to go back and forward in, as in a browser."""

    def __init__(self) -> None:
        self._tiles: list[int] = []
        self._here = -1

    def visit(self, tile_id: int) -> None:
        """What lay ahead is gone."""
        if self._tiles and self._tiles[self._here] == tile_id:
            return
        self._tiles = [*self._tiles[: self._here + 1], tile_id][-_REMEMBERED_VISITS:]
        self._here = len(self._tiles) - 1

    def forget_last(self) -> None:
        """Nobody chose to visit it."""
        self._tiles = self._tiles[: self._here]
        self._here -= 1

    def look(self, steps: int) -> int | None:
        """The Tile so many visits ahead, or back where negative; None beyond the ends."""
        place = self._here + steps
        return self._tiles[place] if 0 <= place < len(self._tiles) else None

    def walk(self, steps: int) -> None:
        self._here += steps


class Flow(QObject):
    """Moves through the queue and forwards what the user decides about the active Tile.

    No Tile is left in the middle of a Stroke. `submit`, `skip` and `flag` raise FieldbrushError when that cannot be
    saved; the Tile then stays.
    """

    failed = Signal(object)
    finished = Signal()  # the queue is empty
    done_put_aside = Signal(int)  # this Tile was done, and is skipped or flagged now

    def __init__(
        self, session: Session, canvas: CanvasView, clock: ActivityClock, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._clock = clock
        self._trail = Trail()
        self._unspent_s = _seconds_by_tile(session.setting(Setting.UNSPENT_SECONDS, []))
        self._just_left: int | None = None  # submitted, skipped or flagged, and nothing done on the next Tile yet
        # Till then what is shown makes way for what the ranking under way puts first; infinite for the first ranking.
        self._awaits_until = 0.0
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        canvas.installEventFilter(self)
        canvas.view_moved.connect(self._begin)

    def detach(self) -> None:
        self._unsubscribe()

    def save(self) -> None:
        """Keep the active seconds that no Budget has paid for yet; the clock goes on. Raises ProjectError."""
        here = {} if self.tile_id is None else {self.tile_id: self._seconds_on(self.tile_id)}
        unspent_s = {**self._unspent_s, **here}
        self._session.set_setting(Setting.UNSPENT_SECONDS, [entry for entry in unspent_s.items() if entry[1] > 0])

    def commands(self) -> dict[str, Callable[..., object]]:
        return {
            "submit": self.submit,
            "next": self.next,
            "previous": self.previous,
            "back": self.back,
            "forward": self.forward,
            "skip": self.skip,
            "flag": self.flag,
        }

    @property
    def tile_id(self) -> int | None:
        return self._canvas.active.tile_id if self._canvas.active is not None else None

    def start(self) -> None:
        """Go where the user was last, or to the head of the queue. Before the first ranking there is none: who has not
        begun there was nowhere, the next time either."""
        last = self._session.setting(Setting.LAST_TILE, 0)
        was_here = last in self._session.tiles and self.go_to(last)
        queue = self._session.queue()
        has_begun = was_here or not self._go_to_first(chain(_ids(queue), self._session.tiles))
        if queue and not self._session.ranking and not has_begun:
            self._awaits_until = math.inf
            self._remember(0)

    def _remember(self, tile_id: int) -> None:
        try:
            self._session.set_setting(Setting.LAST_TILE, tile_id)
        except FieldbrushError as error:  # the tile is shown all the same
            self.failed.emit(error)

    def _stay(self) -> None:
        """The user has begun on the Tile that is shown."""
        if self._awaits_first and self.tile_id is not None:
            self._remember(self.tile_id)
        self._awaits_until = 0.0

    def _session_changed(self, change: Change) -> None:
        """The first ranking, and the one after a decision, brings its first Tile, unless the user has begun: painted,
        or looked elsewhere."""
        if Subject.MASKS in change.subjects and self.tile_id in change.tile_ids:
            self._begin()
            self._stay()
        if Subject.RANKING not in change.subjects:
            return
        self._canvas.ahead.aim(self.upcoming(TILES_AHEAD))
        if self._session.pending("rank") is not None:
            return  # this one does not know of the last decision yet
        has_stayed = self._canvas.is_on_tile or (self._awaits_first and not self._canvas.is_elsewhere)
        waited, self._awaits_until = time.monotonic() < self._awaits_until, 0.0
        active = self._canvas.active
        tool = self._canvas.tool
        has_begun = tool.is_busy or tool.keeps_drawing or self._canvas.holds_press
        has_begun = has_begun or (active is not None and active.status is not TileStatus.NEW)
        has_begun = has_begun or not self._canvas.isVisible()  # chooses in the list of all Tiles
        has_begun = has_begun or QApplication.activeModalWidget() is not None  # writes a Note about this one
        if not waited or active is None or has_begun:
            return
        first = next(_ids(self._session.queue()), None)
        if first is not None and first != active.tile_id and has_stayed:
            self._trail.forget_last()
            left = self._just_left
            self.go_to(first)
            self._just_left = left  # the user has done nothing since

    def go_to(self, tile_id: int, *, move_view: bool = True) -> bool:
        """Make the Tile the active one. False where it cannot be shown, or something is still being drawn."""
        if self._canvas.would_lose_drawing():
            return False
        self._awaits_until = 0.0
        previous = self.tile_id
        if not self._canvas.activate_tile(tile_id, move_view=move_view):
            return False
        self._begin()
        if previous is not None:
            self._unspent_s[previous] = self._unspent_s.get(previous, 0.0) + self._clock.seconds
        self._clock.restart()
        self._trail.visit(tile_id)
        self._canvas.ahead.aim(self.upcoming(TILES_AHEAD))
        self._remember(tile_id)
        return True

    def next(self) -> None:
        """The first open Tile in the queue behind the active one; from the end, its head."""
        queue = self._session.queue()
        behind = _place(queue, self.tile_id) + 1
        if queue:
            self._go_to_first(_ids([*queue[behind:], *queue[:behind]]))
        else:
            self.finished.emit()

    def previous(self) -> None:
        """Back to the Tile that was active before; where there was none, the one before it in the queue."""
        if self._trail.look(-1) is not None:
            self.back()
            return
        queue = self._session.queue()
        here = _place(queue, self.tile_id)
        if here > 0:
            self.go_to(queue[here - 1].tile_id)

    def back(self) -> None:
        """To the Tile that was visited before this one."""
        self._walk(-1)

    def forward(self) -> None:
        """After `back`: to where that was."""
        self._walk(1)

    def _walk(self, steps: int) -> None:
        tile_id = self._trail.look(steps)
        if tile_id is None:
            return
        self._trail.walk(steps)
        if not self.go_to(tile_id):
            self._trail.walk(-steps)

    def upcoming(self, count: int) -> list[int]:
        """The Tiles that the user will most likely look at next."""
        queue = self._session.queue()
        here = _place(queue, self.tile_id)
        likely = [queue[(here + 1) % len(queue)], *queue[:1]] if queue else []  # by D, by Enter
        ids = dict.fromkeys(_ids([*likely, *queue[here + 2 : here + 2 + count], *queue[: count + 1]]))
        return [tile_id for tile_id in ids if tile_id != self.tile_id][:count]

    def tiles_for_note(self) -> list[int]:
        """Who has just left a Tile and presses a key for a Note mostly means that one: it comes first. Behind it, or
        alone, the active Tile."""
        left = self._just_left
        is_put_back = left is not None and self._session.tiles[left].status.is_open
        return [tile_id for tile_id in (None if is_put_back else left, self.tile_id) if tile_id is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Of the canvas. No Tile changes under a hand that has begun. Who only looks, at another composite or closer,
        has not begun while no Tile is better than any other; right after a decision it is the hand that goes on."""
        kind = event.type()
        if kind in _PRESSES:
            self._begin()
            self._stay()
        elif kind in _LOOKS and not self._awaits_first:
            self._awaits_until = 0.0
        return False

    @property
    def _awaits_first(self) -> bool:
        """Whether no ranking has ever been made, and the user has not begun without one."""
        return self._awaits_until == math.inf

    def _begin(self) -> None:
        """On the active Tile: the one before it is no longer what the user speaks of."""
        self._just_left = None

    def submit(self) -> None:
        """The active Tile is done: count it and go to the most valuable one that is open."""
        tile_id = self._decided()
        if tile_id is not None:
            self._session.submit(tile_id, self._seconds_on(tile_id))
            self._spent(tile_id)
            self._go_on(tile_id)

    def skip(self) -> None:
        """Leave the active Tile out and go on; one that is left out already comes back."""
        self._put_aside(self._session.skip, TileStatus.SKIPPED)

    def flag(self) -> None:
        self._put_aside(self._session.flag, TileStatus.FLAGGED)

    def _put_aside(self, decide: Callable[[int, float], object], aside: TileStatus) -> None:
        tile_id = self._decided()
        if tile_id is None:
            return
        was_done = self._session.tiles[tile_id].status is TileStatus.DONE
        decide(tile_id, self._seconds_on(tile_id))
        self._spent(tile_id)
        if was_done:
            self.done_put_aside.emit(tile_id)
        if self._session.tiles[tile_id].status is aside:
            self._go_on(tile_id)

    def put_back(self, tile_id: int) -> None:
        """What is skipped or flagged is what it was before."""
        decide = {TileStatus.SKIPPED: self._session.skip, TileStatus.FLAGGED: self._session.flag}
        try:
            decide.get(self._session.tiles[tile_id].status, lambda _: None)(tile_id)
        except FieldbrushError as error:
            self.failed.emit(error)

    def _decided(self) -> int | None:
        """The active Tile, unless something is being drawn there, which must not be lost to a quick key."""
        return None if self._canvas.would_lose_drawing() else self.tile_id

    def _seconds_on(self, tile_id: int) -> float:
        """Active seconds on the active Tile that no Budget has paid for yet."""
        return self._unspent_s.get(tile_id, 0.0) + self._clock.seconds

    def _spent(self, tile_id: int) -> None:
        self._unspent_s.pop(tile_id, None)
        self._clock.restart()

    def _go_on(self, from_tile: int) -> None:
        others = (tile_id for tile_id in _ids(self._session.queue()) if tile_id != from_tile)
        first = next(others, None)
        if first is not None and self._go_to_first(chain([first], others)):
            self._just_left = from_tile
            if self._session.pending("rank") is not None:  # nobody waits for it, but it may name a better Tile
                self._awaits_until = time.monotonic() + _SOON_S
        elif first is None:
            self.finished.emit()

    def _go_to_first(self, tile_ids: Iterable[int]) -> bool:
        """Go to the first of these Tiles that can be shown: one Scene whose drive is missing must not hold up the rest.
        False where there is none, or something is still being drawn."""
        if self._canvas.would_lose_drawing():
            return False
        missing: set[int] = set()
        for tile_id in tile_ids:
            scene_id = self._session.tiles[tile_id].scene_id
            if scene_id in missing:
                continue
            if self.go_to(tile_id):
                return True
            if self._canvas.scene_id != scene_id:
                missing.add(scene_id)
        return False


def _ids(queue: Iterable[RankedTile]) -> Iterator[int]:
    """One by one: there may be 150,000, and mostly the first is all that is asked for."""
    return (ranked.tile_id for ranked in queue)


def _place(queue: Sequence[RankedTile], tile_id: int | None) -> int:
    """-1 for a Tile that is not in the queue."""
    return next((place for place, ranked in enumerate(queue) if ranked.tile_id == tile_id), -1)


def _seconds_by_tile(kept: list[Any]) -> dict[int, float]:
    """Nothing where another version kept it differently."""
    try:
        return {int(tile_id): float(seconds) for tile_id, seconds in kept if 0 <= seconds < math.inf}
    except (TypeError, ValueError):
        return {}
