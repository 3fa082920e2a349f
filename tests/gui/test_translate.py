"""The window speaks English with right plurals, and German."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator
from PySide6.QtWidgets import QApplication

from core.errors import SceneError
from core.text import text
from gui import translate

ROOT = Path(__file__).resolve().parents[2]


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


def scenes(count: int) -> str:
    return QCoreApplication.translate("NewProjectDialog", "%n scene(s)", "", count)


@pytest.mark.parametrize(
    ("language", "one", "many"), [("en", "1 scene", "170 scenes"), ("de", "1 Szene", "170 Szenen")]
)
def test_plurals(speaker: QApplication, language: str, one: str, many: str) -> None:
    translate.install_translations(speaker, language)
    assert (scenes(1), scenes(170)) == (one, many)


def test_core_speaks_the_windows_language(speaker: QApplication) -> None:
    translate.install_translations(speaker, "de")
    assert translate.say(text("Stands for {count} tiles that look like it", count=7)) == (
        "Steht für 7 Kacheln, die so aussehen"
    )
    missing = SceneError("{name} was not found.", "Check whether it was moved or its drive is missing.", name="a.tif")
    assert translate.say_error(missing).startswith("a.tif wurde nicht gefunden. Prüfen, ob")


def test_numbers_have_the_decimal_sign_of_the_language(speaker: QApplication) -> None:
    translate.install_translations(speaker, "de")
    assert translate.number(704152.5, 2) == "704152,50"
    translate.install_translations(speaker, "en")
    assert translate.number(704152.5, 2) == "704152.50"
