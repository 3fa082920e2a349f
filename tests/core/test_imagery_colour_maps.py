"""Colour maps can be read with any colour vision."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from core.imagery.colour_maps import COLOUR_MAPS, colour_table

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB
VISION = {
    "usual": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "without red": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "without green": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
                      [-0.011820, 0.042940, 0.968881]],
    "without blue": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}  # fmt: skip
LEAST_DIFFERENCE = 10  # CIELAB; colours side by side are told apart from about 2 on


def seen(table: NDArray[np.uint32], vision: str) -> NDArray[np.float64]:
    """CIELAB (N, 3) of 0xAARRGGBB colours as seen so."""
    channels = np.stack([table >> shift & 0xFF for shift in (16, 8, 0)], axis=-1) / 255
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    linear = np.clip(linear @ np.array(VISION[vision]).T, 0, 1)
    to_xyz = [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    xyz = linear @ np.array(to_xyz).T / (0.95047, 1, 1.08883)
    f = np.where(xyz > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=-1)


def least_difference(table: NDArray[np.uint32], vision: str) -> float:
    """Of any two colours a quarter of the map or more apart."""
    colours = seen(table[::8], vision)
    differences = np.linalg.norm(colours[:, None] - colours[None], axis=-1)
    return float(differences[np.triu_indices(len(colours), 8)].min())


@pytest.mark.parametrize("vision", VISION)
@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_values_far_apart_look_different(name: str, vision: str) -> None:
    assert least_difference(colour_table(name), vision) > LEAST_DIFFERENCE


def test_red_over_yellow_to_green_would_not_pass() -> None:
    places = np.linspace(0, 255, 5)
    stops = zip((165, 0, 38), (244, 109, 67), (255, 255, 191), (102, 189, 99), (0, 104, 55), strict=True)
    red, green, blue = (np.rint(np.interp(np.arange(256), places, stop)).astype(np.uint32) for stop in stops)
    assert least_difference(red << np.uint32(16) | green << np.uint32(8) | blue, "without red") < LEAST_DIFFERENCE


@pytest.mark.parametrize("name", COLOUR_MAPS)
def test_lightness_runs_one_way_or_has_one_summit(name: str) -> None:
    steps = np.sign(np.diff(seen(colour_table(name)[::4], "usual")[:, 0]))
    turns = np.count_nonzero(np.diff(steps[steps != 0]))
    assert turns == (1 if name == "water" else 0)
