"""Label values: the same uint8 in memory, in the project and in label exports."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from core.errors import LabelError

UNLABELED = 0
HEALTHY = 1
UNHEALTHY = 2
LARGEST_CLASS_VALUE = 199
IGNORE = 255

# Wong's colour-blind-safe palette (Nature Methods 8, 441, 2011); healthy and unhealthy take its blue and vermilion.
CLASS_COLOURS = ("#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442", "#8C6BB1", "#A6761D")
IGNORE_COLOUR = "#7F7F7F"


@dataclass(frozen=True)
class LabelClass:
    """A Class: its value (1…199), its name, and its colour as "#rrggbb"."""

    value: int
    name: str
    colour: str

    def __post_init__(self) -> None:
        if not 1 <= self.value <= LARGEST_CLASS_VALUE:
            raise LabelError(
                "The class value {value} is not allowed.", "Use a value from 1 to {largest}.",
                value=self.value, largest=LARGEST_CLASS_VALUE,
            )  # fmt: skip
        if not self.name.strip() or not self.name.isprintable():  # names go into XML and tags of exported files
            raise LabelError("Class {value} has no name.", "Give every class a name.", value=self.value)
        if not re.fullmatch(r"#[0-9A-Fa-f]{6}", self.colour):
            raise LabelError(
                "“{colour}” is not a colour.", "Write colours as #rrggbb, for example #0072B2.", colour=self.colour
            )


DEFAULT_CLASSES = (
    LabelClass(HEALTHY, "healthy", CLASS_COLOURS[0]),
    LabelClass(UNHEALTHY, "unhealthy", CLASS_COLOURS[1]),
)


def classes_from_names(names: Sequence[str]) -> tuple[LabelClass, ...]:
    """Classes with values 1, 2, … and the default colours, in the order of `names`."""
    return checked_classes(
        LabelClass(value, name.strip(), CLASS_COLOURS[(value - 1) % len(CLASS_COLOURS)])
        for value, name in enumerate(names, start=1)
    )


def checked_classes(classes: Iterable[LabelClass]) -> tuple[LabelClass, ...]:
    """The same classes by ascending value; raises LabelError unless there are two or more, all different."""
    ordered = tuple(sorted(classes, key=lambda c: c.value))
    if len(ordered) < 2:
        raise LabelError("A project needs at least two classes.", "Add a class, for example “unhealthy”.")
    for earlier, later in pairwise(ordered):
        if earlier.value == later.value:
            raise LabelError(
                "Two classes have the value {value}.", "Give every class its own value.", value=later.value
            )
    names = [c.name.casefold() for c in ordered]
    for name in names:
        if names.count(name) > 1:
            raise LabelError("Two classes are called “{name}”.", "Give every class its own name.", name=name)
    return ordered
