"""Label values: the same uint8 in memory, in the project and in label exports."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.text import Text, text

UNLABELED = 0
HEALTHY = 1
UNHEALTHY = 2
LARGEST_CLASS_VALUE = 199
IGNORE = 255

# Wong's colour-blind-safe palette (Nature Methods 8, 441, 2011); healthy and unhealthy take its blue and vermilion.
# The last two are ours, as far from all others for every kind of colour blindness.
CLASS_COLOURS = ("#0072B2", "#D55E00", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#F0E442", "#6600CC", "#661100")
# For more classes than these: no greys, which would be taken for "ignore".
_FURTHER_RGB = np.array([rgb for rgb in product((0x22, 0x66, 0xAA, 0xEE), repeat=3) if len(set(rgb)) > 1])
_FURTHER_COLOURS = tuple("#{:02X}{:02X}{:02X}".format(*rgb) for rgb in _FURTHER_RGB)
IGNORE_COLOUR = "#7F7F7F"
_NO_CLASS_NAMES = ("unlabeled", "ignore")

ORDERED_KEYS = "123456789"  # of the Classes in their order, where no other key was chosen
IGNORE_KEY = "0"
_KEY = re.compile(r"[1-9]|(Shift\+)?[A-ZÀ-ÖØ-Þ]")  # the letters of western keyboards


@dataclass(frozen=True)
class LabelClass:
    """A Class: its value (1…199), its name, its colour as "#rrggbb", and the key that was chosen for it: a digit from 1
    to 9, a letter, or one with Shift ("Shift+K"); empty for the digit of its place."""

    value: int
    name: str
    colour: str
    key: str = ""

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
        if self.key and not is_class_key(self.key):
            raise LabelError(
                "“{key}” cannot be the key of a class.",
                "Take a Latin letter, also with Shift, or a digit from 1 to 9.", key=self.key,
            )  # fmt: skip


def is_class_key(key: str) -> bool:
    """Whether a Class may have it, if nobody else has; in the form "K" or "Shift+K"."""
    return _KEY.fullmatch(key) is not None


DEFAULT_CLASSES = (
    LabelClass(HEALTHY, "healthy", CLASS_COLOURS[0]),
    LabelClass(UNHEALTHY, "unhealthy", CLASS_COLOURS[1]),
)


def classes_from_names(names: Sequence[str]) -> tuple[LabelClass, ...]:
    """Classes with values 1, 2, … and the default colours, in the order of `names`."""
    classes: list[LabelClass] = []
    for value, name in enumerate(names, start=1):
        classes.append(LabelClass(value, name.strip(), unused_colour(classes)))
    return checked_classes(classes)


def checked_classes(classes: Iterable[LabelClass]) -> tuple[LabelClass, ...]:
    """The same classes in the same order; raises LabelError unless there are two or more, all different, and none is
    called what the values 0 and 255 are in files."""
    ordered = tuple(classes)
    if len(ordered) < 2:
        raise LabelError("A project needs at least two classes.", "Add a class, for example “unhealthy”.")
    for earlier, later in pairwise(sorted(c.value for c in ordered)):
        if earlier == later:
            raise LabelError("Two classes have the value {value}.", "Give every class its own value.", value=later)
    names = [c.name.casefold() for c in ordered]
    for name in names:
        if name in _NO_CLASS_NAMES:
            raise LabelError(
                "No class can be called “{name}”: files call so what is in none.",
                "For what shall not count there is “ignore” already, key 0.", name=name,
            )  # fmt: skip
        if names.count(name) > 1:
            raise LabelError("Two classes are called “{name}”.", "Give every class its own name.", name=name)
    keys = [c.key for c in ordered if c.key]
    for key in keys:
        if keys.count(key) > 1:
            raise LabelError("Two classes have the key {key}.", "Give every class its own key.", key=key)
    return ordered


def class_keys(classes: Sequence[LabelClass], taken: Collection[str] = ()) -> dict[int, str]:
    """The key of each Class by now, by value; a Class that none is left for is not there.

    A chosen key that is among the `taken` ones, which others have, does not count. All other Classes have the digit of
    their place, up to the ninth, unless one before or behind them has chosen it.
    """
    chosen = {c.value: c.key for c in classes if c.key and c.key not in taken}
    ordered = {c.value: digit for c, digit in zip(classes, ORDERED_KEYS, strict=False)}
    left = {value: digit for value, digit in ordered.items() if digit not in chosen.values() and digit not in taken}
    return left | chosen


def rgb_of(colour: str) -> tuple[int, int, int]:
    """Red, green, blue, 0…255, of "#rrggbb"."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def unused_colour(classes: Iterable[LabelClass]) -> str:
    """The first colour of the palette that no Class has; when all are taken, one that is unlike all of them."""
    taken = [c.colour.upper() for c in classes]
    free = next((colour for colour in CLASS_COLOURS if colour not in taken), None)
    if free is not None:
        return free
    others = np.array([rgb_of(colour) for colour in (*taken, IGNORE_COLOUR)])
    return _FURTHER_COLOURS[int(_unlike(_FURTHER_RGB[:, None], others).min(axis=1).argmax())]


def _unlike(one: NDArray[np.int_], other: NDArray[np.int_]) -> NDArray[np.float64]:
    """How differently colours (…, 3) are seen, roughly: the red mean, https://www.compuphase.com/cmetric.htm."""
    red = (one[..., 0] + other[..., 0]) / 2
    squares = (one - other) ** 2
    weights: NDArray[np.float64] = np.stack([2 + red / 256, np.full_like(red, 4), 2 + (255 - red) / 256], axis=-1)
    return np.asarray((weights * squares).sum(axis=-1), np.float64)


def meaning_table(classes: Sequence[LabelClass], merged: Mapping[int, int]) -> NDArray[np.uint8]:
    """What each label value (the index, 0…255) means by now, uint8: itself where it is a Class, what it was merged
    into otherwise, and UNLABELED for what is gone. Reads the Predictions of Models that know older Classes.

    `merged` says for merged Classes which value each went into.
    """
    table = np.zeros(256, np.uint8)
    for known in (*(c.value for c in classes), IGNORE):
        table[known] = known
    for value in merged:
        target = value
        while target in merged:  # a value is never given to another Class, so this ends
            target = merged[target]
        table[value] = table[target] if target != IGNORE else UNLABELED  # no Model predicts "ignore"
    return table


def unlearned(
    trained: Iterable[int], classes: Sequence[LabelClass], meaning: NDArray[np.uint8]
) -> tuple[LabelClass, ...]:
    """The Classes that a Model's map never shows: none of the values `trained` that it tells apart means them by now,
    see `meaning_table`."""
    told = {int(meaning[value]) for value in trained}
    return tuple(c for c in classes if c.value not in told)


def what_a_model_misses(
    trained: Mapping[int, str], classes: Sequence[LabelClass], meaning: NDArray[np.uint8], painted: Collection[int]
) -> tuple[Text, ...]:
    """What a Model with the Classes `trained` (value: name) cannot tell by now, and what helps; empty for nothing.

    `painted`: the values that have enough paint to be learned.
    """
    new = unlearned(trained, classes, meaning)
    unpainted = _quoted(c.name for c in new if c.value not in painted)
    ready = _quoted(c.name for c in new if c.value in painted)
    gone = _quoted(name for value, name in trained.items() if meaning[value] == UNLABELED)
    sentences = []
    if unpainted:
        sentences.append(text("The model has not learned {new}: paint that first, then train again.", new=unpainted))
    if ready:
        sentences.append(text("The model has not learned {new} yet: train again.", new=ready))
    if gone:
        sentences.append(text("The model still looks for {gone}, which is left open now: train again.", gone=gone))
    return tuple(sentences)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
