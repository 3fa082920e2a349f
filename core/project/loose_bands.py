"""Single-band files that together are one image: a Sentinel-2 or Landsat product as it comes, a drone's maps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.errors import ProjectError
from core.imagery.scene import SceneInfo

# The part of a file's name that says which band it holds.
_BAND = re.compile(
    r"(?<![a-z0-9])(?:b(?:and)?[ _-]?(?:8a|\d{1,2})|red[ _-]?edge(?:[ _-]?\d{3})?|coastal|blue|green|red|nir"
    r"|swir[ _-]?\d{0,2})(?![a-z0-9])"
)


def refuse_loose_bands(infos: Sequence[SceneInfo]) -> None:
    """Raises ProjectError where two or more of these files lie on the same pixels and are named alike but for the
    band: taken for Scenes, each band would be labeled by itself."""
    for bands in _alike(info for info in infos if info.band_count == 1 and info.transform is not None):
        if len({_band_of(info) for info in bands}) > 1:
            raise ProjectError(
                "{one} and {other} are bands of one image, each in a file of its own.",
                "Put the bands of each image into one GeoTIFF first; in QGIS: Raster, Miscellaneous, Merge, with each"
                " file in a separate band. That forgets which is which: check the bands of the new project.",
                one=bands[0].name,
                other=next(info.name for info in bands if _band_of(info) != _band_of(bands[0])),
            )


def _alike(infos: Iterable[SceneInfo]) -> Iterable[list[SceneInfo]]:
    """Those that only the band tells apart."""
    found: defaultdict[tuple[object, ...], list[SceneInfo]] = defaultdict(list)
    for info in infos:
        name, count = _BAND.subn("*", Path(info.path).stem.lower(), count=1)
        if count:
            key = (Path(info.path).parent, name, info.width, info.height, info.transform, info.crs_wkt)
            found[key].append(info)
    return found.values()


def _band_of(info: SceneInfo) -> str:
    match = _BAND.search(Path(info.path).stem.lower())
    return match.group() if match else ""
