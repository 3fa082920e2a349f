"""The window speaks English with right plurals, and German."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QApplication

from core.errors import ProjectError, SceneError
from core.project.folders import files_below
from core.text import text
from gui import translate
from gui.actions import command_text, translated


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


def test_what_the_system_says_of_files_too(speaker: QApplication) -> None:
    with pytest.raises(ProjectError) as caught:
        list(files_below("/not/there"))
    translate.install_translations(speaker, "de")
    assert translate.say_error(caught.value).startswith(
        "Der Ordner /not/there kann nicht gelesen werden: Datei oder Ordner nicht gefunden."
    )


def test_numbers_have_the_decimal_sign_of_the_language(speaker: QApplication) -> None:
    translate.install_translations(speaker, "de")
    assert translate.number(704152.5, 2) == "704152,50"
    translate.install_translations(speaker, "en")
    assert translate.number(704152.5, 2) == "704152.50"


def test_numbers_in_sentences_of_core_too(speaker: QApplication) -> None:
    sentence = text("{plain} · {short:.2f} · {signed:+.1f} · {count}", plain=0.5, short=2 / 3, signed=-1.25, count=7)
    translate.install_translations(speaker, "de")
    assert translate.say(sentence) == "0,5 · 0,67 · -1,2 · 7"
    translate.install_translations(speaker, "en")
    assert translate.say(sentence) == str(sentence) == "0.5 · 0.67 · -1.2 · 7"


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    ("context", "sentence", "menu", "command"),
    [
        (
            "ClassKeyDialog", "{key} is the key of “{command}”. Give that another one first: Help, Keys.",
            "&Help", "keys",
        ),
        ("core", "Bring it back as a whole: Edit, Bring the last removed class back.", "&Edit", "restore class"),
    ],
)  # fmt: skip
def test_sentences_call_menus_and_commands_as_they_are_called(
    speaker: QApplication, language: str, context: str, sentence: str, menu: str, command: str
) -> None:
    translate.install_translations(speaker, language)
    place = f"{translated(menu).replace('&', '')}, {command_text(command)}."
    assert QCoreApplication.translate(context, sentence).endswith(place)


def test_no_line_ends_between_a_number_and_its_per_cent_sign(app: QApplication) -> None:
    assert translate.say(text("The model is unsure here ({percent} % doubt)", percent=81)).endswith("(81\u00a0% doubt)")
