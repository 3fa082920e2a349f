"""From values to colours: composites, stretch, rendering."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.imagery.composites import (
    Composite,
    band_composite,
    composites_for,
    formula_composite,
    guessed_reflectance_one,
)
from core.imagery.display import (
    DEVIATIONS,
    GIVEN,
    MIN_MAX,
    PERCENTILES,
    USUAL,
    Look,
    Stretch,
    default_look,
    measure_again,
    measure_stretch,
    read_composite,
    render,
    single_values,
)
from core.imagery.expression import parse_formula
from core.imagery.files import SceneInfo
from core.imagery.interpretation import Band, Interpretation, guess_interpretation
from core.imagery.scene import open_scene
from core.text import text
from tests.core.imagery_files import write_raster
from tests.data import real_data

RGB = Composite("natural", text("Natural colour"), (1, 2, 3))
GREY = Composite("band_1", text("Band 1"), (1,))
NDVI = Composite("ndvi", text("NDVI"), (4, 3), parse_formula("(nir - red) / (nir + red)", {"nir": 4, "red": 3}))


def _bands(*roles: str) -> Interpretation:
    bands = tuple(Band(index, role, role) for index, role in enumerate(roles, 1))
    return Interpretation(bands, None, text("a test"))


@pytest.mark.parametrize(
    ("roles", "first", "keys"),
    [
        (("red", "green", "blue"), (1, 2, 3), {"natural", "gli"}),
        (("blue", "green", "red", "rededge", "nir"), (3, 2, 1), {"natural", "false_colour", "ndvi", "ndre"}),
        (("red", "nir"), (2, 1), {"ndvi", "band_1", "band_2"}),
        (("other",), (1,), {"band_1"}),
        (("other",) * 10, (1, 2, 3), {"first_three"}),
        (("green", "red", "rededge", "nir"), (4, 2, 1), {"false_colour", "red_edge", "ndvi"}),
        (("red", "green", "blue", "alpha"), (1, 2, 3), {"natural"}),
        (("alpha", "other"), (2,), {"band_2"}),
    ],
)
def test_composites_follow_the_bands(roles: tuple[str, ...], first: tuple[int, ...], keys: set[str]) -> None:
    composites = composites_for(_bands(*roles))
    assert composites[0].band_indexes == first
    assert keys <= {composite.key for composite in composites}
    assert len({composite.key for composite in composites}) == len(composites)
    data_bands = _bands(*roles).data_bands
    assert [c.band_indexes for c in composites if c.is_band] == [(band.index,) for band in data_bands]


def test_a_colour_table_is_the_only_composite() -> None:
    info = SceneInfo("x.tif", 9, 9, 1, "uint8", palette=(0xFF112233, 0x00000000, 0x80445566))
    (composite,) = composites_for(guess_interpretation(info))
    values = np.array([[[0, 1, 2, 3]]], np.uint8)
    pixels = render(values, np.ones((1, 4), bool), composite, None)
    assert pixels.tolist() == [[0xFF112233, 0, 0xFF445566, 0xFF000000]]


def test_an_arbitrary_value_does_not_break_a_colour_table() -> None:
    composite = replace(GREY, palette=(0xFF010101,))
    values = np.array([[[-5, 2**40, 0]]], np.int64)
    assert render(values, np.ones((1, 3), bool), composite, None).tolist() == [[0xFF000000, 0xFF000000, 0xFF010101]]


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "int32", "int64", "float32", "float64"])
def test_every_dtype_is_shown_the_same(dtype: str) -> None:
    values = np.array([[[10, 61, 110]], [[110, 61, 10]], [[10, 10, 110]]]).astype(dtype)
    stretch = Stretch((10.0,) * 3, (110.0,) * 3)
    pixels = render(values, np.array([[True, True, True]]), RGB, stretch)
    assert pixels.dtype == np.uint32
    assert [hex(pixel) for pixel in pixels[0]] == ["0xff00ff00", "0xff828200", "0xffff00ff"]
    grey = render(values[:1], np.array([[True, False, True]]), GREY, Stretch((10.0,), (110.0,)))
    assert [hex(pixel) for pixel in grey[0]] == ["0xff000000", "0x0", "0xffffffff"]


DTYPES = st.sampled_from([np.uint8, np.uint16, np.int16, np.int32, np.int64, np.float32, np.float64])


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_nothing_a_file_may_hold_breaks_stretch_or_rendering(data: st.DataObject) -> None:
    dtype = data.draw(DTYPES)
    shape = data.draw(st.tuples(st.just(3), st.integers(1, 6), st.integers(1, 6)))
    values = data.draw(hnp.arrays(dtype, shape))
    valid = data.draw(hnp.arrays(bool, shape[1:]))
    if values.dtype.kind == "f":
        valid &= (np.abs(values) < 1e30).all(axis=0)
    stretch = measure_stretch(values, valid)
    assert all(low < high for low, high in zip(stretch.low, stretch.high, strict=True))
    pixels = render(values, valid, RGB, stretch)
    assert (pixels[~valid] == 0).all()
    assert (pixels[valid] >> 24 == 0xFF).all()
    index = measure_stretch(values[:2], valid, composite=NDVI)
    assert len(index.low) == 1
    shown = render(values[:2], valid, NDVI, index)
    defined = valid & ~np.isnan(single_values(values[:2], valid, NDVI))
    assert (shown[defined] >> 24 == 0xFF).all()
    assert (shown[~defined] == 0).all()


def test_stretch_leaves_out_invalid_pixels_and_outliers() -> None:
    values = np.tile(np.linspace(100, 200, 1000, dtype=np.float32), (1, 10, 1))
    valid = np.ones((10, 1000), bool)
    values[0, 0], valid[0] = -3.4e38, False
    values[0, 1, :5] = 1e6
    stretch = measure_stretch(values, valid)
    assert stretch.low[0] == pytest.approx(102, abs=0.5)
    assert stretch.high[0] == pytest.approx(198, abs=0.5)


def test_a_constant_band_is_mid_grey_and_an_empty_one_no_accident() -> None:
    values, valid = np.full((1, 4, 4), 7, np.uint8), np.ones((4, 4), bool)
    stretch = measure_stretch(values, valid)
    assert 120 <= (int(render(values, valid, GREY, stretch)[0, 0]) & 0xFF) <= 136
    nothing = np.zeros((4, 4), bool)
    assert not render(values, nothing, GREY, measure_stretch(values, nothing)).any()


def test_a_few_bright_pixels_on_a_constant_ground_are_seen() -> None:
    values = np.zeros((1, 100, 100), np.uint8)
    values[0, 0, :50] = 200  # half a percent: both percentiles are 0
    stretch = measure_stretch(values, np.ones((100, 100), bool))
    assert stretch == Stretch((0.0,), (200.0,))


def test_ndvi_orders_soil_below_crop_and_leaves_out_what_is_undefined() -> None:
    values = np.array([[[500, 2500, 6000, 0]], [[500, 2000, 400, 0]]], np.uint16)  # NIR, red
    composite = replace(NDVI, colours="vegetation")
    soil, sparse, crop, undefined = render(values, np.ones((1, 4), bool), composite, Stretch((0.0,), (0.9,)))[0]
    assert undefined == 0
    brightness = [sum(int(pixel) >> shift & 0xFF for shift in (0, 8, 16)) for pixel in (soil, sparse, crop)]
    assert brightness[0] > brightness[1] > brightness[2]
    green, red = int(crop) >> 8 & 0xFF, int(crop) >> 16 & 0xFF
    assert green > red


@pytest.mark.parametrize("key", ["ndvi", "ndre", "ndwi", "savi", "msavi", "evi", "gli"])
@pytest.mark.parametrize(("one", "dtype"), [(1.0, np.float32), (255.0, np.uint8), (10_000.0, np.uint16)])
def test_indices_have_their_published_values_in_any_unit(key: str, one: float, dtype: type) -> None:
    reflectance = {"blue": 0.04, "green": 0.08, "red": 0.06, "rededge": 0.2, "nir": 0.44}
    blue, green, red, rededge, nir = reflectance.values()
    published = {
        "ndvi": (nir - red) / (nir + red), "ndre": (nir - rededge) / (nir + rededge),
        "ndwi": (green - nir) / (green + nir), "savi": (nir - red) * 1.5 / (nir + red + 0.5),
        "msavi": (2 * nir + 1 - ((2 * nir + 1) ** 2 - 8 * (nir - red)) ** 0.5) / 2,
        "evi": 2.5 * (nir - red) / (nir + 6 * red - 7.5 * blue + 1),
        "gli": (2 * green - red - blue) / (2 * green + red + blue),
    }  # fmt: skip
    roles = tuple(reflectance)
    composite = next(c for c in composites_for(_bands(*roles), one) if c.key == key)
    stored = [reflectance[roles[index - 1]] * one for index in composite.band_indexes]
    values = np.array(stored).reshape(-1, 1, 1)
    values = (np.rint(values) if dtype is not np.float32 else values).astype(dtype)
    shown = single_values(values, np.ones((1, 1), bool), composite)[0, 0]
    assert shown == pytest.approx(published[key], abs=0.03 if dtype is np.uint8 else 1e-3)


@pytest.mark.parametrize(
    ("scale", "offset", "said"),
    [(1e-4, -0.1, 1e-4), (2.75e-5, -0.2, 2.75e-5), (1.0, 0.0, 1e-4), (0.01, 0.0, 1e-4)],  # 0.01 is per cent
)
def test_constants_of_an_index_count_in_the_steps_that_the_file_says(
    scale: float, offset: float, said: float, tmp_path: Path
) -> None:
    """Where bright clouds make the values look like 32,768 to a reflectance of 1, a scale of 1/10,000 knows better."""
    guessed = 10_000.0 if scale != 1e-4 else 32_768.0
    red, nir = 0.06, 0.44
    stored = np.rint((np.array([red, nir]) - offset) / said).astype(np.uint16)
    path = write_raster(tmp_path / "x.tif", np.broadcast_to(stored[:, None, None], (2, 8, 8)))
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (scale, scale), (offset, offset)
    interpretation = _bands("red", "nir")
    with open_scene(path) as scene:
        for key, expected in (("savi", (nir - red) * 1.5 / (nir + red + 0.5)), ("ndvi", (nir - red) / (nir + red))):
            composite = next(c for c in composites_for(interpretation, guessed) if c.key == key)
            pixels = read_composite(scene, scene.info.rect, composite, interpretation)
            assert single_values(pixels.values, pixels.valid, composite) == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize(
    ("high", "one"),
    [((0.3, 0.6), 1), ((200, 254), 255), ((4000, 6500), 10_000), ((20_000,), 32_768), ((60_000,), 65_535)],
)
def test_the_unit_is_guessed_from_the_size_of_the_values(high: tuple[float, ...], one: float) -> None:
    assert guessed_reflectance_one(high) == one


def test_a_nodata_pixel_in_one_band_makes_the_index_invalid_there(tmp_path: Path) -> None:
    values = np.full((4, 8, 8), 3000, np.uint16)
    values[2, :, :3] = 0  # red ends before the other bands
    for dtype, invalid in ((np.uint16, True), (np.uint8, False)):
        path = write_raster(tmp_path / f"{dtype.__name__}.tif", (values // 20).astype(dtype), nodata=0)
        interpretation = replace(_bands("blue", "green", "red", "nir"), nodata=0.0)
        with open_scene(path) as scene:
            ndvi = next(c for c in composites_for(interpretation) if c.key == "ndvi")
            found = read_composite(scene, scene.info.rect, ndvi, interpretation)
            natural = read_composite(scene, scene.info.rect, RGB, interpretation)
        assert natural.valid.all(), "0 in one of three colours may be a shadow"
        assert (~found.valid[:, :3]).all() == invalid
        assert found.valid[:, 3:].all()
        assert (render(found.values, found.valid, ndvi, Stretch((0,), (1,)))[:, :3] == 0).all() == invalid


@pytest.mark.parametrize(
    ("dtype", "scale", "offset"),
    [
        ("uint16", 1e-4, -0.1),
        ("uint16", 2.75e-5, -0.2),
        ("int16", 1e-4, 0.5),
        ("uint8", 0.005, -0.1),
        ("int32", 1e-4, -0.1),
    ],
)
def test_indices_count_from_where_the_file_says_zero_is(
    dtype: str, scale: float, offset: float, tmp_path: Path
) -> None:
    """Sentinel-2 since 2022, Landsat Collection 2: reflectance is scale · value + offset; NDVI is of reflectances."""
    red, nir = np.linspace(0.02, 0.3, 64).reshape(8, 8), np.full((8, 8), 0.4)
    stored = np.rint((np.stack([red, nir]) - offset) / scale).astype(dtype)
    path = write_raster(tmp_path / "x.tif", stored, nodata=0)
    with rasterio.open(path, "r+") as file:
        file.scales, file.offsets = (scale, scale), (offset, offset)
    interpretation = replace(_bands("red", "nir"), nodata=0.0)
    ndvi = next(c for c in composites_for(interpretation) if c.key == "ndvi")
    with open_scene(path) as scene:
        pixels = read_composite(scene, scene.info.rect, ndvi, interpretation)
        (plain,) = read_composite(scene, scene.info.rect, band_composite(Band(1, "red", "red")), interpretation).values
    assert pixels.valid.all()
    assert (plain == stored[0]).all(), "a band by itself is shown as it is"
    expected = (nir - red) / (nir + red)
    rounding = 0.03 if dtype == "uint8" else 1e-3
    assert single_values(pixels.values, pixels.valid, ndvi) == pytest.approx(expected, abs=rounding)


def test_real_trees_are_greener_than_what_is_round_them() -> None:
    """NAIP, bytes: NDVI and its like must tell trees from the rest in the direction they are known for."""
    folder = real_data("naip_trees")
    told = {"ndvi": 0, "savi": 0, "msavi": 0, "ndwi": 0}
    scenes = sorted((folder / "images").glob("claremont*.tif"))[:8]
    for path in scenes:
        with open_scene(path) as scene, open_scene(folder / "masks" / path.name) as mask:
            interpretation = guess_interpretation(scene.info, scene)
            trees = mask.read(mask.info.rect).values[0] == 1
            for composite in composites_for(interpretation, 255):
                if composite.key in told:
                    pixels = read_composite(scene, scene.info.rect, composite, interpretation)
                    values = single_values(pixels.values, pixels.valid, composite)
                    told[composite.key] += np.nanmedian(values[trees]) > np.nanmedian(values[~trees])
    assert (told["ndvi"], told["savi"], told["msavi"], told["ndwi"]) == (len(scenes),) * 3 + (0,)


def test_a_formula_of_the_users_is_a_composite() -> None:
    composite = formula_composite(3, "Mine {x}", "B2 / red", _bands("blue", "green", "red"))
    assert (composite.key, str(composite.name), composite.band_indexes) == ("formula_3", "Mine {x}", (2, 3))
    values = np.array([[[8, 4, 4]], [[2, 4, 0]]], np.uint8)
    assert single_values(values, np.array([[True, True, True]]), composite)[0].tolist()[:2] == [4, 1]
    assert render(values, np.ones((1, 3), bool), composite, Stretch((0,), (4,)))[0, 2] == 0


@pytest.mark.parametrize("dtype", [np.uint8, np.uint16, np.float32, np.float64])
def test_gamma_brightens_the_middle_alone(dtype: type) -> None:
    values = np.array([[[0, 50, 100]]], dtype)
    for composite in (GREY, replace(GREY, colours="viridis")):
        plain, bright = (
            render(values, np.ones((1, 3), bool), composite, Stretch((0.0,), (100.0,), gamma))[0] for gamma in (1, 2)
        )
        assert plain[0] == bright[0]
        assert plain[2] == bright[2]
        assert plain[1] != bright[1]
    grey = render(values, np.ones((1, 3), bool), GREY, Stretch((0.0,), (100.0,), 2.0))[0, 1] & 0xFF
    assert abs(int(grey) - 255 * 0.5**0.5) <= 1


def test_methods_of_stretching() -> None:
    rng = np.random.default_rng(0)
    values = rng.normal(1000, 100, (1, 200, 200)).astype(np.float32)
    values[0, 0, 0] = 5000
    valid = np.ones((200, 200), bool)
    found = {method: measure_stretch(values, valid, Look(method)) for method in (PERCENTILES, DEVIATIONS, MIN_MAX)}
    assert (found[PERCENTILES].low[0], found[PERCENTILES].high[0]) == pytest.approx((795, 1205), abs=8)
    assert (found[DEVIATIONS].low[0], found[DEVIATIONS].high[0]) == pytest.approx((800, 1200), abs=12)
    assert found[MIN_MAX].high[0] == 5000
    given_look = Look(GIVEN, (1.0,), (2.0,), gamma=1.5)
    assert measure_stretch(values, valid, given_look) == Stretch((1.0,), (2.0,), 1.5)


def test_stretching_to_a_part_keeps_the_hues() -> None:
    rng = np.random.default_rng(0)
    field = np.array([400, 800, 300]).reshape(3, 1, 1) * rng.uniform(0.8, 1.25, (1, 60, 60))
    valid = np.ones((60, 60), bool)
    base = Stretch((0.0, 0.0, 0.0), (4000.0, 4000.0, 4000.0), 1.2)
    stretch = measure_again(field, valid, Look(gamma=1.2), RGB, base)
    assert stretch.gamma == 1.2
    assert len(set(stretch.low)) == len(set(stretch.high)) == 1
    assert stretch.high[0] < 1100
    shown = render(field, valid, RGB, stretch)
    red, green, blue = (float((shown >> shift & 0xFF).mean()) for shift in (16, 8, 0))
    assert green > 1.5 * red > 1.5 * blue
    single = measure_again(field[:1], valid, Look(GIVEN, (0.0,), (1.0,)), GREY, base)
    assert single.low[0] == pytest.approx(measure_stretch(field[:1], valid).low[0])


def test_deviations_never_reach_beyond_the_values() -> None:
    values = np.concatenate([np.zeros(90), np.full(10, 100)]).reshape(1, 10, 10)
    stretch = measure_stretch(values, np.ones((10, 10), bool), Look(DEVIATIONS))
    assert stretch.low == (0.0,)
    assert 60 < stretch.high[0] < 100


def test_indices_have_a_fixed_span_to_begin_with() -> None:
    composites = {c.key: c for c in composites_for(_bands("blue", "green", "red", "nir"))}
    assert default_look(composites["ndvi"]) == Look(GIVEN, (0.0,), (0.9,))
    assert default_look(composites["natural"]) == default_look(composites["band_4"]) == Look(USUAL)
    assert default_look(replace(composites["ndvi"], span=None)) == Look(PERCENTILES)


def test_looks_survive_json_and_foreign_ones_are_refused() -> None:
    look = Look(GIVEN, (0.25,), (0.5,), 1.5, "viridis")
    assert Look.from_fields(json.loads(json.dumps(look.to_fields())), NDVI) == look
    for wrong in (
        {"method": "magic"}, {"low": [1.0, 2.0, 3.0]}, {"low": [9.0]}, {"gamma": 0}, {"gamma": "x"}, {"colours": "jet"},
        {"high": [float("nan")]}, {"high": [float("inf")]}, {"low": None},
    ):  # fmt: skip
        with pytest.raises((KeyError, TypeError, ValueError)):
            Look.from_fields(look.to_fields() | wrong, NDVI)
    with pytest.raises(ValueError, match="fit"):
        Look.from_fields(look.to_fields(), RGB)


def test_only_a_palette_does_without_a_stretch() -> None:
    with pytest.raises(ValueError, match="stretch"):
        render(np.zeros((3, 2, 2), np.uint8), np.ones((2, 2), bool), RGB, None)


def test_band_composite_names_its_band() -> None:
    composite = band_composite(Band(4, "NIR", "nir"))
    assert (composite.key, str(composite.name)) == ("band_4", "Band 4: NIR")


def test_a_band_that_the_file_says_nothing_of_is_called_by_its_number_once(tmp_path: Path) -> None:
    band = guess_interpretation(
        open_scene(write_raster(tmp_path / "thermal.tif", np.ones((1, 8, 8), np.float32))).info
    ).bands[0]
    assert not band.is_named
    assert str(band_composite(band).name) == "Band 1"
