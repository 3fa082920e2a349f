"""The objective behind coverage: weighted facility location, and its greedy maximisation.

    F(S) = Σ_n w_n · max over s in S of K(n, s)

F is monotone and submodular for w >= 0, so the greedy choice is within 1 - 1/e of the best (Nemhauser, Wolsey,
Fisher 1978). With w = 1 this is MaxHerding (Bae et al., ECCV 2024), with w = doubt UHerding (Bae et al.,
ICLR 2025).

The usual speed-up, lazy evaluation (Minoux 1978), recomputes hundreds of gains a pick where Tiles lie dense. On a
neighbour graph it is cheaper to keep all gains exact: a pick changes only those near the nodes that it covers better.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.selection.neighbours import Kernel

Floats = NDArray[np.float32]
Nodes = NDArray[np.int64]

_BLOCK, _BLOCKS = 1024, 64  # rows at once: what is made of them on the way should stay in the processor's cache
_ROUNDING = 1e-6  # of the largest gain: float32 sums are no better than that


@dataclass(frozen=True)
class Greedy:
    """picked int64 (P,) in order; gains float32 (P,), of each when it was chosen; left float64 (U,): what every node
    would still add after them (-inf for those picked and those that were no candidates)."""

    picked: Nodes
    gains: Floats
    left: NDArray[np.float64]


def coverage_by(kernel: Kernel, chosen: Nodes) -> Floats:
    """float32 (U,): max over `chosen` of K(n, ·); 0 where nothing reaches."""
    best = np.zeros(kernel.count, np.float32)
    for node in chosen.tolist():
        nodes, values = kernel.stood_for_by(node)
        best[nodes] = np.maximum(best[nodes], values)
    return best


def all_gains(kernel: Kernel, weights: Floats, covered: Floats) -> NDArray[np.float64]:
    """float64 (U,): F(S + i) - F(S) for every i, where S covers as `covered` (U,) says."""
    gains = np.zeros(kernel.count)
    step = max(_BLOCK, kernel.count // _BLOCKS)
    for start in range(0, kernel.count, step):
        rows = slice(start, start + step)
        amounts = np.maximum(kernel.values[rows] - covered[rows, None], 0.0)
        gains += _sums(kernel.nodes[rows], amounts, weights[rows], kernel.count)
    return gains


def greedy(
    kernel: Kernel, weights: Floats, covered: Floats, candidates: NDArray[np.bool_], count: int,
    bonus: Floats | None = None, seconds: Floats | None = None,
) -> Greedy:  # fmt: skip
    """Choose up to `count` of `candidates` (bool (U,)), each time the one that adds most; equals: the lowest index.
    Two Tiles that can stand for each other and for nobody else add exactly the same, so rounding must not decide.

    `covered` (U,) is what is covered already, `weights` (U,) are >= 0. `bonus` (U,), >= 0:
    what each adds on top by itself, whatever else is chosen; with such a modular term F stays monotone submodular.
    `seconds` (U,), > 0: what each costs; then the one that adds most a second comes first (Khuller, Moss, Naor 1999).
    """
    gains = all_gains(kernel, weights, covered)
    if bonus is not None:
        gains += bonus
    gains[~candidates] = -np.inf
    alike = _ROUNDING * float((gains if seconds is None else gains / seconds).max(initial=0.0))
    state = covered.copy()
    picked: list[int] = []
    gained: list[float] = []
    for _ in range(min(count, int(candidates.sum()))):
        best = _first_best(gains if seconds is None else gains / seconds, alike)
        picked.append(best)
        gained.append(max(float(gains[best]), 0.0))  # below 0 only by rounding
        nodes, values = kernel.stood_for_by(best)
        better = values > state[nodes]
        nodes, values = nodes[better], values[better]
        _lower(gains, kernel, nodes, state[nodes], values, weights[nodes])
        gains[best] = -np.inf
        state[nodes] = values
    return Greedy(np.array(picked, np.int64), np.array(gained, np.float32), gains)


def _first_best(values: NDArray[np.float64], alike: float) -> int:
    """The first of `values` that differs by no more than `alike` from the largest."""
    return int((values >= values.max() - alike).argmax())


def _lower(
    gains: NDArray[np.float64], kernel: Kernel, nodes: NDArray[np.int32], old: Floats, new: Floats, weights: Floats
) -> None:
    """Take from every node's gain what it loses when the cover of `nodes` (R,) rises from `old` to `new` (R,)."""
    for start in range(0, len(nodes), _BLOCK):
        part = slice(start, start + _BLOCK)
        rows = nodes[part]  # np.take fetches rows in half the time that indexing takes
        lost = np.minimum(np.take(kernel.values, rows, axis=0), new[part, None])
        lost -= old[part, None]
        np.maximum(lost, 0.0, out=lost)
        gains -= _sums(np.take(kernel.nodes, rows, axis=0), lost, weights[part], kernel.count)


def _sums(nodes: NDArray[np.int32], amounts: Floats, weights: Floats, count: int) -> NDArray[np.float64]:
    """Add up `amounts` (R, k) times `weights` (R,) by the node (R, k) that stands for them: float64 (count,)."""
    weighted = amounts * weights[:, None]
    sums = np.bincount(nodes.ravel(), weights=weighted.ravel(), minlength=count)
    return sums.astype(np.float64, copy=False)
