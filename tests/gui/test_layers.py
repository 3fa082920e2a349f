"""What lies over the picture: paint keeps its own colour, whatever is predicted below it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from core.labels.classes import IGNORE
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.prediction import TilePrediction
from core.session import Session
from gui.canvas.layers import OverlayPainter
from gui.canvas.overlay import LARGEST_CACHE_BYTES, beside_paint
from gui.canvas.state import CanvasState
from gui.canvas.view import CanvasView
from gui.canvas.viewport import Viewport
from gui.main_window import MainWindow
from tests.gui.test_canvas import LEFT, NONE, canvas_of, drag, labels_of, place
from tests.gui.test_kept_picture import seen, teach_silently
from tests.gui.waiting import wait_for_picture, wait_ms, wait_until_at_rest, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
WAY = [(0.3, 0.3), (0.7, 0.7)]


def predict(session: Session, tile_id: int, value: int, until: Until) -> None:
    rect = session.tiles[tile_id].rect
    plane = np.full((rect.height, rect.width), value, np.uint8)
    session.predicting.deliver(TilePrediction(tile_id, CLASSIFIER_VERSION, plane, np.zeros_like(plane)), 0.5)
    until(lambda: tile_id in session.forecasts.predictions)


def look(canvas: CanvasView, **state: object) -> np.ndarray:
    canvas.set_state(**state)
    canvas.update()
    return seen(canvas)


@pytest.fixture
def canvas(open_window: MainWindow, until: Until) -> CanvasView:
    """At the active Tile, all of which is predicted to be of class 2; class 1 is painted with."""
    canvas = canvas_of(open_window)
    canvas.set_state(show_mask=True, mask_opacity=0.6, show_prediction=True, prediction_opacity=0.7, show_doubt=False)
    canvas.fit_tile()
    canvas.choose_class(1)
    canvas.tools.set_diameter("brush", 40)
    teach_silently(canvas.session, max(canvas.session.tiles))
    wait_for_picture(canvas, until)
    predict(canvas.session, canvas.active.tile_id, 2, until)
    return canvas


def in_paint(canvas: CanvasView, picture: np.ndarray) -> np.ndarray:
    """The colours at places of the stroke, away from its edge and from the cursor, which is at its end."""
    return np.array([picture[p.y(), p.x()] for p in (place(canvas, x, x) for x in (0.32, 0.4, 0.5, 0.55))])


def test_own_paint_is_not_mixed_with_the_prediction(canvas: CanvasView, until: Until) -> None:
    drag(canvas, WAY, release=False)
    during = in_paint(canvas, seen(canvas))
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.7, 0.7))
    predict(canvas.session, canvas.active.tile_id, 2, until)  # the stroke's answer, whatever it was, is gone
    after = look(canvas)
    alone = look(canvas, show_prediction=False)
    assert (in_paint(canvas, alone) == during).all()
    assert (in_paint(canvas, alone) == in_paint(canvas, after)).all()
    assert (alone != after).any(axis=2).mean() > 0.2, "the prediction shows beside it"
    canvas.set_state(show_prediction=True)
    hidden = look(canvas, show_mask=False)
    assert (in_paint(canvas, hidden) != in_paint(canvas, after)).any(axis=1).all(), "without paint it is whole"
    canvas.set_state(show_mask=True)
    canvas.session.show_class(1, False)
    assert (in_paint(canvas, look(canvas)) == in_paint(canvas, hidden)).all(), "so it is where its class is hidden"
    canvas.session.show_class(1, True)
    canvas.session.undo(canvas.active.tile_id)
    predict(canvas.session, canvas.active.tile_id, 2, until)
    assert not labels_of(canvas).any()
    assert (in_paint(canvas, look(canvas)) == in_paint(canvas, hidden)).all(), "undone, the prediction is back"


def test_own_paint_stands_out_from_a_prediction_of_the_same_class(canvas: CanvasView, until: Until) -> None:
    usual = CanvasState()
    canvas.set_state(mask_opacity=usual.mask_opacity, prediction_opacity=usual.prediction_opacity)
    predict(canvas.session, canvas.active.tile_id, 1, until)
    drag(canvas, WAY)
    QTest.mouseMove(canvas, QPoint(2, 2))
    predict(canvas.session, canvas.active.tile_id, 1, until)
    colour = QColor(canvas.session.classes[0].colour)
    far = np.abs(look(canvas) - np.array([colour.blue(), colour.green(), colour.red()], float)).sum(axis=2)
    middle, corner = place(canvas, 0.5, 0.5), place(canvas, 0.85, 0.15)
    painted, predicted = (far[p.y() - 20 : p.y() + 20, p.x() - 20 : p.x() + 20].mean() for p in (middle, corner))
    assert painted < 0.65 * predicted


def test_nor_on_a_tile_that_was_left(canvas: CanvasView, until: Until) -> None:
    painted = canvas.active.tile_id
    drag(canvas, WAY)
    points = [place(canvas, x, x) for x in (0.32, 0.4, 0.5, 0.55)]
    other = next(t for t in canvas.session.tiles.values() if t.tile_id != painted and t.scene_id == canvas.scene_id)
    assert canvas.activate_tile(other.tile_id, move_view=False)
    QTest.mouseMove(canvas, QPoint(2, 2))
    predict(canvas.session, painted, 2, until)
    after, alone = look(canvas), look(canvas, show_prediction=False)
    assert all((after[p.y(), p.x()] == alone[p.y(), p.x()]).all() for p in points)
    canvas.set_state(show_prediction=True)
    canvas.session.undo(painted)  # of a tile that is not the active one
    predict(canvas.session, painted, 2, until)
    undone = look(canvas)
    assert all((after[p.y(), p.x()] != undone[p.y(), p.x()]).any() for p in points)


@pytest.mark.parametrize("hidden", [frozenset(), frozenset({2})])
def test_the_prediction_is_whole_but_for_visible_paint(hidden: frozenset[int]) -> None:
    labels = np.array([[0, 1, 2], [IGNORE, 0, 2]], np.uint8)
    classes = np.array([[1, 2, 1], [2, 2, 2]], np.uint8)
    beside = beside_paint(classes, labels, hidden)
    assert beside.dtype == np.uint8
    assert beside.tolist() == ([[1, 0, 1], [0, 2, 2]] if hidden else [[1, 0, 0], [0, 2, 0]])


def predict_all(session: Session, until: Until) -> None:
    for tile_id in session.tiles:
        predict(session, tile_id, 1 + tile_id % 2, until)


@pytest.mark.parametrize("bound", [LARGEST_CACHE_BYTES, 1])
def test_overlays_are_all_drawn_and_then_nothing_more(
    open_window: MainWindow, canvas: CanvasView, until: Until, monkeypatch: pytest.MonkeyPatch, bound: int
) -> None:
    """Where a frame has no time but for drawing what it has, also where all images together are larger than their
    bound."""
    monkeypatch.setattr("gui.canvas.layers._MAKING_S", 0)
    monkeypatch.setattr("gui.canvas.overlay.LARGEST_CACHE_BYTES", bound)
    canvas.set_state(show_doubt=True)
    canvas.set_viewport(Viewport.fitting(canvas.scene_rect(), canvas.width(), canvas.height()))
    predict_all(canvas.session, until)
    wait_until_at_rest(open_window, until)
    drawn: list[bool] = []
    draw = OverlayPainter.draw

    def watched(*arguments: object) -> bool:
        drawn.append(draw(*arguments))
        return drawn[-1]

    monkeypatch.setattr(OverlayPainter, "draw", watched)
    canvas.session.show_class(2, False)  # all images are made anew
    until(lambda: drawn and drawn[-1])
    wait_until_at_rest(open_window, until)
    drawn.clear()
    wait_ms(200)
    assert not drawn
    assert canvas.is_complete()


def test_views_that_share_a_cache_too_small_for_both_are_complete_in_the_end(
    open_window: MainWindow, canvas: CanvasView, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each shows what the other does not: no longer does one drop what the other has just made."""
    open_window.actions_by_name["two panes"].trigger()
    wait_until_laid_out(open_window)
    beside = open_window.workspace.viewing.panes.further[0]
    canvas.set_state(show_prediction=True, show_doubt=False)
    beside.set_state(show_prediction=False, show_doubt=True)
    canvas.set_viewport(Viewport.fitting(canvas.scene_rect(), canvas.width(), canvas.height()))
    predict_all(canvas.session, until)
    wait_until_at_rest(open_window, until)
    monkeypatch.setattr("gui.canvas.layers._MAKING_S", 0)
    monkeypatch.setattr("gui.canvas.overlay.LARGEST_CACHE_BYTES", 1)
    images = beside._painter._overlays._images
    images.clear()
    for view in (canvas, beside):
        view.update()
    QApplication.processEvents()
    assert not any(view.is_complete() for view in (canvas, beside))
    until(lambda: canvas.is_complete() and beside.is_complete())
    assert {"unpainted", "doubt"} <= {kind for kind, _ in images._kept}
    open_window.actions_by_name["two panes"].trigger()  # only one again
    predict(canvas.session, next(tile_id for kind, tile_id in images._kept if kind == "unpainted"), 2, until)
    wait_until_at_rest(open_window, until)
    assert "doubt" not in {kind for kind, _ in images._kept}, "nothing is kept for a view that is hidden"
