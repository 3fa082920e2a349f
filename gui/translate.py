"""The window's language: installed translations, and core's sentences in it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from core.errors import FieldbrushError
from core.text import Text
from resources import resource_path

LANGUAGES = ("en", "de")


def install_translations(app: QCoreApplication, language: str) -> None:
    """Speak `language` ("system", "en" or "de") from now on; English is what the sources say.

    The English file holds only plurals ("1 scene", "2 scenes"). It lies under the others, for languages we don't speak.
    """
    locale = QLocale.system() if language == "system" else QLocale(language)
    QLocale.setDefault(locale)
    own = str(resource_path("translations"))
    for spoken, name, folder in (
        (locale, "qtbase", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)),
        (QLocale("en"), "fieldbrush", own),
        (locale, "fieldbrush", own),
    ):
        translator = QTranslator(app)
        if translator.load(spoken, name, "_", folder):
            app.installTranslator(translator)


def translatable(context: str, source: str) -> str:
    """`source` itself, marked for the translators; it is translated where it is shown. Qt's QT_TRANSLATE_NOOP does the
    same, but says of its result no more than that it is an object."""
    return source


def number(value: float, digits: int) -> str:
    """With the decimal sign of the window's language and no thousands separators."""
    locale = QLocale()
    locale.setNumberOptions(QLocale.NumberOption.OmitGroupSeparator)
    return locale.toString(float(value), "f", digits)


# Why the system could not do something with a file, as Python passes it on.
_SYSTEM_REASONS = frozenset({
    translatable("system", "Device or resource busy"),
    translatable("system", "Disk quota exceeded"),
    translatable("system", "File exists"),
    translatable("system", "File name too long"),
    translatable("system", "File too large"),
    translatable("system", "Input/output error"),
    translatable("system", "Is a directory"),
    translatable("system", "No space left on device"),
    translatable("system", "No such file or directory"),
    translatable("system", "Not a directory"),
    translatable("system", "Operation not permitted"),
    translatable("system", "Permission denied"),
    translatable("system", "Read-only file system"),
    translatable("system", "Too many levels of symbolic links"),
})  # fmt: skip


def say(sentence: Text) -> str:
    """A sentence of core's in the window's language. No line ends between a number and its per cent sign."""
    translated = QCoreApplication.translate("core", sentence.template).replace(" %", "\u00a0%")
    values = {name: _said(value) for name, value in sentence.values.items()}
    return translated.format(**values) if values else translated


def _said(value: object) -> object:
    if isinstance(value, Text):
        return say(value)
    if isinstance(value, str) and value in _SYSTEM_REASONS:
        return QCoreApplication.translate("system", value)
    return _Number(value) if isinstance(value, float) else value


class _Number(float):
    """Formats itself with the decimal sign of the window's language."""

    def __format__(self, specification: str) -> str:
        return super().__format__(specification).replace(".", QLocale().decimalPoint())


def say_error(error: BaseException) -> str:
    """What happened and what to do about it; of other errors than our own, that they were not expected."""
    if isinstance(error, FieldbrushError):
        return f"{say(error.what)} {say(error.remedy)}".strip()
    return QCoreApplication.translate(
        "errors", "Something unexpected happened ({details}). Your labels are saved."
    ).format(details=f"{type(error).__name__}: {error}")
