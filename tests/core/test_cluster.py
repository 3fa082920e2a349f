"""A real Dask cluster on this computer, a scheduler and two workers as processes: the same results as without it.

Dask's client starts threads that outlive it, so everything that uses it runs in a program of its own.
"""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from core.demo.scene import write_demo_scene
from tests.core.projects import ROOT, make_project, start_python, write_scene
from tests.core.test_cli import fieldbrush, one_sentence

pytestmark = pytest.mark.skipif(
    find_spec("distributed") is None, reason="the cluster is an extra: pip install fieldbrush[cluster]"
)
_PATIENCE_S = 180.0


@dataclass(frozen=True)
class Cluster:
    address: str
    workers: list[subprocess.Popen[bytes]]


def start_dask(program: str, *options: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", f"distributed.cli.dask_{program}", "--no-dashboard", *options], cwd=ROOT,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    file = tmp_path_factory.mktemp("dask") / "scheduler.json"
    processes = [start_dask("scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(file))]
    try:
        deadline = time.monotonic() + _PATIENCE_S
        while not file.exists():
            assert processes[0].poll() is None
            assert time.monotonic() < deadline, "the scheduler does not start"
            time.sleep(0.1)
        address = json.loads(file.read_text())["address"]
        processes += [
            start_dask("worker", address, "--nthreads", "1", "--no-nanny", "--death-timeout", "60") for _ in range(2)
        ]
        said, errors = start_python(_WAIT_FOR_TWO, address).communicate(timeout=_PATIENCE_S)
        assert "ready" in said, errors
        yield Cluster(address, processes[1:])
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait(60)


_WAIT_FOR_TWO = """
import sys
from distributed import Client
with Client(sys.argv[1], timeout=120) as client:
    client.wait_for_workers(2, timeout=120)
    print("ready")
"""


def said_by(code: str, *arguments: object) -> list[str]:
    program = start_python(code, *arguments)
    try:
        out, errors = program.communicate(timeout=550)
    finally:
        program.kill()
    assert program.returncode == 0, errors
    return out.splitlines()


_EVERYTHING = """
import sys
from functools import partial
from pathlib import Path
import numpy as np
from core.executors.spread import HERE, Workplace
from core.imagery.grid import cut_grid
from core.imagery.scene import open_scene
from core.geometry import TileRef
from core.labels.classes import DEFAULT_CLASSES
from core.labels.mask import encode_plane
from core.labels.snapshot import StoredMask
from core.learning import acceleration, runtime
from core.learning.acceleration import Phase, Plan
from core.learning.mappers import ModelMapper, taught_mapper
from core.project.records import SceneRecord
from core.selection.embeddings import embed
from core.simulation.runner import SimulationPlan, simulate
from core.tasks import predict_scenes, predict_tiles
from tests.core.projects import Unwatched
from tests.core.test_scene_prediction import a_model, a_reader

address, farm, scene, out = sys.argv[1], *map(Path, sys.argv[2:])
class Loud(Unwatched):
    def report(self, done, total, detail=None):
        self.last = f"{done:g} of {total:g}"

def run(name, place, threads):
    folder, model, reader, progress = out / name, a_model(), a_reader(), Loud()
    refs = [TileRef(n, str(scene), tile.rect) for n, tile in enumerate(cut_grid(700, 600, 128)[:20])]
    vectors = embed(refs, reader, progress, folder / "cache", {str(scene): "print"}, place=place)
    assert progress.last == f"{len(refs)} of {len(refs)}"
    np.save(folder / "vectors.npy", vectors)
    found = []
    predict_tiles(model, reader, refs[:3], threads, place, lambda p, d: found.append((p.classes, p.doubt, d)), progress)
    assert progress.last == "3 of 3"
    np.savez(folder / "tiles.npz", *[plane for tile in found for plane in tile])
    record = SceneRecord(1, str(scene), "print", 700, 600)
    making = lambda check: ModelMapper(model, reader, threads=threads, place=place)
    predict_scenes(making, reader, [record], {str(scene): "s"}, folder, DEFAULT_CLASSES,
                   np.arange(256, dtype=np.uint8), progress)
    assert progress.last == "1 of 1", "the whole of it"
    paint = np.where(np.arange(128) < 64, 1, 2).astype(np.uint8)[None].repeat(128, axis=0)
    stored = (StoredMask(refs[8], encode_plane(paint), encode_plane(np.ones_like(paint))),)
    making = partial(taught_mapper, stored, (1, 2), reader, 128, place)
    predict_scenes(making, reader, [record], {str(scene): "s"}, folder / "classified", DEFAULT_CLASSES,
                   np.arange(256, dtype=np.uint8), progress)
    plan = SimulationPlan(farm, folder / "rows.csv", folder / "simulation", ("random", "auto"), (2, 4), 1, tile_px=32)
    simulate(plan, progress, place)
    assert progress.last == "2 of 2"
    print(name, len(set(vectors.ravel().tolist())) > 1000, flush=True)

for threads in (1, 2):
    for phase in (Phase.PREDICT, Phase.EMBED):
        acceleration.remember(phase, threads, Plan(channels_last=True, fused=True))
runtime.configure(2)
run("here", HERE, 2)
run("cluster", Workplace(scheduler=address), 2)
"""


def test_the_same_bytes_as_in_one_process(cluster: Cluster, tmp_path: Path) -> None:
    """Embeddings and their cache, Predictions of Tiles and of a Scene, the table of a simulation."""
    write_demo_scene(tmp_path / "farm", size_px=256)
    scene = write_scene(tmp_path / "s.tif", 700, 600, empty_columns=60)
    said = said_by(_EVERYTHING, cluster.address, tmp_path / "farm", scene, tmp_path)
    assert said == ["here True", "cluster True"]
    here, there = (
        {path.relative_to(tmp_path / name): _content(path) for path in sorted((tmp_path / name).rglob("*.*"))}
        for name in ("here", "cluster")
    )
    names = {path.name for path in here}
    assert Path("classified", "s_prediction.tif") in here
    expected = {"vectors.npy", "tiles.npz", "s_prediction.tif", "s_doubt.tif", "s_prediction.gpkg", "rows.csv"}
    assert expected <= names
    assert here.keys() == there.keys()
    assert [path for path in here if here[path] != there[path]] == []


def _content(path: Path) -> object:
    """The file's bytes; of a GeoPackage, which says when it was written, the polygons."""
    if path.suffix != ".gpkg":
        return path.read_bytes()
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT * FROM prediction").fetchall()
    assert rows
    return rows


_SPREAD = """
import sys
from pathlib import Path
from core.executors import cluster
from core.executors.spread import Workplace, spread
from core.errors import WorkplaceError
from core.jobs import Cancelled
from tests.core.test_executors import add_slowly, die_once, nothing, refuse, wait_to_go_on
address, folder = sys.argv[1], Path(sys.argv[2])
place = Workplace(scheduler=address)
"""

_CANCELLED = """
def check():
    if len(list(folder.glob("begun *"))) == 2:
        raise Cancelled
try:
    list(spread(place, wait_to_go_on, folder, range(8), check))
except Cancelled:
    print("cancelled", len(list(folder.glob("done *"))))
(folder / "go on").touch()
try:
    list(spread(place, refuse, None, range(3), nothing))
except Exception as error:
    print(type(error).__name__, error)
"""


def test_cancelled_at_once_and_ready_for_the_next(cluster: Cluster, tmp_path: Path) -> None:
    """No part is waited for. Those that have not begun are dropped; the cluster then serves others, whose errors keep
    their words."""
    said = said_by(_SPREAD + _CANCELLED, cluster.address, tmp_path)
    assert 2 <= len(list(tmp_path.glob("begun *"))) < 8
    assert said == ["cancelled 0", "SelectionError No tile 1. Take another."]


_ONE_DIES = """
print(list(spread(place, die_once, folder, range(12), nothing)))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_worker_that_dies_costs_nothing_but_time(cluster: Cluster, tmp_path: Path) -> None:
    """Among its parts, and what all parts share, which it alone may have had."""
    assert said_by(_SPREAD + _ONE_DIES, cluster.address, tmp_path) == [str([n * n for n in range(12)])]
    assert (tmp_path / "died").exists()
    assert sum(worker.poll() is not None for worker in cluster.workers) == 1


_NOBODY_LEFT = """
cluster._WITHOUT_WORKERS_S = 1.0
try:
    list(spread(place, add_slowly, 0, [0.0], nothing))
except WorkplaceError as error:
    print(error)
"""


def test_no_worker_is_one_sentence(cluster: Cluster, tmp_path: Path) -> None:
    for worker in cluster.workers:
        worker.kill()
        worker.wait(60)
    address = cluster.address
    assert said_by(_SPREAD + _NOBODY_LEFT, address, tmp_path) == [
        f"The Dask scheduler at {address} has no workers. Start some: dask worker {address}"
    ]


def test_a_scheduler_that_does_not_answer_is_one_sentence(tmp_path: Path) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "s.tif")])
    for address in ("tcp://127.0.0.1:1", "nonsense"):
        run = fieldbrush("rank", project, "--scheduler", address, "--json")
        one_sentence(run, f"No Dask scheduler answers at {address}", "tcp://HOST:8786")
