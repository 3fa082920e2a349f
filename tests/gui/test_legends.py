"""Legends and messages along the canvas's upper edge: neither hides the other, and none hides the fitted Tile."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from core.errors import LabelError
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from tests.gui.test_author import predict
from tests.gui.test_canvas import canvas_of
from tests.gui.waiting import run_what_is_due, wait_ms, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]


def show_all_legends(window: MainWindow, until: Until) -> CanvasView:
    """An index, the doubt and the queue."""
    canvas = canvas_of(window)
    until(lambda: canvas.session.ranking)
    predict(window, version=3)
    single = next(composite.key for composite in canvas.composites if composite.is_single)
    canvas.set_state(show_doubt=True, show_ranking=True, composite_key=single)
    until(lambda: canvas.stretch() is not None)
    return canvas


def test_legends_in_two_rows_lie_beside_the_tile(open_window: MainWindow, until: Until) -> None:
    canvas = show_all_legends(open_window, until)
    open_window.resize(683, 560)
    until(lambda: not canvas.grab().isNull() and canvas.fitting.legends.height() > 60)
    assert canvas.is_on_tile
    until(lambda: canvas.viewport.rect_to_widget(canvas.active.rect).top() > canvas.fitting.legends.bottom())
    canvas.set_state(show_ranking=False)
    until(lambda: not canvas.grab().isNull() and canvas.fitting.legends.height() < 60)
    until(lambda: canvas.viewport == canvas.fitting.viewport_on(canvas.active.rect))


def test_another_legend_moves_nothing_under_a_hand_that_paints(open_window: MainWindow, until: Until) -> None:
    canvas = show_all_legends(open_window, until)
    open_window.resize(683, 560)
    wait_until_laid_out(open_window)
    until(lambda: not canvas.grab().isNull() and canvas.fitting.legends.height() > 60)
    until(lambda: canvas.viewport == canvas.fitting.viewport_on(canvas.active.rect))
    before, middle = canvas.viewport, canvas.viewport.rect_to_widget(canvas.active.rect).center().toPoint()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    until(lambda: canvas.tool.is_busy)
    canvas.set_state(show_ranking=False)
    until(lambda: not canvas.grab().isNull() and canvas.fitting.legends.height() < 60)
    wait_ms(250)  # longer than a look at whether the hand has ended
    assert canvas.viewport == before
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle)
    until(lambda: canvas.viewport == canvas.fitting.viewport_on(canvas.active.rect) != before)


def test_another_legend_takes_nobody_to_the_tile_that_was_chosen_where_they_look(
    open_window: MainWindow, until: Until
) -> None:
    canvas = show_all_legends(open_window, until)
    open_window.resize(683, 560)
    wait_until_laid_out(open_window)
    until(lambda: not canvas.grab().isNull() and canvas.fitting.legends.height() > 60)
    until(lambda: canvas.viewport == canvas.fitting.viewport_on(canvas.active.rect))
    other = next(t for t in canvas.session.tiles.values() if t.scene_id == canvas.scene_id and t != canvas.active)
    canvas.tile_wanted.emit(other.tile_id)  # as a double click on it does
    before = canvas.viewport
    canvas.set_state(show_ranking=False)
    until(lambda: not canvas.grab().isNull() and canvas.fitting.legends.height() < 60)
    run_what_is_due()
    assert canvas.active.tile_id == other.tile_id
    assert canvas.viewport == before


@pytest.mark.parametrize(("size", "panes"), [((1366, 768), 1), ((1366, 768), 4), ((683, 560), 1), ((1920, 1080), 2)])
def test_a_message_hides_no_legend(open_window: MainWindow, until: Until, size: tuple[int, int], panes: int) -> None:
    canvas, notices = show_all_legends(open_window, until), open_window.workspace.notices
    open_window.resize(*size)
    open_window.workspace.viewing.panes.show_panes(panes)
    notices.show_error(LabelError("It went wrong.", "Try again, and then once more, until it does."))

    def is_beside() -> bool:
        canvas.grab()
        legends = canvas.fitting.legends.translated(canvas.mapTo(open_window, QPoint()))
        return not legends.isEmpty() and not legends.intersects(notices.geometry())

    until(is_beside)
    assert open_window.rect().contains(notices.geometry())
    canvas.set_state(show_doubt=False, show_ranking=False, composite_key=canvas.composites[0].key)
    until(lambda: not canvas.grab().isNull() and canvas.fitting.legends.isEmpty())
    if panes == 1:  # beside it another one may have some
        until(lambda: notices.y() < canvas.mapTo(open_window, QPoint()).y() + 20)


@pytest.mark.parametrize("size", [(1366, 768), (683, 560)])
def test_a_message_hides_nothing_over_the_list_of_all_tiles(
    open_window: MainWindow, until: Until, size: tuple[int, int]
) -> None:
    notices, ways = open_window.workspace.notices, open_window.workspace.ways
    open_window.resize(*size)
    notices.show_error(LabelError("It went wrong.", "Try again."))
    open_window.actions_by_name["tile list"].trigger()
    filters = ways.tile_list.filters

    def is_below() -> bool:
        return notices.y() > filters.mapTo(open_window, filters.rect().bottomLeft()).y()

    until(is_below)
    open_window.actions_by_name["tile list"].trigger()
    until(lambda: not is_below())
