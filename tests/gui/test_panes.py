"""Linked views: panes that follow the canvas, show its paint while it is painted, and are remembered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QToolButton

from gui.canvas.panes import CanvasPanes, LinkedView, PaneHeader
from gui.main_window import MainWindow
from tests.core.projects import make_project, write_scene
from tests.gui.test_canvas import LEFT, NONE, canvas_of, drag, labels_of, place
from tests.gui.waiting import wait_for_tile, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]


def panes_of(window: MainWindow) -> CanvasPanes:
    assert window.workspace is not None
    return window.workspace.viewing.panes


def show(window: MainWindow, command: str, until: Until) -> list[LinkedView]:
    """Trigger the command and wait until every picture is there."""
    window.actions_by_name[command].trigger()
    wait_until_laid_out(window)
    further = [view for view in panes_of(window).further if view.isVisible()]
    until(lambda: all(view.is_complete() for view in (canvas_of(window), *further)))
    return further


def header_of(view: object) -> PaneHeader:
    header = view.parentWidget().header  # type: ignore[attr-defined]
    assert isinstance(header, PaneHeader)
    return header


def test_one_two_or_four_panes_and_back(open_window: MainWindow, until: Until) -> None:
    canvas, panes = canvas_of(open_window), panes_of(open_window)
    alone = canvas.size()
    assert panes.count == 1
    assert not header_of(canvas).isVisible()
    assert len(show(open_window, "two panes", until)) == 1
    assert header_of(canvas).isVisible()
    assert open_window.actions_by_name["two panes"].isChecked()
    (beside,) = (view for view in panes.further if view.isVisible())
    assert abs(beside.width() - canvas.width()) <= 2, "panes are of the same size"
    assert len(show(open_window, "four panes", until)) == 3
    assert not open_window.actions_by_name["two panes"].isChecked()
    show(open_window, "four panes", until)  # again: back to one
    assert panes.count == 1
    assert canvas.size() == alone
    QTest.keyClick(open_window, Qt.Key.Key_2, Qt.KeyboardModifier.AltModifier)
    assert panes.count == 2
    QTest.keyClick(open_window, Qt.Key.Key_1, Qt.KeyboardModifier.AltModifier)
    assert panes.count == 1


def test_the_tile_stays_whole_when_its_pane_becomes_smaller(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    canvas.fit_tile()
    show(open_window, "four panes", until)
    assert canvas.rect().toRectF().contains(canvas.viewport.rect_to_widget(canvas.active.rect))


def test_all_panes_look_at_the_same_place(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    further = show(open_window, "four panes", until)
    canvas.zoom(1.7, QPointF(30, 40))
    for view in further:
        assert view.viewport.scale == canvas.viewport.scale
        assert view.middle() == pytest.approx(canvas.middle())
    moved = further[1]
    QTest.mousePress(moved, LEFT, NONE, QPoint(60, 60))
    QTest.mouseMove(moved, QPoint(90, 50))
    QTest.mouseRelease(moved, LEFT, NONE, QPoint(90, 50))
    before = canvas.middle()
    moved.zoom(0.5)
    for view in (canvas, *further):
        assert view.middle() == pytest.approx(before)
    assert not canvas.session.painted, "a further view is never painted on"


def test_the_views_follow_to_the_next_tile_and_scene(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    further = show(open_window, "two panes", until)
    other = next(t for t in canvas.session.tiles.values() if t.scene_id != canvas.scene_id)
    assert open_window.workspace.flow.go_to(other.tile_id)
    assert further[0].scene_id == other.scene_id
    assert further[0].active is canvas.active
    assert further[0].middle() == pytest.approx(canvas.middle())


def test_a_double_click_in_a_further_view_labels_that_tile(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    (view,) = show(open_window, "two panes", until)
    canvas.fit_scene()
    target = next(t for t in canvas.session.tiles.values() if t.scene_id == canvas.scene_id and t is not canvas.active)
    QTest.mouseDClick(view, LEFT, NONE, view.viewport.rect_to_widget(target.rect).center().toPoint())
    assert canvas.active.tile_id == target.tile_id
    assert view.active is canvas.active


def test_paint_shows_in_the_other_panes_while_the_button_is_down(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    (view,) = show(open_window, "two panes", until)
    canvas.set_state(mask_opacity=1.0)
    at = view.viewport.to_widget(*canvas.viewport.to_scene(QPointF(place(canvas, 0.4, 0.5)))).toPoint()
    colour = canvas.session.classes[0].colour
    shown = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert shown.pixelColor(at).name().upper() != colour
    updated = _Repaints(view)
    drag(canvas, [(0.2, 0.5), (0.6, 0.5)], release=False)
    until(lambda: updated.count)  # the other pane is repainted
    shown = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert shown.pixelColor(at).name().upper() == colour
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.6, 0.5))
    open_window.actions_by_name["undo"].trigger()
    assert not labels_of(canvas).any()
    shown = view.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    assert shown.pixelColor(at).name().upper() != colour


class _Repaints:
    """Counts the paint events of a widget."""

    def __init__(self, view: LinkedView) -> None:
        self.count = 0
        original = view.paintEvent

        def counted(event: object) -> None:
            self.count += 1
            original(event)  # type: ignore[arg-type]

        view.paintEvent = counted  # type: ignore[method-assign,assignment]


def test_the_cross_marks_the_same_place_in_the_others(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    further = show(open_window, "four panes", until)
    open_window.workspace.notices.hide()  # the mouse would be over it
    QTest.mouseMove(canvas, QPoint(120, 80))
    expected = canvas.viewport.to_scene(QPointF(120, 80))
    assert all(view._pointed == pytest.approx(expected) for view in further)
    without = further[0].grab().toImage()
    spot = further[0].viewport.to_widget(*expected).toPoint() + QPoint(8, 0)
    QTest.mouseMove(canvas, QPoint(60, 40))
    until(lambda: further[0].grab().toImage().pixelColor(spot) != without.pixelColor(spot))  # the cross was there
    QTest.mouseMove(further[0], QPoint(70, 70))
    canvas.forget_cursor()
    QTest.mouseMove(further[0], QPoint(71, 71))
    assert canvas._pointed == pytest.approx(further[0].viewport.to_scene(QPointF(71, 71)))
    until(lambda: "pixel" in open_window._status._place.text())  # the status bar follows the cursor in every pane


def test_every_pane_has_its_own_composite_and_switches(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    further = show(open_window, "four panes", until)
    view = further[0]
    choice = header_of(view).findChild(QComboBox)
    assert choice is not None
    assert choice.accessibleName()
    before = canvas.composite.key
    other = next(c.key for c in view.composites if c.key != view.composite.key)
    row = choice.findData(other)
    choice.setCurrentIndex(row)
    choice.activated.emit(row)
    assert view.composite.key == other
    assert canvas.composite.key == before
    switches = [button for button in header_of(view).findChildren(QToolButton) if button.isVisible()]
    assert [switch.accessibleName() for switch in switches] == ["Labels", "Prediction", "Doubt"]
    QTest.mouseClick(switches[0], LEFT)
    assert not view.state.show_mask
    assert canvas.state.show_mask
    canvas.set_state(mask_opacity=0.2)
    assert view.state.mask_opacity == 0.2
    assert not view.state.show_mask


def test_the_layout_is_remembered_with_the_project(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    further = show(open_window, "two panes", until)
    other = next(c.key for c in canvas.composites if c.key != further[0].composite.key)
    further[0].set_state(composite_key=other, show_prediction=True)
    path = canvas.session.path
    open_window.close_project()
    open_window.open_project(path)
    wait_for_tile(open_window, until)
    panes = panes_of(open_window)
    assert panes.count == 2
    assert panes.further[0].composite.key == other
    assert panes.further[0].state.show_prediction
    assert open_window.actions_by_name["two panes"].isChecked()


@pytest.mark.parametrize("broken", [{"count": 3}, {"count": "many", "views": []}, {"views": [{}]}])
def test_a_layout_of_another_version_does_no_harm(
    window: MainWindow, until: Until, tmp_path: Path, broken: dict[str, object]
) -> None:
    from core.session import Session

    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    session = Session.open(project)
    session.set_setting("panes", broken)
    session.close()
    window.open_project(project)
    wait_for_tile(window, until)
    assert panes_of(window).count == 1


@pytest.mark.parametrize(
    ("bands", "composites"),
    [
        (4, ["false_colour", "ndvi", "natural"]),
        (3, ["gli", "natural", "natural"]),
        (2, ["band_2", "band_1", "band_1"]),
        (1, ["band_1", "band_1", "band_1"]),
    ],
)
def test_first_views_differ_where_the_bands_allow_it(
    window: MainWindow, until: Until, tmp_path: Path, bands: int, composites: list[str]
) -> None:
    """The last one by its overlays, too."""
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif", bands=bands)])
    window.open_project(project)
    wait_for_tile(window, until)
    further = panes_of(window).further
    assert [view.composite.key for view in further] == composites
    assert [view.state.show_doubt for view in further] == [False, False, True]


def test_panes_share_what_is_read_and_hidden_ones_ask_for_nothing(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    further = show(open_window, "four panes", until)
    assert all(view.pyramid is canvas.pyramid for view in further)
    for view in further:
        view.set_state(composite_key=canvas.composite.key)
        view.repaint()
        assert view.is_complete(), "what one pane has read, another reads again"
    show(open_window, "one pane", until)
    assert not set(canvas.pyramid._wanted) & set(further)
