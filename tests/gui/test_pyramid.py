"""What the canvas makes of a scene's brightness, and of one that cannot be read for a while."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import rasterio

from gui.main_window import MainWindow
from tests.gui.waiting import wait_for_picture, wait_for_tile


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


@pytest.mark.parametrize("written_in", [None, 0, 1])  # the session that measured, or the next, which has it from that
def test_what_was_measured_is_kept_for_the_file_that_it_was_measured_of(
    open_window: MainWindow, until: Callable[[Callable[[], object]], None], written_in: int | None
) -> None:
    """Also in the session after the next, which has measured nothing itself."""
    canvas, session = open_window.workspace.canvas, open_window.workspace.session
    composite, here = next(found for found in canvas.composites if found.is_band), canvas.scene_id
    session.looks.set_look(composite, replace(session.looks.look(composite), method="percentiles", low=(), high=()))
    canvas.set_state(composite_key=composite.key)
    wait_for_picture(canvas, until)
    measured = canvas.stretch()
    scene = Path(session.scenes[here].path)
    for number in range(2):
        if number == written_in:
            write_flat(scene)
        open_window.close_project()
        open_window.open_project(session.path)
        wait_for_tile(open_window, until)
    kept = open_window.workspace.canvas.pyramid.stretch(here, composite)
    assert (kept == measured) == (written_in is None)


def write_flat(scene: Path) -> None:
    """Another date, in other light."""
    with rasterio.open(scene) as file:
        profile = file.profile
    new = scene.with_suffix(".new")
    with rasterio.open(new, "w", **profile) as file:
        file.write(np.full((file.count, file.height, file.width), 7, file.dtypes[0]))
    os.replace(new, scene)
