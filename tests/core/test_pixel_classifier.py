"""The pixel classifier: what it learns from, how soon, and when the U-Net takes over."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from core.geometry import Rect, TileRef
from core.imagery.reader import TilePixels
from core.jobs import Unwatched
from core.labels.classes import IGNORE
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning.band_plan import band_plan
from core.learning.metrics import Scores, confusion
from core.learning.pixel_classifier import (
    CLASSIFIER_VERSION,
    ClassifierTrainer,
    PixelClassifier,
    _own_weights,
    for_shares_of,
    votes_of,
)
from core.learning.pixel_features import MARGIN_PX, FeatureMemory, Unit, tile_features
from core.learning.rival import Ahead, MapScores, in_turn, measure_rival
from core.learning.settings import TrainingSettings
from core.session import Session
from core.tasks import suggest_more
from tests.core.projects import UTM, done, make_project, opened, paint_rect, quiet

SIDE = 96


def write_stripes(path: Path, bands: int, seed: int) -> NDArray[np.uint8]:
    """A scene of two textures in random blobs; returns the truth, 1 smooth and 2 rough, (height, width)."""
    rng = np.random.default_rng(seed)
    ys, xs = np.mgrid[:SIDE, :SIDE]
    truth = np.where(np.sin(xs / 11 + seed) + np.cos(ys / 13) > 0, 1, 2).astype(np.uint8)
    base = np.where(truth == 1, 120, 128)[None] + rng.integers(0, 4, (bands, SIDE, SIDE))
    rough = rng.integers(-40, 41, (bands, SIDE, SIDE)) * (truth == 2)
    values = np.clip(base + rough, 1, 255).astype(np.uint8)
    with rasterio.open(
        path, "w", driver="GTiff", width=SIDE, height=SIDE, count=bands, dtype="uint8", nodata=0, **UTM
    ) as file:
        file.write(values)
    return truth


def trained(session: Session, tiles: tuple[LabeledTile, ...]) -> PixelClassifier | None:
    return ClassifierTrainer(session.reader).train(Snapshot(tiles, (1, 2)))


def whole(session: Session, truth: NDArray[np.uint8]) -> LabeledTile:
    scene = next(iter(session.scenes.values()))
    return LabeledTile(TileRef(1, scene.path, Rect(0, 0, SIDE, SIDE)), truth, np.ones_like(truth))


@pytest.fixture(params=[1, 3, 9])
def stripes(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Session, NDArray[np.uint8]]]:
    truth = write_stripes(tmp_path / "stripes.tif", request.param, seed=3)
    session = Session.open(make_project(tmp_path, [tmp_path / "stripes.tif"], tile_px=SIDE))
    yield session, truth
    session.close()


def test_a_few_strokes_tell_two_textures_apart(stripes: tuple[Session, NDArray[np.uint8]]) -> None:
    session, truth = stripes
    found = []
    for row in (16, 40, 64):  # of so little paint a single forest says one thing or another
        painted = np.zeros_like(truth)
        painted[row : row + 8] = truth[row : row + 8]
        trainer = ClassifierTrainer(session.reader)
        classifier = trainer.train(Snapshot((whole(session, painted),), (1, 2)))
        assert classifier is not None
        prediction = classifier.predict(trainer.features, whole(session, truth).ref)
        assert prediction.model_version == CLASSIFIER_VERSION
        assert prediction.classes.shape == truth.shape
        found.append(Scores.of(confusion(truth, prediction.classes, (1, 2)), (1, 2)).mean_iou)
    assert np.mean(found) > 0.75


def test_colouring_comes_to_its_end_where_the_last_scene_is_lost(tmp_path: Path) -> None:
    truth = write_stripes(tmp_path / "stripes.tif", 1, seed=3)
    reports: list[tuple[float, float]] = []
    coloured: list[int] = []

    class Watched(Unwatched):
        def report(self, done: float, total: float, detail: object = None) -> None:
            reports.append((done, total))

    with opened(make_project(tmp_path, [tmp_path / "stripes.tif"], tile_px=SIDE)) as session:
        tile = whole(session, truth)
        trainer = ClassifierTrainer(session.reader)
        classifier = trainer.train(Snapshot((tile,), (1, 2)))
        assert classifier is not None
        lost = TileRef(2, str(tmp_path / "gone.tif"), tile.ref.rect)
        suggest_more(classifier, trainer.features, [tile.ref, lost], lambda p, _: coloured.append(p.tile_id), Watched())
    assert coloured == [1]
    assert reports[-1] == (2, 2)


def test_unlabeled_and_ignored_pixels_teach_nothing(stripes: tuple[Session, NDArray[np.uint8]]) -> None:
    session, truth = stripes
    painted = np.zeros_like(truth)
    painted[40:48] = truth[40:48]
    misleading = painted.copy()
    misleading[:30] = IGNORE
    ref = whole(session, truth).ref
    first, second = (trained(session, (whole(session, labels),)) for labels in (painted, misleading))
    assert first is not None
    assert second is not None
    assert np.array_equal(*(made.predict(FeatureMemory(session.reader), ref).classes for made in (first, second)))


def test_one_class_is_not_enough(stripes: tuple[Session, NDArray[np.uint8]]) -> None:
    session, truth = stripes
    assert trained(session, (whole(session, np.where(truth == 1, 1, 0).astype(np.uint8)),)) is None
    assert trained(session, ()) is None


def test_held_out_score_is_of_tiles_it_never_saw(tmp_path: Path) -> None:
    truths = [write_stripes(tmp_path / f"{n}.tif", 3, seed=n) for n in range(3)]
    session = Session.open(make_project(tmp_path, sorted(tmp_path.glob("*.tif")), tile_px=SIDE))
    try:
        tiles = tuple(
            LabeledTile(session.tile_ref(tile_id), truth, np.ones_like(truth))
            for tile_id, truth in zip(session.tiles, truths, strict=True)
        )
        honest = measure_rival(tiles[:2], tiles[2:], (1, 2), session.reader)
        assert honest is not None
        assert honest.mean_iou > 0.6
        assert honest.alone_iou > 0.6, "what the others taught it"
        assert honest.tile_ids == {tiles[2].ref.tile_id}
        nonsense = np.random.default_rng(0).integers(1, 3, (SIDE, SIDE)).astype(np.uint8)
        lied = (LabeledTile(tiles[2].ref, nonsense, np.ones_like(nonsense)),)
        chance = measure_rival(tiles[:2], lied, (1, 2), session.reader)
        assert chance is not None
        assert chance.mean_iou < 0.45
        assert measure_rival(tiles, (), (1, 2), session.reader) is None
        others = tuple(replace(tile, labels=np.where(tile.labels == 1, 1, 0).astype(np.uint8)) for tile in tiles[:2])
        assert trained(session, others) is None
        begun = measure_rival(others, tiles[2:], (1, 2), session.reader)
        assert begun is not None, "an expert would scribble on the Tile itself"
        assert begun.mean_iou > 0.5
        assert math.isnan(begun.alone_iou), "of one class alone there is nothing to learn"
        assert begun.is_ahead_of(0.4) == Ahead(True, False, maps=None), "nobody knows how it would map"
    finally:
        session.close()


def test_where_scribbles_cover_all_paint_the_map_is_judged_by_all_of_it(
    stripes: tuple[Session, NDArray[np.uint8]],
) -> None:
    """Strokes as thin as an expert's: without those under the scribbles nothing was left, and the Model won."""
    session, truth = stripes
    tile, thin = whole(session, truth), np.zeros_like(truth)
    for value in (1, 2):
        row, column = np.argwhere(sliding_window_view(truth == value, (3, 24)).all(axis=(2, 3)))[0]
        thin[row : row + 3, column : column + 24] = value
    held_out = replace(tile, ref=tile.ref._replace(tile_id=7), labels=thin)
    found = measure_rival((tile,), (held_out,), (1, 2), session.reader)
    assert found is not None
    assert math.isnan(found.mean_iou)
    assert found.alone_iou > 0.6
    assert found.is_ahead_of(0.5) == Ahead(True, True, MapScores(0.5, found.alone_iou, tiles=1))
    assert found.is_ahead_of(float("nan")).maps is None


def test_where_the_rival_learns_from_a_part_of_the_tiles_no_rare_class_is_lost() -> None:
    common, rare = np.ones((1000, 1000), np.uint8), np.full((1000, 1000), 2, np.uint8)
    tiles = [
        LabeledTile(TileRef(n, "a", Rect(0, 0, 1000, 1000)), rare if n == 37 else common, common) for n in range(40)
    ]
    few = in_turn(tiles, (1, 2))
    assert len(few) == 4, "four million pixels"
    assert any(tile.ref.tile_id == 37 for tile in few)


def test_the_rival_is_tried_on_tiles_that_labels_alone_choose(stripes: tuple[Session, NDArray[np.uint8]]) -> None:
    """A busy computer tried one of seven, and judged by it."""
    session, truth = stripes
    tile = whole(session, truth)
    held_out = [replace(tile, ref=tile.ref._replace(tile_id=100 + number)) for number in range(12)]
    rare = truth.copy()
    rare[:20, :20] = 3
    held_out[9] = replace(held_out[9], labels=rare)
    found = measure_rival((replace(tile, labels=rare),), held_out, (1, 2, 3), session.reader)
    assert found is not None
    assert len(found.tile_ids) == 8
    assert 109 in found.tile_ids, "the only one with class 3"
    assert measure_rival((replace(tile, labels=rare),), held_out, (1, 2, 3), session.reader) == found
    few = measure_rival((replace(tile, labels=rare),), held_out[:7], (1, 2, 3), session.reader)
    assert few is not None
    assert few.tile_ids == set(range(100, 107))


def test_in_the_window_every_stroke_is_answered(tmp_path: Path) -> None:
    write_stripes(tmp_path / "stripes.tif", 3, seed=3)
    session = Session.open(make_project(tmp_path, [tmp_path / "stripes.tif"], tile_px=SIDE))
    try:
        tile = next(iter(session.tiles))
        session.forecasts.suggests = True
        paint_rect(session, tile, Rect(0, 0, 96, 8), 1)
        quiet(session)
        assert session.forecasts.predictions.get(tile) is None, "one class can't be told from nothing"
        assert session.predicting.trainer.features.nbytes > 0, (
            "but the tile has been looked at: the first answer is quick"
        )
        paint_rect(session, tile, Rect(0, 60, 96, 8), 2)
        while session.compute.active():
            session.inbox.run_next(0.1)
        session.inbox.run_waiting()
        assert session.forecasts.predictions.model_version(tile) == CLASSIFIER_VERSION
        assert session.accept_prediction(tile)
        assert (session.mask(tile).labels[:8] == 1).all(), "paint must stay what the hand made it"
    finally:
        session.close()


def test_a_stroke_takes_two_forests_however_many_tiles_are_painted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One for the Tile on the screen, one for all that nobody has painted on; each takes a tenth of a second."""
    for number in range(7):
        write_stripes(tmp_path / f"{number}.tif", 3, seed=number)
    with opened(make_project(tmp_path, sorted(tmp_path.glob("*.tif")), tile_px=SIDE)) as session:
        first, *others = list(session.tiles)[:5]
        for tile_id in (first, *others):
            paint_rect(session, tile_id, Rect(0, 0, 8, 8), 1)
            paint_rect(session, tile_id, Rect(12, 12, 8, 8), 2)
        fitted, fit = [], PixelClassifier._trained
        monkeypatch.setattr(PixelClassifier, "_trained", lambda *of: (fitted.append(of), fit(*of))[1])
        session.forecasts.suggests = True
        for x in range(8, 11):
            fitted.clear()
            paint_rect(session, first, Rect(x, 0, 1, 8), 1)
            quiet(session)
            assert (fitted[1][1] == 1).all(), "for all that nobody has painted on, before any painted one's"
            colourings = session.forecasts.predictions
            assert {colourings.model_version(tile_id) for tile_id in session.tiles} == {CLASSIFIER_VERSION}
        assert len(fitted) == 2
        before = colourings.get(others[0])
        session.predicting.visible(others[0])
        quiet(session)
        after = colourings.get(others[0])
        assert before is not None
        assert after is not None
        assert not np.array_equal(before.doubt, after.doubt), "shown, it is coloured by what has been painted since"


def test_rare_classes_are_not_seen_everywhere() -> None:
    """A forest taught two classes alike, on a tile where one is rare and both look somewhat alike."""
    rng = np.random.default_rng(0)
    rare = rng.random(40_000) < 0.02
    towards_rare = np.clip(rng.normal(np.where(rare, 0.9, 0.3), 0.13), 0.01, 0.99)
    votes = np.stack([1 - towards_rare, towards_rare], axis=1)
    before = votes.argmax(axis=1) == 1
    adjusted = for_shares_of(votes, np.ones(len(votes), bool))
    after = adjusted.argmax(axis=1) == 1
    assert np.allclose(adjusted.sum(axis=1), 1)
    assert (after & ~rare).sum() < 0.25 * (before & ~rare).sum()
    assert (after & rare).sum() > 0.5 * rare.sum(), "and the rare class does not vanish"
    nothing = for_shares_of(votes, np.zeros(len(votes), bool))
    assert np.array_equal(nothing.argmax(axis=1), votes.argmax(axis=1))


def test_strokes_on_the_shown_tile_count_half_as_much_as_all_others() -> None:
    few = _own_weights(np.repeat([0.0, 1.0], [1000, 10]))
    assert few[-10:].sum() == pytest.approx(500)
    assert (few[:1000] == 1).all()
    assert (_own_weights(np.repeat([0.0, 1.0], [10, 1000])) == 1).all(), "many need no help"
    assert (_own_weights(np.zeros(5)) == 1).all()


def test_features_are_computed_once_and_kept_within_bounds(tmp_path: Path) -> None:
    for number in range(4):
        write_stripes(tmp_path / f"{number}.tif", 3, seed=number)
    session = Session.open(make_project(tmp_path, sorted(tmp_path.glob("*.tif")), tile_px=SIDE))
    try:
        refs = [session.tile_ref(tile_id) for tile_id in session.tiles]
        one = FeatureMemory(session.reader).of(refs[0])
        memory = FeatureMemory(session.reader, most_bytes=2 * one.nbytes)
        shown = memory.of(refs[0])
        assert memory.of(refs[0]) is shown, "nothing is computed twice"
        for ref in refs[1:]:
            memory.of(ref, in_passing=True)
            assert memory.nbytes <= 2 * one.nbytes
        assert memory.of(refs[0]) is shown, "the queue must not push out what is on the screen"
        memory.of(refs[2])
        assert memory.of(refs[0]) is shown, "what was looked at in passing goes first"
        memory.of(refs[3])
        memory.of(refs[2])
        memory.of(refs[3])
        assert memory.of(refs[0]) is not shown
        assert memory.nbytes <= 2 * one.nbytes
    finally:
        session.close()


@pytest.mark.parametrize(("height", "width"), [(40, 40), (41, 37), (1, 2)])
def test_features_of_a_pixel_are_those_of_its_block(height: int, width: int) -> None:
    rng = np.random.default_rng(0)
    values = rng.random((3, height + 2 * MARGIN_PX, width + 2 * MARGIN_PX)).astype(np.float32)
    pixels = TilePixels(values, np.ones(values.shape[1:], bool))
    found = tile_features(pixels, band_plan(["red", "green", "blue"]), [Unit(0, 1)] * 3)
    assert found.valid.shape == (height, width)
    assert len(found.rows) == found.shape[0] * found.shape[1]
    y, x = height - 1, width - 1
    block = values[:, MARGIN_PX + y // 2 * 2 :, MARGIN_PX + x // 2 * 2 :][:, :2, :2]
    assert np.allclose(found.at(np.array([y * width + x]))[0, :3], block.mean(axis=(1, 2)))


def test_a_pixel_looks_the_same_whichever_tile_it_lies_in(stripes: tuple[Session, NDArray[np.uint8]]) -> None:
    """Features and votes: where a Tile ends, nothing changes."""
    session, truth = stripes
    tile = whole(session, truth)
    classifier = trained(session, (tile,))
    assert classifier is not None
    features = FeatureMemory(session.reader)
    seen = features.of(tile.ref)
    at_once, _ = classifier.shares(features, tile.ref._replace(tile_id=-1), of_tile=False)
    for rect in (Rect(0, 0, 32, 48), Rect(32, 48, 36, 30), Rect(68, 40, 28, 56)):
        ref = TileRef(-1, tile.ref.scene_path, rect)
        part = features.of(ref)
        ys, xs = np.mgrid[: rect.height, : rect.width].reshape(2, -1)
        places = (ys + rect.y) * SIDE + xs + rect.x
        assert np.array_equal(part.at(ys * rect.width + xs), seen.at(places))
        shares, _ = classifier.shares(features, ref, of_tile=False)
        assert np.array_equal(shares, at_once[:, *rect.slices])


def test_what_lies_beyond_the_data_has_no_say(tmp_path: Path) -> None:
    """The votes on an empty block are about the darkest pixels that there are."""
    truth = write_stripes(tmp_path / "a.tif", 3, seed=3)
    with rasterio.open(tmp_path / "a.tif", "r+") as file:
        values = file.read()
        values[:, :, 60:] = 0
        values[0, :, :60] = np.where(truth == 1, 60, 180)[:, :60]  # as plain as day
        file.write(values)
    with opened(make_project(tmp_path, [tmp_path / "a.tif"], tile_px=SIDE)) as session:
        painted = truth.copy()
        painted[:, 60:] = 0
        classifier = trained(session, (whole(session, painted),))
        assert classifier is not None
        features = FeatureMemory(session.reader)
        ref = whole(session, painted).ref
        classes = classifier.predict(features, ref).classes
        assert not classes[:, 60:].any()
        votes = votes_of(classifier._forest(-1), features.of(ref).rows, cores=1)
        blocks = votes.argmax(axis=1).reshape(features.of(ref).shape)[4:-4, 4:-4]
        border = blocks[:, 28]  # whose features see what lies beyond; smoothing must not carry that on
        shares, _ = classifier.shares(features, ref, of_tile=False)
        far = shares[:, :, 40:50].argmax(axis=0)
        assert (far == (truth[:, 40:50] - 1)).mean() > 0.85
        even = np.where(has_neighbours_of_one_class(border), border, 255)
        same = shares[:, ::2, 57].argmax(axis=0) == even
        assert same[even != 255].mean() > 0.95


def has_neighbours_of_one_class(line: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether the three to both sides are as it is, of a line of blocks."""
    padded = np.pad(line, 3, mode="edge")
    return np.all([padded[step : step + len(line)] == line for step in range(7)], axis=0)


def test_a_classifier_hangs_on_the_paint_alone(tmp_path: Path) -> None:
    """The window's has been taught stroke by stroke, that of an export all at once."""
    truths = [write_stripes(tmp_path / f"{number}.tif", 3, seed=number) for number in range(5)]
    with opened(make_project(tmp_path, sorted(tmp_path.glob("*.tif")), tile_px=SIDE)) as session:
        tiles = [
            LabeledTile(session.tile_ref(tile_id), truth, np.ones_like(truth))
            for tile_id, truth in zip(session.tiles, truths, strict=True)
        ]
        trainer = ClassifierTrainer(session.reader)
        for count in (1, 2, 3, 4):
            grown = trainer.train(Snapshot(tuple(tiles[:count]), (1, 2)), shown=tiles[count - 1].ref.tile_id)
        at_once = ClassifierTrainer(session.reader).train(Snapshot(tuple(tiles[3::-1]), (1, 2)))
        assert grown is not None
        assert at_once is not None
        assert grown.taught.digest == at_once.taught.digest
        for tile in tiles:  # of which the last has taught nothing
            one, other = (made.predict(trainer.features, tile.ref) for made in (grown, at_once))
            assert np.array_equal(one.classes, other.classes)
            assert np.array_equal(one.doubt, other.doubt)


def test_a_tile_hears_its_own_paint_whoever_is_on_the_screen(tmp_path: Path) -> None:
    """On one of five Tiles the two textures are called the other way round."""
    truths = [write_stripes(tmp_path / f"{number}.tif", 3, seed=number) for number in range(6)]
    truths[4] = (3 - truths[4]).astype(np.uint8)
    with opened(make_project(tmp_path, sorted(tmp_path.glob("*.tif")), tile_px=SIDE)) as session:
        tiles = tuple(
            LabeledTile(session.tile_ref(tile_id), truth, np.ones_like(truth))
            for tile_id, truth in zip(session.tiles, truths, strict=True)
        )
        trainer = ClassifierTrainer(session.reader)
        classifier = trainer.train(Snapshot(tiles[:5], (1, 2)), shown=tiles[0].ref.tile_id)
        assert classifier is not None

        def right(number: int) -> float:
            return float((classifier.predict(trainer.features, tiles[number].ref).classes == truths[number]).mean())

        as_others = classifier.predict(trainer.features, tiles[4].ref._replace(tile_id=-1)).classes
        assert right(4) > (as_others == truths[4]).mean() + 0.1
        assert right(5) > 0.7, "which is no rule for the others"


def test_more_tiles_need_no_new_samples(tmp_path: Path) -> None:
    truths = [write_stripes(tmp_path / f"{number}.tif", 3, seed=number) for number in range(3)]
    session = Session.open(make_project(tmp_path, sorted(tmp_path.glob("*.tif")), tile_px=SIDE))
    try:
        tiles = tuple(
            LabeledTile(session.tile_ref(tile_id), truth, np.ones_like(truth))
            for tile_id, truth in zip(session.tiles, truths, strict=True)
        )
        trainer = ClassifierTrainer(session.reader)
        read: list[int] = []
        reads = session.reader.read
        session.reader.read = lambda ref, margin_px=0: (read.append(ref.tile_id), reads(ref, margin_px))[1]  # type: ignore[method-assign]
        for count in (1, 2, 3):
            assert trainer.train(Snapshot(tiles[:count], (1, 2))) is not None
            trainer.features = FeatureMemory(session.reader, most_bytes=0)
        assert read == [tile.ref.tile_id for tile in tiles], "each tile is read once, though each gives fewer samples"
    finally:
        session.close()


def test_a_model_of_a_few_tiles_does_not_take_over_unproven(tmp_path: Path) -> None:
    write_stripes(tmp_path / "stripes.tif", 3, seed=3)
    project = make_project(tmp_path, [tmp_path / "stripes.tif"], tile_px=SIDE)
    with opened(project) as session:
        session.forecasts.suggests = True
        tile = next(iter(session.tiles))
        paint_rect(session, tile, Rect(0, 0, 96, 8), 1)
        paint_rect(session, tile, Rect(0, 60, 96, 8), 2)
        result, _ = done(session, session.train(TrainingSettings(max_steps=2, crop_px=64, threads=1)))
        assert result.judged.scores is None, "one tile: nothing is held out"
        assert session.forecasts.classifier_leads
        paint_rect(session, tile, Rect(0, 30, 96, 2), 1)
        quiet(session)
        assert session.forecasts.predictions.model_version(tile) == CLASSIFIER_VERSION, "strokes are still answered"
    with opened(project) as session:
        quiet(session)
        assert session.forecasts.model is not None
        assert not session.forecasts.classifier_leads, "in a terminal nobody else speaks"
        session.forecasts.suggests = True
        assert session.forecasts.classifier_leads, "and after the project has been opened again"
        session.leading.lead_with(session.forecasts.model)
        assert not session.forecasts.classifier_leads, "the expert may decide otherwise"


@pytest.mark.parametrize("cores", [1, 2, 3])
def test_however_many_cores_ask_the_forest_its_votes_are_the_same(cores: int) -> None:
    from sklearn.ensemble import ExtraTreesClassifier

    rng = np.random.default_rng(0)
    taught = rng.random((300, 5), np.float32)
    forest = ExtraTreesClassifier(8, random_state=0).fit(taught, (taught.sum(axis=1) * 3).astype(int))
    rows = rng.random((3 * 16_384 + 7, 5), np.float32)
    before = list(warnings.filters)
    votes = votes_of(forest, rows, cores)
    assert warnings.filters == before, "they are those of all threads"
    assert np.array_equal(votes, forest.predict_proba(rows))
