"""The pace: what it is learned from, and what it says about the budget."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from core.project.effort import ASSUMED_TILE_SECONDS, Effort
from core.project.records import Budget
from tests.core.projects import dot, make_project, opened, store_of, write_scene


def after(tiles: list[tuple[float, int]], budget: Budget | None = None) -> Effort:
    effort = Effort(budget or Budget("minutes", 20))
    for seconds, strokes in tiles:
        effort = effort.with_tile(seconds, strokes)
    return effort


def worked(count: int, *, base_s: float = 12, stroke_s: float = 3, noise_s: float = 2, seed: int = 0,
           most_strokes: int = 20) -> list[tuple[float, int]]:  # fmt: skip
    rng = np.random.default_rng(seed)
    strokes = rng.integers(1, most_strokes + 1, count)
    return [(max(1.0, base_s + stroke_s * n + rng.normal(0, noise_s)), int(n)) for n in strokes]


def test_the_price_of_a_stroke_is_found_and_bears_odd_tiles() -> None:
    price = after(worked(40)).stroke_price
    assert price is not None
    assert price.stroke_s == pytest.approx(3, abs=0.4)
    assert price.base_s == pytest.approx(12, abs=4)
    telephone_calls = [(seconds * 6, strokes) if number % 5 == 0 else (seconds, strokes)
                       for number, (seconds, strokes) in enumerate(worked(40))]  # fmt: skip
    price = after(telephone_calls).stroke_price
    assert price is not None
    assert price.stroke_s == pytest.approx(3, abs=1)


def test_no_price_where_the_tiles_do_not_tell() -> None:
    assert after(worked(11)).stroke_price is None, "too few"
    assert after([(30.0, 5)] * 30).stroke_price is None, "all of as many strokes"
    rng = np.random.default_rng(0)
    faster = [(60.0 - 2 * n, n) for n in map(int, rng.integers(1, 20, 30))]
    assert after(faster).stroke_price is None, "more strokes took less"
    assert after([(20.0, 0)] * 30).seconds_per_tile == pytest.approx((30 * 20 + 2 * ASSUMED_TILE_SECONDS) / 32)


def test_the_pace_follows_when_tiles_need_fewer_strokes() -> None:
    slow = worked(40, most_strokes=20)
    drafts = [(12.0 + 3 * 2, 2)] * 10
    effort = after([*slow, *drafts])
    by_median = float(np.median(effort.recent_seconds))
    assert effort.seconds_per_tile < 0.7 * by_median
    assert effort.seconds_per_tile == pytest.approx((50 * 18 + 2 * ASSUMED_TILE_SECONDS) / 52, rel=0.15)


def test_what_the_rest_of_the_budget_buys() -> None:
    effort = after([(60.0, 3)] * 5)
    assert effort.remaining_minutes() == pytest.approx(15)
    assert effort.remaining_tiles() == 15
    assert effort.tiles_in(20) == pytest.approx(20)
    assert effort.minutes_for(9) == pytest.approx(9)
    tiles = after([(60.0, 3)] * 5, Budget("tiles", 8))
    assert tiles.remaining_minutes() == pytest.approx(3)
    spent = after([(60.0, 3)] * 30)
    assert spent.remaining_minutes() == 0


def test_where_half_of_the_tiles_lie() -> None:
    assert after([(20.0, 1)] * 3).usual_seconds is None
    usual = after([(float(s), 1) for s in (10, 20, 30, 40, 3000)]).usual_seconds
    assert usual == (20.0, 40.0)


def test_strokes_are_counted_with_the_tile_and_kept(tmp_path: Path) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    with opened(project) as session:
        first, second = sorted(session.tiles)[:2]
        for x in (10, 30, 50):
            dot(session, first, x, 20)
        session.submit(first, 21.0)
        session.undo(first)
        session.submit(first, 5.0)  # again: the same tile says nothing new about the pace
        dot(session, second, 10, 10)
        session.submit(second, 0.0)
        assert session.effort.recent_strokes == (3,)
        assert session.effort.recent_seconds == (21.0,)
    with store_of(project) as store:
        assert Effort.load(store).recent_strokes == (3,)


def test_a_project_that_counted_no_strokes_yet(tmp_path: Path) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    with store_of(project) as store:
        store.set_setting("spent", {"tiles": 20, "seconds": 600.0, "recent_seconds": [30.0] * 20})
        effort = Effort.load(store)
        assert effort.stroke_price is None
        for seconds, strokes in worked(12):
            effort = effort.with_tile(seconds, strokes)
        price = effort.stroke_price
        assert price is not None
        assert price.stroke_s == pytest.approx(3, abs=0.6), "old tiles are not taken for tiles without strokes"
