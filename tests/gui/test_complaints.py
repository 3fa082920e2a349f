"""What users of other tools complain about, in the window. The list: docs/complaints.md."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest

from core.imagery import files, handles
from core.learning import pixel_features, prediction_cache
from core.project.creation import LARGEST_TILE_PX
from gui.canvas import overlay, pyramid
from gui.canvas.viewport import Viewport
from gui.main_window import MainWindow
from tests.core.projects import make_project
from tests.core.test_complaints import write_wide_scene
from tests.gui.waiting import wait_for_picture, wait_for_tile


def test_paint_shows_beyond_the_last_column_qt_can_draw(
    window: MainWindow, until: Callable[[Callable[[], object]], None], tmp_path: Path
) -> None:
    """Qt's raster engine draws nothing beyond 32,767 px: the canvas must never ask it to."""
    scene = write_wide_scene(tmp_path / "wide.tif", 40_192, 512)
    window.open_project(make_project(tmp_path, [scene], tile_px=256))
    wait_for_tile(window, until)
    assert window.workspace is not None
    canvas, session = window.workspace.canvas, window.workspace.session
    last = max(session.tiles)
    assert canvas.activate_tile(last)
    assert canvas.active is not None
    assert canvas.active.rect.right == 40_192
    canvas.tools.set_diameter("brush", 30)
    canvas.choose_class(2)
    corner = canvas.viewport.rect_to_widget(canvas.active.rect).bottomRight()
    place = QPoint(int(corner.x()) - 60, int(corner.y()) - 60)
    before = canvas.grab().toImage().pixelColor(place)
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
    until(lambda: not canvas.holds_press)
    x, y = canvas.viewport.to_scene(QPointF(place))
    assert x > 40_000
    rect = session.tiles[last].rect
    assert session.mask(last).labels[int(y) - rect.y, int(x) - rect.x] == 2
    until(lambda: canvas.grab().toImage().pixelColor(place) != before)
    shown, paint = canvas.grab().toImage().pixelColor(place), session.classes[1].colour
    red, blue = int(paint[1:3], 16), int(paint[5:7], 16)
    assert (shown.red() > shown.blue()) == (red > blue)
    assert shown.red() - shown.blue() == pytest.approx(red - blue, abs=160)


# -- memory -----------------------------------------------------------------------------------------------------------


def test_all_caches_together_stay_under_512_mib() -> None:
    caches = (pyramid, overlay, prediction_cache)
    unpacked = prediction_cache.MOST_UNPACKED * 2 * LARGEST_TILE_PX**2  # classes and doubt, a byte a pixel
    bounds = [*(cache.LARGEST_CACHE_BYTES for cache in caches), unpacked]
    bounds += [pixel_features._MOST_BYTES, files._GDAL_OPTIONS["GDAL_CACHEMAX"], handles._MOST_BYTES]
    assert sum(bounds) <= 512 << 20


def test_the_picture_keeps_to_its_bound_and_what_is_in_view_still_comes(
    window: MainWindow, until: Callable[[Callable[[], object]], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene = write_wide_scene(tmp_path / "wide.tif", 40_192, 512)
    window.open_project(make_project(tmp_path, [scene], tile_px=256))
    wait_for_tile(window, until)
    assert window.workspace is not None
    canvas = window.workspace.canvas
    monkeypatch.setattr(pyramid, "LARGEST_CACHE_BYTES", 8 << 20)
    blocks = canvas.pyramid._blocks
    seen = 0
    for left in range(0, 36_000, 3_000):
        canvas.set_viewport(Viewport(scale=1.0, left=left, top=0))
        wait_for_picture(canvas, until)
        held = sum(block.pixels.nbytes for block in blocks.values())
        assert canvas.pyramid._bytes == held <= 8 << 20
        seen += len(blocks)
    assert seen * 512 * 512 * 4 > 8 << 20
