"""A view as it was drawn last, without what moves with the cursor."""

from __future__ import annotations

import math
from collections.abc import Callable

from PySide6.QtCore import QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QWidget

from gui.theme import current_theme


class KeptPicture:
    """What is out of date is drawn anew, within one rectangle; all else is copied, which is far less work. So a step of
    the cursor costs no drawing, and a step of a Stroke that of the pixels it has changed.

    An opaque image of the view's size in device pixels, 4 bytes each.
    """

    def __init__(self, view: QWidget, draw: Callable[[QPainter, QRect], None]) -> None:
        """`draw` draws a part of the view, to which the painter is clipped."""
        self._view = view
        self._draw = draw
        self._image = QImage()
        self._outdated = QRect()

    def outdate(self, part: QRect) -> None:
        """That part of the view, in its own pixels, looks different now."""
        self._outdated = self._outdated.united(part)

    def drop(self) -> None:
        """Give the memory back; all is drawn anew when it is next asked for."""
        self._image = QImage()

    def copy_to(self, painter: QPainter) -> None:
        """Bring the picture up to date and copy it, pixel for pixel, into what the painter is clipped to."""
        self._refresh()
        ratio = self._image.devicePixelRatio()
        painter.save()
        painter.scale(1 / ratio, 1 / ratio)
        painter.drawImage(QRectF(self._image.rect()), self._image)
        painter.restore()

    def _refresh(self) -> None:
        view, ratio = self._view, self._view.devicePixelRatioF()
        size = QSize(math.ceil(view.width() * ratio), math.ceil(view.height() * ratio))
        if self._image.size() != size or self._image.devicePixelRatio() != ratio:
            self._image = QImage(size, QImage.Format.Format_RGB32)
            self._image.setDevicePixelRatio(ratio)
            self._image.fill(QColor(current_theme().canvas))
            self._outdated = view.rect()
        part, self._outdated = self._outdated & view.rect(), QRect()  # before: drawing may ask for more
        if part.isEmpty():
            return
        painter = QPainter(self._image)
        try:
            painter.setFont(view.font())
            painter.setClipRect(part)
            self._draw(painter, part)
        except BaseException:
            self.outdate(part)  # half drawn: the next look begins anew
            raise
        finally:
            painter.end()
