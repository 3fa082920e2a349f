"""The Classes of an open project: every change is saved at once, and no label is lost without a question."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.jobs import Job, JobState
from core.labels.classes import IGNORE, UNLABELED, LabelClass
from core.session import Session
from gui.controls import muted, show_fraction
from gui.dialogs.buttons import dialog_buttons
from gui.dialogs.class_table import ClassTable
from gui.dialogs.section import resize_on_screen
from gui.elided import ElidedBox
from gui.icons import icon
from gui.keymap import Keymap, native
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_SMALL, SPACE_WIDE, set_class
from gui.translate import number, say_error

_MERGE = 1000  # no label value


class ClassesDialog(QDialog):
    """Add, rename, recolour, order, merge and remove. Modal, so that nobody paints while Masks are rewritten."""

    def __init__(
        self, session: Session, keymap: Keymap, parent: QWidget | None = None, *, chosen: int | None = None
    ) -> None:
        """`chosen`: the value of the class that is painted with, selected at first."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Classes"))
        resize_on_screen(self, QSize(520, 460))
        self._session = session
        self._keymap = keymap
        self._job: Job[Any] | None = None
        self._removed = ""
        self._build()
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self._table.show_classes(session.classes)
        if chosen is not None:
            self._table.select(chosen)
        self._refresh()

    def done(self, result: int) -> None:
        if self._job is None:  # a merge is waited for, or given up first
            self._unsubscribe()
            super().done(result)

    def _build(self) -> None:
        explanation = muted(
            self.tr(
                "The keys 1 to 9 follow this order where you choose no others. Every change is saved at once; your "
                "labels keep their class."
            ),
            self,
        )
        self._table = ClassTable(self._session.class_list.new_class, self._keymap, self)
        self._table.edited.connect(self._edited)
        self._table.removal_wanted.connect(self.remove)
        self._merge = QPushButton(self.tr("Merge into…"), self)
        self._merge.setAutoDefault(False)
        self._merge.clicked.connect(lambda: self.remove(self._table.selected(), merge=True))
        self._back = QPushButton(icon("undo"), self.tr("Bring the last removed class back"), self)
        self._back.setAutoDefault(False)
        self._back.clicked.connect(self._bring_back)
        self._sentence = QLabel(self)
        self._sentence.setWordWrap(True)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(self.tr("Progress"))
        self._cancel = QPushButton(self.tr("Cancel"), self)
        self._cancel.clicked.connect(lambda: self._job.cancel() if self._job is not None else None)
        self._buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._buttons.rejected.connect(self.reject)
        self._lay_out(explanation)

    def _lay_out(self, explanation: QLabel) -> None:
        further, progress = QHBoxLayout(), QHBoxLayout()
        for row, widgets in ((further, (self._merge, self._back)), (progress, (self._bar, self._cancel))):
            row.setSpacing(SPACE_SMALL)
            for widget in widgets:
                row.addWidget(widget)
        further.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(explanation)
        whole.addWidget(self._table, 1)
        whole.addLayout(further)
        whole.addLayout(progress)
        whole.addWidget(self._sentence)
        whole.addWidget(self._buttons)

    # -- what the user does ------------------------------------------------------------------------------------

    def _edited(self) -> None:
        """Save what the list says; where that cannot be, say why and show what is saved."""
        try:
            self._session.set_classes(self._table.classes())
            self._say("")
        except FieldbrushError as error:
            self._say(say_error(error), is_error=True)
            self._table.show_classes(self._session.classes)

    def remove(self, value: int | None, *, merge: bool = False) -> None:
        """Take a Class out; asks what shall become of its paint, if it has any or is to be merged."""
        removed = next((c for c in self._session.classes if c.value == value), None)
        if removed is None:
            return
        tiles, pixels = self._session.class_paint(removed.value)
        into = UNLABELED
        if tiles or merge:
            rest = [c for c in self._session.classes if c is not removed]
            question = RemoveClassDialog(removed, rest, tiles, pixels, self)
            if not question.exec():
                return
            into = question.into
        try:
            self._job = self._session.merge_class(removed.value, into)
            self._removed = removed.name
        except FieldbrushError as error:
            self._say(say_error(error), is_error=True)
        self._refresh()

    def _bring_back(self) -> None:
        try:
            removed = self._session.class_list.merges[-1].removed
            self._session.bring_class_back()
        except FieldbrushError as error:
            self._say(say_error(error), is_error=True)
            return
        sentence = self.tr("“{name}” is back, with all its paint.")
        if removed not in self._session.classes:
            sentence = self.tr("“{name}” is back, with all its paint. Its key {key} is another class's now.")
        self._say(sentence.format(name=removed.name, key=native(removed.key)))

    # -- state -------------------------------------------------------------------------------------------------

    def _session_changed(self, change: Change) -> None:
        if Subject.CLASSES in change.subjects:
            self._table.show_classes(self._session.classes)
        if self._job is not None and self._job.is_settled:
            job, self._job = self._job, None
            if job.state is JobState.DONE:
                self._say(self.tr("“{name}” is removed.").format(name=self._removed))
            elif job.error is not None:
                self._say(say_error(job.error), is_error=True)
            else:
                self._say(self.tr("Nothing was changed."))
        self._refresh()

    def _refresh(self) -> None:
        is_busy = self._job is not None
        for widget in (self._table, self._merge, self._back, self._buttons):
            widget.setEnabled(not is_busy)
        self._merge.setEnabled(not is_busy and len(self._session.classes) > 2)
        self._back.setEnabled(not is_busy and bool(self._session.class_list.merges))
        self._bar.setVisible(is_busy)
        self._cancel.setVisible(is_busy)
        if self._job is not None:
            show_fraction(self._bar, self._job.progress)

    def _say(self, sentence: str, *, is_error: bool = False) -> None:
        self._sentence.setText(sentence)
        set_class(self._sentence, "error" if is_error else "muted")


class RemoveClassDialog(QDialog):
    """What shall become of a Class's paint? After `exec()` has accepted: `into`, a label value."""

    def __init__(
        self, removed: LabelClass, rest: list[LabelClass], tiles: int, pixels: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Remove a class"))
        painted = self.tr("“{name}” is painted on %n tile(s), {pixels} pixels.", "", tiles)
        nowhere = self.tr("“{name}” is painted nowhere.")
        sentence = QLabel((painted if tiles else nowhere).format(name=removed.name, pixels=number(pixels, 0)), self)
        sentence.setWordWrap(True)
        sentence.setMaximumWidth(460)
        self._classes = ElidedBox(self)
        self._classes.setAccessibleName(self.tr("Merge into"))
        for label_class in rest:
            self._classes.addItem(label_class.name, label_class.value)
        self._classes.setPlaceholderText(self.tr("choose a class"))
        self._classes.setCurrentIndex(-1)  # Enter alone must merge into none
        self._classes.setMinimumContentsLength(len(self._classes.placeholderText()))
        self._classes.setMaximumWidth(320)
        self._choices = QButtonGroup(self)
        choices = (
            (self.tr("Merge into"), _MERGE),
            (self.tr("Leave its pixels unlabeled"), UNLABELED),
            (self.tr("Ignore its pixels"), IGNORE),
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(sentence)
        for text, value in choices:
            whole.addLayout(self._choice(text, value))
        whole.addWidget(muted(self.tr("You can bring the class back until its tiles are painted again."), self))
        buttons, self._remove = dialog_buttons(self, self.tr("Remove the class"), self.accept)
        whole.addWidget(buttons)
        self._choices.idToggled.connect(lambda *_: self._refresh())
        self._classes.currentIndexChanged.connect(lambda _: self._refresh())
        self._choices.button(_MERGE).setChecked(True)

    def _choice(self, text: str, value: int) -> QHBoxLayout:
        button = QRadioButton(text, self)
        self._choices.addButton(button)
        self._choices.setId(button, value)
        row = QHBoxLayout()
        row.addWidget(button)
        if value == _MERGE:
            row.addWidget(self._classes)
            self._classes.activated.connect(lambda: button.setChecked(True))
            row.setAlignment(self._classes, Qt.AlignmentFlag.AlignLeft)
        row.addStretch(1)
        return row

    def _refresh(self) -> None:
        self._remove.setEnabled(self._choices.checkedId() != _MERGE or self._classes.currentIndex() >= 0)

    @property
    def into(self) -> int:
        chosen = self._choices.checkedId()
        return int(self._classes.currentData()) if chosen == _MERGE else chosen
