"""Every odd file that people have sent to other programs opens right, or is refused in one clear sentence."""

from __future__ import annotations

import csv
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from core.errors import SceneError
from core.geometry import Rect, TileRef
from core.imagery.composites import composites_for
from core.imagery.display import measure_stretch, render
from core.imagery.georeference import Georeference
from core.imagery.grid import cut_grid, suggest_tile_px, valid_shares
from core.imagery.interpretation import Interpretation, guess_interpretation
from core.imagery.reader import TileReader
from core.imagery.scene import open_scene
from core.imagery.statistics import measure_statistics
from tests.data import real_data


def _odd(name: str) -> Path:
    return real_data("odd") / name


def _names() -> list[tuple[str, str]]:
    try:
        with (real_data("odd") / "MANIFEST.csv").open() as file:
            rows = list(csv.DictReader(file))
    except pytest.skip.Exception:
        return [("MANIFEST.csv", "absent")]
    return [(row["file"], row["expected_behaviour"]) for row in rows if row["file"].endswith(".tif")]


@pytest.mark.parametrize(("name", "expected"), _names())
def test_every_odd_file(name: str, expected: str) -> None:
    path = _odd(name)
    if expected == "fail with message":
        with pytest.raises(SceneError) as caught:
            open_scene(path)
        assert name in str(caught.value)
        assert caught.value.remedy.template
        assert "Error" not in str(caught.value)
        return
    with open_scene(path) as scene:
        info = scene.info
        guess = guess_interpretation(info, scene)
        assert Interpretation.from_json(guess.to_json()) == guess
        Georeference(info).to_degrees(info.width / 2, info.height / 2)
        tiles = cut_grid(info.width, info.height, suggest_tile_px([info]))
        shares = valid_shares(scene, tiles, guess)
        assert shares.max() > 0
        statistics = measure_statistics([scene], guess)
        reader = TileReader(guess, statistics)
        tile = reader.read(TileRef(1, str(path), tiles[int(shares.argmax())].rect), margin_px=8)
        assert np.isfinite(tile.values).all()
        assert tile.valid.any()
        scale = max(info.width, info.height, 256) / 256
        size = max(round(info.height / scale), 1), max(round(info.width / scale), 1)
        for composite in composites_for(guess):
            pixels = scene.read(info.rect, *size, composite.band_indexes, interpretation=guess, smooth=True)
            stretch = measure_stretch(pixels.values, pixels.valid, composite=composite)
            shown = render(pixels.values, pixels.valid, composite, stretch)
            assert composite.formula is not None or shown[pixels.valid].any()
            assert not shown[~pixels.valid].any()
        reader.close()


def test_a_gigantic_scene_costs_no_more_than_it_shows() -> None:
    tracemalloc.start()
    try:
        with open_scene(_odd("rt_world_36000x18000.tif")) as scene:
            pixels = scene.read(scene.info.rect, 300, 600, smooth=True)
            tiles = cut_grid(36000, 18000, 256)
            shares = valid_shares(scene, tiles)
        assert tracemalloc.get_traced_memory()[1] < 40e6
    finally:
        tracemalloc.stop()
    assert 0.2 < pixels.valid.mean() < 0.5
    assert shares.mean() == pytest.approx(pixels.valid.mean(), abs=0.03)


def test_palettes_are_shown_in_their_own_colours() -> None:
    with open_scene(_odd("rc_colormap.tif")) as scene:
        (composite,) = composites_for(guess_interpretation(scene.info, scene))
        pixels = scene.read(Rect(300, 300, 64, 64))
        shown = render(pixels.values, pixels.valid, composite, None)
        palette = scene.info.palette or ()
        assert palette[1] == 0xFF003D00
        assert shown[0, 0] == palette[pixels.values[0, 0, 0]]


def test_transparency_that_is_real_and_that_is_not() -> None:
    expected = {
        "rio_rgba_uint16.tif": ("blue", "green", "red", "alpha"),
        "gdal_cmyk.tif": ("red", "green", "blue", "alpha"),
        "der_constant_band_4band.tif": ("red", "green", "blue", "nir"),
        "der_naip_nocrs_4band.tif": ("red", "green", "blue", "nir"),
        "der_1x1.tif": ("red", "green", "blue", "nir"),
    }
    for name, roles in expected.items():
        with open_scene(_odd(name)) as scene:
            assert guess_interpretation(scene.info, scene).roles == roles, name


@pytest.mark.parametrize(
    ("name", "share"),
    [
        ("rt_rgb_internal_mask.tif", 0.98),
        ("rio_rgba_uint16.tif", 0.49),
        ("der_naip_float32_nan_inf.tif", 0.70),
        ("rt_nonearth_float32.tif", 0.09),
        ("der_naip_uint16_huge_nodata_3000.tif", 0.018),
        ("gdal_cmyk.tif", 1.0),
    ],
)
def test_validity_of_real_files(name: str, share: float) -> None:
    with open_scene(_odd(name)) as scene:
        valid = scene.read_valid(scene.info.rect, 200, 200)
        assert valid.mean() == pytest.approx(share, abs=0.03)
