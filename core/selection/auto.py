"""The default: coverage first, doubt as far as it is trusted, and every tenth Tile an audit.

One objective from the first Tile to the last: weighted facility location over the Pool given the labels, and what a
label settles on its own Tile:

    F(S) = Σ_t w_t · max over s in labeled ∪ S of K(t, s)  +  c · λ · Σ_s û_s,   w_t = ρ_t · [(1 - c) + c · û_t]

with ρ the share that can teach, û the model's doubt (0 where labeled) and c the trust in its doubts (trust.py). Without
a model c is 0: pure coverage. Both terms are monotone submodular, so the greedy choice stays within 1 - 1/e of the
best. What can teach is valid and will not be ignored, as far as Tiles like it tell (ignored.py). Gains are compared
times the Tile's own share of it: half a Tile of data teaches half as much, at the edge of a Scene too.

There is no switch from typical to doubtful. The first picks are typical of most of the Pool. Early labels cover dozens
of Tiles each and the second term is small beside that; the more is covered, the less a label adds to the first term,
and the second decides. Audits are drawn at random from the Tiles that are left when it is their turn: otherwise the
record that c is computed from would know only Tiles that coverage and doubt have chosen. docs/selection-study.md
measures every part.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from core.selection import typiclust
from core.selection.arrange import Picks, falling, fresh_members, whole_ranking
from core.selection.budget import audit_places, audits_before, head_length
from core.selection.coverage import remaining_picks
from core.selection.facility import Greedy, coverage_by, greedy
from core.selection.ignored import expected_ignored
from core.selection.margin import doubt_reason
from core.selection.neighbours import Graph, graph_of
from core.selection.pool import (
    MIN_VALID_SHARE,
    ModelState,
    Pool,
    Ranking,
    checked_labeled,
    classifier_doubts,
    known_uncertainty,
)
from core.selection.reasons import Explained, explain
from core.text import text

_AUDIT = text("A random check that the ranking and the model are right")

OWN_DOUBT = 4.0
"""λ: a label on a fully doubted Tile is worth as much as covering so many Tiles. 0, 1 and 4 were measured."""


@dataclass(frozen=True)
class Parts:
    """What of the Strategy is switched on. The defaults are `auto`; anything else is there to be compared with it."""

    typical_start: bool = False  # TypiClust's order until there is a label, instead of the objective's
    audits: bool = True
    own_doubt: float = OWN_DOUBT
    ignored: bool = True  # what is ignored on some Tiles is expected on those like them


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
    parts: Parts = Parts(),  # immutable
    seconds: NDArray[np.float32] | None = None,
) -> Ranking:
    """Rank the Pool under the budget (in Tiles). `labeled` bool (N,). Milliseconds once the Pool's graph is built.

    `seconds` (N,), > 0: what each is predicted to take; then gain a second decides.

    Give the same seed while a campaign lasts: then the audits stay the same Tiles from one call to the next.
    """
    labeled = checked_labeled(pool, labeled)
    if parts.typical_start and not labeled.any():
        return typiclust.query(pool, labeled, model_state, budget, rng)
    graph = graph_of(pool)
    share = pool.valid_share[graph.members]
    if parts.ignored:
        share = share * (1.0 - expected_ignored(pool, graph, labeled, model_state))
    weights, own, doubt = terms(pool, graph, labeled, model_state, share, parts.own_doubt)
    fresh = fresh_members(graph, labeled)
    covered = coverage_by(graph.kernel, np.flatnonzero(~fresh))
    share = np.maximum(share, np.float32(MIN_VALID_SHARE))
    prices = np.asarray((1.0 if seconds is None else seconds[graph.members]) / share, np.float32)
    result = greedy(graph.kernel, weights, covered, fresh, head_length(budget), own, prices)
    told = explain(graph, result, fresh, "coverage" if labeled.any() else "typical")
    predicted = np.isfinite(known_uncertainty(pool, model_state)[graph.members])
    own = np.where(predicted, own, np.float32(0.0))
    _tell_doubts(told, result, own, doubt, classifier_doubts(model_state))
    head = Picks(graph.members[result.picked], result.gains * share[result.picked], told.regimes, told.reasons)
    rest = remaining_picks(graph, replace(result, left=result.left * share), told)
    if seconds is None:
        head, rest = falling([head, rest])
    if not parts.audits:
        return whole_ranking(pool, graph, labeled, [head, rest])
    lottery = graph.members[rng.permutation(graph.count)]
    return whole_ranking(pool, graph, labeled, _with_audits(head, rest, lottery, int(labeled.sum())))


def _tell_doubts(
    told: Explained, result: Greedy, own: NDArray[np.float32], doubt: NDArray[np.float32], by_classifier: bool
) -> None:
    """Correct what is told of Tiles that were picked for the doubt about themselves: for more than half of the gain."""
    reason = doubt_reason(by_classifier)
    for place, node in enumerate(result.picked):
        if own[node] > 0.5 * result.gains[place]:
            told.regimes[place], told.reasons[place] = "doubt", reason(doubt[node])


def terms(
    pool: Pool, graph: Graph, labeled: NDArray[np.bool_], state: ModelState | None, share: NDArray[np.float32],
    own_doubt: float = OWN_DOUBT,
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:  # fmt: skip
    """Of each distinct Tile, float32 (U,): w, the second term of F, and û. `share` (U,): what of it can teach."""
    trust, doubt = _trust_and_doubt(pool, graph, labeled, state)
    weights = share * ((1.0 - trust) + trust * doubt)
    return weights, trust * np.float32(own_doubt) * doubt, doubt


def _trust_and_doubt(
    pool: Pool, graph: Graph, labeled: NDArray[np.bool_], state: ModelState | None
) -> tuple[np.float32, NDArray[np.float32]]:
    """c in 0…1 and û (U,) in 0…1: 0 where labeled, the mean of the others where no Prediction is known."""
    doubt = known_uncertainty(pool, state)[graph.members]
    known = np.isfinite(doubt)
    if state is None or not known.any() or not np.isfinite(state.trust):
        return np.float32(0.0), np.zeros(graph.count, np.float32)
    doubt[~known] = doubt[known].mean()
    doubt[~fresh_members(graph, labeled)] = 0.0
    return np.float32(np.clip(state.trust, 0.0, 1.0)), doubt


def _with_audits(head: Picks, rest: Picks, lottery: NDArray[np.int64], labeled: int) -> list[Picks]:
    """Put a Tile drawn at random at every tenth place of the campaign, as far as the head reaches.

    `lottery`: all distinct Tiles (Pool indexes) in random order. Each audit starts one further in it, so that one the
    user has skipped is not drawn for ever.
    """
    places = audit_places(labeled, len(head.order))
    lottery = np.roll(lottery, -audits_before(labeled))
    drawn = _draw(head.order, places, lottery[np.isin(lottery, np.concatenate([head.order, rest.order]))])
    return [*_between(head.without(drawn), places, drawn), rest.without(drawn)]


def _between(chosen: Picks, places: NDArray[np.int64], audits: NDArray[np.int64]) -> Iterator[Picks]:
    """What was chosen, in its order, in parts that leave the audits their places."""
    start = 0
    for audits_so_far, (place, tile) in enumerate(zip(places.tolist(), audits.tolist(), strict=False)):
        yield chosen[start : place - audits_so_far]
        yield Picks(np.array([tile]), np.zeros(1, np.float32), ("audit",), (_AUDIT,))
        start = place - audits_so_far
    yield chosen[start:]


def _draw(head: NDArray[np.int64], places: NDArray[np.int64], lottery: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each of `places`, in turn, the first Tile of `lottery` that has no place before it: what is chosen for its
    own sake must not wait for an audit further down."""
    placed: set[int] = set()
    drawn: list[int] = []
    tickets, following = iter(lottery.tolist()), iter(head.tolist())
    for start, place in zip([0, *(places[:-1] + 1).tolist()], places.tolist(), strict=False):
        placed.update(itertools.islice((tile for tile in following if tile not in placed), place - start))
        tile = next((tile for tile in tickets if tile not in placed), None)
        if tile is None:
            break
        placed.add(tile)
        drawn.append(tile)
    return np.array(drawn, np.int64)
