"""The window's language: installed translations, and core's sentences in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from core.errors import FieldbrushError
from core.text import Text
from resources import resource_path

LANGUAGES = ("en", "de")


def install_translations(app: QCoreApplication, language: str) -> None:
    """Speak `language` ("system", "en" or "de") from now on; English is what the sources say."""
    locale = QLocale.system() if language == "system" else QLocale(language)
    QLocale.setDefault(locale)
    for name, folder in (
        ("qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        ("fieldbrush", str(resource_path("translations"))),
    ):
        translator = QTranslator(app)
        if translator.load(locale, name, "_", folder):
            app.installTranslator(translator)


def say(sentence: Text) -> str:
    """A sentence of core's in the window's language."""
    translated = QCoreApplication.translate("core", sentence.template)
    values = {name: say(value) if isinstance(value, Text) else value for name, value in sentence.values.items()}
    return translated.format(**values) if values else translated


def say_error(error: BaseException) -> str:
    """What happened and what to do about it; other errors than our own speak for themselves."""
    if isinstance(error, FieldbrushError):
        return f"{say(error.what)} {say(error.remedy)}".strip()
    return f"{type(error).__name__}: {error}"
