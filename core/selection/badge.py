"""BADGE: Tiles whose labels would move the model's last layer far, and each in another direction.

Ash et al., "Deep Batch Active Learning by Diverse, Uncertain Gradient Lower Bounds", ICLR 2020 (arXiv 1906.03671),
algorithm 1: k-means++ seeding over the gradients of the last layer, taken as if the model's own classes were the
labels. As in the published code the first is the longest gradient. A certain model has short ones: then they lie
together, and one of them is enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members
from core.selection.budget import head_length
from core.selection.margin import then_coverage
from core.selection.neighbours import graph_of
from core.selection.pool import ModelState, Pool, Ranking, checked_labeled, known_answers
from core.text import text

_FIRST = text("Its labels would change the model the most")
_NEXT = text("Its labels would change the model in another way than those of tiles ranked higher")
_REST = text("Its labels would change the model much like those of tiles ranked higher")


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Rank by k-means++ over gradients, the rest by the distance to those chosen, then Tiles that the model was not
    asked about, or that would teach it nothing, by coverage. `labeled` bool (N,), `budget` in Tiles."""
    labeled = checked_labeled(pool, labeled)
    graph = graph_of(pool)
    gradients = known_answers(pool, model_state).gradients[graph.members]
    asked = np.flatnonzero(fresh_members(graph, labeled) & np.isfinite(gradients).all(axis=1) & gradients.any(axis=1))
    chosen, lengths, left = seeding(gradients[asked], head_length(budget), rng)
    reasons = [_FIRST, *[_NEXT] * (len(chosen) - 1)][: len(chosen)]
    head = Picks(graph.members[asked[chosen]], lengths, ("doubt",) * len(chosen), reasons)
    order = np.argsort(-left, kind="stable")[: len(asked) - len(chosen)]
    rest = Picks.rest(graph.members[asked[order]], _REST, left[order])
    return then_coverage(pool, graph, labeled, [head, rest], budget)


def seeding(
    points: NDArray[np.float32], count: int, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.float32], NDArray[np.float32]]:
    """Up to `count` rows of `points` (n, G): the longest, then each drawn with a chance in proportion to its squared
    distance to those before it (Arthur and Vassilvitskii 2007). Rows that equal one of them are never drawn.

    Returns their numbers int64 (P,), the distance of each when it was drawn (of the first: its length) float32 (P,),
    and of every row to the nearest of them float32 (n,), -1 for those drawn.
    """
    points = np.asarray(points, np.float64)
    drawn: list[int] = []
    apart: list[float] = []
    squared = (points**2).sum(axis=1)
    while len(drawn) < count and squared.max(initial=0.0) > 0.0:
        row = int(rng.choice(len(points), p=squared / squared.sum())) if drawn else int(squared.argmax())
        apart.append(float(np.sqrt(squared[row])))
        to_row = ((points - points[row]) ** 2).sum(axis=1)
        squared = np.minimum(squared, to_row) if drawn else to_row
        drawn.append(row)
    left = np.sqrt(squared).astype(np.float32)
    left[drawn] = -1.0
    return np.array(drawn, np.int64), np.array(apart, np.float32), left
