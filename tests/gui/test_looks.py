"""Looks in the window: band formulas, stretch, legend, and painting only in a range of values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QLineEdit, QSlider

from core.imagery.display import GIVEN, PERCENTILES, USUAL, Look
from core.labels.mask import Provenance
from core.learning.prediction import TilePrediction
from core.learning.prediction_cache import PackedPrediction
from core.project.looks import ValueRange
from gui.canvas import active_tile, held_press
from gui.canvas.view import CanvasView
from gui.dialogs.formula import FormulaDialog
from gui.main_window import MainWindow
from gui.panels import value_range
from gui.panels.look import LookBox
from tests.core.projects import UTM, make_project
from tests.gui.finding import button, named, words_in
from tests.gui.test_canvas import RIGHT, canvas_of, drag, labels_of, place
from tests.gui.waiting import run_what_is_due, wait_for_picture, wait_for_tile

SIDE = 64


@pytest.fixture
def window_on_crop(window: MainWindow, until: Callable, tmp_path: Path) -> MainWindow:  # type: ignore[type-arg]
    """One tile of 64 px, red, green, blue, NIR: NDVI is 0.6 on the left, 0 on the right; the lowest rows nodata."""
    values = np.full((4, SIDE, SIDE), 50, np.uint8)
    values[3, :, : SIDE // 2] = 200
    values += np.random.default_rng(0).integers(0, 3, values.shape).astype(np.uint8)
    values[:, -8:] = 0
    scene = tmp_path / "crop.tif"
    with rasterio.open(
        scene, "w", driver="GTiff", width=SIDE, height=SIDE, count=4, dtype="uint8", nodata=0, **UTM
    ) as file:
        file.write(values)
    window.open_project(make_project(tmp_path, [scene], tile_px=SIDE))
    wait_for_tile(window, until)
    until(lambda: canvas_of(window).stretch() is not None)
    return window


def limit(canvas: CanvasView, low: float, high: float, until: Callable) -> None:  # type: ignore[type-arg]
    canvas.session.looks.set_value_range(ValueRange("ndvi", low, high))
    until(lambda: canvas.active_tile.limit.ask().wait(0))
    canvas.session.inbox.run_waiting()  # the canvas hears of it
    assert canvas.active_tile.limit.share() is not None


def test_every_tool_paints_and_erases_in_the_range_alone(window_on_crop: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    canvas = canvas_of(window_on_crop)
    canvas.tools.set_diameter("brush", 20)
    crop = np.zeros((SIDE, SIDE), bool)
    crop[:-8, : SIDE // 2] = True
    limit(canvas, 0.4, 1.0, until)
    drag(canvas, [(0.1, 0.5), (0.9, 0.5)])
    assert labels_of(canvas)[SIDE // 2, 8 : SIDE // 2].all()
    assert not labels_of(canvas)[~crop].any()
    canvas.tools.choose("rectangle")
    drag(canvas, [(0.01, 0.01), (0.5, 0.5), (0.99, 0.99)])
    assert np.array_equal(labels_of(canvas) == 1, crop)
    canvas.session.looks.set_value_range(None)
    window_on_crop.actions_by_name["fill unlabeled"].trigger()
    assert labels_of(canvas)[:-8].all()
    limit(canvas, -0.2, 0.2, until)
    drag(canvas, [(0.01, 0.01), (0.99, 0.99)], RIGHT)
    assert np.array_equal(labels_of(canvas) == 1, crop), "the eraser reaches beyond the range"


def test_of_two_values_that_are_chosen_one_after_the_other_the_second_stays(
    window_on_crop: MainWindow, until: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:  # type: ignore[type-arg]
    looks, box = canvas_of(window_on_crop).session.looks, window_on_crop.workspace.classes.value_range
    entered, held, real = Event(), Event(), value_range.tile_values

    def slow(*arguments: Any) -> Any:
        if arguments[2].key == "gli":
            entered.set()
            held.wait(60)
        return real(*arguments)

    monkeypatch.setattr(value_range, "tile_values", slow)
    box._begin("gli")
    assert entered.wait(60)
    late = next(job for job in canvas_of(window_on_crop).session.readers.active() if job.key == "first range")
    box._begin("ndvi")
    until(lambda: looks.value_range is not None)
    held.set()
    until(lambda: late.state.is_final)
    run_what_is_due()
    assert looks.value_range.key == "ndvi"


def test_accepting_and_filling_stay_in_the_range(window_on_crop: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    canvas = canvas_of(window_on_crop)
    tile_id = canvas.active.tile_id
    plane = np.full((SIDE, SIDE), 2, np.uint8)
    prediction = TilePrediction(tile_id, 1, plane, np.zeros_like(plane))
    canvas.session.forecasts.predictions.keep(PackedPrediction.of(prediction))
    limit(canvas, 0.4, 1.0, until)
    window_on_crop.actions_by_name["accept"].trigger()
    assert (labels_of(canvas)[:-8, : SIDE // 2] == 2).all()
    assert not labels_of(canvas)[:, SIDE // 2 :].any()
    assert canvas.session.mask(tile_id).provenance[0, 0] == Provenance.ACCEPTED
    limit(canvas, -0.2, 0.2, until)
    window_on_crop.actions_by_name["fill unlabeled"].trigger()
    assert (labels_of(canvas)[:-8, SIDE // 2 :] == 1).all()
    assert (labels_of(canvas)[:-8, : SIDE // 2] == 2).all()


@pytest.mark.parametrize("command", ["fill unlabeled", "accept", "smooth"])
def test_a_vain_command_says_that_the_range_may_be_why(
    window_on_crop: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    command: str,
) -> None:
    canvas, notices = canvas_of(window_on_crop), window_on_crop.workspace.notices
    plane = np.full((SIDE, SIDE), 2, np.uint8)
    prediction = TilePrediction(canvas.active.tile_id, 1, plane, np.zeros_like(plane))
    canvas.session.forecasts.predictions.keep(PackedPrediction.of(prediction))
    limit(canvas, 5.0, 6.0, until)
    notices.hide()
    window_on_crop.actions_by_name[command].trigger()
    assert not labels_of(canvas).any()
    assert "range of values" in notices.text


def test_what_may_not_be_painted_is_hatched_and_a_vain_stroke_says_why(
    window_on_crop: MainWindow,
    until: Callable,  # type: ignore[type-arg]
) -> None:
    canvas = canvas_of(window_on_crop)
    canvas.set_state(show_grid=False)
    wait_for_picture(canvas, until)
    before = canvas.grab().toImage()
    limit(canvas, 0.4, 1.0, until)
    after = canvas.grab().toImage()

    def changed(left: float, right: float) -> int:
        """Pixels that look different in a part of the Tile."""
        corner, end = place(canvas, left, 0.2), place(canvas, right, 0.6)
        return sum(
            before.pixel(x, y) != after.pixel(x, y)
            for x in range(corner.x(), end.x()) for y in range(corner.y(), end.y())
        )  # fmt: skip

    assert changed(0.55, 0.95) > 1000
    assert changed(0.05, 0.45) == 0
    drag(canvas, [(0.7, 0.3), (0.9, 0.3)])
    assert not labels_of(canvas).any()
    assert "range of values" in window_on_crop.workspace.notices.text


def test_the_switch_begins_with_the_upper_half_and_its_bounds_can_be_set(
    window_on_crop: MainWindow,
    until: Callable,  # type: ignore[type-arg]
) -> None:
    canvas = canvas_of(window_on_crop)
    box = window_on_crop.workspace.classes.value_range
    looks = canvas.session.looks
    action = window_on_crop.actions_by_name["value range"]
    action.trigger()
    until(lambda: looks.painted_range() is not None)
    until(lambda: "%" in words_in(box))
    assert looks.value_range.key == "ndvi"
    assert action.isChecked()
    assert box.findChild(QCheckBox).isChecked()
    low, high = box.findChildren(QDoubleSpinBox)
    low.setValue(-0.5)
    high.setValue(0.3)
    assert (looks.value_range.low, looks.value_range.high) == (-0.5, 0.3)
    assert "50 %" in words_in(box)
    low.setValue(0.29)
    assert "Nothing" in words_in(box)
    which = named(box, QComboBox, "Value that decides")
    which.setCurrentIndex(which.findData("gli"))
    which.activated.emit(which.currentIndex())
    until(lambda: looks.value_range.key == "gli")
    action.trigger()
    assert looks.painted_range() is None
    assert canvas.active_tile.limit is None
    action.trigger()
    assert looks.painted_range()[0].key == "gli", "the last range is forgotten"


def test_a_formula_is_checked_while_it_is_typed_and_then_shown(window_on_crop: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    canvas, panel = canvas_of(window_on_crop), window_on_crop.workspace.layers
    seen: list[str] = []

    def type_into_dialog() -> None:
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, FormulaDialog)
        seen.append(str(button(dialog, "Add").isEnabled()))
        formula = named(dialog, QLineEdit, "Formula")
        QTest.keyClicks(formula, "(nir - rde")
        seen.append(words_in(dialog))
        formula.clear()
        QTest.keyClicks(formula, "nir - red")
        QTest.keyClicks(named(dialog, QLineEdit, "Name"), "Mine")
        until(lambda: not named(dialog, QLabel, "The formula on this tile").pixmap().isNull())
        button(dialog, "Add").click()

    QTimer.singleShot(0, type_into_dialog)
    window_on_crop.actions_by_name["formula"].trigger()
    assert seen[0] == "False"
    assert "“rde” (character 8)" in seen[1]
    assert str(canvas.composite.name) == "Mine"
    box = panel.findChildren(QComboBox)[0]
    assert box.currentText() == "Mine"
    until(lambda: canvas.stretch() is not None)
    assert canvas.stretch().high[0] == pytest.approx(150, abs=5)
    remove = button(panel, "Remove this formula")
    assert not remove.isHidden()
    remove.click()
    assert "Mine" not in [box.itemText(row) for row in range(box.count())]
    assert remove.isHidden()


def test_v_passes_over_single_bands(window_on_crop: MainWindow) -> None:
    canvas = canvas_of(window_on_crop)
    first = canvas.composite.key
    passed = []
    for _ in range(len(canvas.composites)):
        window_on_crop.actions_by_name["next composite"].trigger()
        passed.append(canvas.composite.key)
        if passed[-1] == first:
            break
    assert passed[-1] == first
    assert {"ndvi", "gli"} <= set(passed)
    assert not any(key.startswith("band") for key in passed)
    canvas.set_state(composite_key="band_2")
    window_on_crop.actions_by_name["next composite"].trigger()
    assert canvas.composite.key == first


def test_c_stretches_to_what_is_in_view_and_shift_c_goes_back(window_on_crop: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    canvas, looks = canvas_of(window_on_crop), canvas_of(window_on_crop).session.looks
    canvas.set_state(composite_key="band_4")
    until(lambda: canvas.stretch() is not None)
    whole = canvas.stretch()
    canvas.look_at(SIDE / 4, SIDE / 4, canvas.height() / 20)  # only crop
    window_on_crop.actions_by_name["stretch"].trigger()
    until(lambda: looks.look(canvas.composite).method == GIVEN)
    assert canvas.stretch() is None or canvas.stretch().low[0] > 190
    until(lambda: canvas.stretch() is not None)
    assert canvas.stretch().low[0] > 190 > whole.low[0]
    window_on_crop.actions_by_name["usual stretch"].trigger()
    assert looks.look(canvas.composite).method == USUAL
    assert canvas.stretch() == whole


def test_the_picture_and_the_legend_follow_the_colour_map(window_on_crop: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    canvas = canvas_of(window_on_crop)
    canvas.set_state(composite_key="ndvi", show_grid=False)
    wait_for_picture(canvas, until)

    def colours() -> tuple[str, str]:
        """On the crop, and in the legend's right end."""
        image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
        return image.pixelColor(place(canvas, 0.25, 0.3)).name(), image.pixelColor(160, 29).name()

    first = colours()
    composite = canvas.composite
    canvas.session.looks.set_look(composite, Look(GIVEN, (0.0,), (0.6,), colours="viridis"))
    until(lambda: canvas.stretch() is not None)
    canvas.grab()
    wait_for_picture(canvas, until)
    second = colours()
    assert first[0] != second[0]
    assert first[1] != second[1]
    box = window_on_crop.workspace.layers.findChild(LookBox)
    assert named(box, QComboBox, "Colours").currentData() == "viridis"
    assert named(box, QComboBox, "Stretch").currentData() == GIVEN
    low, high = box.findChildren(QDoubleSpinBox)
    assert (low.value(), high.value()) == (0.0, 0.6)
    high.setValue(0.5)
    assert canvas.session.looks.look(composite).high == (0.5,)
    high.setValue(-1)  # below the lowest: refused, the old one stays
    assert high.value() == 0.5


def test_looks_come_back_with_the_project(window_on_crop: MainWindow, until: Callable) -> None:  # type: ignore[type-arg]
    canvas = canvas_of(window_on_crop)
    path = canvas.session.path
    gamma = named(window_on_crop.workspace.layers, QSlider, "Gamma")
    gamma.setFocus()
    QTest.keyClick(gamma, Qt.Key.Key_Right)
    until(lambda: canvas.session.looks.look(canvas.composite).gamma > 1)
    chosen = canvas.session.looks.look(canvas.composite)
    limit(canvas, 0.4, 1.0, until)
    window_on_crop.actions_by_name["close"].trigger()
    window_on_crop.open_project(path)
    wait_for_tile(window_on_crop, until)
    canvas = canvas_of(window_on_crop)
    assert canvas.session.looks.look(canvas.composite) == chosen
    assert canvas.active_tile.limit is not None
    drag(canvas, [(0.1, 0.4), (0.9, 0.4)])
    assert not labels_of(canvas)[:, SIDE // 2 :].any()
    assert labels_of(canvas).any()


@pytest.mark.parametrize("rewritten", [False, True])
def test_the_stretch_is_measured_once_for_a_file_that_stays_as_it_is(
    window_on_crop: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    rewritten: bool,
) -> None:
    canvas = canvas_of(window_on_crop)
    canvas.session.looks.set_look(canvas.composite, Look(PERCENTILES))
    until(lambda: canvas.repaint() or canvas.stretch() is not None)
    path, measured = canvas.session.path, canvas.stretch()
    scene = Path(canvas.session.scenes[canvas.scene_id].path)
    window_on_crop.close_project()
    if rewritten:
        with rasterio.open(scene, "r+") as file:
            file.write(file.read() // 2)
    window_on_crop.open_project(path)
    until(lambda: window_on_crop.workspace.canvas.active is not None)
    canvas = canvas_of(window_on_crop)
    if not rewritten:
        assert canvas.stretch() == measured, "nobody waits for it"
    until(lambda: canvas.stretch() is not None)
    assert (canvas.stretch() == measured) is not rewritten


def on_screen(canvas: CanvasView, until: Callable) -> np.ndarray:  # type: ignore[type-arg]
    """What the canvas draws in the middle of each pixel of the Tile, (SIDE, SIDE, 3)."""
    until(lambda: canvas.repaint() or (canvas.is_complete() and canvas.stretch() is not None))
    canvas.set_peeking(True)
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    canvas.set_peeking(False)
    places = [(np.arange(SIDE) + 0.5) / SIDE] * 2
    colours = [[image.pixelColor(place(canvas, x, y)).getRgb()[:3] for x in places[0]] for y in places[1]]
    return np.array(colours)


def seen_by_tools(canvas: CanvasView) -> np.ndarray:
    """(height, width, 3) uint8."""
    return np.moveaxis(canvas.host.colours().plain, 0, 2)


@pytest.mark.parametrize(
    ("key", "look"),
    [
        ("natural", Look()),
        ("natural", Look(GIVEN, (40.0,) * 3, (51.0,) * 3, gamma=2.0)),
        ("natural", Look("min max", gamma=0.5)),
        ("ndvi", Look(GIVEN, (0.0,), (0.6,), colours="viridis")),
        ("band_4", Look(gamma=1.5, colours="magma")),
    ],
)
def test_tools_see_the_colours_on_the_screen(
    window_on_crop: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    key: str,
    look: Look,
) -> None:
    canvas = canvas_of(window_on_crop)
    canvas.set_state(composite_key=key, show_grid=False)
    canvas.session.looks.set_look(canvas.composite, look)
    early = seen_by_tools(canvas)  # the stretch may still be measured
    shown = on_screen(canvas, until)[2:-10, 2:-2]  # without the frame, and where there is no data
    assert np.abs(seen_by_tools(canvas)[2:-10, 2:-2].astype(int) - shown).max() <= 1
    assert np.array_equal(early, seen_by_tools(canvas)), "before the canvas knows its stretch, too"


def test_the_fill_takes_what_looks_alike_in_the_stretch_on_the_screen(
    window_on_crop: MainWindow,
    until: Callable,  # type: ignore[type-arg]
) -> None:
    canvas, looks = canvas_of(window_on_crop), canvas_of(window_on_crop).session.looks
    canvas.set_state(composite_key="band_4")
    canvas.tools.choose("fill")
    crop = SIDE // 2
    drag(canvas, [(0.25, 0.3)])
    assert (labels_of(canvas)[:-8] == 1).sum() == crop * (SIDE - 8), "crop and ground are as unlike as black and white"
    canvas.session.undo(canvas.active.tile_id)
    looks.set_look(canvas.composite, Look(GIVEN, (0.0,), (40.0,)))  # all of it is white now
    drag(canvas, [(0.25, 0.3)])
    assert (labels_of(canvas)[:-8] == 1).all()
    canvas.session.undo(canvas.active.tile_id)
    looks.set_look(canvas.composite, Look(GIVEN, (-2000.0,), (2000.0,)))  # and all of it nearly the same grey
    drag(canvas, [(0.25, 0.3)])
    assert (labels_of(canvas)[:-8] == 1).all()
    canvas.session.undo(canvas.active.tile_id)
    looks.reset_look(canvas.composite)
    until(lambda: canvas.repaint() or canvas.stretch() is not None)
    canvas.look_at(SIDE / 4, SIDE / 4, canvas.height() / 20)  # only crop, whose noise is then all there is to see
    window_on_crop.actions_by_name["stretch"].trigger()
    until(lambda: looks.look(canvas.composite).method == GIVEN)
    canvas.fit_tile()
    drag(canvas, [(0.25, 0.3)])
    assert 0 < (labels_of(canvas) == 1).sum() < crop * (SIDE - 8)


def test_a_scene_that_does_not_answer_is_not_painted_outside_the_range(
    window_on_crop: MainWindow,
    until: Callable,  # type: ignore[type-arg]
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where the valid pixels are still being read, neither they nor the range are known: nothing is painted."""
    canvas, answers = canvas_of(window_on_crop), Event()
    real, tile_id = active_tile.read_valid_pixels, canvas.active.tile_id

    def slow(*arguments: Any) -> Any:
        answers.wait(60)
        return real(*arguments)

    monkeypatch.setattr(active_tile, "read_valid_pixels", slow)
    canvas.activate_tile(tile_id)
    limit(canvas, 0.4, 1.0, until)
    try:
        with monkeypatch.context() as impatient:
            impatient.setattr(held_press, "_PATIENCE_S", 0.2)
            drag(canvas, [(0.1, 0.5), (0.9, 0.5)])
            assert not labels_of(canvas).any()
            assert window_on_crop.workspace.notices.text == "This tile is still being read. Try again in a moment."
            window_on_crop.actions_by_name["fill unlabeled"].trigger()
            until(lambda: not canvas.holds_press)
            assert not labels_of(canvas).any()
    finally:
        answers.set()
    until(lambda: canvas.active_tile._validity.state.is_final)
    drag(canvas, [(0.1, 0.5), (0.9, 0.5)])
    assert labels_of(canvas)[:, : SIDE // 2].any()
    assert not labels_of(canvas)[:, SIDE // 2 :].any()


@pytest.mark.parametrize("name", ["Stretch", "Value that decides"])
def test_an_open_list_stays_open_under_the_hand(window_on_crop: MainWindow, until: Callable, name: str) -> None:  # type: ignore[type-arg]
    """The tool's size, the class, the composite may change meanwhile: a key does."""
    canvas = canvas_of(window_on_crop)
    limit(canvas, 0.4, 1.0, until)
    box = named(window_on_crop, QComboBox, name)
    filled = []
    box.model().rowsInserted.connect(lambda *_: filled.append(box.count()))
    box.showPopup()
    box.view().setCurrentIndex(box.model().index(1, 0))
    canvas.tools.set_diameter("brush", 33)
    canvas.choose_class(2)
    assert box.view().isVisible()
    assert box.view().currentIndex().row() == 1
    assert not filled
    box.hidePopup()
