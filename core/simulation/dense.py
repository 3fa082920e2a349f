"""What the linear probe sees: the frozen encoder's features in cells of 8 px, computed once and kept on disk.

encoder maps of stride 4, 8 and 16, mean and spread of the bands  →  z-scores  →  64 principal components  →  float16
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.atomic import replacing
from core.export.writing import refuse_unwritable, writing
from core.imagery.reader import TilePixels
from core.jobs import Checkpoint
from core.learning import encoder as encoders
from core.learning import runtime
from core.simulation.ground import Ground

if TYPE_CHECKING:
    import torch

Floats = NDArray[np.float32]

CELL_PX = 8
COMPONENTS = 64
_STRIDES = (4, 8, 16)
_MULTIPLE_PX = 32
_SAMPLE = 40_000  # cells that the principal components are computed from
_VERSION = "dense-2"


@dataclass(frozen=True, eq=False)
class DenseCells:
    """Every Tile as a square of C = side² cells of 8 x 8 px, row by row from the top left.

    features_path   .npy of float16 (N, C, D), 0 where a cell is not valid; read through a memory map
    counts          uint8 (N, C, K): pixels of each Class in the cell, in the order of Ground.class_values
    valid           bool (N, C): at least half of the cell's pixels are valid
    side            cells along a Tile's side; smaller Tiles fill the top left
    """

    features_path: Path
    counts: NDArray[np.uint8]
    valid: NDArray[np.bool_]
    side: int


def cells_of(ground: Ground, cache: Path, context: Checkpoint) -> DenseCells:
    """The cells of all Tiles; features come from `cache` where they are known. Reports Tiles done.

    Principal components and z-scores look at all Tiles' pixels, as the program does with a Project, never at labels.
    Raises LearningError where the encoder's weights are missing, ExportError where the cache cannot be written.
    """
    side = -(-ground.tile_px // CELL_PX)
    path = cache / f"{_key(ground)}.npy"
    valid_path = path.with_suffix(".valid.npy")
    if not (path.exists() and valid_path.exists()):
        with writing(cache):
            cache.mkdir(parents=True, exist_ok=True)
        refuse_unwritable(path, b"")  # before the work
        features, valid = _compute(ground, side, context)
        with writing(path):
            save_array(valid_path, valid)
            save_array(path, features)
    valid = np.load(valid_path)
    return DenseCells(path, class_counts(ground.masks, ground.class_values, side), valid, side)


def class_counts(masks: Sequence[NDArray[np.uint8]], class_values: Sequence[int], side: int) -> NDArray[np.uint8]:
    """uint8 (N, side², K): how many pixels of each Class a cell of 8 x 8 px holds."""
    counts = np.zeros((len(masks), side * side, len(class_values)), np.uint8)
    for number, mask in enumerate(masks):
        whole = np.zeros((side * CELL_PX, side * CELL_PX), np.uint8)
        whole[: mask.shape[0], : mask.shape[1]] = mask
        for k, value in enumerate(class_values):
            counts[number, :, k] = _pooled((whole == value).astype(np.float32)[None])[0] * CELL_PX**2 + 0.5
    return counts


def _key(ground: Ground) -> str:
    weights = encoders.encoder_weights_path()
    digest = hashlib.sha256(weights.read_bytes() if weights.exists() else b"")
    statistics, interpretation = ground.reader.statistics, ground.reader.interpretation
    for part in (_VERSION, ground.tile_px, statistics.to_json(), interpretation.to_json()):
        digest.update(f"|{part}".encode())
    for ref in ground.refs:
        digest.update(f"|{ground.fingerprints[ref.scene_path]}{tuple(ref.rect)}".encode())
    return digest.hexdigest()[:24]


def save_array(path: Path, array: NDArray[np.generic]) -> None:
    """Complete or not at all."""
    with replacing(path, shared=True) as partial:
        np.save(partial, array)


def _compute(ground: Ground, side: int, context: Checkpoint) -> tuple[NDArray[np.float16], NDArray[np.bool_]]:
    module = encoders.load_encoder(ground.reader.band_count, ground.reader.roles)
    raw: NDArray[np.float16] | None = None
    valid = np.zeros((len(ground.refs), side * side), np.bool_)
    for number, ref in enumerate(ground.refs):
        context.check()
        tile = ground.reader.read(ref)
        valid[number] = _pooled(_square(tile.valid[None].astype(np.float32), side))[0] >= 0.5
        features = _tile_features(module, tile, side)
        if raw is None:
            raw = np.zeros((len(ground.refs), side * side, features.shape[1]), np.float16)
        raw[number] = features * valid[number][:, None]
        context.report(number + 1, len(ground.refs))
    assert raw is not None  # a Ground has Tiles
    return _principal(raw, valid), valid


def _tile_features(module: torch.nn.Module, tile: TilePixels, side: int) -> Floats:
    """float32 (side², D) of one Tile; what is not valid is seen as the Tile's own mean."""
    torch = runtime.load_torch()
    bands = tile.values.shape[0]
    mean = (tile.values * tile.valid).sum(axis=(1, 2)) / max(int(tile.valid.sum()), 1)
    longest = side * CELL_PX
    size = -(-longest // _MULTIPLE_PX) * _MULTIPLE_PX
    values = np.tile(mean[:, None, None], (1, size, size)).astype(np.float32)
    part = values[:, : tile.valid.shape[0], : tile.valid.shape[1]]
    np.copyto(part, tile.values, where=tile.valid)
    parts = [_pooled(values[:, :longest, :longest]).T]
    parts.append(np.sqrt(np.maximum(_pooled(values[:, :longest, :longest] ** 2).T - parts[0] ** 2, 0.0)))
    functional = torch.nn.functional
    with torch.inference_mode():
        maps = module(encoders.to_input(torch.from_numpy(values)[None]))
        for stride in _STRIDES:
            found = maps[encoders.STRIDES.index(stride)].float()
            if stride < CELL_PX:
                found = functional.avg_pool2d(found, CELL_PX // stride)
            elif stride > CELL_PX:
                found = functional.interpolate(found, size=(size // CELL_PX,) * 2, mode="bilinear")
            parts.append(found[0, :, :side, :side].flatten(1).T.numpy())
    assert parts[0].shape[1] == bands
    return np.clip(np.concatenate(parts, axis=1), -6e4, 6e4)


def _square(planes: Floats, side: int) -> Floats:
    out = np.zeros((len(planes), side * CELL_PX, side * CELL_PX), np.float32)
    out[:, : planes.shape[1], : planes.shape[2]] = planes
    return out


def _pooled(planes: Floats) -> Floats:
    """Means over cells: (B, side · 8, side · 8) → (B, side²)."""
    bands, height, width = planes.shape
    blocks = planes.reshape(bands, height // CELL_PX, CELL_PX, width // CELL_PX, CELL_PX)
    return np.asarray(blocks.mean(axis=(2, 4)).reshape(bands, -1), np.float32)


def _principal(raw: NDArray[np.float16], valid: NDArray[np.bool_]) -> NDArray[np.float16]:
    """z-scores, then the leading principal components of valid cells, each divided by the first one's spread."""
    tiles, cells = np.nonzero(valid)
    step = max(len(tiles) // _SAMPLE, 1)
    sample = raw[tiles[::step], cells[::step]].astype(np.float64)
    mean, spread = sample.mean(axis=0), np.maximum(sample.std(axis=0), 1e-6)
    scaled = (sample - mean) / spread
    variances, axes = np.linalg.eigh(scaled.T @ scaled / max(len(scaled), 1))
    leading = np.argsort(-variances)[:COMPONENTS]
    turn = axes[:, leading] / np.sqrt(max(float(variances[leading[0]]), 1e-9))
    out = np.zeros((*valid.shape, len(leading)), np.float16)
    for number in range(len(raw)):
        out[number] = ((raw[number] - mean) / spread) @ turn * valid[number][:, None]
    return out
