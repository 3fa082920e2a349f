"""What users of other tools complain about, where no other test proves the answer. The list: docs/complaints.md."""

from __future__ import annotations

import os
import subprocess
import sys
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
import rasterio
from rasterio.windows import Window

from core.labels.strokes import Ink, brush_segment
from core.session import Session
from tests.core.projects import ROOT, UTM, done, dot, make_project, opened, write_scene

MIB = 2**20


def write_wide_scene(path: Path, width: int, height: int) -> Path:
    """Empty but for its last block, which is the only part that takes space and time."""
    profile = {"tiled": True, "blockxsize": 256, "blockysize": 256, "sparse_ok": True, "nodata": 0, **UTM}
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=3, dtype="uint16", **profile
    ) as file:
        values = np.random.default_rng(0).integers(100, 3000, (3, 256, 256), dtype=np.uint16)
        file.write(values, window=Window(width - 256, height - 256, 256, 256))
    return path


def long_stroke(session: Session, tile_id: int, diameter_px: int, number: int = 0) -> None:
    rng = np.random.default_rng(number)
    recorder = session.begin_stroke(tile_id, "brush")
    for rect, pixels in brush_segment(tuple(rng.uniform(0, 256, 2)), tuple(rng.uniform(0, 256, 2)), diameter_px):
        recorder.paint(rect, pixels, Ink(1 + number % 2))
    session.finish_stroke(tile_id, recorder)


def peak_of_a_stroke(project: Path) -> int:
    """Bytes at most in use, above what was, from press to release on the last Tile."""
    with opened(project) as session:
        tile_id = max(session.tiles)
        long_stroke(session, tile_id, 40, 1)
        tracemalloc.start()
        try:
            long_stroke(session, tile_id, 40, 2)
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()


def test_a_stroke_costs_the_same_on_a_small_and_a_giant_scene(tmp_path: Path) -> None:
    small = make_project(tmp_path, [write_wide_scene(tmp_path / "small.tif", 512, 512)], tile_px=256, name="small")
    giant = make_project(
        tmp_path, [write_wide_scene(tmp_path / "giant.tif", 40_192, 40_192)], tile_px=256, name="giant"
    )
    peaks = peak_of_a_stroke(small), peak_of_a_stroke(giant)
    assert max(peaks) < 8 * MIB
    assert peaks[1] < 1.5 * peaks[0]


def test_a_scene_wider_than_qt_can_draw_keeps_its_last_column(tmp_path: Path) -> None:
    """32,767 px is where Qt's raster engine and 16-bit coordinates end."""
    scene = write_wide_scene(tmp_path / "wide.tif", 40_192, 512)
    with opened(make_project(tmp_path, [scene], tile_px=256)) as session:
        tile_id = max(session.tiles)
        rect = session.tiles[tile_id].rect
        assert rect.right == 40_192
        assert dot(session, tile_id, rect.width - 0.5, rect.height - 0.5, 2, 1)
        (path,) = done(session, session.export_labels(tmp_path / "out"))[:1]
    with rasterio.open(path) as labels, rasterio.open(scene) as image:
        assert (labels.width, labels.transform, labels.crs) == (image.width, image.transform, image.crs)
        corner = labels.read(1, window=Window(40_192 - 64, 448, 64, 64))
        assert corner[-1, -1] == 2
        assert (corner > 0).sum() == 1


def test_a_thousand_strokes_and_their_undo_stay_small(tmp_path: Path) -> None:
    """Undo that copies whole masks has filled 100 GB elsewhere."""
    project = make_project(tmp_path, [write_wide_scene(tmp_path / "s.tif", 512, 512)], tile_px=256)
    with opened(project) as session:
        tile_id = max(session.tiles)
        long_stroke(session, tile_id, 40)
        tracemalloc.start()
        try:
            for number in range(1000):
                long_stroke(session, tile_id, 40, number + 1)
            undone = 0
            while session.undo(tile_id):
                undone += 1
            kept, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert undone > 990  # a stroke that changed nothing is no step
        assert not session.mask(tile_id).labels.any()
    assert kept < 8 * MIB
    assert peak < 64 * MIB
    assert sum(path.stat().st_size for path in tmp_path.glob("test.fieldbrush*")) < 64 * MIB


_WITH_A_WRONG_PROJ = """
import sys
from pathlib import Path
from core.imagery.georeference import Georeference
from core.session import Session
from tests.core.projects import done, dot, make_project

folder = Path(sys.argv[1])
session = Session.open(make_project(folder, [folder / "s.tif"]))
dot(session, min(session.tiles), 20, 20)
longitude, latitude = Georeference(session.scene_files.open(next(iter(session.scenes))).info).to_degrees(64, 64)
print(round(longitude, 3), round(latitude, 3), done(session, session.export_labels(folder / "out"))[0])
session.close()
"""


@pytest.mark.parametrize("broken", ["empty folder", "rubbish", "another version's"])
def test_a_wrong_proj_database_of_another_program_does_no_harm(tmp_path: Path, broken: str) -> None:
    """PostGIS, QGIS and others set PROJ_LIB for the whole machine."""
    write_scene(tmp_path / "s.tif")
    foreign = tmp_path / "proj"
    foreign.mkdir()
    if broken == "rubbish":
        (foreign / "proj.db").write_bytes(b"no database" * 100)
    elif broken == "another version's":
        import sqlite3

        with sqlite3.connect(foreign / "proj.db") as database:
            database.execute("CREATE TABLE metadata (key TEXT, value TEXT)")
            database.execute("INSERT INTO metadata VALUES ('DATABASE.LAYOUT.VERSION.MAJOR', '0')")
        database.close()
    environment = {**os.environ, "PROJ_LIB": str(foreign), "PROJ_DATA": str(foreign), "GDAL_DATA": str(foreign)}
    run = subprocess.run(
        [sys.executable, "-c", _WITH_A_WRONG_PROJ, str(tmp_path)], capture_output=True, text=True, cwd=ROOT,
        env=environment, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    longitude, latitude, path = run.stdout.split(maxsplit=2)
    assert (float(longitude), float(latitude)) == pytest.approx((10.34, 47.845), abs=0.01)
    with rasterio.open(path.strip()) as labels:
        assert labels.crs.to_epsg() == 32632


def test_paths_longer_than_260_characters(tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 300:
        folder = folder / "a folder whose name is rather long, as on any network drive"
    project = make_project(folder, [write_scene(folder / "scene of a field.tif")])
    with opened(project) as session:
        assert dot(session, min(session.tiles), 20, 20)
        paths = done(session, session.export_labels(folder / "labels"))
    assert len(str(paths[0])) > 300
    with opened(project) as session:
        assert session.painted


_OFFLINE = """
import socket, sys

def refused(*arguments, **options):
    raise AssertionError("the network was asked")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refused
from core.learning.encoder import load_encoder
from core.learning import runtime
torch = runtime.load_torch()
maps = load_encoder(4, ("red", "green", "blue", "nir"))(torch.zeros(1, 4, 64, 64))
print(len(maps), sorted(path.name for path in __import__("pathlib").Path(sys.argv[1]).rglob("*.safetensors")))
"""


def test_weights_are_there_without_network_and_without_a_cache(tmp_path: Path) -> None:
    nowhere = {name: str(tmp_path) for name in ("HOME", "XDG_CACHE_HOME", "HF_HOME", "TORCH_HOME")}
    run = subprocess.run(
        [sys.executable, "-c", _OFFLINE, str(tmp_path)], capture_output=True, text=True, cwd=ROOT,
        env={**os.environ, **nowhere}, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    assert run.stdout.strip() == "6 []"
