"""How long an expert paints until a Tile is right: brush alone, with wand and fill, and with suggestions to correct.

    python -m tests.benchmarks.effort [--data demo potato_weed] [--tools …] [--tiles 12] [--seed 0]

A robot expert (`_robot.py`) labels the same Tiles of known truth with each set of tools, through the program's real
core, until the mean IoU over the Tile's classes is reached. It is charged for eyes, hand and keys by a stated model
(`_hand.py`), never for the computer's time. Printed: seconds a Tile, IoU reached, and how many times less effort than
the brush alone takes, with a 95 % interval over Tiles (bootstrap of the ratio of sums).

With suggestions (`_suggest.py`): a few scribbles where the colouring is most wrong, the pixel classifier answers each;
what is good of the draft is accepted, and what is wrong is corrected by clicks on pieces and with the brush. The
classifier keeps what it has learned from Tile to Tile, as in the program. With the model: after every fourth submitted
Tile the Session trains a U-Net by itself, with the program's settings (`--seconds` for a shorter training); where it
does better on held-out Tiles its Predictions are the drafts. What the trainings took is printed, not charged.

Where a Tile is given up short of the IoU, its seconds say little; so the ratio is also given over the Tiles that both
sets of tools have brought there.
"""

from __future__ import annotations

import argparse
import math
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core.demo.scene import write_demo_scene
from core.jobs import Unwatched
from core.labels.assist import Colours, flood_pixels, superpixels
from core.labels.classes import LabelClass, classes_from_names
from core.learning.settings import TrainingSettings
from core.mask_import.files import find_mask_files
from core.mask_import.importer import MaskImporter
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from core.session import Session
from tests.benchmarks._robot import DIAMETERS_PX, Bools, Field, Labels, Limits, Robot
from tests.benchmarks._suggest import suggest_and_correct
from tests.data import real_data_folder

DEMO_SIZE_PX = 2048
WAND_PX = 16
TOLERANCE = 30  # what the fill begins with (gui/canvas/state.py)
WITH_MODEL = "suggest and correct, with the model"
LEAST_OF_TWO_CLASSES = 0.005  # of a Tile: one with less of a second class is filled with a key and says nothing


def brush_only(robot: Robot) -> None:
    robot.mend()
    robot.fill_rest()


def brush_and_wand(robot: Robot) -> None:
    """Fill and wand where one click or sweep of theirs beats the brush, then the brush."""
    image = robot.image()
    colours, pieces = Colours.of(image), superpixels(image, WAND_PX)
    for value in robot.present:
        if value != robot.background:
            fill_alike(robot, colours, value)
            sweep_superpixels(robot, pieces, value)
    brush_only(robot)


TOOL_SETS: dict[str, Callable[[Robot], None]] = {
    "brush": brush_only,
    "brush + wand, fill": brush_and_wand,
    "suggest and correct": suggest_and_correct,
    WITH_MODEL: suggest_and_correct,
}


# -- wand and fill ---------------------------------------------------------------------------------------------------


def fill_alike(robot: Robot, colours: Colours, value: int) -> None:
    """Clicks of the fill tool, while one of them brings more than a large brush's dab."""
    for _ in range(40):
        field = Field.of(robot, value, 12)
        best_rate, best, best_area = best_brush_rate(robot, value), None, np.zeros_like(robot.known)
        for x, y in field.best_places(6):
            area, place = flood_pixels(colours, x, y, TOLERANCE), (x + 0.5, y + 0.5)
            gain = float((area & field.wanted).sum()) - float((area & field.harm).sum())
            rate = gain / robot.hand.stroke_s([place], [6.0])
            if rate > best_rate:
                best_rate, best, best_area = rate, place, area
        if best is None or robot.is_content(robot.outcome()):
            return
        robot.hand.take_tool("fill")
        robot.hand.choose(value)
        robot.hand.click(best, 6.0)
        robot.paint_area("fill", best_area, value)


def best_brush_rate(robot: Robot, value: int) -> float:
    """Pixels a second that the best next stroke of the brush makes right."""
    found = robot.best_stroke(0.3, {(value, diameter_px): math.inf for diameter_px in DIAMETERS_PX[::2]})
    return found[1].rate(robot.hand) if found else 0.0


def sweep_superpixels(robot: Robot, pieces: NDArray[np.int32], value: int) -> None:
    """The wand over pieces that are mostly right, from neighbour to neighbour."""
    for _ in range(60):
        field = Field.of(robot, value, WAND_PX)
        count = int(pieces.max()) + 1
        gained = field.wanted.astype(np.float64) - field.harm
        benefit = np.bincount(pieces.ravel(), gained.ravel(), count).astype(np.float64)
        sizes = np.bincount(pieces.ravel(), minlength=count)
        good = benefit >= 0.6 * sizes
        if not good.any() or robot.is_content(robot.outcome()):
            return
        way, touched = walk_superpixels(pieces, benefit, good)
        widths = [0.5 * WAND_PX] * len(way)
        if benefit[touched].sum() / robot.hand.stroke_s(way, widths) < best_brush_rate(robot, value):
            return
        robot.hand.take_tool("wand")
        robot.hand.choose(value)
        robot.hand.stroke(way, widths)
        robot.paint_area("wand", np.isin(pieces, touched), value)


def walk_superpixels(
    pieces: NDArray[np.int32], benefit: NDArray[np.float64], good: Bools
) -> tuple[list[tuple[float, float]], list[int]]:
    """A way over good pieces that lie close to each other, and all pieces that it touches."""
    ys, xs = np.mgrid[: pieces.shape[0], : pieces.shape[1]]
    sizes = np.maximum(np.bincount(pieces.ravel(), minlength=len(benefit)), 1)
    centres = np.stack([np.bincount(pieces.ravel(), a.ravel(), len(benefit)) / sizes for a in (xs, ys)], axis=1)
    left = good.copy()
    at = int(np.where(good, benefit, -np.inf).argmax())
    way, touched = [tuple(centres[at] + 0.5)], {at}
    left[at] = False
    while left.any():
        distance = np.where(left, np.hypot(*(centres - centres[at]).T), np.inf)
        nearest = int(distance.argmin())
        steps = np.linspace(centres[at], centres[nearest], int(distance[nearest]) + 2).astype(int)
        crossed = set(pieces[steps[:, 1], steps[:, 0]].tolist()) - touched
        if distance[nearest] > 2.2 * WAND_PX or benefit[list(crossed | {nearest})].sum() < 0.5 * sizes[nearest]:
            break
        touched |= crossed | {nearest}
        left[list(touched)] = False
        way.append(tuple(centres[nearest] + 0.5))
        at = nearest
    return way, sorted(touched)


# -- the run ---------------------------------------------------------------------------------------------------------


def make_project(images: Sequence[Path], classes: Sequence[LabelClass], path: Path) -> Path:
    found = examine(list(images), Unwatched())
    plan = ProjectPlan(path, found, found.interpretation, found.tile_px, Budget("tiles", 20), tuple(classes))
    return create_project(plan, Unwatched())


def truths(session: Session, masks: Path, value_map: dict[int, int] | None) -> dict[int, Labels]:
    """The true Masks of the Tiles that are worth painting: with two classes, neither of them a trace."""
    files = {f.scene_id: f for f in find_mask_files(masks, session.scenes.values())}
    values = [c.value for c in session.classes]
    found = {}
    for tile in session.tiles.values():
        importer = MaskImporter(files[tile.scene_id], session.scenes[tile.scene_id], session.classes, value_map)
        truth = importer.read(tile.rect)
        shares = [float((truth == value).mean()) for value in values]
        if sorted(shares)[-2] >= LEAST_OF_TWO_CLASSES:
            found[tile.tile_id] = truth
    return found


@dataclass(frozen=True)
class DataSet:
    """Scenes, the folder of their true masks, the classes, and what the masks' values mean."""

    images: Sequence[Path]
    masks: Path
    classes: tuple[LabelClass, ...]
    value_map: dict[int, int] | None = None


def data_set(name: str, folder: Path) -> DataSet | None:
    """None where it is not there. In the demo what is no crop is a class to be painted, too."""
    if name == "demo":
        demo = write_demo_scene(folder, seed=7, size_px=DEMO_SIZE_PX)
        classes = classes_from_names(("healthy", "unhealthy", "other"))
        return DataSet([demo.scene_path], folder, classes, {0: 0, 1: 1, 2: 2, 255: 3})
    data = real_data_folder(name)
    if data is None:
        return None
    images = sorted((data / "images").glob("*.tif"))
    return DataSet(images, data / "masks", classes_from_names(("soil", "crop", "weed")))


def run(name: str, tool_sets: Sequence[str], tile_count: int, seed: int, limits: Limits, training_s: float) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        data = data_set(name, folder)
        if data is None:
            print(f"{name} is not there: set FIELDBRUSH_DATA to the folder that holds it.")
            return
        images = list(data.images)
        if len(images) > 4 * tile_count:
            images = [images[i] for i in np.random.default_rng(seed).permutation(len(images))[: 4 * tile_count]]
        results = {}
        chosen: list[int] = []
        for number, tools in enumerate(tool_sets):
            project = make_project(sorted(images), data.classes, folder / f"{number}.fieldbrush")
            session = Session.open(project)
            session.auto_train = tools == WITH_MODEL
            session.set_training_seconds(training_s)
            try:
                known = truths(session, data.masks, data.value_map)
                chosen = chosen or np.random.default_rng(seed).permutation(sorted(known))[:tile_count].tolist()
                results[tools] = [one_tile(session, tile, known[tile], limits, tools) for tile in chosen]
            finally:
                session.close()
    report(name, results, limits.iou)


def one_tile(session: Session, tile_id: int, truth: Labels, limits: Limits, tools: str) -> tuple[float, float]:
    """Seconds charged and IoU reached."""
    started = time.monotonic()
    robot = Robot(session, tile_id, truth, limits)
    TOOL_SETS[tools](robot)
    if tile_id in session.painted:
        robot.submit()
    wait_for_training(session)
    iou = robot.iou(robot.labels)
    parts = ", ".join(f"{what} {seconds:.0f}" for what, seconds in robot.hand.parts.items())
    strokes = len(session.strokes(tile_id))
    print(f"    {tools}: tile {tile_id}: {robot.hand.seconds:.1f} s ({parts}), {strokes} strokes, IoU {iou:.3f}"
          f"  [{time.monotonic() - started:.1f} s run]", flush=True)  # fmt: skip
    return robot.hand.seconds, iou


def wait_for_training(session: Session) -> None:
    """The computer's time is free: until the Model that a submitted Tile has set off is there."""
    if session.training_job() is None:
        return
    started = time.monotonic()
    session.forecasts.suggests = True  # as beside a window, where it is never off
    while session.training_job() is not None:
        session.inbox.run_next(0.1)
    leads = "the pixel classifier" if session.forecasts.classifier_leads else f"model {session.forecasts.version}"
    print(f"    trained for {time.monotonic() - started:.0f} s: {leads} leads", flush=True)


def report(name: str, results: dict[str, list[tuple[float, float]]], iou: float) -> None:
    alone, reached_alone = np.array(results["brush"]).T
    print(f"\n### {name}: {len(alone)} tiles\n")
    print("| tools | seconds a tile, mean (median) | IoU reached, mean (least) | less effort than the brush alone | "
          "where both reach the IoU |")  # fmt: skip
    print("| --- | --- | --- | --- | --- |")
    for tools, rows in results.items():
        seconds, ious = np.array(rows).T
        both = (reached_alone >= iou) & (ious >= iou)
        print(f"| {tools} | {seconds.mean():.0f} ({np.median(seconds):.0f}) | {ious.mean():.3f} ({ious.min():.3f}) | "
              f"{ratio(alone, seconds)} | {ratio(alone[both], seconds[both])}, {both.sum()} tiles |")  # fmt: skip
    print(flush=True)


def ratio(alone: NDArray[np.float64], seconds: NDArray[np.float64]) -> str:
    if not len(alone):
        return "–"
    low, high = ratio_interval(alone, seconds)
    return f"{alone.sum() / seconds.sum():.2f} × ({low:.2f} to {high:.2f})"


def ratio_interval(alone: NDArray[np.float64], seconds: NDArray[np.float64]) -> tuple[float, float]:
    """95 % bootstrap interval of the ratio of sums over Tiles."""
    picks = np.random.default_rng(0).integers(0, len(alone), (4000, len(alone)))
    low, high = np.percentile(alone[picks].sum(axis=1) / seconds[picks].sum(axis=1), [2.5, 97.5])
    return float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", nargs="+", default=["demo", "potato_weed"], choices=["demo", "potato_weed"])
    parser.add_argument("--tools", nargs="+", default=list(TOOL_SETS), choices=list(TOOL_SETS))
    parser.add_argument("--tiles", type=int, default=12)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--iou", type=float, default=0.9)
    parser.add_argument("--seconds", type=float, default=TrainingSettings().time_budget_s, help="of a training")
    arguments = parser.parse_args()
    for name in arguments.data:
        run(
            name,
            ["brush", *(t for t in arguments.tools if t != "brush")],
            arguments.tiles,
            arguments.seed,
            Limits(arguments.iou),
            arguments.seconds,
        )


if __name__ == "__main__":
    main()
