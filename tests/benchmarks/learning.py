"""Training, embedding and scene prediction against the plain loop that segmentation_models_pytorch's examples show.

    python -m tests.benchmarks.learning [--part speed|time-to-iou|window] [--threads 1] [--rounds 2]

The plain loop: smp.Unet with the same encoder and its weights, float32, contiguous, Adam and Dice loss, batches of
four crops of 256 px; scenes in tiles of 256 px, four at a time, without overlap. Each side runs in a process of its
own, in turns, the best of all turns counts. Beside the seconds on the clock stand those of the processor: on a busy
machine only these can be compared. `--part window` measures how fluid the window stays while a training runs beside it
(tests/benchmarks/_frames.py).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.windows import Window

from core.geometry import Rect, TileRef
from core.imagery.grid import cut_grid
from core.imagery.interpretation import Band, Interpretation
from core.imagery.reader import TileReader
from core.imagery.statistics import BandStatistics
from core.jobs import Unwatched, Worker
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning import runtime
from core.learning.acceleration import Phase, plan_for
from core.learning.encoder import DEFAULT_ENCODER, load_encoder, load_pretrained, smp_name, to_input
from core.learning.metrics import Scores, confusion
from core.learning.model import SegmentationModel
from core.learning.scene_prediction import ScenePrediction
from core.learning.settings import TrainingSettings
from core.learning.training import train
from core.selection.embeddings import BATCH_PX
from core.selection.encoder_features import EncoderFeatures
from core.text import text
from tests.data import real_data_folder
from tests.memory import peak_mb

ROLES = ("red", "green", "blue")
NAMES = {1: "soil", 2: "crop", 3: "weed"}
VALUES = tuple(NAMES)
BATCH, CROP_PX, TILE_PX = 4, 256, 256
STEPS = 12
SIDES = ("plain", "ours")
IOU_SECONDS = (60, 600)


class Field(NamedTuple):
    """Real imagery: a mosaic to learn from and one to predict, each with its truth (labels 1…3)."""

    learn: Path
    predict: Path
    reader: TileReader

    def truth(self, path: Path) -> NDArray[np.uint8]:
        with rasterio.open(path.with_suffix(".mask.tif")) as raster:
            mask: NDArray[np.uint8] = raster.read(1)
        return mask

    def tiles(self, count: int = 10) -> list[LabeledTile]:
        """Tiles of 256 px, spread over the mosaic, painted with all of the truth."""
        truth = self.truth(self.learn)
        cells = [cell.rect for cell in cut_grid(truth.shape[1], truth.shape[0], TILE_PX)]
        cells = [rect for rect in cells if rect.width == rect.height == TILE_PX]
        chosen = [cells[number * len(cells) // count] for number in range(count)]
        drawn = np.ones((TILE_PX, TILE_PX), np.uint8)
        return [
            LabeledTile(TileRef(number, str(self.learn), rect), truth[rect.slices].copy(), drawn)
            for number, rect in enumerate(chosen)
        ]


def main() -> int:
    options = argparse.ArgumentParser()
    options.add_argument("--part", choices=("speed", "time-to-iou", "window"), default="speed")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--rounds", type=int, default=2)
    options.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    chosen = options.parse_args()
    if chosen.worker:
        return work(chosen.worker[0], chosen.worker[1], Path(chosen.worker[2]), chosen.threads)
    if chosen.part == "window":
        from tests.benchmarks._frames import measure  # here: no other part needs Qt or a screen

        return measure()
    data = real_data_folder("potato_weed")
    if data is None:
        print("The real imagery potato_weed is not there: set FIELDBRUSH_DATA.", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        mosaic(data, Path(folder) / "learn.tif", 0)
        mosaic(data, Path(folder) / "predict.tif", 3)
        cores = runtime.available_cores()
        print(f"{cores} cores, {chosen.threads} threads, load {os.getloadavg()[0]:.1f}, {DEFAULT_ENCODER}", flush=True)
        if chosen.part == "speed":
            speed(Path(folder), chosen.threads, chosen.rounds)
        else:
            time_to_iou(Path(folder), chosen.threads)
    print(f"load at the end {os.getloadavg()[0]:.1f}")
    return 0


def mosaic(data: Path, path: Path, first_row: int) -> None:
    """Three by three of the field's images, which are tiles of one orthophoto, as one scene of 1920 px."""
    with rasterio.open(data / "images" / f"pw_r{first_row:02}_c00.tif") as image:
        place = {"crs": image.crs, "transform": image.transform}
    common: dict[str, Any] = {
        "driver": "GTiff",
        "height": 1920,
        "width": 1920,
        "dtype": "uint8",
        "tiled": True,
        **place,
    }
    with (
        rasterio.open(path, "w", count=3, **common) as scene,
        rasterio.open(path.with_suffix(".mask.tif"), "w", count=1, **common) as mask,
    ):
        for row in range(3):
            for column in range(3):
                name = f"pw_r{first_row + row:02}_c{column:02}.tif"
                window = Window(640 * column, 640 * row, 640, 640)
                with rasterio.open(data / "images" / name) as part:
                    scene.write(part.read(), window=window)
                with rasterio.open(data / "masks" / name) as part:
                    mask.write(part.read() + np.uint8(1), window=window)


def speed(folder: Path, threads: int, rounds: int) -> None:
    units = {"train": "images", "embed": "tiles", "predict": "Mpx"}
    print(f"\n{'':<10}{'plain':>34}{'ours':>34}{'ratio':>9}{'by CPU':>9}   peak MB")
    for part, unit in units.items():
        best: dict[str, dict[str, float]] = {}
        for _ in range(rounds):
            for side in SIDES:
                found = in_a_process(part, side, folder, threads)
                best[side] = best_of(best.get(side), found)
        plain, ours = best["plain"], best["ours"]
        cells = [f"{b['amount'] / b['wall']:.2f} {unit}/s ({b['amount'] / b['cpu']:.2f}/CPU s)" for b in (plain, ours)]
        ratios = [
            (ours["amount"] / ours[clock]) / (plain["amount"] / plain[clock]) for clock in ("wall", "cpu")
        ]  # fmt: skip
        print(f"{part:<10}{cells[0]:>34}{cells[1]:>34}{ratios[0]:>8.1f}x{ratios[1]:>8.1f}x"
              f"   {plain['peak']:.0f} / {ours['peak']:.0f}   {best_note(ours)}", flush=True)  # fmt: skip


def best_of(one: dict[str, float] | None, other: dict[str, float]) -> dict[str, float]:
    if one is None:
        return other
    return one | {clock: min(one[clock], other[clock]) for clock in ("wall", "cpu")}


def best_note(ours: dict[str, float]) -> str:
    return f"mean IoU {ours['plain_iou']:.4f} plain, {ours['iou']:.4f} ours, same network" if "iou" in ours else ""


def in_a_process(part: str, side: str, folder: Path, threads: int) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.benchmarks.learning", "--threads", str(threads)]
    run = subprocess.run(
        [*command, "--worker", part, side, str(folder)], stdout=subprocess.PIPE, text=True, check=True
    )  # fmt: skip
    result: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return result


def work(part: str, side: str, folder: Path, threads: int) -> int:
    """One side of one part, in this process; prints its figures as JSON."""
    runtime.configure(threads)
    low, high = (0.0,) * 3, (255.0,) * 3
    bands = tuple(Band(number + 1, role, role) for number, role in enumerate(ROLES))
    reader = TileReader(Interpretation(bands, None, text("benchmark")), BandStatistics(low, high, low, high))
    field = Field(folder / "learn.tif", folder / "predict.tif", reader)
    runtime.load_smp()
    print(json.dumps({**PARTS[part, side](field), "peak": peak_mb()}))
    return 0


def timed(step: Callable[[], object], amount: float, turns: int) -> dict[str, float]:
    """The best of `turns` after one to warm up."""
    step()
    walls, cpus = [], []
    for _ in range(turns):
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        walls.append(time.perf_counter() - wall)
        cpus.append(time.process_time() - cpu)
    return {"amount": amount, "wall": min(walls), "cpu": min(cpus)}


# -- the plain loop ----------------------------------------------------------------------------------------------------


def plain_network() -> Any:
    smp = runtime.load_smp()
    module = smp.Unet(smp_name(DEFAULT_ENCODER), encoder_weights=None, in_channels=3, classes=len(VALUES))
    load_pretrained(module.encoder, ROLES)
    return module


def plain_batches(field: Field, seed: int = 0) -> Iterator[tuple[Any, Any]]:
    """Whole tiles, mirrored at random, as a DataLoader over a Dataset gives them."""
    torch = runtime.load_torch()
    tiles, rng = field.tiles(), np.random.default_rng(seed)
    pictures = [field.reader.read(tile.ref).values for tile in tiles]
    while True:
        values, targets = [], []
        for number in rng.integers(len(tiles), size=BATCH):
            axes = tuple(axis for axis in (-2, -1) if rng.integers(2))
            values.append(np.flip(pictures[number], axes))
            targets.append(np.flip(tiles[number].labels, axes).astype(np.int64) - 1)
        yield to_input(torch.from_numpy(np.stack(values))), torch.from_numpy(np.stack(targets))


def plain_steps(field: Field) -> tuple[Any, Callable[[], None]]:
    torch, smp = runtime.load_torch(), runtime.load_smp()
    module, batches = plain_network().train(), plain_batches(field)
    optimiser = torch.optim.Adam(module.parameters(), lr=2e-4)
    loss_of = smp.losses.DiceLoss(smp.losses.MULTICLASS_MODE, from_logits=True)

    def step() -> None:
        values, targets = next(batches)
        optimiser.zero_grad()
        loss_of(module(values), targets).backward()
        optimiser.step()

    return module, step


def train_plain(field: Field) -> dict[str, float]:
    return timed(plain_steps(field)[1], BATCH, STEPS // 2)


def embed_plain(field: Field) -> dict[str, float]:
    torch = runtime.load_torch()
    module = load_encoder(3, ROLES)
    values = np.stack([field.reader.read(tile.ref).values for tile in field.tiles(8)])

    def step() -> None:
        with torch.inference_mode():
            module(to_input(torch.from_numpy(values)))[-1].mean(dim=(2, 3)).numpy()

    return timed(step, 8, 4)


def plain_scene(module: Any, field: Field) -> NDArray[np.uint8]:
    torch = runtime.load_torch()
    result = np.zeros((1920, 1920), np.uint8)
    rects = [Rect(x, y, 256, 256) for y in range(0, 1920, 256) for x in range(0, 1920, 256)]
    for start in range(0, len(rects), BATCH):
        part = rects[start : start + BATCH]
        values = np.stack([field.reader.read(TileRef(-1, str(field.predict), rect)).values for rect in part])
        with torch.inference_mode():
            labels = module(to_input(torch.from_numpy(values))).softmax(dim=1).argmax(dim=1).numpy().astype(np.uint8)
        for rect, plane in zip(part, labels, strict=True):
            inside = rect.intersect(Rect(0, 0, 1920, 1920))
            result[inside.slices] = plane[: inside.height, : inside.width] + 1
    return result


def predict_plain(field: Field) -> dict[str, float]:
    module = plain_network().eval()
    return timed(lambda: plain_scene(module, field), 1920 * 1920 / 1e6, 1)


# -- ours --------------------------------------------------------------------------------------------------------------


def trained(field: Field, **settings: Any) -> SegmentationModel:
    worker = Worker("benchmark")
    try:
        chosen = TrainingSettings(batch_size=BATCH, crop_px=CROP_PX, **settings)
        snapshot = Snapshot(tuple(field.tiles()), VALUES)
        job = worker.submit(text("Training"), partial(train, snapshot, field.reader, NAMES, chosen))
        job.wait()
        if job.result is None:
            raise RuntimeError(f"no model: {job.error}")
        return job.result.model
    finally:
        worker.close()


def train_ours(field: Field) -> dict[str, float]:
    """Steps alone, without preparations and the scores at the end."""
    from core.learning.training import Request, TrainingRun

    torch = runtime.load_torch()
    plan_for(Phase.TRAIN, torch.device("cpu"))
    settings = TrainingSettings(batch_size=BATCH, crop_px=CROP_PX, max_steps=10**6, threads=torch.get_num_threads())
    snapshot = Snapshot(tuple(field.tiles()), VALUES)
    run = TrainingRun(Request(snapshot, field.reader, NAMES, VALUES, settings), Unwatched())
    run.prepare()
    return timed(run._step, BATCH, STEPS // 2)


def embed_ours(field: Field) -> dict[str, float]:
    features = EncoderFeatures(ROLES)
    tiles = [field.reader.read(tile.ref) for tile in field.tiles(8)]
    at_once = BATCH_PX // TILE_PX**2

    def step() -> None:
        for start in range(0, len(tiles), at_once):
            features(tiles[start : start + at_once])

    return timed(step, len(tiles), 4)


def predict_ours(field: Field) -> dict[str, float]:
    torch = runtime.load_torch()
    model = trained(field, max_steps=60, threads=torch.get_num_threads())
    truth, predicted = field.truth(field.predict), np.zeros((1920, 1920), np.uint8)

    def step() -> None:
        request = ScenePrediction(model, field.reader, str(field.predict), threads=torch.get_num_threads())
        for block in request.blocks(0, lambda: None):
            predicted[block.rect.slices] = block.classes

    found = timed(step, truth.size / 1e6, 1)
    module = model.module.to(memory_format=torch.contiguous_format)  # type: ignore[call-overload]
    plain = plain_scene(module, field)
    ious = [Scores.of(confusion(truth, each, VALUES), VALUES).mean_iou for each in (plain, predicted)]
    return found | {"plain_iou": ious[0], "iou": ious[1]}


# -- time to a useful model --------------------------------------------------------------------------------------------


def time_to_iou(folder: Path, threads: int) -> None:
    """Mean IoU on another part of the field after so many seconds on ten labeled tiles."""
    for side, seconds in (("ours", IOU_SECONDS[0]), ("plain", IOU_SECONDS[0]), ("plain", IOU_SECONDS[1])):
        found = in_a_process(f"iou-{seconds}", side, folder, threads)
        print(f"{side:<8}{seconds:>5} s   mean IoU {found['iou']:.3f}", flush=True)


def iou_ours(seconds: int, field: Field) -> dict[str, float]:
    torch = runtime.load_torch()
    model = trained(field, time_budget_s=float(seconds), threads=torch.get_num_threads())
    predicted = np.zeros((1920, 1920), np.uint8)
    for block in ScenePrediction(model, field.reader, str(field.predict), threads=torch.get_num_threads()).blocks(
        0, lambda: None
    ):
        predicted[block.rect.slices] = block.classes
    return {"iou": Scores.of(confusion(field.truth(field.predict), predicted, VALUES), VALUES).mean_iou}


def iou_plain(seconds: int, field: Field) -> dict[str, float]:
    module, step = plain_steps(field)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        step()
    predicted = plain_scene(module.eval(), field)
    table = confusion(field.truth(field.predict), predicted, VALUES)
    return {"iou": Scores.of(table, VALUES).mean_iou}


PARTS: dict[tuple[str, str], Callable[[Field], dict[str, float]]] = {
    ("train", "plain"): train_plain,
    ("train", "ours"): train_ours,
    ("embed", "plain"): embed_plain,
    ("embed", "ours"): embed_ours,
    ("predict", "plain"): predict_plain,
    ("predict", "ours"): predict_ours,
    **{(f"iou-{seconds}", "ours"): partial(iou_ours, seconds) for seconds in IOU_SECONDS},
    **{(f"iou-{seconds}", "plain"): partial(iou_plain, seconds) for seconds in IOU_SECONDS},
}


if __name__ == "__main__":
    sys.exit(main())
