"""New project: which scenes, what their bands mean, which classes, how much labeling the user has to spend."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import (
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from core.errors import FieldbrushError, SceneError
from core.events import Inbox
from core.imagery.stacking import stack
from core.jobs import Job, JobState, Priority, Worker
from core.labels.classes import DEFAULT_CLASSES, LabelClass, checked_classes, unused_colour
from core.project.creation import ProjectPlan, create_project
from core.project.examination import PHOTOGRAPH_SUFFIXES, SCENE_SUFFIXES, Examination, examine
from core.project.loose_bands import LooseBandsError
from core.project.records import Refusal
from core.text import text
from gui import file_dialogs
from gui.bridge import Bridge
from gui.controls import show_fraction
from gui.dialogs.bands import BandsBox
from gui.dialogs.budget_and_file import BudgetAndFileBox
from gui.dialogs.buttons import dialog_buttons
from gui.dialogs.class_table import ClassTable
from gui.dialogs.loose_bands import LooseBandsOffer
from gui.dialogs.preview import Pictures, ScenePreview, read_pictures
from gui.dialogs.section import fits_on_screen, resize_on_screen, row_of, scrolling, section
from gui.dialogs.waiting import end_work, hand_on_unforeseen
from gui.elided import ElidedRows
from gui.folders import last_folder, remember_folder
from gui.icons import icon
from gui.keymap import Keymap
from gui.theme import SPACE_LARGE, SPACE_MEDIUM, SPACE_WIDE, set_class
from gui.translate import say, say_error

_SIZE = QSize(940, 640)


class NewProjectDialog(QDialog):
    """After `exec()` has accepted, `project_path` is the new project's file, and `damaged` the scenes that turned out
    not to be readable and are not part of it."""

    def __init__(self, paths: Sequence[Path], keymap: Keymap, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._keymap = keymap
        self.setWindowTitle(self.tr("New project"))
        resize_on_screen(self, _SIZE)
        self.project_path: Path | None = None
        self.damaged: list[Refusal] = []
        self._chosen: list[Path] = []
        self._found: Examination | None = None
        self._inbox = Inbox()
        self._bridge = Bridge(self._inbox, self)
        self._worker = Worker("new-project", on_change=lambda job: self._inbox.post(lambda: self._job_changed(job)))
        self._job: Job[Any] | None = None
        self._preview_job: Job[Pictures] | None = None
        self._build()
        if paths:
            self.add_paths(paths)
        self._refresh()

    @property
    def mask_count(self) -> int:
        """How many were found beside the Scenes: they can become labels when the project is open."""
        return 0 if self._found is None else len(self._found.masks)

    @property
    def mask_folder(self) -> Path | None:
        """What holds all masks, within a folder that was chosen; of files from here and there nobody knows one."""
        parents = [] if self._found is None else [Path(refusal.path).parent for refusal in self._found.masks]
        chosen = [path.absolute() for path in self._chosen if path.is_dir()]
        if parents and any(all(parent.is_relative_to(folder) for parent in parents) for folder in chosen):
            return Path(os.path.commonpath(parents))
        return None

    def done(self, result: int) -> None:
        self._bridge.detach()  # what ends from now on comes too late
        self._say(self.tr("Stopping …"))
        end_work(self._worker)
        super().done(result)

    def add_paths(self, paths: Sequence[Path]) -> None:
        """Add files or folders and look at all of them anew."""
        self._chosen += [path for path in paths if path not in self._chosen]
        self._examine()

    # -- layout ------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        page = QWidget(self)
        columns = QGridLayout(page)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setHorizontalSpacing(SPACE_WIDE)
        columns.setVerticalSpacing(SPACE_LARGE)
        boxes = (self._scenes_box(), self._bands_box(), self._classes_box(), self._budget_box())  # Tab takes this order
        if fits_on_screen(self, _SIZE.width()):
            for number, box in enumerate(boxes):
                columns.addWidget(box, number % 2, number // 2)
            columns.setColumnStretch(0, 1)
            columns.setColumnStretch(1, 1)
            columns.setRowStretch(0, 2)
            columns.setRowStretch(1, 3)
        else:
            for number, box in enumerate(boxes):
                columns.addWidget(box, number, 0)
        self._state = QLabel(self)
        self._state.setWordWrap(True)
        self._loose = LooseBandsOffer(self)
        self._loose.folder_chosen.connect(self._stack)
        self._bar = QProgressBar(self)
        self._bar.setTextVisible(False)
        buttons, self._create = dialog_buttons(self, self.tr("Create project"), self._start_creation)
        bottom = QHBoxLayout()
        bottom.addWidget(self._state, 1)
        bottom.addWidget(buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(SPACE_WIDE, SPACE_LARGE, SPACE_WIDE, SPACE_LARGE)
        whole.setSpacing(SPACE_MEDIUM)
        whole.addWidget(scrolling(page, _SIZE), 1)
        whole.addWidget(self._loose)
        whole.addWidget(self._bar)
        whole.addLayout(bottom)

    def _scenes_box(self) -> QWidget:
        self._scenes = QListWidget(self)
        self._scenes.setAccessibleName(self.tr("Scenes"))
        self._scenes.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self._scenes.setItemDelegate(ElidedRows(self._scenes))
        self._scenes.currentRowChanged.connect(self._show_preview)
        files = QPushButton(icon("plus"), self.tr("Files…"), self)
        files.clicked.connect(self._ask_files)
        folder = QPushButton(icon("open"), self.tr("Folder…"), self)
        folder.clicked.connect(self._ask_folder)
        self._clear = QPushButton(icon("trash"), self.tr("Clear"), self)
        self._clear.clicked.connect(self._clear_scenes)
        return section(self.tr("Scenes"), self._scenes, row_of(files, folder, self._clear))

    def _bands_box(self) -> QWidget:
        self._bands = BandsBox()
        self._bands.roles_changed.connect(self._show_preview)
        return self._bands

    def _classes_box(self) -> QWidget:
        self._classes = ClassTable(self._new_class, self._keymap, self)
        self._classes.removal_wanted.connect(self._remove_class)
        names = {1: self.tr("healthy"), 2: self.tr("unhealthy")}
        self._classes.show_classes([replace(c, name=names[c.value]) for c in DEFAULT_CLASSES])
        return section(self.tr("Classes"), self._classes)

    def _budget_box(self) -> QWidget:
        self._budget_and_file = BudgetAndFileBox(self)
        sentence = QLabel(self.tr("How much can you label? The program picks the tiles that are worth it."), self)
        sentence.setWordWrap(True)
        set_class(sentence, "muted")
        self._preview = ScenePreview(self)
        return section(
            self.tr("Budget and file"), sentence, self._budget_and_file,
            section(self.tr("Preview"), self._preview), stretch=True,
        )  # fmt: skip

    # -- looking at the files ----------------------------------------------------------------------------------

    def _examine(self) -> None:
        if self._job is not None:
            self._job.cancel()
        self._job, self._found = None, None  # what is too far to be cancelled comes too late
        self._loose.offer(())
        chosen = tuple(self._chosen)
        if chosen:
            self._job = self._worker.submit(text("Opening scenes"), partial(examine, chosen), then=self._examined)
        self._refresh()

    def _examined(self, found: Examination) -> None:
        self._found = found
        self._bands.show_guess(found)
        self._budget_and_file.suggest(found)
        self._show_scenes(found)
        self._show_preview()

    def _stack(self, folder: Path) -> None:
        """Write scenes of the loose bands, and take those in their place."""
        work = partial(stack, self._loose.scenes, folder)
        self._job = self._worker.submit(text("Putting the bands together"), work, then=self._stacked)
        self._refresh()

    def _stacked(self, written: list[Path]) -> None:
        self._chosen = written
        self._examine()

    def _show_preview(self, *_: object) -> None:
        """The Scene that is chosen in the list, or the first, with the bands as they are understood now."""
        self._preview.clear()
        self._preview_job = None  # of another Scene, or of other bands
        if self._found is None:
            return
        try:
            interpretation = self._bands.interpretation()
        except FieldbrushError:
            return  # said when the project is to be created
        row = self._scenes.currentRow()
        shown = self._found.scenes[row if 0 <= row < len(self._found.scenes) else 0]
        work = partial(read_pictures, Path(shown.path), interpretation, self._preview.side_px)
        self._preview_job = self._worker.submit(text("Reading the scene"), work, Priority.QUEUE, "preview")

    def _show_scenes(self, found: Examination) -> None:
        self._scenes.clear()
        for info in found.scenes[:500]:
            self._list(f"{Path(info.path).name}   {info.width} × {info.height}", str(info.path))
        if found.masks:
            labels = self.tr("%n mask(s): to be imported as labels", "", len(found.masks))
            self._list(labels, say_error(found.masks[0].error))
        for refusal in [refusal for refusal in found.refused if refusal not in found.masks][:200]:
            left_out = self.tr("{name} is left out").format(name=Path(refusal.path).name)
            self._list(f"⚠  {left_out}", say_error(refusal.error))

    def _list(self, words: str, tip: str) -> None:
        QListWidgetItem(words, self._scenes).setToolTip(tip)

    # -- creating ----------------------------------------------------------------------------------------------

    def _start_creation(self) -> None:
        try:
            plan = self._plan()
        except FieldbrushError as error:
            self._say(say_error(error), is_error=True)
            return
        self.damaged.clear()
        self._budget_and_file.ask_for_file()  # a button that is disabled would pass the focus to Cancel
        work = partial(create_project, plan, leave_out=self.damaged.append)
        self._job = self._worker.submit(text("Cutting tiles"), work, then=self._created)
        self._refresh()

    def _plan(self) -> ProjectPlan:
        assert self._found is not None
        return ProjectPlan(
            path=self._budget_and_file.project_path(),
            examination=self._found,
            interpretation=self._bands.interpretation(),
            tile_px=self._bands.tile_px,
            budget=self._budget_and_file.budget,
            classes=self._label_classes(),
        )

    def _label_classes(self) -> tuple[LabelClass, ...]:
        """Nothing is painted yet: their values follow their order."""
        return checked_classes(replace(c, value=value) for value, c in enumerate(self._classes.classes(), start=1))

    def _created(self, path: Path) -> None:
        self.project_path = path
        self.accept()

    # -- state -------------------------------------------------------------------------------------------------

    def _job_changed(self, job: Job[Any]) -> None:
        if job is self._preview_job and job.state.is_final:
            self._preview_job = None
            if job.result is not None:
                self._preview.show_pictures(job.result)
            elif job.error is not None:
                hand_on_unforeseen(job.error)
        if job is not self._job:
            return
        if job.state is JobState.DONE and job.then is not None:
            self._job = None
            job.then(job.result)
        elif job.state is JobState.FAILED:
            self._job = None
            assert job.error is not None
            self._refresh()
            if isinstance(job.error, LooseBandsError):
                self._loose.offer(job.error.scenes)
                self._say("")
            else:
                hand_on_unforeseen(job.error)
                self._say(say_error(job.error), is_error=True)
            return
        self._refresh()

    def _refresh(self) -> None:
        is_busy = self._job is not None
        self._create.setEnabled(self._found is not None and not is_busy)
        self._clear.setEnabled(bool(self._chosen))
        self._loose.setEnabled(not is_busy)
        self._bar.setVisible(is_busy)
        if self._job is not None:
            show_fraction(self._bar, self._job.progress)
            self._say(say(self._job.title) + " …")
        elif self._found is None:
            self._say(self.tr("Add GeoTIFF files or a folder of them."))
        else:
            self._say(" · ".join(self._counts(self._found)))

    def _counts(self, found: Examination) -> list[str]:
        masks, refused = len(found.masks), len(found.refused) - len(found.masks)
        said = [self.tr("%n scene(s)", "", len(found.scenes))]
        if masks:
            said.append(self.tr("%n mask(s) found", "", masks))
        if refused:
            said.append(self.tr("%n file(s) left out", "", refused))
        return said

    def _say(self, sentence: str, *, is_error: bool = False) -> None:
        self._state.setText(sentence)
        set_class(self._state, "error" if is_error else "muted")

    # -- small dialogs -----------------------------------------------------------------------------------------

    def _ask_files(self) -> None:
        patterns = " ".join(f"*{suffix}" for suffix in (*SCENE_SUFFIXES, *PHOTOGRAPH_SUFFIXES))
        pattern = self.tr("Rasters ({patterns})").format(patterns=patterns)
        names = file_dialogs.ask_files(self, self.tr("Choose scenes"), last_folder(), pattern)
        if names:
            remember_folder(Path(names[0]).parent)
            self.add_paths([Path(name) for name in names])

    def _ask_folder(self) -> None:
        name = file_dialogs.ask_folder(self, self.tr("Choose a folder of scenes"), last_folder())
        if name:
            remember_folder(Path(name).parent)
            self.add_paths([Path(name)])

    def _clear_scenes(self) -> None:
        self._chosen.clear()
        self._scenes.clear()
        self._bands.clear()
        self._budget_and_file.file.clear()
        self._examine()
        self._show_preview()

    def _new_class(self, name: str) -> LabelClass:
        there = self._classes.classes()
        return LabelClass(max(c.value for c in there) + 1, name, unused_colour(there))

    def _remove_class(self, value: int) -> None:
        self._classes.show_classes([c for c in self._classes.classes() if c.value != value])


def left_out(damaged: Sequence[Refusal]) -> FieldbrushError:
    """What to say of Scenes that are not part of the new project."""
    name = Path(damaged[0].path).name
    if len(damaged) == 1:
        return SceneError(
            "{name} cannot be read and is not part of the project.",
            "Copy or download it again, and make the project anew.",
            name=name,
        )
    return SceneError(
        "{count} scenes cannot be read and are not part of the project, {name} for one.",
        "Copy or download them again, and make the project anew.",
        count=len(damaged), name=name,
    )  # fmt: skip
