"""Superpixel wand: paints patches of like colour."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gui.canvas.tools.sweep import Sweep


class Wand(Sweep):
    """Paints every superpixel that the cursor passes; Shift and the wheel change their size."""

    name = "wand"
    has_size = True

    def areas(self) -> NDArray[np.int32]:
        return self.host.superpixels(self.host.brush_diameter(self.name))
