"""Finding one's way in a project: the list of all Tiles in place of the canvas, written positions, Notes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from core.session import Session
from gui.actions import COMMANDS, Needs
from gui.canvas.view import CanvasView
from gui.dialogs.go_to import GoToDialog
from gui.dialogs.life import run
from gui.dialogs.note import NoteDialog
from gui.flow import Flow
from gui.notices import NoticeBar
from gui.thumbnails import Thumbnails
from gui.tile_list.page import TileListPage

_ON_THE_TILE = frozenset(command.name for command in COMMANDS if command.needs is Needs.TILE)


class Wayfinding(QObject):
    """`pages` is the middle of the window: the canvas (with its further panes), or the list."""

    changed = Signal()  # the other page is shown
    list_resized = Signal()

    def __init__(
        self, session: Session, canvas: CanvasView, panes: QWidget, flow: Flow, notices: NoticeBar, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._canvas = canvas
        self._panes = panes
        self._flow = flow
        self._notices = notices
        self.thumbnails = Thumbnails(session, self)
        self._tile_list: TileListPage | None = None
        self.pages = QStackedWidget()
        self.pages.addWidget(panes)
        canvas.tile_activated.connect(self.show_canvas)  # wherever a Tile is chosen: it is looked at

    def detach(self) -> None:
        if self._tile_list is not None:
            self._tile_list.detach()
        self.thumbnails.detach()

    @property
    def tile_list(self) -> TileListPage:
        """Made when it is first asked for: opening a project need not wait for it."""
        if self._tile_list is None:
            self._tile_list = TileListPage(self._session, self.thumbnails)
            self._tile_list.tile_chosen.connect(self._label)
            self._tile_list.closed.connect(self.show_canvas)
            self._tile_list.resized.connect(self.list_resized)
            self._tile_list.note_wanted.connect(lambda tile_id: self._edit_note([tile_id]))
            self.pages.addWidget(self._tile_list)
        return self._tile_list

    @property
    def list_is_open(self) -> bool:
        return self.pages.currentWidget() is not self._panes

    def commands(self) -> dict[str, Callable[..., object]]:
        return {
            "tile list": self._toggle_list,
            "go to": self._go_to,
            "note": lambda: self._edit_note(self._flow.tiles_for_note()),
        }

    def offers(self, command: str) -> bool:
        """Whether a command makes sense on the page that is shown: nothing changes a Tile that nobody sees."""
        return not self.list_is_open or command not in _ON_THE_TILE or command in self.tile_list.commands()

    def show_canvas(self) -> None:
        if self.list_is_open:
            self.pages.setCurrentWidget(self._panes)
            self._canvas.setFocus(Qt.FocusReason.OtherFocusReason)
            self.changed.emit()

    def _toggle_list(self) -> None:
        if self.list_is_open:
            self.show_canvas()
            return
        self._canvas.end_stroke()
        self._notices.hide_hint()  # it speaks of the canvas
        self.pages.setCurrentWidget(self.tile_list)
        self.tile_list.open_at(self._flow.tile_id)
        self.changed.emit()

    def _label(self, tile_id: int) -> None:
        self.show_canvas()  # first: the view is fitted to the size that the canvas has then
        self._flow.go_to(tile_id)

    def _edit_note(self, tile_ids: Sequence[int]) -> None:
        """Ask for the Note on the first of the Tiles, or on the other one, if the user says so."""
        if tile_ids:
            run(NoteDialog(self._session, self.thumbnails, tile_ids, self.pages.window()))

    def _go_to(self) -> None:
        dialog = GoToDialog(self._session, self._canvas, self.pages.window())
        if not run(dialog) or dialog.place is None:
            return
        self.show_canvas()
        place = dialog.place
        if dialog.tile_id is not None:
            if not self._flow.go_to(dialog.tile_id):
                return
        elif self._canvas.show_scene(place.scene_id):
            self._canvas.look_at(place.x, place.y, self._canvas.viewport.scale)
            self._notices.show_hint(self.tr("Here. Double-click a tile to label it."))
        self._canvas.point_at(place.x, place.y)
