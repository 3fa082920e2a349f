"""What the values of masks mean: decided once for all masks of a folder, and for all rounds of a campaign.

A single mask may not say: in the codes 0, 1 and 1, 2 alike a tile of one class can hold nothing but 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError, SceneError
from core.geometry import Rect
from core.imagery.files import SceneInfo
from core.imagery.scene import Pixels, Scene, open_scene
from core.labels.classes import IGNORE, LARGEST_CLASS_VALUE, UNLABELED, LabelClass
from core.project.settings import in_shape

ONLY_IGNORED = (
    "The masks hold nothing but 0 and 255, and 255 was taken for “ignore”. If it is a class, say so and import them"
    " again: --map 0=1,255=2"
)
WITHOUT_ZERO = (
    "None of the masks holds a 0, so their values were taken for the numbers of the classes. If the first class is 0,"
    " say so and import them again: --map 0=1,1=2"
)
READ_AS_BEFORE = (
    "The values are read as in the masks imported before: {reading}. If they mean something else, say so with --map."
)
READ_OTHERWISE = (
    "The masks imported before were read otherwise: {before}. What they have labeled stays until they are imported"
    " again. From now on: {reading}."
)
_AS_THEY_ARE, _FROM_ZERO = "as the numbers of the classes", "0 as the first class"
_MOST_PX = 1 << 22  # of a mask at a time
_ROWS = 512  # blocks are mostly as high, or a part of it


@dataclass(frozen=True)
class Reading:
    """How values become classes: by the `value_map` that was given with --map; else `from_zero`, where each moves up by
    one, or as they are, with 0 as unlabeled.

    `seen` are the values this was decided by. `is_kept` where it was decided for masks that were imported earlier;
    `overrules` where these masks alone would have been read otherwise.
    """

    from_zero: bool = True
    value_map: Mapping[int, int] | None = None
    seen: frozenset[int] = frozenset()
    is_kept: bool = False
    overrules: bool = False

    def __str__(self) -> str:
        if self.value_map is not None:
            return f"--map {written_map(self.value_map)}"
        return _FROM_ZERO if self.from_zero else _AS_THEY_ARE

    @property
    def is_decided(self) -> bool:
        """Whether the masks held anything to decide by."""
        return self.value_map is not None or bool(self.seen - {IGNORE})

    @property
    def warning(self) -> str:
        """What else nobody would notice; empty where there is nothing."""
        if self.overrules:
            return READ_AS_BEFORE.format(reading=self)
        return ONLY_IGNORED if self.value_map is None and self.seen == {UNLABELED, IGNORE} else ""

    def may_start_at_zero(self, classes: Sequence[LabelClass]) -> bool:
        """Whether the other reading was as possible: no mask held a 0, and none the number of the last class."""
        read_as_they_are = self.value_map is None and not self.from_zero and self.is_decided
        return read_as_they_are and UNLABELED not in self.seen and _fits_from_zero(self.seen, classes)

    def differs_from(self, other: Reading) -> bool:
        """Whether any value that this one's map speaks of is another class in `other`."""
        theirs = other.value_map
        if theirs is None:
            theirs = guessed_map(None if other.from_zero else UNLABELED, other.from_zero)
        return any(theirs.get(value, target) != target for value, target in (self.value_map or {}).items())

    def to_setting(self) -> dict[str, Any]:
        written = written_map(self.value_map) if self.value_map is not None else str(self)
        return {"reading": written, "seen": sorted(self.seen)}

    @staticmethod
    def from_setting(stored: Any) -> Reading | None:
        """None where nothing was kept, or nothing that can be read."""
        found = in_shape(stored, {"reading": "", "seen": []}) if stored else {"reading": "", "seen": []}
        written, seen = str(found["reading"]), frozenset(value for value in found["seen"] if isinstance(value, int))
        if written in (_AS_THEY_ARE, _FROM_ZERO):
            return Reading(written == _FROM_ZERO, None, seen, is_kept=True)
        try:
            return Reading(value_map=parse_value_map(written), seen=seen, is_kept=True)
        except LabelError:
            return None


def read_as(
    folder: Sequence[Path], classes: Sequence[LabelClass], kept: Reading | None = None,
    now: Sequence[Path] | None = None, watch: Callable[[Sequence[Path]], Iterable[Path]] = lambda paths: paths,
    values: Callable[[Path], Collection[int]] | None = None,
) -> Reading:  # fmt: skip
    """How the masks of the `folder` are read. Masks that name their values (CLASS_n tags) have no say in it.

    Where 0 is their nodata: as they are. Otherwise by what all of them together hold: with a 0 it is the first class,
    without one the values are the classes' numbers. A Reading that was `kept` stays; then only the masks imported `now`
    are looked at, not all again in every round. `watch` is given the masks that are read and gives them back;
    `values` says what is in one where that is known already.

    Raises LabelError where nobody can know: 0 is nodata in some masks only, two Classes and nothing but 0 and 255, or
    a 0 appears that may be a class after masks without any were read.
    """
    if kept is not None and kept.value_map is not None:
        return replace(kept, overrules=True)
    nameless = list(_nameless(folder if kept is None or now is None else now, classes))
    zero_is_nodata = _zero_is_nodata(nameless, kept)
    if not nameless or (kept is not None and kept.from_zero):
        return kept or Reading()
    held = (set((values or values_of)(path)) for path in watch([path for path, _ in nameless]))
    if kept is None:
        return _first_reading(held, classes, zero_is_nodata)
    return _reading_again(kept, set().union(*held), classes, zero_is_nodata)


def _first_reading(held: Iterable[Set[int]], classes: Sequence[LabelClass], zero_is_nodata: bool) -> Reading:
    """By what masks hold, one after the other, until the rest cannot change it."""
    seen: set[int] = set()
    for values in held:
        seen |= values
        if seen - {UNLABELED, IGNORE} and (UNLABELED in seen or zero_is_nodata):
            break
    if seen == {UNLABELED, IGNORE} and len(classes) == 2:
        raise _only_ignored(classes, zero_is_nodata)
    if zero_is_nodata:
        return Reading(False, seen=frozenset(seen | {UNLABELED}))
    return Reading(UNLABELED in seen or not seen - {IGNORE}, seen=frozenset(seen))


def _reading_again(kept: Reading, seen: Set[int], classes: Sequence[LabelClass], zero_is_nodata: bool) -> Reading:
    """The Reading that was kept, of values as they are, for further masks that hold what was `seen`."""
    if zero_is_nodata:
        return replace(kept, seen=kept.seen | seen | {UNLABELED}, overrules=False)
    together = kept.seen | seen
    if UNLABELED in seen - kept.seen and _fits_from_zero(together, classes):
        raise _zero_after_all(classes)
    return replace(kept, seen=together, overrules=UNLABELED in seen)


def values_of(path: Path) -> set[int]:
    """The whole numbers in a mask but its nodata; none of one that cannot be read, or is a picture, which is said where
    it is needed."""
    return set(pixels_by_value(path))


def pixels_by_value(path: Path) -> Counter[int]:
    """How many pixels have each of these values."""
    found: Counter[int] = Counter()
    try:
        with open_scene(path, try_reading=False) as raster:
            rows = max(_MOST_PX // max(raster.info.width, 1) // _ROWS, 1) * _ROWS
            for top in range(0, raster.info.height, rows):
                part = Rect(0, top, raster.info.width, min(rows, raster.info.height - top))
                pixels = read_values(raster, part)
                values, counts = np.unique(pixels.values[0][shown(raster, pixels)], return_counts=True)
                for value, count in zip(values, counts, strict=True):
                    if math.isfinite(value) and value == int(value):
                        found[int(value)] += int(count)
            nodata = raster.info.nodata
    except (SceneError, LabelError):
        return Counter()
    if nodata is not None and nodata != UNLABELED and nodata in found:
        del found[int(nodata)]
    return found


def read_values(raster: Scene, rect: Rect) -> Pixels:
    """A part of a mask, values (1, h, w): of three equal bands, as image editors save grey pictures, the first. Raises
    LabelError where the file is no mask."""
    bands = raster.data_bands()
    if len(bands) in (1, 3):
        pixels = raster.read(rect, bands=bands)
        if all(np.array_equal(band, pixels.values[0]) for band in pixels.values[1:]):
            return Pixels(pixels.values[:1], pixels.valid)
    raise LabelError(
        "{path} has {bands} bands: it is a picture, not a mask.",
        "Use masks with one band that holds the class values. QGIS makes values of colours: Raster, Conversion, RGB to"
        " PCT.",
        path=raster.info.path,
        bands=raster.info.band_count,
    )


def shown(raster: Scene, pixels: Pixels) -> NDArray[np.bool_]:
    """What a mask of the file's own does not hide; its nodata has a meaning as any value."""
    values, nodata = pixels.values[0], raster.nodata(None)
    if not raster.info.has_mask:
        return np.ones(values.shape, bool)
    return pixels.valid if nodata is None else pixels.valid | (values == nodata)


def guessed_map(nodata: float | None, from_zero: bool) -> dict[int, int]:
    """What the values of a file with this nodata become."""
    if nodata == UNLABELED:
        return {value: value for value in (*range(LARGEST_CLASS_VALUE + 1), IGNORE)}
    up = int(from_zero)
    guessed = {value: value + up for value in range(LARGEST_CLASS_VALUE + 1 - up)} | {IGNORE: IGNORE}
    if nodata is not None and math.isfinite(nodata) and nodata == int(nodata):
        guessed[int(nodata)] = IGNORE
    return guessed


def named_values(raster: SceneInfo, classes: Sequence[LabelClass]) -> dict[int, int]:
    """The classes of those values that the file names, in CLASS_n tags as this program writes them."""
    ours = {c.name.casefold(): c.value for c in classes}
    named = {tag.removeprefix("CLASS_"): ours[name.casefold()] for tag, name in raster.tags if name.casefold() in ours}
    return {int(value): target for value, target in named.items() if value.isdecimal()}


def parse_value_map(text: str) -> dict[int, int]:
    """“0=1,1=2,255=255” → {0: 1, 1: 2, 255: 255}. Raises LabelError."""
    value_map: dict[int, int] = {}
    try:
        for pair in text.split(","):
            source, target = map(int, pair.split("="))
            if value_map.setdefault(source, target) != target:
                raise LabelError(
                    "“{text}” makes {value} two things at once.", "Say for every value once what it means.",
                    text=text, value=source,
                )  # fmt: skip
    except ValueError as error:
        raise LabelError("“{text}” is not a value map.", "Write it like 0=1,1=2,2=3.", text=text) from error
    return value_map


def written_map(value_map: Mapping[int, int]) -> str:
    """As a command's `--map` takes it."""
    return ",".join(f"{value}={target}" for value, target in value_map.items())


def _fits_from_zero(values: Iterable[int], classes: Sequence[LabelClass]) -> bool:
    return {value + 1 for value in values if value != IGNORE} <= {c.value for c in classes}


def _nameless(paths: Iterable[Path], classes: Sequence[LabelClass]) -> Iterator[tuple[Path, bool]]:
    """The masks that do not say which of the classes their values are, each with whether 0 is its nodata."""
    for path in paths:
        try:
            mask = open_scene(path, try_reading=False)
        except SceneError:
            continue  # said when it is imported, if it is
        mask.close()
        if not named_values(mask.info, classes):
            yield path, mask.info.nodata == UNLABELED


def _zero_is_nodata(masks: Iterable[tuple[Path, bool]], kept: Reading | None) -> bool:
    """Raises LabelError where that is so in some only: guessed one by one, their values would not agree."""
    says: dict[bool, Path] = {}
    for path, is_nodata in masks:
        says.setdefault(is_nodata, path)
    if len(says) == 2:
        raise LabelError(
            "In {one} 0 is nodata, in {other} it is not.", "Say what the values mean with --map, such as 0=0,1=1,2=2.",
            one=says[True].name, other=says[False].name,
        )  # fmt: skip
    if True in says and kept is not None and kept.from_zero:
        raise LabelError(
            "In {one} 0 is nodata, in the masks imported before it was the first class.",
            "Say what the values mean with --map, such as 0=0,1=1,2=2.",
            one=says[True].name,
        )
    return True in says


def _only_ignored(classes: Sequence[LabelClass], zero_is_nodata: bool) -> LabelError:
    first, second = (c.value for c in classes)
    zero, full = (UNLABELED, first) if zero_is_nodata else (first, second)
    return LabelError(
        "The masks hold nothing but 0 and 255, and nothing says which class 255 is.",
        "Say so: --map 0={zero},255={full}; or, where it is to be ignored, --map 0={zero},255=255",
        zero=zero, full=full,
    )  # fmt: skip


def _zero_after_all(classes: Sequence[LabelClass]) -> LabelError:
    numbers = [c.value for c in classes]
    return LabelError(
        "The masks imported before held no 0, so their values were taken for the classes' numbers; these hold one.",
        "Say what the values mean: --map {same} where 0 is unlabeled; --map {up} where it is the first class, and then"
        " import the earlier masks again.",
        same=written_map({value: value for value in (UNLABELED, *numbers)}),
        up=written_map({value - 1: value for value in numbers}),
    )  # fmt: skip
