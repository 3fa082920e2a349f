"""Small generated fields for the learning tests: textures that a network can tell apart, with paint on them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine

from core.geometry import Rect, TileRef
from core.imagery.interpretation import Band, Interpretation
from core.imagery.reader import TileReader
from core.imagery.statistics import BandStatistics
from core.jobs import Job, JobContext, Worker
from core.labels.mask import Provenance
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning.metrics import Scores
from core.learning.model import ModelCard, SegmentationModel
from core.learning.settings import TrainingSettings
from core.learning.unet import build_unet
from core.text import text

TILE_PX = 64
NAMES = {1: "healthy", 2: "unhealthy", 3: "weed"}
T = TypeVar("T")
ROLES = ("red", "green", "blue", "nir", "rededge", "swir1", "swir2", "coastal", "thermal", "other")


class Field:
    """A scene of `tiles` tiles in a row, its reader, and the truth: discs of stripes (class 2) on speckle (class 1)."""

    def __init__(self, folder: Path, tiles: int = 3, bands: int = 3, nodata_columns: int = 0, seed: int = 0) -> None:
        rng = np.random.default_rng(seed)
        width = tiles * TILE_PX
        rows, columns = np.mgrid[:TILE_PX, :width]
        discs = (rows - 30) ** 2 + (columns % TILE_PX - 28) ** 2 < 18**2
        stripes = 90 + 60 * ((rows + columns) // 4 % 2)
        speckle = rng.integers(60, 200, (TILE_PX, width))
        self.truth = np.where(discs, 2, 1).astype(np.uint8)
        pixels = np.where(discs, stripes, speckle)[None] + 10 * np.arange(bands)[:, None, None] + 1
        pixels[:, :, width - nodata_columns :] = 0
        self.path = folder / f"field_{tiles}_{bands}_{nodata_columns}_{seed}.tif"
        with rasterio.open(
            self.path, "w", driver="GTiff", width=width, height=TILE_PX, count=bands, dtype="uint16",
            crs="EPSG:32632", transform=Affine(0.1, 0, 600000, 0, -0.1, 5300000), nodata=0,
        ) as file:  # fmt: skip
            file.write(pixels.astype(np.uint16))
        roles = [Band(number + 1, f"band {number + 1}", ROLES[number]) for number in range(bands)]
        low, high = tuple([60.0] * bands), tuple([300.0] * bands)
        interpretation = Interpretation(tuple(roles), 0.0, text("made by the test"))
        self.reader = TileReader(interpretation, BandStatistics(low, high, low, high))
        self.refs = [
            TileRef(100 + number, str(self.path), Rect(number * TILE_PX, 0, TILE_PX, TILE_PX))
            for number in range(tiles)
        ]

    def tile(self, number: int, labels: NDArray[np.uint8] | None = None) -> LabeledTile:
        """A Tile painted with the truth, or with `labels`."""
        rect = self.refs[number].rect
        painted = self.truth[rect.slices].copy() if labels is None else labels
        provenance = np.where(painted != 0, Provenance.DRAWN, Provenance.NONE).astype(np.uint8)
        return LabeledTile(self.refs[number], painted, provenance)

    def snapshot(self, class_values: Sequence[int] = (1, 2)) -> Snapshot:
        return Snapshot(tuple(self.tile(number) for number in range(len(self.refs))), tuple(class_values))


def model_of(
    field: Field, values: tuple[int, ...] = (1, 2), seed: int = 0, whole_decoder: bool = False
) -> SegmentationModel:
    """A network that has learned nothing, as version 3, for Classes of these values."""
    names = tuple(f"class {value} ü" for value in values)
    scores = Scores.of(np.eye(len(values), dtype=np.int64), values, 1)
    card = ModelCard(
        3, "efficientnet_lite0", field.reader.roles, values, names, field.reader.statistics, 1.3,
        "2026-01-01T00:00:00+00:00", TrainingSettings(seed=5), scores, (1, 2), (3,),
    )  # fmt: skip
    module = build_unet(field.reader.roles, len(values), seed, whole_decoder=whole_decoder)
    return SegmentationModel(card, module.eval())


def run_job(work: Callable[[JobContext], T], until: Callable[[Job[T]], None] = lambda job: None) -> Job[T]:
    """Run `work` as the program does, on a Worker; `until` may act on the running job. The job has ended on return."""
    worker = Worker("test")
    try:
        job = worker.submit(text("test"), work)
        until(job)
        assert job.wait(300)
        return job
    finally:
        worker.close()


def result_of(job: Job[T]) -> T:
    if job.error is not None:
        raise job.error
    assert job.result is not None
    return job.result
