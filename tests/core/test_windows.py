"""Windows: how Tiles are cut into them, what they are predicted to take, and campaigns that label them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.demo.scene import write_demo_scene
from core.errors import SelectionError
from core.geometry import Rect
from core.jobs import Unwatched
from core.selection.facility import greedy
from core.selection.neighbours import Kernel
from core.selection.pool import Pool
from core.selection.windows import predicted_seconds, window_px, window_rects
from core.simulation import results
from core.simulation.campaign import Bench, Row, Units, by_visits
from core.simulation.cost import LabelingCost, boundary_px
from core.simulation.dense import DenseCells
from core.simulation.ground import Ground, read_ground
from core.simulation.runner import SimulationPlan, make_bench, simulate
from tests.core.test_cli import here


@pytest.mark.parametrize(("tile", "side"), [(32, 32), (64, 64), (256, 64), (300, 72), (512, 128), (640, 128)])
def test_a_window_is_a_quarter_of_its_tile_and_64_to_128_px(tile: int, side: int) -> None:
    assert window_px(tile) == side


@settings(max_examples=50, deadline=None)
@given(width=st.integers(1, 700), height=st.integers(1, 700), tile_px=st.integers(8, 700))
def test_every_pixel_of_a_tile_is_in_one_window(width: int, height: int, tile_px: int) -> None:
    seen = np.zeros((height, width), np.uint8)
    for rect in window_rects(Rect(1000, 2000, width, height), window_px(tile_px)):
        seen[rect.slices] += 1
        assert max(rect.width, rect.height) <= 128
    assert (seen == 1).all()


# -- effort ---------------------------------------------------------------------------------------------------------


def two_kinds(each: int) -> Pool:
    """`each` windows of one kind, then as many of another, all a little different."""
    rng = np.random.default_rng(0)
    vectors = np.repeat(np.eye(2, 6), each, axis=0) + rng.normal(0, 0.05, (2 * each, 6))
    count = len(vectors)
    return Pool(np.arange(count), vectors, np.ones(count), np.zeros((count, 2)), np.zeros(count))


def test_what_looks_like_slow_work_is_predicted_to_be_slow() -> None:
    pool = two_kinds(30)
    labeled = np.zeros(60, np.bool_)
    labeled[[0, 1, 2, 3, 30, 31, 32, 33]] = True
    seconds = np.where(np.arange(60) < 30, 5.0, 45.0)
    found = predicted_seconds(pool, labeled, seconds)
    assert found[:30].max() < 25.0 < found[30:].min(), "25 is the mean"
    assert found.min() > 5.0
    assert found.max() < 45.0


def test_nothing_painted_predicts_nothing_and_strangers_take_the_mean() -> None:
    pool = two_kinds(30)
    nobody = np.zeros(60, np.bool_)
    assert (predicted_seconds(pool, nobody, np.zeros(60)) == 1.0).all()
    one_kind = nobody.copy()
    one_kind[:2] = True
    seconds = np.zeros(60)
    seconds[:2] = 10.0, 30.0
    assert predicted_seconds(pool, one_kind, seconds)[30:] == pytest.approx(20.0, abs=0.5)


def test_the_most_gain_a_second_comes_first() -> None:
    itself = np.arange(3, dtype=np.int32)[:, None]
    alone = Kernel(itself, np.ones((3, 1), np.float32))  # nothing stands for anything else: gains are the weights
    weights, nothing = np.array([3.0, 2.0, 1.0], np.float32), np.zeros(3, np.float32)
    everyone = np.ones(3, np.bool_)
    assert greedy(alone, weights, nothing, everyone, 3).picked.tolist() == [0, 1, 2]
    dear = greedy(alone, weights, nothing, everyone, 3, seconds=np.array([30.0, 4.0, 1.0], np.float32))
    assert dear.picked.tolist() == [2, 1, 0]
    assert dear.gains.tolist() == [1.0, 2.0, 3.0], "gains stay gains"


# -- campaigns ------------------------------------------------------------------------------------------------------

NAMES = ("random", "auto-per-second", "random-windows", "auto-windows")


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> SimulationPlan:
    folder = tmp_path_factory.mktemp("windows")
    write_demo_scene(folder / "farm", seed=4, size_px=1024)  # every quarter shows both classes
    cache = folder / "fieldbrush" / "simulation"
    return SimulationPlan(folder / "farm", folder / "rows.csv", cache, NAMES, (1, 2, 4), 2, tile_px=128)


@pytest.fixture(scope="module")
def ground(plan: SimulationPlan) -> Ground:
    return read_ground(plan.folder, plan.tile_px, Unwatched())


@pytest.fixture(scope="module")
def bench(plan: SimulationPlan, ground: Ground) -> Bench:
    return make_bench(plan, ground, Unwatched())


@pytest.fixture(scope="module")
def rows(plan: SimulationPlan) -> list[Row]:
    return simulate(plan, Unwatched())


def windows_in(bench: Bench) -> Units:
    assert bench.windows is not None
    return bench.windows


def test_windows_hold_what_their_tiles_hold(bench: Bench, ground: Ground) -> None:
    windows = windows_in(bench)
    assert isinstance(windows.learner, DenseCells)
    assert isinstance(bench.learner, DenseCells)
    assert len(windows.pool) == 4 * len(bench.pool)
    for name in ("labeled", "foreground"):
        together = np.bincount(windows.tile_of, weights=getattr(windows, name))
        assert together.tolist() == getattr(bench, name).tolist()
    assert windows.seconds[5] == 5.0 + 0.02 * boundary_px(ground.masks[1][:64, 64:])
    assert (bench.windows_in == 4).all()
    tile, window = (np.load(cells.features_path) for cells in (bench.learner, windows.learner))
    top_right = tile[1].reshape(16, 16, -1)[:8, 8:]
    assert (window[5].reshape(8, 8, -1) == top_right).all()
    counts = bench.learner.counts[1].reshape(16, 16, -1)[8:, :8]
    assert (windows.learner.counts[6].reshape(8, 8, -1) == counts).all()
    mean = top_right.reshape(64, -1).astype(np.float32).sum(axis=0) / max(windows.learner.valid[5].sum(), 1)
    assert windows.pool.embeddings[5] == pytest.approx(mean, abs=1e-3)


def test_a_budget_buys_windows_for_the_seconds_of_its_tiles(bench: Bench, rows: list[Row]) -> None:
    a_tile = bench.seconds.mean()
    for row in rows:
        assert 0 <= row.foreground_iou <= 1
        if row.strategy == "random":
            assert (row.tiles, row.windows) == (row.budget, 4 * row.budget)
        elif row.strategy == "auto-per-second":
            assert row.windows == 4 * row.tiles
        else:
            assert row.seconds <= max(row.budget * a_tile, windows_in(bench).seconds.max())
            assert row.tiles <= row.windows
            assert row.labeled_px <= row.windows * 64 * 64
    by_windows = [row for row in rows if row.strategy == "auto-windows" and row.budget == 4]
    assert all(row.seconds > 3 * a_tile for row in by_windows), "the seconds are there to be spent"
    assert any(row.tiles > 4 for row in by_windows), "on more tiles than whole ones would be"


def test_windows_of_test_tiles_are_never_labeled(bench: Bench, plan: SimulationPlan, rows: list[Row]) -> None:
    """A campaign that may label everything stays on the Tiles that it was given."""
    all_of_it = replace(plan, out=plan.out.with_name("all.csv"), strategies=("random-windows",), budgets=(12,), seeds=1)
    [row] = simulate(all_of_it, Unwatched())
    kept, test = bench.layout.places(0)
    assert row.tiles <= len(kept)
    assert row.labeled_px <= bench.labeled[kept].sum() < bench.labeled.sum() - bench.labeled[test].sum() + 1


def test_the_same_seed_labels_the_same_windows(plan: SimulationPlan, rows: list[Row]) -> None:
    again = simulate(replace(plan, out=plan.out.with_name("again.csv")), Unwatched())
    assert again == rows
    assert plan.out.read_text().startswith("setup,")


def test_windows_that_cost_more_are_fewer(plan: SimulationPlan, rows: list[Row]) -> None:
    dear = LabelingCost(seconds_per_window=20.0)
    only = replace(plan, out=plan.out.with_name("dear.csv"), strategies=("random-windows",), cost=dear)
    found = simulate(only, Unwatched())
    cheap = [row for row in rows if row.strategy == "random-windows"]
    assert all(few.windows < many.windows for few, many in zip(found, cheap, strict=True) if few.budget == 4)
    with pytest.raises(SelectionError, match="something else"):
        simulate(replace(plan, cost=dear), Unwatched())


def test_a_visit_labels_several_windows_of_a_tile_the_best_ones_tile_first() -> None:
    tile_of = np.array([7, 7, 7, 8, 8, 9])
    order, arrives = by_visits(np.array([4, 0, 5, 2, 1, 3]), tile_of, 2)
    assert order.tolist() == [4, 3, 0, 2, 5, 1]
    assert arrives.tolist() == [True, False, True, False, True, True]
    same, each = by_visits(np.array([4, 0, 5, 2, 1, 3]), tile_of, 1)
    assert same.tolist() == [4, 0, 5, 2, 1, 3]
    assert each.all()


def test_a_further_window_of_a_visit_costs_no_way_there(bench: Bench, plan: SimulationPlan, rows: list[Row]) -> None:
    only = replace(plan, out=plan.out.with_name("visits.csv"), strategies=("random-visits",))
    visits = simulate(only, Unwatched())
    apart = [row for row in rows if row.strategy == "random-windows"]
    for row, other in zip(visits, apart, strict=True):
        assert row.seconds <= row.budget * bench.seconds.mean()
        assert row.tiles < other.tiles, "one visit, several windows"
    assert sum(row.windows for row in visits) > sum(row.windows for row in apart)
    first = visits[0]
    assert first.seconds >= 5.0 * first.tiles + 2.5 * (first.windows - first.tiles)


def test_the_unet_is_not_asked_to_learn_from_windows(plan: SimulationPlan) -> None:
    with pytest.raises(SelectionError, match="windows"):
        replace(plan, learner="unet")


# -- over any cost --------------------------------------------------------------------------------------------------


def made_up(name: str, scores: list[float], seconds: list[float]) -> list[Row]:
    return [
        Row(name, 0, budget, score, score, (score,), 0, 0, spent, 0.0, 0, 0)
        for budget, score, spent in zip((1, 2, 4), scores, seconds, strict=True)
    ]


def test_campaigns_are_compared_at_equal_cost() -> None:
    rows = made_up("random", [0.1, 0.2, 0.3], [10, 20, 40]) + made_up("x", [0.2, 0.4, 0.5], [20, 80, 160])
    curves = results.curves_of(rows)
    x, random = curves["x"], curves["random"]
    assert results.over(x, random, "budget") is x
    at_equal = results.over(x, random, "seconds")
    assert at_equal.values[0] == pytest.approx([0.2, 0.2, 0.3]), "40 s is halfway from 20 to 80 s, over log seconds"
    assert results.over(random, random, "seconds").values == pytest.approx(random.values)


def test_the_command_compares_over_seconds(
    plan: SimulationPlan, rows: list[Row], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["simulate", str(plan.folder), "--tile", "128", "--budgets", "1,2,4", "--seeds", "2", "--strategies",
             ",".join(NAMES), "--out", str(plan.out), "--json"]  # fmt: skip
    runs = {cost: here(capsys, *asked, "--over", cost) for cost in results.COSTS}
    assert all(run.code == 0 for run in runs.values()), [run.err for run in runs.values()]
    scores = {cost: [row["scores"] for row in run.json["table"]] for cost, run in runs.items()}
    assert scores["seconds"] != scores["windows"]
    assert runs["seconds"].json["table"][0]["scores"]["4"] > 0


def test_a_cost_is_three_numbers(plan: SimulationPlan, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["simulate", str(plan.folder), "--tile", "128", "--out", str(plan.out), "--json"]
    for cost in ("10,5", "10,five,0.02"):
        run = here(capsys, *asked, "--cost", cost)
        assert run.code == 1
        assert cost in run.err
    run = here(capsys, *asked, "--cost", "10,5,0.1")
    assert "something else than this simulation" in run.err, "the cost is part of what was simulated"


def test_every_cost_can_be_drawn(
    plan: SimulationPlan, rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("matplotlib", reason="the plots are an extra: pip install fieldbrush[science]")
    from core.simulation.plot import plot_curves

    for cost in results.COSTS:
        plot_curves(rows, tmp_path / f"{cost}.png", cost, cost=cost)
        assert (tmp_path / f"{cost}.png").read_bytes().startswith(b"\x89PNG")
