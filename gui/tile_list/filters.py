"""Which Tiles the list shows, and in what order: boxes over it, in as few rows as there is room for."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QLineEdit,
    QSizePolicy,
    QWidget,
)

from core.labels.classes import IGNORE
from core.project.records import TileStatus
from core.project.tile_list import OPEN, TileFilter, TileOrder
from core.session import Session
from gui.elided import ElidedBox
from gui.icons import icon
from gui.regimes import REGIMES, regime_title
from gui.theme import SPACE_LARGE, SPACE_SMALL

_DOUBTS = (0.25, 0.5, 0.75)
_WORTHS = (0.75, 0.5, 0.25)  # of the most valuable tile
_SHORTEST_BOX = 3  # letters; a box is wider wherever there is room
_LEAST_BOX_PX = 68  # two boxes in a row always, more where what they say at first has room
_WIDEST_PX, _WIDEST_LIST_PX = 1100, 480
_BESIDE_SEARCH_PX = 64  # its icons and margins


class FilterBar(QWidget):
    """`changed` whenever another list is wanted."""

    changed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.search = QLineEdit(self)
        self.search.setAccessibleName(self.tr("Search in notes and scene names"))
        self.search.setToolTip(self.search.accessibleName())
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(lambda _: self.changed.emit())
        self._order = self._box(self.tr("Order"), (
            (self.tr("By rank"), TileOrder.RANK),
            (self.tr("Most doubtful first"), TileOrder.DOUBT),
            (self.tr("By place in the scene"), TileOrder.MAP),
            (self.tr("Last painted first"), TileOrder.EDITED),
        ))  # fmt: skip
        self._statuses = self._box(self.tr("Status"), self._status_choices())
        self._scene = self._box(self.tr("Scene"), self._scene_choices())
        self._scene.setVisible(len(session.scenes) > 1)
        self._painted = self._box(self.tr("Painted"), self._paint_choices())
        titles = ((regime_title(regime), regime) for regime in REGIMES)
        reasons = [(title[0].upper() + title[1:], regime) for title, regime in titles]
        self._regime = self._box(self.tr("Reason"), [(self.tr("Any reason"), None), *reasons])
        self._doubt = self._box(self.tr("Doubt"), self._doubt_choices())
        self._worth = self._box(self.tr("Score"), self._worth_choices())
        self._note = QCheckBox(self.tr("With a note"), self)
        self._note.toggled.connect(lambda _: self.changed.emit())
        self._is_folded = False
        self._lay_out()

    @property
    def order(self) -> TileOrder:
        return TileOrder(self._order.currentData())

    @property
    def wanted(self) -> TileFilter:
        return TileFilter(
            statuses=self._statuses.currentData(),
            scene_id=self._scene.currentData(),
            painted_value=self._painted.currentData(),
            regime=self._regime.currentData(),
            least_doubt=self._doubt.currentData(),
            least_worth=self._worth.currentData(),
            only_with_note=self._note.isChecked(),
            words=self.search.text(),
        )

    @property
    def is_clear(self) -> bool:
        """Whether all Tiles are listed."""
        return replace(self.wanted, words=self.wanted.words.strip()) == TileFilter()

    def clear(self) -> None:
        """Ask for nothing; the order stays."""
        with QSignalBlocker(self):
            self.search.clear()
            self._note.setChecked(False)
            for box in self._filters():
                box.setCurrentIndex(0)
        self.changed.emit()

    def fold(self, folded: bool) -> None:
        """Leave nothing but the field to search in; what the boxes ask for holds."""
        if folded != self._is_folded:
            self._is_folded, self._columns = folded, 0
            for widget in (self._order, self._note, *self._boxes()):
                widget.setVisible(not folded)
            self._arrange()

    def refresh_classes(self) -> None:
        """The Classes have changed; a choice that is still there stays."""
        chosen = self._painted.currentData()
        with QSignalBlocker(self._painted):
            self._painted.clear()
            self._fill(self._painted, self._paint_choices())
            self._painted.setCurrentIndex(max(0, self._painted.findData(chosen)))

    def _filters(self) -> tuple[ElidedBox, ...]:
        return self._statuses, self._scene, self._painted, self._regime, self._doubt, self._worth

    def _boxes(self) -> tuple[ElidedBox, ...]:
        """Those with something to choose."""
        return tuple(box for box in self._filters() if box is not self._scene or len(self._session.scenes) > 1)

    def _box(self, name: str, choices: Sequence[tuple[str, Any]]) -> ElidedBox:
        box = ElidedBox(self)
        box.setAccessibleName(name)
        box.setToolTip(name)
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(_SHORTEST_BOX)
        box.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fill(box, choices)
        box.currentIndexChanged.connect(lambda _: self.changed.emit())
        return box

    def _fill(self, box: QComboBox, choices: Sequence[tuple[str, Any]]) -> None:
        """Its list is as wide as the names, however narrow the box; what is longer still is told by a tool tip."""
        for row, (title, value) in enumerate(choices):
            box.addItem(title, value)
            box.setItemData(row, title, Qt.ItemDataRole.ToolTipRole)
        room = box.view().sizeHintForColumn(0) + box.view().verticalScrollBar().sizeHint().width() + SPACE_LARGE
        box.view().setMinimumWidth(min(room, _WIDEST_LIST_PX))

    def _status_choices(self) -> list[tuple[str, Any]]:
        return [
            (self.tr("All tiles"), None),
            (self.tr("Open"), OPEN),
            (self.tr("New"), frozenset({TileStatus.NEW})),
            (self.tr("Started"), frozenset({TileStatus.IN_PROGRESS})),
            (self.tr("Done"), frozenset({TileStatus.DONE})),
            (self.tr("Skipped"), frozenset({TileStatus.SKIPPED})),
            (self.tr("Flagged"), frozenset({TileStatus.FLAGGED})),
        ]

    def _scene_choices(self) -> list[tuple[str, Any]]:
        scenes = [(Path(scene.path).name, scene_id) for scene_id, scene in self._session.scenes.items()]
        return [(self.tr("All scenes"), None), *scenes]

    def _paint_choices(self) -> list[tuple[str, Any]]:
        classes = [(c.name, c.value) for c in self._session.classes]
        ignore = (self.tr("Ignore"), IGNORE)
        return [(self.tr("Any paint"), None), (self.tr("Not painted"), 0), *classes, ignore]

    def _doubt_choices(self) -> list[tuple[str, Any]]:
        over = self.tr("Doubt over {percent} %")
        return [(self.tr("Any doubt"), None), *((over.format(percent=round(100 * d)), d) for d in _DOUBTS)]

    def _worth_choices(self) -> list[tuple[str, Any]]:
        over = self.tr("Over {percent} % of the best score")
        return [(self.tr("Any score"), None), *((over.format(percent=round(100 * w)), w) for w in _WORTHS)]

    def _lay_out(self) -> None:
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(SPACE_SMALL)
        self._columns = 0
        self._arrange()

    def _arrange(self) -> None:
        self._grid.setContentsMargins(0, 0, max(0, self.width() - _WIDEST_PX), 0)
        filters = self._boxes()
        room = min(self.width(), _WIDEST_PX)
        columns = self._columns_for(filters, room)
        is_wide = columns > 2
        searched = columns - 2 if is_wide and not self._is_folded else columns
        self._say_what_is_searched(room * searched // columns - _BESIDE_SEARCH_PX)
        if columns == self._columns:
            return
        self._columns = columns
        self._grid.addWidget(self.search, 0, 0, 1, searched)
        self._grid.addWidget(self._order, 0 if is_wide else 1, columns - 2)
        self._grid.addWidget(self._note, 0 if is_wide else 1, columns - 1)
        first = 1 if is_wide else 2
        for number, box in enumerate(filters):
            self._grid.addWidget(box, first + number // columns, number % columns)
        for column in range(len(filters)):
            self._grid.setColumnStretch(column, int(column < columns))

    def _columns_for(self, filters: Sequence[ElidedBox], room_px: int) -> int:
        """As many as have room for what every box says at first, but no row with a box or two in it."""
        roomy_px = max(box.width_for(box.itemText(0)) for box in (self._order, *filters))
        most = min(max((room_px + SPACE_SMALL) // (roomy_px + SPACE_SMALL), 2), len(filters))
        rows = math.ceil(len(filters) / most)
        return math.ceil(len(filters) / rows)

    def _say_what_is_searched(self, room: int) -> None:
        """In the search's field, as long as there are no words in it."""
        words = self.search.accessibleName()
        fits = self.search.fontMetrics().horizontalAdvance(words) <= room
        self.search.setPlaceholderText(words if fits else self.tr("Search"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """That of two columns: more are arranged anew when there is less room."""
        return QSize(2 * _LEAST_BOX_PX + SPACE_SMALL, super().minimumSizeHint().height())
