"""Scores with intervals: whether these hold the truth as often as they promise, and what may count at all."""

from __future__ import annotations

import math
import tracemalloc
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from core.geometry import Rect, TileRef
from core.imagery.files import SceneInfo
from core.imagery.interpretation import Band, Interpretation
from core.imagery.reader import TileReader
from core.imagery.statistics import BandStatistics
from core.jobs import Cancelled
from core.labels.classes import IGNORE
from core.labels.mask import Provenance, encode_plane
from core.labels.snapshot import LabeledTile, StoredMask
from core.learning.area import corrected_share
from core.learning.intervals import FEWEST_TILES, Tables, difference, estimate, mean_estimate
from core.learning.metrics import Scores
from core.learning.scoring import compare, held_out_tiles, iou_of, scores_of
from core.report.evaluation import EvaluationRequest, Evaluator
from core.text import text
from tests.core.projects import Unwatched, write_scene

TILE_AREA = 20_000
# (mean logit of recall, mean logit of false alarms, spread of sizes, share of tiles without the class)
FIELDS = {"usual": (2.0, -3.5, 1.0, 0.3), "good": (4.0, -6.0, 1.0, 0.3), "poor": (0.0, -2.0, 1.0, 0.3),
          "uneven": (2.0, -3.5, 1.8, 0.5)}  # fmt: skip


def draw_tiles(count: int, kind: str, rng: np.random.Generator) -> Tables:
    """Confusion tables (count, 2, 2) of random tiles: class 1 is patchy, every tile has its own luck with it."""
    recall, alarms, spread, absent = FIELDS[kind]
    area = np.minimum(np.exp(rng.normal(7.5, spread, count)), 0.9 * TILE_AREA)
    area = np.where(rng.random(count) < absent, 0, area).astype(np.int64)
    hits = (area * expit(rng.normal(recall, 1, count))).astype(np.int64)
    false = ((TILE_AREA - area) * expit(rng.normal(alarms, 1, count))).astype(np.int64)
    return np.stack([TILE_AREA - area - false, false, area - hits, hits], axis=1).reshape(count, 2, 2)


def expit(value: NDArray[np.float64]) -> NDArray[np.float64]:
    return 1 / (1 + np.exp(-value))


def coverage(kind: str, count: int, trials: int, what: str) -> float:
    """How often the 95 % interval over `count` tiles holds the value of a world of 300,000."""
    rng = np.random.default_rng(5)
    world = draw_tiles(300_000, kind, rng).sum(axis=0).astype(float)
    truths = {"iou": iou_of(1)(world), "mean iou": (iou_of(0)(world) + iou_of(1)(world)) / 2,
              "area": world[1].sum() / world.sum()}  # fmt: skip
    truth = float(truths[what])
    mapped = world.sum(axis=0)
    held = known = 0
    for _ in range(trials):
        tables = draw_tiles(count, kind, rng)
        if what == "iou":
            found = estimate(tables, iou_of(1), tables[:, 1].sum(axis=1) + tables[:, 0, 1] > 0)
        elif what == "mean iou":
            if not tables[:, 1].any():  # then it is the mean over another set of classes
                continue
            found = scores_of(tables, (1, 2)).mean_iou
        else:
            found = corrected_share(tables, mapped, 1)
        known += found.has_interval
        held += found.has_interval and found.low <= truth <= found.high
    assert known > 0.9 * trials
    return held / known


@pytest.mark.parametrize("kind", sorted(FIELDS))
@pytest.mark.parametrize("count", [6, 12, 30])
def test_intervals_of_the_iou_hold_the_truth(kind: str, count: int) -> None:
    assert 0.90 <= coverage(kind, count, 600, "iou") <= 0.99


@pytest.mark.parametrize("kind", ["usual", "uneven"])
@pytest.mark.parametrize("count", [6, 12, 30])
def test_intervals_of_the_mean_iou_hold_the_truth(kind: str, count: int) -> None:
    assert 0.90 <= coverage(kind, count, 400, "mean iou") <= 0.99


@pytest.mark.parametrize("kind", ["usual", "poor"])
@pytest.mark.parametrize("count", [8, 20, 40])
def test_intervals_of_the_corrected_area_hold_the_truth(kind: str, count: int) -> None:
    assert 0.90 <= coverage(kind, count, 600, "area") <= 0.99


@pytest.mark.parametrize("count", [10, 25])
def test_paired_differences_hold_the_truth_and_are_narrower_than_the_intervals(count: int) -> None:
    rng = np.random.default_rng(2)

    def pair(size: int) -> tuple[Tables, Tables]:
        """The second model finds some of what the first missed."""
        one = draw_tiles(size, "usual", rng)
        moved = (one[:, 1, 0] * rng.uniform(0, 0.6, size)).astype(np.int64)
        return one, one + moved[:, None, None] * np.array([[0, 0], [-1, 1]])

    first, second = pair(300_000)
    truth = float(iou_of(1)(second.sum(axis=0))) - float(iou_of(1)(first.sum(axis=0)))
    held, widths, alone = 0, [], []
    for _ in range(500):
        one, two = pair(count)
        found, whole = (difference(one, two, iou_of(1), np.ones(count, bool)),
                        estimate(one, iou_of(1), np.ones(count, bool)))  # fmt: skip
        held += found.low <= truth <= found.high
        widths.append(found.high - found.low)
        alone.append(whole.high - whole.low)
    assert 0.90 <= held / 500 <= 0.99
    assert np.mean(widths) < 0.8 * np.mean(alone)


def test_too_few_tiles_give_a_value_and_no_interval() -> None:
    tables = draw_tiles(FEWEST_TILES - 1, "usual", np.random.default_rng(1))
    scores = scores_of(tables, (1, 2))
    assert not scores.mean_iou.has_interval
    assert 0 < scores.mean_iou.value < 1
    assert scores.mean_iou.tiles == FEWEST_TILES - 1
    assert math.isnan(scores_of(tables[:0], (1, 2)).mean_iou.value)


def test_scores_are_those_of_the_summed_table() -> None:
    tables = draw_tiles(9, "usual", np.random.default_rng(3))
    table = tables.sum(axis=0)
    scores, plain = scores_of(tables, (1, 2)), Scores.of(table, (1, 2))
    for k, one in enumerate(scores.classes):
        hits, truth, predicted = table[k, k], table[k].sum(), table[:, k].sum()
        assert one.iou.value == pytest.approx(plain.iou[k])
        assert one.f1.value == pytest.approx(2 * hits / (truth + predicted))
        assert one.precision.value == pytest.approx(hits / predicted)
        assert one.recall.value == pytest.approx(hits / truth)
        assert one.iou.low < one.iou.value < one.iou.high
    assert scores.mean_iou.value == pytest.approx(plain.mean_iou)


def test_a_class_on_one_tile_alone_gets_no_interval_however_many_tiles_there_are() -> None:
    tables = np.zeros((12, 2, 2), np.int64)
    tables[:, 0, 0] = 100
    tables[3, 1, 1] = 50
    assert not scores_of(tables, (1, 2)).classes[1].iou.has_interval


def test_without_a_single_error_the_interval_still_leaves_room() -> None:
    tables = np.tile(np.array([[100, 0], [0, 50]]), (10, 1, 1))
    perfect = scores_of(tables, (1, 2)).classes[1].iou
    assert (perfect.value, perfect.high) == (1.0, 1.0)
    assert perfect.low == pytest.approx(0.05**0.1)
    assert scores_of(tables[:, ::-1], (1, 2)).classes[1].iou.low == 0.0


def test_a_mean_has_its_interval_too() -> None:
    found = mean_estimate(np.array([0.1, 0.2, 0.15, 0.3, 0.05, 0.1]))
    assert found.value == pytest.approx(0.15)
    assert 0.05 < found.low < 0.15 < found.high < 0.35


def test_two_models_are_compared_on_the_same_tiles() -> None:
    tables = draw_tiles(25, "usual", np.random.default_rng(4))
    same = compare(tables, tables, (1, 2))
    assert same.mean_gain.value == same.mean_gain.low == same.mean_gain.high == 0.0
    better = compare(draw_tiles(25, "poor", np.random.default_rng(4)), tables, (1, 2))
    assert better.mean_gain.low > 0


# -- what may count ---------------------------------------------------------------------------------------------------


def tile(tile_id: int, column: int, provenance: Provenance = Provenance.DRAWN, scene: str = "a.tif") -> LabeledTile:
    labels = np.ones((16, 16), np.uint8)
    return LabeledTile(TileRef(tile_id, scene, Rect(16 * column, 0, 16, 16)), labels, np.full_like(labels, provenance))


INFOS = {name: SceneInfo(name, 512, 16, 3, "uint8") for name in ("a.tif", "b.tif")}


def test_tiles_a_model_learned_from_and_their_neighbours_do_not_count() -> None:
    painted = [tile(number, number) for number in range(10)]
    found = held_out_tiles(painted, {2}, INFOS)
    assert [t.ref.tile_id for t in found.tiles] == [0, 4, 5, 6, 7, 8, 9]
    assert (len(found.joining), found.all_apart) == (2, True)
    elsewhere = held_out_tiles([*painted[:3], tile(11, 1, scene="b.tif")], {1}, INFOS)
    assert [t.ref.tile_id for t in elsewhere.tiles] == [0, 2, 11], "too few apart: the neighbours have to do"
    assert not elsewhere.all_apart


def test_tiles_that_cannot_be_read_are_not_counted_among_those_that_join() -> None:
    painted = [tile(0, 0), tile(1, 1), tile(2, 2), tile(11, 1, scene="b.tif"), tile(12, 2, scene="b.tif")]
    found = held_out_tiles(painted, {1, 11}, INFOS, lost=("b.tif",))
    assert [t.ref.tile_id for t in found.tiles] == [0, 2]
    assert found.joining == {0, 2}, "b.tif's tile 12 joins tile 11, but judges nobody"
    rest = found.without({2})
    assert ([t.ref.tile_id for t in rest.tiles], rest.joining) == ([0], {0})
    place = ("EPSG:32632", (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6))
    here = {
        name: replace(INFOS[name], crs_wkt=rasterio.crs.CRS.from_string(place[0]).to_wkt(), transform=place[1])
        for name in INFOS
    }
    assert held_out_tiles([tile(0, 0), tile(10, 0, scene="b.tif")], {10}, here, lost=("b.tif",)).joining == {0}


@pytest.mark.parametrize(
    ("crs", "first", "second", "joining"),
    [
        ("EPSG:32632", (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6), (5.0, 0.0, 600_160.0, 0.0, -5.0, 5e6), [0]),  # joins on
        ("EPSG:32632", (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6), (5.0, 0.0, 600_165.0, 0.0, -5.0, 5e6), []),
        ("EPSG:32632", (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6), (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6), [0, 1, 2]),
        ("EPSG:32632", (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6), (0.0, 5.0, 600_020.0, 5.0, 0.0, 5e6 - 100), [0, 1]),
        ("EPSG:32633", (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6), (5.0, 0.0, 600_000.0, 0.0, -5.0, 5e6), []),
        # the same land from the next zone, and land 500 m further east
        (
            "EPSG:32633",
            (5.0, 0.0, 723_000.0, 0.0, -5.0, 5.3e6),
            (5.0, 0.0, 273_846.0, 0.0, -5.0, 5_300_122.0),
            [0, 1, 2],
        ),
        ("EPSG:32633", (5.0, 0.0, 723_000.0, 0.0, -5.0, 5.3e6), (5.0, 0.0, 274_346.0, 0.0, -5.0, 5_300_122.0), []),
        ("EPSG:32632", None, None, []),  # without a place nobody knows
    ],
)
def test_pieces_of_one_mosaic_and_pictures_of_one_field_join(
    crs: str, first: tuple[float, ...] | None, second: tuple[float, ...] | None, joining: list[int]
) -> None:
    """A model that learned from tiles 0 and 1 of the one scene is judged by the tiles of the other."""
    place = {"a.tif": ("EPSG:32632", first), "b.tif": (crs, second)}
    infos = {
        name: replace(INFOS[name], crs_wkt=rasterio.crs.CRS.from_string(wkt).to_wkt(), transform=transform)
        for name, (wkt, transform) in place.items()
    }
    painted = [tile(100, 0), tile(101, 1), *(tile(number, number, scene="b.tif") for number in range(12))]
    found = held_out_tiles(painted, {100, 101}, infos)
    assert found.all_apart
    assert [n for n in range(12) if n not in {t.ref.tile_id for t in found.tiles}] == joining


def test_what_joins_is_found_in_little_memory_among_many_tiles() -> None:
    """Imported masks paint thousands of tiles at once."""
    painted = [tile(number, number) for number in range(4000)]
    tracemalloc.start()
    found = held_out_tiles(painted, set(range(0, 4000, 4)), INFOS)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [t.ref.tile_id for t in found.tiles] == [*range(2, 4000, 4), 3999]
    assert peak < 40e6


def test_tiles_of_a_scene_that_is_gone_do_not_judge(tmp_path: Path) -> None:
    here, gone = str(write_scene(tmp_path / "here.tif")), str(tmp_path / "gone.tif")
    labels = encode_plane(np.ones((16, 16), np.uint8))
    stored = tuple(
        StoredMask(TileRef(number, path, Rect(32 * number, 0, 16, 16)), labels, labels)
        for number, path in enumerate((here, gone, here))
    )
    bands = (Band(1, "grey", "other"),)
    reader = TileReader(Interpretation(bands, None, text("")), BandStatistics((0,), (1,), (0,), (1,)))
    request = EvaluationRequest(stored, (1, 2), np.arange(256, dtype=np.uint8), {}, reader, 1)
    found = Evaluator().evaluate(request, Unwatched())
    assert [tile.ref.tile_id for tile in found.held_out.tiles] == [0, 2]
    assert found.left_out == (gone,)


def test_looking_at_many_scenes_can_be_cancelled(tmp_path: Path) -> None:
    """Five hundred on a network drive take a while to open."""

    class Stopped(Unwatched):
        def check(self) -> None:
            raise Cancelled

    labels = encode_plane(np.ones((16, 16), np.uint8))
    stored = (StoredMask(TileRef(1, str(tmp_path / "gone.tif"), Rect(0, 0, 16, 16)), labels, labels),)
    reader = TileReader(
        Interpretation((Band(1, "grey", "other"),), None, text("")), BandStatistics((0,), (1,), (0,), (1,))
    )
    request = EvaluationRequest(stored, (1, 2), np.arange(256, dtype=np.uint8), {}, reader, 1)
    with pytest.raises(Cancelled):
        Evaluator().evaluate(request, Stopped())


def test_accepted_pixels_are_no_judgement() -> None:
    found = held_out_tiles([tile(1, 0), tile(2, 5, Provenance.ACCEPTED)], set(), INFOS)
    assert [t.ref.tile_id for t in found.tiles] == [1]
    assert held_out_tiles([], set(), {}).tiles == ()


def test_slivers_and_dabs_do_not_count() -> None:
    """Five of them in a report were five tiles, and the scores had ranges."""
    whole = [tile(number, 3 * number) for number in range(8)]
    sliver = LabeledTile(
        TileRef(9, "a.tif", Rect(480, 0, 1, 16)), np.ones((16, 1), np.uint8), np.ones((16, 1), np.uint8)
    )
    ignored = tile(10, 28)
    ignored.labels[:] = IGNORE
    ignored.labels[0, :3] = 1
    found = held_out_tiles([*whole, sliver, ignored], {0}, INFOS)
    assert [t.ref.tile_id for t in found.tiles] == list(range(1, 8))
    few = [replace(each, labels=np.where(np.arange(256).reshape(16, 16) < 8, 1, 0).astype(np.uint8)) for each in whole]
    assert len(held_out_tiles(few, {0}, INFOS).tiles) == 7, "where all have no more, each is one"


# -- areas ------------------------------------------------------------------------------------------------------------

# Olofsson et al. 2014, tables 8 and 9: deforestation, forest gain, stable forest, stable non-forest; rows are the map.
SAMPLE = np.array([[66, 0, 5, 4], [0, 55, 8, 12], [1, 0, 153, 11], [2, 1, 9, 313]], float)
MAPPED_PX = (200_000, 150_000, 3_200_000, 6_450_000)
PIXEL_HA = 0.09
PUBLISHED_HA = (21158, 11686, 285770, 581386)  # the adjusted areas, equation 9


def test_over_tiles_the_area_is_the_papers_and_lies_in_its_interval() -> None:
    shares = np.array([0.5, 0.3, 0.1, 0.05, 0.03, 0.02])  # the sample, dealt unevenly to six tiles
    rng = np.random.default_rng(0)
    dealt = np.stack([rng.multinomial(int(count), shares) for count in SAMPLE.ravel()], axis=1).reshape(6, 4, 4)
    for column in range(4):
        found = corrected_share(dealt.transpose(0, 2, 1), MAPPED_PX, column)
        assert round(found.value * sum(MAPPED_PX) * PIXEL_HA) == PUBLISHED_HA[column]
        assert found.low < found.value < found.high


def test_a_mapped_class_without_reference_leaves_the_area_unknown() -> None:
    tables = np.zeros((8, 2, 2), np.int64)
    tables[:, 0, 0] = 10
    assert math.isnan(corrected_share(tables, (100, 50), 0).value)
    assert corrected_share(tables, (100, 0), 0).value == 1.0
    assert math.isnan(corrected_share(tables, (0, 0), 0).value)


def _tiles_of_two(rare: int, on: int = 0) -> np.ndarray:
    """(12, 3, 3): Tiles that know two Classes well, and `on` of them `rare` pixels that the map gives to a third."""
    tables = np.zeros((12, 3, 3), np.int64)
    tables[:, :2, :2] = [[90, 12], [10, 88]]
    tables[:, 0, 0] += np.arange(12)
    tables[:on, 2, 2] = rare
    return tables


def test_a_stray_pixel_of_a_rare_class_hides_no_area() -> None:
    """Nobody has painted where the map shows the third class: what it has is as it is mapped, or another's."""
    without = corrected_share(_tiles_of_two(0), (6000.0, 4000.0, 0.0), 0)
    found = [corrected_share(_tiles_of_two(0), (6000.0, 3999.0, 1.0), column) for column in range(3)]
    assert found[0].value == pytest.approx(without.value, abs=2e-4)
    assert (found[0].low, found[0].high) == pytest.approx((without.low, without.high), abs=3e-4)
    assert sum(one.value for one in found[:2]) == pytest.approx(1 - 1e-4), "the map is believed there"
    assert all(math.isnan(corrected_share(_tiles_of_two(0), (5000.0, 4000.0, 1000.0), k).value) for k in range(3))


@pytest.mark.parametrize("taken_for_it", [0, 3])
def test_a_class_that_no_held_out_tile_has_is_not_measured(taken_for_it: int) -> None:
    """A few pixels wrongly taken for it do not say that the field has none of it: IoU 0.00, and 0 hectares."""
    tables = _tiles_of_two(0)
    tables[:4, 0, 2] = taken_for_it
    scores, plain = scores_of(tables, (1, 2, 3)), Scores.of(tables.sum(axis=0), (1, 2, 3))
    missing = scores.classes[2]
    assert all(math.isnan(e.value) for e in (missing.iou, missing.f1, missing.precision, missing.recall))
    assert [c.is_judged for c in scores.classes] == [True, True, False]
    assert math.isnan(plain.iou[2])
    assert scores.mean_iou.value == pytest.approx(plain.mean_iou) == pytest.approx(np.mean(plain.iou[:2]))
    assert math.isnan(compare(tables, tables, (1, 2, 3)).gains[2].value)
    found = [corrected_share(tables, (6000.0, 3900.0, 100.0), column) for column in range(3)]
    assert math.isnan(found[2].value)
    assert [one.tiles for one in found] == [12, 12, 0]
    assert sum(one.value for one in found[:2]) == pytest.approx(0.99), "the others do not get what it covers"
    assert found[0].has_interval
    assert found[0].high - found[0].low > 0.01, "nobody knows of that hundredth"


def test_what_rests_on_a_single_tile_may_be_anything() -> None:
    mapped = (5000.0, 4000.0, 1000.0)
    well, badly = (corrected_share(_tiles_of_two(50, on), mapped, 2) for on in (12, 1))
    assert well.value == pytest.approx(badly.value)
    assert well.has_interval
    assert badly.low <= 1e-3 < well.low
    assert badly.high >= 0.1


@pytest.mark.parametrize("pixels", [20, 2, 0.2])
def test_what_is_rare_has_an_interval_round_its_own_share(pixels: float) -> None:
    """A class on fewer than one pixel in 10,000, and the class that is all the rest."""
    rng = np.random.default_rng(3)
    held = 0
    for _ in range(200):
        tables = np.zeros((40, 2, 2), np.int64)
        tables[:, 1, 0] = rng.poisson(pixels * rng.gamma(2, 0.5, 40))
        tables[:, 0, 0] = 1_000_000 - tables[:, 1, 0]
        found, rest = (corrected_share(tables, [1.0, 0.0], column) for column in (1, 0))
        if math.isnan(found.low):  # on one tile alone
            continue
        assert found.low <= found.value <= found.high
        assert found.high > found.low or found.value == 0
        assert (rest.low, rest.high) == (pytest.approx(1 - found.high), pytest.approx(1 - found.low))
        held += found.low <= pixels / 1_000_000 <= found.high
    assert 180 <= held <= 198


def test_a_biased_map_is_put_right() -> None:
    """The map finds half of class 2 and never cries wolf: the corrected area is twice what it counts."""
    tables = np.tile(np.array([[800, 0], [100, 100]]), (8, 1, 1))
    mapped = tables.sum(axis=(0, 1))
    assert corrected_share(tables, mapped, 1).value == pytest.approx(0.2)
    assert mapped[1] / mapped.sum() == pytest.approx(0.1)
