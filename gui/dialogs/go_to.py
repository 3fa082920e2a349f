"""Going to a position that is written down: map coordinates, degrees, or a pixel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QDialog, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from core.errors import SceneError
from core.imagery.places import Place
from core.jobs import JobContext
from core.session import Session
from gui.canvas.scene_view import SceneView
from gui.dialogs.buttons import dialog_buttons
from gui.dialogs.waiting import wait_for
from gui.icons import icon
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, set_class
from gui.translate import say_error


class GoToDialog(QDialog):
    """After `exec()` has accepted: `place`, and in `tile_id` the Tile there if it is to be labeled."""

    def __init__(self, session: Session, view: SceneView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view = view
        self.place: Place | None = None
        self.tile_id: int | None = None
        self.setWindowTitle(self.tr("Go to"))
        self._words = QLineEdit(self)
        self._words.setAccessibleName(self.tr("Position"))
        self._words.setPlaceholderText(self.tr("x, y  ·  latitude, longitude  ·  pixel column, row"))
        self._words.setMinimumWidth(420)
        self._words.textEdited.connect(lambda _: self._say(""))
        self._state = QLabel(self)
        self._state.setWordWrap(True)
        self._state.setMinimumHeight(2 * self._state.fontMetrics().lineSpacing())
        self._examples = self.tr(
            "Map coordinates as in the status bar, degrees such as 48.137 N, 11.575 E, or pixel 640, 480."
        )
        buttons, _ = dialog_buttons(self, self.tr("Show"), self._show)
        label = QPushButton(icon("tile"), self.tr("Label the tile there"), self)
        label.setAutoDefault(False)
        label.clicked.connect(self._label)
        buttons.addButton(label, buttons.ButtonRole.ActionRole)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(self._words)
        whole.addWidget(self._state)
        whole.addWidget(buttons)
        self._say("")

    def _show(self) -> None:
        if self._find():
            self.accept()

    def _label(self) -> None:
        if not self._find():
            return
        assert self.place is not None
        self.tile_id = self._view.tile_index.at(self.place.scene_id, self.place.x, self.place.y)
        if self.tile_id is None:
            self._say(self.tr("There is no tile at this place: too little of it has image data. You can still look."))
        else:
            self.accept()

    def _find(self) -> bool:
        """Not on this thread: there may be hundreds of scenes to open, on a slow drive."""
        search = self._session.scene_files.looking_up(self._words.text(), self._view.scene_id)
        found = wait_for(self, self.windowTitle(), self.tr("Looking for the place …"), partial(_place_or_why, search))
        if not self.isVisible():  # the desktop's session has ended meanwhile
            return False
        if isinstance(found.result, SceneError):
            self._say(say_error(found.result))
            self._words.setFocus()
            return False
        self.place = found.result
        return self.place is not None

    def _say(self, problem: str) -> None:
        """What is wrong, or how a position may be written."""
        set_class(self._words, "error" if problem else "")
        set_class(self._state, "error" if problem else "hint")
        self._state.setText(problem or self._examples)


def _place_or_why(search: Callable[[JobContext], Place], context: JobContext) -> Place | SceneError:
    """Why there is none is said in the dialog, not in a box."""
    try:
        return search(context)
    except SceneError as error:
        return error
