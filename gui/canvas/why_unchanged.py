"""Why a Stroke, or what is done to a Tile's paint as a whole, has changed nothing: for how the user has set it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from gui.canvas.view import CanvasView


def why_unchanged(canvas: CanvasView, *, protects: bool) -> str:
    """In a sentence; empty where nothing that is set can be why. `protects`: painted pixels were left as they are."""
    translate = QCoreApplication.translate
    if canvas.tool.selected() is not None:
        return translate("canvas", "Nothing changed in the selected area. Esc gives it up.")
    if protects:
        return translate("canvas", "Nothing changed: painted pixels are protected. Switch that off to change them.")
    if canvas.active_tile is not None and canvas.active_tile.limit is not None:
        return translate("canvas", "Nothing changed: painting is limited to a range of values. The rest is hatched.")
    return ""
