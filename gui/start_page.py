"""What the window shows without a project: where to drop scenes, and the recent projects."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSettings, QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QPainter
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from gui.controls import muted
from gui.icons import IconLabel, icon
from gui.theme import (
    ICON_EMPTY_PX,
    ICON_PX,
    SPACE_LARGE,
    SPACE_MEDIUM,
    SPACE_SMALL,
    SPACE_WIDE,
    current_theme,
    set_class,
)

_KEPT = 8
_ROWS_SHOWN = 6
_FOLDER = Qt.ItemDataRole.UserRole + 1


def recent_projects() -> list[Path]:
    """The last opened projects that are still there, newest first."""
    stored = QSettings().value("recent", [], list)
    paths = stored if isinstance(stored, list) else []
    return [Path(str(path)) for path in paths if os.path.isfile(str(path))]  # unlike Path.is_file, never an OSError


def remember_project(path: Path) -> None:
    """Put `path` first among the recent ones."""
    paths = [str(path.absolute()), *(str(p) for p in recent_projects() if p != path.absolute())]
    QSettings().setValue("recent", paths[:_KEPT])


def _folder(path: Path) -> str:
    """Where a project is, for reading: the home folder is “~”."""
    return str(Path("~", path.parent.relative_to(Path.home())) if path.is_relative_to(Path.home()) else path.parent)


class _ProjectDelegate(QStyledItemDelegate):
    """A project's name over its folder, each as much of it as there is room for."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(0, 2 * option.fontMetrics.height() + 2 * SPACE_SMALL)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row = QStyleOptionViewItem(option)
        self.initStyleOption(row, index)
        name, row.text = row.text, ""
        row.widget.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, row, painter, row.widget)
        words = row.rect.adjusted(ICON_PX + 2 * SPACE_MEDIUM, SPACE_SMALL, -SPACE_SMALL, -SPACE_SMALL)
        theme, metrics = current_theme(), row.fontMetrics
        is_chosen = bool(row.state & QStyle.StateFlag.State_Selected)
        for text, tone, place in (
            (name, theme.text, Qt.AlignmentFlag.AlignTop),
            (index.data(_FOLDER), theme.muted, Qt.AlignmentFlag.AlignBottom),
        ):
            painter.setPen(QColor(theme.selection_text if is_chosen else tone))
            painter.drawText(words, place, metrics.elidedText(text, Qt.TextElideMode.ElideMiddle, words.width()))


class StartPage(QWidget):
    """Drop target, three ways to begin, recent projects."""

    project_chosen = Signal(Path)

    def __init__(self, new: QAction, open_: QAction, demo: QAction) -> None:
        super().__init__()
        card = self._card = QWidget(self)
        set_class(card, "card")
        card.setFixedWidth(560)
        picture = IconLabel("scene", ICON_EMPTY_PX)
        title = QLabel(self.tr("Drop GeoTIFFs here"), card)
        set_class(title, "title")
        sentence = muted(
            self.tr(
                "Satellite or drone scenes, a folder of them, or a Fieldbrush project.\nNothing leaves this computer."
            ),
            card,
        )
        sentence.setAlignment(Qt.AlignmentFlag.AlignCenter)
        ways = _ways_to_begin(card, new, open_, demo)
        self._recent_title = QLabel(self.tr("Recent projects"), card)
        set_class(self._recent_title, "heading")
        self._recent = QListWidget(card)
        self._recent.setAccessibleName(self.tr("Recent projects"))
        self._recent.setItemDelegate(_ProjectDelegate(self._recent))
        self._recent.setSizeAdjustPolicy(QListWidget.SizeAdjustPolicy.AdjustToContents)  # whole rows
        self._recent.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._recent.itemActivated.connect(self._chosen)
        self._recent.itemClicked.connect(self._chosen)
        column = QVBoxLayout(card)
        column.setContentsMargins(SPACE_WIDE, SPACE_WIDE, SPACE_WIDE, SPACE_WIDE)
        column.setSpacing(SPACE_MEDIUM)
        column.addWidget(picture, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(title, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(sentence)
        column.addLayout(ways)
        self._recent_title.setContentsMargins(0, SPACE_LARGE, 0, 0)
        column.addWidget(self._recent_title)
        column.addWidget(self._recent)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addStretch(1)
        whole.addWidget(card, 0, Qt.AlignmentFlag.AlignHCenter)
        whole.addStretch(1)
        self.refresh()

    def invite(self, on: bool) -> None:
        """Show that what is being dragged over the window may be dropped."""
        set_class(self._card, "card drop" if on else "card")

    def refresh(self) -> None:
        self._recent.clear()
        for path in recent_projects():
            item = QListWidgetItem(icon("tile", "muted"), path.stem)
            item.setData(_FOLDER, _folder(path))
            item.setToolTip(str(path))
            item.setData(Qt.ItemDataRole.UserRole, path)
            self._recent.addItem(item)
        rows = self._recent.count()
        for widget in (self._recent, self._recent_title):
            widget.setVisible(rows > 0)
        self._recent.ensurePolished()
        frame, row = 2 * self._recent.frameWidth(), self._recent.sizeHintForRow(0) if rows else 0
        self._recent.setMinimumHeight(row + frame)
        self._recent.setMaximumHeight(min(rows, _ROWS_SHOWN) * row + frame)

    def _chosen(self, item: QListWidgetItem) -> None:
        self.project_chosen.emit(item.data(Qt.ItemDataRole.UserRole))


def _ways_to_begin(card: QWidget, first: QAction, *others: QAction) -> QHBoxLayout:
    """A button each; the first one is what a newcomer wants."""
    buttons = QHBoxLayout()
    buttons.setSpacing(SPACE_SMALL)
    buttons.addStretch(1)
    for action in (first, *others):
        button = QPushButton(icon(action.objectName(), "on_accent" if action is first else "text"), action.text(), card)
        if action is first:
            set_class(button, "primary")
        button.setAutoDefault(True)  # outside a dialog Enter would press no button
        button.clicked.connect(action.trigger)
        buttons.addWidget(button)
    buttons.addStretch(1)
    return buttons
