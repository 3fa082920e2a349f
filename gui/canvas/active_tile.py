"""The Tile that is being painted: its Mask as a picture, and its pixels as tools see them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Scene
from core.jobs import Job, JobContext, Priority
from core.labels.assist import Colours
from core.labels.classes import IGNORE
from core.project.looks import ValueRange
from core.project.records import TileRecord
from core.session import Session
from core.text import text
from gui.canvas.overlay import beside_paint, class_table, ignore_table, indexed_image
from gui.canvas.tile_colours import Drawing, TileColours, has_failed, result_of
from gui.canvas.value_limit import ValueLimit


class ActiveTile:
    """Reads start in the background with the Tile; whoever needs one before it is there waits for it."""

    def __init__(
        self,
        session: Session,
        scene: Scene,
        record: TileRecord,
        arrived: Callable[[], object],
        validity: Job[NDArray[np.bool_]] | None = None,
    ) -> None:
        """`validity`: the read of the valid pixels, where it has begun before. `arrived` is called when colours or
        superpixels that were asked for are there. Raises FieldbrushError when the Tile's Mask cannot be read."""
        self.record = record
        self._session = session
        self._scene = scene
        self._labels = session.mask(record.tile_id).labels
        self.mask_image: QImage = indexed_image(self._labels, class_table(session.classes, session.class_list.hidden))
        self.ignore_image: QImage = indexed_image(self._labels, ignore_table())
        self._unpainted = np.zeros_like(self._labels)
        self._unpainted_image = indexed_image(self._unpainted, self.mask_image.colorTable())
        self._validity = validity or self._read_validity()
        self.limit: ValueLimit | None = None
        self.colours = TileColours(session, scene, record.rect, arrived)

    def _read_validity(self) -> Job[NDArray[np.bool_]]:
        work = partial(read_valid_pixels, self._scene, self._session.interpretation, self.record.rect)
        return self._session.readers.submit(text("Reading the scene"), work, Priority.VISIBLE)

    @property
    def bounds(self) -> Rect:
        """The Tile's pixels, from (0, 0)."""
        return Rect(0, 0, self.record.rect.width, self.record.rect.height)

    def recolour(self) -> None:
        """The Classes have changed."""
        table = class_table(self._session.classes, self._session.class_list.hidden)
        self.mask_image.setColorTable(table)
        self._unpainted_image.setColorTable(table)

    def unpainted_image(self, predicted: NDArray[np.uint8], shown: Rect) -> QImage:
        """`predicted`, classes as (height, width) uint8, where no paint shows: right within `shown`, pixels of the
        Scene, however the paint there has changed since the last time."""
        part = self._of_scene(shown)
        if not part.is_empty:
            rows, columns = part.slices
            labels, hidden = self._labels[rows, columns], self._session.class_list.hidden
            self._unpainted[rows, columns] = beside_paint(predicted[rows, columns], labels, hidden)
        return self._unpainted_image

    def ignores_in(self, part: Rect) -> bool:
        """Whether a pixel of `part`, in pixels of the Scene, is ignored."""
        inside = self._of_scene(part)
        return not inside.is_empty and bool((self._labels[inside.slices] == IGNORE).any())

    def _of_scene(self, part: Rect) -> Rect:
        """What of `part`, in pixels of the Scene, is the Tile's, in its own pixels."""
        return part.intersect(self.record.rect).moved(-self.record.rect.x, -self.record.rect.y)

    def limit_to(self, found: tuple[ValueRange, Composite] | None, arrived: Callable[[], None]) -> None:
        """Paint only in that range of that Composite's values; `arrived` is called when they have been read."""
        if found is None:
            self.limit = None
            return
        value_range, composite = found
        if self.limit is None or self.limit.composite != composite:
            self.limit = ValueLimit(self._session, self._scene, self.record.rect, composite, arrived)
        self.limit.limit_to(value_range)

    def paintable(self) -> NDArray[np.bool_]:
        """The valid pixels inside the value range, bool (height, width). Raises SceneError if they cannot be read,
        or not soon: without them it is not known where nothing may be painted."""
        valid = result_of(self._validity)
        return valid if self.limit is None else valid & self.limit.inside()

    def picture(self, drawing: Drawing) -> Colours:
        """The colours as they are drawn. Raises SceneError if they cannot be read, or not soon."""
        return result_of(self.colours.ask_picture(drawing))

    def superpixels(self, drawing: Drawing, diameter_px: int) -> NDArray[np.int32]:
        """Patches of like colour about `diameter_px` across: int32 (height, width). Raises SceneError likewise."""
        return result_of(self.colours.ask_superpixels(drawing, diameter_px))

    def reads(self, *, again: bool = False) -> list[Job[Any]]:
        """What has to be there before a Stroke can begin; `again`: what could not be read is asked for anew."""
        if again and has_failed(self._validity):
            self._validity = self._read_validity()
        return [self._validity] if self.limit is None else [self._validity, self.limit.ask(again=again)]


def read_valid_pixels(
    scene: Scene, interpretation: Interpretation, rect: Rect, context: JobContext
) -> NDArray[np.bool_]:
    """(height, width) bool, on a reader's thread."""
    context.check()
    return scene.read_valid(rect, interpretation=interpretation)
