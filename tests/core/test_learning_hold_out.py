"""Which Tiles are held out of a training: neighbourhoods, so that few of them show what was learned from next door."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from rasterio.transform import Affine

from core.geometry import Rect, TileRef
from core.imagery.files import SceneInfo
from core.jobs import Unwatched
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile
from core.learning import acceleration, runtime
from core.learning.acceleration import Phase, Plan
from core.learning.hold_out import hold_out, split_tiles
from core.learning.joining import which_join
from core.learning.model import ModelCard
from core.learning.model_files import card_markdown
from core.learning.settings import TrainingSettings
from core.learning.training import train
from tests.core.learning_data import NAMES, Field

PX = 32


def _tile(number: int, column: int, row: int = 0, scene: str = "a.tif", paint: tuple[int, ...] = (1, 2)) -> LabeledTile:
    """Painted with stripes of these classes."""
    labels = np.resize(np.array(paint, np.uint8), (PX, PX))
    rect = Rect(column * PX, row * PX, PX, PX)
    return LabeledTile(TileRef(number, scene, rect), labels, np.full((PX, PX), Provenance.DRAWN, np.uint8))


def _block(count: int, side: int = 10) -> list[LabeledTile]:
    return [_tile(100 + number, number % side, number // side) for number in range(count)]


def _ids(tiles: list[LabeledTile], chosen: tuple[int, ...]) -> set[int]:
    return {tiles[number].ref.tile_id for number in chosen}


@pytest.mark.parametrize(("count", "most"), [(12, 3), (30, 5), (60, 8), (100, 12)])
def test_in_a_block_whole_neighbourhoods_are_held_out(count: int, most: int) -> None:
    """Chosen at random, every one of them joined a tile that is learned from."""
    tiles = _block(count)
    chosen = hold_out(tiles, (1, 2))
    assert len(chosen) == round(count / 5)
    held_out = [tiles[number].ref for number in chosen]
    taught = [tile.ref for number, tile in enumerate(tiles) if number not in chosen]
    assert which_join(taught, held_out, {}).sum() <= most
    assert which_join(held_out, taught, {}).mean() <= 0.51


def test_tiles_that_lie_alone_are_held_out_first_and_neighbourhoods_as_a_whole() -> None:
    block = _block(14, side=7)
    lonely = [_tile(1, 20), _tile(2, 25)]
    assert _ids([*block, *lonely], hold_out([*block, *lonely], (1, 2))) >= {1, 2}
    trio = [_tile(1, 20), _tile(2, 21), _tile(3, 21, 1)]
    assert _ids([*block, *trio], hold_out([*block, *trio], (1, 2))) == {1, 2, 3}


def test_pieces_of_a_mosaic_join_too() -> None:
    """Ten Scenes in a row on the map, a Tile each: in its own file every Tile is alone."""
    tiles = [_tile(number, 0, scene=f"{number}.tif") for number in range(10)]
    places = {f"{number}.tif": tuple(Affine(1, 0, number * PX, 0, -1, 0))[:6] for number in range(10)}
    infos = {path: SceneInfo(path, PX, PX, 3, "uint8", "here", transform=place) for path, place in places.items()}
    chosen = hold_out(tiles, (1, 2), infos=infos)
    assert chosen in {(0, 1), (8, 9)}
    assert split_tiles(tiles, (1, 2), (), (), infos).joining == 1


def test_what_is_held_out_stays_so_while_labels_grow() -> None:
    tiles = _block(100)
    taught: set[int] = set()
    held_out: set[int] = set()
    for count in range(8, 101, 4):
        grown = tiles[:count]
        now = _ids(grown, hold_out(grown, (1, 2), taught, held_out))
        assert held_out <= now
        assert not now & taught
        assert len(now) == round(count / 5)
        taught, held_out = {tile.ref.tile_id for tile in grown} - now, now


def test_what_was_drawn_at_random_always_judges() -> None:
    """Chosen tiles are those that the ranking found telling: a score on them says little of the field."""
    apart = [_tile(number, 3 * number) for number in range(20)]
    drawn = {2, 11, 17}
    assert _ids(apart, hold_out(apart, (1, 2), drawn=drawn)) > drawn
    assert not _ids(apart, hold_out(apart, (1, 2), trained_before=drawn, drawn=drawn)) & drawn
    before = {5, 6, 7, 8}
    more = _ids(apart, hold_out(apart, (1, 2), held_out_before=before, drawn=drawn))
    assert before < more < before | drawn, "one of them, though the fifth is full"
    assert _ids(apart, hold_out(apart, (1, 2), range(2), more)) == more, "and so they stay"
    block = [*_block(20), *apart[:8]]
    drawn = {105, 107, 112}  # each beside many that are learned from
    assert _ids(block, hold_out(block, (1, 2), drawn=drawn)) >= drawn


def test_half_of_what_judges_was_drawn_where_every_tenth_tile_was() -> None:
    """Two of three rounds have no room for the check that came with them: their fifth is full."""
    tiles, taught, held_out = [_tile(number, 3 * number) for number in range(64)], set(), set()
    drawn = set(range(9, 64, 10))
    for count in range(8, 65, 4):
        now = _ids(tiles[:count], hold_out(tiles[:count], (1, 2), taught, held_out, drawn=drawn))
        assert len(now) <= round(count / 5) + 1
        taught, held_out = set(range(count)) - now, now
    assert drawn <= held_out
    assert len(held_out) == 13


def test_where_every_tile_was_drawn_a_fifth_and_one_are_held_out() -> None:
    """As with the strategy `random`."""
    tiles = [_tile(number, 3 * number) for number in range(20)]
    assert len(hold_out(tiles, (1, 2), drawn=range(20))) == 5


def test_the_last_places_go_to_classes_that_are_not_held_out_yet() -> None:
    """The lone tiles are all of class 1: without class 2 nothing could be judged."""
    block = [_tile(100 + number, number, paint=(2,) if number in (3, 5) else (1,)) for number in range(8)]
    lonely = [_tile(number, 20 + 3 * number, paint=(1,)) for number in range(4)]
    tiles = [*block, *lonely]
    chosen = hold_out(tiles, (1, 2))
    assert len(chosen) == 2
    assert _ids(tiles, chosen) & {103, 105}
    assert _ids(tiles, chosen) & {0, 1, 2, 3}


def test_those_that_lie_apart_judge_alone_where_they_are_enough() -> None:
    few = split_tiles(_block(15), (1, 2), (), (), {})
    assert len(few.judges) == len(few.held_out) == 3
    assert few.joining > 0
    many = split_tiles(_block(100), (1, 2), (), (), {})
    assert len(many.taught) == 80, "nobody learns from less"
    assert 5 <= len(many.judges) < len(many.held_out) == 20
    assert many.joining == 0
    assert not which_join([tile.ref for tile in many.judges], [tile.ref for tile in many.taught], {}).any()


def test_the_card_says_where_they_join(tmp_path: Path) -> None:
    runtime.configure(1)
    for phase in Phase:
        acceleration.remember(phase, 1, Plan())
    settings = TrainingSettings(max_steps=1, batch_size=1, crop_px=32, threads=1)
    field = Field(tmp_path, tiles=6)
    card = train(field.snapshot(), field.reader, NAMES, settings, Unwatched()).model.card
    assert card.joining_tiles == 1
    assert "1 of those join tiles it learned from: the scores may flatter" in card_markdown(card)
    assert ModelCard.from_json(card.to_json()).joining_tiles == 1
    assert ModelCard.from_json(card.to_json().replace('"joining_tiles": 1, ', "")).joining_tiles == 0


def _sliver(number: int, column: int, row: int, px: int = 1) -> LabeledTile:
    """So many columns of a whole Tile."""
    whole = _tile(number, column, row)
    rect = Rect(whole.ref.rect.x, whole.ref.rect.y, px, PX)
    return LabeledTile(TileRef(number, "a.tif", rect), whole.labels[:, :px], whole.provenance[:, :px])


def _edged(rows: int = 5) -> list[LabeledTile]:
    """Four whole Tiles a row, and at the Scene's right edge a sliver."""
    whole = [_tile(10 * row + column, column, row) for row in range(rows) for column in range(4)]
    return [*whole, *(_sliver(10 * row + 4, 4, row) for row in range(rows))]


def test_slivers_at_the_edge_are_no_tiles_to_judge_on() -> None:
    """They join fewer Tiles than any other, so five of them were held out where a fifth of all Tiles was."""
    tiles = _edged()
    held_out = _ids(tiles, hold_out(tiles, (1, 2)))
    assert len(held_out) == 4, "a fifth of the twenty whole ones"
    assert all(tile_id % 10 < 4 for tile_id in held_out)
    strip = [*_edged(1), *(_sliver(90 + number, 4, 5 + number) for number in range(5))]
    assert hold_out(strip, (1, 2)) == (), "four whole ones, though slivers are the most"


def test_a_dab_of_paint_among_full_tiles_is_none_either_but_where_all_have_dabs() -> None:
    full = [_tile(number, 3 * number) for number in range(10)]
    dabs = [_tile(20 + number, 3 * number, 5, paint=(1, 2, *[0] * 62)) for number in range(4)]
    assert _ids([*full, *dabs], hold_out([*full, *dabs], (1, 2))) < set(range(10))
    assert len(hold_out([*full, *dabs], (1, 2), drawn=range(20, 24))) == 2, "though they were drawn at random"
    dabs += [_tile(30 + number, 3 * number, 9, paint=(1, 2, *[0] * 62)) for number in range(12)]
    assert _ids([*full, *dabs], hold_out([*full, *dabs], (1, 2))) & {tile.ref.tile_id for tile in dabs}


def test_slivers_that_an_earlier_round_held_out_stay_so_and_judge_no_more() -> None:
    """The fifth is reached without them."""
    tiles, slivers = _edged(), {4, 14, 24, 34, 44}
    split = split_tiles(tiles, (1, 2), {0, 1, 2, 3}, slivers, {})
    assert {tile.ref.tile_id for tile in split.held_out} > slivers
    judges = {tile.ref.tile_id for tile in split.judges}
    assert len(judges) == 4
    assert not judges & (slivers | {0, 1, 2, 3})


def test_a_neighbourhood_is_held_out_with_its_sliver() -> None:
    block = _block(20)
    pair = [_tile(1, 20), _sliver(2, 21, 0)]
    split = split_tiles([*block, *pair], (1, 2), (), (), {})
    assert {tile.ref.tile_id for tile in split.held_out} > {1, 2}
    assert 2 not in {tile.ref.tile_id for tile in split.judges}


def _accepted(tile: LabeledTile, rows: int) -> LabeledTile:
    """The first rows were accepted from a prediction."""
    provenance = tile.provenance.copy()
    provenance[:rows] = Provenance.ACCEPTED
    return replace(tile, provenance=provenance)


def test_what_was_accepted_from_a_prediction_judges_nobody() -> None:
    """It agrees with whoever made it: a round of suggestions had .79 by all its labels, .54 by those of a hand."""
    tiles = [_accepted(tile, rows=20) for tile in _block(10)]
    split = split_tiles(tiles, (1, 2), (), (), {})
    assert len(split.judges) == 2
    for judge in split.judges:
        assert (judge.labels[:20] == 0).all()
        assert (judge.labels[20:] > 0).all()
    assert all((tile.labels > 0).all() for tile in split.taught), "it teaches all the same"


def test_tiles_that_nobody_painted_by_hand_do_not_count() -> None:
    tiles = _block(8)
    assert hold_out(tiles, (1, 2))
    assert hold_out([*tiles[:4], *(_accepted(tile, rows=PX) for tile in tiles[4:])], (1, 2)) == ()
