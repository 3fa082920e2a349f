"""The plot of Tiles by likeness and the queue on the map: what they show, and that a click leads to the Tile."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from core.geometry import Rect
from core.jobs import Priority
from core.project.records import TileRecord, TileStatus
from core.text import text
from gui.canvas.decorations import draw_grid, has_grid
from gui.canvas.ranking_layer import NEXT_TILES, draw_ranking, places_of
from gui.canvas.tile_index import TileIndex
from gui.canvas.viewport import Viewport
from gui.main_window import MainWindow
from gui.regimes import REGIMES, regime_colour
from tests.gui.test_canvas import canvas_of, drag
from tests.gui.waiting import wait_for_picture

Until = Callable[[Callable[[], object]], None]


def opened_plot(window: MainWindow, until: Until) -> object:
    session = window.workspace.session
    until(lambda: session.ranking)
    window.actions_by_name["likeness"].trigger()
    plot = window.workspace.viewing.likeness.plot
    until(lambda: plot.position_of(session.ranking[0].tile_id) is not None)
    return plot


def test_a_click_on_a_point_brings_its_tile(open_window: MainWindow, until: Until) -> None:
    plot, canvas = opened_plot(open_window, until), canvas_of(open_window)
    session = open_window.workspace.session
    other = next(r.tile_id for r in session.queue() if r.tile_id != canvas.active.tile_id)
    place = plot.position_of(other).toPoint()
    assert plot.tile_near(plot.position_of(other)) == other
    assert "queue" in plot.sentence(other)
    QTest.mouseClick(plot, Qt.MouseButton.LeftButton, pos=place)
    assert canvas.active.tile_id == other
    assert plot.active_tile_id == other


def test_the_keyboard_goes_through_the_picks(open_window: MainWindow, until: Until) -> None:
    plot, canvas = opened_plot(open_window, until), canvas_of(open_window)
    picks = [ranked.tile_id for ranked in open_window.workspace.session.queue()]
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Return):
        QTest.keyClick(plot, key)
    assert canvas.active.tile_id == picks[1]


def test_what_is_labeled_is_told_apart_at_once(open_window: MainWindow, until: Until) -> None:
    plot, canvas = opened_plot(open_window, until), canvas_of(open_window)
    session, first = open_window.workspace.session, canvas.active.tile_id
    drag(canvas, [(0.1, 0.5), (0.5, 0.5)])
    open_window.actions_by_name["submit"].trigger()
    assert session.tiles[first].status is TileStatus.DONE
    until(lambda: plot._map.covered[plot._map.tile_ids == first][0])
    assert plot.sentence(first) == "Labeled"


def test_a_map_that_comes_when_its_plot_is_closed_reaches_nobody(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, failures, gate = open_window.workspace.session, [], threading.Event()
    until(lambda: session.ranking)
    monkeypatch.setattr(sys, "excepthook", lambda _, error, __: failures.append(error))
    session.compute.submit(text("Something else"), lambda _: gate.wait(), Priority.VISIBLE)
    open_window.actions_by_name["likeness"].trigger()
    open_window.workspace.viewing.likeness.reject()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gate.set()
    until(lambda: session.pending("likeness") is None)
    assert not failures


def test_the_plot_closes_with_the_project(open_window: MainWindow, until: Until) -> None:
    opened_plot(open_window, until)
    dialog = open_window.workspace.viewing.likeness
    open_window.close_project()
    assert not isValid(dialog) or not dialog.isVisible()  # Qt may have deleted it already


def test_the_queue_on_the_map_frames_the_next_tiles(open_window: MainWindow, until: Until) -> None:
    canvas, session = canvas_of(open_window), open_window.workspace.session
    until(lambda: session.ranking)
    canvas.fit_scene()
    open_window.actions_by_name["ranking"].trigger()
    assert open_window.actions_by_name["ranking"].isChecked()
    coloured = canvas.grab().toImage()
    places = places_of(session.queue())
    others = [t for t in session.tiles.values() if t.scene_id == canvas.scene_id and t is not canvas.active]
    tile = next(t for t in others if places[t.tile_id][0] <= NEXT_TILES)
    place = canvas.viewport.rect_to_widget(tile.rect)
    colour = regime_colour(places[tile.tile_id][1])
    line = [coloured.pixelColor(x, int(place.top()) + 20) for x in range(int(place.left()), int(place.left()) + 8)]
    assert any(abs(seen.hslHue() - colour.hslHue()) < 8 and seen.hslSaturation() > 60 for seen in line)


def test_the_queue_on_the_map_lays_nothing_over_what_is_painted(open_window: MainWindow, until: Until) -> None:
    """Its colours are those of classes, so a filling would be taken for paint."""
    canvas, session = canvas_of(open_window), open_window.workspace.session
    until(lambda: session.ranking)
    canvas.set_state(show_windows=False, show_minimap=False)
    canvas.fit_tile()
    wait_for_picture(canvas, until)
    tile = canvas.viewport.rect_to_widget(canvas.active.rect).toAlignedRect() & canvas.rect()
    inside = tile.adjusted(2, 2, -2, -2)
    plain = canvas.grab(inside).toImage()
    assert canvas.active.tile_id in places_of(session.queue())
    open_window.actions_by_name["ranking"].trigger()
    assert canvas.state.show_ranking
    assert canvas.grab(inside).toImage() == plain


def test_the_queue_on_the_map_says_what_its_colours_mean(open_window: MainWindow, until: Until) -> None:
    canvas, session = canvas_of(open_window), open_window.workspace.session
    until(lambda: session.ranking)
    open_window.actions_by_name["ranking"].trigger()
    shown = {place[1] for place in places_of(session.queue()).values()} & set(REGIMES)
    assert shown, "the first tiles have a reason"

    def explained() -> set[str]:
        picture = canvas.grab().toImage()
        edge = {picture.pixel(x, y) for x in range(picture.width()) for y in range(30, 46)}
        return {regime for regime in REGIMES if QColor(regime_colour(regime)).rgb() in edge}

    assert explained() == shown
    QTest.keyPress(canvas, Qt.Key.Key_Q)
    assert not explained(), "of the bare image there is nothing to explain"
    QTest.keyRelease(canvas, Qt.Key.Key_Q)


def grid_of(count: int, last_px: int) -> list[TileRecord]:
    """`count` columns and rows of 256 px, row by row; the scene's edge leaves `last_px` of the last ones."""
    sides = [(n * 256, 256 if n < count - 1 else last_px) for n in range(count)]
    return [
        TileRecord(row * count + column, 1, column, row, Rect(x, y, width, height), 1.0)
        for row, (y, height) in enumerate(sides)
        for column, (x, width) in enumerate(sides)
    ]


def canvas_image() -> tuple[QImage, QPainter]:
    image = QImage(200, 200, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    return image, QPainter(image)


def test_tiles_that_the_edge_cuts_off_do_not_take_the_grid_away(app: QApplication) -> None:
    """Seen as a whole, the last column of a scene may be narrower than any line is drawn for."""
    scene = Rect(0, 0, 3 * 256 + 60, 3 * 256 + 60)
    index = TileIndex({tile.tile_id: tile for tile in grid_of(4, last_px=60)}, 256)
    image, painter = canvas_image()
    draw_grid(painter, index.edges(1, scene), scene, Viewport(scale=0.1))
    painter.end()
    lines = [x for x in range(100) if image.pixelColor(x, 12) != QColor("#808080")]
    assert {0, 26, 51, 77} <= {x + d for x in lines for d in (-1, 0, 1)}, lines
    assert image.pixelColor(83, 26) != QColor("#808080"), "as far as the scene reaches"
    assert image.pixelColor(86, 26) == QColor("#808080"), "and no farther"
    assert has_grid(256, Viewport(scale=0.06))
    assert not has_grid(256, Viewport(scale=0.05)), "too small for lines"


def test_the_places_in_the_queue_show_where_two_digits_have_room(app: QApplication) -> None:
    """As on the whole demo farm in a window of 1366 × 768."""
    tiles = grid_of(2, last_px=256)
    image, painter = canvas_image()
    draw_ranking(painter, tiles[:1], Viewport(scale=28 / 256), {tiles[0].tile_id: (24, "typical")})
    painter.end()
    assert any(image.pixelColor(x, y).lightness() > 200 for x in range(28) for y in range(28))


@pytest.mark.parametrize(
    ("tile_px", "inside"), [(240, "clear"), (140, "clear"), (80, "framed"), (30, "framed"), (4, "filled")]
)
def test_tiles_of_the_queue_are_framed_and_filled_only_where_nobody_can_paint(
    app: QApplication, tile_px: int, inside: str
) -> None:
    """The first of two tiles is the active one. In four panes on a laptop it has 140 px."""
    tiles = grid_of(2, last_px=256)[:2]
    image = QImage(2 * tile_px, tile_px, QImage.Format.Format_RGB32)
    image.fill(QColor("#808080"))
    painter = QPainter(image)
    places = {0: (1, "typical"), 1: (30, "doubt")}
    draw_ranking(painter, tiles, Viewport(scale=tile_px / 256), places, active_id=0)
    painter.end()
    quarter = tile_px // 4  # between frame and number
    ground = QColor("#808080")
    active = [image.pixelColor(x, y) for x in range(tile_px) for y in range(tile_px)]
    assert (set(map(QColor.name, active)) == {ground.name()}) == (inside != "framed"), "the active one"
    assert (image.pixelColor(tile_px + quarter, quarter) == ground) == (inside != "filled"), "the other one"
    assert any(image.pixelColor(x, tile_px // 2) != ground for x in range(tile_px + 1, 2 * tile_px))
