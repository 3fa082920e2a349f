"""Single-band files that are no Scenes yet: the bands of one, each in a file of its own, and a drone's photographs."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from core.errors import ProjectError
from core.imagery.band_files import LooseScene, loose_scenes
from core.imagery.files import SceneInfo
from core.project.records import Refusal

# Photographs of drone cameras with several lenses, named by the capture and the band: MicaSense, Parrot Sequoia, DJI's
# Mavic 3M and P4 Multispectral. The last one's are DJI_0011 to DJI_0015; other cameras of DJI's count on from there.
_CAPTURE = re.compile(
    r"(?P<capture>img_\d{4}_|img_\d{6}_\d{6}_\d{4}_|dji_\d+_\d{4}_ms_|dji_\d{3}(?=\d$))"
    r"(?P<band>\d{1,2}|gre|red|reg|nir|g|r|re)"
)
_P4_BANDS = {"1", "2", "3", "4", "5"}


class LooseBandsError(ProjectError):
    """The chosen files are the bands of `scenes`, which can be put together (`core.imagery.stacking`)."""

    scenes: Sequence[LooseScene] = ()


def refuse_loose_bands(chosen: Sequence[SceneInfo], opened: Sequence[SceneInfo], unreadable: Iterable[Refusal]) -> None:
    """Raises LooseBandsError where two or more of the `chosen` files lie on the same ground and are named alike but for
    the band: taken for Scenes, each band would be labeled by itself. All that were `opened` may be bands of them.
    """
    paths = {info.path for info in chosen}
    scenes = loose_scenes(opened)
    if any(sum(band.info.path in paths for band in scene.bands) > 1 for scene in scenes):
        refuse_incomplete(scenes, unreadable)
        one, other = (band.info.name for band in scenes[0].bands[:2])
        error = LooseBandsError(
            "{one} and {other} are bands of one image, each in a file of its own.",
            "Put the bands together with “fieldbrush stack”, and take the file that it writes.",
            one=one, other=other,
        )  # fmt: skip
        error.scenes = scenes
        raise error


def refuse_incomplete(scenes: Iterable[LooseScene], unreadable: Iterable[Refusal]) -> None:
    """Raises the error of a file that cannot be read and would be a band of one of these."""
    for refusal in unreadable:
        if any(scene.misses(Path(refusal.path)) for scene in scenes):
            raise refusal.error


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
