"""Two orders by chance: the baselines that every other Strategy has to beat, and what audits are drawn by."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.arrange import Picks, fresh_members, join, thin_last, whole_ranking
from core.selection.neighbours import graph_of
from core.selection.pool import MIN_VALID_SHARE, ModelState, Pool, Ranking, checked_labeled
from core.text import text

_DRAWN = text("Drawn at random")


def query(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Every order equally likely, except that Tiles with little image data come last. Looks at nothing else, so that
    it stays an honest baseline: near-duplicates are not pushed back."""
    labeled = checked_labeled(pool, labeled)
    order = rng.permutation(len(pool)).astype(np.int64)
    order = order[~labeled[order]]
    thin = pool.valid_share[order] < MIN_VALID_SHARE
    full = order[~thin]
    scores = np.linspace(1.0, 0.0, len(full), dtype=np.float32)
    drawn = Picks(full, scores, ("audit",) * len(full), (_DRAWN,) * len(full))
    return join([drawn, *thin_last(pool, order[thin])])


def query_valid(
    pool: Pool,
    labeled: NDArray[np.bool_],
    model_state: ModelState | None,
    budget: int,
    rng: np.random.Generator,
) -> Ranking:
    """Valid-aware: chances in proportion to the valid share, near-duplicates and nearly empty Tiles last.

    Weighted sampling without replacement by the keys u^(1/w) (Efraimidis and Spirakis 2006).
    """
    labeled = checked_labeled(pool, labeled)
    graph = graph_of(pool)
    from_chance = rng.random(len(pool))
    tiles = graph.members[fresh_members(graph, labeled)]
    keys = from_chance[tiles] ** (1.0 / pool.valid_share[tiles].astype(np.float64))
    best = np.argsort(-keys, kind="stable")
    scores = keys[best].astype(np.float32)
    drawn = Picks(tiles[best], scores, ("audit",) * len(tiles), (_DRAWN,) * len(tiles))
    return whole_ranking(pool, graph, labeled, [drawn])
