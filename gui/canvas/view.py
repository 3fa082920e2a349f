"""The canvas: shows the Scene with its overlays and turns mouse and keys into gestures of the tool in hand.

The picture comes from `Pyramid`, paint from the Mask itself (shared memory); a Stroke repaints only its own rectangle.
Strokes always belong to the active Tile, whatever lies under the cursor.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from core.errors import FieldbrushError, SceneError
from core.events import Change, Subject
from core.geometry import Rect
from core.imagery.display import Composite, measure_stretch, render
from core.imagery.georeference import Georeference
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Scene
from core.jobs import Job, JobContext, Priority
from core.labels.assist import superpixels
from core.labels.classes import HEALTHY, UNLABELED
from core.labels.strokes import LARGEST_BRUSH_PX, SMALLEST_BRUSH_PX, Ink, StrokeRecorder
from core.project.records import TileRecord
from core.session import Session
from core.text import text
from gui.canvas.decorations import draw_active_frame, draw_grid, draw_scale_bar, draw_tile_marks
from gui.canvas.overlay import OverlayCache, class_table, doubt_table, indexed_image
from gui.canvas.pyramid import Pyramid
from gui.canvas.tile_index import TileIndex
from gui.canvas.tools.areas import Fill, Wand
from gui.canvas.tools.base import Gesture, Tool
from gui.canvas.tools.brush import Brush, Eraser
from gui.canvas.tools.prediction_brush import PredictionBrush
from gui.canvas.tools.shapes import Lasso, Line, Polygon, Rectangle
from gui.canvas.tools.snapping_brush import SnappingBrush
from gui.canvas.viewport import Viewport, smallest_scale
from gui.theme import current_theme

_IMAGES_PER_FRAME = 12  # overlays made in one paint event at most; the rest follow in the next
_TILE_MARGIN = 56.0
_TOOLS = (Brush, Eraser, SnappingBrush, PredictionBrush, Line, Rectangle, Lasso, Polygon, Fill, Wand)
_FIRST_DIAMETERS_PX = {
    "brush": 24, "eraser": 40, "snapping brush": 40, "prediction brush": 40, "line": 8, "wand": 16,
}  # fmt: skip
_FIRST_TOLERANCES = {"fill": 20, "snapping brush": 30}
LARGEST_TOLERANCE = 128
_SHAPE_REACH_PX = 48  # a shape may begin a little outside its tile


@dataclass
class CanvasState:
    """What the canvas shows, as the user set it. Panels change it through the canvas's setters."""

    composite_key: str = ""
    mask_opacity: float = 0.55
    prediction_opacity: float = 0.45
    doubt_opacity: float = 0.7
    show_mask: bool = True
    show_prediction: bool = True
    show_doubt: bool = False
    show_grid: bool = True
    class_value: int = HEALTHY
    previous_class_value: int = UNLABELED
    protect_painted: bool = False
    diameters: dict[str, int] = field(default_factory=lambda: dict(_FIRST_DIAMETERS_PX))
    tolerances: dict[str, int] = field(default_factory=lambda: dict(_FIRST_TOLERANCES))


class CanvasView(QWidget):
    """See the module. Signals are about what the user does here; what changes in the project comes from the session."""

    tile_activated = Signal(int)
    tile_wanted = Signal(int)  # by a double click
    cursor_moved = Signal(float, float)  # Scene pixels
    cursor_left = Signal()
    state_changed = Signal()
    view_moved = Signal()  # panned, zoomed
    failed = Signal(object)  # FieldbrushError
    hint = Signal(str)
    stroke_finished = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.state = CanvasState()
        self.composites: list[Composite] = []
        self.viewport = Viewport()
        self.scene_id: int | None = None
        self.active: TileRecord | None = None
        self._scene: Scene | None = None
        self._pixel_size_m: tuple[float, float] | None = None
        self._pyramid = Pyramid(session, self._picture_changed)
        self._overlays = OverlayCache()
        self._mask_image: tuple[NDArray[np.uint8], QImage] | None = None
        self._validity: Job[NDArray[np.bool_]] | None = None
        self._tools: dict[str, Tool] = {kind.name: kind(self) for kind in _TOOLS}
        self._active_image: Job[NDArray[np.uint8]] | None = None
        self._patches: tuple[int, NDArray[np.int32]] | None = None
        self.tool: Tool = self._tools["brush"]
        self._pan_from: QPointF | None = None
        self._space_held = False
        self.peeking = False
        self._cursor: QPointF | None = None
        self._tile_index = TileIndex(session.tiles.values(), session.setting("tile_px"))
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(320, 240)
        self.setObjectName("canvas")
        self.setAccessibleName(self.tr("Canvas"))
        self._update_cursor_shape()

    def detach(self) -> None:
        """Stop listening; the session is about to close."""
        self._pyramid.forget_requests()
        self._unsubscribe()

    # -- what is shown -----------------------------------------------------------------------------------------

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
        if "composite_key" in changes:
            self._forget_image()
        self.update()
        self.state_changed.emit()

    def choose_class(self, value: int) -> None:
        if value != self.state.class_value:
            self.set_state(previous_class_value=self.state.class_value, class_value=value)

    def set_diameter(self, tool: str, diameter_px: int) -> None:
        self.state.diameters[tool] = min(max(diameter_px, SMALLEST_BRUSH_PX), LARGEST_BRUSH_PX)
        self.update()
        self.state_changed.emit()

    def set_tolerance(self, tool: str, tolerance: int) -> None:
        self.state.tolerances[tool] = min(max(tolerance, 1), LARGEST_TOLERANCE)
        self.state_changed.emit()

    def choose_tool(self, name: str) -> None:
        self.tool.cancel()
        self.tool = self._tools[name]
        self._update_cursor_shape()
        self.update()
        self.state_changed.emit()

    def set_peeking(self, peeking: bool) -> None:
        """Whether the bare image shows, without any overlay."""
        self.peeking = peeking
        self.update()

    def show_scene(self, scene_id: int) -> bool:
        """Switch to another Scene; False, and `failed`, when it cannot be opened."""
        if scene_id == self.scene_id:
            return True
        try:
            scene = self.session.scene(scene_id)
        except FieldbrushError as error:
            self.failed.emit(error)
            return False
        self._pyramid.forget_requests()
        self.scene_id, self._scene = scene_id, scene
        self._pixel_size_m = Georeference(scene.info).pixel_size_m()
        self.update()
        return True

    def activate_tile(self, tile_id: int, *, move_view: bool = True) -> bool:
        """Make a Tile the one that is painted. False when its Scene cannot be opened."""
        self.tool.cancel()
        tile = self.session.tiles[tile_id]
        if not self.show_scene(tile.scene_id):
            return False
        try:
            labels = self.session.mask(tile_id).labels
        except FieldbrushError as error:
            self.failed.emit(error)
            return False
        self.active = tile
        self._mask_image = (labels, indexed_image(labels, class_table(self.session.classes)))
        self._read_validity(tile)
        self._forget_image()
        for tool in self._tools.values():
            tool.tile_changed()
        if move_view:
            self.fit_tile()
        self.session.predict_visible(tile_id)
        self.update()
        self.tile_activated.emit(tile_id)
        return True

    def _read_validity(self, tile: TileRecord) -> None:
        assert self._scene is not None
        work = partial(_valid_pixels, self._scene, self.session.interpretation, tile.rect)
        self._validity = self.session.readers.submit(text("Reading the scene"), work, Priority.VISIBLE)

    # -- moving about ------------------------------------------------------------------------------------------

    def fit_tile(self) -> None:
        if self.active is not None:
            self._set_viewport(Viewport.fitting(self.active.rect, self.width(), self.height(), _TILE_MARGIN))

    def fit_scene(self) -> None:
        if self._scene is not None:
            self._set_viewport(Viewport.fitting(self._scene_rect(), self.width(), self.height(), 12))

    def show_actual_size(self) -> None:
        """One Scene pixel on one physical screen pixel, round the view's middle."""
        middle = QPointF(self.width() / 2, self.height() / 2)
        self.zoom(1 / self.devicePixelRatioF() / self.viewport.scale, middle)

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        at = at or QPointF(self.width() / 2, self.height() / 2)
        smallest = smallest_scale(self._scene_rect(), self.width(), self.height())
        self._set_viewport(self.viewport.zoomed(factor, at, smallest))

    def _set_viewport(self, viewport: Viewport) -> None:
        self.viewport = viewport
        self.update()
        self.view_moved.emit()

    def _scene_rect(self) -> Rect:
        if self._scene is None:
            return Rect(0, 0, 1, 1)
        return Rect(0, 0, self._scene.info.width, self._scene.info.height)

    # -- what tools use (tools.base.ToolHost) ------------------------------------------------------------------

    def begin_stroke(self, tool: str) -> StrokeRecorder:
        assert self.active is not None
        return self.session.begin_stroke(self.active.tile_id, tool, self.paintable())

    def finish_stroke(self, recorder: StrokeRecorder) -> None:
        assert self.active is not None
        try:
            self.session.finish_stroke(self.active.tile_id, recorder)
        except FieldbrushError as error:
            self.update()
            self.failed.emit(error)
            return
        self.stroke_finished.emit()

    def ink(self) -> Ink:
        return Ink(self.state.class_value, protect_painted=self.state.protect_painted)

    def brush_diameter(self, tool: str) -> int:
        return self.state.diameters[tool]

    def tolerance(self, tool: str) -> int:
        return self.state.tolerances[tool]

    def bounds(self) -> Rect:
        assert self.active is not None
        return Rect(0, 0, self.active.rect.width, self.active.rect.height)

    def image(self) -> NDArray[np.uint8]:
        assert self.active is not None
        assert self._scene is not None
        if self._active_image is None:
            work = partial(_tile_image, self._scene, self.session.interpretation, self.composite, self.active.rect)
            self._active_image = self.session.readers.submit(text("Reading the scene"), work, Priority.VISIBLE)
        self._active_image.wait(10.0)
        if self._active_image.result is None:
            raise self._active_image.error or SceneError("The scene does not answer.", "Try again.")
        return self._active_image.result

    def superpixels(self, diameter_px: int) -> NDArray[np.int32]:
        if self._patches is None or self._patches[0] != diameter_px:
            self._patches = (diameter_px, superpixels(self.image(), diameter_px))
        return self._patches[1]

    def predicted_classes(self) -> NDArray[np.uint8] | None:
        assert self.active is not None
        prediction = self.session.predictions.get(self.active.tile_id)
        return None if prediction is None else prediction.classes

    def _forget_image(self) -> None:
        self._active_image = self._patches = None

    def show_changed(self, dirty: Rect) -> None:
        if self.active is not None and not dirty.is_empty:
            self._update_scene_rect(dirty.moved(self.active.rect.x, self.active.rect.y))

    def paintable(self) -> NDArray[np.bool_] | None:
        """The active Tile's valid pixels, (height, width); waits for the read if a Stroke begins that early."""
        if self._validity is None:
            return None
        self._validity.wait(10.0)
        if self._validity.error is not None:
            raise self._validity.error
        return self._validity.result

    # -- what changes from outside -----------------------------------------------------------------------------

    def _session_changed(self, change: Change) -> None:
        if Subject.CLASSES in change.subjects:
            self._overlays.clear()
            if self._mask_image is not None:
                self._mask_image[1].setColorTable(class_table(self.session.classes))
            self.update()
        for tile_id in change.tile_ids:
            kinds = ("mask",) if Subject.TILES in change.subjects else ("prediction", "doubt")
            self._overlays.drop(tile_id, kinds)
            tile = self.session.tiles[tile_id]
            if self.active is not None and tile_id == self.active.tile_id:
                self.active = tile
            if tile.scene_id == self.scene_id and not self.tool.is_busy:
                self._update_scene_rect(tile.rect)
        if Subject.MODEL in change.subjects and self.active is not None:
            self.session.predict_visible(self.active.tile_id)

    def _picture_changed(self, scene_id: int, rect: Rect) -> None:
        if scene_id == self.scene_id:
            self._update_scene_rect(rect)

    def _update_scene_rect(self, rect: Rect) -> None:
        self.update(self.viewport.rect_to_widget(rect).toAlignedRect().adjusted(-3, -3, 3, 3))

    # -- painting the widget -----------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(event.rect(), current_theme().canvas)
        if self._scene is None or self.scene_id is None or not self.composites:
            return
        view = self.viewport
        corner = view.to_scene(QPointF(event.rect().topLeft()))
        shown = Viewport(view.scale, *corner).visible(event.rect().width(), event.rect().height())
        ratio = self.devicePixelRatioF()
        self._pyramid.draw(
            painter, self._scene, self.scene_id, self.composite, shown, view.scale * ratio, view.rect_to_widget
        )
        if not self.peeking:
            tiles = self._visible_tiles(shown)
            self._draw_overlays(painter, tiles)
            self._draw_decorations(painter, tiles)
        draw_scale_bar(painter, self._pixel_size_m, view, QRectF(self.rect()))
        if self._cursor is not None and self.active is not None and not self._space_held:
            self.tool.draw_cursor(painter, self._cursor.x(), self._cursor.y(), view.scale)
        if self.active is not None and self.active.scene_id == self.scene_id:
            rect = self.active.rect
            self.tool.draw_shape(painter, lambda x, y: view.to_widget(rect.x + x, rect.y + y))

    def _visible_tiles(self, shown: Rect) -> list[TileRecord]:
        assert self.scene_id is not None
        shown = shown.intersect(self._scene_rect())
        return [self.session.tiles[tile_id] for tile_id in self._tile_index.within(self.scene_id, shown)]

    def _draw_overlays(self, painter: QPainter, tiles: list[TileRecord]) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        state = self.state
        budget = _IMAGES_PER_FRAME
        for kind, visible, opacity in (
            ("prediction", state.show_prediction, state.prediction_opacity),
            ("doubt", state.show_doubt, state.doubt_opacity),
            ("mask", state.show_mask, state.mask_opacity),
        ):
            if not visible:
                continue
            painter.setOpacity(opacity)
            for tile in tiles:
                image, made = self._overlay_image(kind, tile, may_make=budget > 0)
                budget -= made
                if image is not None:
                    painter.drawImage(self.viewport.rect_to_widget(tile.rect), image)
        painter.setOpacity(1.0)
        if budget <= 0:
            self.update()

    def _overlay_image(self, kind: str, tile: TileRecord, *, may_make: bool) -> tuple[QImage | None, bool]:
        """The image, and whether it had to be made."""
        is_active = self.active is not None and tile.tile_id == self.active.tile_id
        if kind == "mask":
            if is_active and self._mask_image is not None:
                return self._mask_image[1], False
            if tile.tile_id not in self.session.painted:
                return None, False
        elif tile.tile_id not in self.session.predictions:
            return None, False
        cached = self._overlays.get(kind, tile.tile_id)
        if cached is not None or not may_make:
            return cached, False
        if kind == "mask":
            try:
                plane = self.session.mask(tile.tile_id).labels
            except FieldbrushError as error:
                self.failed.emit(error)
                return None, True
            return self._overlays.put(kind, tile.tile_id, plane, class_table(self.session.classes), whole=False), True
        prediction = self.session.predictions.get(tile.tile_id)
        assert prediction is not None
        plane, table = (
            (prediction.classes, class_table(self.session.classes))
            if kind == "prediction"
            else (prediction.doubt, doubt_table())
        )
        return self._overlays.put(kind, tile.tile_id, plane, table, whole=True), True

    def _draw_decorations(self, painter: QPainter, tiles: list[TileRecord]) -> None:
        if self.state.show_grid:
            draw_grid(painter, tiles, self.viewport)
            draw_tile_marks(painter, [t for t in tiles if t is not self.active], self.viewport)
        if self.active is not None and self.active.scene_id == self.scene_id:
            draw_active_frame(painter, self.viewport.rect_to_widget(self.active.rect), QRectF(self.rect()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the middle of the view where it is."""
        old, new = event.oldSize(), event.size()
        if old.isValid() and old.width() > 0:
            self.viewport = self.viewport.moved((new.width() - old.width()) / 2, (new.height() - old.height()) / 2)
        super().resizeEvent(event)

    # -- mouse -------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        button, position = event.button(), event.position()
        pans = button == Qt.MouseButton.MiddleButton or (self._space_held and button == Qt.MouseButton.LeftButton)
        if pans and not self.tool.is_busy:
            self._pan_from = position
            self._update_cursor_shape()
        elif button in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton) and not self.tool.is_busy:
            self._press_tool(event)

    def _press_tool(self, event: QMouseEvent) -> None:
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._pick_class(event.position())
        elif self.active is None or not self._near_active(event.position()):
            self.hint.emit(self.tr("Double-click a tile to label it"))
        else:
            self._on_tool(lambda: self.tool.press(self._gesture(event)))

    def _on_tool(self, act: Callable[[], None]) -> None:
        try:
            act()
        except FieldbrushError as error:
            self.failed.emit(error)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        position = event.position()
        if self._pan_from is not None:
            delta = position - self._pan_from
            self._pan_from = position
            self._set_viewport(self.viewport.moved(delta.x(), delta.y()))
        elif self.tool.is_busy:
            self.tool.move(self._gesture(event))
        self._move_cursor(position)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._pan_from is not None and event.button() in (Qt.MouseButton.MiddleButton, Qt.MouseButton.LeftButton):
            self._pan_from = None
            self._update_cursor_shape()
        elif self.tool.is_busy and event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self.tool.release(self._gesture(event))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """On another tile: label that one. On the active tile it is two quick strokes."""
        tile = self.tile_at(event.position())
        if self.active is not None and self._near_active(event.position()) and not self._space_held:
            self._on_tool(lambda: self.tool.double_click(self._gesture(event)))
        elif tile is None:
            self.mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton:
            self.tile_wanted.emit(tile.tile_id)

    def wheelEvent(self, event: QWheelEvent) -> None:
        steps = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.resize_brush(1.2**steps)
        else:
            self.zoom(1.25**steps, event.position())
            self._move_cursor(event.position())
        event.accept()

    def resize_brush(self, factor: float) -> None:
        """Change the tool's diameter, or else its tolerance, by `factor`, by at least one step."""
        name = self.tool.name
        values = self.state.diameters if self.tool.has_size else self.state.tolerances
        if name in values:
            old = values[name]
            new = round(old * factor)
            self._set_tool_value(new if new != old else old + (1 if factor > 1 else -1))

    def resize_brush_by(self, steps: int) -> None:
        """The same by single pixels or steps."""
        values = self.state.diameters if self.tool.has_size else self.state.tolerances
        if self.tool.name in values:
            self._set_tool_value(values[self.tool.name] + steps)

    def _set_tool_value(self, value: int) -> None:
        if self.tool.has_size:
            self.set_diameter(self.tool.name, value)
        else:
            self.set_tolerance(self.tool.name, value)

    def leaveEvent(self, event: QEvent) -> None:
        self._move_cursor(None)
        self.cursor_left.emit()

    def _gesture(self, event: QMouseEvent) -> Gesture:
        assert self.active is not None
        x, y = self.viewport.to_scene(event.position())
        return Gesture(x - self.active.rect.x, y - self.active.rect.y, event.button(), event.modifiers())

    def _near_active(self, position: QPointF) -> bool:
        """Inside the active Tile, or so close to it that the brush reaches in."""
        if self.active is None or self.active.scene_id != self.scene_id:
            return False
        reach = self.state.diameters[self.tool.name] // 2 + 1 if self.tool.has_size else _SHAPE_REACH_PX
        return self.active.rect.grown(reach).contains(*self.viewport.to_scene(position))

    def _pick_class(self, position: QPointF) -> None:
        if self.active is None:
            return
        x, y = self.viewport.to_scene(position)
        if self.active.rect.contains(x, y):
            labels = self.session.mask(self.active.tile_id).labels
            value = int(labels[int(y) - self.active.rect.y, int(x) - self.active.rect.x])
            if value != UNLABELED:
                self.choose_class(value)

    def tile_at(self, position: QPointF) -> TileRecord | None:
        if self.scene_id is None:
            return None
        tile_id = self._tile_index.at(self.scene_id, *self.viewport.to_scene(position))
        return None if tile_id is None else self.session.tiles[tile_id]

    def _move_cursor(self, position: QPointF | None) -> None:
        for place in (self._cursor, position):
            if place is not None:
                self.update(self._cursor_rect(place))
        self._cursor = position
        if position is not None:
            self.cursor_moved.emit(*self.viewport.to_scene(position))

    def _cursor_rect(self, position: QPointF) -> QRect:
        diameter = self.state.diameters.get(self.tool.name, 8) * self.viewport.scale
        reach = diameter / 2 + 4
        return QRectF(position.x() - reach, position.y() - reach, 2 * reach, 2 * reach).toAlignedRect()

    def _update_cursor_shape(self) -> None:
        if self._pan_from is not None:
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
        elif self._space_held:
            self.setCursor(Qt.CursorShape.OpenHandCursor)
        else:
            self.setCursor(Qt.CursorShape.CrossCursor)

    # -- keys that are held (all others are actions of the window) ---------------------------------------------

    def event(self, event: QEvent) -> bool:
        """A key that the tool wants right now is no shortcut: Enter closes a polygon before it submits a tile."""
        overrides = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if overrides and self.active is not None and self.tool.wants_key(Qt.Key(event.key())):
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._space_held = True
            self._update_cursor_shape()
        elif event.key() == Qt.Key.Key_Q and not event.modifiers():
            self.set_peeking(True)
        elif self.active is not None and self.tool.wants_key(Qt.Key(event.key())):
            self._on_tool(lambda: self.tool.key(Qt.Key(event.key())))
        elif event.key() == Qt.Key.Key_Escape and self.tool.is_busy:
            self.tool.cancel()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if event.isAutoRepeat():
            return
        if event.key() == Qt.Key.Key_Space:
            self._space_held = False
            self._update_cursor_shape()
        elif event.key() == Qt.Key.Key_Q:
            self.set_peeking(False)
        else:
            super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QEvent) -> None:
        self._space_held = False
        self.set_peeking(False)
        self._update_cursor_shape()


def _tile_image(
    scene: Scene, interpretation: Interpretation, composite: Composite, rect: Rect, context: JobContext
) -> NDArray[np.uint8]:
    """The Tile as the eye sees it, stretched by its own values: (height, width, 3) uint8."""
    context.check()
    pixels = scene.read(rect, bands=composite.band_indexes, interpretation=interpretation)
    stretch = measure_stretch(pixels.values, pixels.valid, composite=composite)
    shown = render(pixels.values, pixels.valid, composite, stretch)
    return np.ascontiguousarray(shown).view(np.uint8).reshape(rect.height, rect.width, 4)[..., :3].copy()


def _valid_pixels(scene: Scene, interpretation: object, rect: Rect, context: JobContext) -> NDArray[np.bool_]:
    context.check()
    return scene.read_valid(rect, interpretation=interpretation)
