"""The panels round the canvas: where they are at first, where the user has put them, and one at a time beside a rail
where the window is small."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import Enum, auto

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QTabBar, QWidget

from gui.heights import RightColumn
from gui.rail import Rail

SMALL_PX = QSize(960, 600)  # a window narrower or lower than this has a rail: the panels on the right need as much
_LAYOUT_VERSION = 2
_LAYOUT, _CHOSEN, _OPEN = "window/state", "window/heights chosen", "window/open panel"
_QUEUE, _REVIEW = "queue dock", "review dock"
_SIDE_PX = 270
_RIGHT = ("classes dock", "layers dock", "training dock")
_LAID_OUT_MS = 30
_NOTED_MS = 200  # after a panel has changed its size
_LINE = "qt_qmainwindow_extended_splitter"  # Qt's widget over the line between two panels, where it makes one
_PRESS_AND_RELEASE = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease)
_SETTLED_MS = 1000  # after the panels were laid out: by then the window manager has given the window its size


class _Place(Enum):
    """Where the panels are."""

    NOWHERE = auto()  # no project is open
    SETTLING = auto()  # round the canvas, laid out anew whenever the window changes its size: it may not have it yet
    ROUND = auto()  # round the canvas, as the user has them
    RAIL = auto()  # one at a time, beside the rail


Panel = tuple[str, str, QWidget, Qt.DockWidgetArea]  # object name, title, widget, area


class PanelDocks(QObject):
    """The docks of the project that is open. The layout is kept from project to project.

    In a small window, or when they are put away, the rail takes their place; the layout of the roomy window is set
    aside and comes back.
    """

    changed = Signal()  # another panel is open, or they stand round the canvas again
    left = Signal()  # the panel that had the keyboard is gone

    def __init__(self, window: QMainWindow, put_away: QAction) -> None:
        """`put_away` is at the rail's end where the window has room for all panels."""
        super().__init__(window)
        self._window = window
        self._docks: dict[str, QDockWidget] = {}
        self._areas: dict[str, Qt.DockWidgetArea] = {}
        self._place = _Place.NOWHERE  # `_enter` alone changes it
        self._is_put_away = False  # by the user, though the window has room
        self._layout: QByteArray | None = None  # of the roomy window
        self._has_chosen = False  # the user, how high the panels on the right are
        self._is_dragging = False  # the line between two panels
        self._follow_soon = self._timer(0, self._follow)  # sizes are known once the docks are laid out
        self._fit_soon = self._timer(_LAID_OUT_MS, self._fit)
        self._note_layout_soon = self._timer(_NOTED_MS, self._note_layout)
        self._settle_soon = self._timer(_SETTLED_MS, lambda: self._enter(_Place.ROUND))
        self._rail = Rail(window, put_away)
        self._rail.turned.connect(self.changed)
        self._rail.left.connect(self.left)
        window.installEventFilter(self)

    def _timer(self, wait_ms: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=wait_ms)
        timer.timeout.connect(act)
        return timer

    @property
    def has_rail(self) -> bool:
        """Whether one panel at a time is shown, at most."""
        return self._place is _Place.RAIL

    @property
    def are_shown(self) -> bool:
        """Whether any panel is."""
        return not self.has_rail or bool(self._rail.open_panel)

    @property
    def is_settled(self) -> bool:
        """Whether the panels no longer follow the window's size, as they do when they are first shown."""
        return self._place is not _Place.SETTLING

    @property
    def _are_round(self) -> bool:
        return self._place in (_Place.SETTLING, _Place.ROUND)

    def show(self, panels: Iterable[Panel]) -> None:
        """The last layout; at first: queue left, the rest right, values and strokes as tabs."""
        for panel in panels:
            self._add(*panel)
        self._layout = QSettings().value(_LAYOUT)
        self._has_chosen = bool(QSettings().value(_CHOSEN, False, bool))
        self._rail.offer(self._docks, str(QSettings().value(_OPEN, _QUEUE)))
        self._enter(_Place.RAIL if self._wants_rail() else _Place.SETTLING)

    def raise_(self, name: str) -> None:
        """Bring a panel to the front of its tabs, or open it beside the rail."""
        if self.has_rail:
            self._rail.open(name)
        else:
            self._docks[name].raise_()

    def toggle(self) -> None:
        """Put the panels away, for more of the picture, or bring them back."""
        if self._place is _Place.NOWHERE:
            return
        if self._is_small():
            self._rail.toggle()
            return
        self._is_put_away = not self._is_put_away
        self._note_layout()
        self._follow()

    def reset(self) -> None:
        """All panels where they are at first, round the canvas where the window has room; what the user has chosen is
        forgotten."""
        if self._place is _Place.NOWHERE:
            return
        self._layout, self._has_chosen, self._is_put_away = None, False, False
        self._enter(_Place.RAIL if self._wants_rail() else _Place.SETTLING)

    def make_room_soon(self) -> None:
        """A panel on the right has more to show, at the user's wish: it gets what others can do without, once it is
        laid out. Heights that the user has chosen stay."""
        if self._place is _Place.ROUND and not self._has_chosen:
            self._fit_soon.start()

    def _fit(self) -> None:
        """The heights on the right to what is in the panels."""
        if not self._are_round:
            return
        column = RightColumn(self._window, *(self._docks[name] for name in _RIGHT))
        if self._has_chosen:
            column.pass_on()
        else:
            column.share()

    def clear(self) -> None:
        docks = list(self._docks.values())
        self._docks.clear()
        self._enter(_Place.NOWHERE)
        for dock in docks:
            self._window.removeDockWidget(dock)
            dock.setParent(None)  # at once: a dock that only waits for its deletion would come back with the layout
            dock.deleteLater()

    def save(self) -> None:
        """Keep the layout, where panels are shown: always that of a window with room for all of them. The next project
        begins with its queue: what the review has found goes with this one."""
        if self._place is _Place.NOWHERE:
            return
        if self._place is _Place.ROUND and not self._docks[_REVIEW].visibleRegion().isEmpty():
            self._docks[_QUEUE].raise_()
        self._note_layout()
        if self._layout is not None:
            QSettings().setValue(_LAYOUT, self._layout)
            QSettings().setValue(_CHOSEN, self._has_chosen)
        if self.has_rail and self._is_small():
            opened = self._rail.open_panel
            QSettings().setValue(_OPEN, _QUEUE if opened == _REVIEW else opened)

    def _add(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        dock = QDockWidget(title, self._window)
        dock.setObjectName(name)
        dock.setWidget(widget)
        dock.installEventFilter(self)
        dock.visibilityChanged.connect(self._hide_titles_of_tabs)
        dock.dockLocationChanged.connect(self._hide_titles_of_tabs)
        self._docks[name] = dock
        self._areas[name] = area

    def _arrange(self) -> None:
        """All panels as they are at first."""
        window, docks = self._window, self._docks
        for name, dock in docks.items():
            dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
            window.addDockWidget(self._areas[name], dock)
        window.tabifyDockWidget(docks[_QUEUE], docks[_REVIEW])
        window.tabifyDockWidget(docks["training dock"], docks["inspector dock"])
        window.tabifyDockWidget(docks["inspector dock"], docks["history dock"])
        for dock in docks.values():
            dock.show()  # only now: on the way Qt makes tab bars that it would leave lying over the panels
        for front in (_QUEUE, "training dock"):
            docks[front].raise_()

    def _hide_titles_of_tabs(self, *_: object) -> None:
        """A panel's tab says its name; a title below it would say it again."""
        for dock in self._docks.values():
            is_tab = not self.has_rail and bool(self._window.tabifiedDockWidgets(dock))
            if is_tab != (dock.titleBarWidget() is not None):
                bar = QWidget(dock) if is_tab else None  # None: Qt's own, which the stubs do not know of
                dock.setTitleBarWidget(bar)  # type: ignore[arg-type]
        QTimer.singleShot(0, self, self._hide_empty_bars)  # Qt has made the bars by then

    def _hide_empty_bars(self) -> None:
        """Qt leaves one outside the window when it makes the panels' tabs, and Tab would come to it."""
        direct = Qt.FindChildOption.FindDirectChildrenOnly
        for bar in self._window.findChildren(QTabBar, options=direct):
            if not bar.count():
                bar.hide()

    def _lay_out(self) -> None:
        """As the user had it last, but with room for the canvas."""
        if self._layout is not None and self._window.restoreState(self._layout, _LAYOUT_VERSION):
            sides = self._that_crowd_the_canvas()
        else:
            sides = [self._docks[_QUEUE], self._docks["classes dock"]]
        self._window.resizeDocks(sides, [_SIDE_PX] * len(sides), Qt.Orientation.Horizontal)
        self._fit_soon.start()
        self._settle_soon.start()

    def _note_layout(self) -> None:
        """As the user has it: not while the window may still get another size, nor when it has become small; the panels
        are squeezed by then. Nor when they squeeze the canvas."""
        if self._place is _Place.ROUND and not self._is_small() and not self._that_crowd_the_canvas():
            self._layout = self._window.saveState(_LAYOUT_VERSION)

    def _that_crowd_the_canvas(self) -> list[QDockWidget]:
        """Panels beside it that are wider than at first, where it has its least width."""
        centre = self._window.centralWidget()
        if centre is None or centre.width() > centre.minimumSizeHint().width():
            return []
        beside = (Qt.DockWidgetArea.LeftDockWidgetArea, Qt.DockWidgetArea.RightDockWidgetArea)
        docks = [dock for dock in self._docks.values() if self._window.dockWidgetArea(dock) in beside]
        return [dock for dock in docks if dock.width() > _SIDE_PX]

    # -- round the canvas, or beside the rail ------------------------------------------------------------------

    def _is_small(self) -> bool:
        size = self._window.size()
        return size.width() < SMALL_PX.width() or size.height() < SMALL_PX.height()

    def _wants_rail(self) -> bool:
        return self._is_put_away or self._is_small()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The window hears of presses on titles and labels, too, and of those on the line between two panels."""
        if watched is self._window and isinstance(event, QMouseEvent) and event.type() in _PRESS_AND_RELEASE:
            is_press = event.type() == QEvent.Type.MouseButtonPress and event.button() == Qt.MouseButton.LeftButton
            there = self._window.childAt(event.position().toPoint())
            self._is_dragging = is_press and (there is None or there.objectName() == _LINE)
        elif event.type() == QEvent.Type.Resize and isinstance(event, QResizeEvent):
            (self._follow_soon if watched is self._window else self._note_layout_soon).start()
            is_right = watched is not self._window and watched.objectName() in _RIGHT
            self._has_chosen |= self._is_dragging and is_right and event.size().height() != event.oldSize().height()
        return False

    def _follow(self) -> None:
        """The window's size, and the user's wish for more of the picture."""
        if self._place is _Place.NOWHERE:
            return
        if self._wants_rail() != self.has_rail:
            self._enter(_Place.SETTLING if self.has_rail else _Place.RAIL)
        elif self._place is _Place.SETTLING:
            self._lay_out()
        else:
            self.make_room_soon()
        self._show_way_back()

    def _enter(self, place: _Place) -> None:
        self._place = place
        self._settle_soon.stop()
        if place is _Place.NOWHERE:
            self._rail.hide()
        elif place is _Place.SETTLING:
            self._rail.hide()
            self._arrange()
            self._hide_titles_of_tabs()
            self._follow_soon.start()
            self.changed.emit()
        elif place is _Place.ROUND:
            self._note_layout()
        else:  # where the window has room the panels have been put away, and none is open
            self._rail.take_panels()
            self._hide_titles_of_tabs()
            self._rail.open(self._rail.open_panel if self._is_small() else "")
            self._show_way_back()

    def _show_way_back(self) -> None:
        self._rail.show_way_back(self.has_rail and not self._is_small())
