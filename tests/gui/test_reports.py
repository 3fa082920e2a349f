"""The model report and the label review in the window, with real models, clicks and keys."""

from __future__ import annotations

import math
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any

import numpy as np
import pytest
import rasterio
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMessageBox,
    QProgressBar,
    QRadioButton,
    QTabWidget,
    QWidget,
)

import gui.main_window
from core.geometry import Rect
from core.jobs import Job, JobState, Priority
from core.learning.intervals import Estimate
from core.learning.rival import Ahead, MapScores
from core.learning.settings import TrainingSettings
from core.report.areas import AreaReport, ClassArea, SceneArea
from core.session import Session
from core.text import text
from gui import file_dialogs
from gui.canvas.edges import edges
from gui.dialogs.export import ExportDialog
from gui.dialogs.model_report import ModelReportDialog
from gui.dialogs.report_pages import AreasPage, ComparePage, CurvePage, Page, RoundsPlot, ScoresPage
from gui.dialogs.report_table import Table
from gui.elided import ElidedLabel
from gui.main_window import MainWindow
from gui.panels.review import ReviewPanel
from gui.start_page import StartPage
from gui.theme import current_theme
from tests.core.projects import add_flat_rounds, done, paint_rect
from tests.core.test_kept_models import opened, painted_project
from tests.gui.finding import button, named, words_in
from tests.gui.waiting import run_what_is_due, wait_for_tile, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
WRONG = Rect(20, 40, 30, 14)
_BACK = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with two models, and two wrong strokes."""
    folder = tmp_path_factory.mktemp("report")
    project = painted_project(folder / "field", 8)
    with opened(project) as session:
        for seed in range(2):
            settings = TrainingSettings(max_steps=2, crop_px=64, batch_size=2, threads=1, seed=seed)
            done(session, session.train(settings))
        for tile_id in list(session.tiles)[1:3]:
            labels = session.mask(tile_id).labels[WRONG.slices]
            paint_rect(session, tile_id, WRONG, 2 if (labels == 1).mean() > 0.5 else 1)
    return project


@pytest.fixture
def shown(window: MainWindow, until: Until, prepared: Path, request: pytest.FixtureRequest) -> MainWindow:
    """The window on a copy of it, beside the scenes."""
    own = prepared.with_name(f"{request.node.name}.fieldbrush")
    shutil.copy(prepared, own)
    return open_copy(window, until, own)


def open_copy(window: MainWindow, until: Until, project: Path) -> MainWindow:
    window.open_project(project)
    wait_for_tile(window, until)
    until(lambda: session_of(window).forecasts.model is not None)
    return window


def session_of(window: MainWindow) -> Session:
    assert window.workspace is not None
    return window.workspace.session


def models_in(dialog: ModelReportDialog) -> QListWidget:
    return named(dialog, QListWidget, "Models")


def open_page(dialog: ModelReportDialog, kind: type[Page]) -> None:
    dialog.findChild(QTabWidget).setCurrentWidget(dialog.findChild(kind))


def found_in(panel: ReviewPanel) -> QListWidget:
    return named(panel, QListWidget, "Places to look at")


def panel_of(window: MainWindow) -> ReviewPanel:
    assert window.workspace is not None
    return window.workspace.review.panel


def test_the_pages_of_the_report_are_turned_with_keys(shown: MainWindow, until: Until) -> None:
    """Also from the list of models, where the keyboard is at first."""
    dialog = ModelReportDialog(session_of(shown), shown)
    dialog.show()
    dialog.activateWindow()
    until(dialog.isActiveWindow)
    dialog._models.setFocus()
    for keys, page in ((Qt.KeyboardModifier.ControlModifier, 1), (_BACK, 0), (_BACK, dialog._pages.count() - 1)):
        QTest.keyClick(dialog._models, Qt.Key.Key_Tab, keys)
        assert dialog._pages.currentIndex() == page
    dialog.reject()


def test_labels_that_are_written_say_that_predictions_follow(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def accept(dialog: ExportDialog) -> int:
        named(dialog, QLineEdit, "Folder").setText(str(tmp_path / "maps"))
        return 1

    monkeypatch.setattr(ExportDialog, "exec", accept)
    said: list[str] = []
    show_hint = shown.workspace.notices.show_hint
    monkeypatch.setattr(
        shown.workspace.notices, "show_hint", lambda text, **more: (said.append(text), show_hint(text, **more))
    )
    shown.actions_by_name["export"].trigger()
    until(lambda: len(said) == 2)
    assert "Predictions are still being written" in said[0]
    assert "still" not in said[1]
    assert "The map was made by" in said[1]
    assert list((tmp_path / "maps").glob("*_prediction.tif"))
    rasters_and_areas = [path for path in (tmp_path / "maps").iterdir() if path.suffix in (".tif", ".gpkg")]
    counts = [int(sentence.split()[0]) for sentence in said]
    assert 0 < counts[0] < counts[1] == len(rasters_and_areas), "those of both are counted"


def test_an_export_says_what_it_wrote_and_which_scenes_it_left_out(
    window: MainWindow, until: Until, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In one sentence, which stays until it is closed: who comes back later must not take the files for all."""
    shown = open_copy(window, until, Path(shutil.copytree(prepared.parent, tmp_path / "field")) / prepared.name)
    lost = Path(session_of(shown).scenes[5].path)
    lost.unlink()

    def accept(dialog: ExportDialog) -> int:
        named(dialog, QLineEdit, "Folder").setText(str(tmp_path / "maps"))
        return 1

    monkeypatch.setattr(ExportDialog, "exec", accept)
    notices = shown.workspace.notices
    shown.actions_by_name["export"].trigger()
    until(lambda: "The map was made by" in notices.text)
    assert notices.text.startswith("35 file(s) written to")
    assert notices.text.endswith(
        f". Scenes that cannot be read were left out: {lost.name}."
        " Check whether they were moved or their drive is missing."
    )
    assert notices._timer.remainingTime() > 600_000


def test_a_training_says_which_scenes_it_left_out(
    window: MainWindow, until: Until, prepared: Path, tmp_path: Path
) -> None:
    shown = open_copy(window, until, Path(shutil.copytree(prepared.parent, tmp_path / "field")) / prepared.name)
    session = session_of(shown)
    Path(session.scenes[5].path).unlink()
    session.train(TrainingSettings(max_steps=2, crop_px=64, batch_size=2, threads=1))
    until(lambda: session.forecasts.version == 3)
    until(lambda: "left out: 4.tif" in shown.workspace.notices.text)


def test_the_report_of_a_model_and_a_comparison_say_which_scenes_they_lack(
    window: MainWindow, until: Until, prepared: Path, tmp_path: Path
) -> None:
    shown = open_copy(window, until, Path(shutil.copytree(prepared.parent, tmp_path / "field")) / prepared.name)
    Path(session_of(shown).scenes[5].path).unlink()
    dialog = ModelReportDialog(session_of(shown), shown)
    dialog.show()
    until(button(dialog, "Save report…").isEnabled)
    assert "left out: 4.tif" in words_in(dialog.findChild(ScoresPage))
    open_page(dialog, ComparePage)
    until(named(dialog, Table, "Scores side by side").isVisible)
    assert "left out: 4.tif" in words_in(dialog.findChild(ComparePage))
    assert named(dialog, Table, "Differing pixels by scene").rowCount() == 7
    dialog.reject()


def test_an_export_does_not_say_that_there_is_no_model_while_one_is_being_loaded(
    app: QApplication, prepared: Path
) -> None:
    own = prepared.with_name("loading.fieldbrush")
    shutil.copy(prepared, own)
    with opened(own) as session:
        dialog = ExportDialog(session)
        dialog.show()
        predictions = dialog.findChildren(QCheckBox)[1]
        assert predictions.text() == "Prediction and doubt of every scene (the model is still being loaded)"
        assert (predictions.isEnabled(), dialog.by) == (False, None)
        while session.pending("load") is not None:
            session.inbox.run_next(0.1)
        assert predictions.text() == "Prediction and doubt of every scene"
        assert (predictions.isEnabled(), predictions.isChecked()) == (True, True)
        assert {maker.text().split(":")[0] for maker in makers_in(dialog)} == {"Model 2", "Pixel classifier"}
        run_what_is_due()
        assert all(maker.height() >= maker.sizeHint().height() for maker in makers_in(dialog)), "there is room for them"
        dialog.reject()
        dialog.deleteLater()


KNOWN = MapScores(model=0.515, classifier=0.754, tiles=8)


def export_dialog(window: MainWindow, ahead: Ahead) -> ExportDialog:
    session_of(window).forecasts.classifier_is_ahead = ahead
    dialog = ExportDialog(session_of(window), window)
    assert dialog.testAttribute(Qt.WidgetAttribute.WA_Resized), "else Qt gives it two thirds of the screen at most"
    dialog.show()
    return dialog


def makers_in(dialog: ExportDialog) -> list[QRadioButton]:
    """From top to bottom."""
    return [maker for maker in dialog.findChildren(QRadioButton) if not maker.isHidden()]


def click_on(button: QRadioButton | QCheckBox) -> None:
    """On what is written there, as a person does."""
    QTest.mouseClick(button, Qt.MouseButton.LeftButton, pos=QPoint(30, button.height() // 2))


def test_an_export_says_who_makes_the_map_and_lets_one_choose(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = export_dialog(shown, Ahead(with_scribbles=True, alone=True, maps=KNOWN))
    first, second = makers_in(dialog)
    flips = button(dialog, "Average over four mirrored views: four times as long")
    assert first.text() == "Pixel classifier: IoU 0.75 on 8 tile(s) held out"
    assert second.text() == "Model 2: IoU 0.52 on 8 tile(s) held out"
    assert (first.isChecked(), dialog.by) == (True, 0), "the better one"
    assert not flips.isEnabled(), "it has no mirrored views"
    assert "The scene has" not in words_in(dialog), "the same colours"
    click_on(second)
    assert dialog.by == 2
    assert "The scene has the pixel classifier's colours, the map the model's." in words_in(dialog)
    wait_until_laid_out(dialog)
    parts = [part for part in dialog.findChildren(QWidget) if part.isVisible()]
    assert [part for part in parts if part.height() < part.minimumSizeHint().height()] == [], "the words make room"
    click_on(flips)
    assert dialog.wants_flips
    click_on(first)
    assert (dialog.by, dialog.wants_flips) == (0, False)
    click_on(button(dialog, "Prediction and doubt of every scene"))
    assert not first.isEnabled()
    dialog.reject()
    dialog.deleteLater()


def test_the_better_map_is_not_always_that_of_the_better_overlay(shown: MainWindow) -> None:
    dialog = export_dialog(shown, Ahead(with_scribbles=True, alone=False, maps=KNOWN._replace(classifier=0.4)))
    assert makers_in(dialog)[0].text() == "Model 2: IoU 0.52 on 8 tile(s) held out"
    assert dialog.by == 2
    assert "with strokes on a tile it does better, without them the model does" in words_in(dialog)
    dialog.reject()
    dialog.deleteLater()
    dialog = export_dialog(shown, Ahead(with_scribbles=True, alone=False))
    assert dialog.by == 2
    assert "the map the model's: nobody has measured which is better" in words_in(dialog)
    dialog.reject()
    dialog.deleteLater()


@pytest.mark.parametrize("by", [0, 2])
def test_the_map_that_was_chosen_is_written(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by: int
) -> None:
    """With real clicks, from the command to the file's tag."""
    session = session_of(shown)
    session.forecasts.classifier_is_ahead = Ahead(with_scribbles=True, alone=True, maps=KNOWN)

    def choose() -> None:
        dialog = shown.findChild(ExportDialog)
        named(dialog, QLineEdit, "Folder").setText(str(tmp_path / "maps"))
        click_on(button(dialog, "Labels (8 painted tile(s))"))
        click_on(makers_in(dialog)[1 if by else 0])
        QTest.mouseClick(button(dialog, "Export"), Qt.MouseButton.LeftButton)

    QTimer.singleShot(300, choose)
    shown.actions_by_name["export"].trigger()
    until(lambda: len(list((tmp_path / "maps").glob("*_prediction.gpkg"))) == len(session.scenes))
    until(lambda: session.pending(f"export predictions to {tmp_path / 'maps'}") is None)
    for path in (tmp_path / "maps").glob("*_prediction.tif"):
        with rasterio.open(path) as file:
            assert file.tags()["FIELDBRUSH_SOURCE"] == ("model 2" if by else "pixel classifier")


@pytest.mark.parametrize("is_classifiers", [False, True])
def test_a_training_that_ends_while_the_export_is_prepared_brings_its_model_there(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_classifiers: bool
) -> None:
    """As one that began by itself does. What is chosen stays, and can be exported."""
    session = session_of(shown)

    def choose_and_wait(dialog: ExportDialog) -> int:
        named(dialog, QLineEdit, "Folder").setText(str(tmp_path / "maps"))
        dialog.show()
        places = [maker.text().split(":")[0] for maker in makers_in(dialog)]
        assert sorted(places) == ["Model 2", "Pixel classifier"]
        click_on(makers_in(dialog)[places.index("Pixel classifier" if is_classifiers else "Model 2")])
        session.train(TrainingSettings(max_steps=2, crop_px=64, batch_size=2, threads=1))
        until(lambda: session.forecasts.version == 3)
        now = [maker.text().split(":")[0] for maker in makers_in(dialog)]
        assert now == [place.replace("Model 2", "Model 3") for place in places], "nothing moves under the hand"
        assert dialog.by == (0 if is_classifiers else 3)
        dialog.accept()
        return 1

    monkeypatch.setattr(ExportDialog, "exec", choose_and_wait)
    shown.actions_by_name["export"].trigger()
    until(lambda: session.pending(f"export predictions to {tmp_path / 'maps'}") is None)
    for path in (tmp_path / "maps").glob("*_prediction.tif"):
        with rasterio.open(path) as file:
            assert file.tags()["FIELDBRUSH_SOURCE"] == ("pixel classifier" if is_classifiers else "model 3")
    assert len(list((tmp_path / "maps").glob("*_prediction.tif"))) == len(session.scenes)


def test_without_a_training_the_pixel_classifier_makes_map_and_report(open_window: MainWindow, until: Until) -> None:
    session = session_of(open_window)
    assert not session.maps.choices(), "nobody could make a map"
    tile = next(iter(session.tiles))
    paint_rect(session, tile, Rect(0, 0, 20, 20), 1)
    paint_rect(session, tile, Rect(0, 30, 20, 20), 2)
    until(session.maps.choices)
    dialog = ExportDialog(session, open_window)
    assert [maker.text() for maker in makers_in(dialog)] == ["Pixel classifier: not scored yet"]
    assert dialog.by == 0
    dialog.deleteLater()


def test_the_model_report_shows_what_the_pixel_classifier_is_worth_and_its_areas(
    shown: MainWindow, until: Until
) -> None:
    session = session_of(shown)
    session.forecasts.classifier_is_ahead = Ahead(with_scribbles=True, alone=True, maps=KNOWN)
    dialog = ModelReportDialog(session, shown)
    dialog.show()
    models = models_in(dialog)
    assert models.item(0).text() == "Pixel classifier · makes the map\n8 tile(s)"
    assert models.currentRow() == 1, "the one in use, as before"
    QTest.mouseClick(models.viewport(), Qt.MouseButton.LeftButton, pos=models.visualItemRect(models.item(0)).center())
    assert models.currentRow() == 0
    assert not any(button(dialog, words).isEnabled() for words in ("Use this model", "Export…", "Delete"))
    save, scores = button(dialog, "Save report…"), dialog.findChild(ScoresPage)
    until(save.isEnabled)
    assert "all paint has taught" in words_in(scores)
    assert named(dialog, Table, "Scores by class").isVisible()
    open_page(dialog, AreasPage)
    until(named(dialog, Table, "Areas of all scenes").isVisible)
    open_page(dialog, CurvePage)
    assert "learns from every stroke" in words_in(dialog.findChild(CurvePage))
    assert not dialog.findChild(RoundsPlot).isVisible()
    models.setCurrentRow(row_of(dialog, 2))
    until(save.isEnabled)
    assert "all paint has taught" not in words_in(scores)
    assert dialog.findChild(RoundsPlot).isVisible()
    dialog.reject()
    until(lambda: not session.compute.active())


def test_a_model_is_imported_though_another_one_is_looked_at_meanwhile(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, held = session_of(shown), Event()
    file, _ = session.models.exporting(1, tmp_path / "model.safetensors")()
    monkeypatch.setattr(file_dialogs, "ask_file", lambda *_: str(file))
    dialog = ModelReportDialog(session, shown)
    session.compute.submit(text("Held up"), lambda _: held.wait(60), Priority.VISIBLE)
    button(dialog, "Import…").click()
    models_in(dialog).setCurrentRow(1)
    dialog.reject()
    held.set()
    until(lambda: session.pending("import model") is None)
    assert [kept.version for kept in session.models.kept()] == [3, 2, 1]


def test_queue_and_model_panel_look_ahead_once_when_that_may_have_changed_and_not_at_every_stroke(
    shown: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, verdict = session_of(shown), shown.workspace.training.curve_and_verdict.verdict
    add_flat_rounds(session)
    session.set_budget("tiles", 30)
    assert "hardly help" in verdict.text()
    asked = []
    monkeypatch.setattr(session.models, "outlook", lambda tiles: asked.append(tiles))
    paint_rect(session, next(iter(session.painted)), WRONG, 1)
    assert not asked
    assert "hardly help" in verdict.text()
    session.set_budget("tiles", 31)
    assert len(asked) == 1
    assert "hardly help" not in verdict.text()


def test_with_five_tiles_labeled_the_panel_does_not_ask_for_five(shown: MainWindow) -> None:
    session, verdict = session_of(shown), shown.workspace.training.curve_and_verdict.verdict
    model, tiles = session.forecasts.model, list(session.painted)

    def learned_from(*tile_ids: int) -> str:
        card = replace(model.card, training_tiles=tile_ids, validation_tiles=(), scores=None)
        session.forecasts.model = replace(model, card=card)
        shown.workspace.training.refresh()
        return verdict.text()

    assert "Enough tiles are labeled: the next training can show how good it is." in learned_from(*tiles[:4])
    assert "Label more tiles to see how good it is." in learned_from(*tiles)
    for tile_id in tiles[4:]:
        while tile_id in session.painted:
            session.undo(tile_id)
    assert "Label five tiles or more to see how good it is." in learned_from(*tiles[:4])


@pytest.mark.parametrize("ahead", [True, False])
def test_the_report_says_where_the_scene_has_other_colours_than_the_model_in_use(
    shown: MainWindow, ahead: bool
) -> None:
    session = session_of(shown)
    session.forecasts.classifier_is_ahead = Ahead(with_scribbles=ahead, alone=ahead)
    dialog = ModelReportDialog(session, shown)
    dialog.show()
    words = [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()]
    assert any("pixel classifier's colours until the model is better" in text for text in words) == ahead
    dialog.reject()
    dialog.deleteLater()


def row_of(dialog: ModelReportDialog, version: int) -> int:
    models = models_in(dialog)
    return next(row for row in range(models.count()) if models.item(row).data(Qt.ItemDataRole.UserRole) == version)


def test_the_report_shows_scores_curve_areas_and_a_comparison(shown: MainWindow, until: Until) -> None:
    dialog = ModelReportDialog(session_of(shown), shown)
    dialog.show()
    assert models_in(dialog).count() == 3, "two models, and the pixel classifier"
    line = models_in(dialog).item(row_of(dialog, 2)).text()
    assert "in use" in line
    assert "IoU 0." in line
    assert line.endswith("when trained")
    until(button(dialog, "Save report…").isEnabled)
    assert named(dialog, Table, "Scores by class").rowCount() == 3
    assert "An interval needs five tiles" in words_in(dialog.findChild(ScoresPage))
    assert dialog.findChild(RoundsPlot).accessibleDescription()
    open_page(dialog, AreasPage)
    until(named(dialog, Table, "Areas of all scenes").isVisible)
    assert "ha" in named(dialog, Table, "Areas of all scenes").horizontalHeaderItem(1).text()
    assert named(dialog, Table, "Areas by scene").rowCount() == 8
    open_page(dialog, ComparePage)
    until(named(dialog, Table, "Scores side by side").isVisible)
    assert named(dialog, Table, "Differing pixels by scene").rowCount() == 8
    assert "Too few tiles to tell" in words_in(dialog.findChild(ComparePage))
    dialog.reject()


@pytest.mark.usefixtures("app")
def test_the_areas_of_the_window_show_a_rare_class() -> None:
    rare, common = Estimate(0.00214, 0.0007, 0.0131, 8), Estimate(12.3, 11.9, 12.8, 8)
    scene = SceneArea("a.tif", {1: 9_000_000, 2: 1500}, {1: 12.345, 2: 0.00208}, {1: common, 2: rare})
    classes = (ClassArea(1, 12.345, common), ClassArea(2, 0.00208, rare))
    page = AreasPage()
    whole, scenes = (named(page, Table, name) for name in ("Areas of all scenes", "Areas by scene"))
    page.show_areas(AreaReport((scene,), classes, "ha", ()), {1: "maize", 2: "water"})
    assert texts_of(whole) == [
        ["maize", "12.35", "12.30", "11.90 … 12.80"], ["water", "0.0021", "0.0021", "0.00070 … 0.013"]
    ]  # fmt: skip
    assert texts_of(scenes) == [["a.tif", "12.35", "0.0021"]]
    unlearned = replace(scene, unlearned=frozenset({2}))
    classes = (classes[0], ClassArea(2, math.nan, Estimate(math.nan)))
    page.show_areas(AreaReport((unlearned,), classes, "ha", ()), {1: "maize", 2: "water"})
    assert texts_of(whole)[1] == ["water", "not learned", "–", "–"]
    assert texts_of(scenes) == [["a.tif", "12.35", "–"]]
    classes = (classes[0], ClassArea(2, 0.00208, Estimate(math.nan)))
    page.show_areas(AreaReport((scene,), classes, "ha", ()), {1: "maize", 2: "water"})
    assert texts_of(whole)[1] == ["water", "0.0021", "not checked", "–"]
    page.deleteLater()


def texts_of(table: Table) -> list[list[str]]:
    return [
        [table.item(row, column).text() for column in range(table.columnCount())] for row in range(table.rowCount())
    ]


def test_going_back_exporting_and_importing(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = session_of(shown)
    dialog = ModelReportDialog(session, shown)
    dialog.show()
    assert not button(dialog, "Use this model").isEnabled(), "the leading model is in use already"
    models_in(dialog).setCurrentRow(row_of(dialog, 1))
    QTest.mouseClick(button(dialog, "Use this model"), Qt.MouseButton.LeftButton)
    until(lambda: session.forecasts.version == 1)
    until(lambda: "in use" in models_in(dialog).item(row_of(dialog, 1)).text())
    target = tmp_path / "mine.safetensors"
    monkeypatch.setattr(file_dialogs, "ask_new_file", lambda *_: str(target))
    real, writers = Path.write_bytes, []

    def watched(path: Path, content: bytes) -> int:
        writers.append(threading.current_thread())
        return real(path, content)

    with monkeypatch.context() as watching:
        watching.setattr(Path, "write_bytes", watched)
        QTest.mouseClick(button(dialog, "Export…"), Qt.MouseButton.LeftButton)
    assert target.exists()
    assert writers
    assert threading.main_thread() not in writers, "on a slow drive the window would stand still"
    monkeypatch.setattr(file_dialogs, "ask_file", lambda *_: str(target))
    QTest.mouseClick(button(dialog, "Import…"), Qt.MouseButton.LeftButton)
    until(lambda: session.forecasts.version == 3)
    assert models_in(dialog).count() == 4
    (tmp_path / "bad.safetensors").write_bytes(b"nonsense")
    until(lambda: not dialog._waiting)
    monkeypatch.setattr(file_dialogs, "ask_file", lambda *_: str(tmp_path / "bad.safetensors"))
    QTest.mouseClick(button(dialog, "Import…"), Qt.MouseButton.LeftButton)
    until(lambda: "not a model" in words_in(dialog.findChild(ScoresPage)))
    monkeypatch.setattr(QMessageBox, "question", lambda *_: QMessageBox.StandardButton.Yes)
    models_in(dialog).setCurrentRow(row_of(dialog, 1))
    QTest.mouseClick(button(dialog, "Delete"), Qt.MouseButton.LeftButton)
    assert models_in(dialog).count() == 3
    until(button(dialog, "Save report…").isEnabled)
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(tmp_path / "saved"))
    writers.clear()
    with monkeypatch.context() as watching:
        watching.setattr(Path, "write_bytes", watched)
        QTest.mouseClick(button(dialog, "Save report…"), Qt.MouseButton.LeftButton)
    assert (tmp_path / "saved" / "report.html").exists()
    assert writers
    assert threading.main_thread() not in writers, "on a slow drive the window would stand still"
    dialog.reject()
    until(lambda: not session.compute.active())


@pytest.mark.usefixtures("themes")
def test_a_table_of_scores_with_their_ranges_fits_beside_the_models_on_half_a_screen() -> None:
    scores = "0.81  (0.74 … 0.86)"
    table = Table("scores")
    table.fill(["", "IoU", "F1", "Precision", "Tref\u00adfer"], [["unhealthy", *(scores for _ in range(4))]])
    table.resize(369, 200)  # as much as the pages have there in German
    table.show()
    wait_until_laid_out(table)
    assert table.horizontalScrollBar().maximum() == 0
    assert table.item(0, 1).text() == "0.81\n0.74–0.86"
    assert table.item(0, 1).toolTip() == scores
    assert table.columnWidth(1) >= table.sizeHintForColumn(1)
    assert table.columnWidth(0) >= table.sizeHintForColumn(0)
    assert table.rowHeight(0) >= table.sizeHintForRow(0)
    assert [table.horizontalHeaderItem(column).text() for column in (1, 4)] == ["IoU", "Tref-\nfer"]

    table.resize(680, 200)
    wait_until_laid_out(table)
    assert table.item(0, 1).text() == scores
    assert table.horizontalHeaderItem(4).text() == "Treffer"
    table.close()


@pytest.mark.usefixtures("themes")
def test_a_table_of_many_classes_scrolls_and_its_bar_covers_no_row() -> None:
    table = Table("confusion")
    names = [f"class {number}" for number in range(12)]
    table.fill(["Painted ↓  Predicted →", *names], [[name, *("8.3 %" for _ in names)] for name in names])
    table.resize(369, 200)
    table.show()
    wait_until_laid_out(table)
    assert table.horizontalScrollBar().maximum() > 0
    last = table.visualItemRect(table.item(len(names) - 1, 0))
    assert table.viewport().rect().bottom() >= last.bottom()
    table.close()


def report_that_waits(window: MainWindow, until: Until) -> Job[Any]:
    """The job of a field report that has been asked for, paused before it could end."""
    session, begun = session_of(window), Event()
    session.compute.submit(text("Held up"), lambda _: begun.wait(60), Priority.VISIBLE)
    window.actions_by_name["export report"].trigger()
    job = next(job for job in session.work_under_way() if str(job.key).startswith("export report"))
    job.pause()
    begun.set()
    until(lambda: job.state is JobState.PAUSED)
    return job


def begin_export(window: MainWindow, until: Until, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Job[Any]:
    """A field report's job, which waits."""
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(folder))
    monkeypatch.setattr(gui.main_window, "_LONG_MS", 600_000)  # what is said of it is there when a test looks
    until(lambda: not session_of(window).compute.active())
    return report_that_waits(window, until)


def answering(words: str, act: Callable[[], object]) -> str:
    """What is asked while `act` goes on, when the button with these words is clicked; nothing where nobody asks."""
    asked: list[str] = []

    def click() -> None:
        box = QApplication.activeModalWidget()
        if isinstance(box, QMessageBox):
            asked.append(f"{box.text()} {box.informativeText()}")
            next(button for button in box.buttons() if button.text() == words).click()

    timer = QTimer()
    timer.timeout.connect(click)
    timer.start(20)
    act()
    run_what_is_due()  # the timer, too, for which there is nothing more to click
    timer.stop()
    assert len(asked) <= 1, "one is asked once"
    return "".join(asked)


def test_an_export_that_closing_gives_up_is_told_on_the_start_page(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin_export(shown, until, tmp_path, monkeypatch)
    path = session_of(shown).path
    close = shown.actions_by_name["close"].trigger
    assert "not finished" in answering("Keep exporting", close)
    assert shown.workspace is not None
    assert "not finished" in answering("Close and stop the export", close)
    until(lambda: "not finished" in shown.start_notices.text)

    shown.open_project(path)
    assert shown.workspace is not None
    assert answering("Keep exporting", close) == "", "nothing was being written"
    until(lambda: any(page.isVisible() for page in shown.findChildren(StartPage)))
    assert not shown.start_notices.isVisible(), "nothing was being written"


def test_quitting_asks_before_it_gives_an_export_up(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin_export(shown, until, tmp_path, monkeypatch)
    asked = answering("Keep exporting", shown.actions_by_name["quit"].trigger)
    assert "not finished" in asked
    assert str(tmp_path) in asked, "who waits is not told where the files are when they are there"
    assert shown.isVisible()
    job.resume()
    until(lambda: "written to" in shown.workspace.notices.text)

    begin_export(shown, until, tmp_path, monkeypatch)
    assert "not finished" in answering("Close and stop the export", shown.close)
    assert not shown.isVisible()
    assert shown.workspace is None


def close_while_it_ends(window: MainWindow, job: Job[Any]) -> str:
    """What is asked when the project is closed and the job, which waits, goes on to its end meanwhile."""
    asked: list[str] = []

    def go_on() -> None:
        box = QApplication.activeModalWidget()
        assert isinstance(box, QMessageBox)
        asked.append(box.informativeText())
        QTimer.singleShot(60_000, box, partial(give_up, box))
        job.resume()

    def give_up(box: QMessageBox) -> None:
        asked.append("It stays.")
        box.reject()

    QTimer.singleShot(0, go_on)
    window.actions_by_name["close"].trigger()
    return "".join(asked)


def test_who_waits_for_the_end_of_an_export_has_the_project_closed_then(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin_export(shown, until, tmp_path, monkeypatch)
    assert "closes when the export is finished" in close_while_it_ends(shown, job)
    assert job.state is JobState.DONE
    assert shown.workspace is None
    assert not shown.start_notices.isVisible(), "nothing was lost"


def test_an_export_that_fails_while_one_waits_for_its_end_is_told_and_nothing_closed(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin_export(shown, until, tmp_path, monkeypatch)
    (tmp_path / f"{session_of(shown).path.stem} field report").touch()  # where its folder should be
    assert "It stays" not in close_while_it_ends(shown, job)
    assert job.state is JobState.FAILED
    assert shown.workspace is not None
    assert "not be written" in shown.workspace.notices.text


def test_the_end_of_the_desktops_session_asks_nothing_about_an_export(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a desktop can set what Qt says of its session."""
    begin_export(shown, until, tmp_path, monkeypatch)
    monkeypatch.setattr(QApplication, "isSavingSession", lambda _: True)
    assert answering("Keep exporting", shown.close) == ""
    assert shown.workspace is None


def test_opening_another_project_asks_before_it_gives_an_export_up_and_tells_it_there(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = begin_export(shown, until, tmp_path, monkeypatch)
    session = session_of(shown)
    other = session.path.with_name("other.fieldbrush")
    shutil.copy(session.path, other)
    assert "not finished" in answering("Keep exporting", lambda: shown.open_paths([other]))
    assert session_of(shown) is session
    assert not job.is_settled
    assert "not finished" in answering("Close and stop the export", lambda: shown.open_paths([other]))
    assert session_of(shown).path == other
    wait_for_tile(shown, until)
    assert f"The export of {session.path.stem} was not finished" in shown.workspace.notices.text


def test_the_field_report_is_one_command(
    shown: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session, bar = session_of(shown), shown.statusBar()
    cancel = button(bar, "Cancel")
    notices, opened_urls = shown.workspace.notices, []
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(tmp_path))
    monkeypatch.setattr(QDesktopServices, "openUrl", opened_urls.append)
    folder = tmp_path / f"{session.path.stem} field report"
    until(lambda: not session.compute.active())
    assert not cancel.isVisible()
    idle_height = bar.height()

    job = report_that_waits(shown, until)
    until(cancel.isVisible)
    wait_until_laid_out(shown)
    assert "field report" in words_in(bar)
    assert bar.height() == idle_height, "the picture over it stays where it is"
    assert cancel.height() == idle_height, "all of it can be hit"
    assert cancel.width() >= 2 * idle_height
    words, done = bar.findChild(ElidedLabel), named(bar, QProgressBar, "Progress")
    assert cancel.x() >= done.mapTo(bar, done.rect().topRight()).x() > words.mapTo(bar, QPoint()).x()
    notices.show_hint("2 files written. Predictions are still being written.", seconds=600)
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton, pos=QPoint(cancel.width() // 2, cancel.height() - 1))
    until(lambda: job.is_settled)
    assert not cancel.isVisible()
    assert notices.text == "The export has been cancelled."
    assert not folder.exists()

    shown.actions_by_name["export report"].trigger()
    until(lambda: "written to" in notices.text)
    assert notices.text.startswith("7 file")
    written = {path.name for path in folder.iterdir()}
    texts = {"report.html", "report.md", "scores.csv", "confusion.csv", "areas.csv"}
    assert written == {"report.pdf", *texts, "map.gpkg"}
    offer = button(notices, "Open folder")
    QTest.mouseClick(offer, Qt.MouseButton.LeftButton)
    assert [Path(url.toLocalFile()) for url in opened_urls] == [folder]
    assert not notices.isVisible()
    notices.show_hint("Something else.")
    assert not offer.isVisible()


def test_where_nobody_makes_a_map_the_field_report_says_so_before_it_asks_for_a_folder(open_window: MainWindow) -> None:
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    QTest.keyClick(open_window.workspace.canvas, Qt.Key.Key_E, control_shift)
    assert "Paint two classes" in open_window.workspace.notices.text


def test_the_review_has_the_ground_of_the_other_panels(shown: MainWindow) -> None:
    """The window's own separators lie below."""
    panel = panel_of(shown)
    shown._docks.raise_("review dock")
    picture = shown.grab(QRect(panel.mapTo(shown, QPoint(0, 0)), panel.size())).toImage()
    edges = ((2, 2), (picture.width() - 3, 2), (2, picture.height() - 3))
    assert {picture.pixel(*place) for place in edges} == {QColor(current_theme().panel).rgb()}


def test_walking_through_the_findings(shown: MainWindow, until: Until) -> None:
    session, panel = session_of(shown), panel_of(shown)
    assert shown.workspace is not None
    canvas = shown.workspace.canvas
    shown.actions_by_name["review"].trigger()
    until(lambda: session.review.findings is not None)
    findings = session.review.findings or []
    assert {finding.tile_id for finding in findings[:2]} == set(list(session.tiles)[1:3])
    assert found_in(panel).count() == len(findings)
    for row, finding in enumerate(findings):  # half a metre a pixel; it is what the order comes from, too
        square_metres = finding.area_px / 4
        area = f"{square_metres:.1f} m²" if square_metres < 100 else f"{square_metres / 10_000:.2f} ha"
        assert found_in(panel).item(row).text().endswith(f"\n{area}")
    assert not shown.workspace.review.outline.isVisible()

    assert QApplication.focusWidget() is found_in(panel)
    QTest.keyClick(found_in(panel), Qt.Key.Key_Down)
    assert found_in(panel).currentRow() == 0
    QTest.keyClick(found_in(panel), Qt.Key.Key_Return)
    first = findings[0]
    assert canvas.active is not None
    assert canvas.active.tile_id == first.tile_id
    assert session.tiles[first.tile_id].status.is_open, "Enter goes to the spot, it does not submit the tile"
    assert shown.workspace.review.outline.isVisible()
    middle = canvas.viewport.to_scene(canvas.rect().toRectF().center())
    centre = (first.rect.x + first.rect.width / 2, first.rect.y + first.rect.height / 2)
    assert np.allclose(middle, centre, atol=1.5)

    QTest.keyClick(found_in(panel), Qt.Key.Key_Delete)
    assert first not in (session.review.findings or [])
    second = panel.current
    assert second is findings[1], "keeping one goes on to the next"
    assert canvas.active.tile_id == second.tile_id

    QTest.mouseClick(button(panel, "Fix"), Qt.MouseButton.LeftButton)
    assert canvas.state.class_value == second.likely
    assert canvas.tool.name == "brush"
    name = {c.value: c.name for c in session.classes}[second.likely]
    assert shown.workspace.notices.text == f"The brush paints “{name}” now: paint over the outlined place."
    canvas.set_state(protect_painted=True)
    QTest.mouseClick(button(panel, "Fix"), Qt.MouseButton.LeftButton)
    assert shown.workspace.notices.text.startswith("Painted pixels are protected")
    paint_rect(session, second.tile_id, WRONG, second.likely)
    assert all(finding is not second for finding in session.review.findings or [])
    assert found_in(panel).count() == len(session.review.findings or [])


def test_only_who_chooses_a_finding_is_taken_to_it(shown: MainWindow, until: Until) -> None:
    session, panel = session_of(shown), panel_of(shown)
    assert shown.workspace is not None
    canvas = shown.workspace.canvas
    here = list(session.tiles)[3]  # nothing is wrong there
    shown.workspace.flow.go_to(here)
    QTest.keyClick(canvas, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    until(lambda: session.review.findings)
    assert QApplication.focusWidget() is found_in(panel)

    QTimer.singleShot(0, lambda: QTest.keyClick(QApplication.activeModalWidget(), Qt.Key.Key_Escape))
    QTest.keyClick(found_in(panel), Qt.Key.Key_F1)
    shown.activateWindow()  # as a window manager does
    until(lambda: QApplication.focusWidget() is found_in(panel))
    assert canvas.active is not None
    assert canvas.active.tile_id == here
    QTest.keyClick(found_in(panel), Qt.Key.Key_Down)
    assert canvas.active.tile_id == session.review.findings[0].tile_id

    shown.workspace.flow.go_to(here)
    assert not button(panel, "Keep").isEnabled()
    assert not button(panel, "Fix").isEnabled()
    count = len(session.review.findings)
    QTest.keyClick(found_in(panel), Qt.Key.Key_Delete)
    assert len(session.review.findings) == count, "nothing is kept unseen"
    paint_rect(session, session.review.findings[-1].tile_id, WRONG, 2)  # the list is made anew
    QTest.keyClick(found_in(panel), Qt.Key.Key_Return)
    assert canvas.active.tile_id == session.review.findings[0].tile_id
    assert button(panel, "Keep").isEnabled()


def test_painting_over_a_finding_does_not_leave_its_tile(shown: MainWindow, until: Until) -> None:
    """The next stroke, and Ctrl+Z, belong to what was just painted."""
    session, panel = session_of(shown), panel_of(shown)
    assert shown.workspace is not None
    canvas = shown.workspace.canvas
    shown.actions_by_name["review"].trigger()
    until(lambda: session.review.findings is not None)
    first, second = (session.review.findings or [])[:2]
    found_in(panel).setFocus()
    found_in(panel).setCurrentRow(0)
    assert canvas.active is not None
    assert canvas.active.tile_id == first.tile_id
    middle = canvas.middle()
    paint_rect(session, first.tile_id, WRONG, first.likely)
    assert first not in (session.review.findings or [])
    assert canvas.active.tile_id == first.tile_id
    assert canvas.middle() == middle
    assert not shown.workspace.review.outline.isVisible()
    assert panel.current is None, "nothing may be kept unseen"
    assert not button(panel, "Keep").isEnabled()
    QTest.keyClick(found_in(panel), Qt.Key.Key_Down)
    assert panel.current is second, "the walk goes on from there"
    assert canvas.active.tile_id == second.tile_id


def test_with_too_little_paint_the_review_says_so(open_window: MainWindow, until: Until) -> None:
    session, panel = session_of(open_window), panel_of(open_window)
    start = button(panel, "Review the labels")
    assert not start.isEnabled()
    paint_rect(session, next(iter(session.tiles)), Rect(0, 0, 20, 20), 1)
    assert start.isEnabled()
    QTest.mouseClick(start, Qt.MouseButton.LeftButton)
    until(lambda: "too little paint" in words_in(panel))
    assert start.isEnabled()


def test_the_report_of_a_project_without_a_model(open_window: MainWindow) -> None:
    dialog = ModelReportDialog(session_of(open_window), open_window)
    dialog.show()
    assert "There is no model yet" in words_in(dialog.findChild(ScoresPage))
    assert button(dialog, "Import…").isEnabled()
    assert not button(dialog, "Export…").isEnabled()
    dialog.reject()


def test_an_outline_runs_round_the_pixels() -> None:
    pixels = np.array([[True, True, False], [True, True, False], [False, False, True]])
    lines = edges(pixels, 10, 20)
    assert sum(abs(x2 - x1) + abs(y2 - y1) for x1, y1, x2, y2 in lines) == 12
    assert (10, 20, 12, 20) in lines
    assert (12, 20, 12, 23) in lines, "two edges in one line are one"


def test_areas_asked_for_while_the_model_is_being_loaded_come_when_it_is(
    window: MainWindow, until: Until, prepared: Path
) -> None:
    """The page was "Measuring …" for ever, over an error that lay behind the dialog."""
    own = prepared.with_name("areas_while_loading.fieldbrush")
    shutil.copy(prepared, own)
    window.open_project(own)
    session = session_of(window)
    assert session.forecasts.model is None
    dialog = ModelReportDialog(session, window)
    open_page(dialog, AreasPage)
    page = dialog.findChild(AreasPage)
    assert "is not loaded" in words_in(page)
    until(lambda: named(page, Table, "Areas of all scenes").isVisibleTo(page))
    dialog.reject()
    dialog.deleteLater()
