"""One picture of all painting tools, each in the middle of what it does: real mouse gestures on the running canvas."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtTest import QTest

from core.labels.classes import HEALTHY, UNHEALTHY
from gui.actions import COMMANDS, TOOL_COMMANDS, translated
from gui.canvas.view import CanvasView
from gui.icons import icon
from gui.theme import current_theme

_PART_PX, _CAPTION_PX, _GAP_PX, _COLUMNS, _ICON_PX = (248, 150), 26, 8, 4, 16
_LEFT, _NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
_DIAMETERS_PX = {"brush": 9, "eraser": 11, "snapping brush": 22, "prediction brush": 22, "line": 5, "wand": 12}
_TOLERANCES = {"fill": 60, "snapping brush": 60}
# Paths in shares of the part's sides.
_SWEEP = ((0.15, 0.7), (0.3, 0.45), (0.5, 0.6), (0.7, 0.35), (0.85, 0.5))
_ACROSS = ((0.45, 0.2), (0.5, 0.5), (0.52, 0.85))
_ROUND = ((0.3, 0.3), (0.6, 0.15), (0.82, 0.4), (0.7, 0.75), (0.4, 0.8), (0.2, 0.55))
_MIDDLE = ((0.5, 0.6),)
_PATHS = {
    "eraser": _ACROSS, "fill": _MIDDLE, "lasso": _ROUND, "polygon": _ROUND[:-1], "rectangle": ((0.2, 0.2), (0.8, 0.8)),
    "line": ((0.15, 0.75), (0.85, 0.25)), "relabel": _MIDDLE, "inspect": _MIDDLE,
}  # fmt: skip
_UNFINISHED = ("lasso", "rectangle", "line")  # the picture is taken before the button is let go
_ON_PAINT = ("eraser", "relabel")  # need something that is painted already


def tool_sheet(canvas: CanvasView, settle: Callable[[], None]) -> QPixmap:
    """Uses every tool in the middle of the canvas, and undoes what it has painted."""
    part = QRect(0, 0, *_PART_PX)
    part.moveCenter(canvas.rect().center())
    canvas.session.suggests = False  # the pixel classifier's answers would hide what a tool does
    for tool, diameter in _DIAMETERS_PX.items():
        canvas.set_diameter(tool, diameter)
    for tool, tolerance in _TOLERANCES.items():
        canvas.set_tolerance(tool, tolerance)
    pictures = [(name, _in_use(canvas, name, part, settle)) for name in TOOL_COMMANDS]
    canvas.session.suggests = True
    canvas.set_state(show_prediction=True)
    return _sheet(pictures, canvas.devicePixelRatioF())


def _in_use(canvas: CanvasView, name: str, part: QRect, settle: Callable[[], None]) -> QPixmap:
    before = _stroke_count(canvas)
    canvas.set_state(show_prediction=name == "prediction brush")
    if name in _ON_PAINT:
        canvas.choose_class(HEALTHY)
        canvas.choose_tool("brush")
        _drag(canvas, _places(part, _SWEEP))
    canvas.choose_class(UNHEALTHY)
    canvas.choose_tool(name)
    places = _places(part, _PATHS.get(name, _SWEEP))
    if name == "polygon":
        for place in places:
            QTest.mouseClick(canvas, _LEFT, _NONE, place)
    elif name == "inspect":
        QTest.mouseMove(canvas, places[0])
    else:
        _drag(canvas, places, release=name not in _UNFINISHED)
    settle()
    picture = canvas.grab(part)
    canvas.tool.cancel()
    if name in _UNFINISHED:
        QTest.mouseRelease(canvas, _LEFT, _NONE, places[-1])
    while _stroke_count(canvas) > before and canvas.active is not None:
        canvas.session.undo(canvas.active.tile_id)
    return picture


def _stroke_count(canvas: CanvasView) -> int:
    assert canvas.active is not None
    return sum(not undone for _, _, undone in canvas.session.strokes(canvas.active.tile_id))


def _places(part: QRect, path: Sequence[tuple[float, float]]) -> list[QPoint]:
    return [part.topLeft() + QPoint(round(x * part.width()), round(y * part.height())) for x, y in path]


def _drag(canvas: CanvasView, places: Sequence[QPoint], *, release: bool = True) -> None:
    QTest.mousePress(canvas, _LEFT, _NONE, places[0])
    for place in places[1:]:
        QTest.mouseMove(canvas, place)
    if release:
        QTest.mouseRelease(canvas, _LEFT, _NONE, places[-1])


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
