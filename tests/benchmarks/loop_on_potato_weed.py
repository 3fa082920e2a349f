"""The loop without a hand: 32 tiles of potato_weed in four rounds, its true masks as the expert.

    python -m tests.benchmarks.loop_on_potato_weed [--seconds 120] [--clock wall|cpu] [--strategy auto] [--seed 0]

Every fourth row of the orthomosaic is held back: its tiles are in no project, never ranked, never trained on. After
every round the newest model predicts them and the IoU of each class over all their pixels is printed.
With `--clock cpu` seconds are those of the processor: on a busy machine, the only ones that say how much was computed.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import rasterio

from core.geometry import Rect, TileRef
from core.jobs import Job, Unwatched
from core.labels.classes import UNLABELED, classes_from_names
from core.labels.strokes import Ink
from core.learning import training
from core.learning.metrics import Scores, confusion
from core.learning.prediction import predict_tile
from core.learning.progress import Clock
from core.mask_import.files import find_mask_files
from core.mask_import.importer import MaskImporter
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from core.session import Session
from tests.data import real_data_folder

ROUNDS, TILES_A_ROUND = 4, 8
CLASSES = ("soil", "crop", "weed")
CLOCKS: dict[str, Callable[[], float]] = {"cpu": time.process_time, "wall": time.monotonic}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="of training in every round")
    parser.add_argument("--clock", choices=CLOCKS, default="wall")
    parser.add_argument("--threads", type=int, default=0, help="0: all cores")
    parser.add_argument("--strategy", default="auto")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    training.Clock = partial(Clock, now=CLOCKS[arguments.clock])  # type: ignore[assignment,attr-defined]
    data = real_data_folder("potato_weed")
    if data is None:
        raise SystemExit("potato_weed is not there: set FIELDBRUSH_DATA to the folder that holds it.")
    images = sorted((data / "images").glob("*.tif"))
    held_back = [path for path in images if int(path.stem[4:6]) % 4 == 3]
    print(f"{len(images) - len(held_back)} tiles to choose from, {len(held_back)} held back")
    print(f"strategy {arguments.strategy}, seed {arguments.seed}, {arguments.clock} clock, threads {arguments.threads}")
    print(f"{arguments.seconds:g} s of training a round")
    print("| labeled tiles | " + " | ".join(f"IoU {name}" for name in CLASSES) + " | mean | steps | seconds |")
    print("| --- |" + " --- |" * (len(CLASSES) + 3))
    with tempfile.TemporaryDirectory() as folder:
        project = make_project([p for p in images if p not in held_back], Path(folder))
        session = Session.open(project, beside_window=False)
        try:
            run_rounds(session, data, held_back, arguments)
        finally:
            session.close()


def make_project(images: Sequence[Path], folder: Path) -> Path:
    found = examine(images, Unwatched())
    budget = Budget("tiles", ROUNDS * TILES_A_ROUND)
    plan = ProjectPlan(folder / "loop.fieldbrush", found, found.interpretation, found.tile_px, budget,
                       classes_from_names(CLASSES))  # fmt: skip
    return create_project(plan, Unwatched())


def run_rounds(session: Session, data: Path, held_back: Sequence[Path], arguments: argparse.Namespace) -> None:
    session.set_auto_train(False)
    session.threads = arguments.threads
    now = CLOCKS[arguments.clock]
    masks = {f.scene_id: f for f in find_mask_files(data / "masks", session.scenes.values())}
    finish(session.embed(), session)
    settings = replace(session.default_training_settings(), time_budget_s=arguments.seconds, seed=arguments.seed)
    for _ in range(ROUNDS):
        started = now()
        finish(session.rank(arguments.strategy, arguments.seed), session)
        for ranked in session.queue()[:TILES_A_ROUND]:
            tile = session.tiles[ranked.tile_id]
            importer = MaskImporter(masks[tile.scene_id], session.scenes[tile.scene_id], session.classes, None)
            recorder = session.begin_stroke(tile.tile_id, "brush")
            recorder.paint_labels(importer.read(tile.rect), Ink(UNLABELED))
            session.finish_stroke(tile.tile_id, recorder)
            session.submit(tile.tile_id)
        result, _ = finish(session.train(settings), session)
        wait_for_predictions(session)
        show(session, data, held_back, now() - started, result.points[-1].step)


def wait_for_predictions(session: Session) -> None:
    for job in session.compute.active():
        finish(job, session)


def show(session: Session, data: Path, held_back: Sequence[Path], seconds: float, steps: int) -> None:
    values = tuple(c.value for c in session.classes)
    total = np.zeros((len(values), len(values)), np.int64)
    assert session.forecasts.model is not None
    for path in held_back:
        with rasterio.open(data / "masks" / path.name) as raster:
            truth = raster.read(1) + np.uint8(1)
        rect = Rect(0, 0, truth.shape[1], truth.shape[0])
        prediction = predict_tile(session.forecasts.model, session.reader, TileRef(-1, str(path), rect))
        total += confusion(truth, prediction.classes, values)
    scores = Scores.of(total, values, len(held_back))
    cells = [f"{iou:.3f}" for iou in (*scores.iou, scores.mean_iou)]
    print(f"| {session.effort.spent_tiles} | " + " | ".join(cells) + f" | {steps} | {seconds:.0f} |", flush=True)


def finish(job: Job[Any] | None, session: Session) -> Any:
    assert job is not None
    session.wait(job)
    if job.error is not None:
        raise job.error
    return job.result


if __name__ == "__main__":
    main()
