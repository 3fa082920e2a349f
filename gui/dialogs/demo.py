"""Making the demo project, with progress, in the background."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QMessageBox, QProgressDialog, QWidget

from core.events import Inbox
from core.jobs import Job, Worker
from core.labels.classes import DEFAULT_CLASSES, HEALTHY, UNHEALTHY, LabelClass
from core.text import text
from gui.bridge import Bridge
from gui.translate import say_error


def make_demo(parent: QWidget) -> Path | None:
    """The demo project's file, generated if it is not there yet; None when the user cancels or it fails."""
    from core.demo.project import default_demo_folder, make_demo_project  # here: few need it, and it loads scipy

    dialog = QProgressDialog(parent)
    dialog.setWindowTitle(QCoreApplication.translate("demo", "Demo farm"))
    dialog.setLabelText(QCoreApplication.translate("demo", "Growing a farm to practise on …"))
    dialog.setRange(0, 1000)
    dialog.setMinimumDuration(0)
    dialog.setMinimumWidth(320)  # its title is longer than what it says
    dialog.setAutoClose(False)
    dialog.setAutoReset(False)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    inbox = Inbox()
    bridge = Bridge(inbox, dialog)

    def changed(job: Job[Path]) -> None:
        dialog.setValue(round(1000 * (job.progress.fraction or 0)))
        if job.state.is_final:
            dialog.done(0)

    worker = Worker("demo", on_change=lambda job: inbox.post(lambda: changed(job)))
    make = partial(make_demo_project, default_demo_folder(), classes=_classes())
    job = worker.submit(text("Growing the demo farmland"), make)
    dialog.canceled.connect(job.cancel)
    dialog.exec()
    job.cancel()
    worker.close()
    bridge.detach()
    if job.error is not None:
        QMessageBox.warning(parent, dialog.windowTitle(), say_error(job.error))
    return job.result


def _classes() -> tuple[LabelClass, ...]:
    """The default ones, named in the window's language."""
    translate = QCoreApplication.translate
    names = {HEALTHY: translate("NewProjectDialog", "healthy"), UNHEALTHY: translate("NewProjectDialog", "unhealthy")}
    return tuple(replace(each, name=names[each.value]) for each in DEFAULT_CLASSES)
