"""One offscreen QApplication for all window tests; strict: a warning of Qt's or a living timer fails the test."""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QLocale,
    QSettings,
    QtMsgType,
    QTranslator,
    qInstallMessageHandler,
)
from PySide6.QtWidgets import QApplication

import gui.docks
from gui import translate
from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.core.projects import bring_embeddings, keep_embeddings, make_project, write_scene
from tests.gui.waiting import wait_for_tile, wait_ms, wait_until_at_rest

ROOT = Path(__file__).resolve().parents[2]

# What the offscreen platform says of itself; nothing a window could do about it.
_PLATFORM_NOISE = ("This plugin does not support", "Populating font family aliases")


@pytest.fixture(scope="session")
def app() -> QApplication:
    existing = QApplication.instance()
    return existing if isinstance(existing, QApplication) else make_application(["fieldbrush"])


@pytest.fixture(scope="session")
def themes(app: QApplication) -> ThemeKeeper:
    return ThemeKeeper(app, "light")


@pytest.fixture(autouse=True)
def _no_qt_warnings() -> Iterator[None]:
    """Qt's own warnings are errors."""
    heard: list[str] = []

    def hear(kind: QtMsgType, _context: object, message: str) -> None:
        loud = kind in (QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg)
        if loud and not message.startswith(_PLATFORM_NOISE):
            heard.append(message)

    qInstallMessageHandler(hear)
    yield
    qInstallMessageHandler(None)
    assert not heard, f"Qt warned: {heard}"


@pytest.fixture(scope="session", autouse=True)
def _patient_frames() -> Iterator[None]:
    """On a busy machine 8 ms may be over after the first image of a paint event."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("gui.canvas.layers._MAKING_S", math.inf)
        yield


@pytest.fixture
def speaker(app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[QApplication]:
    """The application with freshly compiled translations; silent about them afterwards."""
    spec = importlib.util.spec_from_file_location("translations_script", ROOT / "packaging" / "translations.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, script)  # dataclasses look their module up
    spec.loader.exec_module(script)
    shutil.copytree(
        ROOT / "resources" / "translations", tmp_path / "translations", ignore=shutil.ignore_patterns("*.qm")
    )
    monkeypatch.setattr(script, "TRANSLATIONS", tmp_path / "translations")
    script.compile_all()
    monkeypatch.setattr(translate, "resource_path", lambda name: tmp_path / name)
    before, locale = set(app.findChildren(QTranslator)), QLocale()
    yield app
    for translator in set(app.findChildren(QTranslator)) - before:
        app.removeTranslator(translator)
        translator.deleteLater()
    QLocale.setDefault(locale)


@pytest.fixture
def window(app: QApplication, themes: ThemeKeeper, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """The main window on its start page, shown; closed and deleted afterwards."""
    monkeypatch.setattr(gui.docks, "_SETTLED_MS", 50)  # no window manager resizes it a second later
    QSettings().clear()
    window = MainWindow(app, themes)
    window.resize(1200, 760)
    window.show()
    yield window
    window.close()
    window.deleteLater()
    themes.set_mode("light")  # as the next test expects it
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def until(app: QApplication) -> Callable[[Callable[[], object]], None]:
    """Run the event loop until a condition holds; fails after three minutes, which a busy machine may need to load
    PyTorch and look at the tiles of a test's first project."""

    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + 180
        while not condition():
            assert time.monotonic() < end, "it did not happen within three minutes"
            wait_ms(5)

    return wait


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """4 tiles of 64 px in two scenes, the first with a nodata edge; with their embeddings."""
    folder = tmp_path_factory.mktemp("small")
    scenes = [
        write_scene(folder / "north.tif", empty_columns=20, seed=1),
        write_scene(folder / "south.tif", seed=2),
    ]
    project = make_project(folder, scenes)
    keep_embeddings(project)
    return project


@pytest.fixture
def open_window(
    window: MainWindow, until: Callable[[Callable[[], object]], None], tmp_path: Path, small_project: Path
) -> MainWindow:
    """The window on a copy of the small project, at rest: what changes from now on does so by the test."""
    bring_embeddings(small_project)
    shutil.copytree(small_project.parent, tmp_path, dirs_exist_ok=True)
    window.open_project(tmp_path / small_project.name)
    wait_for_tile(window, until)
    wait_until_at_rest(window, until)
    return window
