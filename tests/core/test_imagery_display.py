"""From values to colours: composites, stretch, rendering."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from core.imagery.display import Composite, Stretch, composites_for, grey_composite, measure_stretch, render
from core.imagery.interpretation import Band, Interpretation, guess_interpretation
from core.imagery.scene import SceneInfo
from core.text import text

RGB = Composite("natural", text("Natural colour"), (1, 2, 3))
GREY = Composite("band_1", text("Band 1"), (1,))
NDVI = Composite("ndvi", text("NDVI"), (4, 3), index="ndvi")


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
    assert all(len(composite.band_indexes) in (1, 2, 3) for composite in composites)


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
    assert (shown[valid] >> 24 == 0xFF).all()
    assert (shown[~valid] == 0).all()


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


def test_ndvi_orders_soil_below_crop_and_ignores_undefined() -> None:
    values = np.array([[[500, 2500, 6000, 0]], [[500, 2000, 400, 0]]], np.uint16)  # NIR, red
    valid = np.ones((1, 4), bool)
    stretch = Stretch((0.0,), (0.9,))
    soil, sparse, crop, undefined = render(values, valid, NDVI, stretch)[0]
    assert soil == undefined
    brightness = [sum(int(pixel) >> shift & 0xFF for shift in (0, 8, 16)) for pixel in (sparse, crop)]
    assert brightness[0] > brightness[1]
    green = [(int(crop) >> 8 & 0xFF), int(crop) >> 16 & 0xFF]
    assert green[0] > green[1]


def test_only_a_palette_does_without_a_stretch() -> None:
    with pytest.raises(ValueError, match="stretch"):
        render(np.zeros((3, 2, 2), np.uint8), np.ones((2, 2), bool), RGB, None)


def test_grey_composite_names_its_band() -> None:
    composite = grey_composite(Band(4, "NIR", "nir"))
    assert (composite.key, str(composite.name)) == ("band_4", "Band 4: NIR")
