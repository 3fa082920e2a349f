"""A dialog that waits for one piece of work in the background, with its progress and a way out."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QEventLoop, Qt
from PySide6.QtWidgets import QApplication, QMessageBox, QProgressDialog, QWidget

from core.errors import FieldbrushError
from core.events import Inbox
from core.jobs import Job, JobContext, Worker
from core.text import Text
from gui.bridge import Bridge
from gui.controls import show_fraction
from gui.translate import say_error

T = TypeVar("T")

_LOOK_S = 0.02
_WORTH_SHOWING_S = 0.2  # a dialog that is gone at once is a flicker


def end_work(worker: Worker) -> None:
    """Cancel its jobs and wait until they have ended. What is on the screen is drawn meanwhile, and takes no clicks:
    from one checkpoint to the next it may be seconds."""
    QApplication.setOverrideCursor(Qt.CursorShape.WaitCursor)
    while not worker.close(_LOOK_S):
        QApplication.processEvents(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
    QApplication.restoreOverrideCursor()


def hand_on_unforeseen(error: BaseException) -> bool:
    """An error that does not say itself what happened goes, with its traceback, to where errors end that nobody has
    caught (`gui.app.Reporter`), which tells the user. Whether it was one."""
    if isinstance(error, FieldbrushError):
        return False
    sys.excepthook(type(error), error, error.__traceback__)
    return True


def wait_for(parent: QWidget, title: str, words: str, work: Callable[[JobContext], T]) -> Job[T]:
    """The job that does `work`, when it has ended; an error is said in a box."""
    dialog = QProgressDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(words)
    dialog.setMinimumDuration(0)
    dialog.setMinimumWidth(320)  # its title is longer than what it says
    dialog.setAutoClose(False)
    dialog.setAutoReset(False)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    inbox = Inbox()
    bridge = Bridge(inbox, dialog)

    def changed(job: Job[T]) -> None:
        show_fraction(dialog, job.progress)
        if job.state.is_final:
            dialog.done(0)

    worker = Worker("waited for", on_change=lambda job: inbox.post(lambda: changed(job)))
    job = worker.submit(Text(""), work)  # nobody reads its title
    dialog.canceled.connect(job.cancel)
    if not job.wait(_WORTH_SHOWING_S):
        dialog.exec()
    bridge.detach()
    end_work(worker)
    dialog.reset()  # else Qt shows it later, over the dialog that comes next
    dialog.hide()
    dialog.deleteLater()
    if job.error is not None and not hand_on_unforeseen(job.error):
        QMessageBox.warning(parent, title, say_error(job.error))
    return job
