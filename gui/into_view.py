"""Scrolling to a widget that is chosen, or has just appeared."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget


def bring_into_view(widget: QWidget, margin_px: int = 0) -> None:
    """Scroll everything it lies in, from the inside out, so that it is seen with `margin_px` over and below it."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget, 0, margin_px)
        around = around.parentWidget()
