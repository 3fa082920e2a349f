"""What a Strategy is given and what it gives back. All arrays are read-only by agreement; nothing here knows torch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from core.errors import SelectionError
from core.text import Text

REGIMES = ("typical", "coverage", "doubt", "audit", "rest")

MIN_VALID_SHARE = 0.25
"""Tiles with a smaller share of valid pixels come last: there is too little on them to paint or to learn from."""


def whole_shares(valid_share: ArrayLike, areas: ArrayLike, scene_index: ArrayLike) -> NDArray[np.float32]:
    """float32 (N,): the valid pixels of each Tile as a share of what a whole one has, from the share of its own pixels,
    its area in px, and which Scene it lies in, all (N,). A whole one is as large as its Scene's largest, since a grid's
    last row and column are slivers (on a flight strip half of all Tiles), or as the median of those: where each Scene
    is one Tile they are as different as the Scenes."""
    sizes = np.asarray(areas, np.float64)
    if not sizes.size:
        return np.zeros(0, np.float32)
    _, scenes = np.unique(np.asarray(scene_index), return_inverse=True)
    largest = np.zeros(scenes.max() + 1)
    np.maximum.at(largest, scenes, sizes)
    usual = float(np.median(largest[scenes]))
    return np.asarray(np.asarray(valid_share, np.float64) * np.minimum(sizes / max(usual, 1.0), 1.0), np.float32)


def with_something_to_see(valid_share: ArrayLike, embeddings: NDArray[np.float32]) -> NDArray[np.float32]:
    """`valid_share` float32 (N,), 0 for Tiles whose Embedding is zeros: their pixels have hardly more than one
    value, as where a mosaic's fill is not tagged, or are water. Where all are zeros, they are merely all the same."""
    blank = ~embeddings.any(axis=1)
    return np.where(blank & ~blank.all(), np.float32(0), np.asarray(valid_share, np.float32))


@dataclass(frozen=True, eq=False)
class Pool:
    """All Tiles of a Project, labeled or not, in a fixed order. Compared and cached by identity, so keep the object
    while Tiles and Embeddings stay the same: what is computed from it (neighbours, clusters) is kept with it.

    tile_ids     int64 (N,)
    embeddings   float32 (N, D), D >= 1; a row with NaN or infinity is a Tile without Embedding
    valid_share  float32 (N,) in 0…1, the pixels with image data as a share of a whole Tile's (`whole_shares`); NaN
                 counts as 0
    positions    float64 (N, 2), the Tile's centre in map metres, or in Scene pixels where there is no map
    scene_index  int32 (N,), which Scene the Tile belongs to

    Raises SelectionError if the shapes do not fit together.
    """

    tile_ids: NDArray[np.int64]
    embeddings: NDArray[np.float32]
    valid_share: NDArray[np.float32]
    positions: NDArray[np.float64]
    scene_index: NDArray[np.int32]

    def __post_init__(self) -> None:
        count = len(self.tile_ids)
        self._set("tile_ids", np.asarray(self.tile_ids, np.int64), (count,))
        self._set("embeddings", np.asarray(self.embeddings, np.float32), (count, None))
        share = np.nan_to_num(np.asarray(self.valid_share, np.float32), nan=0.0, posinf=1.0, neginf=0.0)
        self._set("valid_share", np.clip(share, 0.0, 1.0), (count,))
        self._set("positions", np.asarray(self.positions, np.float64), (count, 2))
        self._set("scene_index", np.asarray(self.scene_index, np.int32), (count,))

    def __len__(self) -> int:
        return len(self.tile_ids)

    def _set(self, name: str, value: NDArray[Any], shape: tuple[int | None, ...]) -> None:
        same_rank = value.ndim == len(shape)
        if not same_rank or any(want not in (None, got) for want, got in zip(shape, value.shape, strict=True)):
            raise SelectionError(
                "The tiles cannot be ranked: {name} has shape {shape} for {count} tiles.",
                "Let the embeddings be computed anew.",
                name=name,
                shape=value.shape,
                count=len(self.tile_ids),
            )
        object.__setattr__(self, name, value)


@dataclass(frozen=True, eq=False)
class Answers:
    """What the model answers when a Strategy asks it about the Tiles; NaN where it was not asked.

    least_confidence  float32 (N,) in 0…1: how far its likeliest class is from certain
    entropy           float32 (N,) in 0…1: how evenly it spreads its shares over the classes
    disagreement      float32 (N,) in 0…1: how often its class changes when parts of its features are dropped
    gradients         float32 (N, G): how a label that agrees with it would move its last layer

    The first three are means over a Tile's most doubtful tenth, as the doubt is. `by_classifier`: the pixel classifier
    answers in the model's place.
    """

    least_confidence: NDArray[np.float32]
    entropy: NDArray[np.float32]
    disagreement: NDArray[np.float32]
    gradients: NDArray[np.float32]
    by_classifier: bool = False

    @classmethod
    def of(
        cls, count: int, by_tile: Mapping[int, tuple[float, float, float, NDArray[np.float32]]],
        by_classifier: bool = False,
    ) -> Answers:  # fmt: skip
        """For `count` Tiles from what is known of some: by their index the four values, in the order above."""
        numbers = np.full((3, count), np.nan, np.float32)
        width = max((len(answers[3]) for answers in by_tile.values()), default=1)
        gradients = np.full((count, width), np.nan, np.float32)
        for tile, (*three, gradient) in by_tile.items():
            numbers[:, tile], gradients[tile] = three, gradient
        return cls(numbers[0], numbers[1], numbers[2], gradients, by_classifier)


@dataclass(frozen=True, eq=False)
class ModelState:
    """What the model says about the Pool, and what its labels show.

    uncertainty    float32 (N,) in 0…1, a Tile's doubt; NaN where there is no Prediction
    trust          0…1, how far the doubts have been right so far (see trust.py)
    answers        only for Strategies that ask for them
    score_without  what a learner scores, higher is better, on labels held out from it, when it is fitted anew without
                   these labeled Tiles (int64 indexes into the Pool); None where nobody can fit one
    ignored        float32 (N,) in 0…1: of a labeled Tile's valid pixels the share that was ignored, 1 where all of it
                   was skipped; NaN for other Tiles. None where nobody knows
    by_classifier  whether the doubts are the pixel classifier's, in the model's place
    """

    uncertainty: NDArray[np.float32]
    trust: float = 0.0
    answers: Answers | None = None
    score_without: Callable[[NDArray[np.int64]], float] | None = None
    ignored: NDArray[np.float32] | None = None
    by_classifier: bool = False


@dataclass(frozen=True, eq=False)
class Ranking:
    """The order in which to label, best first.

    order    int64 (M,), indexes into the Pool: every unlabeled Tile once
    scores   float32 (M,), finite, the Strategy's own measure; comparable only within a regime
    regimes  M strings of REGIMES
    reasons  M sentences for the user
    """

    order: NDArray[np.int64]
    scores: NDArray[np.float32]
    regimes: tuple[str, ...]
    reasons: tuple[Text, ...]

    def __len__(self) -> int:
        return len(self.order)


def checked_labeled(pool: Pool, labeled: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """`labeled` as bool (N,). Raises SelectionError if it is not one flag a Tile."""
    flags = np.asarray(labeled, dtype=np.bool_)
    if flags.shape != (len(pool),):
        raise SelectionError(
            "The tiles cannot be ranked: {flags} labeled flags for {count} tiles.",
            "Rank again; if it stays, reopen the project.",
            flags=flags.size,
            count=len(pool),
        )
    return flags


def known_uncertainty(pool: Pool, state: ModelState | None) -> NDArray[np.float32]:
    """float32 (N,) in 0…1, NaN where unknown (everywhere without a model, or if it speaks of another Pool)."""
    return _known(pool, None if state is None else state.uncertainty)


def classifier_doubts(state: ModelState | None) -> bool:
    """Whether the known doubts are the pixel classifier's."""
    return state is not None and state.by_classifier


def known_ignored(pool: Pool, state: ModelState | None) -> NDArray[np.float32]:
    """`ModelState.ignored` as in `known_uncertainty`."""
    return _known(pool, None if state is None else state.ignored)


def known_answers(pool: Pool, state: ModelState | None) -> Answers:
    """The model's answers as in `known_uncertainty`; a gradient is NaN as a whole or not at all."""
    found = state.answers if state is not None else None
    if found is None or len(found.gradients) != len(pool):
        return Answers.of(len(pool), {})
    gradients = np.array(found.gradients, np.float32)
    gradients[~np.isfinite(gradients).all(axis=1)] = np.nan
    least, entropy = _known(pool, found.least_confidence), _known(pool, found.entropy)
    return Answers(least, entropy, _known(pool, found.disagreement), gradients, found.by_classifier)


def _known(pool: Pool, values: NDArray[np.float32] | None) -> NDArray[np.float32]:
    if values is None or np.shape(values) != (len(pool),):
        return np.full(len(pool), np.nan, np.float32)
    doubt = np.asarray(values, np.float32).copy()
    doubt[~np.isfinite(doubt)] = np.nan
    return np.clip(doubt, 0.0, 1.0)
