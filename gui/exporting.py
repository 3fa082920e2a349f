"""Bringing the work out of the program: labels and predictions, and the field report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from core.report.files import FieldReport
from core.session import Session
from gui.dialogs.export import ExportDialog
from gui.dialogs.life import run
from gui.notices import NoticeBar

_ANNOUNCED_S = 20.0


class Exporting(QObject):
    """Asks where to, has it written in the background (the status bar shows how far it is, and cancels it), and says
    where the files are."""

    def __init__(self, session: Session, notices: NoticeBar, centre: QWidget, parent: QObject) -> None:
        """`centre`: dialogs belong to its window."""
        super().__init__(parent)
        self._session = session
        self._notices = notices
        self._centre = centre

    def commands(self) -> dict[str, Callable[..., object]]:
        """They raise FieldbrushError where an export cannot even begin."""
        return {"export": self._export, "export report": self._export_report}

    def _export(self) -> None:
        dialog = ExportDialog(self._session, self._centre.window())
        if not run(dialog):
            return
        announce = partial(self._announce, folder=dialog.folder)
        if dialog.wants_labels:
            say = partial(announce, predictions_follow=dialog.wants_predictions)
            self._session.export_labels(dialog.folder).then = say
        if dialog.wants_predictions:
            self._session.export_predictions(dialog.folder, flips=dialog.wants_flips).then = announce

    def _export_report(self) -> None:
        """Into a folder of its own, which the next report replaces."""
        path = self._session.path
        title = self.tr("Where to put the field report's folder")
        parent = QFileDialog.getExistingDirectory(self._centre.window(), title, str(path.parent))
        if not parent:
            return
        folder = Path(parent) / self.tr("{project} field report").format(project=path.stem)

        def announce(report: FieldReport) -> None:
            self._announce(report.files, folder)

        self._session.models.export_report(folder).then = announce

    def _announce(self, written: Sequence[Path], folder: Path, *, predictions_follow: bool = False) -> None:
        sentence = self.tr("%n file(s) written to {folder}", "", len(written)).format(folder=folder)
        if predictions_follow:
            sentence = self.tr("{written}. Predictions are still being written.").format(written=sentence)
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(folder)))
        self._notices.show_hint(sentence, seconds=_ANNOUNCED_S, offer=(self.tr("Open folder"), show))
