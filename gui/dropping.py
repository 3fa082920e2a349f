"""Files that are dropped on the window: a project is opened, of scenes and folders a new one is offered.

What is in the folders the new project's dialog finds out, in the background.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QMimeData, QObject, QTimer, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class DroppedFiles(QObject):
    """Takes what is dropped anywhere on `window`, from now on."""

    hovering = Signal(bool)  # files are over the window, and could be dropped

    def __init__(self, window: QWidget, open_paths: Callable[[list[Path]], object]) -> None:
        super().__init__(window)
        self._open_paths = open_paths
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if kind == QEvent.Type.DragEnter and isinstance(event, QDragEnterEvent):
            if _files(event.mimeData()):
                event.acceptProposedAction()
                self.hovering.emit(True)
        elif kind == QEvent.Type.DragLeave:
            self.hovering.emit(False)
        elif kind == QEvent.Type.Drop and isinstance(event, QDropEvent):
            self.hovering.emit(False)
            self._take(event)
        else:
            return False
        return True

    def _take(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        paths = _files(event.mimeData())
        QTimer.singleShot(0, self, partial(self._open_paths, paths))  # the drag ends before a dialog opens


def _files(data: QMimeData) -> list[Path]:
    return [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
