"""The active Tile's strokes, newest first; undone ones stay until the next stroke."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from core.events import Change, Subject
from core.project.class_merges import MERGE_TOOL
from core.session import Session
from gui.actions import COMMANDS, translated
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, set_class

_SHOWN = 200


class HistoryPanel(QWidget):
    """Read-only: undo and redo are commands."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._tile_id = -1
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Strokes on this tile"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._none = QLabel(self.tr("No stroke on this tile yet."), self)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._none.setWordWrap(True)
        self._none.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_MEDIUM, 0)
        set_class(self._none, "muted")
        set_class(self, "panel")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._none)
        layout.addWidget(self._list)
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        self._unsubscribe()

    def set_active(self, tile_id: int) -> None:
        self._tile_id = tile_id
        self._refresh()

    def _refresh(self) -> None:
        names = {command.name: translated(command.text) for command in COMMANDS}
        names["accept prediction"] = names["accept"]
        names["import"] = self.tr("Imported mask")
        names[MERGE_TOOL] = self.tr("Class removed on all tiles")
        self._list.clear()
        for _id, tool, undone in reversed(self._session.strokes(self._tile_id)[-_SHOWN:]):
            item = QListWidgetItem(names.get(tool, tool))
            if undone:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(item)
        self._list.setVisible(self._list.count() > 0)
        self._none.setVisible(self._list.count() == 0)

    def _session_changed(self, change: Change) -> None:
        if Subject.TILES in change.subjects and self._tile_id in change.tile_ids and self.isVisible():
            self._refresh()
