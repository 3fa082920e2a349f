"""The active Tile's strokes, newest first, with what they painted; undone ones stay until the next stroke."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QSize, Qt
from PySide6.QtGui import QHelpEvent, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QVBoxLayout,
    QWidget,
)

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.imagery.georeference import Georeference
from core.labels.classes import IGNORE, IGNORE_COLOUR, UNLABELED
from core.project.class_merges import MERGE_TOOL
from core.session import Session
from gui.actions import COMMANDS, translated
from gui.controls import muted
from gui.status import area_label
from gui.swatch import swatch
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, set_class
from gui.translate import number

_SHOWN = 200
_STROKE = Qt.ItemDataRole.UserRole
_SWATCH_PX = 18
_NO_COLOUR = "transparent"


class HistoryPanel(QWidget):
    """Read-only: undo and redo are commands."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._tile_id = -1
        self._list = QListWidget(self)
        self._list.setAccessibleName(self.tr("Strokes on this tile"))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setUniformItemSizes(True)
        self._list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.setItemDelegate(_StrokeDelegate(self))
        self._effects: dict[int, dict[int, int]] = {}  # of the Strokes that have been seen
        self._georeference: Georeference | None = None
        self._none = muted(self.tr("No stroke on this tile yet."), self)
        self._none.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._none.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_MEDIUM, 0)
        set_class(self, "panel")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._none)
        layout.addWidget(self._list)
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        self._unsubscribe()

    def showEvent(self, event: QShowEvent) -> None:
        """While it is hidden, in a small window, it does not follow."""
        self._refresh()
        super().showEvent(event)

    def set_active(self, tile_id: int) -> None:
        self._tile_id = tile_id
        self._effects.clear()
        self._georeference = None
        self._refresh()

    def effect(self, stroke_id: int) -> tuple[str, str, bool]:
        """What a Stroke painted, as (words, colour, whether that is hatched); read when it is looked at."""
        try:
            if stroke_id not in self._effects:
                self._effects[stroke_id] = self._session.stroke_effect(stroke_id)
            size = self._size_of(sum(self._effects[stroke_id].values()))
        except FieldbrushError:  # who paints hears of it; the list says what it can
            return "", _NO_COLOUR, False
        painted = {value: count for value, count in self._effects[stroke_id].items() if value != UNLABELED}
        if not painted:
            return size, _NO_COLOUR, False
        value = max(painted, key=lambda value: painted[value])
        known = {c.value: (c.name, c.colour) for c in self._session.classes}
        known[IGNORE] = (self.tr("ignore"), IGNORE_COLOUR)
        name, colour = known.get(value, ("", _NO_COLOUR))
        if len(painted) > 1:
            name = self.tr("%n class(es)", "", len(painted))
        return " · ".join(filter(None, (size, name))), colour, value == IGNORE

    def _size_of(self, pixels: int) -> str:
        """On the ground, else in pixels. Raises FieldbrushError where the Scene is gone."""
        tile = self._session.tiles[self._tile_id]
        if self._georeference is None:
            self._georeference = Georeference(self._session.scene_files.open(tile.scene_id).info)
        return area_label(self._georeference, pixels, tile.rect.centre) or f"{number(pixels, 0)} px"

    def _refresh(self) -> None:
        names = {command.name: translated(command.text) for command in COMMANDS}
        names["accept prediction"] = names["accept"]
        names["import"] = self.tr("Imported mask")
        names[MERGE_TOOL] = self.tr("Class removed on all tiles")
        self._list.clear()
        for stroke_id, tool, undone in reversed(self._session.strokes(self._tile_id)[-_SHOWN:]):
            item = QListWidgetItem(names.get(tool, tool))
            item.setData(_STROKE, stroke_id)
            if undone:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._list.addItem(item)
        self._list.setVisible(self._list.count() > 0)
        self._none.setVisible(self._list.count() == 0)

    def _session_changed(self, change: Change) -> None:
        if Subject.CLASSES in change.subjects:
            self._list.viewport().update()
        if Subject.MASKS in change.subjects and self._tile_id in change.tile_ids and self.isVisible():
            self._refresh()


class _StrokeDelegate(QStyledItemDelegate):
    """A colour, the tool, what was painted. Only what is seen is read from the project. What is longer than the list is
    wide is cut in the middle, for it ends with a Class's name; its tip says all of it."""

    def __init__(self, panel: HistoryPanel) -> None:
        super().__init__(panel)
        self._panel = panel

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        super().initStyleOption(option, index)
        words, colour, hatched = self._panel.effect(index.data(_STROKE))
        if words:
            option.text = f"{option.text} · {words}"
        option.icon = swatch(colour, hatched=hatched, width_px=_SWATCH_PX)
        option.features |= QStyleOptionViewItem.ViewItemFeature.HasDecoration

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, super().sizeHint(option, index).height())

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        if event.type() != QEvent.Type.ToolTip or not index.isValid():
            return super().helpEvent(event, view, option, index)
        self.initStyleOption(option, index)
        QToolTip.showText(event.globalPos(), option.text, view)
        return True
