"""Bringing masks that exist already into the project, as labels."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QProgressDialog, QWidget

from core.errors import scenes_left_out
from core.labels.mask import decode_plane
from core.mask_import.folder import MaskFolder, MasksRead, look_at_masks, read_masks
from core.mask_import.values import Reading
from core.project.settings import Setting
from core.session import Session
from gui import file_dialogs
from gui.dialogs.import_masks import ImportMasksDialog
from gui.dialogs.life import run
from gui.dialogs.waiting import wait_for
from gui.folders import folder_of
from gui.notices import NoticeBar
from gui.translate import say_error

_ANNOUNCED_S = 20.0
_OFFERED_S = 600.0
_WORTH_SHOWING_MS = 300


class Importing(QObject):
    """Asks where the masks are and what their values mean. All are read before the first is written, so that what is
    wrong with the last one stops nothing halfway."""

    def __init__(self, session: Session, notices: NoticeBar, centre: QWidget, parent: QObject) -> None:
        """`centre`: dialogs belong to its window."""
        super().__init__(parent)
        self._session = session
        self._notices = notices
        self._centre = centre
        self._folder = ""  # with the masks, as chosen last
        self._is_detached = False

    def detach(self) -> None:
        self._is_detached = True

    def commands(self) -> dict[str, Callable[..., object]]:
        return {"import masks": self._ask_folder}

    def offer(self, count: int, folder: Path | None) -> None:
        """So many masks were found beside the Scenes of a new project, in `folder`; None where that must be asked."""
        self._notices.show_hint(
            self.tr("%n mask(s) were found with the scenes and can become labels.", "", count),
            seconds=_OFFERED_S,
            offer=(self.tr("Import masks…"), self._ask_folder if folder is None else partial(self._import, folder)),
        )

    def _ask_folder(self) -> None:
        begin = self._folder or folder_of(scene.path for scene in self._session.scenes.values())
        words = self.tr("Choose the folder with the masks")
        folder = file_dialogs.ask_folder(self._centre.window(), words, begin)
        if folder:
            self._folder = folder
            self._import(Path(folder))

    def _import(self, folder: Path) -> None:
        session, window, title = self._session, self._centre.window(), self.tr("Import masks")
        scenes, tiles, classes = dict(session.scenes), tuple(session.tiles.values()), session.classes
        kept = Reading.from_setting(session.setting(Setting.MASK_VALUES))
        look = partial(look_at_masks, folder, scenes.values(), tiles, classes, kept)
        found = wait_for(window, title, self.tr("Looking at the masks …"), look).result
        if found is None or self._is_detached:
            return
        dialog = ImportMasksDialog(found, session, window)
        if not run(dialog) or self._is_detached:
            return
        meaning = dialog.meaning
        read_all = partial(read_masks, found, scenes, classes, meaning, session.reader)
        reading = wait_for(window, title, self.tr("Reading the masks …"), read_all)
        if reading.result is not None and not self._is_detached:
            self._keep_meaning(found, meaning)
            self._write(reading.result, reading.left_out)

    def _keep_meaning(self, found: MaskFolder, meaning: dict[int, int]) -> None:
        """The next masks are read alike."""
        if not found.names_classes:
            reading = Reading(value_map=meaning, seen=frozenset(found.pixels))
            self._session.set_setting(Setting.MASK_VALUES, reading.to_setting())

    def _write(self, read: MasksRead, left_out: Sequence[str]) -> None:
        """On this thread, which alone touches Masks; the window stays awake, and what is written stays. `left_out`: the
        paths of Scenes that could not be read."""
        session = self._session
        progress = QProgressDialog(
            self.tr("Painting the tiles …"), self.tr("Stop"), 0, len(read.labels), self._centre.window()
        )
        progress.setWindowTitle(self.tr("Import masks"))
        progress.setMinimumDuration(_WORTH_SHOWING_MS)
        progress.setWindowModality(Qt.WindowModality.WindowModal)
        painted = 0
        try:
            for done, (tile_id, labels, paintable) in enumerate(read.labels):
                progress.setValue(done)  # which lets the window live
                if progress.wasCanceled() or self._is_detached:
                    break
                rect = session.tiles[tile_id].rect
                new, valid = (decode_plane(plane, rect.height, rect.width) for plane in (labels, paintable))
                painted += session.import_mask(tile_id, new, valid.view(np.bool_))
        finally:
            progress.deleteLater()
            if not self._is_detached:
                session.predicting.answer_imports()
        if not self._is_detached:
            session.rank()
            self._announce(painted, read, left_out)

    def _announce(self, painted: int, read: MasksRead, left_out: Sequence[str]) -> None:
        said = [self.tr("%n tile(s) painted from masks.", "", painted)]
        if read.on_other_pixels:
            said.append(self.tr("%n mask(s) lay on other pixels than their scene.", "", read.on_other_pixels))
        if read.unread:
            said.append(self.tr("%n tile(s) cannot be read.", "", read.unread))
        if left_out:
            said.append(say_error(scenes_left_out(left_out)))
        self._notices.show_hint(" ".join(said), seconds=_ANNOUNCED_S)
