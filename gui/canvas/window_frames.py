"""The Windows proposed on the active Tile, framed over the canvas: a see-through child that takes no mouse."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QLineF, QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from core.events import Change, Subject
from core.geometry import Rect
from core.jobs import Job
from core.selection.windows import Proposal
from core.session import Session
from gui.canvas.view import CanvasView
from gui.canvas.viewport import Viewport
from gui.translate import say

_ARM_SHARE = 0.22  # of a frame's side that its corners are drawn on: the rest stays free for the picture
_MARGIN_SHARE = 0.35  # of a Window's side, shown round it when it is looked at
_LEAST_NUMBER_PX = 48.0
_SEAM, _LIGHT = QColor(0, 0, 0, 190), QColor(255, 255, 255)
# A key comes as ShortcutOverride, before what it triggers.
_ACTS = {
    QEvent.Type.MouseButtonPress, QEvent.Type.TabletPress, QEvent.Type.Wheel, QEvent.Type.ShortcutOverride,
}  # fmt: skip


class Wish(QObject):
    """For something that is not there yet. It ends when that comes, or with whatever else the user does by then."""

    ended = Signal(bool)  # whether it is fulfilled

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_open = False
        app = QApplication.instance()
        assert app is not None
        self._app = app

    def begin(self) -> None:
        self.is_open = True
        self._app.installEventFilter(self)

    def end(self, *, fulfilled: bool) -> None:
        if self.is_open:
            self.is_open = False
            self._app.removeEventFilter(self)
            self.ended.emit(fulfilled)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTS:
            self.end(fulfilled=False)
        return False


class WindowFrames(QWidget):
    """Hidden while the canvas's `show_windows` is off. The first Window is the most valuable."""

    def __init__(self, session: Session, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._session = session
        self._canvas = canvas
        self._looked_at: Rect | None = None
        self._asked: int | None = None
        self._search: Job[Any] | None = None  # the one that was asked for last on this Tile
        self.wish = Wish(self)  # to step to a Window that has not been found yet
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setGeometry(canvas.rect())
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        canvas.view_moved.connect(self.update)
        canvas.tile_activated.connect(self._tile_activated)
        canvas.state_changed.connect(self._switched)
        canvas.installEventFilter(self)
        self._switched()

    def detach(self) -> None:
        self._unsubscribe()
        self.wish.end(fulfilled=False)

    def proposals(self) -> tuple[Proposal, ...]:
        """Those on the active Tile that are not painted yet; none while the frames are off."""
        tile = self._canvas.active
        return self._session.windows.of(tile.tile_id) if tile is not None and self._canvas.state.show_windows else ()

    def step(self) -> str:
        """Look at the next Window, after the last one at the first; what to say about it. While none has been found it
        is wished for."""
        proposals = self.proposals()
        if not proposals:
            self._looked_at = None
            if self._search is None or not self._search.is_settled:
                self.wish.begin()
                return self.tr("Still looking for windows on this tile: the first is shown as soon as it is found.")
            return self.tr("No window is proposed on this tile now: paint where you like, or submit it.")
        places = [proposal.rect for proposal in proposals]
        number = (places.index(self._looked_at) + 1) % len(places) if self._looked_at in places else 0
        self._looked_at = places[number]
        rect = self._in_scene(places[number])
        margin = round(_MARGIN_SHARE * max(rect.width, rect.height))
        canvas = self._canvas
        canvas.set_viewport(Viewport.fitting(rect.grown(margin), canvas.width(), canvas.height()))
        return self._words(number, proposals)

    def _words(self, number: int, proposals: tuple[Proposal, ...]) -> str:
        words = self.tr("Window {number} of {count}: {reason}").format(
            number=number + 1, count=len(proposals), reason=say(proposals[number].reason)
        )
        seconds = proposals[number].seconds
        return words if seconds is None else words + " · " + self.tr("about {seconds} s").format(seconds=round(seconds))

    def _in_scene(self, rect: Rect) -> Rect:
        assert self._canvas.active is not None
        return rect.moved(self._canvas.active.rect.x, self._canvas.active.rect.y)

    # -- what changes from outside -----------------------------------------------------------------------------

    def _tile_activated(self, tile_id: int) -> None:
        """The wish stays: a user's way to another Tile has ended it, and the first ranking's has not."""
        self._looked_at = None
        self._asked = self._search = None
        self._ask()
        self.update()

    def _switched(self) -> None:
        self.setVisible(self._canvas.state.show_windows)
        self._ask()

    def _ask(self) -> None:
        """Once for a visit to a Tile: frames that moved about while one paints would disturb."""
        tile = self._canvas.active
        if tile is None or not self._canvas.state.show_windows or self._asked == tile.tile_id:
            return
        self._search = self._session.windows.look_for(tile.tile_id)
        if self._search is not None:
            self._asked = tile.tile_id

    def _session_changed(self, change: Change) -> None:
        if Subject.RANKING in change.subjects:
            self._ask()  # the Tiles may only now have been embedded
        if Subject.PREDICTIONS in change.subjects and self._asked in change.tile_ids and not self._is_predicted():
            self._asked = None  # what it was asked by is gone, and with that the reasons
            self._ask()
        if Subject.JOBS in change.subjects and self._search is not None and self._search.is_settled:
            self.wish.end(fulfilled=True)
        if change.subjects & {Subject.WINDOWS, Subject.MASKS, Subject.CLASSES}:
            self.update()

    def _is_predicted(self) -> bool:
        return self._asked in self._session.forecasts.predictions

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._canvas and event.type() == QEvent.Type.Resize:
            self.setGeometry(self._canvas.rect())
        elif watched is self._canvas and isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._explain(event)
        return False

    def _explain(self, event: QHelpEvent) -> None:
        place = self._canvas.viewport.to_scene(QPointF(event.pos()))
        proposals = self.proposals()
        for number, proposal in enumerate(proposals):
            if self._in_scene(proposal.rect).contains(*place):
                QToolTip.showText(event.globalPos(), self._words(number, proposals), self._canvas)
                return
        QToolTip.hideText()

    # -- drawing -----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        canvas = self._canvas
        if canvas.active is None or canvas.active.scene_id != canvas.scene_id or canvas.peeking:
            return
        painter = QPainter(self)
        for number, proposal in enumerate(self.proposals(), start=1):
            frame = canvas.viewport.rect_to_widget(self._in_scene(proposal.rect)).adjusted(1, 1, -1, -1)
            for colour, width in ((_SEAM, 4.0), (_LIGHT, 2.0)):  # readable on any ground
                painter.setPen(QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.SquareCap))
                painter.drawLines(_corners(frame))
            if frame.width() >= _LEAST_NUMBER_PX:
                _draw_number(painter, frame, str(number))


def _corners(frame: QRectF) -> list[QLineF]:
    arm = _ARM_SHARE * min(frame.width(), frame.height())
    lines = []
    for x, inward_x in ((frame.left(), arm), (frame.right(), -arm)):
        for y, inward_y in ((frame.top(), arm), (frame.bottom(), -arm)):
            lines += [QLineF(x, y, x + inward_x, y), QLineF(x, y, x, y + inward_y)]
    return lines


def _draw_number(painter: QPainter, frame: QRectF, number: str) -> None:
    font = QFont(painter.font())
    font.setPixelSize(13)
    font.setBold(True)
    painter.setFont(font)
    place = frame.adjusted(7, 5, 0, 0)
    top_left = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
    painter.setPen(_SEAM)
    painter.drawText(place.translated(1, 1), top_left, number)
    painter.setPen(_LIGHT)
    painter.drawText(place, top_left, number)
