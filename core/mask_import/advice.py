"""What to say of a value in a mask that is taken for none of the project's classes: with a --map that can be typed as
it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Literal

from core.errors import LabelError
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.mask_import.values import written_map

_MOST_NAMED = 16  # values or classes, in a sentence: more than masks of a few classes hold


def no_whole_number(path: Path, value: float) -> LabelError:
    return LabelError(
        "The mask {path} has the value {value}, which is no whole number.",
        "Save the masks anew with a whole number for every class, for example 1, 2 and 3.",
        path=path, value=value,
    )  # fmt: skip


def no_class(
    path: Path, value: int, seen: Collection[int], known: Mapping[int, int], classes: Sequence[LabelClass]
) -> LabelError:
    """`seen` are the values of all masks, `known` what some of them mean already, `classes` the project's."""
    values = sorted({*seen, value})
    if len(values) > _MOST_NAMED:
        return LabelError(
            "The mask {path} has the value {value}, which is none of the project's classes.",
            "The masks hold {count} values. If they are masks of classes, say with --map what each of them means.",
            path=path, value=value, count=len(values),
        )  # fmt: skip
    return LabelError(
        "The mask {path} has the value {value}, which is none of the project's classes.",
        "The masks hold {values}. Say what each means (0 is unlabeled, 255 ignore), for example --map {map}",
        path=path, value=value, values=", ".join(map(str, values)), map=_proposed(values, known, classes),
    )  # fmt: skip


def no_class_left(
    path: Path, value: int, seen: Collection[int], known: Mapping[int, int], classes: Sequence[LabelClass]
) -> LabelError:
    """Of a value that is a Class's number, where every value moves up by one."""
    numbers = {UNLABELED, *(c.value for c in classes)}
    if set(seen) <= numbers | {IGNORE}:
        return LabelError(
            "The mask {path} has the value {value}. Where 0 is the first class, no class is left for it.",
            "If the values are the classes' numbers, say so: --map {map}",
            path=path, value=value, map=written_map({number: number for number in sorted(numbers)}),
        )  # fmt: skip
    return _unclear(path, value, seen, known, classes, why="none left")


def not_in_map(
    path: Path, value: int, seen: Collection[int], given: Mapping[int, int], classes: Sequence[LabelClass], *,
    is_kept: bool,
) -> LabelError:  # fmt: skip
    """Of a value that the map `given` with --map leaves out; `is_kept` where that was for masks imported earlier."""
    return _unclear(path, value, seen, given, classes, why="not in kept map" if is_kept else "not in map")


def _unclear(
    path: Path, value: int, seen: Collection[int], known: Mapping[int, int], classes: Sequence[LabelClass], *,
    why: Literal["none left", "not in kept map", "not in map"],
) -> LabelError:  # fmt: skip
    values = sorted({*seen, value})
    return LabelError(
        "The mask {path} has the value {value}. Where 0 is the first class, no class is left for it."
        if why == "none left"
        else "The mask {path} has the value {value}, of which the --map given before says nothing: {known}."
        if why == "not in kept map"
        else "The mask {path} has the value {value}, of which --map {known} says nothing.",
        "The masks hold {count} values. If they are masks of classes, say with --map what each of them means."
        if len(values) > _MOST_NAMED
        else "The masks hold {values}. Say what each means (0 is unlabeled, 255 ignore), for example --map {map}"
        if len(classes) > _MOST_NAMED
        else "The masks hold {values}, and the project has the classes {classes}. Say what each value means (0 is"
        " unlabeled, 255 ignore), for example --map {map}",
        path=path, value=value, known=written_map(known), values=", ".join(map(str, values)), count=len(values),
        classes=", ".join(f"{c.value} ({c.name})" for c in classes), map=_proposed(values, known, classes),
    )  # fmt: skip


def _proposed(values: Collection[int], known: Mapping[int, int], classes: Sequence[LabelClass]) -> str:
    return written_map(proposed_map(values, known, [c.value for c in classes]))


def proposed_map(values: Collection[int], known: Mapping[int, int], classes: Collection[int]) -> dict[int, int]:
    """What is known stays; what is below 0 is ignored, as it mostly means; the others are the classes that are left, in
    their order, and ignored where there are no more."""
    allowed = {UNLABELED, IGNORE, *classes}
    sure = {value: known[value] for value in values if known.get(value) in allowed}
    left = iter(sorted(set(classes) - set(sure.values())))
    return {
        value: sure[value] if value in sure else IGNORE if value < 0 else next(left, IGNORE) for value in sorted(values)
    }
