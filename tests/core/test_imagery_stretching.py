"""How bright a Scene is drawn where nobody asks for something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from core.cache import cache_folder
from core.errors import SceneError
from core.imagery.composites import composites_for
from core.imagery.display import GIVEN, PERCENTILES, Look, Stretch, default_look, read_composite, render
from core.imagery.interpretation import guess_interpretation
from core.imagery.reader import TileReader
from core.imagery.scene import Scene, open_scene
from core.imagery.statistics import keep_scale, measure_statistics, sample_pixels
from core.imagery.stretching import measure_scene, stretch_of
from core.jobs import Unwatched
from tests.core.imagery_files import write_raster

GREEN, YELLOW = (70, 120, 45), (175, 165, 80)
SIDE = 128


def field(path: Path, colour: Sequence[float], dtype: str, scale: float = 1.0) -> Path:
    """A crop of one colour with a texture."""
    rng = np.random.default_rng(len(path.name))
    texture = rng.uniform(0.7, 1.3, (1, SIDE, SIDE))
    values = np.clip(scale * np.array(colour).reshape(3, 1, 1) * texture, 1, np.iinfo(dtype).max).astype(dtype)
    with rasterio.open(
        path, "w", driver="GTiff", width=SIDE, height=SIDE, count=3, dtype=dtype, photometric="RGB"
    ) as file:
        file.write(values)
    return path


def a_healthy_and_a_yellowed_one(folder: Path, dtype: str, scale: float = 1.0) -> list[Scene]:
    names = {"healthy": GREEN, "yellowed": YELLOW}
    return [open_scene(field(folder / f"{name}.tif", colour, dtype, scale)) for name, colour in names.items()]


def reader_of(scenes: Sequence[Scene]) -> TileReader:
    interpretation = guess_interpretation(scenes[0].info, scenes[0])
    return TileReader(interpretation, measure_statistics(scenes, interpretation))


def drawn(scene: Scene, reader: TileReader) -> NDArray[np.float64]:
    """The mean red, green and blue on the screen."""
    composite = composites_for(reader.interpretation)[0]
    look = default_look(composite)
    stretch = measure_scene(scene, reader, composite, look, Unwatched())
    pixels = read_composite(scene, scene.info.rect, composite, reader.interpretation)
    return channels(render(pixels.values, pixels.valid, composite, stretch))


def channels(picture: NDArray[np.uint32]) -> NDArray[np.float64]:
    return np.array([float((picture >> np.uint32(shift) & np.uint32(255)).mean()) for shift in (16, 8, 0)])


def test_colours_of_bytes_are_shown_as_they_are_in_the_file(tmp_path: Path) -> None:
    scenes = a_healthy_and_a_yellowed_one(tmp_path, "uint8")
    reader = reader_of(scenes)
    for scene, colour in zip(scenes, (GREEN, YELLOW), strict=True):
        assert drawn(scene, reader) == pytest.approx(colour, abs=3)


def test_a_field_that_yellows_looks_yellower_in_every_scene_of_a_project(tmp_path: Path) -> None:
    """One by one, both would be drawn in the same grey."""
    scenes = a_healthy_and_a_yellowed_one(tmp_path, "uint16", 20)
    reader = reader_of(scenes)
    healthy, yellowed = (drawn(scene, reader) for scene in scenes)
    assert (yellowed > healthy + 60).all()
    alone = [drawn(scene, reader_of([scene])) for scene in scenes]
    assert alone[0] == pytest.approx(alone[1], abs=12), "what it comes to without the others"


def test_a_dark_picture_is_brightened_and_keeps_its_hues(tmp_path: Path) -> None:
    scene = open_scene(field(tmp_path / "night.tif", (12, 24, 6), "uint8"))
    red, green, blue = drawn(scene, reader_of([scene]))
    assert green == pytest.approx(2 * red, rel=0.05)
    assert red == pytest.approx(2 * blue, rel=0.05)
    assert 80 < green < 95, "until a fifth of what there is"


@pytest.mark.parametrize(("cloud_share", "brightened"), [(0.0, False), (0.1, True)])
def test_clouds_do_not_leave_the_fields_black(tmp_path: Path, cloud_share: float, brightened: bool) -> None:
    values = np.random.default_rng(0).integers(300, 1500, (3, 64, 64), np.uint16)
    values[:, : round(64 * cloud_share)] = 9000
    with rasterio.open(tmp_path / "x.tif", "w", driver="GTiff", width=64, height=64, count=3, dtype="uint16") as file:
        file.write(values)
    scene = open_scene(tmp_path / "x.tif")
    reader = reader_of([scene])
    composite = composites_for(reader.interpretation)[0]
    stretch = measure_scene(scene, reader, composite, Look(), Unwatched())
    scale = reader.statistics
    shares = (np.array(stretch.high) - scale.low) / np.subtract(scale.high, scale.low)
    assert stretch.low == scale.low
    assert np.ptp(shares) < 1e-6, "a colour has shifted"
    assert bool(shares[0] < 0.8) is brightened


def test_single_bands_have_the_range_of_the_project_and_what_was_asked_for_is_measured(tmp_path: Path) -> None:
    scenes = a_healthy_and_a_yellowed_one(tmp_path, "uint8")
    reader = reader_of(scenes)
    band = next(c for c in composites_for(reader.interpretation) if c.is_band)
    first = measure_scene(scenes[0], reader, band, default_look(band), Unwatched())
    assert first == Stretch(reader.statistics.low[:1], reader.statistics.high[:1])
    own = measure_scene(scenes[0], reader, band, Look(PERCENTILES), Unwatched())
    assert own.high[0] < 95 < 170 < first.high[0]
    given = Look(GIVEN, (1.0,), (2.0,), 1.5)
    assert measure_scene(scenes[0], reader, band, given, Unwatched()) == Stretch((1.0,), (2.0,), 1.5)
    index = next(c for c in composites_for(reader.interpretation) if c.key == "gli")
    assert measure_scene(scenes[0], reader, index, default_look(index), Unwatched()).high == (0.4,)


@pytest.mark.parametrize("far_off", [-9999, 65_000])
def test_a_few_values_far_off_neither_whiten_nor_darken_the_picture(tmp_path: Path, far_off: float) -> None:
    values = np.random.default_rng(0).uniform(300, 1500, (3, 128, 128)).astype(np.float32)
    values[:, 0, :80] = far_off  # half a percent, and no tag says so
    with rasterio.open(
        tmp_path / "x.tif", "w", driver="GTiff", width=128, height=128, count=3, dtype="float32"
    ) as file:
        file.write(values)
    scene = open_scene(tmp_path / "x.tif")
    assert drawn(scene, reader_of([scene])) == pytest.approx(128, abs=4)


def test_a_project_whose_mean_is_of_all_values_is_not_brightened(tmp_path: Path) -> None:
    """So it is of the first ones, and a few values far off take it anywhere."""
    scene = open_scene(field(tmp_path / "a.tif", (12, 24, 6), "uint16", 20))
    interpretation = guess_interpretation(scene.info, scene)
    known = measure_statistics([scene], interpretation)
    reader = TileReader(interpretation, replace(known, mean=(-5000.0,) * 3))
    composite = composites_for(interpretation)[0]
    assert measure_scene(scene, reader, composite, Look(), Unwatched()) == Stretch(known.low, known.high)


def test_a_scene_written_anew_with_fewer_bands_shows_those_that_are_left(tmp_path: Path) -> None:
    path = tmp_path / "a.tif"
    four = np.random.default_rng(0).integers(300, 1500, (4, 64, 64), np.uint16)
    reader = reader_of([open_scene(write_raster(path, four))])
    scene = open_scene(write_raster(path, four[:3]))
    composite = composites_for(reader.interpretation)[0]
    assert max(composite.band_indexes) == 3
    places = [index - 1 for index in composite.band_indexes]
    assert measure_scene(scene, reader, composite, Look(), Unwatched()).low == reader.statistics.of(places).low
    with pytest.raises(SceneError, match="has 3 bands, but the project needs 4"):
        reader.scale_of(str(path))


def test_a_scene_without_a_project_looks_as_it_will_in_one(tmp_path: Path) -> None:
    scene = open_scene(field(tmp_path / "a.tif", YELLOW, "uint8"))
    interpretation = guess_interpretation(scene.info, scene)
    composite = composites_for(interpretation)[0]
    pixels = read_composite(scene, scene.info.rect, composite, interpretation)
    picture = render(pixels.values, pixels.valid, composite, stretch_of(pixels, composite))
    assert channels(picture) == pytest.approx(YELLOW, abs=3)
    nothing = replace(pixels, valid=np.zeros_like(pixels.valid))
    assert stretch_of(nothing, composite) == Stretch((0.0,) * 3, (1.0,) * 3)


def test_the_first_picture_of_a_new_project_reads_nothing_for_its_stretch(tmp_path: Path) -> None:
    path = tmp_path / "large.tif"
    values = np.random.default_rng(0).integers(300, 1500, (3, 1024, 1024), np.uint16)
    with rasterio.open(path, "w", driver="GTiff", width=1024, height=1024, count=3, dtype="uint16") as file:
        file.write(values)
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info, scene)
        sample = sample_pixels(scene, interpretation)
        statistics = measure_statistics([scene], interpretation)
    keep_scale(scene, interpretation, statistics, sample)
    assert len(list((cache_folder() / "scales").glob("*.json"))) == 1
    reader = TileReader(interpretation, statistics)
    reader.scene(str(path)).read = _refused  # type: ignore[method-assign]
    composite = composites_for(interpretation)[0]
    stretch = measure_scene(reader.scene(str(path)), reader, composite, Look(), Unwatched())
    assert stretch.low == statistics.low


def _refused(*_: object, **__: object) -> None:
    raise AssertionError("nobody needs to read it")
