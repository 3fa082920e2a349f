"""Open water, which nobody labels and which would be the most typical thing there is on a coast or a lake."""

from __future__ import annotations

from core.geometry import TileRef
from core.imagery.reader import TilePixels, TileReader

_MOSTLY = 0.9  # of a Tile's valid pixels
_DARK = 0.2  # of the Project's range in NIR, which water swallows: bands of cameras that nobody has calibrated may have
# green above NIR on dry soil too


def is_water(tile: TilePixels, ref: TileRef, reader: TileReader) -> bool:
    """Whether nearly all of the Tile reflects more green than near infrared, and hardly any of that. False where the
    Project knows no such bands.

    Green above NIR is an NDWI above 0: McFeeters, International Journal of Remote Sensing 17 (1996), 1425-1432.
    """
    if not {"green", "nir"} <= set(reader.roles) or not tile.valid.any():
        return False
    scale, zeros = reader.scale_of(ref.scene_path), reader.scene(ref.scene_path).info.zeros
    reflected = []
    for role in ("green", "nir"):
        place = reader.roles.index(role)
        zero = zeros[reader.interpretation.data_bands[place].index - 1] if zeros else 0.0
        low, high = scale.low[place], scale.high[place]
        reflected.append(tile.values[place][tile.valid] * (high - low) + low - zero)
    dark = tile.values[reader.roles.index("nir")][tile.valid] < _DARK
    green, nir = reflected
    return float(((green > nir) & dark).mean()) >= _MOSTLY
