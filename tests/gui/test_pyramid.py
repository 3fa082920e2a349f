"""What the canvas makes of a scene's brightness, and of one that cannot be read for a while."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gui.main_window import MainWindow
from tests.gui.waiting import wait_for_picture


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
