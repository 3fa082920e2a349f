"""All Strategies by name. A new one is a file with a `query` function and a line here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from core.errors import SelectionError
from core.selection import auto, coreset, coverage, margin, probcover, random_order, tcm, typiclust, uherding
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
    """A Strategy with its name for files and commands and its title for the user. Call it like its `query`."""

    name: str
    title: Text
    query: Query

    def __call__(
        self,
        pool: Pool,
        labeled: NDArray[np.bool_],
        model_state: ModelState | None,
        budget: int,
        rng: np.random.Generator,
    ) -> Ranking:
        return self.query(pool, labeled, model_state, budget, rng)


_ALL = (
    Strategy("auto", text("Automatic"), auto.query),
    Strategy("typiclust", text("Typical tiles first"), typiclust.query),
    Strategy("coverage", text("Cover the variety"), coverage.query),
    Strategy("uherding", text("Cover the variety where the model is unsure"), uherding.query),
    Strategy("margin", text("Where the model is unsure"), margin.query),
    Strategy("tcm", text("Typical tiles first, then where the model is unsure"), tcm.query),
    Strategy("probcover", text("Cover as many tiles as possible closely"), probcover.query),
    Strategy("coreset", text("The most unlike what is labeled"), coreset.query),
    Strategy("valid_random", text("Random, well-filled tiles first"), random_order.query_valid),
    Strategy("random", text("Random"), random_order.query),
)

STRATEGIES: Mapping[str, Strategy] = MappingProxyType({strategy.name: strategy for strategy in _ALL})
DEFAULT = "auto"


def strategy_named(name: str) -> Strategy:
    """Raises SelectionError for a name that is not in STRATEGIES."""
    if name not in STRATEGIES:
        raise SelectionError(
            "There is no strategy {name}.", "Choose one of: {known}.", name=name, known=", ".join(STRATEGIES)
        )
    return STRATEGIES[name]
