"""The hand on a Scene view: how it moves the view, and the keys it holds. Nothing here paints."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QNativeGestureEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit

from gui.canvas.touchpad import pinch_factor, two_finger_pan
from gui.canvas.viewport import ZOOM_STEP

if TYPE_CHECKING:
    from gui.canvas.scene_view import SceneView

_ARROWS = {
    Qt.Key.Key_Left: (1, 0), Qt.Key.Key_Right: (-1, 0), Qt.Key.Key_Up: (0, 1), Qt.Key.Key_Down: (0, -1),
}  # fmt: skip
_ARROW_SHARE = 1 / 8  # of the view that an arrow key moves it by
_TYPED_INTO = (QLineEdit, QAbstractSpinBox)
_LEFT, _MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


class Hand(QObject):
    """Moves the view with the middle button, with Space held and the left one, with the arrow keys, and with two
    fingers; zooms where those pinch or the wheel turns; Q, held, takes the overlays away.

    It hears the view's events before the view does. Keys that it takes go no further.
    """

    def __init__(self, view: SceneView) -> None:
        super().__init__(view)
        self._view = view
        self._dragged_from: QPointF | None = None
        self._is_open = False
        self._is_busy = False
        view.installEventFilter(self)
        self._show()

    @property
    def is_dragging(self) -> bool:
        return self._dragged_from is not None

    @property
    def is_open(self) -> bool:
        """Whether Space is held: the left button will drag and not paint."""
        return self._is_open

    def grab(self, position: QPointF) -> None:
        """Drag the Scene from this widget position until the button is released."""
        self._dragged_from = position
        self._show()

    def turn_wheel(self, event: QWheelEvent) -> None:
        """Zoom where the mouse is, or move the view with two fingers."""
        view, pan = self._view, two_finger_pan(event)
        if pan is not None:
            view.set_viewport(view.viewport.moved(pan.x(), pan.y()))
        else:
            steps = (event.angleDelta().y() or event.angleDelta().x()) / 120
            view.zoom(ZOOM_STEP**steps, event.position())

    def show_busy(self, is_busy: bool) -> None:
        """Whether what the hand wants to paint has to wait."""
        self._is_busy = is_busy
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if isinstance(event, QMouseEvent):
            self._mouse(event)
        elif kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key_pressed(event)
        elif kind == QEvent.Type.KeyRelease and isinstance(event, QKeyEvent):
            return self._key_released(event)
        elif kind == QEvent.Type.NativeGesture and isinstance(event, QNativeGestureEvent):
            return self._pinched(event)
        elif kind == QEvent.Type.Enter:
            self._take_keys()
        return False

    def _take_keys(self) -> None:
        """They are for the view under the mouse, unless the user types somewhere."""
        if self._view.window().isActiveWindow() and not isinstance(QApplication.focusWidget(), _TYPED_INTO):
            self._view.setFocus(Qt.FocusReason.MouseFocusReason)

    def let_go(self) -> None:
        """Of all keys: their release will go elsewhere."""
        self._open(False)
        self._view.set_peeking(False)

    def _mouse(self, event: QMouseEvent) -> None:
        """The view hears of it too: the cursor moves, whatever is dragged."""
        kind, button = event.type(), event.button()
        if kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick):
            if not self._view.is_busy() and (button == _MIDDLE or (self._is_open and button == _LEFT)):
                self.grab(event.position())
        elif kind == QEvent.Type.MouseMove and self.is_dragging and not event.buttons():
            self._drop()  # a menu or another program has had the release
        elif kind == QEvent.Type.MouseMove and self._dragged_from is not None:
            way = event.position() - self._dragged_from
            self._dragged_from = event.position()
            self._view.set_viewport(self._view.viewport.moved(way.x(), way.y()))
        elif kind == QEvent.Type.MouseButtonRelease and self.is_dragging and button in (_MIDDLE, _LEFT):
            self._drop()

    def _drop(self) -> None:
        self._dragged_from = None
        self._show()

    def _pinched(self, event: QNativeGestureEvent) -> bool:
        """Two fingers that part or close zoom where they are."""
        if (factor := pinch_factor(event)) is not None:
            self._view.zoom(factor, event.position())
        return True

    def _key_pressed(self, event: QKeyEvent) -> bool:
        view, key = self._view, event.key()
        if key == Qt.Key.Key_Space:
            self._open(True)
        elif key == Qt.Key.Key_Q and not event.modifiers():
            view.set_peeking(True)
        elif key in _ARROWS and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            x, y = _ARROWS[Qt.Key(key)]
            view.set_viewport(view.viewport.moved(x * view.width() * _ARROW_SHARE, y * view.height() * _ARROW_SHARE))
        else:
            return False
        return True

    def _key_released(self, event: QKeyEvent) -> bool:
        if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Q):
            return False
        if not event.isAutoRepeat():
            if event.key() == Qt.Key.Key_Space:
                self._open(False)
            else:
                self._view.set_peeking(False)
        return True

    def _open(self, is_open: bool) -> None:
        self._is_open = is_open
        self._show()

    def _show(self) -> None:
        """By the shape of the cursor."""
        if self.is_dragging:
            self._view.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._is_open:
            self._view.setCursor(Qt.CursorShape.OpenHandCursor)
        elif self._is_busy:
            self._view.setCursor(Qt.CursorShape.BusyCursor)
        else:
            self._view.setCursor(Qt.CursorShape.CrossCursor)
