"""A Scene's file that was written since its Project was made: nothing that is kept of the file before passes for it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import rasterio
from numpy.typing import NDArray

from core.cache import cache_folder
from core.export.journal import BlockJournal
from core.geometry import Rect
from core.imagery.interpretation import guess_interpretation
from core.imagery.overviews import build_overview, overview_path
from core.imagery.scene import open_scene
from core.imagery.statistics import measure_statistics
from core.jobs import JobState, Unwatched
from core.learning.settings import TrainingSettings
from core.project.fingerprints import content_of, fingerprint
from core.project.records import SceneRecord
from core.report.scene_map import SceneMap, Shrunk, scene_map
from tests.core.imagery_files import write_raster
from tests.core.projects import UTM, done, make_project, opened, paint_rect, write_scene

QUICK = TrainingSettings(max_steps=2, crop_px=64, batch_size=2, threads=1)


def embeddings(project: Path) -> NDArray[np.float32]:
    with opened(project) as session:
        done(session, session.embed())
        assert session.pool is not None
        return session.pool.embeddings


def test_its_tiles_are_looked_at_anew(tmp_path: Path) -> None:
    image = write_scene(tmp_path / "a.tif", 128, 64, seed=1)
    project = make_project(tmp_path, [image])
    of_first = embeddings(project)
    write_scene(image, 128, 64, seed=2)
    of_second = embeddings(project)
    assert not np.array_equal(of_second, of_first)
    write_scene(image, 128, 64, seed=1)
    assert np.array_equal(embeddings(project), of_first), "what another project has of it, is not spoilt"
    image.unlink()
    assert np.array_equal(embeddings(project), of_first), "what is known of it stays so while its drive is away"


def test_its_content_is_read_once_for_as_long_as_it_is_not_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[object] = []
    monkeypatch.setattr("core.project.fingerprints.fingerprint", lambda path: (read.append(path), fingerprint(path))[1])
    path = write_scene(tmp_path / "a.tif", 64, 64, seed=1)
    first = fingerprint(path)
    scene = SceneRecord(1, str(path), "as it was", 64, 64)
    assert [content_of(scene) for _ in range(3)] == [first] * 3
    assert len(read) == 1
    write_scene(path, 64, 64, seed=2)
    assert content_of(scene) == content_of(scene) == fingerprint(path) != first
    assert len(read) == 2
    (tmp_path / "b.tif").write_bytes(path.read_bytes()[::-1])
    of_other = replace(scene, path=str(tmp_path / "b.tif"))
    assert content_of(of_other) not in (first, content_of(scene))
    for kept in (cache_folder() / "fingerprints").iterdir():
        kept.write_bytes(b"")  # as a power cut leaves it
    assert content_of(scene) == fingerprint(path)
    path.unlink()
    assert content_of(scene) == "as it was"


def test_a_cache_that_cannot_be_written_costs_only_time(tmp_path: Path) -> None:
    path = write_scene(tmp_path / "a.tif", 64, 64)
    cache_folder().parent.mkdir(parents=True, exist_ok=True)
    cache_folder().write_text("no folder")
    assert content_of(SceneRecord(1, str(path), "", 64, 64)) == fingerprint(path)


def test_a_map_that_was_stopped_is_not_gone_on_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be of two images."""
    painted, other = (write_scene(tmp_path / f"{name}.tif", 128, 1600, seed=3) for name in "ab")
    project = make_project(tmp_path, [painted, other], tile_px=128)
    out, append = tmp_path / "out", BlockJournal.append

    def stopping(journal: BlockJournal, planes: Any) -> None:
        append(journal, planes)
        job.cancel()

    with opened(project) as session:
        for tile_id in list(session.tiles)[:4]:
            paint_rect(session, tile_id, Rect(0, 0, 128, 64), 1)
            paint_rect(session, tile_id, Rect(0, 64, 128, 64), 2)
        done(session, session.train(QUICK))
        with monkeypatch.context() as patched:
            patched.setattr(BlockJournal, "append", stopping)
            job = session.export_predictions(out, [2], by=1)
            session.wait(job)
        assert job.state is JobState.CANCELLED
        assert list(out.iterdir())
    write_raster(other, np.full((3, 1600, 128), 9, "uint8"), nodata=0, **UTM)
    with opened(project) as session:
        session.wait(session.pending("load"))  # type: ignore[arg-type]
        there, elsewhere = (done(session, session.export_predictions(to, [2], by=1)) for to in (out, tmp_path / "else"))
    for gone_on, whole in zip(there[:2], elsewhere[:2], strict=True):
        with rasterio.open(gone_on) as one, rasterio.open(whole) as another:
            assert np.array_equal(one.read(), another.read())


def test_a_report_shows_it_as_it_is(tmp_path: Path) -> None:
    side = 4224

    def write(columns: slice) -> Path:
        values = np.full((1, 64, side), 20, "uint8")
        values[:, :, columns] = 200
        return write_raster(tmp_path / "a.tif", values, tiled=True, **UTM)

    def shown() -> SceneMap:
        with open_scene(path) as scene:
            statistics = measure_statistics([scene], interpretation)
            return scene_map(scene, interpretation, statistics, Shrunk(side, 64, 264), {}, lambda: None)

    path = write(slice(side // 2))
    with open_scene(path) as scene:
        interpretation = guess_interpretation(scene.info)
        build_overview(scene, overview_path(fingerprint(path), interpretation), Unwatched(), interpretation)
    before = shown().image
    write(slice(side // 2, side))
    assert (before.astype(int) - shown().image)[:, : side // 32].min() > 0, "the left side was the bright one"
