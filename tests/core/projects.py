"""Small real projects on generated scenes, for the tests of the rooms that need one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.crs import CRS
from rasterio.transform import Affine

from core.cache import cache_folder
from core.geometry import Rect
from core.jobs import Job
from core.jobs import Unwatched as Unwatched
from core.labels.classes import DEFAULT_CLASSES, LabelClass
from core.labels.strokes import Ink, brush_segment
from core.project.creation import ProjectPlan, create_project
from core.project.examination import examine
from core.project.models import Round
from core.project.records import Budget
from core.project.settings import Setting
from core.project.store import Store
from core.session import Session

ROOT = Path(__file__).resolve().parents[2]
UTM = {"crs": CRS.from_epsg(32632), "transform": Affine(0.5, 0, 600_000, 0, -0.5, 5_300_000)}


def write_scene(
    path: Path, width: int = 128, height: int = 128, *, bands: int = 3, empty_columns: int = 0, seed: int = 0,
    dtype: str = "uint8", **profile: Any,
) -> Path:  # fmt: skip
    """Noise in 1…250 with `empty_columns` of nodata (0) at the right; UTM unless `profile` says otherwise."""
    values = np.random.default_rng(seed).integers(1, 251, (bands, height, width)).astype(dtype)
    values[:, :, width - empty_columns :] = 0
    place = profile or UTM
    path.parent.mkdir(parents=True, exist_ok=True)
    with rasterio.open(
        path, "w", driver="GTiff", width=width, height=height, count=bands, dtype=dtype, nodata=0, **place
    ) as file:
        file.write(values)
    return path


def make_project(
    folder: Path, scenes: Sequence[Path], *, tile_px: int = 64, classes: Sequence[LabelClass] = DEFAULT_CLASSES,
    budget: Budget | None = None, name: str = "test",
) -> Path:  # fmt: skip
    found = examine(list(scenes), Unwatched())
    plan = ProjectPlan(
        folder / f"{name}.fieldbrush", found, found.interpretation, tile_px, budget or Budget("tiles", 8),
        tuple(classes),
    )  # fmt: skip
    return create_project(plan, Unwatched())


@contextmanager
def opened(project: Path) -> Iterator[Session]:
    session = Session.open(project)
    try:
        yield session
    finally:
        session.close()


@contextmanager
def opened_with_store(project: Path) -> Iterator[tuple[Session, Store]]:
    """For what happens in the file while it is open: nobody else could read it, or damage it."""
    store = Store.open(project)
    session = Session(store)
    try:
        yield session, store
    finally:
        session.close()


@contextmanager
def store_of(project: Path) -> Iterator[Store]:
    store = Store.open(project)
    try:
        yield store
    finally:
        store.close()


def keep_embeddings(project: Path) -> None:
    """Look at all tiles of a copy, and keep what then is in the cache: for `bring_embeddings`."""
    seen = Path(shutil.copytree(project.parent, _seen(project)))
    with opened(seen / project.name) as session:
        done(session, session.embed())
    shutil.copytree(_embeddings(), seen / "embeddings")


def bring_embeddings(project: Path) -> None:
    """Put what `keep_embeddings` kept into this test's own cache. It holds for every copy of the project: the cache
    goes by what is in the scenes, not by where they are."""
    shutil.copytree(_seen(project) / "embeddings", _embeddings(), dirs_exist_ok=True)


def _seen(project: Path) -> Path:
    return project.parent.with_suffix(".seen")


def _embeddings() -> Path:
    return cache_folder() / "embeddings"


def dot(session: Session, tile_id: int, x: float, y: float, value: int = 1, diameter_px: int = 9) -> bool:
    """One click with the brush, as the window does it."""
    recorder = session.begin_stroke(tile_id, "brush")
    for rect, pixels in brush_segment((x, y), (x, y), diameter_px):
        recorder.paint(rect, pixels, Ink(value))
    return session.finish_stroke(tile_id, recorder)


def paint_rect(session: Session, tile_id: int, rect: Rect, value: int) -> bool:
    recorder = session.begin_stroke(tile_id, "brush")
    recorder.paint(rect, np.ones((rect.height, rect.width), bool), Ink(value))
    return session.finish_stroke(tile_id, recorder)


def add_flat_rounds(session: Session) -> None:
    """Five rounds that six Tiles have judged, none of them better than the others."""
    rounds = []
    for version, tiles in enumerate((8, 16, 24, 32, 40), start=1):
        right = 800 + version % 2
        table = [[right, 1000 - right], [1000 - right, right]]
        rounds.append(asdict(Round(version, tiles, 0.67, 6, (1, 2), dict.fromkeys(range(6), table))))
    session.set_setting(Setting.ROUNDS, rounds)


def all_masks(session: Session) -> dict[int, NDArray[np.uint8]]:
    """(2, height, width) of every Tile as it is saved, read anew."""
    stored = {}
    for tile_id, tile in session.tiles.items():
        mask = session._store.mask(tile)
        stored[tile_id] = np.stack([mask.labels, mask.provenance])
    return stored


def done(session: Session, job: Job[Any]) -> Any:
    """The job's result once its consequences are applied; its error is raised."""
    session.wait(job)
    if job.error is not None:
        raise job.error
    return job.result


def quiet(session: Session) -> None:
    """Run the main thread's part until nothing more follows from anything. A job that is not active any more may not
    have told its outcome yet: it is pending until that has been applied."""
    while not session.background.is_idle:
        session.inbox.run_next(0.05)
    session.inbox.run_waiting()


def start_python(code: str, *arguments: object, **options: Any) -> subprocess.Popen[str]:
    """Another Python process in the checkout, its output as text."""
    return subprocess.Popen(
        [sys.executable, "-W", "error::UserWarning", "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT,
        env={**os.environ, "OMP_NUM_THREADS": "1"}, **options,
    )  # fmt: skip
