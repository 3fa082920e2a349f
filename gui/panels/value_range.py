"""The value range: painting only where an index, a formula or a band lies between two values."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QSizePolicy, QVBoxLayout, QWidget

from core.imagery.composites import Composite
from core.jobs import Priority
from core.project.looks import ValueRange, first_range
from core.text import text
from gui.canvas.value_limit import tile_values
from gui.canvas.view import CanvasView
from gui.elided import ElidedBox, ElidedLabel
from gui.into_view import bring_into_view
from gui.panels.number_range import NumberRange
from gui.theme import SPACE_MEDIUM, SPACE_TIGHT, set_class
from gui.translate import say

_LAID_OUT_MS = 30


class ValueRangeBox(QWidget):
    """A switch; while it is on: which value, from where to where, and how much of the Tile that is."""

    grown = Signal()  # it has been switched on, and has more to show

    def __init__(self, canvas: CanvasView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._canvas = canvas
        self._looks = canvas.session.looks
        self._wants_to_be_seen = False
        self._begins_with = ""  # the composite whose first bounds are being read
        self._switch = QCheckBox(self.tr("Paint only in a range of values"), self)
        self._switch.setToolTip(self.tr("Tools, eraser included, then leave the hatched pixels as they are"))
        self._switch.toggled.connect(self.set_on)
        self._which = ElidedBox(self)
        self._which.setAccessibleName(self.tr("Value that decides"))
        self._which.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._which.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self._which.setMinimumContentsLength(8)
        self._which.activated.connect(lambda row: self._begin(self._which.itemData(row)))
        self._bounds = NumberRange(self.tr("Smallest value to paint"), self.tr("Largest value to paint"), self)
        self._bounds.changed.connect(self._choose_bounds)
        self._bounds.finished.connect(canvas.setFocus)
        self._share = ElidedLabel(self)
        self._share.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)  # a long word widens no dock
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACE_TIGHT)
        for widget in (self._switch, self._which, self._bounds, self._share):
            column.addWidget(widget)
        canvas.state_changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show the project's range."""
        found = self._looks.painted_range()
        singles = self._looks.singles()
        self.setVisible(bool(singles))
        self._switch.blockSignals(True)
        self._switch.setChecked(found is not None)
        self._switch.blockSignals(False)
        for widget in (self._which, self._bounds, self._share):
            widget.setVisible(found is not None)
        if found is None:
            return
        value_range, composite = found
        self._which.fill((say(each.name), each.key) for each in singles)
        self._which.choose(composite.key)
        self._bounds.show_values(value_range.low, value_range.high)
        self._show_share()
        if self._wants_to_be_seen:
            self._wants_to_be_seen = False
            self.grown.emit()
            QTimer.singleShot(_LAID_OUT_MS, self, self._come_into_view)

    def set_on(self, on: bool) -> None:
        """Switch to the last range; where there was none, begin one with what is on the screen."""
        self._wants_to_be_seen = on
        self._begins_with = ""
        known = self._looks.value_range
        if known is not None:
            self._looks.set_value_range(replace(known, on=on))
        elif on:
            shown = self._canvas.composite
            singles = self._looks.singles()
            self._begin(shown.key if shown.is_single and not shown.is_band else singles[0].key if singles else "")

    def _come_into_view(self) -> None:
        """Where the dock is low the bounds that have just appeared would be below its edge."""
        bring_into_view(self._share, SPACE_MEDIUM)

    def _begin(self, key: str) -> None:
        """Take another value; its first bounds come from the Tile, read in the background."""
        composite, tile = self._looks.composite(key), self._canvas.active
        if composite is None or tile is None:
            self.refresh()
            return
        self._begins_with = key
        session = self._canvas.session
        scene = session.scene_files.open(tile.scene_id)
        work = partial(tile_values, scene, session.interpretation, composite, tile.rect)
        session.readers.submit(
            text("Reading the scene"), lambda context: first_range(work(context)), Priority.VISIBLE, "first range",
            partial(self._begun, composite),
        )  # fmt: skip

    def _begun(self, composite: Composite, bounds: tuple[float, float]) -> None:
        """Unless another value has been chosen meanwhile, or the formula is gone."""
        if composite.key == self._begins_with and self._looks.composite(composite.key) == composite:
            self._looks.set_value_range(ValueRange(composite.key, *bounds))

    def _choose_bounds(self, low: float, high: float) -> None:
        known = self._looks.value_range
        if known is not None:
            self._looks.set_value_range(replace(known, low=low, high=high))

    def _show_share(self) -> None:
        tile = self._canvas.active_tile
        share = None if tile is None or tile.limit is None else tile.limit.share()
        if share is None:
            self._share.setText("")
        elif share == 0:
            self._share.setText(self.tr("Nothing on this tile lies in this range"))
        elif share == 1:
            self._share.setText(self.tr("All of this tile lies in this range"))
        else:
            self._share.setText(self.tr("{share} % of this tile; the rest is hatched").format(share=_percent(share)))
        set_class(self._share, "warning" if share == 0 else "muted")


def _percent(share: float) -> str:
    """Never 0 for something, never 100 for less than all."""
    if 0 < share < 0.01:
        return "< 1"
    return "> 99" if 0.99 < share < 1 else f"{share:.0%}".rstrip("%")
