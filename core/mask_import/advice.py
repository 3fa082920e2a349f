"""What to say of a value in a mask that is taken for none of the project's classes: with a --map that can be typed as
it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from pathlib import Path

from core.errors import LabelError
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.mask_import.values import written_map
from core.text import Text, text

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
    """`seen` are the values of all masks, `known` what some of them mean already, `classes` the project's. Where none
    is a Class's number and there are no more than Classes, 255 is white, the brightest of greys, and not ignore."""
    values, numbers = {*seen, value}, {c.value for c in classes}
    if len(values) <= len(numbers) and not values & numbers:
        known = {each: meaning for each, meaning in known.items() if each != IGNORE}
    what = text(
        "The mask {path} has the value {value}, which is none of the project's classes.", path=path, value=value
    )
    return _with_remedy(what, values, known, classes, names_classes=False)


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
    what = text(
        "The mask {path} has the value {value}. Where 0 is the first class, no class is left for it.",
        path=path, value=value,
    )  # fmt: skip
    return _with_remedy(what, {*seen, value}, known, classes)


def not_in_map(
    path: Path, value: int, seen: Collection[int], given: Mapping[int, int], classes: Sequence[LabelClass], *,
    is_kept: bool,
) -> LabelError:  # fmt: skip
    """Of a value that the map `given` with --map leaves out; `is_kept` where that was for masks imported earlier."""
    what = text(
        "The mask {path} has the value {value}, of which the --map given before says nothing: {known}."
        if is_kept
        else "The mask {path} has the value {value}, of which --map {known} says nothing.",
        path=path, value=value, known=written_map(given),
    )  # fmt: skip
    return _with_remedy(what, {*seen, value}, given, classes)


def _with_remedy(
    what: Text, values: Set[int], known: Mapping[int, int], classes: Sequence[LabelClass], *, names_classes: bool = True
) -> LabelError:
    remedy = _remedy(sorted(values), known, classes, names_classes)
    return LabelError(what.template, remedy.template, **what.values, **remedy.values)


def _remedy(
    values: Sequence[int], known: Mapping[int, int], classes: Sequence[LabelClass], names_classes: bool
) -> Text:
    """To say with --map what each of the values means, in as much detail as a sentence bears."""
    if len(values) > _MOST_NAMED:
        return text(
            "The masks hold {count} values. If they are masks of classes, say with --map what each of them means.",
            count=len(values),
        )
    named = ", ".join(map(str, values))
    proposed = written_map(proposed_map(values, known, [c.value for c in classes]))
    if not names_classes or len(classes) > _MOST_NAMED:
        return text(
            "The masks hold {values}. Say what each means (0 is unlabeled, 255 ignore), for example --map {map}",
            values=named, map=proposed,
        )  # fmt: skip
    return text(
        "The masks hold {values}, and the project has the classes {classes}. Say what each value means (0 is"
        " unlabeled, 255 ignore), for example --map {map}",
        values=named, classes=", ".join(f"{c.value} ({c.name})" for c in classes), map=proposed,
    )  # fmt: skip


def proposed_map(values: Collection[int], known: Mapping[int, int], classes: Collection[int]) -> dict[int, int]:
    """What is known stays; what is below 0 is ignored, as it mostly means; the others are the classes that are left, in
    their order, and ignored where there are no more."""
    allowed = {UNLABELED, IGNORE, *classes}
    sure = {value: known[value] for value in values if known.get(value) in allowed}
    left = iter(sorted(set(classes) - set(sure.values())))
    return {
        value: sure[value] if value in sure else IGNORE if value < 0 else next(left, IGNORE) for value in sorted(values)
    }
