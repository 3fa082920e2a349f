"""Whole Scenes: blended windows without seams, the same from whatever row on, nothing where there is no data."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from rasterio.transform import Affine
from scipy.ndimage import gaussian_filter

from core.errors import LearningError
from core.geometry import Rect, TileRef
from core.imagery.interpretation import Band, Interpretation
from core.imagery.reader import TileReader
from core.imagery.statistics import BandStatistics
from core.jobs import Cancelled
from core.learning import acceleration, runtime
from core.learning.acceleration import Phase, Plan
from core.learning.model import ModelCard, SegmentationModel
from core.learning.prediction import predict_tile
from core.learning.scene_prediction import BLOCK_PX, OVERLAP_PX, PredictedBlock, ScenePrediction, block_grid
from core.learning.settings import TrainingSettings
from core.learning.training import train
from core.learning.unet import build_unet
from core.text import text
from tests.core.learning_data import NAMES, Field, result_of, run_job

torch = runtime.load_torch()
ROLES = ("red", "green", "blue")


@pytest.fixture(autouse=True)
def _fast() -> None:
    runtime.configure(1)
    acceleration.remember(Phase.PREDICT, 1, Plan(channels_last=True))
    acceleration.remember(Phase.TRAIN, 1, Plan(channels_last=True))


def clouds(width: int, height: int, seed: int = 0) -> NDArray[np.uint8]:
    """(3, height, width) of smooth structure, 1…250."""
    noise = np.random.default_rng(seed).normal(size=(3, height, width))
    smooth = np.stack([gaussian_filter(band, 6, mode="reflect") for band in noise])
    return np.clip(125 + 60 * smooth / smooth.std(), 1, 250).astype(np.uint8)


def scene(folder: Path, values: NDArray[np.uint8], name: str = "scene") -> Path:
    path = folder / f"{name}.tif"
    with rasterio.open(
        path, "w", driver="GTiff", count=3, height=values.shape[1], width=values.shape[2], dtype="uint8", nodata=0,
        crs="EPSG:32632", transform=Affine(0.1, 0, 600000, 0, -0.1, 5300000), tiled=True,
    ) as file:  # fmt: skip
        file.write(values)
    return path


def a_reader(roles: tuple[str, ...] = ROLES) -> TileReader:
    bands = tuple(Band(number + 1, role, role) for number, role in enumerate(roles))
    limits = (0.0,) * len(roles), (250.0,) * len(roles)
    return TileReader(Interpretation(bands, 0.0, text("made by the test")), BandStatistics(*limits, *limits))


def a_model(temperature: float = 4.0) -> SegmentationModel:
    """A pretrained encoder and a decoder that has learned nothing: it answers every detail of what it sees."""
    limits = (0.0,) * 3, (250.0,) * 3
    card = ModelCard(
        1, "efficientnet_lite0", ROLES, (1, 2), ("a", "b"), BandStatistics(*limits, *limits), temperature,
        "2026-01-01T00:00:00+00:00", TrainingSettings(),
    )  # fmt: skip
    return SegmentationModel(card, build_unet(ROLES, 2, seed=1).eval())


def whole(path: Path, first_row: int = 0, flips: bool = False) -> NDArray[np.uint8]:
    """(2, height, width): classes and doubt; what is not predicted is 77."""
    reader = a_reader()
    info = reader.scene(str(path)).info
    planes = np.full((2, info.height, info.width), 77, np.uint8)
    request = ScenePrediction(a_model(), reader, str(path), flips, threads=1)
    for block in request.blocks(first_row, lambda: None):
        planes[:, *block.rect.slices] = block.classes, block.doubt
    return planes


PERIOD_PX = 192  # after which the learned scene repeats itself


class Learned(NamedTuple):
    model: SegmentationModel
    reader: TileReader
    path: Path
    truth: NDArray[np.uint8]
    planes: NDArray[np.uint8]  # (2, height, width): classes and doubt


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Learned:
    """A model that has learned something, and a scene of 1152 × 1152 px that repeats every 192, predicted by it."""
    runtime.configure(1)
    for phase in Phase:
        acceleration.remember(phase, 1, Plan(channels_last=True))
    folder = tmp_path_factory.mktemp("learned")
    field = Field(folder)
    settings = TrainingSettings(max_steps=50, crop_px=64, batch_size=4, threads=1)
    model = result_of(run_job(partial(train, field.snapshot(), field.reader, NAMES, settings))).model
    with rasterio.open(field.path) as file:
        profile, values = file.profile, np.tile(file.read(), (1, 18, 6))
    path = folder / "wide.tif"
    with rasterio.open(path, "w", **profile | {"height": values.shape[1], "width": values.shape[2]}) as file:
        file.write(values)
    planes = np.zeros((2, *values.shape[1:]), np.uint8)
    for block in ScenePrediction(model, field.reader, str(path), threads=1).blocks(0, lambda: None):
        planes[:, *block.rect.slices] = block.classes, block.doubt
    return Learned(model, field.reader, path, np.tile(field.truth, (18, 6)), planes)


def seam(doubt: NDArray[np.uint8], axis: int, at: int) -> float:
    """How much more doubt jumps across the line before pixel `at` than across the lines where the scene is the same."""
    jumps = np.abs(np.diff(doubt.astype(np.float32), axis=axis)).mean(axis=1 - axis)
    alike = [jumps[at - 1 + step] for step in (-PERIOD_PX, PERIOD_PX) if at + step < len(jumps)]
    return float(jumps[at - 1] / np.mean(alike))


def test_there_are_no_seams_where_windows_end(learned: Learned) -> None:
    blended = learned.planes[1]
    tiles = np.zeros_like(blended)
    for rect in block_grid(1152, 1152):
        tiles[rect.slices] = predict_tile(learned.model, learned.reader, TileRef(-1, str(learned.path), rect), 0).doubt
    for axis in (0, 1):
        assert seam(tiles, axis, BLOCK_PX) > 1.5, "without overlap a seam is seen: this statistic can tell"
        for line in (BLOCK_PX, BLOCK_PX + OVERLAP_PX, 2 * BLOCK_PX, 2 * BLOCK_PX + OVERLAP_PX):
            assert seam(blended, axis, line) < 1.1


@pytest.mark.parametrize(("width", "height"), [(1, 1), (30, 600), (513, 65), (576, 577), (1040, 520)])
def test_scenes_of_any_size_are_covered_once(tmp_path: Path, width: int, height: int) -> None:
    blocks = block_grid(width, height)
    count = np.zeros((height, width), np.uint8)
    for block in blocks:
        count[block.slices] += 1
    assert (count == 1).all()
    planes = whole(scene(tmp_path, clouds(max(width, 30), max(height, 30))[:, :height, :width]))
    assert set(np.unique(planes[0])) <= {1, 2}


@pytest.mark.parametrize("first_row", [1, 2, 3])
def test_a_run_from_the_middle_gives_the_same_pixels(tmp_path: Path, first_row: int) -> None:
    path = scene(tmp_path, clouds(600, 1100))
    complete, rest = whole(path), whole(path, first_row)
    assert (rest[:, : first_row * BLOCK_PX] == 77).all()
    assert (rest[:, first_row * BLOCK_PX :] == complete[:, first_row * BLOCK_PX :]).all()


def test_a_small_scene_is_predicted_as_on_the_screen(tmp_path: Path) -> None:
    path = scene(tmp_path, clouds(320, 256))
    tile = predict_tile(a_model(), a_reader(), TileRef(1, str(path), Rect(0, 0, 320, 256)), 0)
    assert (whole(path) == np.stack([tile.classes, tile.doubt])).all()


def test_a_tile_on_the_screen_agrees_with_the_scene(learned: Learned) -> None:
    """It sees 32 px beyond its edges, the scene's windows see more; where the model is sure, that changes nothing."""
    classes, doubt = learned.planes
    assert (classes == learned.truth).mean() > 0.9, "it has learned something"
    for x, y in ((256, 0), (384, 384), (640, 256)):
        rect = Rect(x, y, 256, 256)
        tile = predict_tile(learned.model, learned.reader, TileRef(1, str(learned.path), rect))
        same = tile.classes == classes[rect.slices]
        assert same.mean() > 0.98
        assert same[doubt[rect.slices] < 128].mean() > 0.999


def test_nodata_is_left_out_and_costs_nothing(tmp_path: Path) -> None:
    values = clouds(1100, 600)
    values[:, :, 560:] = 0
    values[:, 40:60, 100:140] = 0
    path = scene(tmp_path, values)
    steps: list[int] = []
    model = a_model()
    model.module.register_forward_pre_hook(lambda *_: steps.append(1))
    reader = a_reader()
    blocks = list(ScenePrediction(model, reader, str(path), threads=1).blocks(0, lambda: None))
    planes = np.zeros((2, 600, 1100), np.uint8)
    for block in blocks:
        planes[:, *block.rect.slices] = block.classes, block.doubt
    empty = (values == 0).all(axis=0)
    assert ((planes[0] == 0) == empty).all()
    assert not planes[1][empty].any()
    assert (len(blocks), len(steps)) == (6, 4), "windows without data are not computed"


def test_mirrored_views_make_it_blind_to_mirrors(tmp_path: Path) -> None:
    values = clouds(256, 320)
    upright = whole(scene(tmp_path, values), flips=True)
    mirrored = whole(scene(tmp_path, values[:, :, ::-1], "mirrored"), flips=True)[:, :, ::-1]
    plain = whole(scene(tmp_path, values[:, :, ::-1], "plain"))[:, :, ::-1]
    assert np.abs(upright[1].astype(int) - mirrored[1]).max() <= 2
    assert np.abs(upright[1].astype(int) - plain[1]).mean() > 2


@pytest.mark.parametrize("flips", [False, True])
def test_it_stops_at_the_next_window_or_view(tmp_path: Path, flips: bool) -> None:
    path = scene(tmp_path, clouds(1100, 600))
    left = [3]

    def check() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Cancelled

    found: list[PredictedBlock] = []
    request = ScenePrediction(a_model(), a_reader(), str(path), flips, threads=1)
    with pytest.raises(Cancelled):
        found.extend(_each(request, check))
    with pytest.raises(LearningError, match="nir"):
        next(iter(ScenePrediction(a_model(), a_reader((*ROLES, "nir")), str(path)).blocks(0, lambda: None)))


def _each(request: ScenePrediction, check: Callable[[], None]) -> list[PredictedBlock]:
    return list(request.blocks(0, check))
