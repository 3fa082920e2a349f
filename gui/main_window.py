"""The window: composes start page or workspace, docks, menus, tool bar and status bar; opens and closes projects."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, Qt, QTimer
from PySide6.QtGui import QActionGroup, QCloseEvent, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QMainWindow,
    QTabWidget,
)

from core.errors import FieldbrushError
from core.project.creation import LEAST_VALID_SHARE
from core.project.settings import Setting
from core.project.store import PROJECT_SUFFIX
from core.session import Session
from gui import file_dialogs
from gui.actions import COMMANDS, TOOL_COMMANDS, Needs, build_actions
from gui.collector import collect_project
from gui.command_bars import CommandBar, build_menus
from gui.dialogs.about import show_about
from gui.dialogs.budget import BudgetDialog
from gui.dialogs.demo import make_demo
from gui.dialogs.keys import KeysDialog
from gui.dialogs.life import once_exposed, run
from gui.dialogs.new_project import NewProjectDialog, left_out
from gui.dialogs.relink import offer_relink
from gui.dialogs.unsaved import may_lose_model
from gui.docks import PanelDocks
from gui.dropping import DroppedFiles
from gui.folders import last_folder, remember_folder
from gui.icons import app_icon
from gui.keymap import Keymap, portable
from gui.notices import Floating, NoticeBar
from gui.preferences import Preferences
from gui.start_page import StartPage, remember_project
from gui.status import StatusBar
from gui.theme import ThemeKeeper
from gui.workspace import Workspace

_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
_LONG_MS = 20_000  # for a sentence that one should have time for
_ALT_GR = Qt.KeyboardModifier.GroupSwitchModifier


class MainWindow(QMainWindow):
    """The program's only window; it has one project open at a time, or none."""

    def __init__(self, app: QApplication, themes: ThemeKeeper) -> None:
        super().__init__()
        self._app = app
        self.workspace: Workspace | None = None
        self.setWindowTitle("Fieldbrush")
        self.setWindowIcon(app_icon())
        self.setDockNestingEnabled(True)
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.resize(1366, 768)
        self.actions_by_name = build_actions(self, self._handlers())
        self.keymap = Keymap(self.actions_by_name)
        self._tools = QActionGroup(self)
        for name in TOOL_COMMANDS:
            self._tools.addAction(self.actions_by_name[name])
        self._preferences = Preferences(themes, self)
        self._preferences.hint.connect(lambda words: self._notices.show_hint(words))  # whose bar it is by then
        build_menus(self, self.actions_by_name, self._preferences)
        self._toolbar = CommandBar(self.actions_by_name, self)
        self.addToolBar(self._toolbar)
        self._docks = PanelDocks(self, self.actions_by_name["panels"])
        self._docks.changed.connect(self._refresh_actions)
        self._docks.left.connect(self._focus_canvas)
        self._status = StatusBar(self)
        self.setStatusBar(self._status)
        self.start_notices = NoticeBar()
        self._start_page: StartPage | None = None
        self._show_start_page()
        dropped = DroppedFiles(self, self.open_paths)
        dropped.hovering.connect(self._invite)

    # -- projects ----------------------------------------------------------------------------------------------

    def open_paths(self, paths: Sequence[Path]) -> None:
        """Open a project file, or offer to make a project of rasters and folders."""
        projects = [path for path in paths if path.suffix == PROJECT_SUFFIX]
        if projects:
            self.open_project(projects[0])
        elif paths:
            once_exposed(self, partial(self.new_project, paths))  # the dialog is centred over the window

    def open_project(self, path: Path) -> bool:
        """Open this project in place of the current one, which stays (False) where this one cannot be opened, or where
        an export is under way that the user does not give up."""
        if self.workspace is not None and self.workspace.session.path == path.absolute():
            return True
        if not self._may_leave():
            return False
        try:
            session = Session.open(path)
        except FieldbrushError as error:
            self.show_error(error)
            return False
        try:
            _, say_what_is_lost = self._close_project(math.inf)
            remember_project(session.path)
            self.workspace = workspace = Workspace(session, self._app, self.keymap, self)
        except BaseException:  # else nobody could open the project again before the program has ended
            session.close()
            raise
        self.setCentralWidget(workspace.centre)
        workspace.centre.show()  # at once: Qt would only do so later, and until then the panels take its room
        self._start_page = None
        self.start_notices.hide()
        self._docks.show(workspace.panels())
        workspace.connect_buttons(self.actions_by_name)
        workspace.queue.budget_clicked.connect(self._change_budget)
        workspace.state_changed.connect(self._refresh_actions)
        workspace.panel_wanted.connect(self._docks.raise_)
        workspace.classes.grown.connect(self._docks.make_room_soon)
        workspace.layers.grown.connect(self._docks.make_room_soon)
        self._status.attach(session, workspace.canvas)
        self._toolbar.show()
        self.setWindowTitle(f"{session.path.stem} — Fieldbrush")
        self._refresh_actions()
        say_what_is_lost()
        # after the layout has given the canvas its size
        QTimer.singleShot(0, partial(self._start, workspace))
        return True

    def close_project(self, within_s: float = math.inf) -> bool:
        """Ask nothing; what is lost is told. False where work was still under way after `within_s`, which is left
        behind."""
        ended, say_what_is_lost = self._close_project(within_s)
        say_what_is_lost()
        return ended

    def _may_leave(self) -> bool:
        """Whether the user agrees that the project is closed; where the desktop's session ends nobody is asked."""
        workspace = self.workspace
        if workspace is None or self._app.isSavingSession():
            return True
        return workspace.exporting.may_be_left() and may_lose_model(workspace.session, self)

    def _leave_project(self) -> None:
        if self._may_leave():
            self.close_project()

    def _close_project(self, within_s: float) -> tuple[bool, Callable[[], None]]:
        """Whether all work has ended; and what says what is lost, over the start page or the project opened next."""
        if self.workspace is None:
            return True, lambda: None
        self._save_layout()
        self._status.detach()
        workspace, self.workspace = self.workspace, None
        unsaved: list[FieldbrushError] = []
        given_up = workspace.session.path.stem if workspace.exporting.is_under_way else ""
        workspace.canvas.failed.connect(unsaved.append)  # its own notices are about to go
        workspace.detach()
        self._docks.clear()
        self._show_start_page()
        self._status.showMessage(self.tr("Closing the project …"))
        try:
            ended = workspace.close(within_s)
            unsaved.extend(filter(None, [workspace.session.unsaved.loss()]))
        finally:
            self._status.clearMessage()
            workspace.deleteLater()
            collect_project(self, self._app)
        return ended, partial(self._say_what_is_lost, unsaved, given_up)

    def _say_what_is_lost(self, unsaved: Sequence[FieldbrushError], given_up: str) -> None:
        """`given_up`: the project whose export was not finished, if there is one."""
        if given_up:
            words = self.tr(
                "The export of {project} was not finished. Open that project again and export to the same folder; what"
                " is predicted already is kept."
            )
            self._notices.show_hint(words.format(project=given_up), seconds=_LONG_MS / 1000)
        for error in unsaved:
            self.show_error(error)

    def new_project(self, paths: Sequence[Path] = ()) -> None:
        dialog = NewProjectDialog(paths, self.keymap, self)
        if run(dialog) and dialog.project_path is not None:
            if not self.open_project(dialog.project_path):
                return
            if dialog.damaged:
                self.show_error(left_out(dialog.damaged))
            elif self.workspace is not None and dialog.mask_count:
                self.workspace.importing.offer(dialog.mask_count, dialog.mask_folder)
            self._say_tiles_left_out()

    def _say_tiles_left_out(self) -> None:
        count = 0 if self.workspace is None else self.workspace.session.setting(Setting.TILES_LEFT_OUT, 0)
        if count:
            words = self.tr("%n tile(s) hold less than {percent} % image data and are left out.", "", count)
            self._status.showMessage(words.format(percent=round(100 * LEAST_VALID_SHARE)), _LONG_MS)

    @property
    def _notices(self) -> NoticeBar:
        return self.start_notices if self.workspace is None else self.workspace.notices

    def show_error(self, error: FieldbrushError) -> None:
        """Over the canvas or the start page."""
        self._notices.show_error(error)

    def _start(self, workspace: Workspace) -> None:
        if workspace is self.workspace:
            offer_relink(workspace.session, self)
        if workspace is self.workspace:  # the end of the desktop's session has closed dialog and window otherwise
            workspace.start()
            workspace.canvas.setFocus()

    def _show_start_page(self) -> None:
        actions = self.actions_by_name
        self._start_page = StartPage(actions["new"], actions["open"], actions["demo"])
        self._start_page.project_chosen.connect(self.open_project)
        self.setCentralWidget(self._start_page)
        self.start_notices.hide()
        Floating(self.start_notices, self._start_page, self)
        self._toolbar.hide()
        self.setWindowTitle("Fieldbrush")
        self._refresh_actions()

    # -- commands ----------------------------------------------------------------------------------------------

    def _handlers(self) -> dict[str, Callable[..., object]]:
        """A handler for every command; those of the workspace are looked up when they are triggered."""
        own: dict[str, Callable[..., object]] = {
            "new": lambda: self.new_project(),
            "open": self._ask_project,
            "demo": self._open_demo,
            "close": self._leave_project,
            "quit": self.close,
            "panels": lambda: self._docks.toggle(),
            "usual panels": lambda: self._docks.reset(),
            "keys": lambda: run(KeysDialog(self.keymap, self)),
            "about": lambda: show_about(self),
        }
        return {
            command.name: own.get(command.name) or partial(self._on_workspace, command.name) for command in COMMANDS
        }

    def _on_workspace(self, name: str, *_: object) -> None:
        if self.workspace is not None:
            self.workspace.run(name)
            self._refresh_actions()

    def _focus_canvas(self) -> None:
        if self.workspace is not None:
            self.workspace.canvas.setFocus(Qt.FocusReason.OtherFocusReason)

    def _refresh_actions(self) -> None:
        workspace = self.workspace
        possible = {
            Needs.NOTHING: True,
            Needs.PROJECT: workspace is not None,
            Needs.TILE: workspace is not None and workspace.canvas.active is not None,
        }
        steps = {} if workspace is None else workspace.labeling.steps()
        for command in COMMANDS:
            offered = workspace is None or workspace.ways.offers(command.name)
            offered &= steps.get(command.name, True)
            self.actions_by_name[command.name].setEnabled(possible[command.needs] and offered)
        if workspace is not None:
            for name, on in workspace.switches().items():
                self.actions_by_name[name].setChecked(on)
            self.actions_by_name["panels"].setChecked(self._docks.are_shown)

    def _ask_project(self) -> None:
        pattern = self.tr("Projects and scenes (*{suffix} *.tif *.tiff *.jp2)").format(suffix=PROJECT_SUFFIX)
        names = file_dialogs.ask_files(self, self.tr("Open"), last_folder(), pattern)
        if names:
            remember_folder(Path(names[0]).parent)
            self.open_paths([Path(name) for name in names])

    def _open_demo(self) -> None:
        path = make_demo(self)
        if path is not None:
            self.open_project(path)

    def _change_budget(self) -> None:
        if self.workspace is None:
            return
        session = self.workspace.session
        dialog = BudgetDialog(session.effort, session.tiles.values(), self)
        if run(dialog):
            session.set_budget(dialog.budget.unit, dialog.budget.amount)

    # -- layout ------------------------------------------------------------------------------------------------

    def _save_layout(self) -> None:
        QSettings().setValue("window/geometry", self.saveGeometry())
        self._docks.save()

    def show_where_it_was(self) -> None:
        """As it was closed; the first time on the whole screen, so that nothing is cut off on a small one."""
        geometry = QSettings().value("window/geometry")
        if geometry is not None and self.restoreGeometry(geometry):
            self.show()
            return
        self.resize(self.size().boundedTo(self.screen().availableSize() * 0.9))  # as it will be when not maximised
        self.showMaximized()

    # -- window events -----------------------------------------------------------------------------------------

    def event(self, event: QEvent) -> bool:
        """A dialog that opens under the painting hand will have the button's release: the Stroke ends before. Enter in
        a number's field ends the typing; it submits no Tile. And what is typed with AltGr comes as a key press: as a
        shortcut Qt would take "}" for the 0 that is on the same key."""
        kind = event.type()
        if kind == QEvent.Type.WindowBlocked and self.workspace is not None:
            self.workspace.canvas.end_stroke()
        elif kind == QEvent.Type.ShortcutOverride and isinstance(QApplication.focusWidget(), QAbstractSpinBox):
            event.setAccepted(isinstance(event, QKeyEvent) and event.key() in _ENTER)
        elif kind == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            event.setAccepted(event.modifiers() == _ALT_GR)
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.workspace is not None:
            self.workspace.step_back()
        elif event.key() == Qt.Key.Key_Escape:
            self.start_notices.hide()
        elif event.modifiers() != _ALT_GR or not self._type(portable(event.text())):
            super().keyPressEvent(event)

    def _type(self, key: str) -> bool:
        """Do what the key does, however it was typed; False for one that does nothing."""
        if (name := self.keymap.holder(key)) is not None:
            self.actions_by_name[name].trigger()
            return True
        return self.workspace is not None and self.workspace.class_keys.press(key)

    def _invite(self, on: bool) -> None:
        if self._start_page is not None:
            self._start_page.invite(on)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._may_leave():
            event.ignore()
            return
        self._save_layout()
        self.hide()  # background work may need a moment to its next checkpoint; nobody has to watch that
        self.close_project()
        event.accept()
