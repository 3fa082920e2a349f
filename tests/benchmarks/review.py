"""What the label review finds of errors that were planted into true masks.

    python -m tests.benchmarks.review [--fields potato_weed,naip_trees,demo] [--seeds 4] [--in-tiles 4]

Twenty errors in 24 Tiles (12 of potato_weed): whole objects left out or of another class, areas painted where nothing
is, pieces with two classes swapped; 60 px or more. --in-tiles: all of them in so many of the Tiles. A finding is right
where most of it lies in one of them.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.jobs import Unwatched
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning import runtime
from core.learning.review import Finding, review
from tests.benchmarks._fields import Field, field_named

TILES = {"potato_weed": 12}
ERRORS, LEAST_PX, LARGEST_OBJECT_PX = 20, 60, 6000
FIRST, LATER = 20, 50
_APART_PX, _TRIES = 4, 5000
_KINDS = ("missed", "wrong", "invented", "swapped")
Mask = NDArray[np.uint8]


@dataclass(frozen=True)
class Planted:
    """`pixels` (h, w) bool of the Tile at this place."""

    place: int
    pixels: NDArray[np.bool_]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fields", default="potato_weed,naip_trees,demo")
    parser.add_argument("--seeds", type=int, default=4)
    parser.add_argument("--in-tiles", type=int, default=0)
    chosen = parser.parse_args()
    runtime.configure(1)
    for name in chosen.fields.split(","):
        field = field_named(name)
        rows = [_tried(field, TILES.get(name, 24), chosen.in_tiles, 1010 + seed) for seed in range(chosen.seeds)]
        for seed, row in enumerate(rows):
            print(f"{name:<12} seed {seed}  {_line(row)}", flush=True)
        print(f"{name:<12} mean    {_line(np.mean(rows, axis=0).tolist())}", flush=True)


def _line(row: Sequence[float]) -> str:
    found = f"planted found by {FIRST}: {row[1]:.1f}, by {LATER}: {row[2]:.1f}"
    return f"right of {FIRST}: {row[0]:.2f}   {found}   {row[3]:.1f} s"


def _tried(field: Field, tile_count: int, in_tiles: int, seed: int) -> tuple[float, float, float, float]:
    ground, rng = field.ground, np.random.default_rng(seed)
    numbers = rng.choice(len(ground.refs), min(tile_count, len(ground.refs)), replace=False)
    masks = [ground.masks[number].copy() for number in numbers]
    planted = plant(masks, in_tiles or len(masks), ground.class_values, rng)
    tiles = [
        LabeledTile(ground.refs[number], mask, np.where(mask != 0, Provenance.DRAWN, 0).astype(np.uint8))
        for number, mask in zip(numbers, masks, strict=True)
    ]
    places = {tile.ref.tile_id: place for place, tile in enumerate(tiles)}
    began = time.process_time()
    found = review(Snapshot(tuple(tiles), ground.class_values), ground.reader, Unwatched())
    seconds = time.process_time() - began
    hits = [_hits(finding, places[finding.tile_id], planted) for finding in found]
    early, late = (float(len(set().union(*hits[:count]))) for count in (FIRST, LATER))
    return sum(map(bool, hits[:FIRST])) / FIRST, early, late, seconds


def _hits(finding: Finding, place: int, planted: Sequence[Planted]) -> set[int]:
    """The numbers of the errors that most of the finding lies in."""
    return {
        number
        for number, error in enumerate(planted)
        if error.place == place and error.pixels[finding.rect.slices][finding.pixels].mean() > 0.5
    }


def plant(masks: list[Mask], in_tiles: int, values: Sequence[int], rng: np.random.Generator) -> list[Planted]:
    """Errors in the first `in_tiles` masks, which are changed; none touches another."""
    background = max(values, key=lambda value: sum(int((mask == value).sum()) for mask in masks))
    rare = [value for value in values if value != background]
    truths = [mask.copy() for mask in masks]
    taken = [np.zeros(mask.shape, np.bool_) for mask in masks]
    planted: list[Planted] = []
    for _ in range(_TRIES):
        if len(planted) == ERRORS:
            break
        kind = _KINDS[len(planted) % len(_KINDS)]
        place = int(rng.integers(in_tiles))
        for wrong in _wrong(kind, truths[place], background, rare, rng):
            changed = wrong != truths[place]
            near = ndimage.binary_dilation(changed, iterations=_APART_PX)
            if changed.sum() >= LEAST_PX and not (taken[place] & near).any():
                taken[place] |= near
                masks[place][changed] = wrong[changed]
                planted.append(Planted(place, changed))
    return planted


def _wrong(kind: str, truth: Mask, background: int, rare: Sequence[int], rng: np.random.Generator) -> Iterator[Mask]:
    """The mask with one such error; nothing where there is no place for it."""
    if kind == "invented":
        blob = _blob(truth.shape, rng)
        if (truth[blob] == background).mean() > 0.9:
            yield np.where(blob & (truth == background), np.uint8(rng.choice(rare)), truth)
    elif kind == "swapped":
        side = int(rng.integers(24, 97))
        top, left = (int(rng.integers(0, length - side + 1)) for length in truth.shape)
        box = np.zeros(truth.shape, np.bool_)
        box[top : top + side, left : left + side] = True
        if 0.15 < (truth[box] == background).mean() < 0.85:
            one, other = (rare[0], rare[1]) if len(rare) > 1 else (background, rare[0])
            swapped = np.where(truth == one, np.uint8(other), np.where(truth == other, np.uint8(one), truth))
            yield np.where(box, swapped, truth)
    else:
        value = int(rng.choice(rare))
        pieces, _ = ndimage.label(truth == value, np.ones((3, 3)))
        sizes = np.bincount(pieces.ravel())[1:]
        fitting = np.flatnonzero((sizes >= LEAST_PX) & (sizes <= LARGEST_OBJECT_PX)) + 1
        others = [each for each in rare if each != value] if kind == "wrong" else []
        if len(fitting):
            yield np.where(pieces == rng.choice(fitting), np.uint8(rng.choice(others or [background])), truth)


def _blob(shape: tuple[int, ...], rng: np.random.Generator) -> NDArray[np.bool_]:
    """An ellipse of 5 to 20 px radius anywhere."""
    ys, xs = np.mgrid[: shape[0], : shape[1]]
    radius, narrow, turn = np.exp(rng.uniform(np.log(5), np.log(20))), rng.uniform(0.6, 1), rng.uniform(0, np.pi)
    y, x = (ys - rng.integers(shape[0])), (xs - rng.integers(shape[1]))
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    inside: NDArray[np.bool_] = (along / radius) ** 2 + (across / (radius * narrow)) ** 2 <= 1
    return inside


if __name__ == "__main__":
    main()
