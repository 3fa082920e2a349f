"""The grid is a partition of the Scene, and knows how much of each tile is valid."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.geometry import Rect
from core.imagery.files import SceneInfo
from core.imagery.grid import cut_grid, suggest_tile_px, valid_shares
from core.imagery.scene import open_scene
from tests.core.imagery_files import ramp, write_raster


@given(st.integers(1, 300), st.integers(1, 300), st.integers(1, 320))
def test_every_pixel_is_in_exactly_one_tile(width: int, height: int, tile_px: int) -> None:
    count = np.zeros((height, width), np.uint8)
    tiles = cut_grid(width, height, max(tile_px, min(width, height) // 12, 1))
    for tile in tiles:
        assert tile.rect.intersect(Rect(0, 0, width, height)) == tile.rect
        assert not tile.rect.is_empty
        count[tile.rect.slices] += 1
    assert (count == 1).all()
    assert len({(tile.column, tile.row) for tile in tiles}) == len(tiles)


def test_a_tile_size_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="tile_px"):
        cut_grid(10, 10, 0)


def _info(width: int, height: int) -> SceneInfo:
    return SceneInfo("x.tif", width, height, 3, "uint8")


@pytest.mark.parametrize(
    ("sizes", "expected"),
    [
        ([(6000, 6000)], 256),
        ([(640, 640)] * 3, 640),
        ([(256, 256)], 256),
        ([(640, 480), (768, 100)], 768),
        ([(640, 640), (9000, 9000)], 256),
        ([(1, 1)], 64),
        ([], 256),
    ],
)
def test_the_suggested_tile_fits_the_scenes(sizes: list[tuple[int, int]], expected: int) -> None:
    assert suggest_tile_px([_info(*size) for size in sizes]) == expected


def test_valid_shares_follow_the_nodata_edge(tmp_path: Path) -> None:
    data = ramp(2, 200, 300)
    data[:, :, :96] = 0
    data[:, 150:, :] = 0
    with open_scene(write_raster(tmp_path / "x.tif", data, nodata=0)) as scene:
        tiles = cut_grid(300, 200, 64)
        shares = valid_shares(scene, tiles)
        for tile, share in zip(tiles, shares, strict=True):
            rows, columns = tile.rect.slices
            assert share == pytest.approx((data[0, rows, columns] > 0).mean(), abs=0.06)
        some = [tiles[7], tiles[2]]  # any subset, in any order
        np.testing.assert_allclose(valid_shares(scene, some), shares[[7, 2]], atol=0.06)


@pytest.mark.parametrize("tile_px", [25, 64, 100])
def test_shares_do_not_depend_on_how_the_file_is_cut_into_blocks(tmp_path: Path, tile_px: int) -> None:
    data = np.random.default_rng(0).integers(0, 2, (2, 330, 300), dtype=np.uint8)
    tiles, found = cut_grid(300, 330, tile_px), []
    for side in (16, 128, 512):
        path = write_raster(tmp_path / f"{side}.tif", data, nodata=0, tiled=True, blockxsize=side, blockysize=side)
        with open_scene(path) as scene:
            found.append(valid_shares(scene, tiles))
    np.testing.assert_array_equal(found[1], found[0])
    np.testing.assert_array_equal(found[2], found[0])


def test_a_scene_that_is_valid_everywhere_is_not_read(tmp_path: Path) -> None:
    with open_scene(write_raster(tmp_path / "x.tif", ramp(1, 40, 40, "uint8"))) as scene:
        tiles = cut_grid(40, 40, 32)
        scene.close()  # a read would fail
        np.testing.assert_array_equal(valid_shares(scene, tiles), 1.0)
        outside = [tiles[0]._replace(rect=Rect(24, 0, 32, 32))]
        assert valid_shares(scene, outside)[0] == pytest.approx(0.5)
        assert replace(scene.info, nodata=0.0) != scene.info
