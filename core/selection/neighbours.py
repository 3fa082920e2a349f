"""Which Tiles look alike: distinct Tiles, their nearest neighbours and typicality. Computed once a Pool and kept.

Everything that measures density works on *distinct* Tiles: a Tile whose Embedding nearly equals another's stands
aside (near_duplicates.py).
"""

from __future__ import annotations

import threading
import weakref
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from core.selection.cells import cells
from core.selection.near_duplicates import MIN_DISTANCE, leaders, leaders_by_cells, near_duplicate_distance
from core.selection.nearest import deviation, nearest, nearest_by_cells
from core.selection.pool import MIN_VALID_SHARE, Pool

Floats = NDArray[np.float32]

COMPLETE_UP_TO = 512  # distinct tiles; below, every pair is an edge and the kernel is the full one
EXACT_UP_TO = 20_000  # tiles; beyond, neighbours are sought in the nearest cells only (cells.py)
GRAPH_NEIGHBOURS = 128
LARGE_GRAPH_NEIGHBOURS = 64  # beyond EXACT_UP_TO: half the memory, and half the time to rank again
TYPICAL_NEIGHBOURS = 20
_BLOCK = 1024


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
    def _turned(self) -> tuple[NDArray[np.int32], NDArray[np.int32], Floats]:
        """The same edges by who stands for: starts (U+1,), nodes (E,), values (E,)."""
        from scipy.sparse import csr_array  # here: a third of a second that no window should wait for

        starts = np.arange(self.count + 1) * self.nodes.shape[1]
        turned = csr_array((self.values.ravel(), self.nodes.ravel(), starts), (self.count, self.count)).tocsc()
        return turned.indptr, turned.indices, turned.data

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
    neighbours   int32 (U, k), nearest first, without itself; k = U-1 on small pools, else 128 or 64
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
    def alike_within(self) -> float:
        """How far apart Tiles may be that look alike: as far as Tiles are from the mean of all (root mean square). A
        nearer one says more of a Tile than the mean of all does. Of Embeddings spread evenly that is 1, or 60°."""
        return deviation(self.vectors)

    def around(self, node: int) -> tuple[NDArray[np.int32], Floats]:
        """The distinct Tiles that have `node` among their neighbours, itself included, and how far they are from it."""
        nodes, _ = self.kernel.stood_for_by(node)
        apart: Floats = np.linalg.norm(self.vectors[nodes] - self.vectors[node], axis=1)
        return nodes, apart

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
            with threadpool_limits(1):  # the last digits of products depend on the number of threads
                graph = build_graph(pool)
            _GRAPHS[pool] = graph
        return graph


def build_graph(pool: Pool) -> Graph:
    """Set near-duplicates aside and find the nearest neighbours of the rest: exactly up to 20,000 Tiles, beyond that
    among the Tiles of the nearest cells. Deterministic."""
    usable = np.flatnonzero(np.isfinite(pool.embeddings).all(axis=1) & (pool.valid_share >= MIN_VALID_SHARE))
    usable = usable[np.argsort(-pool.valid_share[usable], kind="stable")]  # the fullest tile leads its duplicates
    vectors = unit_vectors(pool.embeddings, usable)
    radius = near_duplicate_distance(vectors)
    of_large = cells(vectors) if len(vectors) > EXACT_UP_TO else None
    leader = leaders(vectors, radius) if of_large is None else leaders_by_cells(vectors, radius, of_large)
    distinct = np.flatnonzero(leader == np.arange(len(leader)))
    distinct = distinct[np.argsort(usable[distinct], kind="stable")]
    number = np.full(len(usable), -1, np.int64)
    number[distinct] = np.arange(len(distinct))
    local = np.full(len(pool), -1, np.int64)
    local[usable] = number[leader]
    vectors = vectors[distinct]
    count = neighbour_count(len(distinct))
    if of_large is None or len(distinct) <= EXACT_UP_TO:
        return Graph(usable[distinct], local, vectors, *nearest(vectors, count))
    return Graph(usable[distinct], local, vectors, *nearest_by_cells(vectors, count, of_large.among(distinct)))


def neighbour_count(distinct: int) -> int:
    """How many neighbours of each Tile a graph of so many distinct Tiles knows. Few neighbours hide how much more there
    is of one kind than of another (docs/adr/0041-clusters-from-a-sample.md)."""
    if distinct <= COMPLETE_UP_TO:
        return distinct - 1
    return GRAPH_NEIGHBOURS if distinct <= EXACT_UP_TO else LARGE_GRAPH_NEIGHBOURS


def unit_vectors(embeddings: Floats, rows: NDArray[np.int64] | None = None) -> Floats:
    """float32 (n, D), the `rows` of (N, D), or all, brought to length 1 (or 0). One dimension has no direction: it is
    only brought to -1…1."""
    values = np.asarray(embeddings)
    chosen = np.arange(len(values)) if rows is None else rows
    blocks = [chosen[start : start + _BLOCK] for start in range(0, len(chosen), _BLOCK)]
    largest = max((float(np.abs(values[block]).max(initial=0)) for block in blocks), default=0.0)
    vectors = np.zeros((len(chosen), values.shape[1]), np.float32)
    for number, block in enumerate(blocks if largest > 0 else []):  # float64, but never all at once
        part = values[block].astype(np.float64) / largest
        if values.shape[1] > 1:
            length = np.linalg.norm(part, axis=1, keepdims=True)
            part /= np.where(length > 0, length, 1.0)
        vectors[number * _BLOCK : (number + 1) * _BLOCK] = part
    return vectors
