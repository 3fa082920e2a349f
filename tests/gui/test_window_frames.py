"""Windows worth painting, framed in the canvas: shown, explained, walked through, remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolTip

from core.geometry import Rect
from core.learning.acceleration import Phase, Plan, remember
from gui.main_window import MainWindow
from gui.workspace import Workspace
from tests.core.projects import make_project, paint_rect, write_scene
from tests.gui.test_canvas import drag
from tests.gui.waiting import wait_for_tile, wait_until_at_rest

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def workspace(window: MainWindow, until: Until, tmp_path: Path) -> Workspace:
    """One Tile of 256 px, 16 Windows of 64 px, embedded."""
    remember(Phase.EMBED, 1, Plan())  # measuring it may take longer than `until` waits where others work, too
    window.open_project(make_project(tmp_path, [write_scene(tmp_path / "a.tif", 256, 256)], tile_px=256))
    until(lambda: window.workspace is not None and window.workspace.session.ranking)
    assert window.workspace is not None
    wait_for_tile(window, until)
    return window.workspace


def corner_colours(workspace: Workspace, rect: Rect) -> set[str]:
    """What is drawn across a Window's upper left corner; the lower one where the Tile's own frame is above."""
    canvas = workspace.canvas
    picture: QImage = canvas.grab().toImage()
    frame = canvas.viewport.rect_to_widget(rect)
    place = (frame.topLeft() if rect.y else frame.bottomLeft()).toPoint()
    ratio = picture.devicePixelRatio()
    along = [picture.pixelColor(round((place.x() + 6) * ratio), round((place.y() + dy) * ratio)) for dy in range(-6, 6)]
    return {QColor(colour).name() for colour in along}


def test_frames_are_off_until_asked_for(workspace: Workspace, until: Until) -> None:
    assert not workspace.viewing.frames.isVisible()
    assert workspace.viewing.frames.proposals() == ()
    QTest.keyClick(workspace.canvas, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    until(workspace.viewing.frames.proposals)
    assert workspace.switches()["windows"]
    proposals = workspace.viewing.frames.proposals()
    assert 1 <= len(proposals) <= 4
    assert "#ffffff" in corner_colours(workspace, proposals[0].rect), "light on a dark seam"
    QTest.keyClick(workspace.canvas, Qt.Key.Key_W, Qt.KeyboardModifier.ShiftModifier)
    assert not workspace.viewing.frames.isVisible()
    assert "#ffffff" not in corner_colours(workspace, proposals[0].rect)


def test_the_key_walks_from_window_to_window(workspace: Workspace, until: Until) -> None:
    canvas, frames = workspace.canvas, workspace.viewing.frames
    QTest.keyClick(canvas, Qt.Key.Key_Z)
    until(lambda: "Window 1 of" in workspace.notices.text)
    assert canvas.state.show_windows, "who asks for the next window wants to see it"
    proposals = frames.proposals()
    for number in (*range(1, len(proposals)), 0):
        QTest.keyClick(canvas, Qt.Key.Key_Z)
        seen = canvas.viewport.visible(canvas.width(), canvas.height())
        rect = proposals[number].rect
        assert seen.intersect(rect) == rect
        assert seen.width < 256 or seen.height < 256, "nearer than the whole tile"
        assert workspace.notices.text.startswith(f"Window {number + 1} of {len(proposals)}: ")


def test_who_asks_before_they_are_found_is_told_so_and_taken_there(workspace: Workspace, until: Until) -> None:
    canvas, frames = workspace.canvas, workspace.viewing.frames
    QTest.keyClick(canvas, Qt.Key.Key_Z)
    assert workspace.notices.text.startswith("Still looking for windows on this tile")
    until(lambda: workspace.notices.text.startswith("Window 1 of"))
    rect = frames.proposals()[0].rect
    assert canvas.viewport.visible(canvas.width(), canvas.height()).intersect(rect) == rect


def test_a_tile_that_the_program_brings_takes_no_wish_away(workspace: Workspace, until: Until) -> None:
    """The first ranking brings one, while somebody waits for the windows of the tile before."""
    QTest.keyClick(workspace.canvas, Qt.Key.Key_Z)
    assert workspace.canvas.activate_tile(workspace.flow.tile_id)
    until(lambda: workspace.notices.text.startswith("Window 1 of"))


def test_who_does_something_else_meanwhile_is_not_taken_there(
    workspace: Workspace, window: MainWindow, until: Until
) -> None:
    canvas, frames = workspace.canvas, workspace.viewing.frames
    QTest.keyClick(canvas, Qt.Key.Key_Z)
    QTest.keyClick(canvas, Qt.Key.Key_Plus)
    assert workspace.notices.text == "", "nobody is shown what is no longer wished for"
    zoomed = canvas.viewport
    until(frames.proposals)
    wait_until_at_rest(window, until)
    assert canvas.viewport == zoomed
    assert workspace.notices.text == ""
    QTest.keyClick(canvas, Qt.Key.Key_Z)
    assert workspace.notices.text.startswith("Window 1 of")


def test_a_painted_window_loses_its_frame(workspace: Workspace, until: Until) -> None:
    workspace.run("windows")
    until(workspace.viewing.frames.proposals)
    proposals = workspace.viewing.frames.proposals()
    assert workspace.flow.tile_id is not None
    for left, proposal in reversed([*enumerate(reversed(proposals))]):
        paint_rect(workspace.session, workspace.flow.tile_id, proposal.rect, 1)
        assert len(workspace.viewing.frames.proposals()) == left
    workspace.run("next window")
    assert "No window" in workspace.notices.text


def test_a_frame_says_why_under_the_mouse(workspace: Workspace, until: Until, app: QApplication) -> None:
    workspace.run("windows")
    until(workspace.viewing.frames.proposals)
    canvas = workspace.canvas
    rect = canvas.viewport.rect_to_widget(workspace.viewing.frames.proposals()[0].rect)
    inside = rect.center().toPoint()
    app.sendEvent(canvas, QHelpEvent(QHelpEvent.Type.ToolTip, inside, canvas.mapToGlobal(inside)))
    assert QToolTip.text().startswith("Window 1 of")
    app.sendEvent(canvas, QHelpEvent(QHelpEvent.Type.ToolTip, QPoint(1, 1), canvas.mapToGlobal(QPoint(1, 1))))
    until(lambda: not QToolTip.isVisible())


def test_reasons_go_with_the_paint_that_the_doubts_came_from(workspace: Workspace, until: Until) -> None:
    canvas, frames = workspace.canvas, workspace.viewing.frames

    def reasons() -> str:
        return "\n".join(str(proposal.reason) for proposal in frames.proposals())

    for value, height in ((1, 0.45), (2, 0.55)):
        canvas.choose_class(value)
        drag(canvas, [(0.45, height), (0.55, height)])
    until(lambda: canvas.active.tile_id in workspace.session.forecasts.predictions)
    workspace.run("windows")
    until(frames.proposals)
    assert "The pixel classifier is unsure here" in reasons(), "else this test says nothing"
    QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    until(lambda: "unsure" not in reasons())
    assert frames.proposals()


def test_paint_goes_through_the_frames(workspace: Workspace, until: Until) -> None:
    workspace.run("windows")
    until(workspace.viewing.frames.proposals)
    rect = workspace.viewing.frames.proposals()[0].rect
    place = workspace.canvas.viewport.rect_to_widget(rect)
    assert QRect(workspace.viewing.frames.geometry()).contains(place.toAlignedRect().center())
    QTest.mouseClick(workspace.canvas, Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert workspace.flow.tile_id in workspace.session.painted


def test_the_switch_is_kept_with_the_project(workspace: Workspace, window: MainWindow, until: Until) -> None:
    path = workspace.session.path
    workspace.run("windows")
    window.close_project()
    window.open_project(path)
    until(lambda: window.workspace is not None and window.workspace is not workspace)
    assert window.workspace is not None
    assert window.workspace.canvas.state.show_windows
    until(window.workspace.viewing.frames.proposals)
