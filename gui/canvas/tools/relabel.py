"""Change the class of a piece: of what hangs together in one class, painted or predicted."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import TooEarly
from core.labels.assist import NO_PIECE, pieces
from gui.canvas.tools.sweep import Sweep


class Relabel(Sweep):
    """Gives the current class to every piece that the cursor passes: of paint, or of the prediction where none is."""

    name = "relabel"

    def areas(self) -> NDArray[np.int32]:
        found = pieces(self.host.shown_classes())
        if (found == NO_PIECE).all():
            raise TooEarly("Nothing on this tile has a class yet.", "Paint a little of two classes first.")
        return found
