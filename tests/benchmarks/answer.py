"""How soon the pixel classifier answers: from a finished Stroke to the Prediction of the Tile on the screen.

    python -m tests.benchmarks.answer [--tiles 256 640] [--bands 3 4 5 13] [--labeled 1 5 20]

Generated scenes of uint16 with two textures, a real Session without a window, strokes of the brush 12 px wide. Tiles
labeled before have twelve Strokes each. Measured are the arrival at a new Tile, which has to be read and looked at and
is coloured at once, and the Strokes on it: by the clock, and the processor time of compute and main thread together,
which a busy machine hardly changes. After each answer the machine colours the queue, as in the program; a Stroke that
comes meanwhile has to wait for the Tile in work, and that is measured, too.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.transform import Affine

from core.jobs import Unwatched
from core.labels.classes import DEFAULT_CLASSES
from core.labels.strokes import Ink, brush_segment
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from core.session import Session

STROKES_BEFORE = 12
STROKES = 12
DIAMETER_PX = 12
PAUSE_S = 0.15  # between an answer and the next stroke, while the queue is coloured


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tiles", type=int, nargs="+", default=[256, 640], help="pixels on a side")
    parser.add_argument("--bands", type=int, nargs="+", default=[3, 4, 5, 13])
    parser.add_argument("--labeled", type=int, nargs="+", default=[1, 5, 20])
    arguments = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}; milliseconds\n")
    print("| tile px | bands | labeled before | arrival at a tile: processor (clock) | "
          "a stroke, processor: median, longest | by the clock: median, longest |")  # fmt: skip
    print("| --- | --- | --- | --- | --- | --- |")
    for tile_px in arguments.tiles:
        for bands in arguments.bands:
            for labeled in arguments.labeled:
                measure(tile_px, bands, labeled)


def measure(tile_px: int, bands: int, labeled: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        session = Session.open(make_project(Path(folder), tile_px, bands, labeled + 1))
        try:
            session.auto_train = False
            *before, shown = session.tiles
            rng = np.random.default_rng(0)
            for tile_id in before[:labeled]:
                for number in range(STROKES_BEFORE):
                    paint(session, tile_id, rng, 1 + number % 2)
            session.forecasts.suggests = True
            first = before[labeled - 1]
            answer_ms(
                session, partial(paint, session, first, rng, 1)
            )  # since the project was opened: looks at all Tiles
            arrival = answer_ms(session, partial(session.predicting.visible, shown))
            strokes = [partial(paint, session, shown, rng, 1 + number % 2) for number in range(STROKES)]
            times = [answer_ms(session, stroke) for stroke in strokes]
        finally:
            session.close()
    used, clock = np.array(times).T
    print(f"| {tile_px} | {bands} | {labeled} | {arrival[0]:.0f} ({arrival[1]:.0f}) | "
          f"{np.median(used):.0f}, {used.max():.0f} | {np.median(clock):.0f}, {clock.max():.0f} |",
          flush=True)  # fmt: skip


def answer_ms(session: Session, act: Callable[[], None]) -> tuple[float, float]:
    """Processor time of compute and main thread, and by the clock, from a Stroke (or an arrival) to its answer."""
    compute_clock = time.pthread_getcpuclockid(session.compute._threads[0].ident or 0)
    pause_until = time.monotonic() + PAUSE_S
    while time.monotonic() < pause_until:
        session.inbox.run_next(0.01)
    waited, used, started = time.clock_gettime(compute_clock), time.thread_time(), time.perf_counter()
    act()
    while session.pending("suggest") is not None:
        session.inbox.run_next(0.001)
    clock = time.perf_counter() - started
    return 1000 * (time.clock_gettime(compute_clock) - waited + time.thread_time() - used), 1000 * clock


def paint(session: Session, tile_id: int, rng: np.random.Generator, value: int) -> None:
    """A short straight stroke inside what is truly of the class: the scene's left and right halves are the classes."""
    rect = session.tiles[tile_id].rect
    middle = rect.width / 2
    x = rng.uniform(0.1, 0.9) * middle + (value - 1) * middle
    y = rng.uniform(0.1, 0.9) * rect.height
    recorder = session.begin_stroke(tile_id, "brush")
    for area, pixels in brush_segment((x, y), (x + rng.uniform(-30, 30), y + rng.uniform(-30, 30)), DIAMETER_PX):
        recorder.paint(area, pixels, Ink(value))
    session.finish_stroke(tile_id, recorder)


def make_project(folder: Path, tile_px: int, bands: int, count: int) -> Path:
    """A scene of `count` Tiles side by side, each smooth on its left and rough on its right."""
    width = tile_px * count
    rng = np.random.default_rng(0)
    values = np.empty((bands, tile_px, width), np.uint16)
    for band in range(bands):
        values[band] = texture(rng, tile_px, count) + 40 * band
    path = folder / "scene.tif"
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=tile_px, count=bands, dtype="uint16", nodata=0, tiled=True,
        blockxsize=256, blockysize=256, compress="deflate", crs=CRS.from_epsg(32632),
        transform=Affine(1, 0, 500_000, 0, -1, 5_000_000),
    ) as file:  # fmt: skip
        file.write(values)
    found = examine([path], Unwatched())
    plan = ProjectPlan(
        folder / "answer.fieldbrush", found, found.interpretation, tile_px, Budget("tiles", 20), DEFAULT_CLASSES
    )
    return create_project(plan, Unwatched())


def texture(rng: np.random.Generator, tile_px: int, count: int) -> NDArray[np.uint16]:
    width = tile_px * count
    rough = (np.arange(width) % tile_px >= tile_px // 2) * 120.0 + 40.0
    values: NDArray[np.float64] = 1000 + rng.normal(0, 1, (tile_px, width)) * rough
    return values.clip(1, 4000).astype(np.uint16)


if __name__ == "__main__":
    main()
