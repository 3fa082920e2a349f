"""A Tile's pixels as the canvas draws them, and its superpixels: what tools judge by."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import SceneError
from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.display import GIVEN, Look, Stretch, read_composite, render
from core.imagery.reader import TileReader
from core.imagery.scene import Scene
from core.imagery.stretching import measure_scene
from core.jobs import Checkpoint, Job, JobContext, JobState, Priority
from core.labels.assist import Colours, superpixels
from core.session import Session
from core.text import text

T = TypeVar("T")
_PATIENCE_S = 3.0  # for a read that a Stroke needs at once


@dataclass(frozen=True)
class Drawing:
    """How a Scene is drawn now: all that its colours on the screen depend on. `stretch`: None while it is measured."""

    composite: Composite
    look: Look
    stretch: Stretch | None

    @classmethod
    def of(cls, composite: Composite, look: Look, stretch: Stretch | None) -> Drawing:
        """What is given need not be measured."""
        if stretch is None and look.method == GIVEN:
            stretch = Stretch(look.low, look.high, look.gamma)
        return cls(composite, look, stretch)


class TileColours:
    """Both are read and computed in the background as soon as somebody asks; the newest of each is kept."""

    def __init__(self, session: Session, scene: Scene, rect: Rect, arrived: Callable[[], object]) -> None:
        """`arrived` is called when what was asked for is there."""
        self._session, self._scene, self._rect = session, scene, rect
        self._arrived = arrived
        self._picture: tuple[Drawing, Job[Colours]] | None = None
        self._superpixels: tuple[Drawing, int, Job[NDArray[np.int32]]] | None = None

    def ask_picture(self, drawing: Drawing, *, again: bool = False) -> Job[Colours]:
        """The colours as they are drawn; `again`: also where reading the same has failed."""
        if self._picture is None or self._picture[0] != drawing or (again and has_failed(self._picture[1])):
            if self._picture is not None:
                self._picture[1].cancel()

            def look(context: JobContext) -> Colours:
                image = read_picture(self._scene, self._session.reader, drawing, self._rect, context)
                context.check()
                return Colours.of(image)

            self._picture = (drawing, self._submit(look))
        return self._picture[1]

    def ask_superpixels(self, drawing: Drawing, diameter_px: int, *, again: bool = False) -> Job[NDArray[np.int32]]:
        """Superpixels about `diameter_px` across, (height, width) int32."""
        known = self._superpixels
        if known is None or known[:2] != (drawing, diameter_px) or (again and has_failed(known[2])):
            if known is not None:
                known[2].cancel()

            def cut(context: JobContext) -> NDArray[np.int32]:
                image = read_picture(self._scene, self._session.reader, drawing, self._rect, context)
                context.check()
                return superpixels(image, diameter_px)

            known = self._superpixels = (drawing, diameter_px, self._submit(cut))
        return known[2]

    def _submit(self, work: Callable[[JobContext], T]) -> Job[T]:
        title = text("Reading the scene")
        return self._session.readers.submit(title, work, Priority.VISIBLE, then=lambda _: self._arrived())


def result_of(job: Job[T]) -> T:
    """What the job has found, waited for a few seconds at most. Raises SceneError."""
    job.wait(_PATIENCE_S)
    if job.result is None:
        raise job.error or SceneError("This tile is still being read.", "Try again in a moment.")
    return job.result


def has_failed(job: Job[Any]) -> bool:
    """Whether the job has ended without what it was to find."""
    return job.state in (JobState.FAILED, JobState.CANCELLED)


def read_picture(
    scene: Scene, reader: TileReader, drawing: Drawing, rect: Rect, context: Checkpoint
) -> NDArray[np.uint8]:
    """(height, width, 3) uint8, pixel for pixel what the Pyramid draws of `rect` where one Scene pixel is one of its
    pixels or more; black where the Scene has no data. Raises SceneError.

    Where the stretch is still being measured, it is measured here in the same way: what comes out is what the canvas is
    about to draw, and not the colours of another stretch.
    """
    context.check()
    composite, look = drawing.composite, drawing.look
    stretch = drawing.stretch or measure_scene(scene, reader, composite, look, context)
    context.check()
    pixels = read_composite(scene, rect, composite, reader.interpretation)
    shown = render(pixels.values, pixels.valid, composite, stretch, look.colours)
    channels = np.ascontiguousarray(shown).view(np.uint8).reshape(rect.height, rect.width, 4)
    return channels[..., 2::-1].copy()
