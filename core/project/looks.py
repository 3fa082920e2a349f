"""Looks: how a Project's Scenes are looked at. Its composites, how each is drawn, and which values may be painted."""

from __future__ import annotations

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.errors import FormulaError
from core.imagery.composites import Composite, composites_for, formula_composite, guessed_reflectance_one
from core.imagery.display import Look, default_look
from core.imagery.interpretation import Interpretation
from core.imagery.statistics import BandStatistics
from core.project.settings import Setting
from core.project.store import Store

_LONGEST_NAME = 60


@dataclass(frozen=True)
class ValueRange:
    """Where may be painted while `on`: where the Composite `key` has a value from `low` to `high`, both included."""

    key: str
    low: float
    high: float
    on: bool = True

    def inside(self, values: NDArray[Any]) -> NDArray[np.bool_]:
        """(h, w) bool of the Composite's values (h, w); NaN, where it has none, is outside."""
        with np.errstate(invalid="ignore"):
            found: NDArray[np.bool_] = (values >= self.low) & (values <= self.high)
        return found


def first_range(values: NDArray[Any]) -> tuple[float, float]:
    """Bounds to begin with, from a Tile's values (h, w): the upper half of them, rounded outwards; 0…1 without any."""
    known = values[np.isfinite(values)].astype(np.float64)
    if not known.size:
        return 0.0, 1.0
    low, high = float(np.median(known)), float(known.max())
    step = 10.0 ** math.floor(math.log10((high - low) / 20)) if high > low else 1.0
    return math.floor(low / step) * step, math.ceil(high / step) * step


class Looks:
    """The composites and looks of one Project. What is set is saved at once; setters raise ProjectError when it cannot
    be, else call `changed`.

    Settings that another version wrote and this one does not understand give way to the usual ones.
    """

    def __init__(self, store: Store, interpretation: Interpretation, changed: Callable[[], object]) -> None:
        """Raises ValueError, TypeError or KeyError where the statistics are damaged."""
        self._store = store
        self._changed = changed
        self.interpretation = interpretation
        high = BandStatistics.from_json(store.setting(Setting.STATISTICS)).high
        self._known = composites_for(interpretation, guessed_reflectance_one(high))
        self._formulas: dict[int, tuple[str, str]] = {
            int(number): (str(name), str(source)) for number, name, source in store.setting(Setting.FORMULAS, [])
        }
        self._looks: dict[str, Look] = {}
        self.composites = self._all_composites()
        self._looks.update(self._loaded_looks())
        self.value_range = self._loaded_range()

    def composite(self, key: str) -> Composite | None:
        """The Composite of that key, None if there is none."""
        return next((composite for composite in self.composites if composite.key == key), None)

    def singles(self) -> list[Composite]:
        """Those that show one value a pixel: what a value range can be about."""
        return [composite for composite in self.composites if composite.is_single]

    # -- formulas ----------------------------------------------------------------------------------------------

    def try_formula(self, name: str, source: str) -> Composite:
        """The Composite that `add_formula` would add. Raises FormulaError as that would."""
        name = " ".join(name.split()) or " ".join(source.split())
        composite = formula_composite(self._free_number, name[:_LONGEST_NAME], source, self.interpretation)
        if str(composite.name).lower() in {str(each.name).lower() for each in self.composites}:
            raise FormulaError(
                "There is a composite of the name {name} already.", "Choose another name.", name=composite.name
            )
        return composite

    def add_formula(self, name: str, source: str) -> Composite:
        """Add a formula under `name`, or under its own text where that is empty.

        Raises FormulaError where it cannot be understood, or the name is taken.
        """
        composite = self.try_formula(name, source)
        self._set_formulas({**self._formulas, self._free_number: (str(composite.name), source.strip())})
        return composite

    def remove_formula(self, key: str) -> None:
        """Does nothing for a Composite that is no formula of the user's."""
        kept = {number: entry for number, entry in self._formulas.items() if f"formula_{number}" != key}
        if len(kept) == len(self._formulas):
            return
        self._set_formulas(kept)
        self._set_looks({other: look for other, look in self._looks.items() if other != key})
        if self.value_range is not None and self.value_range.key == key:
            self.set_value_range(None)

    @property
    def _free_number(self) -> int:
        """For the next formula. That of one that is gone is never given to another: views still ask for it."""
        highest: int = self._store.setting(Setting.HIGHEST_FORMULA, 0)
        return max([highest, *self._formulas]) + 1

    def is_own(self, key: str) -> bool:
        """Whether the user added it."""
        return any(f"formula_{number}" == key for number in self._formulas)

    # -- how each composite is drawn ---------------------------------------------------------------------------

    def look(self, composite: Composite) -> Look:
        """As the user has set it, else the usual one."""
        return self._looks.get(composite.key) or default_look(composite)

    def set_look(self, composite: Composite, look: Look) -> None:
        """Draw it so from now on. Raises ValueError for a look that does not fit the Composite."""
        Look.from_fields(look.to_fields(), composite)
        others = {key: each for key, each in self._looks.items() if key != composite.key}
        self._set_looks(others if look == default_look(composite) else {**others, composite.key: look})

    def reset_look(self, composite: Composite) -> None:
        """Back to the usual stretch; a chosen colour map stays."""
        self.set_look(composite, replace(default_look(composite), colours=self.look(composite).colours))

    # -- the value range ---------------------------------------------------------------------------------------

    def set_value_range(self, value_range: ValueRange | None) -> None:
        """Raises ValueError for a Composite without a single value, or bounds that are no numbers."""
        if value_range is not None:
            self._check_range(value_range)
        self._store.set_setting(Setting.VALUE_RANGE, None if value_range is None else asdict(value_range))
        self.value_range = value_range
        self._changed()

    def painted_range(self) -> tuple[ValueRange, Composite] | None:
        """The range that limits painting now, with its Composite; None while painting is not limited."""
        if self.value_range is None or not self.value_range.on:
            return None
        composite = self.composite(self.value_range.key)
        return None if composite is None else (self.value_range, composite)

    def _check_range(self, value_range: ValueRange) -> None:
        composite = self.composite(value_range.key)
        if composite is None or not composite.is_single:
            raise ValueError(f"{value_range.key!r} has no single value")
        if not (math.isfinite(value_range.low) and math.isfinite(value_range.high)):
            raise ValueError("a bound that is no number")

    def _loaded_range(self) -> ValueRange | None:
        fields = self._store.setting(Setting.VALUE_RANGE, None)
        if fields is None:
            return None
        try:
            found = ValueRange(str(fields["key"]), float(fields["low"]), float(fields["high"]), bool(fields["on"]))
            self._check_range(found)
        except (KeyError, TypeError, ValueError):
            return None
        return found

    def _set_formulas(self, formulas: dict[int, tuple[str, str]]) -> None:
        with self._store.transaction():
            self._store.set_setting(Setting.HIGHEST_FORMULA, max([self._free_number - 1, *formulas]))
            self._store.set_setting(Setting.FORMULAS, [[number, *entry] for number, entry in formulas.items()])
        self._formulas = formulas
        self.composites = self._all_composites()
        self._changed()

    def _set_looks(self, looks: dict[str, Look]) -> None:
        self._store.set_setting(Setting.LOOKS, {key: look.to_fields() for key, look in looks.items()})
        self._looks = looks
        self._changed()

    def _loaded_looks(self) -> dict[str, Look]:
        found = {}
        for key, fields in self._store.setting(Setting.LOOKS, {}).items():
            composite = self.composite(key)
            with suppress(KeyError, TypeError, ValueError):
                if composite is not None:
                    found[key] = Look.from_fields(fields, composite)
        return found

    def _all_composites(self) -> list[Composite]:
        """Known ones, then the user's formulas, single bands last."""
        own = []
        for number, (name, source) in self._formulas.items():
            with suppress(FormulaError):
                own.append(formula_composite(number, name, source, self.interpretation))
        bands = [composite for composite in self._known if composite.is_band]
        return [composite for composite in self._known if not composite.is_band] + own + bands
