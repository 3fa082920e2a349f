"""One picture of all painting tools, each with what a gesture of it does where two fields meet: real mouse events on
the running canvas. The way of the mouse is dashed, a click is a cross."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from core.geometry import Rect
from core.labels.classes import HEALTHY, UNHEALTHY
from gui.actions import COMMANDS, TOOL_COMMANDS, translated
from gui.canvas.view import CanvasView
from gui.icons import icon
from gui.theme import current_theme

_PART_PX, _CAPTION_PX, _GAP_PX, _COLUMNS, _ICON_PX = (248, 150), 26, 8, 4, 16
_SCALE = 2.5  # logical pixels per Scene pixel
_GROUND_PX = (round(_PART_PX[0] / _SCALE), round(_PART_PX[1] / _SCALE))
_STEP_PX = 16
_DARKEST, _BRIGHTEST = 0.12, 0.8  # shares of the values' span
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_DIAMETERS_PX = {"brush": 9, "eraser": 11, "snapping brush": 20, "prediction brush": 22, "line": 5, "wand": 10}

Path = tuple[tuple[float, float], ...]  # in shares of the part's sides

_SWEEP: Path = ((0.15, 0.7), (0.3, 0.4), (0.5, 0.6), (0.7, 0.35), (0.85, 0.5))
_ALONG_EDGE: Path = tuple((0.44, y / 20) for y in range(3, 18))
_ROUND: Path = ((0.2, 0.25), (0.45, 0.14), (0.78, 0.28), (0.72, 0.72), (0.5, 0.82), (0.24, 0.7))


@dataclass(frozen=True)
class _Gesture:
    """What the mouse does with a tool; `clicks` instead of a way that is dragged. `painted` before, with the brush and
    the other class."""

    path: Path
    clicks: bool = False
    painted: tuple[Path, ...] = ()
    value: int = UNHEALTHY


_GESTURES = {
    "eraser": _Gesture(((0.4, 0.15), (0.45, 0.5), (0.42, 0.85)), painted=(_SWEEP,)),
    "snapping brush": _Gesture(_ALONG_EDGE),
    "wand": _Gesture(((0.12, 0.3), (0.3, 0.55), (0.42, 0.75))),
    "fill": _Gesture(((0.75, 0.5),), clicks=True),
    "lasso": _Gesture((*_ROUND, _ROUND[0])),
    "polygon": _Gesture((*_ROUND, _ROUND[0]), clicks=True),
    "rectangle": _Gesture(((0.2, 0.2), (0.8, 0.8))),
    "line": _Gesture(((0.15, 0.8), (0.85, 0.2))),
    "relabel": _Gesture(
        ((0.25, 0.45),), clicks=True, painted=(((0.1, 0.3), (0.4, 0.6)), ((0.6, 0.4), (0.9, 0.7))), value=HEALTHY
    ),
    "select": _Gesture((*_ROUND, _ROUND[0])),
    "inspect": _Gesture(((0.08, 0.5),), clicks=True),
}  # fmt: skip


def where_two_fields_meet(colours: NDArray[np.float64], tiles: Iterable[Rect]) -> tuple[Rect, float, float]:
    """The Tile and the Scene position whose left and right differ most and are each most alike.

    `colours` (bands, height, width), of the whole Scene, 0 where it has no data.
    """
    span = np.percentile(colours[:, colours.any(axis=0)], 98)
    width, height = _GROUND_PX
    best, found = -1.0, None
    for rect in tiles:
        for x in range(rect.x, rect.x + rect.width - width + 1, _STEP_PX):
            for y in range(rect.y, rect.y + rect.height - height + 1, _STEP_PX):
                part = colours[:, y : y + height, x : x + width] / span
                halves = part[:, :, : width // 2 - 2], part[:, :, width // 2 + 2 :]
                means = [half.mean(axis=(1, 2)) for half in halves]
                if min(m.mean() for m in means) < _DARKEST or max(m.mean() for m in means) > _BRIGHTEST:
                    continue
                noise = sum(half.std(axis=(1, 2)).mean() for half in halves)
                contrast = float(np.abs(means[0] - means[1]).mean() / noise)
                if contrast > best:
                    best, found = contrast, (rect, x + width / 2, y + height / 2)
    assert found is not None, "no tile has room for the picture"
    return found


def tool_sheet(canvas: CanvasView, values: QWidget, at: tuple[float, float], settle: Callable[[], None]) -> QPixmap:
    """Uses every tool round the Scene position `at` of the active Tile, and undoes what it has painted. `values` is the
    panel that tells what is under the mouse."""
    canvas.look_at(*at, _SCALE)
    canvas.set_state(show_grid=False)
    settle()
    part = QRect(0, 0, *_PART_PX)
    part.moveCenter(canvas.rect().center())
    canvas.session.forecasts.suggests = False  # the pixel classifier's answers would hide what a tool does
    for tool, diameter in _DIAMETERS_PX.items():
        canvas.tools.set_diameter(tool, diameter)
    pictures = [(name, _in_use(canvas, name, part, settle, values)) for name in TOOL_COMMANDS]
    canvas.session.forecasts.suggests = True
    canvas.set_state(show_prediction=True, show_grid=True)
    return _sheet(pictures, canvas.devicePixelRatioF())


def _in_use(canvas: CanvasView, name: str, part: QRect, settle: Callable[[], None], values: QWidget) -> QPixmap:
    before = _stroke_count(canvas)
    gesture = _GESTURES.get(name, _Gesture(_SWEEP))
    canvas.set_state(show_prediction=name == "prediction brush")
    for path in gesture.painted:
        canvas.choose_class(HEALTHY + UNHEALTHY - gesture.value)
        canvas.tools.choose("brush")
        _drag(canvas, _places(part, path))
    canvas.choose_class(gesture.value)
    canvas.tools.choose(name)
    if canvas.tool.sees_superpixels:
        canvas.host.superpixels(canvas.state.diameters[name])  # so that no press has to wait
    elif canvas.tool.sees_colours:
        canvas.host.colours()
    places = _places(part, gesture.path)
    if name == "inspect":
        QTest.mouseMove(canvas, places[0])
    elif gesture.clicks:
        for place in places:
            QTest.mouseClick(canvas, _LEFT, _NONE, place)
    else:
        _drag(canvas, places)
    settle()
    picture = canvas.grab(part)
    _draw_gesture(picture, [place - part.topLeft() for place in places], gesture.clicks)
    if name == "inspect":
        _draw_values(picture, values)
    while _stroke_count(canvas) > before and canvas.active is not None:
        canvas.session.undo(canvas.active.tile_id)
    return picture


def _stroke_count(canvas: CanvasView) -> int:
    assert canvas.active is not None
    return sum(not undone for _, _, undone in canvas.session.strokes(canvas.active.tile_id))


def _places(part: QRect, path: Path) -> list[QPoint]:
    return [part.topLeft() + QPoint(round(x * part.width()), round(y * part.height())) for x, y in path]


def _drag(canvas: CanvasView, places: Sequence[QPoint]) -> None:
    QTest.mousePress(canvas, _LEFT, _NONE, places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    QTest.mouseRelease(canvas, _LEFT, _NONE, places[-1])


def _draw_gesture(picture: QPixmap, places: Sequence[QPoint], clicks: bool) -> None:
    """White on black, so that it is seen on any ground."""
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for colour, width in ((QColor(0, 0, 0, 150), 3.5), (QColor(255, 255, 255), 1.5)):
        painter.setPen(QPen(colour, width, Qt.PenStyle.CustomDashLine if len(places) > 1 else Qt.PenStyle.SolidLine))
        if len(places) > 1:
            pen = painter.pen()
            pen.setDashPattern([4 * 1.5 / width, 3 * 1.5 / width])
            painter.setPen(pen)
            painter.drawPolyline([QPointF(place) for place in places])
        painter.setPen(QPen(colour, width + 0.5))
        for place in places if clicks else places[:1]:
            if clicks:
                painter.drawLine(place + QPoint(-5, 0), place + QPoint(5, 0))
                painter.drawLine(place + QPoint(0, -5), place + QPoint(0, 5))
            else:
                painter.drawEllipse(QPointF(place), 2.5, 2.5)  # here it begins
    painter.end()


def _draw_values(picture: QPixmap, values: QWidget) -> None:
    """The upper part of the panel, at the picture's right."""
    width, height = _PART_PX
    shown = QRect(0, 0, 13 * width // 16, height - 2 * _GAP_PX)
    place = QPoint(width - _GAP_PX - shown.width(), _GAP_PX)
    painter = QPainter(picture)
    painter.fillRect(shown.translated(place), QColor(current_theme().panel))
    painter.drawPixmap(place, values.grab(shown))
    painter.end()


def _sheet(pictures: Sequence[tuple[str, QPixmap]], ratio: float) -> QPixmap:
    """The pictures in rows, each under its icon, name and key."""
    commands = {command.name: command for command in COMMANDS}
    width, height = _PART_PX
    cell_height, rows = height + _CAPTION_PX, -(-len(pictures) // _COLUMNS)
    across, down = _COLUMNS * (width + _GAP_PX) + _GAP_PX, rows * (cell_height + _GAP_PX) + _GAP_PX
    sheet = QPixmap(round(across * ratio), round(down * ratio))
    sheet.setDevicePixelRatio(ratio)
    sheet.fill(QColor(current_theme().window))
    painter = QPainter(sheet)
    painter.setPen(QColor(current_theme().text))
    for number, (name, picture) in enumerate(pictures):
        x = _GAP_PX + number % _COLUMNS * (width + _GAP_PX)
        y = _GAP_PX + number // _COLUMNS * (cell_height + _GAP_PX)
        command = commands[name]
        words = QRect(x + _ICON_PX + 6, y, width, _CAPTION_PX)
        icon(command.icon).paint(painter, QRect(x, y + (_CAPTION_PX - _ICON_PX) // 2, _ICON_PX, _ICON_PX))
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter, f"{translated(command.text)}  ({command.keys[0]})")
        painter.drawPixmap(x, y + _CAPTION_PX, picture)
    painter.end()
    return sheet
