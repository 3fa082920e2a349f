"""The minimap: when it shows, what it shows, and how it moves the view."""

from __future__ import annotations

from collections.abc import Callable, ItemsView, Iterator, ValuesView

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest

from core.geometry import Rect
from core.project.records import TileRecord, TileStatus
from gui.canvas.minimap import Minimap
from gui.main_window import MainWindow
from tests.calls import calls
from tests.gui.test_canvas import LEFT, NONE, canvas_of
from tests.gui.waiting import wait_for_tile, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]


def minimap_of(window: MainWindow) -> Minimap:
    assert window.workspace is not None
    return window.workspace.viewing.minimap


def test_it_hides_while_the_whole_scene_is_in_view(open_window: MainWindow) -> None:
    canvas, minimap = canvas_of(open_window), minimap_of(open_window)
    canvas.fit_scene()
    assert not minimap.isVisible()
    canvas.fit_tile()
    assert minimap.isVisible()
    QTest.keyClick(open_window, Qt.Key.Key_M, Qt.KeyboardModifier.ShiftModifier)
    assert not minimap.isVisible()
    assert not canvas.state.show_minimap
    open_window.actions_by_name["minimap"].trigger()
    assert minimap.isVisible()


def test_that_it_was_switched_off_is_remembered(open_window: MainWindow, until: Until) -> None:
    open_window.actions_by_name["minimap"].trigger()
    path = canvas_of(open_window).session.path
    open_window.close_project()
    open_window.open_project(path)
    wait_for_tile(open_window, until)
    assert not canvas_of(open_window).state.show_minimap
    assert not open_window.actions_by_name["minimap"].isChecked()
    assert not minimap_of(open_window).isVisible()


def test_it_leaves_scale_bar_and_tile_alone(open_window: MainWindow) -> None:
    canvas, minimap = canvas_of(open_window), minimap_of(open_window)
    for size in ((1280, 760), (1366, 768)):  # in a narrower one there is no room beside the tile
        open_window.resize(*size)
        wait_until_laid_out(open_window)
        canvas.fit_tile()
        assert minimap.isVisible()
        assert minimap.x() > canvas.width() / 2, "the scale bar is at the left"
        assert canvas.rect().contains(minimap.geometry())
        assert not canvas.viewport.rect_to_widget(canvas.active.rect).intersects(minimap.geometry().toRectF())


def test_pressing_brings_the_view_there_and_paints_nothing(open_window: MainWindow) -> None:
    canvas, minimap = canvas_of(open_window), minimap_of(open_window)
    canvas.fit_tile()
    canvas.zoom(8)  # the frame is small, and both places lie outside it
    scale, whole = canvas.viewport.scale, canvas.scene_rect()
    for share in (0.15, 0.85):
        corner = QPointF(minimap.width() * share, minimap.height() * share).toPoint()
        QTest.mouseClick(minimap, LEFT, NONE, corner)
        expected = (whole.width * share, whole.height * share)
        one_step = 1.5 * whole.width / minimap.width()
        assert canvas.middle() == pytest.approx(expected, abs=one_step)
        assert canvas.viewport.scale == scale
    assert not canvas.session.painted


def test_dragging_the_frame_does_not_make_it_jump(open_window: MainWindow) -> None:
    canvas, minimap = canvas_of(open_window), minimap_of(open_window)
    canvas.fit_tile()
    before = canvas.middle()
    inside = minimap._seen().intersected(minimap.rect().toRectF()).center().toPoint()
    QTest.mousePress(minimap, LEFT, NONE, inside)
    step = canvas.scene_rect().width / minimap.width()
    assert canvas.middle() == pytest.approx(before, abs=1.5 * step)
    QTest.mouseMove(minimap, QPointF(minimap.width() / 2, minimap.height() / 2).toPoint())
    assert canvas.middle() != pytest.approx(before, abs=2 * step)
    QTest.mouseRelease(minimap, LEFT, NONE, inside)


def test_the_status_of_tiles_shows(open_window: MainWindow, until: Until) -> None:
    canvas, minimap = canvas_of(open_window), minimap_of(open_window)
    canvas.fit_tile()
    tile = next(t for t in canvas.session.tiles.values() if t.scene_id == canvas.scene_id and t is not canvas.active)
    centre = minimap._view().rect_to_widget(tile.rect).center().toPoint()
    until(lambda: canvas.is_complete() and canvas.pyramid.is_complete(minimap))

    def colour() -> QColor:
        return minimap.grab().toImage().pixelColor(centre)

    before = colour()
    canvas.session.flag(tile.tile_id)
    after = colour()
    assert after != before
    assert after.red() > 1.5 * max(after.green(), after.blue()), "flagged tiles are red"
    canvas.session.flag(tile.tile_id)
    assert colour() == before


class _LookedAt(dict[int, TileRecord]):
    """Remembers by which of its methods somebody went through all of it."""

    def __init__(self, tiles: dict[int, TileRecord]) -> None:
        super().__init__(tiles)
        self.by: list[str] = []

    def values(self) -> ValuesView[TileRecord]:  # type: ignore[override]
        self.by.append("values")
        return super().values()

    def items(self) -> ItemsView[int, TileRecord]:  # type: ignore[override]
        self.by.append("items")
        return super().items()

    def __iter__(self) -> Iterator[int]:
        self.by.append("iter")
        return super().__iter__()


def test_no_frame_goes_through_fifty_thousand_tiles(open_window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    canvas, minimap = canvas_of(open_window), minimap_of(open_window)
    canvas.fit_tile()
    active = canvas.active
    many = {
        n: TileRecord(n, active.scene_id, n % 250, n // 250, active.rect, 1.0, TileStatus.DONE) for n in range(50_000)
    }
    monkeypatch.setattr(canvas.session, "tiles", {**canvas.session.tiles, **many})
    side = minimap._tile_px
    monkeypatch.setattr(canvas, "scene_rect", lambda: Rect(0, 0, 250 * side, 200 * side))
    minimap._statuses = minimap._read_statuses()
    monkeypatch.setattr(canvas.session, "tiles", looked_at := _LookedAt(canvas.session.tiles))
    assert calls(minimap.repaint) < 10_000
    assert not looked_at.by
