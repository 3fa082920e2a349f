"""Which tiles lie where, and the lines of their grid: against a look at every tile."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtGui import QImage, QPainter

from core.geometry import Rect
from core.imagery.grid import cut_grid
from core.project.records import TileRecord
from gui.canvas.tile_index import TileIndex
from gui.main_window import MainWindow
from tests.core.projects import make_project, write_scene

Until = Callable[[Callable[[], object]], None]
SIDE = 16


def tiles_of(sizes: list[tuple[int, int]], left_out: set[int]) -> dict[int, TileRecord]:
    """Those of scenes of these sizes, numbered from 1, but for some."""
    found: dict[int, TileRecord] = {}
    for scene_id, size in enumerate(sizes, start=1):
        for column, row, rect in cut_grid(*size, SIDE):
            tile_id = 100 * scene_id + len(found)
            found[tile_id] = TileRecord(tile_id, scene_id, column, row, rect, 1.0)
    kept = [tile for number, tile in enumerate(found.values()) if number not in left_out]
    return {tile.tile_id: tile for tile in kept}


sizes = st.lists(st.tuples(st.integers(1, 90), st.integers(1, 90)), min_size=1, max_size=3)
rects = st.builds(Rect, st.integers(-40, 100), st.integers(-40, 100), st.integers(0, 120), st.integers(0, 120))


@given(sizes, st.sets(st.integers(0, 60)), rects, st.sets(st.integers(0, 60)))
def test_tiles_within_a_part(scenes: list[tuple[int, int]], left_out: set[int], asked: Rect, some: set[int]) -> None:
    tiles = tiles_of(scenes, left_out)
    index = TileIndex(tiles, SIDE)
    among = {tile_id for number, tile_id in enumerate(tiles) if number in some}
    position = asked.x + 0.5, asked.y + 0.5
    for scene_id in range(len(scenes) + 2):
        part = asked.intersect(Rect(0, 0, *(scenes[scene_id - 1] if 0 < scene_id <= len(scenes) else (90, 90))))
        of_scene = [tile for tile in tiles.values() if tile.scene_id == scene_id]
        there = [tile for tile in of_scene if not tile.rect.intersect(part).is_empty]
        assert index.within(scene_id, part) == there, "row by row"
        assert sorted(index.within(scene_id, part, among)) == [t for t in there if t.tile_id in among]
        assert index.at(scene_id, *position) == next((t.tile_id for t in of_scene if t.rect.contains(*position)), None)


@given(sizes, st.sets(st.integers(0, 60)))
def test_the_grids_lines_are_the_upper_and_left_edges_of_all_tiles(
    scenes: list[tuple[int, int]], left_out: set[int]
) -> None:
    tiles = tiles_of(scenes, left_out)
    index = TileIndex(tiles, SIDE)
    for scene_id, (width, height) in enumerate(scenes, start=1):
        expected, drawn = np.zeros((2, 112, 112), bool), np.zeros((2, 112, 112), bool)
        for tile in (tile for tile in tiles.values() if tile.scene_id == scene_id):
            x, y = tile.rect.x, tile.rect.y
            expected[0, y, x : x + SIDE] = expected[1, y : y + SIDE, x] = True
        lines = list(index.edges(scene_id, Rect(0, 0, width, height)))
        for x, y, x2, y2 in lines:
            across = y == y2
            assert across or x == x2
            drawn[0 if across else 1, y : max(y2, y + 1), x : max(x2, x + 1)] = True
        np.testing.assert_array_equal(drawn, expected)
        if not left_out:
            assert len(lines) == -(-width // SIDE) + -(-height // SIDE), "one line for all that lie in a row"


def test_a_look_at_all_of_a_scene_costs_what_there_is_to_see(
    window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A scene of 100,000 pixels a side has 150,000 tiles: no frame may go through all of them."""
    window.open_project(make_project(tmp_path, [write_scene(tmp_path / "s.tif", 6400, 3200)]))
    workspace = window.workspace
    assert workspace is not None
    canvas = workspace.canvas
    until(lambda: canvas.active is not None)
    assert len(workspace.session.tiles) == 5000
    asked: list[int] = []
    intersect = Rect.intersect

    def counted(one: Rect, other: Rect) -> Rect:
        asked.append(1)
        return intersect(one, other)

    canvas.fit_scene()
    image = QImage(canvas.size(), QImage.Format.Format_RGB32)
    painter = QPainter(image)
    monkeypatch.setattr(Rect, "intersect", counted)
    to_widget = type(canvas.viewport).to_widget
    monkeypatch.setattr(type(canvas.viewport), "to_widget", lambda *all: asked.append(1) or to_widget(*all))
    canvas._painter.draw(painter, canvas.rect())
    painter.end()
    assert len(asked) < 1000
