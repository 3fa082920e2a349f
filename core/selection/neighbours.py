"""Which Tiles look alike: distinct Tiles, their nearest neighbours and typicality. Computed once a Pool and kept.

Everything that measures density works on *distinct* Tiles: a Tile whose Embedding nearly equals another's stands
aside. Otherwise flat nodata, water or the same seam many times over would be the most typical thing there is.
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.selection.cells import PROBED_CELLS, cells, rows_of
from core.selection.pool import MIN_VALID_SHARE, Pool

Floats = NDArray[np.float32]

COMPLETE_UP_TO = 512  # distinct tiles; below, every pair is an edge and the kernel is the full one
GRAPH_NEIGHBOURS = 64
TYPICAL_NEIGHBOURS = 20
NEAR_DUPLICATE = 0.25  # of the distance that most tiles keep to their 3rd neighbour; see _near_duplicate_distance
MIN_DISTANCE = 2e-3  # on unit vectors; below this float32 products say nothing
EXACT_UP_TO = 20_000  # distinct tiles; beyond, neighbours are sought in the nearest cells only (cells.py)
_BLOCK = 1024
_CHUNK = 256


@dataclass(frozen=True)
class Kernel:
    """How well each of U nodes is stood for by those near it: 1 by itself, 0 by all that are not listed.

    nodes   int32 (U, k), row n: the nodes that can stand for n, itself first
    values  float32 (U, k) in 0…1: how well
    """

    nodes: NDArray[np.int32]
    values: Floats

    @property
    def count(self) -> int:
        return len(self.nodes)

    @cached_property
    def _turned(self) -> tuple[NDArray[np.int64], NDArray[np.int32], Floats]:
        """The same edges by who stands for: starts (U+1,), nodes (E,), values (E,)."""
        by = self.nodes.ravel()
        order = np.argsort(by, kind="stable")
        starts = np.concatenate([[0], np.cumsum(np.bincount(by, minlength=self.count))]).astype(np.int64)
        return starts, (order // max(self.nodes.shape[1], 1)).astype(np.int32), self.values.ravel()[order]

    def stood_for_by(self, node: int) -> tuple[NDArray[np.int32], Floats]:
        """The nodes that `node` can stand for, itself among them, and how well."""
        starts, nodes, values = self._turned
        edges = slice(starts[node], starts[node + 1])
        return nodes[edges], values[edges]


@dataclass(frozen=True, eq=False)
class Graph:
    """The distinct Tiles of a Pool (U of N) and how they lie to one another.

    members      int64 (U,), their indexes in the Pool, ascending
    local        int64 (N,), for every Tile the number (in 0…U-1) of the distinct Tile it equals or nearly equals;
                 -1 for Tiles without Embedding or with too few valid pixels
    vectors      float32 (U, D), unit length
    neighbours   int32 (U, k), nearest first, without itself; k = U-1 on small pools, else 64
    distances    float32 (U, k), Euclidean, of `vectors`
    """

    members: NDArray[np.int64]
    local: NDArray[np.int64]
    vectors: Floats
    neighbours: NDArray[np.int32]
    distances: Floats
    clusters: dict[tuple[int, int], NDArray[np.int32]] = field(default_factory=dict)

    @property
    def count(self) -> int:
        return len(self.members)

    @cached_property
    def tiles_like(self) -> NDArray[np.int64]:
        """int64 (U,): how many Tiles of the Pool each distinct Tile stands for, itself included."""
        return np.bincount(self.local[self.local >= 0], minlength=self.count)

    @cached_property
    def typicality(self) -> Floats:
        """float32 (U,): 1 / mean distance to the 20 nearest neighbours (TypiClust, arXiv 2202.02794, eq. 4)."""
        near = self.distances[:, :TYPICAL_NEIGHBOURS]
        if near.shape[1] == 0:
            return np.zeros(self.count, np.float32)
        typicality: Floats = 1.0 / np.maximum(near.mean(axis=1), np.float32(MIN_DISTANCE))
        return typicality

    @cached_property
    def bandwidth(self) -> float:
        """h0: the median distance to the 20th neighbour (to the last, in a smaller pool). Always > 0."""
        if self.distances.shape[1] == 0:
            return 1.0
        last = min(TYPICAL_NEIGHBOURS, self.distances.shape[1]) - 1
        return max(float(np.median(self.distances[:, last])), MIN_DISTANCE)

    @cached_property
    def kernel(self) -> Kernel:
        """exp(-d² / h0²) of each Tile with its neighbours, 1 with itself."""
        itself = np.arange(self.count, dtype=np.int32)[:, None]
        values = np.exp(-((self.distances / np.float32(self.bandwidth)) ** 2))
        ones = np.ones((self.count, 1), np.float32)
        return Kernel(np.hstack([itself, self.neighbours]), np.hstack([ones, values]))


_GRAPHS: weakref.WeakKeyDictionary[Pool, Graph] = weakref.WeakKeyDictionary()
_LOCK = threading.Lock()


def graph_of(pool: Pool) -> Graph:
    """The Pool's graph: built the first time (seconds at 10,000 Tiles), then kept as long as the Pool lives."""
    with _LOCK:
        graph = _GRAPHS.get(pool)
        if graph is None:
            graph = build_graph(pool)
            _GRAPHS[pool] = graph
        return graph


def build_graph(pool: Pool) -> Graph:
    """Set near-duplicates aside and find the nearest neighbours of the rest: exactly up to 20,000 Tiles, beyond that
    among the Tiles of the nearest cells. Deterministic."""
    usable = np.flatnonzero(np.isfinite(pool.embeddings).all(axis=1) & (pool.valid_share >= MIN_VALID_SHARE))
    usable = usable[np.argsort(-pool.valid_share[usable], kind="stable")]  # the fullest tile leads its duplicates
    vectors = unit_vectors(pool.embeddings[usable])
    radius = _near_duplicate_distance(vectors)
    leader = _leaders(vectors, radius) if len(vectors) <= EXACT_UP_TO else _leaders_by_cells(vectors, radius)
    distinct = np.flatnonzero(leader == np.arange(len(leader)))
    distinct = distinct[np.argsort(usable[distinct], kind="stable")]
    number = np.full(len(usable), -1, np.int64)
    number[distinct] = np.arange(len(distinct))
    local = np.full(len(pool), -1, np.int64)
    local[usable] = number[leader]
    kept = np.ascontiguousarray(vectors[distinct])
    seek = nearest if len(kept) <= EXACT_UP_TO else nearest_by_cells
    neighbours, distances = seek(kept, len(kept) - 1 if len(kept) <= COMPLETE_UP_TO else GRAPH_NEIGHBOURS)
    return Graph(usable[distinct], local, kept, neighbours, distances)


def unit_vectors(embeddings: Floats) -> Floats:
    """float32 (N, D) with rows of length 1 (or 0). One dimension has no direction: it is only brought to -1…1."""
    values = np.asarray(embeddings)
    vectors = np.zeros(values.shape, np.float32)
    largest = max(float(values.max()), -float(values.min())) if values.size else 0.0
    for start in range(0, len(values) if largest > 0 else 0, _BLOCK):  # float64, but never all at once
        part = values[start : start + _BLOCK].astype(np.float64) / largest
        if values.shape[1] > 1:
            length = np.linalg.norm(part, axis=1, keepdims=True)
            part /= np.where(length > 0, length, 1.0)
        vectors[start : start + _BLOCK] = part
    return vectors


def nearest(vectors: Floats, count: int) -> tuple[NDArray[np.int32], Floats]:
    """The `count` nearest others of every row: indexes int32 (U, k) and distances float32 (U, k), nearest first,
    equals by index; k = min(count, U-1). Exact, in blocks of rows: memory stays at about 1,024 · U numbers."""
    total = len(vectors)
    k = max(min(count, total - 1), 0)
    indexes, distances = np.zeros((total, k), np.int32), np.zeros((total, k), np.float32)
    for start in range(0, total if k else 0, _BLOCK):
        rows = np.arange(start, min(start + _BLOCK, total))
        indexes[rows], distances[rows] = _nearest_of(vectors[rows], vectors, rows, k)
    return indexes, distances


def nearest_by_cells(vectors: Floats, count: int) -> tuple[NDArray[np.int32], Floats]:
    """As `nearest`, but sought only among the rows of the 16 cells whose centres are nearest to that of the row's own
    (an inverted file: Jégou, Douze, Schmid 2011). In an order of √U instead of U comparisons a row."""
    of_cell, centres = cells(vectors)
    members = rows_of(of_cell, len(centres))
    near_cells, _ = nearest(centres, PROBED_CELLS - 1)
    k = min(count, len(vectors) - 1)
    indexes, distances = np.zeros((len(vectors), k), np.int32), np.zeros((len(vectors), k), np.float32)
    for cell, mine in enumerate(members):
        others = np.sort(np.concatenate([mine, *(members[near] for near in near_cells[cell])]))
        if len(others) <= k:  # cells of a few rows among empty ones
            others = np.arange(len(vectors))
        candidates = vectors[others]
        for start in range(0, len(mine), _BLOCK):
            rows = mine[start : start + _BLOCK]
            found, distances[rows] = _nearest_of(vectors[rows], candidates, np.searchsorted(others, rows), k)
            indexes[rows] = others[found]
    return indexes, distances


def _nearest_of(some: Floats, others: Floats, itself: NDArray[np.int64], k: int) -> tuple[NDArray[np.int64], Floats]:
    """The k nearest of `others` for each of `some`, the row `itself` (n,) of each left out; equals by index."""
    squared = _squared_distances(some, others)
    squared[np.arange(len(some)), itself] = np.inf
    whole = k >= len(others) - 1
    found = (np.argsort(squared, axis=1) if whole else np.argpartition(squared, k - 1, axis=1))[:, :k]
    found.sort(axis=1)
    near = np.take_along_axis(squared, found, axis=1)
    order = np.argsort(near, axis=1, kind="stable")
    return np.take_along_axis(found, order, axis=1), np.sqrt(np.take_along_axis(near, order, axis=1))


def _squared_distances(some: Floats, others: Floats) -> Floats:
    squared: Floats = some @ others.T
    squared *= -2.0
    squared += np.einsum("nd,nd->n", some, some)[:, None]
    squared += np.einsum("nd,nd->n", others, others)[None, :]
    np.maximum(squared, 0.0, out=squared)
    return squared


def _near_duplicate_distance(vectors: Floats) -> float:
    """A quarter of the distance that three quarters of the Tiles keep at most to their 3rd neighbour, equals left out:
    that still means the others where up to three quarters of the Pool are the same water or nodata.

    Measured with ms4 on NAIP tiles, in units of that distance: the same tile moved by 1…64 px 0.11…0.34, water with
    noise and waves 0.02…0.24, two different tiles never below 0.30 (0.49 on UAV tiles).
    """
    if len(vectors) < 2:
        return MIN_DISTANCE
    sample = vectors[np.linspace(0, len(vectors) - 1, min(len(vectors), 512)).astype(np.int64)]
    distances = np.sqrt(_squared_distances(sample, vectors))
    distances[distances < MIN_DISTANCE] = np.inf
    third = min(3, len(vectors)) - 1
    usual = np.partition(distances, third, axis=1)[:, third]
    usual = usual[np.isfinite(usual)]
    return max(NEAR_DUPLICATE * float(np.quantile(usual, 0.75)), MIN_DISTANCE) if usual.size else MIN_DISTANCE


def _leaders_by_cells(vectors: Floats, radius: float) -> NDArray[np.int64]:
    """As `_leaders`, cell by cell: near-duplicates on both sides of a border between cells both lead."""
    of_cell, centres = cells(vectors)
    leader = np.full(len(vectors), -1, np.int64)
    for rows in rows_of(of_cell, len(centres)):
        leader[rows] = rows[_leaders(vectors[rows], radius)]
    return leader


def _leaders(vectors: Floats, radius: float) -> NDArray[np.int64]:
    """Leader clustering in one pass: a row within `radius` of an earlier leader follows the first such leader,
    else it leads. No chains: a gradual change of cover stays many Tiles. int64 (N,), leaders point at themselves."""
    count, limit = len(vectors), radius * radius
    leader = np.full(count, -1, np.int64)
    leading: NDArray[np.int64] = np.zeros(0, np.int64)
    for start in range(0, count, _CHUNK):
        chunk = vectors[start : start + _CHUNK]
        owner = leader[start : start + _CHUNK]  # a view
        for first in range(0, len(leading), 4 * _BLOCK):
            part = leading[first : first + 4 * _BLOCK]
            close = _squared_distances(chunk, vectors[part]) <= limit
            hit = close.any(axis=1) & (owner < 0)
            owner[hit] = part[close[hit].argmax(axis=1)]
        close = _squared_distances(chunk, chunk) <= limit
        for row in range(len(chunk)):
            if owner[row] < 0:
                owner[close[row] & (owner < 0)] = start + row
                owner[row] = start + row
        leading = np.concatenate([leading, start + np.flatnonzero(owner == np.arange(start, start + len(chunk)))])
    return leader
