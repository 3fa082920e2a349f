"""How bright a Scene is drawn: its stretch, measured on a sample of the Scene or of a part of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.display import GIVEN, PERCENTILES, Look, Stretch, measure_again, measure_stretch, read_composite
from core.imagery.interpretation import Interpretation
from core.imagery.overviews import lacks_overview
from core.imagery.scene import OVERVIEW_FACTOR, Pixels, Scene, sample_windows
from core.jobs import Checkpoint

_SAMPLE_PX = 512
_WINDOW_PX = 64  # of 4 × 4 windows, where shrinking the whole Scene would decode all of a big file
_ENOUGH_PX = 4096
# Clouds and roofs would leave the fields nearly black. All channels are brightened alike, so that no colour shifts.
_WANTED_BRIGHTNESS = 0.36
_MOST_BRIGHTENING = 3.0


def measure_scene(
    scene: Scene, interpretation: Interpretation, composite: Composite, look: Look, context: Checkpoint
) -> Stretch:
    """The stretch that `look` draws a whole Scene with. Raises SceneError."""
    context.check()
    if look.method == GIVEN:
        return Stretch(look.low, look.high, look.gamma)
    return bright_stretch(_sample(scene, interpretation, composite, scene.info.rect), look, composite)


def bright_stretch(pixels: Pixels, look: Look, composite: Composite) -> Stretch:
    """The stretch that `look` asks for, narrowed where a few bright pixels would leave all others nearly black."""
    stretch = measure_stretch(pixels.values, pixels.valid, look, composite)
    if composite.formula is not None or look.method != PERCENTILES:
        return stretch
    share = max(min(_brightness(pixels.values, pixels.valid, stretch) / _WANTED_BRIGHTNESS, 1.0), 1 / _MOST_BRIGHTENING)
    highs = (low + share * (high - low) for low, high in zip(stretch.low, stretch.high, strict=True))
    return replace(stretch, high=tuple(highs))


def measure_view(
    scene: Scene, interpretation: Interpretation, composite: Composite, look: Look, base: Stretch, rect: Rect,
    context: Checkpoint,
) -> Stretch:  # fmt: skip
    """The stretch for a part of the Scene, in the colours of `base`."""
    context.check()
    pixels = _sample(scene, interpretation, composite, rect)
    return measure_again(pixels.values, pixels.valid, look, composite, base)


def _sample(scene: Scene, interpretation: Interpretation, composite: Composite, rect: Rect) -> Pixels:
    if rect == scene.info.rect and lacks_overview(scene):
        found = _sample_windows(scene, interpretation, composite)
        if np.count_nonzero(found.valid) >= _ENOUGH_PX:
            return found
    factor = max(max(rect.width, rect.height) / _SAMPLE_PX, 1.0)
    if rect == scene.info.rect and scene.has_overview:
        factor = max(factor, OVERVIEW_FACTOR)  # of many bands even a small file is slow to read
    height, width = (max(1, round(side / factor)) for side in (rect.height, rect.width))
    return read_composite(scene, rect, composite, interpretation, height, width)


def _sample_windows(scene: Scene, interpretation: Interpretation, composite: Composite) -> Pixels:
    """Windows from all over the Scene, one below the other."""
    windows = sample_windows(scene.info, _WINDOW_PX)
    rects = [Rect(int(w.col_off), int(w.row_off), int(w.width), int(w.height)) for w in windows]
    found = [read_composite(scene, rect, composite, interpretation) for rect in rects]
    return Pixels(np.concatenate([p.values for p in found], axis=1), np.concatenate([p.valid for p in found]))


def _brightness(values: NDArray[np.generic], valid: NDArray[np.bool_], stretch: Stretch) -> float:
    """The mean of what is shown, 0…1."""
    shown = [
        float(np.mean(np.clip((channel[valid] - low) / (high - low), 0, 1)))
        for channel, low, high in zip(values.astype(np.float32), stretch.low, stretch.high, strict=True)
        if valid.any()
    ]
    return sum(shown) / len(shown) if shown else 1.0
