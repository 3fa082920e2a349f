"""Which Tiles are held out of a training whole, and which of them judge it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.imagery.files import SceneInfo
from core.labels.snapshot import LabeledTile, shuffled
from core.learning.calibration import FEWEST_TO_JUDGE
from core.learning.dataset import count_labels
from core.learning.intervals import FEWEST_TILES
from core.learning.joining import joining_pairs, which_join
from core.learning.scoring import which_count

_SHARE = 0.2
_MOST_TILES = 40
_KEPT_SHARE = 0.5  # of each class's pixels that training keeps whatever happens
_NOWHERE: Mapping[str, SceneInfo] = MappingProxyType({})


def hold_out(
    tiles: Sequence[LabeledTile],
    class_values: Sequence[int],
    trained_before: Collection[int] = (),
    held_out_before: Collection[int] = (),
    infos: Mapping[str, SceneInfo] = _NOWHERE,
    drawn: Collection[int] = (),
) -> tuple[int, ...]:
    """Positions in `tiles` of those to validate on, whole; () where fewer than five Tiles count (`which_count`, by what
    was painted by hand).

    About a fifth of those that count; the others are held out only with their neighbourhood, or because they were
    before. Tiles held out before stay so, Tiles that an earlier round trained on never become validation
    (the model goes on from that round). Those that were `drawn` at random come first, wherever they lie, and one of
    them though the fifth be full: once learned from they could never judge again, and a score on what was chosen says
    little of the field. Of the others whole neighbourhoods are chosen, so that as few Tiles as possible that are
    trained on join one that is held out (`infos` as in `which_join`); among equals the order depends on nothing but
    their ids. No Class loses more than half of its pixels or its last training Tile; when there is only just room for
    the Classes that are not held out yet, these come first.
    """
    refs, pixels = [tile.ref for tile in tiles], count_labels(tiles, class_values)
    counting = _which_judge(tiles, class_values)
    wanted = min(round(int(counting.sum()) * _SHARE), _MOST_TILES)
    if counting.sum() < FEWEST_TILES:
        return ()
    ids = [ref.tile_id for ref in refs]
    choice = _Choice(pixels, counting, joining_pairs(refs, infos), ids)
    free = np.array([tile_id not in trained_before for tile_id in ids], np.bool_)
    earlier = np.array([tile_id in held_out_before for tile_id in ids], np.bool_)
    at_random = np.array([tile_id in drawn for tile_id in ids], np.bool_)
    steps = ((free & earlier, _MOST_TILES, 0), (free & at_random, wanted + 1, 1), (free, wanted, 1))
    for allowed, most, least in steps:
        while (room := most - int((choice.chosen & counting).sum())) > 0 and choice.add(allowed, least, room):
            pass
    return tuple(np.flatnonzero(choice.chosen).tolist())


def _which_judge(tiles: Sequence[LabeledTile], class_values: Sequence[int]) -> NDArray[np.bool_]:
    by_hand = count_labels([tile.by_hand() for tile in tiles], class_values)
    return which_count([tile.ref for tile in tiles], by_hand.sum(axis=1))


class _Choice:
    """What is held out while it is being chosen, `chosen` (n,) bool. It is chosen by units: single Tiles, and
    neighbourhoods, which are all Tiles that hang together by joining."""

    def __init__(
        self, counts: NDArray[np.int64], counting: NDArray[np.bool_],
        pairs: tuple[NDArray[np.int64], NDArray[np.int64]], ids: Sequence[int],
    ) -> None:  # fmt: skip
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        n = len(ids)
        self.chosen = np.zeros(n, np.bool_)
        self._counts, self._counting, self._pairs = counts, counting, pairs
        joined = coo_matrix((np.ones(len(pairs[0]), np.bool_), pairs), (n, n))
        self._group_count, self._group = connected_components(joined, directed=False)
        self._rank = np.empty(n, np.int64)
        order = sorted(range(n), key=lambda number: shuffled(ids[number]))
        self._rank[order] = np.arange(n)

    def add(self, allowed: NDArray[np.bool_], least: int, room: int) -> bool:
        """Hold out the best unit with `least` to `room` Tiles that count, all `allowed`; False where there is none."""
        counts = self._of_units(self._counts)
        possible = self._possible(counts, allowed, least, room)
        if not possible.any():
            return False
        brings = self._brings(counts, possible, room)
        best = np.lexsort((self._ranks(), self._newly_joining(), -brings, ~possible))[0]
        self.chosen |= np.arange(len(self.chosen)) == best if best < len(self.chosen) else self._members(best)
        return True

    def _of_units(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """Of (n,) or (n, K) values of the Tiles those of the units: a row for each single Tile, then the sum over what
        is left of each neighbourhood."""
        left = ~self.chosen if values.ndim == 1 else ~self.chosen[:, None]
        return np.concatenate([values.astype(np.int64), self._in_groups(values * left)])

    def _possible(
        self, counts: NDArray[np.int64], allowed: NDArray[np.bool_], least: int, room: int
    ) -> NDArray[np.bool_]:
        """Whether each unit, with those `counts`, may be held out."""
        whole = self._in_groups(~(allowed | self.chosen)) == 0
        size = self._of_units(self._counting)
        possible = np.concatenate([allowed & ~self.chosen, whole]) & (size >= least) & (size <= room)
        return np.asarray(possible & self._leaves_enough(counts) & (counts.sum(axis=1) > 0))

    def _leaves_enough(self, counts: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether without the unit half of each Class's pixels are still learned from, and one Tile that has it."""
        painted, total = self._counts > 0, self._counts.sum(axis=0)
        keeps = self._counts[~self.chosen].sum(axis=0) - counts >= _KEPT_SHARE * total
        keeps &= painted[~self.chosen].sum(axis=0) - self._of_units(painted) >= 1
        return np.asarray((keeps | (total == 0)).all(axis=1))

    def _brings(self, counts: NDArray[np.int64], possible: NDArray[np.bool_], room: int) -> NDArray[np.int64]:
        """How many of the Classes that are not held out yet each unit has; 0 as long as there is more than just room
        for them."""
        held_out = self._counts[self.chosen].sum(axis=0)
        lacks = (held_out < FEWEST_TO_JUDGE) & (counts[possible] >= FEWEST_TO_JUDGE).any(axis=0)
        if room > lacks.sum():
            return np.zeros(len(counts), np.int64)
        return np.asarray((counts[:, lacks] >= FEWEST_TO_JUDGE).sum(axis=1))

    def _members(self, unit: np.int64) -> NDArray[np.bool_]:
        return np.asarray(self._group == unit - len(self.chosen))

    def _in_groups(self, values: NDArray[Any]) -> NDArray[np.int64]:
        """The sums over each neighbourhood of (n,) or (n, K) values."""
        sums = np.zeros((self._group_count, *values.shape[1:]), np.int64)
        np.add.at(sums, self._group, values)
        return sums

    def _ranks(self) -> NDArray[np.int64]:
        of_groups = np.full(self._group_count, len(self._rank))
        np.minimum.at(of_groups, self._group, self._rank)
        return np.concatenate([self._rank, of_groups])

    def _newly_joining(self) -> NDArray[np.int64]:
        """For each unit, how many more of the Tiles that are left would join one that is held out."""
        first, second = self._pairs
        joins = np.zeros_like(self.chosen)
        joins[second[self.chosen[first]]] = True
        joins &= ~self.chosen
        newly = np.bincount(first[~joins[second] & ~self.chosen[second]], minlength=len(self.chosen)) - joins
        return np.concatenate([newly, -self._in_groups(joins)])


@dataclass(frozen=True)
class Split:
    """The Tiles of a training: those it learns from, those held out, and of these the ones that judge. Of the judges
    `joining` join a Tile that it learns from: there were too few that lie apart."""

    taught: tuple[LabeledTile, ...]
    held_out: tuple[LabeledTile, ...]
    judges: tuple[LabeledTile, ...]
    joining: int


def split_tiles(
    tiles: Sequence[LabeledTile],
    class_values: Sequence[int],
    trained_before: Collection[int],
    held_out_before: Collection[int],
    infos: Mapping[str, SceneInfo],
    drawn: Collection[int] = (),
) -> Split:
    """As `hold_out` says. Of those held out the ones that count judge, by their paint without what was accepted from a
    prediction: that agrees with whoever made it. Where five of them lie apart from all that is learned from, and have
    enough of every Class that is held out, they alone."""
    chosen = set(hold_out(tiles, class_values, trained_before, held_out_before, infos, drawn))
    taught = tuple(tile for number, tile in enumerate(tiles) if number not in chosen)
    held_out = tuple(tile for number, tile in enumerate(tiles) if number in chosen)
    counting = _which_judge(tiles, class_values)
    judges = tuple(tile.by_hand() for number, tile in enumerate(tiles) if number in chosen and counting[number])
    joins = which_join([tile.ref for tile in judges], [tile.ref for tile in taught], infos)
    apart = tuple(tile for tile, touches in zip(judges, joins, strict=True) if not touches)
    enough = np.minimum(count_labels(judges, class_values).sum(axis=0), FEWEST_TO_JUDGE)
    if len(apart) >= FEWEST_TILES and (count_labels(apart, class_values).sum(axis=0) >= enough).all():
        return Split(taught, held_out, apart, 0)
    return Split(taught, held_out, judges, int(joins.sum()))
