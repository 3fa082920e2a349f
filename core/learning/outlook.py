"""What the next labels may bring: the learning curve carried on, with an interval, and heard beside it what the random
checks say. The honest stop signal; how honest, docs/selection-study.md has measured.

Rounds are compared on the same Tiles: each is judged on a few, and whether these are hard or easy is more than a round
brings. What the last rounds agree in is the chance of a few Tiles too, so their scatter round the curve is not all that
is unknown: leaving out a Tile at a time tells the rest.

Over a few doublings of the labels a score grows nearly linearly in their logarithm, and slower later (Figueroa et al.
2012, "Predicting sample size required for classification performance"). A line through the last rounds is therefore
more hopeful than the truth: where even it promises little, more labels hardly help.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.learning.intervals import FEWEST_TILES, Tables, reach_of_difference, student
from core.learning.scoring import mean_iou_of
from core.text import Text, text

MINUTES_AHEAD = 10  # that the expert is told of
FEWEST_ROUNDS = 3
LAST_ROUNDS = 6
HARDLY = 0.01  # IoU: one point, less than two trainings on the same labels differ by
_CHANCE = HARDLY / 2  # standard deviation of a round's score at the least, however well the rounds lie on a line


@dataclass(frozen=True)
class JudgedRound:
    """How many `tiles` its Model and its forerunners learned from, and, by the id of each Tile that judged it,
    a confusion table (K, K), rows: truth, in the order of `class_values`."""

    tiles: int
    class_values: tuple[int, ...]
    tables: Mapping[int, ArrayLike]


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
        """The stop signal: the outlook is flat, and random checks do not say otherwise."""
        return self.is_flat and not self.checks_rise


def outlook(rounds: Sequence[JudgedRound], more_tiles: int, checks: Sequence[tuple[int, float]] = ()) -> Outlook | None:
    """From the rounds so far, the latest last; None while they, or the Tiles that judge them, are too few.

    A least-squares line of the mean IoU over log2 of the Tiles learned from, through at most the last six rounds, all
    on the Tiles that judged each of them. Of `more_tiles` as large a part is held out as of those so far. The interval
    is the slope's. It joins what the rounds leave open, by Student's t with two degrees of freedom less than rounds,
    and what the Tiles do (`reach_of_difference`). It has always some width: rounds may agree because a training that
    finds nothing better ends with the model it began with.

    `checks`: (Tiles learned from, share of right pixels) of Tiles drawn at random, predicted before they were painted.
    """
    last, tables = _on_the_same_tiles(rounds)
    if not last or more_tiles <= 0:
        return None
    score, sums, learned = mean_iou_of(tables[-1]), tables.sum(axis=1), [made.tiles for made in last]
    rise = _rise(learned, score(sums))
    if rise is None:
        return None
    without_one = _slopes(learned, score(sums[:, None] - tables))
    if not np.isfinite(without_one).all():  # all of it hangs on one Tile
        return None
    slope = rise[0]
    reach = math.hypot(rise[1], reach_of_difference(without_one))
    doublings = math.log2(1 + more_tiles / (learned[-1] + len(last[-1].tables)))
    earlier = [check for check in checks if check[0] >= learned[0]]
    of_checks = _rise([tiles for tiles, _ in earlier], np.array([right for _, right in earlier]))
    return Outlook(
        more_tiles, slope * doublings, (slope - reach) * doublings, (slope + reach) * doublings,
        checks_rise=of_checks is not None and of_checks[0] > of_checks[1],
    )  # fmt: skip


def _on_the_same_tiles(rounds: Sequence[JudgedRound]) -> tuple[list[JudgedRound], Tables]:
    """The last rounds, R of them, and their tables (R, T, K, K) of the Tiles that judged them all by the same paint.
    Later rounds are judged on more Tiles: the oldest go until there are enough, with every Class that judges the latest
    one. None and nothing where that leaves too few rounds."""
    last = [made for made in rounds if made.class_values == rounds[-1].class_values][-LAST_ROUNDS:]
    while len(last) >= FEWEST_ROUNDS:
        shared = [tile for tile in last[-1].tables if all(tile in made.tables for made in last)]
        tables = np.array([[made.tables[tile] for tile in shared] for made in last], np.int64)
        if len(shared) >= FEWEST_TILES:
            truth = tables.sum(axis=-1)
            tables = tables[:, (truth == truth[-1]).all(axis=(0, 2))]
        painted = np.array(list(last[-1].tables.values())).sum(axis=(0, 2)) > 0
        if tables.shape[1] >= FEWEST_TILES and (tables[-1].sum(axis=(0, 2))[painted] > 0).all():
            return last, tables
        last = last[1:]
    return [], np.zeros((0, 0, 0, 0), np.int64)


def _rise(tiles: Sequence[int], scores: NDArray[np.float64]) -> tuple[float, float] | None:
    """What a doubling of the Tiles brings, and how far from it the truth may lie by the scatter of the scores (n,);
    None where they are too few."""
    if len(set(tiles)) < FEWEST_ROUNDS or not np.isfinite(scores).all():
        return None
    centred = _centred(tiles)
    slope = float(_slopes(tiles, scores))
    left = scores - scores.mean() - slope * centred
    error = max(math.sqrt(float(left @ left) / (len(tiles) - 2)), _CHANCE) / math.sqrt(float(centred @ centred))
    return slope, student(len(tiles) - 2) * error


def _slopes(tiles: Sequence[int], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """(...,): what a doubling of the Tiles brings to scores (n, ...)."""
    centred = _centred(tiles)
    return np.asarray(np.tensordot(centred, scores, axes=1) / float(centred @ centred))


def _centred(tiles: Sequence[int]) -> NDArray[np.float64]:
    at = np.log2(tiles)
    return np.asarray(at - at.mean())


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
