"""The icon set: `icon(name)` draws a shipped SVG in the colours of the theme that is on when it is painted."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from PySide6.QtCore import QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QImage, QPainter, QPaintEvent, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.svg import svg_text, tinted_svg
from gui.theme import ICON_PX, Theme, current_theme

Tone = Literal["text", "muted", "accent", "on_accent", "warning", "error"]

_APP: Final = "app"
_THIN_FROM_PX: Final = 40
_APP_SIZES_PX: Final = (16, 24, 32, 48, 64, 128, 256)


@lru_cache(maxsize=512)
def icon(name: str, tone: Tone = "text", thin: bool = False) -> QIcon:
    """The icon `name`: `tone` at rest and under the cursor, accent while checked, grey while disabled.

    It is drawn anew for each size and device pixel ratio, and follows a change of the theme without being set again.
    `thin` suits large drawings. Raises KeyError for a name that is not shipped.
    """
    svg_text(name)
    return QIcon(_ThemedEngine(name, tone, thin))


@lru_cache(maxsize=1)
def app_icon() -> QIcon:
    """The program's own icon, in full colour, for windows and the task bar."""
    made = QIcon()
    for size in _APP_SIZES_PX:
        made.addPixmap(QPixmap.fromImage(_drawn(_APP, "", False, size, size)))
    return made


def icon_colour(theme: Theme, tone: Tone, mode: QIcon.Mode, state: QIcon.State) -> str:
    """The colour ("#rrggbb") of an icon of `tone` in a widget's `mode` and `state`."""
    if mode == QIcon.Mode.Disabled:
        return theme.disabled
    if tone == "on_accent":
        return theme.accent_text
    if state == QIcon.State.On:
        return theme.accent
    if mode == QIcon.Mode.Selected:
        return theme.selection_text
    if tone == "muted" and mode == QIcon.Mode.Active:
        return theme.text
    tones = {"text": theme.text, "muted": theme.muted, "accent": theme.accent}
    return (tones | {"warning": theme.warning, "error": theme.error})[tone]


@lru_cache(maxsize=1024)
def _drawn(name: str, colour: str, thin: bool, width: int, height: int) -> QImage:
    """The drawing in device pixels. Kept as QImage: a pixmap must not outlive the application."""
    canvas = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    canvas.fill(Qt.GlobalColor.transparent)
    side = min(width, height)
    painter = QPainter(canvas)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    square = QRectF((width - side) / 2, (height - side) / 2, side, side)
    QSvgRenderer(tinted_svg(name, colour, thin)).render(painter, square)
    painter.end()
    return canvas


class _ThemedEngine(QIconEngine):
    """Asks for the theme's colour at paint time, so no icon has to be set again when the theme changes."""

    # Qt deletes a clone in C++; Python must not free it first. Clones are rare: an icon is cloned only when changed.
    _clones: Final[list[_ThemedEngine]] = []

    def __init__(self, name: str, tone: Tone, thin: bool) -> None:
        super().__init__()
        self._name = name
        self._tone = tone
        self._thin = thin

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        ratio = painter.device().devicePixelRatio()
        image = self._image(QSize(round(rect.width() * ratio), round(rect.height() * ratio)), mode, state)
        painter.drawImage(QRectF(rect), image, QRectF(image.rect()))

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return QPixmap.fromImage(self._image(size, mode, state))  # `size` is in device pixels already

    def clone(self) -> QIconEngine:
        copy = _ThemedEngine(self._name, self._tone, self._thin)
        self._clones.append(copy)
        return copy

    def key(self) -> str:
        return "fieldbrush"

    def iconName(self) -> str:
        return self._name

    def isNull(self) -> bool:
        return False

    def _image(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QImage:
        colour = icon_colour(current_theme(), self._tone, mode, state)
        return _drawn(self._name, colour, self._thin, max(1, size.width()), max(1, size.height()))


class IconLabel(QWidget):
    """An icon on its own, for empty states and status lines; unlike a QLabel's pixmap it follows theme and screen."""

    def __init__(self, name: str, size_px: int = ICON_PX, tone: Tone = "muted", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size_px = size_px
        self._icon = icon(name, tone, size_px >= _THIN_FROM_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str, tone: Tone = "muted") -> None:
        """Shows another icon in the same size."""
        self._icon = icon(name, tone, self._size_px >= _THIN_FROM_PX)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._size_px, self._size_px)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        mode = QIcon.Mode.Normal if self.isEnabled() else QIcon.Mode.Disabled
        self._icon.paint(painter, self.rect(), Qt.AlignmentFlag.AlignCenter, mode)
        painter.end()
