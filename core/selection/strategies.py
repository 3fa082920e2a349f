"""All Strategies by name. A new one is a file with a `query` function and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.errors import SelectionError
from core.selection import (
    auto,
    badge,
    coreset,
    coverage,
    dropquery,
    entropy,
    least_confidence,
    margin,
    probcover,
    random_order,
    selectal,
    tcm,
    typiclust,
    uherding,
)
from core.selection.pool import ModelState, Pool, Ranking

T = TypeVar("T")


class Query(Protocol):
    """Orders the unlabeled Tiles of a Pool.

    `labeled` bool (N,), `budget` the labeling effort left in Tiles (below 1 counts as 1). The same arguments and an
    `rng` in the same state give the same Ranking. Raises SelectionError only if shapes do not fit the Pool.
    """

    def __call__(
        self,
        pool: Pool,
        labeled: NDArray[np.bool_],
        model_state: ModelState | None,
        budget: int,
        rng: np.random.Generator,
    ) -> Ranking: ...


@dataclass(frozen=True)
class Strategy:
    """A Strategy with its name for files and commands.

    `asks_model`: it looks at `ModelState.answers`, and not at the doubt of Predictions.
    `hears_model`: with a Model its order is another than without.
    `shares_suffice`: of all answers it needs those alone that follow from class shares, which the pixel classifier has.
    """

    name: str
    query: Query
    asks_model: bool = False
    hears_model: bool = True
    shares_suffice: bool = False


_of_shares = partial(Strategy, asks_model=True, shares_suffice=True)
_ALL = (
    Strategy("auto", auto.query),
    Strategy("typiclust", typiclust.query, hears_model=False),
    Strategy("coverage", coverage.query, hears_model=False),
    Strategy("uherding", uherding.query),
    Strategy("margin", margin.query),
    _of_shares("least_confidence", least_confidence.query),
    _of_shares("entropy", entropy.query),
    Strategy("badge", badge.query, asks_model=True),
    Strategy("dropquery", dropquery.query, asks_model=True),
    Strategy("tcm", tcm.query),
    Strategy("selectal", selectal.query),
    Strategy("probcover", probcover.query, hears_model=False),
    Strategy("coreset", coreset.query, hears_model=False),
    Strategy("valid_random", random_order.query_valid, hears_model=False),
    Strategy("random", random_order.query, hears_model=False),
)

STRATEGIES: Mapping[str, Strategy] = MappingProxyType({strategy.name: strategy for strategy in _ALL})
OTHER_NAMES: Mapping[str, str] = MappingProxyType({"maxherding": "coverage"})
"""Names in the literature of what goes by another name here."""
UNHEARD: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("uherding", "margin", "least_confidence", "entropy", "badge", "dropquery"), "coverage")
    | dict.fromkeys(("tcm", "selectal"), "typiclust")
)
"""Where nobody doubts or answers, the order of these is that of another. `auto` has one of its own."""
DEFAULT = "auto"


def named(table: Mapping[str, T], name: str) -> T:
    """The entry of `table`, by its name there or one of OTHER_NAMES. Raises SelectionError for any other."""
    found = table.get(OTHER_NAMES.get(name, name))
    if found is None:
        known = ", ".join([*table, *OTHER_NAMES])
        raise SelectionError("There is no strategy {name}.", "Choose one of: {known}.", name=name, known=known)
    return found
