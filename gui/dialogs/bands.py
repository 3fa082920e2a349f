"""What the scenes' bands mean, what is nodata, how large tiles are: our guess, to be corrected."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from core.errors import SceneError
from core.imagery.interpretation import ROLES, Interpretation
from core.project.creation import LARGEST_TILE_PX, SMALLEST_TILE_PX
from core.project.examination import Examination
from gui.band_roles import role_name
from gui.controls import muted
from gui.dialogs.section import section
from gui.theme import SPACE_SMALL
from gui.translate import say

_BAND_ROW_PX = 40  # holds a combo box


class BandsBox(QWidget):
    """A table of bands with their roles, and why we think so."""

    roles_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._guess: Interpretation | None = None
        self.table = self._new_table()
        self._why = muted("", self)
        self.nodata = QLineEdit(self)
        self.nodata.setPlaceholderText(self.tr("none"))
        self._tile_px = QSpinBox(self)
        self._tile_px.setRange(SMALLEST_TILE_PX, LARGEST_TILE_PX)
        self._tile_px.setSingleStep(32)
        self._tile_px.setSuffix(" px")
        fields = QWidget(self)
        form = QHBoxLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(SPACE_SMALL)
        self.nodata.setToolTip(self.tr("What the file says where nothing was measured, such as a border of zeros"))
        self._tile_px.setToolTip(self.tr("The side of the squares that you label, one after the other"))
        for name, field in ((self.tr("Nodata"), self.nodata), (self.tr("Tile size"), self._tile_px)):
            label = QLabel(name, self)
            label.setBuddy(field)
            form.addWidget(label)
            form.addWidget(field, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(section(self.tr("Bands, as we read them"), self._why, self.table, fields))

    def _new_table(self) -> QTableWidget:
        bands = QTableWidget(0, 2, self)
        bands.setHorizontalHeaderLabels([self.tr("Band"), self.tr("Meaning")])
        bands.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        bands.setAccessibleName(self.tr("Bands"))
        bands.verticalHeader().hide()
        bands.verticalHeader().setDefaultSectionSize(_BAND_ROW_PX)
        bands.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        bands.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        bands.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        bands.setTabKeyNavigation(False)  # else Tab never leaves it
        return bands

    @property
    def tile_px(self) -> int:
        return self._tile_px.value()

    def show_guess(self, found: Examination) -> None:
        self._guess = guess = found.interpretation
        self._why.setText(say(guess.source))
        self.nodata.setText(_written(guess.nodata))
        self._tile_px.setValue(found.tile_px)
        self.table.setRowCount(0)
        before: QWidget = self.table
        for row, band in enumerate(guess.bands):
            self.table.insertRow(row)
            self.table.setItem(row, 0, QTableWidgetItem(f"{band.index}   {band.name if band.is_named else ''}"))
            roles = QComboBox(self.table)
            for role in ROLES:
                roles.addItem(role_name(role), role)
            roles.setCurrentIndex(ROLES.index(band.role))
            roles.setAccessibleName(self.tr("Meaning of band {number}").format(number=band.index))
            roles.activated.connect(lambda _: self.roles_changed.emit())
            self.table.setCellWidget(row, 1, roles)
            QWidget.setTabOrder(before, roles)  # it would come after the dialog's buttons
            before = roles

    def clear(self) -> None:
        self._guess = None
        self.table.setRowCount(0)
        self._why.clear()

    def interpretation(self) -> Interpretation:
        """Our guess with what the user changed; there must be one. Raises SceneError."""
        assert self._guess is not None
        found = self._guess
        for row, band in enumerate(found.bands):
            roles = self.table.cellWidget(row, 1)
            assert isinstance(roles, QComboBox)
            if roles.currentData() != band.role:
                found = found.with_role(band.index, roles.currentData())
        written = self.nodata.text().strip().replace(",", ".")
        if written != _written(self._guess.nodata):
            found = found.with_nodata(_number(written) if written else None)
        return found


def _number(written: str) -> float:
    """Raises SceneError."""
    try:
        return float(written)
    except ValueError:
        raise SceneError(
            "“{written}” is not a number.", "Write the nodata value, or leave it empty for none.", written=written
        ) from None


def _written(nodata: float | None) -> str:
    """As short as it can be said without loss: -9999, not -9999.0, and not 1.67772e+07."""
    if nodata is None:
        return ""
    return str(int(nodata)) if nodata.is_integer() and abs(nodata) < 1e15 else repr(nodata)
