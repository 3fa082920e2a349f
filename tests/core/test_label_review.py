"""Label review: wrong strokes come first, right ones are left alone, and what was kept is not asked again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import LearningError
from core.geometry import Rect, TileRef
from core.imagery.files import SceneInfo
from core.labels.classes import IGNORE
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning import runtime
from core.learning.encoder_probe import EncoderMaps, ProbeTrainer
from core.learning.review import FOLDS, Finding, folds_of, review, sentence
from core.session import Session
from tests.calls import calls
from tests.core.projects import Unwatched, make_project
from tests.core.test_pixel_classifier import SIDE, write_stripes

WRONG = Rect(20, 30, 24, 12)


@pytest.fixture(scope="module")
def field(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Session, list[NDArray[np.uint8]]]]:
    """Six scenes of one tile each, and their truths."""
    runtime.configure(1)
    folder = tmp_path_factory.mktemp("field")
    truths = [write_stripes(folder / f"{number}.tif", 3, seed=number) for number in range(6)]
    session = Session.open(make_project(folder, sorted(folder.glob("*.tif")), tile_px=SIDE))
    yield session, truths
    session.close()


def painted(session: Session, truths: list[NDArray[np.uint8]]) -> list[LabeledTile]:
    """Bands of paint, as strokes leave them."""
    tiles = []
    for tile_id, truth in zip(session.tiles, truths, strict=True):
        labels = np.zeros_like(truth)
        for top in (8, 30, 60, 80):
            labels[top : top + 12] = truth[top : top + 12]
        tiles.append(LabeledTile(session.tile_ref(tile_id), labels, np.where(labels > 0, 1, 0).astype(np.uint8)))
    return tiles


def with_wrong_stroke(tile: LabeledTile, truth: NDArray[np.uint8], rect: Rect = WRONG) -> LabeledTile:
    labels = tile.labels.copy()
    labels[rect.slices] = 3 - truth[rect.slices]
    return LabeledTile(tile.ref, labels, np.where(labels > 0, 1, 0).astype(np.uint8))


def findings(session: Session, tiles: list[LabeledTile]) -> list[Finding]:
    return review(Snapshot(tuple(tiles), (1, 2)), session.reader, Unwatched())


def test_planted_wrong_strokes_come_first(field: tuple[Session, list[NDArray[np.uint8]]]) -> None:
    session, truths = field
    tiles = painted(session, truths)
    for number in (1, 4):
        tiles[number] = with_wrong_stroke(tiles[number], truths[number])
    found = findings(session, tiles)
    assert {finding.tile_id for finding in found[:2]} == {tiles[1].ref.tile_id, tiles[4].ref.tile_id}
    for finding in found[:2]:
        assert finding.rect.intersect(WRONG).area > 0.6 * finding.rect.area
        assert finding.certainty > 0.75
        assert {finding.painted, finding.likely} == {1, 2}
        assert finding.pixels.shape == (finding.rect.height, finding.rect.width)
        assert "% sure otherwise" in str(sentence(finding, {1: "healthy", 2: "unhealthy"}))
    planted = sum(f.score for f in found if f.tile_id in (tiles[1].ref.tile_id, tiles[4].ref.tile_id))
    assert sum(f.score for f in found) < 1.2 * planted, "right paint must hardly be doubted"


def test_what_the_model_contradicts_all_over_a_tile_comes_later(
    field: tuple[Session, list[NDArray[np.uint8]]],
) -> None:
    """There it is more likely the model that errs."""
    session, truths = field
    tiles = painted(session, truths)
    for number in (1, 4):
        tiles[number] = with_wrong_stroke(tiles[number], truths[number])
    first, second = findings(session, tiles)[:2]
    number = [tile.ref.tile_id for tile in tiles].index(first.tile_id)
    specks = tiles[number].labels.copy()
    for row, column in np.ndindex(19, 19):  # too small to be asked about
        there = (slice(5 * row, 5 * row + 3), slice(5 * column, 5 * column + 3))
        specks[there] = np.where(specks[there] == truths[number][there], 3 - specks[there], specks[there])
    specks[tiles[number].labels == 0] = 0
    tiles[number] = LabeledTile(tiles[number].ref, specks, tiles[number].provenance)
    found = findings(session, tiles)
    assert found[0].tile_id == second.tile_id
    assert any(f.tile_id == first.tile_id and not f.rect.intersect(WRONG).is_empty for f in found[1:])


def test_the_encoder_judges_too(
    field: tuple[Session, list[NDArray[np.uint8]]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two judges who err in different places; without the encoder's weights one judges alone."""
    session, truths = field
    tiles = painted(session, truths)
    tiles[1] = with_wrong_stroke(tiles[1], truths[1])
    both = findings(session, tiles)
    monkeypatch.setattr("core.learning.review.encoder_weights_path", lambda: tmp_path / "none.safetensors")
    alone = findings(session, tiles)
    for found in (both, alone):
        assert found[0].tile_id == tiles[1].ref.tile_id
    assert both[0].certainty != alone[0].certainty


@pytest.mark.parametrize("class_values", [(1, 2), (1, 2, 3)])
def test_a_probe_of_the_encoder_knows_other_tiles(
    field: tuple[Session, list[NDArray[np.uint8]]], class_values: tuple[int, ...]
) -> None:
    session, truths = field
    tiles = [LabeledTile(session.tile_ref(i), t, np.ones_like(t)) for i, t in zip(session.tiles, truths, strict=True)]
    if len(class_values) == 3:
        tiles = [replace(tile, labels=np.where(np.arange(SIDE) < 20, np.uint8(3), tile.labels)) for tile in tiles]
    trainer = ProbeTrainer(EncoderMaps(session.reader), len(tiles))
    assert trainer.train(Snapshot((tiles[0],), (1,))) is None
    probe = trainer.train(Snapshot(tuple(tiles[:4]), class_values))
    assert probe is not None
    assert probe.class_values == class_values
    shares = probe.shares(trainer.encoder, tiles[5].ref)
    assert shares.shape == (len(class_values), SIDE, SIDE)
    np.testing.assert_allclose(shares.sum(axis=0), 1, atol=1e-5)
    inside = np.isin(tiles[5].labels, (1, 2))
    assert np.mean((shares[:2].argmax(axis=0) + 1 == tiles[5].labels)[inside]) > 0.8


def test_accepted_and_ignored_pixels_are_not_judged(field: tuple[Session, list[NDArray[np.uint8]]]) -> None:
    session, truths = field
    tiles = painted(session, truths)
    wrong = with_wrong_stroke(tiles[2], truths[2])
    accepted = wrong.provenance.copy()
    accepted[WRONG.slices] = Provenance.ACCEPTED
    ignored = wrong.labels.copy()
    ignored[WRONG.slices] = IGNORE
    for tile in (LabeledTile(wrong.ref, wrong.labels, accepted), LabeledTile(wrong.ref, ignored, wrong.provenance)):
        tiles[2] = tile
        assert all(f.tile_id != wrong.ref.tile_id or f.rect.intersect(WRONG).is_empty for f in findings(session, tiles))


def test_a_second_opinion_moves_findings_up_or_down(field: tuple[Session, list[NDArray[np.uint8]]]) -> None:
    session, truths = field
    tiles = painted(session, truths)
    for number in (1, 4):
        tiles[number] = with_wrong_stroke(tiles[number], truths[number])
    first, second = findings(session, tiles)[:2]
    says = {tile.ref.tile_id: tile.labels for tile in tiles}  # a model that believes the paint
    says[second.tile_id] = truths[[t.ref.tile_id for t in tiles].index(second.tile_id)]  # but for this tile
    found = review(Snapshot(tuple(tiles), (1, 2)), session.reader, Unwatched(), lambda ref: says[ref.tile_id])
    assert found[0].tile_id == second.tile_id
    assert next(f for f in found if f.tile_id == first.tile_id).score < first.score


def test_with_one_tile_there_is_nothing_to_check_it_by(field: tuple[Session, list[NDArray[np.uint8]]]) -> None:
    session, truths = field
    for few in (painted(session, truths)[:1], []):
        with pytest.raises(LearningError, match="too little paint"):
            findings(session, few)
    one_class = [LabeledTile(t.ref, np.minimum(t.labels, 1), t.provenance) for t in painted(session, truths)]
    with pytest.raises(LearningError, match="too little paint"):
        findings(session, one_class)


def test_a_class_that_only_one_tile_has_is_never_doubted(field: tuple[Session, list[NDArray[np.uint8]]]) -> None:
    session, truths = field
    tiles = painted(session, truths)
    alone = tiles[3].labels.copy()
    alone[WRONG.slices] = 3
    tiles[3] = LabeledTile(tiles[3].ref, alone, np.where(alone > 0, 1, 0).astype(np.uint8))
    found = review(Snapshot(tuple(tiles), (1, 2, 3)), session.reader, Unwatched())
    assert all(finding.painted != 3 for finding in found)


def test_neighbours_share_a_fold_and_every_fold_has_tiles() -> None:
    labels = np.ones((16, 16), np.uint8)

    def tile(tile_id: int, column: int) -> LabeledTile:
        return LabeledTile(TileRef(tile_id, "a.tif", Rect(16 * column, 0, 16, 16)), labels, labels)

    columns = [0, 1, 4, 7, 8, 11, 14, 17]
    folds = folds_of([tile(number, column) for number, column in enumerate(columns)], {})
    assert folds[0] == folds[1]
    assert folds[3] == folds[4]
    assert set(folds) == set(range(FOLDS))
    row = folds_of([tile(number, number) for number in range(9)], {})
    assert sorted(row) == [0, 0, 0, 1, 1, 1, 2, 2, 2], "one long row can't be one fold"
    assert folds_of([], {}) == []


def _field(side: int) -> tuple[list[tuple[int, int]], list[LabeledTile]]:
    """Tiles without a gap, so many a side, and their columns and rows."""
    labels = np.ones((1, 1), np.uint8)
    places = [(column, row) for row in range(side) for column in range(side)]
    refs = [
        TileRef(number, "a.tif", Rect(16 * column, 16 * row, 16, 16)) for number, (column, row) in enumerate(places)
    ]
    return places, [LabeledTile(ref, labels, labels) for ref in refs]


def test_a_whole_field_is_cut_where_few_tiles_have_a_neighbour_in_another_fold() -> None:
    """Else an error that goes over several tiles vouches for itself."""
    side = 45
    places, tiles = _field(side)
    fold = dict(zip(places, folds_of(tiles, {}), strict=True))
    apart = sum(fold[place] != fold[place[0] + 1, place[1]] for place in places if place[0] + 1 < side)
    assert apart < 0.1 * len(places)
    sizes = np.bincount(list(fold.values()))
    assert sizes.min() > 0.25 * len(places)


def test_a_field_over_several_scenes_is_cut_on_the_map() -> None:
    """Pixels of one scene say nothing of where the other's are: two sheets, side by side, of 3 × 3 tiles each."""
    infos = {
        path: SceneInfo(path, 48, 48, 3, "uint8", crs_wkt="a map", transform=(1.0, 0.0, west, 0.0, -1.0, 0.0))
        for path, west in (("west.tif", 0.0), ("east.tif", 48.0))
    }
    tiles, columns = [], []
    for sheet, path in enumerate(infos):
        for (column, _), tile in zip(*_field(3), strict=True):
            tiles.append(LabeledTile(TileRef(len(tiles), path, tile.ref.rect), tile.labels, tile.labels))
            columns.append(3 * sheet + column)
    folds = folds_of(tiles, infos)
    together = [{column for column, own in zip(columns, folds, strict=True) if own == fold} for fold in range(FOLDS)]
    assert sorted(together, key=min) == [{0, 1}, {2, 3}, {4, 5}]


def test_nine_times_as_many_tiles_are_dealt_out_with_nine_times_the_work() -> None:
    folds_of(_field(2)[1], {})  # imports scipy
    few, many = (calls(partial(folds_of, _field(side)[1], {})) for side in (15, 45))
    assert many < 12 * few


def test_the_same_place_in_another_scene_is_no_neighbour() -> None:
    labels = np.ones((1, 1), np.uint8)
    tiles = [LabeledTile(TileRef(n, f"{n}.tif", Rect(0, 0, 16, 16)), labels, labels) for n in range(6)]
    assert sorted(folds_of(tiles, {})) == [0, 0, 1, 1, 2, 2]
