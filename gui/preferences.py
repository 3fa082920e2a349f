"""What the user prefers in every project, appearance and language: two menus, and what was chosen there before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSettings, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from gui.theme import THEME_MODES, ThemeKeeper, ThemeMode
from gui.translate import LANGUAGES

_APPEARANCE, _LANGUAGE = "appearance", "language"  # in the user's settings


def preferred_appearance() -> ThemeMode:
    """The system's where nothing was chosen, or what this version does not know."""
    chosen = QSettings().value(_APPEARANCE)
    return next((mode for mode in THEME_MODES if mode == chosen), "system")


def preferred_language() -> str:
    """Likewise: "system", or one of LANGUAGES."""
    chosen = QSettings().value(_LANGUAGE)
    return next((language for language in LANGUAGES if language == chosen), "system")


class Preferences(QObject):
    """Another appearance shows at once, another language from the next start on."""

    hint = Signal(str)

    def __init__(self, themes: ThemeKeeper, parent: QObject) -> None:
        super().__init__(parent)
        self._themes = themes

    def add_to(self, menu: QMenu) -> None:
        """Two submenus, each of exclusive choices."""
        system = (self.tr("As the system"), "system")
        appearances = (system, (self.tr("Light"), "light"), (self.tr("Dark"), "dark"))
        languages = (system, ("English", "en"), ("Deutsch", "de"))
        menu.addSeparator()
        _add_choices(menu.addMenu(self.tr("Appearance")), appearances, preferred_appearance(), self._choose_appearance)
        _add_choices(menu.addMenu(self.tr("Language")), languages, preferred_language(), self._choose_language)

    def _choose_appearance(self, mode: str, *_: object) -> None:
        QSettings().setValue(_APPEARANCE, mode)
        self._themes.set_mode(mode)

    def _choose_language(self, language: str, *_: object) -> None:
        QSettings().setValue(_LANGUAGE, language)
        self.hint.emit(self.tr("The language changes when you start Fieldbrush again."))


def _add_choices(menu: QMenu, choices: Sequence[tuple[str, str]], now: str, choose: Callable[..., None]) -> None:
    """`choices`: (name, value); `choose` gets the value."""
    group = QActionGroup(menu)
    for name, value in choices:
        action = QAction(name, menu, checkable=True)
        action.setChecked(value == now)
        action.triggered.connect(partial(choose, value))
        group.addAction(action)
        menu.addAction(action)
