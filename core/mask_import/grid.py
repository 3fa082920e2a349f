"""A mask on pixels of its own, as another program has saved it: where they lie on the Scene's."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery.files import SceneInfo
from core.imagery.georeference import Georeference

_MOST_PX = 1 << 24  # of a mask at a time: it may be a thousand times as fine as the Scene
_IDENTITY = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
_PROBES = 65  # along each side


class Nearest(NamedTuple):
    """What a part of the Scene takes from the mask: the `window` to read of the mask, and which of the window's pixels
    (`rows`, `columns`, both (n,)) are nearest to those of the part that are `inside` the mask, bool (h, w)."""

    part: Rect
    inside: NDArray[np.bool_]
    window: Rect
    rows: NDArray[np.int64]
    columns: NDArray[np.int64]


class MaskGrid:
    """The pixels of a georeferenced mask that are nearest to a Scene's."""

    def __init__(self, mask: SceneInfo, scene: SceneInfo) -> None:
        self._size = (mask.width, mask.height)
        self._mask, self._scene = Georeference(mask), Georeference(scene)
        self._reaches = _touches(self._scene, scene, self._mask, mask) or _touches(self._mask, mask, self._scene, scene)

    @property
    def reaches_the_scene(self) -> bool:
        """False too where nobody knows where the mask lies."""
        return self._reaches

    def nearest(self, rect: Rect) -> Iterator[Nearest]:
        """Part by part of `rect` (in the Scene's pixels); nothing of parts that the mask does not reach."""
        x, y = np.meshgrid(np.arange(rect.x, rect.right) + 0.5, np.arange(rect.y, rect.bottom) + 0.5)
        across, down = self._scene.in_pixels_of(self._mask, x.ravel(), y.ravel())
        found = _is_inside(across, down, self._size)
        if not found.any():
            return
        columns, rows = (np.floor(at[found]).astype(np.int64) for at in (across, down))
        left, top = int(columns.min()), int(rows.min())
        window = Rect(left, top, int(columns.max()) + 1 - left, int(rows.max()) + 1 - top)
        if window.area > _MOST_PX and rect.area > 1:
            for half in _halves(rect):
                yield from self.nearest(half)
        else:
            yield Nearest(rect, found.reshape(x.shape), window, rows - top, columns - left)


def has_place(raster: SceneInfo) -> bool:
    """False where its pixels are all that is known."""
    return raster.transform not in (None, _IDENTITY)


def is_same_place(raster: SceneInfo, image: SceneInfo) -> bool:
    """Whether no corner of the mask lies more than a hundredth of a pixel off; a mask may do without a georeference."""
    if not has_place(raster):
        return True
    return _same_numbers(raster, image) and _same_land(raster, image)


def _same_land(raster: SceneInfo, image: SceneInfo) -> bool:
    """Whether the same map coordinates are about the same place on Earth. Datums may be named differently, or be some
    metres apart; in another zone the numbers mean another country."""
    if raster.crs_wkt is None or raster.crs_wkt == image.crs_wkt:
        return True
    centre = Georeference(image).to_degrees(image.width / 2, image.height / 2)
    found = centre and Georeference(raster).from_degrees(*centre)
    return not found or (0 <= found[0] <= raster.width and 0 <= found[1] <= raster.height)


def _same_numbers(raster: SceneInfo, image: SceneInfo) -> bool:
    theirs, ours = raster.transform or _IDENTITY, image.transform or _IDENTITY
    a, b, _, d, e, _ = ours
    tolerance = 0.01 * min(math.hypot(a, d), math.hypot(b, e))
    a, b, c, d, e, f = (t - o for t, o in zip(theirs, ours, strict=True))
    # how far apart they put the pixel (x, y) is an affine transform too
    corners = [(x, y) for x in (0, image.width) for y in (0, image.height)]
    return all(math.hypot(a * x + b * y + c, d * x + e * y + f) <= tolerance for x, y in corners)


def _touches(ours: Georeference, info: SceneInfo, theirs: Georeference, other: SceneInfo) -> bool:
    """Whether any of many positions, spread evenly over one raster, lies in the other."""
    xs, ys = (np.linspace(0.5, size - 0.5, _PROBES) for size in (info.width, info.height))
    x, y = np.meshgrid(xs, ys)
    return bool(_is_inside(*ours.in_pixels_of(theirs, x.ravel(), y.ravel()), (other.width, other.height)).any())


def _is_inside(x: NDArray[np.float64], y: NDArray[np.float64], size: tuple[int, int]) -> NDArray[np.bool_]:
    return (x >= 0) & (x < size[0]) & (y >= 0) & (y < size[1])  # NaN is not


def _halves(rect: Rect) -> tuple[Rect, Rect]:
    if rect.width > rect.height:
        half = rect.width // 2
        return Rect(rect.x, rect.y, half, rect.height), Rect(rect.x + half, rect.y, rect.width - half, rect.height)
    half = rect.height // 2
    return Rect(rect.x, rect.y, rect.width, half), Rect(rect.x, rect.y + half, rect.width, rect.height - half)
