"""A look at a Scene: its picture with overlays, panned and zoomed. The canvas is one; further panes are others."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QHideEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QRegion,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.display import Stretch
from core.imagery.scene import Scene
from core.project.records import TileRecord
from core.project.settings import Setting
from core.session import Session
from gui.canvas.active_tile import ActiveTile
from gui.canvas.decorations import CROSS_REACH_PX, draw_cross
from gui.canvas.fitting import Fitting
from gui.canvas.hand import Hand
from gui.canvas.kept_picture import KeptPicture
from gui.canvas.pyramid import Pyramid
from gui.canvas.scene_painter import ScenePainter
from gui.canvas.state import CanvasState
from gui.canvas.tile_colours import Drawing
from gui.canvas.tile_index import TileIndex
from gui.canvas.viewport import Viewport, smallest_scale

_LEAST_PX = (140, 72)  # a panel and four views fit on a small screen at 200 %


class SceneView(QWidget):
    """Shows; changes nothing in the project. What changes there comes from the session."""

    tile_wanted = Signal(int)  # by a double click
    cursor_moved = Signal(float, float)  # Scene pixels
    cursor_left = Signal()
    state_changed = Signal()
    view_moved = Signal()  # panned, zoomed, resized
    legends_moved = Signal()  # there are others now, or none
    failed = Signal(object)  # FieldbrushError

    def __init__(self, session: Session, *, beside: SceneView | None = None) -> None:
        """`beside` another view of the same project, what is read and drawn for one serves both."""
        super().__init__()
        self.setMinimumSize(*_LEAST_PX)
        self.session = session
        self.state = CanvasState()
        self.composites: list[Composite] = []
        self.viewport = Viewport()
        self.scene_id: int | None = None
        self.active_tile: ActiveTile | None = None
        self._scene: Scene | None = None
        self.pyramid: Pyramid = Pyramid(session) if beside is None else beside.pyramid
        self.pyramid.watch(self, self._picture_changed)
        self._painter: ScenePainter = ScenePainter(self, None if beside is None else beside._painter)
        self._picture = KeptPicture(self, self._painter.draw)
        self.fitting = Fitting(self)
        self.peeking = False
        self._cursor: QPointF | None = None
        self._pointed: tuple[float, float] | None = None  # where the cursor of another view is, Scene pixels
        tile_px = session.setting(Setting.TILE_PX)
        self.tile_index: TileIndex = TileIndex(session.tiles, tile_px) if beside is None else beside.tile_index
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.hand = Hand(self)
        self.view_moved.connect(self.tell_cursor)

    def detach(self) -> None:
        """Stop listening; the session is about to close."""
        self.pyramid.leave(self)
        self._unsubscribe()

    # -- what is shown -----------------------------------------------------------------------------------------

    @property
    def active(self) -> TileRecord | None:
        """The Tile that is painted, in whichever Scene it lies."""
        return None if self.active_tile is None else self.active_tile.record

    @property
    def composite(self) -> Composite:
        return next((c for c in self.composites if c.key == self.state.composite_key), self.composites[0])

    def set_composites(self, composites: list[Composite]) -> None:
        self.composites = composites
        self.update()

    def set_state(self, **changes: object) -> None:
        """Change fields of `state`, by name."""
        for name, value in changes.items():
            setattr(self.state, name, value)
        self.update()
        self.state_changed.emit()

    def stretch(self) -> Stretch | None:
        """The stretch the composite is drawn with; None while it is being measured."""
        return None if self.scene_id is None else self.pyramid.stretch(self.scene_id, self.composite)

    def drawing(self) -> Drawing:
        """How the Scene is drawn now."""
        return Drawing.of(self.composite, self.session.looks.look(self.composite), self.stretch())

    def stretch_to_view(self) -> None:
        """Measure the stretch of the composite on what is in view, and keep it."""
        seen = self.viewport.visible(self.width(), self.height()).intersect(self.scene_rect())
        if self._scene is not None and self.scene_id is not None and not seen.is_empty:
            self.pyramid.stretch_to(self._scene, self.scene_id, seen, self.composite)

    def is_complete(self) -> bool:
        """Whether all of the picture that is in view has been drawn, and of what lies over it."""
        return self.pyramid.is_complete(self) and self._painter.has_all_overlays

    def set_peeking(self, peeking: bool) -> None:
        """Whether the bare image shows, without any overlay."""
        self.peeking = peeking
        self.update()

    def show_scene(self, scene_id: int) -> bool:
        """Switch to another Scene; False, and `failed`, when it cannot be opened."""
        try:
            scene = self.session.scene_files.open(scene_id)
        except FieldbrushError as error:
            self.failed.emit(error)
            return False
        if scene is self._scene:  # else another one, or this one lies elsewhere now
            return True
        self.pyramid.forget_requests(self)
        self.scene_id, self._scene = scene_id, scene
        self._painter.show(scene)
        self.update()
        return True

    # -- moving about ------------------------------------------------------------------------------------------

    def fit_tile(self) -> None:
        """Show the whole active Tile, also when the view gets another size, until the user looks elsewhere."""
        if self.active is not None:
            self.fitting.show("tile")

    def fit_scene(self) -> None:
        """The same for the whole Scene."""
        if self._scene is not None:
            self.fitting.show("scene")

    @property
    def is_fitted(self) -> bool:
        """Whether the view is still as `fit_tile` or `fit_scene` has made it."""
        return self.fitting.what != ""

    @property
    def is_on_tile(self) -> bool:
        """Whether the view is still as `fit_tile` has made it: the user has not looked elsewhere."""
        return self.fitting.what == "tile"

    @property
    def is_elsewhere(self) -> bool:
        """Whether the user has moved the view since `fit_tile`, and not only zoomed; or zoomed away from the Tile."""
        return self.fitting.is_left or not self.fitting.has_tile_in_view()

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """`at`, a widget position, keeps its place; without one the middle does."""
        at = at or QPointF(self.width() / 2, self.height() / 2)
        smallest = smallest_scale(self.scene_rect(), self.width(), self.height())
        self.set_viewport(self.viewport.zoomed(factor, at, smallest))

    def set_viewport(self, viewport: Viewport) -> None:
        self.fitting.let_go(viewport)
        self.viewport = viewport
        self.update()
        self.view_moved.emit()

    def middle(self) -> tuple[float, float]:
        """The Scene position in the middle of the view."""
        return self.viewport.to_scene(QPointF(self.width() / 2, self.height() / 2))

    def look_at(self, x: float, y: float, scale: float) -> None:
        """Bring a Scene position to the middle of the view, at `scale` logical pixels per Scene pixel."""
        self.set_viewport(Viewport.centred(x, y, scale, self.width(), self.height()))

    def scene_rect(self) -> Rect:
        """All of the Scene's pixels; one pixel while there is no Scene."""
        return Rect(0, 0, 1, 1) if self._scene is None else Rect(0, 0, *self._scene.info.size)

    # -- what changes from outside -----------------------------------------------------------------------------

    def _session_changed(self, change: Change) -> None:
        if Subject.LOOKS in change.subjects:
            self.set_composites(self.session.looks.composites)
            self.state_changed.emit()
        if self._painter.forget(change):
            self.update()
        for tile_id in change.tile_ids:
            tile = self.session.tiles[tile_id]
            if tile.scene_id == self.scene_id:
                self.update_scene_rect(tile.rect)
        if self.active is not None and self.active.tile_id in change.tile_ids:
            self.tell_cursor()

    def is_busy(self) -> bool:
        """Whether a Stroke is under way, which shows by itself."""
        return False

    def _picture_changed(self, scene_id: int, rect: Rect) -> None:
        """Of all of the Scene: its stretch has changed, and with it the legend, which may lie beside the Scene."""
        if scene_id == self.scene_id and rect == self.scene_rect():
            self.update()
        elif scene_id == self.scene_id:
            self.update_scene_rect(rect)

    def changeEvent(self, event: QEvent) -> None:
        """Such as another theme."""
        self.update()
        super().changeEvent(event)

    def update(self, part: QRect | None = None) -> None:  # type: ignore[override]  # Qt's other forms are not used
        """What is seen in a part of the view, or in all of it, is another now. Where only what lies on top of the
        picture has moved, `update_top` costs less."""
        part = part or self.rect()
        self._picture.outdate(part)
        super().update(part)

    def update_top(self, part: QRect | QRegion) -> None:
        """What `_draw_top` draws has moved, from here or to here."""
        super().update(part)

    def update_scene_rect(self, rect: Rect) -> None:
        """Repaint those Scene pixels."""
        self.update(self._around(rect))

    def _around(self, rect: Rect) -> QRect:
        """The part of the widget that shows those Scene pixels, with some room for lines along its edge."""
        return self.viewport.rect_to_widget(rect).toAlignedRect().adjusted(-3, -3, 3, 3)

    # -- painting the widget -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._picture.copy_to(painter)
        self._draw_top(painter)

    def _draw_top(self, painter: QPainter) -> None:
        """What moves without the picture."""
        if self._cursor is None and self._pointed is not None:
            draw_cross(painter, self.viewport.to_widget(*self._pointed))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle of the view where it is; what was fitted is fitted again."""
        old, new = event.oldSize(), event.size()
        if self.is_fitted:
            self.fitting.again()
        elif old.isValid() and old.width() > 0:
            self.viewport = self.viewport.moved((new.width() - old.width()) / 2, (new.height() - old.height()) / 2)
        super().resizeEvent(event)
        self.view_moved.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        self.pyramid.forget_requests(self)
        self._painter.leave()
        self._picture.drop()
        super().hideEvent(event)

    # -- mouse (what it drags, and held keys: Hand; all other keys are actions of the window) --------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._move_cursor(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On a Tile: label that one."""
        where = self.viewport.to_scene(event.position())
        tile_id = None if self.scene_id is None else self.tile_index.at(self.scene_id, *where)
        if tile_id is None or event.button() != Qt.MouseButton.LeftButton or self.hand.is_dragging:
            self.mousePressEvent(event)
        else:
            self.tile_wanted.emit(tile_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self.hand.turn_wheel(event)
        self._move_cursor(event.position())
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        self.forget_cursor()

    def forget_cursor(self) -> None:
        """The mouse is somewhere else now."""
        self._move_cursor(None)
        self.cursor_left.emit()

    def point_at(self, x: float, y: float) -> None:
        """Mark a Scene position with a cross, unless the mouse itself is over this view."""
        self.point_nowhere()
        self._pointed = (x, y)
        self._update_pointed()

    def point_nowhere(self) -> None:
        self._update_pointed()
        self._pointed = None

    def _update_pointed(self) -> None:
        if self._pointed is not None and self._cursor is None:
            place, reach = self.viewport.to_widget(*self._pointed), CROSS_REACH_PX + 2
            self.update_top(QRectF(place.x() - reach, place.y() - reach, 2 * reach, 2 * reach).toAlignedRect())

    def _move_cursor(self, position: QPointF | None) -> None:
        for place in (self._cursor, position):
            if place is not None:
                self.update_top(self._cursor_region(place))
        self._cursor = position
        self.tell_cursor()

    def tell_cursor(self) -> None:
        """Also while it rests: what is under it may have moved, or become another."""
        if self._cursor is not None:
            self.cursor_moved.emit(*self.viewport.to_scene(self._cursor))

    def _cursor_region(self, position: QPointF) -> QRegion:
        """The part of the widget that shows the cursor at `position`."""
        return QRegion()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.hand.let_go()
