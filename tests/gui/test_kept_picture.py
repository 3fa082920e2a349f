"""The canvas draws only what has changed, and copies the rest: what is seen must be what a full repaint would show."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRect
from PySide6.QtGui import QColor, QImage, QPainter, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from core.labels.classes import IGNORE
from gui.canvas.kept_picture import KeptPicture
from gui.canvas.view import CanvasView
from gui.main_window import MainWindow
from tests.gui.test_canvas import LEFT, NONE, canvas_of, drag, labels_of, place
from tests.gui.waiting import wait_for_picture

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
    canvas.set_state(show_grid=True, mask_opacity=0.6)
    x, y = canvas.active.rect.centre
    for shift, diameter, value in ((0.0, 9, 1), (3.37, 40, IGNORE), (-8.6, 4, 2)):
        canvas.look_at(x + shift, y + shift / 2, scale)
        wait_for_picture(canvas, until)
        canvas.set_diameter("brush", diameter)
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


def test_a_step_of_the_cursor_draws_nothing(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas = canvas_of(open_window)
    canvas.set_diameter("brush", 20)
    wait_for_picture(canvas, until)
    QTest.mouseMove(canvas, place(canvas, 0.5, 0.5))
    QApplication.processEvents()
    at_first = canvas.grab().toImage()
    monkeypatch.setattr(canvas._painter, "draw", None)  # would fail
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
    canvas.choose_tool("lasso")
    QApplication.processEvents()
    drawn, draw = [], canvas._painter.draw
    monkeypatch.setattr(canvas._painter, "draw", lambda *parts: drawn.append(parts) or draw(*parts))
    bare = seen(canvas)
    drag(canvas, [(0.2, 0.2), (0.8, 0.2), (0.8, 0.8)], release=False)
    assert not drawn
    assert (pixels(canvas.grab().toImage()) != bare).any(), "the lasso does not show"
    QTest.mouseRelease(canvas, LEFT, NONE, place(canvas, 0.8, 0.8))
    QApplication.processEvents()
    assert drawn
    assert labels_of(canvas).any()


def test_another_theme_and_another_size_draw_all_anew(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    canvas.fit_scene()
    wait_for_picture(canvas, until)
    before = seen(canvas)
    for change in (lambda: open_window.resize(1000, 720), lambda: open_window._themes.set_mode("dark")):
        change()
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
