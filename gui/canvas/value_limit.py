"""The value range on one Tile: which pixels it lets be painted, and the hatching over the others."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF
from PySide6.QtGui import QImage, QPainter

from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.display import read_composite, single_values
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Scene
from core.jobs import Job, JobContext, Priority
from core.project.looks import ValueRange
from core.session import Session
from core.text import text
from gui.canvas.hatch import Hatching, hatched, thin_hatch_brush
from gui.canvas.tile_colours import has_failed, result_of

_MOST_LAYERS = 4  # as many views as there are


class ValueLimit:
    """One Composite's values on one Tile, read in the background; any range of them is then at hand at once."""

    def __init__(
        self, session: Session, scene: Scene, rect: Rect, composite: Composite, arrived: Callable[[], None]
    ) -> None:
        self.composite = composite
        work = partial(tile_values, scene, session.interpretation, composite, rect)
        self._submit = partial(
            session.readers.submit, text("Reading the scene"), work, Priority.VISIBLE, then=lambda values: arrived()
        )
        self._read = self._submit()
        self._range: ValueRange | None = None
        self._inside: NDArray[np.bool_] | None = None
        self._outside_image: QImage | None = None
        self._layers: dict[tuple[float, ...], Hatching] = {}  # hatching by its place: strokes repaint small parts of it

    def limit_to(self, value_range: ValueRange) -> None:
        """The range to paint in from now on."""
        if value_range != self._range:
            self._range, self._inside, self._outside_image = value_range, None, None
            self._layers.clear()

    def ask(self, *, again: bool = False) -> Job[NDArray[np.floating[Any]]]:
        """The read of the values; `again`: a new one where it has failed."""
        if again and has_failed(self._read):
            self._read = self._submit()
        return self._read

    def values(self) -> NDArray[np.floating[Any]] | None:
        """(height, width) float, NaN where invalid; None while they are read."""
        return self._read.result

    def inside(self) -> NDArray[np.bool_]:
        """(height, width): where may be painted. Waits for the read; raises SceneError where it fails."""
        result_of(self._read)
        found = self._inside_now()
        assert found is not None
        return found

    def share(self) -> float | None:
        """The part of the Tile's pixels with a value that may be painted, 0…1; None while that is not known."""
        inside, values = self._inside_now(), self.values()
        if inside is None or values is None:
            return None
        known = int(np.count_nonzero(~np.isnan(values)))
        return int(np.count_nonzero(inside)) / max(known, 1)

    def draw(self, painter: QPainter, tile: QRectF, whole: QRectF) -> None:
        """Hatch what may not be painted; `tile` is where the Tile is on the widget, whose rectangle is `whole`."""
        shown = tile.intersected(whole).toAlignedRect()
        outside = self._outside()
        if outside is None or shown.isEmpty():
            return
        ratio = painter.device().devicePixelRatioF()
        place = (tile.x(), tile.y(), tile.width(), shown.x(), shown.y(), shown.width(), shown.height(), ratio)
        if place not in self._layers:
            if len(self._layers) >= _MOST_LAYERS:
                self._layers.clear()
            self._layers[place] = hatched(outside, tile, shown, tile.topLeft(), ratio, thin_hatch_brush(ratio))
        self._layers[place].draw(painter)

    def _inside_now(self) -> NDArray[np.bool_] | None:
        if self._inside is None and self._range is not None and (values := self.values()) is not None:
            self._inside = self._range.inside(values)
        return self._inside

    def _outside(self) -> QImage | None:
        """Opaque where may not be painted, else transparent, one pixel for one."""
        if self._outside_image is None and (inside := self._inside_now()) is not None:
            height, width = inside.shape
            plane = np.where(inside, 0, 255).astype(np.uint8)
            image = QImage(plane.data, width, height, width, QImage.Format.Format_Alpha8)
            self._outside_image = image.copy()  # of its own memory
        return self._outside_image


def tile_values(
    scene: Scene, interpretation: Interpretation, composite: Composite, rect: Rect, context: JobContext
) -> NDArray[np.floating[Any]]:
    """A Composite's values on a rectangle of the Scene, (height, width) float, NaN where there are none."""
    context.check()
    pixels = read_composite(scene, rect, composite, interpretation)
    return single_values(pixels.values, pixels.valid, composite)
