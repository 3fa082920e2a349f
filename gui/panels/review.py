"""Label review: the places where paint looks wrong to a model that has not seen it, as a list to walk through."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from core.events import Change, Subject
from core.imagery.georeference import Georeference
from core.jobs import Job, JobState
from core.labels.classes import IGNORE_COLOUR
from core.learning.review import Finding, sentence
from core.session import Session
from gui.controls import muted
from gui.elided import short_name
from gui.icons import icon
from gui.keymap import native
from gui.notices import breakable
from gui.status import area_label
from gui.theme import SPACE_MEDIUM, SPACE_SMALL, SPACE_TIGHT, set_class
from gui.translate import number, say, say_error

_FINDING = Qt.ItemDataRole.UserRole
_SWATCH = QSize(22, 22)
_OWN_KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Delete)


class FindingList(QListWidget):
    """Enter goes to the spot instead of submitting the tile, Delete keeps the paint."""

    kept = Signal()

    def event(self, event: QEvent) -> bool:
        overrides = event.type() == QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and self.currentItem() and event.key() in _OWN_KEYS:
            event.accept()
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self.itemActivated.emit(self.currentItem())
        elif event.key() == Qt.Key.Key_Delete:
            self.kept.emit()
        else:
            super().keyPressEvent(event)


class ReviewPanel(QWidget):
    """Shows `session.review`; where to go is told by signals."""

    spot_chosen = Signal(object)  # Finding, or None when none is looked at any more
    fix_wanted = Signal(object)  # Finding

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._job: Job[list[Finding]] | None = None
        self._georeferences: dict[int, Georeference | None] = {}  # by Scene
        self._named = session.classes  # as the list has their names and colours
        self._build()
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self.refresh()

    def detach(self) -> None:
        self._unsubscribe()

    @property
    def current(self) -> Finding | None:
        """The one that is looked at."""
        chosen = self._list.selectedItems()
        return chosen[0].data(_FINDING) if chosen else None

    def look_away(self) -> None:
        """None is looked at any more, and so none is kept or fixed; Enter goes back to the last."""
        self._list.clearSelection()
        self.refresh()

    def start(self) -> None:
        """Review all paint; the button waits meanwhile."""
        if self._job is None:
            self._job = self._session.review.start()
            self.refresh()

    def refresh(self) -> None:
        findings = self._session.review.findings
        self._start.setEnabled(self._job is None and bool(self._session.painted))
        self._start.setText(self.tr("Review the labels") if findings is None else self.tr("Review again"))
        self._state.setText(self._sentence(findings))
        kept = self._session.review.kept_count
        self._again.setText(self.tr("Ask again about %n kept place(s)", "", kept))
        self._again.setVisible(kept > 0 and self._job is None)
        shown = [self._list.item(row).data(_FINDING) for row in range(self._list.count())]
        if self._named != self._session.classes or [id(f) for f in findings or []] != [id(f) for f in shown]:
            self._named = self._session.classes
            self._fill(findings or [])
        for button in (self._keep, self._fix):
            button.setEnabled(self.current is not None)

    def _sentence(self, findings: list[Finding] | None) -> str:
        if self._job is not None:
            return self.tr("Checking your paint against what the other tiles teach …")
        if findings is None:
            return self.tr("Finds paint that looks wrong: each tile is judged by what the other tiles teach.")
        if not findings:
            return self.tr("Nothing to ask: paint and model agree.")
        return self.tr("%n place(s) to look at: what stands out most comes first.", "", len(findings))

    def _fill(self, findings: list[Finding]) -> None:
        """The list anew. What is looked at stays so. Where it was painted over, the canvas stays there all the same:
        the next Stroke must not land elsewhere. The Down key goes on from the place that was the last."""
        item, had_focus, looked_at = self._list.currentItem(), self._list.hasFocus(), self.current
        last, row = item and item.data(_FINDING), min(self._list.currentRow(), len(findings)) - 1
        row = next((place for place, finding in enumerate(findings) if finding is last), row)
        self._list.blockSignals(True)
        self._list.clear()
        for finding in findings:
            self._list.addItem(self._item(finding))
        self._list.setCurrentIndex(QModelIndex())  # said so, or the list makes the first current when it gets the focus
        self._list.setCurrentRow(row, QItemSelectionModel.SelectionFlag.NoUpdate)
        stays = looked_at is not None and any(finding is looked_at for finding in findings)
        if stays:
            self._list.setCurrentRow(row)
        self._list.blockSignals(False)
        if looked_at is not None and not stays:
            self.spot_chosen.emit(None)
        if had_focus:
            self._list.setFocus()

    def _item(self, finding: Finding) -> QListWidgetItem:
        names = {c.value: c.name for c in self._session.classes}
        words = say(sentence(finding, {value: short_name(name) for value, name in names.items()}))
        item = QListWidgetItem(self._swatch(finding), f"{words}\n{self._area(finding)}")
        item.setData(_FINDING, finding)
        pixels = self.tr("%n pixel(s)", "", finding.area_px)
        item.setToolTip("\n".join(breakable(line) for line in (say(sentence(finding, names)), pixels)))
        return item

    def _area(self, finding: Finding) -> str:
        """On the ground, in pixels where that is unknown."""
        tile = self._session.tiles[finding.tile_id]
        if tile.scene_id not in self._georeferences:
            scene = self._session.scene_files.try_open(tile.scene_id)
            self._georeferences[tile.scene_id] = None if scene is None else Georeference(scene.info)
        georeference = self._georeferences[tile.scene_id]
        on_ground = "" if georeference is None else area_label(georeference, finding.area_px, tile.rect.centre)
        return on_ground or f"{number(finding.area_px, 0)} px"

    def _swatch(self, finding: Finding) -> QIcon:
        """What it is painted, and what it would be, side by side."""
        colours = {c.value: c.colour for c in self._session.classes}
        ratio = self.devicePixelRatioF()
        pixmap = QPixmap(_SWATCH * ratio)
        pixmap.setDevicePixelRatio(ratio)
        painter = QPainter(pixmap)
        half = _SWATCH.width() // 2
        for left, value in ((0, finding.painted), (half, finding.likely)):
            painter.fillRect(left, 0, half, _SWATCH.height(), QColor(colours.get(value, IGNORE_COLOUR)))
        painter.end()
        found = QIcon(pixmap)
        found.addPixmap(pixmap, QIcon.Mode.Selected)
        return found

    def _build(self) -> None:
        self._start = QPushButton(icon("search"), "", self)
        self._start.clicked.connect(self.start)
        self._start.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._state = muted("", self)
        self._again = QPushButton(self)
        set_class(self._again, "flat")
        self._again.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._again.clicked.connect(self._ask_again)
        self._list = FindingList(self)
        self._list.setObjectName("findings")
        self._list.setAccessibleName(self.tr("Places to look at"))
        self._list.setWordWrap(True)
        self._list.setIconSize(_SWATCH)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._list.currentItemChanged.connect(lambda item, _: self._go_to(item))
        self._list.itemClicked.connect(self._go_to)
        self._list.itemActivated.connect(self._go_to)
        self._list.kept.connect(self._keep_current)
        self.setFocusProxy(self._list)  # Down goes to the first place as soon as there is one
        self._keep = self._button(f"{self.tr('Keep')}  {native('Del')}", self.tr("The paint is right: never ask again"))
        self._keep.setAccessibleName(self.tr("Keep"))
        self._keep.clicked.connect(self._keep_current)
        self._fix = self._button(self.tr("Fix"), self.tr("Take the brush with the other class and paint over it"))
        self._fix.clicked.connect(self._fix_current)
        set_class(self._fix, "primary")
        set_class(self, "panel")
        head = QVBoxLayout()
        head.setContentsMargins(SPACE_MEDIUM, SPACE_TIGHT, SPACE_MEDIUM, SPACE_SMALL)
        head.setSpacing(SPACE_SMALL)
        head.addWidget(self._start)
        head.addWidget(self._state)
        head.addWidget(self._again)
        buttons = QHBoxLayout()
        buttons.setContentsMargins(SPACE_MEDIUM, SPACE_SMALL, SPACE_MEDIUM, SPACE_SMALL)
        buttons.setSpacing(SPACE_SMALL)
        buttons.addWidget(self._keep, 1)
        buttons.addWidget(self._fix, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addWidget(self._list, 1)
        whole.addLayout(buttons)

    def _button(self, words: str, tip: str) -> QPushButton:
        button = QPushButton(words, self)
        button.setToolTip(tip)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _go_to(self, item: QListWidgetItem | None) -> None:
        for button in (self._keep, self._fix):
            button.setEnabled(item is not None)
        if item is not None:
            item.setSelected(True)
            self.spot_chosen.emit(item.data(_FINDING))

    def _keep_current(self) -> None:
        """And go on to the next."""
        if self.current is not None:
            row = self._list.currentRow()
            self._session.review.keep(self.current)
            self._list.setCurrentRow(min(row, self._list.count() - 1))
            self._go_to(self._list.currentItem())

    def _ask_again(self) -> None:
        self._session.review.ask_again()
        self.start()

    def _fix_current(self) -> None:
        if self.current is not None:
            self.fix_wanted.emit(self.current)

    def _session_changed(self, change: Change) -> None:
        job = self._job
        if job is not None and job.is_settled:
            self._job = None
            if job.state is JobState.FAILED and job.error is not None:
                self._state.setText(say_error(job.error))
                self._start.setEnabled(True)
                return
        if job is not self._job or change.subjects & {Subject.REVIEW, Subject.MASKS, Subject.CLASSES}:
            self.refresh()
