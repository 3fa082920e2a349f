"""What we rely on in the Qt binding itself."""

from __future__ import annotations

import sys

from PySide6.QtGui import QImage, QPainter


def test_calls_into_qt_do_not_eat_references_to_none() -> None:
    """PySide6 6.12.0 does on Python 3.11: a fatal "deallocating None" after some minutes of painting."""
    image = QImage(4, 4, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(1000):
        painter.setOpacity(0.5)
    after = sys.getrefcount(None)
    painter.end()
    assert after > before - 500
