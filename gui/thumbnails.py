"""Small pictures of Tiles, read in the background when they are first asked for. Queue and tile list share them."""

from __future__ import annotations

from collections import OrderedDict
from functools import partial

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPen

from core.errors import SceneError
from core.events import Change, Subject
from core.geometry import TileRef
from core.imagery.composites import composites_for, guessed_reflectance_one
from core.imagery.display import read_composite, render
from core.imagery.reader import TileReader
from core.imagery.stretching import shown, stretch_of
from core.jobs import Job, JobContext, JobState, Priority
from core.session import Session
from core.text import text
from gui.theme import current_theme

THUMBNAIL_PX = 144
_KEPT = 800
_MOST_WAITING = 120  # two screens full; what was asked for before has been scrolled away
_NODATA_GREY = np.uint32(0xFF606060)


class Thumbnails(QObject):
    """One for a project. `image` gives what is there; `arrived` says when it is worth asking again."""

    arrived = Signal(int)  # Tile id

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._images: OrderedDict[int, QImage | None] = OrderedDict()
        self._waiting: OrderedDict[int, Job[NDArray[np.uint32] | None]] = OrderedDict()
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        self._unsubscribe()
        for job in self._waiting.values():
            job.cancel()

    def image(self, tile_id: int) -> QImage | None:
        """The Tile at no more than 144 px a side; None while it is being read, or where it cannot be."""
        if tile_id in self._images:
            self._images.move_to_end(tile_id)
            return self._images[tile_id]
        if tile_id not in self._waiting:
            self._request(tile_id)
        elif self._waiting[tile_id].state is JobState.FAILED:  # which was told when it did
            self._images[tile_id] = None
            del self._waiting[tile_id]
        else:
            self._waiting.move_to_end(tile_id)
        return None

    def _request(self, tile_id: int) -> None:
        """The readers take the newest request first; the oldest are given up beyond two screens full."""
        work = partial(read_thumbnail, self._session.reader, self._session.tile_ref(tile_id))
        self._waiting[tile_id] = self._session.readers.submit(
            text("Reading thumbnails"), work, Priority.QUEUE, then=partial(self._keep, tile_id)
        )
        while len(self._waiting) > _MOST_WAITING:
            self._waiting.popitem(last=False)[1].cancel()

    def _keep(self, tile_id: int, pixels: NDArray[np.uint32] | None) -> None:
        self._waiting.pop(tile_id, None)
        self._images[tile_id] = None if pixels is None else _as_image(pixels)
        while len(self._images) > _KEPT:
            self._images.popitem(last=False)
        self.arrived.emit(tile_id)

    def _session_changed(self, change: Change) -> None:
        """A Scene is somewhere else now, or its drive may be back: what could not be read is tried again."""
        if Subject.SCENES in change.subjects:
            self._images = OrderedDict((key, image) for key, image in self._images.items() if image is not None)


def draw_thumbnail(painter: QPainter, box: QRect, image: QImage | None) -> QRect:
    """Draw it in the middle of the box, a placeholder while there is none; returns where it is."""
    theme = current_theme()
    place = box
    if image is None:
        painter.fillRect(place, QColor(theme.pressed))
    else:
        size = image.size().scaled(box.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(box.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, image)
    painter.setPen(QPen(QColor(theme.border)))
    painter.setBrush(QColor(0, 0, 0, 0))
    painter.drawRect(place.adjusted(0, 0, -1, -1))
    return place


def read_thumbnail(reader: TileReader, ref: TileRef, context: JobContext) -> NDArray[np.uint32] | None:
    """(height, width) 0xAARRGGBB, no side above 144: the Tile as the canvas shows it to begin with. None where the
    Scene cannot be read: whoever goes to the Tile is told why."""
    context.check()
    shrink = max(1.0, max(ref.rect.width, ref.rect.height) / THUMBNAIL_PX)
    height, width = (max(1, round(side / shrink)) for side in (ref.rect.height, ref.rect.width))
    composite = composites_for(reader.interpretation, guessed_reflectance_one(reader.statistics.high))[0]
    is_smooth = composite.palette is None
    try:
        scene = reader.scene(ref.scene_path)
        pixels = read_composite(scene, ref.rect, composite, reader.interpretation, height, width, smooth=is_smooth)
        scale = reader.scale_of(ref.scene_path, context=context)  # lets what is in view come between
    except SceneError:
        return None
    stretch = stretch_of(pixels, composite, shown(composite, reader.interpretation, scale))
    return np.where(pixels.valid, render(pixels.values, pixels.valid, composite, stretch), _NODATA_GREY)


def _as_image(pixels: NDArray[np.uint32]) -> QImage:
    height, width = pixels.shape
    return QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_RGB32).copy()
