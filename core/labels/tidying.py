"""Tidying of painted areas: from labels to labels, each (height, width) uint8, in a few milliseconds a megapixel.

scipy and scikit-image are imported where they are used, as in `assist.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from core.labels.classes import UNLABELED

LARGEST_TIDIED_PX = 64
_SIDES = ((-1, 0), (1, 0), (0, -1), (0, 1))  # a pixel's neighbours over edges: (y, x)


def smoothed(labels: NDArray[np.uint8], radius_px: int = 2) -> NDArray[np.uint8]:
    """Painted areas with their outlines evened: each pixel takes the commonest label within `radius_px`, at most 4,
    unlabeled included, so that thin whiskers vanish and notches close."""
    height, width = labels.shape
    side = range(-radius_px, radius_px + 1)
    disc = [(radius_px + y, radius_px + x) for y in side for x in side if y * y + x * x <= radius_px * radius_px]
    padded = np.pad(labels, radius_px, mode="edge")
    best = np.zeros(labels.shape, np.uint16)  # the most votes, and behind them for whom, the smaller value being more
    for value in np.flatnonzero(np.bincount(labels.ravel(), minlength=256)):
        votes = (labels == value).astype(np.uint8)  # half a vote, as the others count twice: a tie stays what it is
        twice = (padded == value).astype(np.uint8) * np.uint8(2)
        for y, x in disc:
            votes += twice[y : y + height, x : x + width]
        np.maximum(best, votes.astype(np.uint16) << 8 | (255 - int(value)), out=best)
    return np.uint8(255) - best.astype(np.uint8)


def without_holes(labels: NDArray[np.uint8], largest_px: int) -> NDArray[np.uint8]:
    """Unlabeled holes of at most `largest_px` pixels take the class that is all round them; those at the edge of the
    Tile, or between two classes, stay."""
    from scipy import ndimage

    holes, count = ndimage.label(labels == UNLABELED)
    small = _small(holes, count, largest_px)
    small[np.concatenate([holes[0], holes[-1], holes[:, 0], holes[:, -1]])] = False
    ys, xs = np.nonzero(small[holes])
    lowest, highest = np.full(count + 1, 255, np.uint8), np.zeros(count + 1, np.uint8)
    for dy, dx in _SIDES:
        beside = labels[ys + dy, xs + dx]
        outside = beside != UNLABELED
        numbers = holes[ys, xs][outside]
        np.minimum.at(lowest, numbers, beside[outside])
        np.maximum.at(highest, numbers, beside[outside])
    result = labels.copy()
    result[ys, xs] = np.where(lowest == highest, lowest, UNLABELED)[holes[ys, xs]]
    return result


def without_specks(labels: NDArray[np.uint8], largest_px: int) -> NDArray[np.uint8]:
    """Painted areas of at most `largest_px` pixels, which may hang together over corners, go back to unlabeled."""
    from skimage.measure import label

    areas, count = label(labels, background=UNLABELED, connectivity=2, return_num=True)  # type: ignore[no-untyped-call]
    return np.where(_small(areas, count, largest_px)[areas], np.uint8(UNLABELED), labels)


def _small(areas: NDArray[np.integer], count: int, largest_px: int) -> NDArray[np.bool_]:
    """By the number of the area, from 0, which is none: whether it is small."""
    small: NDArray[np.bool_] = np.bincount(areas.ravel(), minlength=count + 1) <= largest_px
    small[0] = False
    return small


TIDY: Mapping[str, Callable[[NDArray[np.uint8]], NDArray[np.uint8]]] = {
    "smooth": smoothed,
    "fill holes": lambda labels: without_holes(labels, LARGEST_TIDIED_PX),
    "remove specks": lambda labels: without_specks(labels, LARGEST_TIDIED_PX),
}
