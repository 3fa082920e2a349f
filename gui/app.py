"""The application object: name, language, theme, error hooks, the window; and its orderly end."""

from __future__ import annotations

import logging
import math
import sys
import threading
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QSettings, Qt, QtMsgType, Signal, qInstallMessageHandler
from PySide6.QtWidgets import QApplication, QMessageBox, QPushButton

from core import __version__
from core.errors import FieldbrushError
from core.terminal.working import SIGNAL_GRACE_S, leave
from gui.collector import Collector
from gui.end_signals import EndSignals
from gui.icons import app_icon
from gui.main_window import MainWindow
from gui.preferences import preferred_appearance, preferred_language
from gui.theme import ThemeKeeper
from gui.translate import install_translations
from gui.wheel import WheelGuard

_log = logging.getLogger("fieldbrush")


class Reporter(QObject):
    """Where errors end that nobody has caught: Python's two hooks and Qt's messages. Never swallowed; what nobody
    expected is shown once, what says itself what happened (a full disk under a switch in a panel) is `foreseen`."""

    foreseen = Signal(object)  # FieldbrushError
    _raised = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: set[str] = set()
        self._raised.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self) -> None:
        sys.excepthook = self._python
        threading.excepthook = lambda hook: self._python(
            hook.exc_type, hook.exc_value or hook.exc_type(), hook.exc_traceback
        )
        qInstallMessageHandler(self._qt)

    def _python(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, FieldbrushError):
            self.foreseen.emit(error)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        print(details, file=sys.stderr)
        if not issubclass(kind, KeyboardInterrupt):
            self._raised.emit(f"{kind.__name__}: {error}", details)

    def _qt(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        levels = {QtMsgType.QtDebugMsg: logging.DEBUG, QtMsgType.QtInfoMsg: logging.INFO}
        _log.log(levels.get(kind, logging.WARNING), "Qt: %s", message)

    def _show(self, summary: str, details: str) -> None:
        if summary in self._shown:
            return
        self._shown.add(summary)
        title = self.tr("Something unexpected happened")
        box = QMessageBox(QMessageBox.Icon.Warning, "Fieldbrush", f"<b>{title}</b>")  # a title bar would cut the words
        advice = self.tr("Your labels are saved. You can go on; please send the details to the developers.")
        box.setInformativeText(f"{advice}\n\n{summary}")
        copy = QPushButton(self.tr("Copy details"), box)
        box.addButton(copy, QMessageBox.ButtonRole.ActionRole)
        box.addButton(QMessageBox.StandardButton.Close)
        copy.clicked.connect(lambda: QApplication.clipboard().setText(details))
        box.exec()


def make_application(argv: Sequence[str]) -> QApplication:
    """The QApplication with the program's identity. Settings are found by it."""
    app = QApplication(list(argv))
    app.setApplicationName("Fieldbrush")
    app.setApplicationDisplayName("Fieldbrush")
    app.setApplicationVersion(__version__)
    app.setOrganizationName("fieldbrush")
    app.setDesktopFileName("fieldbrush")
    app.setWindowIcon(app_icon())
    Collector(app)
    WheelGuard(app)
    return app


def run(paths: Sequence[Path]) -> int:
    """Open the window (with a project or scenes) and run until it is closed; returns the exit code."""
    logging.basicConfig(level=logging.WARNING, format="%(name)s: %(message)s")
    app = make_application(sys.argv[:1])
    reporter = Reporter(app)
    reporter.install()
    install_translations(app, preferred_language())
    window = MainWindow(app, ThemeKeeper(app, preferred_appearance()))
    signals = EndSignals(app)
    reporter.foreseen.connect(window.show_error, Qt.ConnectionType.QueuedConnection)
    window.show_where_it_was()
    window.open_paths(list(paths))
    code = app.exec()
    signals.close()  # from here on a second Ctrl+C waits for nothing
    if not window.close_project(SIGNAL_GRACE_S if code >= 128 else math.inf):
        QSettings().sync()
        leave(code)
    qInstallMessageHandler(None)
    return code
