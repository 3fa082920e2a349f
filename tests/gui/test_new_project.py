"""The dialog for a new project, by keyboard and with long names."""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QDoubleSpinBox,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QListWidget,
    QPushButton,
    QTableWidget,
    QWidget,
)

import gui.dialogs.new_project
import gui.dialogs.section
from core.project.examination import PHOTOGRAPH_SUFFIXES, SCENE_SUFFIXES
from core.session import Session
from core.text import text
from gui import file_dialogs, folders
from gui.dialogs.bands import BandsBox
from gui.dialogs.class_key import ClassKeyDialog
from gui.dialogs.loose_bands import LooseBandsOffer
from gui.dialogs.new_project import NewProjectDialog
from gui.keymap import Keymap
from tests.core.projects import write_scene
from tests.gui.finding import button, named, words_in

Until = Callable[[Callable[[], object]], None]
LONG = "2026-06-10_research_station_north_field_winter_wheat_nitrogen_trial_repetition_3_orthomosaic_georeferenced_5cm"


def create_in(dialog: NewProjectDialog) -> QAbstractButton:
    return button(dialog, "Create project")


def scenes_in(dialog: NewProjectDialog) -> QListWidget:
    return named(dialog, QListWidget, "Scenes")


@pytest.fixture(params=[0.95, 3.0], ids=["small screen", "large screen"])
def dialog(
    app: QApplication, until: Until, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[NewProjectDialog]:
    monkeypatch.setattr(gui.dialogs.section, "_OF_SCREEN", request.param)
    shown = NewProjectDialog([write_scene(tmp_path / f"{LONG}.tif", bands=4)], Keymap({}))
    shown.show()
    shown.activateWindow()
    until(lambda: create_in(shown).isEnabled() and shown.isActiveWindow())
    yield shown
    shown.reject()
    shown.deleteLater()


def test_tab_goes_through_the_dialog_in_reading_order(dialog: NewProjectDialog) -> None:
    bands, scenes = named(dialog, QTableWidget, "Bands"), scenes_in(dialog)
    roles = [bands.cellWidget(row, 1) for row in range(4)]
    nodata, classes = named(dialog, QLineEdit, "Nodata"), named(dialog, QTableWidget, "Classes")
    expected: list[QWidget | None] = [
        *(scenes, bands, *roles, nodata, classes),
        named(dialog, QDoubleSpinBox, "Budget"),
        named(dialog, QComboBox, "Budget unit"),
        named(dialog, QLineEdit, "Save as"),
        create_in(dialog),
    ]
    assert dialog.focusWidget() is scenes
    visited = [dialog.focusWidget()]
    while len(visited) < 60 and (len(visited) == 1 or visited[-1] is not scenes):
        QTest.keyClick(visited[-1], Qt.Key.Key_Tab)
        visited.append(dialog.focusWidget())
    assert [widget for widget in visited[:-1] if widget in expected] == expected
    assert visited[-1] is scenes, "all the way round"


def test_a_long_scene_name_keeps_its_end_and_its_size_in_view(dialog: NewProjectDialog) -> None:
    scenes = scenes_in(dialog)
    assert scenes.horizontalScrollBar().maximum() == 0
    item = scenes.item(0)
    assert scenes.visualItemRect(item).width() <= scenes.viewport().width()
    assert item.toolTip().endswith(f"{LONG}.tif")


def test_every_kind_of_file_that_a_folder_may_hold_can_be_chosen_by_itself(
    dialog: NewProjectDialog, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def answer(*arguments: str) -> list[str]:
        asked.append(arguments[-1])
        return []

    monkeypatch.setattr(file_dialogs, "ask_files", answer)
    button(dialog, "Files…").click()
    assert all(f"*{suffix}" in asked[0] for suffix in (*SCENE_SUFFIXES, *PHOTOGRAPH_SUFFIXES)), asked


def test_a_key_that_is_chosen_for_a_class_is_there_when_the_project_opens(
    dialog: NewProjectDialog, until: Until, tmp_path: Path
) -> None:
    def answer() -> None:
        asking = QApplication.activeModalWidget()
        assert isinstance(asking, ClassKeyDialog)
        field = named(asking, QKeySequenceEdit, "New key")
        QTest.keyClick(field, Qt.Key.Key_J, Qt.KeyboardModifier.ShiftModifier)
        QTest.keyClick(field, Qt.Key.Key_Return)

    named(dialog, QTableWidget, "Classes").selectRow(1)
    QTimer.singleShot(0, answer)
    button(dialog, "Choose the key").click()
    named(dialog, QLineEdit, "Save as").setText(str(tmp_path / "made"))
    create_in(dialog).click()
    until(lambda: not dialog.isVisible())
    session = Session.open(tmp_path / "made.fieldbrush")
    assert [c.key for c in session.classes] == ["", "Shift+J"]
    session.close()


def test_who_cancels_sees_the_window_go_on_until_the_work_has_come_to_an_end(dialog: NewProjectDialog) -> None:
    """From one checkpoint to the next it may be seconds."""
    begun, seen = Event(), Event()
    job = dialog._worker.submit(text(""), lambda _: (begun.set(), seen.wait(20)))
    begun.wait()
    said: list[str] = []
    QTimer.singleShot(0, lambda: said.append(words_in(dialog)))
    QTimer.singleShot(50, seen.set)
    dialog.reject()
    assert job.result == (None, True), "a timer of the window has run while the work went on"
    assert "Stopping …" in said[0]
    assert not dialog.isVisible()
    assert QApplication.overrideCursor() is None


def test_an_error_that_nobody_foresaw_is_said_and_its_traceback_kept(
    dialog: NewProjectDialog, until: Until, monkeypatch: pytest.MonkeyPatch
) -> None:
    unforeseen: list[BaseException] = []
    monkeypatch.setattr(sys, "excepthook", lambda _, error, trace: unforeseen.append(error.with_traceback(trace)))

    def fail_oddly(*_: object, **__: object) -> Path:
        raise KeyError("a band")

    monkeypatch.setattr(gui.dialogs.new_project, "create_project", fail_oddly)
    create_in(dialog).click()
    until(lambda: "KeyError" in words_in(dialog))
    (error,) = unforeseen
    assert "in fail_oddly" in "".join(traceback.format_exception(error))
    assert create_in(dialog).isEnabled()


def test_a_project_with_a_name_alone_is_saved_where_one_is_suggested(
    dialog: NewProjectDialog, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not wherever the program was started from."""
    monkeypatch.chdir(tmp_path)
    box = dialog._budget_and_file
    suggested = box.project_path()
    box.file.setText("wheat")
    assert box.project_path() == suggested.with_name("wheat.fieldbrush")
    box.file.setText(str(tmp_path / "else"))
    assert box.project_path() == tmp_path / "else.fieldbrush"


def test_who_chose_a_place_where_no_file_can_be_is_asked_for_another(
    dialog: NewProjectDialog, until: Until, tmp_path: Path
) -> None:
    """Enter after the red sentence gave up all that was entered."""
    field = named(dialog, QLineEdit, "Save as")
    (tmp_path / "file").touch()
    field.setText(str(tmp_path / "file" / "planet"))
    QTest.mouseClick(create_in(dialog), Qt.MouseButton.LeftButton)
    until(lambda: "cannot be written" in words_in(dialog))
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    assert dialog.isVisible()
    until(lambda: create_in(dialog).isEnabled())
    QTest.keyClicks(dialog.focusWidget(), str(tmp_path / "there"))
    assert field.text() == str(tmp_path / "there"), "what is typed takes its place"
    QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Return)
    until(lambda: not dialog.isVisible())
    assert dialog.project_path == tmp_path / "there.fieldbrush"


def test_files_are_looked_for_where_they_were_found_last(
    dialog: NewProjectDialog, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And first among the user's documents, not in the folder that the program was started in."""
    scene = write_scene(tmp_path / "flight" / "field.tif")
    asked: list[str] = []

    def answer(_parent: QWidget, _title: str, folder: str, *_: str) -> list[str]:
        asked.append(folder)
        return [str(scene)]

    def answer_folder(_parent: QWidget, _title: str, folder: str) -> str:
        asked.append(folder)
        return ""

    monkeypatch.setattr(folders, "documents", lambda: tmp_path / "papers")
    (tmp_path / "papers").mkdir()
    monkeypatch.setattr(file_dialogs, "ask_files", answer)
    monkeypatch.setattr(file_dialogs, "ask_folder", answer_folder)
    button(dialog, "Files…").click()
    button(dialog, "Folder…").click()
    scene.unlink()
    scene.parent.rmdir()
    button(dialog, "Folder…").click()
    assert [Path(folder) for folder in asked] == [tmp_path / "papers", scene.parent, tmp_path / "papers"]


def test_loose_bands_are_put_together_and_taken(
    app: QApplication, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder of band files, as a download is unpacked: one press, one question, and the scene is there."""
    bands, out = tmp_path / "download", tmp_path / "out"
    out.mkdir()
    for name in ("B02", "B03", "B04", "B08"):
        write_scene(bands / f"S2A_field_{name}.tif", bands=1)
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(out))
    dialog = NewProjectDialog([bands], Keymap({}))
    dialog.show()
    try:
        offer = dialog.findChild(LooseBandsOffer)
        until(lambda: offer.isVisible() and offer.isEnabled())
        assert "B02, B03, B04, B08" in offer.findChild(QLabel).text()
        assert not create_in(dialog).isEnabled()
        QTest.mouseClick(offer.findChild(QPushButton), Qt.MouseButton.LeftButton)
        until(create_in(dialog).isEnabled)
        assert not offer.isVisible()
        assert scenes_in(dialog).item(0).text().startswith("S2A_field.tif")
        roles = [band.role for band in dialog.findChild(BandsBox).interpretation().bands]
        assert roles == ["blue", "green", "red", "nir"]
        QTest.mouseClick(create_in(dialog), Qt.MouseButton.LeftButton)
        until(lambda: dialog.project_path is not None)
    finally:
        dialog.reject()
        dialog.deleteLater()
    session = Session.open(dialog.project_path)
    assert [Path(scene.path) for scene in session.scenes.values()] == [out / "S2A_field.tif"]
    session.close()


def test_where_bands_cannot_be_put_together_another_folder_can_be_chosen(
    app: QApplication, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bands, out = tmp_path / "download", tmp_path / "out"
    for name in ("red", "nir"):
        write_scene(bands / f"field_{name}.tif", bands=1)
    write_scene(out / "field.tif", bands=1)  # the user's
    before = (out / "field.tif").read_bytes()
    monkeypatch.setattr(file_dialogs, "ask_folder", lambda *_: str(out))
    dialog = NewProjectDialog([bands], Keymap({}))
    dialog.show()
    try:
        stack = dialog.findChild(LooseBandsOffer).findChild(QPushButton)
        until(lambda: stack.isVisible() and stack.isEnabled())
        QTest.mouseClick(stack, Qt.MouseButton.LeftButton)
        until(lambda: "holds something else" in words_in(dialog))
        assert stack.isVisible()
        assert stack.isEnabled()
        assert (out / "field.tif").read_bytes() == before
    finally:
        dialog.reject()
        dialog.deleteLater()
