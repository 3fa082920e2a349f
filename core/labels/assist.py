"""Help for the hand: what looks like the place that was touched, and what hangs together.

`image` is always a Tile as the user sees it, (height, width, channels) uint8, so that "similar" means what the eye
means in the composite on the screen. scipy and scikit-image are imported where they are used: together they would
cost the window half a second to open.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.labels.classes import UNLABELED

NO_PIECE = -1
_SEED_RADIUS_PX = 1
_EVENED_PX = 1.5  # sigma
_LEAST_SIGMA_PX, _SIGMA_SHARE = 0.7, 0.15  # of superpixels: in px, and of their diameter


@dataclass(frozen=True)
class Colours:
    """A Tile's colours, ready to be compared: they are evened once, in the background, and not at every press.

    A plane for each channel, as whole planes are compared several times as fast as pixels of three values.
    """

    plain: NDArray[np.uint8]  # (channels, height, width)
    evened: NDArray[np.float32]  # the same, evened over a few pixels

    @classmethod
    def of(cls, image: NDArray[np.uint8]) -> Colours:
        """`image` uint8 (height, width, channels)."""
        from scipy import ndimage

        plain = np.ascontiguousarray(np.moveaxis(image, 2, 0))
        sigma = (0, _EVENED_PX, _EVENED_PX)
        return cls(plain, ndimage.gaussian_filter(plain, sigma, truncate=2.0, output=np.float32))

    @property
    def bounds(self) -> Rect:
        """The Tile's pixels, from (0, 0)."""
        _, height, width = self.plain.shape
        return Rect(0, 0, width, height)


def similar_pixels(colours: Colours, x: int, y: int, tolerance: float, part: Rect | None = None) -> NDArray[np.bool_]:
    """The pixels whose colour is within `tolerance` (0…255, root mean square over the channels) of that at (x, y):
    (height, width) of the Tile, or of a `part` of it.

    As they are, or both evened over a few pixels: what looks alike to the eye has texture and noise, and clear edges
    stay where they are (docs/performance.md, "What looks alike"). As it is, the colour of the place is the median of
    3 × 3 pixels: one speck of sensor noise must not decide.
    """
    rows = slice(max(y - _SEED_RADIUS_PX, 0), y + _SEED_RADIUS_PX + 1)
    columns = slice(max(x - _SEED_RADIUS_PX, 0), x + _SEED_RADIUS_PX + 1)
    seed = np.median(colours.plain[:, rows, columns], axis=(1, 2))
    there = (colours.bounds if part is None else part).slices
    near = _within(colours.plain[:, *there], seed, tolerance)
    near |= _within(colours.evened[:, *there], colours.evened[:, y, x], tolerance)
    return near


def _within(planes: NDArray[np.generic], own: NDArray[np.floating], tolerance: float) -> NDArray[np.bool_]:
    total = np.zeros(planes.shape[1:], np.float32)
    apart = np.empty_like(total)
    for plane, value in zip(planes, own.astype(np.float32), strict=True):
        np.subtract(plane, value, out=apart, dtype=np.float32)
        apart *= apart
        total += apart
    near: NDArray[np.bool_] = total <= len(planes) * tolerance * tolerance
    return near


def flood_pixels(colours: Colours, x: int, y: int, tolerance: float) -> NDArray[np.bool_]:
    """Those of `similar_pixels` that hang together with (x, y), over edges and not corners."""
    from scipy import ndimage

    areas, _ = ndimage.label(similar_pixels(colours, x, y, tolerance))
    flooded: NDArray[np.bool_] = areas == areas[y, x]
    return flooded


def superpixels(image: NDArray[np.uint8], diameter_px: int) -> NDArray[np.int32]:
    """The Tile cut into superpixels about `diameter_px` across: (height, width) int32, their numbers from 0.

    SLIC (Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods", TPAMI 2012), of colours
    that are evened the more, the larger the superpixels are. In noise the clusters would fall to pieces, which SLIC
    then joins to a single one; docs/performance.md measures it.
    """
    from skimage.segmentation import slic

    height, width, _ = image.shape
    count = max(1, round(height * width / diameter_px**2))
    sigma_px = max(_LEAST_SIGMA_PX, _SIGMA_SHARE * diameter_px)
    found: NDArray[np.int32] = slic(
        image, n_segments=count, compactness=8.0, max_num_iter=5, sigma=sigma_px, start_label=0, channel_axis=2
    ).astype(np.int32)
    return found


def pieces(labels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The Tile cut into what hangs together, over edges and not corners, and has one label value.

    (height, width) int32 numbers from 0; NO_PIECE where `labels`, (height, width) uint8, is unlabeled.
    """
    from skimage.measure import label

    found = label(labels, background=UNLABELED, connectivity=1)  # type: ignore[no-untyped-call]
    return np.asarray(found, np.int32) + np.int32(NO_PIECE)
