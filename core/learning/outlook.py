"""What the next labels may bring: the learning curve carried on, with an interval. The honest stop signal.

Over a few doublings of the labels a score grows nearly linearly in their logarithm, and slower later (Figueroa et al.
2012, "Predicting sample size required for classification performance"). A line through the last rounds is therefore
more hopeful than the truth: where even it promises little, more labels hardly help.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.learning.intervals import student
from core.text import Text, text

FEWEST_ROUNDS = 3
_LAST_ROUNDS = 6
HARDLY = 0.01  # IoU: one point, less than two trainings on the same labels differ by
_CHANCE = HARDLY / 2  # standard deviation of a round's score at the least, however well the rounds lie on a line


@dataclass(frozen=True)
class Outlook:
    """Expected gain in mean IoU (1.0 is 100 points) by `more_tiles` further Tiles, with its 95 % interval."""

    more_tiles: int
    gain: float
    low: float
    high: float

    @property
    def hardly_helps(self) -> bool:
        """Even the hopeful end of the interval is less than chance between two trainings."""
        return self.high < HARDLY


def outlook(rounds: Sequence[tuple[int, float]], more_tiles: int) -> Outlook | None:
    """From (Tiles learned from, mean IoU) of the rounds so far, the latest last; None while they are too few.

    A least-squares line of the score over log2 of the Tiles through the last six rounds. The interval is the slope's,
    by Student's t with two degrees of freedom less than rounds: wide after three rounds, and it says so. Never of no
    width: rounds may agree because a training that finds nothing better ends with the model it began with.
    """
    usable = [(tiles, score) for tiles, score in rounds if tiles > 0 and math.isfinite(score)][-_LAST_ROUNDS:]
    if len({tiles for tiles, _ in usable}) < FEWEST_ROUNDS or more_tiles <= 0:
        return None
    at = np.log2([tiles for tiles, _ in usable])
    scores = np.array([score for _, score in usable])
    centred = at - at.mean()
    spread = float(centred @ centred)
    slope = float(centred @ scores) / spread
    left = scores - scores.mean() - slope * centred
    error = max(math.sqrt(float(left @ left) / (len(usable) - 2)), _CHANCE) / math.sqrt(spread)
    doublings = math.log2((usable[-1][0] + more_tiles) / usable[-1][0])
    reach = student(len(usable) - 2) * error
    return Outlook(more_tiles, slope * doublings, (slope - reach) * doublings, (slope + reach) * doublings)


def outlook_sentence(found: Outlook, minutes: int) -> Text:
    """For the user; gains in points of IoU."""
    values = {
        "minutes": minutes,
        "tiles": found.more_tiles,
        "gain": 100 * found.gain,
        "low": 100 * found.low,
        "high": 100 * found.high,
    }
    if found.hardly_helps:
        return text(
            "The next {minutes} minutes (about {tiles} tiles) promise {gain:+.1f} points of IoU "
            "({low:+.1f} to {high:+.1f}): labeling more will hardly help.",
            **values,
        )
    return text(
        "The next {minutes} minutes (about {tiles} tiles) promise {gain:+.1f} points of IoU "
        "({low:+.1f} to {high:+.1f}), if it goes on as in the last rounds.",
        **values,
    )
