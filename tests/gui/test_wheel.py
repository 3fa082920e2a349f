"""The wheel scrolls what scrolls, and changes only a field that has the focus where nothing round it scrolls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QScrollArea,
    QSlider,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

import gui.dialogs.section
from gui.dialogs.new_project import NewProjectDialog
from gui.keymap import Keymap
from gui.main_window import MainWindow
from tests.core.projects import write_scene
from tests.gui.test_small_screen import DIALOGS
from tests.gui.waiting import wait_until_laid_out

Until = Callable[[Callable[[], object]], None]
FIELDS = (QComboBox, QAbstractSpinBox, QSlider)


def turn(field: QWidget) -> None:
    """The mouse's wheel over the field, a notch up and two down, as the window system tells it: some fields would take
    the focus for it."""
    window, area = field.window(), field.parentWidget()
    while area is not None:
        if isinstance(area, QScrollArea):
            area.ensureWidgetVisible(field)
        area = area.parentWidget()
    place = QPointF(field.mapTo(window, QPoint(field.rect().center())))  # where the mouse rests
    for notches in (1, -1, -1):
        QTest.wheelEvent(window.windowHandle(), place, QPoint(0, 120 * notches))


def state(field: QWidget) -> object:
    return field.currentIndex() if isinstance(field, QComboBox) else field.value()


def fields_of(root: QWidget) -> list[QWidget]:
    found = [field for kind in FIELDS for field in root.findChildren(kind)]
    return [field for field in found if field.isVisible() and field.isEnabled()]


def check_fields(root: QWidget) -> None:
    """None that has not the focus changes with the wheel, nor gets the focus by it."""
    fields = fields_of(root)
    before = [state(field) for field in fields]
    for field in fields:
        field.clearFocus()
        turn(field)
        assert [state(each) for each in fields] == before, field.accessibleName()
        assert not field.hasFocus()


@pytest.mark.parametrize(("of_screen", "bands"), [(0.7, 4), (1.5, 13)], ids=["page", "table"])
def test_the_wheel_that_scrolls_the_new_project_changes_no_band(
    app: QApplication, until: Until, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of_screen: float, bands: int
) -> None:
    """On a low screen the page scrolls; the boxes come after it. The table does where it has many bands."""
    monkeypatch.setattr(gui.dialogs.section, "_OF_SCREEN", of_screen)
    dialog = NewProjectDialog([write_scene(tmp_path / "field.tif", bands=bands)], Keymap({}))
    dialog.show()
    until(dialog._create.isEnabled)
    table = dialog._bands.table
    bars = [area.verticalScrollBar() for area in (*dialog.findChildren(QScrollArea), table)]
    scrolls = next(bar for bar in bars if bar.maximum() > 0)
    assert (scrolls is table.verticalScrollBar()) == (bands == 13)
    before = dialog._bands.interpretation()
    roles = table.cellWidget(2, 1)
    roles.setFocus()  # as after a choice in it: what follows over it is still meant to scroll
    turn(roles)
    assert dialog._bands.interpretation() == before
    assert scrolls.value() > 0
    dialog.reject()


@pytest.mark.parametrize("name", DIALOGS)
def test_the_wheel_changes_no_field_of_a_dialog(open_window: MainWindow, name: str) -> None:
    dialog: QDialog = DIALOGS[name](open_window)
    dialog.show()
    wait_until_laid_out(dialog)
    check_fields(dialog)
    dialog.reject()
    dialog.deleteLater()


def test_the_wheel_changes_no_field_of_the_window(open_window: MainWindow) -> None:
    open_window.actions_by_name["two panes"].trigger()
    open_window.resize(1600, 1400)
    wait_until_laid_out(open_window)
    fields = fields_of(open_window)
    assert {kind for kind in FIELDS for field in fields if isinstance(field, kind)} == set(FIELDS)
    check_fields(open_window)


@pytest.fixture
def page(app: QApplication) -> Iterator[QScrollArea]:
    """A number field in an area that does not scroll yet."""
    area, inside = QScrollArea(), QWidget()
    area.setWidgetResizable(True)
    column = QVBoxLayout(inside)
    column.addWidget(QSpinBox(inside))
    area.setWidget(inside)
    area.resize(300, 200)
    area.show()
    wait_until_laid_out(area)
    yield area
    area.close()
    area.deleteLater()


def test_a_field_in_hand_takes_the_wheel_where_nothing_scrolls(page: QScrollArea) -> None:
    number = page.findChild(QSpinBox)
    number.setValue(20)
    number.setFocus(Qt.FocusReason.MouseFocusReason)
    turn(number)
    assert number.value() == 19
    page.widget().setMinimumHeight(2000)
    wait_until_laid_out(page)
    turn(number)
    assert number.value() == 19
