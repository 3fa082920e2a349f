"""Where the user was is kept while they work, and found again: also without an orderly end."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QSize

from core.session import Session
from gui.canvas.state import CanvasState
from gui.main_window import MainWindow
from tests.core.projects import make_project, opened, write_scene
from tests.gui.test_canvas import canvas_of, drag
from tests.gui.waiting import wait_for_tile

Until = Callable[[Callable[[], object]], None]


def reopen(window: MainWindow, path: Path, until: Until) -> None:
    window.close_project()
    window.open_project(path)
    wait_for_tile(window, until)


def test_place_zoom_tool_and_class_come_back(open_window: MainWindow, until: Until) -> None:
    canvas, path = canvas_of(open_window), open_window.workspace.session.path
    drag(canvas, [(0.2, 0.5), (0.6, 0.5)])
    canvas.zoom(3.0)
    canvas.tools.choose("wand")
    canvas.choose_class(2)
    scale, middle = canvas.viewport.scale, canvas.middle()
    reopen(open_window, path, until)
    canvas = canvas_of(open_window)
    assert canvas.viewport.scale == pytest.approx(scale)
    assert canvas.middle() == pytest.approx(middle)
    assert (canvas.tool.name, canvas.state.class_value) == ("wand", 2)


def test_they_are_saved_while_the_program_runs(open_window: MainWindow, until: Until) -> None:
    """A power cut leaves what is in the project file."""
    canvas, session = canvas_of(open_window), open_window.workspace.session
    canvas.zoom(2.0)
    canvas.choose_class(2)
    until(lambda: session.setting("place", {}).get("view") == [*canvas.middle(), canvas.viewport.scale])
    assert session.setting("view")["class_value"] == 2


def test_so_is_the_time_that_no_budget_has_paid_for(open_window: MainWindow, until: Until) -> None:
    """Else the next sitting after a crash would pay again for what was paid since the last orderly end."""
    session, flow = open_window.workspace.session, open_window.workspace.flow

    def kept_s(tile_id: int) -> float:
        return float(dict(session.setting("unspent_seconds", [])).get(tile_id, 0.0))

    session.set_auto_train(False)
    first = flow.tile_id
    drag(canvas_of(open_window), [(0.2, 0.5), (0.6, 0.5)])
    flow._clock._active_s = 30.0  # as if the mouse had moved that long
    until(lambda: kept_s(first) >= 30)
    assert flow._clock.seconds >= 30, "keeping it takes no time away from the tile"
    flow.submit()
    assert flow.tile_id != first
    until(lambda: kept_s(first) == 0)


def test_in_a_quiet_moment_the_project_is_all_in_its_file(
    open_window: MainWindow, until: Until, tmp_path: Path
) -> None:
    """What a crash would leave beside it is lost when the file is moved, and spoils a copy that is put in its place."""
    session = open_window.workspace.session
    beside = session.path.with_name(session.path.name + "-wal")
    drag(canvas_of(open_window), [(0.2, 0.5), (0.6, 0.5)])
    assert beside.stat().st_size
    until(lambda: not beside.stat().st_size)
    moved = Path(shutil.copy(session.path, tmp_path / "moved.fieldbrush"))
    with opened(moved) as again:
        assert again.painted == session.painted
        assert again.painted


def test_a_whole_tile_is_a_whole_tile_in_a_window_of_another_size(open_window: MainWindow, until: Until) -> None:
    canvas, path = canvas_of(open_window), open_window.workspace.session.path
    canvas.fit_tile()
    open_window.close_project()
    open_window.resize(open_window.size() + QSize(200, 60))
    reopen(open_window, path, until)
    canvas = canvas_of(open_window)
    assert canvas.is_fitted
    assert canvas.rect().toRectF().contains(canvas.viewport.rect_to_widget(canvas.active.rect))


def test_what_was_fitted_is_fitted_again_when_the_window_changes(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.fit_tile()
    scale = canvas.viewport.scale
    open_window.resize(open_window.size() - QSize(0, 150))
    assert canvas.viewport.scale < scale
    assert canvas.rect().toRectF().contains(canvas.viewport.rect_to_widget(canvas.active.rect))
    canvas.zoom(1.5)
    scale, middle = canvas.viewport.scale, canvas.middle()
    open_window.resize(open_window.size() + QSize(0, 100))
    assert canvas.viewport.scale == scale, "what the user has chosen stays"
    assert canvas.middle() == pytest.approx(middle)


def test_a_project_of_an_older_version_has_no_place(open_window: MainWindow, until: Until) -> None:
    path = open_window.workspace.session.path
    open_window.close_project()
    session = Session.open(path)
    session.set_setting("place", {})
    session.close()
    open_window.open_project(path)
    wait_for_tile(open_window, until)
    assert canvas_of(open_window).is_fitted


OF_THE_WINDOW = ("view", "place", "panes", "last_tile", "unspent_seconds", "stretches", "auto_train")


@pytest.mark.parametrize("broken", [None, [], "x", True, 1e308, [None], {"a": [1]}, {"view": [1, 2], "views": [1]}])
def test_what_another_version_kept_differently_keeps_no_project_from_opening(
    window: MainWindow, tmp_path: Path, broken: object
) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    with opened(project) as session:
        for key in OF_THE_WINDOW:
            session.set_setting(key, broken)
    window.open_project(project)
    assert window.workspace is not None
    window.workspace.start()
    assert canvas_of(window).active is not None
    drag(canvas_of(window), [(0.2, 0.5), (0.6, 0.5)])
    window.close_project()
    with opened(project) as session:
        assert session.painted


@pytest.mark.parametrize("value", [None, [], "x", float("nan"), True, {"brush": "x"}])
def test_each_part_of_the_view_is_looked_at_for_itself(window: MainWindow, tmp_path: Path, value: object) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    usual = vars(CanvasState())
    with opened(project) as session:
        session.set_setting("view", {**dict.fromkeys(usual, value), "prediction_opacity": 0.25, "unknown": 1})
    window.open_project(project)
    state = vars(canvas_of(window).state)
    assert state["prediction_opacity"] == 0.25
    assert {key: type(part) for key, part in state.items()} == {key: type(part) for key, part in usual.items()}
    assert all(isinstance(size, int) for size in state["diameters"].values())


def test_a_project_is_free_again_where_its_window_fails(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    with monkeypatch.context() as patched:
        patched.setattr("gui.workspace.QueuePanel", None)
        with pytest.raises(TypeError):
            window.open_project(project)
    assert window.workspace is None
    with opened(project):
        pass
