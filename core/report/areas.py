"""Hectares per Class: what the map counts in every Scene, and for all Scenes together the area corrected for the map's
confusion on held-out Tiles."""

from __future__ import annotations

import itertools
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.geometry import Rect
from core.imagery.files import SceneInfo
from core.imagery.georeference import Box, Georeference, map_box
from core.labels.classes import LabelClass
from core.learning.area import corrected_share
from core.learning.intervals import Estimate, Tables
from core.text import Text, text

PixelCounts = NDArray[np.int64]  # (256,) pixels of each predicted label value

_OVERLAP = 0.02  # of a Scene: less is an edge
_POINTS = 32
_MOST_DIGITS = 6  # of a hectare: a hundredth of a square metre


class MapCount:
    """What the map counts in one Scene: `pixels` (256,) of each value, and their `hectares` (256,), None where the
    size of a pixel is unknown. In degrees or Mercator pixels are not of one size: every Tile counts where it lies."""

    def __init__(self, info: SceneInfo) -> None:
        self.name = info.name
        self.place = Georeference(info)
        self.size_px = (info.width, info.height)
        placed = info.transform is not None
        degrees = self.place.box_in_degrees(info.rect) if placed else None
        self.map = info.crs_wkt if degrees is None else ""  # that `box` is on: one for all that are somewhere on Earth
        self.box = degrees if degrees is not None or not placed else map_box(info.rect, info.transform)
        self.pixels: PixelCounts = np.zeros(256, np.int64)
        self.hectares = None if self.place.hectares(1) is None else np.zeros(256)

    def add(self, pixels: PixelCounts, rect: Rect) -> None:
        """Those of a Tile at `rect`."""
        self.pixels += pixels
        of_one = self.place.hectares(1, rect.centre)
        if self.hectares is not None and of_one is not None:
            self.hectares += pixels * of_one


@dataclass(frozen=True)
class SceneArea:
    """What the map counts in one Scene, by class value; `hectares` is None where a pixel's size is unknown.

    `corrected` is in hectares where they are known, else in pixels, and takes the map's confusion to be that of all
    Scenes together; NaN where it is unknown. `unlearned`: the Classes that the map never shows.
    """

    name: str
    pixels: Mapping[int, int]
    hectares: Mapping[int, float] | None
    corrected: Mapping[int, Estimate]
    unlearned: frozenset[int] = frozenset()

    @property
    def unit(self) -> str:
        return "px" if self.hectares is None else "ha"

    def mapped(self, value: int) -> float:
        """In `unit`; NaN for a Class that nobody has taught the map's maker."""
        if value in self.unlearned:
            return math.nan
        return float(self.pixels[value] if self.hectares is None else self.hectares[value])


@dataclass(frozen=True)
class ClassArea:
    """One Class over all Scenes, in hectares or else in pixels; the corrected area is NaN where it is unknown.

    What the map counts is NaN for a Class that its maker has not learned: the map never shows it, wherever it is.
    """

    value: int
    mapped: float
    corrected: Estimate  # in the same unit; low and high are NaN without an interval; of no tiles: nobody has checked

    @property
    def is_learned(self) -> bool:
        return not math.isnan(self.mapped)

    @property
    def is_checked(self) -> bool:
        """Whether held-out Tiles have paint of it."""
        return self.corrected.tiles > 0

    @property
    def best(self) -> float:
        """The corrected area where it is known, else the mapped one; NaN where there is no estimate."""
        return self.mapped if math.isnan(self.corrected.value) else self.corrected.value


@dataclass(frozen=True)
class AreaReport:
    """`unit` is "ha" where the size of every Scene's pixels is known, else "px"."""

    scenes: tuple[SceneArea, ...]
    classes: tuple[ClassArea, ...]
    unit: str
    remarks: tuple[Text, ...]

    @property
    def total(self) -> float:
        """Of the whole map, in `unit`."""
        return sum(c.mapped for c in self.classes if c.is_learned)


def area_digits(area: float, unit: str) -> int:
    """How many digits behind the point an area deserves: three significant ones from 0.1 ha on, two below, for a rare
    class of centimetre imagery covers square metres; none where nothing would be left to show, and none of pixels."""
    size = abs(area)
    if unit == "px" or not size >= 0.5 * 10.0**-_MOST_DIGITS:
        return 0
    if size >= 0.1:
        return 0 if size >= 1000 else 1 if size >= 100 else 2 if size >= 1 else 3
    return min(1 - math.floor(math.log10(size)), _MOST_DIGITS)


def area_report(
    counts: Sequence[MapCount], class_values: Sequence[int], tables: Tables, unlearned: Collection[LabelClass] = ()
) -> AreaReport:
    """`counts` of the whole map; `tables` (T, K, K) of held-out Tiles; `unlearned`: the Classes the map never shows."""
    never_shown = frozenset(c.value for c in unlearned)
    scenes = tuple(scene_area(count, class_values, tables, never_shown) for count in counts)
    in_hectares = all(scene.hectares is not None for scene in scenes)
    sizes = [scene.hectares if in_hectares and scene.hectares is not None else scene.pixels for scene in scenes]
    mapped = [float(sum(size[value] for size in sizes)) for value in class_values]
    total = sum(mapped)
    shares = _shares(tables, mapped)
    classes = tuple(
        ClassArea(value, math.nan if value in never_shown else area, _scaled(share, total))
        for value, area, share in zip(class_values, mapped, shares, strict=True)
    )
    overlap = _overlapping(counts)
    judged = int((tables.sum(axis=(1, 2)) > 0).sum())
    remarks = (*_on_unlearned(unlearned, classes), *overlap, *_remarks(scenes, classes, judged))
    return AreaReport(scenes, classes, "ha" if in_hectares else "px", remarks)


def _shares(tables: Tables, mapped: Sequence[float]) -> list[Estimate]:
    """The corrected share of each Class."""
    return [corrected_share(tables, mapped, k) for k in range(len(mapped))]


def _on_unlearned(unlearned: Collection[LabelClass], classes: Sequence[ClassArea]) -> list[Text]:
    known = {c.value for c in classes if not math.isnan(c.corrected.value)}
    missing, made_up_for = (
        ", ".join(f"“{c.name}”" for c in unlearned if (c.value in known) == is_known) for is_known in (False, True)
    )
    remarks = []
    if missing:
        remarks.append(
            text("The map never shows {names}: there is no estimate, and where it occurs other classes are shown, "
                 "which come out too large.", names=missing)
        )  # fmt: skip
    if made_up_for:
        remarks.append(
            text("The map never shows {names}: where it occurs other classes are counted, and only the corrected areas "
                 "make up for that.", names=made_up_for)
        )  # fmt: skip
    return remarks


def _overlapping(counts: Sequence[MapCount]) -> list[Text]:
    """A remark where Scenes cover the same land. Their edges may do so by a hair: what comes to less than a fiftieth of
    the smaller one is none."""
    placed = sorted((count.box, number) for number, count in enumerate(counts) if count.box is not None)
    for place, (box, number) in enumerate(placed):
        for other_box, other_number in itertools.islice(placed, place + 1, None):
            if other_box[0] >= box[2]:
                break  # all further ones begin to the right of it
            one, other = counts[number], counts[other_number]
            if one.map == other.map and _shared(box, other_box) > _OVERLAP and _meet(one, other):
                return [
                    text("Scenes overlap, such as {one} and {other}: land that lies in both counts twice.",
                         one=one.name, other=other.name)
                ]  # fmt: skip
    return []


def _meet(one: MapCount, other: MapCount) -> bool:
    """Whether a fiftieth of either, of 32 × 32 points, lies in the other: boxes round what lies askew share more."""
    return max(_part_in(one, other), _part_in(other, one)) > _OVERLAP


def _part_in(one: MapCount, other: MapCount) -> float:
    shares = (np.arange(_POINTS) + 0.5) / _POINTS
    xs, ys = np.meshgrid(shares * one.size_px[0], shares * one.size_px[1])
    columns, rows = one.place.in_pixels_of(other.place, xs.ravel(), ys.ravel())
    inside = (columns >= 0) & (columns < other.size_px[0]) & (rows >= 0) & (rows < other.size_px[1])
    return float(inside.mean())


def _shared(one: Box, other: Box) -> float:
    """The part of the smaller box that lies in the other, 0…1."""
    width, height = (min(one[i + 2], other[i + 2]) - max(one[i], other[i]) for i in (0, 1))
    smaller = min((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return max(width, 0.0) * max(height, 0.0) / smaller


def scene_area(count: MapCount, class_values: Sequence[int], tables: Tables, unlearned: frozenset[int]) -> SceneArea:
    """One Scene's areas."""
    pixels = {value: int(count.pixels[value]) for value in class_values}
    hectares = None if count.hectares is None else {value: float(count.hectares[value]) for value in class_values}
    mapped = [float(size) for size in (pixels if hectares is None else hectares).values()]
    shares = _shares(tables, mapped)
    corrected = {value: _scaled(share, sum(mapped)) for value, share in zip(class_values, shares, strict=True)}
    return SceneArea(count.name, pixels, hectares, corrected, unlearned)


def _scaled(share: Estimate, total: float) -> Estimate:
    return Estimate(share.value * total, share.low * total, share.high * total, share.tiles)


def _remarks(scenes: Sequence[SceneArea], classes: Sequence[ClassArea], tiles: int) -> list[Text]:
    remarks = []
    placeless = [scene.name for scene in scenes if scene.hectares is None]
    if placeless:
        remarks.append(
            text("The size of a pixel is unknown in {scenes}: areas are in pixels.", scenes=", ".join(placeless))
        )
    if all(math.isnan(c.corrected.value) for c in classes):
        remarks.append(
            text("The map's errors are not known well enough to correct the areas: label more tiles of every class.")
        )
    elif not any(c.corrected.has_interval for c in classes):
        remarks.append(text("An interval of the areas needs five held-out tiles (so far: {count}).", count=tiles))
    else:
        if len(scenes) > 1:
            remarks.append(
                text("A single scene's corrected area takes the map to err there as it does in all scenes together.")
            )
        remarks.append(
            text(
                "Corrected after Olofsson et al. (2014). This trusts that held-out tiles are painted in proportion: a "
                "class painted more than its share, or land that is none of your classes, makes it too large."
            )
        )
    return remarks
