"""Appearance and language: chosen in the menu, found again by the next window."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from gui.main_window import MainWindow
from gui.preferences import Preferences, preferred_appearance, preferred_language
from gui.theme import DARK, ThemeKeeper, current_theme


@pytest.fixture
def light_again(themes: ThemeKeeper) -> Iterator[ThemeKeeper]:
    yield themes
    themes.set_mode("light")


def choices(parent: MainWindow | QMenu, title: str) -> list[QAction]:
    [menu] = [menu for menu in parent.findChildren(QMenu) if menu.title() == title]
    return menu.actions()


def checked(actions: list[QAction]) -> list[str]:
    return [action.text() for action in actions if action.isChecked()]


def test_an_appearance_shows_at_once_and_is_remembered(window: MainWindow, light_again: ThemeKeeper) -> None:
    system, _, dark = appearances = choices(window, "Appearance")
    assert checked(appearances) == [system.text()]
    dark.trigger()
    assert current_theme() is DARK
    assert preferred_appearance() == "dark"
    assert checked(appearances) == ["Dark"]
    another = QMenu()
    Preferences(light_again, another).add_to(another)
    assert checked(choices(another, "Appearance")) == ["Dark"]


def test_a_language_is_remembered_and_said_to_come_later(window: MainWindow) -> None:
    _, _, german = choices(window, "Language")
    german.trigger()
    assert preferred_language() == "de"
    assert window.start_notices.text == "The language changes when you start Fieldbrush again."


def test_what_nobody_can_choose_is_as_the_system(light_again: ThemeKeeper) -> None:
    QSettings().setValue("appearance", "sepia")
    QSettings().setValue("language", "tlh")
    assert (preferred_appearance(), preferred_language()) == ("system", "system")
    menu = QMenu()
    Preferences(light_again, menu).add_to(menu)
    assert checked(choices(menu, "Appearance")) == checked(choices(menu, "Language")) == ["As the system"]
