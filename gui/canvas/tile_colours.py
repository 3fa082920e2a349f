"""A Tile's pixels as the canvas draws them: what tools judge by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.display import GIVEN, Look, Stretch, read_composite, render
from core.imagery.interpretation import Interpretation
from core.imagery.scene import Scene
from core.jobs import Checkpoint
from gui.canvas.pyramid import measure_scene


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


def read_picture(
    scene: Scene, interpretation: Interpretation, drawing: Drawing, rect: Rect, context: Checkpoint
) -> NDArray[np.uint8]:
    """(height, width, 3) uint8, pixel for pixel what the Pyramid draws of `rect` where one Scene pixel is one of its
    pixels or more; black where the Scene has no data. Raises SceneError.

    Where the stretch is still being measured, it is measured here in the same way: what comes out is what the canvas is
    about to draw, and not the colours of another stretch.
    """
    context.check()
    composite, look = drawing.composite, drawing.look
    stretch = drawing.stretch or measure_scene(scene, interpretation, composite, look, context)
    context.check()
    pixels = read_composite(scene, rect, composite, interpretation)
    shown = render(pixels.values, pixels.valid, composite, stretch, look.colours)
    channels = np.ascontiguousarray(shown).view(np.uint8).reshape(rect.height, rect.width, 4)
    return channels[..., 2::-1].copy()
