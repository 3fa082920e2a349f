"""The real program for the end-to-end tests: application, theme and window as `gui.app.run` makes them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import ThemeKeeper
from tests.end_to_end.expert import Expert


@pytest.fixture(scope="session")
def app() -> QApplication:
    application = make_application(["fieldbrush"])
    application.setQuitOnLastWindowClosed(False)
    return application


@pytest.fixture(scope="session")
def real_probe() -> None:
    """Here the program measures which setting of the network is fastest, as it does for people."""


@pytest.fixture
def window(app: QApplication) -> Iterator[MainWindow]:
    QSettings().clear()
    window = MainWindow(app, ThemeKeeper(app, "light"))
    window.show()
    yield window
    window.close()
    window.deleteLater()


@pytest.fixture
def expert(app: QApplication) -> Expert:
    return Expert()
