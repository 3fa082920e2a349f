"""A Scene's map as a picture: the Scene as it looks, and over it what the Model sees there."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.export.outlines import Strip
from core.geometry import Rect
from core.imagery.composites import composites_for, guessed_reflectance_one
from core.imagery.display import read_composite, render
from core.imagery.georeference import Georeference
from core.imagery.interpretation import Interpretation
from core.imagery.overviews import lacks_overview, overview_path
from core.imagery.scene import Pixels, Scene
from core.imagery.statistics import BandStatistics
from core.imagery.stretching import shown, stretch_of
from core.labels.classes import rgb_of
from core.project.fingerprints import fingerprint

_SLAB_ROWS = 32  # of the picture that are read at once
_COVER = 0.55  # how far a class's colour covers the image
# How far the image goes towards grey, and then towards white: the classes' colours stay what the legend shows.
_GREY = 0.5
_PALE = 0.3


@dataclass(frozen=True)
class SceneMap:
    """`image` uint8 (h, w, 3). `pixel_m` is (width, height) of a pixel of the picture in metres, None where it is not
    known; `north` (right, down) points there, None where that is not known."""

    name: str
    image: NDArray[np.uint8]
    pixel_m: tuple[float, float] | None
    north: tuple[float, float] | None

    @property
    def height_over_width(self) -> float:
        """The picture's true proportion."""
        height, width = self.image.shape[:2]
        wide, high = self.pixel_m or (1.0, 1.0)
        return float(height * high / (width * wide))

    def jpeg(self) -> bytes:
        from PIL import Image  # here: a library that no window should wait for

        out = io.BytesIO()
        Image.fromarray(self.image).save(out, "JPEG", quality=88, subsampling=0)
        return out.getvalue()


class Shrunk:
    """The label value at the centre of every `step` × `step` pixels of a Scene, gathered from its strips."""

    def __init__(self, width: int, height: int, longest_px: int) -> None:
        self.step = max(-(-max(width, height) // longest_px), 1)
        self._rows = np.minimum(np.arange(0, height, self.step) + self.step // 2, height - 1)
        self._columns = np.minimum(np.arange(0, width, self.step) + self.step // 2, width - 1)
        self.values = np.zeros((len(self._rows), len(self._columns)), np.uint8)

    def add(self, strip: Strip) -> None:
        """A strip of the Scene's whole width."""
        mine = (self._rows >= strip.top) & (self._rows < strip.top + len(strip.codes))
        self.values[mine] = strip.codes[np.ix_(self._rows[mine] - strip.top, self._columns)]


def scene_map(
    scene: Scene, interpretation: Interpretation, statistics: BandStatistics, shrunk: Shrunk,
    colours: Mapping[int, str], check: Callable[[], None],
) -> SceneMap:  # fmt: skip
    """The picture of `scene`, with the classes of `shrunk` in `colours` ("#rrggbb" by value). Reads from the Scene's
    overviews, or its reduced copy in the cache. Raises SceneError."""
    if lacks_overview(scene):
        scene.use_overview(overview_path(fingerprint(scene.info.path), interpretation))
    composite = composites_for(interpretation, guessed_reflectance_one(statistics.high))[0]
    values, valid = [], []
    for first in range(0, len(shrunk.values), _SLAB_ROWS):
        check()
        rows, columns = len(shrunk.values[first : first + _SLAB_ROWS]), shrunk.values.shape[1]
        rect = Rect(0, first * shrunk.step, columns * shrunk.step, rows * shrunk.step)
        slab = read_composite(scene, rect, composite, interpretation, rows, columns, smooth=True)
        values.append(slab.values)
        valid.append(slab.valid)
    whole, known = np.concatenate(values, axis=1), np.concatenate(valid)
    stretch = stretch_of(Pixels(whole, known), composite, shown(composite, interpretation, statistics))
    pixels = render(whole, known, composite, stretch, "greys" if composite.is_single else "")
    place = Georeference(scene.info)
    size = place.pixel_size_m()
    return SceneMap(
        Path(scene.info.path).name,
        covered(pixels, shrunk.values, colours),
        None if size is None else (size[0] * shrunk.step, size[1] * shrunk.step),
        place.north(),
    )


def covered(pixels: NDArray[np.uint32], classes: NDArray[np.uint8], colours: Mapping[int, str]) -> NDArray[np.uint8]:
    """uint8 (h, w, 3) from 0xAARRGGBB (h, w), paler, under the colours of `classes` (h, w); no data is white."""
    image = np.stack([(pixels >> np.uint32(shift)) & np.uint32(255) for shift in (16, 8, 0)], axis=-1)
    shown = image.astype(np.float32)
    grey = shown @ np.array([0.299, 0.587, 0.114], np.float32)
    shown += _GREY * (grey[..., None] - shown)
    shown += _PALE * (255 - shown)
    for value, colour in colours.items():
        rgb = np.array(rgb_of(colour), np.float32)
        chosen = classes == value
        shown[chosen] += _COVER * (rgb - shown[chosen])
    shown[(pixels >> np.uint32(24)) == 0] = 255
    return np.clip(np.rint(shown), 0, 255).astype(np.uint8)
