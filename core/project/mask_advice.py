"""What to say of a value in a mask that is none of the project's classes: with a --map that can be typed as it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path

from core.errors import LabelError
from core.labels.classes import IGNORE, UNLABELED

_MOST_VALUES = 16  # that a sentence names, and more than masks of a few classes hold


def no_class(path: Path, value: float, seen: Collection[int], known: Mapping[int, int], classes: Collection[int]) -> (
    LabelError
):  # fmt: skip
    """`seen` are the values of all masks, `known` what some of them mean already, `classes` the project's."""
    if not float(value).is_integer():
        return LabelError(
            "The mask {path} has the value {value}, which is no whole number.",
            "Save the masks anew with a whole number for every class, for example 1, 2 and 3.",
            path=path, value=value,
        )  # fmt: skip
    values = sorted({*seen, int(value)})
    if len(values) > _MOST_VALUES:
        return LabelError(
            "The mask {path} has the value {value}, which is none of the project's classes.",
            "The masks hold {count} values. If they are masks of classes, say with --map what each of them means.",
            path=path, value=int(value), count=len(values),
        )  # fmt: skip
    return LabelError(
        "The mask {path} has the value {value}, which is none of the project's classes.",
        "The masks hold {values}. Say what each means (0 is unlabeled, 255 ignore), for example --map {map}",
        path=path, value=int(value), values=", ".join(map(str, values)),
        map=",".join(f"{number}={target}" for number, target in proposed_map(values, known, classes).items()),
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
