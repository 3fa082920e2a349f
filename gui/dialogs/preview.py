"""Small pictures of what is chosen, before there is a project, and of what a formula gives."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from core.geometry import Rect
from core.imagery.composites import Composite, composites_for
from core.imagery.display import read_composite, render
from core.imagery.interpretation import Interpretation
from core.imagery.overviews import lacks_overview
from core.imagery.scene import Scene, open_scene
from core.imagery.stretching import stretch_of
from core.jobs import JobContext
from gui.theme import SPACE_SMALL, SPACE_TIGHT, set_class
from gui.translate import say

_SHOWN = ("natural", "false_colour", "ndvi")  # where the bands allow; else the next best
_SIDE_PX = 132
_PART_PX = 1024  # of a big Scene without overviews only the middle is read: all of it would take seconds

Pictures = list[tuple[Composite, NDArray[np.uint32]]]


def draw_composite(
    scene: Scene, interpretation: Interpretation, composite: Composite, rect: Rect, side_px: int
) -> NDArray[np.uint32]:
    """The composite on `rect`, at most `side_px` on a side, (height, width) 0xAARRGGBB. Raises SceneError."""
    shrink = min(side_px / max(rect.width, rect.height), 1.0)
    height, width = (max(round(side * shrink), 1) for side in (rect.height, rect.width))
    pixels = read_composite(scene, rect, composite, interpretation, height, width)
    return np.ascontiguousarray(render(pixels.values, pixels.valid, composite, stretch_of(pixels, composite)))


def as_pixmap(pixels: NDArray[np.uint32], ratio: float) -> QPixmap:
    """(height, width) 0xAARRGGBB in device pixels, for a screen with so many of them per logical pixel."""
    height, width = pixels.shape
    shown = QPixmap.fromImage(QImage(pixels.data, width, height, 4 * width, QImage.Format.Format_ARGB32))
    shown.setDevicePixelRatio(ratio)
    return shown


def read_pictures(path: Path, interpretation: Interpretation, side_px: int, context: JobContext) -> Pictures:
    """How a Scene looks with its bands understood in this way. Raises SceneError."""
    context.check()
    every = [each for each in composites_for(interpretation) if not each.is_band] or composites_for(interpretation)[:1]
    wanted = [each for each in every if each.key in _SHOWN]
    wanted += [each for each in every if each.key not in _SHOWN]
    scene = open_scene(path)
    try:
        rect = scene.info.rect
        if lacks_overview(scene):
            x, y = (rect.width - _PART_PX) // 2, (rect.height - _PART_PX) // 2
            rect = Rect(x, y, _PART_PX, _PART_PX).intersect(rect)
        return [(each, draw_composite(scene, interpretation, each, rect, side_px)) for each in wanted[: len(_SHOWN)]]
    finally:
        scene.close()


class ScenePreview(QWidget):
    """Up to three pictures side by side, each over its name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(SPACE_SMALL)
        grid.setVerticalSpacing(SPACE_TIGHT)
        self._pictures: list[tuple[QLabel, QLabel]] = []
        for column in range(len(_SHOWN)):
            picture, name = QLabel(self), QLabel(self)
            picture.setFixedSize(_SIDE_PX, _SIDE_PX)
            picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
            set_class(picture, "card")
            set_class(name, "hint")
            name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            grid.addWidget(picture, 0, column)
            grid.addWidget(name, 1, column)
            self._pictures.append((picture, name))
        grid.setColumnStretch(len(_SHOWN), 1)
        self.clear()

    @property
    def side_px(self) -> int:
        """Of a picture, in device pixels."""
        return round((_SIDE_PX - 2) * self.devicePixelRatioF())

    @property
    def names(self) -> list[str]:
        """What is shown now."""
        return [name.text() for picture, name in self._pictures if not picture.pixmap().isNull()]

    def clear(self) -> None:
        for picture, name in self._pictures:
            picture.setPixmap(QPixmap())
            picture.setAccessibleName(self.tr("No picture yet"))
            name.clear()

    def show_pictures(self, pictures: Pictures) -> None:
        self.clear()
        for number, (picture, _) in enumerate(self._pictures):
            picture.setVisible(number < len(pictures))  # an empty frame looks as if one had failed
        for (picture, name), (composite, pixels) in zip(self._pictures, pictures, strict=False):
            picture.setPixmap(as_pixmap(pixels, self.devicePixelRatioF()))
            picture.setAccessibleName(say(composite.name))
            words = name.fontMetrics().elidedText(say(composite.name), Qt.TextElideMode.ElideMiddle, _SIDE_PX)
            name.setText(words)
