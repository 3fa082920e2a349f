"""Files that are dropped on the window: a project is opened, of scenes and folders a new one is offered."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from core.project.creation import find_scene_files
from core.project.store import PROJECT_SUFFIX


class DroppedFiles(QObject):
    """Takes what is dropped anywhere on `window`, from now on."""

    hovering = Signal(bool)  # files are over the window, and could be dropped
    useless = Signal()  # nothing of what was dropped can be opened

    def __init__(self, window: QWidget, open_paths: Callable[[list[Path]], object]) -> None:
        super().__init__(window)
        self._open_paths = open_paths
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            if _files(event.mimeData()):
                event.acceptProposedAction()
                self.hovering.emit(True)
        elif event.type() == QEvent.Type.DragLeave:
            self.hovering.emit(False)
        elif event.type() == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.hovering.emit(False)
            self._take(event)
        else:
            return False
        return True

    def _take(self, event: QDropEvent) -> None:
        paths = _files(event.mimeData())
        usable = [p for p in paths if p.suffix == PROJECT_SUFFIX or os.path.isfile(p) or find_scene_files([p])]
        event.acceptProposedAction()
        if usable:
            QTimer.singleShot(0, self, partial(self._open_paths, usable))  # the drag ends before a dialog opens
        else:
            self.useless.emit()


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
