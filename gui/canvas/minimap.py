"""The minimap: the whole Scene in a corner of the canvas, with what is done and where one is."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QEnterEvent, QHideEvent, QImage, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QWidget

from core.events import Change, Subject
from core.geometry import Rect
from core.imagery.overviews import lacks_overview
from core.project.records import TileStatus
from core.project.settings import Setting
from gui.canvas.decorations import MARK_COLOURS, SCALE_BAR_ROOM_PX
from gui.canvas.view import CanvasView
from gui.canvas.viewport import ZOOM_STEP, Viewport
from gui.theme import SPACE_MEDIUM, current_theme

_LARGEST_PX = 180
_SHARE = 0.36  # of the canvas's sides at most
_OVER_TILE_PX = 110  # at most where it must cover a part of the active Tile
_LEAST_BESIDE_PX = 40  # smaller beside the Tile says nothing: then it covers a part of it
_LEAST_PX = 12
_LEAST_CANVAS_PX = 160  # of its height: in a lower one there is a scene to be seen, and no more
_DIMMED = QColor(0, 0, 0, 70)  # the picture, so that statuses and frame stand out
_TINT = 215  # of 255: how much of the picture a Tile's status covers
_STATUSES = tuple(TileStatus)


class Minimap(QWidget):
    """Hidden while the whole Scene is in view. Press or drag to move the view there; the wheel zooms it."""

    def __init__(self, canvas: CanvasView) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._session = canvas.session
        self._scene_id: int | None = None
        self._tile_px: int = self._session.setting(Setting.TILE_PX)
        self._statuses = np.zeros((1, 1), np.uint8)
        self._grip = QPointF()  # from where the view's middle is held
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)  # the canvas below need not be drawn for it
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(self.tr("Minimap"))
        self.setToolTip(self.tr("The whole scene. Drag to move the view."))
        canvas.pyramid.watch(self, self._picture_changed)
        self._unsubscribe = self._session.changes.subscribe(self._session_changed)
        canvas.view_moved.connect(self.refresh)
        canvas.state_changed.connect(self.refresh)
        canvas.tile_activated.connect(self.refresh)
        self.hide()

    def detach(self) -> None:
        self._unsubscribe()
        self._canvas.pyramid.leave(self)

    def refresh(self) -> None:
        """Take size and place from the canvas; hide where there is nothing to say."""
        canvas = self._canvas
        if canvas.scene_id is None:
            return
        if canvas.scene_id != self._scene_id:
            self._scene_id = canvas.scene_id
            self._statuses = self._read_statuses()
        size, seen = self._wanted_size(), canvas.viewport.visible(canvas.width(), canvas.height())
        fits = seen.intersect(canvas.scene_rect()) == canvas.scene_rect()
        is_wanted = canvas.state.show_minimap and not fits and min(size.width(), size.height()) >= _LEAST_PX
        self.setVisible(is_wanted and self._has_room(size))
        corner = canvas.rect().bottomRight()
        self.setGeometry(corner.x() - size.width() - SPACE_MEDIUM, corner.y() - size.height() - SPACE_MEDIUM,
                         size.width(), size.height())  # fmt: skip
        self.update()

    def _has_room(self, size: QSize) -> bool:
        """Beside the scale bar, and without hiding most of a small view."""
        canvas = self._canvas
        beside = canvas.width() - size.width() - SPACE_MEDIUM
        return beside >= SCALE_BAR_ROOM_PX and canvas.height() >= _LEAST_CANVAS_PX

    def _wanted_size(self) -> QSize:
        whole, canvas = self._canvas.scene_rect(), self._canvas
        room = (canvas.size() * _SHARE).boundedTo(QSize(_LARGEST_PX, _LARGEST_PX))
        size = QSize(whole.width, whole.height).scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        free = self._free_beside_tile()
        if size.width() <= free.width() or size.height() <= free.height():
            return size
        beside = size.scaled(QSize(free.width(), size.height()), Qt.AspectRatioMode.KeepAspectRatio)
        below = size.scaled(QSize(size.width(), free.height()), Qt.AspectRatioMode.KeepAspectRatio)
        clear = max(beside, below, key=QSize.width)
        smaller = size.boundedTo(size.scaled(_OVER_TILE_PX, _OVER_TILE_PX, Qt.AspectRatioMode.KeepAspectRatio))
        return clear if max(clear.width(), clear.height()) >= _LEAST_BESIDE_PX else smaller

    def _free_beside_tile(self) -> QSize:
        """The room to the right of the active Tile and below it."""
        canvas = self._canvas
        if canvas.active is None or canvas.active.scene_id != canvas.scene_id:
            return canvas.size()
        tile = canvas.viewport.rect_to_widget(canvas.active.rect)
        right, below = (
            canvas.width() - tile.right() - 2 * SPACE_MEDIUM,
            canvas.height() - tile.bottom() - 2 * SPACE_MEDIUM,
        )
        return QSize(max(round(right), 0), max(round(below), 0))

    def _view(self) -> Viewport:
        return Viewport(self.width() / self._canvas.scene_rect().width)

    def _seen(self) -> QRectF:
        """Where the canvas looks."""
        canvas = self._canvas
        return self._view().rect_to_widget(canvas.viewport.visible(canvas.width(), canvas.height()))

    # -- tiles -------------------------------------------------------------------------------------------------

    def _read_statuses(self) -> NDArray[np.uint8]:
        """The Scene's Tiles, a pixel each, (rows, columns): the number of their status."""
        scene = self._canvas.scene_rect()
        rows, columns = (-(-side // self._tile_px) for side in (scene.height, scene.width))
        statuses = np.zeros((rows, -(-columns // 4) * 4), np.uint8)  # QImage wants rows of whole words
        for tile in self._session.tiles.values():
            if tile.status is not _STATUSES[0] and tile.scene_id == self._scene_id:  # new ones: there may be 150,000
                statuses[tile.grid_row, tile.grid_column] = _STATUSES.index(tile.status)
        return statuses

    def _session_changed(self, change: Change) -> None:
        if Subject.SCENES in change.subjects:
            self.update()
        if Subject.STATUS not in change.subjects:
            return
        for tile_id in change.tile_ids:
            tile = self._session.tiles[tile_id]
            if tile.scene_id == self._scene_id:
                self._statuses[tile.grid_row, tile.grid_column] = _STATUSES.index(tile.status)
                self.update()

    def _picture_changed(self, scene_id: int, _: Rect) -> None:
        if scene_id == self._scene_id:
            self.update()

    # -- painting ----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), current_theme().canvas)
        canvas, whole, view = self._canvas, self._canvas.scene_rect(), self._view()
        if canvas.scene_id is None or not canvas.composites:
            return
        scene = self._session.scene_files.open(canvas.scene_id)
        if not lacks_overview(scene):  # else this small picture would read all of a big file
            canvas.pyramid.draw(self, painter, scene, canvas.scene_id, canvas.composite, whole, whole,
                               view.scale * self.devicePixelRatioF(), view.rect_to_widget)  # fmt: skip
        painter.fillRect(self.rect(), _DIMMED)
        self._draw_statuses(painter, view)
        self._draw_place(painter, view)
        painter.setPen(QPen(QColor(255, 255, 255, 160), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _draw_statuses(self, painter: QPainter, view: Viewport) -> None:
        rows, columns = self._statuses.shape
        image = QImage(self._statuses.data, columns, rows, columns, QImage.Format.Format_Indexed8)
        image.setColorTable(_status_table())
        place = view.rect_to_widget(Rect(0, 0, columns * self._tile_px, rows * self._tile_px))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, place.width() < columns)
        painter.drawImage(place, image)

    def _draw_place(self, painter: QPainter, view: Viewport) -> None:
        """The active Tile, and what the canvas shows."""
        canvas = self._canvas
        if canvas.active is not None and canvas.active.scene_id == canvas.scene_id:
            tile = view.rect_to_widget(canvas.active.rect)
            painter.setPen(QPen(QColor(255, 255, 255), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(tile.x(), tile.y(), max(tile.width() - 1, 2), max(tile.height() - 1, 2)))
        seen = self._seen().intersected(QRectF(self.rect()).adjusted(1, 1, -1, -1))
        for colour, width in ((QColor(0, 0, 0, 190), 3.5), (QColor(255, 255, 255), 1.5)):
            painter.setPen(QPen(colour, width))
            painter.drawRect(seen)

    def hideEvent(self, event: QHideEvent) -> None:
        self._canvas.pyramid.forget_requests(self)
        super().hideEvent(event)

    # -- mouse -------------------------------------------------------------------------------------------------

    def enterEvent(self, event: QEnterEvent) -> None:
        self._canvas.forget_cursor()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the frame, or bring it here."""
        if event.button() == Qt.MouseButton.LeftButton:
            seen = self._seen()
            self._grip = event.position() - seen.center() if seen.contains(event.position()) else QPointF()
            self._go_to(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._canvas.zoom(ZOOM_STEP ** (event.angleDelta().y() / 120))
        event.accept()

    def _go_to(self, position: QPointF) -> None:
        x, y = self._view().to_scene(position - self._grip)
        whole = self._canvas.scene_rect()
        self._canvas.look_at(min(max(x, 0), whole.width), min(max(y, 0), whole.height), self._canvas.viewport.scale)


def _status_table() -> list[int]:
    """New Tiles show the picture, all others a tint over it."""
    table = [0] * 256
    for status, colour in MARK_COLOURS.items():
        tint = QColor(colour).lighter(150)
        tint.setAlpha(_TINT)
        table[_STATUSES.index(status)] = tint.rgba()
    return table
