"""Made-up Pools for the tests of the selection room."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st
from numpy.typing import ArrayLike, NDArray

from core.selection.facility import Floats, Nodes, coverage_by
from core.selection.neighbours import Kernel
from core.selection.pool import Answers, ModelState, Pool


def pool_of(embeddings: ArrayLike, valid_share: ArrayLike | None = None) -> Pool:
    vectors = np.asarray(embeddings, np.float32)
    count = len(vectors)
    share = np.ones(count) if valid_share is None else valid_share
    return Pool(np.arange(count) + 100, vectors, share, np.zeros((count, 2)), np.zeros(count))  # type: ignore[arg-type]


def blobs(sizes: Sequence[int], dimensions: int = 16, spread: float = 0.05, seed: int = 0) -> NDArray[np.float32]:
    """Round heaps of points round orthogonal unit vectors, one after the other."""
    rng = np.random.default_rng(seed)
    centres = np.eye(len(sizes), dimensions)
    points = [
        centre + spread * rng.normal(size=(size, dimensions)) for centre, size in zip(centres, sizes, strict=True)
    ]
    return np.concatenate(points).astype(np.float32)


def blob_numbers(sizes: Sequence[int]) -> NDArray[np.int64]:
    return np.repeat(np.arange(len(sizes)), sizes)


def flags(count: int, *indexes: int) -> NDArray[np.bool_]:
    labeled = np.zeros(count, np.bool_)
    labeled[list(indexes)] = True
    return labeled


def objective(kernel: Kernel, weights: Floats, chosen: Nodes) -> float:
    """F(chosen) of `core.selection.facility`."""
    return float(coverage_by(kernel, chosen) @ weights.astype(np.float64))


def made_up_answers(
    count: int, rng: np.random.Generator, like: NDArray[np.float64] | None = None, levels: int = 3
) -> Answers:
    """Numbers without meaning, NaN where `like` (count,) is; gradients of small integers, so that some are equal."""
    gap = np.zeros(count) if like is None else np.where(np.isfinite(like), 0.0, np.nan)
    three = rng.integers(0, 1000, (3, count)) / 1000 + gap
    gradients = rng.integers(0, levels, (count, 4)) + gap[:, None]
    return Answers(*three.astype(np.float32), gradients.astype(np.float32))


@st.composite
def odd_requests(draw: st.DrawFn) -> tuple[Pool, NDArray[np.bool_], ModelState | None, int, int]:
    """Pools from nothing up, with equal tiles, tiles of zeros, missing embeddings, empty tiles, unknown doubt; then
    labels, a model state, a budget and a seed."""
    count, dimensions = draw(st.integers(0, 40)), draw(st.integers(1, 5))
    rng = np.random.default_rng(draw(st.integers(0, 2**16)))
    levels = draw(st.sampled_from([1, 2, 3, 1000]))
    vectors = rng.integers(0, levels, (count, dimensions)).astype(np.float32)
    vectors[rng.random(count) < draw(st.sampled_from([0, 0, 0.3, 1]))] = draw(st.sampled_from([np.nan, np.inf]))
    share = np.where(rng.random(count) < draw(st.sampled_from([0, 0.5, 1])), rng.random(count), 1.0)
    share[rng.random(count) < 0.1] = np.nan
    labeled = rng.random(count) < draw(st.sampled_from([0, 0.2, 1]))
    doubt = np.where(rng.random(count) < draw(st.sampled_from([0, 0.5, 1])), np.nan, rng.random(count))
    trust = draw(st.sampled_from([0.0, 0.5, 1.0]))
    odd = draw(st.sampled_from([None, np.nan, 0.0]))
    spoken = ModelState(
        doubt.astype(np.float32), trust, draw(st.sampled_from([None, made_up_answers(count, rng, doubt)])),
        None if odd is None else lambda removed: float(odd or np.cos(removed.sum())),
        draw(st.sampled_from([None, np.where(labeled, rng.random(count), np.nan).astype(np.float32)])),
    )  # fmt: skip
    state = draw(st.sampled_from([None, spoken]))
    return pool_of(vectors, share), labeled, state, draw(st.integers(-3, 60)), draw(st.integers(0, 9))
