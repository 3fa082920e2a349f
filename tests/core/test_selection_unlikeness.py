"""Scenes unlike what a model has seen: made-up ones, and real fields against real suburbs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.geometry import Rect, TileRef
from core.imagery.interpretation import Band, Interpretation
from core.imagery.reader import TileReader
from core.imagery.statistics import BandStatistics
from core.project.fingerprints import fingerprint
from core.selection.colour_texture import ColourTexture
from core.selection.embeddings import embed
from core.selection.pool import Pool
from core.selection.unlikeness import STRANGE_SHARE, strange_shares
from core.text import text
from tests.core.projects import Unwatched
from tests.data import real_data


def pool(centres: list[NDArray[np.float64]], tiles: int = 40, spread: float = 0.1) -> Pool:
    """A scene round each centre, numbered from 1."""
    rng = np.random.default_rng(0)
    vectors = np.concatenate([c + spread * rng.normal(size=(tiles, len(c))) for c in centres])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    count = len(vectors)
    return Pool(
        np.arange(count) + 100, vectors.astype(np.float32), np.ones(count, np.float32), np.zeros((count, 2)),
        np.repeat(np.arange(len(centres)) + 1, tiles).astype(np.int32),
    )  # fmt: skip


def test_a_strange_scene_stands_out_and_a_like_one_does_not() -> None:
    axes = np.eye(8)
    shares = strange_shares(pool([axes[0], axes[0], axes[3]]), range(100, 140))
    assert shares.keys() == {2, 3}, "the scene it learned from is not in question"
    assert shares[2] < 0.3 < STRANGE_SHARE < shares[3]
    assert shares[3] == 1.0


def test_a_model_that_saw_both_kinds_finds_neither_strange() -> None:
    axes = np.eye(8)
    shares = strange_shares(pool([axes[0], axes[3], axes[0], axes[3]]), range(100, 180))
    assert max(shares.values()) < 0.3


def test_without_enough_to_compare_with_it_says_nothing() -> None:
    made = pool([np.eye(8)[0], np.eye(8)[1]])
    assert strange_shares(made, range(100, 104)) == {}
    assert strange_shares(made, ()) == {}
    vectors = made.embeddings.copy()
    vectors[40:60], vectors[60:] = 0, np.nan
    empty = Pool(made.tile_ids, vectors, made.valid_share, made.positions, made.scene_index)
    assert strange_shares(empty, range(100, 140)) == {}, "no tile of the other scene can be looked at"


def test_real_fields_and_suburbs(tmp_path: Path) -> None:
    """A potato field's first rows against its last ones, and against aerial images of Californian suburbs."""
    potatoes = sorted((real_data("potato_weed") / "images").glob("*.tif"))
    suburbs = sorted((real_data("naip_trees") / "images").glob("*.tif"))[:12]
    paths = [*potatoes[:12], *potatoes[40:52], *suburbs]
    bands = tuple(Band(number + 1, role, role) for number, role in enumerate(("red", "green", "blue")))
    limits = (0.0,) * 3, (255.0,) * 3
    reader = TileReader(Interpretation(bands, None, text("made by the test")), BandStatistics(*limits, *limits))
    refs = [TileRef(number, str(path), Rect(0, 0, 256, 256)) for number, path in enumerate(paths)]
    prints = {str(path): fingerprint(path) for path in paths}
    vectors = embed(refs, reader, Unwatched(), tmp_path, prints, ColourTexture(reader.roles))
    reader.close()
    groups = np.repeat([1, 2, 3], 12).astype(np.int32)
    made = Pool(np.arange(36), vectors, np.ones(36, np.float32), np.zeros((36, 2)), groups)
    shares = strange_shares(made, range(12))
    assert shares[2] < STRANGE_SHARE < shares[3], shares


@pytest.mark.parametrize("count", [5, 9000])
def test_many_tiles_in_pieces(count: int) -> None:
    made = pool([np.eye(4)[0], np.eye(4)[2]], tiles=count)
    assert strange_shares(made, range(100, 100 + count))[2] == 1.0
