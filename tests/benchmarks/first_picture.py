"""How long until a big scene without overviews shows: the first time, and in a later session from the cache.

    python -m tests.benchmarks.first_picture [--size 10980] [--bands 13] [--scene FILE]

Writes a tiled uint16 scene, makes a project of it and opens it in the real window: the time from opening to the first
block on the screen, to the whole first tile, and to the whole scene after "Whole scene"; then the same in a new process
with the reduced copy in the cache; and the memory of the process. `--scene` keeps the file for the next run. Needs a
screen, or QT_QPA_PLATFORM=offscreen. Each step runs in a process of its own, with a home of its own.

Where FIELDBRUSH_QGIS names a Python with PyQGIS in it (on Debian /usr/bin/python3 with python3-qgis), QGIS's renderer
draws the same file in the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import psutil
import rasterio
from rasterio.crs import CRS
from rasterio.transform import Affine
from rasterio.windows import Window

BLOCK_PX = 512
WINDOW_PX = (1366, 768)
_PATIENCE_S = 600.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=10_980, help="pixels on a side")
    parser.add_argument("--bands", type=int, default=13)
    parser.add_argument("--scene", type=Path, help="where the scene is, or shall be kept")
    parser.add_argument("--open", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.open is not None:
        print(json.dumps(measure(arguments.open)))
        return
    with tempfile.TemporaryDirectory() as folder:
        scene = arguments.scene or Path(folder) / "scene.tif"
        if not scene.exists():
            write_scene(scene, arguments.size, arguments.bands)
        environment = {**os.environ, "HOME": folder, "XDG_CACHE_HOME": f"{folder}/cache",
                       "XDG_CONFIG_HOME": f"{folder}/config"}  # fmt: skip
        project = make_project(Path(folder), scene)
        print(f"{scene.stat().st_size / 1e6:.0f} MB on disk, load {os.getloadavg()[0]:.1f}")
        print("| session | window with project s | first block s | first tile s | whole scene s | memory MB |")
        print("| --- | --- | --- | --- | --- | --- |")
        for session in ("first", "later"):
            command = [sys.executable, "-m", "tests.benchmarks.first_picture", "--open", str(project)]
            run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
            found = json.loads(run.stdout.splitlines()[-1])
            print(f"| {session} | " + " | ".join(f"{value:.2f}" for value in found.values()) + " |", flush=True)
        compare_with_qgis(scene, environment)


def compare_with_qgis(scene: Path, environment: Mapping[str, str]) -> None:
    python = os.environ.get("FIELDBRUSH_QGIS", "")
    if not python:
        print("QGIS is not there: set FIELDBRUSH_QGIS to a Python that has PyQGIS.")
        return
    command = [python, str(Path(__file__).with_name("_qgis_picture.py")), str(scene), *map(str, WINDOW_PX)]
    own = {name: value for name, value in environment.items() if not name.startswith(("GDAL", "PROJ", "PYSIDE", "QT"))}
    run = subprocess.run(command, env={**own, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True)
    if run.returncode:
        print(f"QGIS does not run: {(run.stderr.strip().splitlines() or ['no word'])[-1]}")
        return
    found = json.loads(run.stdout.splitlines()[-1])
    print(f"QGIS {found['version']}: layer open {found['opened']:.2f} s, a tile of 256 px {found['tile']:.2f} s, "
          f"the whole scene {found['whole']:.2f} s")  # fmt: skip


def write_scene(path: Path, size: int, bands: int) -> None:
    """Fields with noise, deflated as most tools do: what decoding costs depends on it."""
    profile = {
        "driver": "GTiff", "width": size, "height": size, "count": bands, "dtype": "uint16", "tiled": True,
        "blockxsize": BLOCK_PX, "blockysize": BLOCK_PX, "compress": "deflate", "zlevel": 1, "predictor": 2,
        "num_threads": "all_cpus", "bigtiff": "if_safer", "nodata": 0, "crs": CRS.from_epsg(32632),
        "transform": Affine(10, 0, 600_000, 0, -10, 5_300_000),
    }  # fmt: skip
    random = np.random.default_rng(0)
    noise = random.integers(0, 128, (bands, BLOCK_PX, BLOCK_PX), dtype=np.uint16)
    with rasterio.open(path, "w", **profile) as file:
        for y in range(0, size, BLOCK_PX):
            for x in range(0, size, BLOCK_PX):
                levels = random.integers(300, 4000, (bands, 4, 4), dtype=np.uint16)
                fields = np.kron(levels, np.ones((1, BLOCK_PX // 4, BLOCK_PX // 4), np.uint16))
                height, width = min(BLOCK_PX, size - y), min(BLOCK_PX, size - x)
                file.write((fields + noise)[:, :height, :width], window=Window(x, y, width, height))


def make_project(folder: Path, scene: Path) -> Path:
    from core.jobs import Unwatched
    from core.project.creation import ProjectPlan, create_project
    from core.project.examination import examine
    from core.project.records import Budget

    found = examine([scene], Unwatched())
    plan = ProjectPlan(folder / "big.fieldbrush", found, found.interpretation, 256, Budget("tiles", 20))
    return create_project(plan, Unwatched())


def measure(project: Path) -> dict[str, float]:
    """Seconds and megabytes of one session."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from gui.app import make_application
    from gui.main_window import MainWindow
    from gui.theme import ThemeKeeper

    app = make_application(["benchmark"])
    QSettings().clear()
    window = MainWindow(app, ThemeKeeper(app, "light"))
    window.resize(*WINDOW_PX)
    window.show()
    app.processEvents()

    def until(reached: object) -> float:
        end = time.monotonic() + _PATIENCE_S
        while not reached():  # type: ignore[operator]
            QApplication.processEvents()
            if time.monotonic() > end:
                sys.exit("the program does not get there in time")
            time.sleep(0.001)
        return time.perf_counter()

    started = time.perf_counter()
    window.open_project(project)
    workspace = window.workspace
    assert workspace is not None
    canvas, pyramid = workspace.canvas, workspace.canvas.pyramid
    opened = until(lambda: canvas.active is not None)
    first = until(lambda: bool(pyramid._blocks))
    tile = until(lambda: canvas in pyramid._wanted and not pyramid._wanted[canvas])
    zoomed = time.perf_counter()
    canvas.fit_scene()
    QApplication.processEvents()
    whole = until(lambda: not pyramid._wanted[canvas])
    memory = psutil.Process().memory_info().rss / 2**20
    with_copy = workspace.session.scene_files.open(canvas.scene_id)  # type: ignore[arg-type]
    until(lambda: with_copy.has_overview)  # for the later session
    window.close()
    window.deleteLater()
    app.processEvents()
    return {"opened": opened - started, "first": first - started, "tile": tile - started, "whole": whole - zoomed,
            "memory": memory}  # fmt: skip


if __name__ == "__main__":
    main()
