"""All Tiles as a list to look through: which of them, and in what order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from operator import attrgetter
from pathlib import Path
from typing import Any

from core.project.records import RankedTile, SceneRecord, TileRecord, TileStatus
from core.project.spelling import folded

_PLACE = attrgetter("scene_id", "grid_row", "grid_column")
OPEN = frozenset(status for status in TileStatus if status.is_open)


class TileOrder(Enum):
    """How the list is sorted."""

    RANK = "rank"  # as in the Queue, then what has no place in the Ranking
    DOUBT = "doubt"  # the most doubtful first, the unknown last
    MAP = "map"  # Scene by Scene, row by row
    EDITED = "edited"  # what was edited last first, the never edited last


@dataclass(frozen=True)
class TileFilter:
    """What a Tile must fulfil to be listed; None and empty ask for nothing.

    `painted_value`: a label value that must have pixels on it, or 0 for nothing painted at all. `least_doubt`: 0…1; a
    Tile without a Prediction has none. `least_worth`: 0…1 of the highest score in the Ranking. `words`: each must occur
    in its Note or in the name of its Scene's file.
    """

    statuses: frozenset[TileStatus] | None = None
    scene_id: int | None = None
    painted_value: int | None = None
    regime: str | None = None
    least_doubt: float | None = None
    least_worth: float | None = None
    only_with_note: bool = False
    words: str = ""


@dataclass(frozen=True)
class TileFacts:
    """What is known of the Tiles; mappings by Tile id. `edited` holds those whose paint was ever changed, also the
    ones that are empty again, the latest last."""

    tiles: Mapping[int, TileRecord]
    scenes: Mapping[int, SceneRecord]
    ranking: Sequence[RankedTile] = ()
    painted: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    doubts: Mapping[int, float] = field(default_factory=dict)
    notes: Mapping[int, str] = field(default_factory=dict)
    edited: Mapping[int, Any] = field(default_factory=dict)


def list_tiles(facts: TileFacts, wanted: TileFilter, order: TileOrder) -> list[int]:
    """The ids of the Tiles that fulfil `wanted`, in `order`."""
    ids = list(facts.tiles)
    for fulfils in _conditions(facts, wanted):
        ids = [tile_id for tile_id in ids if fulfils(tile_id)]
    by_place = sorted((facts.tiles[tile_id] for tile_id in ids), key=_PLACE)  # of equals the one further up comes first
    values, last = _values(facts, order), float(len(facts.tiles))
    return sorted((tile.tile_id for tile in by_place), key=lambda tile_id: values.get(tile_id, last))


def _conditions(facts: TileFacts, wanted: TileFilter) -> list[Callable[[int], bool]]:
    """One for everything that is asked for."""
    found = [*_of_the_tile(facts, wanted), *_of_the_ranking(facts, wanted)]
    if wanted.only_with_note:
        found.append(facts.notes.__contains__)
    if wanted.words.strip():
        found.append(_mentions(facts, wanted.words))
    return found


def _of_the_tile(facts: TileFacts, wanted: TileFilter) -> Iterator[Callable[[int], bool]]:
    """Its status, Scene, paint and doubt."""
    tiles, painted, doubts = facts.tiles, facts.painted, facts.doubts
    statuses, scene_id, value, least = wanted.statuses, wanted.scene_id, wanted.painted_value, wanted.least_doubt
    if statuses is not None:
        yield lambda tile_id: tiles[tile_id].status in statuses
    if scene_id is not None:
        yield lambda tile_id: tiles[tile_id].scene_id == scene_id
    if value == 0:
        yield lambda tile_id: tile_id not in painted
    elif value is not None:
        yield lambda tile_id: value in painted.get(tile_id, ())
    if least is not None:
        yield lambda tile_id: doubts.get(tile_id, -1.0) >= least


def _of_the_ranking(facts: TileFacts, wanted: TileFilter) -> Iterator[Callable[[int], bool]]:
    """What the Ranking says of it."""
    if wanted.regime is not None:
        yield {ranked.tile_id for ranked in facts.ranking if ranked.regime == wanted.regime}.__contains__
    if wanted.least_worth is not None:
        least_score = wanted.least_worth * max((ranked.score for ranked in facts.ranking), default=0.0)
        yield {ranked.tile_id for ranked in facts.ranking if ranked.score >= least_score > 0}.__contains__


def _mentions(facts: TileFacts, words: str) -> Callable[[int], bool]:
    """Whether every word is in the Tile's Note or in the name of its Scene; upper and lower case alike."""
    wanted = folded(words).split()
    names = {scene_id: folded(Path(scene.path).name) for scene_id, scene in facts.scenes.items()}

    def mentions(tile_id: int) -> bool:
        known = f"{folded(facts.notes.get(tile_id, ''))}\n{names[facts.tiles[tile_id].scene_id]}"
        return all(word in known for word in wanted)

    return mentions


def _values(facts: TileFacts, order: TileOrder) -> dict[int, float]:
    """What the Tiles are sorted by, the least first; those without a value come last."""
    if order is TileOrder.RANK:
        return {ranked.tile_id: float(place) for place, ranked in enumerate(facts.ranking)}
    if order is TileOrder.DOUBT:
        return {tile_id: -doubt for tile_id, doubt in facts.doubts.items()}
    if order is TileOrder.EDITED:
        return {tile_id: float(-place) for place, tile_id in enumerate(facts.edited)}
    return {}
