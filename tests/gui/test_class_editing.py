"""The window's side of the Classes: the list, the manager, hiding, merging and bringing back."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QButtonGroup,
    QColorDialog,
    QComboBox,
    QLineEdit,
    QListWidget,
    QTableWidget,
    QToolButton,
)

from core.geometry import Rect
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.learning.review import Finding
from gui.dialogs.class_table import ClassTable
from gui.dialogs.classes import ClassesDialog, RemoveClassDialog
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from gui.translate import install_translations
from tests.gui.finding import button, named, words_in
from tests.gui.test_canvas import canvas_of, drag, labels_of, place
from tests.gui.waiting import run_what_is_due, wait_for_picture, wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
WEED = LabelClass(3, "weed", "#009E73")


@pytest.fixture
def manager(open_window: MainWindow, until: Until) -> ClassesDialog:
    """The open dialog on a project with weed painted on the active tile."""
    canvas = canvas_of(open_window)
    canvas.session.set_classes([*canvas.session.classes, WEED])
    canvas.choose_class(3)
    drag(canvas, [(0.1, 0.5), (0.5, 0.5)])
    dialog = ClassesDialog(canvas.session, open_window.keymap, open_window)
    dialog.show()
    dialog.activateWindow()  # modal as it is for the user, it has the keys
    until(dialog.isActiveWindow)
    yield dialog
    until(lambda: dialog._job is None)
    dialog.reject()


def table_of(dialog: ClassesDialog) -> QTableWidget:
    return dialog.findChild(QTableWidget)


def rename(dialog: ClassesDialog, row: int, name: str) -> None:
    """Through the cell's own editor, as F2 opens it."""
    table = table_of(dialog)
    table.setCurrentCell(row, 2)
    table.editItem(table.item(row, 2))
    editor = table.viewport().findChild(QLineEdit)
    editor.selectAll()
    QTest.keyClicks(editor, name)
    QTest.keyClick(editor, Qt.Key.Key_Return)
    run_what_is_due()  # the table takes it in an event of its own


def test_a_class_is_renamed_with_keys_alone(manager: ClassesDialog) -> None:
    """All of a row looks chosen: F2 means its name, whichever column the keys are on."""
    table = table_of(manager)
    table.setFocus()
    for steps, name in (((), "crop"), ((Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Left), "ill")):
        for key in (*steps, Qt.Key.Key_F2):
            QTest.keyClick(table, key)
        editor = table.viewport().findChild(QLineEdit)
        QTest.keyClicks(editor, name)
        QTest.keyClick(editor, Qt.Key.Key_Return)
        run_what_is_due()
    assert [label_class.name for label_class in manager._session.classes[:2]] == ["crop", "ill"]


def answer(until: Until, choose: Callable[[RemoveClassDialog], None], *, accept: bool = True) -> None:
    """Answer the question that the next step asks."""

    def act() -> None:
        question = QApplication.activeModalWidget()
        if not isinstance(question, RemoveClassDialog):
            QTimer.singleShot(10, act)
            return
        choose(question)
        button(question, "Remove the class").click() if accept else question.reject()

    QTimer.singleShot(0, act)


def pick(text: str) -> Callable[[RemoveClassDialog], None]:
    def choose(question: RemoveClassDialog) -> None:
        combo = question.findChild(QComboBox)
        if text == "Merge into" and combo.currentIndex() < 0:
            combo.setCurrentIndex(0)
        button(question, text).click()

    return choose


def test_enter_alone_merges_into_no_class(app: QApplication, themes: ThemeKeeper) -> None:
    rest = [LabelClass(2, "unhealthy", "#D55E00"), LabelClass(3, "weedy", "#E69F00")]
    question = RemoveClassDialog(LabelClass(1, "healthy", "#0072B2"), rest, 9, 58_697)
    question.show()
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert question.isVisible()
    assert not button(question, "Remove the class").isEnabled()
    combo = question.findChild(QComboBox)
    QTest.keyClick(combo, Qt.Key.Key_Down)
    assert button(question, "Remove the class").isEnabled()
    combo.setCurrentIndex(-1)
    assert not button(question, "Remove the class").isEnabled()
    pick("Ignore its pixels")(question)
    QTest.keyClick(question, Qt.Key.Key_Return)
    assert not question.isVisible()
    assert question.into == IGNORE
    question.deleteLater()


def test_a_long_name_to_merge_into_has_an_ellipsis_in_its_middle(app: QApplication, themes: ThemeKeeper) -> None:
    """Between two letters."""
    long = "unhealthy: potato blight, drought, or water that stays between the rows"
    question = RemoveClassDialog(LabelClass(1, "healthy", "#0072B2"), [LabelClass(2, long, "#D55E00")], 9, 58_697)
    box = question.findChild(QComboBox)
    box.setFixedWidth(320)
    box.setCurrentIndex(0)
    question.show()
    as_it_is = box.grab().toImage()
    shortened = [f"{long[:left]}…{long[-right:]}" for left in range(10, 30) for right in range(left - 6, left + 7)]
    seen_whole = [words for words in shortened if box.fontMetrics().horizontalAdvance(words) < 280]
    pictures = []
    for words in seen_whole:
        box.setItemText(0, words)
        pictures.append(box.grab().toImage())
    assert as_it_is in pictures
    question.reject()
    question.deleteLater()


def test_renaming_and_recolouring_are_saved_at_once(
    manager: ClassesDialog, open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = canvas_of(open_window).session
    rename(manager, 2, "  thistle ")
    assert session.classes[2] == LabelClass(3, "thistle", WEED.colour)
    assert session._store.classes() == session.classes
    monkeypatch.setattr(QColorDialog, "getColor", lambda *_: QColor("#123456"))  # the platform's dialog
    table_of(manager).selectRow(2)
    manager.findChild(ClassTable).ask_colour()
    assert session.classes[2].colour == "#123456"
    assert canvas_of(open_window).active_tile.mask_image.color(3) == QColor("#123456").rgba()
    panel = [b.toolTip() for b in open_window.workspace.classes.findChild(QButtonGroup).buttons()]
    assert "thistle  3" in panel


@pytest.mark.parametrize("name", ["", "   ", "Healthy", "a\x07"])
def test_bad_names_are_one_sentence_and_leave_the_class_as_it_was(
    manager: ClassesDialog, open_window: MainWindow, name: str
) -> None:
    session = canvas_of(open_window).session
    before = session.classes
    table_of(manager).item(2, 2).setText(name)
    assert session.classes == before
    assert manager._sentence.text()
    assert "\n" not in manager._sentence.text()
    assert table_of(manager).item(2, 2).text() == "weed"


def test_the_field_for_a_new_class_fits_into_a_low_list(manager: ClassesDialog) -> None:
    manager.resize(manager.width(), 365)
    for _ in range(2):
        manager.findChild(ClassTable).add_class()
        wait_until_laid_out(manager)
        table = table_of(manager)
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        assert table.visualItemRect(table.currentItem()).contains(field.geometry())
        assert table.viewport().rect().contains(field.geometry())


def test_keys_follow_the_order(manager: ClassesDialog, open_window: MainWindow, until: Until) -> None:
    workspace = open_window.workspace
    table_of(manager).setFocus()
    until(table_of(manager).hasFocus)
    table_of(manager).selectRow(2)
    QTest.keyClick(table_of(manager), Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    manager.findChild(ClassTable).move_class(-1)
    assert [c.value for c in workspace.session.classes] == [3, 1, 2]
    manager.findChild(ClassTable).move_class(-1)  # at the top: stays
    workspace.class_keys.press("1")
    assert workspace.canvas.state.class_value == 3
    workspace.class_keys.press("3")
    assert workspace.canvas.state.class_value == 2
    assert [table_of(manager).item(row, 0).text() for row in range(3)] == ["1", "2", "3"]


def test_adding_gives_a_name_to_type_over_and_a_colour_of_its_own(
    manager: ClassesDialog, open_window: MainWindow
) -> None:
    session = canvas_of(open_window).session
    manager.findChild(ClassTable).add_class()
    editor = table_of(manager).viewport().findChild(QLineEdit)
    QTest.keyClicks(editor, "water")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    run_what_is_due()
    assert [c.name for c in session.classes] == ["healthy", "unhealthy", "weed", "water"]
    assert session.classes[3].value == 4
    assert len({c.colour for c in session.classes}) == 4


def test_removing_a_painted_class_asks_and_no_is_no(
    manager: ClassesDialog, open_window: MainWindow, until: Until
) -> None:
    canvas = canvas_of(open_window)
    before = labels_of(canvas).copy()
    answer(until, lambda question: None, accept=False)
    table_of(manager).selectRow(2)
    button(manager, "Remove the class").click()
    assert manager._job is None
    assert np.array_equal(labels_of(canvas), before)
    assert len(canvas.session.classes) == 3


@pytest.mark.parametrize(
    ("choice", "value"), [("Merge into", 2), ("Leave its pixels unlabeled", UNLABELED), ("Ignore its pixels", IGNORE)]
)
def test_what_becomes_of_the_paint_is_the_users_choice_and_comes_back(
    manager: ClassesDialog, open_window: MainWindow, until: Until, choice: str, value: int
) -> None:
    canvas = canvas_of(open_window)
    before = labels_of(canvas).copy()

    def choose(question: RemoveClassDialog) -> None:
        combo = question.findChild(QComboBox)
        combo.setCurrentIndex(combo.findData(2))
        pick(choice)(question)

    answer(until, choose)
    table_of(manager).selectRow(2)
    button(manager, "Remove the class").click()
    until(lambda: manager._job is None)
    assert (labels_of(canvas)[before == 3] == value).all()
    assert canvas.state.class_value == 1, "the chosen class is gone: the first one is chosen"
    assert "removed" in words_in(manager)
    assert table_of(manager).rowCount() == 2
    button(manager, "Bring the last removed class back").click()
    assert np.array_equal(labels_of(canvas), before)
    assert table_of(manager).rowCount() == 3
    assert not button(manager, "Bring the last removed class back").isEnabled()


def test_ctrl_z_does_not_undo_half_a_merge_and_the_command_undoes_it(
    manager: ClassesDialog, open_window: MainWindow, until: Until
) -> None:
    canvas = canvas_of(open_window)
    before = labels_of(canvas).copy()
    answer(until, pick("Merge into"))
    manager.remove(3, merge=True)
    until(lambda: manager._job is None)
    open_window.actions_by_name["undo"].trigger()
    assert "on all tiles at once" in open_window.workspace.notices.text
    assert not (labels_of(canvas) == 3).any()
    open_window.actions_by_name["restore class"].trigger()
    assert np.array_equal(labels_of(canvas), before)
    open_window.actions_by_name["restore class"].trigger()
    assert "No class has been removed" in open_window.workspace.notices.text


def test_the_list_of_the_review_follows_the_classes(
    manager: ClassesDialog, open_window: MainWindow, until: Until
) -> None:
    """Their names and colours; and nobody is sent to paint a class that is gone."""
    canvas, panel = canvas_of(open_window), open_window.workspace.review.panel
    session, pixels = canvas.session, np.ones((2, 2), bool)
    row, column = np.argwhere(session.mask(canvas.active.tile_id).labels == 3)[0]
    area = Rect(int(column), int(row), 2, 2)
    session.review.findings = [Finding(canvas.active.tile_id, area, pixels, 3, value, 0.9, 3.6) for value in (1, 2)]
    panel.refresh()
    places = named(panel, QListWidget, "Places to look at")
    places.setCurrentRow(1)
    rename(manager, 2, "thistle")
    words = [places.item(row).text() for row in range(places.count())]
    assert ["thistle" in each and "weed" not in each for each in words] == [True, True]
    assert panel.current is session.review.findings[1], "what is looked at stays so"
    long = "yellow rust and mildew in patchy stands after the beginning of flowering, upper third of leaves"
    rename(manager, 2, long)
    question, area_of_it = places.item(1).text().split("\n")
    assert " of leaves;" in question
    assert len(question) < 100
    assert area_of_it
    assert long in places.item(1).toolTip().replace("\u200b", "")
    manager.remove(1)
    until(lambda: manager._job is None)
    assert places.count() == 1
    button(panel, "Fix").click()
    assert canvas.state.class_value == 2


def test_the_windows_own_word_for_ignore_is_no_class_either(speaker: QApplication, manager: ClassesDialog) -> None:
    install_translations(speaker, "de")
    before = [table_of(manager).item(row, 2).text() for row in range(3)]
    rename(manager, 2, "Ignorieren")
    assert "gibt es schon „ignorieren“" in words_in(manager)
    assert [table_of(manager).item(row, 2).text() for row in range(3)] == before


def test_the_class_that_is_painted_with_is_selected_at_first(
    open_window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_window.workspace.canvas.choose_class(2)
    selected: list[int | None] = []
    monkeypatch.setattr(ClassesDialog, "exec", lambda dialog: selected.append(dialog.findChild(ClassTable).selected()))
    open_window.actions_by_name["classes"].trigger()
    assert selected == [2]


def test_removing_an_unpainted_class_asks_nothing(
    manager: ClassesDialog, open_window: MainWindow, until: Until
) -> None:
    session = canvas_of(open_window).session
    manager.remove(2)
    until(lambda: manager._job is None)
    assert [c.value for c in session.classes] == [1, 3]
    assert not button(manager, "Remove the class").isEnabled(), "two classes must stay"
    button(manager, "Bring the last removed class back").click()
    assert [c.value for c in session.classes] == [1, 2, 3]


def colour_at(canvas: object, x: float, y: float) -> str:
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)  # type: ignore[attr-defined]
    return image.pixelColor(place(canvas, x, y)).name().upper()  # type: ignore[arg-type]


def eye(window: MainWindow, tip: str) -> QToolButton:
    return next(b for b in window.workspace.classes.findChildren(QToolButton) if b.toolTip() == tip and b.isVisible())


def test_hiding_a_class_hides_its_paint_and_painting_with_it_shows_it_again(
    open_window: MainWindow, until: Until
) -> None:
    canvas = canvas_of(open_window)
    wait_for_picture(canvas, until)
    canvas.set_state(mask_opacity=1.0)
    drag(canvas, [(0.2, 0.5), (0.5, 0.5)])
    assert colour_at(canvas, 0.35, 0.5) == canvas.session.classes[0].colour
    before = labels_of(canvas).copy()
    eye(open_window, "Hide “healthy”").click()
    assert colour_at(canvas, 0.35, 0.5) != canvas.session.classes[0].colour
    assert np.array_equal(labels_of(canvas), before)
    assert eye(open_window, "Show “healthy”").isVisible()
    drag(canvas, [(0.2, 0.7), (0.3, 0.7)])
    assert colour_at(canvas, 0.35, 0.5) == canvas.session.classes[0].colour


def test_ignored_pixels_are_hatched_while_they_are_painted(open_window: MainWindow, until: Until) -> None:
    """Also before the stroke is saved; elsewhere nothing is hatched."""
    canvas = canvas_of(open_window)
    wait_for_picture(canvas, until)
    canvas.set_state(mask_opacity=1.0, show_grid=False)
    canvas.choose_class(IGNORE)
    canvas.tools.set_diameter("brush", 30)
    drag(canvas, [(0.3, 0.5), (0.5, 0.5)], release=False)
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    middle = place(canvas, 0.4, 0.5)
    line = [image.pixelColor(middle.x() + dx, middle.y() + 30).lightness() for dx in range(-16, 16)]
    assert sum(value > 240 for value in line) >= 4, "no light lines"
    assert sum(value < 200 for value in line) >= 8, "nothing between the lines"
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    image = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    canvas.set_peeking(True)
    bare = canvas.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    canvas.set_peeking(False)
    assert image.pixelColor(middle.x(), middle.y() + 30) == bare.pixelColor(middle.x(), middle.y() + 30)
