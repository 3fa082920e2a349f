"""The key of a Class: chosen in the class manager, at work on the canvas, and shown wherever keys are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QColor, QKeyEvent, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QKeySequenceEdit,
    QLabel,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QToolButton,
)

from core.labels.classes import IGNORE, LabelClass
from gui.dialogs.ask_key import AskKeyDialog
from gui.dialogs.class_key import ClassKeyDialog
from gui.dialogs.class_table import ClassTable
from gui.dialogs.classes import ClassesDialog
from gui.dialogs.keys import ChangeKeyDialog, KeysDialog
from gui.main_window import MainWindow
from gui.theme import current_theme
from tests.gui.finding import button, named, words_in
from tests.gui.test_canvas import canvas_of
from tests.gui.test_keymap import SHIFT, press
from tests.gui.waiting import wait_for_tile

Until = Callable[[Callable[[], object]], None]
NONE, KEYPAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier


@pytest.fixture
def manager(open_window: MainWindow, until: Until) -> Iterator[ClassesDialog]:
    """The open dialog on twelve classes."""
    session = canvas_of(open_window).session
    more = [LabelClass(value, f"class {value}", "#009E73") for value in range(3, 13)]
    session.set_classes([*session.classes, *more])
    dialog = ClassesDialog(session, open_window.keymap, open_window)
    dialog.show()
    dialog.activateWindow()
    until(dialog.isActiveWindow)
    yield dialog
    until(lambda: dialog._job is None)
    dialog.reject()


def field_in(asking: AskKeyDialog) -> QKeySequenceEdit:
    return named(asking, QKeySequenceEdit, "New key")


def choose_key(manager: ClassesDialog, row: int, act: Callable[[ClassKeyDialog], None]) -> None:
    """Open the question for the row's key with the button, and answer it."""

    def answer() -> None:
        asking = QApplication.activeModalWidget()
        if not isinstance(asking, ClassKeyDialog):
            QTimer.singleShot(10, answer)
            return
        try:
            act(asking)
        finally:  # a test that fails must not leave the question open for ever
            if asking.isVisible():
                asking.reject()

    manager.findChild(QTableWidget).selectRow(row)
    QTimer.singleShot(0, answer)
    button(manager, "Choose the key").click()


def close(manager: ClassesDialog, window: MainWindow, until: Until) -> None:
    """The window has the keys again."""
    manager.reject()
    window.activateWindow()
    until(window.isActiveWindow)


def type_key(key: Qt.Key, modifiers: Qt.KeyboardModifier = NONE) -> Callable[[ClassKeyDialog], None]:
    """The key, and Enter."""

    def act(asking: ClassKeyDialog) -> None:
        QTest.keyClick(field_in(asking), key, modifiers)
        QTest.keyClick(field_in(asking), Qt.Key.Key_Return)

    return act


def test_a_chosen_key_works_at_once_and_is_shown_everywhere(
    manager: ClassesDialog, open_window: MainWindow, until: Until
) -> None:
    canvas, table = canvas_of(open_window), manager.findChild(QTableWidget)
    choose_key(manager, 10, type_key(Qt.Key.Key_K, SHIFT))
    assert canvas.session._store.classes()[10].key == "Shift+K"
    assert [table.item(row, 0).text() for row in (0, 8, 9, 10, 11)] == ["1", "9", "", "Shift+K", ""]
    close(manager, open_window, until)
    tile_id = canvas.active.tile_id
    press(open_window, "Shift+K")
    assert canvas.state.class_value == 11
    assert canvas.active.tile_id == tile_id, "K alone skips the tile"
    press(open_window, "2")
    assert canvas.state.class_value == 2
    panel = open_window.workspace.classes
    row = next(b for b in panel.findChildren(QToolButton) if b.accessibleName() == "Paint class 11")
    assert row.toolTip() == "class 11  Shift+K"
    assert row.accessibleDescription() == "Key Shift+K"
    assert "⇧K" in [label.text() for label in row.findChildren(QLabel)]
    chosen = panel.findChild(QButtonGroup).checkedButton()
    tones = {b: b.findChild(QLabel).palette().color(QPalette.ColorRole.WindowText) for b in (chosen, row)}
    assert chosen is not row
    assert tones == {chosen: QColor(current_theme().text), row: QColor(current_theme().muted)}, "readable on its ground"
    sheet = KeysDialog(open_window.keymap, open_window)
    assert {"class 11", "Shift+K", "Choose “ignore”"} <= {label.text() for label in sheet.findChildren(QLabel)}
    asking = ChangeKeyDialog(open_window.keymap, "wand", sheet)
    QTest.keyClick(field_in(asking), Qt.Key.Key_K, SHIFT)
    assert "Shift+K is taken: Choose the class “class 11”." in words_in(asking).splitlines()
    assert not button(asking, "Use this key").isEnabled()
    with pytest.raises(ValueError, match="K"):
        open_window.keymap.set_key("wand", "Shift+K")
    sheet.reject()


def test_it_is_there_when_the_project_is_opened_again(open_window: MainWindow, until: Until, tmp_path: Path) -> None:
    session = canvas_of(open_window).session
    session.set_classes([session.classes[0], replace(session.classes[1], key="Ö")])
    path = session.path
    open_window.close_project()
    assert not open_window.keymap.of_classes
    open_window.open_project(path)
    wait_for_tile(open_window, until)
    canvas = canvas_of(open_window)
    QTest.keyClick(canvas, Qt.Key.Key_2)
    assert canvas.state.class_value == 1, "the digit of its place is nobody's"
    QTest.keyClick(canvas, Qt.Key.Key_Odiaeresis)
    assert canvas.state.class_value == 2


@pytest.mark.parametrize(
    ("key", "modifiers", "says"),
    [
        (Qt.Key.Key_B, NONE, "B is the key of “Brush”. Give that another one first: Help, Keys."),
        (Qt.Key.Key_W, SHIFT, "Shift+W is the key of “Windows worth painting”."),
        (Qt.Key.Key_2, NONE, "2 is the key of the class “unhealthy”."),
        (Qt.Key.Key_2, KEYPAD, "2 is the key of the class “unhealthy”."),
        (Qt.Key.Key_0, NONE, "0 is taken: Choose “ignore”."),
        (Qt.Key.Key_Q, NONE, "Q is taken: The bare image."),
        (Qt.Key.Key_F7, NONE, "The key of a class is a Latin letter"),
        (Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier, "The key of a class is a Latin letter"),
    ],
)
def test_a_key_that_is_taken_is_one_sentence_and_changes_nothing(
    manager: ClassesDialog, open_window: MainWindow, key: Qt.Key, modifiers: Qt.KeyboardModifier, says: str
) -> None:
    before, said = canvas_of(open_window).session.classes, []

    def act(asking: ClassKeyDialog) -> None:
        QTest.keyClick(field_in(asking), key, modifiers)
        said.append(words_in(asking))
        QTest.keyClick(field_in(asking), Qt.Key.Key_Return)
        assert asking.isVisible(), "Enter takes no key that is taken"
        QTest.keyClick(field_in(asking), Qt.Key.Key_Escape)
        assert not asking.isVisible()

    choose_key(manager, 10, act)
    assert any(line.startswith(says) for line in said[0].splitlines())
    assert canvas_of(open_window).session.classes == before


def test_free_keys_are_offered_and_one_is_a_click_away(
    manager: ClassesDialog, open_window: MainWindow, until: Until
) -> None:
    session = canvas_of(open_window).session
    open_window.keymap.set_key("value range", "")  # its O is free now

    def act(asking: ClassKeyDialog) -> None:
        offered = {b.text(): b for b in asking.findChildren(QPushButton) if b.accessibleName().startswith("Free key")}
        assert next(iter(offered)) == "O"
        assert len(offered) > 1
        taken = {*map(str, range(10)), *open_window.keymap.all_keys(), "Q"}
        assert not taken & offered.keys()
        offered["O"].click()
        assert "This key is free." in words_in(asking).splitlines()
        button(asking, "Use this key").click()

    choose_key(manager, 11, act)
    assert session.classes[11].key == "O"
    open_window.keymap.reset()  # the command has it again, and the class has none
    assert open_window.workspace.class_keys.key_of(12) == ""
    close(manager, open_window, until)
    press(open_window, "O")
    assert canvas_of(open_window).state.class_value == 1
    until(open_window.actions_by_name["value range"].isChecked)


def test_tab_goes_through_the_question_from_top_to_bottom(open_window: MainWindow, until: Until) -> None:
    classes = [replace(c, key="K") for c in canvas_of(open_window).session.classes[:1]]
    open_window.keymap.set_key("skip", "F5")  # K is free: the class has it, and could follow the order
    for asking in (
        ClassKeyDialog(classes[0], classes, open_window.keymap, open_window),
        ChangeKeyDialog(open_window.keymap, "skip", open_window),
    ):
        asking.show()
        asking.activateWindow()
        until(asking.isActiveWindow)
        QTest.keyClick(field_in(asking), Qt.Key.Key_J, SHIFT)
        field_in(asking).setFocus()
        visited = [asking.focusWidget()]
        while len(visited) < 60 and (len(visited) == 1 or visited[-1] is not field_in(asking)):
            QTest.keyClick(visited[-1], Qt.Key.Key_Tab)
            visited.append(asking.focusWidget())
        places = [(w.mapTo(asking, w.rect().center()).y(), w.x()) for w in visited[:-1]]
        assert len(places) > 4
        assert places == sorted(places)
        asking.reject()


def test_who_chose_a_key_can_follow_the_order_again(manager: ClassesDialog, open_window: MainWindow) -> None:
    session = canvas_of(open_window).session
    choose_key(manager, 2, type_key(Qt.Key.Key_Y, SHIFT))
    assert session.classes[2].key == "Shift+Y"
    choose_key(manager, 11, type_key(Qt.Key.Key_3))  # which is free now
    assert session.classes[11].key == "3"

    def follow(asking: ClassKeyDialog) -> None:
        button(asking, "Follow the order: 3").click()

    choose_key(manager, 11, lambda asking: button(asking, "Follow the order: no key").click())
    choose_key(manager, 2, follow)
    assert not any(c.key for c in session.classes)


def test_moving_a_class_takes_its_chosen_key_along(manager: ClassesDialog, open_window: MainWindow) -> None:
    keys = open_window.workspace.class_keys
    choose_key(manager, 11, type_key(Qt.Key.Key_Y, SHIFT))
    manager.findChild(ClassTable).move_class(-11)
    assert [keys.key_of(value) for value in (12, 1, 8, 9, IGNORE)] == ["Shift+Y", "2", "9", "", "0"]


def test_a_removed_class_gives_its_key_back_and_brings_it_again(
    manager: ClassesDialog, open_window: MainWindow, until: Until
) -> None:
    session, keys = canvas_of(open_window).session, open_window.workspace.class_keys
    choose_key(manager, 11, type_key(Qt.Key.Key_Y, SHIFT))
    manager.remove(12)
    until(lambda: manager._job is None)
    assert "Shift+Y" not in open_window.keymap.of_classes
    assert not keys.press("Shift+Y")
    button(manager, "Bring the last removed class back").click()
    assert keys.key_of(12) == "Shift+Y"
    manager.remove(12)
    until(lambda: manager._job is None)
    choose_key(manager, 10, type_key(Qt.Key.Key_Y, SHIFT))
    button(manager, "Bring the last removed class back").click()
    assert words_in(manager).endswith("Its key Shift+Y is another class's now.")
    assert [keys.key_of(c.value) for c in session.classes[-2:]] == ["Shift+Y", ""]


def test_keypad_digits_and_keys_that_take_alt_gr(open_window: MainWindow) -> None:
    canvas = canvas_of(open_window)
    canvas.setFocus()
    QTest.keyClick(canvas, Qt.Key.Key_2, KEYPAD)
    assert canvas.state.class_value == 2
    canvas.session.set_classes([replace(canvas.session.classes[0], key="É"), *canvas.session.classes[1:]])
    typed = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Eacute, Qt.KeyboardModifier.GroupSwitchModifier, "é")
    QApplication.sendEvent(canvas, typed)  # QTest types ASCII alone
    assert canvas.state.class_value == 1


def test_the_key_sheet_shows_at_once_what_a_reset_does_to_the_keys_of_classes(open_window: MainWindow) -> None:
    session, keymap = canvas_of(open_window).session, open_window.keymap
    keymap.set_key("skip", "F5")
    session.set_classes([session.classes[0], replace(session.classes[1], key="K")])
    sheet = KeysDialog(keymap, open_window)
    sheet.show()

    def listed() -> dict[str, str]:
        shown = [(what, caps) for what, caps in sheet._classes._rows if what.isVisible()]
        return {what.text(): caps.findChildren(QLabel)[0].text() for what, caps in shown}

    assert listed() == {"healthy": "1", "unhealthy": "K", "Choose “ignore”": "0"}
    button(sheet, "Reset all keys").click()
    assert listed() == {"healthy": "1", "unhealthy": "2", "Choose “ignore”": "0"}, "the command has it again"
    named(sheet, QLineEdit, "Find a command or a key").setText("ignore")
    keymap.set_key("skip", "F5")
    button(sheet, "Reset all keys").click()
    assert list(listed()) == ["Choose “ignore”"], "what is searched for stays"
    sheet.reject()


def test_the_key_sheet_finds_a_class_by_the_end_of_its_long_name(open_window: MainWindow) -> None:
    session = canvas_of(open_window).session
    name = "winter wheat that lacks nitrogen, with yellow rust on the upper leaves"
    session.set_classes([session.classes[0], replace(session.classes[1], name=name)])
    sheet = KeysDialog(open_window.keymap, open_window)
    sheet.show()
    named(sheet, QLineEdit, "Find a command or a key").setText("upper leaves")
    label = next(what for what, _ in sheet._classes._rows if what.isVisible())
    assert label.toolTip() == name
    assert label.width() < label.fontMetrics().horizontalAdvance(name), "it is cut, and makes the sheet no wider"
    sheet.reject()
