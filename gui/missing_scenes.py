"""Scenes that are not where they were, while their project is open: what says so has the way to show where they are."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from core.errors import SceneError
from core.session import Session
from gui.dialogs.relink import offer_relink
from gui.flow import Flow
from gui.notices import Offer


class MissingScenes(QObject):
    """Goes on where "Not now" was the answer when the project was opened."""

    def __init__(self, session: Session, flow: Flow, centre: QWidget, parent: QObject) -> None:
        """`centre`: dialogs belong to its window."""
        super().__init__(parent)
        self._session = session
        self._flow = flow
        self._centre = centre
        self._is_open = True

    def detach(self) -> None:
        self._is_open = False

    def offer(self, error: BaseException) -> Offer | None:
        """What can be done about an error where scenes are missing."""
        if isinstance(error, SceneError) and self._session.scene_files.missing():
            return self.tr("Choose the folder…"), self._search
        return None

    def _search(self) -> None:
        files = self._session.scene_files
        before = len(files.missing())
        offer_relink(self._session, self._centre.window())
        if not self._is_open or len(files.missing()) == before:  # the desktop's session may have ended meanwhile
            return
        if self._flow.tile_id is None:
            self._flow.start()
        else:
            self._flow.go_to(self._flow.tile_id, move_view=False)
        files.prepare_overviews(self._session.readers)
        self._session.embed()
