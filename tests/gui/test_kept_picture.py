"""The canvas draws only what has changed, and copies the rest: what is seen must be what a full repaint would show."""

from __future__ import annotations

from collections.abc import Callable
from unittest.mock import Mock

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.errors import ProjectError
from core.labels.classes import IGNORE
from core.learning.pixel_classifier import CLASSIFIER_VERSION
from core.learning.prediction import TilePrediction
from core.session import Session
from gui.canvas.kept_picture import KeptPicture
from gui.canvas.panes import CanvasPanes
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.core.projects import dot
from tests.gui.test_canvas import LEFT, NONE, canvas_of, drag, labels_of, place
from tests.gui.waiting import wait_for_picture, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]


def pixels(image: QImage) -> np.ndarray:
    """(height, width, 3) uint8."""
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.array(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3]


def seen(canvas: CanvasView) -> np.ndarray:
    QApplication.processEvents()
    return pixels(canvas._picture._image)


def alike(whole: np.ndarray, parts: np.ndarray) -> bool:
    """The same, but for what Qt rounds: where it begins to draw a scaled image decides on which side of the edge
    between two pixels of the Scene one of the screen falls. So differences are lines of one pixel, and few."""
    differs = (whole != parts).any(axis=2)
    solid = np.lib.stride_tricks.sliding_window_view(differs, (3, 3)).all(axis=(2, 3))
    return not solid.any() and differs.mean() < 0.002


@pytest.mark.parametrize("ratio", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("scale", [0.4, 1.0, 1.224, 7.3])
def test_strokes_leave_what_a_full_repaint_shows(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch, scale: float, ratio: float
) -> None:
    canvas = canvas_of(open_window)
    monkeypatch.setattr(canvas, "devicePixelRatioF", lambda: ratio)
    canvas.session.forecasts.suggests = False  # its answer to a stroke would come whenever it is there
    canvas.set_state(show_grid=True, mask_opacity=0.6)
    x, y = canvas.active.rect.centre
    for shift, diameter, value in ((0.0, 9, 1), (3.37, 40, IGNORE), (-8.6, 4, 2)):
        canvas.look_at(x + shift, y + shift / 2, scale)
        wait_for_picture(canvas, until)
        canvas.tools.set_diameter("brush", diameter)
        canvas.choose_class(value)
        QApplication.processEvents()
        before = seen(canvas)
        drag(canvas, [(0.2, 0.3), (0.25, 0.5), (0.8, 0.55), (0.7, 1.0)], release=False)
        during = seen(canvas)
        assert (during != before).any(), "the stroke does not show"
        canvas.update()
        assert alike(seen(canvas), during)
        QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.7, 1.0))
        after = seen(canvas)
        canvas.update()
        assert alike(seen(canvas), after)


def teach_silently(session: Session, tile_id: int) -> None:
    """Paint two Classes on that Tile, without which nothing counts that the pixel classifier says; and it says nothing
    by itself from now on."""
    session.forecasts.suggests = False
    for value in (1, 2):
        dot(session, tile_id, 20 * value, 20, value)


def _predict(session: Session, tile_id: int) -> None:
    rect = session.tiles[tile_id].rect
    classes = np.where(np.arange(rect.height)[:, None] * 2 < rect.height, 2, 1) * np.ones((1, rect.width))
    doubt = np.full(classes.shape, 200, np.uint8)
    session.predicting.deliver(TilePrediction(tile_id, CLASSIFIER_VERSION, classes.astype(np.uint8), doubt), 0.5)


def test_a_prediction_beside_a_stroke_under_way_is_drawn(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    session, active = canvas.session, canvas.active
    beside = next(t for t in session.tiles.values() if t.scene_id == active.scene_id and t != active)
    teach_silently(session, max(session.tiles))
    canvas.set_state(show_prediction=True, prediction_opacity=1.0, show_doubt=True)
    canvas.fit_scene()
    wait_for_picture(canvas, until)
    drag(canvas, [(0.3, 0.3), (0.6, 0.6)], release=False)
    before = seen(canvas)
    _predict(session, beside.tile_id)
    until(lambda: beside.tile_id in session.forecasts.predictions)
    during = seen(canvas)
    assert (during != before).mean() > 0.01
    canvas.update()
    assert alike(seen(canvas), during), "with the legend, which the first prediction brings"
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.6, 0.6))


def test_paint_that_could_not_be_saved_is_gone_from_all_panes(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas, panes = canvas_of(open_window), open_window.findChild(CanvasPanes)
    panes.show_panes(2)
    pane = panes.further[0]
    pane.set_state(show_mask=True, mask_opacity=1.0)
    QApplication.processEvents()
    canvas.fit_tile()
    wait_for_picture(canvas, until)
    wait_for_picture(pane, until)
    full = ProjectError("The disk is full.")
    monkeypatch.setattr(canvas.session._store, "save_stroke", Mock(side_effect=full))
    clean = seen(pane)
    drag(canvas, [(0.3, 0.3), (0.6, 0.6)], release=False)
    assert (seen(pane) != clean).any(), "the other pane shows paint while it is painted"
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.6, 0.6))
    assert not labels_of(canvas).any()
    after = seen(pane)
    pane.update()
    assert alike(seen(pane), after)


def test_a_step_of_the_cursor_draws_nothing(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = canvas_of(open_window)
    canvas.tools.set_diameter("brush", 20)
    wait_for_picture(canvas, until)
    for share in (0.4, 0.5):  # where an earlier test has left the cursor is no move
        QTest.mouseMove(canvas, place(canvas, share, share))
        QApplication.processEvents()
    at_first = canvas.grab().toImage()
    monkeypatch.setattr(canvas._picture, "_draw", None)  # would fail
    QTest.mouseMove(canvas, place(canvas, 0.6, 0.6))
    QApplication.processEvents()
    assert canvas.grab().toImage() != at_first, "the ring has not moved"
    QTest.mouseMove(canvas, place(canvas, 0.5, 0.5))
    QApplication.processEvents()
    assert canvas.grab().toImage() == at_first


def test_a_shape_being_drawn_lies_over_the_picture(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = canvas_of(open_window)
    wait_for_picture(canvas, until)
    canvas.tools.choose("lasso")
    QApplication.processEvents()
    drawn, draw = [], canvas._picture._draw
    monkeypatch.setattr(canvas._picture, "_draw", lambda *parts: drawn.append(parts) or draw(*parts))
    bare = seen(canvas)
    drag(canvas, [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8)], release=False)
    assert not drawn
    assert (pixels(canvas.grab().toImage()) != bare).any(), "the lasso does not show"
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.8, 0.8))
    QApplication.processEvents()
    assert drawn
    assert labels_of(canvas).any()


def test_another_theme_and_another_size_draw_all_anew(
    open_window: MainWindow, themes: ThemeKeeper, until: Until
) -> None:
    canvas = canvas_of(open_window)
    canvas.fit_scene()
    wait_for_picture(canvas, until)
    before = seen(canvas)
    for change in (lambda: open_window.resize(1000, 720), lambda: themes.set_mode("dark")):
        change()
        wait_until_laid_out(open_window)
        wait_for_picture(canvas, until)
        shown = seen(canvas)
        canvas.update()
        assert (seen(canvas) == shown).all()
        assert shown.shape[:2] == (canvas.height(), canvas.width())
    assert (shown[0, 0] != before[0, 0]).any(), "the ground beside the scene is still light"


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_it_is_copied_pixel_for_pixel(app: QApplication, ratio: float) -> None:
    view = QWidget()
    view.resize(101, 67)
    view.devicePixelRatioF = lambda: ratio  # type: ignore[method-assign]

    def draw(painter: QPainter, part: QRect) -> None:
        painter.fillRect(view.rect(), QColor("#204060"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for i in range(0, 101, 3):
            painter.drawLine(QPointF(i, 0), QPointF(101 - i, 67))

    kept = KeptPicture(view, draw)
    kept.outdate(view.rect())
    screen = QImage(round(101 * ratio), round(67 * ratio), QImage.Format.Format_RGB32)
    screen.setDevicePixelRatio(ratio)
    screen.fill(0)
    painter = QPainter(screen)
    painter.setClipRegion(QRegion(0, 0, 50, 40) + QRegion(QRect(QPoint(60, 20), QPoint(101, 67))))
    kept.copy_to(painter)
    painter.end()
    copied, picture = pixels(screen), pixels(kept._image)[: screen.height(), : screen.width()]
    inside = (copied != 0).any(axis=2)
    assert inside.mean() > 0.4
    assert (copied == picture)[inside].all()
