"""Why each pick of coverage is where it is, in words.

The order goes by a kernel as wide as the 20th neighbour is far. Words need a measure of their own: where kinds hold
fewer Tiles that is a distance between kinds, and where one kind is most of the Pool less than it is wide. Here Tiles
look alike that are nearer to each other than `Graph.alike_within` (docs/adr/0067).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.selection.facility import Greedy
from core.selection.nearest import squared_distances
from core.selection.neighbours import Graph
from core.text import Text, text

Floats = NDArray[np.float32]

CAN_WAIT = text("Much like tiles that are labeled or ranked higher")
_LATER = text("Adds less than the tiles ranked higher")
_ALONE = text("No other tile looks like it")
_NEW = text("Looks unlike anything labeled or ranked higher")

_SEVERAL = 2.0  # Tiles: what a pick adds that is not told that it can wait


@dataclass(frozen=True)
class Explained:
    """Of a head's picks, in their order, the Regime and the Reason; `nearest` float32 (U,): how far each distinct Tile
    is from the nearest that is labeled or picked, infinite where its neighbours hold none."""

    regimes: list[str]
    reasons: list[Text]
    nearest: Floats

    def of_rest(self, graph: Graph, nodes: NDArray[np.int64], gains: Floats) -> list[Text]:
        """Why the Tiles behind the head are there: `nodes` (R,), and what each would still add (R,)."""
        can_wait = (self.nearest[nodes] <= graph.alike_within) & (gains < _SEVERAL)
        return [CAN_WAIT if like else _LATER for like in can_wait.tolist()]


def explain(graph: Graph, result: Greedy, fresh: NDArray[np.bool_], stands_for_many: str = "coverage") -> Explained:
    """Words for what `result` picked while all but `fresh` (bool (U,)) was labeled. `stands_for_many`: the Regime of
    picks that do. What can wait is in the Regime "rest"; at the front of a Ranking nothing does (`whole_ranking`)."""
    alike, nearest = graph.alike_within, nearest_of(graph, ~fresh)
    before = np.concatenate([np.flatnonzero(~fresh), result.picked])
    labels = len(before) - len(result.picked)
    regimes: list[str] = []
    reasons: list[Text] = []
    for place, node in enumerate(result.picked.tolist()):
        is_new = _is_new(graph, node, nearest, before[: labels + place])
        nodes, far = graph.around(node)
        stood_for = int(graph.tiles_like[nodes[(far <= alike) & (nearest[nodes] > alike)]].sum())
        nearer = int(graph.tiles_like[nodes[far < nearest[nodes]]].sum())
        nearest[nodes] = np.minimum(nearest[nodes], far)
        regime = stands_for_many
        if is_new and _is_alone(graph, node):
            regime, reason = "coverage", _ALONE
        elif is_new and (labels or stood_for == 1):
            regime, reason = "coverage", _NEW
        elif stood_for > 1:
            reason = text("Stands for {count} tiles that look like it", count=stood_for)
        elif result.gains[place] >= _SEVERAL and nearer > 1:
            reason = text("More like {count} tiles than any labeled or ranked higher", count=nearer)
        else:
            regime, reason = "rest", CAN_WAIT
        regimes.append(regime)
        reasons.append(reason)
    return Explained(regimes, reasons, nearest)


def nearest_of(graph: Graph, nodes: NDArray[np.bool_]) -> Floats:
    """float32 (U,): how far each distinct Tile is from the nearest of `nodes` (bool (U,)); infinite where it has none
    of them among its neighbours."""
    nearest = np.full(graph.count, np.inf, np.float32)
    if nodes.any():
        nearest = np.where(nodes[graph.neighbours], graph.distances, np.float32(np.inf)).min(axis=1, initial=np.inf)
        nearest[nodes] = 0.0
    return nearest


def _is_new(graph: Graph, node: int, nearest: Floats, before: NDArray[np.int64]) -> bool:
    """Whether none of `before` looks like it. Where Tiles lie dense they may be no neighbours and yet alike."""
    alike = graph.alike_within
    if nearest[node] <= alike or graph.distances[node].max(initial=0.0) > alike:
        return bool(nearest[node] > alike)
    apart = squared_distances(graph.vectors[[node]], graph.vectors[before])
    return bool(apart.min(initial=np.inf) > alike**2)


def _is_alone(graph: Graph, node: int) -> bool:
    """Whether no other Tile, ranked higher or not, looks like it."""
    return bool(graph.tiles_like[node] == 1 and (graph.distances[node] > graph.alike_within).all())
