"""How well the pixels that look alike follow a class's edge: raw colours against evened ones, at several tolerances.

    python -m tests.benchmarks.alike [--data demo potato_weed] [--tiles 16] [--seed 0]

Places 3 to 8 px from an edge between two classes of known truth, with a disc of 40 px round each, as the edge-snapping
brush would begin there. Printed: the IoU of the chosen part of the disc with the part that is of the place's class, in
the mean; for a plain brush (all of the disc); and for the best tolerance of each place. And of a click of the fill
anywhere: the IoU of what hangs together with it and looks alike with what hangs together and is of its class.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from core.labels.assist import Colours, similar_pixels
from core.session import Session
from tests.benchmarks._robot import Bools, Limits, Robot
from tests.benchmarks.effort import DataSet, data_set, make_project, truths

TOLERANCES = (10, 20, 30, 40, 50, 60, 80)
RADIUS_PX = 20
PLACES_A_TILE = 40
CLICKS_A_TILE = 12
LEAST_FILLED_PX = 200
LEAST_OTHER_PX = 60  # of another class in the disc


def raw(colours: Colours, x: int, y: int, tolerance: float) -> Bools:
    """Colours as they are, against the median of 3 × 3 pixels."""
    near = colours.plain[:, max(y - 1, 0) : y + 2, max(x - 1, 0) : x + 2]
    seed = np.median(near, axis=(1, 2)).astype(np.float32)
    apart = colours.plain.astype(np.float32) - seed[:, None, None]
    chosen: Bools = np.square(apart).mean(axis=0) <= tolerance * tolerance
    return chosen


KINDS = {"raw": raw, "Fieldbrush": similar_pixels}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["demo", "potato_weed"], choices=["demo", "potato_weed"])
    parser.add_argument("--tiles", type=int, default=16)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    for name in arguments.data:
        with tempfile.TemporaryDirectory() as temporary:
            data = data_set(name, Path(temporary))
            if data is None:
                print(f"{name} is not there: set FIELDBRUSH_DATA to the folder that holds it.")
                continue
            report(name, *measure(data, Path(temporary), arguments.tiles, np.random.default_rng(arguments.seed)))


def measure(
    data: DataSet, folder: Path, tiles: int, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """IoU by place, kind and tolerance (n, 2, T + 1), the last a plain brush's; and by click of the fill (m, 2, T)."""
    images = list(data.images)
    images = [images[i] for i in rng.permutation(len(images))[: 3 * tiles]]
    session = Session.open(make_project(sorted(images), data.classes, folder / "alike.fieldbrush"))
    try:
        known = truths(session, data.masks, data.value_map)
        rows, clicks = [], []
        for tile in rng.permutation(sorted(known))[:tiles].tolist():
            robot = Robot(session, tile, known[tile], Limits())
            colours = Colours.of(robot.image())
            for x, y, disc, wanted in places(robot, rng):
                chosen = [[kind(colours, x, y, t) & disc for t in TOLERANCES] + [disc] for kind in KINDS.values()]
                rows.append([[iou(c, wanted) for c in row] for row in chosen])
            for x, y, wanted in anywhere(robot, np.random.default_rng(tile)):
                filled = [
                    [hanging(kind(colours, x, y, t), x, y) & robot.known for t in TOLERANCES] for kind in KINDS.values()
                ]
                clicks.append([[iou(f, wanted) for f in row] for row in filled])
    finally:
        session.close()
    return np.array(rows), np.array(clicks)


def iou(chosen: Bools, wanted: Bools) -> float:
    return float((chosen & wanted).sum() / (chosen | wanted).sum())


def hanging(pixels: Bools, x: int, y: int) -> Bools:
    """Those that hang together with (x, y), over edges; none where that is not one of them."""
    areas, _ = ndimage.label(pixels)
    together: Bools = (areas == areas[y, x]) & pixels
    return together


def anywhere(robot: Robot, rng: np.random.Generator) -> Iterator[tuple[int, int, Bools]]:
    """(x, y, what a fill there should paint)."""
    ys, xs = np.nonzero(robot.known)
    for number in rng.permutation(len(ys))[:CLICKS_A_TILE].tolist():
        x, y = int(xs[number]), int(ys[number])
        wanted = hanging(robot.truth == robot.truth[y, x], x, y)
        if wanted.sum() >= LEAST_FILLED_PX:
            yield x, y, wanted


def places(robot: Robot, rng: np.random.Generator) -> Iterator[tuple[int, int, Bools, Bools]]:
    """(x, y, disc, the part of it that is of the place's class) near edges."""
    inward = sum(ndimage.distance_transform_edt(robot.truth == value) for value in robot.present)
    ys, xs = np.nonzero((inward >= 3) & (inward <= 8) & robot.known)
    rows, columns = np.ogrid[: robot.truth.shape[0], : robot.truth.shape[1]]
    for number in rng.permutation(len(ys))[:PLACES_A_TILE].tolist():
        x, y = int(xs[number]), int(ys[number])
        disc = ((rows - y) ** 2 + (columns - x) ** 2 <= RADIUS_PX**2) & robot.known
        wanted = disc & (robot.truth == robot.truth[y, x])
        if (disc & ~wanted).sum() >= LEAST_OTHER_PX:
            yield x, y, disc, wanted


def report(name: str, found: NDArray[np.float64], clicks: NDArray[np.float64]) -> None:
    print(f"\n### {name}: {len(found)} places\n")
    print(f"| | {' | '.join(map(str, TOLERANCES))} | the best of each place | a plain brush |")
    print("| --- " * (len(TOLERANCES) + 3) + "|")
    for kind, ious in zip(KINDS, np.moveaxis(found, 1, 0), strict=True):
        means = [*ious[:, :-1].mean(axis=0), ious.max(axis=1).mean(), ious[:, -1].mean()]
        print(f"| {kind} | {' | '.join(f'{mean:.3f}' for mean in means)} |")
    for kind, filled in zip(KINDS, clicks.mean(axis=0), strict=True):
        print(f"| fill, {len(clicks)} clicks: {kind} | {' | '.join(f'{mean:.3f}' for mean in filled)} | | |")


if __name__ == "__main__":
    main()
