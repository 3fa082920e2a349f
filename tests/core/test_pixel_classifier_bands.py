"""The pixel classifier and the bands: whatever tells two Classes apart, it must not be the one that is left out."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray
from scipy import ndimage

from core.imagery import presets
from core.imagery.reader import TilePixels
from core.labels.snapshot import LabeledTile, Snapshot
from core.learning.band_plan import band_plan
from core.learning.metrics import Scores, confusion
from core.learning.pixel_classifier import ClassifierTrainer
from core.learning.pixel_features import FeatureMemory, Unit, tile_features
from core.session import Session
from tests.core.projects import UTM, make_project, opened

SIDE = 64
UNKNOWN_20 = tuple(presets.BandGuess(f"band {number}", "other") for number in range(1, 21))
SENSORS = {
    "sentinel2_13": presets.SENTINEL2_13,
    "sentinel2_12": presets.SENTINEL2_12,
    "superdove_8": presets.SUPERDOVE_8,
    "landsat_7": presets.LANDSAT_7,
    "micasense_5": presets.BY_WAVELENGTH_5,
    "micasense_10": presets.MICASENSE_DUAL_10,
    "unknown_20": UNKNOWN_20,
}
TRUTH = np.where((np.add.outer(np.arange(SIDE) // 16, np.arange(SIDE) // 16) % 2).astype(bool), 2, 1).astype(np.uint8)


def write(path: Path, values: NDArray[np.generic], offset: float = 0.0) -> Path:
    with rasterio.open(
        path, "w", driver="GTiff", width=values.shape[2], height=values.shape[1], count=len(values),
        dtype=values.dtype.name, nodata=0, **UTM,
    ) as file:  # fmt: skip
        file.write(values)
        if offset:
            file.scales, file.offsets = [1e-4] * len(values), [offset] * len(values)
    return path


def project(folder: Path, values: NDArray[np.generic], name: str = "scene", offset: float = 0.0) -> Path:
    return make_project(folder, [write(folder / f"{name}.tif", values, offset)], tile_px=SIDE, name=name)


def scribbled(rng: np.random.Generator) -> NDArray[np.uint8]:
    """A few strokes in some of the squares of both classes."""
    painted = np.zeros_like(TRUTH)
    for y, x in rng.permutation([(y, x) for y in range(0, SIDE, 16) for x in range(0, SIDE, 16)])[:8]:
        square = slice(y + 3, y + 13), slice(x + 3, x + 13)
        painted[square] = TRUTH[square]
    return painted


def mean_iou(session: Session, tile_id: int) -> float:
    trainer = ClassifierTrainer(session.reader)
    ref, painted = session.tile_ref(tile_id), scribbled(np.random.default_rng(0))
    classifier = trainer.train(Snapshot((LabeledTile(ref, painted, np.ones_like(painted)),), (1, 2)))
    assert classifier is not None
    classes = classifier.predict(trainer.features, ref).classes
    return float(Scores.of(confusion(TRUTH, classes, (1, 2)), (1, 2)).mean_iou)


@pytest.mark.parametrize("sensor", SENSORS)
def test_a_difference_in_any_single_band_separates_two_classes(sensor: str, tmp_path: Path) -> None:
    bands = SENSORS[sensor]
    rng = np.random.default_rng(0)
    values = rng.integers(2000, 2200, (len(bands), SIDE, SIDE * len(bands))).astype(np.uint16)
    for number in range(len(bands)):  # each band tells the classes of one tile
        values[number, :, number * SIDE : (number + 1) * SIDE] += np.where(TRUTH == 2, 1500, 0).astype(np.uint16)
    with opened(project(tmp_path, values, sensor)) as session:
        assert session.reader.roles == tuple(band.role for band in bands)
        by_place = sorted(session.tiles, key=lambda tile_id: session.tiles[tile_id].rect.x)
        found = {band.name: mean_iou(session, tile) for band, tile in zip(bands, by_place, strict=True)}
    assert min(found.values()) > 0.75, found


@pytest.mark.parametrize("width", [1, 10])
def test_of_hundreds_of_bands_none_is_dropped(width: int, tmp_path: Path) -> None:
    """Bright and dark differ in all bands alike; the classes differ in one, or in as many as a narrow feature has."""
    telling = (3, 118, 150, 290)
    rng = np.random.default_rng(0)
    shape = SIDE, SIDE * len(telling)
    values = 3000 + 300 * rng.normal(size=shape) + rng.normal(0, 30, (300, *shape))
    for place, number in enumerate(telling):
        values[number : number + width, :, place * SIDE : (place + 1) * SIDE] += np.where(TRUTH == 2, 1500 / width, 0)
    with opened(project(tmp_path, values.astype(np.uint16))) as session:
        by_place = sorted(session.tiles, key=lambda tile_id: session.tiles[tile_id].rect.x)
        found = [mean_iou(session, tile_id) for tile_id in by_place]
        rows = FeatureMemory(session.reader).of(session.tile_ref(by_place[0])).rows
    assert min(found) > 0.75, found
    assert rows.shape[1] < 80, "and an answer stays quick"


@pytest.mark.parametrize("bands", [presets.RGBN, presets.BY_WAVELENGTH_5, presets.SUPERDOVE_8, presets.SENTINEL2_13])
def test_ndvi_tells_what_no_band_does_under_changing_light(bands: Sequence[presets.BandGuess], tmp_path: Path) -> None:
    rng = np.random.default_rng(1)

    def light() -> NDArray[np.float64]:
        return np.exp(5 * ndimage.gaussian_filter(rng.normal(size=TRUTH.shape), 4, mode="wrap").clip(-0.25, 0.25))

    roles = [band.role for band in bands]
    shared = light()
    values = np.stack([1500 * light() for _ in bands])  # in all other bands it is another light
    values[roles.index("red")] = np.where(TRUTH == 1, 800, 1000) * shared
    values[roles.index("nir")] = np.where(TRUTH == 1, 3500, 2500) * shared
    values *= rng.normal(1, 0.02, values.shape)
    dtype = np.uint8 if bands == presets.RGBN else np.uint16
    with opened(project(tmp_path, (values / (60 if dtype == np.uint8 else 1)).clip(1).astype(dtype))) as session:
        assert session.reader.roles == tuple(roles)
        assert mean_iou(session, next(iter(session.tiles))) > 0.7


def test_indices_count_from_where_the_file_says_that_zero_is(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    values = rng.integers(200, 5000, (13, SIDE, SIDE)).astype(np.uint16)
    seen = []
    for name, offset in (("plain", 0), ("shifted", 1000)):
        shifted = (values + offset).astype(np.uint16)
        with opened(project(tmp_path, shifted, name, -offset * 1e-4)) as session:
            features = FeatureMemory(session.reader).of(session.tile_ref(next(iter(session.tiles))))
            seen.append(features.at(np.arange(SIDE * SIDE)))
    assert np.allclose(*seen, atol=1e-3)
    red, nir = values[[3, 7], :2, :2].astype(float)
    ndvi = ((nir - red) / (nir + red)).mean()
    assert np.isclose(seen[0][0], ndvi, atol=0.01).any()


@pytest.mark.parametrize("make", [lambda v: v * 0, lambda v: v * 1e30, lambda v: v * 1e-30, lambda v: v - 0.5])
def test_features_are_finite_whatever_the_numbers(make: Callable[[NDArray[np.float64]], NDArray[np.float64]]) -> None:
    roles = [band.role for band in presets.SENTINEL2_13]
    low, high = make(np.array([0.0, 1.0]))
    units = [Unit(float(low), float(high - low) or 1.0)] * len(roles)
    scaled = np.random.default_rng(0).random((13, 40, 40)).astype(np.float32)
    scaled[:, :20] = 0  # as where there is no data
    rows = tile_features(TilePixels(scaled, np.ones((40, 40), bool)), band_plan(roles), units).rows
    assert np.isfinite(rows).all()


def test_up_to_six_bands_are_seen_at_several_scales_by_what_they_measure() -> None:
    roles = [band.role for band in presets.SENTINEL2_13]
    plan = band_plan(roles)
    assert {roles[band] for band in plan.fine} == {"red", "nir", "rededge", "swir1", "green", "blue"}
    assert (roles.index("red"), roles.index("nir")) in plan.indices
    assert band_plan(["other"] * 20).fine == (0, 4, 8, 11, 15, 19), "nothing is known: spread evenly"
    assert band_plan(["red", "green", "blue"]).indices == (), "of colours alone neighbours do as well"
    many = band_plan(["other"] * 40 + ["nir"] * 10 + ["red"] * 10)
    assert {(40,), (50,)} <= set(many.layers), "what is known stands for itself"
    assert {band for layer in many.layers for band in layer} == set(range(60))
    assert len(many.indices) == 1


def test_a_copy_of_the_memory_in_another_process_sees_the_same(tmp_path: Path) -> None:
    values = np.random.default_rng(0).integers(1, 5000, (8, SIDE, SIDE)).astype(np.uint16)
    with opened(project(tmp_path, values)) as session:
        ref = session.tile_ref(next(iter(session.tiles)))
        memory = FeatureMemory(session.reader)
        copied = pickle.loads(pickle.dumps(memory))
        assert np.array_equal(memory.of(ref).rows, copied.of(ref).rows)
