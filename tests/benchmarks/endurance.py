"""Whether memory stays flat while someone works for hours: train, predict, rank and paint, round after round.

    python -m tests.benchmarks.endurance [--minutes 120] [--size 1024] [--steps 10] [--threads 1]

The real session on the generated demo, its true mask as the expert: every round four Tiles are painted (once all are,
those painted longest ago are painted anew), submitted and ranked, a model is trained from the last one, and all Tiles
are predicted. Printed: what the process holds (RSS) after each round and its peak so far, and at the end the slope over
the second half of the rounds, when there is nothing new to keep. `--trim` gives freed memory back to the system before
each measurement (Linux with glibc), which tells memory that is still used from what the allocator holds ready.
"""

from __future__ import annotations

import argparse
import ctypes
import gc
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil

from core.demo.project import make_demo_project
from core.jobs import Worker
from core.labels.strokes import Ink
from core.mask_import.files import find_mask_files
from core.mask_import.importer import MaskImporter
from core.session import Session
from core.text import text
from tests.memory import peak_mb

TILES_A_ROUND = 4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=120.0)
    parser.add_argument("--size", type=int, default=1024, help="pixels of the scene on a side")
    parser.add_argument("--steps", type=int, default=10, help="of training in every round")
    parser.add_argument("--threads", type=int, default=1, help="of torch; 1 as beside a window")
    parser.add_argument("--trim", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        session = Session.open(demo(Path(folder), arguments.size), beside_window=False)  # not at a low priority
        session.threads = arguments.threads
        session.set_auto_train(False)
        try:
            held = work(session, Path(folder), arguments)
        finally:
            session.close()
    report(held)


def demo(folder: Path, size: int) -> Path:
    worker = Worker("demo")
    try:
        job = worker.submit(text("Growing"), lambda context: make_demo_project(folder, context, 7, size))
        job.wait()
        assert job.result is not None, job.error
        return job.result
    finally:
        worker.close()


def work(session: Session, folder: Path, arguments: argparse.Namespace) -> list[float]:
    """RSS in MiB after each round."""
    (masks,) = find_mask_files(folder, session.scenes.values())
    importer = MaskImporter(masks, session.scenes[masks.scene_id], session.classes, None)
    settings = replace(session.default_training_settings(), max_steps=arguments.steps, threads=arguments.threads)
    session.wait(session.embed())
    painted: list[int] = []
    held: list[float] = []
    end = time.monotonic() + 60 * arguments.minutes
    print("| round | tiles painted | seconds | MB now | MB peak |\n| --- | --- | --- | --- | --- |")
    while time.monotonic() < end:
        started = time.monotonic()
        finish_all(session)
        for tile_id in next_tiles(session, painted):
            paint(session, importer, tile_id, len(held))
            painted = [*(old for old in painted if old != tile_id), tile_id]
        session.wait(session.train(settings))
        finish_all(session)  # the Predictions of all Tiles, and the Ranking by their doubt
        assert session.forecasts.version == len(held) + 1
        held.append(memory_mb(arguments.trim))
        seconds = time.monotonic() - started
        print(f"| {len(held)} | {len(painted)} | {seconds:.0f} | {held[-1]:.0f} | {peak_mb():.0f} |", flush=True)
    return held


def next_tiles(session: Session, painted: Sequence[int]) -> list[int]:
    queue = [ranked.tile_id for ranked in session.queue()]
    return [*queue, *painted][:TILES_A_ROUND]


def paint(session: Session, importer: MaskImporter, tile_id: int, number: int) -> None:
    """The truth; before it a stroke across the Tile, so that painting anew has something to save, too."""
    truth = importer.read(session.tiles[tile_id].rect)
    line = np.zeros_like(truth)
    line[number % len(line)] = session.classes[number % 2].value
    for labels in (line, truth):
        recorder = session.begin_stroke(tile_id, "brush")
        recorder.paint_labels(labels, Ink(0))
        session.finish_stroke(tile_id, recorder)
    session.submit(tile_id, seconds=1.0)


def finish_all(session: Session) -> None:
    while jobs := session.work_under_way():
        session.wait(jobs[0])
        if jobs[0].error is not None:
            raise jobs[0].error
    session.inbox.run_waiting()


def memory_mb(trim: bool) -> float:
    gc.collect()
    if trim:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    return float(psutil.Process().memory_info().rss / 2**20)


def report(held: Sequence[float]) -> None:
    half = held[len(held) // 2 :]
    if len(half) < 3:
        print("Too few rounds for a slope.")
        return
    slope = np.polyfit(np.arange(len(half)), half, 1)[0]
    span = f"{min(half):.0f} to {max(half):.0f} MB"
    print(f"Over the last {len(half)} of {len(held)} rounds: {slope:+.2f} MB a round, {span}.")


if __name__ == "__main__":
    main()
