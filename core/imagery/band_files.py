"""Bands of one Scene that lie in a file each: Sentinel-2 and Landsat products as they come, a drone's maps.

Which files belong together and what band each holds is in their names; where they lie, in their georeference.
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.imagery.files import SceneInfo
from core.imagery.georeference import map_box
from core.imagery.presets import code_of_description, role_of_description

# The part of a file's name that says which band it holds.
_BAND = re.compile(
    r"(?<![a-z0-9])(?:(?:s[rt]_)?b(?:and)?[ _-]?(?:8a|\d{1,2})|red[ _-]?edge(?:[ _-]?\d{3})?|coastal|blue|green|red"
    r"|nir|swir[ _-]?\d{0,2})(?![a-z0-9])",
    re.IGNORECASE,
)
_RESOLUTION = re.compile(r"_\d0m$", re.IGNORECASE)  # Sentinel-2 has its bands in sizes, each in a folder of its own
_RESOLUTION_FOLDER = re.compile(r"r\d0m", re.IGNORECASE)
_SAME_GROUND = 0.98  # of both: bands of other sizes may end a pixel later
_BY_WAVELENGTH = ("coastal", "blue", "green", "red", "rededge", "nir", "swir1", "swir2", "thermal")

# Sentinel-2 since processing baseline 04.00, January 2022: (value − 1000) / 10,000 is the reflectance.
_SENTINEL2 = re.compile(r"s2[a-d]_msil(?:1c|2a)_\d{8}t\d{6}_n(\d{4})_", re.IGNORECASE)
_SINCE_BASELINE = 400
# Landsat's Collection 2, level 2: the same for all of its satellites. Source: USGS, Landsat Collection 2 Data Format.
_LANDSAT_2 = re.compile(r"l[a-z]0\d_l2s[pr]_\d{6}_\d{8}_\d{8}_02_(?:t1|t2|rt)_(sr|st)_b\d+", re.IGNORECASE)
_LANDSAT_SCALES = {"sr": (2.75e-5, -0.2), "st": (0.00341802, 149.0)}


@dataclass(frozen=True)
class BandFile:
    """One band: its `name` as the file's name has it, such as "B04" or "red edge". `scale` · value + `offset` is what
    it measures: reflectance, or Kelvin; `nodata` (None: unknown) stands where it measured nothing."""

    name: str
    info: SceneInfo
    scale: float = 1.0
    offset: float = 0.0
    nodata: float | None = None

    @property
    def pixel_area(self) -> float:
        """In square units of the map."""
        return pixel_area(self.info)


@dataclass(frozen=True)
class LooseScene:
    """A Scene of at least two bands in files of their own, in the products' order, else by wavelength. `name` is what
    their names share."""

    name: str
    bands: tuple[BandFile, ...]

    @property
    def grid(self) -> SceneInfo:
        """The file whose grid the Scene has: of the finest pixels that two bands share, else of the finest. A lone
        panchromatic band is finer, and would make four times as many pixels of the others without telling more."""
        areas = Counter(band.pixel_area for band in self.bands)
        shared = [band for band in self.bands if areas[band.pixel_area] > 1]
        return min(shared or self.bands, key=lambda band: band.pixel_area).info

    def misses(self, path: Path) -> bool:
        """Whether a file that is not among them is named as one of them: one that cannot be read."""
        first = Path(self.bands[0].info.path)
        return _BAND.search(path.stem) is not None and _group_of(path) == _group_of(first)


def pixel_area(info: SceneInfo) -> float:
    """In square units of the map; 1 without a transform."""
    a, b, _, d, e, _ = info.transform or (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    return abs(a * e - b * d)


def loose_scenes(infos: Iterable[SceneInfo]) -> list[LooseScene]:
    """Those among these files, ordered by the place of their first file: files of one band each that are named alike
    but for the band and lie on the same ground. Of a band that is there in several sizes the finest counts."""
    groups: defaultdict[tuple[object, ...], list[SceneInfo]] = defaultdict(list)
    for info in infos:
        if info.band_count == 1 and info.transform is not None and _BAND.search(Path(info.path).stem):
            groups[_group_of(Path(info.path)), info.crs_wkt].append(info)
    found = [_scene_of(files) for group in groups.values() for files in _by_ground(group)]
    return _with_own_names([scene for scene in found if len(scene.bands) > 1])


def _scene_of(infos: Sequence[SceneInfo]) -> LooseScene:
    finest: dict[str, BandFile] = {}
    for info in infos:
        band = _band_of(info)
        before = finest.get(band.name.lower())
        if before is None or band.pixel_area < before.pixel_area:
            finest[band.name.lower()] = band
    return LooseScene(_shared_name(Path(infos[0].path)), tuple(sorted(finest.values(), key=_place)))


def _band_of(info: SceneInfo) -> BandFile:
    stem = Path(info.path).stem
    match = _BAND.search(stem)
    assert match is not None
    name = re.sub(r"[ -]+", " ", match.group())
    name = name.upper() if code_of_description(name) is not None else name.replace("_", " ")
    product = _product_of(Path(info.path))
    scale, offset = (info.scales[0], -info.zeros[0] * info.scales[0]) if info.scales and info.zeros else (1.0, 0.0)
    if product is not None and (scale, offset) == (1.0, 0.0):
        scale, offset = product
    nodata = info.nodata
    if nodata is None and (product is not None or info.has_dataset_mask):
        nodata = math.nan if info.dtype.startswith("float") else 0.0
    return BandFile(name, info, scale, offset, nodata)


def _product_of(path: Path) -> tuple[float, float] | None:
    """Scale and offset of the product that the file's name, or a folder's, tells of; where it does, 0 is nodata."""
    landsat = _LANDSAT_2.search(path.stem)
    if landsat:
        return _LANDSAT_SCALES[landsat[1].lower()]
    sentinel2 = next((match for part in path.parts if (match := _SENTINEL2.match(part))), None)
    if sentinel2 is None:
        return None
    return 1e-4, -0.1 if int(sentinel2[1]) >= _SINCE_BASELINE else 0.0


def _place(band: BandFile) -> tuple[float, str]:
    """B8A stands between B08 and B09."""
    code = code_of_description(band.name)
    if code is not None:
        return (8.5 if code == "B8A" else float(code[1:])), band.name
    role = role_of_description(band.name)
    return float(_BY_WAVELENGTH.index(role) if role in _BY_WAVELENGTH else len(_BY_WAVELENGTH)), band.name


def _group_of(path: Path) -> tuple[Path, str]:
    """What the files of one Scene have in common."""
    return _folder_of(path), _shared_name(path).lower()


def _folder_of(path: Path) -> Path:
    return path.parent.parent if _RESOLUTION_FOLDER.fullmatch(path.parent.name) else path.parent


def _shared_name(path: Path) -> str:
    """The file's name without what tells it from those of the other bands."""
    whole = _BAND.sub("", _RESOLUTION.sub("", path.stem), count=1)
    return re.sub(r"([ _.-])[ _.-]+", r"\1", whole).strip(" _.-")


def _by_ground(infos: Iterable[SceneInfo]) -> list[list[SceneInfo]]:
    found: list[list[SceneInfo]] = []
    for info in infos:
        alike = next((files for files in found if _lies_like(info, files[0])), None)
        if alike is None:
            found.append([info])
        else:
            alike.append(info)
    return found


def _lies_like(info: SceneInfo, other: SceneInfo) -> bool:
    """Whether they show the same ground, perhaps in other pixels. Without a CRS only the very same grid is sure."""
    if (info.size, info.transform) == (other.size, other.transform):
        return True
    if info.crs_wkt is None:
        return False
    one, two = map_box(info.rect, info.transform), map_box(other.rect, other.transform)
    width = min(one[2], two[2]) - max(one[0], two[0])
    height = min(one[3], two[3]) - max(one[1], two[1])
    if width <= 0 or height <= 0:
        return False
    largest = max((right - left) * (top - bottom) for left, bottom, right, top in (one, two))
    return width * height >= _SAME_GROUND * largest


def _with_own_names(scenes: Sequence[LooseScene]) -> list[LooseScene]:
    """Names by which they can lie in one folder: with that of theirs where it is needed, with a number where that is
    not enough."""
    named: dict[str, LooseScene] = {}
    for scene in scenes:
        folder = _folder_of(Path(scene.bands[0].info.path)).name
        name = scene.name or folder or "scene"
        if name.lower() in named and scene.name:
            name = f"{folder}_{scene.name}"
        alone, number = name, 2
        while name.lower() in named:
            name, number = f"{alone}_{number}", number + 1
        named[name.lower()] = LooseScene(name, scene.bands)
    return list(named.values())
