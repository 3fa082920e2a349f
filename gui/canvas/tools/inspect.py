"""Inspect: look at values without the danger of painting; the left button moves the Scene."""

from __future__ import annotations

from gui.canvas.tools.base import Tool


class Inspect(Tool):
    """Never makes a Stroke. The values under the cursor are in their panel; the canvas moves by itself."""

    name = "inspect"
    paints = False
