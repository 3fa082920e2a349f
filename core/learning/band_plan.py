"""How the pixel classifier looks at which bands: at all for each pixel, at six at several scales, at some in pairs.

A decision made from the bands' roles alone, so that it is the same for all Tiles of a Project.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

_MOST_ALONE = 24  # of more bands, neighbours are seen in groups
_GROUPS = 16
_MOST_FINE = 6
_MOST_PAIRS = 6
_BY_WORTH = ("red", "nir", "rededge", "swir1", "green", "blue", "swir2", "thermal", "coastal", "pan")
# NDVI (Rouse 1974), NDRE (Barnes 2000), NDWI (McFeeters 1996), NDMI (Gao 1996), NDTI (van Deventer 1997: straw), and
# green against red (Tucker 1979)
_INDICES = (
    ("red", "nir"),
    ("rededge", "nir"),
    ("nir", "green"),
    ("swir1", "nir"),
    ("swir2", "swir1"),
    ("red", "green"),
)


@dataclass(frozen=True)
class BandPlan:
    """`layers` are what is seen of every pixel: bands of their own, and groups of neighbours by mean and spread.

    Numbers in the other fields are places in `layers`: `fine` are seen at several scales, `pairs` as normalised
    differences of values brought to 0…1, `indices` as true ones, of what the bands measure.
    """

    layers: tuple[tuple[int, ...], ...]
    fine: tuple[int, ...]
    pairs: tuple[tuple[int, int], ...]
    indices: tuple[tuple[int, int], ...]


def band_plan(roles: Sequence[str]) -> BandPlan:
    """For bands of these roles, "other" where nothing is known."""
    if len(roles) > _MOST_ALONE:
        alone = sorted(_first_of_roles(roles).values())
        groups = np.array_split(np.arange(len(roles)), _GROUPS)
        layers = [(band,) for band in alone] + [tuple(int(band) for band in group) for group in groups]
        roles = [roles[band] for band in alone] + ["other"] * _GROUPS
    else:
        layers = [(band,) for band in range(len(roles))]
    fine = _fine(roles)
    indices = _indices(roles)
    taken = {frozenset(pair) for pair in indices}
    pairs = [pair for pair in _neighbours(fine) if frozenset(pair) not in taken]
    return BandPlan(tuple(layers), tuple(fine), tuple(pairs[: _MOST_PAIRS - len(indices)]), tuple(indices))


def _first_of_roles(roles: Sequence[str]) -> dict[str, int]:
    """The first band of each known role, the most useful first."""
    return {role: list(roles).index(role) for role in _BY_WORTH if role in roles}


def _fine(roles: Sequence[str]) -> list[int]:
    """Up to six bands: one of each role, then others, spread evenly over those that are left."""
    chosen = list(_first_of_roles(roles).values())[:_MOST_FINE]
    rest = [band for band in range(len(roles)) if band not in chosen]
    spread = np.linspace(0, len(rest) - 1, min(_MOST_FINE - len(chosen), len(rest))).round().astype(int)
    return sorted(chosen + [rest[int(place)] for place in spread])


def _indices(roles: Sequence[str]) -> list[tuple[int, int]]:
    """Those that the roles allow; none without NIR: of colours alone, neighbours do as well."""
    if "nir" not in roles:
        return []
    first = _first_of_roles(roles)
    return [(first[one], first[other]) for one, other in _INDICES if one in first and other in first]


def _neighbours(bands: Sequence[int]) -> list[tuple[int, int]]:
    """Each with the next, and the outermost ones."""
    return sorted({*pairwise(bands), (bands[0], bands[-1])}) if len(bands) > 1 else []
