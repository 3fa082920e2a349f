"""What the canvas makes of a scene's brightness, and of one that cannot be read for a while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import rasterio

from core.imagery.composites import composites_for
from core.imagery.display import Look, measure_stretch
from core.imagery.interpretation import guess_interpretation
from core.imagery.scene import open_scene
from core.imagery.stretching import measure_scene
from core.jobs import Job, Priority, Worker
from core.text import text
from gui.main_window import MainWindow
from tests.gui.waiting import wait_for_picture


def write_scene(path: Path, cloud_share: float) -> None:
    random = np.random.default_rng(0)
    values = random.integers(300, 1500, (3, 64, 64), np.uint16)
    values[:, : round(64 * cloud_share)] = 9000
    with rasterio.open(path, "w", driver="GTiff", width=64, height=64, count=3, dtype="uint16") as raster:
        raster.write(values)


@pytest.mark.parametrize(("cloud_share", "brightened"), [(0.0, False), (0.1, True)])
def test_clouds_do_not_leave_the_fields_black(tmp_path: Path, cloud_share: float, brightened: bool) -> None:
    write_scene(tmp_path / "scene.tif", cloud_share)
    with open_scene(tmp_path / "scene.tif") as scene:
        interpretation = guess_interpretation(scene.info, scene)
        composite = composites_for(interpretation)[0]
        whole = scene.read(scene.info.rect, bands=composite.band_indexes, interpretation=interpretation)
        plain = measure_stretch(whole.values, whole.valid, composite=composite)
        worker = Worker("test")
        try:
            job: Job[object] = worker.submit(
                text("Test"),
                lambda context: measure_scene(scene, interpretation, composite, Look(), context),
                Priority.QUEUE,
            )
            assert job.wait(60)
        finally:
            worker.close()
    shares = [(new - low) / (old - low) for new, old, low in zip(job.result.high, plain.high, plain.low, strict=True)]
    assert np.ptp(shares) < 1e-6, "a colour has shifted"
    assert (shares[0] < 0.8) is brightened


def test_a_scene_whose_drive_was_away_is_shown_when_it_is_back(
    open_window: MainWindow, until: Callable[[Callable[[], object]], None], tmp_path: Path
) -> None:
    workspace = open_window.workspace
    assert workspace is not None
    canvas, session = workspace.canvas, workspace.session
    here = canvas.scene_id
    there = next(scene_id for scene_id in session.scenes if scene_id != here)
    path = Path(session.scenes[there].path)
    scene = session.scene_files.open(there)  # nobody reads it just now, which would keep it open
    path.rename(tmp_path / "away")
    scene.release()
    canvas.set_state(composite_key=canvas.composites[-1].key)  # a look at it that nobody has measured yet
    canvas.show_scene(there)
    until(lambda: canvas.repaint() or "is gone" in workspace.notices.text)
    (tmp_path / "away").rename(path)
    canvas.show_scene(here)
    canvas.show_scene(there)
    wait_for_picture(canvas, until)
    assert canvas.stretch() is not None
