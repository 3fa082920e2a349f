"""What the next labels may bring: the learning curve carried on, with an interval, and heard beside it what the random
checks say. The honest stop signal.

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

MINUTES_AHEAD = 10  # that the expert is told of
FEWEST_ROUNDS = 3
_LAST_ROUNDS = 6
HARDLY = 0.01  # IoU: one point, less than two trainings on the same labels differ by
_CHANCE = HARDLY / 2  # standard deviation of a round's score at the least, however well the rounds lie on a line


@dataclass(frozen=True)
class Outlook:
    """Expected gain in mean IoU (1.0 is 100 points) by `more_tiles` further Tiles, with its 95 % interval.

    `checks_rise`: from one random check to the next more was right, by more than chance. The Tiles behind a curve are
    few and may be easy; checks are drawn from the whole field.
    """

    more_tiles: int
    gain: float
    low: float
    high: float
    checks_rise: bool = False

    @property
    def is_flat(self) -> bool:
        """Even the hopeful end of the interval is less than chance between two trainings."""
        return self.high < HARDLY

    @property
    def hardly_helps(self) -> bool:
        return self.is_flat and not self.checks_rise


def outlook(
    rounds: Sequence[tuple[int, float]], more_tiles: int, checks: Sequence[tuple[int, float]] = ()
) -> Outlook | None:
    """From (Tiles learned from, mean IoU) of the rounds so far, the latest last; None while they are too few.

    A least-squares line of the score over log2 of the Tiles through the last six rounds. The interval is the slope's,
    by Student's t with two degrees of freedom less than rounds: wide after three rounds, and it says so. Never of no
    width: rounds may agree because a training that finds nothing better ends with the model it began with.

    `checks`: (Tiles learned from, share of right pixels) of Tiles drawn at random, predicted before they were painted.
    """
    usable = [(tiles, score) for tiles, score in rounds if tiles > 0 and math.isfinite(score)][-_LAST_ROUNDS:]
    rise = _rise(usable)
    if rise is None or more_tiles <= 0:
        return None
    doublings = math.log2((usable[-1][0] + more_tiles) / usable[-1][0])
    of_checks = _rise([check for check in checks if check[0] >= usable[0][0]])
    slope, reach = rise
    return Outlook(
        more_tiles, slope * doublings, (slope - reach) * doublings, (slope + reach) * doublings,
        checks_rise=of_checks is not None and of_checks[0] > of_checks[1],
    )  # fmt: skip


def _rise(points: Sequence[tuple[int, float]]) -> tuple[float, float] | None:
    """What a doubling of the Tiles brings, and how far from it the truth may lie; None where they are too few."""
    if len({tiles for tiles, _ in points}) < FEWEST_ROUNDS:
        return None
    at = np.log2([tiles for tiles, _ in points])
    scores = np.array([score for _, score in points])
    centred = at - at.mean()
    spread = float(centred @ centred)
    slope = float(centred @ scores) / spread
    left = scores - scores.mean() - slope * centred
    error = max(math.sqrt(float(left @ left) / (len(points) - 2)), _CHANCE) / math.sqrt(spread)
    return slope, student(len(points) - 2) * error


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
    if found.is_flat:
        return text(
            "The next {minutes} minutes (about {tiles} tiles) promise {gain:+.1f} points of IoU "
            "({low:+.1f} to {high:+.1f}), but random checks still turn out better and better: going on may help.",
            **values,
        )
    return text(
        "The next {minutes} minutes (about {tiles} tiles) promise {gain:+.1f} points of IoU "
        "({low:+.1f} to {high:+.1f}), if it goes on as in the last rounds.",
        **values,
    )
