"""A part of a dialog: widgets under a heading, and widgets in a row."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui.theme import SPACE_SMALL, SPACE_TIGHT, set_class


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
