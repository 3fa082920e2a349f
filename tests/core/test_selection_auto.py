"""The default selector: weighted coverage, doubt as far as it is trusted, audits; trust; budget."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.stats import spearmanr

from core.selection.auto import Parts, query
from core.selection.budget import audit_places, cluster_count, head_length
from core.selection.facility import coverage_by, greedy
from core.selection.ignored import expected_ignored
from core.selection.neighbours import graph_of
from core.selection.pool import ModelState, Pool, Ranking, whole_shares
from core.selection.strategies import STRATEGIES
from core.selection.trust import PRIOR_TRUST, earned_trust, rightness
from tests.core.selection_pools import blob_numbers, blobs, flags, objective, pool_of


def auto(
    pool: Pool, labeled: NDArray[np.bool_], state: ModelState | None = None, budget: int = 10, seed: int = 0
) -> Ranking:
    return STRATEGIES["auto"].query(pool, labeled, state, budget, np.random.default_rng(seed))


def without_audits(ranking: Ranking) -> list[int]:
    return [int(tile) for tile, regime in zip(ranking.order, ranking.regimes, strict=True) if regime != "audit"]


def test_before_any_label_it_covers_and_calls_that_typical() -> None:
    pool = pool_of(blobs([30, 25, 15], spread=0.1))
    cover = STRATEGIES["coverage"].query(pool, flags(70), None, 9, np.random.default_rng(4))
    ranking = query(pool, flags(70), None, 9, np.random.default_rng(4), Parts(audits=False))
    assert (ranking.order == cover.order).all()
    assert ranking.reasons == cover.reasons
    assert set(ranking.regimes) == {"typical", "rest"}
    heaps = blob_numbers([30, 25, 15])
    assert heaps[ranking.order[:3]].tolist() == [0, 1, 2], "the largest heap first, one of each before any other"


def test_an_audit_comes_tenth_before_any_label_too() -> None:
    ranking = auto(pool_of(np.random.default_rng(0).normal(size=(40, 6))), flags(40))
    assert ranking.regimes.index("audit") == 9


def test_its_parts_can_be_switched_off_for_comparison() -> None:
    pool, doubt = pool_of(blobs([30, 25, 15], spread=0.3)), np.linspace(0, 1, 70).astype(np.float32)
    labeled, state = flags(70, 3, 40), ModelState(doubt, 1.0)

    def order(parts: Parts, labeled: NDArray[np.bool_], state: ModelState | None) -> list[int]:
        return query(pool, labeled, state, 9, np.random.default_rng(4), parts).order.tolist()

    typical = STRATEGIES["typiclust"].query(pool, flags(70), None, 9, np.random.default_rng(4)).order.tolist()
    assert order(Parts(typical_start=True), flags(70), None) == typical
    assert "audit" not in query(pool, labeled, state, 9, np.random.default_rng(4), Parts(audits=False)).regimes
    herding = STRATEGIES["uherding"].query(pool, labeled, state, 9, np.random.default_rng(4)).order.tolist()
    assert order(Parts(own_doubt=0.0, audits=False), labeled, state) == herding


def test_with_labels_and_no_trust_it_is_coverage_weighted_by_valid_share() -> None:
    points = blobs([20, 20, 20], spread=0.1)
    share = np.repeat([1.0, 0.4, 0.9], 20)
    pool, labeled = pool_of(points, share), flags(60, 0)
    doubt = ModelState(np.random.default_rng(0).random(60).astype(np.float32), 0.0)
    ranking = auto(pool, labeled, doubt)
    assert blob_numbers([20, 20, 20])[without_audits(ranking)[:2]].tolist() == [2, 1]
    assert (ranking.order == auto(pool, labeled, None).order).all(), "doubt without trust changes nothing"
    graph = graph_of(pool)
    first = int(np.flatnonzero(graph.members == ranking.order[0])[0])
    weights = share[graph.members].astype(np.float32)
    gain = objective(graph.kernel, weights, np.array([0, first])) - objective(graph.kernel, weights, np.array([0]))
    assert ranking.scores[0] == pytest.approx(gain * share[ranking.order[0]], rel=1e-4)
    assert str(ranking.reasons[0]) == "Looks unlike anything labeled or ranked higher"


def test_what_is_like_ignored_ground_comes_later_with_doubt_and_without() -> None:
    """A lake: it is most of the pool, and nobody can teach the model what it is."""
    sizes = [60, 20, 20]
    heaps, pool = blob_numbers(sizes), pool_of(blobs(sizes, spread=0.2))
    labeled, doubt = flags(100, 0, 70), np.where(heaps == 0, 0.5, 0.4).astype(np.float32)
    ignored = np.where(np.arange(100) == 0, 1.0, np.where(labeled, 0.0, np.nan)).astype(np.float32)
    for unheard in (np.full(100, np.nan, np.float32), doubt):
        before, after = (auto(pool, labeled, ModelState(unheard, 1.0, ignored=known)) for known in (None, ignored))
        lake = [np.mean(heaps[without_audits(ranking)[:12]] == 0) for ranking in (before, after)]
        assert lake[1] < lake[0] - 0.1
    nothing = auto(pool, labeled, ModelState(doubt, 1.0, ignored=np.where(labeled, 0, np.nan).astype(np.float32)))
    without = auto(pool, labeled, ModelState(doubt, 1.0))
    assert (nothing.order == without.order).all()
    assert (nothing.scores == without.scores).all(), "where nothing was ignored it changes nothing"


def test_what_will_be_ignored_by_hand() -> None:
    pool, labeled = pool_of(np.random.default_rng(3).normal(size=(12, 4))), flags(12, 2, 5, 9)
    ignored = np.full(12, np.nan, np.float32)
    ignored[[2, 5, 7]] = 1.0, 0.5, 1.0  # of 9 nobody knows, and 7 is not labeled
    graph = graph_of(pool)
    apart = np.linalg.norm(graph.vectors[:, None] - graph.vectors[[2, 5]], axis=2)
    likeness = np.exp(-((apart / graph.bandwidth) ** 2))
    by_hand = likeness @ [1.0, 0.5] / (likeness.sum(axis=1) + 1.0)
    assert expected_ignored(pool, graph, labeled, ModelState(ignored, ignored=ignored)) == pytest.approx(by_hand, 1e-4)
    assert not expected_ignored(pool, graph, labeled, None).any()


def test_trust_moves_the_choice_to_doubt_without_a_switch() -> None:
    points, heaps = blobs([30, 20, 20], spread=0.1), blob_numbers([30, 20, 20])
    doubt = np.where(heaps == 1, 0.9, 0.1).astype(np.float32)  # the smaller of the open heaps is the doubtful one
    pool, labeled = pool_of(points), flags(70, 65)
    firsts = [int(heaps[auto(pool, labeled, ModelState(doubt, trust)).order[0]]) for trust in (0.0, 0.2, 0.6, 1.0)]
    assert firsts == [0, 0, 1, 1]
    full = auto(pool, labeled, ModelState(doubt, 1.0))
    assert full.regimes[0] == "coverage", "it stands for a whole heap of doubtful tiles"
    assert full.regimes[1] == "doubt", "the heap is covered, but this tile itself is still doubted"
    assert str(full.reasons[1]) == "The model is unsure here (90 % doubt)"
    assert heaps[full.order[1]] == 1


def test_no_doubt_is_told_of_a_tile_that_no_model_has_seen() -> None:
    """Right after the first strokes only the queue's head is predicted; the others count as the mean of those."""
    rng = np.random.default_rng(0)
    doubt = np.where(np.arange(200) % 4 == 0, 0.8, np.nan).astype(np.float32)
    ranking = auto(pool_of(rng.normal(size=(200, 10))), flags(200, *range(0, 120, 2)), ModelState(doubt, 1.0))
    told = ["doubt" in str(reason) for reason in ranking.reasons]
    assert told == [regime == "doubt" for regime in ranking.regimes]
    assert any(told)
    assert np.isfinite(doubt[ranking.order[np.array(told)]]).all()


def test_the_more_is_covered_the_more_the_doubt_about_the_tile_itself_counts() -> None:
    rng = np.random.default_rng(0)
    pool, doubt = pool_of(rng.normal(size=(200, 10))), rng.random(200).astype(np.float32)
    ranks = doubt.argsort().argsort() / 199
    means = []
    for count in (1, 30, 120):
        labeled = flags(200, *rng.permutation(200)[:count])
        picked = without_audits(auto(pool, labeled, ModelState(doubt, 1.0)))[:10]
        means.append(float(ranks[picked].mean() - ranks[~labeled].mean()))
    assert means[0] < means[1] < means[2] + 0.05
    assert means[2] > 0.3


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 999), own=st.sampled_from([0.0, 1.0, 4.0]))
def test_the_objective_with_own_doubt_is_monotone_submodular_and_chosen_greedily(seed: int, own: float) -> None:
    rng = np.random.default_rng(seed)
    graph = graph_of(pool_of(rng.normal(size=(24, 5))))
    weights, bonus = rng.random(graph.count).astype(np.float32), own * rng.random(graph.count).astype(np.float32)

    def value(chosen: list[int]) -> float:
        return objective(graph.kernel, weights, np.array(chosen, np.int64)) + float(bonus[chosen].sum())

    nobody = np.zeros(graph.count, np.float32)
    result = greedy(graph.kernel, weights, nobody, np.ones(graph.count, np.bool_), 6, bonus)
    chosen: list[int] = []
    for node, gain in zip(result.picked.tolist(), result.gains, strict=True):
        gains = [value([*chosen, other]) - value(chosen) for other in range(graph.count) if other not in chosen]
        assert gain == pytest.approx(max(gains), abs=1e-4)
        assert value([*chosen, node]) - value(chosen) == pytest.approx(gain, abs=1e-4)
        chosen.append(node)
    assert (np.diff(result.gains) <= 1e-5).all(), "submodular: what comes later adds less"


def test_scores_fall_and_the_head_covers_more_than_chance() -> None:
    pool, labeled = pool_of(np.random.default_rng(0).normal(size=(400, 12))), flags(400, 1, 2, 3)
    ranking = auto(pool, labeled, budget=20)
    graph, rng = graph_of(pool), np.random.default_rng(1)
    gains = [score for score, regime in zip(ranking.scores, ranking.regimes, strict=True) if regime == "coverage"]
    assert (np.diff(gains) <= 1e-4).all()
    ours = coverage_by(graph.kernel, ranking.order[:20]).sum()
    chance = np.mean([coverage_by(graph.kernel, rng.choice(400, 20, False)).sum() for _ in range(20)])
    assert ours > chance


def test_every_tenth_label_is_an_audit_however_often_it_is_ranked_anew() -> None:
    pool = pool_of(np.random.default_rng(0).normal(size=(200, 8)))
    labeled, regimes = flags(200, 0), ["start"]
    planned: int | None = None
    for _ in range(40):
        ranking = auto(pool, labeled, budget=50)
        if planned is not None and ranking.regimes[0] == "audit":
            assert ranking.order[0] == planned, "the next audit is known beforehand and stays"
        planned = int(ranking.order[ranking.regimes.index("audit")])
        labeled[ranking.order[0]] = True
        regimes.append(ranking.regimes[0])
    assert [place for place, regime in enumerate(regimes, 1) if regime == "audit"] == [10, 20, 30, 40]


def test_audits_are_drawn_from_all_tiles_alike() -> None:
    points = blobs([150, 50], spread=0.3)
    heaps = blob_numbers([150, 50])
    labeled = flags(200, *range(9))
    pool = pool_of(points)
    drawn = []
    for seed in range(60):
        ranking = auto(pool, labeled, seed=seed)
        assert ranking.regimes[0] == "audit"
        drawn.append(int(heaps[ranking.order[0]]))
    assert 0.1 < np.mean(drawn) < 0.42
    assert audit_places(0, 35).tolist() == [9, 19, 29]
    assert audit_places(9, 12).tolist() == [0, 10]


def test_an_audit_further_down_takes_nothing_from_its_place() -> None:
    """The best tiles are asked for first, whatever the lottery draws for later."""
    pool = pool_of(np.random.default_rng(0).normal(size=(78, 8)))
    for labeled in (flags(78), flags(78, *range(4))):
        for budget in (5, 200):
            plain = query(pool, labeled, None, budget, np.random.default_rng(0), Parts(audits=False)).order
            for seed in range(20):
                ranking = auto(pool, labeled, budget=budget, seed=seed)
                first = ranking.regimes.index("audit")
                assert first == 9 - int(labeled.sum())
                assert ranking.order[:first].tolist() == plain[:first].tolist()
                assert sorted(ranking.order) == sorted(plain)
                chosen = without_audits(ranking)
                drawn = set(ranking.order.tolist()) - set(chosen)
                assert chosen == [tile for tile in plain.tolist() if tile not in drawn]


def test_a_sliver_and_a_half_empty_tile_stand_back() -> None:
    """Among tiles that would teach alike, one with a third of the pixels is worth a third."""
    points, heaps = blobs([20, 10], spread=0.3), blob_numbers([20, 10])
    best = int(auto(pool_of(points), flags(30)).order[0])
    areas = np.full(30, 65_536.0)
    areas[best] = 65_536 / 3
    share = whole_shares(np.ones(30), areas, np.zeros(30))
    assert share[best] == pytest.approx(1 / 3)
    order = auto(pool_of(points, share), flags(30)).order
    assert order[0] != best
    assert heaps[order[:2]].tolist() == [0, 1], "another one of its kind takes its place"
    areas[best] = 256 * 40
    order = auto(pool_of(points, whole_shares(np.ones(30), areas, np.zeros(30))), flags(30)).order
    assert order[-1] == best


def test_scenes_of_any_size_are_whole_tiles() -> None:
    sizes = np.array([300, 380, 420, 500, 640.0]) ** 2
    assert whole_shares(np.ones(5), sizes, np.arange(5)).tolist() == pytest.approx([0.5102, 0.8186, 1, 1, 1], abs=1e-4)
    assert whole_shares([], [], []).shape == (0,)


def test_on_a_flight_strip_half_of_the_tiles_are_slivers() -> None:
    """300 px of height are a row of whole tiles and one of 44 px; beside it lies a scene of whole tiles alone."""
    areas = np.array([256 * 256, 256 * 44] * 20 + [256 * 256] * 5)
    scenes = np.array([7] * 40 + [2] * 5)
    shares = whole_shares(np.ones(45), areas, scenes)
    assert (shares[areas == 256 * 256] == 1).all()
    assert (shares[areas != 256 * 256] < 0.25).all(), "they can wait for long"


def test_a_skipped_audit_gives_way_to_another_tile() -> None:
    pool = pool_of(np.random.default_rng(0).normal(size=(100, 8)))
    first = auto(pool, flags(100, *range(9))).order[0]
    later = auto(pool, flags(100, *range(19)))
    assert later.regimes[0] == "audit"
    assert later.order[0] != first


def test_ranking_again_takes_a_fraction_of_the_first_time() -> None:
    rng = np.random.default_rng(0)
    points = rng.normal(size=(12, 32))[rng.integers(12, size=10_000)] + 0.5 * rng.normal(size=(10_000, 32))
    pool, labeled = pool_of(points), flags(10_000, 5, 77)
    state = ModelState(rng.random(10_000).astype(np.float32), 0.5)
    times = []
    for tile in range(6):
        labeled[100 + tile] = True
        started = time.thread_time()
        auto(pool, labeled, state, budget=60)
        times.append(time.thread_time() - started)
    assert min(times[1:]) < times[0] / 5, "how the tiles lie to one another is found once"


def test_trust_is_earned_by_rank_and_number() -> None:
    doubt = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0]
    error = [0.0, 0.01, 0.02, 0.03, 0.04, 0.05, 0.06, 0.07, 0.5, 0.9]
    assert earned_trust(doubt, error) == pytest.approx((1.0 * 10 + PRIOR_TRUST * 10) / 20)
    assert earned_trust(doubt, error[::-1]) == pytest.approx(PRIOR_TRUST / 2)
    # ranks 1 2 3 against 1 3 2: Spearman = 1 - 6·(0 + 1 + 1) / (3·8) = 0.5
    assert earned_trust([0.1, 0.2, 0.3], [0.0, 0.5, 0.4]) == pytest.approx((0.5 * 3 + PRIOR_TRUST * 10) / 13)
    with_gap = earned_trust([0.1, 0.2, 0.3, np.nan], [0.0, 0.5, 0.4, 0.1])
    assert with_gap == pytest.approx((0.5 * 3 + PRIOR_TRUST * 10) / 13)
    assert earned_trust([0.1] * 9, list(range(9))) == pytest.approx(PRIOR_TRUST * 10 / 19)
    for few in ([], [0.1], [0.1, 0.9], [0.1, 0.9, np.nan]):
        assert earned_trust(few, few[::-1]) == PRIOR_TRUST, "of fewer than three no order is told"
    ties = np.random.default_rng(0).integers(0, 5, (2, 40)) / 4
    told = max(0.0, spearmanr(*ties).statistic)
    assert rightness(*ties) == (40, pytest.approx(told))
    assert rightness(ties[0], ties[0] + ties[1])[1] == pytest.approx(spearmanr(ties[0], ties[0] + ties[1]).statistic)


def test_the_budget_sets_clusters_and_head() -> None:
    assert cluster_count(5, 20, 1000) == 25
    assert cluster_count(5, 900, 1000) == 500
    assert cluster_count(0, 20, 12) == 12
    assert cluster_count(0, 0, 12) == 1
    assert head_length(200) == 200
    assert head_length(-1) == 64
