"""Time to a useful model: IoU on Tiles held back over seconds of training on ten labeled Tiles, against the plain loop.

    python -m tests.benchmarks.useful_model [--fields potato_weed,naip_trees] [--sides ours,plain] [--seeds 2]
        [--seconds 15,30,60] [--plain-seconds 60,120,300,600] [--clock cpu|wall] [--encoder efficientnet_lite0]
        [--tiles 10, 0 for all of them]

Without --fields also the made-up kinds of imagery (`_kinds.py`) are tried.

The ten Tiles are those that the strategy `typiclust` would have labeled first, with their true masks. The plain loop is
the one that segmentation_models_pytorch's examples show: smp.Unet with the same encoder and weights, float32,
contiguous, Adam, Dice, batches of four random crops of 256 px, mirrored. It has no schedule, so one run is looked at
after each of its seconds; Fieldbrush's training fits its schedule into the seconds it is given, so each is a run.

Seconds are those of the processor, with one thread, or those of the clock; only the first can be compared on a busy
machine. Ours hold everything from reading the Tiles to the scores at the end, the plain loop's the steps alone. The
probe for the fastest setting is not counted: it runs once on a machine. Both are scored the same way.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.jobs import Unwatched
from core.labels.snapshot import Snapshot
from core.learning import runtime
from core.learning.acceleration import Phase, plan_for
from core.learning.dataset import UNTRAINED, class_indexes
from core.learning.encoder import DEFAULT_ENCODER, load_pretrained, smp_name, to_input
from core.learning.metrics import Scores
from core.learning.progress import Clock
from core.learning.settings import TrainingSettings
from core.learning.training import Request, TrainingRun
from tests.benchmarks._fields import NAMES, Field, field_named

TILES = 10
BATCH, CROP_PX = 4, 256
CLOCKS: dict[str, Callable[[], float]] = {"cpu": time.process_time, "wall": time.monotonic}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fields", default=",".join(NAMES))
    parser.add_argument("--sides", default="ours,plain")
    parser.add_argument("--seeds", type=int, default=1)
    parser.add_argument("--seconds", default="15,30,60")
    parser.add_argument("--plain-seconds", default="60,120,300,600")
    parser.add_argument("--clock", choices=CLOCKS, default="cpu")
    parser.add_argument("--encoder", default=DEFAULT_ENCODER)
    parser.add_argument("--tiles", type=int, default=TILES)
    chosen = parser.parse_args()
    runtime.configure(1)
    runtime.load_smp()
    for phase in (Phase.TRAIN, Phase.PREDICT):
        plan_for(phase, runtime.best_device())
    print(f"{runtime.available_cores()} cores, 1 thread, {chosen.clock} seconds, load {os.getloadavg()[0]:.1f}")
    for name in chosen.fields.split(","):
        field = field_named(name)
        for seed in range(chosen.seeds):
            numbers = field.chosen(chosen.tiles, seed) if chosen.tiles else field.pool
            for side in chosen.sides.split(","):
                moments = _numbers(chosen.seconds if side == "ours" else chosen.plain_seconds)
                for line in SIDES[side](field, numbers, seed, moments, chosen):
                    print(f"{name:<12} seed {seed}  {side:<6}{line}", flush=True)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


def ours(
    field: Field, numbers: Sequence[int], seed: int, moments: Sequence[float], chosen: argparse.Namespace
) -> Iterator[str]:
    for seconds in moments:
        settings = TrainingSettings(time_budget_s=seconds, seed=seed, threads=1, encoder=chosen.encoder)
        wall = time.monotonic()
        run = training(field, numbers, settings, CLOCKS[chosen.clock])
        module = run.run().model.module
        yield line(run.clock.elapsed_s, time.monotonic() - wall, run.clock.step, field.scores(module))


def training(
    field: Field, numbers: Sequence[int], settings: TrainingSettings, now: Callable[[], float], earlier: Any = None
) -> TrainingRun:
    """A run of the program's training on those Tiles, by this clock; `earlier` is the model it goes on from."""
    values = field.ground.class_values
    snapshot = Snapshot(field.labeled(numbers), values)
    run = TrainingRun(Request(snapshot, field.ground.reader, field.names, values, settings, earlier), Unwatched())
    run.clock = Clock(settings, Unwatched(), now)
    return run


def plain(
    field: Field, numbers: Sequence[int], seed: int, moments: Sequence[float], chosen: argparse.Namespace
) -> Iterator[str]:
    torch, smp = runtime.load_torch(), runtime.load_smp()
    torch.manual_seed(seed)
    roles, now = field.ground.reader.roles, CLOCKS[chosen.clock]
    module = smp.Unet(
        smp_name(DEFAULT_ENCODER), encoder_weights=None, in_channels=len(roles), classes=len(field.ground.class_values)
    )
    load_pretrained(module.encoder, roles)
    optimiser = torch.optim.Adam(module.parameters(), lr=2e-4)
    loss_of = smp.losses.DiceLoss(smp.losses.MULTICLASS_MODE, from_logits=True, ignore_index=UNTRAINED)
    batches = crops(field, numbers, np.random.default_rng(seed))
    used, wall, steps = 0.0, 0.0, 0
    for seconds in moments:
        module.train()
        while used < seconds:
            started, started_wall = now(), time.monotonic()
            values, targets = next(batches)
            optimiser.zero_grad()
            loss_of(module(to_input(torch.from_numpy(values))), torch.from_numpy(targets)).backward()
            optimiser.step()
            used, wall, steps = used + now() - started, wall + time.monotonic() - started_wall, steps + 1
        yield line(used, wall, steps, field.scores(module.eval()))


def crops(
    field: Field, numbers: Sequence[int], rng: np.random.Generator
) -> Iterator[tuple[NDArray[np.float32], NDArray[np.int64]]]:
    """Batches as a DataLoader over a Dataset with random crops and flips gives them."""
    reader, table = field.ground.reader, class_indexes(field.ground.class_values)
    pixels = [reader.read(field.ground.refs[number]).values for number in numbers]
    truths = [table[field.ground.masks[number]] for number in numbers]
    while True:
        values, targets = [], []
        for number in rng.integers(len(numbers), size=BATCH):
            height, width = truths[number].shape
            y, x = (int(rng.integers(length - CROP_PX + 1)) for length in (height, width))
            rows, columns = slice(y, y + CROP_PX), slice(x, x + CROP_PX)
            axes = tuple(axis for axis in (-2, -1) if rng.integers(2))
            values.append(np.flip(pixels[number][:, rows, columns], axes))
            targets.append(np.flip(truths[number][rows, columns], axes).astype(np.int64))
        yield np.stack(values), np.stack(targets)


def line(seconds: float, wall: float, steps: int, scores: Scores) -> str:
    each = " ".join(f"{iou:.3f}" for iou in scores.iou)
    return f"{seconds:>6.0f} s ({wall:.0f} by the clock, {steps} steps)   IoU {each}   mean {scores.mean_iou:.3f}"


def _numbers(listed: str) -> list[float]:
    return [float(number) for number in listed.split(",")]


SIDES: dict[str, Callable[..., Iterator[str]]] = {"ours": ours, "plain": plain}


if __name__ == "__main__":
    main()
