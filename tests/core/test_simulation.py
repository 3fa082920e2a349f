"""Simulated campaigns: what they cost, what they are tested on, that they repeat and resume, what is made of them."""

from __future__ import annotations

import csv
import os
import signal
import subprocess
import sys
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from rasterio.errors import NotGeoreferencedWarning
from rasterio.transform import Affine

from core.demo.scene import write_demo_scene
from core.errors import ExportError, FieldbrushError, SelectionError
from core.executors.spread import Workplace
from core.geometry import Rect
from core.imagery.grid import cut_grid
from core.jobs import Unwatched
from core.selection.pool import ModelState, Pool, Ranking
from core.selection.strategies import STRATEGIES
from core.selection.trust import PRIOR_TRUST
from core.simulation import campaign, results, runner
from core.simulation.campaign import VARIANTS, Row, Variant
from core.simulation.cost import LabelingCost, boundary_px, labeled_px
from core.simulation.dense import cells_of, class_counts
from core.simulation.ground import read_ground
from core.simulation.layout import Layout, sizes
from core.simulation.plot import draw_curves, plot_curves
from core.simulation.probe import fit_probe, score_without
from core.simulation.report import markdown, summarise
from core.simulation.runner import SimulationPlan, make_bench, simulate
from core.simulation.split import Role, tile_roles
from core.simulation.table import Table
from tests.benchmarks._digits import SIDE_PX, write_digits
from tests.core.projects import ROOT, make_project, opened
from tests.core.test_cli import Run, here, one_sentence


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("farm")
    write_demo_scene(folder, size_px=512)
    return folder


@pytest.fixture(scope="module")
def plan(farm: Path, tmp_path_factory: pytest.TempPathFactory) -> SimulationPlan:
    folder = tmp_path_factory.mktemp("simulation")
    return SimulationPlan(
        folder=farm, out=folder / "rows.csv", cache=folder / "fieldbrush" / "simulation",
        strategies=("random", "auto"), budgets=(2, 4, 8), seeds=2, tile_px=32,
    )  # fmt: skip


@pytest.fixture(scope="module")
def rows(plan: SimulationPlan) -> list[Row]:
    return simulate(plan, Unwatched())


# -- cost and split -------------------------------------------------------------------------------------------------


def test_the_cost_model_counts_boundaries() -> None:
    mask = np.ones((4, 6), np.uint8)
    assert boundary_px(mask) == 0
    mask[1:3, 1:4] = 2  # 2 x 3 pixels: 10 sides
    assert boundary_px(mask) == 10
    assert labeled_px(mask) == 24
    mask[0, 0], mask[3, 5] = 0, 255
    assert labeled_px(mask) == 22
    seconds = LabelingCost(seconds_per_tile=5.0, seconds_per_boundary_px=0.5).seconds(np.array([0, 10]))
    assert seconds.tolist() == [5.0, 10.0]


def grid_outlines(rects: list[Rect]) -> NDArray[np.float64]:
    return np.array([(r.x, r.y, r.right, r.bottom) for r in rects], np.float64)


@settings(max_examples=40, deadline=None)
@given(columns=st.integers(4, 20), rows=st.integers(4, 20), offset=st.integers(0, 9), cut=st.integers(0, 30))
def test_no_tile_that_may_be_labeled_joins_a_test_tile(columns: int, rows: int, offset: int, cut: int) -> None:
    rects = [tile.rect for tile in cut_grid(columns * 32 - cut, rows * 32, 32)]
    outlines = grid_outlines(rects)
    roles = tile_roles(rects, np.zeros(len(rects), np.int32), outlines, offset)
    pool, test = outlines[roles == Role.POOL], outlines[roles == Role.TEST]
    assert 0.1 < len(test) / len(rects) < 0.45
    gaps_x = np.maximum(pool[:, None, 0] - test[None, :, 2], test[None, :, 0] - pool[:, None, 2])
    gaps_y = np.maximum(pool[:, None, 1] - test[None, :, 3], test[None, :, 1] - pool[:, None, 3])
    assert (np.maximum(gaps_x, gaps_y) > 0).all(), "not even at a corner"


def test_every_tile_is_test_for_exactly_one_of_four_offsets() -> None:
    rects = [tile.rect for tile in cut_grid(512, 512, 32)]
    tested = [
        tile_roles(rects, np.zeros(256, np.int32), grid_outlines(rects), offset) == Role.TEST for offset in range(4)
    ]
    assert (np.sum(tested, axis=0) == 1).all()
    assert [int(test.sum()) for test in tested] == [64] * 4


@pytest.mark.parametrize(
    ("columns", "rows", "least"),
    [(8, 8, 0.55), (11, 7, 0.55), (4, 20, 0.6), (30, 3, 0.6), (5, 5, 0.35), (40, 11, 0.65)],
)
def test_a_small_scene_is_tested_in_four_parts(columns: int, rows: int, least: float) -> None:
    """Of blocks of 2 x 2 tiles the gap around them took half: 15 of 64 tiles were left to label, in places 6 of 67."""
    rects = [tile.rect for tile in cut_grid(columns * 32, rows * 32, 32)]
    rects = [rect for rect in rects if rect.x + rect.y > 64]  # a corner is nodata
    tested = []
    for offset in range(4):
        roles = tile_roles(rects, np.zeros(len(rects), np.int32), grid_outlines(rects), offset)
        assert (roles == Role.POOL).mean() >= least
        assert 0.15 < (roles == Role.TEST).mean() < 0.35
        tested.append(roles == Role.TEST)
    assert (np.sum(tested, axis=0) == 1).all()


@pytest.mark.parametrize(("side", "scenes"), [(12, 1), (13, 2), (12, 5)])
def test_larger_scenes_and_several_are_tested_in_blocks(side: int, scenes: int) -> None:
    """As in the study, whose splits must stay."""
    rects = [tile.rect for tile in cut_grid(side * 32, side * 32, 32)] * scenes
    scene_of = np.repeat(np.arange(scenes), side * side).astype(np.int32)
    block = [(rect.x * 4 // (side * 32), rect.y * 4 // (side * 32)) for rect in rects]
    for offset in range(4):
        roles = tile_roles(rects, scene_of, grid_outlines(rects), offset, buffer=False)
        assert [(x + 2 * y + s) % 4 == offset for (x, y), s in zip(block, scene_of, strict=True)] == [
            role == Role.TEST for role in roles
        ]


@pytest.mark.parametrize("joining", [True, False])
def test_of_a_few_small_scenes_every_fourth_tests(joining: bool) -> None:
    """In blocks of one tile each, nothing was left to label."""
    cut = [tile.rect for tile in cut_grid(256, 256, 64)]
    corners = [(300 * number, 0) for number in range(12)]
    outlines = np.array([(x + r.x, r.y, x + r.right, r.bottom) for x, _ in corners for r in cut], np.float64)
    scenes = np.repeat(np.arange(12), 16).astype(np.int32)
    for offset in range(4):
        roles = tile_roles(cut * 12, scenes, outlines, offset, buffer=joining)
        assert set(scenes[roles == Role.TEST]) == {offset, offset + 4, offset + 8}
        assert (roles == Role.POOL).sum() == 9 * 16


@pytest.mark.parametrize("sides", [(4, 4), (4, 6, 5), (12, 4, 4, 4, 4, 4)])
def test_each_small_scene_leaves_something_to_label(sides: tuple[int, ...]) -> None:
    cut = [[tile.rect for tile in cut_grid(64 * side, 64 * side, 64)] for side in sides]
    rects = [rect for mine in cut for rect in mine]
    scenes = np.repeat(np.arange(len(sides)), [len(mine) for mine in cut]).astype(np.int32)
    outlines = np.array(
        [(2000 * n + r.x, r.y, 2000 * n + r.right, r.bottom) for n, mine in enumerate(cut) for r in mine], np.float64
    )
    tested = np.zeros(len(rects), np.int64)
    for offset in range(4):
        roles = tile_roles(rects, scenes, outlines, offset)
        tested += roles == Role.TEST
        assert (roles == Role.POOL).mean() >= 0.25
        small = [number for number, side in enumerate(sides) if side < 12]
        assert sum((roles[scenes == number] == Role.POOL).any() for number in small) >= len(small) - 2
    assert (tested == 1).all()


@pytest.mark.parametrize("joining", [True, False])
def test_many_scenes_are_tested_by_rows(joining: bool) -> None:
    """8 rows of 4 scenes with 2 x 2 tiles each."""
    places_of = [(row, column) for row in range(8) for column in range(4)]
    rects, scenes, outlines = [], [], []
    for number, (row, column) in enumerate(places_of):
        for tile in cut_grid(64, 64, 32):
            rects.append(tile.rect)
            scenes.append(number)
            x, y = column * 64 + tile.rect.x, row * 64 + tile.rect.y
            outlines.append((x, y, x + 32, y + 32))
    roles = tile_roles(rects, np.array(scenes, np.int32), np.array(outlines, np.float64), 1, buffer=joining)
    row_of = np.array(scenes) // 4
    assert set(row_of[roles == Role.TEST]) == {1, 5}
    assert (roles[(row_of == 1) | (row_of == 5)] == Role.TEST).all()
    assert int((roles == Role.BUFFER).sum()) == (2 * 2 * 8 if joining else 0)


def scenes_at(corners: list[tuple[int, int]]) -> tuple[list[Rect], NDArray[np.int32], NDArray[np.float64]]:
    """Scenes of 64 px, 2 x 2 tiles each, their top left corners on the map."""
    cut = [tile.rect for tile in cut_grid(64, 64, 32)]
    outlines = [(x + r.x, y + r.y, x + r.right, y + r.bottom) for x, y in corners for r in cut]
    return cut * len(corners), np.repeat(np.arange(len(corners)), 4).astype(np.int32), np.array(outlines, np.float64)


@pytest.mark.parametrize(
    "corners",
    [
        [(64 * column, 0) for column in range(20)],  # a flight from west to east
        [(64 * column, 64 * row) for row in range(3) for column in range(6)],
        [(512 * (n % 3), 512 * (n // 3 % 3)) for n in range(18)],  # nine places, two dates each
    ],
    ids=["one row", "three rows", "stacked"],
)
def test_every_quarter_of_few_rows_has_test_tiles(corners: list[tuple[int, int]]) -> None:
    rects, scenes, outlines = scenes_at(corners)
    tested = []
    for offset in range(4):
        roles = tile_roles(rects, scenes, outlines, offset)
        assert 0.1 < (roles == Role.TEST).mean() < 0.5
        tested.append(roles == Role.TEST)
        pool, test = outlines[roles == Role.POOL], outlines[roles == Role.TEST]
        overlaps = (pool[:, None, :2] < test[None, :, 2:]) & (pool[:, None, 2:] > test[None, :, :2])
        assert not overlaps.all(axis=2).any(), "the same ground must not teach and test"
    assert (np.sum(tested, axis=0) == 1).all()


def write_odd_ground(folder: Path, masks: list[NDArray[np.uint8]], side: int = 64, nodata: int | None = 0) -> None:
    """Noise under each mask, without a place on any map."""
    rng = np.random.default_rng(0)
    profile = {"driver": "GTiff", "width": side, "height": side, "dtype": "uint8"}
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", NotGeoreferencedWarning)
        for number, mask in enumerate(masks):
            with rasterio.open(folder / "images" / f"{number:02}.tif", "w", count=3, **profile) as file:
                file.write((rng.integers(1, 60, (3, side, side)) + 60 * (mask % 4)).astype(np.uint8))
            with rasterio.open(folder / "masks" / f"{number:02}.tif", "w", count=1, nodata=nodata, **profile) as file:
                file.write(mask[None])


def test_scenes_without_a_map_position_do_not_lie_over_each_other(tmp_path: Path) -> None:
    few, many = tmp_path / "few", tmp_path / "many"
    write_odd_ground(few, [np.repeat([1, 2], 96).astype(np.uint8)[None].repeat(192, axis=0)] * 3, side=192)
    write_odd_ground(many, [np.repeat([1, 2], 32).astype(np.uint8)[None].repeat(64, axis=0)] * 20)
    three, twenty = read_ground(few, 16, Unwatched()), read_ground(many, 64, Unwatched())
    for offset in range(4):
        rects = [ref.rect for ref in three.refs]
        roles = tile_roles(rects, three.scene_index, three.outlines, offset)
        for scene in range(3):
            mine = three.scene_index == scene
            alone = tile_roles(rects[:144], three.scene_index[mine], three.outlines[mine], offset)
            assert (roles[mine] == alone).all(), "other scenes take nothing away"
        roles = tile_roles([ref.rect for ref in twenty.refs], twenty.scene_index, twenty.outlines, offset)
        assert ((roles == Role.TEST).sum(), (roles == Role.POOL).sum()) == (5, 15)


def test_a_campaign_has_the_tiles_that_the_program_would_offer(tmp_path: Path) -> None:
    """No sliver of 3 px at the right and at the lower edge."""
    write_odd_ground(tmp_path, [np.resize(np.array([1, 2], np.uint8), (131, 131))], side=131)
    project = make_project(tmp_path, [tmp_path / "images" / "00.tif"])
    with opened(project) as session:
        offered = [tile.rect for tile in session.tiles.values()]
    assert [ref.rect for ref in read_ground(tmp_path, 64, Unwatched()).refs] == offered
    assert len(offered) == 4


def test_a_campaign_never_learns_from_test_tiles(plan: SimulationPlan) -> None:
    bench = make_bench(plan, read_ground(plan.folder, plan.tile_px, Unwatched()), Unwatched())
    for seed in range(5):
        kept, test = bench.layout.places(seed)
        assert not set(kept) & set(test)
        roles = tile_roles(bench.layout.rects, bench.pool.scene_index, bench.layout.outlines, seed, True)
        assert (roles[kept] == Role.POOL).all()
        assert (roles[test] == Role.TEST).all()
        assert len(kept) == round(0.8 * (roles == Role.POOL).sum())
    assert set(bench.layout.places(0)[0]) != set(bench.layout.places(4)[0]), "same test, another part of the pool"


# -- the learner ----------------------------------------------------------------------------------------------------


def test_cells_count_every_pixel_once() -> None:
    mask = np.random.default_rng(0).choice(np.array([0, 1, 2, 255], np.uint8), (20, 31))
    counts = class_counts([mask], (1, 2), 4)
    assert counts.shape == (1, 16, 2)
    assert counts.sum(axis=(0, 1)).tolist() == [(mask == 1).sum(), (mask == 2).sum()]
    assert counts[0, 0].tolist() == [(mask[:8, :8] == 1).sum(), (mask[:8, :8] == 2).sum()]
    assert counts[0, 3].tolist() == [(mask[:8, 24:] == 1).sum(), (mask[:8, 24:] == 2).sum()]


def test_the_probe_learns_and_more_labels_help(plan: SimulationPlan) -> None:
    bench = make_bench(plan, read_ground(plan.folder, plan.tile_px, Unwatched()), Unwatched())
    kept, test = bench.layout.places(0)
    assert isinstance(bench.learner, campaign.DenseCells)
    few, many = (fit_probe(bench.learner, kept[:count], 0) for count in (2, len(kept)))
    accuracy = [np.trace(table) / table.sum() for table in (probe.confusion(test) for probe in (few, many))]
    assert accuracy[1] > max(accuracy[0] - 0.02, 0.6)
    doubts, errors = many.doubts(test), many.errors(test)
    assert ((doubts >= 0) & (doubts <= 1)).all()
    assert np.nanmax(errors) <= 1
    assert (fit_probe(bench.learner, kept[::-1], 0).weights == many.weights).all()
    one_class = np.flatnonzero((bench.foreground == 0) & (bench.labeled > 0))[:3]
    assert fit_probe(bench.learner, one_class, 0).confusion(test)[:, 1].sum() == 0
    assert fit_probe(bench.learner, np.zeros(0, np.int64), 0).confusion(test).sum() > 0


def test_the_probes_gradient_is_its_losses(plan: SimulationPlan) -> None:
    """Against differences of the mean cross-entropy of its own classes when one weight moves."""
    bench = make_bench(plan, read_ground(plan.folder, plan.tile_px, Unwatched()), Unwatched())
    assert isinstance(bench.learner, campaign.DenseCells)
    kept, _ = bench.layout.places(0)
    probe = fit_probe(bench.learner, kept[::8], 0)
    tile = int(kept[probe.doubts(kept).argmax()])
    answers = probe.answers(tile)
    features = np.load(bench.learner.features_path)[tile].astype(np.float64)[bench.learner.valid[tile]]
    own = (features @ probe.weights[:, :-1].T + probe.weights[:, -1]).argmax(axis=1)

    def loss(weights: NDArray[np.float64]) -> float:
        logits = features @ weights[:, :-1].T + weights[:, -1]
        logits -= logits.max(axis=1, keepdims=True)
        shares = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
        return -float(np.log(shares[np.arange(len(own)), own]).mean())

    gradient = answers.gradient.reshape(len(probe.weights), -1)
    for k, d in ((0, 0), (1, 0), (0, 5), (1, 40)):
        step = np.zeros_like(probe.weights)
        step[k, d] = 1e-4
        slope = (loss(probe.weights + step) - loss(probe.weights - step)) / 2e-4
        assert gradient[k, d] == pytest.approx(slope, abs=1e-4)
    assert np.abs(gradient).max() > 1e-3
    assert all(0 <= value <= 1 for value in answers[:3])
    assert answers.least_confidence == pytest.approx(probe.doubts(np.array([tile]))[0], abs=1e-5), "two classes"


def test_a_campaign_tells_what_the_expert_ignores(plan: SimulationPlan) -> None:
    ground = read_ground(plan.folder, plan.tile_px, Unwatched())
    bench = make_bench(plan, ground, Unwatched())
    assert bench.ignored == pytest.approx([float((mask == 255).mean()) for mask in ground.masks])
    assert 0 < bench.ignored.mean() < 1
    told = []

    def heard(pool: Pool, labeled: Any, state: ModelState | None, budget: int, rng: Any) -> Ranking:
        told.append((labeled.copy(), state))
        return VARIANTS["random"].query(pool, labeled, state, budget, rng)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(campaign, "VARIANTS", {"heard": Variant(heard)})
        campaign.run_campaign(bench, "heard", 0)
    kept, _ = bench.layout.places(0)
    for labeled, state in told[1:]:
        assert state is not None
        assert state.ignored[labeled].tolist() == bench.ignored[kept[labeled]].tolist()
        assert np.isnan(state.ignored[~labeled]).all()


def test_a_probe_that_knows_one_class_is_not_asked_for_doubts(plan: SimulationPlan) -> None:
    ground = read_ground(plan.folder, plan.tile_px, Unwatched())
    cells = cells_of(ground, plan.cache / "cells", Unwatched())
    present = [[k for k in range(cells.counts.shape[2]) if counts[:, k].any()] for counts in cells.counts]
    single = next(number for number, classes in enumerate(present) if len(classes) == 1)
    mixed = next(number for number, classes in enumerate(present) if len(classes) > 1)
    assert not fit_probe(cells, np.array([], np.int64), 0).can_doubt
    assert not fit_probe(cells, np.array([single]), 0).can_doubt
    assert fit_probe(cells, np.array([mixed]), 0).can_doubt


def test_a_cache_that_cannot_be_written_is_one_sentence(plan: SimulationPlan, tmp_path: Path) -> None:
    """The probe's cells are read from there, by all processes; "No such file or directory" said neither why nor what
    to do."""
    (tmp_path / "file").touch()
    ground = read_ground(plan.folder, plan.tile_px, Unwatched())
    with pytest.raises(ExportError, match=r"file.* could not be written: .*Check that"):
        cells_of(ground, tmp_path / "file" / "cells", Unwatched())


def test_the_digits_of_the_phase_change_are_a_tile_each(tmp_path: Path) -> None:
    write_digits(tmp_path, count=90)
    ground = read_ground(tmp_path, SIDE_PX, Unwatched())
    assert len(ground.masks) == 86, "two whole rows"
    assert {mask.shape for mask in ground.masks} == {(SIDE_PX, SIDE_PX)}
    assert np.diff([int(mask[0, 0]) for mask in ground.masks[:10]]).tolist() == [1] * 9, "they begin with 0, 1, … 9"
    assert all((mask == mask[0, 0]).all() for mask in ground.masks)


def test_losing_all_of_a_kind_hurts_the_probe(plan: SimulationPlan) -> None:
    bench = make_bench(plan, read_ground(plan.folder, plan.tile_px, Unwatched()), Unwatched())
    assert isinstance(bench.learner, campaign.DenseCells)
    kept, _ = bench.layout.places(0)
    crowded = kept[np.argsort(-bench.foreground[kept] / np.maximum(bench.labeled[kept], 1))][:8]
    empty = kept[(bench.foreground[kept] == 0) & (bench.labeled[kept] > 0)][:8]
    tiles = np.concatenate([crowded, empty])
    whole, without = (score_without(bench.learner, tiles, gone, 0) for gone in (np.zeros(0, np.int64), crowded))
    assert without < whole - 0.05
    assert score_without(bench.learner, tiles[::-1], np.zeros(0, np.int64), 0) == whole


def test_the_unet_takes_the_same_place(plan: SimulationPlan, tmp_path: Path) -> None:
    short = replace(plan, learner="unet", steps=2, out=tmp_path / "u.csv", budgets=(4,), seeds=1, tile_px=64)
    found = simulate(replace(short, strategies=("random",)), Unwatched())
    assert len(found) == 1
    assert 0 <= found[0].mean_iou <= 1
    asking = replace(short, out=tmp_path / "a.csv", budgets=(5, 7), strategies=("badge", "selectal"))
    assert len(simulate(asking, Unwatched())) == 4


# -- campaigns ------------------------------------------------------------------------------------------------------


def test_a_row_for_every_strategy_seed_and_budget(plan: SimulationPlan, rows: list[Row]) -> None:
    keys = [(row.strategy, row.seed, row.budget) for row in rows]
    assert keys == [(name, seed, budget) for name in plan.strategies for seed in (0, 1) for budget in (2, 4, 8)]
    for row in rows:
        assert 0 <= row.foreground_iou <= 1
        assert row.mean_iou == pytest.approx(np.nanmean(row.iou), abs=1e-6)
        assert row.seconds >= 10.0 * row.budget
        assert row.foreground_px < row.labeled_px <= row.budget * 32 * 32
        assert 0 <= row.trust <= 1
    with plan.out.open(newline="", encoding="utf-8") as file:
        header, *lines = csv.reader(file)
    assert header[:4] == ["setup", "strategy", "seed", "budget"]
    assert len(lines) == len(rows)


def test_the_same_seed_gives_the_same_rows_anywhere(plan: SimulationPlan, rows: list[Row], tmp_path: Path) -> None:
    again = replace(plan, out=tmp_path / "again.csv")
    assert simulate(again, Unwatched(), Workplace(jobs=2)) == simulate(again, Unwatched())
    once_more = replace(plan, out=tmp_path / "here.csv")
    simulate(once_more, Unwatched())
    assert again.out.read_bytes() == once_more.out.read_bytes()
    assert again.out.read_text().splitlines()[0] == plan.out.read_text().splitlines()[0]
    assert sorted(again.out.read_text().splitlines()) == sorted(plan.out.read_text().splitlines())
    assert len({row.foreground_iou for row in rows if row.budget == 8}) > 1


def test_a_rerun_does_only_what_is_missing(
    plan: SimulationPlan, rows: list[Row], monkeypatch: pytest.MonkeyPatch
) -> None:
    written = plan.out.read_bytes()
    monkeypatch.setattr("core.simulation.runner.make_bench", lambda *_: pytest.fail("nothing is missing"))
    assert len(simulate(plan, Unwatched())) == len(rows)
    assert plan.out.read_bytes() == written


def test_half_a_campaign_is_done_again(plan: SimulationPlan, rows: list[Row], tmp_path: Path) -> None:
    for number, keep in enumerate([4, 7, 1, 0]):
        cut = replace(plan, out=tmp_path / f"{number}.csv")
        lines = plan.out.read_text().splitlines(keepends=True)
        cut.out.write_text("".join(lines[: keep + 1]) + (lines[-1][:25] if keep == 7 else ""), newline="")
        simulate(cut, Unwatched())
        assert sorted(cut.out.read_text().splitlines()) == sorted(plan.out.read_text().splitlines())
    torn = replace(plan, out=tmp_path / "torn.csv")
    torn.out.write_text("")
    simulate(torn, Unwatched())
    assert sorted(torn.out.read_text().splitlines()) == sorted(plan.out.read_text().splitlines())


def test_rows_of_another_simulation_are_refused(plan: SimulationPlan, rows: list[Row]) -> None:
    before = plan.out.read_bytes()
    for other in (replace(plan, tile_px=64, budgets=(2,)), replace(plan, cost=LabelingCost(1.0, 1.0))):
        with pytest.raises(SelectionError, match="something else than this simulation"):
            simulate(other, Unwatched())
    assert plan.out.read_bytes() == before


def test_other_budgets_or_masks_are_another_simulation(tmp_path: Path, plan: SimulationPlan) -> None:
    """A campaign ranks anew at each budget, and a mask that was put right gives other scores."""
    mask = np.repeat([1, 2], 32).astype(np.uint8)[None].repeat(64, axis=0)
    write_odd_ground(tmp_path, [mask] * 20)
    one = replace(plan, folder=tmp_path, out=tmp_path / "rows.csv", strategies=("random",), budgets=(1, 2), tile_px=64)
    simulate(one, Unwatched())
    before = one.out.read_bytes()
    for budgets in ((1, 2, 4), (1,), (2,)):
        with pytest.raises(SelectionError, match="something else than this simulation"):
            simulate(replace(one, budgets=budgets), Unwatched())
        assert one.out.read_bytes() == before, "hours of finished campaigns"
    with rasterio.open(tmp_path / "masks" / "07.tif", "r+") as file:
        file.write(np.array([[2]], np.uint8), 1, window=((3, 4), (3, 4)))
    with pytest.raises(SelectionError, match="something else than this simulation"):
        simulate(one, Unwatched())
    assert one.out.read_bytes() == before


def test_a_quarter_without_foreground_says_nothing_about_it(
    tmp_path: Path, plan: SimulationPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its seeds have no score; those of the other quarters still have."""
    masks = [np.ones((64, 64), np.uint8) for _ in range(20)]
    for number, mask in enumerate(masks):
        mask[:10] = 255
        if number % 4 == 1:
            mask[30:, 30:] = 2
    write_odd_ground(tmp_path, masks)
    one = replace(plan, folder=tmp_path, out=tmp_path / "rows.csv", budgets=(1, 2, 4), seeds=3, tile_px=64)
    found = simulate(one, Unwatched())
    scored = {row.seed for row in found if np.isfinite(row.foreground_iou)}
    assert scored == {1}, "seeds 0 and 2 test where there is nothing but class 1"
    run = here(capsys, "simulate", str(tmp_path), "--tile", "64", "--budgets", "1,2,4", "--seeds", "3", "--strategies",
               "random,auto", "--out", str(one.out))  # fmt: skip
    assert "2 of 3 seeds have no score: their test tiles show nothing but the most frequent class" in run.err
    lines = summarise(found)
    alone = [row.foreground_iou for row in found if row.strategy == "random" and row.seed == 1]
    assert lines[0].scores == pytest.approx(alone)
    assert lines[0].area == pytest.approx(alone[0] / 4 + alone[1] / 2 + alone[2] / 4)
    silent = summarise([row for row in found if row.seed != 1])
    assert np.isnan(silent[0].area)
    assert "never" not in "".join(markdown(silent, one.budgets)), "where nobody has a score nobody misses one"


def test_errors_are_of_what_is_predicted(plan: SimulationPlan) -> None:
    """Labels on cells without image data are no errors: nothing is predicted there."""
    ground = read_ground(plan.folder, plan.tile_px, Unwatched())
    cells = cells_of(ground, plan.cache / "cells", Unwatched())
    probe = fit_probe(cells, np.arange(0, 200, 9), 0)
    tiles = np.flatnonzero(ground.labeled > 0)[:40]
    empty = replace(cells, valid=cells.valid.copy())
    empty.valid[tiles, ::2] = False
    half = replace(probe, cells=empty)
    tables = [half.confusion(tiles[i : i + 1]) for i in range(len(tiles))]
    expected = [1 - np.trace(table) / table.sum() if table.sum() else np.nan for table in tables]
    assert half.errors(tiles) == pytest.approx(expected, abs=1e-6, nan_ok=True)


def test_every_variant_runs(plan: SimulationPlan, tmp_path: Path) -> None:
    assert VARIANTS.keys() > STRATEGIES.keys()
    everything = replace(plan, out=tmp_path / "all.csv", strategies=tuple(VARIANTS), seeds=1)
    found = simulate(everything, Unwatched())
    assert len(found) == 3 * len(VARIANTS)
    trust = {row.strategy: row.trust for row in found if row.budget == 2}
    assert (trust["auto-trust0"], trust["auto-trust0.2"], trust["auto"]) == (0.0, 0.2, PRIOR_TRUST)
    picked = {row.strategy: row.labeled_px for row in found if row.budget == 8}
    assert len(set(picked.values())) > 3, "they do not all choose alike"


_SLOW = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored where the tests run in a shell's background
from core.terminal import cli
from core.simulation import runner
real, made = runner.run_campaign, []
def slow(*arguments):
    made.append(real(*arguments))
    print("campaign", flush=True)
    if len(made) == 2:
        time.sleep(600)
    return made[-1]
runner.run_campaign = slow
sys.exit(cli.main(sys.argv[1:]))
"""


def options(plan: SimulationPlan, out: Path) -> list[str]:
    return ["simulate", str(plan.folder), "--tile", "32", "--budgets", "2,4,8", "--seeds", "2",
            "--strategies", "random,auto", "--out", str(out), "--json"]  # fmt: skip


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_it_goes_on_after_a_kill(
    plan: SimulationPlan, rows: list[Row], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals
) -> None:
    out = tmp_path / "killed.csv"
    process = subprocess.Popen(
        [sys.executable, "-c", _SLOW, *options(plan, out)], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True, env={**os.environ, "XDG_CACHE_HOME": str(plan.cache.parents[1])},
    )  # fmt: skip
    assert process.stdout is not None
    for _ in range(2):
        assert process.stdout.readline() == "campaign\n"
    process.send_signal(number)
    _, error = process.communicate(timeout=300)
    assert process.returncode == (130 if number == signal.SIGINT else -signal.SIGKILL), error
    assert len(out.read_text().splitlines()) == 4, "the first of four campaigns"
    if number == signal.SIGINT:
        assert f"Interrupted. {out} has 1 of 4 campaigns: " in error
    made: list[object] = []
    campaign = runner.run_campaign
    monkeypatch.setattr(runner, "run_campaign", lambda *all: made.append(1) or campaign(*all))
    simulate(replace(plan, out=out), Unwatched())
    assert sorted(out.read_text().splitlines()) == sorted(plan.out.read_text().splitlines())
    assert len(made) == 3, "what was there is not made again"


@pytest.mark.parametrize(
    ("step", "said"),
    [("read_ground", "No campaign had begun."), ("make_bench", "None of 4 campaigns is in "),
     ("run_campaign", "None of 4 campaigns is in ")],
)  # fmt: skip
def test_it_says_what_an_interrupted_one_leaves(
    step: str, said: str, plan: SimulationPlan, tmp_path: Path, capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(runner, step, interrupted)
    run = here(capsys, *options(plan, tmp_path / "interrupted.csv"))
    assert run.code == 130
    assert run.json["error"].startswith(f"Interrupted. {said}")
    assert not (tmp_path / "interrupted.csv").exists()


def test_scenes_that_say_nothing_are_refused(tmp_path: Path, plan: SimulationPlan) -> None:
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    profile = {"driver": "GTiff", "width": 64, "height": 64, "dtype": "uint8", "transform": Affine(1, 0, 5, 0, -1, 9)}
    with rasterio.open(tmp_path / "images" / "a.tif", "w", count=3, **profile) as file:
        file.write(np.random.default_rng(0).integers(1, 255, (3, 64, 64), np.uint8))
    with pytest.raises(FieldbrushError, match="no mask"):
        read_ground(tmp_path, 32, Unwatched())
    with rasterio.open(tmp_path / "masks" / "a.tif", "w", count=1, **profile) as file:
        file.write(np.zeros((1, 64, 64), np.uint8))
    with pytest.raises(FieldbrushError, match="fewer than two classes"):
        read_ground(tmp_path, 32, Unwatched())
    with pytest.raises(SelectionError, match="rising"):
        replace(plan, budgets=(4, 2))
    with pytest.raises(SelectionError, match=r"Only \d+ tiles can be labeled"):
        simulate(replace(plan, budgets=(2, 4000), out=tmp_path / "x.csv"), Unwatched())


def test_masks_are_known_by_the_names_that_imports_know(tmp_path: Path) -> None:
    """3_mask.tif in labels/ for 3_sat.tif in images/, of two splits each; and masks saved with three equal bands."""
    mask = np.repeat([1, 2], 32).astype(np.uint8)[None].repeat(64, axis=0)
    for split in ("a", "b"):
        write_odd_ground(tmp_path / split, [mask] * 2)
        for number in range(2):
            for old, new in (("images", "images/{}/{}_sat.tif"), ("masks", "labels/{}/{}_mask.tif")):
                path = tmp_path / "all" / new.format(split, number)
                path.parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / split / old / f"{number:02}.tif").rename(path)
    profile = {"driver": "GTiff", "width": 64, "height": 64, "dtype": "uint8", "count": 3, "nodata": 0}
    with rasterio.open(tmp_path / "all" / "labels" / "b" / "1_mask.tif", "w", **profile) as file:
        file.write(np.stack([mask] * 3))
    ground = read_ground(tmp_path / "all", 64, Unwatched())
    assert (len(ground.refs), ground.class_values) == (4, (1, 2))
    assert all((tile == mask).all() for tile in ground.masks)


def test_what_the_masks_values_mean_can_be_said(
    tmp_path: Path, plan: SimulationPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    mask = np.zeros((64, 64), np.uint8)
    mask[:, 40:], mask[:10] = 1, 2
    write_odd_ground(tmp_path / "three", [mask] * 20, nodata=None)
    guessed, said = (read_ground(tmp_path / "three", 64, Unwatched(), m) for m in (None, {0: 0, 1: 1, 2: 2}))
    assert (guessed.class_values, said.class_values) == ((1, 2, 3), (1, 2))
    assert (guessed.labeled[0], said.labeled[0]) == (4096, 10 * 64 + 54 * 24)
    write_odd_ground(tmp_path / "from one", [mask + 1] * 19 + [np.full_like(mask, 1)], nodata=None)
    assert read_ground(tmp_path / "from one", 64, Unwatched()).class_values == (1, 2, 3)
    with rasterio.open(tmp_path / "three" / "masks" / "07.tif", "r+") as file:
        file.nodata = 0
    with pytest.raises(FieldbrushError, match=r"In 07.tif 0 is nodata, in 00.tif it is not"):
        read_ground(tmp_path / "three", 64, Unwatched())
    assert read_ground(tmp_path / "three", 64, Unwatched(), {0: 0, 1: 1, 2: 2}).class_values == (1, 2)
    write_odd_ground(tmp_path / "two", [np.where(mask == 1, 255, 0).astype(np.uint8)] * 20, nodata=None)
    asked = ["simulate", str(tmp_path / "two"), "--tile", "64", "--budgets", "1,2", "--seeds", "1", "--strategies",
             "random", "--out", str(tmp_path / "rows.csv"), "--json"]  # fmt: skip
    one_sentence(here(capsys, *asked), "--map, such as 0=1,255=2")
    run = here(capsys, *asked, "--map", "0=1,255=2")
    assert run.code == 0, run.err
    assert 0 <= run.json["table"][0]["aubc"] <= 1
    one_sentence(here(capsys, *asked, "--map", "what"), "what")


def masks_of(folder: Path, values: list[int], nodata: int | None = None) -> Path:
    """20 scenes, and masks of which the first holds all of these values, the others the first two."""
    stripes = [np.repeat(values, -(-64 // len(values)))[:64], np.repeat(values[:2], 32)]
    first, other = (stripe.astype(np.uint8)[None].repeat(64, axis=0) for stripe in stripes)
    write_odd_ground(folder, [other] * 10 + [first] + [other] * 9, nodata=nodata)
    return folder


@pytest.mark.parametrize(
    ("values", "nodata", "proposed"),
    [
        ([0, 128, 255], None, {0: 1, 128: 2, 255: 3}),
        ([128, 0, 85, 170, 255], None, {0: 1, 85: 2, 128: 3, 170: 4, 255: 5}),
        ([0, 64, 128, 255], 0, {0: 0, 64: 1, 128: 2, 255: 3}),
        ([128, 255], None, {128: 1, 255: 2}),
        ([0, 100, 200], None, {0: 1, 100: 2, 200: 3}),
    ],
)
def test_greys_are_asked_about(tmp_path: Path, values: list[int], nodata: int | None, proposed: dict[int, int]) -> None:
    """White soil, or weed, was ignored without a word."""
    folder = masks_of(tmp_path / "greys", values, nodata)
    with pytest.raises(FieldbrushError, match="none of the project's classes") as caught:
        read_ground(folder, 64, Unwatched())
    written = ",".join(f"{value}={target}" for value, target in proposed.items())
    assert str(caught.value).endswith(f"The masks hold {', '.join(map(str, sorted(values)))}. Say what each means (0 is"
                                      f" unlabeled, 255 ignore), for example --map {written}")  # fmt: skip
    classes = {target for target in proposed.values() if target}
    assert set(read_ground(folder, 64, Unwatched(), proposed).class_values) == classes


@pytest.mark.parametrize(
    ("values", "nodata", "classes"),
    [
        ([0, 1, 255], None, (1, 2)),
        ([0, 1, 3, 255], None, (1, 2, 4)),
        ([1, 2, 255], None, (1, 2)),
        ([0, 15, 255], None, (1, 16)),  # one of the twenty classes of a set, and its outlines
        ([0, 1, 2, 7, 255], 0, (1, 2, 7)),
        ([0, 128], None, (1, 129)),  # greys, too, but nothing is lost
        ([0, 128, 255], 255, (1, 129)),
        ([*range(0, 64, 2), 255], None, tuple(range(1, 64, 2))),
    ],
)
def test_numbers_of_classes_are_taken_as_they_are(
    tmp_path: Path, values: list[int], nodata: int | None, classes: tuple[int, ...]
) -> None:
    assert read_ground(masks_of(tmp_path / "codes", values, nodata), 64, Unwatched()).class_values == classes


# -- what is made of the rows ---------------------------------------------------------------------------------------


def made_up(name: str, table: list[list[float]], seconds: float = 10.0) -> list[Row]:
    """Scores by seed and budget 2, 4, 8."""
    return [
        Row(name, seed, budget, score, score, (score,), budget, budget, seconds * budget, 0.0, budget, budget)
        for seed, scores in enumerate(table)
        for budget, score in zip((2, 4, 8), scores, strict=True)
    ]


def test_the_area_is_the_mean_over_doublings() -> None:
    curves = results.curves_of(made_up("x", [[0.2, 0.4, 0.6], [0.5, 0.5, 0.5]]))["x"]
    assert results.areas(curves).tolist() == pytest.approx([0.4, 0.5])
    assert curves.mean.tolist() == pytest.approx([0.35, 0.45, 0.55])


def test_paired_differences_are_within_seeds() -> None:
    random = made_up("random", [[0.1, 0.2, 0.3], [0.5, 0.6, 0.7], [0.3, 0.3, 0.3]])
    better = made_up("x", [[0.12, 0.22, 0.32], [0.52, 0.62, 0.72], [0.33, 0.33, 0.33]])
    curves = results.curves_of([*random, *better])
    gain = results.area_gain(curves["x"], curves["random"])
    assert gain.mean == pytest.approx((0.02 + 0.02 + 0.03) / 3)
    reach = 4.302653 * 0.01 / 3  # t(2 degrees), the standard error of 0.02, 0.02, 0.03
    assert (gain.low, gain.high) == (pytest.approx(gain.mean - reach), pytest.approx(gain.mean + reach))
    assert gain.significant
    assert not results.paired(np.array([1.0, 2.0, 3.0]), np.array([2.0, 1.0, 3.0])).significant
    assert not results.paired(np.array([1.0]), np.array([0.0])).significant, "one seed shows nothing"
    assert not results.paired(np.array([np.nan]), np.array([0.0])).significant


@pytest.mark.parametrize("seeds", [4, 8, 16])
def test_intervals_over_seeds_hold_the_truth_as_often_as_they_say(seeds: int) -> None:
    rng = np.random.default_rng(0)
    found = [results.paired(rng.normal(0.01, 0.02, seeds), np.zeros(seeds)) for _ in range(3000)]
    assert 0.938 <= np.mean([one.low <= 0.01 <= one.high for one in found]) <= 0.962


def test_what_the_first_point_has_already_is_only_a_bound() -> None:
    """And the reference needs all of its own labels, however noisy its curve."""
    rows = made_up("random", [[0.67, 0.64, 0.7]]) + made_up("x", [[0.66, 0.68, 0.8]])
    curves = results.curves_of(rows)
    assert results.cost_share(curves["x"], curves["random"], "budget", 4) == (pytest.approx(0.5), True)
    assert results.cost_share(curves["random"], curves["random"], "budget", 4) == (1.0, False)
    text = "\n".join(markdown(summarise(rows), (2, 4, 8)))
    assert "≤ 50 %" in text
    assert "| 100 % | 100 % |" in text


def test_labels_and_seconds_saved() -> None:
    rows = made_up("random", [[0.1, 0.2, 0.4]]) + made_up("x", [[0.2, 0.4, 0.5]], seconds=30.0)
    curves = results.curves_of([*rows, *made_up("flat", [[0.1, 0.1, 0.1]])])
    share = results.cost_share(curves["x"], curves["random"], "budget", 8)
    assert share == (pytest.approx(0.5), False)
    assert results.cost_share(curves["x"], curves["random"], "seconds", 8).value == pytest.approx(1.5)
    assert results.cost_share(curves["random"], curves["random"], "budget", 4) == (1.0, False)
    assert results.cost_share(curves["flat"], curves["random"], "budget", 8).value == np.inf
    lines = summarise([*rows, *made_up("flat", [[0.1, 0.1, 0.1]])])
    text = "\n".join(markdown(lines, (2, 4, 8)))
    assert "| random | 0.100 | 0.200 | 0.400 |" in text
    assert "never" in text
    assert len(markdown(lines, (2, 4, 8))) == 5


def drawn(rows: list[Row], cost: results.Cost) -> list[Any]:
    """The panels of the picture, drawn."""
    pytest.importorskip("matplotlib", reason="the plots are an extra: pip install fieldbrush[science]")
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    figure = draw_curves(rows, "farm", "foreground_iou", cost)
    FigureCanvasAgg(figure).draw()
    return list(figure.axes)


def ticks(panel: Any) -> list[str]:
    left, right = panel.get_xlim()
    return [label.get_text() for label in panel.get_xticklabels() if left <= label.get_position()[0] <= right]


def test_a_picture_shows_nothing_twice_and_numbers_as_they_are() -> None:
    random = made_up("random", [[0.1, 0.2, 0.4], [0.2, 0.2, 0.4], [0.1, 0.3, 0.3]], seconds=30.0)
    rows = [*random, *made_up("x", [[0.2, 0.4, 0.5], [0.2, 0.3, 0.5], [0.1, 0.5, 0.4]], seconds=30.0)]
    panels = drawn(rows, "budget")
    assert [panel.get_xlabel() for panel in panels][1:] == ["modelled minutes", "labeled tiles, or as many seconds"]
    assert [ticks(panel) for panel in panels] == [["2", "4", "8"], ["1", "2", "4"], ["2", "4", "8"]]
    assert len(drawn(rows, "seconds")) == 2, "the metric over seconds, and differences at equal seconds"
    assert ticks(drawn(rows, "seconds")[0]) == ["1", "2", "4"]
    assert [len(drawn(random, cost)) for cost in results.COSTS] == [2, 1, 2, 2, 2, 2], "nothing to compare"
    million = [replace(row, labeled_px=row.budget * 500_000) for row in rows]
    assert ticks(drawn(million, "labeled_px")[0]) == ["1M", "2M"]


def test_curves_have_intervals_over_seeds() -> None:
    table = [[0.1, 0.2, 0.4], [0.2, 0.2, 0.4], [0.12, 0.3, 0.3]]
    rows = [*made_up("random", table), *made_up("x", [[0.2, 0.3, 0.4]] * 3)]
    band, sharp = (shade.get_paths()[0].get_extents() for shade in drawn(rows, "budget")[0].collections[:2])
    reach = 4.302653 * np.std(table, axis=0, ddof=1) / np.sqrt(3)  # t(2 degrees)
    assert band.y0 == pytest.approx((np.mean(table, axis=0) - reach).min(), abs=1e-6)
    assert band.y1 == pytest.approx((np.mean(table, axis=0) + reach).max(), abs=1e-6)
    assert (sharp.y0, sharp.y1) == (pytest.approx(0.2), pytest.approx(0.4))
    low, high = drawn([*made_up("random", [[0.3, 0.4, 0.5], [0.9, 0.4, 0.5]])], "budget")[0].get_ylim()
    assert high - low < 1.3, "two seeds say little, and the curve stays to be seen"


@pytest.mark.parametrize("cost", results.COSTS)
def test_a_picture_of_little(cost: results.Cost) -> None:
    """One seed; no score at all; one budget; a strategy that is dearer than all that random ever cost."""
    nothing = made_up("random", [[np.nan] * 3] * 2) + made_up("x", [[np.nan] * 3] * 2)
    dear = made_up("random", [[0.1, 0.2, 0.3]] * 2) + made_up("x", [[0.3, 0.5, 0.6]] * 2, seconds=1000.0)
    for rows in (dear[:3], nothing, dear, [row for row in dear if row.budget == 4]):
        assert drawn([replace(row, labeled_px=9, foreground_px=0) for row in rows], cost)


def test_nobody_is_scored_before_the_first_label_is_paid_for() -> None:
    """At random's 20 s the dear Strategy, whose first labels cost 30 s, has no score; from 40 s on both have."""
    random = made_up("random", [[0.1, 0.2, 0.4], [0.2, 0.2, 0.4]])
    dear = made_up("x", [[0.3, 0.5, 0.6], [0.3, 0.5, 0.6]], seconds=15.0)
    lines = {line.strategy: line for line in summarise([*random, *dear], cost="seconds")}
    at = [0.3 + 0.2 * np.log2(40 / 30), 0.5 + 0.1 * np.log2(80 / 60)]
    assert lines["x"].scores == pytest.approx((np.nan, *at), nan_ok=True)
    assert lines["random"].scores == pytest.approx((np.nan, 0.2, 0.4), nan_ok=True)
    assert (lines["x"].area, lines["random"].area) == (pytest.approx(np.mean(at)), pytest.approx(0.3))
    assert lines["x"].gain is not None
    assert lines["x"].gain.mean == pytest.approx(np.mean(at) - 0.3)
    assert "| x | – | 0.383 |" in "\n".join(markdown([*lines.values()], (2, 4, 8)))
    by_tiles = {line.strategy: line for line in summarise([*random, *dear], cost="tiles")}
    assert by_tiles["x"].scores == pytest.approx((0.3, 0.5, 0.6)), "at equal tiles nothing is missing"
    never = summarise([*random, *made_up("x", [[0.3, 0.5, 0.6]], seconds=100.0)], cost="seconds")
    assert all(np.isnan(line.area) for line in never)


def made_up_row() -> Row:
    return Row("random", 0, 2, 0.5, 0.5, (0.5, 0.5), 10, 5, 20.0, 0.0, 2, 0)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_table_or_a_plot_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="The disk is full: /dev/full could not be written"):
        Table(Path("/dev/full"), "s", (1, 2), (2,)).append([made_up_row()])
    pytest.importorskip("matplotlib")
    (tmp_path / "in the way").touch()
    with pytest.raises(ExportError, match=r"plot\.png could not be written"):
        plot_curves([made_up_row()], tmp_path / "in the way" / "plot.png", "title")


def test_a_table_that_is_no_table(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(SelectionError, match="something else"):
        Table(path, "s", (1, 2), (2,)).finished()


# -- the command ----------------------------------------------------------------------------------------------------


def test_the_command(plan: SimulationPlan, rows: list[Row], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = options(plan, plan.out)
    run: Run = here(capsys, *asked)
    assert run.code == 0, run.err
    assert run.json["campaigns"] == 4
    assert [line["strategy"] for line in run.json["table"]] == ["random", "auto"]
    assert run.json["table"][0]["gain"] is None
    assert list(run.json["table"][1]["scores"]) == ["2", "4", "8"]
    plain = here(capsys, *asked[:-1])
    assert "| auto |" in plain.out
    one_sentence(here(capsys, *asked, "--strategies", "magic"), "no strategy magic")
    one_sentence(here(capsys, *asked, "--budgets", "2,x"), "2,x")
    one_sentence(here(capsys, *asked, "--budgets", "8,2"), "rising")
    one_sentence(here(capsys, *asked, "--seeds", "0"), "nothing to simulate")
    one_sentence(here(capsys, *asked, "--jobs", "0"), "--jobs 1 or more")
    assert here(capsys, *asked, "--jobs", "2", "--scheduler", "tcp://127.0.0.1:1").code == 2
    one_sentence(here(capsys, "simulate", str(tmp_path / "nowhere"), "--json"), "nowhere")
    one_sentence(here(capsys, "simulate", str(tmp_path), "--json"), "no images")
    assert here(capsys, *asked, "--learner", "magic").code == 2


def test_it_says_how_many_tiles_there_are(
    farm: Path, tmp_path: Path, plan: SimulationPlan, capsys: pytest.CaptureFixture[str]
) -> None:
    """A single scene of 8 x 8 tiles: a quarter tests, nine join it, and four fifths of the other 39 are for a seed's
    campaigns."""

    def asked(budgets: str, *more: str) -> list[str]:
        return ["simulate", str(farm), "--tile", "64", "--budgets", budgets, "--seeds", "2", "--strategies", "random",
                "--out", str(tmp_path / f"{budgets}.csv"), *more]  # fmt: skip

    run = here(capsys, *asked("2,15", "--json"))
    assert (run.json["tiles"], run.json["pool"], run.json["test"], run.err) == (64, [31, 31], [16, 16], "")
    assert "in four parts" in (tmp_path / "2,15.csv").read_text()
    assert "tiles: 64; a campaign may label 31 of them, and is tested on 16\n" in here(capsys, *asked("2,15")).out
    run = here(capsys, *asked("2,16"))
    assert "Only 31 tiles can be labeled, and the largest budget of 16 is more than half of them" in run.err
    assert run.code == 0
    one_sentence(here(capsys, *asked("2,32", "--json")), "fewer than the largest budget of 32")


def test_a_gap_is_only_spoken_of_where_it_takes_tiles(plan: SimulationPlan, tmp_path: Path) -> None:
    def said(buffer: bool, corners: list[tuple[int, int]]) -> str:
        rects, scenes, outlines = scenes_at(corners)
        layout = Layout(tuple(rects), scenes, outlines, np.ones(len(rects), np.int64), buffer)
        with pytest.raises(SelectionError) as caught:
            sizes(layout, 5, 4000)
        return str(caught.value)

    touching = [(64 * column, 64 * row) for row in range(8) for column in range(3)]
    apart = [(100 * column, 100 * row) for row in range(8) for column in range(3)]
    assert "--no-gap" in said(True, touching)
    for buffer, corners in ((False, touching), (True, apart), (True, [(0, 0)])):
        assert said(buffer, corners).endswith("Give smaller budgets, more scenes, or smaller tiles (--tile).")


def test_a_plot_or_a_sentence(
    plan: SimulationPlan,
    rows: list[Row],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "plot.png"
    with monkeypatch.context() as hidden:
        hidden.setitem(sys.modules, "matplotlib.figure", None)
        one_sentence(here(capsys, *options(plan, plan.out), "--plot", path), "matplotlib")
    pytest.importorskip("matplotlib", reason="the plots are an extra: pip install fieldbrush[science]")
    run = here(capsys, *options(plan, plan.out), "--plot", path)
    assert run.code == 0, run.err
    assert path.read_bytes().startswith(b"\x89PNG")
