"""What the canvas shows and how its tools are set: the part of it that is remembered with the project."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.labels.classes import HEALTHY, UNLABELED
from core.labels.strokes import BrushShape

LARGEST_TOLERANCE = 128
_FIRST_DIAMETERS_PX = {
    "brush": 24, "eraser": 40, "snapping brush": 40, "prediction brush": 40, "line": 8, "wand": 16,
}  # fmt: skip
_FIRST_TOLERANCES = {"fill": 30, "snapping brush": 50}


@dataclass
class CanvasState:
    """As the user set it. Panels change it through the canvas's setters."""

    composite_key: str = ""
    mask_opacity: float = 0.65  # so much stronger that own paint is told from a prediction of the same class
    prediction_opacity: float = 0.35
    doubt_opacity: float = 0.7
    show_mask: bool = True
    show_prediction: bool = True
    show_doubt: bool = False
    show_grid: bool = True
    show_ranking: bool = False
    show_minimap: bool = True
    show_windows: bool = False
    class_value: int = HEALTHY
    previous_class_value: int = UNLABELED
    protect_painted: bool = False
    brush_shape: BrushShape = "round"
    pen_pressure: bool = True
    diameters: dict[str, int] = field(default_factory=lambda: dict(_FIRST_DIAMETERS_PX))
    tolerances: dict[str, int] = field(default_factory=lambda: dict(_FIRST_TOLERANCES))

    def copy(self) -> CanvasState:
        """As it is now, whatever is set later."""
        return replace(self, diameters=dict(self.diameters), tolerances=dict(self.tolerances))
