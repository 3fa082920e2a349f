"""Whether a scene of 100,000 px a side, 153,000 tiles, is as quick to open, look at and walk through as a small one.

    python -m tests.benchmarks.many_tiles [--sizes 5000 100000]

Writes scenes that are empty but for the middle, makes projects of tiles of 256 px, and measures the processor time that
the window's thread needs: from opening to the first tile, for a frame of that tile, of the whole scene and of a
sixteenth of it, to skip a tile and be on the next, and for the list of all tiles; and the ratio to the first size.
Each size runs in a process of its own, with a home of its own. Needs a screen, or QT_QPA_PLATFORM=offscreen.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import rasterio
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.windows import Window

from core.jobs import Unwatched
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.records import Budget
from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.benchmarks.canvas import wait

FRAMES = 9
SETTLED_S = 2.0
SKIPS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[5_000, 100_000], help="pixels on a side")
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open is not None:
        print(json.dumps(measure(arguments.open)), flush=True)
        os._exit(0)  # what goes on in the background would take hours
    first: dict[str, float] = {}
    print("| size | " + " | ".join(MEASURED) + " |\n" + "| --- " * (len(MEASURED) + 1) + "|")
    for size in arguments.sizes:
        with tempfile.TemporaryDirectory() as folder:
            homes = {"HOME": folder, "XDG_CACHE_HOME": f"{folder}/cache", "XDG_CONFIG_HOME": f"{folder}/config"}
            command = [sys.executable, "-m", "tests.benchmarks.many_tiles", "--open", str(make_project(folder, size))]
            run = subprocess.run(command, env={**os.environ, **homes}, capture_output=True, text=True, check=True)
            found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
            first = first or found
            cells = [f"{value:,.0f} ({value / max(first[name], 1e-9):.1f} ×)" for name, value in found.items()]
            print(f"| {size:,}² | " + " | ".join(cells) + " |", flush=True)


def make_project(folder: str, size: int) -> Path:
    scene = Path(folder) / "scene.tif"
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": 3, "dtype": "uint8", "tiled": True,
        "blockxsize": 512, "blockysize": 512, "compress": "deflate", "sparse_ok": True, "bigtiff": "yes",
        "crs": CRS.from_epsg(32632), "transform": Affine(0.5, 0, 600_000, 0, -0.5, 5_300_000),
    }  # fmt: skip
    with rasterio.open(scene, "w", **profile) as file:
        middle = np.random.default_rng(0).integers(1, 250, (3, 2048, 2048), np.uint8)
        file.write(middle, window=Window(size // 2, size // 2, 2048, 2048))
    found = examine([scene], Unwatched())
    plan = ProjectPlan(Path(folder) / "p.fieldbrush", found, found.interpretation, 256, Budget("tiles", 20))
    return create_project(plan, Unwatched())


MEASURED = ("tiles", "open ms", "frame of a tile ms", "of the scene ms", "of a sixteenth ms", "skip ms", "list ms")


def measure(project: Path) -> dict[str, float]:
    """Of one project, by the names in MEASURED."""
    app = make_application(["benchmark"])
    QSettings().clear()
    window = MainWindow(app, ThemeKeeper(app, "light"))
    window.resize(1366, 768)
    window.show()
    app.processEvents()
    started = time.thread_time()
    window.open_project(project)
    workspace = window.workspace
    assert workspace is not None
    session, canvas = workspace.session, workspace.canvas
    wait(app, lambda: canvas.active is not None)
    found = [float(len(session.tiles)), 1000 * (time.thread_time() - started)]
    found.append(frame_ms(app, window))
    canvas.fit_scene()
    found.append(frame_ms(app, window))
    canvas.zoom(4)
    found.append(frame_ms(app, window))
    canvas.fit_tile()
    found.append(float(np.median([used_ms(workspace.flow.skip) for _ in range(SKIPS)])))
    found.append(used_ms(workspace.ways.commands()["tile list"]))
    return dict(zip(MEASURED, found, strict=True))


def frame_ms(app: QApplication, window: MainWindow) -> float:
    """What drawing all that is in view takes, as far as the picture is there after two seconds (all of a giant takes
    minutes to decode, which other threads do); the median."""
    assert window.workspace is not None
    canvas = window.workspace.canvas
    settled = time.monotonic() + SETTLED_S
    wait(app, lambda: time.monotonic() > settled)

    def frame() -> None:
        canvas.update()
        canvas.repaint()

    return float(np.median([used_ms(frame) for _ in range(FRAMES)]))


def used_ms(act: Callable[[], object]) -> float:
    QApplication.processEvents()
    started = time.thread_time()
    act()
    QApplication.processEvents()
    return 1000 * (time.thread_time() - started)


if __name__ == "__main__":
    main()
