"""How high the panels on the right are: shared by what is in them, until the user drags one to another height."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QStyle


class Room(NamedTuple):
    """Heights of a panel, in px: the smallest there is, that for all controls, that for all of its contents."""

    floor: int
    least: int
    wanted: int


def shared(total_px: int, rooms: Sequence[Room]) -> list[int]:
    """Heights of the panels, which make `total_px` together: one after the other they get their least, then in the same
    order what they want; the last one takes what is left over."""
    heights = [room.floor for room in rooms]
    for goals in ([room.least for room in rooms], [room.wanted for room in rooms]):
        for place, goal in enumerate(goals):
            heights[place] += max(min(goal - heights[place], total_px - sum(heights)), 0)
    heights[-1] += total_px - sum(heights)
    return heights


class RightColumn:
    """Classes over layers over the tabs with the model. Left alone where the user has put one elsewhere."""

    def __init__(self, window: QMainWindow, classes: QDockWidget, layers: QDockWidget, model: QDockWidget) -> None:
        self._window = window
        self._classes, self._layers, self._model = classes, layers, model

    def share(self) -> None:
        """Height for height by what is in the panels. That of the classes and the brush comes first."""
        if column := self._column():
            total_px = sum(dock.height() for dock in column)
            self._resize(column, shared(total_px, [_room(dock) for dock in (self._classes, self._layers, self._model)]))

    def pass_on(self) -> None:
        """The user has chosen the heights; but there may be more classes now. What they lack comes from what the other
        panels leave empty, and no more."""
        if not (column := self._column()):
            return
        heights = [dock.height() for dock in column]
        wanted = [_room(dock).wanted for dock in column]
        for giver in (1, 2):
            passed_px = max(min(heights[giver] - wanted[giver], wanted[0] - heights[0]), 0)
            heights[giver] -= passed_px
            heights[0] += passed_px
        if heights[0] != self._classes.height():
            self._resize(column, heights)

    def _column(self) -> list[QDockWidget]:
        """From top to bottom, of the tabs the one in front; empty where they do not stand like that."""
        tabs = [self._model, *self._window.tabifiedDockWidgets(self._model)]
        front = [dock for dock in tabs if not dock.visibleRegion().isEmpty()]
        column = [self._classes, self._layers, *front[:1]]
        places = [dock.geometry() for dock in column]
        below = all(one.bottom() < other.top() for one, other in pairwise(places))
        return column if len(column) == 3 and below and len({place.x() for place in places}) == 1 else []

    def _resize(self, column: Sequence[QDockWidget], heights: Sequence[int]) -> None:
        """Qt counts the lowest panel's tabs as a part of it."""
        over, lowest = (dock.geometry() for dock in column[1:])
        separator = self._window.style().pixelMetric(
            QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self._window
        )
        tabs_px = max(lowest.top() - over.bottom() - 1 - separator, 0)
        self._window.resizeDocks(column, [*heights[:-1], heights[-1] + tabs_px], Qt.Orientation.Vertical)


def _room(dock: QDockWidget) -> Room:
    """A scroll area would do with less than what is in it needs."""
    area = dock.widget()
    title_px = 0 if dock.titleBarWidget() is not None else dock.height() - area.height()
    inside = (area.widget() if isinstance(area, QScrollArea) else None) or area
    heights = (area.minimumSizeHint(), inside.minimumSizeHint(), inside.sizeHint())
    return Room(*(size.height() + title_px for size in heights))
