"""What the robot expert does with the edge-snapping brush: wide strokes that need no aim, where they beat the brush.

The snapping brush paints what looks like the place where the stroke began, so it may run over an edge: the way is half
as wide as the brush, wherever it goes.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from core.labels.assist import Colours, similar_pixels
from tests.benchmarks._robot import Bools, BrushStroke, Field, Robot

TOLERANCES = (20, 40)
DIAMETERS_PX = (40, 20)
_SEEN_PX = 6  # places where less than this is wrong are not snapped at
_PLACES = 3
_WORTH = 0.1


@dataclass(frozen=True)
class SnappingStroke:
    value: int
    tolerance: int
    similar: Bools
    stroke: BrushStroke


def mend_with_snapping(robot: Robot) -> None:
    """Strokes of the snapping brush as long as they bring more in a second than the brush would; then the brush."""
    colours, tolerance = Colours.of(robot.image()), TOLERANCES[0]
    while not robot.is_content(robot.outcome()):
        snapping, by_hand = best_snapping(robot, colours), robot.best_stroke()
        if snapping is None or robot.worth(snapping.value, snapping.stroke) <= (
            robot.worth(*by_hand) if by_hand else 0
        ):
            break
        if snapping.tolerance != tolerance:
            robot.hand.press_keys(2)
            tolerance = snapping.tolerance
        robot.do(snapping.value, snapping.stroke, "snapping brush", snapping.similar)
    robot.mend()


def best_snapping(robot: Robot, colours: Colours) -> SnappingStroke | None:
    """Of strokes from the most wrong places of each class, the one that brings the most in a second."""
    found = [candidate for value in robot.present for candidate in _from_value(robot, colours, value)]
    return max(found, key=lambda c: robot.worth(c.value, c.stroke), default=None)


def _from_value(robot: Robot, colours: Colours, value: int) -> list[SnappingStroke]:
    seen = Field.of(robot, value, _SEEN_PX)
    found = []
    for x, y in seen.best_places(_PLACES):
        for tolerance in TOLERANCES:
            similar = similar_pixels(colours, x, y, tolerance)
            for diameter_px in DIAMETERS_PX:
                free = np.full(similar.shape, diameter_px, np.float32)
                field = Field(seen.wanted & similar, seen.harm & similar, free, diameter_px)
                stroke = field.freehand((x + 0.5, y + 0.5), _WORTH)
                widths = [0.5 * diameter_px] * len(stroke.way)
                found.append(SnappingStroke(value, tolerance, similar, replace(stroke, widths=widths)))
    return found
