"""The note at the canvas's lower edge: whose colours lie over the active Tile, and one click that accepts them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel

from core.labels.classes import UNLABELED
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction
from core.learning.rival import Ahead
from core.project.records import TileStatus
from gui.canvas.legend import LegendRow
from gui.canvas.overlay import doubt_table
from gui.main_window import MainWindow
from tests.gui.finding import words_in
from tests.gui.test_canvas import canvas_of, drag, labels_of
from tests.gui.waiting import wait_until_at_rest, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]


def says(window: MainWindow) -> str:
    author = window.workspace.author
    return author.findChild(QLabel).text() if author.isVisible() else ""


def predict(window: MainWindow, version: int) -> None:
    """As if a model of this version had just predicted the active Tile."""
    canvas = canvas_of(window)
    session, tile = canvas.session, canvas.active
    shape = (tile.rect.height, tile.rect.width)
    session.forecasts.version = version
    session.forecasts.classifier_is_ahead = Ahead(with_scribbles=version == 0, alone=False)
    prediction = TilePrediction(tile.tile_id, version, np.full(shape, 2, np.uint8), np.zeros(shape, np.uint8))
    session.forecasts.predictions.keep(PackedPrediction.of(prediction))
    window.workspace.author._look_again()


def test_it_names_the_pixel_classifier_after_the_first_strokes(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    assert says(open_window) == ""
    for value, height in ((1, 0.3), (2, 0.7)):
        canvas.choose_class(value)
        drag(canvas, [(0.1, height), (0.9, height)])
    until(lambda: says(open_window))
    assert says(open_window) == "Coloured by the pixel classifier"


def test_colours_go_with_the_paint_they_come_from_and_come_back_with_it(open_window: MainWindow, until: Until) -> None:
    window, canvas = open_window, canvas_of(open_window)
    session, tile_id = canvas.session, canvas.active.tile_id
    for value, height in ((1, 0.3), (2, 0.7)):
        canvas.choose_class(value)
        drag(canvas, [(0.1, height), (0.9, height)])
    until(lambda: len(session.forecasts.predictions) == len(session.tiles))
    session.rank()
    wait_until_at_rest(window, until)
    reasons = [str(ranked.reason) for ranked in session.queue()]
    assert any("unsure" in reason for reason in reasons), "else this test says nothing"

    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert says(window) == ""
    wait_until_at_rest(window, until)
    assert (says(window), len(session.forecasts.predictions)) == ("", 0), "nor does what was under way bring them back"
    assert "learns from every stroke" not in words_in(window)
    assert not any("unsure" in str(ranked.reason) for ranked in session.queue())
    assert session.tiles[tile_id].status is TileStatus.NEW
    QTest.keyClick(canvas, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert (labels_of(canvas) == UNLABELED).all()

    for _ in range(2):
        QTest.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    until(lambda: says(window))
    assert session.tiles[tile_id].status is TileStatus.IN_PROGRESS
    until(lambda: len(session.forecasts.predictions) == len(session.tiles))


def test_colours_go_and_come_back_with_a_class(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    session = canvas.session
    session.set_classes([*session.classes, session.class_list.new_class("weed")])
    for value, height in ((1, 0.3), (2, 0.7)):
        canvas.choose_class(value)
        drag(canvas, [(0.1, height), (0.9, height)])
    until(lambda: says(open_window))
    merging = session.merge_class(2, UNLABELED)
    until(lambda: merging.is_settled)
    wait_until_at_rest(open_window, until)
    assert says(open_window) == ""
    open_window.actions_by_name["restore class"].trigger()
    until(lambda: says(open_window))


def test_it_names_the_model_and_accepts_with_one_click(open_window: MainWindow) -> None:
    predict(open_window, version=3)
    assert says(open_window) == "Coloured by model 3"
    button = open_window.workspace.author.findChild(QAbstractButton)
    assert button.accessibleName() == "Accept the prediction as a draft"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert (labels_of(canvas_of(open_window)) == 2).any()
    open_window.actions_by_name["undo"].trigger()
    assert (labels_of(canvas_of(open_window)) == UNLABELED).all()


def test_it_goes_with_the_overlay_and_when_nothing_is_left_to_accept(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    predict(open_window, version=3)
    open_window.actions_by_name["prediction"].trigger()
    assert says(open_window) == ""
    open_window.actions_by_name["prediction"].trigger()
    assert says(open_window)
    canvas.look_at(canvas.scene_rect().right + 500, 0, canvas.viewport.scale)
    assert says(open_window) == "", "the tile is out of sight"
    canvas.fit_tile()
    canvas.session.mask(canvas.active.tile_id).labels[:] = 1
    open_window.workspace.author._look_again()
    assert says(open_window) == "", "all of it is painted"


def test_it_covers_neither_scale_bar_nor_minimap(open_window: MainWindow, tmp_path: Path) -> None:
    predict(open_window, version=3)
    canvas, author, minimap = (
        canvas_of(open_window),
        open_window.workspace.author,
        open_window.workspace.viewing.minimap,
    )
    canvas.zoom(4)
    assert minimap.isVisible()
    assert author.isVisible()
    assert not author.geometry().intersects(minimap.geometry())
    assert author.geometry().left() > 150
    open_window.actions_by_name["four panes"].trigger()
    assert not author.isVisible() or not author.geometry().intersects(minimap.geometry())


def test_the_doubts_colours_are_explained_where_there_are_predictions(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)

    def legend_end() -> QColor:
        return canvas.grab().toImage().pixelColor(161, 29)

    canvas.set_state(show_doubt=True)
    before = legend_end()
    predict(open_window, version=3)
    canvas.update()
    assert legend_end() != before
    most, shown = QColor(doubt_table()[255]), legend_end()
    assert all(abs(a - b) < 16 for a, b in zip(most.getRgb(), shown.getRgb(), strict=True))


def test_legends_lie_beside_the_tile_and_the_scene_that_fill_the_canvas(
    open_window: MainWindow, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    canvas, take, taken = canvas_of(open_window), LegendRow.take, []
    monkeypatch.setattr(LegendRow, "take", lambda row, width: taken.append(take(row, width)) or taken[-1])
    until(lambda: canvas.session.ranking)
    predict(open_window, version=3)
    open_window.resize(1366, 749)
    wait_until_laid_out(open_window)
    single = next(composite.key for composite in canvas.composites if composite.is_single)
    canvas.set_state(show_doubt=True, show_ranking=True, composite_key=single)
    until(lambda: canvas.stretch() is not None)
    for fit, rect in ((canvas.fit_tile, canvas.active.rect), (canvas.fit_scene, canvas.scene_rect())):
        fit()
        taken.clear()
        canvas.grab()
        assert len({plate.left() for plate in taken}) == 3
        shown = canvas.viewport.rect_to_widget(rect)
        assert shown.height() > 0.8 * canvas.height()
        assert not any(plate.intersects(shown.adjusted(-3, -3, 3, 3)) for plate in taken)
        assert all(QRectF(canvas.rect()).contains(plate) for plate in taken)


def test_legends_that_find_no_room_in_a_row_are_below_the_others() -> None:
    row = LegendRow(QRectF(0, 0, 400, 300))
    first, second, third = (row.take(width) for width in (164, 164, 300))
    assert first.top() == second.top()
    assert not first.intersects(second)
    assert third.left() == first.left()
    assert third.top() > first.bottom()
