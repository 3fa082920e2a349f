"""Masks and predictions over the Scene: 8-bit indexed images with the classes as their colour table."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence, Set
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage, qRgba

from core.labels.classes import IGNORE, IGNORE_COLOUR, UNLABELED, LabelClass

LARGEST_CACHE_BYTES = 48 * 2**20

_IGNORE_ALPHA = 130

# Doubt from clear to certain-to-be-unsure: transparent, then from violet to yellow (after matplotlib's "plasma").
_DOUBT_STOPS = ((13, 8, 135), (126, 3, 168), (204, 71, 120), (248, 149, 64), (240, 249, 33))


def class_table(classes: Sequence[LabelClass], hidden: Set[int]) -> list[int]:
    """256 colours: transparent for unlabeled and what is hidden, the classes' own, a thin grey for ignore, which the
    hatch lies on."""
    table = [0] * 256
    for label_class in classes:
        table[label_class.value] = QColor(label_class.colour).rgba()
    grey = QColor(IGNORE_COLOUR)
    table[IGNORE] = qRgba(grey.red(), grey.green(), grey.blue(), _IGNORE_ALPHA)
    for value in hidden:
        table[value] = 0
    return table


def beside_paint(classes: NDArray[np.uint8], labels: NDArray[np.uint8], hidden: Set[int]) -> NDArray[np.uint8]:
    """The predicted classes where no paint shows, else unlabeled; both (height, width) uint8, and the result.

    Paint keeps its own colour so: over a prediction of another class it would be a mixture of the two.
    """
    free = labels == UNLABELED
    for value in hidden:
        free |= labels == value
    beside: NDArray[np.uint8] = classes * free
    return beside


def ignore_table() -> list[int]:
    """256 colours: where the hatch goes."""
    table = [0] * 256
    table[IGNORE] = qRgba(0, 0, 0, 255)
    return table


@lru_cache(maxsize=1)
def doubt_table() -> list[int]:
    """256 colours for doubt 0…255; the less doubt, the more transparent."""
    table = []
    for level in range(256):
        place = level / 255 * (len(_DOUBT_STOPS) - 1)
        low = min(int(place), len(_DOUBT_STOPS) - 2)
        share = place - low
        red, green, blue = (
            round(a + (b - a) * share) for a, b in zip(_DOUBT_STOPS[low], _DOUBT_STOPS[low + 1], strict=True)
        )
        table.append(qRgba(red, green, blue, min(255, 2 * level)))
    return table


def indexed_image(plane: NDArray[np.uint8], table: list[int]) -> QImage:
    """A (height, width) uint8 array as an image that shares its memory: what is painted into it shows at once.

    The caller keeps the array alive as long as the image.
    """
    height, width = plane.shape
    image = QImage(plane.data, width, height, plane.strides[0], QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return image


_Key = tuple[str, int]  # kind, Tile


@dataclass
class _Kept:
    step: int
    plane: NDArray[np.uint8]  # whose memory the image shares
    image: QImage


class OverlayCache:
    """Images of Tiles that are not being painted, by (kind, Tile), thinned out to what the screen can show.

    48 MB, and more only where the views need more: what one of them has drawn in its latest frame stays, or those that
    share this would never be complete, each dropping what another has made.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[_Key, _Kept] = OrderedDict()  # what was drawn last at the end
        self._bytes = 0
        self._frames: dict[object, set[_Key]] = {}  # what each view has drawn in its latest
        self._frame: set[_Key] = set()  # the one that is being drawn

    def begin_frame(self, view: object) -> None:
        self._frame = self._frames[view] = set()

    def leave(self, view: object) -> None:
        """The view is not seen any more: what it has drawn may go."""
        self._frames.pop(view, None)

    def get(self, kind: str, tile_id: int) -> tuple[QImage | None, int]:
        """The image, and that it shows every so many pixels."""
        found = self._kept.get((kind, tile_id))
        if found is None:
            return None, 0
        self._kept.move_to_end((kind, tile_id))
        self._frame.add((kind, tile_id))
        return found.image, found.step

    def put(self, kind: str, tile_id: int, plane: NDArray[np.uint8], table: list[int], step: int) -> QImage:
        """Keep an image of every `step`th pixel of `plane`."""
        self.drop(tile_id, (kind,))
        thinned = plane[::step, ::step].copy()
        image = indexed_image(thinned, table)
        self._kept[kind, tile_id] = _Kept(step, thinned, image)
        self._frame.add((kind, tile_id))
        self._bytes += thinned.nbytes
        if self._bytes > LARGEST_CACHE_BYTES:
            self._make_room()
        return image

    def _make_room(self) -> None:
        for kind, tile_id in list(self._kept):
            if not any((kind, tile_id) in frame for frame in self._frames.values()):
                self.drop(tile_id, (kind,))
            if self._bytes <= LARGEST_CACHE_BYTES:
                break

    def drop(self, tile_id: int, kinds: Sequence[str]) -> None:
        for kind in kinds:
            found = self._kept.pop((kind, tile_id), None)
            self._bytes -= 0 if found is None else found.plane.nbytes

    def clear(self) -> None:
        self._kept.clear()
        self._bytes = 0
