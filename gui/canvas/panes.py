"""One, two or four panes side by side: the canvas, and further views of what it shows, each with its own composite.

The canvas leads. The others follow its Scene, Tile, place and zoom; a hand that moves one of them moves the canvas.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QAction, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.geometry import Rect
from core.project.settings import Setting, in_shape
from core.session import Session
from gui.canvas.scene_view import SceneView
from gui.canvas.view import CanvasView
from gui.canvas.viewport import Viewport
from gui.composite_box import CompositeBox
from gui.controls import icon_button
from gui.icons import IconLabel
from gui.theme import ICON_SMALL_PX, SPACE_HAIR, SPACE_SMALL, SPACE_TIGHT, set_class

COUNTS = (1, 2, 4)
_COMMON = ("mask_opacity", "prediction_opacity", "doubt_opacity", "show_grid")  # as set for the canvas
_SWITCH_PX = 26
_LARGEST_CHOICE_PX = 240
_LEAST_PX = 140
_ROOMY_PX = 270  # a narrower header has a menu in place of the switches
_OWN = ("composite_key", "show_mask", "show_prediction", "show_doubt")


@dataclass(frozen=True)
class _First:
    """How a further pane begins: with the first of `composites` that the bands allow and no other shows like it."""

    composites: tuple[str, ...]
    show_prediction: bool = False
    show_doubt: bool = False


_FIRST = (
    _First(("false_colour", "red_edge", "gli")),
    _First(("ndvi", "gli", "ndwi")),
    _First(("natural",), show_prediction=True, show_doubt=True),
)


class CanvasPanes(QWidget):
    """Holds the canvas and its companions."""

    arranged = Signal()  # another number of panes shows
    legends_moved = Signal()

    def __init__(self, session: Session, canvas: CanvasView) -> None:
        super().__init__()
        self._session = session
        self.canvas = canvas
        self.further = [LinkedView(session, canvas) for _ in _FIRST]
        self._panes = [_Pane(view, self) for view in (canvas, *self.further)]
        self.count = 1  # of the panes that show; or 2, or 4
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_HAIR)
        for number, pane in enumerate(self._panes):
            self._grid.addWidget(pane, number // 2, number % 2)
            pane.view.legends_moved.connect(self.legends_moved)
        canvas.painted.connect(self._show_paint)
        canvas.cursor_moved.connect(self._point_at)
        canvas.cursor_left.connect(canvas.point_nowhere)
        self._restore()

    @property
    def header_px(self) -> int:
        """How much of the upper edge says what the panes show; nothing over a single one."""
        return 0 if self.count == 1 else self._panes[0].header.sizeHint().height()

    @property
    def legends(self) -> QRect:
        """Where the upper panes' lie."""
        found = QRect()
        for view in [pane.view for pane in self._panes[:2] if not pane.isHidden()]:
            found |= view.fitting.legends.translated(view.mapTo(self, QPoint()))
        return found

    def _show_paint(self, rect: Rect) -> None:
        """Also of a Stroke under way; the canvas does so by itself."""
        for view in self.further[: self.count - 1]:
            view.update_scene_rect(rect)

    def _point_at(self, x: float, y: float) -> None:
        """A cross in every pane but the one under the mouse."""
        count = self.count
        if count > 1:
            for view in (self.canvas, *self.further[: count - 1]):
                view.point_at(x, y)

    def show_panes(self, count: int) -> None:
        """Show so many panes; the canvas is the first. What it showed stays in view."""
        before = self.canvas.size()
        self._arrange(count)
        if self.isVisible() and before != self.canvas.size() and not self.canvas.is_fitted:
            after = self.canvas.size()
            self.canvas.zoom(min(after.width() / before.width(), after.height() / before.height()))
        self.arranged.emit()

    def _arrange(self, count: int) -> None:
        self.count = count
        for number, pane in enumerate(self._panes):
            pane.setVisible(number < count)
            pane.header.setVisible(count > 1)
        for line, shown in ((1, count > 2), (0, True)):
            self._grid.setRowStretch(line, int(shown))
        for line, shown in ((1, count > 1), (0, True)):
            self._grid.setColumnStretch(line, int(shown))
        self._grid.activate()  # now: the canvas's new size is wanted

    def toggle(self, count: int) -> None:
        """Show so many panes, or only the canvas if there are as many already."""
        self.show_panes(1 if self.count == count else count)

    def save(self) -> None:
        """Keep the layout with the project. Raises ProjectError."""
        views = [{name: getattr(view.state, name) for name in _OWN} for view in self.further]
        self._session.set_setting(Setting.PANES, {"count": self.count, "views": views})

    def detach(self) -> None:
        for view in self.further:
            view.detach()

    def _restore(self) -> None:
        known: dict[str, Any] = self._session.setting(Setting.PANES, {"count": 1, "views": []})
        keys = [composite.key for composite in self.canvas.composites]
        for view, beginning, stored in zip_longest(self.further, _beginnings(keys), known["views"][: len(_FIRST)]):
            view.set_state(**beginning)
            view.set_state(**in_shape(stored, {name: getattr(view.state, name) for name in _OWN}))
        self.show_panes(known["count"] if known["count"] in COUNTS else 1)


def _beginnings(there: list[str]) -> list[dict[str, object]]:
    """What the further panes show at first, no two of them the same, and the first of them not what the canvas shows,
    if the bands allow it. Of `there`, the scene's composites, the canvas shows the first; it is where one has nothing
    else to show."""
    found: list[dict[str, object]] = []
    others = [*there[1:], *there[:1]]
    for first in _FIRST:
        overlays = {"show_prediction": first.show_prediction, "show_doubt": first.show_doubt}
        keys = (*first.composites, *(there if found else others))
        views = [{"composite_key": key, **overlays} for key in keys if key in there]
        found.append(next((view for view in views if view not in found), views[0]))
    return found


class LinkedView(SceneView):
    """A further view of what the canvas shows; the left button moves the Scene, a double click labels a Tile."""

    def __init__(self, session: Session, canvas: CanvasView) -> None:
        super().__init__(session, beside=canvas)
        self._canvas = canvas
        self.composites = canvas.composites
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFocusProxy(canvas)  # keys are for the tool in hand, wherever the mouse was last
        self.setAccessibleName(self.tr("Linked view"))
        canvas.view_moved.connect(self.follow)
        canvas.tile_activated.connect(self.follow)
        canvas.state_changed.connect(self._copy_common)
        canvas.cursor_left.connect(self.point_nowhere)
        self.cursor_moved.connect(canvas.cursor_moved)
        self.cursor_left.connect(canvas.cursor_left)
        self.tile_wanted.connect(canvas.tile_wanted)
        self.failed.connect(canvas.failed)
        self._copy_common()

    def follow(self) -> None:
        """Look where the canvas looks."""
        canvas = self._canvas
        if canvas.scene_id is None or not self.show_scene(canvas.scene_id):
            return
        self.active_tile = canvas.active_tile
        self.viewport = Viewport.centred(*canvas.middle(), canvas.viewport.scale, self.width(), self.height())
        self.update()
        self.tell_cursor()

    def set_viewport(self, viewport: Viewport) -> None:
        """Move the canvas; this view follows like all others."""
        x, y = viewport.to_scene(self.rect().toRectF().center())
        self._canvas.look_at(x, y, viewport.scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.follow()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.button() == Qt.MouseButton.LeftButton:
            self.hand.grab(event.position())

    def _copy_common(self) -> None:
        for name in _COMMON:
            setattr(self.state, name, getattr(self._canvas.state, name))
        self.composites = self._canvas.composites
        self.update()


class _Pane(QWidget):
    """A view under its header."""

    def __init__(self, view: SceneView, parent: QWidget) -> None:
        super().__init__(parent)
        self.view = view
        self.header = PaneHeader(view, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(view, 1)


class PaneHeader(QWidget):
    """What a view shows: its composite and its overlays. The one that is painted on carries a brush."""

    def __init__(self, view: SceneView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = view
        self._composite = CompositeBox(self)
        self._composite.setMinimumContentsLength(1)
        self._composite.setMaximumWidth(_LARGEST_CHOICE_PX)
        self._composite.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._composite.activated.connect(lambda row: view.set_state(composite_key=self._composite.itemData(row)))
        row = QHBoxLayout(self)
        row.setContentsMargins(SPACE_SMALL, SPACE_HAIR, SPACE_SMALL, SPACE_HAIR)
        row.setSpacing(SPACE_TIGHT)
        if isinstance(view, CanvasView):
            mark = IconLabel("brush", ICON_SMALL_PX, "accent", self)
            mark.setToolTip(self.tr("You paint in this view"))
            row.addWidget(mark)
        row.addWidget(self._composite, 1)
        row.addStretch(0)
        self._switches = {
            kind: self._add_switch(row, kind, name)
            for kind, name in (
                ("mask", self.tr("Labels")), ("prediction", self.tr("Prediction")), ("doubt", self.tr("Doubt"))
            )
        }  # fmt: skip
        self._more = icon_button("layers", self.tr("What lies over the picture"), self)
        self._more.setIconSize(QSize(ICON_SMALL_PX, ICON_SMALL_PX))
        self._more.setFixedHeight(_SWITCH_PX)
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setMenu(self._menu())
        row.addWidget(self._more)
        set_class(self, "panel")
        view.state_changed.connect(self.refresh)
        self._fold(is_narrow=False)
        self.refresh()

    def minimumSizeHint(self) -> QSize:
        """With the switches folded into a menu. The same in all panes: they are of one size."""
        return QSize(_LEAST_PX, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fold(is_narrow=self.width() < _ROOMY_PX)

    def _fold(self, *, is_narrow: bool) -> None:
        """The switches into a menu, so that the composite's name can be read."""
        for switch in self._switches.values():
            switch.setVisible(not is_narrow)
        self._more.setVisible(is_narrow)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        self._entries: dict[str, QAction] = {}
        for kind, switch in self._switches.items():
            entry = menu.addAction(switch.icon(), switch.toolTip())
            entry.setCheckable(True)
            entry.triggered.connect(lambda on, kind=kind: self._view.set_state(**{f"show_{kind}": on}))
            self._entries[kind] = entry
        return menu

    def refresh(self) -> None:
        """Show the view's state."""
        self._composite.list(self._view.composites)
        if self._view.composites:
            self._composite.choose(self._view.composite.key)
            self._composite.setToolTip(self._composite.currentText())
        for kind, switch in self._switches.items():
            switch.setChecked(getattr(self._view.state, f"show_{kind}"))
            self._entries[kind].setChecked(switch.isChecked())

    def _add_switch(self, row: QHBoxLayout, kind: str, name: str) -> QToolButton:
        switch = icon_button(kind, name, self, checkable=True)
        switch.setIconSize(QSize(ICON_SMALL_PX, ICON_SMALL_PX))
        switch.setFixedSize(_SWITCH_PX, _SWITCH_PX)
        switch.clicked.connect(lambda on: self._view.set_state(**{f"show_{kind}": on}))
        row.addWidget(switch)
        return switch
