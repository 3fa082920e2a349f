"""The canvas: the view of the Scene that is painted on; turns mouse and keys into gestures of the tool in hand.

Paint shows from the Mask itself (shared memory); a Stroke repaints only its own rectangle. Strokes always belong to
the active Tile, whatever lies under the cursor.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QRegion, QTabletEvent, QWheelEvent

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.geometry import Rect
from core.labels.classes import IGNORE, UNLABELED
from core.session import Session
from gui.canvas.active_tile import ActiveTile
from gui.canvas.held_press import HeldPress
from gui.canvas.pen import Pen
from gui.canvas.read_ahead import ReadAhead
from gui.canvas.scene_view import SceneView
from gui.canvas.tool_box import ToolBox
from gui.canvas.tool_host import CanvasHost
from gui.canvas.tools.base import Gesture, Tool
from gui.canvas.viewport import Viewport

# Some Linux desktops keep Alt and a click for themselves, to move the window.
_PICKS = Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ControlModifier
_PAINTS = Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton
_SHAPE_REACH_PX = 48  # a shape may begin a little outside its tile


class CanvasView(SceneView):
    """The Scene, the active Tile and the tool in hand. Signals are about what the user does here."""

    tile_activated = Signal(int)
    hint = Signal(str)
    stroke_finished = Signal()
    painted = Signal(object)  # Rect: Scene pixels that a Stroke under way has changed

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.host = CanvasHost(self)
        self.tools = ToolBox(self)
        self.ahead = ReadAhead(session, self)
        self._could_take_back = False  # as was told last
        self._pressed = Qt.MouseButton.NoButton  # that the Stroke under way began with
        self._pen = Pen(self)
        self._held = HeldPress(self)
        self.state_changed.connect(self._held.prepare_soon)  # tool, size, composite, or how that is drawn
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Canvas"))

    def detach(self) -> None:
        self._held.detach()
        self.ahead.detach()
        super().detach()

    # -- what is painted, and how ------------------------------------------------------------------------------

    @property
    def tool(self) -> Tool:
        """The one in hand."""
        return self.tools.in_hand

    def activate_tile(self, tile_id: int, *, move_view: bool = True) -> bool:
        """Make a Tile the one that is painted. False, and `failed`, when its Scene or its Mask cannot be read."""
        self.tool.cancel()
        self._held.give_up()
        self.pyramid.try_again()
        record = self.session.tiles[tile_id]
        if not self.show_scene(record.scene_id):
            return False
        assert self._scene is not None
        try:
            validity = self.ahead.take_validity(tile_id)
            self.active_tile = ActiveTile(self.session, self._scene, record, self._colours_arrived, validity)
        except FieldbrushError as error:
            self.failed.emit(error)
            return False
        self._limit_tile()
        self.tools.tile_changed()
        if move_view:
            self.fit_tile()
        self._held.prepare_soon()
        self.session.predicting.visible(tile_id)
        self.update()
        self.tell_cursor()
        self.tile_activated.emit(tile_id)
        return True

    def choose_class(self, value: int) -> None:
        """What the next Stroke paints."""
        if value != self.state.class_value:
            self.set_state(previous_class_value=self.state.class_value, class_value=value)

    # -- what is drawn, and what the user is told ----------------------------------------------------------------

    def show_drawing(self) -> None:
        """What is drawn and no Stroke yet looks different."""
        if self.active is not None:
            self.update_top(self._around(self.active.rect))
        if self.tool.can_take_back != self._could_take_back:
            self._could_take_back = self.tool.can_take_back
            self.state_changed.emit()

    def would_lose_drawing(self) -> bool:
        """Whether going on would lose what is being drawn and no Stroke yet, or what waits; the user is told then."""
        if self.is_held_up():
            return True
        if self.tool.is_busy:
            self.hint.emit(self.tr("Finish the stroke first, or give it up with Esc."))
        elif self.tool.keeps_drawing:
            self.hint.emit(self.tr("Close the polygon first with Enter, or give it up with Esc."))
        return self.tool.is_busy or self.tool.keeps_drawing

    def is_held_up(self) -> bool:
        """Whether a press or a command waits, and nothing else shall come before it; the user is told then."""
        return self._held.is_in_the_way()

    # -- what tools and commands need is read first --------------------------------------------------------------

    def change_tile(self, act: Callable[[int, NDArray[np.bool_]], None]) -> None:
        """Change the active Tile as a whole, now or when it has been read: see `HeldPress.change_tile`."""
        self._held.change_tile(act)

    @property
    def holds_press(self) -> bool:
        """Whether the tool has been pressed, or a command given, and waits for what is being read."""
        return self._held.is_waiting

    def give_up_press(self) -> None:
        """What waits, a press or a command, shall have no effect."""
        self._held.give_up()

    def _colours_arrived(self) -> None:
        self._hover(self._cursor)

    def _picture_changed(self, scene_id: int, rect: Rect) -> None:
        super()._picture_changed(scene_id, rect)
        if scene_id == self.scene_id and rect == self.scene_rect():  # the stretch is known
            self._held.prepare_soon()

    def _hover(self, position: QPointF | None) -> None:
        inside = position is not None and self.active is not None and self.near_active(position)
        points = inside and not self._held.is_waiting  # what waits wants superpixels of the size set at its press
        self.tool.hover(self._gesture_at(position) if points and position is not None else None)

    # -- what changes from outside -----------------------------------------------------------------------------

    def _session_changed(self, change: Change) -> None:
        if self.active_tile is not None:
            self.active_tile.record = self.session.tiles[self.active_tile.record.tile_id]
            if Subject.CLASSES in change.subjects:
                self.active_tile.recolour()
        if Subject.CLASSES in change.subjects:
            self._forget_removed_classes()
        if Subject.LOOKS in change.subjects:
            self._limit_tile()  # before anybody is told, who may ask how much of the Tile that leaves
        super()._session_changed(change)
        relabeled = {Subject.CLASSES, Subject.MASKS} <= change.subjects  # as many tiles at once as a merge has touched
        if (Subject.MODEL in change.subjects or relabeled) and self.active is not None:
            self.session.predicting.visible(self.active.tile_id)

    def _forget_removed_classes(self) -> None:
        values = [c.value for c in self.session.classes]
        if self.state.class_value not in (*values, IGNORE):
            self.set_state(class_value=values[0], previous_class_value=UNLABELED)
        elif self.state.previous_class_value not in (*values, IGNORE):
            self.set_state(previous_class_value=UNLABELED)

    def _limit_tile(self) -> None:
        if self.active_tile is not None:
            self.active_tile.limit_to(self.session.looks.painted_range(), self._limit_arrived)

    def _limit_arrived(self) -> None:
        self.update()
        self.state_changed.emit()

    def is_busy(self) -> bool:
        return self.tool.is_busy

    def set_viewport(self, viewport: Viewport) -> None:
        """In the middle of a Stroke (keys move the view, too) it goes on where the hand is then."""
        super().set_viewport(viewport)
        if self.tool.is_busy and self._cursor is not None:
            self.tool.lift_to(self._gesture_at(self._cursor))

    # -- painting the widget -----------------------------------------------------------------------------------

    def _draw_top(self, painter: QPainter) -> None:
        super()._draw_top(painter)
        view = self.viewport
        if self._cursor is not None and self.active is not None and not self.hand.is_open:
            self.tool.draw_cursor(painter, self._cursor, view.scale)
        if self.active is not None and self.active.scene_id == self.scene_id:
            rect = self.active.rect
            self.tool.draw_shape(painter, lambda x, y: view.to_widget(rect.x + x, rect.y + y))

    def _cursor_region(self, position: QPointF) -> QRegion:
        return self.tool.cursor_region(position, self.viewport.scale)

    # -- mouse -------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.tool.is_busy or self._held.is_waiting:
            return
        super().mousePressEvent(event)
        if not self.hand.is_dragging and event.button() & _PAINTS and self.scene_id is not None:
            self._press_tool(event, self.tool.press)

    def _press_tool(self, event: QMouseEvent, act: Callable[[Gesture], None]) -> None:
        """Do what a press means here; `act` is what the tool makes of it, where it is the tool's."""
        if event.modifiers() & _PICKS:
            self._pick_class(event.position())
        elif not self.tool.paints:
            if event.button() == Qt.MouseButton.LeftButton:
                self.hand.grab(event.position())
        elif self.active is None or not self.near_active(event.position()):
            self.hint.emit(self.tr("Double-click a tile to label it"))
        else:
            self._pressed = event.button()
            gesture = self._gesture(event)
            self.attempt(lambda: self._held.press(lambda: act(gesture)))

    def attempt(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FieldbrushError as error:
            self.failed.emit(error)

    def end_stroke(self) -> None:
        """As if the button came up now: what has been painted is a Stroke, and saved."""
        self._held.release()
        if self.tool.is_busy:
            self.attempt(self.tool.release)

    def finish_drawing(self) -> None:
        """Nobody will draw on: what is being drawn, also a polygon that is not closed, is a Stroke, and saved."""
        self.attempt(self.tool.finish)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not event.buttons() & self._pressed:
            self.end_stroke()  # a menu or another program has had the release
        elif self.tool.is_busy:
            self.attempt(lambda: self.tool.move(self._gesture(event)))
        elif self._held.is_waiting:
            gesture = self._gesture(event)
            self._held.move(lambda: self.tool.move(gesture))
        super().mouseMoveEvent(event)
        self._hover(event.position())

    def forget_cursor(self) -> None:
        super().forget_cursor()
        self._hover(None)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (self.tool.is_busy or self._held.is_waiting) and event.button() == self._pressed:
            self.end_stroke()  # and not for the button at a pen's side, which a thumb touches while the tip paints
        else:
            super().mouseReleaseEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On another tile: label that one. On the active tile it is two quick strokes."""
        if self.tool.is_busy or self._held.is_waiting:
            return
        if self.active is None or self.hand.is_dragging or not self.near_active(event.position()):
            super().mouseDoubleClickEvent(event)
        elif event.button() & _PAINTS:
            self._press_tool(event, self.tool.double_click)

    def tabletEvent(self, event: QTabletEvent) -> None:
        self._pen.act(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.tools.turn((event.angleDelta().y() or event.angleDelta().x()) / 120)
            event.accept()
        else:
            super().wheelEvent(event)

    def _gesture(self, event: QMouseEvent) -> Gesture:
        where = self._gesture_at(event.position())
        return Gesture(where.x, where.y, event.button(), event.modifiers(), self._pen.pressure)

    def _gesture_at(self, position: QPointF) -> Gesture:
        assert self.active is not None
        x, y = self.viewport.to_scene(position)
        return Gesture(x - self.active.rect.x, y - self.active.rect.y)

    def near_active(self, position: QPointF) -> bool:
        """Inside the active Tile, or so close to it that the brush reaches in."""
        if self.active is None or self.active.scene_id != self.scene_id:
            return False
        reach = self.state.diameters[self.tool.name] // 2 + 1 if self.tool.has_size else _SHAPE_REACH_PX
        return self.active.rect.grown(reach).contains(*self.viewport.to_scene(position))

    def _pick_class(self, position: QPointF) -> None:
        if self.active is None or self.active.scene_id != self.scene_id:
            return
        x, y = self.viewport.to_scene(position)
        if self.active.rect.contains(x, y):
            labels = self.session.mask(self.active.tile_id).labels
            shown = self.host.shown_classes() if self.state.show_prediction else labels
            value = int(shown[int(y) - self.active.rect.y, int(x) - self.active.rect.x])
            if value != UNLABELED:
                self.choose_class(value)

    # -- keys that the tool wants ------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """A key that the tool wants right now is no shortcut: Enter closes a polygon before it submits a tile. And who
        comes back to the window may have plugged a drive in."""
        kind = event.type()
        if kind == QEvent.Type.WindowActivate:
            self.pyramid.try_again()
            self.session.changes.tell(Subject.SCENES, origin="window")
        overrides = kind == QEvent.Type.ShortcutOverride and self.active is not None
        if overrides and isinstance(event, QKeyEvent) and self.tool.wants_key(Qt.Key(event.key())):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._held.is_waiting:
            self._held.give_up()  # and not what the tool has drawn or selected before
        elif self.active is not None and self.tool.wants_key(Qt.Key(event.key())):
            self.attempt(lambda: self.tool.key(Qt.Key(event.key())))
        elif event.key() == Qt.Key.Key_Escape and self.tool.is_busy:
            self.tool.cancel()
        else:
            super().keyPressEvent(event)
