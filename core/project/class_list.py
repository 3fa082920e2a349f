"""The project's Classes: their order, which of them are hidden, and what became of those that are gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from core.errors import LabelError
from core.labels.classes import (
    IGNORE,
    LARGEST_CLASS_VALUE,
    UNLABELED,
    LabelClass,
    checked_classes,
    meaning_table,
    unused_colour,
)
from core.labels.merging import MergedMask
from core.project.class_merges import ClassMerge, class_merges, save_merge, take_back
from core.project.records import TileRecord, TileStatus
from core.project.settings import Setting
from core.project.store import Store


class ClassList:
    """Saves every change at once; raises ProjectError when that fails, and is then as before."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.classes: tuple[LabelClass, ...] = store.classes()
        self.hidden: frozenset[int] = frozenset(map(int, store.setting(Setting.HIDDEN_CLASSES, [])))
        self.merges: list[ClassMerge] = class_merges(store)

    def set(self, classes: Sequence[LabelClass]) -> None:
        """Raises LabelError when a Class that has paint would vanish, or two are alike."""
        checked = checked_classes(classes)
        self._store.set_classes(checked)
        self.classes = checked

    def show(self, value: int, visible: bool) -> None:
        """Whether the paint and the prediction of a Class, or IGNORE, is drawn."""
        hidden = self.hidden - {value} if visible else self.hidden | {value}
        self._store.set_setting(Setting.HIDDEN_CLASSES, sorted(hidden))
        self.hidden = hidden

    def new_class(self, name: str) -> LabelClass:
        """A Class with a value that no Class has ever had: old Strokes and Models must not come to mean another.

        Raises LabelError for a name that cannot be used, or when all values have been given.
        """
        value = max(self._store.setting(Setting.HIGHEST_CLASS_VALUE, 0), *(c.value for c in self.classes)) + 1
        if value > LARGEST_CLASS_VALUE:
            raise LabelError("This project has had {most} classes.", "Rename one of them.", most=LARGEST_CLASS_VALUE)
        return LabelClass(value, name.strip(), unused_colour(self.classes))

    def meaning(self) -> NDArray[np.uint8]:
        """See `meaning_table`."""
        return meaning_table(self.classes, {m.removed.value: m.into for m in self.merges})

    def without(self, value: int, into: int) -> tuple[LabelClass, ...]:
        """The Classes after `value` has gone into `into`. Raises LabelError when that makes no sense."""
        rest = tuple(c for c in self.classes if c.value != value)
        if len(rest) == len(self.classes) or into not in (UNLABELED, IGNORE, *(c.value for c in rest)):
            raise LabelError("This class is not in the project any more.", "Choose another one.")
        return checked_classes(rest)

    def refuse_unknown(self, labels: NDArray[np.uint8]) -> None:
        """Paint of a Class that was removed must not come back without it: by undo, or from an old model. Raises
        LabelError where `labels`, uint8 of any shape, hold a value that is no Class."""
        known = [UNLABELED, IGNORE, *(c.value for c in self.classes)]
        unknown = np.setdiff1d(np.flatnonzero(np.bincount(labels.ravel(), minlength=256)), known)
        if len(unknown):
            raise LabelError(
                "This would paint the class {value}, which is not in the project.", "Bring that class back first.",
                value=int(unknown[0]),
            )  # fmt: skip

    def merge(
        self, value: int, into: int, masks: Sequence[MergedMask], tiles: Mapping[int, TileRecord]
    ) -> dict[int, TileStatus]:
        """Save what `merge_masks` has made of all Masks that held `value`; the status that each of those `tiles` then
        has. Raises LabelError."""
        rest = self.without(value, into)
        removed = next(c for c in self.classes if c.value == value)
        statuses = save_merge(self._store, removed, into, masks, rest, tiles)
        self.classes, self.merges = rest, class_merges(self._store)
        return statuses

    def take_back(self, tiles: Mapping[int, TileRecord]) -> dict[int, TileStatus]:
        """Undo the newest merge; the status that each of the `tiles` which changed then has. Its Class comes back
        without its key where another one has that by now. Raises LabelError when there is none, or paint lies on it."""
        if not self.merges:
            raise LabelError("No class has been removed from this project.")
        merge = self.merges[-1]
        key = merge.removed.key if merge.removed.key not in {c.key for c in self.classes} else ""
        back = replace(merge.removed, key=key)
        classes = checked_classes((*self.classes[: merge.place], back, *self.classes[merge.place :]))
        statuses = take_back(self._store, merge, classes, tiles)
        self.classes, self.merges = classes, self.merges[:-1]
        return statuses
