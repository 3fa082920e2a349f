"""Which Tiles join: touch in their Scene, or on the map where Scenes overlap or are the pieces of a mosaic.

Neighbours show the same field in the same light: to judge a model on one that has learned from the other flatters it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect, TileRef
from core.imagery.files import SceneInfo
from core.imagery.georeference import Box, Georeference, map_box

_PAIRS_AT_ONCE = 200_000  # of Tiles that are compared: a few MB


class _Maps:
    """Numbers of Scenes and of the maps that they lie on. Scenes of one coordinate system lie on its map; where there
    are several systems, all that are somewhere on Earth on one in degrees. A Scene without a place has one of its own.
    """

    def __init__(self, infos: Mapping[str, SceneInfo]) -> None:
        self.scenes = {path: number for number, path in enumerate(infos)}
        self._infos = infos
        self._numbers: dict[object, int] = {}
        several = len({info.crs_wkt for info in infos.values() if info.transform}) > 1
        self._on_earth = {path: Georeference(info) for path, info in infos.items() if several and info.transform}

    def place(self, rect: Rect, path: str) -> tuple[int, Box]:
        """The number of the map, and the box round `rect` on it."""
        info, degrees = self._infos[path], None
        if path in self._on_earth:
            degrees = self._on_earth[path].box_in_degrees(rect)
        name = "degrees" if degrees is not None else (info.crs_wkt,) if info.transform else (path, "")
        return self._numbers.setdefault(name, len(self._numbers)), degrees or map_box(rect, info.transform)


class _Footprints(NamedTuple):
    """Of n Tiles: Scene and map by number, and boxes (n, 4) in the Scene and on the map: least x and y, largest."""

    scene: NDArray[np.int64]
    map: NDArray[np.int64]
    pixels: NDArray[np.float64]
    outline: NDArray[np.float64]

    @staticmethod
    def of(refs: Sequence[TileRef], maps: _Maps, margin_px: int) -> _Footprints:
        rects = [ref.rect.grown(margin_px) for ref in refs]
        found = [maps.place(rect, ref.scene_path) for rect, ref in zip(rects, refs, strict=True)]
        return _Footprints(
            np.array([maps.scenes[ref.scene_path] for ref in refs]),
            np.array([number for number, _ in found]),
            np.array([(rect.x, rect.y, rect.right, rect.bottom) for rect in rects], np.float64).reshape(-1, 4),
            np.array([box for _, box in found]).reshape(-1, 4),
        )


def which_join(refs: Sequence[TileRef], others: Sequence[TileRef], infos: Mapping[str, SceneInfo]) -> NDArray[np.bool_]:
    """Which of `refs` touch any of `others`, corners included: in their Scene, or on the map, where Scenes overlap or
    are the pieces of a mosaic. `infos` by the Scene's path; one that is not among them touches only itself."""
    return np.concatenate([np.zeros(0, np.bool_), *(part.any(axis=1) for part in _compared(refs, others, infos))])


def joining_pairs(
    refs: Sequence[TileRef], infos: Mapping[str, SceneInfo]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """All pairs of `refs` that touch, by their numbers, each pair both ways round."""
    firsts, seconds, begin = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    for part in _compared(refs, refs, infos):
        first, second = np.nonzero(part)
        firsts.append(first + begin)
        seconds.append(second)
        begin += len(part)
    first, second = np.concatenate(firsts), np.concatenate(seconds)
    return first[first != second], second[first != second]


def map_centres(refs: Sequence[TileRef], infos: Mapping[str, SceneInfo]) -> NDArray[np.float64]:
    """(n, 2): the middle of each, on the map on which it joins others. Tiles that hang together lie on one map."""
    box = _Footprints.of(refs, _maps_of(refs, infos), 0).outline
    return (box[:, :2] + box[:, 2:]) / 2


def _maps_of(refs: Sequence[TileRef], infos: Mapping[str, SceneInfo]) -> _Maps:
    paths = dict.fromkeys(ref.scene_path for ref in refs)
    return _Maps({path: infos.get(path) or SceneInfo(path, 0, 0, 0, "uint8") for path in paths})


def _compared(
    refs: Sequence[TileRef], others: Sequence[TileRef], infos: Mapping[str, SceneInfo]
) -> Iterator[NDArray[np.bool_]]:
    """(n, m) bool, some of `refs` after the other: which touch which of `others`."""
    maps = _maps_of((*refs, *others), infos)
    theirs = _Footprints.of(others, maps, 0)
    few = max(_PAIRS_AT_ONCE // max(len(others), 1), 1)
    for begin in range(0, len(refs), few):
        yield _touching(_Footprints.of(refs[begin : begin + few], maps, 1), theirs)


def _touching(mine: _Footprints, theirs: _Footprints) -> NDArray[np.bool_]:
    """(n, m) bool: which of `mine` share area with which of `theirs`."""
    return np.where(
        mine.scene[:, None] == theirs.scene,
        _overlap(mine.pixels, theirs.pixels),
        (mine.map[:, None] == theirs.map) & _overlap(mine.outline, theirs.outline),
    )


def _overlap(some: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which boxes (n, 4) share area with which (m, 4): (n, m)."""
    low = np.maximum(some[:, None, :2], others[:, :2])
    high = np.minimum(some[:, None, 2:], others[:, 2:])
    return np.asarray((low < high).all(axis=2))
