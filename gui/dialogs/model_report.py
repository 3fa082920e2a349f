"""Model report: the kept models on the left, what the chosen one is worth on the right."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QMessageBox,
    QPushButton,
    QSizePolicy,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import FieldbrushError
from core.events import Change, Subject
from core.jobs import Job, JobState
from core.learning.outlook import MINUTES_AHEAD, outlook_sentence
from core.report.areas import AreaReport
from core.report.files import write_report
from core.report.report import ModelReport
from core.session import Session
from core.session_parts.kept_models import SUFFIX, KeptModel
from core.text import Text
from gui import file_dialogs
from gui.controls import muted
from gui.dialogs.certainty_page import CertaintyPage
from gui.dialogs.model_list import ModelList
from gui.dialogs.report_pages import AreasPage, ComparePage, CurvePage, Page, ScoresPage
from gui.dialogs.section import fits_on_screen, resize_on_screen
from gui.dialogs.waiting import wait_for
from gui.icons import icon
from gui.map_words import whose_colours
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_SMALL, set_class
from gui.translate import say_error

_SIZE = QSize(1000, 640)
_LIST_PX, _NARROW_LIST_PX = 256, 200


class ModelReportDialog(QDialog):
    """Everything is measured in the background when its page is looked at; closing stops that."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._waiting: dict[Page, tuple[Job[Any], Callable[[Any], None]]] = {}
        self._brought_in: Job[Any] | None = None  # of no page, and not given up with any
        self._report: ModelReport | None = None
        self._areas: AreaReport | None = None
        self.setWindowTitle(self.tr("Model report"))
        resize_on_screen(self, _SIZE)
        self._build()
        self._unsubscribe = session.changes.subscribe(self._session_changed)
        self._list_models()

    def done(self, result: int) -> None:
        self._unsubscribe()
        for job, _ in self._waiting.values():
            job.cancel()
        self._waiting.clear()
        super().done(result)

    # -- the models ------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> KeptModel | None:
        """None for the pixel classifier, too."""
        return self._models.chosen

    def _list_models(self) -> None:
        self._models.list_anew()
        session = self._session
        coloured = whose_colours(session) if session.forecasts.model is not None else ""
        self._coloured.setText(coloured)
        self._coloured.setVisible(bool(coloured))
        if not self._models.count():
            self._show_chosen()

    def _show_chosen(self) -> None:
        """The chosen model's pages from the start."""
        for job, _ in self._waiting.values():
            job.cancel()
        self._waiting.clear()
        model, maps = self.chosen, self._session.maps
        self._report = self._areas = None
        self._save.setEnabled(False)
        for button in (self._export, self._delete, self._use):
            button.setEnabled(model is not None)
        for page, why in zip(self._all_pages, self._without_model(), strict=True):
            page.show_nothing(why if model is None else "")  # what another has is not this one's
        if model is None:
            if self._models.version is not None:
                self._start(self._scores, maps.scores, self._show_report)
                self._page_opened()
            return
        self._use.setEnabled(not model.leads)
        self._delete.setEnabled(not model.leads)
        self._compare.offer(self._session.models.kept(), model.version)
        self._areas_page.show_state(self._areas_hint(model))
        self._certainty.show_calibration(model.card.calibration, self._session.models.painted_share(model.card))
        self._start(self._scores, partial(self._session.models.report, model.version), self._show_report)
        self._curve.show_state(self.tr("Measuring …"))
        self._page_opened()

    def _without_model(self) -> Sequence[str]:
        """What each page says then."""
        if self._models.version is None:
            return [self.tr("There is no model yet: train one, or import one.")] * len(self._all_pages)
        measuring = self.tr("Measuring …")
        return (
            measuring,
            self.tr("The pixel classifier is not trained in rounds: it learns from every stroke."),
            measuring,
            self.tr("How sure the pixel classifier may be is not measured."),
            self.tr("Only models are compared with each other."),
        )

    def _areas_hint(self, model: KeptModel) -> str:
        if model.leads:
            return self.tr("Measuring …")
        return self.tr("Areas are those of the model in use or of the pixel classifier. Use this one to see its areas.")

    def _outlook(self) -> Text | None:
        """What the next ten minutes may bring at the expert's own pace."""
        found = self._session.models.outlook_ahead
        return None if found is None else outlook_sentence(found, MINUTES_AHEAD)

    def _show_report(self, report: ModelReport) -> None:
        self._report = report
        self._scores.show_report(report)
        if self.chosen is not None:
            self._curve.show_report(report, self._outlook())
        self._save.setEnabled(True)

    def _show_areas(self, areas: AreaReport) -> None:
        self._areas = areas
        self._areas_page.show_areas(areas, {c.value: c.name for c in self._session.classes})

    def _page_opened(self) -> None:
        """Areas and comparison take a while: only for those who look."""
        page, model, version = self._pages.currentWidget(), self.chosen, self._models.version
        if version is None or page in self._waiting:
            return
        if page is self._areas_page and (model is None or model.leads) and self._areas is None:
            self._start(self._areas_page, partial(self._session.maps.areas, version), self._show_areas)
        elif page is self._compare and model is not None and self._compare.other is not None:
            self._start_comparison(self._compare.other)

    def _start_comparison(self, other: int) -> None:
        if self.chosen is not None:
            older, newer = sorted((other, self.chosen.version))
            work = partial(self._session.models.compare, older, newer)
            self._start(self._compare, work, self._compare.show_comparison)

    # -- jobs ------------------------------------------------------------------------------------------------------

    def _start(self, page: Page, ask: Callable[[], Job[Any]], show: Callable[[Any], None]) -> None:
        try:
            self._waiting[page] = (ask(), show)
        except FieldbrushError as error:  # the model is still being loaded: when it is, the page starts anew
            page.show_state(say_error(error))
        else:
            page.show_state(self.tr("Measuring …"))

    def _session_changed(self, change: Change) -> None:
        if Subject.MODEL in change.subjects:
            self._list_models()
        for page, (job, show) in list(self._waiting.items()):
            self._follow(page, job, show)
        if self._brought_in is not None and self._brought_in.is_settled:
            job, self._brought_in = self._brought_in, None
            if job.error is not None:
                self._waiting.pop(self._scores, None)
                self._scores.show_state(say_error(job.error))

    def _follow(self, page: Page, job: Job[Any], show: Callable[[Any], None]) -> None:
        """How far the page's job is, or what has come of it."""
        if job.is_settled:
            self._waiting.pop(page, None)
            if job.state is JobState.DONE:
                show(job.result)
            elif job.error is not None:
                page.show_state(say_error(job.error))
        elif (share := job.progress.fraction) is not None:
            page.show_state(self.tr("Measuring … {share} %").format(share=round(100 * share)))

    # -- what can be done with a model -------------------------------------------------------------------------------

    def _use_chosen(self) -> None:
        if self.chosen is not None:
            self._session.models.use(self.chosen.version)

    def _delete_chosen(self) -> None:
        model = self.chosen
        if model is None:
            return
        question = self.tr("Delete model {version} for good?").format(version=model.version)
        if QMessageBox.question(self, self.tr("Delete"), question) == QMessageBox.StandardButton.Yes:
            self._try(lambda: self._session.models.delete(model.version))

    def _export_chosen(self) -> None:
        model = self.chosen
        if model is None:
            return
        folder = self._session.path.parent
        suggestion = folder / f"{self._session.path.stem} model {model.version}{SUFFIX}"
        pattern = self.tr("Models (*{suffix})").format(suffix=SUFFIX)
        name = file_dialogs.ask_new_file(self, self.tr("Export the model"), str(suggestion), pattern)
        if name:
            self._try(lambda: self._write(self._session.models.exporting(model.version, name)))

    def _import_model(self) -> None:
        pattern = self.tr("Models (*{suffix})").format(suffix=SUFFIX)
        folder = str(self._session.path.parent)
        name = file_dialogs.ask_file(self, self.tr("Import a model"), folder, pattern)
        if name:
            self._brought_in = self._session.models.bring_in(Path(name))

    def _save_report(self) -> None:
        report = self._report
        if report is None:
            return
        folder = file_dialogs.ask_folder(self, self.tr("Folder for the report"), str(self._session.path.parent))
        if folder:
            title, areas = f"{self._session.path.stem}: model report", self._areas
            self._write(lambda: write_report(title, report, areas, Path(folder)))

    def _write(self, work: Callable[[], object]) -> None:
        """The window does not stand still where the drive is slow."""
        wait_for(self, self.windowTitle(), self.tr("Saving …"), lambda _: work())

    def _try(self, act: Callable[[], object]) -> None:
        try:
            act()
        except FieldbrushError as error:
            QMessageBox.warning(self, self.windowTitle(), say_error(error))

    # -- composition -----------------------------------------------------------------------------------------------

    def _build(self) -> None:
        shelf, self._pages = self._shelf(), QTabWidget(self)  # in the order of Tab
        self._scores, self._curve = ScoresPage(self), CurvePage(self)
        self._areas_page, self._compare = AreasPage(self), ComparePage(self)
        self._certainty = CertaintyPage(self)
        self._all_pages: tuple[Page, ...] = (
            self._scores, self._curve, self._areas_page, self._certainty, self._compare,
        )  # fmt: skip
        titles = (
            self.tr("Scores"), self.tr("Learning curve"), self.tr("Areas"), self.tr("Certainty"), self.tr("Compare"),
        )  # fmt: skip
        for page, title in zip(self._all_pages, titles, strict=True):
            self._pages.addTab(page, title)
        self._pages.currentChanged.connect(lambda _: self._page_opened())
        for keys, step in (("Ctrl+Tab", 1), ("Ctrl+Shift+Tab", -1)):  # wherever in the dialog the keyboard is
            QShortcut(QKeySequence(keys), self).activated.connect(partial(self._turn_page, step))
        self._compare.wanted.connect(self._start_comparison)
        columns = QHBoxLayout()
        columns.setSpacing(SPACE_LARGE)
        columns.addLayout(shelf)
        columns.addWidget(self._pages, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close, self)
        self._save = buttons.addButton(self.tr("Save report…"), QDialogButtonBox.ButtonRole.ActionRole)
        self._save.clicked.connect(self._save_report)
        buttons.rejected.connect(self.reject)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_LARGE, SPACE_LARGE, SPACE_LARGE, SPACE_MEDIUM)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addLayout(columns, 1)
        whole.addWidget(buttons)

    def _turn_page(self, step: int) -> None:
        self._pages.setCurrentIndex((self._pages.currentIndex() + step) % self._pages.count())

    def _shelf(self) -> QVBoxLayout:
        """The list of models and what can be done with them; on a small screen no wider than it must be, so that the
        pages have room for all their names."""
        is_roomy = fits_on_screen(self, _SIZE.width())
        heading = QLabel(self.tr("Models"), self)
        set_class(heading, "heading")
        self._models = ModelList(self._session, self)
        self._models.setMinimumWidth(_LIST_PX if is_roomy else _NARROW_LIST_PX)
        self._models.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self._models.currentItemChanged.connect(lambda *_: self._show_chosen())
        self._coloured = muted("", self)  # the scene, by whom
        self._use = self._button(self.tr("Use this model"), "history", self._use_chosen)
        self._export = self._button(self.tr("Export…"), "export", self._export_chosen)
        self._import = self._button(self.tr("Import…"), "open", self._import_model)
        self._delete = self._button(self.tr("Delete"), "trash", self._delete_chosen)
        self._use.setToolTip(self.tr("It predicts everything anew, and the next training goes on from it"))
        pair = QBoxLayout(QBoxLayout.Direction.LeftToRight if is_roomy else QBoxLayout.Direction.TopToBottom)
        pair.setSpacing(SPACE_SMALL)
        pair.addWidget(self._export)
        pair.addWidget(self._import)
        column = QVBoxLayout()
        column.setSpacing(SPACE_SMALL)
        column.addWidget(heading)
        column.addWidget(self._models, 1)
        column.addWidget(self._coloured)
        column.addWidget(self._use)
        column.addLayout(pair)
        column.addWidget(self._delete)
        return column

    def _button(self, words: str, picture: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(icon(picture), words, self)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: act())
        return button
