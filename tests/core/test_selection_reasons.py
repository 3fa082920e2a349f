"""What is said of a pick is true of the Tiles: how many look like it, and whether anything labeled does."""

from __future__ import annotations

import numpy as np
import pytest

from core.jobs import Unwatched
from core.selection.facility import greedy
from core.selection.likeness import likeness_map
from core.selection.neighbours import build_graph, graph_of
from core.selection.pool import ModelState
from core.selection.reasons import explain
from core.selection.strategies import STRATEGIES
from tests.core.selection_pools import Pool, blob_numbers, blobs, flags, pool_of

CAN_WAIT = "Much like tiles that are labeled or ranked higher"
ADDS_MOST = "Not new, but of all that is left it adds the most"


def told(
    pool: Pool, labeled: tuple[int, ...] = (), strategy: str = "auto", count: int = 64, state: ModelState | None = None
) -> list[tuple[str, str]]:
    """The first Regimes and Reasons, without audits."""
    found = STRATEGIES[strategy].query(pool, flags(len(pool), *labeled), state, 12, np.random.default_rng(0))
    both = zip(found.regimes, map(str, found.reasons), strict=True)
    return [(regime, reason) for regime, reason in both if regime != "audit"][:count]


def standardised(points: np.ndarray) -> np.ndarray:
    """As Embeddings are: the Pool's mean is nought."""
    return np.asarray(points - points.mean(axis=0), np.float32)


@pytest.mark.parametrize(("kinds", "tiles"), [(4, 10), (12, 5), (5, 4), (3, 20)])
def test_a_small_kind_is_stood_for_by_one_of_it(kinds: int, tiles: int) -> None:
    """The 20th neighbour of each is of another kind."""
    pool = pool_of(standardised(blobs([tiles] * kinds, spread=0.06)))
    assert graph_of(pool).count == len(pool)
    first, others = told(pool)[:kinds], told(pool)[kinds:]
    assert first == [("typical", f"Stands for {tiles} tiles that look like it")] * kinds
    assert set(others) == {("rest", CAN_WAIT)}


@pytest.mark.parametrize("count", [2, 3, 16])
def test_tiles_that_differ_stand_for_themselves(count: int) -> None:
    pool = pool_of(standardised(np.eye(count) + 0.01))
    assert set(told(pool)) == {("coverage", "No other tile looks like it")}


def test_one_of_a_large_kind_speaks_for_all_of_it() -> None:
    """Where one kind is most of the Pool, its Tiles lie further apart than the width of the kernel."""
    sizes = [185, 46, 15, 7, 3]
    points = blobs(sizes, dimensions=64, spread=0.02)
    pool, kind = pool_of(standardised(points)), blob_numbers(sizes)
    assert graph_of(pool).bandwidth < graph_of(pool).alike_within
    assert [reason for _, reason in told(pool)[:3]] == [
        f"Stands for {n} tiles that look like it" for n in (185, 46, 15)
    ]
    labeled = tuple(int(np.flatnonzero(kind == k)[0]) for k in range(5))
    for strategy in ("auto", "coverage", "probcover"):
        assert not [why for why in told(pool, labeled, strategy) if "unlike" in why[1]], strategy
    found = likeness_map(pool, flags(256, 0), Unwatched())
    assert (found.covered == (kind == 0)).all()


def test_what_still_adds_much_is_not_told_that_it_can_wait() -> None:
    pool = pool_of(standardised(blobs([185, 46, 15], dimensions=64, spread=0.02)))
    graph = graph_of(pool)
    nothing, every = np.zeros(graph.count, np.float32), np.ones(graph.count, np.bool_)
    result = greedy(graph.kernel, np.ones(graph.count, np.float32), nothing, every, 20)
    reasons = explain(graph, result, every).reasons
    several = result.gains >= 2
    assert CAN_WAIT not in [str(reasons[place]) for place in np.flatnonzero(several)]
    assert CAN_WAIT in [str(reasons[place]) for place in np.flatnonzero(~several)]
    assert any(str(reason).startswith("More like ") for reason in reasons)


def test_of_dense_tiles_that_are_no_neighbours_none_is_called_new() -> None:
    """In a large Pool a Tile knows its 128 nearest: the labeled one of its kind is seldom among them."""
    pool = pool_of(standardised(blobs([700, 300], dimensions=32, spread=0.05)))
    assert build_graph(pool).neighbours.shape[1] == 128
    for strategy in ("auto", "probcover"):
        assert not [why for why in told(pool, (0, 700), strategy) if "unlike" in why[1]], strategy


def test_a_kind_that_nothing_labeled_shows_is_new_once() -> None:
    pool = pool_of(standardised(blobs([20, 20, 20], spread=0.06)))
    found = told(pool, (0,))
    assert found[:2] == [("coverage", "Looks unlike anything labeled or ranked higher")] * 2
    assert set(found[2:]) == {("rest", CAN_WAIT)}


@pytest.mark.parametrize("strategy", ["auto", "coverage", "uherding", "margin"])
def test_what_is_asked_for_next_does_not_wait(strategy: str) -> None:
    """Each kind is labeled: nothing is new, and yet something comes first."""
    pool = pool_of(standardised(blobs([20, 20, 20], spread=0.06)))
    found = told(pool, (0, 20, 40), strategy)
    assert found[0] == ("coverage", ADDS_MOST)
    assert set(found[1:]) == {("rest", CAN_WAIT)}


@pytest.mark.parametrize(("spread", "doubted", "regime"), [(0.15, 0.0, "coverage"), (0.06, 0.9, "doubt")])
def test_nor_does_what_comes_before_a_pick_with_a_reason_of_its_own(spread: float, doubted: float, regime: str) -> None:
    """The last such pick is unlike all others, or there for the doubt about itself."""
    pool = pool_of(standardised(blobs([60, 60], spread=spread)))
    doubt = np.zeros(120, np.float32)
    doubt[30:34] = doubted
    found = told(pool, (0, 60), state=ModelState(doubt, 0.2))
    last = max(place for place, (_, why) in enumerate(found) if why not in (CAN_WAIT, ADDS_MOST))
    assert found[last][0] == regime
    assert ("coverage", ADDS_MOST) in found[:last]
    assert "rest" not in [regime for regime, _ in found[:last]]
    assert set(found[last + 1 :]) == {("rest", CAN_WAIT)}
