"""What dialogs are put together from: widgets under a heading, in a row, in a page that scrolls on a small screen."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.theme import SPACE_SMALL, SPACE_TIGHT, set_class

_OF_SCREEN = 0.95


def section(title: str, *widgets: QWidget, stretch: bool = False) -> QWidget:
    """`stretch`: room that is left stays empty below, instead of making the widgets higher."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(SPACE_SMALL)
    heading = QLabel(title, box)
    set_class(heading, "heading")
    column.addWidget(heading)
    for widget in widgets:
        column.addWidget(widget)
    if stretch:
        column.addStretch(1)
    return box


def row_of(*widgets: QWidget, stretch_first: bool = False) -> QWidget:
    """Side by side; the room that is left goes to the first one, or stays empty on the right."""
    box = QWidget()
    row = QHBoxLayout(box)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(SPACE_TIGHT)
    for number, widget in enumerate(widgets):
        row.addWidget(widget, 1 if stretch_first and number == 0 else 0)
    if not stretch_first:
        row.addStretch(1)
    return box


def fits_on_screen(page: QWidget, width: int) -> bool:
    """Whether the screen is as wide; else what stands side by side goes below one another."""
    return width <= page.screen().availableSize().width() * _OF_SCREEN


def scrolling(page: QWidget, needs: QSize) -> QWidget:
    """`page` with bars where the screen has less room than it `needs`."""
    screen = page.screen().availableSize() * _OF_SCREEN
    if needs.boundedTo(screen) == needs:
        return page
    area = QScrollArea(page.parentWidget())  # where it is, its widgets keep their place in the order of Tab
    area.setWidgetResizable(True)
    area.setFrameShape(QScrollArea.Shape.NoFrame)
    area.setWidget(page)
    return area


def resize_on_screen(dialog: QWidget, size: QSize) -> None:
    """So large, in logical pixels, or as large as the screen allows."""
    dialog.resize(size.boundedTo(dialog.screen().availableSize() * _OF_SCREEN))
