"""Bringing the work out of the program: labels and predictions, and the field report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QMessageBox, QWidget

from core.errors import scenes_left_out
from core.events import Change
from core.jobs import Job, JobState
from core.report.files import FieldReport
from core.session import Session
from gui import file_dialogs
from gui.dialogs.export import ExportDialog
from gui.dialogs.life import run
from gui.map_words import maker_named, whose_map
from gui.notices import NoticeBar
from gui.translate import say_error

_ANNOUNCED_S = 20.0
_UNTIL_CLOSED_S = 3600.0  # or as good as


class Exporting(QObject):
    """Asks where to, has it written in the background (the status bar shows how far it is, and cancels it), and says
    where the files are."""

    def __init__(self, session: Session, notices: NoticeBar, centre: QWidget, parent: QObject) -> None:
        """`centre`: dialogs belong to its window."""
        super().__init__(parent)
        self._session = session
        self._notices = notices
        self._centre = centre
        self._under_way: dict[str | None, tuple[Job[Any], Path]] = {}  # by key: who writes, and the folder
        self._question: QMessageBox | None = None  # whether to give up what is under way
        self._has_failed = False  # something, since that was asked
        self._unsubscribe = session.changes.subscribe(self._session_changed)

    def detach(self) -> None:
        self._unsubscribe()

    @property
    def is_under_way(self) -> bool:
        """Whether something is being written that closing the project would give up."""
        return any(not job.is_settled for job, _ in self._under_way.values())

    def may_be_left(self) -> bool:
        """Whether the project may be closed now: where that would give an export up, the user is asked, or waits for
        its end."""
        if not self.is_under_way:
            return True
        title = self.tr("The export is not finished")
        box = QMessageBox(QMessageBox.Icon.Question, "Fieldbrush", f"<b>{title}</b>", parent=self._centre.window())
        words = self.tr(
            "What is predicted already is kept: the next export into the same folder goes on from there. If you"
            " wait here, the project closes when the export is finished. It goes to {folder}."
        )
        folders = dict.fromkeys(str(folder) for _, folder in self._under_way.values())
        box.setInformativeText(words.format(folder=", ".join(folders)))
        stop = box.addButton(self.tr("Close and stop the export"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(self.tr("Keep exporting"), QMessageBox.ButtonRole.RejectRole))
        self._question, self._has_failed = box, False
        run(box)
        self._question = None
        return box.clickedButton() is stop or not (self.is_under_way or self._has_failed)

    def commands(self) -> dict[str, Callable[..., object]]:
        """They raise FieldbrushError where an export cannot even begin."""
        return {"export": self._export, "export report": self._export_report}

    def _export(self) -> None:
        dialog = ExportDialog(self._session, self._centre.window())
        if not run(dialog):
            return
        folder, by = dialog.folder, dialog.by
        predictions: Job[list[Path]] | None = None
        jobs: list[Job[list[Path]]] = []
        written: list[Path] = []  # by both: what is said last takes the place of what was said before

        def announce(files: Sequence[Path]) -> None:
            written.extend(files)
            is_made = predictions is not None and predictions.state is JobState.DONE
            remark = self._made_by(by) if is_made and by is not None else ""
            follow = predictions is not None and not predictions.state.is_final
            left_out = [path for job in jobs for path in job.left_out]
            self._announce(written, folder, predictions_follow=follow, remark=remark, left_out=left_out)

        if dialog.wants_predictions and by is not None:  # first: who cannot begin must not be announced
            predictions = self._session.export_predictions(folder, by=by, flips=dialog.wants_flips)
            jobs.append(predictions)
        if dialog.wants_labels:
            jobs.append(self._session.export_labels(folder))
        for job in jobs:
            self._follow(job, folder, announce)

    def _export_report(self) -> None:
        """Into a folder of its own, which the next report replaces."""
        self._session.maps.usual()  # raises where nobody can: nobody is asked for a folder in vain
        path = self._session.path
        title = self.tr("Where to put the field report's folder")
        parent = file_dialogs.ask_folder(self._centre.window(), title, str(path.parent))
        if not parent:
            return
        folder = Path(parent) / self.tr("{project} field report").format(project=path.stem)

        def announce(report: FieldReport) -> None:
            by = report.scores.version
            remark = f"{self._made_by(by)}. {whose_map(self._session, by)}".rstrip()
            self._announce(report.files, folder, remark=remark, left_out=job.left_out)

        job = self._session.maps.export_report(folder)
        self._follow(job, folder, announce)

    def _made_by(self, version: int) -> str:
        return self.tr("The map was made by: {name}").format(name=maker_named(version))

    def _follow(self, job: Job[Any], folder: Path, announce: Callable[[Any], object]) -> None:
        job.then = announce
        self._under_way[job.key] = job, folder

    def _session_changed(self, change: Change) -> None:
        """What was said of an export that has been given up is true no longer, nor is there anything to ask about one
        that has ended."""
        for job in [job for job, _ in self._under_way.values() if job.is_settled]:
            del self._under_way[job.key]
            self._has_failed |= job.state is not JobState.DONE
            if job.state is JobState.CANCELLED:
                self._notices.show_hint(self.tr("The export has been cancelled."))
        if self._question is not None and not self.is_under_way:
            self._question.done(0)

    def _announce(
        self, written: Sequence[Path], folder: Path, *, predictions_follow: bool = False, remark: str = "",
        left_out: Sequence[str] = (),
    ) -> None:  # fmt: skip
        """Where scenes were `left_out` it stays until it is closed, as problems do."""
        sentence = self.tr("%n file(s) written to {folder}", "", len(written)).format(folder=folder)
        if predictions_follow:
            sentence = self.tr("{written}. Predictions are still being written.").format(written=sentence)
        if remark:
            sentence = f"{sentence}. {remark}"
        if left_out:
            sentence = f"{sentence.removesuffix('.')}. {say_error(scenes_left_out([*dict.fromkeys(left_out)]))}"
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(folder)))
        seconds = _UNTIL_CLOSED_S if left_out else _ANNOUNCED_S
        self._notices.show_hint(sentence, seconds=seconds, offer=(self.tr("Open folder"), show))
