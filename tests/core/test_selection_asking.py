"""Strategies that ask the model for more than its doubt, against the plainest versions of themselves and by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.selection.badge import seeding
from core.selection.dropquery import CHANGEABLE
from core.selection.kmeans import kmeans
from core.selection.neighbours import graph_of
from core.selection.pool import Answers, ModelState, Pool, Ranking
from core.selection.refit import FOLDS, embedding_score, folds
from core.selection.selectal import FEWEST_LABELS, regime
from core.selection.strategies import STRATEGIES, named
from tests.core.selection_pools import blobs, flags, made_up_answers, pool_of

small_pools = st.builds(
    lambda seed, count: pool_of(np.random.default_rng(seed).normal(size=(count, 6))), st.integers(0, 999),
    st.integers(8, 40),
)  # fmt: skip
seeds = st.integers(0, 99)


def rank(name: str, pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None, budget: int = 5) -> Ranking:
    return named(STRATEGIES, name).query(pool, labeled, state, budget, np.random.default_rng(0))


def answering(count: int, **known: NDArray[np.float32]) -> ModelState:
    """A model that answers what is `known`, and nothing else."""
    return ModelState(np.full(count, np.nan, np.float32), 0.0, replace(Answers.of(count, {}), **known))


def doubts(count: int, known: dict[int, float]) -> NDArray[np.float32]:
    found = np.full(count, np.nan, np.float32)
    found[list(known)] = list(known.values())
    return found


ASKING = [name for name, strategy in STRATEGIES.items() if strategy.asks_model]


def test_maxherding_is_another_name_for_coverage() -> None:
    assert named(STRATEGIES, "maxherding") is STRATEGIES["coverage"]
    assert "maxherding" not in STRATEGIES


@pytest.mark.parametrize("name", ASKING)
def test_without_answers_coverage_decides(name: str) -> None:
    pool = pool_of(blobs([20, 15], spread=0.3))
    doubt = np.random.default_rng(0).random(35).astype(np.float32)
    other_pool = ModelState(doubt, 1.0, made_up_answers(34, np.random.default_rng(0)))
    nothing = ModelState(doubt, 1.0, Answers.of(35, {}))
    expected = rank("coverage", pool, flags(35, 3), None).order
    for state in (None, ModelState(doubt, 1.0), other_pool, nothing):
        assert (rank(name, pool, flags(35, 3), state).order == expected).all()


@pytest.mark.parametrize(("name", "says"), [("least_confidence", "hardly trusts"), ("entropy", "wavers")])
def test_they_follow_their_own_doubt_and_then_coverage(name: str, says: str) -> None:
    pool = pool_of(blobs([15, 15], spread=0.3))
    state = answering(30, **{name: doubts(30, {3: 0.2, 11: 0.9, 25: 0.5, 7: 1.0})})
    ranking = rank(name, pool, flags(30, 7), state)
    assert ranking.order[:3].tolist() == [11, 25, 3]
    assert ranking.regimes[:4] == ("doubt", "doubt", "doubt", "coverage")
    assert says in str(ranking.reasons[0])
    assert "(90 % doubt)" in str(ranking.reasons[0])
    covered = rank("coverage", pool, flags(30, 3, 7, 11, 25), None)
    assert (ranking.order[3:] == covered.order).all()


# -- BADGE ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(seed=seeds, rows=st.integers(0, 30), levels=st.integers(1, 4), count=st.integers(0, 40))
def test_the_seeding_keeps_true_distances(seed: int, rows: int, levels: int, count: int) -> None:
    points = np.random.default_rng(seed).integers(0, levels, (rows, 3)).astype(np.float32)
    drawn, apart, left = seeding(points, count, np.random.default_rng(seed))
    assert len(set(drawn.tolist())) == len(drawn) <= count
    lengths = np.linalg.norm(points, axis=1)
    for place, row in enumerate(drawn):
        before = points[drawn[:place]]
        nearest = np.linalg.norm(before - points[row], axis=1).min() if place else lengths.max()
        assert apart[place] == pytest.approx(nearest, abs=1e-5)
        assert nearest > 0
    for row in set(range(rows)) - set(drawn.tolist()):
        nearest = np.linalg.norm(points[drawn] - points[row], axis=1).min() if len(drawn) else lengths[row]
        assert left[row] == pytest.approx(nearest, abs=1e-5)
    assert (left[drawn] == -1).all()
    if len(drawn) < count and len(drawn):
        assert np.delete(left, drawn).max(initial=0) == 0, "it ends early only when all the rest are repeats"


def test_the_seeding_draws_by_squared_distance() -> None:
    points = np.array([[10.0, 0], [9, 0], [7, 0]], np.float32)  # from the first: 1 and 9
    seconds = [int(seeding(points, 2, np.random.default_rng(seed))[0][1]) for seed in range(1000)]
    assert {int(seeding(points, 1, np.random.default_rng(seed))[0][0]) for seed in range(5)} == {0}
    assert np.mean(np.array(seconds) == 2) == pytest.approx(0.9, abs=0.03)


def test_badge_takes_each_direction_once() -> None:
    """30 Tiles would move the model alike, three another way, five not at all."""
    pool = pool_of(np.random.default_rng(0).normal(size=(40, 16)))
    gradients = np.zeros((40, 4), np.float32)
    gradients[:30, 0], gradients[30:33, 1], gradients[33:38, 2] = 2.0, 1.0, 0.5
    ranking = rank("badge", pool, flags(40, 0), answering(40, gradients=gradients))
    first = ranking.order[:3].tolist()
    assert first[0] in range(1, 30)
    assert {1 if tile < 30 else 2 if tile < 33 else 3 for tile in first} == {1, 2, 3}
    assert str(ranking.reasons[0]) == "Its labels would change the model the most"
    assert str(ranking.reasons[1]).startswith("Its labels would change the model in another way")
    assert ranking.regimes[:3] == ("doubt",) * 3
    assert set(ranking.order[-2:]) == {38, 39}, "those that would teach nothing come last"


def test_badge_depends_on_the_seed_alone() -> None:
    pool = pool_of(np.random.default_rng(0).normal(size=(40, 16)))
    state = ModelState(np.zeros(40, np.float32), 0.0, made_up_answers(40, np.random.default_rng(1), levels=50))
    orders = [
        tuple(STRATEGIES["badge"].query(pool, flags(40), state, 5, np.random.default_rng(seed)).order)
        for seed in (0, 1, 2, 0, 1, 2)
    ]
    assert orders[:3] == orders[3:]
    assert len(set(orders)) == 3
    assert len({order[0] for order in orders}) == 1, "the first is the longest"


# -- DropQuery ------------------------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(pool=small_pools, seed=seeds, budget=st.integers(1, 8))
def test_dropquery_takes_the_middles_of_changeable_clusters(pool: Pool, seed: int, budget: int) -> None:
    if graph_of(pool).count < len(pool):
        return
    rng = np.random.default_rng(seed)
    change = rng.permutation(len(pool)).astype(np.float32) / len(pool)
    labeled = flags(len(pool), *rng.permutation(len(pool))[:3])
    ranking = rank("dropquery", pool, labeled, answering(len(pool), disagreement=change), budget)
    by_change = sorted(np.flatnonzero(~labeled & (change > 0)), key=lambda tile: -change[tile])
    candidates = [t for t in by_change if change[t] > CHANGEABLE]
    candidates = by_change[: max(len(candidates), budget)]
    vectors = graph_of(pool).vectors[candidates]
    cluster_of = kmeans(vectors, budget, int(np.random.default_rng(0).integers(2**31 - 1)))
    sizes = np.bincount(cluster_of)
    head = [candidates.index(tile) for tile in ranking.order[: len(sizes)]]
    assert sorted(cluster_of[head]) == list(range(len(sizes))), "one of each cluster"
    assert sizes[cluster_of[head]].tolist() == sorted(sizes, reverse=True)
    for place in head:
        mine = vectors[cluster_of == cluster_of[place]]
        apart = np.linalg.norm(mine - mine.mean(axis=0), axis=1)
        assert np.linalg.norm(vectors[place] - mine.mean(axis=0)) == pytest.approx(apart.min(), abs=1e-5)
    rest = [tile for tile in by_change if tile not in ranking.order[: len(sizes)]]
    assert ranking.order[len(sizes) : len(sizes) + len(rest)].tolist() == rest


def test_dropquery_takes_one_of_each_kind() -> None:
    pool = pool_of(blobs([12, 8, 20], spread=0.1))
    change = np.where(np.arange(40) < 20, 0.8, 0.1).astype(np.float32)
    ranking = rank("dropquery", pool, flags(40), answering(40, disagreement=change), 2)
    assert ranking.order[0] < 12 <= ranking.order[1] < 20
    assert str(ranking.reasons[0]) == "In the middle of 12 tiles on which the model easily changes its mind"
    assert str(ranking.reasons[2]) == "The model easily changes its mind here (80 %)"
    few = np.where(np.arange(40) == 33, 0.9, 0.3).astype(np.float32)
    assert 33 in rank("dropquery", pool, flags(40), answering(40, disagreement=few), 2).order[:2]


# -- SelectAL -------------------------------------------------------------------------------------------------------


def judged(pool: Pool, doubt: NDArray[np.float32], worth: NDArray[np.float64]) -> ModelState:
    """A learner whose score is the worth of the labels it keeps."""
    return ModelState(doubt, 0.5, score_without=lambda removed: -float(worth[removed].sum()))


@settings(max_examples=40, deadline=None)
@given(pool=small_pools, seed=seeds)
def test_selectal_goes_where_the_loss_hurts_most(pool: Pool, seed: int) -> None:
    if graph_of(pool).count < len(pool):
        return
    rng = np.random.default_rng(seed)
    labeled = flags(len(pool), *rng.permutation(len(pool))[: rng.integers(FEWEST_LABELS, len(pool))])
    doubt = rng.random(len(pool)).astype(np.float32)
    known = np.flatnonzero(labeled)
    count = max(round(len(known) / 10), 1)
    typical = set(known[np.argsort(-graph_of(pool).typicality[known], kind="stable")[:count]].tolist())
    doubtful = set(known[np.argsort(-doubt[known], kind="stable")[:count]].tolist())
    for name, strategy, mine, others in (
        ("typical", "typiclust", typical, doubtful), ("doubt", "margin", doubtful, typical)
    ):  # fmt: skip
        if mine == others:
            continue
        worth = np.zeros(len(pool))
        worth[list(mine - others)] = 1.0
        found = regime(pool, labeled, judged(pool, doubt, worth), np.random.default_rng(0))
        assert found == name or (found == "coverage" and len(mine - others) < count)
        if found == name == "doubt":
            ranking, margin = (rank(each, pool, labeled, judged(pool, doubt, worth)) for each in ("selectal", strategy))
            assert (ranking.order == margin.order).all()


def test_selectal_takes_away_a_tenth_of_each_kind() -> None:
    pool = pool_of(np.random.default_rng(0).normal(size=(60, 8)))
    doubt = np.linspace(0, 1, 60).astype(np.float32)
    removed: list[list[int]] = []

    def score(tiles: NDArray[np.int64]) -> float:
        removed.append(sorted(tiles.tolist()))
        return 0.0 if len(removed) > 2 else 1.0

    labeled = flags(60, *range(30))
    assert regime(pool, labeled, ModelState(doubt, score_without=score), np.random.default_rng(0)) == "coverage"
    typicality = graph_of(pool).typicality[:30]
    assert removed[0] == sorted(np.argsort(-typicality, kind="stable")[:3].tolist())
    assert removed[1] == [27, 28, 29]
    assert all(len(set(tiles)) == 3 and set(tiles) <= set(range(30)) for tiles in removed)
    assert len({tuple(tiles) for tiles in removed[2:]}) > 1, "several draws at random"


@pytest.mark.parametrize("few", [True, False])
def test_selectal_starts_typical(few: bool) -> None:
    pool = pool_of(blobs([30, 25, 20], spread=0.3))
    doubt = np.random.default_rng(0).random(75).astype(np.float32)
    labeled = flags(75, *range(FEWEST_LABELS - 1 if few else 20))
    worth = doubt.astype(np.float64) if few else np.full(75, np.nan)
    states = [None, ModelState(doubt), judged(pool, doubt, worth)]
    for state in states:
        ranking, expected = (rank(name, pool, labeled, state).regimes[0] for name in ("selectal", "typiclust"))
        assert ranking == expected == "typical"


# -- what losing labels costs ---------------------------------------------------------------------------------------


@given(labels=st.integers(0, 30), seed=seeds)
def test_every_label_judges_once_and_never_teaches_then(labels: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    labeled = np.sort(rng.permutation(100)[:labels])
    removed = rng.permutation(labeled)[: labels // 3]
    parts = list(folds(labeled, removed))
    assert len(parts) == min(FOLDS, labels)
    assert sorted(np.concatenate([np.zeros(0, int), *(judge for _, judge in parts)])) == labeled.tolist()
    for learn, judge in parts:
        assert set(learn) == set(labeled) - set(judge) - set(removed)


def test_the_stand_in_is_ridge_regression() -> None:
    """Against the primal form, with an intercept that is not punished."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(12, 3)).astype(np.float32)
    shares = rng.random((12, 2)).astype(np.float32)
    shares[[2, 7]] = np.nan
    removed = np.array([0, 5])
    labeled = np.flatnonzero(np.isfinite(shares[:, 0]))
    errors = []
    for learn, judge in folds(labeled, removed):
        centre, mean = inputs[learn].mean(axis=0), shares[learn].mean(axis=0)
        x = inputs[learn] - centre
        weights = np.linalg.solve(x.T @ x + 0.1 * np.eye(3), x.T @ (shares[learn] - mean))
        errors += (((inputs[judge] - centre) @ weights + mean - shares[judge]) ** 2).sum(axis=1).tolist()
    assert embedding_score(inputs, shares, removed) == pytest.approx(-np.mean(errors), rel=1e-4)


def test_a_loss_that_matters_lowers_the_score() -> None:
    """Two kinds of Tiles; without the labels of one kind nobody can tell it."""
    inputs = blobs([10, 10], spread=0.05)
    shares = np.repeat(np.array([[1.0, 0.0], [0.0, 1.0]], np.float32), 10, axis=0)
    nothing = embedding_score(inputs, shares, np.zeros(0, np.int64))
    spread_out = embedding_score(inputs, shares, np.array([0, 1, 10, 11]))
    one_kind = embedding_score(inputs, shares, np.arange(10))
    assert -0.1 < nothing <= 0
    assert one_kind < -0.5 < spread_out
    assert np.isnan(embedding_score(inputs, np.full((20, 2), np.nan, np.float32), np.zeros(0, np.int64)))
