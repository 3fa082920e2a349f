"""Help for the hand: what looks like the place that was touched, and tidying of painted areas.

`image` is always a Tile as the user sees it, (height, width, channels) uint8, so that "similar" means what the eye
means in the composite on the screen. scipy and scikit-image are imported where they are used: together they would
cost the window half a second to open.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.labels.classes import UNLABELED

NO_PIECE = -1
_SEED_RADIUS_PX = 1
_EVENED_PX = 1.5  # sigma


def similar_pixels(image: NDArray[np.uint8], x: int, y: int, tolerance: float) -> NDArray[np.bool_]:
    """The pixels whose colour is within `tolerance` (0…255, root mean square over the channels) of that at (x, y).

    As they are, or both evened over a few pixels: what looks alike to the eye has texture and noise, and clear edges
    stay where they are (docs/performance.md, "What looks alike"). As it is, the colour of the place is the median of
    3 × 3 pixels: one speck of sensor noise must not decide.
    """
    from scipy import ndimage

    pixels = image.astype(np.float32)
    rows = slice(max(y - _SEED_RADIUS_PX, 0), y + _SEED_RADIUS_PX + 1)
    columns = slice(max(x - _SEED_RADIUS_PX, 0), x + _SEED_RADIUS_PX + 1)
    seed = np.median(pixels[rows, columns].reshape(-1, pixels.shape[2]), axis=0)
    evened = ndimage.gaussian_filter(pixels, (_EVENED_PX, _EVENED_PX, 0), truncate=2.0)
    near = np.zeros(image.shape[:2], np.bool_)
    for colours, own in ((pixels, seed), (evened, evened[y, x])):
        apart = colours - own
        near |= np.einsum("yxc,yxc->yx", apart, apart) <= image.shape[2] * tolerance * tolerance
    return near


def flood_pixels(image: NDArray[np.uint8], x: int, y: int, tolerance: float) -> NDArray[np.bool_]:
    """Those of `similar_pixels` that hang together with (x, y), over edges and not corners."""
    from scipy import ndimage

    areas, _ = ndimage.label(similar_pixels(image, x, y, tolerance))
    flooded: NDArray[np.bool_] = areas == areas[y, x]
    return flooded


def superpixels(image: NDArray[np.uint8], diameter_px: int) -> NDArray[np.int32]:
    """The Tile cut into patches of like colour, about `diameter_px` across: (height, width) int32 patch numbers from 0.

    SLIC (Achanta et al., "SLIC Superpixels Compared to State-of-the-Art Superpixel Methods", TPAMI 2012).
    """
    from skimage.segmentation import slic

    height, width, _ = image.shape
    count = max(1, round(height * width / diameter_px**2))
    patches: NDArray[np.int32] = slic(
        image, n_segments=count, compactness=8.0, max_num_iter=5, sigma=0.7, start_label=0, channel_axis=2
    ).astype(np.int32)
    return patches


def pieces(labels: NDArray[np.uint8]) -> NDArray[np.int32]:
    """The Tile cut into what hangs together, over edges and not corners, and has one label value.

    (height, width) int32 numbers from 0; NO_PIECE where `labels`, (height, width) uint8, is unlabeled.
    """
    from skimage.measure import label

    found = label(labels, background=UNLABELED, connectivity=1)  # type: ignore[no-untyped-call]
    return np.asarray(found, np.int32) + np.int32(NO_PIECE)


def smoothed(labels: NDArray[np.uint8], radius_px: int = 2) -> NDArray[np.uint8]:
    """Painted areas with their outlines evened: each pixel takes the commonest label within `radius_px`, unlabeled
    included, so that thin whiskers vanish and notches close. (height, width) uint8."""
    from scipy import ndimage

    side = np.arange(-radius_px, radius_px + 1)
    disc = (side[:, None] ** 2 + side**2 <= radius_px * radius_px).astype(np.float32)
    best, most = labels.copy(), np.full(labels.shape, -1.0, np.float32)
    for value in np.unique(labels):
        votes = ndimage.convolve((labels == value).astype(np.float32), disc, mode="nearest")
        votes += 0.5 * (labels == value)  # a tie stays what it is
        wins = votes > most
        best[wins], most[wins] = value, votes[wins]
    return best


def without_holes(labels: NDArray[np.uint8], largest_px: int) -> NDArray[np.uint8]:
    """Unlabeled holes of at most `largest_px` pixels inside one class take that class. (height, width) uint8."""
    from scipy import ndimage

    result = labels.copy()
    for value in np.unique(labels[labels != UNLABELED]):
        own = labels == value
        holes, count = ndimage.label(ndimage.binary_fill_holes(own) & (labels == UNLABELED))
        sizes = np.bincount(holes.ravel(), minlength=count + 1)
        small = sizes <= largest_px
        small[0] = False
        result[small[holes]] = value
    return result


def without_specks(labels: NDArray[np.uint8], largest_px: int) -> NDArray[np.uint8]:
    """Painted areas of at most `largest_px` pixels go back to unlabeled. (height, width) uint8."""
    from scipy import ndimage

    result = labels.copy()
    for value in np.unique(labels[labels != UNLABELED]):
        areas, count = ndimage.label(labels == value, structure=np.ones((3, 3)))
        small = np.bincount(areas.ravel(), minlength=count + 1) <= largest_px
        small[0] = False
        result[small[areas]] = UNLABELED
    return result


LARGEST_TIDIED_PX = 64

TIDY: Mapping[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    "smooth": smoothed,
    "fill holes": lambda labels: without_holes(labels, LARGEST_TIDIED_PX),
    "remove specks": lambda labels: without_specks(labels, LARGEST_TIDIED_PX),
}
