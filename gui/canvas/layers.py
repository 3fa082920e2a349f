"""Draws prediction, doubt and paint of the Tiles in view over the picture."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPainter

from core.geometry import Rect
from core.labels.classes import IGNORE
from core.learning.prediction import TilePrediction
from core.project.records import TileRecord
from core.session import Session
from gui.canvas.active_tile import ActiveTile
from gui.canvas.hatch import draw_hatched
from gui.canvas.overlay import OverlayCache, beside_paint, class_table, doubt_table, ignore_table
from gui.canvas.state import CanvasState
from gui.canvas.viewport import Viewport

_MADE_OF = {"mask": ("mask", "ignore", "unpainted"), "prediction": ("prediction", "unpainted"), "doubt": ("doubt",)}
_MAKING_S = 0.008  # in one paint event, drawing not counted; what is missing then follows in the next


class OverlayPainter:
    """One for all views of a project; images of Tiles that are not being painted are kept until `drop`."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._images = OverlayCache()
        self._making_s = 0.0  # of this frame

    def drop(self, tile_id: int, kinds: Sequence[str]) -> None:
        """Forget the Tile's images of these kinds: "mask", "prediction", "doubt"."""
        self._images.drop(tile_id, [made for kind in kinds for made in _MADE_OF[kind]])

    def clear(self) -> None:
        self._images.clear()

    def leave(self, view: object) -> None:
        """The view is not seen any more: its images need not be kept."""
        self._images.leave(view)

    def draw(
        self, painter: QPainter, viewport: Viewport, within: Callable[[Collection[int]], list[TileRecord]],
        state: CanvasState, active: ActiveTile | None, shown: Rect, view: object,
    ) -> bool:  # fmt: skip
        """What lies in `shown`, pixels of the Scene, which the painter is clipped to; `within` gives the Tiles there,
        of those with the ids it is asked for; `view` is whose frame it is. False while images are missing: then another
        paint event should follow, and every one makes some more.
        Raises FieldbrushError when a Mask cannot be read."""
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
        step = _step(viewport.scale * painter.device().devicePixelRatioF())
        self._images.begin_frame(view)
        self._making_s, complete = 0.0, True
        for kind, visible, opacity in (
            ("unpainted" if state.show_mask else "prediction", state.show_prediction, state.prediction_opacity),
            ("doubt", state.show_doubt, state.doubt_opacity),
            ("mask", state.show_mask, state.mask_opacity),
            ("ignore", state.show_mask and IGNORE not in self._session.class_list.hidden, state.mask_opacity),
        ):
            if not visible:
                continue
            painter.setOpacity(opacity)
            for tile in within(self._known(kind, active)):
                if kind == "ignore" and not self._has_ignored(tile, active, shown):
                    continue
                image, fine = self._image(kind, tile, active, step, shown)
                complete &= fine
                if image is not None and kind == "ignore":
                    draw_hatched(painter, viewport.rect_to_widget(tile.rect), image, viewport.to_widget(0, 0))
                elif image is not None:
                    painter.drawImage(viewport.rect_to_widget(tile.rect), image)
        painter.setOpacity(1.0)
        return complete

    def _known(self, kind: str, active: ActiveTile | None) -> Collection[int]:
        """The Tiles that have something of the kind. `active` may have its first paint in a Stroke under way, which the
        Session does not know of yet."""
        if kind not in ("mask", "ignore"):
            return self._session.forecasts.predictions
        painted = self._session.painted
        return painted if active is None or active.record.tile_id in painted else {*painted, active.record.tile_id}

    def _image(
        self, kind: str, tile: TileRecord, active: ActiveTile | None, step: int, shown: Rect
    ) -> tuple[QImage | None, bool]:
        """What there is to show, and whether it is as fine as it should be."""
        if active is not None and tile.tile_id == active.record.tile_id:
            if kind in ("mask", "ignore"):
                return (active.mask_image if kind == "mask" else active.ignore_image), True
            if kind == "unpainted":
                return active.unpainted_image(self._prediction(tile.tile_id).classes, shown), True
        image, finest = self._images.get(kind, tile.tile_id)
        if image is not None and finest <= step:
            return image, True
        if self._making_s > _MAKING_S:
            return image, False
        started = time.perf_counter()
        plane, table = self._plane(kind, tile.tile_id)
        made = self._images.put(kind, tile.tile_id, plane, table, step)
        self._making_s += time.perf_counter() - started
        return made, True

    def _has_ignored(self, tile: TileRecord, active: ActiveTile | None, shown: Rect) -> bool:
        """Looked up anew for the active Tile, where a Stroke under way may paint it."""
        if active is not None and tile.tile_id == active.record.tile_id:
            return active.ignores_in(shown)
        return IGNORE in self._session.painted.get(tile.tile_id, ())

    def _plane(self, kind: str, tile_id: int) -> tuple[NDArray[np.uint8], list[int]]:
        colours = class_table(self._session.classes, self._session.class_list.hidden)
        if kind in ("mask", "ignore"):
            return self._session.mask(tile_id).labels, colours if kind == "mask" else ignore_table()
        prediction = self._prediction(tile_id)
        if kind == "unpainted" and tile_id in self._session.painted:
            labels = self._session.mask(tile_id).labels
            return beside_paint(prediction.classes, labels, self._session.class_list.hidden), colours
        return (prediction.doubt, doubt_table()) if kind == "doubt" else (prediction.classes, colours)

    def _prediction(self, tile_id: int) -> TilePrediction:
        prediction = self._session.forecasts.predictions.get(tile_id)
        assert prediction is not None  # only this thread puts and drops
        return prediction


def _step(scale: float) -> int:
    """Every which pixel the screen can show at `scale` device pixels per Scene pixel: a power of two."""
    return 1 << max(math.floor(math.log2(1 / scale)), 0)
