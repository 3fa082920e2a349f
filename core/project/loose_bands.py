"""Single-band files that together are one image: a Sentinel-2 or Landsat product as it comes, a drone's maps."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.errors import ProjectError
from core.imagery.scene import SceneInfo

# Photographs of drone cameras with several lenses, named by the capture and the band: MicaSense, Parrot Sequoia, DJI's
# Mavic 3M and P4 Multispectral. The last one's are DJI_0011 to DJI_0015; other cameras of DJI's count on from there.
_CAPTURE = re.compile(
    r"(?P<capture>img_\d{4}_|img_\d{6}_\d{6}_\d{4}_|dji_\d+_\d{4}_ms_|dji_\d{3}(?=\d$))"
    r"(?P<band>\d{1,2}|gre|red|reg|nir|g|r|re)"
)
_P4_BANDS = {"1", "2", "3", "4", "5"}

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


def refuse_captures(infos: Sequence[SceneInfo]) -> None:
    """Raises ProjectError where several of these files are the photographs that a drone's lenses took at one moment:
    each sees another band, from another place."""
    captures: defaultdict[tuple[Path, str], dict[str, SceneInfo]] = defaultdict(dict)
    for info in infos:
        match = _CAPTURE.fullmatch(Path(info.path).stem.lower())
        if match and info.band_count == 1 and info.transform is None:
            captures[Path(info.path).parent, match["capture"]][match["band"]] = info
    for (_, capture), bands in captures.items():
        if len(bands) > 1 and (not re.fullmatch(r"dji_\d{3}", capture) or bands.keys() == _P4_BANDS):
            one, other, *_ = bands.values()
            raise ProjectError(
                "{one} and {other} are photographs of a drone's camera, each with one band of the same moment, not yet"
                " a map.",
                "Make an orthomosaic with all bands in one GeoTIFF first, for example in OpenDroneMap, Metashape or"
                " Pix4D.",
                one=one.name,
                other=other.name,
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
