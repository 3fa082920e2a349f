"""Accept here: takes the prediction over under the brush, and nowhere else."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.errors import no_prediction_yet
from core.geometry import Rect
from core.labels.classes import UNLABELED
from core.labels.mask import Provenance
from core.labels.strokes import Ink, StrokeRecorder
from gui.canvas.tools.base import Gesture
from gui.canvas.tools.brush import Brush


class PredictionBrush(Brush):
    """What it paints is marked as accepted, not drawn, and never replaces what the hand has painted."""

    name = "prediction brush"

    def begin(self, gesture: Gesture) -> None:
        if self.host.predicted_classes() is None:
            raise no_prediction_yet()
        super().begin(gesture)

    def write(self, recorder: StrokeRecorder, rect: Rect, pixels: NDArray[np.bool_], ink: Ink) -> Rect:
        if ink.value == UNLABELED:
            return recorder.paint(rect, pixels, ink)
        predicted = self.host.predicted_classes()
        inside = rect.intersect(self.host.bounds())
        if inside.is_empty or predicted is None:  # it may go during a Stroke
            return Rect(0, 0, 0, 0)
        under = np.where(pixels[inside.moved(-rect.x, -rect.y).slices], predicted[inside.slices], UNLABELED)
        for value in np.unique(under[under != UNLABELED]):
            recorder.paint(inside, under == value, Ink(int(value), Provenance.ACCEPTED, protect_painted=True))
        return inside
