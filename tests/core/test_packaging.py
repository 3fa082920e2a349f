"""The set-up's decisions, and what the translators are shown."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

PACKAGING = Path(__file__).resolve().parents[2] / "packaging"


def load(name: str) -> ModuleType:
    """A script of packaging/, which must not be a package: it would hide PyPI's `packaging`."""
    spec = importlib.util.spec_from_file_location(f"fieldbrush_packaging_{name}", PACKAGING / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


syslibs = load("syslibs")
environment = load("environment")
translations = load("translations")
deb = load("deb")
smoke = load("smoke")
licences = load("licences")
build = load("build")


def test_packaging_folder_does_not_hide_the_package_of_that_name() -> None:
    assert not (PACKAGING / "__init__.py").exists()


def test_a_step_that_is_misspelt_is_not_passed_over(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        build.main(["--only", "smok,deb"])
    assert ended.value.code == 2
    assert "there is no step smok" in capsys.readouterr().err


# --- system libraries ---


def test_nothing_is_reported_when_everything_is_there() -> None:
    assert syslibs.report_for("tests", lambda need: True).missing == []


def test_other_systems_need_nothing() -> None:
    assert syslibs.report_for("window", lambda need: False, on_linux=False).missing == []


def test_a_missing_window_library_stops_the_window_but_not_the_tests() -> None:
    def all_but_cursor(need: object) -> bool:
        return need.name != "libxcb-cursor.so.0"  # type: ignore[attr-defined, no-any-return]

    window = syslibs.report_for("window", all_but_cursor)
    tests = syslibs.report_for("tests", all_but_cursor)
    assert [need.package for need in window.required] == ["libxcb-cursor0"]
    assert (list(tests.required), [need.package for need in tests.optional]) == ([], ["libxcb-cursor0"])


def test_commands_need_no_library_of_qt() -> None:
    """A server has none, and often nobody there may install any."""
    assert syslibs.report_for("commands", lambda need: False).missing == []
    venv = syslibs.Need(syslibs.PYTHON_MODULE, "venv", "python3-venv")
    assert list(syslibs.report_for("commands", lambda need: False, [venv]).required) == [venv]


def test_what_the_set_up_says_is_no_answer_of_a_command(capfd: pytest.CaptureFixture[str]) -> None:
    """`python -m gui info PROJECT --json` prints one JSON object, also the first time."""
    environment._run("say something", [sys.executable, "-c", "print('said')"])
    out, err = capfd.readouterr()
    assert out == ""
    assert err == "Fieldbrush set-up: say something …\nsaid\n"


def test_without_a_virtual_screen_the_tests_still_run() -> None:
    report = syslibs.report_for("tests", lambda need: need.kind != syslibs.PROGRAM)
    assert list(report.required) == []
    assert {"xvfb", "xdotool"} <= set(syslibs.packages_of(report.optional))


def test_the_message_names_what_is_missing_and_the_exact_line() -> None:
    needs = [
        syslibs.Need(syslibs.LIBRARY, "libEGL.so.1", "libegl1"),
        syslibs.Need(syslibs.PYTHON_MODULE, "venv", "python3.11-venv"),
        syslibs.Need(syslibs.PYTHON_MODULE, "ensurepip", "python3.11-venv"),
    ]
    assert syslibs.explain(needs) == (
        "This system lacks libEGL.so.1, venv, ensurepip; install with: "
        "sudo apt-get install -y --no-install-recommends libegl1 python3.11-venv"
    )
    assert "apt" not in syslibs.explain(needs, has_apt=False)


def test_a_library_that_no_system_has_is_missing() -> None:
    assert not syslibs.is_there(syslibs.Need(syslibs.LIBRARY, "libfieldbrush-nowhere.so.9", "none"))


# --- the virtual environment ---


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("OSError: [Errno 28] No space left on device", "is full"),
        ("Failed to establish a new connection: [Errno -3] Temporary failure in name resolution", "connect to the"),
        ("NewConnectionError\n(from versions: none)\nERROR: No matching distribution found for x", "connect to the"),
        (
            "NewConnectionError\n(from versions: 2.12.0)\nERROR: No matching distribution found for torch==2.13.0",
            "there is no torch==2.13.0 for Python",
        ),
        ("SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'", "PIP_CERT"),
        ("noise\nERROR: Something else.\n", "Something else."),
    ],
)
def test_a_failed_step_is_told_in_one_sentence(output: str, expected: str) -> None:
    sentence = str(environment.diagnose("install PyTorch", output))
    assert sentence.startswith("Could not install PyTorch: ")
    assert expected in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("value", "before", "expected"),
    [(None, True, True), (None, False, False), ("1", False, True), ("0", True, False), ("", True, True)],
)
def test_gpu_choice_is_kept_until_said_otherwise(value: str | None, before: bool, expected: bool) -> None:
    assert environment.wanted_gpu(value, before) is expected


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
@pytest.mark.parametrize("gpu", [True, False])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_last_attempt_at_pytorch_takes_any_version(system: str, gpu: bool, machine: str) -> None:
    attempts = environment.torch_attempts(gpu, system, machine)
    assert list(environment.NEWEST_TORCH) == attempts[-1][1][-2:]
    assert "--no-deps" not in attempts[-1][1]  # it may be the build that needs CUDA's libraries


def test_linux_tries_the_cpu_build_first() -> None:
    assert str(environment.CPU_REQUIREMENTS) in environment.torch_attempts(False, "linux", "x86_64")[0][1]
    assert environment.TORCH[0] + "+cpu" in environment.CPU_REQUIREMENTS.read_text(encoding="utf-8")


# --- translations ---

CORE = """
from core.text import text
from core import errors as e
class OddError(e.SceneError): ...
class SceneError(FieldbrushError): ...
def f(path, many):
    text("{n} tiles "
         "left", n=3)
    text("many" if many else "few")
    raise OddError("{path} is odd.", "Open " + "another.", path=path)
def g(template):
    text(template)
    raise ValueError("for developers")
"""
GUI = '''
class Panel(QWidget):
    """self.tr("not this")"""
    def build(self, painter):
        self.title = f"{self.tr('Classes')}: 3"
        self.tr("%n tile(s)", "", 3)
        self.tr("Open", "a verb")
        painter.text("not this either")
from gui.translate import translatable as _
NAME = translatable("Actions", "Undo")
NAMES = (_("Actions", "Redo"),)
def say(source):
    return QCoreApplication.translate("gui", source)
say("Hello")
'''


def test_sentences_are_found_in_core_and_gui() -> None:
    collected = translations.collect([("core/a.py", CORE), ("gui/b.py", GUI)])
    found = {(s.context, s.source, s.comment, s.plural) for s in collected.sentences}
    assert found == {
        ("core", "{n} tiles left", "", False),
        ("core", "many", "", False),
        ("core", "few", "", False),
        ("core", "{path} is odd.", "", False),
        ("core", "Open another.", "", False),
        ("Panel", "Classes", "", False),
        ("Panel", "%n tile(s)", "", True),
        ("Panel", "Open", "a verb", False),
        ("Actions", "Undo", "", False),
        ("Actions", "Redo", "", False),
        ("gui", "Hello", "", False),
    }
    assert collected.unseen == ["core/a.py:12"]


def catalogue(messages: str) -> ElementTree.Element:
    return ElementTree.fromstring(f"<TS><context><name>core</name>{messages}</context></TS>")


def problems(source: str, messages: str) -> list[str]:
    found: list[str] = translations.problems({translations.Sentence("core", source)}, catalogue(messages))
    return [problem.split(":")[0] for problem in found]


def test_a_finished_translation_has_no_problems() -> None:
    message = "<message><source>{n} tiles</source><translation>{n} Kacheln</translation></message>"
    assert problems("{n} tiles", message) == []


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("", ["not collected yet"]),
        (
            '<message><source>{n} tiles</source><translation type="unfinished">x</translation></message>',
            ["not translated"],
        ),
        ("<message><source>{n} tiles</source><translation></translation></message>", ["not translated"]),
        (
            "<message><source>{n} tiles</source><translation>{m} Kacheln</translation></message>",
            ["other placeholders than the original"],
        ),
        (
            "<message><source>{n} tiles</source><translation>{n} Kacheln</translation></message>"
            "<message><source>gone</source><translation>weg</translation></message>",
            ["stale, no longer in the code"],
        ),
    ],
)
def test_what_is_wrong_with_a_translation_is_said(message: str, expected: list[str]) -> None:
    assert problems("{n} tiles", message) == expected


@pytest.mark.parametrize(
    ("forms", "expected"),
    [
        (("eine {b}", "%n {b}"), []),
        (("%n", "%n {b}"), ["other placeholders than the original"]),
        (("%n {b}", "viele {b}"), ["other placeholders than the original"]),
        (("%n {b}", ""), ["not translated"]),
    ],
)
def test_every_plural_form_has_its_placeholders(forms: tuple[str, str], expected: list[str]) -> None:
    written = "".join(f"<numerusform>{form}</numerusform>" for form in forms)
    message = f'<message numerus="yes"><source>%n {{b}}</source><translation>{written}</translation></message>'
    found = translations.problems({translations.Sentence("core", "%n {b}", "", True)}, catalogue(message))
    assert [problem.split(":")[0] for problem in found] == expected


def test_english_holds_plurals_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "TRANSLATIONS", tmp_path)
    counted = translations.Sentence("Panel", "%n tile(s)", "", True)
    wanted = translations.wanted_in("en", {counted, translations.Sentence("Panel", "Open")})
    assert wanted == {counted}
    translations.update("en", wanted)
    messages = list(ElementTree.parse(tmp_path / "fieldbrush_en.ts").getroot().iter("message"))
    assert [(m.findtext("source"), len(list(m.iter("numerusform")))) for m in messages] == [("%n tile(s)", 2)]


def test_lupdate_and_lrelease_take_what_was_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translations, "TRANSLATIONS", tmp_path)
    sentences = {
        translations.Sentence("core", 'a "quoted" – line\nand {n} more'),
        translations.Sentence("Panel", "%n tile(s)", "", True),
        translations.Sentence("Panel", "Open", "a verb"),
    }
    translations.update("de", sentences)
    root = ElementTree.parse(tmp_path / "fieldbrush_de.ts").getroot()
    kinds = {problem.split(":")[0] for problem in translations.problems(sentences, root)}
    assert kinds == {"not translated"}  # all collected, none stale
    translations.compile_all()
    assert (tmp_path / "fieldbrush_de.qm").exists()


def test_all_sentences_of_the_code_have_one_kind_of_apostrophe() -> None:
    made_up = ("core/a.py", 'x = "a"\ny = text("the tile’s")\n')
    assert translations.other_apostrophes([made_up]) == ["core/a.py:2: write ' instead of ’"]
    assert translations.other_apostrophes(translations.read_code()) == []


def test_the_code_itself_can_be_read() -> None:
    assert translations.collect(translations.read_code()).sentences


# --- the built program ---

OBJDUMP = """
Dynamic Section:
  NEEDED               libQt6Core.so.6
  NEEDED               libc.so.6
  SONAME               libqxcb.so

Version References:
  required from libc.so.6:
    0x06969194 0x00 05 GLIBC_2.14
    0x069691b4 0x00 02 GLIBC_2.34
"""


def test_libraries_and_glibc_are_read_from_objdump() -> None:
    assert deb.parse_needed(OBJDUMP) == ({"libQt6Core.so.6", "libc.so.6"}, (2, 34))
    assert deb.parse_needed("") == (set(), (0,))


def test_a_library_that_nobody_brings_is_named() -> None:
    assert deb.unmet({"libc.so.6", "libQt6Core.so.6", "libodd.so.1"}, {"libQt6Core.so.6"}) == {"libodd.so.1"}


def test_the_package_knows_version_and_file_type_of_the_code() -> None:
    from core import __version__
    from core.project.schema import APPLICATION_ID

    assert (deb.version(), deb.application_id()) == (__version__, APPLICATION_ID)


def test_the_last_json_line_is_the_self_test_result() -> None:
    assert smoke.parse_result('embedding …\n{"ok": true, "tiles": 4}\n')["tiles"] == 4


@pytest.mark.parametrize("output", ["", "all fine", '{"ok": false}', "[1]"])
def test_a_self_test_without_a_good_result_fails(output: str) -> None:
    with pytest.raises(smoke.SmokeError):
        smoke.parse_result(output)


# --- licences ---


def test_every_library_has_its_licence(tmp_path: Path) -> None:
    licences.collect(tmp_path, ["distributed", "json"])
    assert (tmp_path / "distributed").is_dir(), "which came along, though the program needs it no more than json"
    for name in ("pyside6-essentials", "shiboken6"):  # their wheels bring none
        assert "LESSER GENERAL PUBLIC LICENSE" in (tmp_path / name / "LGPL-3.0.txt").read_text()
        assert "GENERAL PUBLIC LICENSE" in (tmp_path / name / "GPL-3.0.txt").read_text()
    assert "PYTHON SOFTWARE FOUNDATION LICENSE" in (tmp_path / "python" / "LICENSE.txt").read_text(encoding="utf-8")
    assert {"NOTICE.md", "LGPL-2.1.txt", "numpy", "rasterio", "torch"} <= {path.name for path in tmp_path.iterdir()}


def test_licences_of_the_same_name_do_not_take_each_others_place(tmp_path: Path) -> None:
    licences.collect(tmp_path)
    brought = [
        file.as_posix() for file in importlib.metadata.distribution("torch").files or () if file.name == "LICENSE"
    ]
    assert len(brought) > 1, "torch names the licences of what is in it no more: take another package"
    assert len([*(tmp_path / "torch").rglob("LICENSE")]) == len(brought)


def test_a_package_without_a_licence_is_not_shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(licences, "WITHOUT_TEXT", {})
    with pytest.raises(licences.LicenceError, match="pyside6-essentials brings no licence"):
        licences.collect(tmp_path)
