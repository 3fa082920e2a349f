"""All Strategies by name. A new one is a file with a `query` function and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Protocol

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
from core.text import Text, text


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
    """A Strategy with its name for files and commands and its title for the user. Call it like its `query`.

    `asks_model`: it looks at `ModelState.answers`, and not at the doubt of Predictions.
    `hears_model`: with a Model its order is another than without.
    `shares_suffice`: of all answers it needs those alone that follow from class shares, which the pixel classifier has.
    """

    name: str
    title: Text
    query: Query
    asks_model: bool = False
    hears_model: bool = True
    shares_suffice: bool = False

    def __call__(
        self,
        pool: Pool,
        labeled: NDArray[np.bool_],
        model_state: ModelState | None,
        budget: int,
        rng: np.random.Generator,
    ) -> Ranking:
        return self.query(pool, labeled, model_state, budget, rng)


_of_shares = partial(Strategy, asks_model=True, shares_suffice=True)
_ALL = (
    Strategy("auto", text("Automatic"), auto.query),
    Strategy("typiclust", text("Typical tiles first"), typiclust.query, hears_model=False),
    Strategy("coverage", text("Cover the variety"), coverage.query, hears_model=False),
    Strategy("uherding", text("Cover the variety where the model is unsure"), uherding.query),
    Strategy("margin", text("Where the model is unsure"), margin.query),
    _of_shares("least_confidence", text("Where the model trusts itself least"), least_confidence.query),
    _of_shares("entropy", text("Where the model wavers between all classes"), entropy.query),
    Strategy("badge", text("What would change the model most, in different ways"), badge.query, asks_model=True),
    Strategy("dropquery", text("Where the model easily changes its mind"), dropquery.query, asks_model=True),
    Strategy("tcm", text("Typical tiles first, then where the model is unsure"), tcm.query),
    Strategy("selectal", text("Typical or unsure, whichever labels teach more of"), selectal.query),
    Strategy("probcover", text("Cover as many tiles as possible closely"), probcover.query, hears_model=False),
    Strategy("coreset", text("The most unlike what is labeled"), coreset.query, hears_model=False),
    Strategy("valid_random", text("Random, well-filled tiles first"), random_order.query_valid, hears_model=False),
    Strategy("random", text("Random"), random_order.query, hears_model=False),
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


def strategy_named(name: str) -> Strategy:
    """By its name or one of OTHER_NAMES. Raises SelectionError for any other."""
    found = STRATEGIES.get(OTHER_NAMES.get(name, name))
    if found is None:
        known = ", ".join([*STRATEGIES, *OTHER_NAMES])
        raise SelectionError("There is no strategy {name}.", "Choose one of: {known}.", name=name, known=known)
    return found
