"""The ring round the cursor: its kept picture is what would be drawn, and it stays where it is repainted."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QImage, QPainter, QRegion

from gui.canvas.tools import ring
from gui.canvas.tools.ring import draw_lines, draw_ring, ring_region

SIDE_PX = 400


def drawn(draw, ratio: float = 1.0):
    """(height, width) uint32: what `draw` leaves on a blue ground."""
    image = QImage(round(SIDE_PX * ratio), round(SIDE_PX * ratio), QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(ratio)
    image.fill(0xFF2244AA)
    painter = QPainter(image)
    draw(painter)
    painter.end()
    return np.array(image.constBits(), np.uint8).view(np.uint32).reshape(image.height(), image.width())


@pytest.mark.parametrize("square", [False, True])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
@pytest.mark.parametrize("radius", [1.5, 5.2, 61.0, 150.7])
def test_the_kept_picture_is_what_would_be_drawn(app, radius, ratio, square):
    centre = QPointF(190, 204)
    kept = drawn(lambda painter: draw_ring(painter, centre, radius, square=square), ratio)
    direct = drawn(lambda painter: draw_lines(painter, centre, radius, square), ratio)
    assert (kept != kept[0, 0]).any()
    difference = np.abs(kept.view(np.uint8).astype(int) - direct.view(np.uint8).astype(int))
    assert difference.max() <= 4  # two layers of transparent ink, put together in another order


@pytest.mark.parametrize("radius", [1.5, 20.0, 61.3, 150.7])
@pytest.mark.parametrize("square", [False, True])
def test_it_stays_in_the_part_that_is_repainted(app, radius, square):
    centre = QPointF(200, 200)

    def outside_only(painter: QPainter) -> None:
        painter.setClipRegion(QRegion(0, 0, SIDE_PX, SIDE_PX) - ring_region(centre, radius, square=square))
        draw_ring(painter, centre, radius, square=square)

    left = drawn(outside_only)
    assert (left == left[0, 0]).all()


def test_a_ring_too_large_to_keep_is_drawn_all_the_same(app, monkeypatch):
    centre = QPointF(200, 200)
    kept = drawn(lambda painter: draw_ring(painter, centre, 100, square=False))
    monkeypatch.setattr(ring, "_LARGEST_KEPT_PX", 50)
    monkeypatch.setattr(ring, "_ring", None)  # would fail
    direct = drawn(lambda painter: draw_ring(painter, centre, 100, square=False))
    assert np.abs(kept.view(np.uint8).astype(int) - direct.view(np.uint8).astype(int)).max() <= 4
