"""The page that shows how far a model's certainty can be believed."""

from __future__ import annotations

import math

import numpy as np
from PySide6.QtGui import QColor, QImage

from core.learning.calibration import calibration_of
from gui.dialogs.certainty_page import CertaintyPage
from gui.main_window import MainWindow
from gui.theme import current_theme
from tests.core.test_learning_calibration import sample


def pictured(page: CertaintyPage) -> QImage:
    return page.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)


def tinted(image: QImage) -> int:
    """How many pixels are coloured like the columns: clearly nearer to the accent than to grey."""
    accent = QColor(current_theme().accent)
    hue, count = accent.hsvHue(), 0
    for y in range(0, image.height(), 3):
        for x in range(0, image.width(), 3):
            colour = image.pixelColor(x, y)
            count += colour.hsvSaturation() > 60 and abs(colour.hsvHue() - hue) < 20
    return count


def test_the_page_tells_and_draws(window: MainWindow) -> None:
    page = CertaintyPage(window)
    page.resize(640, 460)
    page.show_calibration(None, math.nan)
    page.show()
    assert "without tiles held back" in page._state.text()
    assert not page._plot.isVisible()
    empty = tinted(pictured(page))
    found = calibration_of(*sample(4.0))
    assert found is not None
    page.show_calibration(found, 1.0)
    assert page._plot.isVisible()
    assert f"{100 * found.error_before:.1f} %" in page._state.text()
    assert page._plot.accessibleDescription().count(":") == np.count_nonzero(found.pixels)
    assert tinted(pictured(page)) > empty + 200
    assert "strokes" not in page._state.text(), "whole tiles are painted"
    page.show_calibration(found, 0.006)
    assert "strokes: they cover 0.6 % of the tiles held back" in page._state.text()
    page.show_calibration(found, math.nan)
    assert "strokes" not in page._state.text(), "nobody knows"
    page.hide()
