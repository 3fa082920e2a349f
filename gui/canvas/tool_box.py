"""All tools there are."""

from __future__ import annotations

from gui.canvas.tools.brush import Brush
from gui.canvas.tools.eraser import Eraser
from gui.canvas.tools.fill import Fill
from gui.canvas.tools.inspect import Inspect
from gui.canvas.tools.lasso import Lasso
from gui.canvas.tools.line import Line
from gui.canvas.tools.polygon import Polygon
from gui.canvas.tools.prediction_brush import PredictionBrush
from gui.canvas.tools.rectangle import Rectangle
from gui.canvas.tools.relabel import Relabel
from gui.canvas.tools.select import Select
from gui.canvas.tools.snapping_brush import SnappingBrush
from gui.canvas.tools.wand import Wand

TOOLS = (Brush, Eraser, SnappingBrush, PredictionBrush, Line, Rectangle, Lasso, Polygon, Fill, Wand, Relabel,
         Select, Inspect)  # fmt: skip
