"""Imagery with known masks for benchmarks of learning: what may be labeled, what is held back, which Tiles first."""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.demo.project import make_demo_project
from core.jobs import Unwatched, Worker
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile
from core.learning.acceleration import Phase, for_inference, plan_for
from core.learning.metrics import Scores, confusion
from core.learning.prediction import inner, tile_logits
from core.learning.runtime import best_device
from core.selection.embeddings import embed
from core.selection.pool import Pool
from core.selection.strategies import STRATEGIES, named
from core.simulation.ground import Ground, read_ground
from core.simulation.split import Role, tile_roles
from core.text import text
from tests.benchmarks._kinds import KINDS, POOL, write_kind
from tests.data import real_data_folder

NAMES = ("potato_weed", "naip_trees", "demo", *KINDS)
_MARGIN_PX = 32


@dataclass(frozen=True, eq=False)
class Field:
    """`pool` and `test` are the numbers of Tiles that may be labeled and that are held back."""

    ground: Ground
    pool: tuple[int, ...]
    test: tuple[int, ...]

    @property
    def names(self) -> dict[int, str]:
        return {value: str(value) for value in self.ground.class_values}

    def labeled(self, numbers: Sequence[int]) -> tuple[LabeledTile, ...]:
        """Those Tiles, painted with all of their truth."""
        tiles = []
        for number in numbers:
            mask = self.ground.masks[number]
            drawn = np.where(mask != 0, Provenance.DRAWN, 0).astype(np.uint8)
            tiles.append(LabeledTile(self.ground.refs[number], mask, drawn))
        return tuple(tiles)

    def chosen(self, count: int, seed: int, strategy: str = "typiclust") -> tuple[int, ...]:
        """The first `count` Tiles of the pool that the Strategy would have labeled, without asking a model."""
        ground, numbers = self.ground, np.array(self.pool)
        outlines = ground.outlines[numbers]
        with tempfile.TemporaryDirectory() as cache:
            refs = [ground.refs[number] for number in numbers]
            vectors = embed(refs, ground.reader, Unwatched(), Path(cache), ground.fingerprints)
        middle = (outlines[:, :2] + outlines[:, 2:]) / 2
        pool = Pool(numbers, vectors, ground.valid_share[numbers], middle, ground.scene_index[numbers])
        none = np.zeros(len(pool), np.bool_)
        ranking = named(STRATEGIES, strategy).query(pool, none, None, count, np.random.default_rng(seed))
        return tuple(numbers[ranking.order[:count]].tolist())

    def scores(self, module: Any, every: int = 1) -> Scores:
        """Of a network in evaluation mode on the Tiles held back, each with its surroundings, as on the screen."""
        ground, device = self.ground, best_device()
        plan = plan_for(Phase.PREDICT, device)
        ready = for_inference(copy.deepcopy(module), device, plan)
        values = ground.class_values
        table = np.zeros((len(values),) * 2, np.int64)
        for number in self.test[::every]:
            pixels = ground.reader.read(ground.refs[number], _MARGIN_PX)
            best = tile_logits(ready, pixels.values, _MARGIN_PX, plan, device).argmax(dim=0).cpu().numpy()
            predicted = np.array(values, np.uint8)[best] * inner(pixels.valid, _MARGIN_PX)
            table += confusion(ground.masks[number], predicted, values)
        return Scores.of(table, values, len(self.test[::every]))


def field_named(name: str) -> Field:
    """potato_weed: every fourth row of images is held back; naip_trees: every fourth image; demo: a quarter in blocks,
    and what joins them is not used; of the made-up kinds all but the first ten Tiles."""
    if name == "demo":
        return _demo()
    if name in KINDS:
        return _kind(name)
    folder = real_data_folder(name)
    if folder is None:
        raise SystemExit(f"{name} is not there: set FIELDBRUSH_DATA to the folder that holds it.")
    ground = read_ground(folder, None, Unwatched())
    stems = [Path(ref.scene_path).stem for ref in ground.refs]
    if name == "potato_weed":
        held_back = [int(stem[4:6]) % 4 == 3 for stem in stems]
    else:
        order = sorted(stems)
        held_back = [order.index(stem) % 4 == 3 for stem in stems]
    numbers = range(len(stems))
    return Field(ground, tuple(n for n in numbers if not held_back[n]), tuple(n for n in numbers if held_back[n]))


def _kind(name: str) -> Field:
    folder = Path(tempfile.mkdtemp(prefix=f"fieldbrush-{name}-"))  # read to the end of the process
    write_kind(name, folder)
    ground = read_ground(folder, None, Unwatched())
    numbers = range(len(ground.refs))
    return Field(ground, tuple(numbers[:POOL]), tuple(numbers[POOL:]))


def _demo(size: int = 2048) -> Field:
    folder = Path(tempfile.mkdtemp(prefix="fieldbrush-demo-"))  # its scene is read to the end of the process
    worker = Worker("demo")
    try:
        job = worker.submit(text("Growing"), lambda context: make_demo_project(folder, context, 7, size))
        job.wait()
        if job.error is not None:
            raise job.error
    finally:
        worker.close()
    ground = read_ground(folder, None, Unwatched())
    roles = tile_roles([ref.rect for ref in ground.refs], ground.scene_index, ground.outlines, 3)
    return Field(
        ground, tuple(np.flatnonzero(roles == Role.POOL).tolist()), tuple(np.flatnonzero(roles == Role.TEST).tolist())
    )
