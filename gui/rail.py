"""The rail: in the place of all panels, a column of icons that opens one of them at a time."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QMainWindow, QToolBar

from gui.icons import icon
from gui.theme import ICON_PX

_BESIDE_PX = 236  # how wide a panel is at first
_FIRST = "queue dock"
_ICONS = {
    "queue dock": "queue", "review dock": "search", "classes dock": "classes", "layers dock": "layers",
    "training dock": "train", "inspector dock": "inspect", "history dock": "history",
}  # fmt: skip


class Rail(QToolBar):
    """Hidden while the panels stand round the canvas (`PanelDocks`)."""

    turned = Signal()  # to another panel, or to none
    left = Signal()  # the panel that had the keyboard is gone

    def __init__(self, window: QMainWindow, way_back: QAction) -> None:
        """`way_back` is at the rail's end where the window has room for all panels."""
        super().__init__(window)
        self.setWindowTitle(self.tr("Panels"))
        self.setObjectName("panels")
        self.setMovable(False)
        self.setIconSize(QSize(ICON_PX, ICON_PX))
        self._window = window
        self._way_back = way_back
        self._docks: Mapping[str, QDockWidget] = {}
        self._entries: dict[str, QAction] = {}
        self._open = self._opened_last = _FIRST
        self._is_new = False  # just shown: what is open has not got its width yet
        self._beside_px = _BESIDE_PX
        window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, self)
        self.hide()

    @property
    def open_panel(self) -> str:
        """The panel beside the rail, or the one that will be when the rail appears; "" for none."""
        return self._open

    def offer(self, docks: Mapping[str, QDockWidget], open_panel: str) -> None:
        """An icon for each of these; `open_panel` is beside the rail when it appears."""
        self._docks = docks
        self._open = open_panel
        self._opened_last = open_panel if open_panel in docks else _FIRST
        for entry in self._entries.values():
            self.removeAction(entry)
            entry.deleteLater()
        self._entries = {name: self._entry(name, dock.windowTitle()) for name, dock in docks.items()}
        self.addActions(list(self._entries.values()))

    def _entry(self, name: str, title: str) -> QAction:
        entry = QAction(icon(_ICONS[name]), title, self)
        entry.setCheckable(True)
        entry.triggered.connect(lambda on: self.open(name if on else ""))
        return entry

    def take_panels(self) -> None:
        """Appear, and have all panels at hand, hidden; `open` shows the one that is wanted."""
        self._is_new = True
        for dock in self._docks.values():
            dock.hide()  # before there is a rail: together they would make the window wider
        self.show()
        for dock in self._docks.values():
            dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
            self._window.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, dock)

    def open(self, name: str) -> None:
        """Show this panel and no other; "" for none."""
        before = self._docks.get(self._open)
        if before is not None and before.isVisible() and not self._is_new:
            self._beside_px = before.width()  # as the user has it
        self._open = name if name in self._docks else ""
        self._opened_last = self._open or self._opened_last
        focused = QApplication.focusWidget()
        gone = [dock for other, dock in self._docks.items() if other != self._open]
        had_keys = focused is not None and any(dock.isAncestorOf(focused) for dock in gone)
        for dock in gone:
            dock.hide()
        if had_keys:
            self.left.emit()
        if self._open:
            self._docks[self._open].show()
            QTimer.singleShot(0, self, self._fit)  # Qt has laid it out by then
        for other, entry in self._entries.items():
            entry.setChecked(other == self._open)
        self.turned.emit()

    def toggle(self) -> None:
        """Close the panel that is open, or open the last one again."""
        self.open("" if self._open else self._opened_last)

    def _fit(self) -> None:
        self._is_new = False
        if not self.isHidden() and self._open in self._docks:
            self._window.resizeDocks([self._docks[self._open]], [self._beside_px], Qt.Orientation.Horizontal)

    def show_way_back(self, has_room: bool) -> None:
        """In a small window there is none: all panels would not fit."""
        self.removeAction(self._way_back)
        if has_room:
            self.addAction(self._way_back)
