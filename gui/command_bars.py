"""Where the commands are found with the mouse: the menus, and the tool bar."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolBar, QToolButton, QWidget

from gui.actions import MENUS, TOOLBAR, translated
from gui.icons import icon
from gui.preferences import Preferences
from gui.theme import ICON_PX


def build_menus(window: QMainWindow, actions: Mapping[str, QAction], preferences: Preferences) -> None:
    """The menu bar; the preferences are in the view's menu."""
    for title, names in MENUS:
        menu = window.menuBar().addMenu(translated(title))
        for name in names:
            if name is None:
                menu.addSeparator()
            else:
                menu.addAction(actions[name])
        if names[0] == "next composite":  # the view's
            preferences.add_to(menu)


class CommandBar(QToolBar):
    """The tools, and what else is at hand; what it has no room for is behind a button."""

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tools"))
        self.setObjectName("tools")
        self.setMovable(False)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        for name in TOOLBAR:
            if name is None:
                self.addSeparator()
            else:
                self.addAction(actions[name])
        more = self.findChild(QToolButton, "qt_toolbar_ext_button")
        assert more is not None
        more.setIcon(icon("chevron-right"))
        more.setToolTip(self.tr("More tools"))
