"""The window round the canvas: start page, commands, queue, notices, opening and closing."""

from __future__ import annotations

import os
import shutil
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QEventLoop, QMimeData, QPoint, QPointF, QSettings, Qt, QTimer, QUrl
from PySide6.QtGui import QColor, QDragEnterEvent, QDragLeaveEvent, QDropEvent, QHelpEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QCheckBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QListWidget,
    QProgressBar,
    QPushButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QTableWidget,
    QToolTip,
)

from core.errors import ExportError, ProjectError
from core.imagery.interpretation import ROLES
from core.jobs import Priority
from core.project.records import DoubtRecord, TileStatus
from core.text import text
from gui.actions import COMMANDS, MENUS, TOOLBAR
from gui.app import Reporter
from gui.canvas.view import CanvasView
from gui.dialogs import new_project
from gui.dialogs.export import ExportDialog
from gui.dialogs.new_project import NewProjectDialog
from gui.dialogs.preview import ScenePreview
from gui.keymap import Keymap
from gui.main_window import MainWindow
from gui.notices import Sentence
from gui.panels.history import HistoryPanel
from gui.start_page import StartPage, recent_projects, remember_project
from gui.theme import current_theme
from tests.core.imagery_files import damage_block, write_raster
from tests.core.projects import UTM, add_flat_rounds, dot, make_project, write_scene
from tests.gui.finding import button, label, named, words_in
from tests.gui.test_canvas import canvas_of, drag, labels_of
from tests.gui.test_keymap import press
from tests.gui.waiting import run_what_is_due, wait_for_tile, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]


def test_without_a_project_only_what_makes_sense_is_enabled(window: MainWindow) -> None:
    enabled = {name for name, action in window.actions_by_name.items() if action.isEnabled()}
    assert enabled == {"new", "open", "demo", "quit", "keys", "about"}


def test_every_command_is_reachable_and_no_two_share_a_key() -> None:
    listed = {name for _, names in MENUS for name in names if name} | {name for name in TOOLBAR if name}
    assert listed == {command.name for command in COMMANDS}
    keys = [QKeySequence(key).toString() for command in COMMANDS for key in command.keys]
    assert len(keys) == len(set(keys))
    assert not set(keys) & {str(digit) for digit in range(10)}  # those choose classes


def test_enter_submits_and_brings_the_next_tile(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    first = canvas.active.tile_id
    open_window.actions_by_name["submit"].trigger()
    assert canvas.active.tile_id == first, "an empty tile must not be submitted"
    notices = open_window.workspace.notices
    assert "Nothing is painted" in notices.text
    notices.hide_hint()  # as it does by itself: on the next tile it would not be true
    assert notices.text == ""
    drag(canvas, [(0.1, 0.5), (0.5, 0.5)])
    open_window.actions_by_name["submit"].trigger()
    assert canvas.active.tile_id != first
    assert canvas.session.tiles[first].status is TileStatus.DONE
    assert canvas.session.effort.spent_tiles == 1
    open_window.actions_by_name["previous"].trigger()
    assert canvas.active.tile_id == first


def test_skip_and_flag_take_tiles_out_of_the_queue(open_window: MainWindow) -> None:
    canvas, session = canvas_of(open_window), open_window.workspace.session
    skipped = canvas.active.tile_id
    open_window.actions_by_name["skip"].trigger()
    flagged = canvas.active.tile_id
    open_window.actions_by_name["flag"].trigger()
    assert len({skipped, flagged, canvas.active.tile_id}) == 3
    assert not {skipped, flagged} & {ranked.tile_id for ranked in session.queue()}


def test_the_last_tile_of_the_queue_is_no_dead_end(open_window: MainWindow) -> None:
    session = open_window.workspace.session
    for _ in range(len(session.tiles)):
        open_window.actions_by_name["skip"].trigger()
    assert session.queue() == []
    assert "No tile is open any more. 8 tile(s) were skipped" in open_window.workspace.notices.text
    open_window.actions_by_name["next"].trigger()


def test_when_all_tiles_are_done_it_says_so(open_window: MainWindow) -> None:
    session = open_window.workspace.session
    session.set_auto_train(False)
    for _ in range(len(session.tiles)):
        drag(canvas_of(open_window), [(0.1, 0.5), (0.5, 0.5)])
        open_window.actions_by_name["submit"].trigger()
    assert session.queue() == []
    assert "Every tile is done" in open_window.workspace.notices.text


def test_a_project_that_cannot_be_opened_leaves_the_one_that_is_open(open_window: MainWindow, tmp_path: Path) -> None:
    session = open_window.workspace.session
    broken = tmp_path / "broken.fieldbrush"
    broken.write_bytes(b"no project")
    open_window.open_paths([broken])
    assert open_window.workspace.session is session
    assert "broken.fieldbrush is not a Fieldbrush project" in open_window.workspace.notices.text
    drag(canvas_of(open_window), [(0.1, 0.5), (0.5, 0.5)])
    open_window.open_paths([session.path])
    assert open_window.workspace.session is session, "it is open already"
    assert session.painted


def test_no_export_goes_to_no_folder(open_window: MainWindow) -> None:
    drag(canvas_of(open_window), [(0.1, 0.5), (0.5, 0.5)])
    dialog = ExportDialog(open_window.workspace.session, open_window)
    export = button(dialog, "Export")
    assert export.isEnabled()
    assert any("(paint two classes first)" in box.text() for box in dialog.findChildren(QCheckBox))
    assert dialog.by is None
    named(dialog, QLineEdit, "Folder").setText("  ")
    assert not export.isEnabled()
    dialog.deleteLater()


def test_a_tip_says_the_key_that_was_given_last(open_window: MainWindow) -> None:
    submit = next(b for b in open_window.workspace.queue.findChildren(QPushButton) if b.text() == "Submit")
    open_window.keymap.set_key("submit", "Ctrl+K")
    assert submit.toolTip().endswith("Ctrl+K")


@pytest.mark.parametrize(("key", "subject"), [(None, "Enter"), ("Ctrl+K", "Ctrl+K"), ("", "The Submit button")])
def test_the_first_hints_name_the_key_as_the_user_has_it(
    open_window: MainWindow, key: str | None, subject: str
) -> None:
    if key is not None:
        open_window.keymap.set_key("submit", key)
    drag(canvas_of(open_window), [(0.2, 0.5), (0.6, 0.5)])
    assert open_window.workspace.notices.text.startswith(f"{subject} submits the tile and brings the next one.")


def paint_two_classes(canvas: CanvasView) -> None:
    for value, y in ((1, 0.3), (2, 0.7)):
        canvas.choose_class(value)
        drag(canvas, [(0.1, y), (0.5, y)])


def test_training_while_one_trains_says_so(open_window: MainWindow) -> None:
    canvas, session = canvas_of(open_window), open_window.workspace.session
    paint_two_classes(canvas)
    for _ in range(2):
        open_window.actions_by_name["train"].trigger()
    notices = open_window.workspace.notices
    assert notices.text.startswith("A model is being trained already.")
    notices.hide_hint()
    assert not notices.text, "it does not stay when the training is over, as errors do"
    session.training_job().cancel()


def test_training_anew_begins_without_the_last_model(open_window: MainWindow, until: Until) -> None:
    canvas, session = canvas_of(open_window), open_window.workspace.session
    session.set_training_seconds(1)
    wrong = canvas.active.tile_id
    paint_two_classes(canvas)
    learned_from = []
    for keys in ("T", "T", "Ctrl+Shift+T"):
        press(open_window, keys)
        until(lambda: session.training_job() is None and session.forecasts.model is not None)
        learned_from.append(set(session.forecasts.model.card.training_tiles))
        if keys == "T" and wrong in session.painted:
            session.undo(wrong)
            session.undo(wrong)
            open_window.actions_by_name["next"].trigger()
            until(lambda: canvas.active is not None and canvas.active.tile_id != wrong)
            paint_two_classes(canvas)
    right = canvas.active.tile_id
    assert learned_from == [{wrong}, {wrong, right}, {right}]


def test_a_first_stroke_takes_no_error_away(open_window: MainWindow) -> None:
    notices = open_window.workspace.notices
    notices.show_error(ExportError("The disk is full.", "Free some space."))
    drag(canvas_of(open_window), [(0.1, 0.5), (0.5, 0.5)])
    assert notices.text == "The disk is full. Free some space."


def test_closing_and_reopening_shows_the_same_tile_and_paint(open_window: MainWindow, until: Until) -> None:
    canvas = canvas_of(open_window)
    open_window.actions_by_name["next"].trigger()
    tile = canvas.active.tile_id
    drag(canvas, [(0.1, 0.5), (0.5, 0.5)])
    painted, path = labels_of(canvas).copy(), canvas.session.path
    canvas.set_state(mask_opacity=0.25)
    open_window.close_project()
    assert open_window.workspace is None
    assert recent_projects() == [path]
    open_window.open_project(path)
    wait_for_tile(open_window, until)
    canvas = canvas_of(open_window)
    assert canvas.active.tile_id == tile
    assert np.array_equal(labels_of(canvas), painted)
    assert canvas.state.mask_opacity == 0.25


def test_it_starts_on_the_whole_screen_and_later_where_it_was_closed(app: QApplication, window: MainWindow) -> None:
    window.hide()
    window.show_where_it_was()
    assert window.isMaximized()
    screen = window.screen().availableGeometry()
    assert screen.contains(window.normalGeometry()), "a window that is no longer maximised fits as well"
    window.showNormal()
    window.setGeometry(40, 50, 700, 640)
    before = window.geometry()
    window.close()
    window.show_where_it_was()
    assert not window.isMaximized()
    assert window.geometry() == before


def test_work_that_does_not_stop_at_once_does_not_freeze_the_window(open_window: MainWindow) -> None:
    """Loading PyTorch takes seconds and has no checkpoint."""
    session, begun = open_window.workspace.session, threading.Event()
    may_end, ended_by_beats = threading.Event(), []
    session.compute.submit(
        text("Sleeping"), lambda _: (begun.set(), ended_by_beats.append(may_end.wait(60))), Priority.VISIBLE
    )
    assert begun.wait(60)
    pulse = QTimer(interval=20)
    beats: list[str] = []

    def beat() -> None:
        beats.append(open_window.statusBar().currentMessage())
        if beats.count("Closing the project …") == 10:
            may_end.set()

    pulse.timeout.connect(beat)
    pulse.start()
    open_window.close_project()
    pulse.stop()
    assert ended_by_beats == [True]
    assert open_window.statusBar().currentMessage() == ""
    open_window.open_project(session.path)
    assert open_window.workspace is not None, "its file is free again"


def test_where_the_old_project_fails_to_close_neither_stays_locked(open_window: MainWindow, tmp_path: Path) -> None:
    other = make_project(tmp_path, [write_scene(tmp_path / "third.tif")], name="other")
    session = open_window.workspace.session

    def fail() -> None:
        raise RuntimeError("an outcome that nobody expected")

    session.inbox.post(fail)
    with pytest.raises(RuntimeError, match="nobody expected"):
        open_window.open_project(other)
    assert open_window.workspace is None
    assert open_window.statusBar().currentMessage() == ""
    assert open_window.open_project(other), open_window.start_notices.text
    assert open_window.open_project(session.path), open_window.workspace.notices.text


def test_a_broken_project_is_one_sentence_on_the_start_page(window: MainWindow, tmp_path: Path) -> None:
    broken = tmp_path / "broken.fieldbrush"
    broken.write_bytes(b"this is no database at all" * 100)
    window.open_project(broken)
    assert window.workspace is None
    assert "broken.fieldbrush is not a Fieldbrush project" in window.start_notices.text


def test_the_start_page_shows_whole_rows_of_recent_projects(window: MainWindow, tmp_path: Path) -> None:
    for number in range(8):
        (tmp_path / f"{number}.fieldbrush").touch()
        remember_project(tmp_path / f"{number}.fieldbrush")
    window.close_project()
    window._show_start_page()
    wait_until_laid_out(window)
    shown = window._start_page._recent
    assert shown.viewport().height() == 6 * shown.sizeHintForRow(0)


def test_a_recent_project_on_a_drive_that_is_gone_keeps_nobody_out(window: MainWindow, tmp_path: Path) -> None:
    """A look at it may be an error, not a no: of a network drive, or here of a name that is too long."""
    there = tmp_path / "there.fieldbrush"
    there.touch()
    QSettings().setValue("recent", [str(tmp_path / ("x" * 300 + ".fieldbrush")), str(there)])
    window._show_start_page()
    assert recent_projects() == [there]


def test_dropping_a_project_opens_it(window: MainWindow, until: Until, tmp_path: Path) -> None:
    project = make_project(tmp_path, [write_scene(tmp_path / "a.tif")])
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(project))])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))
    wait_for_tile(window, until)


def test_what_is_in_a_dropped_folder_is_looked_up_in_the_background(
    window: MainWindow, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The window's thread walks through no folder, which may be large, far away or closed to this user."""
    offered: list[list[Path]] = []
    monkeypatch.setattr(window, "new_project", offered.append)
    scanned: list[object] = []
    monkeypatch.setattr(os, "scandir", lambda path=".": scanned.append(path) or iter(()))
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("closed", "a.tif")])
    copy, left, none = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, none))
    QApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, data, left, none))
    until(lambda: offered)
    assert offered == [[tmp_path / "closed", tmp_path / "a.tif"]]
    assert not scanned


def test_enter_presses_the_button_of_the_start_page_that_has_the_focus(window: MainWindow) -> None:
    pressed: list[str] = []
    for each in window.findChild(StartPage).findChildren(QPushButton):
        each.clicked.disconnect()
        each.clicked.connect(partial(pressed.append, each.text()))
        QTest.keyClick(each, Qt.Key.Key_Return)
    assert len(pressed) == 3


def test_the_start_page_shows_that_something_can_be_dropped(window: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(write_scene(tmp_path / "a.tif")))])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    page = window.findChild(StartPage)

    def ground() -> QColor:
        return page._card.grab().toImage().pixelColor(20, 20)

    before = ground()
    QApplication.sendEvent(window, QDragEnterEvent(QPoint(50, 50), copy, data, left, Qt.KeyboardModifier.NoModifier))
    assert ground() == QColor(current_theme().accent_soft) != before
    QApplication.sendEvent(window, QDragLeaveEvent())
    assert ground() == before


def test_new_project_dialog_shows_its_guess_and_takes_corrections(
    app: QApplication, until: Until, tmp_path: Path
) -> None:
    scene = write_scene(tmp_path / "field.tif", bands=4)
    dialog = NewProjectDialog([scene], Keymap({}))
    dialog.show()
    until(button(dialog, "Create project").isEnabled)
    assert named(dialog, QTableWidget, "Bands").rowCount() == 4
    nodata = named(dialog, QLineEdit, "Nodata")
    assert nodata.text() == "0"
    roles = named(dialog, QTableWidget, "Bands").cellWidget(3, 1)
    assert isinstance(roles, QComboBox)
    roles.setCurrentIndex(ROLES.index("rededge"))
    nodata.setText("nonsense")
    button(dialog, "Create project").click()
    assert "“nonsense” is not a number" in words_in(dialog)
    nodata.setText("-5")
    named(dialog, QLineEdit, "Save as").clear()
    button(dialog, "Create project").click()
    assert "no name yet" in words_in(dialog)
    named(dialog, QLineEdit, "Save as").setText(str(tmp_path / "made"))
    button(dialog, "Create project").click()
    until(lambda: not dialog.isVisible())
    assert dialog.project_path == tmp_path / "made.fieldbrush"
    from core.session import Session

    session = Session.open(dialog.project_path)
    assert session.interpretation.roles[3] == "rededge"
    assert session.interpretation.nodata == -5
    session.close()


def test_scenes_that_are_cleared_while_they_are_opened_do_not_come(
    app: QApplication, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held, real = threading.Event(), new_project.examine

    def slow(*arguments: Any) -> Any:
        found = real(*arguments)
        held.wait(60)  # behind its last checkpoint
        return found

    monkeypatch.setattr(new_project, "examine", slow)
    dialog = NewProjectDialog([write_scene(tmp_path / "field.tif")], Keymap({}))
    dialog.show()
    job = dialog._job
    button(dialog, "Clear").click()
    assert not dialog.findChild(QProgressBar).isVisible()
    held.set()
    until(lambda: job.state.is_final)
    run_what_is_due()
    assert named(dialog, QListWidget, "Scenes").count() == 0
    assert not button(dialog, "Create project").isEnabled()
    assert not dialog.findChild(QProgressBar).isVisible()
    dialog.reject()


def test_damaged_scenes_are_named_when_the_project_is_made(
    window: MainWindow, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The project is made of the others, and opened."""
    values = np.random.default_rng(0).integers(1, 255, (3, 2048, 2048), np.uint8)
    layout = {"tiled": True, "blockxsize": 128, "blockysize": 128, "compress": "deflate", "nodata": 0}
    for name in ("a.tif", "b.tif"):
        write_raster(tmp_path / name, values, **layout, **UTM)
    damage_block(tmp_path / "b.tif", 6, 6)

    def fill_in(dialog: NewProjectDialog) -> int:
        until(button(dialog, "Create project").isEnabled)
        named(dialog, QLineEdit, "Save as").setText(str(tmp_path / "made"))
        button(dialog, "Create project").click()
        until(lambda: dialog.project_path is not None)
        return 1

    monkeypatch.setattr(NewProjectDialog, "exec", fill_in)
    window.show()
    window.new_project([tmp_path])
    assert window.workspace is not None
    assert [scene.path for scene in window.workspace.session.scenes.values()] == [str(tmp_path / "a.tif")]
    until(lambda: canvas_of(window).active is not None)  # the first hint comes now, and does not take the error's place
    run_what_is_due()
    until(lambda: window.workspace.notices.text.startswith("b.tif cannot be read and is not part of the project."))


def test_tiles_with_hardly_any_image_data_are_told_of_when_the_project_is_made(
    window: MainWindow, tmp_path: Path, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_scene(tmp_path / "a.tif", 256, 128, empty_columns=128)

    def fill_in(dialog: NewProjectDialog) -> int:
        until(button(dialog, "Create project").isEnabled)
        named(dialog, QLineEdit, "Save as").setText(str(tmp_path / "made"))
        named(dialog, QSpinBox, "Tile size").setValue(64)
        button(dialog, "Create project").click()
        until(lambda: dialog.project_path is not None)
        return 1

    monkeypatch.setattr(NewProjectDialog, "exec", fill_in)
    window.show()
    window.new_project([tmp_path])
    assert window.workspace is not None
    assert len(window.workspace.session.tiles) == 4
    assert window.statusBar().currentMessage().startswith("4 tile")
    assert "less than 5 % image data" in window.statusBar().currentMessage()


def test_a_long_message_on_the_start_page_is_read_to_its_end(window: MainWindow) -> None:
    window.show()
    path = "/home/someone/" + "a folder with a long name/" * 8
    window.show_error(ProjectError("The project {path} is damaged.", "Restore it from a copy.", path=path))
    wait_until_laid_out(window)
    words = window.start_notices.findChild(Sentence)
    assert words.height() >= words.heightForWidth(words.width()) > 2 * words.fontMetrics().lineSpacing()
    middle = window.start_notices.geometry().center().x()
    assert abs(middle - window.centralWidget().rect().center().x()) <= 1


def test_nothing_on_the_start_page_moves_under_a_message(window: MainWindow, tmp_path: Path) -> None:
    """Who closes it is about to click on a project."""
    (tmp_path / "a.fieldbrush").touch()
    remember_project(tmp_path / "a.fieldbrush")
    window.close_project()
    window.show()
    wait_until_laid_out(window)
    projects = named(window, QListWidget, "Recent projects")
    before = projects.mapTo(window, QPoint())
    window.show_error(ProjectError("The project is open in another window.", "Close it there."))
    wait_until_laid_out(window)
    assert window.start_notices.isVisible()
    assert projects.mapTo(window, QPoint()) == before


def test_new_project_dialog_can_be_left_in_the_middle_of_its_work(app: QApplication, tmp_path: Path) -> None:
    scenes = [write_scene(tmp_path / "many" / f"{n}.tif", seed=n) for n in range(40)]
    dialog = NewProjectDialog([scenes[0].parent], Keymap({}))
    dialog.show()
    dialog.reject()
    assert dialog.project_path is None


def test_controls_have_names_for_screen_readers(open_window: MainWindow) -> None:
    kinds = (QAbstractButton, QComboBox, QSlider, QSpinBox)
    nameless = [
        f"{type(widget).__name__} in {type(widget.parent()).__name__}"
        for kind in kinds
        for widget in open_window.findChildren(kind)
        if widget.isVisible() and not (widget.accessibleName() or getattr(widget, "text", str)() or widget.toolTip())
    ]
    assert not nameless


def test_typing_into_a_field_triggers_no_command(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    size = next(s for s in open_window.findChildren(QSpinBox) if s.accessibleName() == "Brush size as a number")
    size.setFocus()
    tool = canvas.tool.name
    QTest.keyClicks(size, "e")
    assert canvas.tool.name == tool


def test_enter_in_a_field_ends_the_typing_and_submits_no_tile(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    drag(canvas, [(0.1, 0.5), (0.4, 0.5)])
    tile_id = canvas.active.tile_id
    fields = [
        box for box in open_window.findChildren(QSpinBox) if box.isEnabled() and not box.visibleRegion().isEmpty()
    ]
    assert len(fields) >= 2
    for key, field in zip(cycle((Qt.Key.Key_Return, Qt.Key.Key_Enter)), fields, strict=False):
        field.setFocus()
        field.selectAll()
        QTest.keyClicks(field, "33")
        QTest.keyClick(field, key)
        assert field.value() == 33
    assert canvas.tool.has_size
    assert canvas.state.diameters[canvas.tool.name] == 33
    assert canvas.active.tile_id == tile_id
    assert canvas.session.tiles[tile_id].status is TileStatus.IN_PROGRESS
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_Return)
    assert canvas.session.tiles[tile_id].status is TileStatus.DONE


def test_a_panel_that_cannot_save_says_so_in_one_sentence(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Not as something unexpected: the disk was pulled out, and a switch in a panel is saved at once."""
    for module in (sys, threading):
        monkeypatch.setattr(module, "excepthook", module.excepthook)  # as it was, after the test
    reporter = Reporter()
    reporter.foreseen.connect(open_window.show_error)
    reporter.install()
    workspace = open_window.workspace
    workspace.session._store._connection.execute("PRAGMA query_only = ON")
    retrain = next(box for box in workspace.training.findChildren(QCheckBox) if box.text() == "Automatically")
    QTimer.singleShot(0, retrain.click)
    loop = QEventLoop()
    QTimer.singleShot(0, loop.quit)
    loop.exec()
    assert "cannot be written" in workspace.notices.text
    assert "Traceback" not in capsys.readouterr().err


def test_new_project_dialog_shows_what_the_bands_look_like(app: QApplication, until: Until, tmp_path: Path) -> None:
    scene = write_scene(tmp_path / "field.tif", bands=4)
    dialog = NewProjectDialog([scene], Keymap({}))
    dialog.show()
    preview = dialog.findChild(ScenePreview)
    until(lambda: preview.names)
    assert preview.names == ["Natural colour", "False colour (NIR)", "NDVI (vegetation)"]
    roles = named(dialog, QTableWidget, "Bands").cellWidget(3, 1)
    assert isinstance(roles, QComboBox)
    roles.setCurrentIndex(ROLES.index("other"))
    roles.activated.emit(roles.currentIndex())
    until(lambda: preview.names and "NDVI (vegetation)" not in preview.names)
    framed = [one for one in preview.findChildren(QLabel) if one.isVisible() and one.accessibleName()]
    assert len(framed) == len(preview.names) == 2, "no empty frame beside it"
    button(dialog, "Clear").click()
    assert preview.names == []
    dialog.reject()


def test_a_budget_of_more_tiles_than_there_are_counts_those_that_are(open_window: MainWindow) -> None:
    session, queue = open_window.workspace.session, open_window.workspace.queue
    session.set_budget("tiles", 60)
    assert words_in(queue).startswith(f"0 of {len(session.tiles)} ")
    tile_id, tile = next(iter(session.tiles.items()))
    dot(session, tile_id, tile.rect.width - 9, tile.rect.height / 2)
    session.submit(tile_id)
    assert (
        named(queue, QProgressBar, "Budget used").value()
        == round(1000 * session.effort.spent_tiles / len(session.tiles))
        > 0
    )


def test_the_queue_shows_how_far_the_budget_reaches(open_window: MainWindow) -> None:
    """A line before the first tile that the rest of the budget does not buy."""
    session, queue = open_window.workspace.session, open_window.workspace.queue

    tiles = named(queue, QListView, "Tiles to label")

    def has_line(row: int) -> bool:
        tiles.scrollTo(tiles.model().index(row, 0))
        place = tiles.visualRect(tiles.model().index(row, 0))
        colour = tiles.viewport().grab().toImage().pixelColor(place.right() - 4, place.top())
        return colour == QColor(current_theme().accent)

    rows = range(len(session.queue()))
    session.set_budget("tiles", 2)
    assert [row for row in rows if has_line(row)] == [2]
    session.set_budget("minutes", 3)  # a tile is taken to cost a minute until the expert's pace is known
    assert [row for row in rows if has_line(row)] == [3]
    session.set_budget("tiles", 1000)
    assert not any(has_line(row) for row in rows)


def test_where_labeling_more_hardly_helps_the_queue_says_so(open_window: MainWindow) -> None:
    session, queue = open_window.workspace.session, open_window.workspace.queue
    outlook = label(queue, "Labeling more will hardly help")
    assert not outlook.isVisible()
    add_flat_rounds(session)
    session.set_budget("tiles", 30)
    assert outlook.isVisible()
    assert "hardly help" in outlook.toolTip()
    for version, right in enumerate((0.5, 0.6, 0.7, 0.8, 0.9), start=1):
        session._store.add_doubt_record(DoubtRecord(version, version, "audit", 0.3, 1 - right))
    session.set_budget("tiles", 31)
    assert not outlook.isVisible()
    assert "going on may help" in outlook.toolTip()


def test_the_queue_promises_no_more_tiles_than_there_are(open_window: MainWindow) -> None:
    session, queue = open_window.workspace.session, open_window.workspace.queue
    session.set_budget("tiles", 60)
    assert f"{len(session.tiles)} tile(s) left: about {len(session.tiles)} min" in words_in(queue).splitlines()
    session.set_budget("minutes", 60)
    all_of_them = f"all {len(session.tiles)} tile(s) need about {len(session.tiles)} min"
    assert f"60 min left: {all_of_them}" in words_in(queue).splitlines()
    *most, last = session.tiles
    for tile in most:
        session.skip(tile)
    assert "60 min left: all 1 tile(s) need about 1 min" in words_in(queue).splitlines()
    session.skip(last)
    assert "No tile is left to label" in words_in(queue).splitlines()


def strokes_in(panel: HistoryPanel) -> QListWidget:
    return named(panel, QListWidget, "Strokes on this tile")


def test_the_list_of_strokes_says_where_there_are_none(open_window: MainWindow) -> None:
    panel, canvas = open_window.workspace.history, canvas_of(open_window)
    open_window._docks.raise_("history dock")
    none, strokes = label(panel, "No stroke on this tile yet."), strokes_in(panel)
    assert none.isVisible()
    assert not strokes.isVisible()
    drag(canvas, [(0.2, 0.5), (0.8, 0.5)])
    assert [strokes.item(row).text() for row in range(strokes.count())] == ["Brush"]
    assert strokes.isVisible()
    assert not none.isVisible()


def test_the_list_of_strokes_knows_what_was_painted_while_it_was_hidden(open_window: MainWindow) -> None:
    panel, canvas, undo = open_window.workspace.history, canvas_of(open_window), open_window.actions_by_name["undo"]
    open_window._docks.toggle()
    assert not panel.isVisible()
    drag(canvas, [(0.2, 0.5), (0.8, 0.5)])
    drag(canvas, [(0.2, 0.7), (0.8, 0.7)])
    undo.trigger()
    open_window._docks.raise_("history dock")
    strokes = strokes_in(panel)
    assert strokes.isVisible()
    shown = [bool(strokes.item(row).flags() & Qt.ItemFlag.ItemIsEnabled) for row in range(strokes.count())]
    assert shown == [False, True], "one that was undone, and one below it"


def test_a_long_class_name_in_the_list_of_strokes_is_shortened(open_window: MainWindow, app: QApplication) -> None:
    panel, canvas, session = open_window.workspace.history, canvas_of(open_window), open_window.workspace.session
    open_window._docks.raise_("history dock")
    long = "healthy potato plants without any blight or drought that one could see from above"
    session.set_classes([replace(session.classes[0], name=long), *session.classes[1:]])
    drag(canvas, [(0.2, 0.5), (0.8, 0.5)])
    wait_until_laid_out(open_window)
    strokes = strokes_in(panel)
    assert strokes.horizontalScrollBar().maximum() == 0
    row = strokes.visualItemRect(strokes.item(0))
    assert row.width() <= strokes.viewport().width(), "it ends in an ellipsis"
    place = row.center()
    app.sendEvent(strokes.viewport(), QHelpEvent(QEvent.Type.ToolTip, place, strokes.viewport().mapToGlobal(place)))
    assert QToolTip.text().endswith(long)
    QToolTip.hideText()


def test_the_list_of_strokes_says_what_each_painted(open_window: MainWindow) -> None:
    panel, canvas = open_window.workspace.history, canvas_of(open_window)
    open_window._docks.raise_("history dock")
    drag(canvas, [(0.2, 0.5), (0.8, 0.5)])
    painted = int((canvas.session.mask(canvas.active.tile_id).labels == 1).sum())
    drag(canvas, [(0.1, 0.5), (0.9, 0.5)], button=Qt.MouseButton.RightButton)
    listed = strokes_in(panel)
    strokes = [listed.item(row).data(Qt.ItemDataRole.UserRole) for row in range(listed.count())]
    assert [canvas.session.stroke_effect(stroke) for stroke in strokes] == [{0: painted}, {1: painted}]
    (erased, _, _), (words, colour, hatched) = (panel.effect(stroke) for stroke in strokes)
    name, class_colour = canvas.session.classes[0].name, canvas.session.classes[0].colour
    assert words == f"{erased} · {name}", "as large as what was painted"
    assert erased.endswith(("m²", "ha", "px"))
    assert (colour, hatched) == (class_colour, False)
    assert canvas.session.stroke_effect(10_000) == {}


def test_no_tab_bar_is_left_over_the_panels_when_another_project_is_opened(
    open_window: MainWindow, until: Until, tmp_path: Path
) -> None:
    """Qt had made one on the way, and left it lying over the title of another panel."""
    first = open_window.workspace.session.path
    second = tmp_path / "second.fieldbrush"
    shutil.copy(first, second)
    for path in (second, first, second, first):
        wait_until_laid_out(open_window)
        open_window.open_project(path)
        wait_for_tile(open_window, until)
        wait_until_laid_out(open_window)
        bars = [bar for bar in open_window.findChildren(QTabBar) if bar.parent() is open_window]
        shown = [[bar.tabText(n) for n in range(bar.count())] for bar in bars if bar.isVisible() and bar.count()]
        assert sorted(shown) == [["Model", "Values", "Strokes"], ["Queue", "Review"]]
