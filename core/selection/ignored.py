"""How much of a Tile will be ignored, by what was ignored on Tiles like it: water, clouds and roofs teach nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from core.selection.neighbours import Graph
from core.selection.pool import ModelState, Pool, known_ignored


def expected_ignored(
    pool: Pool, graph: Graph, labeled: NDArray[np.bool_], state: ModelState | None
) -> NDArray[np.float32]:
    """float32 (U,) in 0…1, of each distinct Tile: the mean over labeled Tiles, each as heavy as it is like this one by
    the kernel, and over one more that is just like it and on which nothing was ignored. Zeros where nothing was."""
    ignored = known_ignored(pool, state)
    known = np.flatnonzero(labeled & np.isfinite(ignored) & (graph.local >= 0))
    total, weight = np.zeros(graph.count, np.float32), np.ones(graph.count, np.float32)
    if not (ignored[known] > 0).any():
        return total
    for tile in known.tolist():
        nodes, likeness = graph.kernel.stood_for_by(int(graph.local[tile]))
        total[nodes] += likeness * ignored[tile]
        weight[nodes] += likeness
    return total / weight
