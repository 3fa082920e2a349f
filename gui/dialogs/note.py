"""A Note on a Tile."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QIcon, QKeyEvent, QPixmap
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QRadioButton, QVBoxLayout, QWidget

from core.errors import FieldbrushError
from core.project.notes import LONGEST_NOTE
from core.project.records import TileStatus
from core.session import Session
from gui.dialogs.buttons import dialog_buttons
from gui.elided import ElidedName
from gui.notices import Sentence
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, set_class
from gui.thumbnails import Thumbnails
from gui.tile_words import status_word, tile_place
from gui.translate import say_error

_PICTURE = QSize(48, 48)
_LINES = 4
_WIDTH_PX = 420


class _Lines(QPlainTextEdit):
    """Enter begins a line, Ctrl+Enter ends them all."""

    done = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if is_enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.done.emit()
        else:
            super().keyPressEvent(event)


class NoteDialog(QDialog):
    """After `exec()` has accepted the Note on the Tile `tile_id` is saved: `words`, or none where that is empty."""

    def __init__(
        self, session: Session, thumbnails: Thumbnails, tile_ids: Sequence[int], parent: QWidget | None = None
    ) -> None:
        """About the first of `tile_ids`; where there is a second, the user may choose that one, which is on the canvas:
        they have just left the first."""
        super().__init__(parent)
        self._session = session
        self._thumbnails = thumbnails
        self._drafts = {tile_id: session.notes.get(tile_id, "") for tile_id in tile_ids}
        self.tile_id = tile_ids[0]
        self.setWindowTitle(self.tr("Note on the tile"))
        captions = self._captions(tile_ids)  # first: Tab takes this order
        self._words = self._field()
        self._hint = Sentence(self)
        buttons, self._save = dialog_buttons(self, self.tr("Save"), self.accept)
        self._words.done.connect(self._save.click)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        for caption in captions:
            whole.addWidget(caption)
        whole.addWidget(self._words, 1)
        whole.addWidget(self._hint)
        whole.addWidget(buttons)
        self._words.setFocus()
        self._show_draft()

    def accept(self) -> None:
        """Stay, with all that was written, where that cannot be saved."""
        try:
            self._session.set_note(self.tile_id, self.words)
        except FieldbrushError as error:
            self._tell(say_error(error), is_error=True)
        else:
            super().accept()

    @property
    def words(self) -> str:
        return self._words.toPlainText()

    def _field(self) -> _Lines:
        words = _Lines(self)
        words.setPlaceholderText(self.tr("What is to be remembered here?"))
        words.setAccessibleName(self.windowTitle())
        words.setTabChangesFocus(True)
        words.setMinimumWidth(_WIDTH_PX)
        frame = round(2 * words.document().documentMargin()) + 2 * words.frameWidth()
        words.setMinimumHeight(_LINES * words.fontMetrics().lineSpacing() + frame)
        words.textChanged.connect(self._limit)
        return words

    def _captions(self, tile_ids: Sequence[int]) -> list[QWidget]:
        """Which Tile it is about, or which it may be about."""
        places = [tile_place(self._session, self._session.tiles[tile_id]) for tile_id in tile_ids]
        status = self._session.tiles[tile_ids[0]].status
        if len(tile_ids) == 1:
            return [ElidedName(f"{places[0]} · {status_word(status)}", self)]
        just_left = {
            TileStatus.DONE: self.tr("submitted a moment ago"),
            TileStatus.SKIPPED: self.tr("skipped a moment ago"),
            TileStatus.FLAGGED: self.tr("flagged a moment ago"),
        }
        when = (just_left[status], self.tr("the tile on the screen"))
        return [self._choice(*about) for about in zip(tile_ids, places, when, strict=True)]

    def _choice(self, tile_id: int, place: str, when: str) -> QRadioButton:
        button = QRadioButton(f"{place}\n{when}".replace("&", "&&"), self)
        picture = self._thumbnails.image(tile_id)
        if picture is not None:
            shown = picture.scaled(
                _PICTURE * self.devicePixelRatioF(),
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            button.setIcon(QIcon(QPixmap.fromImage(shown)))
            button.setIconSize(_PICTURE)
        button.setChecked(tile_id == self.tile_id)
        button.clicked.connect(lambda: self._choose(tile_id))
        return button

    def _choose(self, tile_id: int) -> None:
        """What has been typed comes along, unless the other Tile has a Note."""
        if tile_id == self.tile_id:
            return
        typed = self.words
        if typed != self._session.notes.get(self.tile_id, ""):
            self._drafts[self.tile_id] = typed
            self._drafts[tile_id] = self._drafts[tile_id] or typed
        self.tile_id = tile_id
        self._show_draft()
        self._words.setFocus()

    def _show_draft(self) -> None:
        self._words.setPlainText(self._drafts[self.tile_id])
        self._words.selectAll()

    def _limit(self) -> None:
        beyond = len(self.words.strip()) - LONGEST_NOTE
        self._save.setEnabled(beyond <= 0)
        if beyond > 0:
            self._tell(self.tr("%n character(s) too long.", "", beyond), is_error=True)
        else:
            self._tell(self.tr("Ctrl+Enter saves. The list of all tiles finds notes."))

    def _tell(self, sentence: str, *, is_error: bool = False) -> None:
        set_class(self._hint, "error" if is_error else "hint")
        self._hint.say(sentence)
