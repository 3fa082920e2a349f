"""For all tests: a home of their own, and no thread left behind."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from core.learning import acceleration, runtime
from core.learning.acceleration import Measurement, Phase, Plan

_HOMES = {
    "HOME": "",
    "USERPROFILE": "",
    "XDG_CACHE_HOME": "cache",
    "XDG_CONFIG_HOME": "config",
    "XDG_DATA_HOME": "data",
    "XDG_STATE_HOME": "state",
    "LOCALAPPDATA": "local",
    "APPDATA": "roaming",
}
_GRACE_S = 60.0

settings.register_profile("fieldbrush", deadline=None, database=None, print_blob=True)
settings.load_profile("fieldbrush")


def pytest_configure(config: pytest.Config) -> None:
    """Before anything of Qt is imported: it looks for its folders once, and fixtures of a session come first."""
    base = Path(tempfile.mkdtemp(prefix="fieldbrush-home-"))
    config.add_cleanup(lambda: shutil.rmtree(base, ignore_errors=True))
    for name, folder in _homes(base).items():
        os.environ[name] = folder


def _homes(base: Path) -> dict[str, str]:
    return {name: str(base / folder) for name, folder in _HOMES.items()}


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the settings, caches and projects of the user, or those of another test."""
    home = tmp_path_factory.mktemp("home")
    for name, folder in _homes(home).items():
        monkeypatch.setenv(name, folder)
    if "PySide6.QtCore" in sys.modules:
        from PySide6.QtCore import QSettings

        QSettings.setDefaultFormat(QSettings.Format.IniFormat)
        for kind in (QSettings.Format.IniFormat, QSettings.Format.NativeFormat):
            QSettings.setPath(kind, QSettings.Scope.UserScope, str(home / "config"))
    return home


@pytest.fixture(scope="session", autouse=True)
def _impolite() -> Iterator[None]:
    """On a busy machine work that steps back for all other programs may take longer than a test waits."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("core.jobs._lower_thread_priority", lambda: None)
        yield


@pytest.fixture(scope="session", autouse=True)
def real_probe() -> Iterator[Callable[..., Measurement]]:
    """Every process would time all settings of the network, for half a minute on each core. The setting that usually
    wins is taken unmeasured, so a test computes alike each time. Gives what really measures."""
    measure = acceleration._measure

    def usual(phase: Phase, *_: object) -> Measurement:
        fuses = phase is not Phase.TRAIN and runtime.load_torch().backends.mkldnn.is_available()
        return Measurement(Plan(channels_last=True, fused=fuses), lasting=True)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(acceleration, "_measure", usual)
        yield measure


@pytest.fixture(autouse=True)
def _no_thread_left(_own_home: Path) -> Iterator[None]:
    """Every thread that a test starts, daemon or not, has ended with it."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + _GRACE_S
    while (left := [t for t in threading.enumerate() if t not in before]) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not left, f"threads left behind: {[thread.name for thread in left]}"


@pytest.fixture
def heeded_signals() -> Iterator[None]:
    """SIGINT and SIGHUP do what they usually do, here and in programs that are started: where the tests run in a
    shell's background, or below nohup, they are ignored, and that is handed on."""
    usual = {"SIGINT": signal.default_int_handler, "SIGHUP": signal.SIG_DFL}
    before = {
        number: signal.signal(number, handler)
        for name, handler in usual.items()
        if (number := getattr(signal, name, None)) is not None
    }
    yield
    for number, handler in before.items():
        signal.signal(number, handler)
