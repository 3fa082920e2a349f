"""Draws prediction, doubt and paint of the Tiles in view over the picture."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from core.project.records import TileRecord
from core.session import Session
from gui.canvas.active_tile import ActiveTile
from gui.canvas.overlay import OverlayCache, class_table, doubt_table
from gui.canvas.state import CanvasState
from gui.canvas.viewport import Viewport

_IMAGES_PER_FRAME = 12  # made in one paint event at most; the rest follow in the next


class OverlayPainter:
    """One for each view; images of Tiles that are not being painted are kept until `drop`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._images = OverlayCache()

    def drop(self, tile_id: int, kinds: tuple[str, ...]) -> None:
        """Forget the Tile's images of these kinds: "mask", "prediction", "doubt"."""
        self._images.drop(tile_id, kinds)

    def clear(self) -> None:
        self._images.clear()

    def draw(
        self, painter: QPainter, viewport: Viewport, tiles: list[TileRecord], state: CanvasState,
        active: ActiveTile | None,
    ) -> bool:  # fmt: skip
        """False while images are missing: then another paint event should follow. Raises FieldbrushError when a Mask
        cannot be read."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
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
                image, made = self._image(kind, tile, active, may_make=budget > 0)
                budget -= made
                if image is not None:
                    painter.drawImage(viewport.rect_to_widget(tile.rect), image)
        painter.setOpacity(1.0)
        return budget > 0

    def _image(
        self, kind: str, tile: TileRecord, active: ActiveTile | None, *, may_make: bool
    ) -> tuple[QImage | None, bool]:
        """The image, and whether it had to be made."""
        if kind == "mask" and active is not None and tile.tile_id == active.record.tile_id:
            return active.mask_image, False
        known = self._session.painted if kind == "mask" else self._session.predictions
        if tile.tile_id not in known:
            return None, False
        cached = self._images.get(kind, tile.tile_id)
        if cached is not None or not may_make:
            return cached, False
        plane, table = self._plane(kind, tile.tile_id)
        return self._images.put(kind, tile.tile_id, plane, table, whole=kind != "mask"), True

    def _plane(self, kind: str, tile_id: int) -> tuple[NDArray[np.uint8], list[int]]:
        colours = class_table(self._session.classes)
        if kind == "mask":
            return self._session.mask(tile_id).labels, colours
        prediction = self._session.predictions.get(tile_id)
        assert prediction is not None  # only this thread puts and drops
        return (prediction.classes, colours) if kind == "prediction" else (prediction.doubt, doubt_table())
