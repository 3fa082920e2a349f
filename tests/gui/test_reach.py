"""Everybody can work with it: names for screen readers, every control by keyboard, Esc out of everything, words that
can be read on any picture."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent, QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QScrollArea,
    QSlider,
    QSpinBox,
    QTabBar,
    QToolBar,
    QWidget,
)

from core.errors import LabelError
from gui.actions import COMMANDS, MENUS
from gui.canvas.decorations import MARK_COLOURS, PLATE_ALPHA
from gui.main_window import MainWindow
from tests.gui.test_canvas import canvas_of, drag
from tests.gui.test_small_screen import DIALOGS
from tests.gui.test_theme import contrast
from tests.gui.waiting import wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
CONTROLS = (
    QAbstractButton,
    QComboBox,
    QSlider,
    QAbstractSpinBox,
    QLineEdit,
    QPlainTextEdit,
    QAbstractItemView,
    QTabBar,
)


def controls(root: QWidget) -> list[QWidget]:
    """What is shown of them, without the parts that Qt builds others of."""
    found = [widget for kind in CONTROLS for widget in root.findChildren(kind) if widget.isVisibleTo(root)]
    parts = ("qt_", "ScrollLeft", "ScrollRight")
    inner = (QComboBox, QAbstractSpinBox, QLineEdit)
    return [
        widget
        for widget in found
        if not widget.objectName().startswith(parts) and not isinstance(widget.parent(), inner)
        and type(widget).__name__ not in ("QTableCornerButton", "QToolBarExtension", "QComboBoxListView", "QHeaderView")
    ]  # fmt: skip


def nameless(root: QWidget) -> list[str]:
    """Controls of which a screen reader can only say what kind they are."""
    return [
        f"{type(widget).__name__} {widget.toolTip()!r} in {type(widget.parent()).__name__}"
        for widget in controls(root)
        if not QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
    ]


def out_of_reach(root: QWidget) -> list[str]:
    """Controls that Tab never comes to. The tool bar's commands are in the menus; beside a number is its slider."""
    return [
        f"{type(widget).__name__} {widget.accessibleName()!r}"
        for widget in controls(root)
        if not widget.focusPolicy() & Qt.FocusPolicy.TabFocus
        and not isinstance(widget, QSpinBox)
        and not isinstance(widget.parent(), QToolBar)
        and widget.focusProxy() is None
    ]


def test_every_control_of_the_window_has_a_name(open_window: MainWindow) -> None:
    assert len(controls(open_window)) > 40
    wait_until_laid_out(open_window)  # Qt makes the panels' tabs later
    bars = [each for each in controls(open_window) if isinstance(each, QTabBar)]
    assert len(bars) == 2
    assert all(bar.count() for bar in bars)  # Tab does not come to one that is left over
    assert not nameless(open_window)
    open_window.actions_by_name["value range"].trigger()
    open_window.actions_by_name["tile list"].trigger()
    wait_until_laid_out(open_window)
    assert not nameless(open_window)


def upward_jumps(dialog: QWidget) -> list[str]:
    """Where Tab goes up and not on to the next column: “what is above (what it comes after)”."""
    stops, widget = [], dialog.nextInFocusChain()
    while widget is not dialog:
        is_stop = not widget.visibleRegion().isEmpty() and not isinstance(widget, QScrollArea)  # scrolled parts aside
        if is_stop and widget.focusPolicy() & Qt.FocusPolicy.TabFocus and not widget.focusProxy():
            stops.append(widget)
        widget = widget.nextInFocusChain()
    places = [stop.mapTo(dialog, QPoint(0, 0)) for stop in stops]
    return [
        f"{stop.accessibleName() or stop!r} ({before.accessibleName() or before!r})"
        for stop, before, here, there in zip(stops[1:], stops, places[1:], places, strict=False)
        if here.y() + stop.height() <= there.y() and here.x() <= there.x()
    ]


@pytest.mark.parametrize("name", DIALOGS)
def test_tab_goes_through_a_dialog_in_reading_order(open_window: MainWindow, name: str) -> None:
    dialog = DIALOGS[name](open_window)
    dialog.show()
    wait_until_laid_out(dialog)
    assert not upward_jumps(dialog)
    dialog.reject()
    dialog.deleteLater()


@pytest.mark.parametrize("name", DIALOGS)
def test_every_control_of_a_dialog_has_a_name_and_is_reached_by_tab(open_window: MainWindow, name: str) -> None:
    dialog = DIALOGS[name](open_window)
    dialog.show()
    assert not nameless(dialog)
    assert not out_of_reach(dialog)
    dialog.reject()
    dialog.deleteLater()


def test_every_control_of_the_window_is_reached_by_tab(open_window: MainWindow) -> None:
    strokes = "QListWidget 'Strokes on this tile'"  # only to look at
    assert [each for each in out_of_reach(open_window) if each != strokes] == []


def test_every_command_is_in_a_menu_with_a_letter_of_its_own(open_window: MainWindow) -> None:
    assert {name for _, names in MENUS for name in names if name} == {command.name for command in COMMANDS}
    menus = [menu for menu in open_window.menuBar().findChildren(QMenu) if "&" in menu.title()]
    letters = [QKeySequence.mnemonic(menu.title()).toString() for menu in menus]
    assert len(letters) == len(MENUS)
    assert len(set(letters)) == len(letters)


def test_esc_closes_a_message_and_gives_the_keys_back(open_window: MainWindow) -> None:
    canvas, notices = canvas_of(open_window), open_window.workspace.notices
    size = next(s for s in open_window.findChildren(QSpinBox) if s.accessibleName() == "Brush size as a number")
    notices.show_error(LabelError("It went wrong.", "Try again."))
    size.setFocus()
    QTest.keyClick(size, Qt.Key.Key_Escape)
    assert notices.text == ""
    assert canvas.hasFocus()
    open_window.actions_by_name["tile list"].trigger()
    page = open_window.workspace.ways.tile_list
    QTest.keyClick(page.view, Qt.Key.Key_Escape)
    assert not open_window.workspace.ways.list_is_open


def test_esc_gives_a_stroke_up_before_it_does_anything_else(open_window: MainWindow) -> None:
    canvas, notices = canvas_of(open_window), open_window.workspace.notices
    notices.show_hint("Something to read.")
    middle = canvas.rect().center()
    QTest.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    QTest.mouseMove(canvas, middle + QPoint(30, 0))
    QTest.keyClick(canvas, Qt.Key.Key_Escape)
    QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(30, 0))
    assert canvas.session.strokes(canvas.active.tile_id) == []
    assert notices.text == "Something to read."


def test_only_what_nobody_foresaw_offers_details(open_window: MainWindow) -> None:
    notices = open_window.workspace.notices
    notices.show_error(LabelError("Nothing is painted on this tile.", "Paint something."))
    assert not notices._copy.isVisible()
    notices.show_error(ZeroDivisionError("float division by zero"))
    assert notices._copy.isVisible()


def enter(canvas: QWidget) -> None:
    place = QPointF(canvas.rect().center())
    QApplication.sendEvent(canvas, QEnterEvent(place, place, QPointF(canvas.mapToGlobal(place))))


def test_the_mouse_over_the_canvas_brings_the_held_keys(open_window: MainWindow, until: Until) -> None:
    """Space and Q work after a choice in a panel; what is being typed stays where it is."""
    canvas = canvas_of(open_window)
    open_window.activateWindow()
    until(open_window.isActiveWindow)
    slider = next(s for s in open_window.findChildren(QSlider) if s.accessibleName() == "Brush size")
    slider.setFocus()
    enter(canvas)
    assert canvas.hasFocus()
    size = next(s for s in open_window.findChildren(QSpinBox) if s.accessibleName() == "Brush size as a number")
    size.setFocus()
    enter(canvas)
    assert size.hasFocus()


def test_undo_and_redo_show_whether_there_is_anything(open_window: MainWindow) -> None:
    canvas, actions = canvas_of(open_window), open_window.actions_by_name

    def offered() -> tuple[bool, bool]:
        return actions["undo"].isEnabled(), actions["redo"].isEnabled()

    assert offered() == (False, False)
    drag(canvas, [(0.2, 0.5), (0.6, 0.5)])
    assert offered() == (True, False)
    actions["undo"].trigger()
    assert offered() == (False, True)
    actions["redo"].trigger()
    assert offered() == (True, False)
    actions["next"].trigger()
    assert offered() == (False, False), "of the tile that is shown"


def test_words_on_the_picture_can_be_read_on_any_ground() -> None:
    brightest = round(255 * (1 - PLATE_ALPHA / 255))
    assert contrast("#FFFFFF", f"#{brightest:02X}{brightest:02X}{brightest:02X}") >= 4.5
    assert all(contrast("#FFFFFF", colour.name()) >= 4.5 for colour in MARK_COLOURS.values())


def test_the_status_bar_says_how_large_scene_and_tile_are(open_window: MainWindow, until: Until) -> None:
    """128 × 128 px of 0.5 m, 20 columns of the first scene without data."""
    canvas, status = canvas_of(open_window), open_window._status
    canvas.forget_cursor()
    scene = canvas.session.scenes[canvas.scene_id].path
    area = "0.41 ha" if "south" in scene else "0.35 ha"
    assert status._place.text().startswith(f"128 × 128 px   {area}   tile 0.10 ha")
    canvas.cursor_moved.emit(10.0, 10.0)
    until(lambda: status._place.text().startswith("pixel 10, 10"))
    canvas.forget_cursor()
    assert "ha" in status._place.text()
