"""The panels round the canvas: where they are at first, and where the user has put them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QDockWidget, QMainWindow, QScrollArea, QStyle, QWidget

_LAYOUT_VERSION = 2
_SIDE_PX = 270
_RIGHT = ("classes dock", "layers dock", "training dock")
_LAID_OUT_MS = 30
_SETTLED_MS = 1000  # after a project has opened: by then the window manager has given the window its size


def _least_height(widget: QWidget) -> int:
    """That it needs to show all it has; a scroll area would do with less."""
    return (widget.widget() if isinstance(widget, QScrollArea) else widget).minimumSizeHint().height()


Panel = tuple[str, str, QWidget, Qt.DockWidgetArea]  # object name, title, widget, area


class PanelDocks(QObject):
    """The docks of the project that is open. The layout is kept from project to project."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._is_settling = False

    def show(self, panels: Iterable[Panel]) -> None:
        """The last layout; at first: queue left, the rest right, values and strokes as tabs."""
        for panel in panels:
            self._add(*panel)
        window, docks = self._window, self._docks
        window.tabifyDockWidget(docks["queue dock"], docks["review dock"])
        window.tabifyDockWidget(docks["training dock"], docks["inspector dock"])
        window.tabifyDockWidget(docks["inspector dock"], docks["history dock"])
        for front in ("queue dock", "training dock"):
            docks[front].raise_()
        sides = [docks["queue dock"], docks["classes dock"]]
        window.resizeDocks(sides, [_SIDE_PX, _SIDE_PX], Qt.Orientation.Horizontal)
        QTimer.singleShot(0, self, self._restore)  # sizes are known once the docks are laid out

    def raise_(self, name: str) -> None:
        """Bring a panel to the front of its tabs."""
        self._docks[name].raise_()

    def make_room_soon(self, name: str) -> None:
        """Once it is laid out."""
        QTimer.singleShot(_LAID_OUT_MS, self, lambda: self._make_room(name))

    def _make_room(self, name: str) -> None:
        """Give a panel on the right that asks for more than its height what the lowest one can do without."""
        if not self._docks:
            return
        dock, lowest = self._docks[name], self._docks["training dock"]
        lack = dock.widget().sizeHint().height() - dock.widget().height()
        spare = lowest.height() - _least_height(lowest.widget())
        if (given := min(lack, spare)) > 0:
            right = [self._docks[other] for other in _RIGHT]
            more = {dock: given, lowest: self._tabs_px() - given}
            heights = [each.height() + more.get(each, 0) for each in right]
            self._window.resizeDocks(right, heights, Qt.Orientation.Vertical)

    def _tabs_px(self) -> int:
        """The height of the lowest panel's tabs, which Qt counts as a part of it."""
        over, lowest = (self._docks[name].geometry() for name in _RIGHT[1:])
        separator = self._window.style().pixelMetric(
            QStyle.PixelMetric.PM_DockWidgetSeparatorExtent, None, self._window
        )
        return max(lowest.top() - over.bottom() - 1 - separator, 0)

    def clear(self) -> None:
        docks = list(self._docks.values())
        self._docks.clear()
        for dock in docks:
            self._window.removeDockWidget(dock)
            dock.setParent(None)  # at once: a dock that only waits for its deletion would come back with the layout
            dock.deleteLater()

    def save(self) -> None:
        """Keep the layout, where panels are shown."""
        if self._docks:
            QSettings().setValue("window/state", self._window.saveState(_LAYOUT_VERSION))

    def _add(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        dock.setWidget(widget)
        dock.visibilityChanged.connect(self._hide_titles_of_tabs)
        dock.dockLocationChanged.connect(self._hide_titles_of_tabs)
        self._window.addDockWidget(area, dock)
        self._docks[name] = dock

    def _hide_titles_of_tabs(self, *_: object) -> None:
        """A panel's tab says its name; a title below it would say it again."""
        for dock in self._docks.values():
            is_tab = bool(self._window.tabifiedDockWidgets(dock))
            if is_tab != (dock.titleBarWidget() is not None):
                dock.setTitleBarWidget(QWidget(dock) if is_tab else None)  # type: ignore[arg-type]

    def _restore(self) -> None:
        """The user's last layout; at first a balanced one, also while the window still changes its size."""
        state = QSettings().value("window/state")
        if not self._docks or (state is not None and self._window.restoreState(state, _LAYOUT_VERSION)):
            return
        self._balance()
        self._is_settling = True
        self._window.installEventFilter(self)
        QTimer.singleShot(_SETTLED_MS, self, self._settled)

    def _balance(self) -> None:
        """On the right, the lowest panel gets what those over it leave."""
        if not self._docks:
            return
        right = [self._docks[name] for name in _RIGHT]
        upper = [dock.sizeHint().height() for dock in right[:-1]]
        rest = sum(dock.height() for dock in right) - sum(upper)
        if rest > right[-1].minimumSizeHint().height():
            self._window.resizeDocks(right, [*upper, rest], Qt.Orientation.Vertical)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self._is_settling:
            QTimer.singleShot(0, self, self._balance)
        return False

    def _settled(self) -> None:
        self._is_settling = False
        self._window.removeEventFilter(self)
