"""Colour maps for what has one value a pixel: an index, a formula, a single band.

Lightness runs one way through a map, or up to the middle and down again for one with a meaningful middle, and colours
that lie a quarter of the map apart stay apart with any colour vision (tests/core/test_imagery_colour_maps.py). A map
from red over yellow to green would not.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.text import Text, text

OPAQUE: Final = np.uint32(0xFF000000)

_STOPS: Final = {
    "greys": ((0, 0, 0), (255, 255, 255)),
    # bare soil to dense crop
    "vegetation": (
        (246, 229, 204), (225, 203, 150), (180, 196, 105), (110, 166, 80), (48, 126, 72), (8, 84, 66), (0, 44, 50),
    ),
    # dry to wet, pale in the middle
    "water": ((106, 64, 20), (190, 140, 80), (240, 228, 205), (150, 196, 220), (50, 130, 190), (8, 48, 107)),
    # after matplotlib's maps of the same names, by S. van der Walt and N. Smith, CC0
    "viridis": (
        (68, 1, 84), (72, 40, 120), (62, 73, 137), (49, 104, 142), (38, 130, 142), (31, 158, 137), (53, 183, 121),
        (110, 206, 88), (181, 222, 43), (253, 231, 37),
    ),
    "magma": (
        (0, 0, 4), (28, 16, 68), (79, 18, 123), (129, 37, 129), (181, 54, 122), (229, 80, 100), (251, 135, 97),
        (254, 194, 135), (252, 253, 191),
    ),
}  # fmt: skip

COLOUR_MAPS: Final[dict[str, Text]] = {
    "greys": text("Greys"),
    "vegetation": text("Soil to crop"),
    "water": text("Dry to wet"),
    "viridis": text("Viridis"),
    "magma": text("Magma"),
}


@lru_cache(maxsize=len(COLOUR_MAPS))
def colour_table(name: str) -> NDArray[np.uint32]:
    """256 opaque colours 0xAARRGGBB of one of COLOUR_MAPS, for the lowest value to the highest."""
    stops = _STOPS[name]
    places = np.linspace(0, 255, len(stops))
    channels = [np.interp(np.arange(256), places, column) for column in zip(*stops, strict=True)]
    red, green, blue = (np.rint(channel).astype(np.uint32) for channel in channels)
    table: NDArray[np.uint32] = OPAQUE | red << np.uint32(16) | green << np.uint32(8) | blue
    return table
