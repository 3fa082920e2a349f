"""Eraser: a brush that takes paint away."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt

from core.labels.classes import UNLABELED
from core.labels.strokes import Ink
from gui.canvas.tools.brush import Brush


class Eraser(Brush):
    """Takes paint away, back to unlabeled; it has its own size."""

    name = "eraser"

    def ink_for(self, button: Qt.MouseButton) -> Ink:
        return replace(self.host.ink(), value=UNLABELED, protect_painted=False)
