"""How bright a Scene is drawn: as the whole project usually is, or measured on a sample of the Scene or of a part."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.geometry import Rect
from core.imagery.composites import Composite
from core.imagery.display import (
    GIVEN,
    PERCENTILES,
    USUAL,
    Look,
    Stretch,
    default_look,
    measure_again,
    measure_stretch,
    read_composite,
)
from core.imagery.files import sample_windows
from core.imagery.interpretation import Interpretation
from core.imagery.overviews import lacks_overview
from core.imagery.reader import TileReader
from core.imagery.scene import OVERVIEW_FACTOR, Pixels, Scene
from core.imagery.statistics import BandStatistics, pooled_statistics
from core.jobs import Checkpoint

_SAMPLE_PX = 512
_WINDOW_PX = 64  # of 4 × 4 windows, where shrinking the whole Scene would decode all of a big file
_ENOUGH_PX = 4096
# Clouds and roofs would leave the fields nearly black.
_WANTED_BRIGHTNESS = 0.36
_LEAST_BRIGHTNESS = 0.2  # of bytes, which are a picture already
_MOST_BRIGHTENING = 5.0


def measure_scene(scene: Scene, reader: TileReader, composite: Composite, look: Look, context: Checkpoint) -> Stretch:
    """The stretch that `look` draws a whole Scene of `reader` with. Raises SceneError."""
    context.check()
    if look.method == GIVEN:
        return Stretch(look.low, look.high, look.gamma)
    if look.method == USUAL and composite.formula is None:
        whole = reader.has_all_bands(scene)  # else it was written anew with fewer, and what is left of it is shown
        scale = reader.scale_of(scene.info.path, context=context) if whole else reader.statistics
        return usual_stretch(scene.info.dtype, composite, shown(composite, reader.interpretation, scale), look.gamma)
    pixels = _sample(scene, reader.interpretation, composite, scene.info.rect)
    stretch = measure_stretch(pixels.values, pixels.valid, look, composite)
    if composite.formula is not None or look.method != PERCENTILES:
        return stretch
    return _brightened(stretch, _brightness(pixels, stretch), _WANTED_BRIGHTNESS)


def shown(composite: Composite, interpretation: Interpretation, scale: BandStatistics) -> BandStatistics:
    """Of the bands that `composite` shows, in its order; `scale` is of all data bands."""
    places = {band.index: place for place, band in enumerate(interpretation.data_bands)}
    return scale.of([places[index] for index in composite.band_indexes])


def usual_stretch(dtype: str, composite: Composite, known: BandStatistics, gamma: float = 1.0) -> Stretch:
    """How bands are drawn where nobody asks for something else; `known` of them is what brings a Scene of the project
    to the scale of all. So colours mean the same in every Scene: measured one by one, a field that yellows would look
    like one that is green.

    Colours of bytes are a picture as they are, from 0 to 255. All else goes from the 1st to the 99th percentile.
    """
    lows, highs, wanted = known.low, known.high, _WANTED_BRIGHTNESS
    if len(composite.band_indexes) == 1:
        return Stretch(lows, highs, gamma)
    if dtype == "uint8":
        lows, highs, wanted = (0.0,) * 3, (255.0,) * 3, _LEAST_BRIGHTNESS
    brightness = sum((mean - low) / (high - low) for low, high, mean in zip(lows, highs, known.mean, strict=True)) / 3
    return _brightened(Stretch(lows, highs, gamma), brightness, wanted)


def _brightened(stretch: Stretch, brightness: float, wanted: float) -> Stretch:
    """All channels alike, so that no colour shifts; as it is where the mean `brightness` of what it shows, 0…1, is not
    known: the first projects have the mean of all values, which a few far-off ones can take anywhere."""
    share = max(min(brightness / wanted, 1.0), 1 / _MOST_BRIGHTENING) if 0 < brightness < 1 else 1.0
    highs = (low + share * (high - low) for low, high in zip(stretch.low, stretch.high, strict=True))
    return replace(stretch, high=tuple(highs))


def stretch_of(pixels: Pixels, composite: Composite, known: BandStatistics | None = None) -> Stretch | None:
    """How `pixels` look to begin with; `known` as in `usual_stretch`, None where there is no project yet. None for a
    palette."""
    if composite.palette is not None:
        return None
    if composite.formula is not None or not pixels.valid.any():
        return measure_stretch(pixels.values, pixels.valid, default_look(composite), composite)
    known = known or pooled_statistics([pixels.values[:, pixels.valid]])
    return usual_stretch(pixels.values.dtype.name, composite, known)


def measure_view(
    scene: Scene, interpretation: Interpretation, composite: Composite, look: Look, base: Stretch, rect: Rect,
    context: Checkpoint,
) -> Stretch:  # fmt: skip
    """The stretch for a part of the Scene, in the colours of `base`."""
    context.check()
    pixels = _sample(scene, interpretation, composite, rect)
    return measure_again(pixels.values, pixels.valid, look, composite, base)


def _brightness(pixels: Pixels, stretch: Stretch) -> float:
    """The mean of what is shown, 0…1."""
    shown = [
        float(np.mean(np.clip((channel[pixels.valid].astype(np.float32) - low) / (high - low), 0, 1)))
        for channel, low, high in zip(pixels.values, stretch.low, stretch.high, strict=True)
        if pixels.valid.any()
    ]
    return sum(shown) / len(shown) if shown else 1.0


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
