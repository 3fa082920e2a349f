"""From a Strategy's picks among distinct Tiles to a Ranking of the whole Pool."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.selection.neighbours import Graph
from core.selection.pool import MIN_VALID_SHARE, Pool, Ranking
from core.selection.reasons import CAN_WAIT
from core.text import Text, text

_LIKE_LABELED = text("Nearly the same as a tile that is labeled or skipped already")
_LIKE_RANKED = text("Nearly the same as a tile ranked higher")
_NOT_EMBEDDED = text("Not compared with the other tiles yet")
_LITTLE_DATA = text("It has less than {percent} % of a tile's image data", percent=round(100 * MIN_VALID_SHARE))
_ADDS_MOST = text("Not new, but of all that is left it adds the most")
_NOTHING_TO_SEE = text("All of it is water, or of a single colour")


@dataclass(frozen=True)
class Picks:
    """Ranked Tiles as indexes into the Pool, with the columns of a Ranking."""

    order: NDArray[np.int64]
    scores: NDArray[np.float32]
    regimes: Sequence[str]
    reasons: Sequence[Text]

    def __getitem__(self, part: slice) -> Picks:
        return Picks(self.order[part], self.scores[part], self.regimes[part], self.reasons[part])

    def without(self, tiles: NDArray[np.int64]) -> Picks:
        """The same without those Tiles."""
        kept = np.flatnonzero(~np.isin(self.order, tiles))
        if len(kept) == len(self.order):
            return self
        regimes, reasons = [self.regimes[i] for i in kept.tolist()], [self.reasons[i] for i in kept.tolist()]
        return Picks(self.order[kept], self.scores[kept], regimes, reasons)

    @staticmethod
    def rest(order: NDArray[np.int64], reason: Text, scores: NDArray[np.float32] | None = None) -> Picks:
        """Tiles that all come for the same reason, in the regime "rest"."""
        values = np.zeros(len(order), np.float32) if scores is None else scores
        return Picks(order, values, ("rest",) * len(order), (reason,) * len(order))


def falling(parts: Sequence[Picks]) -> list[Picks]:
    """`parts`, one after the other by one measure, with scores that do not grow. Gains that differ by rounding alone
    are taken in the order of the Pool, so the later one may have been the larger."""
    limit, found = np.float32(np.inf), []
    for part in parts:
        scores = np.minimum.accumulate(np.minimum(part.scores, limit))
        limit = scores[-1] if len(scores) else limit
        found.append(replace(part, scores=scores))
    return found


def fresh_members(graph: Graph, labeled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """bool (U,): distinct Tiles of which neither they nor a near-duplicate is labeled: the ones worth choosing."""
    fresh = np.ones(graph.count, np.bool_)
    fresh[graph.local[labeled & (graph.local >= 0)]] = False
    return fresh


def join(parts: Sequence[Picks]) -> Ranking:
    """One Ranking, part after part. Scores are made finite."""
    order = np.concatenate([np.zeros(0, np.int64), *(part.order for part in parts)])
    scores = np.concatenate([np.zeros(0, np.float32), *(part.scores for part in parts)])
    return Ranking(
        order.astype(np.int64),
        np.nan_to_num(scores.astype(np.float32), nan=0.0, posinf=0.0, neginf=0.0),
        tuple(regime for part in parts for regime in part.regimes),
        tuple(reason for part in parts for reason in part.reasons),
    )


def whole_ranking(pool: Pool, graph: Graph, labeled: NDArray[np.bool_], parts: Sequence[Picks]) -> Ranking:
    """`parts` first; then what they leave out: near-duplicates of ranked Tiles in the order of these, near-duplicates
    of labeled ones, Tiles without Embedding, Tiles with too little image data (the fullest first) or nothing to see."""
    place = np.full(len(pool), len(pool), np.int64)
    count = 0
    for part in parts:
        place[part.order] = count + np.arange(len(part.order))
        count += len(part.order)
    open_tiles = ~labeled & (place == len(pool))
    known = graph.local >= 0
    twins = np.flatnonzero(open_tiles & known)
    first_of_kind = np.full(graph.count, len(pool), np.int64)
    ranked = np.flatnonzero((place < len(pool)) & known)
    np.minimum.at(first_of_kind, graph.local[ranked], place[ranked])
    behind = first_of_kind[graph.local[twins]]
    behind[~fresh_members(graph, labeled)[graph.local[twins]]] = len(pool)
    twins = twins[np.argsort(behind, kind="stable")]
    split = int((behind < len(pool)).sum())
    others = np.flatnonzero(open_tiles & ~known)
    thin = others[pool.valid_share[others] < MIN_VALID_SHARE]
    tail = [
        Picks.rest(twins[:split], _LIKE_RANKED),
        Picks.rest(twins[split:], _LIKE_LABELED),
        Picks.rest(others[pool.valid_share[others] >= MIN_VALID_SHARE], _NOT_EMBEDDED),
        *thin_last(pool, thin[np.argsort(-pool.valid_share[thin], kind="stable")]),
    ]
    return _with_nothing_waiting_in_front(join([*parts, *tail]))


def _with_nothing_waiting_in_front(ranking: Ranking) -> Ranking:
    """What is asked for next does not wait, nor does what comes before a pick with a reason of its own: it is much like
    others, and was chosen since nothing else adds more. Audits are drawn whatever comes before or behind."""
    chosen = [place for place, regime in enumerate(ranking.regimes) if regime != "audit"]
    asked = [place for place in chosen if ranking.regimes[place] != "rest"]
    regimes, reasons = list(ranking.regimes), list(ranking.reasons)
    for place in range(max([*chosen[:1], *asked[-1:]], default=-1) + 1):
        if reasons[place] is CAN_WAIT:
            regimes[place], reasons[place] = "coverage", _ADDS_MOST
    return replace(ranking, regimes=tuple(regimes), reasons=tuple(reasons))


def thin_last(pool: Pool, thin: NDArray[np.int64]) -> list[Picks]:
    """Tiles with too little image data, in this order; those on which there is nothing to see say so."""
    is_empty = pool.valid_share[thin] == 0
    return [Picks.rest(thin[~is_empty], _LITTLE_DATA), Picks.rest(thin[is_empty], _NOTHING_TO_SEE)]
