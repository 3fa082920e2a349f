"""Areas of one value, outlined along pixel edges. Strips of a Scene go in, whole areas come out: no seam shows where
strips or Tiles meet, and memory is bounded by a strip and the outlines of what is not complete yet.

An area is what hangs together over edges, not corners. Outlines are found as the corners of areas: in each row of
corners every two make a horizontal edge, in each column every two a vertical one.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

_CHUNK_PX = 1 << 17  # looked at at once
_LEFT, _RIGHT = 0, 1
_UP, _DOWN = 0, 1


class Strip(NamedTuple):
    """Rows of a Scene from `top` on. `codes` is unsigned (rows, columns), 0 where there is no area."""

    top: int
    codes: NDArray[np.unsignedinteger[Any]]


@dataclass(frozen=True)
class Area:
    """Connected pixels of one code. `rings` are (n, 2) int32, column and row of every corner, not closed: the outer
    ring runs counter-clockwise where rows go up on the map, as they mostly do not in a file, then the holes clockwise.
    """

    code: int
    pixels: int
    rings: tuple[NDArray[np.int32], ...]

    @property
    def centre(self) -> tuple[float, float]:
        """The centre of gravity, (x, y) in pixels."""
        x = y = 0.0
        for ring in self.rings:  # in whole numbers, which stay exact
            here, there = ring.astype(np.int64), np.roll(ring, -1, axis=0).astype(np.int64)
            cross = here[:, 0] * there[:, 1] - there[:, 0] * here[:, 1]
            sums = ((here + there) * cross[:, None]).sum(axis=0)
            x, y = x + float(sums[0]), y + float(sums[1])
        return -x / (6 * self.pixels), -y / (6 * self.pixels)  # outer rings have a negative area, rows going down


def outlined(strips: Iterable[Strip], check: Callable[[], None], left: int = 0) -> Iterator[Area]:
    """The areas in `strips`, which are all of one width, begin at the Scene's column `left`, and go down the Scene;
    they may leave rows out. An area comes as soon as it is complete; `check` is called between parts of a strip.
    """
    outliner: _Outliner | None = None
    for strip in strips:
        if outliner is None or outliner.row != strip.top:
            if outliner is not None:
                yield from outliner.end()
            outliner = _Outliner(strip.codes.shape[1], strip.top, left)
        rows = max(_CHUNK_PX // max(strip.codes.shape[1], 1), 1)
        for first in range(0, len(strip.codes), rows):
            check()
            yield from outliner.add(strip.codes[first : first + rows])
    if outliner is not None:
        yield from outliner.end()


class _Corners(NamedTuple):
    """Corners of areas: which area, where, and to which sides its two edges leave. One array entry a corner."""

    area: NDArray[np.int32]
    row: NDArray[np.int32]
    column: NDArray[np.int32]
    across: NDArray[np.int8]  # _LEFT or _RIGHT: where the horizontal edge goes
    along: NDArray[np.int8]  # _UP or _DOWN: where the vertical one goes

    def chosen(self, which: NDArray[Any]) -> _Corners:
        return _Corners(*(part[which] for part in self))


class _Outliner:
    """Goes down a Scene. Areas are numbered from 0; `row` is the next one. An area stays open while it reaches the last
    row that was seen."""

    def __init__(self, width: int, row: int, left: int) -> None:
        self.row = row
        self._left = left
        self._last_codes = np.zeros(width, np.uint32)
        self._last_areas = np.full(width, -1, np.int32)
        self._codes = np.zeros(0, np.uint32)  # of each open area
        self._pixels = np.zeros(0, np.int64)
        none = np.zeros(0, np.int32)
        self._corners = _Corners(none, none, none, none.astype(np.int8), none.astype(np.int8))

    def add(self, codes: NDArray[np.unsignedinteger[Any]]) -> Iterator[Area]:
        """The areas that end above the last of these rows."""
        codes = codes.astype(np.uint32)
        areas = self._number(codes)
        found = _corners(np.vstack([self._last_codes, codes]), np.vstack([self._last_areas, areas]))
        placed = found._replace(row=found.row + self.row, column=found.column + self._left)
        self._corners = _joined([self._corners, placed])
        self.row += len(codes)
        self._last_codes, self._last_areas = codes[-1], areas[-1]
        yield from self._take_complete()

    def end(self) -> Iterator[Area]:
        """All that is still open; the Scene ends here, or rows are left out."""
        yield from self.add(np.zeros((1, len(self._last_codes)), np.uint32))

    def _number(self, codes: NDArray[np.uint32]) -> NDArray[np.int32]:
        """The area of every pixel of new rows, int32, -1 for none; open areas that these rows join become one."""
        from skimage.measure import label  # here: a library that no window should wait for

        local, count = label(codes, background=0, connectivity=1, return_num=True)  # type: ignore[no-untyped-call]
        areas = np.where(local > 0, local - 1 + len(self._codes), -1).astype(np.int32)
        inside = areas >= 0
        self._codes = np.concatenate([self._codes, np.zeros(count, np.uint32)])
        self._codes[areas[inside]] = codes[inside]
        self._pixels = np.concatenate([self._pixels, np.zeros(count, np.int64)])
        self._pixels += np.bincount(areas[inside], minlength=len(self._codes))
        joined = (codes[0] == self._last_codes) & (codes[0] != 0)
        return self._join(self._last_areas[joined], areas[0][joined], areas)

    def _join(self, above: NDArray[np.int32], below: NDArray[np.int32], areas: NDArray[np.int32]) -> NDArray[np.int32]:
        """Make one of the areas that meet, `above` and `below`; `areas` with the numbers that all have from then on."""
        from scipy.sparse import coo_array
        from scipy.sparse.csgraph import connected_components

        total = len(self._codes)
        meeting = np.unique(np.stack([above, below]), axis=1)
        graph = coo_array((np.ones(meeting.shape[1], np.int8), (meeting[0], meeting[1])), shape=(total, total))
        roots, new = connected_components(graph, directed=False)
        codes, pixels = self._codes, self._pixels
        self._codes, self._pixels = np.zeros(roots, np.uint32), np.zeros(roots, np.int64)
        self._codes[new] = codes
        np.add.at(self._pixels, new, pixels)
        new = np.append(new, -1).astype(np.int32)  # the last for what is in no area
        self._corners = self._corners._replace(area=new[self._corners.area])
        self._last_areas = new[self._last_areas]
        numbered: NDArray[np.int32] = new[areas]
        return numbered

    def _take_complete(self) -> Iterator[Area]:
        is_open = np.zeros(len(self._codes), bool)
        is_open[self._last_areas[self._last_areas >= 0]] = True
        complete = self._corners.chosen(~is_open[self._corners.area])
        codes, pixels = self._codes, self._pixels
        renumbered = np.cumsum(is_open, dtype=np.int32) - np.int32(1)
        kept = self._corners.chosen(is_open[self._corners.area])
        self._corners = kept._replace(area=renumbered[kept.area])
        self._last_areas = np.append(np.where(is_open, renumbered, np.int32(-1)), np.int32(-1))[self._last_areas]
        self._codes, self._pixels = codes[is_open], pixels[is_open]
        for area, rings in _rings(complete):
            yield Area(int(codes[area]), int(pixels[area]), rings)


def _corners(codes: NDArray[np.uint32], areas: NDArray[np.int32]) -> _Corners:
    """The corners between each two rows, (rows, columns) both; a corner's row is that of the upper two pixels."""
    codes = np.pad(codes, ((0, 0), (1, 1)))
    areas = np.pad(areas, ((0, 0), (1, 1)), constant_values=-1)
    nw, ne, sw, se = codes[:-1, :-1], codes[:-1, 1:], codes[1:, :-1], codes[1:, 1:]
    rows, columns = np.nonzero(((nw != ne) | (sw != se)) & ((nw != sw) | (ne != se)))
    places = rows.astype(np.int32), columns.astype(np.int32)
    quads = {(y, x): (codes[rows + y, columns + x], areas[rows + y, columns + x]) for y in (0, 1) for x in (0, 1)}
    return _joined([_corners_at(quads, *places, y, x) for y, x in quads])


def _corners_at(
    quads: Mapping[tuple[int, int], tuple[NDArray[np.uint32], NDArray[np.int32]]],
    row: NDArray[np.int32], column: NDArray[np.int32], y: int, x: int,
) -> _Corners:  # fmt: skip
    """Of corners between four pixels each, given as their codes and areas, those whose edges leave towards the pixel
    (y, x): it is an area's outermost there, or lies in the notch of another."""
    code, area = quads[y, x]
    beside, beside_area = quads[y, 1 - x]
    below, beyond = quads[1 - y, x][0], quads[1 - y, 1 - x][0]
    outward = (code != beside) & (code != below) & (code != 0)
    inward = (beside == below) & (beside == beyond) & (beside != code) & (beside != 0)
    at = np.flatnonzero(outward | inward)
    owner = np.where(outward, area, beside_area)[at]
    if (outward & inward).any():  # a pixel in the notch of another area: a corner of both
        both = np.flatnonzero(outward & inward)
        at, owner = np.concatenate([at, both]), np.concatenate([owner, beside_area[both]])
    return _Corners(owner, row[at], column[at], np.full(len(at), x, np.int8), np.full(len(at), y, np.int8))


def _joined(parts: Sequence[_Corners]) -> _Corners:
    columns: list[Any] = list(zip(*parts, strict=True))
    return _Corners(*(np.concatenate(column) for column in columns))


def _rings(corners: _Corners) -> Iterator[tuple[int, tuple[NDArray[np.int32], ...]]]:
    """Each area with its rings, the outer one first: the one with the area's first corner from the top left."""
    corners = corners.chosen(np.lexsort((corners.across, corners.column, corners.row, corners.area)))
    area, row, column, _, along = corners
    same = (area[1:] == area[:-1]) & (row[1:] == row[:-1]) & (column[1:] == column[:-1])
    twice = np.flatnonzero(same)  # an area that touches itself at a corner: its outline goes round the gaps, not across
    along[twice], along[twice + 1] = along[twice + 1], along[twice]
    in_columns = np.lexsort((along, row, column, area))
    across = np.empty(len(area), np.int64)  # the other end of each corner's vertical edge
    across[in_columns[0::2]], across[in_columns[1::2]] = in_columns[1::2], in_columns[0::2]
    places = np.stack([column, row], axis=1)
    yield from _followed(across.data, area.data, places)


def _followed(
    vertical: memoryview, area: memoryview, places: NDArray[np.int32]
) -> Iterator[tuple[int, tuple[NDArray[np.int32], ...]]]:
    """Go round: a vertical edge, then the horizontal one, whose ends are neighbours in the corners' order. An area may
    have millions of corners: as lists of Python's numbers they would take five times the memory."""
    seen = bytearray(len(area))
    rings: list[NDArray[np.int32]] = []
    for start in range(len(area)):
        if rings and area[start] != area[start - 1]:
            yield area[start - 1], tuple(rings)
            rings = []
        if seen[start]:
            continue
        ring = array("q")
        at = start
        while not seen[at]:
            other = vertical[at]
            seen[at] = seen[other] = 1
            ring.append(at)
            ring.append(other)
            at = other ^ 1
        corners = places[np.frombuffer(ring, np.int64)]
        rings.append(corners[::-1] if rings else corners)
    if rings:
        yield area[-1], tuple(rings)
